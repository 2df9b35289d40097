"""The registry of figures: key, label, unit, definition in a sentence, how it is counted, of which records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet, Sum
from django.urls import reverse

from reports.figures.asked import Asked
from zhijiao.quantities import plain

Number = int | Decimal


@dataclass(frozen=True)
class Definition:
    """How a figure is counted.

    `rows` are the records it counts. With `total` it is the sum of that field, with `distinct` the number of different
    values of that path, otherwise the number of rows. A ratio names two other figures instead and is told in per cent.
    """

    key: str
    label: str
    unit: str
    definition: str
    rows: Callable[[Asked], QuerySet[Any]] | None = None
    total: str = ""
    distinct: str = ""
    by: Mapping[str, str] = field(default_factory=dict)  # dimensions: name → path of the rows
    ratio: tuple[str, str] | None = None
    given: Callable[[Asked], Number | None] | None = (
        None  # a number that somebody entered goes before one that is counted
    )
    only: Mapping[str, str] = field(default_factory=dict)  # what a text may narrow it to; no page divides it by these

    @property
    def paths(self) -> Mapping[str, str]:
        """All that it can be narrowed to: name → path of the rows."""
        return {**self.by, **self.only}


@dataclass(frozen=True)
class Reckoned:
    """A number that Python works out of a few grouped rows: each part is some rows, what they are grouped by, and what is
    taken of a group. Told apart from its queries, so that those of many viewpoints can be asked together."""

    parts: Callable[[Asked], list[tuple[QuerySet[Any], str, Any]]]
    reckon: Callable[[list[list[tuple[Any, Any]]]], Number | None]

    def __call__(self, asked: Asked) -> Number | None:
        def found() -> Number | None:
            parts = self.parts(asked)
            return self.reckon(
                [list(grouped(rows, path, what).values_list("t_of", "t_number")) for rows, path, what in parts]
            )

        number: Number | None = asked.remember(self, found)
        return number


def grouped(rows: QuerySet[Any], path: str, what: Any, **named: Any) -> QuerySet[Any]:
    """The rows by what they are grouped by (t_of), with what is taken of each group (t_number)."""
    by: QuerySet[Any] = rows.order_by().values(**named, t_of=F(path)).annotate(t_number=what)
    return by


@dataclass(frozen=True)
class Counted:
    """A figure as it came out."""

    definition: Definition
    asked: Asked
    value: Number
    narrowed: tuple[tuple[str, str], ...] = ()

    @property
    def told(self) -> str:
        """The number as a text writes it: without needless noughts, a ratio with one decimal and its sign."""
        if self.definition.ratio:
            return f"{plain(Decimal(self.value).quantize(Decimal('0.1')))}%"
        return plain(self.value)

    @property
    def with_unit(self) -> str:
        return self.told if self.definition.ratio else f"{self.told}{self.definition.unit}"

    @property
    def url(self) -> str:
        """The page with the records that were counted."""
        return f"{reverse('reports:figure', args=[self.definition.key])}?{urlencode(self.query)}"

    @property
    def query(self) -> dict[str, str]:
        view = self.asked.viewpoint
        query = {"period": self.asked.period.code}
        if view.school:
            query["school"] = str(view.school.pk)
            if view.side:
                query["side"] = str(view.side)
        elif view.district_code:
            query["district"] = view.district_code
        return query | dict(self.narrowed)

    @property
    def records(self) -> int:
        """How many records its page opens: of a ratio those of the numerator. Asked of the database once at most."""
        if self.definition.ratio:
            return value(self.definition.ratio[0], self.asked, **dict(self.narrowed)).records
        narrow = dict(self.narrowed)
        number: int = self.asked.remember(
            records_key(self.definition.key, **narrow), lambda: _records(self.definition, self.asked, narrow)
        )
        return number

    def rows(self) -> QuerySet[Any]:
        if self.definition.ratio:
            return value(self.definition.ratio[0], self.asked, **dict(self.narrowed)).rows()
        return _rows(self.definition, self.asked, dict(self.narrowed))


REGISTRY: dict[str, Definition] = {}


def define(key: str, label: str, unit: str, definition: str, **how: Any) -> None:
    """Put a figure into the registry. A key is used once."""
    if key in REGISTRY:
        raise ValueError(f"figure {key} is defined twice")
    REGISTRY[key] = Definition(key, label, unit, definition, **how)


def value(key: str, asked: Asked, **narrow: str) -> Counted:
    """The figure for what is asked, narrowed to values of its dimensions."""
    definition = REGISTRY[key]
    narrowed = tuple(sorted(narrow.items()))
    number: Number = asked.remember((key, narrowed), lambda: _number(definition, asked, narrow))
    return Counted(definition, asked, number, narrowed)


def breakdown(key: str, asked: Asked, dimension: str) -> list[tuple[Any, Counted]]:
    """The figure by the values of one of its dimensions, largest first; one query for all of them."""
    definition = REGISTRY[key]
    path = definition.paths[dimension]
    counted = asked.remember((key, "by", dimension), lambda: _grouped(definition, asked, path))
    for of, number, records in counted:
        asked.remember(records_key(key, **{dimension: _told_value(of)}), lambda records=records: records)
        if of not in (None, ""):  # not registered may be two groups, which are one value
            asked.remember((key, ((dimension, str(of)),)), lambda number=number: number)
    return [(of, Counted(definition, asked, number, ((dimension, _told_value(of)),))) for of, number, _ in counted]


def crossed(key: str, asked: Asked, *dimensions: str) -> dict[tuple[str, ...], Counted]:
    """The figure by several of its dimensions at once, "" for what is not registered; one query for all of them."""
    definition = REGISTRY[key]
    found = asked.remember((key, "crossed", *dimensions), lambda: _crossed(definition, asked, dimensions))
    made = {}
    for values, (number, records) in found.items():
        narrowed = tuple(sorted(zip(dimensions, values, strict=True)))
        _keep(key, asked, narrowed, number, records)
        made[values] = Counted(definition, asked, number, narrowed)
    return made


def _keep(key: str, asked: Asked, narrowed: tuple[tuple[str, str], ...], number: Number, records: int) -> None:
    asked.remember((key, narrowed), lambda: number)
    asked.remember(records_key(key, **dict(narrowed)), lambda: records)


def _crossed(
    definition: Definition, asked: Asked, dimensions: tuple[str, ...]
) -> dict[tuple[str, ...], tuple[Number, int]]:
    assert definition.rows is not None, definition.key  # noqa: S101  # only a ratio has none
    paths = [definition.paths[name] for name in dimensions]
    rows = (
        definition.rows(asked).order_by().values_list(*paths).annotate(_number=_how(definition), _records=Count("pk"))
    )
    found: dict[tuple[str, ...], tuple[Number, int]] = {}
    for *values, number, records in rows:
        place = tuple(map(_told_value, values))
        before = found.get(place, (0, 0))
        found[place] = (before[0] + (number or 0), before[1] + records)
    return found


def _how(definition: Definition) -> Any:
    if definition.total:
        return Sum(definition.total)
    return Count(definition.distinct, distinct=True) if definition.distinct else Count("pk")


def _told_value(of: Any) -> str:
    """As an address has it: of rows without a value, nothing."""
    return "" if of is None else str(of)


def _rows(definition: Definition, asked: Asked, narrow: Mapping[str, str]) -> QuerySet[Any]:
    assert definition.rows is not None, definition.key  # noqa: S101  # only a ratio has none
    rows = definition.rows(asked)
    for name, of in narrow.items():
        path = definition.paths[name]
        # Not registered is one value, whether the column is empty or there is nothing that has it.
        rows = rows.filter(**{path: of}) if of else rows.filter(Q(**{f"{path}__isnull": True}) | Q(**{path: ""}))
    return rows


def _number(definition: Definition, asked: Asked, narrow: Mapping[str, str]) -> Number:
    if definition.ratio:
        over, under = definition.ratio
        numerator, denominator = value(over, asked, **narrow).value, value(under, asked).value
        return Decimal(numerator) * 100 / Decimal(denominator) if denominator else Decimal(0)
    if definition.given and not narrow and (given := definition.given(asked)) is not None:
        return given
    number: Number = asked.remember(counted_key(definition.key, **narrow), lambda: _count(definition, asked, narrow))
    return number


def counted_key(key: str, **narrow: str) -> tuple[Any, ...]:
    """Under which the count of the rows is remembered, whether or not somebody entered a number that goes before it."""
    return key, "counted", tuple(sorted(narrow.items()))


def records_key(key: str, **narrow: str) -> tuple[Any, ...]:
    """Under which it is remembered how many rows were counted."""
    return key, "records", tuple(sorted(narrow.items()))


def _count(definition: Definition, asked: Asked, narrow: Mapping[str, str]) -> Number:
    """The number, and with it in the same query how many rows it was made of."""
    rows = _rows(definition, asked, narrow).order_by()
    if not (definition.total or definition.distinct):
        return rows.count()
    how = Sum(definition.total) if definition.total else Count(definition.distinct, distinct=True)
    found = rows.aggregate(_total=how, _records=Count("pk"))
    asked.remember(records_key(definition.key, **narrow), lambda: found["_records"])
    return found["_total"] or 0


def _records(definition: Definition, asked: Asked, narrow: Mapping[str, str]) -> int:
    """A plain count is the number of its rows, whatever somebody entered in its place."""
    if definition.total or definition.distinct:
        return _rows(definition, asked, narrow).order_by().count()
    return int(asked.remember(counted_key(definition.key, **narrow), lambda: _count(definition, asked, narrow)))


def _grouped(definition: Definition, asked: Asked, path: str) -> list[tuple[Any, Number, int]]:
    """Value of the dimension, number, how many rows."""
    assert definition.rows is not None, definition.key  # noqa: S101
    rows = definition.rows(asked).order_by()
    found = rows.values_list(path).annotate(_number=_how(definition), _records=Count("pk"))
    return sorted(((of, number or 0, records) for of, number, records in found), key=lambda of: (-of[1], str(of[0])))
