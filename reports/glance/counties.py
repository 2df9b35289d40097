"""For a prefecture: the counties side by side, each rule that holds in all of them, and what each county asks besides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from assignments.models import District, PolicyRule
from assignments.periods import Period
from reports.figures import REGISTRY, Asked, Counted, Viewpoint
from reports.glance.board import keys_of
from reports.glance.counting import Numbers, Of, Term, Together, count
from reports.glance.goals import Goal
from reports.glance.workbooks import Grid, ratio_cells

SHOWN = ("seconded", "exchanged", "exchanged_backbone")


@dataclass(frozen=True)
class Row:
    """A county: the rules of all, its own rules, and some numbers."""

    county: District
    goals: tuple[Goal, ...]
    own: tuple[Goal, ...]
    numbers: tuple[Counted, ...]

    @property
    def missed(self) -> int:
        return sum(not (goal.is_known and goal.is_met) for goal in (*self.goals, *self.own))

    @property
    def own_told(self) -> str:
        """本县另有 2 项，达标 1 项."""
        met = sum(goal.is_known and goal.is_met for goal in self.own)
        return f"本县另有 {len(self.own)} 项，达标 {met} 项" if self.own else ""


@dataclass(frozen=True)
class Counties:
    """The table."""

    period: Period
    rules: tuple[PolicyRule, ...]
    rows: tuple[Row, ...]

    @property
    def met(self) -> list[tuple[PolicyRule, int]]:
        """Of each rule how many counties reach it."""
        return [(rule, sum(row.goals[at].is_known and row.goals[at].is_met for row in self.rows)) for at, rule in enumerate(self.rules)]  # fmt: skip


def counties(known: Sequence[District], period: Period, user: Any) -> Counties:
    """Two questions, however many counties."""
    if not known:
        return Counties(period, (), ())
    rules = _rules(known, period)
    asked = Asked(period, Together(known[0], user=user, counties=tuple(known)))
    keys = sorted({*keys_of(rules), *SHOWN})
    numbers = count([Term("", key, asked) for key in keys], Of.COUNTY)
    of_all = tuple(rule for rule in rules if rule.county_id is None)
    return Counties(period, of_all, tuple(_row(county, of_all, rules, numbers, period, user) for county in known))


def _rules(known: Iterable[District], period: Period) -> list[PolicyRule]:
    """In force in all of these counties or in one, whose figures can be counted by county."""
    first = period.first_year
    rules = PolicyRule.objects.filter(
        Q(county=None) | Q(county__in=[county.pk for county in known]),
        Q(first_year=None) | Q(first_year__lte=first),
        Q(last_year=None) | Q(last_year__gte=first),
    ).order_by("id")
    found = [rule for rule in rules if rule.numerator in REGISTRY and rule.denominator in REGISTRY]
    able = set(keys_of(found))
    return [rule for rule in found if {rule.numerator, rule.denominator} <= able]


def _row(county: District, of_all: Sequence[PolicyRule], rules: Sequence[PolicyRule], numbers: Numbers, period: Period, user: Any) -> Row:  # fmt: skip
    asked = Asked(period, Viewpoint(county, user=user))

    def counted(key: str) -> Counted:
        return Counted(REGISTRY[key], asked, numbers.number("", key, [county.pk]))

    def goal(rule: PolicyRule) -> Goal:
        return Goal(rule, counted(rule.numerator), counted(rule.denominator))

    own = tuple(goal(rule) for rule in rules if rule.county_id == county.pk)
    return Row(county, tuple(map(goal, of_all)), own, tuple(map(counted, SHOWN)))


def grids(told: Counties) -> list[Grid]:
    """One sheet a rule, and one of what each county asks besides."""
    heads = ("县（市、区）", "分子", "分母", "比例（%）", "标准（%）", "结论", "再派几人达标")
    made = [
        Grid(f"指标{at + 1}", f"{rule.name}（{told.period.title}）", heads, [(row.county.name, *ratio_cells(row.goals[at]), row.goals[at].advice) for row in told.rows])
        for at, rule in enumerate(told.rules)
    ]  # fmt: skip
    own = [(row.county.name, goal.rule.name, *ratio_cells(goal)) for row in told.rows for goal in row.own]
    if own:
        made.append(Grid("各县标准", f"各县自己的标准（{told.period.title}）", (heads[0], "指标", *heads[1:6]), own))
    return made
