"""/reports/years/: which school years are closed, what is missing in one, closing it, opening it again."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assignments import closing
from assignments.access import is_of_bureau
from assignments.models import District, SchoolYear, YearClosing
from assignments.periods import Period
from reports.archive import stream_archive
from reports.forms_years import CloseForm, ReopenForm
from reports.views import county_of
from zhijiao import clock
from zhijiao.access import needs
from zhijiao.entry import once
from zhijiao.refusals import tells_refusals


def _county(request: HttpRequest) -> District:
    county = county_of(request)
    if county is None or not is_of_bureau(request.user, "year.view", county.pk):
        raise Http404
    return county


@require_GET
@needs("year.view")
def year_list(request: HttpRequest) -> HttpResponse:
    """Every year that has begun, the newest first."""
    county = _county(request)
    rows = YearClosing.objects.visible_to(request.user).filter(county=county, reopened_on=None)
    closed = {row.school_year_id: row for row in rows.select_related("closed_by")}
    years = SchoolYear.objects.visible_to(request.user).filter(start__lte=clock.today()).order_by("-code")
    return render(
        request, "reports/years/list.html", {"county": county, "rows": [(year, closed.get(year.pk)) for year in years]}
    )


@require_GET
@needs("year.view")
def year_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What is not finished in the year, where it is, and the way to close it or to open it again."""
    county, year = _county(request), _year(request, pk)
    closings = YearClosing.objects.visible_to(request.user).filter(county=county, school_year=year)
    history = list(closings.select_related("closed_by", "reopened_by"))
    closed = next((one for one in history if one.reopened_on is None), None)
    items = closing.checklist(county, year)
    context = {
        "county": county,
        "year": year,
        "closed": closed,
        "history": history,
        "items": items,
        "stopping": [one for one in items if one.stops and one.number],
        "may_close": closed is None and is_of_bureau(request.user, "year.close", county.pk),
        "may_archive": is_of_bureau(request.user, "workbook.export", county.pk),
        "may_reopen": closed is not None and is_of_bureau(request.user, "year.reopen", county.pk),
    }
    return render(request, "reports/years/detail.html", context)


def _year(request: HttpRequest, pk: int) -> SchoolYear:
    years = SchoolYear.objects.visible_to(request.user).filter(start__lte=clock.today())
    found: SchoolYear = get_object_or_404(years, pk=pk)
    return found


@require_http_methods(["GET", "POST"])
@needs("year.close")
@tells_refusals
def year_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Asked once more: afterwards nothing of the year changes."""
    county, year = _county(request), _year(request, pk)
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with once(request) as turn:
            if turn.is_repeat:
                return turn.again()
            closing.close(county, year, by=request.user, note=form.cleaned_data["note"])
            messages.success(request, f"{year.title}已结转，从现在起只能看")
            return turn.answered(reverse("reports:year", args=[year.pk]))
    return _form(request, form, year, f"结转{year.title}", "结转", county)


@require_http_methods(["GET", "POST"])
@needs("year.reopen")
@tells_refusals
def year_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """With a reason, which stays."""
    county, year = _county(request), _year(request, pk)
    row = closing.closing_of(county.pk, year.code)
    if row is None:
        messages.warning(request, f"{year.title}没有结转，不用重新打开")
        return redirect("reports:year", year.pk)
    form = ReopenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with once(request) as turn:
            if turn.is_repeat:
                return turn.again()
            closing.reopen(row, by=request.user, reason=form.cleaned_data["reason"])
            messages.success(request, f"{year.title}已重新打开，改完以后请再结转")
            return turn.answered(reverse("reports:year", args=[year.pk]))
    return _form(request, form, year, f"重新打开{year.title}", "重新打开", county)


@require_POST
@needs("workbook.export")
def year_archive(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The whole year as a zip that begins to come at once; it holds the workbook, so whoever may take that may take it."""
    county, year = _county(request), _year(request, pk)
    if not is_of_bureau(request.user, "workbook.export", county.pk):
        raise Http404
    name = f"{county}{year.title}支教工作档案.zip"
    pieces = stream_archive(county, Period.parse(year.code), by=request.user)
    disposition = content_disposition_header(as_attachment=True, filename=name) or ""
    return StreamingHttpResponse(pieces, content_type="application/zip", headers={"Content-Disposition": disposition})


def _form(
    request: HttpRequest, form: forms.Form, year: SchoolYear, heading: str, action: str, county: District
) -> HttpResponse:
    left = [one for one in closing.checklist(county, year) if one.number] if isinstance(form, CloseForm) else []
    context = {"form": form, "year": year, "heading": heading, "action": action, "left": left}
    return render(request, "reports/years/form.html", context)
