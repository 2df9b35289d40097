"""Attendance of a month: which days count, what the marks of the days add up to, who enters, confirms, reopens, answers.

A month stands open for the school while it lasts and the month after; later only when the bureau has reopened it.
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from assignments.access import NOT_YOURS, cells, insist, within
from assignments.choices import DayMark, LeaveKind, LeaveState
from assignments.choices import SecondmentState as State
from assignments.models import AttendanceMonth, Leave, Placement, School, Secondment
from assignments.models.scope import Access
from zhijiao.accounts import audit
from zhijiao.entry import fingerprint
from zhijiao.refusals import Refused, WordsNeeded, atomically
from zhijiao.working_days import days, is_working_day

Marks = dict[str, str]  # day of the month → mark, as it is stored

WERE_THERE = (State.ON_POST, State.APPRAISED, State.COMPLETED, State.ENDED_EARLY)
LEAVE_MARKS = {
    LeaveKind.PERSONAL: DayMark.PERSONAL,
    LeaveKind.SICK: DayMark.SICK,
    LeaveKind.OFFICIAL: DayMark.OFFICIAL,
    LeaveKind.MATERNITY: DayMark.MATERNITY,
    LeaveKind.MARRIAGE: DayMark.OTHER,
    LeaveKind.FUNERAL: DayMark.OTHER,
}
COUNTED_AS = {
    DayMark.PERSONAL: "personal_leave",
    DayMark.SICK: "sick_leave",
    DayMark.OFFICIAL: "official_leave",
    DayMark.MATERNITY: "other_leave",
    DayMark.OTHER: "other_leave",
    DayMark.ABSENT: "absent",
}
AWAY = tuple(dict.fromkeys(COUNTED_AS.values()))
COUNTS = ("due", "present", *AWAY, "late", "left_early")
TYPED = ("marks", "remark", "lessons_missed")  # what the school enters; the counts follow from the marks


# --- months and days ---------------------------------------------------------------------------------------------------


def month_of(day: dt.date) -> dt.date:
    return day.replace(day=1)


def last_day(month: dt.date) -> dt.date:
    return month.replace(day=monthrange(month.year, month.month)[1])


def month_before(month: dt.date) -> dt.date:
    return month_of(month - dt.timedelta(days=1))


def told_month(month: dt.date) -> str:
    return f"{month.year}年{month.month}月"


@dataclass(frozen=True)
class Stay:
    """From which day to which somebody taught at a school."""

    secondment: Secondment
    placement: Placement
    first: dt.date
    last: dt.date

    def within(self, first: dt.date, last: dt.date) -> list[dt.date]:
        """The days of the stay between two days."""
        return list(days(max(first, self.first), min(last, self.last)))


def stays(secondment: Secondment) -> list[Stay]:
    """Where somebody was on post, one school after the other. A placement without dates lasts as long as it can."""
    if secondment.state not in WERE_THERE or secondment.start is None or secondment.end is None:
        return []
    begun, ended = secondment.reported_on or secondment.start, secondment.ended_on or secondment.end
    found: list[Stay] = []
    for placement in sorted(secondment.placements.all(), key=lambda one: one.order, reverse=True):
        first = max(begun, placement.start or begun)
        last = min(ended, placement.end or ended)
        if found:  # somebody is at one school at a time: the later placement decides
            last = min(last, found[-1].first - dt.timedelta(days=1))
        if first <= last:
            found.append(Stay(secondment, placement, first, last))
    return found[::-1]


def on_post_in(first: dt.date, last: dt.date) -> Q:
    """Secondments that may have been on post on some of these days; `stays` tells exactly."""
    begun = Q(start__lte=last) | Q(reported_on__lte=last)
    return Q(state__in=WERE_THERE) & begun & (Q(ended_on__gte=first) | Q(ended_on=None, end__gte=first))


def working(stay: Stay, month: dt.date) -> list[dt.date]:
    """The working days of a stay in a month."""
    return [day for day in stay.within(month, last_day(month)) if is_working_day(day)]


def due_days(secondment: Secondment, month: dt.date) -> list[dt.date]:
    """The working days of a month on which the teacher was on post, at whichever school."""
    return [day for stay in stays(secondment) for day in working(stay, month)]


# --- arithmetic --------------------------------------------------------------------------------------------------------


def counted(due: Collection[int], marks: Mapping[str, str]) -> dict[str, int]:
    """What a month adds up to: every day that was due and carries no mark of absence was a day of work."""
    told = [DayMark(marks[str(day)]) for day in due if str(day) in marks]
    counts = dict.fromkeys(COUNTS, 0)
    counts["due"] = len(due) - told.count(DayMark.OFF)
    for mark in told:
        if mark in COUNTED_AS:
            counts[COUNTED_AS[mark]] += 1
    counts["present"] = counts["due"] - sum(counts[name] for name in AWAY)
    counts["late"], counts["left_early"] = told.count(DayMark.LATE), told.count(DayMark.EARLY)
    return counts


def is_by_day(row: AttendanceMonth) -> bool:
    """Whether the row's absences are those of its marks. A row from a workbook may have sums only, which are kept."""
    marked = counted([int(day) for day in row.marks], row.marks)
    return all(getattr(row, name) == marked[name] for name in (*AWAY, "late", "left_early"))


def marks_of(leaves: Iterable[Leave], due: Iterable[dt.date]) -> Marks:
    """What approved leave makes of the days that were due."""
    return {
        str(day.day): LEAVE_MARKS[LeaveKind(leave.kind)].value
        for day in due
        for leave in leaves
        if leave.start <= day <= last_day_of(leave)
    }


def last_day_of(leave: Leave) -> dt.date:
    """The last day of a leave: the day before they came back, where that was earlier than planned."""
    return min(leave.end, leave.back_on - dt.timedelta(days=1)) if leave.back_on else leave.end


def told_marks(marks: Mapping[str, str]) -> str:
    """3日、4日病假，12日迟到."""
    by_mark: dict[str, list[int]] = {}
    for day, mark in sorted(marks.items(), key=lambda pair: int(pair[0])):
        by_mark.setdefault(mark, []).append(int(day))
    return "，".join(f"{_told_days(found)}{DayMark(mark).label}" for mark, found in by_mark.items()) or "全勤"


def _told_days(numbers: list[int]) -> str:
    """3日、5日至9日."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][-1] == number - 1:
            spans[-1].append(number)
        else:
            spans.append([number])
    return "、".join(
        f"{span[0]}日至{span[-1]}日" if len(span) > 2 else "、".join(f"{day}日" for day in span) for span in spans
    )


# --- what a school enters ----------------------------------------------------------------------------------------------


@dataclass
class Line:
    """One teacher in the month of a school: the days that are the school's to enter, and what is entered."""

    secondment: Secondment
    own: list[int]  # working days of the month on post at this school
    due: list[int]  # and at any school
    confirms: bool  # a teacher who moved is confirmed by the school where they were last
    row: AttendanceMonth | None
    marks: Marks
    remark: str = ""
    lessons_missed: int = 0

    @property
    def teacher(self) -> Any:
        return self.secondment.teacher

    @property
    def is_confirmed(self) -> bool:
        return bool(self.row and self.row.confirmed_on)

    @property
    def counts(self) -> dict[str, Any]:
        """As stored where the row has sums only, else from the marks."""
        if self.row and self.has_sums_only:
            return {name: getattr(self.row, name) for name in COUNTS}
        return counted(self.due, self.marks)

    @property
    def has_sums_only(self) -> bool:
        return bool(self.row and self.marks == self.row.marks and not is_by_day(self.row))

    @property
    def told(self) -> str:
        return told_marks(self.marks)


class SchoolMonth:
    """The attendance of everybody who was on post at a school in a month."""

    def __init__(self, school: School, month: dt.date, *, user: Any = None, lock: bool = False) -> None:
        self.school, self.month = school, month_of(month)
        self.last = last_day(self.month)
        found = Secondment.objects.filter(on_post_in(self.month, self.last), placements__receiving_school=school)
        if user is not None:
            found = found.visible_to(user)
        self._secondments = {
            one.pk: one
            for one in found.select_related("teacher").prefetch_related("placements").order_by("teacher__name", "pk")
        }
        self._rows = self._fetch_rows(lock)
        self.lines = list(self._make_lines())

    def _fetch_rows(self, lock: bool) -> dict[int, AttendanceMonth]:
        rows = AttendanceMonth.objects.filter(month=self.month, secondment__in=self._secondments)
        if lock:
            rows = rows.select_for_update()
        return {row.secondment_id: row for row in rows}

    def _make_lines(self) -> Iterator[Line]:
        leaves = self._leaves()
        for key, secondment in self._secondments.items():
            whole = stays(secondment)
            ours = [stay for stay in whole if stay.placement.receiving_school_id == self.school.pk]
            own = [day for stay in ours for day in working(stay, self.month)]
            if not any(stay.within(self.month, self.last) for stay in ours):
                continue
            touched = [stay for stay in whole if stay.within(self.month, self.last)]
            due = [day for stay in touched for day in working(stay, self.month)]
            row = self._rows.get(key)
            yield Line(
                secondment,
                [day.day for day in own],
                [day.day for day in due],
                touched[-1] in ours,
                row,
                dict(row.marks) if row else marks_of(leaves.get(key, ()), due),
                row.remark if row else "",
                row.lessons_missed if row else 0,
            )

    def _leaves(self) -> dict[int, list[Leave]]:
        rows = Leave.objects.filter(
            secondment__in=self._secondments, state=LeaveState.APPROVED, start__lte=self.last, end__gte=self.month
        )
        found: dict[int, list[Leave]] = {}
        for leave in rows:
            found.setdefault(leave.secondment_id, []).append(leave)
        return found

    @property
    def days(self) -> list[dt.date]:
        return list(days(self.month, self.last))

    @property
    def is_entered(self) -> bool:
        return bool(self.lines) and all(line.row for line in self.lines)

    @property
    def is_confirmed(self) -> bool:
        """What was the school's to confirm, it confirmed."""
        return self.is_entered and all(line.is_confirmed for line in self.lines if line.confirms)

    @property
    def disputes(self) -> list[Line]:
        return [line for line in self.lines if line.row and line.row.dispute]

    @property
    def reopen_reason(self) -> str:
        """Why the bureau opened the month again; "" where it did not, or it is confirmed since."""
        return next((line.row.reopen_reason for line in self.lines if line.row and is_reopened(line.row)), "")

    @property
    def seen(self) -> str:
        """A fingerprint of everything that is entered, for two people who enter at once."""
        return "-".join(fingerprint(line.row, (*TYPED, "confirmed_on"))[:8] if line.row else "0" for line in self.lines)

    def why_shut(self, today: dt.date | None = None) -> str:
        """Why nothing can be entered; "" where it can."""
        today = today or timezone.localdate()
        if not self.lines:
            return f"{told_month(self.month)}没有支教教师在{self.school}"
        if self.month > today:
            return f"{told_month(self.month)}还没有到"
        if self.lines and all(line.is_confirmed for line in self.lines):
            return f"{told_month(self.month)}的考勤已经确认，要改请联系教育局重新打开"
        if self.month >= month_before(month_of(today)) or any(is_reopened(line.row) for line in self.lines):
            return ""
        return f"{told_month(self.month)}已经过了登记的时候，要补登请联系教育局重新打开"

    def why_not_confirm(self, today: dt.date | None = None) -> str:
        """Why it cannot be confirmed yet; "" where it can."""
        today = today or timezone.localdate()
        shut = self.why_shut(today)
        if shut:
            return shut
        if not any(line.confirms and not line.is_confirmed for line in self.lines):
            return "这几位老师当月换了学校，由现在的学校确认"
        ends = max((line.own[-1] for line in self.lines if line.own), default=1)
        ready = self.month.replace(day=ends)
        return f"{self.month.month}月还没有过完，{ready.month}月{ready.day}日起可以确认" if today < ready else ""


def is_reopened(row: AttendanceMonth | None) -> bool:
    return bool(row and row.reopened_on and not row.confirmed_on)


def schools_of(user: Any, action: str = "attendance.edit") -> QuerySet[School]:
    """The receiving schools whose attendance this person enters, or confirms, or opens again."""
    access = Access.of(user)
    placements = within(Placement.objects.all(), user, action)
    if not access.everything and not any(cell.scope == "A" for cell in cells(user, action)):
        placements = placements.filter(receiving_school__in=access.schools)
    return School.objects.filter(pk__in=placements.values("receiving_school")).order_by("name")


def _insist(by: Any, school: School, action: str) -> None:
    if not schools_of(by, action).filter(pk=school.pk).exists():
        raise Refused(NOT_YOURS)


def schools_seen_by(user: Any) -> QuerySet[School]:
    """The receiving schools of which this person may see the attendance of some teacher."""
    placements = within(Placement.objects.all(), user, "attendance.view")
    return School.objects.filter(pk__in=placements.values("receiving_school")).order_by("name")


@dataclass(frozen=True)
class Entered:
    """What was typed for one teacher."""

    marks: Marks
    remark: str = ""
    lessons_missed: int = 0


class ChangedMeanwhile(Refused):
    """Somebody else entered the same month in between; `theirs` is how it stands now."""

    def __init__(self, theirs: SchoolMonth) -> None:
        super().__init__("您填写的时候，别人也改了这个月的考勤")
        self.theirs = theirs


@atomically()
def enter(school: School, month: dt.date, entered: Mapping[int, Entered], *, by: Any, seen: str = "") -> SchoolMonth:
    """Store the month of a school. `entered`: secondment → what was typed; who is not in it has what leave makes of it."""
    _insist(by, school, "attendance.edit")
    School.objects.select_for_update(no_key=True).get(pk=school.pk)  # rows that do not exist yet cannot be locked
    whole = SchoolMonth(school, month, lock=True)
    _allow(whole.why_shut())
    if seen and seen != whole.seen:
        raise ChangedMeanwhile(whole)
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    fresh: list[AttendanceMonth] = []
    known: list[AttendanceMonth] = []
    for line in whole.lines:
        if line.is_confirmed:
            continue
        was = (line.marks, line.remark, line.lessons_missed) if line.row else None
        _take(line, entered.get(line.secondment.pk))
        if was == (line.marks, line.remark, line.lessons_missed) and line.has_sums_only:
            continue
        row = _filled(line, whole.month)
        (known if line.row else fresh).append(row)
        if was != (line.marks, line.remark, line.lessons_missed):
            before[str(line.teacher)], after[str(line.teacher)] = told_marks(was[0]) if was else "未登记", line.told
    AttendanceMonth.objects.bulk_create(fresh)
    AttendanceMonth.objects.bulk_update(known, [*COUNTS, *TYPED, "seen_on"])
    if after:
        audit.record(by, "登记考勤", school, before=before, after={"月份": told_month(whole.month), **after})
    return SchoolMonth(school, month)


def _take(line: Line, entered: Entered | None) -> None:
    """What was typed, for the days that are this school's to enter."""
    if entered is None:
        return
    own = {str(day) for day in line.own}
    theirs = {day: mark for day, mark in line.marks.items() if day not in own and int(day) in line.due}
    line.marks = theirs | {day: DayMark(mark).value for day, mark in entered.marks.items() if day in own}
    line.remark, line.lessons_missed = entered.remark, entered.lessons_missed


def _filled(line: Line, month: dt.date) -> AttendanceMonth:
    row = line.row or AttendanceMonth(county_id=line.secondment.county_id, secondment=line.secondment, month=month)
    if row.marks != line.marks:
        row.seen_on = None
    for name, value in counted(line.due, line.marks).items():
        setattr(row, name, value)
    row.marks, row.remark, row.lessons_missed = line.marks, line.remark, line.lessons_missed
    return row


@atomically()
def confirm(school: School, month: dt.date, *, by: Any) -> int:
    """The school stands by its month, which is shut from then on. Returns how many teachers it is of."""
    _insist(by, school, "attendance.confirm")
    School.objects.select_for_update(no_key=True).get(pk=school.pk)
    whole = SchoolMonth(school, month, lock=True)
    _allow(whole.why_not_confirm())
    if not whole.is_entered:
        raise Refused(f"{told_month(whole.month)}的考勤还没有登记完，请先保存")
    rows = [line.row for line in whole.lines if line.row and line.confirms and not line.is_confirmed]
    for row in rows:
        row.confirmed_on, row.confirmed_by = timezone.localdate(), str(by)[:50]
        row.dispute, row.seen_on = "", None
    AttendanceMonth.objects.bulk_update(rows, ["confirmed_on", "confirmed_by", "dispute", "seen_on"])
    audit.record(by, "确认考勤", school, after={"月份": told_month(whole.month), "人数": len(rows)})
    return len(rows)


@atomically()
def reopen(school: School, month: dt.date, *, by: Any, reason: str) -> int:
    """The bureau opens a month again, with a reason: one that was confirmed, or one that is past. Returns of how many."""
    _insist(by, school, "attendance.reopen")
    School.objects.select_for_update(no_key=True).get(pk=school.pk)
    whole = SchoolMonth(school, month, lock=True)
    if not whole.lines:
        raise Refused(whole.why_shut())
    if not whole.why_shut():
        raise Refused(f"{told_month(whole.month)}的考勤现在就能改，不用重新打开")
    if whole.month > timezone.localdate():
        raise Refused(f"{told_month(whole.month)}还没有到")
    if not reason.strip():
        raise WordsNeeded("重新打开考勤要写原因，学校会看到")
    fresh = [_filled(line, whole.month) for line in whole.lines if not line.row]
    known = [line.row for line in whole.lines if line.row and line.confirms]
    was = {"确认": "、".join(sorted({row.confirmed_by for row in known if row.confirmed_by}))}
    for row in (*fresh, *known):
        row.confirmed_on, row.confirmed_by = None, ""
        row.reopened_on, row.reopen_reason = timezone.localdate(), reason.strip()
    AttendanceMonth.objects.bulk_create(fresh)
    AttendanceMonth.objects.bulk_update(known, ["confirmed_on", "confirmed_by", "reopened_on", "reopen_reason"])
    audit.record(by, "重新打开考勤", school, before=was, after={"月份": told_month(whole.month)}, reason=reason)
    return len(fresh) + len(known)


@atomically()
def accept(row: AttendanceMonth, *, by: Any) -> AttendanceMonth:
    """The teacher has seen the month and finds it right."""
    row = _confirmed(row, by)
    before = row.dispute
    row.seen_on, row.dispute = timezone.localdate(), ""
    row.save(update_fields=["seen_on", "dispute"])
    audit.record(by, "核对考勤", row, before={"异议": before}, after={"核对": str(row.seen_on)})
    return row


@atomically()
def dispute(row: AttendanceMonth, *, by: Any, words: str) -> AttendanceMonth:
    """The teacher says what is wrong with the month; the school and the bureau see it."""
    row = _confirmed(row, by)
    if not words.strip():
        raise WordsNeeded("请写明哪一天、应该是什么")
    row.seen_on, row.dispute = timezone.localdate(), words.strip()[:200]
    row.save(update_fields=["seen_on", "dispute"])
    audit.record(by, "对考勤有异议", row, after={"异议": row.dispute})
    return row


def _confirmed(row: AttendanceMonth, by: Any) -> AttendanceMonth:
    insist(by, row, "attendance.confirm_own")
    row = AttendanceMonth.objects.select_for_update(of=("self",)).select_related("secondment__teacher").get(pk=row.pk)
    if not row.confirmed_on:
        raise Refused(f"{told_month(row.month)}的考勤学校还没有确认，确认以后再核对")
    return row


@atomically()
def take_over(leave: Leave) -> None:
    """Approved leave, or one that ended earlier, goes into the months that are entered and not confirmed yet."""
    rows = AttendanceMonth.objects.select_for_update().filter(
        secondment=leave.secondment_id, confirmed_on=None, month__gte=month_of(leave.start), month__lte=leave.end
    )
    secondment = Secondment.objects.prefetch_related("placements").get(pk=leave.secondment_id)
    mark = LEAVE_MARKS[LeaveKind(leave.kind)].value
    for row in rows:
        if not is_by_day(row):
            continue
        due = due_days(secondment, row.month)
        planned = {str(day.day) for day in due if leave.start <= day <= leave.end}
        taken = marks_of([leave], due) if leave.state == LeaveState.APPROVED else {}
        kept = {day: sign for day, sign in row.marks.items() if not (day in planned and sign == mark)}
        row.marks = taken | {day: sign for day, sign in kept.items() if sign != mark or day not in taken}
        for name, value in counted([day.day for day in due], row.marks).items():
            setattr(row, name, value)
        row.save(update_fields=["marks", *COUNTS])


def _allow(why_not: str) -> None:
    if why_not:
        raise Refused(why_not)


# --- who has not entered -----------------------------------------------------------------------------------------------


@dataclass
class SchoolState:
    """How far a school is with a month."""

    school: School
    teachers: int = 0
    entered: int = 0
    confirmed: int = 0
    disputes: int = 0
    confirmed_by: str = ""
    confirmed_on: dt.date | None = None
    reason: str = ""

    @property
    def state(self) -> str:
        if self.confirmed == self.teachers:
            return "confirmed"
        return "entered" if self.entered == self.teachers else "open"


def overview(user: Any, month: dt.date) -> list[SchoolState]:
    """Every receiving school of a month that this person may know of, those that still owe something first."""
    month, last = month_of(month), last_day(month)
    secondments = (
        Secondment.objects.visible_to(user)
        .filter(on_post_in(month, last))
        .prefetch_related("placements__receiving_school")
    )
    rows = {
        row.secondment_id: row
        for row in AttendanceMonth.objects.filter(month=month, secondment__in=secondments.order_by().values("pk"))
    }
    found: dict[int, SchoolState] = {}
    for secondment in secondments:
        row = rows.get(secondment.pk)
        at = {stay.placement.receiving_school for stay in stays(secondment) if stay.within(month, last)}
        for school in at:
            told = found.setdefault(school.pk, SchoolState(school))
            told.teachers += 1
            if row:
                _add(told, row)
    order = {"open": 0, "entered": 1, "confirmed": 2}
    return sorted(found.values(), key=lambda one: (order[one.state], one.school.name))


def _add(told: SchoolState, row: AttendanceMonth) -> None:
    told.entered += 1
    told.confirmed += bool(row.confirmed_on)
    told.disputes += bool(row.dispute)
    told.reason = told.reason or (row.reopen_reason if is_reopened(row) else "")
    if row.confirmed_on:
        told.confirmed_on, told.confirmed_by = row.confirmed_on, row.confirmed_by


def own_months(user: Any) -> QuerySet[AttendanceMonth]:
    """The months of the teacher that this person is."""
    rows = within(AttendanceMonth.objects.all(), user, "attendance.confirm_own")
    return rows.select_related("secondment__teacher", "secondment__school_year").order_by(F("month").desc())
