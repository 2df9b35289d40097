"""Figures of 考核, 荣誉 and 典型事迹."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Max, QuerySet

from evaluations.choices import AppraisalState, Grade
from evaluations.models import Appraisal, Deed, Honour
from reports.figures.asked import Asked
from reports.figures.registry import Number, Reckoned, define


def appraisals(asked: Asked) -> QuerySet[Any]:
    return asked.of_secondments(Appraisal).filter(state=AppraisalState.FINAL)


def _scored(asked: Asked) -> QuerySet[Any]:
    return appraisals(asked).exclude(score=None)


def _mean(parts: list[list[tuple[Any, Any]]]) -> Number:
    scores = [Decimal(score) for _, score in parts[0]]
    return (sum(scores, Decimal(0)) / len(scores)).quantize(Decimal("0.1")) if scores else 0


define("appraisals", "考核", "人次", "时段内对支教教师的考核。", rows=appraisals, by={"grade": "grade", "kind": "kind"})
define("appraised", "考核教师", "名", "时段内接受考核的支教教师。", rows=appraisals, distinct="secondment__teacher")
define(
    "graded",
    "评定等次",
    "人次",
    "评定了等次的考核。",
    rows=lambda asked: appraisals(asked).exclude(grade=""),
    by={"grade": "grade", "kind": "kind"},
)
define(
    "excellent", "优秀", "人", "考核等次为优秀的。", rows=lambda asked: appraisals(asked).filter(grade=Grade.EXCELLENT)
)
define("excellent_ratio", "优秀率", "%", "考核等次为优秀的占评定等次的比例。", ratio=("excellent", "graded"))
define("honours", "荣誉", "项", "时段内获得的荣誉。", rows=lambda asked: asked.events(Honour), by={"level": "level"})
define("deeds", "典型事迹", "个", "时段内的典型事迹。", rows=lambda asked: asked.events(Deed))
define(
    "mean_score", "考核平均得分", "分", "登记了得分的考核的平均得分，保留一位小数。", rows=_scored,
    given=Reckoned(lambda asked: [(_scored(asked), "pk", Max("score"))], _mean),
)  # fmt: skip
