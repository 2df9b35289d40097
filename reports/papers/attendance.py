"""考勤表 of a school and a month: a sign for every day, what it adds up to, and who signs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from assignments.access import within
from assignments.attendance import SchoolMonth, last_day, month_of, on_post_in, told_month
from assignments.choices import DAY_SIGNS, DayMark
from assignments.models import AttendanceMonth, Placement, School, Secondment
from reports.documents.tree import Box, Document, Ends, Form, HeaderCell, Table, bound
from reports.papers.excel import table_workbook
from reports.papers.paper import Choice, Making, Paper, Wanted
from reports.papers.words import centred
from zhijiao.quantities import plain

PRESENT = "√"
WEEKDAYS = "一二三四五六日"
SUMS = (
    ("应出勤", "due"), ("实出勤", "present"), ("事假", "personal_leave"), ("病假", "sick_leave"), ("公假", "official_leave"), ("其他假", "other_leave"),
    ("旷工", "absent"), ("迟到", "late"), ("早退", "left_early"),
)  # fmt: skip
LEGEND = f"{PRESENT} 出勤　" + "　".join(f"{sign} {DayMark(mark).label}" for mark, sign in DAY_SIGNS.items())


def find(wanted: Wanted) -> list[Choice]:
    """The schools at which somebody whom the person may see was on post in the month."""
    month = month_of(wanted.month or timezone.localdate())
    seen: QuerySet[Any] = within(Secondment.objects.all(), wanted.user, "secondment.view")
    rows = seen.filter(on_post_in(month, last_day(month)))
    if wanted.secondment is not None:
        rows = rows.filter(pk=wanted.secondment)
    schools = School.objects.filter(
        pk__in=Placement.objects.filter(secondment__in=rows.values("pk")).values("receiving_school")
    )
    if wanted.school:
        schools = schools.filter(pk=wanted.school)
    recorded = AttendanceMonth.objects.visible_to(wanted.user).filter(month=month)
    known = set(
        Placement.objects.filter(Q(secondment__in=recorded.values("secondment"))).values_list(
            "receiving_school", flat=True
        )
    )
    return [
        Choice(str(school.pk), (school, month), str(school), told_month(month), "" if school.pk in known else "这个月还没有登记考勤")
        for school in schools.select_related("county").order_by("name")
    ]  # fmt: skip


def sheets(rows: Sequence[tuple[School, dt.date]], making: Making) -> Document:
    months = [SchoolMonth(school, month, user=making.user) for school, month in rows]
    return bound("考勤表", [sheet(one, making) for one in months], layout="wide")


def sheet(month: SchoolMonth, making: Making) -> Document:
    by = next((line.row.confirmed_by for line in month.lines if line.row and line.row.confirmed_by), "")
    confirmed = max((line.row.confirmed_on for line in month.lines if line.row and line.row.confirmed_on), default=None)
    state = f"学校确认：{by}　{confirmed:%Y.%m.%d}" if confirmed else "学校还没有确认"
    blocks = (
        Ends(f"受援学校：{month.school}", f"{told_month(month.month)}　{state}"),
        table(month),
        Form(((*(Box(who, alignment="left") for who in ("考勤员（签字）：", "校长（签字）：", "填表日期：")),),), (1, 1, 1), is_ruled=False),
    )  # fmt: skip
    title = f"支教教师考勤表（{told_month(month.month)}）"
    return Document(title, blocks, str(month.school), making.today, byline="", subject="考勤表", layout="wide")


def table(month: SchoolMonth) -> Table:
    days = month.days
    heads = (
        (
            HeaderCell("序号", rows=2), HeaderCell("姓名", rows=2), *(HeaderCell(str(day.day)) for day in days), *(HeaderCell("\n".join(name), rows=2) for name, _ in SUMS),
            HeaderCell("缺课节数", rows=2), HeaderCell("本人核对", rows=2),
        ),
        tuple(HeaderCell(WEEKDAYS[day.weekday()]) for day in days),
    )  # fmt: skip
    rows = tuple(_line(number, line, days) for number, line in enumerate(month.lines, start=1))
    widths = (1.8, 3.8, *([1.62] * len(days)), *([1.8] * len(SUMS)), 2.2, 4.2)
    return Table("", heads, rows, centred(len(widths)), widths, note=LEGEND)


def _line(number: int, line: Any, days: Sequence[dt.date]) -> tuple[str, ...]:
    row, counts = line.row, line.counts
    signs = ("" if row is None else _sign(line, day.day) for day in days)
    sums = ("" if row is None else _told(counts[name], name) for _, name in SUMS)
    seen = "有异议" if row and row.dispute else f"{row.seen_on:%m.%d}" if row and row.seen_on else ""
    missed = str(row.lessons_missed) if row and row.lessons_missed else ""
    return (str(number), line.teacher.name, *signs, *sums, missed, seen)


def _sign(line: Any, day: int) -> str:
    """A row that came as sums only has no days to show."""
    if line.has_sums_only:
        return ""
    mark = line.marks.get(str(day))
    if mark:
        return DAY_SIGNS[DayMark(mark)]
    return PRESENT if day in line.own else ""


def _told(value: Any, name: str) -> str:
    return plain(value) if value or name in ("due", "present") else ""


def workbook(rows: Sequence[tuple[School, dt.date]], making: Making) -> bytes:
    return table_workbook(sheets(rows, making))


ATTENDANCE = Paper(
    "attendance", "考勤表", "一所学校一个月一页，逐日记号和合计。", find, sheets, actions=("attendance.view",), asks=("month", "school"),
    formats=("pdf", "docx", "xlsx"), excel=workbook, unit="所学校",
)  # fmt: skip
