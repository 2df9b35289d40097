"""达标看板: every rule in force as it stands, by school and by year, and how the running year will end."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from assignments.models import PolicyRule, School
from assignments.periods import Period
from reports.documents.charts import Drawing, draw
from reports.documents.tree import Chart, Limit, Series
from reports.figures import REGISTRY, Asked, Counted, Viewpoint
from reports.figures.asked import Side
from reports.figures.rules import rules_in_force
from reports.glance.counting import Numbers, Of, Term, count, countable, has_school, preset
from reports.glance.forecast import Forecast, forecasts, is_open
from reports.glance.goals import Goal, goals
from zhijiao.quantities import plain

YEARS = 5
NOW = "now"


@dataclass(frozen=True)
class Trend:
    """A rule over the years, oldest first."""

    rule: PolicyRule
    goals: tuple[Goal, ...]

    @property
    def chart(self) -> Chart:
        known = tuple(goal for goal in self.goals if goal.is_known)
        return Chart(
            "column", f"{self.rule.name}历年情况", tuple(goal.numerator.asked.period.code for goal in known),
            (Series(self.rule.name, tuple(Decimal(goal.told) for goal in known)),), "%",
            Limit(self.rule.threshold, f"标准 {plain(self.rule.threshold)}%"), "学年",
        )  # fmt: skip

    @property
    def drawing(self) -> Drawing | None:
        """With one year there is nothing to compare."""
        return draw(self.chart) if sum(goal.is_known for goal in self.goals) > 1 else None

    @property
    def anchor(self) -> str:
        return f"trend-{self.rule.pk}"


@dataclass(frozen=True)
class Line:
    """A school, or a centre school with those below it, and one ratio."""

    school: School
    below: int
    goal: Goal
    is_entered: bool = False  # the denominator was given by the school
    opens: bool = True  # not the centre school by itself: its figures are of those below it too
    scale: Decimal = Decimal(100)  # per cent that the whole width stands for, the same for all lines

    @property
    def name(self) -> str:
        return self.school.name

    @property
    def bar(self) -> str:
        return f"{self.goal.ratio * 100 / self.scale:.1f}%"

    @property
    def tick(self) -> str:
        return f"{self.goal.rule.threshold * 100 / self.scale:.1f}%"

    @property
    def order(self) -> tuple[Any, ...]:
        return (self.goal.is_known, self.goal.ratio if self.goal.is_known else Decimal(0))


@dataclass
class Board:
    """Everything the page shows."""

    asked: Asked
    goals: list[Goal]
    trends: list[Trend] = field(default_factory=list)
    forecasts: dict[int, Forecast] = field(default_factory=dict)

    @property
    def told(self) -> list[tuple[Goal, Forecast | None, Trend | None]]:
        trends = {trend.rule.pk: trend for trend in self.trends}
        return [(goal, self.forecasts.get(goal.rule.pk), trends.get(goal.rule.pk)) for goal in self.goals]


def of_those_sent(asked: Asked) -> Asked:
    """A school's ratio is of those whom it sends, not of those it receives."""
    view = asked.viewpoint
    if view.is_county or view.side is Side.SENDING:
        return asked
    sending = replace(view, side=Side.SENDING)
    vars(sending)["schools"] = view.schools  # known already: the same school
    return Asked(asked.period, sending)


def board(asked: Asked, today: dt.date) -> Board:
    """Of a county, or of a school with those below it."""
    asked = of_those_sent(asked)
    rules = rules_in_force(asked)
    years = _years(asked)
    terms = [Term(one.period.code, key, one) for one in years for key in keys_of(rules)]
    numbers, county = count(terms, Of.COUNTY), asked.viewpoint.county.pk
    found = {(term.tag, term.key): preset(term.asked, term.key, numbers.number(term.tag, term.key, [county])) for term in terms}  # fmt: skip
    known = goals(asked)
    told = Board(asked, known, _trends(rules, years, found))
    if is_open(asked, today):
        told.forecasts = {one.goal.rule.pk: one for one in forecasts(known, asked)}
    return told


def keys_of(rules: Iterable[PolicyRule]) -> list[str]:
    """The figures of these rules that can be asked for together."""
    keys = {key for rule in rules for key in (rule.numerator, rule.denominator)}
    return sorted(key for key in keys if countable(key))


def _years(asked: Asked) -> list[Asked]:
    """Up to this one, the newest last."""
    years = [asked]
    while len(years) < YEARS:
        years.insert(0, years[0].during(years[0].period.before()))
    return years


Found = dict[tuple[str, str], Counted]


def _trends(rules: Sequence[PolicyRule], years: Sequence[Asked], found: Found) -> list[Trend]:
    """Only the years from which on the rule is in force and of which there is something to tell."""
    made = []
    for rule in rules:
        then = [_goal_then(rule, one.period, found) for one in years if (rule.first_year or 0) <= one.period.first_year]
        told = tuple(goal for goal in then if goal and (goal.is_known or goal.numerator.value))
        if told:
            made.append(Trend(rule, told))
    return made


def _goal_then(rule: PolicyRule, period: Period, found: Found) -> Goal | None:
    part, whole = found.get((period.code, rule.numerator)), found.get((period.code, rule.denominator))
    return Goal(rule, part, whole) if part and whole else None


# --- by school ---------------------------------------------------------------------------------------------------------


def lines_of(rules: Sequence[PolicyRule], asked: Asked) -> dict[int, list[Line]]:
    """Of each rule the schools with what they have of it: of a county each school (a centre school with those below it),

    of a centre school each of its own. Two questions, however many schools. Rules whose records are of no school are left out.
    """
    asked = of_those_sent(asked)
    able = [rule for rule in rules if all(countable(key) and has_school(key, asked) for key in (rule.numerator, rule.denominator))]  # fmt: skip
    if not able:
        return {}
    numbers = count([Term(NOW, key, asked) for key in keys_of(able)], Of.SCHOOL)
    groups = groups_of(asked.viewpoint)
    return {rule.pk: _lines(rule, numbers, groups, asked) for rule in able}


def groups_of(view: Viewpoint) -> list[tuple[School, list[int]]]:
    """Each line's school with the keys of the schools it stands for."""
    schools = School.objects.filter(county=view.county, is_outside_county=False).order_by("name")
    if view.user is not None:
        schools = schools.visible_to(view.user)
    if not view.is_county:
        return [(school, [school.pk]) for school in schools.filter(pk__in=view.schools)]
    below: dict[int, list[int]] = defaultdict(list)
    known = list(schools)
    keys = {school.pk for school in known}
    for school in known:
        if school.centre_school_id in keys:
            below[school.centre_school_id].append(school.pk)
    tops = [school for school in known if school.centre_school_id not in keys]
    return [(school, [school.pk, *below[school.pk]]) for school in tops]


def _lines(rule: PolicyRule, numbers: Numbers, groups: list[tuple[School, list[int]]], asked: Asked) -> list[Line]:
    lines = []
    for school, keys in groups:
        at = Asked(asked.period, Viewpoint(asked.viewpoint.county, school, Side.SENDING, asked.viewpoint.user))
        part = Counted(REGISTRY[rule.numerator], at, numbers.number(NOW, rule.numerator, keys))
        whole = Counted(REGISTRY[rule.denominator], at, numbers.number(NOW, rule.denominator, keys))
        if part.value or whole.value:
            is_entered = numbers.entered(NOW, rule.denominator, keys) is not None
            opens = asked.viewpoint.school != school or asked.viewpoint.schools == {school.pk}
            lines.append(Line(school, len(keys) - 1, Goal(rule, part, whole), is_entered, opens))
    most = max((line.goal.ratio for line in lines if line.goal.is_known), default=Decimal(0))
    scale = max(most, rule.threshold) * Decimal("1.05") or Decimal(100)
    return [replace(line, scale=scale) for line in lines]
