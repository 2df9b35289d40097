"""预计: how a ratio of a year that is not over will stand when all that is planned is done. Never mixed with what is.

The rule, as it is printed beside the number: those who count already; those who are approved and not dispatched yet, or not
reported in yet; and the places of the year's plan for which nobody is approved. Who will take such a place nobody knows, so it
counts as one who is exchanged and as nothing else. What is only applied for is not counted: it will fill one of the places.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from assignments.choices import SERVING_STATES, Direction, SecondmentState
from assignments.models import Allocation, Secondment
from reports.figures import Asked
from reports.glance.counting import Numbers, Of, Term, count, countable, named
from reports.glance.goals import Goal, model_of, told_ratio

COMING = (SecondmentState.APPROVED, SecondmentState.OVERDUE)
# What somebody who takes a place of the plan is for certain.
PLANNED = frozenset({"exchanged", "seconded", "sent"})
RULE = "已经计入的，加上已批准还没有到岗的，再加上选派计划里还没有批准到人的名额；名额由谁去还不知道，只算交流轮岗人数，不算骨干教师等。还在申报、审核的不另算。"  # fmt: skip


@dataclass(frozen=True)
class Forecast:
    """Both numbers as they will be; `coming` and `places` of the numerator say what was added."""

    goal: Goal
    part: int | Decimal
    whole: int | Decimal
    coming: int | Decimal
    places: int

    @property
    def is_known(self) -> bool:
        return bool(self.whole)

    @property
    def ratio(self) -> Decimal:
        return Decimal(self.part) * 100 / Decimal(self.whole)

    @property
    def told(self) -> str:
        return told_ratio(self.ratio, self.goal.rule.threshold)

    @property
    def is_met(self) -> bool:
        return self.ratio >= self.goal.rule.threshold

    @property
    def verdict(self) -> str:
        if self.is_met:
            return "预计达标"
        return "预计还达不到"

    @property
    def added(self) -> str:
        """已批准还没到岗 3 人，计划名额还缺 5 人."""
        told = ((self.coming, "已批准还没有到岗的 {} 人"), (self.places, "计划里还没有批准到人的名额 {} 个"))
        return "，".join(words.format(number) for number, words in told if number) or "没有再要派出的"


def is_open(asked: Asked, today: dt.date) -> bool:
    """Whether anything can still change in the year."""
    return asked.period.end >= today


def forecasts(goals: Sequence[Goal], asked: Asked) -> list[Forecast]:
    """One question for all of them. Rules whose numerator nobody is sent for have none."""
    told = [goal for goal in goals if goal.counts_people_sent and goal.is_known]
    if not told:
        return []
    numbers = count(_terms(told, asked), Of.SCHOOL, _plan(asked))
    places = _places(numbers)
    return [_forecast(goal, numbers, places) for goal in told]


def _terms(goals: Iterable[Goal], asked: Asked) -> list[Term]:
    coming = Asked(asked.period, asked.viewpoint, COMING)
    keys = {key for goal in goals for key in (goal.rule.numerator, goal.rule.denominator)}
    return [Term("coming", key, coming) for key in sorted(keys) if _is_sent(key, coming)]


def _is_sent(key: str, asked: Asked) -> bool:
    return countable(key) and model_of(key, asked) is Secondment


def _plan(asked: Asked) -> Iterable[QuerySet[Any]]:
    """The places that each school has to fill, and how many of them are filled."""
    view, year = asked.viewpoint, asked.period.school_years()
    places = view.rows(Allocation, ("sending_school",)).filter(year)
    taken = view.rows(Secondment, ("sending_school",)).filter(
        year, state__in=(*COMING, *SERVING_STATES), programme__direction=Direction.OUT
    )
    yield named(places, "counted|plan|places", "sending_school", Sum("number"))
    yield named(taken, "counted|plan|taken", "sending_school", Count("pk"))


def _places(numbers: Numbers) -> int:
    """Left over in each school: one that sends more than it has to makes up for nobody else."""
    taken = numbers.counted["plan", "taken"]
    return sum(max(0, int(number) - int(taken.get(school, 0))) for school, number in numbers.counted["plan", "places"].items())  # fmt: skip


def _forecast(goal: Goal, numbers: Numbers, places: int) -> Forecast:
    def added(key: str) -> tuple[int | Decimal, int]:
        return sum(numbers.counted["coming", key].values()), places if key in PLANNED else 0

    coming, planned = added(goal.rule.numerator)
    more, wider = added(goal.rule.denominator) if goal.widens else (0, 0)
    part, whole = goal.numerator.value + coming + planned, goal.denominator.value + more + wider
    return Forecast(goal, part, whole, coming, planned)
