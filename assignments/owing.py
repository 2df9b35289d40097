"""Who has not handed in what: the list on the bureau's home, the reminder that goes to each, the text for the group chat.

    @owing.register
    def records(asking): return Owed("records", …)

A source says what is due of whom; whether somebody was reminded is counted in one query for all of them.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.urls import NoReverseMatch, reverse

from assignments import attendance
from assignments.choices import SecondmentState as State
from assignments.models import (
    Allocation,
    AttendanceMonth,
    Demand,
    District,
    Placement,
    School,
    Secondment,
    Teacher,
    YearSchedule,
)
from assignments.telling import account_of, people_of_schools
from zhijiao.accounts import audit
from zhijiao.notices.models import Reminder
from zhijiao.notices.sending import notify

AFTER_DEADLINE = dt.timedelta(days=21)  # for so long what did not come in stays on the list
RECENT_YEARS = 3  # a school that received somebody in these years is asked for its needs; the others are left in peace
SHOWN = 8


def day_told(day: dt.date | None) -> str:
    """11月5日."""
    return f"{day.month}月{day.day}日" if day else ""


@dataclass(frozen=True)
class Party:
    """A school, or a teacher, that owes something. `number`: how many of it; `times`: how often it was reminded."""

    pk: int
    name: str
    number: int = 0
    unit: str = "人"
    times: int = 0
    today: bool = False  # reminded today already
    is_school: bool = True

    @property
    def key(self) -> str:
        return f"{'school' if self.is_school else 'teacher'}:{self.pk}"

    @property
    def told(self) -> str:
        """3 人，催过 1 次."""
        number = f"{self.number} {self.unit}" if self.number else ""
        times = f"催过 {self.times} 次" if self.times else ""
        return "，".join(part for part in (number, times) if part) or "未催"


@dataclass(frozen=True)
class Owed:
    """One thing that is due: `expected` parties, of which those in `missing` have not handed it in."""

    kind: str  # its own name, which is also that of the notice: owed_<kind>
    about: str  # which time, as 2025-10
    title: str
    due: dt.date | None
    expected: int
    missing: tuple[Party, ...]
    words: dict[str, Any] = field(default_factory=dict)  # what the notice says besides the party and its number
    ask: str = ""  # the request in the group chat, before the names
    unit: str = "所"
    url: str = ""
    remind_from: dt.date | None = None  # from this day on the daily run reminds by itself

    @property
    def handed_in(self) -> int:
        return self.expected - len(self.missing)

    @property
    def per_cent(self) -> str:
        return f"{self.handed_in * 100 / self.expected:.1f}%" if self.expected else "0%"

    @property
    def lines(self) -> tuple[Party, ...]:
        return self.missing[:SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.missing) - SHOWN)

    @property
    def to_remind(self) -> tuple[Party, ...]:
        return tuple(party for party in self.missing if not party.today)

    @property
    def chat(self) -> str:
        """What the officer pastes into the group chat."""
        names = "、".join(party.name for party in self.missing)
        return f"{self.ask}还没有办好的 {len(self.missing)} {self.unit}：{names}。"


@dataclass(frozen=True)
class Asking:
    """Whose list it is: the county's, as far as this person may see it; `user=None`: the daily run."""

    county: District
    today: dt.date
    user: Any = None

    def seen(self, model: Any) -> Any:
        rows = model.objects.filter(county=self.county)
        return rows if self.user is None else rows.visible_to(self.user)

    @cached_property
    def schedules(self) -> list[YearSchedule]:
        """Those of the years around today."""
        return list(
            self.seen(YearSchedule)
            .filter(school_year__end__gte=self.today - dt.timedelta(days=200))
            .select_related("school_year")
        )

    @cached_property
    def of_schools(self) -> dict[str, list[tuple[int, str, int, int]]]:
        """What schools owe by a deadline that is near: school, name, how many are asked for, how many are there. One question."""
        asked = [
            of(self, schedule).values_list("t_kind", "t_school", "t_name", "t_asked", "t_given")
            for name, of in (("demands_until", _needs_stated), ("recommendations_until", _teachers_recommended))
            if (schedule := self.open_until(name))
        ]
        found: dict[str, list[tuple[int, str, int, int]]] = defaultdict(list)
        for kind, *line in asked[0].union(*asked[1:], all=True) if asked else ():
            found[kind].append(tuple(line))
        return {kind: sorted(same, key=lambda line: line[1]) for kind, same in found.items()}

    def open_until(self, name: str) -> YearSchedule | None:
        """The year whose deadline of this name is nearest: ahead by at most a month, or lately passed."""
        near = [
            one
            for one in self.schedules
            if (until := getattr(one, name))
            and self.today - AFTER_DEADLINE <= until <= self.today + dt.timedelta(days=31)
        ]
        return min(near, key=lambda one: getattr(one, name), default=None)


Source = Callable[[Asking], Owed | None]
_sources: list[Source] = []


def register(source: Source) -> Source:
    """`source(asking)` says who owes one thing; None where nothing of it is due now."""
    if source not in _sources:
        _sources.append(source)
    return source


def owed(asking: Asking) -> list[Owed]:
    """Everything that is due, with how often each was reminded; what is missing most first."""
    found = [one for source in _sources if (one := source(asking)) and one.expected]
    times = _times([one for one in found if one.missing], asking.today)
    told = [replace(one, missing=tuple(_counted(one, party, times) for party in one.missing)) for one in found]
    return sorted(told, key=lambda one: (not one.missing, one.due or dt.date.max))


def _counted(one: Owed, party: Party, times: dict[tuple[str, str, str], tuple[int, bool]]) -> Party:
    number, today = times.get((one.kind, one.about, party.key), (0, False))
    return replace(party, times=number, today=today)


def _times(found: list[Owed], today: dt.date) -> dict[tuple[str, str, str], tuple[int, bool]]:
    if not found:
        return {}
    asked = Q(pk__in=[])
    for one in found:
        asked |= Q(kind=one.kind, about=one.about)
    rows = (
        Reminder.objects.filter(asked, party__in=[party.key for one in found for party in one.missing])
        .values_list("kind", "about", "party")
        .annotate(times=Count("pk"), today=Count("pk", filter=Q(day=today)))
        .order_by()
    )
    return {(kind, about, party): (times, bool(now)) for kind, about, party, times, now in rows}


# --- reminding ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def remind(one: Owed, *, by: Any, county: District, today: dt.date) -> int:
    """Reminds each that still owes it, once a day whoever asks; in the site, and by e-mail where there is one.

    Returns how many were reminded now.
    """
    claimed = set(Reminder.claim(one.kind, one.about, [party.key for party in one.to_remind], today, by))
    parties = [party for party in one.to_remind if party.key in claimed]
    people = _people(parties)
    for party in parties:
        values = {**one.words, "school": party.name, "name": party.name, "number": party.number}
        key = f"{one.about}:{party.key}:{today:%Y%m%d}"
        told = notify(
            people.get(party.key, []), f"owed_{one.kind}", values, one.url or reverse("home"), key, county=county
        )
        subject = (School if party.is_school else Teacher)(pk=party.pk, name=party.name, county=county)
        audit.record(by, "提醒", subject, after={"事项": one.title, "通知到": f"{told} 人"})
    return len(parties)


def _people(parties: Iterable[Party]) -> dict[str, list[Any]]:
    schools = people_of_schools([party.pk for party in parties if party.is_school])
    found = {f"school:{pk}": people for pk, people in schools.items()}
    return found | {party.key: account_of(party.pk) for party in parties if not party.is_school}


# --- attendance --------------------------------------------------------------------------------------------------------


@dataclass
class SchoolMonth:
    """How far a school is with the attendance of a month."""

    pk: int
    name: str
    teachers: int = 0
    entered: int = 0
    confirmed: int = 0


def months_of_schools(rows: Any, month: dt.date) -> list[SchoolMonth]:
    """How far the schools are with a month, of these placements; in one query, in which nobody's data but dates is fetched."""
    last = attendance.last_day(month)
    handed_in = AttendanceMonth.objects.filter(secondment=OuterRef("secondment"), month=month)
    secondments = Secondment.objects.filter(attendance.on_post_in(month, last))
    found = (
        rows.filter(secondment__in=secondments)
        .annotate(
            has_row=Exists(handed_in),
            confirmed_on=Subquery(handed_in.values("confirmed_on")[:1]),
            name=F("receiving_school__name"),
            state=F("secondment__state"),
            from_day=F("secondment__start"),
            to_day=F("secondment__end"),
            reported_on=F("secondment__reported_on"),
            ended_on=F("secondment__ended_on"),
        )
        .order_by("secondment", "order")
        .values_list(
            "secondment", "receiving_school", "name", "order", "start", "end",
            "state", "from_day", "to_day", "reported_on", "ended_on", "has_row", "confirmed_on", named=True,
        )
    )  # fmt: skip
    by_secondment: dict[int, list[Any]] = defaultdict(list)
    for row in found:
        by_secondment[row.secondment].append(row)
    schools: dict[int, SchoolMonth] = {}
    for stays in by_secondment.values():
        for row in _schools_in(stays, month, last):
            school = schools.setdefault(row.receiving_school, SchoolMonth(row.receiving_school, row.name))
            school.teachers += 1
            school.entered += bool(row.has_row)
            school.confirmed += bool(row.confirmed_on)
    return sorted(schools.values(), key=lambda one: one.name)


def _schools_in(rows: list[Any], month: dt.date, last: dt.date) -> list[Any]:
    """Of the placements of one secondment, those at whose school there were working days in the month."""
    one = rows[0]
    secondment: Any = SimpleNamespace(
        state=one.state, start=one.from_day, end=one.to_day, reported_on=one.reported_on, ended_on=one.ended_on,
        placements=SimpleNamespace(all=lambda: rows),
    )  # fmt: skip
    there = {
        stay.placement.receiving_school: stay.placement
        for stay in attendance.stays(secondment)
        if attendance.working(stay, month)
    }
    return list(there.values())


def last_month(today: dt.date) -> dt.date:
    """The first day of the month before this one."""
    return attendance.month_before(attendance.month_of(today))


def attendance_due(today: dt.date) -> dt.date:
    """Until when last month's attendance is to be confirmed."""
    return today.replace(day=settings.ATTENDANCE_DUE_DAY)


@register
def attendance_of_last_month(asking: Asking) -> Owed | None:
    """By receiving school. In August nobody worked, and nothing is due."""
    month = last_month(asking.today)
    due = attendance_due(asking.today)
    schools = months_of_schools(asking.seen(Placement), month)
    told = attendance.told_month(month)
    missing = [Party(one.pk, one.name, one.teachers - one.confirmed) for one in schools if one.confirmed < one.teachers]
    return Owed(
        "attendance",
        f"{month:%Y-%m}",
        f"{month.month}月考勤确认",
        due,
        len(schools),
        tuple(sorted(missing, key=lambda party: (-party.number, party.name))),
        {"month": told, "deadline": day_told(max(due, asking.today))},
        f"各位校长：{month.month}月支教教师考勤请于 {day_told(max(due, asking.today))} 前在系统中确认，登录后首页即可见，约需 3 分钟。",
        remind_from=due,
        url=address("assignments:attendance") or reverse("home"),
    )


# --- needs and recommendations -----------------------------------------------------------------------------------------


@register
def demands(asking: Asking) -> Owed | None:
    """Needs of the schools that received somebody lately, while the bureau collects them."""
    schedule = asking.open_until("demands_until")
    if schedule is None or schedule.demands_until is None:
        return None
    schools = asking.of_schools.get("demands", [])
    until = schedule.demands_until
    return Owed(
        "demands",
        schedule.school_year.code,
        "岗位需求",
        until,
        len(schools),
        tuple(Party(pk, name) for pk, name, asked, given in schools if asked > given),
        {"year": schedule.school_year.title, "deadline": day_told(until)},
        f"各位校长：{schedule.school_year.title}缺哪些学科的教师，请于 {day_told(until)} 前在系统中申报，没有需求的不用报。",
        remind_from=until - dt.timedelta(days=settings.DEADLINE_TOLD_DAYS),
        url=f"{reverse('assignments:demand_list')}?year={schedule.school_year.code}",
    )


def _needs_stated(asking: Asking, schedule: YearSchedule) -> QuerySet[Any]:
    stated = Demand.objects.filter(school=OuterRef("pk"), school_year=schedule.school_year)
    received = Exists(received_lately(schedule.school_year.start))
    rows: QuerySet[Any] = asking.seen(School).filter(received, merged_into=None, closed_on=None).order_by()
    return rows.annotate(
        t_kind=Value("demands", CharField()), t_school=F("pk"), t_name=F("name"), t_asked=Value(1, IntegerField()),
        t_given=Case(When(Exists(stated), then=1), default=0, output_field=IntegerField()),
    )  # fmt: skip


def received_lately(day: dt.date) -> Any:
    """Placements at the school of the outer query in the years before a day."""
    since = dt.date(day.year - RECENT_YEARS, day.month, 1)
    return Placement.objects.filter(receiving_school=OuterRef("pk"), secondment__start__gte=since)


@register
def recommendations(asking: Asking) -> Owed | None:
    """Sending schools whose recommended teachers are fewer than they are to give."""
    schedule = asking.open_until("recommendations_until")
    if schedule is None or schedule.recommendations_until is None:
        return None
    schools = asking.of_schools.get("recommendations", [])
    until = schedule.recommendations_until
    lacking = [Party(pk, name, asked - given) for pk, name, asked, given in schools if asked > given]
    return Owed(
        "recommendations",
        schedule.school_year.code,
        "推荐支教人选",
        until,
        len(schools),
        tuple(sorted(lacking, key=lambda party: (-party.number, party.name))),
        {"year": schedule.school_year.title, "deadline": day_told(until)},
        f"各位校长：{schedule.school_year.title}支教人选请于 {day_told(until)} 前推荐并公示。",
        remind_from=until - dt.timedelta(days=settings.DEADLINE_TOLD_DAYS),
        url=address("assignments:secondment_list") or reverse("home"),
    )


def _teachers_recommended(asking: Asking, schedule: YearSchedule) -> QuerySet[Any]:
    waiting = (State.DRAFT, State.SUBMITTED, State.SENT_BACK, State.WITHDRAWN)
    given = (
        Secondment.objects.filter(sending_school=OuterRef("sending_school"), school_year=schedule.school_year)
        .exclude(state__in=waiting)
        .order_by()
        .values("sending_school")
        .annotate(number=Count("pk"))
        .values("number")
    )
    rows: QuerySet[Any] = asking.seen(Allocation).filter(school_year=schedule.school_year).order_by()
    named = rows.values(
        t_kind=Value("recommendations", CharField()), t_school=F("sending_school"), t_name=F("sending_school__name")
    )
    return named.annotate(t_asked=Sum("number"), t_given=Coalesce(Subquery(given), 0))


def address(name: str, *args: Any) -> str:
    """The address of a page; "" where the site has none of that name."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
