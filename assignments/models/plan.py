"""Before anybody goes: what each school is in numbers, what is asked for, who gives how many, who is exempt."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from assignments.choices import SUBJECT_CHOICES, ExemptionReason, TeachingStage
from assignments.models.scope import CountyModel, DatedModel, unique_with_blanks

SCHOOL = "assignments.School"
YEAR = "assignments.SchoolYear"


class YearFacts(CountyModel):
    """A school's numbers for a school year; without a school, the whole county's.

    The three that 优质均衡 2.11 asks for are counted from records where these are not given.
    """

    school_year = models.ForeignKey(YEAR, models.PROTECT, related_name="+", verbose_name="学年")
    school = models.ForeignKey(
        SCHOOL, models.PROTECT, null=True, blank=True, related_name="year_facts", verbose_name="学校"
    )
    teachers = models.PositiveIntegerField("在编专任教师", null=True, blank=True)
    eligible = models.PositiveIntegerField("符合交流条件教师", null=True, blank=True)
    backbone = models.PositiveIntegerField("骨干教师", null=True, blank=True)
    pupils = models.PositiveIntegerField("学生", null=True, blank=True)
    classes = models.PositiveIntegerField("班级", null=True, blank=True)
    average_periods = models.DecimalField("平均周课时", max_digits=4, decimal_places=1, null=True, blank=True)

    schools_concerned = ("school",)

    class Meta:
        verbose_name = verbose_name_plural = "年度基本情况"
        constraints = [
            unique_with_blanks(
                "county",
                "school_year",
                "school",
                name="year_facts_once",
                message="这所学校这个学年的基本情况已经有了",
                blank=("school",),
            ),
            models.CheckConstraint(
                condition=Q(teachers=None) | Q(eligible=None) | Q(eligible__lte=F("teachers")),
                name="year_facts_eligible",
                violation_error_message="符合交流条件的教师多于在编专任教师",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school or self.county}{self.school_year}"


class Demand(CountyModel):
    """How many teachers of a subject a receiving school asks for."""

    school_year = models.ForeignKey(YEAR, models.PROTECT, related_name="+", verbose_name="学年")
    school = models.ForeignKey(SCHOOL, models.PROTECT, related_name="demands", verbose_name="需求学校")
    stage = models.CharField("学段", max_length=12, choices=TeachingStage, blank=True)
    subject = models.CharField("学科", max_length=20, choices=SUBJECT_CHOICES)
    number = models.PositiveSmallIntegerField("需求人数", validators=[MinValueValidator(1)])
    requirement = models.CharField("要求", max_length=200, blank=True)
    stated_on = models.DateField("申报日期", null=True, blank=True)

    schools_concerned = ("school",)
    is_inspected = True

    class Meta:
        verbose_name = verbose_name_plural = "岗位需求"
        ordering = ["school", "subject"]
        constraints = [
            models.UniqueConstraint(
                fields=["school_year", "school", "stage", "subject"],
                name="demand_once",
                violation_error_message="这所学校这个学科的需求已经有了",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="demand_number", violation_error_message="需求人数至少 1 人"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school}{self.subject}{self.number}人"


class DemandAnswer(CountyModel):
    """That a school has answered what it needs, even if it needs nobody."""

    school_year = models.ForeignKey(YEAR, models.PROTECT, related_name="+", verbose_name="学年")
    school = models.ForeignKey(SCHOOL, models.PROTECT, related_name="demand_answers", verbose_name="学校")
    answered_on = models.DateField("填报日期")
    needs_nobody = models.BooleanField("不需要支教教师", default=False)

    schools_concerned = ("school",)
    is_inspected = True

    class Meta:
        verbose_name = verbose_name_plural = "需求填报情况"
        constraints = [
            models.UniqueConstraint(
                fields=["school_year", "school"],
                name="demand_answer_once",
                violation_error_message="这所学校这个学年已经填报过",
            )
        ]

    def __str__(self) -> str:
        return f"{self.school}{self.school_year}需求"


class Allocation(CountyModel):
    """How many teachers a sending school is to give, of which subject, to whom."""

    school_year = models.ForeignKey(YEAR, models.PROTECT, related_name="+", verbose_name="学年")
    sending_school = models.ForeignKey(SCHOOL, models.PROTECT, related_name="allocations", verbose_name="派出学校")
    receiving_school = models.ForeignKey(
        SCHOOL, models.PROTECT, null=True, blank=True, related_name="allocations_to", verbose_name="受援学校"
    )
    subject = models.CharField("学科", max_length=20, choices=SUBJECT_CHOICES, blank=True)
    number = models.PositiveSmallIntegerField("选派名额", validators=[MinValueValidator(1)])
    document = models.CharField("计划文号", max_length=60, blank=True)

    schools_concerned = ("sending_school", "receiving_school")
    is_inspected = True

    class Meta:
        verbose_name = verbose_name_plural = "选派计划"
        ordering = ["sending_school", "subject"]
        constraints = [
            unique_with_blanks(
                "school_year",
                "sending_school",
                "receiving_school",
                "subject",
                name="allocation_once",
                message="这项名额已经有了",
                blank=("receiving_school",),
            ),
            models.CheckConstraint(
                condition=Q(receiving_school=None) | ~Q(receiving_school=F("sending_school")),
                name="allocation_two_schools",
                violation_error_message="受援学校不能和派出学校相同",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="allocation_number", violation_error_message="名额至少 1 人"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sending_school}{self.subject}{self.number}人"


class Exemption(CountyModel):
    """Why somebody who is due need not go yet, with proof and an end."""

    teacher = models.ForeignKey("assignments.Teacher", models.CASCADE, related_name="exemptions", verbose_name="教师")
    reason = models.CharField("免派原因", max_length=12, choices=ExemptionReason)
    proof = models.CharField("证明材料", max_length=100, blank=True)
    start = models.DateField("开始", null=True, blank=True)
    end = models.DateField("到期", null=True, blank=True)

    schools_concerned = ("teacher__school",)
    teachers_concerned = ("teacher",)

    class Meta:
        verbose_name = verbose_name_plural = "暂缓交流"
        constraints = [
            unique_with_blanks(
                "teacher", "reason", "start", name="exemption_once", message="这项暂缓已经有了", blank=("start",)
            ),
            models.CheckConstraint(
                condition=Q(start=None) | Q(end=None) | Q(end__gte=F("start")),
                name="exemption_dates",
                violation_error_message="到期日期早于开始日期",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teacher}{self.get_reason_display()}"


class DueRule(CountyModel):
    """Who is due to be exchanged (符合交流条件). Without a county: where the county has no rule of its own."""

    county = models.ForeignKey(  # type: ignore[assignment]
        "assignments.District", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="县（市、区）"
    )
    years_at_school = models.PositiveSmallIntegerField("同一学校连续任教满（年）", default=6)
    age_below_men = models.PositiveSmallIntegerField("男教师年龄低于（岁）", default=50)
    age_below_women = models.PositiveSmallIntegerField("女教师年龄低于（岁）", default=45)
    years_since_last = models.PositiveSmallIntegerField(
        "上次交流后免派（年）", default=3, help_text="这几年里支教过的，不再列入应交流名单"
    )
    regular_only = models.BooleanField("只算在编教师", default=True)
    basis = models.CharField("依据文件", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "应交流条件"
        constraints = [
            unique_with_blanks("county", name="due_rule_once", message="这个县的应交流条件已经有了", blank=("county",))
        ]

    def __str__(self) -> str:
        return f"同一学校满 {self.years_at_school} 年"


class YearSchedule(CountyModel):
    """The bureau's deadlines of a school year: until when needs, applications and recommendations come in."""

    school_year = models.ForeignKey(YEAR, models.PROTECT, related_name="+", verbose_name="学年")
    demands_until = models.DateField("需求申报截止", null=True, blank=True)
    applications_until = models.DateField("个人申报截止", null=True, blank=True)
    recommendations_until = models.DateField("学校推荐上报截止", null=True, blank=True)
    report_in_until = models.DateField("报到截止", null=True, blank=True)
    notice_days = models.PositiveSmallIntegerField("公示天数（工作日）", default=7, validators=[MinValueValidator(1)])
    document = models.CharField("通知文号", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "年度安排"
        ordering = ["-school_year"]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "school_year"],
                name="year_schedule_once",
                violation_error_message="这个学年的安排已经有了",
            )
        ]

    def __str__(self) -> str:
        return f"{self.school_year}安排"


class Pairing(DatedModel):
    """Two schools that are paired (结对帮扶), with their agreement."""

    supporting_school = models.ForeignKey(
        SCHOOL, models.PROTECT, related_name="pairings_giving", verbose_name="帮扶学校"
    )
    supported_school = models.ForeignKey(
        SCHOOL, models.PROTECT, related_name="pairings_receiving", verbose_name="受援学校"
    )
    agreement = models.CharField("协议名称", max_length=80, blank=True)
    signed_on = models.DateField("签订日期", null=True, blank=True)
    goal = models.CharField("目标", max_length=200, blank=True)
    visits_a_term = models.PositiveSmallIntegerField("每学期活动次数", null=True, blank=True)

    schools_concerned = ("supporting_school", "supported_school")

    class Meta(DatedModel.Meta):
        verbose_name = verbose_name_plural = "学校结对"
        ordering = ["supporting_school", "supported_school"]
        constraints = [
            *DatedModel.Meta.constraints,
            unique_with_blanks(
                "school_year",
                "supporting_school",
                "supported_school",
                name="pairing_once",
                message="这两所学校这个学年已经结对",
                blank=("school_year",),
            ),
            models.CheckConstraint(
                condition=~Q(supporting_school=F("supported_school")),
                name="pairing_two_schools",
                violation_error_message="结对的两所学校不能相同",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supporting_school}—{self.supported_school}"
