"""Many figures at once: of one viewpoint, of many schools, of several years. Each counts as `value` does, in few queries.

Every count is one arm of a UNION ALL, made of the very rows that `value` counts, so that the two cannot tell different
numbers. What was counted is remembered in what was asked, where `value` finds it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Count, DecimalField, F, IntegerField, QuerySet, Sum, Value
from django.db.models.functions import Cast

from assignments.models import School
from reports.figures.asked import Asked
from reports.figures.registry import (
    REGISTRY,
    Counted,
    Definition,
    Number,
    Reckoned,
    counted_key,
    grouped,
    records_key,
    value,
)
from reports.figures.selection import Entered

AT_ONCE = 60  # counts in one query
_WIDE = DecimalField(max_digits=24, decimal_places=4)
Wanted = tuple[str, Asked]


def values_of(wanted: Iterable[Wanted]) -> list[Counted]:
    """Each figure for each of what is asked, in the order they are asked for."""
    pairs = list(wanted)
    count(pairs)
    return [value(key, asked) for key, asked in pairs]


def count(wanted: Iterable[Wanted]) -> None:
    """Counts them in as many queries as there are sixties of them, and one for each that Python works out."""
    plain = _once(_plain(wanted))
    _learn_schools([asked for _, asked in plain])
    for some in _some(plain):
        _count_some(some)
    reckoned: dict[Reckoned, list[Asked]] = defaultdict(list)
    for definition, asked in plain:
        if isinstance(definition.given, Reckoned):
            reckoned[definition.given].append(asked)
    for given, all_asked in reckoned.items():
        for few in _some(all_asked):
            _reckon_some(given, few)


def learn(keys: Iterable[str], asked: Asked) -> None:
    """These figures, and of how many records each tells, in a few queries, where `value` asks of each by itself."""
    known = list(dict.fromkeys(key for key in keys if key in REGISTRY))
    count([(key, asked) for key in known])
    more = list(dict.fromkeys(first.key for key in known if (first := _first(key)).total or first.distinct))
    for key, number in zip(more, records_of([(key, asked) for key in more]), strict=True):
        _keep(asked, records_key(key), number)


def records_of(wanted: Iterable[Wanted]) -> list[int]:
    """Of how many records each figure tells: of a ratio, those of its numerator."""
    pairs = [(_first(key), asked) for key, asked in wanted]
    _learn_schools([asked for _, asked in pairs])
    numbers: list[int] = []
    for some in _some(pairs):
        arms = [_arm(_rows(definition, asked), str(n), Count("pk")) for n, (definition, asked) in enumerate(some)]
        found = dict(arms[0].union(*arms[1:], all=True)) if arms else {}
        numbers += [int(found.get(str(n), 0)) for n in range(len(some))]
    return numbers


def breakdowns(keys: Iterable[str], asked: Asked) -> dict[tuple[str, str], list[tuple[str, Counted]]]:
    """By figure and dimension: its values, the largest first, "" for what is not registered; those of a kind in one query."""
    wanted = [(key, name, path) for key in keys for name, path in REGISTRY[key].by.items()]
    found: dict[tuple[str, str], dict[str, Number]] = {(key, name): defaultdict(int) for key, name, _ in wanted}
    for some in _some(wanted):
        arms = [_grouped_arm(REGISTRY[key], asked, path, n) for n, (key, _, path) in enumerate(some)]
        for n, of, number in arms[0].union(*arms[1:], all=True):
            key, name, _ = some[n]
            found[key, name][of or ""] += _as_told(REGISTRY[key], asked, number)
    return {
        (key, name): [
            (of, Counted(REGISTRY[key], asked, number, ((name, of),)))
            for of, number in sorted(numbers.items(), key=lambda pair: (-pair[1], pair[0]))
        ]
        for (key, name), numbers in found.items()
    }


# --- the arms ----------------------------------------------------------------------------------------------------------


def _plain(wanted: Iterable[Wanted]) -> Iterator[tuple[Definition, Asked]]:
    for key, asked in wanted:
        definition = REGISTRY[key]
        if definition.ratio:
            yield from _plain((part, asked) for part in definition.ratio)
        else:
            yield definition, asked


def _once(pairs: Iterable[tuple[Definition, Asked]]) -> list[tuple[Definition, Asked]]:
    return list({(definition.key, id(asked)): (definition, asked) for definition, asked in pairs}.values())


def _first(key: str) -> Definition:
    definition = REGISTRY[key]
    return _first(definition.ratio[0]) if definition.ratio else definition


def _some(pairs: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (pairs[start : start + AT_ONCE] for start in range(0, len(pairs), AT_ONCE))


def _rows(definition: Definition, asked: Asked) -> QuerySet[Any]:
    assert definition.rows is not None, definition.key  # noqa: S101  # only a ratio has none
    return definition.rows(asked)


def _arm(rows: QuerySet[Any], named: str, how: Any) -> QuerySet[Any]:
    """One row with a name and a number. The rows by their keys: what they were annotated with is not worked out again."""
    known = rows.model._default_manager.filter(pk__in=rows.order_by().values("pk")).order_by()
    arm: QuerySet[Any] = (
        known.values(t_key=Value(named, CharField()))
        .annotate(t_number=Cast(how, _WIDE))
        .values_list("t_key", "t_number")
    )
    return arm


def _how(definition: Definition) -> Any:
    if definition.total:
        return Sum(definition.total)
    return Count(definition.distinct, distinct=True) if definition.distinct else Count("pk")


def _grouped_arm(definition: Definition, asked: Asked, path: str, n: int) -> QuerySet[Any]:
    rows = _rows(definition, asked).order_by().annotate(t_by=Cast(F(path), CharField()))
    by = grouped(rows, "t_by", Cast(_how(definition), _WIDE), t_slot=Value(n, IntegerField()))
    return by.values_list("t_slot", "t_of", "t_number")


def _as_told(definition: Definition, asked: Asked, number: Any) -> Number:
    """As `value` has it: people and pieces whole, money as it is."""
    if number is None:
        return 0
    if definition.total:
        field = _rows(definition, asked).model._meta.get_field(definition.total)
        return Decimal(number) if isinstance(field, DecimalField) else int(number)
    return int(number)


def _count_some(some: Sequence[tuple[Definition, Asked]]) -> None:
    arms = [_arm(_rows(definition, asked), str(n), _how(definition)) for n, (definition, asked) in enumerate(some)]
    for n, (definition, asked) in enumerate(some):
        if isinstance(definition.given, Entered):
            arms.append(definition.given.sums(asked, f"{n}:"))
    if not arms:
        return
    found = dict(arms[0].union(*arms[1:], all=True))
    for n, (definition, asked) in enumerate(some):
        _keep(asked, counted_key(definition.key), _as_told(definition, asked, found.get(str(n))))
        if isinstance(definition.given, Entered):
            told = {key.removeprefix(f"{n}:"): int(number) for key, number in found.items() if key.startswith(f"{n}:")}
            _keep(asked, definition.given, told)


def _reckon_some(given: Reckoned, some: Sequence[Asked]) -> None:
    """All the parts of all of them in one query."""
    slots = [(n, part) for n, asked in enumerate(some) for part in given.parts(asked)]
    arms = [
        grouped(rows, path, what, t_slot=Value(slot, IntegerField())).values_list("t_slot", "t_of", "t_number")
        for slot, (_, (rows, path, what)) in enumerate(slots)
    ]
    pairs: dict[int, list[tuple[Any, Any]]] = defaultdict(list)
    for slot, of, number in arms[0].union(*arms[1:], all=True):
        pairs[slot].append((of, number))
    parts: dict[int, list[list[tuple[Any, Any]]]] = defaultdict(list)
    for slot, (n, _) in enumerate(slots):
        parts[n].append(pairs[slot])
    for n, asked in enumerate(some):
        _keep(asked, given, given.reckon(parts[n]))


def _keep(asked: Asked, key: Any, number: Any) -> None:
    asked.remember(key, lambda: number)


def _learn_schools(all_asked: Iterable[Asked]) -> None:
    """Tells every viewpoint its schools, in one query for all of them."""
    viewpoints = [asked.viewpoint for asked in all_asked if asked.viewpoint.school]
    unknown = {one.school.pk for one in viewpoints if one.school and "schools" not in one.__dict__}
    if not unknown:
        return
    below: dict[int, set[int]] = {pk: {pk} for pk in unknown}
    for pk, centre in School.objects.filter(centre_school__in=unknown).values_list("pk", "centre_school"):
        below[centre].add(pk)
    for one in viewpoints:
        if one.school and one.school.pk in below:
            one.__dict__.setdefault("schools", frozenset(below[one.school.pk]))
