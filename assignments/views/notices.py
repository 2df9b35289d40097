"""公示: which names were shown, until when, what was said against them, and what came of it."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from assignments import objections
from assignments.access import has_on, within
from assignments.choices import ObjectionState
from assignments.forms.notices import ObjectionForm, OutcomeForm
from assignments.lists import WHEN, YearFilters, linked, number_of, school_filter
from assignments.models import Objection, PublicNotice, Secondment
from assignments.views.badges import badge, state_badge
from assignments.views.reading import Reading
from zhijiao.access import needs
from zhijiao.detail import Col, Page, Section
from zhijiao.entry import once
from zhijiao.listing import ListColumn, ListPage, ListView
from zhijiao.refusals import tells_refusals

OBJECTION_LOOKS = {
    ObjectionState.OPEN: ("wait", "hourglass-split"), ObjectionState.UPHELD: ("bad", "reply-fill"), ObjectionState.DISMISSED: ("done", "check-lg"),
}  # fmt: skip


class NoticeFilter(YearFilters):
    searched = ("title", "school__name", "school__initials")
    school = school_filter("公示学校", "school")
    running = filters.BooleanFilter(label="正在公示", method="is_running")

    class Meta:
        model = PublicNotice
        fields: list[str] = []

    def is_running(self, rows: Any, name: str, value: bool) -> Any:
        now = Q(start__lte=timezone.localdate(), end__gte=timezone.localdate())
        return rows.filter(now) if value else rows.exclude(now)


OPEN_OBJECTION = Exists(Objection.objects.filter(notice=OuterRef("pk"), state=ObjectionState.OPEN))
NOTICES = ListPage(
    heading="公示",
    filters=NoticeFilter,
    order=("-start", "pk"),
    search_hint="公示名称、学校",
    nothing="学校推荐了教师，公示就自动开始，在这里看得到。",
    sheet="公示",
    unit="次",
    views=(ListView("有异议没办结", "open", OPEN_OBJECTION),),
    columns=(
        ListColumn(
            "公示", lambda row: linked("assignments:public_notice", row.pk, row.title), "c-name", "title", ("title",)
        ),
        ListColumn("学校", lambda row: row.school.name if row.school else "县教育局", "", "school", ("school__name",)),
        ListColumn("起止", lambda row: row.when.told(), "num", "start", ("start", "end")),
        ListColumn("工作日", lambda row: row.working_days or "", "r num", label="工作日"),
        ListColumn("人数", lambda row: row.names or "", "r num", label="人数"),
        ListColumn("异议", lambda row: row.objections or "", "r num", label="异议"),
    ),
)


def _notices(request: HttpRequest, action: str) -> Any:
    """Those on which one of the person's roles has the action: another of their roles may only let them know of more."""
    return within(PublicNotice.objects.visible_to(request.user), request.user, action)


@needs("notice.view")
def notice_list(request: HttpRequest) -> HttpResponse:
    rows = (
        _notices(request, "notice.view")
        .select_related("school")
        .annotate(names=number_of(Secondment.objects.all(), "notice"))
    )
    return NOTICES.render(request, rows.only(*WHEN, "title", "working_days", "objections", "school__name"))


@needs("notice.view")
def notice_detail(request: HttpRequest, pk: int) -> HttpResponse:
    notice = get_object_or_404(_notices(request, "notice.view").select_related("school", "county"), pk=pk)
    reading = Reading(request)
    today = timezone.localdate()
    left = "正在公示" if notice.start and notice.end and notice.start <= today <= notice.end else ""
    may_edit = has_on(request.user, "notice.edit", notice)
    page = Page(
        [
            Section(
                "notice",
                "公示",
                [
                    reading.tell.facts(
                        notice,
                        "school",
                        Col("when", "起止"),
                        Col("working_days", "工作日"),
                        Col("objections", unit="件"),
                        "outcome",
                    )
                ],
            ),
            _names(reading, notice),
            _objections(reading, notice) if may_edit else Section("objections", "异议"),
        ]
    )
    context = {"notice": notice, "page": page, "left": left, "may_edit": may_edit}
    return render(request, "assignments/public_notice.html", context)


def _names(reading: Reading, notice: PublicNotice) -> Section:
    rows: Any = notice.secondments
    seen = list(
        rows.visible_to(reading.user).select_related("teacher", "programme", "school_year").order_by("teacher__name")
    )
    table = reading.tell.table(
        seen,
        Col(lambda row: reading.tell.link(row, row.teacher.name), "姓名"),
        Col("teacher.subject", "学科"),
        Col("teacher.title", "职称"),
        Col("programme", link=False),
        Col(lambda row: state_badge(row.state), "状态", css="nw"),
    )
    return Section("names", "名单", [table], f"{len(seen)} 人，对外公示时姓名只显示姓" if seen else "")


def _objections(reading: Reading, notice: PublicNotice) -> Section:
    rows: Any = notice.objections_received
    found = list(rows.visible_to(reading.user).select_related("secondment__teacher"))
    table = reading.tell.table(
        found,
        Col("received_on", css="nw"),
        Col(lambda row: str(row.secondment.teacher) if row.secondment else "整个名单", "涉及"),
        Col("text"),
        Col(lambda row: row.raised_by or "未署名", "提出人"),
        Col(
            lambda row: badge(*OBJECTION_LOOKS[ObjectionState(row.state)], row.get_state_display()),
            "处理情况",
            css="nw",
        ),
        Col(lambda row: row.outcome or _to_decide(row), "核查结论"),
    )
    return Section("objections", "异议", [table], f"{len(found)} 件" if found else "")


def _to_decide(row: Objection) -> Any:
    return format_html('<a href="{}">写结论</a>', reverse("assignments:objection_decide", args=[row.pk]))


@require_http_methods(["GET", "POST"])
@needs("notice.edit")
@tells_refusals
def objection_new(request: HttpRequest, pk: int) -> HttpResponse:
    notice = get_object_or_404(_notices(request, "notice.edit").select_related("school"), pk=pk)
    form = ObjectionForm(notice, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with once(request) as turn:
            if turn.is_repeat:
                return turn.again()
            objections.receive(notice, by=request.user, **form.cleaned_data)
            messages.success(request, "异议已经登记。办结以前，涉及的教师不能报局审核。")
            return turn.answered(reverse("assignments:public_notice", args=[pk]))
    context = {
        "form": form,
        "heading": "登记异议",
        "action": "登记",
        "lead": str(notice),
        "back": reverse("assignments:public_notice", args=[pk]),
    }
    return render(request, "assignments/form_page.html", context)


@require_http_methods(["GET", "POST"])
@needs("objection.decide")
@tells_refusals
def objection_decide(request: HttpRequest, pk: int) -> HttpResponse:
    mine = within(Objection.objects.visible_to(request.user), request.user, "objection.decide")
    rows = mine.select_related("notice__school", "secondment__teacher")
    objection = get_object_or_404(rows, pk=pk)
    form = OutcomeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with once(request) as turn:
            if turn.is_repeat:
                return turn.again()
            objections.decide(objection, by=request.user, **form.cleaned_data)
            messages.success(request, "异议已经办结。")
            return turn.answered(reverse("assignments:public_notice", args=[objection.notice_id]))
    lead = f"{objection.secondment.teacher if objection.secondment else '整个名单'}：{objection.text}"
    context = {
        "form": form,
        "heading": "办结异议",
        "action": "办结",
        "lead": lead,
        "back": reverse("assignments:public_notice", args=[objection.notice_id]),
    }
    return render(request, "assignments/form_page.html", context)
