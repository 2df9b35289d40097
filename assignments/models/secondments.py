"""The secondment itself: who, from where, in which programme; and its placements, team, application and changes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from assignments.choices import (
    KNOWN_TO_RECEIVER,
    OVER,
    SERVING_STATES,
    SUBJECT_CHOICES,
    ChangeKind,
    ChangeState,
    Duty,
    EndReason,
    ObjectionState,
    SecondmentState,
    TeachingStage,
)
from assignments.models.scope import KEPT_AFTER_END, CountyModel, DatedModel, DatedQuerySet
from zhijiao import clock
from zhijiao.dates import Precision
from zhijiao.wordlists import WordListField

if TYPE_CHECKING:
    from assignments.periods import Period

SCHOOL = "assignments.School"


class Team(CountyModel):
    """Teachers whom a school sends together, with a leader."""

    name = models.CharField("支教队名称", max_length=60)
    school_year = models.ForeignKey("assignments.SchoolYear", models.PROTECT, related_name="+", verbose_name="学年")
    sending_school = models.ForeignKey(
        SCHOOL, models.PROTECT, null=True, blank=True, related_name="teams_sent", verbose_name="派出学校"
    )
    receiving_school = models.ForeignKey(
        SCHOOL, models.PROTECT, null=True, blank=True, related_name="teams_received", verbose_name="受援学校"
    )
    leader = models.ForeignKey(
        "assignments.Teacher", models.PROTECT, null=True, blank=True, related_name="teams_led", verbose_name="带队领导"
    )

    schools_concerned = ("sending_school", "receiving_school")
    teachers_concerned = ("leader", "secondments__teacher")

    class Meta:
        verbose_name = verbose_name_plural = "支教队"
        constraints = [
            models.UniqueConstraint(
                fields=["county", "school_year", "name"],
                name="team_name",
                violation_error_message="这个学年已有同名支教队",
            )
        ]

    def __str__(self) -> str:
        return self.name


class SecondmentQuerySet(DatedQuerySet):
    def serving(self) -> Self:
        """Those that count: dispatched, on post, appraised or ended."""
        return self.filter(state__in=SERVING_STATES)

    def in_period(self, period: Period) -> Self:
        """Those that served in the period, in which they may have begun earlier."""
        return self.filter(period.stays())

    def with_receiving_school(self) -> Self:
        """Adds `receiving_school_name`: where the teacher is, or was last."""
        last = (
            Placement.objects.filter(secondment=OuterRef("pk")).order_by("-order").values("receiving_school__name")[:1]
        )
        return self.annotate(receiving_school_name=Subquery(last))


class Secondment(DatedModel):
    """One teacher in one programme, from approval to the end. Where they teach is told by the placements."""

    teacher = models.ForeignKey("assignments.Teacher", models.PROTECT, related_name="secondments", verbose_name="教师")
    programme = models.ForeignKey(
        "assignments.Programme", models.PROTECT, related_name="secondments", verbose_name="项目类型"
    )
    sending_school = models.ForeignKey(SCHOOL, models.PROTECT, related_name="secondments_sent", verbose_name="派出学校")
    duty = models.CharField("职责", max_length=8, choices=Duty, default=Duty.TEACHER)
    is_full_time = models.BooleanField("是否全职", default=True)
    state = models.CharField(
        "状态", max_length=12, choices=SecondmentState, default=SecondmentState.DRAFT, editable=False
    )
    months = models.DecimalField(
        "支教月数", max_digits=4, decimal_places=1, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    batch = models.CharField("批次", max_length=20, blank=True)
    is_first = models.BooleanField("是否首次", null=True, blank=True)
    is_backbone = models.BooleanField("是否骨干教师", default=False, help_text="派出时持有有效的骨干称号")
    was_class_head = models.BooleanField("派出前是否班主任", null=True, blank=True)
    post_at_home = models.CharField("派出学校职务", max_length=40, blank=True)
    swapped_with = models.ForeignKey(
        "assignments.Teacher", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="互派教师"
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="secondments", verbose_name="支教队"
    )
    dispatch_document = models.CharField("派遣文号", max_length=60, blank=True)
    dispatched_on = models.DateField("派出日期", null=True, blank=True)
    agreement_signed_on = models.DateField("协议签订日期", null=True, blank=True)
    reported_on = models.DateField("报到日期", null=True, blank=True)
    ended_on = models.DateField("实际结束日期", null=True, blank=True)
    end_reason = models.CharField("提前终止原因", max_length=12, choices=EndReason, blank=True)
    months_kept = models.BooleanField("终止后月数是否认定", null=True, blank=True)
    recommended_on = models.DateField("推荐日期", null=True, blank=True)
    notice = models.ForeignKey(
        "assignments.PublicNotice",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="secondments",
        verbose_name="公示",
    )
    national_entered_on = models.DateField(
        "录入全国系统日期", null=True, blank=True, help_text="在全国教师管理信息系统里录好交流轮岗信息的日期"
    )
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects: ClassVar[Any] = SecondmentQuerySet.as_manager()
    schools_concerned = ("sending_school", "placements__receiving_school")
    teachers_concerned = ("teacher",)

    is_inspected = True

    class Meta(DatedModel.Meta):
        verbose_name = verbose_name_plural = "支教派遣"
        ordering = ["-start", "id"]
        indexes = [
            models.Index(fields=["county", "school_year", "state"]),
            models.Index(fields=["teacher", "start"]),
        ]
        constraints = [
            *DatedModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["teacher", "programme", "school_year"],
                condition=~Q(state=SecondmentState.WITHDRAWN),
                name="secondment_once",
                violation_error_message="这位教师这个学年已有同一项目的派遣",
            ),
            models.CheckConstraint(
                condition=Q(swapped_with=None) | ~Q(swapped_with=F("teacher")),
                name="secondment_swap",
                violation_error_message="互派教师不能是本人",
            ),
            models.CheckConstraint(
                condition=Q(state__in=SecondmentState.values),
                name="secondment_state",
                violation_error_message="没有这个状态",
            ),
            models.CheckConstraint(
                condition=Q(start__isnull=False, end__isnull=False, school_year__isnull=False),
                name="secondment_dated",
                violation_error_message="派遣要有学年和起止日期",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teacher} {self.period_told}"

    @property
    def period_told(self) -> str:
        """2025.09.01 — 2026.07.10, or what is known of it."""
        if self.precision == Precision.RANGE and self.start and self.end:
            return f"{self.start:%Y.%m.%d} — {self.end:%Y.%m.%d}"
        return str(self.when)

    @property
    def is_open_to_receiver(self) -> bool:
        """Whether its receiving schools still act on it: the same as `at_schools(…, still_open=True)` asks of rows."""
        last = self.ended_on or self.end
        is_long_over = self.state in OVER and (last is None or last < clock.today() - KEPT_AFTER_END)
        return self.state in KNOWN_TO_RECEIVER and not is_long_over

    @property
    def served_months(self) -> Decimal:
        """As certified, else counted from the dates, in half months."""
        if self.months is not None:
            return self.months
        start, end = self.reported_on or self.start, self.ended_on or self.end
        if start is None or end is None:
            return Decimal(0)
        return half_months(start, end)


def half_months(start: dt.date, end: dt.date) -> Decimal:
    """How long it is from a day to another, in months, to the half."""
    days = (end - start).days + 1
    return (Decimal(days) / Decimal("30.4") * 2).quantize(Decimal(1)) / 2


class Placement(CountyModel):
    """A dated stay at one receiving school, with what is taught there."""

    secondment = models.ForeignKey(Secondment, models.CASCADE, related_name="placements", verbose_name="派遣")
    order = models.PositiveSmallIntegerField("序号", default=1)
    receiving_school = models.ForeignKey(SCHOOL, models.PROTECT, related_name="placements", verbose_name="受援学校")
    teaching_point = models.CharField(
        "实际任教点", max_length=60, blank=True, help_text="所到的完小、教学点，可证明农村任教"
    )
    start = models.DateField("开始", null=True, blank=True)
    end = models.DateField("结束", null=True, blank=True)
    stage = models.CharField("任教学段", max_length=12, choices=TeachingStage, blank=True)
    subject = models.CharField("任教学科", max_length=20, choices=SUBJECT_CHOICES, blank=True)
    other_subjects = WordListField("兼任学科")
    grade = models.CharField("任教年级", max_length=40, blank=True)
    class_count = models.PositiveSmallIntegerField("任教班数", null=True, blank=True)
    pupils = models.PositiveSmallIntegerField("学生数", null=True, blank=True)
    weekly_periods = models.DecimalField(
        "周课时",
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(60)],
    )
    is_class_head = models.BooleanField("是否任班主任", null=True, blank=True)
    lodging = models.CharField("住宿", max_length=60, blank=True)

    schools_concerned = ("secondment__placements__receiving_school", "secondment__sending_school")
    teachers_concerned = ("secondment__teacher",)

    is_inspected = True

    class Meta:
        verbose_name = verbose_name_plural = "任教"
        ordering = ["secondment", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["secondment", "order"], name="placement_order", violation_error_message="这段任教的序号已经有了"
            ),
            models.CheckConstraint(
                condition=Q(start=None) | Q(end=None) | Q(end__gte=F("start")),
                name="placement_dates",
                violation_error_message="任教的结束日期早于开始日期",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.receiving_school}{self.subject}"


class Application(CountyModel):
    """What the teacher asked for and what was said of it (支教申请表, 审批表)."""

    secondment = models.OneToOneField(Secondment, models.CASCADE, related_name="application", verbose_name="派遣")
    applied_on = models.DateField("申请日期", null=True, blank=True)
    reason = models.TextField("申请理由", blank=True)
    wished_schools = WordListField("意向学校")
    wished_subject = models.CharField("意向学科", max_length=20, choices=SUBJECT_CHOICES, blank=True)
    accepts_other = models.BooleanField("是否服从调剂", null=True, blank=True)
    rural_experience = models.TextField("农村或薄弱校任教经历", blank=True)
    spouse_at_same_school = models.BooleanField("配偶是否同校", null=True, blank=True)
    sending_opinion = models.CharField("派出学校意见", max_length=200, blank=True)
    receiving_opinion = models.CharField("受援学校意见", max_length=200, blank=True)
    bureau_opinion = models.CharField("人事股意见", max_length=200, blank=True)
    decision = models.CharField("局领导审批", max_length=200, blank=True)
    decided_on = models.DateField("审批日期", null=True, blank=True)

    schools_concerned = ("secondment__sending_school",)
    teachers_concerned = ("secondment__teacher",)

    class Meta:
        verbose_name = verbose_name_plural = "支教申请"

    def __str__(self) -> str:
        return f"{self.secondment.teacher}的申请"


class PublicNotice(DatedModel):
    """公示: the names a school recommends, shown for some working days."""

    title = models.CharField("公示名称", max_length=100)
    school = models.ForeignKey(
        SCHOOL, models.PROTECT, null=True, blank=True, related_name="public_notices", verbose_name="公示学校"
    )
    working_days = models.PositiveSmallIntegerField("工作日", null=True, blank=True)
    objections = models.PositiveSmallIntegerField("收到异议", default=0)
    outcome = models.CharField("处理结果", max_length=200, blank=True)

    schools_concerned = ("school",)
    teachers_concerned = ("secondments__teacher",)

    class Meta(DatedModel.Meta):
        verbose_name = verbose_name_plural = "公示"
        ordering = ["-start"]

    def __str__(self) -> str:
        return self.title


class Objection(CountyModel):
    """What somebody said against a name in a public notice, and what was found. Who said it is kept only if they wish."""

    notice = models.ForeignKey(PublicNotice, models.CASCADE, related_name="objections_received", verbose_name="公示")
    secondment = models.ForeignKey(
        Secondment, models.CASCADE, null=True, blank=True, related_name="objections", verbose_name="涉及教师"
    )
    received_on = models.DateField("收到日期")
    raised_by = models.CharField("提出人", max_length=50, blank=True, help_text="不愿署名的留空")
    text = models.TextField("异议内容", max_length=1000)
    state = models.CharField("处理情况", max_length=10, choices=ObjectionState, default=ObjectionState.OPEN)
    outcome = models.CharField("核查结论", max_length=300, blank=True)
    decided_on = models.DateField("办结日期", null=True, blank=True)

    schools_concerned = ("notice__school",)

    class Meta:
        verbose_name = verbose_name_plural = "公示异议"
        ordering = ["-received_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ObjectionState.OPEN) | ~Q(outcome=""),
                name="objection_outcome",
                violation_error_message="办结的异议要写核查结论",
            )
        ]

    def __str__(self) -> str:
        return f"{self.notice}的异议"


class StateChange(CountyModel):
    """One step of a secondment's life: who took it, when, from where to where, and why. Never changed, never deleted."""

    secondment = models.ForeignKey(Secondment, models.CASCADE, related_name="steps", verbose_name="派遣")
    action = models.CharField("步骤", max_length=24)
    source = models.CharField("原状态", max_length=12, choices=SecondmentState)
    target = models.CharField("新状态", max_length=12, choices=SecondmentState)
    at = models.DateTimeField("时间", default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理人"
    )
    by_name = models.CharField("办理人姓名", max_length=100, blank=True)
    reason = models.CharField("说明", max_length=300, blank=True)

    schools_concerned = ("secondment__sending_school", "secondment__placements__receiving_school")
    teachers_concerned = ("secondment__teacher",)

    is_inspected = True

    class Meta:
        verbose_name = verbose_name_plural = "办理记录"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.secondment.teacher}{self.get_source_display()} → {self.get_target_display()}"


class SecondmentChange(DatedModel):
    """An early end, an extension, a move or another subject: asked for, decided by somebody else, with its document."""

    secondment = models.ForeignKey(Secondment, models.CASCADE, related_name="changes", verbose_name="派遣")
    kind = models.CharField("变更类型", max_length=12, choices=ChangeKind)
    reason = models.CharField("原因", max_length=12, choices=EndReason, blank=True)
    detail = models.CharField("说明", max_length=200, blank=True)
    before = models.CharField("原内容", max_length=100, blank=True)
    after = models.CharField("新内容", max_length=100, blank=True)
    document = models.CharField("文号", max_length=60, blank=True)
    state = models.CharField("审批", max_length=10, choices=ChangeState, default=ChangeState.APPROVED, editable=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="申请人"
    )
    requested_at = models.DateTimeField("申请时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批人"
    )
    decision = models.CharField("审批意见", max_length=200, blank=True)
    new_school = models.ForeignKey(
        SCHOOL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="新受援学校"
    )
    new_subject = models.CharField("新任教学科", max_length=20, choices=SUBJECT_CHOICES, blank=True)
    new_end = models.DateField("新结束日期", null=True, blank=True)
    keeps_months = models.BooleanField("已服务月数是否认定", null=True, blank=True)

    schools_concerned = ("secondment__sending_school", "secondment__placements__receiving_school")
    teachers_concerned = ("secondment__teacher",)

    is_inspected = True

    class Meta(DatedModel.Meta):
        verbose_name = verbose_name_plural = "派遣变更"
        ordering = ["-start", "id"]
        constraints = [
            *DatedModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["secondment", "kind"],
                condition=Q(state=ChangeState.REQUESTED),
                name="change_waiting_once",
                violation_error_message="已经有一个同样的变更申请在等审批",
            ),
            models.CheckConstraint(
                condition=Q(requested_by=None) | Q(decided_by=None) | ~Q(requested_by=F("decided_by")),
                name="change_two_people",
                violation_error_message="变更的申请人和审批人不能是同一个人",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.secondment.teacher}{self.get_kind_display()}"


class TeamReport(DatedModel):
    """A team leader's report to a school's committee."""

    reporter = models.ForeignKey(
        "assignments.Teacher", models.PROTECT, related_name="team_reports", verbose_name="汇报人"
    )
    school = models.ForeignKey(
        SCHOOL, models.PROTECT, null=True, blank=True, related_name="team_reports", verbose_name="听取学校"
    )
    heard_by = models.CharField("听取对象", max_length=60, blank=True, help_text="如 校委会")
    content = models.CharField("汇报内容", max_length=300, blank=True)

    schools_concerned = ("school",)
    teachers_concerned = ("reporter",)

    class Meta(DatedModel.Meta):
        verbose_name = verbose_name_plural = "带队汇报"
        ordering = ["start", "id"]

    def __str__(self) -> str:
        return f"{self.reporter}{self.when}汇报"
