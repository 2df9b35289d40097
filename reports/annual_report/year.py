"""The year that a report tells: its records, each list loaded once, and its figures as they stand in sentences."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.db.models import Model, QuerySet

from assignments.choices import SUBJECTS, Direction, Duty, Education, TeachingStage, Title
from assignments.models import Activity, Donation, Placement, Secondment
from reports.annual_report.sentences import Clause, Dates, joined
from reports.documents.tree import Figure
from reports.figures import Asked, Counted, breakdown, tables, value
from reports.figures.told import as_figure
from reports.figures.told import figure_of as told_figure

_CALLED = {"县": "我县", "区": "我区", "市": "我市", "旗": "我旗", "州": "我州"}


FEW_SCHOOLS = 3
_ORDERS: dict[str, Iterable[str]] = {
    "subject": SUBJECTS,
    "stage": TeachingStage.values,
    "title": Title.values,
    "education": Education.values,
}


class Year:
    """What every section starts from."""

    def __init__(self, asked: Asked) -> None:
        self.asked, self.period, self.viewpoint = asked, asked.period, asked.viewpoint
        self.schools = asked.viewpoint.schools
        self.is_county = asked.viewpoint.is_county

    # --- who tells -------------------------------------------------------------------------------------------------------

    @property
    def we(self) -> str:
        """我县, 我校, 我园."""
        if self.viewpoint.school:
            return "我园" if self.viewpoint.school.name.endswith("园") else "我校"
        return _CALLED.get(self.viewpoint.county.name[-1:], "我县")

    @property
    def whole(self) -> str:
        """全县, 我校及所属学校, 我校."""
        if self.is_county:
            return self.we.replace("我", "全")
        return f"{self.we}及所属学校" if len(self.schools) > 1 else self.we

    def dates(self) -> Dates:
        return Dates(self.period)

    def is_ours(self, school_id: int | None) -> bool:
        """The school that tells, or one below it; nobody's is the bureau's."""
        return school_id is None if self.is_county else school_id in self.schools

    def subject(self, school: Any) -> str:
        """Who did it, where that is not who tells."""
        if school is None:
            return "" if self.is_county else self.viewpoint.county.bureau_name
        return "" if self.viewpoint.school and school.pk == self.viewpoint.school.pk else str(school)

    def place(self, school: Any) -> str:
        """A school as an object: 我校 for the one that tells."""
        return self.we if self.viewpoint.school and school.pk == self.viewpoint.school.pk else str(school)

    # --- figures ---------------------------------------------------------------------------------------------------------

    def number(self, key: str) -> Any:
        return value(key, self.asked).value

    def fig(self, key: str, unit: str | None = None) -> Figure | None:
        """A figure with its unit; None where it is zero, so that its clause is left out."""
        return self.figure_of(value(key, self.asked), unit)

    def figure_of(self, counted: Counted, unit: str | None = None) -> Figure | None:
        if not counted.value:
            return None
        other = counted.asked.period.title if counted.asked.period != self.period else ""
        return told_figure(counted, unit, other)

    def matching(self, number: Any, key: str, unit: str) -> Figure | None:
        """The figure, where it counts what the sentence tells of; a number that none counts is not told."""
        return self.fig(key, unit) if number and self.number(key) == number else None

    def narrowed(self, key: str, unit: str | None = None, text: str = "", **narrow: str) -> Figure | None:
        """The figure of some of its records only: of one inspection, one kind, one thing that was given."""
        counted = value(key, self.asked, **narrow)
        return as_figure(counted, text) if text and counted.value else self.figure_of(counted, unit)

    def by(self, key: str, dimension: str) -> list[tuple[str, Counted]]:
        """Known values of a dimension, largest first."""
        found = [
            (str(of), counted)
            for of, counted in breakdown(key, self.asked, dimension)
            if of not in (None, "") and counted.value
        ]
        order = {word: place for place, word in enumerate(_ORDERS.get(dimension, ()))}
        return sorted(found, key=lambda pair: (-pair[1].value, order.get(pair[0], len(order)))) if order else found

    def parts(self, key: str, dimension: str, unit: str, labels: dict[str, str] | None = None) -> Clause:
        """语文…人、数学…人."""
        return joined(
            (
                ((labels or {}).get(of, of), self.figure_of(counted, unit) or "")
                for of, counted in self.by(key, dimension)
            ),
            "、",
        )

    # --- records ---------------------------------------------------------------------------------------------------------

    @cached_property
    def secondments(self) -> list[Secondment]:
        return tables.secondments(self.asked)

    @cached_property
    def seconded(self) -> list[Secondment]:
        return [row for row in self.secondments if row.programme.direction == Direction.OUT]

    @cached_property
    def leaders(self) -> list[Secondment]:
        return [row for row in self.seconded if row.duty == Duty.LEADER]

    @cached_property
    def receiving(self) -> dict[int, str]:
        """The schools where somebody serves."""
        return {
            first.receiving_school_id: str(first.receiving_school) for row in self.seconded if (first := placement(row))
        }

    def leaves(self, row: Secondment) -> bool:
        """From one of ours to somewhere else."""
        return row.sending_school_id in self.schools and not self.arrives_here(row)

    def arrives(self, row: Secondment) -> bool:
        """From somewhere else to one of ours."""
        return row.sending_school_id not in self.schools and self.arrives_here(row)

    def arrives_here(self, row: Secondment) -> bool:
        return any(one.receiving_school_id in self.schools for one in row.placements.all())

    def events(self, model: type[Any], *related: str) -> list[Any]:
        """Dated records in order of date, those without one last."""
        rows = self.asked.events(model)
        return self.asked.remember(
            ("events", model), lambda: in_order(rows.select_related(*related) if related else rows)
        )

    def own(self, rows: Iterable[Any], field: str = "school") -> list[Any]:
        """Those of who tells: the bureau's own, or the school's and of those below it."""
        return [row for row in rows if self.is_ours(getattr(row, f"{field}_id"))]

    def of_year(self, model: type[Any], *related: str) -> list[Any]:
        return list(self.asked.of_year(model).select_related(*related).order_by("pk"))

    def also_at_receivers(self, model: type[Any]) -> QuerySet[Any]:
        """Our own rows, and those of the few schools that a team of ours went to: what our teachers found there."""
        own = self.viewpoint.rows(model)
        if self.is_county or not 0 < len(self.receiving.keys() - self.schools) <= FEW_SCHOOLS:
            return own
        wide = self.viewpoint.rows(model, ("school", "school__placements__secondment__sending_school"))
        return wide.filter(school__in=[*self.schools, *self.receiving])

    @cached_property
    def activities(self) -> list[Activity]:
        return self.events(Activity, "school", "partner_school", "receiving_school")

    @cached_property
    def donations(self) -> list[Donation]:
        return self.events(Donation, "donor_school", "receiving_school", "activity")


def in_order(rows: Iterable[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: (row.start is None, row.start, row.pk))


def placement(row: Secondment) -> Placement | None:
    """Where somebody served first."""
    return next(iter(sorted(row.placements.all(), key=lambda one: one.order)), None)


def first(rows: Iterable[Model], name: str) -> str:
    """The first value of a field that is not empty."""
    return next((str(getattr(row, name)) for row in rows if getattr(row, name)), "")
