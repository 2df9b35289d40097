"""Who waits for what in this app: its lines among the tasks at home."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from assignments import waiting
from assignments.access import within
from assignments.models import Secondment
from assignments.waiting import Desk, lines
from evaluations import work
from evaluations.choices import InspectionState, QuestionnaireState, RoundState
from evaluations.models import Inspection, Questionnaire, QuestionnaireClass
from evaluations.suppression import LEAST

TASKS = (
    waiting.Kind(
        "work_to_confirm", "确认{name}的工作记录，{detail} 条", "确认 {number} 人的工作记录",
        page="evaluations:work_book", listed="evaluations:work_list", verb="去确认",
    ),
    waiting.Kind(
        "own_work_returned", "改好退回的工作记录，{detail} 条", "改好退回的工作记录", page="evaluations:work_book", verb="去修改",
        remark=lambda line: "受援学校写了要改什么",
    ),
    waiting.Kind(
        "inspection_to_come", "到{name}督导检查", "到 {number} 所学校督导检查",
        page="evaluations:inspection_detail", listed="evaluations:inspection_list", verb="看安排",
    ),
    waiting.Kind(
        "inspection_at_ours", "准备督导检查：{name}", "准备 {number} 次督导检查",
        page="evaluations:inspection_detail", listed="evaluations:inspection_list", verb="看安排",
    ),
    waiting.Kind(
        "questionnaire_to_release", "审核文字，发布{name}的问卷结果", "发布 {number} 份问卷的结果",
        page="evaluations:questionnaire_results", listed="evaluations:questionnaire_list", verb="去发布",
    ),
)  # fmt: skip


def _number(condition: Any) -> Any:
    """How many pieces of work of a secondment are so, of all kinds together."""
    found: Any = Value(0)
    for model in work.KINDS.values():
        rows = model._default_manager.filter(condition, secondment=OuterRef("pk")).order_by().values("secondment")
        number = Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
        found = found + Coalesce(number, 0)
    return found


def _any(condition: Any) -> Any:
    found: Any = None
    for model in work.KINDS.values():
        one = Exists(model._default_manager.filter(condition, secondment=OuterRef("pk")))
        found = one if found is None else found | one
    return found


def records(desk: Desk) -> Iterator[QuerySet[Any]]:
    """What the receiving school is to confirm, what the teacher is to mend, as long as the secondment goes on."""
    working = desk.seen(Secondment).filter(state__in=work.WORKING)
    if desk.is_school and desk.may("worklog.confirm"):
        mine = within(Secondment.objects.all(), desk.user, "worklog.confirm").values("pk")
        rows = working.filter(_any(work.WAITING), pk__in=mine)
        yield lines(
            rows, "work_to_confirm", name="teacher__name", place="sending_school__name",
            detail=_number(work.WAITING),
        )  # fmt: skip
    if desk.is_teacher:
        rows = working.filter(_any(work.RETURNED), teacher__in=desk.access.teachers)
        yield lines(rows, "own_work_returned", name="teacher__name", detail=_number(work.RETURNED))


def questionnaires(desk: Desk) -> Iterator[QuerySet[Any]]:
    """What is closed, with answers enough to be told, and not released yet."""
    if desk.is_bureau and desk.may("questionnaire.texts_review"):
        valid = QuestionnaireClass.objects.filter(questionnaire=OuterRef("pk")).order_by().values("questionnaire")
        rows = desk.of_bureau(Questionnaire).filter(state=QuestionnaireState.CLOSED)
        rows = rows.annotate(answers=Subquery(valid.annotate(n=Sum("valid")).values("n"))).filter(answers__gte=LEAST)
        yield lines(
            rows, "questionnaire_to_release", name="school__name", place="question_set__title", since=F("closed_on")
        )


def inspections(desk: Desk) -> Iterator[QuerySet[Any]]:
    """What is announced and still to come, for those who go and for the schools they come to."""
    coming = {"state": InspectionState.PLANNED, "round__state": RoundState.ANNOUNCED}
    if desk.access.inspected.teams:
        rows = desk.seen(Inspection).filter(team__in=desk.access.inspected.teams, **coming)
        yield lines(rows, "inspection_to_come", name="school__name", place="round__name", due=F("start"))
    if desk.is_school and desk.may("inspection.view"):
        rows = desk.seen(Inspection).filter(school__in=desk.access.schools, **coming)
        yield lines(rows, "inspection_at_ours", name="round__name", place="team__name", due=F("start"))


def connect() -> None:
    """Makes the tasks known. Called while Django starts."""
    waiting.register(questionnaires)
    waiting.register(records, *TASKS)
    waiting.register(inspections)
