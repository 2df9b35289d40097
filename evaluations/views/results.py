"""/questionnaires/…/results/ and …/texts/: what a closed questionnaire says, the texts read before others do, and the release."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_POST

from assignments.access import has_on, may, within
from assignments.models import Secondment
from assignments.models.scope import Access
from assignments.views.reading import Reading, adds_to
from evaluations import results
from evaluations.choices import QuestionnaireState, TextState
from evaluations.models import AnswerText, Questionnaire
from evaluations.questionnaires import closing, releasing
from evaluations.questionnaires.personal import Found, find_personal
from zhijiao.access import needs
from zhijiao.detail import Col, Note, Section
from zhijiao.entry import act_once
from zhijiao.refusals import Refused, tells_refusals

READ = "questionnaire.result_aggregate"
REVIEW = "questionnaire.texts_review"
_RELATED = ("question_set", "school", "school_year", "secondment__teacher", "inspection")


def _one(request: HttpRequest, pk: int, action: str) -> Questionnaire:
    allowed = within(Questionnaire.objects.all(), request.user, action).values("pk")
    rows = Questionnaire.objects.visible_to(request.user).filter(pk__in=allowed).select_related(*_RELATED)
    return closing.close_if_due(get_object_or_404(rows, pk=pk))


def _is_teacher_alone(user: Any) -> bool:
    access = Access.of(user)
    return not (access.everything or access.districts or access.schools)


# --- results -----------------------------------------------------------------------------------------------------------


@require_GET
@needs(READ)
def questionnaire_results(request: HttpRequest, pk: int) -> HttpResponse:
    """For the bureau and the school from the end on; for the teacher it is about from the release on."""
    row = _one(request, pk, READ)
    is_teacher = _is_teacher_alone(request.user)
    valid = results.valid_of(row)
    why = results.why_hidden(row, valid)
    if not why and is_teacher and row.state != QuestionnaireState.RELEASED:
        why = "教育局审核以后发布，发布了会告诉您"
    found = [] if why else results.results_of(row)
    context = {
        "row": row, "valid": valid, "why": why, "results": found, "rate": results.rate_of(found, valid), "is_teacher": is_teacher,
        "no_classes": "" if why else results.why_no_classes(list(row.classes.order_by("pk"))),
        "texts": _texts_by_question(request.user, row), **_duties(request.user, row, why),
        "may_open_desk": may(request.user, "questionnaire.progress_count"),
        "least": results.LEAST,
    }  # fmt: skip
    return render(request, "evaluations/questionnaire_results.html", context)


def _texts_by_question(user: Any, row: Questionnaire) -> list[tuple[Any, list[AnswerText]]]:
    if not has_on(user, "questionnaire.texts_released", row):
        return []
    asked: dict[Any, list[AnswerText]] = {}
    for text in releasing.released_texts(row):
        asked.setdefault(text.question, []).append(text)
    return list(asked.items())


def _duties(user: Any, row: Questionnaire, why: str) -> dict[str, Any]:
    """What the bureau still has to do before the others read it."""
    if why or not has_on(user, REVIEW, row):
        return {"may_review": False}
    texts = releasing.texts_of(row)
    return {
        "may_review": True,
        "text_number": texts.count(),
        "waiting": texts.filter(state=TextState.WAITING).count(),
        "is_released": row.state == QuestionnaireState.RELEASED,
    }


@require_POST
@needs(REVIEW)
@tells_refusals
def questionnaire_release(request: HttpRequest, pk: int) -> HttpResponse:
    row = _one(request, pk, REVIEW)
    return act_once(
        request,
        lambda: releasing.release(row, by=request.user),
        told="结果发布了，支教教师和学校收到了通知。",
        to=reverse("evaluations:questionnaire_results", args=[pk]),
    )


# --- texts -------------------------------------------------------------------------------------------------------------


@require_GET
@needs(REVIEW)
@tells_refusals
def questionnaire_texts(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them at a time: the one asked for, else the first that nobody read yet; all of them once each was read."""
    row = _one(request, pk, REVIEW)
    if row.state not in results.CLOSED:
        raise Refused("截止以前谁也看不到文字意见")
    texts = list(releasing.texts_of(row))
    wanted = request.GET.get("text", "")
    at = next((n for n, text in enumerate(texts) if text.pk == wanted), None)
    if at is None:
        at = next((n for n, text in enumerate(texts) if text.state == TextState.WAITING), None)
    context = {
        "row": row, "texts": texts, "waiting": sum(text.state == TextState.WAITING for text in texts), "number": len(texts),
        "valid": results.valid_of(row), "least": results.LEAST,
    }  # fmt: skip
    if at is not None:
        text = texts[at]
        context |= {
            "text": text, "place": at + 1, "pieces": pieces_of(text.text), "marks": marks_of(text.text),
            "before": texts[at - 1] if at else None, "after": texts[at + 1] if at + 1 < len(texts) else None,
        }  # fmt: skip
    return render(request, "evaluations/questionnaire_texts.html", context)


def marks_of(text: str) -> list[tuple[Found, str]]:
    return [(found, text[found.start : found.end]) for found in find_personal(text)]


def pieces_of(text: str) -> list[tuple[str, str]]:
    """The text in pieces, each with what it looks like, or nothing."""
    pieces, at = [], 0
    for found, words in marks_of(text):
        pieces += [("", text[at : found.start]), (found.kind, words)]
        at = found.end
    return [(kind, words) for kind, words in (*pieces, ("", text[at:])) if words]


@require_POST
@needs(REVIEW)
@tells_refusals
def questionnaire_text(request: HttpRequest, key: str) -> HttpResponse:
    """One text was read: shown, with something blackened, or withheld."""
    mine = within(Questionnaire.objects.all(), request.user, REVIEW).values("pk")
    text = get_object_or_404(AnswerText.objects.visible_to(request.user), pk=key, questionnaire__in=mine)
    state = request.POST.get("verdict", "")
    if state not in (TextState.RELEASED, TextState.WITHHELD):
        raise Refused("没有审核：请选“可以看”或“不公开”")
    spans = [
        (int(start), int(end))
        for start, end in (part.split("-") for part in request.POST.getlist("span") if re.fullmatch(r"\d+-\d+", part))
    ]
    words = [word for word in re.split(r"[\s、，,；;]+", request.POST.get("words", "")) if word]
    return act_once(
        request,
        lambda: releasing.review(text, state, by=request.user, spans=spans, words=words),
        to=reverse("evaluations:questionnaire_texts", args=[text.questionnaire_id]),
    )


# --- on the pages of others --------------------------------------------------------------------------------------------


@adds_to(Questionnaire)
def results_of_questionnaire(reading: Reading, questionnaire: Questionnaire) -> Iterator[Section]:
    """Once it is closed, for whom the access table lets."""
    if questionnaire.state not in results.CLOSED or not has_on(reading.user, READ, questionnaire):
        return
    valid = results.valid_of(questionnaire)
    if why := results.why_hidden(questionnaire, valid):
        yield Section("results", "结果", [Note(f"{why}。")])
        return
    found = results.results_of(questionnaire)
    rate = results.rate_of(found, valid)
    told = f"有效 {valid} 份" + (f"，满意率 {rate}%" if rate is not None else "")
    table = reading.tell.table(
        found,
        Col(lambda row: f"{row.question.number}. {row.question.text}", "题目"),
        Col(lambda row: row.told(), "各选项份数"),
        Col(lambda row: "" if row.mean is None else str(row.mean), "平均分", css="r nw"),
        foot="满意率 =（满意 + 基本满意）÷ 有效份数" if rate is not None else "",
    )
    texts = AnswerText.objects.filter(questionnaire=questionnaire).count()
    words = Note(f"另有文字意见 {texts} 条，没有审核的不公开。") if texts else Note("")
    yield Section("results", "结果", [table, words], told)


@adds_to(Secondment)
def questionnaires_of_secondment(reading: Reading, secondment: Secondment) -> Iterator[Section]:
    """What pupils, parents and colleagues said of the teacher; to the teacher what was released."""
    if not may(reading.user, READ):
        return
    allowed = within(Questionnaire.objects.all(), reading.user, READ).values("pk")
    states = [QuestionnaireState.RELEASED] if _is_teacher_alone(reading.user) else results.CLOSED
    rows = Questionnaire.objects.visible_to(reading.user).filter(
        secondment=secondment, pk__in=allowed, state__in=states
    )
    known = {row.pk: row for row in rows.select_related("question_set", "school").order_by("closes_at", "pk")}
    if not known:
        return
    numbers = {one.questionnaire: one for one in results.summaries(list(known))}
    table = reading.tell.table(
        list(known.values()),
        Col(_link, "问卷"),
        Col("school"),
        Col("closed_on", "截止", css="nw"),
        Col(lambda row: numbers[row.pk].valid, "有效", css="r"),
        Col(lambda row: _rate_told(numbers[row.pk]), "满意率", css="r nw"),
        Col("state", "", css="nw"),
    )
    yield Section("questionnaires", "问卷", [table])


def _link(row: Questionnaire) -> str:
    return format_html(
        '<a href="{}">{}</a>', reverse("evaluations:questionnaire_results", args=[row.pk]), str(row.question_set)
    )


def _rate_told(one: results.Summary) -> str:
    if one.valid < results.LEAST:
        return f"少于 {results.LEAST} 份"
    return f"{one.rate}%" if one.rate is not None else ""
