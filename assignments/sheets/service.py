"""月考勤, 请假, 补助发放."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from assignments.choices import LeaveKind
from assignments.models import AllowancePayment, AttendanceMonth, Leave
from assignments.periods import Period
from assignments.sheets.columns import monthly, secondment_column, text
from zhijiao.workbook.description import Column, Problem, RowValues, Sheet
from zhijiao.workbook.kinds import Amount, Choice, Day, Decimal, Month, Whole

SELECT = (
    "secondment__teacher__school",
    "secondment__sending_school",
    "secondment__programme",
    "secondment__school_year",
)


def _days(header: str, field: str, *, sample: int = 0) -> Column:
    return Column(header, field, Decimal(min=0, max=31, places=1), default=0, sample=sample, help="天，可写半天 0.5")


def _check_attendance(values: RowValues) -> Iterable[Problem]:
    due, present = values.get("due"), values.get("present")
    if due is not None and present is not None and present > due:
        yield Problem(f"实出勤 {present} 天多于应出勤 {due} 天，应不多于应出勤", "present")


def _leaves_of(rows: QuerySet[Leave], period: Period) -> QuerySet[Leave]:
    return rows.filter(start__gte=period.start, start__lte=period.end)


ATTENDANCE = Sheet(
    name="月考勤",
    model=AttendanceMonth,
    help="每位支教教师每月一行，由受援学校登记。",
    key=("secondment", "month"),
    check=_check_attendance,
    export=monthly,
    select=SELECT,
    columns=(
        secondment_column(dated_by="month"),
        Column("月份", "month", Month(), required=True, sample="2023年9月"),
        _days("应出勤", "due", sample=21),
        _days("实出勤", "present", sample=20),
        _days("事假", "personal_leave"),
        _days("病假", "sick_leave", sample=1),
        _days("公假", "official_leave"),
        _days("其他假", "other_leave"),
        _days("旷工", "absent"),
        Column("迟到次数", "late", Whole(0, 99), default=0, sample=0),
        Column("早退次数", "left_early", Whole(0, 99), default=0, sample=0),
        Column("缺课节数", "lessons_missed", Whole(0, 200), default=0, sample=0),
        Column("确认日期", "confirmed_on", Day(), sample="2023年10月8日"),
        text("确认人", "confirmed_by", 50, sample="石长青"),
    ),
)

LEAVES = Sheet(
    name="请假",
    model=Leave,
    help="支教期间的请假，一次一行。",
    key=("secondment", "kind", "start"),
    export=_leaves_of,
    select=SELECT,
    columns=(
        secondment_column(dated_by="start"),
        Column("假别", "kind", Choice(LeaveKind), required=True, sample="病假"),
        Column("开始", "start", Day(), required=True, sample="2023年9月12日"),
        Column("结束", "end", Day(), required=True, sample="2023年9月12日"),
        Column("工作日", "days", Decimal(min=0, max=400, places=1), required=True, sample=1),
        text("事由", "reason", 200, sample="感冒"),
        text("批准人", "approved_by", 50, sample="石长青"),
        Column("销假日期", "back_on", Day(), sample="2023年9月13日"),
    ),
)

ALLOWANCES = Sheet(
    name="补助发放",
    model=AllowancePayment,
    help="每位支教教师每月一行：标准乘月数，减去扣减，就是实发。",
    key=("secondment", "month"),
    export=monthly,
    select=SELECT,
    columns=(
        secondment_column(dated_by="month"),
        Column("月份", "month", Month(), required=True, sample="2023年9月"),
        Column("标准（元/月）", "standard", Amount(), required=True, sample=500),
        Column("应发月数", "months_due", Decimal(min=0, max=12, places=2), default=1, sample=1),
        Column("扣减（元）", "deduction", Amount(), default=0, sample=0),
        text("扣减原因", "deduction_reason", 100),
        Column("实发（元）", "amount", Amount(), required=True, sample=500),
        text("经费来源", "source", 40, sample="县财政"),
        Column("发放日期", "paid_on", Day()),
    ),
)
