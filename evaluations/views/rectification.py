"""/inspections/rectifications/: every problem that is to be put right; and one of them, from what was done to the last look."""

from __future__ import annotations

import io
from typing import Any

import django_filters as filters
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST

from assignments.access import may
from assignments.lists import linked, school_filter
from assignments.search import is_personal
from assignments.views.badges import badge
from assignments.views.reading import Reading
from evaluations import feedback
from evaluations.choices import PUBLISHED_STATES, FindingKind, InspectionState
from evaluations.forms.feedback import PASSED, RecheckForm, RectifyForm
from evaluations.models import Finding
from zhijiao import clock
from zhijiao.access import needs
from zhijiao.accounts import audit
from zhijiao.accounts.history import history_of
from zhijiao.attachments.refusals import FileRefused
from zhijiao.dates import told
from zhijiao.detail import Col, Note, Page, Section
from zhijiao.entry import act_once, once
from zhijiao.filters import ListFilters
from zhijiao.listing import ListColumn, Listing, ListPage, ListView
from zhijiao.refusals import tells_refusals
from zhijiao.workbook.writer import Book

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXPORTED_AT_MOST = 20_000
STATES = (("to_rectify", "待整改"), ("to_recheck", "待复查"), ("closed", "已销号"))


def state_of(finding: Finding) -> str:
    """待整改, 逾期, 待复查, 已销号; of earlier years, in which nothing was waited for, also 已整改."""
    if finding.is_closed:
        return "已销号"
    if finding.inspection.state != InspectionState.RECTIFYING:
        return "已整改" if finding.done or finding.done_on else "没有登记整改"
    if feedback.awaits_recheck(finding):
        return "待复查"
    return "逾期" if finding.due_on and finding.due_on < clock.today() else "待整改"


_LOOKS = {"已销号": ("done", "check-lg"), "已整改": ("done", "check-lg"), "逾期": ("bad", "exclamation-triangle-fill"), "待复查": ("wait", "search")}  # fmt: skip


def finding_badge(finding: Finding) -> SafeString:
    state = state_of(finding)
    return badge(*_LOOKS.get(state, ("wait", "hourglass-split")), state)


# --- all of them -------------------------------------------------------------------------------------------------------


class RectificationFilter(ListFilters):
    searched = ("text", "inspection__school__name", "inspection__school__initials", "teacher__name")
    school = school_filter("受检学校", "inspection__school")
    state = filters.ChoiceFilter(label="状态", choices=STATES, method="of_state")
    overdue = filters.BooleanFilter(label="逾期", method="of_overdue")
    since = filters.DateFilter(label="整改期限不早于", field_name="due_on", lookup_expr="gte")
    until = filters.DateFilter(label="整改期限不晚于", field_name="due_on", lookup_expr="lte")

    class Meta:
        model = Finding
        fields: list[str] = []

    def of_state(self, rows: Any, name: str, value: str) -> Any:
        known = {"to_rectify": rows.to_rectify, "to_recheck": rows.to_recheck}
        return known[value]() if value in known else rows.filter(is_closed=True)

    def of_overdue(self, rows: Any, name: str, value: bool) -> Any:
        late = Q(pk__in=Finding.objects.late(clock.today()).values("pk"))
        return rows.filter(late if value else ~late)


_RUNNING = Q(is_closed=False, inspection__state=InspectionState.RECTIFYING)
_WAITS = Q(done_on__isnull=False, checked_on=None)
RECTIFICATIONS = ListPage(
    heading="整改",
    filters=RectificationFilter,
    order=("is_closed", "due_on", "pk"),
    search_hint="问题、学校、拼音首字母、教师",
    nothing="反馈意见书印发以后，要整改的问题列在这里，一条一行。",
    unit="条",
    css="flow with-state",
    export="evaluations:rectification_export",
    views=(
        ListView("待整改", "to_rectify", _RUNNING & ~_WAITS),
        ListView("待复查", "to_recheck", _RUNNING & _WAITS),
        ListView("已销号", "closed", Q(is_closed=True)),
    ),
    columns=(
        ListColumn("问题", lambda row: linked("evaluations:finding_detail", row.pk, row.text), "c-name", "text", ("text",)),
        ListColumn("受检学校", lambda row: row.inspection.school.name, "", "school", ("inspection__school__name", "due_on")),
        ListColumn("涉及教师", lambda row: row.teacher.name if row.teacher else "", "c-wide", "teacher", ("teacher__name",)),
        ListColumn("检查日期", lambda row: row.inspection.when.told(), "num c-wide", "start", ("inspection__start",)),
        ListColumn("整改期限", lambda row: told(row.due_on) if row.due_on else "", "num", "due", ("due_on",), "期限"),
        ListColumn("完成日期", lambda row: told(row.done_on) if row.done_on else "", "num c-wide", "done", ("done_on",)),
        ListColumn("状态", finding_badge, "c-state"),
    ),
)  # fmt: skip


def _problems(user: Any) -> QuerySet[Finding]:
    rows: QuerySet[Finding] = feedback.findings_for(user).filter(
        kind=FindingKind.PROBLEM, inspection__state__in=PUBLISHED_STATES
    )
    return rows.select_related("inspection__school", "teacher")


@require_GET
@needs("finding.view")
def rectification_list(request: HttpRequest) -> HttpResponse:
    return RECTIFICATIONS.render(request, _problems(request.user))


@require_GET
@needs("finding.view")
def rectification_export(request: HttpRequest) -> HttpResponse:
    """The list as it is filtered, all pages of it, to the same people."""
    listing = Listing(RECTIFICATIONS, request, _problems(request.user))
    if listing.count > EXPORTED_AT_MOST:
        messages.error(request, f"一共 {listing.count} 条，一次最多导出 {EXPORTED_AT_MOST} 条，请先筛选。")
        return redirect("evaluations:rectification_list")
    book = Book()
    page = book.page("整改", (6, 24, 14, 46, 12, 14, 40, 14, 14, 30, 10), frozen="A2")
    page.row(("序号", "受检学校", "检查日期", "问题", "涉及教师", "整改期限", "整改情况", "完成日期", "复查日期", "复查意见", "状态"), "header")  # fmt: skip
    for number, row in enumerate(listing.matching.iterator(chunk_size=2000), 1):
        page.row((
            number, row.inspection.school.name, row.inspection.when.told(), row.text, row.teacher.name if row.teacher else "",
            _told(row.due_on), row.done, _told(row.done_on), _told(row.checked_on), row.check_remark, state_of(row),
        ))  # fmt: skip
    user: Any = request.user
    asked = {name: value for name, value in request.GET.items() if value and name != "page" and not is_personal(str(value))}  # fmt: skip
    audit.record(user, "导出整改清单", after={"条数": listing.count, "条件": asked})
    stream = io.BytesIO()
    book.save(stream)
    response = HttpResponse(stream.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, "督导检查整改清单.xlsx") or "attachment"
    return response


def _told(day: Any) -> str:
    return told(day) if day else ""


# --- one of them -------------------------------------------------------------------------------------------------------


def _finding(request: HttpRequest, pk: int) -> Finding:
    rows = feedback.findings_for(request.user).select_related(
        "teacher", "inspection__school", "inspection__county", "inspection__team"
    )
    found: Finding = get_object_or_404(rows, pk=pk)
    return found


@require_GET
@needs("finding.view")
def finding_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _finding_page(request, _finding(request, pk))


def _finding_page(request: HttpRequest, finding: Finding, **forms: Any) -> HttpResponse:
    """The point with what was done, and the forms of what this person may do now."""
    user, reading, inspection = request.user, Reading(request), finding.inspection
    is_running = (
        finding.kind == FindingKind.PROBLEM and not finding.is_closed and inspection.state == InspectionState.RECTIFYING
    )
    waits = feedback.awaits_recheck(finding)
    offered: dict[str, Any] = {}
    if is_running and feedback.may_reply(user, inspection):
        first = (
            {"done": finding.done, "done_on": finding.done_on or clock.today()} if waits else {"done_on": clock.today()}
        )
        offered["rectify"] = RectifyForm(initial=first)
    if is_running and waits and feedback.may_recheck(user, inspection):
        offered["recheck"] = RecheckForm()
    is_problem = finding.kind == FindingKind.PROBLEM
    context = {
        "finding": finding, "inspection": inspection, "heading": finding.text, "waits": waits,
        "badge": finding_badge(finding) if is_problem and inspection.state in PUBLISHED_STATES else "",
        "page": _sections(reading, finding), "may_open": _may_open(user, finding),
        "steps": history_of(finding), **offered, **forms,
    }  # fmt: skip
    return render(request, "evaluations/finding.html", context)


def _may_open(user: Any, finding: Finding) -> bool:
    """Whether the feedback as a whole is open too: a sending school and a teacher know this point alone."""
    known = may(user, "feedback.view") and feedback.inspections_for(user).filter(pk=finding.inspection_id)
    return bool(known and known.exists())


def _sections(reading: Reading, finding: Finding) -> Page:
    facts = reading.tell.facts(
        finding, Col("kind"), Col("inspection.school", "受检学校"), Col("teacher"), Col("inspection.when", "检查日期"),
        Col("inspection.published_on", "反馈日期"), Col("due_on"),
    )  # fmt: skip
    done = reading.tell.facts(finding, Col("done_on"), Col("checked_on"), Col("check_remark"))
    return Page(
        [
            Section("facts", "意见", [facts]),
            Section("done", "整改情况", [Note(finding.done), done]),
        ]
    )


@require_POST
@needs("rectification.reply")
@tells_refusals
def finding_rectify(request: HttpRequest, pk: int) -> HttpResponse:
    finding = _finding(request, pk)
    if not feedback.may_reply(request.user, finding.inspection):
        raise PermissionDenied("整改情况由受检学校报")
    form = RectifyForm(request.POST, request.FILES)
    if not form.is_valid():
        return _finding_page(request, finding, rectify=form, lost_files=bool(request.FILES))
    told_now = form.cleaned_data
    try:
        return act_once(
            request,
            lambda: feedback.rectify(
                finding, told_now["done"], by=request.user, files=told_now["photos"], done_on=told_now["done_on"]
            ),
            told="已报送，等检查组或局里复查",
            to=_page_of(finding),
        )
    except FileRefused as refused:
        form.add_error("photos", str(refused))
        return _finding_page(request, finding, rectify=form, lost_files=True)


@require_POST
@needs("rectification.recheck")
@tells_refusals
def finding_recheck(request: HttpRequest, pk: int) -> HttpResponse:
    finding = _finding(request, pk)
    if not feedback.may_recheck(request.user, finding.inspection):
        raise PermissionDenied("整改由检查这所学校的检查组或者教育局复查")
    form = RecheckForm(request.POST)
    if not form.is_valid():
        return _finding_page(request, finding, recheck=form)
    said = form.cleaned_data
    with once(request) as turn:
        if turn.is_repeat:
            return turn.again()
        row = feedback.recheck(
            finding, said["result"] == PASSED, said["remark"], by=request.user, deadline=said["deadline"]
        )
        is_over = row.inspection.state == InspectionState.CLOSED
        messages.success(request, _rechecked(row, is_over))
        return turn.answered(_page_of(finding))


def _rechecked(finding: Finding, is_over: bool) -> str:
    if not finding.is_closed:
        return f"已退回学校继续整改，{_told(finding.due_on)}前再报"
    return "已销号，问题全部整改，检查办结" if is_over else "已销号"


def _page_of(finding: Finding) -> str:
    return reverse("evaluations:finding_detail", args=[finding.pk])
