"""支教服务年限: how many months somebody served, by kind and by the class of the school. Pure functions.

A month is counted as the secondment's certified months say, else from its days, in half months. Days that two secondments
share count once: for the earlier one, of two that begin together for the full-time one. What a secondment has is divided
among its stays by their days, in tenths of a month, so that the parts always add up to the whole.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from zhijiao.working_days import days

DAYS_IN_MONTH = Fraction(304, 10)
TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Stay:
    """At one school, from a day to a day."""

    school: str
    first: dt.date
    last: dt.date
    location: str = ""  # 城区, 镇区, 乡村
    allowance_class: str = ""
    township: str = ""
    teaching_point: str = ""
    subject: str = ""


@dataclass(frozen=True)
class Service:
    """One secondment as it counts: its kind, its stays, and the months that were certified, where they were."""

    key: int
    kind: str  # 支援, 跟岗学习, 短期
    programme: str
    stays: tuple[Stay, ...]
    certified: Decimal | None = None
    is_kept: bool = True  # False: ended early and its months not recognised
    is_full_time: bool = True
    sending_school: str = ""
    grade: str = ""

    @property
    def first(self) -> dt.date:
        return min((stay.first for stay in self.stays), default=dt.date.max)


@dataclass(frozen=True)
class Counted:
    """A stay with the months that it counts."""

    service: Service
    stay: Stay
    months: Decimal


@dataclass(frozen=True)
class Years:
    """What it all adds up to."""

    lines: tuple[Counted, ...]

    @property
    def total(self) -> Decimal:
        return sum((line.months for line in self.lines), Decimal(0))

    def by_kind(self) -> dict[str, Decimal]:
        return _sums((line.service.kind, line.months) for line in self.lines)

    def by_programme(self) -> dict[str, Decimal]:
        return _sums((line.service.programme, line.months) for line in self.lines)

    def by_location(self) -> dict[str, Decimal]:
        return _sums((line.stay.location or "未分类", line.months) for line in self.lines)

    def by_allowance_class(self) -> dict[str, Decimal]:
        return _sums((line.stay.allowance_class, line.months) for line in self.lines if line.stay.allowance_class)


def add_up(services: Iterable[Service]) -> Years:
    """Of all that is kept: every stay with its months, in the order of time."""
    taken: set[dt.date] = set()
    lines: list[Counted] = []
    kept = [service for service in services if service.is_kept and service.stays]
    for service in sorted(kept, key=lambda one: (one.first, not one.is_full_time, one.key)):
        lines += _count(service, taken)
    return Years(tuple(sorted(lines, key=lambda line: (line.stay.first, line.service.key))))


def _count(service: Service, taken: set[dt.date]) -> list[Counted]:
    """The months of one secondment, of whose days some may be `taken` already; its own are taken then."""
    own: set[dt.date] = set()
    free: Counter[int] = Counter()
    for number, stay in enumerate(service.stays):
        mine = {day for day in days(stay.first, stay.last) if day not in own}
        own |= mine
        free[number] = len(mine - taken)
    whole = _tenth(Fraction(service.certified)) if service.certified is not None else months_of(len(own))
    share = Fraction(sum(free.values()), len(own))
    taken |= own
    months = whole if share == 1 else _tenth(Fraction(whole) * share)
    parts = divide(months, [free[number] for number in range(len(service.stays))])
    return [Counted(service, stay, part) for stay, part in zip(service.stays, parts, strict=True)]


def months_of(number: int) -> Decimal:
    """Days as half months: 314 days are 10.5."""
    halves = Fraction(number) / DAYS_IN_MONTH * 2
    return Decimal(int(halves + Fraction(1, 2))) / 2


def divide(months: Decimal, weights: Sequence[int]) -> list[Decimal]:
    """In tenths, by weight; the tenths that rounding leaves go to the largest remainders."""
    whole = sum(weights)
    if not whole:
        return [Decimal(0)] * len(weights)
    tenths = int(_tenth(Fraction(months)) * 10)
    exact = [Fraction(tenths * weight, whole) for weight in weights]
    parts = [int(one) for one in exact]
    order = sorted(range(len(weights)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: tenths - sum(parts)]:
        parts[i] += 1
    return [Decimal(part) / 10 for part in parts]


def _tenth(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(TENTH, ROUND_HALF_UP)


def _sums(pairs: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for name, months in pairs:
        sums[name] = sums.get(name, Decimal(0)) + months
    return {name: months for name, months in sums.items() if months}
