"""After the end: the texts are read one by one, names and numbers in them blackened, and the results released."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from assignments.access import has_on
from evaluations import results
from evaluations.choices import QuestionnaireState, TextState
from evaluations.models import AnswerText, Questionnaire
from evaluations.telling.questionnaires import tell_of_results
from zhijiao import clock
from zhijiao.accounts import audit
from zhijiao.refusals import Refused

BLACK = "■"
Span = tuple[int, int]


def texts_of(questionnaire: Questionnaire) -> Any:
    """In an order that is the same each time and says nothing: that of the random keys. None, where too few answered."""
    if questionnaire.state not in results.CLOSED or results.valid_of(questionnaire) < results.LEAST:
        return AnswerText.objects.none()
    return AnswerText.objects.filter(questionnaire=questionnaire).select_related("question").order_by("key")


def released_texts(questionnaire: Questionnaire) -> list[AnswerText]:
    """What everybody concerned may read; nothing before the results are released."""
    if questionnaire.state != QuestionnaireState.RELEASED:
        return []
    rows = texts_of(questionnaire).filter(state=TextState.RELEASED).exclude(shown_text="")
    return list(rows.order_by("question__number", "key"))


def blackened(text: str, spans: Iterable[Span] = (), words: Iterable[str] = ()) -> str:
    """Without what stands at these places, and without these words wherever they stand. Not even how long a name was is left."""
    places = [(start, end) for start, end in spans if 0 <= start < end <= len(text)]
    for word in filter(None, words):
        places += [(found.start(), found.end()) for found in re.finditer(re.escape(word), text)]
    shown, at = "", 0
    for start, end in sorted(places):
        if end <= at:
            continue
        if start >= at:
            shown += text[at:start] + (BLACK if end - start == 1 else BLACK * 2)
        at = end
    return shown + text[at:]


def review(
    text: AnswerText, state: str, *, by: Any, spans: Sequence[Span] = (), words: Sequence[str] = ()
) -> AnswerText:
    """Somebody of the bureau has read it: to be shown as it is, with something blackened, or not at all."""
    with transaction.atomic():
        questionnaire = _locked(text.questionnaire_id, by=by)
        row = AnswerText.objects.select_for_update(of=("self",)).get(pk=text.pk)
        if not texts_of(questionnaire).filter(pk=row.pk).exists():
            raise Refused("这份问卷的有效答卷少于 5 份，文字不公开")
        missing = [word for word in words if word and word not in row.text]
        if missing:
            raise Refused(f"没有审核：原文里没有“{missing[0][:20]}”")
        row.state, row.read_by = state, by
        row.shown_text = blackened(row.text, spans, words) if state == TextState.RELEASED else ""
        row.save(update_fields=["state", "shown_text", "read_by"])
        hidden = row.shown_text.count(BLACK) > row.text.count(BLACK)
        after = {"审核": TextState(state).label, **({"涂黑": "有"} if hidden else {})}
        audit.record(by, "审核问卷文字", questionnaire, after=after)
    return row


def why_not_released(questionnaire: Questionnaire) -> str:
    """Why the results cannot be released now; empty: they can."""
    if questionnaire.state == QuestionnaireState.RELEASED:
        return "结果已经发布"
    if hidden := results.why_hidden(questionnaire, results.valid_of(questionnaire)):
        return f"没有发布：{hidden}"
    waiting = texts_of(questionnaire).filter(state=TextState.WAITING).count()
    return f"没有发布：还有 {waiting} 条文字没有审核" if waiting else ""


def release(questionnaire: Questionnaire, *, by: Any) -> Questionnaire:
    """The teacher and the school read the results from now on, with the texts that may be shown."""
    with transaction.atomic():
        row = _locked(questionnaire.pk, by=by)
        if problem := why_not_released(row):
            raise Refused(problem)
        row.state, row.released_on = QuestionnaireState.RELEASED, clock.today()
        row.save(update_fields=["state", "released_on"])
        audit.record(by, "发布问卷结果", row, after={"状态": "结果已发布"})
        tell_of_results(row, by=by)
    return row


def _locked(pk: int, *, by: Any) -> Questionnaire:
    rows = Questionnaire.objects.select_for_update(of=("self",)).select_related(
        "school", "question_set", "secondment__teacher"
    )
    row: Questionnaire = rows.get(pk=pk)
    if not has_on(by, "questionnaire.texts_review", row):
        raise Refused("文字由教育局支教专干审核，结果也由支教专干发布")
    if row.state not in results.CLOSED:
        raise Refused("问卷还没有截止")
    return row
