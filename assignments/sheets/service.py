"""月考勤, 请假, 补助发放."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from assignments.choices import DAY_SIGNS, DayMark, LeaveKind, LeaveState
from assignments.models import AllowancePayment, AllowanceRate, AttendanceMonth, Leave
from assignments.periods import Period
from assignments.sheets.columns import PROGRAMMES, monthly, secondment_column, text
from zhijiao.workbook.cells import CellProblem, shown, text_of
from zhijiao.workbook.description import Column, Problem, RowValues, Sheet
from zhijiao.workbook.kinds import Amount, Choice, Day, Decimal, Kind, Month, Reference, Whole

if TYPE_CHECKING:
    from zhijiao.workbook.context import Context

SELECT = (
    "secondment__teacher__school",
    "secondment__sending_school",
    "secondment__programme",
    "secondment__school_year",
)


class DayMarks(Kind):
    """The days of a month that were not days of work: 3病 4病 12迟; 20-24休 for a span."""

    number_format = "@"
    width = 24
    _PART = re.compile(r"(\d{1,2})(?:[-—–~至到](\d{1,2}))?日?([" + "".join(DAY_SIGNS.values()) + "])")
    _MARKS = {sign: mark.value for mark, sign in DAY_SIGNS.items()}

    def parse(self, raw: Any, context: Context) -> dict[str, str] | None:
        written = re.split(r"[\s、,，;；]+", unicodedata.normalize("NFKC", text_of(raw)).strip())
        marks: dict[str, str] = {}
        for part in filter(None, written):
            found = self._PART.fullmatch(part)
            first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
            if not found or not 1 <= first <= last <= 31:
                raise CellProblem(
                    f"“{shown(part)}”看不懂，应写成 3病、12迟 这样：几日和记号（{'、'.join(self._MARKS)}）"
                )
            marks |= {str(day): self._MARKS[found[3]] for day in range(first, last + 1)}
        return marks or None

    def format(self, value: Any, context: Context | None = None) -> Any:
        days = sorted((value or {}).items(), key=lambda pair: int(pair[0]))
        return " ".join(f"{day}{DAY_SIGNS[DayMark(mark)]}" for day, mark in days)

    def describe(self) -> str:
        return f"不是出勤的日子和记号，如 3病 12迟；记号：{'、'.join(self._MARKS)}"


def _days(header: str, field: str, *, sample: int = 0) -> Column:
    return Column(header, field, Decimal(min=0, max=31, places=1), default=0, sample=sample, help="天，可写半天 0.5")


def _check_attendance(values: RowValues) -> Iterable[Problem]:
    due, present = values.get("due"), values.get("present")
    if due is not None and present is not None and present > due:
        yield Problem(f"实出勤 {present} 天多于应出勤 {due} 天，应不多于应出勤", "present")


def _leaves_of(rows: QuerySet[Leave], period: Period) -> QuerySet[Leave]:
    """Leave that was granted: what was only asked for is no record of the year."""
    return rows.filter(start__gte=period.start, start__lte=period.end, state=LeaveState.APPROVED)


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
        Column("逐日", "marks", DayMarks(), sample="12病", help="哪几日不是出勤；合计仍按前面各列"),
        Column("本人核对日期", "seen_on", Day(), sample="2023年10月9日"),
        text("本人异议", "dispute", 200),
        text("备注", "remark", 100),
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
        Column(
            "补扣差额（元）",
            "adjustment",
            Amount(min=None),
            default=0,
            help="前几个月更正后补发（正）或扣回（负），已经算在实发里",
        ),
        text("差额说明", "adjustment_reason", 100),
    ),
)

RATES = Sheet(
    name="补助标准",
    model=AllowanceRate,
    help="每个项目、每类学校每月多少钱，从哪天起执行。发放表按它算。",
    key=("programme", "school_class", "start"),
    columns=(
        Column("项目类型", "programme", Reference(PROGRAMMES), help="留空：各种项目都按这个标准", sample="支教"),
        text("补助类别", "school_class", 20, help="和学校的“补助类别”一致；留空：各类学校都按这个标准", sample="三类"),
        Column("标准（元/月）", "amount", Amount(), required=True, sample=500),
        Column("执行日期", "start", Day(), required=True, sample="2023年9月1日"),
        Column("停止日期", "end", Day()),
        text("经费来源", "source", 40, sample="县财政"),
        text("依据文件", "basis", 120),
    ),
)
