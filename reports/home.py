"""What a home page tells: who is on post, whether the ratios are met, what is open, what has not come in."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.urls import NoReverseMatch

from assignments.choices import SecondmentState as State
from assignments.models import (
    Activity,
    AttendanceMonth,
    Difficulty,
    District,
    Placement,
    PolicyRule,
    Secondment,
)
from evaluations.models import Inspection
from reports import figures
from reports.figures import Asked, Counted
from zhijiao.quantities import plain

RECENT = dt.timedelta(days=45)
AHEAD = dt.timedelta(days=30)


def figure_address(counted: Counted) -> str:
    """The page with the records of a figure; "" where the site has none."""
    try:
        return counted.url
    except NoReverseMatch:
        return ""


@dataclass(frozen=True)
class Goal:
    """A ratio that the county must reach, as it stands."""

    rule: PolicyRule
    numerator: Counted
    denominator: Counted

    @property
    def is_known(self) -> bool:
        return bool(self.denominator.value)

    @property
    def ratio(self) -> Decimal:
        return Decimal(self.numerator.value) * 100 / Decimal(self.denominator.value)

    @property
    def told(self) -> str:
        return plain(self.ratio.quantize(Decimal("0.1")))

    @property
    def threshold(self) -> str:
        return plain(self.rule.threshold)

    @property
    def is_met(self) -> bool:
        return self.ratio >= self.rule.threshold

    @property
    def distance(self) -> int:
        """How many more, or fewer, than are needed."""
        needed = math.ceil(Decimal(self.denominator.value) * self.rule.threshold / 100)
        return abs(int(self.numerator.value) - needed)

    @property
    def verdict(self) -> str:
        unit = self.numerator.definition.unit
        if self.is_met:
            return f"已达标，超出 {self.distance} {unit}" if self.distance else "已达标"
        return f"还差 {self.distance} {unit}"

    @property
    def _scale(self) -> Decimal:
        return min(Decimal(100), max(self.ratio, self.rule.threshold) * Decimal("1.3")) or Decimal(1)

    @property
    def bar(self) -> str:
        return f"{min(Decimal(100), self.ratio * 100 / self._scale):.1f}%"

    @property
    def limit(self) -> str:
        return f"{self.rule.threshold * 100 / self._scale:.1f}%"

    @property
    def numerator_address(self) -> str:
        return figure_address(self.numerator)

    @property
    def denominator_address(self) -> str:
        return figure_address(self.denominator)


def goals(county: District, asked: Asked) -> list[Goal]:
    """The rules in force, of figures that exist."""
    rules = PolicyRule.objects.in_force(county, asked.period.first_year).order_by("id")
    return [
        Goal(rule, figures.value(rule.numerator, asked), figures.value(rule.denominator, asked))
        for rule in rules
        if rule.numerator in figures.REGISTRY and rule.denominator in figures.REGISTRY
    ]


@dataclass(frozen=True)
class Event:
    """An activity or an inspection on a day."""

    row: Any
    what: str
    where: str
    day: dt.date
    told: str
    url_name: str


def events(user: Any, today: dt.date) -> list[Event]:
    """What was lately and will be soon, the latest first."""
    between = {"start__gte": today - RECENT, "start__lte": today + AHEAD}
    activities = Activity.objects.visible_to(user).filter(**between).select_related("school", "receiving_school")
    inspections = Inspection.objects.visible_to(user).filter(**between).select_related("school", "round")
    found = [
        Event(row, str(row), row.recipient, row.start, row.when.told(True), "assignments:activity_detail")
        for row in activities
    ]
    found += [
        Event(row, "督导检查", str(row.school), row.start, row.when.told(True), "evaluations:inspection_detail")
        for row in inspections
    ]
    return sorted(found, key=lambda event: event.day, reverse=True)


@dataclass(frozen=True)
class Day:
    """One day of the week that is running."""

    day: dt.date
    name: str
    events: list[Event]
    is_today: bool

    @property
    def css(self) -> str:
        if self.is_today:
            return "today"
        if self.day.weekday() >= 5:
            return "rest"
        return "" if self.events else "none"


def week(found: Iterable[Event], today: dt.date) -> list[Day]:
    """Monday to Sunday; nothing where nothing happens in it."""
    monday = today - dt.timedelta(days=today.weekday())
    by_day = defaultdict(list)
    for event in found:
        by_day[event.day].append(event)
    days = [monday + dt.timedelta(days=number) for number in range(7)]
    if not any(by_day.get(day) for day in days):
        return []
    names = ("周一", "周二", "周三", "周四", "周五", "六", "日")
    return [
        Day(day, "今天" if day == today else name, by_day.get(day, []), day == today)
        for day, name in zip(days, names, strict=True)
    ]


def last_month(today: dt.date) -> dt.date:
    """The first day of the month before this one."""
    return (today.replace(day=1) - dt.timedelta(days=1)).replace(day=1)


def on_post(user: Any, today: dt.date) -> list[Any]:
    """Those on post now, with where they are and whether last month's attendance has come in."""
    month = last_month(today)
    handed_in = AttendanceMonth.objects.filter(secondment=OuterRef("pk"), month=month)
    stays = Placement.objects.select_related("receiving_school").order_by("order")
    rows: QuerySet[Any] = Secondment.objects.visible_to(user).filter(state=State.ON_POST)
    return list(
        rows.annotate(has_attendance=Exists(handed_in))
        .select_related("teacher", "sending_school", "programme")
        .prefetch_related(Prefetch("placements", stays))
        .order_by("sending_school__name", "teacher__name")
    )


@dataclass
class Owed:
    """Last month's attendance, by receiving school."""

    month: dt.date
    schools: set[Any] = field(default_factory=set)
    missing: dict[Any, int] = field(default_factory=dict)  # school → teachers without attendance

    def __bool__(self) -> bool:
        return bool(self.schools)

    @property
    def handed_in(self) -> int:
        return len(self.schools) - len(self.missing)

    @property
    def per_cent(self) -> str:
        return f"{self.handed_in * 100 / len(self.schools):.1f}%"

    @property
    def lines(self) -> list[tuple[Any, int]]:
        return sorted(self.missing.items(), key=lambda pair: (-pair[1], pair[0].name))

    @property
    def reminder(self) -> str:
        """Words to send to the schools."""
        names = "、".join(school.name for school, _ in self.lines)
        return f"各位校长：{self.month.month}月支教教师考勤，还有 {len(self.missing)} 所学校没有报来：{names}。每位教师一行，请填好考勤表报到局里。"


def owed(rows: Iterable[Any], today: dt.date) -> Owed:
    """Of those who were on post for some of last month."""
    month = last_month(today)
    end = today.replace(day=1) - dt.timedelta(days=1)
    found = Owed(month)
    for row in rows:
        begun = row.reported_on or row.start
        stays = list(row.placements.all())
        if begun > end or not stays:
            continue
        stay = next((stay for stay in reversed(stays) if stay.start is None or stay.start <= end), stays[0])
        found.schools.add(stay.receiving_school)
        if not row.has_attendance:
            found.missing[stay.receiving_school] = found.missing.get(stay.receiving_school, 0) + 1
    return found


def irregular(user: Any, period: Any) -> dict[str, list[Any]]:
    """Those of the year who did not report in time, and those who ended early."""
    stays = Placement.objects.select_related("receiving_school").order_by("order")
    rows = (
        Secondment.objects.visible_to(user)
        .filter(period.stays(), state__in=[State.OVERDUE, State.ENDED_EARLY])
        .select_related("teacher", "sending_school")
        .prefetch_related(Prefetch("placements", stays))
        .order_by("-start")
    )
    found: dict[str, list[Any]] = {State.OVERDUE: [], State.ENDED_EARLY: []}
    for row in rows:
        found[row.state].append(row)
    return found


def open_difficulties(user: Any) -> list[Any]:
    """The oldest first: they have waited longest."""
    rows = Difficulty.objects.visible_to(user).open().select_related("teacher__school")
    return list(rows.order_by("due_on", "start", "id"))
