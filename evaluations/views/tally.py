"""/questionnaires/…/paper/ and …/tally/: a questionnaire on paper, printed and afterwards typed in class by class."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assignments.access import within
from evaluations.choices import AnswerWay, QuestionnaireState
from evaluations.forms.tally import TallyForm
from evaluations.models import Questionnaire, QuestionnaireClass
from evaluations.questionnaires import closing, tally
from evaluations.questionnaires.answering import paper_of
from evaluations.questionnaires.paper import paper_for, printed
from evaluations.questionnaires.slips import NotPrinted
from zhijiao.access import needs
from zhijiao.entry import act_once, once
from zhijiao.refusals import Refused, tells_refusals

MANAGE = "questionnaire.issue_codes"


def _mine(request: HttpRequest) -> Any:
    allowed = within(Questionnaire.objects.all(), request.user, MANAGE).values("pk")
    rows = Questionnaire.objects.visible_to(request.user).filter(pk__in=allowed)
    return rows.select_related("question_set", "school", "secondment__teacher")


@require_GET
@needs(MANAGE)
@tells_refusals
def questionnaire_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """A page for each class that answers on paper, to be copied."""
    row: Questionnaire = get_object_or_404(_mine(request), pk=pk)
    classes = list(row.classes.filter(way=AnswerWay.PAPER).order_by("pk").values_list("name", "enrolled"))
    if not classes:
        raise Refused("没有用纸质答的班级")
    try:
        pdf = printed(paper_for(row, classes))
    except NotPrinted as why:
        raise Refused(str(why)) from why
    name = content_disposition_header(True, f"{row.school}{row.question_set.title}.pdf") or "attachment"
    return HttpResponse(pdf, content_type="application/pdf", headers={"Content-Disposition": name})


def _class(request: HttpRequest, pk: int) -> QuestionnaireClass:
    rows = QuestionnaireClass.objects.visible_to(request.user).filter(questionnaire__in=_mine(request))
    row: QuestionnaireClass = get_object_or_404(
        rows.select_related("questionnaire__question_set", "questionnaire__school"), pk=pk
    )
    row.questionnaire = closing.close_if_due(row.questionnaire)
    return row


@require_http_methods(["GET", "POST"])
@needs(MANAGE)
@tells_refusals
def class_tally(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheets of one class: typed with one key an answer, or written as counts into the table; sent once."""
    row = _class(request, pk)
    box = tally.box_of(row)
    if box is None or row.questionnaire.state != QuestionnaireState.OPEN:
        raise Refused("问卷已经截止，不能再录入")
    if row.way != AnswerWay.PAPER:
        raise Refused(f"{row.name}不是纸质问卷，用码答的不能录")
    paper = paper_of(row.questionnaire.question_set_id)
    form = TallyForm(request.POST if request.method == "POST" else None, row=row, paper=paper, box=box)
    if request.method == "POST":
        with once(request) as turn:
            if turn.is_repeat:
                return turn.again()
            if form.is_valid():
                sent, seen = form.tally(), request.POST.get("seen", "")
                tally.put_tally(row, sent, by=request.user, seen=seen)
                messages.success(request, f"{row.name}录好了：收回 {sent.returned} 份，有效 {sent.valid} 份。")
                return turn.answered(reverse("evaluations:questionnaire_detail", args=[row.questionnaire_id]))
    context = {
        "row": row, "questionnaire": row.questionnaire, "form": form, "box": box,
        "seen": request.POST.get("seen") or tally.seen_of(box),
        "is_again": box.returned > 0,
    }  # fmt: skip
    return render(request, "evaluations/tally.html", context)


@require_POST
@needs(MANAGE)
@tells_refusals
def class_tally_clear(request: HttpRequest, pk: int) -> HttpResponse:
    row = _class(request, pk)
    return act_once(
        request,
        lambda: tally.clear(row, by=request.user),
        told=f"{row.name}清空了，可以重新录。",
        to=reverse("evaluations:class_tally", args=[row.pk]),
    )
