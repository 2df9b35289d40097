"""A figure side by side: of schools, of years, of counties. Each line is the figure itself, asked from another viewpoint.

What a school's figure counts is not always a grouping of what the county's counts: a lecture of a teacher concerns both
schools, a centre school tells of those below it. So every line is counted from its own viewpoint, in one query for sixty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assignments.models import District, Placement, School
from reports.documents.tree import Chart, Series
from reports.figures.asked import Asked, Viewpoint
from reports.figures.registry import REGISTRY, Counted, value
from reports.figures.together import count
from reports.figures.told import number_told

YEARS = 10
TREND = 5
IN_CHART = 24


@dataclass(frozen=True)
class Line:
    """One of what is compared."""

    label: str
    counted: Counted

    @property
    def parts(self) -> list[Counted]:
        """Numerator and denominator of a ratio."""
        ratio = self.counted.definition.ratio
        return [value(key, self.counted.asked) for key in ratio] if ratio else []

    @property
    def is_known(self) -> bool:
        """A ratio of nothing says nothing."""
        return all(part.value for part in self.parts[1:])

    @property
    def told(self) -> str:
        return self.counted.told if self.is_known else "—"

    @property
    def drawn(self) -> int | Decimal | None:
        """What a chart draws: the number as it is told."""
        if not self.is_known:
            return None
        return number_told(self.counted)


Maker = Callable[[Asked], list[tuple[str, Asked]]]


def _of_schools(schools: Callable[[Asked], Any]) -> Maker:
    def make(asked: Asked) -> list[tuple[str, Asked]]:
        view = asked.viewpoint
        rows = schools(asked).filter(county=view.county).select_related("county").order_by("name", "pk")
        return [
            (school.name, Asked(asked.period, Viewpoint(view.county, school, user=view.user), asked.states))
            for school in rows
        ]

    return make


def _known(asked: Asked) -> Any:
    """The schools that may be told apart: of a school, itself and those below it."""
    rows = asked.viewpoint.seen(School)
    return rows if asked.viewpoint.is_county else rows.filter(pk__in=asked.viewpoint.schools)


def _sending(asked: Asked) -> Any:
    return _known(asked).filter(pk__in=asked.sent().order_by().values("sending_school"))


def _receiving(asked: Asked) -> Any:
    stays = Placement.objects.filter(secondment__in=asked.received().order_by().values("pk"))
    return _known(asked).filter(pk__in=stays.values("receiving_school"), is_outside_county=False)


def _centres(asked: Asked) -> Any:
    rows = _known(asked)
    return rows.filter(is_centre_school=True) if asked.viewpoint.is_county else rows


def years(asked: Asked, number: int = YEARS) -> list[tuple[str, Asked]]:
    """The same at earlier times, the oldest first."""
    found = [asked]
    for _ in range(number - 1):
        if found[0].period.start.year <= 1950:
            break
        found.insert(0, found[0].during(found[0].period.before()))
    return [(one.period.title.removesuffix("学年"), one) for one in found]


@dataclass(frozen=True)
class Comparison:
    """One way to set a figure side by side."""

    key: str
    label: str
    category: str
    make: Maker
    in_time: bool = False


WAYS = (
    Comparison("sending", "派出学校", "学校", _of_schools(_sending)),
    Comparison("receiving", "受援学校", "学校", _of_schools(_receiving)),
    Comparison("centre", "中心校", "学校", _of_schools(_centres)),
    Comparison("years", "近十年", "时段", years, in_time=True),
)


def of_counties(counties: Iterable[District], user: Any) -> Comparison:
    """The counties that a prefecture sees."""
    told = list(counties)

    def make(asked: Asked) -> list[tuple[str, Asked]]:
        return [(one.name, Asked(asked.period, Viewpoint(one, user=user), asked.states)) for one in told]

    return Comparison("counties", "县（市、区）", "县（市、区）", make)


def compare(key: str, asked: Asked, how: Comparison) -> list[Line]:
    """The figure of each; of years those before the first record are left out."""
    pairs = how.make(asked)
    count((key, one) for _, one in pairs)
    lines = [Line(label, value(key, one)) for label, one in pairs]
    return _from_first(lines) if how.in_time else lines


def trend(key: str, asked: Asked) -> list[Line]:
    """Up to five years."""
    pairs = years(asked, TREND)
    count((key, one) for _, one in pairs)
    return _from_first([Line(label, value(key, one)) for label, one in pairs])


def _from_first(lines: list[Line]) -> list[Line]:
    while len(lines) > 1 and not _tells(lines[0]):
        lines = lines[1:]
    return lines


def _tells(line: Line) -> bool:
    return bool(line.counted.value or any(part.value for part in line.parts))


def chart_of(key: str, lines: list[Line], caption: str, category: str, *, in_time: bool = False) -> Chart | None:
    """A picture of at least two of them."""
    shown = lines[-YEARS:] if in_time else [line for line in lines if line.is_known][:IN_CHART]
    if len(shown) < 2 or all(not line.drawn for line in shown):
        return None
    definition = REGISTRY[key]
    kind: Any = ("line" if len(shown) > 2 else "column") if in_time else "bar"
    series = Series(definition.label, tuple(line.drawn for line in shown))
    return Chart(kind, caption, tuple(line.label for line in shown), (series,), definition.unit, category=category)
