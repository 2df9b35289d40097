"""On post: attendance by month, leave, allowances."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from assignments.choices import LeaveKind, LeaveState, SheetState
from assignments.models.scope import CountyModel, unique_with_blanks
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
    marks: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(
        "逐日", default=dict, blank=True, help_text="不是出勤的日子：日 → 记号"
    )
    remark = models.CharField("备注", max_length=100, blank=True)
    seen_on = models.DateField("本人核对日期", null=True, blank=True)
    dispute = models.CharField("本人异议", max_length=200, blank=True)
    reopened_on = models.DateField("重新打开日期", null=True, blank=True)
    reopen_reason = models.CharField("重新打开的原因", max_length=200, blank=True)

    schools_concerned = RELATED_SCHOOLS
    teachers_concerned = ("secondment__teacher",)

    is_inspected = True

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
    state = models.CharField("审批", max_length=10, choices=LeaveState, default=LeaveState.APPROVED, editable=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="申请人"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批人"
    )
    decided_on = models.DateField("审批日期", null=True, blank=True)
    decision = models.CharField("审批意见", max_length=200, blank=True)

    schools_concerned = RELATED_SCHOOLS
    teachers_concerned = ("secondment__teacher",)

    is_inspected = True

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


class AllowanceRate(CountyModel):
    """补助标准: what is paid for a month, by programme and by the receiving school's class, from a day on. In 元."""

    programme = models.ForeignKey(
        "assignments.Programme",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="项目类型",
        help_text="留空：各种项目都按这个标准",
    )
    school_class = models.CharField(
        "补助类别", max_length=20, blank=True, help_text="和学校的“补助类别”一致；留空：各类学校都按这个标准"
    )
    amount = models.DecimalField("标准（元/月）", max_digits=9, decimal_places=2, validators=[MinValueValidator(0)])
    start = models.DateField("执行日期")
    end = models.DateField("停止日期", null=True, blank=True)
    source = models.CharField("经费来源", max_length=40, blank=True)
    basis = models.CharField("依据文件", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "补助标准"
        ordering = ["-start", "id"]
        constraints = [
            unique_with_blanks(
                "county",
                "programme",
                "school_class",
                "start",
                name="allowance_rate_once",
                message="同一天起执行的这项标准已经有了",
                blank=("programme",),
            ),
            models.CheckConstraint(
                condition=Q(end=None) | Q(end__gte=F("start")),
                name="allowance_rate_dates",
                violation_error_message="停止日期早于执行日期",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0), name="allowance_rate_amount", violation_error_message="标准不能是负数"
            ),
        ]

    def __str__(self) -> str:
        what = "".join(part for part in (str(self.programme or ""), self.school_class) if part) or "各项目各类学校"
        return f"{what}每月 {self.amount} 元"


class AllowanceSheet(CountyModel):
    """补助发放表 of a month: drawn up, checked by a second person, locked; then nothing in it changes any more."""

    month = models.DateField("月份", help_text="当月 1 日")
    state = models.CharField("状态", max_length=10, choices=SheetState, default=SheetState.DRAFT, editable=False)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="制表"
    )
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核"
    )
    checked_at = models.DateTimeField("审核时间", null=True, blank=True)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="锁定"
    )
    locked_at = models.DateTimeField("锁定时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "补助发放表"
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "month"],
                name="allowance_sheet_once",
                violation_error_message="这个月的发放表已经有了",
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None) | Q(prepared_by=None) | ~Q(checked_by=F("prepared_by")),
                name="allowance_sheet_two_people",
                violation_error_message="制表人和审核人不能是同一个人",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month.year}年{self.month.month}月补助发放表"


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
    sheet = models.ForeignKey(
        AllowanceSheet, models.PROTECT, null=True, blank=True, related_name="payments", verbose_name="发放表"
    )
    adjustment = models.DecimalField(
        "补扣差额（元）",
        max_digits=9,
        decimal_places=2,
        default=0,
        help_text="前几个月更正后补发（正）或扣回（负）的差额",
    )
    adjustment_reason = models.CharField("差额说明", max_length=100, blank=True)
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
