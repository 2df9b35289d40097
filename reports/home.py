"""What a home page tells below the tasks: who is on post, whether the ratios are met, what this week brings."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import CharField, Count, F, Prefetch, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf

from assignments.choices import SecondmentState as State
from assignments.models import Activity, Placement, Secondment
from evaluations.models import Inspection
from reports import figures
from reports.figures import Asked, Definition
from reports.figures.registry import counted_key
from reports.figures.selection import Entered
from zhijiao.dates import ApproximateDate, ApproximateDateAttribute

RECENT = dt.timedelta(days=45)
AHEAD = dt.timedelta(days=30)


@dataclass(frozen=True)
class Event:
    """An activity or an inspection on a day."""

    pk: int
    what: str
    where: str
    day: dt.date
    told: str
    url_name: str


def events(user: Any, today: dt.date) -> list[Event]:
    """What was lately and will be soon, the latest first; asked for together."""
    activities = _events(Activity, user, today).annotate(
        t_what=Coalesce(NullIf("title", Value("")), "kind", output_field=CharField()),
        t_where=Coalesce("receiving_school__name", "receiving_party", output_field=CharField()),
        t_page=Value("assignments:activity_detail", CharField()),
    )
    inspections = _events(Inspection, user, today).annotate(
        t_what=Value("督导检查", CharField()),
        t_where=F("school__name"),
        t_page=Value("evaluations:inspection_detail", CharField()),
    )
    columns = ("pk", "t_what", "t_where", "t_page", *ApproximateDateAttribute.columns)
    found = [
        Event(pk, what, where, when[0], ApproximateDate(*when).told(True), page)
        for pk, what, where, page, *when in activities.values_list(*columns).union(
            inspections.values_list(*columns), all=True
        )
    ]
    return sorted(found, key=lambda event: event.day, reverse=True)


def _events(model: Any, user: Any, today: dt.date) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.visible_to(user).order_by()
    return rows.filter(start__gte=today - RECENT, start__lte=today + AHEAD)


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


def on_post(user: Any) -> list[Any]:
    """Those on post now, with where they are."""
    stays = Placement.objects.select_related("receiving_school").order_by("order")
    rows: QuerySet[Any] = Secondment.objects.visible_to(user).filter(state=State.ON_POST)
    return list(
        rows.select_related("teacher", "sending_school", "programme")
        .prefetch_related(Prefetch("placements", stays))
        .order_by("sending_school__name", "teacher__name")
    )


def count_together(keys: Iterable[str], asked: Asked) -> int:
    """Counts these figures in one query, so that `figures.value` finds them. What is no plain count is left to it.

    Returns how many are on post today, which is counted with them.
    """
    now = asked.viewpoint.seen(Secondment).filter(state=State.ON_POST)
    parts = [part for key in keys if (part := _one_count(figures.REGISTRY[key], asked)) is not None]
    entered = {given for key in keys if isinstance(given := figures.REGISTRY[key].given, Entered)}
    parts += [given.sums(asked) for given in entered]
    counted = dict(_counted(now, "", "pk").union(*parts, all=True))
    for given in entered:
        asked.remember(given, lambda: counted)
    for key in keys:
        definition = figures.REGISTRY[key]
        if not (definition.total or definition.ratio):
            asked.remember(counted_key(key), partial(counted.get, key, 0))
    return int(counted.get("", 0))


def _one_count(definition: Definition, asked: Asked) -> QuerySet[Any] | None:
    """One row with the key and the number, or none where it counts nothing."""
    if definition.rows is None or definition.total:
        return None
    rows = definition.rows(asked).order_by()
    known = rows.model._default_manager.filter(pk__in=rows.values("pk"))
    return _counted(known, definition.key, definition.distinct or "pk")


def _counted(rows: Any, key: str, path: str) -> QuerySet[Any]:
    named = rows.order_by().values(t_key=Value(key, CharField()))
    counted: QuerySet[Any] = named.annotate(t_number=Count(path, distinct=path != "pk")).values_list(
        "t_key", "t_number"
    )
    return counted
