"""Figures of 后勤保障与关怀."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from assignments.choices import SheetState
from assignments.models import AllowancePayment, AttendanceMonth, CondolenceVisit, Difficulty, Leave, Provision
from reports.figures.asked import Asked
from reports.figures.registry import define


def _difficulties(asked: Asked) -> QuerySet[Any]:
    """Those of the teachers whose secondments are told."""
    rows = asked.events(
        Difficulty,
        (
            "teacher__school",
            "teacher__secondments__sending_school",
            "teacher__secondments__placements__receiving_school",
        ),
    )
    if asked.viewpoint.is_county:
        return rows
    return rows.filter(Q(teacher__in=asked.secondments().values("teacher")))


def _paid(asked: Asked) -> QuerySet[Any]:
    """What was paid: in a locked sheet, or apart from the sheets. A sheet that is still drawn up has paid nobody."""
    drawn_up = (SheetState.DRAFT, SheetState.CHECKED)
    rows: QuerySet[Any] = _monthly(AllowancePayment)(asked)
    return rows.exclude(sheet__state__in=drawn_up)


def _monthly(model: Any) -> Any:
    return lambda asked: asked.hanging_on_secondments(model).filter(asked.period.months())


define(
    "providing_schools",
    "提供后勤保障的学校",
    "所",
    "登记了后勤保障的受援学校。",
    rows=lambda asked: asked.of_year(Provision),
    distinct="school",
)
define("rooms", "宿舍", "间", "受援学校提供的宿舍。", rows=lambda asked: asked.of_year(Provision), total="rooms")
define(
    "insured",
    "投保人数",
    "人",
    "受援学校为支教教师投保的人数。",
    rows=lambda asked: asked.of_year(Provision),
    total="insured",
)
define(
    "provision_spent",
    "保障经费",
    "元",
    "受援学校投入的保障经费。",
    rows=lambda asked: asked.of_year(Provision),
    total="spent",
)
define(
    "condolences",
    "走访慰问",
    "次",
    "时段内走访慰问支教教师的次数。",
    rows=lambda asked: asked.events(CondolenceVisit),
    by={"occasion": "occasion"},
)
define(
    "condoled",
    "慰问教师",
    "人次",
    "走访慰问的支教教师人次。",
    rows=lambda asked: asked.events(CondolenceVisit).exclude(visited_number=None),
    total="visited_number",
)
define(
    "condolence_amount",
    "慰问金",
    "元",
    "走访慰问发放的慰问金。",
    rows=lambda asked: asked.events(CondolenceVisit).exclude(amount=None),
    total="amount",
)
define("difficulties", "困难诉求", "件", "支教教师提出的困难诉求。", rows=_difficulties, by={"category": "category"})
define(
    "difficulties_resolved",
    "已解决的困难诉求",
    "件",
    "写明解决办法或解决日期的困难诉求。",
    rows=lambda asked: _difficulties(asked).exclude(resolved_on=None, resolution=""),
)
define(
    "difficulties_open",
    "未解决的困难诉求",
    "件",
    "还没有解决的困难诉求。",
    rows=lambda asked: _difficulties(asked).filter(resolved_on=None, resolution=""),
)
define(
    "difficulties_ratio",
    "困难诉求办结率",
    "%",
    "已解决的占提出的比例。",
    ratio=("difficulties_resolved", "difficulties"),
)
define(
    "allowance",
    "补助金额",
    "元",
    "时段内各月实发补助。",
    rows=_paid,
    total="amount",
    by={"source": "source"},
)
define(
    "allowance_people",
    "领取补助的教师",
    "人",
    "时段内领取补助的支教教师。",
    rows=_paid,
    distinct="secondment__teacher",
)
define(
    "allowance_months",
    "发放月数",
    "人月",
    "时段内发放补助的月数。",
    rows=_paid,
    total="months_due",
)
define("attendance_due", "应出勤", "天", "时段内各月应出勤天数。", rows=_monthly(AttendanceMonth), total="due")
define("attendance_present", "实出勤", "天", "时段内各月实出勤天数。", rows=_monthly(AttendanceMonth), total="present")
define("attendance_ratio", "出勤率", "%", "实出勤占应出勤的比例。", ratio=("attendance_present", "attendance_due"))
define(
    "absences",
    "旷工",
    "天",
    "时段内旷工天数。",
    rows=lambda asked: _monthly(AttendanceMonth)(asked).filter(absent__gt=0),
    total="absent",
)
define(
    "leaves",
    "请假",
    "次",
    "时段内的请假。",
    rows=lambda asked: asked.hanging_on_secondments(Leave).filter(
        start__gte=asked.period.start, start__lte=asked.period.end
    ),
)
