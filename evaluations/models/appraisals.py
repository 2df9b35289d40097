"""考核: how a secondment was appraised, by which methods, with which score and grade."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from assignments.models.scope import CountyModel, DatedModel, unique_with_blanks
from evaluations.choices import AppraisalKind, Grade
from zhijiao.wordlists import WordListField


class Appraisal(DatedModel):
    """One appraisal of one secondment."""

    secondment = models.ForeignKey(
        "assignments.Secondment", models.PROTECT, related_name="appraisals", verbose_name="派遣"
    )
    kind = models.CharField("考核类型", max_length=8, choices=AppraisalKind, default=AppraisalKind.FINAL)
    methods = WordListField("考核方式", help_text="名誉测评、座谈、背对背谈话")
    criteria = WordListField("考核内容", help_text="工作态度、考勤、工作成绩")
    score = models.DecimalField(
        "得分",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(120)],
    )
    proposed_grade = models.CharField("受援学校建议等次", max_length=12, choices=Grade, blank=True)
    grade = models.CharField("考核等次", max_length=12, choices=Grade, blank=True)
    receiving_opinion = models.CharField("受援学校意见", max_length=200, blank=True)
    sending_opinion = models.CharField("派出学校意见", max_length=200, blank=True)
    signed_on = models.DateField("本人签字日期", null=True, blank=True)
    document = models.CharField("考核结果文号", max_length=60, blank=True)

    schools_concerned = ("secondment__sending_school", "secondment__placements__receiving_school")
    teachers_concerned = ("secondment__teacher",)

    class Meta(DatedModel.Meta):
        verbose_name = verbose_name_plural = "考核"
        ordering = ["-score", "id"]
        constraints = [
            *DatedModel.Meta.constraints,
            unique_with_blanks(
                "secondment", "kind", "start", name="appraisal_once", message="这次考核已经有了", blank=("start",)
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=0, score__lte=120),
                name="appraisal_score",
                violation_error_message="得分应在 0 到 120 之间",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.secondment.teacher}{self.get_kind_display()}"


class AppraisalScore(CountyModel):
    """One line of the score."""

    appraisal = models.ForeignKey(Appraisal, models.CASCADE, related_name="scores", verbose_name="考核")
    item = models.CharField("考核项目", max_length=40)
    maximum = models.DecimalField("满分", max_digits=5, decimal_places=2, validators=[MinValueValidator(0)])
    score = models.DecimalField("得分", max_digits=5, decimal_places=2, validators=[MinValueValidator(0)])
    source = models.CharField("依据", max_length=100, blank=True)

    schools_concerned = ("appraisal__secondment__sending_school", "appraisal__secondment__placements__receiving_school")
    teachers_concerned = ("appraisal__secondment__teacher",)

    class Meta:
        verbose_name = verbose_name_plural = "考核得分"
        ordering = ["appraisal", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["appraisal", "item"], name="score_once", violation_error_message="这个项目已经有得分"
            ),
            models.CheckConstraint(
                condition=Q(score__lte=F("maximum")), name="score_maximum", violation_error_message="得分超过了满分"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.score}"
