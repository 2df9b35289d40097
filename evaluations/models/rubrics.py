"""考核办法 as data: its items, its thresholds, its quota. Frozen once an appraisal uses it; a change makes a new version."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from assignments.models.scope import CountyModel, unique_with_blanks
from evaluations.choices import Grade, ItemKind, QuotaGroup


class Rubric(CountyModel):
    """One version of one way to appraise. Without a county: ready-made, known everywhere."""

    county = models.ForeignKey(  # type: ignore[assignment]
        "assignments.District", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="县（市、区）"
    )
    key = models.SlugField("代号", max_length=40)
    name = models.CharField("考核办法", max_length=80)
    version = models.PositiveSmallIntegerField("版本", default=1)
    basis = models.CharField("依据", max_length=200, blank=True, help_text="文件名称和文号")
    remark = models.CharField("说明", max_length=500, blank=True)
    quota_percent = models.DecimalField(
        "优秀比例（%）", max_digits=4, decimal_places=1, null=True, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)], help_text="名额向下取整；不限的留空",
    )  # fmt: skip
    quota_group = models.CharField("优秀名额按", max_length=12, choices=QuotaGroup, default=QuotaGroup.COUNTY)
    is_frozen = models.BooleanField("已使用，不能再改", default=False)
    is_retired = models.BooleanField("已停用", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "考核办法"
        ordering = ["name", "-version"]
        constraints = [
            unique_with_blanks(
                "county", "key", "version", name="rubric_version", message="这个考核办法已有这一版", blank=("county",)
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}（第{self.version}版）" if self.version > 1 else self.name


class RubricItem(CountyModel):
    """One line of a rubric. `rule` holds what its kind needs; `evaluations.scoring` reads and checks it."""

    county = models.ForeignKey(  # type: ignore[assignment]
        "assignments.District", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="县（市、区）"
    )
    rubric = models.ForeignKey(Rubric, models.CASCADE, related_name="items", verbose_name="考核办法")
    number = models.PositiveSmallIntegerField("序号")
    section = models.CharField("类别", max_length=40, blank=True, help_text="德、能、勤、绩、廉")
    name = models.CharField("考核项目", max_length=40)
    kind = models.CharField("计分方式", max_length=12, choices=ItemKind)
    maximum = models.DecimalField("满分", max_digits=5, decimal_places=2, validators=[MinValueValidator(0)])
    rule = models.JSONField("规则", default=dict, blank=True)
    fact = models.CharField("系统带入", max_length=40, blank=True, help_text="系统已有的数据；空着的由人评")
    words = models.CharField("评分标准", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "考核项目"
        ordering = ["rubric", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["rubric", "name"], name="rubric_item_once", violation_error_message="这个办法里已有同名的项目"
            )
        ]

    def __str__(self) -> str:
        return self.name


class GradeThreshold(CountyModel):
    """From which total to which a grade is proposed. Both ends are typed, so that a hole or an overlap can be told."""

    county = models.ForeignKey(  # type: ignore[assignment]
        "assignments.District", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="县（市、区）"
    )
    rubric = models.ForeignKey(Rubric, models.CASCADE, related_name="thresholds", verbose_name="考核办法")
    grade = models.CharField("等次", max_length=12, choices=Grade)
    lowest = models.DecimalField("分数从", max_digits=5, decimal_places=2, validators=[MinValueValidator(0)])
    highest = models.DecimalField("到", max_digits=5, decimal_places=2, validators=[MinValueValidator(0)])

    class Meta:
        verbose_name = verbose_name_plural = "等次分数线"
        ordering = ["rubric", "-lowest"]
        constraints = [
            models.UniqueConstraint(
                fields=["rubric", "grade"], name="threshold_once", violation_error_message="这个等次已有分数线"
            ),
            models.CheckConstraint(
                condition=Q(highest__gte=F("lowest")),
                name="threshold_order",
                violation_error_message="分数线的上限低于下限",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_grade_display()} {self.lowest}–{self.highest}"
