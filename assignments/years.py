"""What of the work of a year is not finished, as the checklist of 学年结转 counts it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import Count, Min, QuerySet
from django.urls import reverse

from assignments import closing
from assignments.choices import OVER, SecondmentState, SheetState
from assignments.models import AllowanceSheet, AttendanceMonth, Difficulty, District, SchoolYear, Secondment

_FINISHED = (*OVER, SecondmentState.WITHDRAWN, SecondmentState.SENT_BACK)


def connect() -> None:
    """Registers the lines in the order in which they are told."""
    closing.check("支教派遣没有结束", _secondments)
    closing.check("考勤没有确认", _attendance)
    closing.check("补助发放表没有锁定", _sheets, stops=True)
    closing.check("困难诉求没有办结", _difficulties)


def listed(name: str, year: SchoolYear, **asked: str | list[str]) -> str:
    """The address of a list with what a line of the checklist counts."""
    return f"{reverse(name)}?{urlencode({'year': year.code, **asked}, doseq=True)}"


def _of(rows: QuerySet[AttendanceMonth] | QuerySet[AllowanceSheet], county: District, year: SchoolYear) -> QuerySet:
    return rows.filter(county=county, month__gte=year.start, month__lte=year.end)


def _secondments(county: District, year: SchoolYear) -> tuple[int, str]:
    rows = Secondment.objects.filter(county=county, school_year=year).exclude(state__in=_FINISHED)
    states = [state for state in SecondmentState.values if state not in _FINISHED]
    return rows.count(), listed("assignments:secondment_list", year, state=states)


def _attendance(county: District, year: SchoolYear) -> tuple[int, str]:
    """Leads to the first month that is open; the others are one click on."""
    rows = _of(AttendanceMonth.objects.filter(confirmed_on=None), county, year)
    told = rows.aggregate(number=Count("pk"), first=Min("month"))
    if (first := told["first"]) is None:
        return 0, reverse("assignments:attendance_overview")
    return told["number"], reverse("assignments:attendance_overview_of", args=[first.year, f"{first.month:02}"])


def _sheets(county: District, year: SchoolYear) -> tuple[int, str]:
    """Leads to the first sheet that is not locked."""
    rows = _of(AllowanceSheet.objects.exclude(state=SheetState.LOCKED), county, year)
    keys = list(rows.order_by("month").values_list("pk", flat=True))  # one a month
    if not keys:
        return 0, reverse("assignments:allowances")
    return len(keys), reverse("assignments:allowance_sheet", args=[keys[0]])


def _difficulties(county: District, year: SchoolYear) -> tuple[int, str]:
    rows = Difficulty.objects.filter(county=county, school_year=year, resolved_on=None, resolution="")
    return rows.count(), listed("assignments:difficulty_list", year)
