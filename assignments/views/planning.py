"""Whose plan a page shows, and of which school year: people plan the next one while this one runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from assignments import closing
from assignments.models import District, School, SchoolYear, YearSchedule
from assignments.models.scope import Access
from assignments.periods import Period
from assignments.permissions import own_counties
from assignments.plan import schedule_of
from zhijiao.dates import school_year_of, school_year_span
from zhijiao.entry import once
from zhijiao.navigation import chosen_year, school_years
from zhijiao.refusals import Refused

PLANNING_MONTHS = range(3, 9)  # March to August: what is looked at then is the year to come


@dataclass(frozen=True)
class YearTab:
    code: str
    label: str
    url: str
    is_current: bool


class Planning:
    """The county and the school year of one request: `?year=` and `?county=`, else what is most likely meant."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user: Any = request.user
        self._chosen = chosen_year(request)

    @cached_property
    def code(self) -> str:
        asked = self.request.GET.get("year", "")
        if not asked:
            return self._following if self._is_season else self._chosen
        try:
            period = Period.parse(asked)
        except ValueError:
            raise Http404 from None
        if asked != period.school_year:
            raise Http404
        return asked

    @property
    def _is_season(self) -> bool:
        today = timezone.localdate()
        return today.month in PLANNING_MONTHS and self._chosen == _named(school_year_of(today))

    @property
    def _following(self) -> str:
        return _named(int(self._chosen[:4]) + 1)

    @property
    def title(self) -> str:
        return f"{self.code.replace('-', '—')}学年"

    @property
    def first_day(self) -> dt.date:
        return school_year_span(int(self.code[:4]))[0]

    @cached_property
    def year(self) -> SchoolYear | None:
        """None as long as nothing was planned for it."""
        return next((year for year in school_years(self.request) if year.code == self.code), None)

    @cached_property
    def is_closed(self) -> bool:
        """Whether the plan of this year can only be looked at."""
        return closing.closing_of(self.county.pk, self.code) is not None

    def insist_open(self) -> None:
        """Before a form is shown; what is sent all the same is refused by the guard, with what was typed still there."""
        if self.request.method == "GET" and self.is_closed:
            raise PermissionDenied(closing.words_of(self.code))

    def year_for_writing(self) -> SchoolYear:
        made: SchoolYear = SchoolYear.objects.named(self.code)
        return made

    @cached_property
    def counties(self) -> list[District]:
        return own_counties(self.user)

    @cached_property
    def county(self) -> District:
        asked = self.request.GET.get("county", "")
        for county in self.counties:
            if not asked or str(county.pk) == asked:
                return county
        raise Http404

    @cached_property
    def schedule(self) -> YearSchedule:
        return schedule_of(self.county, self.year)

    @cached_property
    def is_bureau(self) -> bool:
        """Whether the person looks at the whole county."""
        access = Access.of(self.user)
        return access.everything or self.county.pk in access.whole

    @property
    def is_inspecting(self) -> bool:
        """Whether the person reads here what the schools have that they inspect, and has none of their own."""
        return not self.is_bureau and not self.own_schools

    @cached_property
    def own_schools(self) -> list[School]:
        """The schools this person acts for, where they act for schools."""
        rows = School.objects.filter(
            pk__in=Access.of(self.user).schools, county=self.county, closed_on=None, merged_into=None
        )
        return list(rows.select_related("county").order_by("-is_centre_school", "name"))

    @property
    def query(self) -> str:
        """What an address needs to stay with this county and year."""
        county = f"&county={self.county.pk}" if len(self.counties) > 1 else ""
        return f"?year={self.code}{county}"

    def address(self, name: str, *args: Any) -> str:
        return reverse(f"assignments:{name}", args=args) + self.query

    @property
    def years(self) -> list[YearTab]:
        """The year that is looked at elsewhere, the one after it, and one that was asked for."""
        codes = sorted({self._chosen, self._following, self.code})
        county = f"&county={self.county.pk}" if len(self.counties) > 1 else ""
        return [
            YearTab(
                code, f"{code.replace('-', '—')}学年", f"{self.request.path}?year={code}{county}", code == self.code
            )
            for code in codes
        ]


def _named(first: int) -> str:
    return f"{first}-{first + 1}"


def attempt(request: HttpRequest, act: Callable[[], str]) -> HttpResponse | Refused:
    """One effect for a form however often it is sent; `act` says where to go on. A refusal comes back, with nothing changed."""
    try:
        with once(request) as turn:
            return turn.again() if turn.is_repeat else turn.answered(act())
    except Refused as refused:
        return refused
