"""/questionnaires/sets/: the bank of questions. The ready-made are read and copied, the county's own are written."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assignments.access import may
from assignments.models import District
from assignments.models.scope import Access
from assignments.views.badges import badge
from evaluations.forms.questionnaires import QuestionFormSet, SetForm
from evaluations.models import QuestionSet
from evaluations.questionnaires import bank
from zhijiao.access import needs
from zhijiao.entry import act_once, changed_meanwhile, fingerprint, once
from zhijiao.refusals import Refused, tells_refusals

READ_BY = ("question_set.view",)
SEEN = ("title", "version", "is_frozen", "is_retired")


def counties_of(user: Any) -> list[District]:
    """The counties whose questions this person may write."""
    access = Access.of(user)
    rows = District.objects.counties().order_by("code")
    return list(rows if access.everything else rows.filter(pk__in=access.districts))


def state_of(row: QuestionSet) -> Any:
    if row.is_retired:
        return badge("done", "archive", "已停用")
    if row.county_id is None:
        return badge("run", "bookmark", "现成的")
    return badge("done", "lock-fill", "已使用") if row.is_frozen else badge("draft", "pencil", "可以改")


def _rows(request: HttpRequest) -> Any:
    return QuestionSet.objects.visible_to(request.user)


@require_GET
@needs(*READ_BY)
def question_set_list(request: HttpRequest) -> HttpResponse:
    rows = list(
        _rows(request)
        .prefetch_related("questions")
        .order_by("is_retired", "respondents", "county", "title", "-version")
    )
    shown = [(row, len(row.questions.all()), state_of(row)) for row in rows]
    return render(request, "evaluations/question_set_list.html", {"rows": shown})


@require_GET
@needs(*READ_BY)
def question_set_detail(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(_rows(request), pk=pk)
    is_writer = may(request.user, "questionnaire.define")
    context = {
        "set": row,
        "badge": state_of(row),
        "content": bank.content_of(row),
        "may_write": not bank.why_not_defined(request.user, row.county_id) and not row.is_retired,
        "counties": counties_of(request.user) if is_writer else [],
    }
    return render(request, "evaluations/question_set_detail.html", context)


@require_POST
@needs("questionnaire.define")
@tells_refusals
def question_set_copy(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(_rows(request), pk=pk)
    counties = counties_of(request.user)
    asked = request.POST.get("county", "")
    county = next((one for one in counties if str(one.pk) == asked), counties[0] if len(counties) == 1 else None)
    if county is None:
        raise Refused("请选复制到哪个县")
    return act_once(
        request,
        lambda: bank.copy(row, county=county, by=request.user),
        told="复制好了，改好以后就能用。",
        to=lambda made: reverse("evaluations:question_set_edit", args=[made.pk]),
    )


@require_http_methods(["GET", "POST"])
@needs("questionnaire.define")
@tells_refusals
def question_set_edit(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(_rows(request), pk=pk)
    if why_not := bank.why_not_defined(request.user, row.county_id):
        raise Refused(why_not)
    sent = request.POST if request.method == "POST" else None
    content = bank.content_of(row)
    form = SetForm(sent, initial=content.fields())
    questions = QuestionFormSet(sent, initial=[one.__dict__ for one in content.questions], prefix="q")
    if sent is not None and form.is_valid() and questions.is_valid():
        try:
            return _rewritten(request, row, form, questions)
        except Refused as refused:
            form.add_error(None, str(refused))
    context = {"set": row, "form": form, "questions": questions, "seen": fingerprint(row, SEEN)}
    return render(request, "evaluations/question_set_edit.html", context)


def _rewritten(request: HttpRequest, row: QuestionSet, form: SetForm, questions: Any) -> HttpResponse:
    with once(request) as turn:
        if turn.is_repeat:
            return turn.again()
        if changed_meanwhile(row, SEEN, request.POST.get("seen", "")):
            raise Refused("您打开以后，这套题有人改过或用过了；请另开一页看看现在的样子，再决定交不交")
        kept = bank.rewrite(row, form.content(questions), by=request.user)
        words = "保存好了。" if kept.pk == row.pk else f"这套题用过，原来的不动，改动存成了{kept}。"
        messages.success(request, words)
        return turn.answered(reverse("evaluations:question_set_detail", args=[kept.pk]))


@require_POST
@needs("questionnaire.define")
@tells_refusals
def question_set_retire(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(_rows(request), pk=pk)
    return act_once(
        request,
        lambda: bank.retire(row, by=request.user),
        told=f"停用了“{row}”，以前的结果都还在。",
        to=reverse("evaluations:question_set_list"),
    )
