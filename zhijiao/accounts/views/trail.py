"""/audit/: who did what, for whom, why and from where; for the auditor and the administrator of the county."""

from __future__ import annotations

import io
from typing import Any

import django_filters as filters
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from zhijiao.access import needs
from zhijiao.accounts import audit
from zhijiao.accounts.history import called, changes_of, step_of, who
from zhijiao.accounts.models import AuditEntry
from zhijiao.accounts.refused import VERB
from zhijiao.filters import ListFilters
from zhijiao.listing import ListColumn, ListPage, ListView
from zhijiao.workbook.writer import Book

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXPORTED_AT_MOST = 50_000  # a year of a county; more is asked for by dates


class AuditFilters(ListFilters):
    searched = ("subject_name", "by_name", "on_behalf_of_name", "verb", "reason")
    person = filters.CharFilter(label="操作人", method="of_person")
    verb = filters.CharFilter(label="操作", lookup_expr="icontains")
    kind = filters.ChoiceFilter(label="对象", field_name="subject_type", choices=())
    since = filters.DateFilter(label="不早于", field_name="at", lookup_expr="date__gte")
    until = filters.DateFilter(label="不晚于", field_name="at", lookup_expr="date__lte")
    request_id = filters.CharFilter(label="请求编号")

    class Meta:
        model = AuditEntry
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = self.queryset.order_by().exclude(subject_type="").values_list("subject_type", flat=True)
        self.filters["kind"].extra["choices"] = sorted(
            ((kind, called(kind)) for kind in kinds.distinct()), key=lambda one: one[1]
        )

    def of_person(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """By them, or for them."""
        return rows.filter(Q(by_name__icontains=value) | Q(on_behalf_of_name__icontains=value))


def _when(entry: AuditEntry) -> str:
    return f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M}"


def _what_changed(entry: AuditEntry) -> str:
    told = [f"{one.label}：{one.old or '空'} → {one.new or '空'}" for one in changes_of(entry)]
    text = "；".join(told) or entry.reason
    return text if len(text) <= 60 else f"{text[:59]}…"


TRAIL = ListPage(
    heading="操作记录",
    filters=AuditFilters,
    order=("-id",),
    search_hint="对象、操作人、操作、原因",
    nothing="谁做了什么，从第一次登录起都会记在这里。",
    unit="条",
    template="audit/entry_list.html",
    views=(
        ListView("登录", "sign_in", Q(verb__startswith="登录")),
        ListView("查看与导出", "looked", Q(verb__contains="导出") | Q(verb__contains="查看")),
        ListView("被拒绝", "refused", Q(verb=VERB)),
        ListView("账号与角色", "accounts", Q(subject_type__in=["accounts.user", "assignments.membership"])),
    ),
    columns=(
        ListColumn(
            "操作",
            lambda row: format_html('<a href="{}">{}</a>', reverse("audit:entry_detail", args=[row.pk]), row.verb),
            "c-name", "verb", ("verb",),
        ),
        ListColumn("对象", lambda row: f"{called(row.subject_type)} {row.subject_name}".strip(), "c-cut"),
        ListColumn("改了什么", _what_changed, "c-wide c-cut"),
        ListColumn("操作人", who, "", "by", ("by_name",)),
        ListColumn("时间", _when, "num", "at", ("id",)),
        ListColumn("地址", lambda row: row.address or "", "num c-wide"),
    ),
)  # fmt: skip


@needs("audit.view")
@require_safe
def entry_list(request: HttpRequest) -> HttpResponse:
    rows = AuditEntry.objects.visible_to(request.user)
    export = f"{reverse('audit:entry_export')}?{request.GET.urlencode()}"
    return TRAIL.render(request, rows, export_url=export)


@needs("audit.view")
@require_safe
def entry_detail(request: HttpRequest, pk: int) -> HttpResponse:
    entry = get_object_or_404(AuditEntry.objects.visible_to(request.user), pk=pk)
    same = AuditEntry.objects.visible_to(request.user).filter(request_id=entry.request_id).exclude(pk=pk)
    context = {
        "entry": entry,
        "step": step_of(entry),
        "subject_kind": called(entry.subject_type),
        "others": [step_of(one) for one in same[:20]] if entry.request_id else [],
    }
    return render(request, "audit/entry_detail.html", context)


@needs("audit.export")
@require_safe
def entry_export(request: HttpRequest) -> HttpResponse:
    """The entries of the list as it is filtered, as a workbook. That it was taken out is an entry, too."""
    filterset = AuditFilters(request.GET, queryset=AuditEntry.objects.visible_to(request.user), request=request)
    rows = filterset.qs
    view = next((one for one in TRAIL.views if one.key == request.GET.get("view")), None)
    rows = (rows.filter(view.condition) if view else rows).order_by("-id")
    number = rows.count()
    if number > EXPORTED_AT_MOST:
        messages.error(request, f"一共 {number} 条，一次最多导出 {EXPORTED_AT_MOST} 条，请先按日期筛选。")
        return redirect("audit:entry_list")
    user: Any = request.user
    asked = {key: value for key, value in request.GET.items() if value and key != "page"}
    audit.record(user, "导出操作记录", after={"条数": number, "条件": asked} if asked else {"条数": number})
    response = HttpResponse(_workbook(rows).getvalue(), content_type=XLSX)
    name = f"操作记录{timezone.localdate():%Y%m%d}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _workbook(rows: QuerySet[AuditEntry]) -> io.BytesIO:
    book = Book()
    page = book.page("操作记录", (20, 14, 14, 16, 14, 24, 50, 30, 18, 34), frozen="A2")
    heads = ("时间", "操作人", "被代理人", "操作", "对象种类", "对象", "改动", "原因", "地址", "请求编号")
    page.row(heads, "header")
    for entry in rows.iterator(chunk_size=2000):
        changes = "\n".join(f"{one.label}：{one.old or '空'} → {one.new or '空'}" for one in changes_of(entry))
        at = f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M:%S}"
        page.row(
            (
                at, entry.by_name, entry.on_behalf_of_name, entry.verb, called(entry.subject_type), entry.subject_name,
                changes, entry.reason, entry.address or "", entry.request_id,
            )
        )  # fmt: skip
    stream = io.BytesIO()
    book.save(stream)
    return stream


@needs("audit.verify_chain")
@require_POST
def entry_verify(request: HttpRequest) -> HttpResponse:
    """Reads the whole chain and says whether it holds."""
    broken = audit.first_broken_entry()
    user: Any = request.user
    if broken is None:
        messages.success(request, f"核对完了：{AuditEntry.objects.count()} 条记录前后相接，没有被改动过。")
    else:
        told = f"第 {broken.pk} 条（{_when(broken)}）对不上：它被改动过，或者它前面有记录被删掉。请联系系统维护人员。"
        messages.error(request, told)
    audit.record(user, "核对操作记录", after={"结果": "完整" if broken is None else f"第 {broken.pk} 条对不上"})
    return redirect("audit:entry_list")
