"""学年结转: closing a school year, opening it again, and the one guard that keeps a closed year as it is.

`YEAR_OF` says of each kind of record by which way its school year is found. A kind with a school year of its own is in it
by that; the others are registered by their app, with `belongs`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Substr
from django.db.models.signals import pre_delete, pre_save
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from assignments import telling
from assignments.access import insist_for_county, offer_nothing_on
from assignments.models import District, SchoolYear, YearClosing
from assignments.models.scope import Access
from zhijiao import clock, guard
from zhijiao.accounts import audit
from zhijiao.dates import school_year_of
from zhijiao.navigation import counties_of_roles, school_years
from zhijiao.refusals import Refused, WordsNeeded, atomically

# The ways to the school year, the first that leads somewhere counts: to a school year, a day, the name of a period, or to
# another record, whose year it is then.
YEAR_OF: dict[type[models.Model], tuple[str, ...]] = {}
_OWN_APPS = ("assignments", "evaluations", "reports")
_PARTS = {
    "Placement": ("secondment",), "Application": ("secondment",), "StateChange": ("secondment",),
    "Objection": ("notice", "secondment"), "AttendanceMonth": ("month",), "Leave": ("start", "secondment"),
    "AllowanceSheet": ("month",), "AllowancePayment": ("month",),
}  # fmt: skip
_BEFORE_DATES = ("secondment", "start", "first_day")  # where a record with a school year has none written down


def belongs(model: type[models.Model], *paths: str) -> None:
    """The year of these records is found on these paths."""
    YEAR_OF[model] = paths


def connect() -> None:
    """Called when all models are known: registers what has a school year, and puts the guard before every change."""
    for model in apps.get_models():
        names = {field.name for field in model._meta.fields}
        is_ours = model._meta.app_label in _OWN_APPS and model not in (YearClosing, SchoolYear)
        if is_ours and "school_year" in names and model._meta.model_name != "term":
            belongs(model, "school_year", *(name for name in _BEFORE_DATES if name in names))
    for name, paths in _PARTS.items():
        belongs(apps.get_model("assignments", name), *paths)
    guard.before_changing(refuse_closed)
    offer_nothing_on(is_only_looked_at)
    pre_save.connect(_before_saving, dispatch_uid="assignments.closing.save")
    pre_delete.connect(_before_deleting, dispatch_uid="assignments.closing.delete")


def closed_years() -> set[tuple[int, str]]:
    """(county, "2023-2024") of all that are closed now."""
    return set(YearClosing.objects.filter(reopened_on=None).values_list("county_id", "school_year__code"))


def closing_of(county: int, code: str) -> YearClosing | None:
    """The closing that holds for this year of this county, if one does."""
    rows = YearClosing.objects.filter(county=county, school_year__code=code, reopened_on=None)
    found: YearClosing | None = rows.select_related("school_year", "closed_by").first()
    return found


def year_of(row: Any) -> tuple[int | None, str] | None:
    """County and school year of a record; None where it belongs to no year."""
    for path in YEAR_OF.get(type(row), ()):
        value = getattr(row, path, None)
        if value in (None, ""):
            continue
        if type(value) in YEAR_OF:
            if found := year_of(value):
                return found
            continue
        return getattr(row, "county_id", None), _code(value)
    return None


def _code(value: Any) -> str:
    if isinstance(value, SchoolYear):
        return value.code
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date):
        first = school_year_of(value)
        return f"{first}-{first + 1}"
    return str(value)[:9]


def refuse_closed(rows: Iterable[Any]) -> None:
    """The guard: Refused where one of these records belongs to a closed year."""
    if isinstance(rows, models.QuerySet) and rows.model not in YEAR_OF:
        return
    if isinstance(rows, list | tuple):  # anything else is read only where a year is closed
        rows = [row for row in rows if type(row) in YEAR_OF]
        if not rows:
            return
    if not (closed := closed_years()):
        return
    if isinstance(rows, models.QuerySet):  # of few counties, and with the way to the year in the same question
        if "county" in {field.name for field in rows.model._meta.fields}:
            rows = rows.filter(county__in={county for county, _ in closed})
        rows = rows.select_related(*_ways(rows.model))
    for row in rows:
        year = year_of(row)
        if year is not None and year in closed:
            raise Refused(words_of(year[1]))


class _Looking:
    """What is known of closed years while a page is drawn; which of them were met stands on the request, for its frame."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._met: set[str] = set()
        request.closed_years_met = self._met  # type: ignore[attr-defined]

    @cached_property
    def _closed(self) -> Collection[tuple[int, str]]:
        return _closed_for(self._request)

    def meets(self, row: Any) -> bool:
        """Whether the record is of a closed year, which is then told above the page."""
        year = year_of(row) if self._closed else None
        if year is None or year not in self._closed:
            return False
        self._met.add(year[1])
        return True


_while_looking: ContextVar[_Looking | None] = ContextVar("closed_years", default=None)


class OfferNothingClosed:
    """Middleware: a page that is drawn offers no change of a closed year. What is sent all the same is refused in words.

    Whatever asks for a button asks `assignments.access` whether somebody may; that asks here. The closed years are asked for
    once for a page, and only where something could be offered.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        looking = request.method in ("GET", "HEAD")
        token = _while_looking.set(_Looking(request) if looking else None)
        try:
            return self._get_response(request)
        finally:
            _while_looking.reset(token)


def _closed_for(request: HttpRequest) -> Collection[tuple[int, str]]:
    """The closed years that this person can come upon; of one county, they are known from the frame around the page."""
    counties = counties_of_roles(request.user)
    if len(counties) == 1 and not Access.of(request.user).everything:
        county = next(iter(counties))
        return {(county, year.code) for year in school_years(request) if year.is_closed}
    return closed_years()


def is_only_looked_at(row: Any) -> bool:
    """Whether the page that is drawn shows this record of a closed year. False where no page is drawn."""
    known = _while_looking.get()
    return known is not None and type(row) in YEAR_OF and known.meets(row)


def is_closed(county: int, day: dt.date) -> bool:
    """Whether this day of this county is in a closed year."""
    return closing_of(county, _code(day)) is not None


def why_denied(row: Any, otherwise: str) -> str:
    """What somebody is told who opens the form of a change of this record and may not: that the year is closed, where it is so."""
    year = year_of(row)
    return words_of(year[1]) if year is not None and is_only_looked_at(row) else otherwise


def still_open(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Without those of closed years, by the same ways as `year_of`, in the question itself."""
    return rows.exclude(_in_closed(rows.model)) if rows.model in YEAR_OF else rows


def _in_closed(model: type[models.Model], before: str = "") -> Q:
    found = Q(pk__in=[])
    for path in reversed(YEAR_OF[model]):
        field, full = model._meta.get_field(path), before + path
        here = _of_related(field.related_model, full) if field.is_relation else _by_value(field, before, full)
        empty = Q(**{f"{full}__isnull": True})
        found = (here & ~empty) | (empty & found) if getattr(field, "null", False) else here
    return found


def _of_related(related: Any, full: str) -> Q:
    if related is SchoolYear:
        before = full.rpartition("__")[0]
        county = f"{before}__county" if before else "county"
        return _closed_where(county, school_year=OuterRef(full))
    return _in_closed(related, f"{full}__") if related in YEAR_OF else Q(pk__in=[])


def _by_value(field: Any, before: str, full: str) -> Q:
    """By a day, or the name of a period."""
    if isinstance(field, models.CharField):
        return _closed_where(f"{before}county", school_year__code=Substr(OuterRef(full), 1, 9))
    return _closed_where(
        f"{before}county", school_year__start__lte=OuterRef(full), school_year__end__gte=OuterRef(full)
    )


def _closed_where(county: str, **year: Any) -> Q:
    return Q(Exists(YearClosing.objects.filter(county=OuterRef(county), reopened_on=None, **year)))


def _ways(model: type[models.Model]) -> tuple[str, ...]:
    """The relations that lead from a record to its year, for one question with joins."""
    found: list[str] = []
    for path in YEAR_OF.get(model, ()):
        field = model._meta.get_field(path)
        if isinstance(related := field.related_model, type):
            below = _ways(related) if related is not model else ()
            found += [f"{path}__{way}" for way in below] or [path]
    return tuple(found)


def words_of(code: str) -> str:
    """Why nothing of this year changes any more, and who can help."""
    return f"{code.replace('-', '—')}学年已结转，不能再改；需要改动请局里的管理员重新打开"


def _before_saving(sender: type[models.Model], instance: Any, raw: bool = False, **_: Any) -> None:
    if raw or sender not in YEAR_OF:
        return
    guard.ask(_now_and_before(instance))


def _now_and_before(row: Any) -> Iterator[Any]:
    """Also as it is stored: a record cannot be moved out of a closed year, nor into one."""
    yield row
    if row.pk is not None and not row._state.adding:
        yield from type(row)._base_manager.filter(pk=row.pk)


def _before_deleting(sender: type[models.Model], instance: Any, **_: Any) -> None:
    if sender in YEAR_OF:
        guard.ask((instance,))


def close(county: District, school_year: SchoolYear, *, by: Any, note: str = "") -> YearClosing:
    """From now on the year can only be looked at."""
    with atomically():
        locked = District.objects.select_for_update(of=("self",), no_key=True).get(pk=county.pk)
        insist_for_county(by, locked.pk, "year.close")
        if school_year.start > clock.today():
            raise Refused(f"{school_year.title}还没有开始，不能结转")
        if closing_of(locked.pk, school_year.code):
            raise Refused(f"{school_year.title}已经结转了")
        stopping = [one for one in checklist(locked, school_year) if one.stops and one.number]
        if stopping:
            told = "、".join(f"{one.name} {one.number}" for one in stopping)
            raise Refused(f"还不能结转，请先办完：{told}")
        made = YearClosing(
            county=locked, school_year=school_year, closed_on=clock.today(), closed_by=by, note=note.strip()
        )
        made.full_clean(validate_unique=False, validate_constraints=False)
        made.save()
        audit.record(by, "结转学年", made, after={"学年": school_year.code, "说明": made.note})
        telling.tell_of_year("year_closed", made, by=by)
    return made


def reopen(closing: YearClosing, *, by: Any, reason: str) -> None:
    """What was closed can be changed again; who wanted that, and why, stays."""
    with atomically():
        rows = YearClosing.objects.select_for_update(of=("self",)).select_related("school_year")
        row = rows.get(pk=closing.pk)
        insist_for_county(by, row.county_id, "year.reopen")
        if row.reopened_on:
            raise Refused(f"{row.school_year.title}已经重新打开了")
        if not reason.strip():
            raise WordsNeeded("请写为什么重新打开")
        row.reopened_on, row.reopened_by, row.reopen_reason = clock.today(), by, reason.strip()
        row.full_clean(validate_unique=False, validate_constraints=False)
        row.save()
        audit.record(by, "重新打开学年", row, after={"学年": row.school_year.code}, reason=row.reopen_reason)
        telling.tell_of_year("year_reopened", row, by=by)


@dataclass(frozen=True)
class Item:
    """A line of the checklist: how many are not finished, where they are, and whether closing has to wait for them."""

    name: str
    number: int
    url: str
    stops: bool


Counter = Callable[[District, SchoolYear], tuple[int, str]]
_counters: dict[str, tuple[Counter, bool]] = {}


def check(name: str, counter: Counter, *, stops: bool = False) -> None:
    """An app adds what it would miss. `stops`: the year cannot be closed before it is settled."""
    _counters[name] = (counter, stops)


def checklist(county: District, school_year: SchoolYear) -> list[Item]:
    """What is not finished in the year, in the order in which the apps said it."""
    return [Item(name, *counter(county, school_year), stops) for name, (counter, stops) in _counters.items()]
