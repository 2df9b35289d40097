"""/inspections/<id>/feedback/: the letter to the school, from its preview to the answer."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assignments.access import may, within
from assignments.views.reading import Reading
from evaluations import feedback, letters
from evaluations.choices import PUBLISHED_STATES, FindingKind, InspectionState
from evaluations.forms.feedback import AnswerForm, IssueForm, WithdrawForm
from evaluations.letters import Letter
from evaluations.models import Feedback, Finding, Inspection
from evaluations.views.contributions import inspection_badge, points_told
from evaluations.views.rectification import finding_badge
from zhijiao import clock
from zhijiao.access import needs
from zhijiao.accounts.history import history_of
from zhijiao.detail import Col, Note, Page, Section
from zhijiao.entry import act_once
from zhijiao.refusals import WordsNeeded, tells_refusals


def _inspection(request: HttpRequest, pk: int) -> Inspection:
    rows = feedback.with_findings(feedback.inspections_for(request.user), request.user)
    found: Inspection = get_object_or_404(rows, pk=pk)
    return found


def _sheet(request: HttpRequest, inspection: Inspection) -> Feedback | None:
    rows = Feedback.objects.visible_to(request.user).select_related("answered_by")
    found: Feedback | None = rows.filter(inspection=inspection).first()
    return found


def _page_of(inspection: Inspection) -> str:
    return reverse("evaluations:inspection_feedback", args=[inspection.pk])


@require_GET
@needs("feedback.view")
def inspection_feedback(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter, its points, and what this person may do about it."""
    return _feedback_page(request, _inspection(request, pk))


def _feedback_page(request: HttpRequest, inspection: Any, **forms: Any) -> HttpResponse:
    user, sheet = request.user, _sheet(request, inspection)
    letter = letters.letter_of(inspection, sheet, inspection.points_made)
    may_issue = feedback.may_issue(user, inspection)
    is_open = bool(sheet and sheet.letter and feedback.may_reply(user, inspection))
    context = {
        "inspection": inspection, "sheet": sheet, "letter": letter, "badge": inspection_badge(inspection),
        "page": _sections(Reading(request), inspection, sheet, letter),
        "is_published": inspection.state in PUBLISHED_STATES,
        "may_issue": may_issue and inspection.state not in PUBLISHED_STATES,
        "why_not": feedback.why_not_issued(inspection) if may_issue else "",
        "may_have_letter": letter is not None and has_letter(user, inspection),
        "may_acknowledge": is_open and not feedback.is_acknowledged(sheet),
        "answer": AnswerForm() if is_open and sheet and not sheet.answered_on else None,
        "withdraw": WithdrawForm() if may_issue and not feedback.why_not_withdrawn(inspection, sheet) else None,
        "is_late": bool(sheet and sheet.letter and not feedback.is_acknowledged(sheet) and sheet.answer_due_on and sheet.answer_due_on < clock.today()),
        "steps": history_of(inspection), **forms,
    }  # fmt: skip
    return render(request, "evaluations/feedback.html", context)


def has_letter(user: Any, inspection: Inspection) -> bool:
    """Who may have the letter as a file: it holds what was said of every teacher there."""
    return (
        may(user, "feedback.view")
        and within(Inspection.objects.filter(pk=inspection.pk), user, "feedback.view").exists()
    )


def _sections(reading: Reading, inspection: Any, sheet: Feedback | None, letter: Letter | None) -> Page:
    tell = reading.tell
    facts = tell.facts(
        sheet, Col("document", "文号"), Col("day", "反馈日期"), Col("answer_due_on"), Col("acknowledged_on"), Col("answered_on"),
        Col("answered_by", link=False),
    )  # fmt: skip
    said = Note(sheet.answer) if sheet and sheet.answer else None
    blocks = [_points(reading, inspection.points_made, kind) for kind in FindingKind]
    told = points_told(inspection.points_made)
    waits = [] if told or letter else [Note(_nothing(inspection))]
    return Page(
        [
            Section("letter", "反馈意见书", [facts, *waits]),
            Section("answer", "学校回复", [said] if said else []),
            Section("points", "反馈意见", blocks, told),
        ]
    )


def _nothing(inspection: Inspection) -> str:
    if inspection.state == InspectionState.FEEDBACK:
        return "检查已经完成，反馈意见书还没有印发。"
    if inspection.state in PUBLISHED_STATES:
        return "没有逐条登记反馈意见。"
    return "检查完成以后，反馈意见书在这里印发。"


def _points(reading: Reading, findings: list[Finding], kind: FindingKind) -> Any:
    rows = [row for row in findings if row.kind == kind]
    if kind != FindingKind.PROBLEM:
        return reading.tell.table(rows, "text", "teacher", caption=f"{kind.label} {len(rows)} 条")
    return reading.tell.table(
        rows,
        Col(lambda row: reading.tell.link(row, row.text), "问题"), "teacher", Col("due_on", css="nw"), "done",
        Col("done_on", css="nw"), Col(finding_badge, "状态", css="nw"),
        caption=f"{kind.label} {len(rows)} 条",
    )  # fmt: skip


# --- issuing -----------------------------------------------------------------------------------------------------------


def _require_issue(request: HttpRequest, inspection: Inspection) -> None:
    if not feedback.may_issue(request.user, inspection):
        raise PermissionDenied("反馈意见书由教育局支教专干印发")


@require_http_methods(["GET", "POST"])
@needs("feedback.issue")
@tells_refusals
def feedback_issue(request: HttpRequest, pk: int) -> HttpResponse:
    """The days, and below them the letter as it will go out; nothing has left before it is issued."""
    inspection: Any = _inspection(request, pk)
    _require_issue(request, inspection)
    if why_not := feedback.why_not_issued(inspection):
        raise feedback.Refused(why_not)
    problems = [row for row in inspection.points_made if row.kind == FindingKind.PROBLEM]
    usual = feedback.offered(inspection, clock.today())
    asked = request.POST if request.method == "POST" else request.GET if "given_on" in request.GET else None
    form = IssueForm(asked, problems=problems, terms=usual)
    is_fine = form.is_valid()
    if request.method == "POST" and is_fine:
        terms = form.terms()
        return act_once(
            request,
            lambda: feedback.issue(
                inspection,
                by=request.user,
                given_on=terms.given_on,
                answer_due_on=terms.answer_due_on,
                deadlines=terms.deadlines,
            ),
            told=lambda sheet: f"已印发 {sheet.document}，学校在首页就看得到",
            to=_page_of(inspection),
        )
    shown = form.terms() if is_fine else usual
    letter = letters.drawn_up(
        inspection, inspection.points_made, given_on=shown.given_on, answer_due_on=shown.answer_due_on, deadlines=shown.deadlines
    )  # fmt: skip
    return render(
        request, "evaluations/feedback_issue.html", {"inspection": inspection, "form": form, "letter": letter}
    )


@require_POST
@needs("feedback.issue")
@tells_refusals
def feedback_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    inspection = _inspection(request, pk)
    _require_issue(request, inspection)
    form = WithdrawForm(request.POST)
    try:
        return act_once(
            request,
            lambda: feedback.withdraw(inspection, by=request.user, reason=form.data.get("reason", "")),
            told="已收回，更正以后可以重新印发",
            to=_page_of(inspection),
        )
    except WordsNeeded:
        form.is_valid()
        return _feedback_page(request, inspection, withdraw=form)


# --- the school --------------------------------------------------------------------------------------------------------


def _require_reply(request: HttpRequest, inspection: Inspection) -> None:
    if not feedback.may_reply(request.user, inspection):
        raise PermissionDenied("反馈意见书由受检学校签收和回复")


@require_POST
@needs("rectification.reply")
@tells_refusals
def feedback_acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    inspection = _inspection(request, pk)
    _require_reply(request, inspection)
    return act_once(
        request, lambda: feedback.acknowledge(inspection, by=request.user), told="已签收", to=_page_of(inspection)
    )


@require_POST
@needs("rectification.reply")
@tells_refusals
def feedback_answer(request: HttpRequest, pk: int) -> HttpResponse:
    inspection = _inspection(request, pk)
    _require_reply(request, inspection)
    form = AnswerForm(request.POST)
    try:
        return act_once(
            request,
            lambda: feedback.answer(inspection, form.data.get("text", ""), by=request.user),
            told="已回复，局里和检查组看得到",
            to=_page_of(inspection),
        )
    except WordsNeeded:
        form.is_valid()
        return _feedback_page(request, inspection, answer=form)
