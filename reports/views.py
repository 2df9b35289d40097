"""Reports and figures: choose whose year, read it, take it home as PDF; open the records behind a number."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from assignments.access import is_of_bureau
from assignments.choices import SCHOOL_ROLES
from assignments.models import District, School, SchoolYear
from assignments.models.scope import Access, memberships_of
from assignments.periods import Period
from assignments.permissions import may_see_county, own_counties
from assignments.views.reading import Reading
from reports.annual_report import annual_report, is_empty
from reports.annual_report.page import standalone_page
from reports.documents.excel import render_excel
from reports.documents.html import render_html
from reports.documents.pdf import RenderingError, render_pdf
from reports.documents.tree import Document
from reports.documents.word import render_word
from reports.figures import Asked, Viewpoint
from reports.figures.asked import Side
from reports.living.telling import schools_with_work
from reports.living.writing import may_begin
from reports.models import Report, ReportCall
from zhijiao.access import needs
from zhijiao.navigation import chosen_year

ROWS = 50
SIDES = {"sending": Side.SENDING, "receiving": Side.RECEIVING, "both": Side.BOTH}
FILE_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html; charset=utf-8",
}
_SIDE_NAMES = {Side.SENDING: "派出", Side.RECEIVING: "接收"}


# --- whose year ------------------------------------------------------------------------------------------------------------


def period_of(request: HttpRequest) -> Period:
    try:
        return Period.parse(request.GET.get("period") or chosen_year(request))
    except ValueError as problem:
        raise Http404(str(problem)) from None


def viewpoint_of(request: HttpRequest) -> Viewpoint:
    """The school that is asked for, else the county, else the person's own school; 404 where that is not theirs to read."""
    wanted = request.GET.get("school", "")
    if wanted:
        if not wanted.isdecimal() or not may_read_reports(request):
            raise Http404
        school = get_object_or_404(School.objects.visible_to(request.user).select_related("county"), pk=int(wanted))
        return Viewpoint(school.county, school, SIDES.get(request.GET.get("side", "")), user=request.user)
    county = county_of(request)
    if county is not None:
        return Viewpoint(county, user=request.user)
    school = own_school(request)
    if school is None:
        raise Http404
    return Viewpoint(school.county, school, user=request.user)


def county_of(request: HttpRequest) -> District | None:
    """The county whose year this person may see whole."""
    if not may_see_county(request.user):
        return None
    access, wanted = Access.of(request.user), request.GET.get("district")
    whole = (one for one in own_counties(request.user) if access.everything or one.pk in access.districts)
    found = next((county for county in whole if not wanted or county.code == wanted), None)
    if found is None and wanted:
        raise Http404
    return found


def own_school(request: HttpRequest) -> School | None:
    """The school that this person leads."""
    return next((one.school for one in memberships_of(request.user) if one.role in SCHOOL_ROLES), None)


def may_read_reports(request: HttpRequest) -> bool:
    """The bureau and the heads of a school; a teacher reads their own pages."""
    return may_see_county(request.user) or bool(Reading(request).access.schools)


def asked_by(request: HttpRequest) -> Asked:
    return Asked(period_of(request), viewpoint_of(request))


def query_of(asked: Asked) -> str:
    """The same period and viewpoint as an address has it."""
    parts = {"period": asked.period.code}
    if asked.viewpoint.school:
        parts["school"] = str(asked.viewpoint.school.pk)
        if asked.viewpoint.side:
            parts["side"] = str(asked.viewpoint.side)
    elif asked.viewpoint.district_code:
        parts["district"] = asked.viewpoint.district_code
    return urlencode(parts)


# --- reports ---------------------------------------------------------------------------------------------------------------


STATES = {
    "missing": ("没有上报", ("", "draft", "returned")),
    "handed_in": ("待审阅", ("handed_in",)),
    "accepted": ("已采用", ("accepted",)),
}


@needs("report.read")
def index(request: HttpRequest) -> HttpResponse:
    """Which year, whose report, and how far it is."""
    period, words = period_of(request), request.GET.get("q", "").strip()
    schools = School.objects.visible_to(request.user).filter(is_outside_county=False).order_by("name")
    if not may_read_reports(request):
        schools = schools.none()
    if words:
        schools = schools.filter(name__icontains=words)
    newest = Report.objects.filter(school=OuterRef("pk"), period=period.code).order_by("-pk")
    schools = schools.annotate(report_state=Coalesce(Subquery(newest.values("state")[:1]), Value("")))
    county = county_of(request)
    chosen = request.GET.get("state", "")
    if chosen in STATES:
        asked_of = schools_with_work(county, period) if county else schools.values("pk")
        schools = schools.filter(report_state__in=STATES[chosen][1], pk__in=asked_of)
    page = Paginator(schools.select_related("county"), ROWS).get_page(request.GET.get("page"))
    context = {
        "period": period,
        "periods": periods(period),
        "county": county,
        "own": _reports_of_bureau(request, county, period),
        "schools": page,
        "rows": _with_reports(request, page, period),
        "words": words,
        "states": [(key, label) for key, (label, _) in STATES.items()],
        "chosen": chosen,
        "call": _call_of(request, county, period),
        "may_call": county is not None and is_of_bureau(request.user, "report.call", county.pk),
        "may_begin": county is not None and may_begin(request.user, county, None),
        "pages": pages_of(request, page),
    }
    return render(request, "reports/index.html", context)


def _reports_of_bureau(request: HttpRequest, county: District | None, period: Period) -> list[Report]:
    """The bureau's own, the newest first: one that is written, one that was issued, those it replaced."""
    if county is None:
        return []
    rows = Report.objects.visible_to(request.user).filter(county=county, school=None, period=period.code)
    return list(rows.order_by("-pk"))


def _with_reports(request: HttpRequest, page: Any, period: Period) -> list[tuple[School, Report | None, bool]]:
    """Each school of the page with its report, and whether this person may begin one."""
    schools = list(page)
    known = {
        row.school_id: row
        for row in Report.objects.visible_to(request.user)
        .filter(school__in=schools, period=period.code)
        .select_related("school", "county")
        .order_by("pk")
    }
    return [
        (one, known.get(one.pk), one.pk not in known and may_begin(request.user, one.county, one)) for one in schools
    ]


def _call_of(request: HttpRequest, county: District | None, period: Period) -> ReportCall | None:
    """Until when the schools are to hand in; a school reads it too."""
    whose = [county.pk] if county else Access.of(request.user).counties
    return ReportCall.objects.filter(county__in=whose, period=period.code).first()


def periods(chosen: Period) -> list[tuple[str, list[Period]]]:
    """School years with their terms, and calendar years, the newest first."""
    codes = list(SchoolYear.objects.values_list("code", flat=True).order_by("-code")[:10])
    whole = [Period.parse(code) for code in codes]
    years = sorted({int(code[:4]) + step for code in codes for step in (0, 1)}, reverse=True)
    groups = [
        ("学年", whole),
        ("学期", [Period.parse(f"{code}-{term}") for code in codes[:3] for term in (2, 1)]),
        ("年份", [Period.parse(str(year)) for year in years]),
    ]
    if not any(chosen == period for _, some in groups for period in some):
        groups.insert(0, ("", [chosen]))
    return groups


@needs("report.read")
def read(request: HttpRequest) -> HttpResponse:
    """The report on the screen; its numbers open their records."""
    asked = asked_by(request)
    document = annual_report(asked)
    context = {
        "asked": asked,
        "document": document,
        "is_empty": is_empty(document),
        "article": render_html(document),
        "outline": [heading for heading in document.sections() if heading.level == 1],
        "query": query_of(asked),
        "side": _SIDE_NAMES.get(asked.viewpoint.side) if asked.viewpoint.side else "",
        "today": timezone.localdate(),
    }
    return render(request, "reports/annual_report.html", context)


@needs("report.read")
def pdf(request: HttpRequest) -> HttpResponse:
    document = _told(request)
    try:
        return _file(document, "pdf", render_pdf(document))
    except RenderingError as problem:
        return HttpResponse(str(problem), status=503, content_type="text/plain; charset=utf-8")


@needs("report.read")
def word(request: HttpRequest) -> HttpResponse:
    """The same, to be edited."""
    document = _told(request)
    return _file(document, "docx", render_word(document))


@needs("report.read")
def excel(request: HttpRequest) -> HttpResponse:
    """Its figures, tables and charts, to be worked with."""
    document = _told(request)
    return _file(document, "xlsx", render_excel(document))


@needs("report.read")
def web_page(request: HttpRequest) -> HttpResponse:
    """One file that any browser opens without this site."""
    document = _told(request)
    return _file(document, "html", standalone_page(document).encode())


def _told(request: HttpRequest) -> Document:
    document = annual_report(asked_by(request))
    if is_empty(document):
        raise Http404
    return document


def _file(document: Document, ending: str, content: bytes) -> HttpResponse:
    """To be kept under the document's own title."""
    response = HttpResponse(content, content_type=FILE_TYPES[ending])
    response["Content-Disposition"] = content_disposition_header(True, f"{document.title_text}.{ending}")
    return response


def pages_of(request: HttpRequest, page: Any) -> list[tuple[str, str, bool]]:
    """Numbers of pages with their addresses; … stands for those left out."""
    if page.paginator.num_pages < 2:
        return []
    query = request.GET.copy()
    made = []
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1):
        query["page"] = str(number)
        made.append((str(number), "" if isinstance(number, str) else f"?{query.urlencode()}", number == page.number))
    return made


def address(asked: Asked, name: str = "annual_report") -> str:
    return f"{reverse(f'reports:{name}')}?{query_of(asked)}"
