"""Attendance of a month: the school's grid, the teacher's own months, the bureau's overview."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import django_filters as filters
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from assignments import attendance, closing
from assignments.access import may, within
from assignments.attendance import ChangedMeanwhile, Line, SchoolMonth, month_before, month_of, told_month
from assignments.choices import DAY_SIGNS, DayMark
from assignments.forms.service import EVERYBODY, ExceptionForm, MonthForm, written
from assignments.lists import linked
from assignments.models import AttendanceMonth, School
from assignments.views.attendance import away
from zhijiao.access import needs
from zhijiao.accounts.models import AuditEntry
from zhijiao.dates import told
from zhijiao.entry import once
from zhijiao.filters import ListFilters
from zhijiao.listing import ListColumn, ListPage
from zhijiao.quantities import plain
from zhijiao.refusals import WordsNeeded, tells_refusals
from zhijiao.working_days import is_working_day, remark

WEEKDAYS = "一二三四五六日"
KEYS = {
    DayMark.PERSONAL: 1, DayMark.SICK: 2, DayMark.OFFICIAL: 3, DayMark.MATERNITY: 4, DayMark.ABSENT: 5,
    DayMark.LATE: 6, DayMark.EARLY: 7, DayMark.OTHER: 8, DayMark.OFF: 9,
}  # fmt: skip


@needs("attendance.view")
def attendance_home(request: HttpRequest) -> HttpResponse:
    """Where this person's attendance is: the school's grid of the month that waits, one's own months, or the overview."""
    if may(request.user, "attendance.edit") and attendance.schools_of(request.user).exists():
        return redirect(address_of(waiting_month(request.user)))
    if may(request.user, "attendance.confirm_own"):
        return redirect("assignments:attendance_own")
    if may(request.user, "attendance.overview"):
        return redirect("assignments:attendance_overview")
    return redirect("assignments:attendance_list")


def waiting_month(user: Any) -> dt.date:
    """Last month until it is confirmed, then this one."""
    this = month_of(timezone.localdate())
    before = month_before(this)
    states = attendance.overview(user, before)
    ours = set(attendance.schools_of(user).values_list("pk", flat=True))
    return before if any(one.school.pk in ours and one.state != "confirmed" for one in states) else this


def address_of(month: dt.date, school: School | None = None, name: str = "attendance_month") -> str:
    query = f"?{urlencode({'school': school.pk})}" if school else ""
    return reverse(f"assignments:{name}", args=[month.year, f"{month.month:02}"]) + query


def _month(year: int, month: str) -> dt.date:
    try:
        return dt.date(year, int(month), 1)
    except ValueError:
        raise Http404 from None


def _school(request: HttpRequest) -> tuple[School, list[School]]:
    """The school that is asked for, else the first whose attendance this person enters; and those beside it."""
    ours = list(attendance.schools_of(request.user))
    asked = request.GET.get("school", "")
    if asked.isdecimal():
        return get_object_or_404(attendance.schools_seen_by(request.user), pk=int(asked)), ours
    if not ours:
        raise Http404
    return ours[0], ours


@needs("attendance.view")
@tells_refusals
def attendance_month(request: HttpRequest, year: int, month: str) -> HttpResponse:
    """The grid of a school: everybody who was on post there in the month."""
    first = _month(year, month)
    school, ours = _school(request)
    may_edit = school in ours
    if request.method == "POST":
        if not may_edit:
            raise Http404
        return _save(request, school, first)
    return _show(request, SchoolMonth(school, first, user=request.user), ours)


def _save(request: HttpRequest, school: School, month: dt.date, *, confirm: bool = False) -> HttpResponse:
    whole = SchoolMonth(school, month, user=request.user)
    form = MonthForm(request.POST, whole.lines)
    adding = ExceptionForm(request.POST) if "add" in request.POST else None
    if not form.is_valid() or (adding and not adding.is_valid()):
        problems = form.problems() + ([f"{error[0]}" for error in adding.errors.values()] if adding else [])
        return _show(request, whole, [school], typed=form, problems=problems, status=422)
    entered = adding.apply(whole.lines, form.entered) if adding else form.entered
    try:
        with once(request) as turn:
            if turn.is_repeat:
                return turn.again()
            attendance.enter(school, month, entered, by=request.user, seen=form.cleaned_data["seen"])
            if confirm:
                number = attendance.confirm(school, month, by=request.user)
                messages.success(request, f"{told_month(month)} {number} 位老师的考勤已经确认。")
            else:
                messages.success(request, f"{told_month(month)}的考勤保存好了。")
            return turn.answered(address_of(month, school))
    except ChangedMeanwhile as meanwhile:
        return _both(request, meanwhile.theirs, form)


def _both(request: HttpRequest, theirs: SchoolMonth, form: MonthForm) -> HttpResponse:
    """Two people entered at once: what stands now, and what this person typed, which is kept in the form."""
    entered, said = form.entered, []
    for line in theirs.lines:
        mine = entered.get(line.secondment.pk)
        if mine and mine.marks != line.marks:
            said.append(f"{line.teacher}：您填的是{attendance.told_marks(mine.marks)}，现在存着的是{line.told}")
    last = AuditEntry.objects.filter(subject_type="assignments.school", subject_id=str(theirs.school.pk)).first()
    who = last.by_name if last else "别人"
    problems = [f"您填写的时候，{who}也改了这个月的考勤，所以您的还没有保存。再按一次保存，就按您填的存", *said]
    return _show(request, theirs, [theirs.school], typed=form, problems=problems, status=409)


def _show(
    request: HttpRequest,
    whole: SchoolMonth,
    ours: list[School],
    *,
    typed: MonthForm | None = None,
    problems: list[str] | None = None,
    needed: str = "",
    status: int = 200,
) -> HttpResponse:
    if typed is not None:
        _put_back(whole, typed)
    may_edit = whole.school in ours
    shut = whole.why_shut()
    is_closed = closing.is_closed(whole.school.county_id, whole.month)
    this = month_of(timezone.localdate())
    following = (whole.last + dt.timedelta(days=1)).replace(day=1)
    context = {
        "whole": whole,
        "school": whole.school,
        "title": f"{told_month(whole.month)}考勤",
        "days": [_Day(day) for day in whole.days],
        "rows": [_Row(line, whole, may_edit and not shut and not is_closed) for line in whole.lines],
        "marks": [(mark.value, mark.label, DAY_SIGNS[mark], KEYS[mark]) for mark in DayMark],
        "everybody": EVERYBODY,
        "can_edit": may_edit and not shut and not is_closed,
        "shut": shut,
        "may_confirm": may(request.user, "attendance.confirm") and may_edit and not is_closed,
        "why_not_confirm": whole.why_not_confirm(),
        "may_reopen": may(request.user, "attendance.reopen") and not is_closed and bool(shut) and bool(whole.lines),
        "reopen_reason": whole.reopen_reason,
        "calendar": remark(whole.month, whole.last),
        "schools": [(school, address_of(whole.month, school)) for school in ours] if len(ours) > 1 else [],
        "previous": address_of(month_before(whole.month), whole.school),
        "next": address_of(following, whole.school) if following <= this else "",
        "here": address_of(whole.month, whole.school),
        "confirm_url": address_of(whole.month, whole.school, "attendance_confirm"),
        "reopen_url": address_of(whole.month, whole.school, "attendance_reopen"),
        "problems": problems or [],
        "needed": needed,
    }
    return render(request, "assignments/attendance_month.html", context, status=status)


def _put_back(whole: SchoolMonth, typed: MonthForm) -> None:
    """What the person typed stays in the form that is shown again."""
    if typed.is_valid():
        for line in whole.lines:
            mine = typed.entered.get(line.secondment.pk)
            if mine and not line.is_confirmed:
                line.marks, line.remark, line.lessons_missed = dict(mine.marks), mine.remark, mine.lessons_missed


class _Day:
    """The head of a column."""

    def __init__(self, day: dt.date) -> None:
        self.number, self.weekday = day.day, WEEKDAYS[day.weekday()]
        self.is_off = not is_working_day(day)
        self.told = f"{day.day}日 周{self.weekday}"


class _Row:
    """A teacher's line as it is drawn: a cell for each day of the month, None where it is not the school's to enter."""

    def __init__(self, line: Line, whole: SchoolMonth, is_open: bool) -> None:
        self.line, self.key = line, line.secondment.pk
        self.is_open = is_open and not line.is_confirmed
        self.written = written({day: mark for day, mark in line.marks.items() if int(day) in line.own})
        counts = line.counts
        self.due, self.present = plain(Decimal(counts["due"])), plain(Decimal(counts["present"]))
        self.late, self.early = counts["late"], counts["left_early"]
        own = set(line.own)
        self.cells = [(day.day, *self._mark(str(day.day))) if day.day in own else None for day in whole.days]

    def _mark(self, day: str) -> tuple[str, str, str]:
        mark = self.line.marks.get(day, "")
        return (mark, DAY_SIGNS[DayMark(mark)], DayMark(mark).label) if mark else ("", "", "出勤")


@needs("attendance.confirm")
@require_POST
@tells_refusals
def attendance_confirm(request: HttpRequest, year: int, month: str) -> HttpResponse:
    """Saves what the grid holds and confirms it."""
    school, ours = _school(request)
    if school not in ours:
        raise Http404
    return _save(request, school, _month(year, month), confirm=True)


@needs("attendance.reopen")
@require_POST
@tells_refusals
def attendance_reopen(request: HttpRequest, year: int, month: str) -> HttpResponse:
    first = _month(year, month)
    asked = request.GET.get("school", "")
    school = get_object_or_404(attendance.schools_seen_by(request.user), pk=int(asked) if asked.isdecimal() else 0)
    try:
        with once(request) as turn:
            if turn.is_repeat:
                return turn.again()
            attendance.reopen(school, first, by=request.user, reason=request.POST.get("reason", ""))
            messages.success(request, f"{school}{told_month(first)}的考勤重新打开了，学校可以改了。")
            return turn.answered(address_of(first, None, "attendance_overview_of"))
    except WordsNeeded as needed:
        ours = list(attendance.schools_of(request.user))
        return _show(request, SchoolMonth(school, first, user=request.user), ours, needed=str(needed), status=422)


# --- one's own ---------------------------------------------------------------------------------------------------------


@needs("attendance.confirm_own")
def attendance_own(request: HttpRequest) -> HttpResponse:
    """The teacher's months: what the school entered, to be found right or wrong."""
    return _own_page(request)


def _own_page(request: HttpRequest, *, needed: str = "", of: int = 0, status: int = 200) -> HttpResponse:
    """`needed`: what is missing in the words about the month `of`."""
    rows = list(attendance.own_months(request.user)[:24])
    waiting = [row for row in rows if row.confirmed_on and not row.seen_on]
    context = {"rows": [_Own(row) for row in rows], "waiting": len(waiting), "needed": needed, "needed_of": of}
    return render(request, "assignments/attendance_own.html", context, status=status)


class _Own:
    """A month as its teacher reads it."""

    def __init__(self, row: AttendanceMonth) -> None:
        self.row, self.month = row, told_month(row.month)
        self.told = attendance.told_marks(row.marks) if row.marks or attendance.is_by_day(row) else ""
        self.due, self.present = plain(row.due), plain(row.present)
        self.sums = [
            f"{label} {plain(Decimal(getattr(row, name)))} {unit}"
            for name, label, unit in (
                ("personal_leave", "事假", "天"), ("sick_leave", "病假", "天"), ("official_leave", "公假", "天"),
                ("other_leave", "其他假", "天"), ("absent", "旷工", "天"), ("late", "迟到", "次"),
                ("left_early", "早退", "次"), ("lessons_missed", "缺课", "节"),
            )
            if getattr(row, name)
        ]  # fmt: skip
        self.confirmed = f"{row.confirmed_by} {told(row.confirmed_on)}确认" if row.confirmed_on else "学校还没有确认"
        self.can_answer = bool(row.confirmed_on) and not row.seen_on
        self.can_answer_again = bool(row.confirmed_on) and bool(row.seen_on)


@needs("attendance.confirm_own")
@require_POST
@tells_refusals
def attendance_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """没有出入, or what is wrong in words."""
    row = get_object_or_404(within(AttendanceMonth.objects.all(), request.user, "attendance.confirm_own"), pk=pk)
    try:
        with once(request) as turn:
            if turn.is_repeat:
                return turn.again()
            if request.POST.get("answer") == "dispute":
                attendance.dispute(row, by=request.user, words=request.POST.get("words", ""))
                messages.success(request, f"{told_month(row.month)}的异议已经告诉学校和教育局。")
            else:
                attendance.accept(row, by=request.user)
                messages.success(request, f"{told_month(row.month)}的考勤您核对过了。")
            return turn.answered(reverse("assignments:attendance_own"))
    except WordsNeeded as needed:
        return _own_page(request, needed=str(needed), of=row.pk, status=422)


# --- who still owes what -----------------------------------------------------------------------------------------------


@needs("attendance.overview")
def attendance_overview(request: HttpRequest, year: int = 0, month: str = "") -> HttpResponse:
    """Which school has not entered, not confirmed, or is disputed."""
    this = month_of(timezone.localdate())
    first = _month(year, month) if year else month_before(this)
    states = attendance.overview(request.user, first)
    following = (attendance.last_day(first) + dt.timedelta(days=1)).replace(day=1)
    context = {
        "title": f"{told_month(first)}考勤",
        "month": first,
        "states": [(state, address_of(first, state.school)) for state in states],
        "counts": {name: sum(state.state == name for state in states) for name in ("open", "entered", "confirmed")},
        "disputes": sum(state.disputes for state in states),
        "previous": address_of(month_before(first), None, "attendance_overview_of"),
        "next": address_of(following, None, "attendance_overview_of") if following <= this else "",
        "list_url": reverse("assignments:attendance_list"),
    }
    return render(request, "assignments/attendance_overview.html", context)


# --- the list ----------------------------------------------------------------------------------------------------------


class AttendanceFilter(ListFilters):
    searched = ("secondment__teacher__name", "secondment__teacher__initials")
    month = filters.CharFilter(label="月份（如 2023-09）", method="of_month")
    disputed = filters.BooleanFilter(label="有异议", method="with_dispute")

    class Meta:
        model = AttendanceMonth
        fields: list[str] = []

    def of_month(self, rows: Any, name: str, value: str) -> Any:
        year, _, number = value.partition("-")
        if year.isdecimal() and number.isdecimal() and 1 <= int(number) <= 12 and 1900 <= int(year) <= 2100:
            return rows.filter(month=dt.date(int(year), int(number), 1))
        return rows.none()

    def with_dispute(self, rows: Any, name: str, value: bool | None) -> Any:
        return rows if value is None else rows.exclude(dispute="") if value else rows.filter(dispute="")


ATTENDANCE = ListPage(
    heading="月考勤",
    filters=AttendanceFilter,
    order=("-month", "secondment__teacher__name", "pk"),
    search_hint="姓名、拼音首字母",
    nothing="受援学校按月登记以后，这里就有了。",
    sheet="月考勤",
    columns=(
        ListColumn("教师", lambda row: linked("assignments:secondment_detail", row.secondment_id, row.secondment.teacher.name), "c-name"),
        ListColumn("月份", lambda row: told_month(row.month), "nw", "month", ("month",)),
        ListColumn("应出勤", lambda row: plain(row.due), "r num", label="应出勤"),
        ListColumn("实出勤", lambda row: plain(row.present), "r num", label="实出勤"),
        ListColumn("请假", lambda row: plain(away(row)) if away(row) else "", "r num", label="请假"),
        ListColumn("旷工", lambda row: plain(row.absent) if row.absent else "", "r num", label="旷工"),
        ListColumn("学校确认", lambda row: told(row.confirmed_on) if row.confirmed_on else "还没有", "", label="确认"),
        ListColumn("本人", lambda row: "有异议" if row.dispute else "已核对" if row.seen_on else "", ""),
    ),
)  # fmt: skip


@needs("attendance.view")
def attendance_list(request: HttpRequest) -> HttpResponse:
    """The months that this person may see, one row for a teacher and a month."""
    rows = within(AttendanceMonth.objects.all(), request.user, "attendance.view").select_related("secondment__teacher")
    return ATTENDANCE.render(request, rows)
