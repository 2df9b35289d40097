"""Leave: asked for on a phone, decided by the school, by the bureau too where it is long, and ended (销假)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from assignments import leave as leaves
from assignments.access import is_offered, may, within
from assignments.choices import LeaveState
from assignments.forms.service import ComeBackForm, LeaveForm
from assignments.lists import linked
from assignments.models import Leave
from assignments.views.badges import badge
from zhijiao.access import needs
from zhijiao.dates import told
from zhijiao.entry import once
from zhijiao.filters import ChoicesFilter, ListFilters
from zhijiao.listing import FRAGMENT, ListColumn, Listing, ListPage, ListView
from zhijiao.quantities import plain
from zhijiao.refusals import Refused, WordsNeeded, tells_refusals
from zhijiao.working_days import remark

LOOKS = {
    LeaveState.REQUESTED: ("wait", "hourglass-split"),
    LeaveState.APPROVED: ("run", "check-lg"),
    LeaveState.REFUSED: ("bad", "reply-fill"),
    LeaveState.CANCELLED: ("done", "x-lg"),
}


def leave_badge(leave: Leave) -> SafeString:
    """Where a leave stands: 等学校批, 等教育局批, 请假中 …"""
    if leave.state == LeaveState.REQUESTED:
        return badge("wait", "hourglass-split", "等教育局批" if leaves.is_at_bureau(leave) else "等学校批")
    if leave.state == LeaveState.APPROVED:
        if leave.back_on:
            return badge("done", "check-lg", "已销假")
        if leave.start <= timezone.localdate() <= leave.end:
            return badge("wait", "pause-circle-fill", "请假中")
    return badge(*LOOKS[LeaveState(leave.state)], LeaveState(leave.state).label)


def visible(request: HttpRequest, action: str = "leave.view") -> QuerySet[Leave]:
    rows = within(Leave.objects.all(), request.user, action)
    return rows.select_related("secondment__teacher", "requested_by", "decided_by").prefetch_related(
        "secondment__placements__receiving_school"
    )


class LeaveFilter(ListFilters):
    searched = ("secondment__teacher__name", "secondment__teacher__initials")
    state = ChoicesFilter(label="审批", choices=LeaveState)

    class Meta:
        model = Leave
        fields: list[str] = []


def list_page(user: Any) -> ListPage:
    """The list, with what each reader may know of the kind."""
    today = timezone.localdate()
    return ListPage(
        heading="请假",
        filters=LeaveFilter,
        order=("-start", "pk"),
        search_hint="姓名、拼音首字母",
        nothing="老师请了假，这里就有了。",
        sheet="请假",
        css="flow with-state",
        unit="次",
        views=(
            ListView("等学校批", "school", Q(state=LeaveState.REQUESTED) & ~leaves.at_bureau()),
            ListView("等教育局批", "bureau", leaves.at_bureau()),
            ListView("请假中", "away", Q(state=LeaveState.APPROVED, back_on=None, start__lte=today, end__gte=today)),
            ListView("没有销假", "back", Q(state=LeaveState.APPROVED, back_on=None, end__lt=today)),
        ),
        columns=(
            ListColumn("老师", lambda row: linked("assignments:leave_detail", row.pk, row.secondment.teacher.name), "c-name"),
            ListColumn("假别", lambda row: leaves.told_kind(row, user)),
            ListColumn("起止", lambda row: _span(row), "nw", "start", ("start",)),
            ListColumn("工作日", lambda row: plain(row.days), "r num", "days", ("days",), "工作日"),
            ListColumn("批准人", lambda row: row.approved_by, "c-wide"),
            ListColumn("审批", leave_badge, "c-state"),
        ),
    )  # fmt: skip


def _span(leave: Leave) -> str:
    return told(leave.start) if leave.start == leave.end else f"{leave.start:%Y.%m.%d} — {leave.end:%Y.%m.%d}"


@needs("leave.view")
def leave_list(request: HttpRequest) -> HttpResponse:
    htmx: Any = request.htmx  # type: ignore[attr-defined]
    is_part = bool(htmx) and htmx.target == FRAGMENT and not htmx.history_restore_request
    context = {
        "listing": Listing(list_page(request.user), request, visible(request)),
        "may_ask": may(request.user, "leave.request"),
    }
    return render(request, "components/_list.html" if is_part else "assignments/leave_list.html", context)


@needs("leave.request")
@tells_refusals
def leave_new(request: HttpRequest) -> HttpResponse:
    """The teacher asks, or the school for a teacher of theirs."""
    secondments = leaves.askable(request.user)
    form = LeaveForm(request.POST or None, secondments=secondments)
    status = 200
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            with once(request) as turn:
                if turn.is_repeat:
                    return turn.again()
                leave = leaves.ask(typed.pop("secondment"), by=request.user, **typed)
                messages.success(request, f"请假 {plain(leave.days)} 个工作日，已经交给学校批。")
                return turn.answered(reverse("assignments:leave_detail", args=[leave.pk]))
        except Refused as refused:
            form.add_error(None, str(refused))
            status = 409
    elif request.method == "POST":
        status = 422
    context = {
        "form": form,
        "heading": "请假",
        "action": "交给学校批",
        "nobody": not secondments,
        "school_days": settings.LEAVE_DAYS_SCHOOL_DECIDES,
    }
    return render(request, "assignments/leave_form.html", context, status=status)


@needs("leave.view")
def leave_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, pk)


def _page(
    request: HttpRequest, pk: int, *, needed: str = "", back: ComeBackForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of a leave; `needed`: what is missing in the words of the decision, `back`: 销假 as it was typed."""
    leave = get_object_or_404(visible(request), pk=pk)
    user = request.user
    may_decide = visible(request, "leave.decide").filter(pk=pk).exists() and is_offered("leave.decide", leave)
    is_askers = visible(request, "leave.request").filter(pk=pk).exists() and is_offered("leave.request", leave)
    today = timezone.localdate()
    context = {
        "leave": leave,
        "teacher": leave.secondment.teacher,
        "badge": leave_badge(leave),
        "kind": leaves.told_kind(leave, user),
        "reason": leaves.told_reason(leave, user),
        "span": _span(leave),
        "days": plain(leave.days),
        "calendar": remark(leave.start, leave.end),
        "may_decide": may_decide and leave.state == LeaveState.REQUESTED,
        "why_not": leaves.why_not_decide(leave, user) if may_decide else "",
        "goes_on": leaves.is_long(leave) and not leaves.is_at_bureau(leave),
        "may_withdraw": is_askers and not leaves.why_not_withdraw(leave, user),
        "may_return": is_askers and leave.state == LeaveState.APPROVED and not leave.back_on and leave.start <= today,
        "back_form": back or ComeBackForm(initial={"day": min(today, leave.end + dt.timedelta(days=1))}),
        "needed": needed,
    }
    return render(request, "assignments/leave_detail.html", context, status=status)


def _act(request: HttpRequest, pk: int, action: str, do: Callable[[Leave], Leave], words: str) -> HttpResponse:
    """One step of a leave: fetched within scope, taken once, and back to its page."""
    leave = get_object_or_404(visible(request, action), pk=pk)
    with once(request) as turn:
        if turn.is_repeat:
            return turn.again()
        do(leave)
        messages.success(request, words)
        return turn.answered(reverse("assignments:leave_detail", args=[pk]))


@needs("leave.decide")
@require_POST
@tells_refusals
def leave_approve(request: HttpRequest, pk: int) -> HttpResponse:
    def do(leave: Leave) -> Leave:
        return leaves.approve(leave, by=request.user, words=request.POST.get("words", "")[:200])

    return _act(request, pk, "leave.decide", do, "已经同意这次请假。")


@needs("leave.decide")
@require_POST
@tells_refusals
def leave_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    def do(leave: Leave) -> Leave:
        return leaves.refuse(leave, by=request.user, reason=request.POST.get("words", "")[:200])

    try:
        return _act(request, pk, "leave.decide", do, "没有批准，原因已经写给老师。")
    except WordsNeeded as needed:
        return _page(request, pk, needed=str(needed), status=422)


@needs("leave.request")
@require_POST
@tells_refusals
def leave_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, "leave.request", lambda leave: leaves.withdraw(leave, by=request.user), "请假已经撤回。")


@needs("leave.request")
@require_POST
@tells_refusals
def leave_back(request: HttpRequest, pk: int) -> HttpResponse:
    form = ComeBackForm(request.POST)
    if not form.is_valid():
        get_object_or_404(visible(request, "leave.request"), pk=pk)
        return _page(request, pk, back=form, status=422)
    day = form.cleaned_data["day"]
    return _act(
        request,
        pk,
        "leave.request",
        lambda leave: leaves.come_back(leave, day, by=request.user),
        "已经销假，欢迎回来。",
    )
