"""The four-part inspection of one school: 汇报座谈, 资料检查, 问卷走访 (see surveys.py), 反馈."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When

from assignments.choices import KNOWN_TO_RECEIVER, Role
from assignments.models.scope import (
    Access,
    CountyModel,
    CountyQuerySet,
    DatedModel,
    DatedQuerySet,
    Inspected,
    unique_with_blanks,
)
from assignments.models.secondments import Placement
from evaluations.choices import (
    PUBLISHED_STATES,
    RECORD_UNITS,
    FindingKind,
    HalfDay,
    InspectionState,
    PartState,
    Quality,
    RoundState,
)
from zhijiao.wordlists import WordListField

SCHOOL = "assignments.School"


class RoundQuerySet(DatedQuerySet):
    """Schools know of a round once it is announced, and of its inspections too."""

    def _related_to(self, access: Any) -> Q | None:
        found = super()._related_to(access)
        return None if found is None else found & ~Q(state=RoundState.DRAFT)


class InspectionRound(DatedModel):
    """A round in the bureau's yearly inspection list, announced ahead."""

    name = models.CharField("检查轮次", max_length=60)
    list_number = models.CharField("清单编号", max_length=30, blank=True)
    notice_document = models.CharField("通知文号", max_length=60, blank=True)
    announced_on = models.DateField("通知日期", null=True, blank=True)
    state = models.CharField("状态", max_length=12, choices=RoundState, default=RoundState.CLOSED)
    days_ahead = models.PositiveSmallIntegerField("提前通知天数", default=30)
    checklist = WordListField("资料检查清单", blank=True, help_text="教案、作业批改、听课记录")
    contents = WordListField("检查内容", blank=True, help_text="在岗、教学、专项档案、后勤保障")

    objects: ClassVar[Any] = RoundQuerySet.as_manager()
    schools_concerned = ("inspections__school",)
    is_inspected = True

    class Meta(DatedModel.Meta):
        verbose_name = verbose_name_plural = "检查轮次"
        ordering = ["-start", "name"]
        constraints = [
            *DatedModel.Meta.constraints,
            unique_with_blanks(
                "county",
                "school_year",
                "name",
                name="round_name",
                message="这个学年已有同名的检查轮次",
                blank=("school_year",),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def inspected_side(cls, inspected: Inspected) -> Q:
        return Q(teams__in=inspected.teams)


class InspectionTeam(CountyModel):
    """Those who inspect together in one round. Nobody inspects a school they belong to."""

    round = models.ForeignKey(InspectionRound, models.CASCADE, related_name="teams", verbose_name="检查轮次")
    name = models.CharField("检查组", max_length=30, help_text="第一组")

    is_inspected = True

    class Meta:
        verbose_name = verbose_name_plural = "检查组"
        ordering = ["round", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "name"],
                name="inspection_team_name",
                violation_error_message="这个轮次已有同名的检查组",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def inspected_side(cls, inspected: Inspected) -> Q:
        return Q(pk__in=inspected.teams)


class TeamMember(CountyModel):
    """An inspector in a team; one of them leads it."""

    team = models.ForeignKey(InspectionTeam, models.CASCADE, related_name="members", verbose_name="检查组")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="inspection_teams", verbose_name="督导员"
    )
    is_leader = models.BooleanField("组长", default=False)

    is_inspected = True

    class Meta:
        verbose_name = verbose_name_plural = "检查组成员"
        ordering = ["team", "-is_leader", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "user"], name="team_member_once", violation_error_message="这位督导员已在组里"
            )
        ]

    def __str__(self) -> str:
        return str(self.user)

    @classmethod
    def inspected_side(cls, inspected: Inspected) -> Q:
        return Q(team__in=inspected.teams)


class InspectionQuerySet(DatedQuerySet):
    """Schools know of an inspection once its round is announced; inspectors of those of their own team."""

    def _related_to(self, access: Any) -> Q | None:
        found = super()._related_to(access)
        return None if found is None else found & (Q(round=None) | ~Q(round__state=RoundState.DRAFT))

    def carried_out(self) -> Self:
        return self.exclude(state=InspectionState.PLANNED)

    def in_order(self) -> Self:
        """By day, the morning before the afternoon."""
        return self.order_by("start", Case(When(half_day=HalfDay.AFTERNOON, then=1), default=0), "pk")


class Inspection(DatedModel):
    """One school inspected once."""

    round = models.ForeignKey(
        InspectionRound, models.PROTECT, null=True, blank=True, related_name="inspections", verbose_name="检查轮次"
    )
    school = models.ForeignKey(SCHOOL, models.PROTECT, related_name="inspections", verbose_name="受检学校")
    inspecting_school = models.ForeignKey(
        SCHOOL, models.PROTECT, null=True, blank=True, related_name="inspections_made", verbose_name="检查学校",
        help_text="中心校检查时填；局里检查留空",
    )  # fmt: skip
    leader = models.CharField("组长", max_length=50, blank=True)
    inspectors = WordListField("督导员")
    state = models.CharField("状态", max_length=12, choices=InspectionState, default=InspectionState.CLOSED)
    conclusion = models.CharField("检查结论", max_length=8, choices=Quality, blank=True)
    team = models.ForeignKey(
        InspectionTeam, models.PROTECT, null=True, blank=True, related_name="inspections", verbose_name="检查组"
    )
    half_day = models.CharField("时段", max_length=10, choices=HalfDay, default=HalfDay.ALL)
    published_on = models.DateField("反馈日期", null=True, blank=True, help_text="从这一天起受检学校看得到结果")

    objects: ClassVar[Any] = InspectionQuerySet.as_manager()
    schools_concerned = ("school", "inspecting_school")
    is_inspected = True

    class Meta(DatedModel.Meta):
        verbose_name = verbose_name_plural = "督导检查"
        ordering = ["-start", "id"]
        constraints = [
            *DatedModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["school", "start"],
                name="inspection_once",
                violation_error_message="这所学校这一天的检查已经有了",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school}{self.when}检查"

    @classmethod
    def inspected_side(cls, inspected: Inspected) -> Q:
        return Q(team__in=inspected.teams)


class FoundQuerySet(CountyQuerySet):
    """What was found at a school: the bureau and its inspectors know it at once, the others once it is published."""

    def _related_to(self, access: Any) -> Q | None:
        found = super()._related_to(access)
        return None if found is None else found & Q(inspection__state__in=PUBLISHED_STATES)


class BriefingPointQuerySet(FoundQuerySet):
    """What was said behind closed doors is known to who noted it, and to the bureau."""

    def visible_to(self, user: Any) -> Self:
        rows = super().visible_to(user)
        access = Access.of(user)
        if access.everything or access.roles & {Role.OFFICER, Role.LEADER}:
            return rows
        return rows.filter(Q(is_private=False) | Q(noted_by=user.pk))


class FoundModel(CountyModel):
    """What hangs on an inspection: its inspectors know of it as they know of the inspection."""

    objects: ClassVar[Any] = FoundQuerySet.as_manager()
    schools_concerned = ("inspection__school",)
    is_inspected = True

    class Meta:
        abstract = True

    @classmethod
    def inspected_side(cls, inspected: Inspected) -> Q:
        return Q(inspection__team__in=inspected.teams)


class InspectionPart(FoundModel):
    """What the four parts share: each is of one inspection, has its own day and its own state."""

    day = models.DateField("日期", null=True, blank=True)
    state = models.CharField("填写状态", max_length=8, choices=PartState, default=PartState.DONE)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="完成人"
    )

    class Meta:
        abstract = True


class Briefing(InspectionPart):
    """汇报座谈: who was heard, on what."""

    inspection = models.OneToOneField(Inspection, models.CASCADE, related_name="briefing", verbose_name="督导检查")
    place = models.CharField("座谈地点", max_length=60, blank=True)
    heard = WordListField("座谈对象", help_text="学校领导、本校教师、支教教师")
    leaders_heard = models.PositiveSmallIntegerField("座谈校领导人数", null=True, blank=True)
    teachers_heard = models.PositiveSmallIntegerField("座谈教师人数", null=True, blank=True)
    seconded_heard = models.PositiveSmallIntegerField("座谈支教教师人数", null=True, blank=True)
    private_interviews = models.PositiveSmallIntegerField("个别谈话人数", null=True, blank=True)
    topics = WordListField("座谈内容", help_text="工作态度、工作方法、工作效果")

    class Meta:
        verbose_name = verbose_name_plural = "汇报座谈"

    def __str__(self) -> str:
        return "汇报座谈"


class BriefingPoint(FoundModel):
    """One point noted in a briefing: from whom, on what, optionally graded."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="briefing_points", verbose_name="督导检查")
    speaker = models.CharField("发言人（身份）", max_length=50)
    topic = models.CharField("内容", max_length=40, blank=True)
    text = models.CharField("要点", max_length=300)
    quality = models.CharField("评价", max_length=8, choices=Quality, blank=True)
    teacher = models.ForeignKey(
        "assignments.Teacher", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="谈到的支教教师"
    )
    is_private = models.BooleanField("背对背谈话", default=False, help_text="只有记录人和教育局看得到")
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="记录人"
    )

    objects: ClassVar[Any] = BriefingPointQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "座谈要点"
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "speaker", "topic", "text"],
                name="briefing_point_once",
                violation_error_message="这条要点已经有了",
            )
        ]

    def __str__(self) -> str:
        return f"{self.speaker}：{self.text[:30]}"


class RecordsReview(InspectionPart):
    """资料检查: a look at samples of what the work record holds already; its lines are ReviewedItem."""

    inspection = models.OneToOneField(
        Inspection, models.CASCADE, related_name="records_review", verbose_name="督导检查"
    )
    place = models.CharField("查阅地点", max_length=60, blank=True)
    impression = models.CharField("总体印象", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "资料检查"

    def __str__(self) -> str:
        return "资料检查"


class ReviewedItem(FoundModel):
    """How many of one kind of record were looked at, of whom, and how good they were."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="reviewed_items", verbose_name="督导检查")
    category = models.CharField("资料类别", max_length=20)
    teacher = models.ForeignKey(
        "assignments.Teacher",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reviewed_items",
        verbose_name="被查教师",
    )
    number = models.PositiveIntegerField("抽查数量", default=0)
    missing = models.PositiveIntegerField("缺少数量", default=0)
    quality = models.CharField("质量", max_length=8, choices=Quality, blank=True)
    remark = models.CharField("意见", max_length=200, blank=True)
    is_seen = models.BooleanField("看了", default=True)
    available = models.PositiveIntegerField("档案里已有", null=True, blank=True)

    teachers_concerned = ()

    class Meta:
        verbose_name = verbose_name_plural = "资料检查明细"
        ordering = ["inspection", "id"]
        constraints = [
            unique_with_blanks(
                "inspection",
                "category",
                "teacher",
                name="reviewed_item_once",
                message="这次检查的这类资料已经有了",
                blank=("teacher",),
            )
        ]

    def __str__(self) -> str:
        return f"{self.category}{self.number}{self.unit}"

    @property
    def unit(self) -> str:
        return RECORD_UNITS.get(self.category, "份")


class Feedback(InspectionPart):
    """反馈: on which day, to whom, how many points; the points themselves are Finding, where they are recorded."""

    inspection = models.OneToOneField(Inspection, models.CASCADE, related_name="feedback", verbose_name="督导检查")
    recipients = WordListField("反馈对象", help_text="教师姓名或学校")
    points = models.PositiveSmallIntegerField("反馈意见条数", null=True, blank=True)
    document = models.CharField("反馈意见书文号", max_length=60, blank=True)
    answer_due_on = models.DateField("回复期限", null=True, blank=True)
    acknowledged_on = models.DateField("签收日期", null=True, blank=True)
    answered_on = models.DateField("回复日期", null=True, blank=True)
    answer = models.CharField("学校回复", max_length=500, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="回复人"
    )
    numbered_in = models.PositiveSmallIntegerField("编号年份", null=True, blank=True)
    number = models.PositiveSmallIntegerField("编号", null=True, blank=True, help_text="每年从 1 起；收回的号不再用")
    letter = models.JSONField("反馈意见书", null=True, blank=True, editable=False, help_text="印发时的原文，此后不再改")

    class Meta:
        verbose_name = verbose_name_plural = "反馈"
        constraints = [
            models.UniqueConstraint(
                fields=["county", "numbered_in", "number"],
                name="feedback_number",
                violation_error_message="这个文号刚刚被别人用了，请再印发一次",
            )
        ]

    def __str__(self) -> str:
        return "反馈"


class FindingQuerySet(FoundQuerySet):
    """Where a finding stands on its way from the letter to the last look at it."""

    def rectifying(self) -> Self:
        """Problems that somebody still has to do something about."""
        return self.filter(kind=FindingKind.PROBLEM, is_closed=False, inspection__state=InspectionState.RECTIFYING)

    def to_recheck(self) -> Self:
        return self.rectifying().filter(checked_on=None).exclude(done_on=None)

    def to_rectify(self) -> Self:
        """Nothing was done yet, or what was done did not do."""
        return self.rectifying().filter(Q(done_on=None) | ~Q(checked_on=None))

    def late(self, today: dt.date) -> Self:
        return self.to_rectify().filter(due_on__lt=today)

    def _related_to(self, access: Any) -> Q | None:
        found = super()._related_to(access)
        if not access.schools:
            return found
        told = of_senders(access.schools)
        return told if found is None else found | told


def of_senders(schools: frozenset[int]) -> Q:
    """Findings, once published: a school that sent a teacher there at the time knows what was said of the school, and of its own."""
    when = OuterRef("inspection__start")
    sent = Placement.objects.filter(
        Q(start=None) | Q(start__lte=when), Q(end=None) | Q(end__gte=when), receiving_school=OuterRef("inspection__school"),
        secondment__sending_school__in=schools, secondment__start__lte=when, secondment__end__gte=when,
        secondment__state__in=KNOWN_TO_RECEIVER,
    )  # fmt: skip
    said = (Q(teacher=None) & Exists(sent)) | Exists(sent.filter(secondment__teacher=OuterRef("teacher")))
    return said & Q(inspection__state__in=PUBLISHED_STATES)


class Finding(FoundModel):
    """One point of the feedback: a merit, a problem or advice; a problem has a deadline and what was done."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="findings", verbose_name="督导检查")
    kind = models.CharField("类别", max_length=8, choices=FindingKind)
    text = models.CharField("内容", max_length=300)
    teacher = models.ForeignKey(
        "assignments.Teacher", models.PROTECT, null=True, blank=True, related_name="findings", verbose_name="涉及教师"
    )
    due_on = models.DateField("整改期限", null=True, blank=True)
    done = models.CharField("整改情况", max_length=300, blank=True)
    done_on = models.DateField("整改完成日期", null=True, blank=True)
    checked_on = models.DateField("复查日期", null=True, blank=True)
    check_remark = models.CharField("复查意见", max_length=200, blank=True)
    is_closed = models.BooleanField("是否销号", default=False)

    objects: ClassVar[Any] = FindingQuerySet.as_manager()
    teachers_concerned = ("teacher",)

    class Meta:
        verbose_name = verbose_name_plural = "反馈意见"
        ordering = ["inspection", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "kind", "text"], name="finding_once", violation_error_message="这条意见已经有了"
            ),
            models.CheckConstraint(
                condition=Q(done_on=None) | Q(checked_on=None) | Q(checked_on__gte=F("done_on")),
                name="finding_dates",
                violation_error_message="复查日期早于整改完成日期",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]
