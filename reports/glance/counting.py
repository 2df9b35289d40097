"""Many figures of many counties, schools or years in one question to the database.

What comes out is what `figures.value` says of each place by itself; it is only asked together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import CharField, Count, DecimalField, F, QuerySet, Sum, Value
from django.db.models.functions import Cast

from assignments.models import District, Secondment, Teacher, YearFacts
from assignments.models.scope import CountyModel
from reports.figures import REGISTRY, Asked, Counted, Viewpoint
from reports.figures.registry import Number
from reports.figures.selection import Entered
from reports.glance.goals import model_of


class Of(StrEnum):
    """What the numbers are counted by."""

    COUNTY = "county"
    SCHOOL = "school"


# Which school a record is counted with: a ratio of a school is of those it sends.
SCHOOL_PATHS: dict[Any, str] = {Secondment: "sending_school", Teacher: "school", YearFacts: "school"}


@dataclass(frozen=True)
class Together(Viewpoint):
    """Several counties at once; `county` is one of them, for what asks for a single one."""

    counties: tuple[District, ...] = ()

    def seen(self, model: type[CountyModel]) -> Any:
        rows: Any = model._default_manager.filter(county__in=[county.pk for county in self.counties])
        return rows if self.user is None else rows.visible_to(self.user)


@dataclass(frozen=True)
class Term:
    """One figure for what is asked; `tag` tells apart the same figure of several years."""

    tag: str
    key: str
    asked: Asked


@dataclass
class Numbers:
    """The counts of all terms by place. A number that somebody entered goes before one that was counted."""

    counted: dict[tuple[str, str], dict[int, Number]] = field(default_factory=lambda: defaultdict(dict))
    of_schools: dict[tuple[str, str], dict[int, Number]] = field(default_factory=lambda: defaultdict(dict))
    of_county: dict[tuple[str, str], dict[int, Number]] = field(default_factory=lambda: defaultdict(dict))

    def number(self, tag: str, key: str, places: Iterable[int]) -> Number:
        """Of one place, or of a centre school with those below it."""
        known = list(places)
        entered = self.entered(tag, key, known)
        return self._sum(self.counted[tag, key], known) if entered is None else entered

    def entered(self, tag: str, key: str, places: Iterable[int]) -> Number | None:
        """What was entered, None where nobody entered anything."""
        known = list(places)
        for told in (self.of_county[tag, key], self.of_schools[tag, key]):
            if any(place in told for place in known):
                return self._sum(told, known)
        return None

    def is_of_county(self, tag: str, key: str, place: int) -> bool:
        """Whether the county gave the number itself."""
        return place in self.of_county[tag, key]

    @staticmethod
    def _sum(numbers: dict[int, Number], places: list[int]) -> Number:
        return sum(numbers.get(place, 0) for place in places)


def countable(key: str) -> bool:
    """Whether a figure can be asked for together with others: a plain count or sum, perhaps with numbers entered for it."""
    definition = REGISTRY.get(key)
    if definition is None or definition.rows is None:
        return False
    return definition.given is None or isinstance(definition.given, Entered)


def has_school(key: str, asked: Asked) -> bool:
    """Whether it is known which school each of its records counts for."""
    return model_of(key, asked) in SCHOOL_PATHS


def count(terms: Iterable[Term], of: Of, extra: Iterable[QuerySet[Any]] = ()) -> Numbers:
    """One question. `extra`: more rows of `named(…)` that the caller wants counted with them."""
    known = list(terms)
    parts = [part for term in known for part in _parts(term, of)]
    numbers = Numbers()
    asked = [*parts, *extra]
    if not asked:
        return numbers
    by_field = {
        (term.tag, given.field): (term.tag, term.key)
        for term in known
        if isinstance(given := REGISTRY[term.key].given, Entered)
    }
    for name, place, number in asked[0].union(*asked[1:], all=True):
        kind, tag, key = name.split("|")
        if place is None or number is None:
            continue
        whole: Number = int(number) if number == int(number) else number
        if kind == "counted":
            numbers.counted[tag, key][place] = whole
        else:
            target = numbers.of_county if kind == "county" else numbers.of_schools
            target[by_field[tag, key]][place] = whole
    return numbers


def named(rows: Any, name: str, path: str, how: Any) -> QuerySet[Any]:
    """Rows of (name, place, number), in the columns that every part has."""
    grouped = rows.order_by().values(t_name=Value(name, CharField()), t_place=F(path))
    number = Cast(how, DecimalField(max_digits=16, decimal_places=2))
    told: QuerySet[Any] = grouped.annotate(t_number=number).values_list("t_name", "t_place", "t_number")
    return told


def _parts(term: Term, of: Of) -> Iterable[QuerySet[Any]]:
    definition = REGISTRY[term.key]
    if definition.rows is None:
        return
    rows = definition.rows(term.asked).order_by()
    path = "county" if of is Of.COUNTY else SCHOOL_PATHS[rows.model]
    plain = rows.model._default_manager.filter(pk__in=rows.values("pk"))
    yield named(plain, f"counted|{term.tag}|{term.key}", path, _how(definition))
    if isinstance(definition.given, Entered):
        yield from _entered(term, definition.given.field, of)


def _entered(term: Term, column: str, of: Of) -> Iterable[QuerySet[Any]]:
    rows = term.asked.of_year(YearFacts).exclude(**{column: None})
    if of is Of.COUNTY:
        yield named(rows.filter(school=None), f"county|{term.tag}|{column}", "county", Sum(column))
    path = "county" if of is Of.COUNTY else "school"
    yield named(rows.exclude(school=None), f"schools|{term.tag}|{column}", path, Sum(column))


def _how(definition: Any) -> Any:
    if definition.total:
        return Sum(definition.total)
    return Count(definition.distinct or "pk", distinct=bool(definition.distinct))


def ask_together(keys: Iterable[str], asked: Asked, extra: Iterable[QuerySet[Any]] = ()) -> Numbers:
    """Counts these figures in one question, so that `figures.value` finds them; what cannot be counted so is left to it."""
    known = [key for key in keys if countable(key)]
    numbers = count([Term("", key, asked) for key in known], Of.COUNTY, extra)
    for key in known:
        preset(asked, key, numbers.number("", key, [asked.viewpoint.county.pk]))
    return numbers


def preset(asked: Asked, key: str, number: Number) -> Counted:
    """The figure with its number known, so that `figures.value` does not ask again."""
    asked.remember((key, ()), lambda: number)
    return Counted(REGISTRY[key], asked, number)
