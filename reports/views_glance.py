"""/reports/glance/: the ratios, the flows, what is short and late, the evidence sheet, the leader's page, the counties."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from assignments.models.scope import Access
from assignments.periods import Period
from assignments.permissions import may_see_county, own_counties
from reports.documents.html import render_html
from reports.documents.pdf import RenderingError, render_pdf
from reports.documents.tree import Document, date_text
from reports.documents.word import render_word
from reports.figures import Asked
from reports.glance.board import Line, board, lines_of
from reports.glance.briefing import briefing
from reports.glance.counties import Counties, counties
from reports.glance.counties import grids as county_grids
from reports.glance.evidence import FIELDS, evidence
from reports.glance.evidence import document as evidence_document
from reports.glance.evidence import grid as evidence_grid
from reports.glance.flows import draw_flows, flows, place_table
from reports.glance.forecast import RULE
from reports.glance.now import now
from reports.glance.workbooks import board_grids, flow_grids, now_grids, workbook
from reports.views import address, pages_of, period_of, query_of, viewpoint_of
from zhijiao import clock
from zhijiao.access import needs
from zhijiao.accounts import audit
from zhijiao.navigation import school_years
from zhijiao.refusals import Refused, tells_refusals

ROWS = 50
TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ICONS = {"pdf": "file-earmark-pdf", "docx": "file-earmark-word", "xlsx": "file-earmark-excel"}
FORMAT_NAMES = {"pdf": "PDF", "docx": "Word", "xlsx": "Excel"}
# How the schools of a ratio can be ordered: key, words, whether the largest come first.
SORTS: dict[str, tuple[str, Callable[[Line], Any], bool]] = {
    "name": ("学校", lambda line: line.name, False),
    "part": ("分子", lambda line: line.goal.numerator.value, True),
    "whole": ("分母", lambda line: line.goal.denominator.value, True),
    "ratio": ("比例", lambda line: line.order, True),
    "more": ("还差", lambda line: line.goal.more or 0, True),
}


def asked_year(request: HttpRequest) -> Asked:
    """A whole school year, of which alone ratios are told: of a term or a calendar year the one it lies in."""
    period = period_of(request)
    whole = Period.parse(f"{period.first_year}-{period.first_year + 1}")
    return Asked(whole, viewpoint_of(request))


def sees_several(request: HttpRequest) -> bool:
    """Somebody of a prefecture or above, who has chosen no county."""
    if request.GET.get("district") or request.GET.get("school") or not may_see_county(request.user):
        return False
    return len(own_counties(request.user)) > 1


def newest_years(request: HttpRequest, here: str) -> list[str]:
    """Five, and the one that is looked at."""
    return [*dict.fromkeys((*(year.code for year in school_years(request)[:5]), here))]


@dataclass(frozen=True)
class Frame:
    """What stands at the top of each of the pages: whose, which year, and the other pages of it."""

    request: HttpRequest
    asked: Asked
    here: str

    @property
    def query(self) -> str:
        return query_of(self.asked)

    @property
    def tabs(self) -> list[tuple[str, str, bool]]:
        known = (("达标情况", "glance"), ("缺口和进展", "glance_now"), ("从哪里来到哪里去", "glance_flows"), ("2.11佐证表", "glance_evidence"), ("简报", "glance_briefing"))  # fmt: skip
        tabs = [(label, address(self.asked, name), name == self.here) for label, name in known]
        if self.asked.viewpoint.is_county and self.asked.viewpoint.district_code:
            tabs.insert(0, ("各县", f"{reverse('reports:glance_counties')}?period={self.asked.period.code}", False))
        return tabs

    @property
    def years(self) -> list[tuple[str, str, bool]]:
        """The newest five school years that there are, and the one that is looked at."""
        here = self.asked.period.code
        codes = newest_years(self.request, here)
        query = {key: value for key, value in self._parts.items() if key != "period"}
        return [(code.replace("-", "—"), f"?{urlencode({'period': code, **query})}", code == here) for code in codes]

    @property
    def _parts(self) -> dict[str, str]:
        return dict(part.split("=", 1) for part in self.query.split("&"))

    def files(self, kind: str) -> list[tuple[str, str, str]]:
        """Name, icon and address of each format."""
        return [(FORMAT_NAMES[form], ICONS[form], self.file(kind, form)) for form in FILES[kind][0]]

    def file(self, kind: str, form: str) -> str:
        return f"{reverse('reports:glance_file', args=[kind])}?{self.query}&format={form}"


@require_GET
@needs("figure.read")
def board_page(request: HttpRequest) -> HttpResponse:
    """Every rule in force as it stands; by year; by school."""
    if sees_several(request):
        return redirect(f"{reverse('reports:glance_counties')}?{urlencode({'period': period_of(request).code})}")
    asked, today = asked_year(request), clock.today()
    told = board(asked, today)
    lines = lines_of([goal.rule for goal in told.goals], asked)
    rule = _chosen_rule(request, lines)
    sort = request.GET.get("sort", "more")
    ordered = _ordered(lines.get(rule, []), sort)
    page = Paginator(ordered, ROWS).get_page(request.GET.get("page"))
    frame = Frame(request, asked, "glance")
    context = {
        "frame": frame,
        "asked": asked,
        "board": told,
        "today": today,
        "is_over": asked.period.end < today,
        "forecast_rule": RULE,
        "choices": [(goal, f"?{frame.query}&rule={goal.rule.pk}#h-schools", goal.rule.pk == rule) for goal in told.goals if goal.rule.pk in lines],
        "goal": next((goal for goal in told.goals if goal.rule.pk == rule), None),
        "page": page,
        "pages": pages_of(request, page),
        "heads": _heads(frame.query, rule, sort),
        "met": sum(line.goal.is_known and line.goal.is_met for line in ordered),
        "excel": frame.file("board", "xlsx"),
    }  # fmt: skip
    return render(request, "reports/glance/board.html", context)


def _chosen_rule(request: HttpRequest, lines: dict[int, list[Line]]) -> int:
    wanted = request.GET.get("rule", "")
    chosen = int(wanted) if wanted.isdecimal() else 0
    return chosen if chosen in lines else next(iter(lines), 0)


def _ordered(lines: list[Line], sort: str) -> list[Line]:
    """`sort` as the addresses have it: a key, with a minus the other way round."""
    _, key, is_largest_first = SORTS.get(sort.removeprefix("-"), SORTS["more"])
    return sorted(lines, key=key, reverse=is_largest_first != sort.startswith("-"))


def _heads(query: str, rule: int, sort: str) -> dict[str, tuple[str, str]]:
    """Of each column the address that sorts by it, and how it is sorted now."""
    heads = {}
    for key, (_, _, is_largest_first) in SORTS.items():
        turned = f"-{key}" if sort == key else key
        state = ""
        if sort.removeprefix("-") == key:
            state = "descending" if is_largest_first != sort.startswith("-") else "ascending"
        heads[key] = (f"?{query}&rule={rule}&sort={turned}#h-schools", state)
    return heads


@require_GET
@needs("figure.read")
def now_page(request: HttpRequest) -> HttpResponse:
    """What is short, late, inspected, unsolved."""
    asked, today = asked_year(request), clock.today()
    frame = Frame(request, asked, "glance_now")
    context = {"frame": frame, "asked": asked, "now": now(asked, today, request.user), "today": today, "excel": frame.file("now", "xlsx")}  # fmt: skip
    return render(request, "reports/glance/now.html", context)


@require_GET
@needs("figure.read")
def flows_page(request: HttpRequest) -> HttpResponse:
    """Between which schools, and from town to village."""
    asked = asked_year(request)
    told = flows(asked)
    ends, rows = place_table(told)
    frame = Frame(request, asked, "glance_flows")
    context = {
        "frame": frame,
        "asked": asked,
        "flows": told,
        "picture": draw_flows(told.shown),
        "ends": ends,
        "places": rows,
        "excel": frame.file("flows", "xlsx"),
    }
    return render(request, "reports/glance/flows.html", context)


@require_GET
@needs("figure.read")
def evidence_page(request: HttpRequest) -> HttpResponse:
    """The three numbers that indicator 2.11 asks for."""
    asked = asked_year(request)
    frame = Frame(request, asked, "glance_evidence")
    context = {"frame": frame, "asked": asked, "evidence": evidence(asked), "fields": FIELDS, "files": frame.files("evidence")}  # fmt: skip
    return render(request, "reports/glance/evidence.html", context)


@require_GET
@needs("figure.read")
def briefing_page(request: HttpRequest) -> HttpResponse:
    """The leader's sheet, on the screen."""
    document = _briefing(request)
    frame = Frame(request, asked_year(request), "glance_briefing")
    context = {"frame": frame, "article": render_html(document), "files": frame.files("briefing")}
    return render(request, "reports/glance/briefing.html", context)


def _briefing(request: HttpRequest) -> Document:
    asked, today = asked_year(request), clock.today()
    return briefing(board(asked, today), now(asked, today, request.user), flows(asked), today)


@require_GET
@needs("figure.read")
def counties_page(request: HttpRequest) -> HttpResponse:
    """The counties side by side."""
    told = _counties(request)
    here = told.period.code
    context = {
        "told": told,
        "rows": [(row, address(Asked(told.period, row.numbers[0].asked.viewpoint), "glance")) for row in told.rows],
        "years": [(code.replace("-", "—"), f"?period={code}", code == here) for code in newest_years(request, here)],
        "excel": f"{reverse('reports:glance_file', args=['counties'])}?period={here}",
    }
    return render(request, "reports/glance/counties.html", context)


def _counties(request: HttpRequest) -> Counties:
    """404 for who sees no county whole."""
    if not may_see_county(request.user):
        raise Http404
    access, period = Access.of(request.user), period_of(request)
    known = [one for one in own_counties(request.user) if access.everything or one.pk in access.districts]
    if not known:
        raise Http404
    whole = Period.parse(f"{period.first_year}-{period.first_year + 1}")
    return counties(known, whole, request.user)


# --- files -------------------------------------------------------------------------------------------------------------


def _board_file(request: HttpRequest, form: str) -> tuple[str, bytes]:
    asked, today = asked_year(request), clock.today()
    told = board(asked, today)
    lines = lines_of([goal.rule for goal in told.goals], asked)
    return f"{_whose(asked)}达标情况", workbook(board_grids(told, lines, date_text(today)))


def _whose(asked: Asked) -> str:
    return f"{asked.viewpoint.name}{asked.period.title}"


def _now_file(request: HttpRequest, form: str) -> tuple[str, bytes]:
    asked, today = asked_year(request), clock.today()
    return f"{_whose(asked)}缺口和进展", workbook(now_grids(now(asked, today, request.user), _whose(asked)))


def _flows_file(request: HttpRequest, form: str) -> tuple[str, bytes]:
    asked = asked_year(request)
    return f"{_whose(asked)}交流去向", workbook(flow_grids(flows(asked), _whose(asked)))


def _counties_file(request: HttpRequest, form: str) -> tuple[str, bytes]:
    told = _counties(request)
    if not told.rules:
        raise Refused(f"{told.period.title}没有各县都要达到的比例，没有可以导出的表")
    return f"各县{told.period.title}达标情况", workbook(county_grids(told))


def _evidence_file(request: HttpRequest, form: str) -> tuple[str, bytes]:
    asked = asked_year(request)
    told = evidence(asked)
    if form == "xlsx":
        return f"{_whose(asked)}指标2.11佐证表", workbook([evidence_grid(told)])
    return f"{_whose(asked)}指标2.11佐证表", _paper(evidence_document(told, clock.today()), form)


def _briefing_file(request: HttpRequest, form: str) -> tuple[str, bytes]:
    document = _briefing(request)
    return document.title_text, _paper(document, form)


def _paper(document: Document, form: str) -> bytes:
    if form == "docx":
        return render_word(document)
    try:
        return render_pdf(document)
    except RenderingError as problem:
        raise Refused(str(problem)) from problem


Make = Callable[[HttpRequest, str], tuple[str, bytes]]
FILES: dict[str, tuple[tuple[str, ...], Make]] = {
    "board": (("xlsx",), _board_file),
    "now": (("xlsx",), _now_file),
    "flows": (("xlsx",), _flows_file),
    "counties": (("xlsx",), _counties_file),
    "evidence": (("pdf", "docx", "xlsx"), _evidence_file),
    "briefing": (("pdf", "docx"), _briefing_file),
}


@require_GET
@needs("figure.read")
@tells_refusals
def glance_file(request: HttpRequest, kind: str) -> HttpResponse:
    """A page's tables as a workbook, or its paper."""
    formats, make = FILES.get(kind, ((), None))
    form = request.GET.get("format", formats[0] if formats else "")
    if make is None or form not in formats:
        raise Http404
    title, content = make(request, form)
    audit.record(request.user, "导出文件", after={"文件": title, "格式": FORMAT_NAMES[form]})  # type: ignore[arg-type]
    response = HttpResponse(content, content_type=TYPES[form])
    response["Content-Disposition"] = content_disposition_header(True, f"{title}.{form}") or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response
