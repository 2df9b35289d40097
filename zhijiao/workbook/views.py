"""/import/: upload, preview, confirm, undo; the template, the export, and what every column means."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijiao.access import needs
from zhijiao.navigation import chosen_year
from zhijiao.workbook import registry, uploads
from zhijiao.workbook.container import WorkbookRefused
from zhijiao.workbook.description import Problem, Sheet
from zhijiao.workbook.errors import write_marked
from zhijiao.workbook.exporting import export_workbook
from zhijiao.workbook.forms import ExportForm, UploadForm
from zhijiao.workbook.importing import PlanChanged
from zhijiao.workbook.models import ImportRun, RunState
from zhijiao.workbook.template import RULES, told_key, told_needs, write_template
from zhijiao.workbook.undo import UndoRefused, undo

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RUNS_ON_A_PAGE = 25
PROBLEMS_SHOWN = 300  # the marked workbook has all of them


@require_http_methods(["GET", "POST"])
@needs("workbook.import")
def run_list(request: HttpRequest) -> HttpResponse:
    """Upload a workbook; below, what was imported before."""
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES, user=request.user)
        if form.is_valid():
            try:
                run = uploads.receive(form.cleaned_data["file"], form.chosen_county(), request.user)
                return redirect("workbook:run_detail", run.pk)
            except WorkbookRefused as refused:
                form.add_error("file", str(refused))
    else:
        form = UploadForm(user=request.user)
    runs = (
        ImportRun.objects.visible_to(request.user)
        .settled()
        .select_related("by")
        .defer("problems", "changes", "notices")
    )
    page = Paginator(runs, RUNS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "workbook/run_list.html",
        {
            "form": form,
            "export_form": ExportForm(user=request.user, initial={"period": chosen_year(request)}),
            "page": page,
        },
    )


@require_GET
@needs("workbook.import")
def run_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The preview, or what became of it."""
    return _show(request, _run(request, pk))


@require_POST
@needs("workbook.import")
def run_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    run = _run(request, pk)
    if run.problem_count:
        messages.error(request, "没有导入：还有问题没有改。请改好工作簿后重新上传")
        return redirect("workbook:run_detail", pk)
    try:
        plan = uploads.confirm(run, _county(request, run), request.user)
    except PlanChanged:
        messages.warning(request, "没有导入：预览之后有人改了记录，下面是新的预览，请再看一遍")
    except uploads.UploadGone:
        _tell_gone(request, run)
    else:
        if plan.problems:
            messages.error(request, "没有导入：预览之后有人改了记录，现在有下面这些问题")
        else:
            messages.success(request, f"已导入：新增 {run.created} 条，修改 {run.changed} 条")
    return redirect("workbook:run_detail", pk)


@require_POST
@needs("workbook.import")
def run_abandon(request: HttpRequest, pk: int) -> HttpResponse:
    run = _run(request, pk)
    try:
        uploads.abandon(run, request.user)
        messages.success(request, "不导入了，上传的文件已删除，什么也没有写入")
    except uploads.UploadGone:
        _tell_gone(request, run)
    return redirect("workbook:run_list")


@require_POST
@needs("workbook.import")
def run_undo(request: HttpRequest, pk: int) -> HttpResponse:
    run = _run(request, pk)
    try:
        undo(run, request.user)
    except UndoRefused as refused:
        return _show(request, run, refused.reasons)
    messages.success(request, f"已撤销：删去新增的 {run.created} 条，恢复修改过的 {run.changed} 条")
    return redirect("workbook:run_detail", pk)


@require_GET
@needs("workbook.import")
def run_marked(request: HttpRequest, pk: int) -> HttpResponse:
    """The upload with its wrong cells marked."""
    run = _run(request, pk)
    try:
        source = uploads.kept_file(run)
    except uploads.UploadGone:
        _tell_gone(request, run)
        return redirect("workbook:run_detail", pk)
    stream = io.BytesIO()
    problems = [Problem(**{name: value for name, value in told.items() if name != "cell"}) for told in run.problems]
    write_marked(source, problems, stream)
    return _download(stream, f"{Path(run.file_name).stem}（已标出问题）.xlsx")


@require_GET
@needs("workbook.import")
def template(request: HttpRequest) -> HttpResponse:
    stream = io.BytesIO()
    write_template(stream)
    return _download(stream, "支教管理系统工作簿.xlsx")


@require_GET
@needs("workbook.export")
def export(request: HttpRequest) -> HttpResponse:
    form = ExportForm(request.GET, user=request.user)
    if not form.is_valid():
        runs = Paginator(ImportRun.objects.visible_to(request.user).settled(), RUNS_ON_A_PAGE).get_page(1)
        context = {"form": UploadForm(user=request.user), "export_form": form, "page": runs}
        return render(request, "workbook/run_list.html", context, status=400)
    county, period = form.chosen_county(), form.cleaned_data["period"]
    if county is None:
        messages.error(request, "系统里还没有登记县（市、区），请先导入工作簿")
        return redirect("workbook:run_list")
    stream = io.BytesIO()
    export_workbook(stream, county=county, period=period, by=request.user)
    return _download(stream, f"{county}{period}支教工作簿.xlsx")


@require_GET
@needs("workbook.import")
def columns(request: HttpRequest) -> HttpResponse:
    """Every sheet and column, from the same description as everything else."""
    return render(
        request, "workbook/columns.html", {"rules": RULES, "sheets": [_explained(s) for s in registry.sheets()]}
    )


def _explained(sheet: Sheet) -> dict[str, Any]:
    rows = [
        {"column": column, "kind": column.kind.describe(), "aliases": "、".join(column.aliases)}
        for column in sheet.columns
    ]
    return {"sheet": sheet, "key": told_key(sheet), "needs": told_needs(sheet), "rows": rows}


def _run(request: HttpRequest, pk: int) -> ImportRun:
    return get_object_or_404(ImportRun.objects.visible_to(request.user).select_related("by", "undone_by"), pk=pk)


def _county(request: HttpRequest, run: ImportRun) -> Any:
    """The county of the preview, among those for which this person may still import; None: the workbook says which."""
    return next((county for county in registry.counties_of(request.user) if county.pk == run.county_id), None)


def _show(request: HttpRequest, run: ImportRun, refusals: list[str] | None = None) -> HttpResponse:
    context = {
        "run": run,
        "counts": [
            line for line in run.counts if any(line[what] for what in ("created", "changed", "unchanged", "refused"))
        ],
        "problems": run.problems[:PROBLEMS_SHOWN],
        "problems_hidden": max(run.problem_count - PROBLEMS_SHOWN, 0),
        "is_preview": run.state == RunState.PREVIEW,
        "can_confirm": run.state == RunState.PREVIEW and not run.problem_count and bool(run.created or run.changed),
        "can_undo": run.state == RunState.IMPORTED,
        "refusals": refusals or [],
        "until": timezone.localtime(run.at + uploads.KEPT),
    }
    return render(request, "workbook/run_detail.html", context, status=409 if refusals else 200)


def _tell_gone(request: HttpRequest, run: ImportRun) -> None:
    if run.state == RunState.PREVIEW:
        messages.error(request, "上传的文件已过期删除，请重新上传")
    else:
        messages.warning(request, f"这次上传的状态是“{run.get_state_display()}”，不用再处理")


def _download(stream: io.BytesIO, name: str) -> HttpResponse:
    response = HttpResponse(stream.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
