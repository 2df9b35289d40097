"""What an import leaves as it is: appraisals that go through the steps, inspections told in a letter, counted answers.

What was only ever imported may be put right by another import.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q

from evaluations.choices import AppraisalState
from evaluations.models import (
    Appraisal,
    AppraisalScore,
    AppraisalVersion,
    Briefing,
    BriefingPoint,
    Feedback,
    Finding,
    HomeVisit,
    Inspection,
    Questionnaire,
    QuestionnaireCount,
    RecordsReview,
    ReviewedItem,
    Survey,
)
from evaluations.results import CLOSED
from zhijiao import guard

_AT_ONCE = 500
_OF_AN_INSPECTION = (Briefing, RecordsReview, Survey, Feedback, BriefingPoint, ReviewedItem, HomeVisit, Finding, QuestionnaireCount)  # fmt: skip


def connect() -> None:
    """Called while Django starts."""
    guard.closed_to_imports(_find)


def _find(rows: Sequence[Any]) -> Mapping[int, str]:
    """id(row) → why an import may not touch it."""
    model = type(rows[0])
    if model in (Appraisal, AppraisalScore):
        return _told(rows, "pk" if model is Appraisal else "appraisal_id", _appraisals)
    if model is Inspection:
        return _told(rows, "pk", _inspections)
    if model in _OF_AN_INSPECTION:
        counted = _counted(rows) if model is QuestionnaireCount else {}
        return {**counted, **_told(rows, "inspection_id", _inspections)}
    return {}


def _told(rows: Sequence[Any], name: str, closed: Callable[[list[int]], Iterable[tuple[int, str]]]) -> dict[int, str]:
    keys = sorted({getattr(row, name) for row in rows} - {None})
    words: dict[int, str] = {}
    for start in range(0, len(keys), _AT_ONCE):
        words.update(closed(keys[start : start + _AT_ONCE]))
    return {id(row): words[getattr(row, name)] for row in rows if getattr(row, name) in words}


def _appraisals(keys: list[int]) -> Iterable[tuple[int, str]]:
    """Those that were begun here; an imported one was final from the beginning and nobody handed it in."""
    handed_in = Exists(AppraisalVersion.objects.filter(appraisal=OuterRef("pk")))
    begun = ~Q(state=AppraisalState.FINAL) | Q(notice__isnull=False) | Q(settled_by__isnull=False) | Q(handed_in)
    for row in Appraisal.objects.filter(begun, pk__in=keys).select_related("secondment__teacher"):
        if row.state == AppraisalState.FINAL:
            yield row.pk, f"{row}已经公示、确定，导入不能改；与工作簿不一致的，以系统里的为准，请删去这一行"
        else:
            yield (
                row.pk,
                f"{row}正在系统里办理（{row.get_state_display()}），导入不能改；请在考核页面办理，或者删去这一行",
            )


def _inspections(keys: list[int]) -> Iterable[tuple[int, str]]:
    """Those of which the school has its letter."""
    for row in Inspection.objects.filter(pk__in=keys, feedback__letter__isnull=False).select_related("school"):
        yield (
            row.pk,
            f"{row.school}{row.when}检查的反馈意见书已经印发，导入不能改它的记录；整改请在检查页面登记，意见书写错了请先收回",
        )


def _counted(rows: Sequence[Any]) -> dict[int, str]:
    """Numbers that came from the questionnaires themselves."""
    closed = Questionnaire.objects.filter(inspection__in={row.inspection_id for row in rows}, state__in=CLOSED)
    known = set(closed.values_list("inspection", "question_set__respondents"))
    words = "这一类问卷是在系统里答的，份数和满意度由系统统计，导入不能改；请删去这一行，登记错的在检查页面替换"
    return {id(row): words for row in rows if (row.inspection_id, row.respondents) in known}
