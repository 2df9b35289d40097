"""考核: how a secondment was appraised, by which methods, with which score and grade."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from assignments.models.scope import (
    Access,
    CountyModel,
    CountyQuerySet,
    DatedModel,
    DatedQuerySet,
    Inspected,
    unique_with_blanks,
)
from evaluations.choices import (
    AT_SCHOOL_STATES,
    PUBLISHED_GRADES,
    Answer,
    AppealResult,
    AppraisalKind,
    AppraisalState,
    Grade,
)
from zhijiao.wordlists import WordListField


def _handed_in(queryset: CountyQuerySet, access: Access, found: Q | None, prefix: str) -> Q | None:
    """Before it is handed in an appraisal is known to the receiving school alone (and to the bureau)."""
    if found is None:
        return None
    return queryset.model.receiving_side(access.schools) | (found & ~Q(**{f"{prefix}state__in": AT_SCHOOL_STATES}))


class AppraisalQuerySet(DatedQuerySet):
    def _related_to(self, access: Access) -> Q | None:
        return _handed_in(self, access, super()._related_to(access), "")


class OfAppraisalQuerySet(CountyQuerySet):
    """What hangs on an appraisal is known to whom the appraisal is."""

    def _related_to(self, access: Access) -> Q | None:
        return _handed_in(self, access, super()._related_to(access), "appraisal__")


class Appraisal(DatedModel):
    """One appraisal of one secondment: the receiving school scores, the teacher answers, the bureau settles."""

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
    rubric = models.ForeignKey(
        "evaluations.Rubric", models.PROTECT, null=True, blank=True, related_name="appraisals", verbose_name="考核办法"
    )
    state = models.CharField("状态", max_length=10, choices=AppraisalState, default=AppraisalState.FINAL)
    version = models.PositiveSmallIntegerField("第几次报送", default=0)
    briefing_remark = models.TextField("听取汇报和座谈", max_length=500, blank=True)
    records_remark = models.TextField("查看专项档案", max_length=500, blank=True)
    survey_remark = models.TextField("师生家长反映", max_length=500, blank=True)
    feedback_remark = models.TextField("意见和建议", max_length=500, blank=True)
    summary = models.TextField("个人小结", max_length=2000, blank=True)
    submitted_on = models.DateField("报送日期", null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="报送人"
    )
    return_reason = models.CharField("退回原因", max_length=300, blank=True)
    answer = models.CharField("本人意见", max_length=10, choices=Answer, blank=True)
    objection = models.CharField("异议", max_length=500, blank=True)
    opinion_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="派出学校填写人"
    )
    rule_grade = models.CharField("按分数线的等次", max_length=12, choices=Grade, blank=True)
    veto = models.CharField("一票否决", max_length=200, blank=True)
    grade_reason = models.CharField("与建议不同的原因", max_length=200, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="评定人"
    )
    notice = models.ForeignKey(
        "evaluations.AppraisalNotice", models.PROTECT, null=True, blank=True, related_name="appraisals", verbose_name="公示",
    )  # fmt: skip
    final_on = models.DateField("确定日期", null=True, blank=True)

    objects: ClassVar[Any] = AppraisalQuerySet.as_manager()
    schools_concerned = ("secondment__sending_school", "secondment__placements__receiving_school")
    teachers_concerned = ("secondment__teacher",)

    is_inspected = True

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

    @classmethod
    def inspected_side(cls, inspected: Inspected) -> Q:
        """Who inspects a school knows what was made public there, and nothing of it before."""
        return super().inspected_side(inspected) & Q(state__in=PUBLISHED_GRADES)


class AppraisalScore(CountyModel):
    """One line of the score."""

    appraisal = models.ForeignKey(Appraisal, models.CASCADE, related_name="scores", verbose_name="考核")
    item = models.CharField("考核项目", max_length=40)
    maximum = models.DecimalField("满分", max_digits=5, decimal_places=2, validators=[MinValueValidator(0)])
    score = models.DecimalField(
        "得分", max_digits=5, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    source = models.CharField("依据", max_length=100, blank=True)
    rubric_item = models.ForeignKey(
        "evaluations.RubricItem", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办法中的项目"
    )
    value = models.JSONField("填写", null=True, blank=True)  # what the item's kind asks for; see evaluations.scoring
    is_known = models.BooleanField("系统带入", default=False)
    remark = models.CharField("说明", max_length=200, blank=True)

    objects: ClassVar[Any] = OfAppraisalQuerySet.as_manager()
    schools_concerned = ("appraisal__secondment__sending_school", "appraisal__secondment__placements__receiving_school")
    teachers_concerned = ("appraisal__secondment__teacher",)

    is_inspected = True

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

    @classmethod
    def inspected_side(cls, inspected: Inspected) -> Q:
        """Who inspects a school knows what was made public there, and nothing of it before."""
        return super().inspected_side(inspected) & Q(appraisal__state__in=PUBLISHED_GRADES)


class AppraisalVersion(CountyModel):
    """What was handed in once, as it was; kept when it is sent back. Written once, never changed."""

    appraisal = models.ForeignKey(Appraisal, models.PROTECT, related_name="versions", verbose_name="考核")
    number = models.PositiveSmallIntegerField("第几次报送")
    content = models.JSONField("内容")
    submitted_on = models.DateField("报送日期")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="报送人")

    objects: ClassVar[Any] = OfAppraisalQuerySet.as_manager()
    schools_concerned = AppraisalScore.schools_concerned
    teachers_concerned = AppraisalScore.teachers_concerned
    is_inspected = True

    class Meta:
        verbose_name = verbose_name_plural = "报送过的考核"
        ordering = ["appraisal", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["appraisal", "number"],
                name="appraisal_version_once",
                violation_error_message="这次报送已经有了",
            )
        ]

    def __str__(self) -> str:
        return f"第{self.number}次报送"

    @classmethod
    def inspected_side(cls, inspected: Inspected) -> Q:
        """Who inspects a school knows what was made public there, and nothing of it before."""
        return super().inspected_side(inspected) & Q(appraisal__state__in=PUBLISHED_GRADES)


class AppraisalNotice(CountyModel):
    """公示 of the grades that the bureau settled, for some working days."""

    school_year = models.ForeignKey("assignments.SchoolYear", models.PROTECT, related_name="+", verbose_name="学年")
    kind = models.CharField("考核类型", max_length=8, choices=AppraisalKind, default=AppraisalKind.FINAL)
    first_day = models.DateField("公示开始")
    last_day = models.DateField("公示结束")
    document = models.CharField("公示文号", max_length=60, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="公示人")
    closed_on = models.DateField("公示办结日期", null=True, blank=True)

    schools_concerned = (
        "appraisals__secondment__sending_school",
        "appraisals__secondment__placements__receiving_school",
    )
    teachers_concerned = ("appraisals__secondment__teacher",)
    is_inspected = True

    class Meta:
        verbose_name = verbose_name_plural = "考核公示"
        ordering = ["-first_day", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="appraisal_notice_days",
                violation_error_message="公示结束早于开始",
            )
        ]

    def __str__(self) -> str:
        return f"{self.school_year}{self.get_kind_display()}公示"


class Appeal(CountyModel):
    """申诉 of a teacher against the grade, while it is made public."""

    appraisal = models.ForeignKey(Appraisal, models.PROTECT, related_name="appeals", verbose_name="考核")
    text = models.CharField("申诉理由", max_length=500)
    made_on = models.DateField("申诉日期")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申诉人")
    result = models.CharField("处理结果", max_length=10, choices=AppealResult, blank=True)
    answer = models.CharField("答复", max_length=500, blank=True)
    decided_on = models.DateField("处理日期", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="处理人"
    )

    teachers_concerned = ("appraisal__secondment__teacher",)
    is_inspected = True  # what an inspector hears of: nothing, no school is concerned

    class Meta:
        verbose_name = verbose_name_plural = "考核申诉"
        ordering = ["-made_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["appraisal"], condition=Q(result=""), name="appeal_open_once",
                violation_error_message="这次考核已有一份申诉在处理",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.appraisal}申诉"
