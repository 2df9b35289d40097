"""School years and terms, programmes, and the rules a bureau is held to, as data."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from assignments.choices import Direction, RuleLevel
from assignments.models.scope import CountyModel, CountyQuerySet, unique_with_blanks
from zhijiao.dates import school_year_span
from zhijiao.wordlists import WordListField


class SchoolYearQuerySet(models.QuerySet["SchoolYear"]):
    def visible_to(self, user: Any) -> Self:
        return self if getattr(user, "is_authenticated", False) else self.none()

    def named(self, code: str) -> SchoolYear:
        """The school year "2023-2024", made with its two terms where it does not exist yet."""
        first = int(code[:4])
        start, end = school_year_span(first)
        year, created = self.get_or_create(code=f"{first}-{first + 1}", defaults={"start": start, "end": end})
        if created:
            middle = dt.date(first + 1, 2, 1)
            Term.objects.create(school_year=year, number=1, start=start, end=middle - dt.timedelta(days=1))
            Term.objects.create(school_year=year, number=2, start=middle, end=end)
        return year


class SchoolYear(models.Model):
    """From September to August. The same for every county."""

    code = models.CharField("学年", max_length=9, unique=True, help_text="如 2023-2024")
    start = models.DateField("开始")
    end = models.DateField("结束")

    objects: ClassVar[Any] = SchoolYearQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "学年"
        ordering = ["-code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gt=models.F("start")),
                name="school_year_dates",
                violation_error_message="学年的结束应在开始以后",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return f"{self.code.replace('-', '—')}学年"


class Term(models.Model):
    """Half of a school year: 1 in autumn, 2 in spring."""

    school_year = models.ForeignKey(SchoolYear, models.CASCADE, related_name="terms", verbose_name="学年")
    number = models.PositiveSmallIntegerField("学期", validators=[MinValueValidator(1), MaxValueValidator(2)])
    start = models.DateField("开始")
    end = models.DateField("结束")

    class Meta:
        verbose_name = verbose_name_plural = "学期"
        ordering = ["school_year", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["school_year", "number"], name="term_number", violation_error_message="这个学期已经有了"
            ),
            models.CheckConstraint(
                condition=Q(end__gt=models.F("start")),
                name="term_dates",
                violation_error_message="学期的结束应在开始以后",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_year}第{'一二'[self.number - 1]}学期"


class Programme(CountyModel):
    """A kind of secondment, with its minimum length and duties. Without a county: known everywhere."""

    county = models.ForeignKey(  # type: ignore[assignment]
        "assignments.District", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="县（市、区）"
    )
    name = models.CharField("项目类型", max_length=40)
    aliases = WordListField("别名")
    direction = models.CharField("方向", max_length=10, choices=Direction, default=Direction.OUT)
    is_full_time = models.BooleanField("是否全职", default=True, help_text="走教、短期指导可与别的派遣同时进行")
    counts_as_exchange = models.BooleanField("计入交流轮岗", default=True, help_text="计入“实际交流轮岗教师”")
    minimum_months = models.PositiveSmallIntegerField("最短月数", null=True, blank=True)
    lessons_observed = models.PositiveSmallIntegerField("学年听课节数", null=True, blank=True)
    open_lessons = models.PositiveSmallIntegerField("学年公开课节数", null=True, blank=True)
    lectures = models.PositiveSmallIntegerField("学年讲座场数", null=True, blank=True)
    apprentices = models.PositiveSmallIntegerField("带徒弟人数", null=True, blank=True)
    basis = models.CharField("依据文件", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "项目类型"
        ordering = ["id"]
        constraints = [
            unique_with_blanks("county", "name", name="programme_name", message="已有这个项目类型", blank=("county",))
        ]

    def __str__(self) -> str:
        return self.name


class PolicyRuleQuerySet(CountyQuerySet):
    def in_force(self, county: models.Model, first_year: int) -> Self:
        """Rules of the county and of everywhere, for the school year that begins in `first_year`."""
        return self.filter(
            Q(county=None) | Q(county=county.pk),
            Q(first_year=None) | Q(first_year__lte=first_year),
            Q(last_year=None) | Q(last_year__gte=first_year),
        )


class PolicyRule(CountyModel):
    """A ratio that a bureau must reach: which figure, of which other figure, at least how many per cent."""

    county = models.ForeignKey(  # type: ignore[assignment]
        "assignments.District", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="县（市、区）"
    )
    name = models.CharField("指标名称", max_length=60)
    numerator = models.CharField("分子", max_length=60, help_text="数据项的代号")
    denominator = models.CharField("分母", max_length=60, help_text="数据项的代号")
    threshold = models.DecimalField(
        "标准（%）", max_digits=5, decimal_places=2, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    level = models.CharField("级别", max_length=10, choices=RuleLevel, default=RuleLevel.NATION)
    first_year = models.PositiveSmallIntegerField("起始学年", null=True, blank=True, help_text="学年开始的那一年")
    last_year = models.PositiveSmallIntegerField("终止学年", null=True, blank=True)
    basis = models.CharField("依据文件", max_length=200, blank=True)

    objects: ClassVar[Any] = PolicyRuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "政策指标"
        ordering = ["id"]
        constraints = [
            unique_with_blanks(
                "county", "name", "level", name="policy_rule_name", message="这一级已有同名指标", blank=("county",)
            ),
            models.CheckConstraint(
                condition=Q(threshold__gte=0, threshold__lte=100),
                name="policy_rule_threshold",
                violation_error_message="标准应在 0 到 100 之间",
            ),
        ]

    def __str__(self) -> str:
        return self.name
