"""What a figure is asked for: a period and a viewpoint (the county, or a school with those below it)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from assignments.choices import SERVING_STATES
from assignments.models import District, Placement, School, Secondment
from assignments.models.scope import Access, CountyModel
from assignments.periods import Period


class Side(StrEnum):
    """Whose year is told. A school that both sends and receives is told whole."""

    COUNTY = "county"
    SENDING = "sending"
    RECEIVING = "receiving"
    BOTH = "both"


@dataclass(frozen=True)
class Viewpoint:
    """A county, or a school (a centre school with those below it). `user`: only what this person may see."""

    county: District
    school: School | None = None
    side: Side | None = None
    user: Any = None

    @cached_property
    def schools(self) -> frozenset[int]:
        """The school and those below it; empty for the county, whose schools need not be named."""
        if self.school is None:
            return frozenset()
        return frozenset(School.objects.with_those_below(self.school).values_list("pk", flat=True))

    @property
    def is_county(self) -> bool:
        return self.school is None

    @property
    def name(self) -> str:
        return self.school.name if self.school else self.county.name

    @property
    def signs(self) -> str:
        """Who signs the report."""
        return self.school.name if self.school else self.county.bureau_name

    @property
    def district_code(self) -> str:
        """As an address names the county, for those who see several of them; "" for all others."""
        access = Access.of(self.user) if self.user is not None else None
        return self.county.code if access and (access.everything or len(access.counties) > 1) else ""

    def seen(self, model: type[CountyModel]) -> Any:
        """The county's rows that the reader may know of; all of them where nobody in particular reads."""
        rows: Any = model._default_manager.filter(county=self.county)
        return rows if self.user is None else rows.visible_to(self.user)

    def rows(self, model: type[CountyModel], through: tuple[str, ...] | None = None) -> QuerySet[Any]:
        """Rows of the county that concern the school: by the model's own `schools_concerned`, or by the given paths."""
        rows = self.seen(model)
        if self.school is None:
            return rows
        concerned = Q(pk__in=[])
        for path in through if through is not None else model.schools_concerned:
            concerned |= Q(**{f"{path}__in": self.schools})
        return rows.filter(Q(pk__in=model._default_manager.filter(concerned).values("pk")))


@dataclass(frozen=True)
class Asked:
    """A period and a viewpoint, and the sets of records that most figures start from."""

    period: Period
    viewpoint: Viewpoint
    states: tuple[str, ...] = SERVING_STATES  # of the secondments that count; a forecast asks for those to come
    _kept: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def remember(self, key: Any, make: Any) -> Any:
        """What was asked once within one report is not asked of the database again."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    def during(self, other: Period) -> Asked:
        """The same viewpoint at another time."""
        return Asked(other, self.viewpoint, self.states)

    def secondments(self) -> QuerySet[Secondment]:
        """Those that served in the period, with what their first placement says. The question is put together once."""
        rows: QuerySet[Secondment] = self.remember("secondments asked", self._secondments)
        return rows.all()

    def _secondments(self) -> QuerySet[Secondment]:
        rows: Any = self.viewpoint.rows(Secondment)
        rows = rows.filter(state__in=self.states).in_period(self.period)
        match self.viewpoint.side:
            case Side.SENDING:
                rows = rows.filter(sending_school__in=self.viewpoint.schools)
            case Side.RECEIVING:
                rows = rows.filter(self._received())
        return with_placement(rows)

    def sent(self) -> QuerySet[Secondment]:
        rows = self.secondments()
        return rows if self.viewpoint.is_county else rows.filter(sending_school__in=self.viewpoint.schools)

    def received(self) -> QuerySet[Secondment]:
        rows = self.secondments()
        return rows if self.viewpoint.is_county else rows.filter(self._received())

    def _received(self) -> Q:
        return Q(pk__in=Placement.objects.filter(receiving_school__in=self.viewpoint.schools).values("secondment"))

    def events(self, model: type[CountyModel], through: tuple[str, ...] | None = None) -> QuerySet[Any]:
        """Dated records of the viewpoint in the period."""
        return self.viewpoint.rows(model, through).in_period(self.period)  # type: ignore[attr-defined]

    def of_year(self, model: type[CountyModel], through: tuple[str, ...] | None = None) -> QuerySet[Any]:
        """Records that carry a school year only."""
        return self.viewpoint.rows(model, through).filter(self.period.school_years())

    def hanging_on_secondments(self, model: type[CountyModel]) -> QuerySet[Any]:
        """Records of the secondments that are told, of any time. A secondment that one may see does not open all of them."""
        return self.viewpoint.seen(model).filter(secondment__in=self.secondments().values("pk"))

    def of_secondments(self, model: type[CountyModel]) -> QuerySet[Any]:
        """Dated records of the secondments that are told."""
        return self.hanging_on_secondments(model).filter(self.period.events())

    @cached_property
    def sends(self) -> bool:
        return self.viewpoint.is_county or self.sent().exists()

    @cached_property
    def receives(self) -> bool:
        return self.viewpoint.is_county or self.received().exists()


def with_placement(rows: QuerySet[Secondment]) -> QuerySet[Secondment]:
    """Adds placed_school, placed_name, placed_subject, placed_stage and placed_location of the first placement."""
    first = Placement.objects.filter(secondment=OuterRef("pk")).order_by("order")

    def of_first(path: str) -> Subquery:
        return Subquery(first.values(path)[:1])

    return rows.annotate(
        placed_school=of_first("receiving_school"),
        placed_name=of_first("receiving_school__name"),
        placed_subject=Coalesce(NullIf(of_first("subject"), Value("")), "teacher__subject", Value("")),
        placed_stage=Coalesce(NullIf(of_first("stage"), Value("")), "teacher__stage", Value("")),
        placed_location=of_first("receiving_school__location"),
        placed_township=of_first("receiving_school__township"),
    )
