"""A ratio that the county must reach, as it stands: the same on the home page, the board and the leader's page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.urls import NoReverseMatch

from assignments.models import PolicyRule, Secondment
from reports import figures
from reports.figures import Asked, Counted, Viewpoint
from reports.figures.rules import rules_in_force
from reports.glance.needed import more_needed
from zhijiao.quantities import plain


def figure_address(counted: Counted) -> str:
    """The page with the records of a figure; "" where the site has none."""
    try:
        return counted.url
    except NoReverseMatch:
        return ""


@dataclass(frozen=True)
class Goal:
    """A ratio, its limit, and how far it is."""

    rule: PolicyRule
    numerator: Counted
    denominator: Counted

    @property
    def is_known(self) -> bool:
        return bool(self.denominator.value)

    @property
    def ratio(self) -> Decimal:
        return Decimal(self.numerator.value) * 100 / Decimal(self.denominator.value)

    @property
    def told(self) -> str:
        """With one decimal; with more where one would say that the limit is reached though it is not."""
        return told_ratio(self.ratio, self.rule.threshold)

    @property
    def threshold(self) -> str:
        return plain(self.rule.threshold)

    @property
    def is_met(self) -> bool:
        return self.ratio >= self.rule.threshold

    @property
    def distance(self) -> int:
        """How many more, or fewer, than are needed."""
        needed = math.ceil(Decimal(self.denominator.value) * self.rule.threshold / 100)
        return abs(int(self.numerator.value) - needed)

    @property
    def verdict(self) -> str:
        unit = self.numerator.definition.unit
        if self.is_met:
            return f"已达标，超出 {self.distance} {unit}" if self.distance else "已达标"
        return f"还差 {self.distance} {unit}"

    @property
    def formula(self) -> str:
        """实际交流轮岗教师 ÷ 符合交流条件教师 × 100%."""
        return f"{self.numerator.definition.label} ÷ {self.denominator.definition.label} × 100%"

    @cached_property
    def counts_people_sent(self) -> bool:
        """Whether sending somebody is what makes its numerator larger."""
        return _counts_secondments(self.numerator)

    @cached_property
    def widens(self) -> bool:
        """Whether whoever is sent is counted in the denominator too."""
        return self.counts_people_sent and _counts_secondments(self.denominator)

    @property
    def more(self) -> int | None:
        """How many more have to be sent; None where it is not to be told, or no number is enough."""
        if not self.counts_people_sent:
            return None
        return more_needed(self.numerator.value, self.denominator.value, self.rule.threshold, widens=self.widens)

    @property
    def advice(self) -> str:
        """再派 n 人达标, and whom; nothing where it is reached."""
        if not self.counts_people_sent or (self.is_known and self.is_met):
            return ""
        if self.more is None:
            return "要求全部都是，现有的人里有不是的，再派也达不到" if self.is_known else ""
        return f"再派 {self.more} 人达标{self.whom}"

    @property
    def whom(self) -> str:
        if not self.widens:
            return ""
        return f"（都要算得上“{self.numerator.definition.label}”；每派一人，“{self.denominator.definition.label}”也多一人）"

    @property
    def source(self) -> str:
        """国家级要求，教师〔2014〕4号."""
        return "，".join(part for part in (f"{self.rule.get_level_display()}级要求", self.rule.basis) if part)

    @property
    def _scale(self) -> Decimal:
        return min(Decimal(100), max(self.ratio, self.rule.threshold) * Decimal("1.3")) or Decimal(1)

    @property
    def bar(self) -> str:
        return f"{min(Decimal(100), self.ratio * 100 / self._scale):.1f}%"

    @property
    def limit(self) -> str:
        return f"{self.rule.threshold * 100 / self._scale:.1f}%"

    @property
    def numerator_address(self) -> str:
        return figure_address(self.numerator)

    @property
    def denominator_address(self) -> str:
        return figure_address(self.denominator)


def told_ratio(ratio: Decimal, threshold: Decimal) -> str:
    for decimals in ("0.1", "0.01", "0.001", "0.0001"):
        rounded = ratio.quantize(Decimal(decimals))
        if ratio >= threshold or rounded < threshold:
            break
    return plain(rounded)


def _counts_secondments(counted: Counted) -> bool:
    definition = counted.definition
    return not (definition.total or definition.distinct) and model_of(definition.key, counted.asked) is Secondment


_models: dict[str, Any] = {}


def model_of(key: str, asked: Asked) -> Any:
    """Of which records a figure is; None for a ratio. Of a key always the same, so that it is found out once."""
    if key not in _models:
        rows = figures.REGISTRY[key].rows
        whole = Asked(asked.period, Viewpoint(asked.viewpoint.county))
        _models[key] = rows(whole).model if rows else None
    return _models[key]


def goals(asked: Asked) -> list[Goal]:
    """The rules in force, of figures that exist."""
    return [
        Goal(rule, figures.value(rule.numerator, asked), figures.value(rule.denominator, asked))
        for rule in rules_in_force(asked)
    ]
