"""Figures of 督导检查: the four parts, and what came of them."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum

from evaluations.choices import FindingKind
from evaluations.models import (
    Briefing,
    Feedback,
    Finding,
    HomeVisit,
    Inspection,
    QuestionnaireCount,
    RecordsReview,
    ReviewedItem,
    Survey,
)
from reports.figures.asked import Asked
from reports.figures.registry import Number, Reckoned, define
from reports.figures.selection import placements


def inspections(asked: Asked) -> QuerySet[Any]:
    rows: Any = asked.events(Inspection)
    return rows.carried_out()


def part(model: Any) -> Any:
    return lambda asked: asked.viewpoint.seen(model).filter(inspection__in=inspections(asked).values("pk"))


def _entered_or_one_by_one(parts: list[list[tuple[Any, Any]]]) -> Number:
    """The number that was entered for an inspection, or its visit records where none was."""
    entered, one_by_one = map(dict, parts)
    return sum({**one_by_one, **entered}.values())


_home_visits = Reckoned(
    lambda asked: [
        (part(Survey)(asked).exclude(home_visits=None), "inspection", Max("home_visits")),
        (part(HomeVisit)(asked), "inspection", Count("pk")),
    ],
    _entered_or_one_by_one,
)


def inspected_teachers(asked: Asked) -> QuerySet[Any]:
    """Those who served at a school when it was inspected; in a calendar year not all of them did."""
    then = Q(end__gte=OuterRef("start"), start__lte=OuterRef("end")) | Q(start=None)
    there = inspections(asked).filter(then, school__placements__secondment=OuterRef("pk"))
    return asked.secondments().filter(Exists(there))


def _answered(field: str) -> Any:
    return lambda asked: part(QuestionnaireCount)(asked).exclude(**{field: None})


def _said(asked: Asked) -> Any:
    """Where it is known who was satisfied, of enough answers to be told."""
    return part(QuestionnaireCount)(asked).tellable().exclude(satisfied=None)


_content = Reckoned(
    lambda asked: [
        (_said(asked), "inspection", Sum("satisfied")),
        (_said(asked).exclude(fairly_satisfied=None), "inspection", Sum("fairly_satisfied")),
    ],
    lambda parts: sum(number for part in parts for _, number in part),
)


define(
    "inspections",
    "督导检查",
    "次",
    "时段内开展的督导检查。",
    rows=inspections,
    by={"at": "school__name", "conclusion": "conclusion"},
)
define("inspected_schools", "受检学校", "所", "接受督导检查的学校。", rows=inspections, distinct="school")
define(
    "receiving_inspected", "受援学校中已检查的", "所", "有支教教师任教、时段内接受过督导检查的学校。",
    rows=lambda asked: placements(asked).filter(receiving_school__in=inspections(asked).values("school")), distinct="receiving_school",
)  # fmt: skip
define("inspected_teachers", "受检教师", "名", "受检学校受检时的支教教师。", rows=inspected_teachers)
define("briefings", "汇报座谈", "次", "督导检查中的汇报座谈。", rows=part(Briefing))
define("records_reviews", "资料检查", "次", "督导检查中的资料检查。", rows=part(RecordsReview))
define("surveys", "问卷走访", "次", "督导检查中的问卷走访。", rows=part(Survey))
define("feedbacks", "反馈", "次", "督导检查后的反馈。", rows=part(Feedback))
define(
    "feedback_points",
    "反馈意见",
    "条",
    "反馈时提出的意见。",
    rows=lambda asked: part(Feedback)(asked).exclude(points=None),
    total="points",
    only={"inspection": "inspection"},
)
define(
    "reviewed",
    "查阅资料",
    "份",
    "资料检查中查阅的资料。",
    rows=part(ReviewedItem),
    total="number",
    by={"category": "category"},
    only={"inspection": "inspection"},
)
define(
    "questionnaires_issued",
    "发放问卷",
    "份",
    "督导检查中发放的问卷。",
    rows=part(QuestionnaireCount),
    total="issued",
    by={"respondents": "respondents"},
    only={"inspection": "inspection"},
)
define(
    "questionnaires_returned",
    "收回问卷",
    "份",
    "督导检查中收回的问卷。",
    rows=_answered("returned"),
    total="returned",
    by={"respondents": "respondents"},
    only={"inspection": "inspection"},
)
define(
    "questionnaires_valid",
    "有效问卷",
    "份",
    "收回的问卷中有效的。",
    rows=_answered("valid"),
    total="valid",
    by={"respondents": "respondents"},
    only={"inspection": "inspection"},
)
define(
    "valid_ratio",
    "问卷有效率",
    "%",
    "有效问卷占发放问卷的比例。",
    ratio=("questionnaires_valid", "questionnaires_issued"),
)
define(
    "satisfied",
    "满意问卷",
    "份",
    "有效问卷中满意的；一类对象有效不到 5 份的不计。",
    rows=_said,
    total="satisfied",
    by={"respondents": "respondents"},
)
define(
    "fairly_satisfied",
    "基本满意问卷",
    "份",
    "有效问卷中基本满意的；一类对象有效不到 5 份的不计。",
    rows=_said,
    total="fairly_satisfied",
    by={"respondents": "respondents"},
)
define(
    "satisfaction_asked",
    "问到满意度的有效问卷",
    "份",
    "登记了满意情况的有效问卷；一类对象有效不到 5 份的不计。",
    rows=_said,
    total="valid",
    by={"respondents": "respondents"},
)
define(
    "content", "满意和基本满意的问卷", "份", "有效问卷中满意和基本满意的；一类对象有效不到 5 份的不计。", rows=_said,
    given=_content, total="satisfied",
)  # fmt: skip
define("satisfaction", "满意率", "%", "满意和基本满意的占有效问卷的比例。", ratio=("content", "satisfaction_asked"))
define(
    "home_visits",
    "走访家庭",
    "户",
    "督导检查中走访的学生家庭。",
    rows=lambda asked: part(Survey)(asked).exclude(home_visits=None),
    given=_home_visits,
    total="home_visits",
    only={"inspection": "inspection"},
)
define("findings", "反馈事项", "条", "逐条登记的反馈意见。", rows=part(Finding), by={"kind": "kind"})
define(
    "problems_found",
    "发现问题",
    "个",
    "反馈意见中的问题。",
    rows=lambda asked: part(Finding)(asked).filter(kind=FindingKind.PROBLEM),
)
define(
    "problems_rectified",
    "已整改问题",
    "个",
    "写明整改情况或已销号的问题。",
    rows=lambda asked: (
        part(Finding)(asked).filter(kind=FindingKind.PROBLEM).exclude(done="", done_on=None, is_closed=False)
    ),
)
define(
    "rectified_ratio", "整改率", "%", "已整改的问题占发现问题的比例。", ratio=("problems_rectified", "problems_found")
)
define(
    "leaders_heard",
    "座谈学校领导",
    "人",
    "督导检查中座谈的学校领导人数。",
    rows=lambda asked: part(Briefing)(asked).exclude(leaders_heard=None),
    total="leaders_heard",
)
define(
    "teachers_heard",
    "座谈教师",
    "人",
    "督导检查中座谈的教师人数。",
    rows=lambda asked: part(Briefing)(asked).exclude(teachers_heard=None),
    total="teachers_heard",
)
define(
    "seconded_heard",
    "座谈支教教师",
    "人",
    "督导检查中座谈的支教教师人数。",
    rows=lambda asked: part(Briefing)(asked).exclude(seconded_heard=None),
    total="seconded_heard",
)
define(
    "private_interviews",
    "个别谈话",
    "人",
    "督导检查中个别谈话的人数。",
    rows=lambda asked: part(Briefing)(asked).exclude(private_interviews=None),
    total="private_interviews",
)
define(
    "records_missing",
    "缺少的资料",
    "份",
    "资料检查中缺少的资料。",
    rows=lambda asked: part(ReviewedItem)(asked).filter(missing__gt=0),
    total="missing",
    by={"category": "category"},
)
define(
    "homes_told",
    "逐户登记的走访",
    "户",
    "督导检查中逐户登记的走访。",
    rows=part(HomeVisit),
    only={"inspection": "inspection"},
)
define(
    "problems_open",
    "正在整改的问题",
    "个",
    "没有写明整改情况、也没有销号的问题。",
    rows=lambda asked: part(Finding)(asked).filter(kind=FindingKind.PROBLEM, done="", done_on=None, is_closed=False),
)
