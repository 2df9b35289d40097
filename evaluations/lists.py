"""The list of inspections."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from assignments.access import may, within
from assignments.lists import WHEN, YearFilters, linked, school_filter
from evaluations.choices import FindingKind, InspectionState, Quality
from evaluations.models import Finding, Inspection, QuestionnaireCount
from evaluations.views.contributions import inspection_badge
from zhijiao.access import needs
from zhijiao.filters import ChoicesFilter
from zhijiao.listing import ListColumn, ListPage, ListView


class InspectionFilter(YearFilters):
    searched = ("school__name", "school__initials", "leader", "round__name")
    state = ChoicesFilter(label="状态", choices=InspectionState)
    school = school_filter("受检学校", "school")
    conclusion = ChoicesFilter(label="检查结论", choices=Quality)
    since = filters.DateFilter(label="检查日期不早于", field_name="start", lookup_expr="gte")
    until = filters.DateFilter(label="检查日期不晚于", field_name="start", lookup_expr="lte")

    class Meta:
        model = Inspection
        fields: list[str] = []


INSPECTIONS = ListPage(
    heading="督导检查",
    filters=InspectionFilter,
    order=("-start", "pk"),
    search_hint="学校、拼音首字母、组长、轮次",
    nothing="登记了督导检查，就在这里了，一次检查一行。",
    sheet="督导检查",
    unit="次",
    css="flow with-state",
    views=(
        ListView("待检查", "planned", Q(state=InspectionState.PLANNED)),
        ListView("待整改", "rectifying", Q(state=InspectionState.RECTIFYING)),
        ListView("已办结", "closed", Q(state=InspectionState.CLOSED)),
    ),
    columns=(
        ListColumn("受检学校", lambda row: linked("evaluations:inspection_detail", row.pk, row.school.name), "c-name", "school", ("school__name",)),
        ListColumn("检查日期", lambda row: row.when.told(), "num", "start", ("start",)),
        ListColumn("轮次", lambda row: row.round.name if row.round else "", "c-wide", "round", ("round__name",)),
        ListColumn("组长", lambda row: row.leader, "c-wide", "leader", ("leader",)),
        ListColumn("结论", lambda row: row.get_conclusion_display(), "", "conclusion", ("conclusion",)),
        ListColumn("问题", lambda row: row.problems or "", "r num", "problems", ("problems",), "问题"),
        ListColumn("问卷", lambda row: row.issued or "", "r num c-wide"),
        ListColumn("状态", lambda row: inspection_badge(row), "c-state", "state", ("state",)),
    ),
)  # fmt: skip


def _counted(rows: QuerySet[Any], how: Any) -> Subquery:
    return Subquery(rows.filter(inspection=OuterRef("pk")).order_by().values("inspection").annotate(n=how).values("n"))


@needs("inspection.list")
def inspection_list(request: HttpRequest) -> HttpResponse:
    mine = within(Inspection.objects.all(), request.user, "inspection.list").values("pk")
    rows = Inspection.objects.visible_to(request.user).filter(pk__in=mine).select_related("school", "round")
    rows = rows.annotate(
        problems=_counted(Finding.objects.visible_to(request.user).filter(kind=FindingKind.PROBLEM), Count("pk")),
        issued=_counted(QuestionnaireCount.objects.visible_to(request.user), Sum("issued")),
    ).only(*WHEN, "leader", "conclusion", "state", "school__name", "round__name")
    has_rounds = may(request.user, "inspection_round.view")
    rounds: dict[str, Any] = (
        {"other_url": reverse("evaluations:inspection_round_list"), "other_label": "检查轮次"} if has_rounds else {}
    )
    return INSPECTIONS.render(request, rows, **rounds)
