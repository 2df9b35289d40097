"""On post: attendance by month, leave, allowances."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from assignments.choices import LeaveKind
from assignments.models.scope import CountyModel
from assignments.models.secondments import Secondment

RELATED_SCHOOLS = ("secondment__sending_school", "secondment__placements__receiving_school")


def _days(label: str) -> models.DecimalField:
    return models.DecimalField(label, max_digits=4, decimal_places=1, default=0, validators=[MinValueValidator(0)])


class AttendanceMonth(CountyModel):
    """One month of one teacher on post, in days; recorded and confirmed by the receiving school."""

    secondment = models.ForeignKey(Secondment, models.CASCADE, related_name="attendance", verbose_name="派遣")
    month = models.DateField("月份", help_text="当月 1 日")
    due = _days("应出勤")
    present = _days("实出勤")
    personal_leave = _days("事假")
    sick_leave = _days("病假")
    official_leave = _days("公假")
    other_leave = _days("其他假")
    absent = _days("旷工")
    late = models.PositiveSmallIntegerField("迟到次数", default=0)
    left_early = models.PositiveSmallIntegerField("早退次数", default=0)
    lessons_missed = models.PositiveSmallIntegerField("缺课节数", default=0)
    confirmed_on = models.DateField("确认日期", null=True, blank=True)
    confirmed_by = models.CharField("确认人", max_length=50, blank=True)

    schools_concerned = RELATED_SCHOOLS
    teachers_concerned = ("secondment__teacher",)

    class Meta:
        verbose_name = verbose_name_plural = "月考勤"
        ordering = ["secondment", "month"]
        constraints = [
            models.UniqueConstraint(
                fields=["secondment", "month"], name="attendance_once", violation_error_message="这个月的考勤已经有了"
            ),
            models.CheckConstraint(
                condition=Q(present__lte=F("due"), due__gte=0, due__lte=31, present__gte=0),
                name="attendance_days",
                violation_error_message="实出勤不能多于应出勤，应出勤不能多于 31 天",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.secondment.teacher}{self.month:%Y年%m月}"


class Leave(CountyModel):
    """Leave of a teacher on post. Health and maternity reasons are shown to those who decide only."""

    secondment = models.ForeignKey(Secondment, models.CASCADE, related_name="leaves", verbose_name="派遣")
    kind = models.CharField("假别", max_length=10, choices=LeaveKind)
    start = models.DateField("开始")
    end = models.DateField("结束")
    days = models.DecimalField("工作日", max_digits=4, decimal_places=1, validators=[MinValueValidator(0)])
    reason = models.CharField("事由", max_length=200, blank=True)
    approved_by = models.CharField("批准人", max_length=50, blank=True)
    back_on = models.DateField("销假日期", null=True, blank=True)

    schools_concerned = RELATED_SCHOOLS
    teachers_concerned = ("secondment__teacher",)

    class Meta:
        verbose_name = verbose_name_plural = "请假"
        ordering = ["-start"]
        constraints = [
            models.UniqueConstraint(
                fields=["secondment", "kind", "start"], name="leave_once", violation_error_message="这次请假已经有了"
            ),
            models.CheckConstraint(
                condition=Q(end__gte=F("start")),
                name="leave_dates",
                violation_error_message="请假的结束日期早于开始日期",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.secondment.teacher}{self.get_kind_display()}"


class AllowancePayment(CountyModel):
    """What one teacher is paid for one month: standard × months served − deductions, in 元."""

    secondment = models.ForeignKey(Secondment, models.PROTECT, related_name="allowances", verbose_name="派遣")
    month = models.DateField("月份", help_text="当月 1 日")
    standard = models.DecimalField("标准（元/月）", max_digits=9, decimal_places=2, validators=[MinValueValidator(0)])
    months_due = models.DecimalField(
        "应发月数", max_digits=4, decimal_places=2, default=1, validators=[MinValueValidator(0)]
    )
    deduction = models.DecimalField(
        "扣减（元）", max_digits=9, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    deduction_reason = models.CharField("扣减原因", max_length=100, blank=True)
    amount = models.DecimalField("实发（元）", max_digits=9, decimal_places=2, validators=[MinValueValidator(0)])
    source = models.CharField("经费来源", max_length=40, blank=True)
    paid_on = models.DateField("发放日期", null=True, blank=True)

    schools_concerned = ("secondment__placements__receiving_school",)  # not the sending school: it does not pay
    teachers_concerned = ("secondment__teacher",)

    class Meta:
        verbose_name = verbose_name_plural = "补助发放"
        ordering = ["month", "secondment"]
        constraints = [
            models.UniqueConstraint(
                fields=["secondment", "month"], name="allowance_once", violation_error_message="这个月的补助已经有了"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, standard__gte=0, deduction__gte=0),
                name="allowance_amounts",
                violation_error_message="金额不能是负数",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.secondment.teacher}{self.month:%Y年%m月}"
