"""The steps of a secondment in the browser: one, or many at once; and the changes that one asks for and another decides."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from assignments import changes, length
from assignments.choices import ChangeKind, ChangeState
from assignments.forms.workflow import ChangeForm, DecisionForm, StepForm, schools_for
from assignments.models import Secondment, SecondmentChange
from assignments.workflow import (
    CHANGES,
    TRANSITIONS,
    Refused,
    Transition,
    complete_rows,
    perform_many,
    reaches,
    why_not,
)
from zhijiao.access import needs
from zhijiao.entry import once
from zhijiao.refusals import tells_refusals

MANY = 200  # at once: a county's whole dispatch fits, and the preview can still be read
ACTIONS = sorted({action for step in TRANSITIONS.values() for action in step.sources.values()})


def _step(key: str) -> Transition:
    step = TRANSITIONS.get(key)
    if step is None:
        raise Http404
    return step


def _seen(request: HttpRequest, pk: int) -> Secondment:
    secondment: Secondment = get_object_or_404(complete_rows(Secondment.objects.visible_to(request.user)), pk=pk)
    return secondment


# --- one ----------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@needs(*ACTIONS, "secondment.change_request")
def act(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Take a step, or ask for a change. What a step asks is asked here first."""
    step, secondment = _step(key), _seen(request, pk)
    if step.change:
        return _request_change(request, step, secondment)
    form, why = StepForm(step, [secondment], request.POST if request.method == "POST" else None), ""
    if request.method == "POST" and (not step.asks_something or form.is_valid()):
        try:
            with once(request) as turn:
                if turn.is_repeat:
                    return turn.again()
                perform_many(key, [pk], by=request.user, data=form.cleaned_data if step.asks_something else {})
                messages.success(request, _done(step, [secondment]))
                return turn.answered(reverse("assignments:secondment_detail", args=[pk]))
        except Refused as refused:
            why = str(refused)
    why = why or why_not(step, secondment, request.user)
    context = {"step": step, "secondment": secondment, "form": form, "why": why}
    return render(
        request, "assignments/secondment_step.html", context, status=409 if why and request.method == "POST" else 200
    )


def _done(step: Transition, secondments: list[Secondment]) -> str:
    names = "、".join(secondment.teacher.name for secondment in secondments[:3])
    more = f"等 {len(secondments)} 人" if len(secondments) > 3 else ""
    now = f"，现在是“{step.target.label}”" if step.target else ""
    return f"{names}{more}已{step.label}{now}。"


# --- many ---------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@needs(*ACTIONS)
def act_on_many(request: HttpRequest, key: str) -> HttpResponse:
    """What will become of each of those that are ticked; then all of them, or none."""
    step = _step(key)
    if not step.for_many:
        raise Http404
    picked = request.POST if request.method == "POST" else request.GET
    rows = _picked(request, picked.getlist("pick"))
    lines = [(row, why_not(step, row, request.user)) for row in rows]
    confirmed = request.method == "POST" and "confirmed" in request.POST
    form = StepForm(step, rows, request.POST if confirmed else None)
    stand_in_the_way = [row for row, why in lines if why]
    if confirmed and rows and not stand_in_the_way and (not step.asks_something or form.is_valid()):
        try:
            with once(request) as turn:
                if turn.is_repeat:
                    return turn.again()
                done = perform_many(
                    key,
                    [row.pk for row in rows],
                    by=request.user,
                    data=form.cleaned_data if step.asks_something else {},
                )
                messages.success(request, _done(step, done))
                return turn.answered(reverse("assignments:secondment_list"))
        except Refused as refused:  # somebody was quicker since the preview
            refusals = {row.pk: why for row, why in refused.reasons if row}
            lines = [(row, refusals.get(row.pk, "")) for row in rows]
            stand_in_the_way = [row for row in rows if row.pk in refusals]
            messages.error(request, f"没有办：{refused}。一条都没有改动。")
    context = {
        "step": step, "lines": lines, "form": form, "number": len(rows), "blocked": stand_in_the_way,
        "left": [row for row, why in lines if not why], "target": step.target.label if step.target else "",
    }  # fmt: skip
    return render(
        request, "assignments/secondment_steps.html", context, status=409 if confirmed and stand_in_the_way else 200
    )


def _picked(request: HttpRequest, keys: list[str]) -> list[Secondment]:
    """The ticked ones that this person may know of, in the order of the list."""
    wanted = {int(key) for key in keys[:MANY] if key.isdecimal() and len(key) < 19}
    rows = complete_rows(Secondment.objects.visible_to(request.user).filter(pk__in=wanted))
    return list(rows.order_by("sending_school__name", "teacher__name", "pk"))


@require_POST
@needs(*ACTIONS)
def choose_for_many(request: HttpRequest) -> HttpResponse:
    """The bar under a list: which step for those that are ticked."""
    key = request.POST.get("do", "")
    if key not in TRANSITIONS or not request.POST.getlist("pick"):
        messages.warning(request, "请先在列表里选几条，再选要办的事。")
        return redirect("assignments:secondment_list")
    preview: HttpResponse = act_on_many(request, key)  # type: ignore[assignment]
    return preview


# --- changes ------------------------------------------------------------------------------------------------------------


def _request_change(request: HttpRequest, step: Transition, secondment: Secondment) -> HttpResponse:
    kind = ChangeKind(step.change or "")
    if not reaches(request.user, changes.REQUEST, secondment):
        raise Http404
    form = ChangeForm(kind, secondment, schools_for(request.user), request.POST if request.method == "POST" else None)
    why = "" if secondment.state in step.sources else why_not(step, secondment, request.user)
    if request.method == "POST" and not why and form.is_valid():
        with once(request) as turn:
            if turn.is_repeat:
                return turn.again()
            try:
                changes.request(secondment, kind, by=request.user, **form.cleaned_data)
            except Refused as refused:
                why = str(refused)
            else:
                messages.success(
                    request, f"{secondment.teacher}{step.label}的申请已经交上，等局里另一位专干或局领导审批。"
                )
                return turn.answered(reverse("assignments:secondment_detail", args=[secondment.pk]))
    context = {"step": step, "secondment": secondment, "form": form, "why": why, "is_request": True}
    return render(
        request, "assignments/secondment_step.html", context, status=409 if why and request.method == "POST" else 200
    )


@require_http_methods(["GET", "POST"])
@needs(changes.DECIDE)
def decide_change(request: HttpRequest, pk: int) -> HttpResponse:
    """What is asked for, by whom and why; approve it or not."""
    rows = SecondmentChange.objects.visible_to(request.user).select_related(
        "secondment__teacher",
        "secondment__programme",
        "secondment__sending_school",
        "secondment__county",
        "requested_by",
        "new_school",
        "decided_by",
    )
    change = get_object_or_404(rows, pk=pk)
    form = DecisionForm(request.POST if request.method == "POST" else None, initial={"approves": "True"})
    why = ""
    if request.method == "POST" and form.is_valid():
        try:
            with once(request) as turn:
                if turn.is_repeat:
                    return turn.again()
                decided = changes.decide(change, by=request.user, **form.cleaned_data)
                told = f"{change.secondment.teacher}{change.get_kind_display()}的申请{decided.get_state_display()}。"
                messages.success(request, told)
                return turn.answered(reverse("assignments:secondment_detail", args=[change.secondment_id]))
        except Refused as refused:
            why = str(refused)
    if change.state != ChangeState.REQUESTED:
        why = why or f"这个申请{change.get_state_display()}"
    elif change.requested_by_id == getattr(request.user, "pk", None):
        why = why or "申请人不能审批自己的申请，请另一位专干或局领导审批"
    context = {
        "change": change, "step": CHANGES[ChangeKind(change.kind)], "form": form, "why": why, "short": length.after(change),
    }  # fmt: skip
    return render(
        request, "assignments/change_decide.html", context, status=409 if why and request.method == "POST" else 200
    )


@require_POST
@needs(changes.REQUEST)
@tells_refusals
def cancel_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own request back."""
    change = get_object_or_404(SecondmentChange.objects.visible_to(request.user), pk=pk)
    with once(request) as turn:
        if turn.is_repeat:
            return turn.again()
        changes.cancel(change, by=request.user)
        messages.success(request, "申请已经撤回。")
        return turn.answered(reverse("assignments:secondment_detail", args=[change.secondment_id]))
