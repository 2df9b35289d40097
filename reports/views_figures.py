"""Figures: the catalogue, one figure with its records, a comparison, each as a page and as a workbook; and a search for texts."""

from __future__ import annotations

import html
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.html import strip_tags
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_safe

from assignments.models import School
from assignments.models.scope import Access
from assignments.permissions import may_see_county, own_counties
from assignments.views.reading import Reading
from reports.documents.charts import Drawing, draw
from reports.documents.tree import Chart
from reports.figures import REGISTRY, Asked, Counted, comparing, value
from reports.figures.catalogue import find, groups
from reports.figures.comparing import Comparison, Line
from reports.figures.together import breakdowns, records_of, values_of
from reports.figures.words import dimension_name, is_entered, value_name, values_told, way
from reports.figures_excel import XLSX, catalogue_book, comparison_book, figure_book
from reports.records import columns_of, readable, with_related
from reports.views import (
    ROWS,
    asked_by,
    county_of,
    may_read_reports,
    own_school,
    pages_of,
    period_of,
    periods,
    query_of,
    viewpoint_of,
)
from zhijiao.access import needs
from zhijiao.accounts import audit

FOUND_AT_MOST = 20
RECORDS_AT_MOST = 20_000
SHOWN_AT_ONCE = 12
SORTS = {"value": "数从小到大", "-value": "数从大到小", "name": "按名称"}


# --- whose, when -------------------------------------------------------------------------------------------------------


def _chooser(request: HttpRequest, asked: Asked | None) -> dict[str, Any]:
    """What a page lets one choose: a period, the county or a school, on which side."""
    chosen = asked.viewpoint if asked else None
    rows: Any = School.objects.visible_to(request.user).filter(is_outside_county=False)
    if not may_read_reports(request):
        rows = rows.none()
    if chosen:
        rows = rows.filter(county=chosen.county)
    schools = list(rows.order_by("name", "pk").values_list("pk", "name"))
    if chosen and chosen.school and chosen.school.pk not in {pk for pk, _ in schools}:
        schools.insert(0, (chosen.school.pk, chosen.school.name))
    return {
        "periods": periods(asked.period if asked else period_of(request)),
        "schools": schools,
        "school": chosen.school.pk if chosen and chosen.school else None,
        "side": str(chosen.side) if chosen and chosen.side else "",
        "has_county": county_of(request) is not None,
        "district": request.GET.get("district", ""),
    }


def _may_open(request: HttpRequest) -> bool:
    return bool(request.GET.get("school")) or county_of(request) is not None or own_school(request) is not None


def _definition(key: str) -> Any:
    if key not in REGISTRY:
        raise Http404
    return REGISTRY[key]


def _file(request: HttpRequest, content: bytes, asked: Asked, what: str) -> HttpResponse:
    """The file; that it was taken out stands in the trail."""
    told = {"数据项": what, "时段": asked.period.code, "视角": str(asked.viewpoint.school or asked.viewpoint.county)}
    audit.record(request.user, "导出数据项", asked.viewpoint.county, after=told)  # type: ignore[arg-type]
    response = HttpResponse(content, content_type=XLSX)
    name = f"{asked.viewpoint.name}{asked.period.title}{what}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


# --- the catalogue -----------------------------------------------------------------------------------------------------


@needs("figure.read")
@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """All the figures: what each is called and means, and its number for whom and when one chooses."""
    words = request.GET.get("q", "").strip()[:100]
    found = groups(words)
    asked = Asked(period_of(request), viewpoint_of(request)) if _may_open(request) else None
    told = {}
    if asked:
        keys = [definition.key for _, some in found for definition in some]
        told = {counted.definition.key: counted for counted in values_of([(key, asked) for key in keys])}
    context = {
        "groups": [(title, [(one, told.get(one.key)) for one in some]) for title, some in found],
        "number": sum(len(some) for _, some in found),
        "words": words,
        "period": asked.period if asked else period_of(request),
        "asked": asked,
        "query": query_of(asked) if asked else "",
        "chooser": _chooser(request, asked),
    }
    return render(request, "reports/figures/catalogue.html", context)


@needs("figure.read")
@require_safe
def catalogue_file(request: HttpRequest) -> HttpResponse:
    """The whole catalogue with its numbers."""
    asked = asked_by(request)
    keys = [definition.key for _, some in groups() for definition in some]
    wanted = [(key, asked) for key in keys]
    values_of(wanted)
    lines = dict(zip(keys, records_of(wanted), strict=True))
    divided = [(title, [value(one.key, asked) for one in some]) for title, some in groups()]
    return _file(request, catalogue_book(asked, divided, lines), asked, "数据项")


# --- one figure --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Picture:
    """A chart with the lines that it draws: the same picture as in a document, the numbers as links beside it."""

    anchor: str
    caption: str
    category: str
    lines: list[tuple[str, Counted]]
    chart: Chart | None

    @property
    def first(self) -> list[tuple[str, Counted]]:
        return self.lines[:SHOWN_AT_ONCE]

    @property
    def rest(self) -> list[tuple[str, Counted]]:
        return self.lines[SHOWN_AT_ONCE:]

    @property
    def drawing(self) -> Drawing | None:
        return draw(self.chart) if self.chart else None


def _divided(counted: Counted) -> list[Picture]:
    """The figure by each of its dimensions in which it is divided at all."""
    definition, made = counted.definition, []
    for (_, name), parts in breakdowns([definition.key], counted.asked).items():
        if not parts:
            continue
        lines = [(value_name(part, name, of), part) for of, part in parts if part.value]
        category = dimension_name(name)
        caption = f"{definition.label}按{category}"
        chart = comparing.chart_of(definition.key, [Line(*line) for line in lines], caption, category)
        made.append(Picture(f"by-{name}", caption, category, lines, chart))
    return made


def _over_years(counted: Counted) -> Picture:
    lines = comparing.trend(counted.definition.key, counted.asked)
    caption, category = f"{counted.definition.label}近五年", "时段"
    chart = comparing.chart_of(counted.definition.key, lines, caption, category, in_time=True)
    return Picture("trend", caption, category, [(line.label, line.counted) for line in lines], chart)


def _asked_figure(request: HttpRequest, key: str) -> Counted:
    definition = _definition(key)
    narrow = {name: request.GET[name] for name in definition.paths if name in request.GET}
    try:
        return value(key, asked_by(request), **narrow)
    except (ValueError, TypeError):  # a word where the figure has a number
        raise Http404 from None


def _records(request: HttpRequest, counted: Counted) -> QuerySet[Any]:
    rows = with_related(readable(counted.rows(), request.user))
    return rows.order_by(*(rows.query.order_by or rows.model._meta.ordering or ()), "pk")


@needs("figure.read")
@require_safe
def figure_page(request: HttpRequest, key: str) -> HttpResponse:
    """One figure: its number, how it is counted, by what it is divided, how it went, and the very records it counted."""
    counted = _asked_figure(request, key)
    asked, is_whole = counted.asked, not counted.narrowed
    trend = _over_years(counted) if is_whole else None
    rows = _records(request, counted)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    number = counted.rows().count() if rows.model is not None else 0
    line = Line("", counted)
    context = {
        "asked": asked,
        "counted": counted,
        "line": line,
        "parts": line.parts,
        "bar": f"{min(Decimal(100), Decimal(counted.value)):.1f}%" if line.parts and line.is_known else "",
        "way": way(counted),
        "narrowed": values_told(counted),
        "entered": is_whole and is_entered(counted),
        "divided": _divided(counted) if is_whole else [],
        "trend": trend,
        "page": page,
        "pages": pages_of(request, page),
        "hidden": number - page.paginator.count,
        "table": Reading(request).tell.table(list(page), *columns_of(rows.model)),
        "query": query_of(asked),
        "own_query": urlencode(counted.query),
        "chooser": _chooser(request, asked),
    }
    return render(request, "reports/figures/figure.html", context)


@needs("figure.read")
@require_safe
def figure_file(request: HttpRequest, key: str) -> HttpResponse:
    """The figure, its parts, its years, and the records as far as the person may read them."""
    counted = _asked_figure(request, key)
    is_whole = not counted.narrowed
    rows = _records(request, counted)
    number = counted.rows().count()
    may_read = rows.count()
    found = list(rows[:RECORDS_AT_MOST])
    table = Reading(request).tell.table(found, *columns_of(rows.model))
    records = [[_bare(cell.html) for cell in line] for line in table.rows]
    hidden = "" if number == may_read else f"另有 {number - may_read} 条不在您能看的范围里。"
    if may_read > RECORDS_AT_MOST:
        hidden += f"这里列前 {RECORDS_AT_MOST} 条。"
    divided = [(one.category, one.lines) for one in _divided(counted)] if is_whole else []
    years = _over_years(counted).lines if is_whole else []
    content = figure_book(
        counted,
        (way(counted), values_told(counted)),
        divided,
        years,
        ([_bare(head.html) for head in table.heads], records, hidden),
    )
    return _file(request, content, counted.asked, counted.definition.label)


def _bare(cell: Any) -> str:
    """What a cell says without its links."""
    return html.unescape(strip_tags(str(cell)))


# --- side by side ------------------------------------------------------------------------------------------------------


def _ways(request: HttpRequest, asked: Asked) -> list[Comparison]:
    """What may be set side by side here: of a school, those below it and its years."""
    view = asked.viewpoint
    if view.school:
        return [way for way in comparing.WAYS if way.in_time or (way.key == "centre" and len(view.schools) > 1)]
    access = Access.of(request.user)
    whole = [one for one in own_counties(request.user) if access.everything or one.pk in access.districts]
    more = [comparing.of_counties(whole, request.user)] if len(whole) > 1 and may_see_county(request.user) else []
    return [*comparing.WAYS, *more]


def _compared(request: HttpRequest, key: str) -> tuple[Asked, list[Comparison], Comparison, str, list[Line]]:
    _definition(key)
    asked = asked_by(request)
    ways = _ways(request, asked)
    chosen = next((one for one in ways if one.key == request.GET.get("by")), ways[0])
    lines = comparing.compare(key, asked, chosen)
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS or chosen.in_time else "-value"
    return asked, ways, chosen, sort, _sorted(lines, sort)


def _sorted(lines: list[Line], sort: str) -> list[Line]:
    """Lines that are not known stand last."""
    if sort == "name":
        return sorted(lines, key=lambda line: line.label)
    if sort in SORTS:
        sign = -1 if sort == "-value" else 1
        return sorted(lines, key=lambda line: (not line.is_known, sign * line.counted.value, line.label))
    return lines


@needs("figure.read")
@require_safe
def compare(request: HttpRequest, key: str) -> HttpResponse:
    """The figure of schools, years or counties side by side."""
    asked, ways, chosen, sort, lines = _compared(request, key)
    definition = REGISTRY[key]
    caption = f"{asked.viewpoint.name}{definition.label}：{chosen.label}"
    chart = comparing.chart_of(key, lines, caption, chosen.category, in_time=chosen.in_time)
    page = Paginator(lines, ROWS).get_page(request.GET.get("page"))
    widest = max((Decimal(line.counted.value) for line in lines if line.is_known), default=Decimal(0))
    top = Decimal(100) if definition.ratio else widest
    context = {
        "asked": asked,
        "definition": definition,
        "ratio": [REGISTRY[part] for part in definition.ratio] if definition.ratio else [],
        "ways": ways,
        "chosen": chosen,
        "sort": sort,
        "sorts": SORTS,
        "page": page,
        "pages": pages_of(request, page),
        "lines": [(line, _share(line, top)) for line in page],
        "number": len(lines),
        "picture": Picture("compare", caption, chosen.category, [], chart),
        "query": query_of(asked),
        "chooser": _chooser(request, asked),
    }
    return render(request, "reports/figures/compare.html", context)


def _share(line: Line, top: Decimal) -> str:
    if not (line.is_known and line.counted.value > 0 and top):
        return ""
    return f"{min(Decimal(100), Decimal(line.counted.value) * 100 / top):.1f}%"


@needs("figure.read")
@require_safe
def compare_file(request: HttpRequest, key: str) -> HttpResponse:
    """The comparison as a workbook, with a chart that Excel draws itself."""
    asked, _, chosen, _, lines = _compared(request, key)
    content = comparison_book(asked, REGISTRY[key], chosen, lines)
    return _file(request, content, asked, f"{REGISTRY[key].label}比较")


# --- for a text --------------------------------------------------------------------------------------------------------


@needs("figure.read")
@require_safe
def search(request: HttpRequest) -> JsonResponse:
    """Figures that a text may take: at most twenty, each with its number now and with what it can be narrowed to."""
    asked = asked_by(request)
    words = request.GET.get("q", "").strip()[:100]
    found = (find(words) if words else list(REGISTRY.values()))[:FOUND_AT_MOST]
    numbers = values_of([(definition.key, asked) for definition in found])
    divided = breakdowns([definition.key for definition in found], asked)
    results = [_result(counted, divided) for counted in numbers]
    answer = JsonResponse({"period": asked.period.title, "viewpoint": asked.viewpoint.name, "results": results})
    answer["Cache-Control"] = "no-store"
    return answer


def _result(counted: Counted, divided: dict[tuple[str, str], list[tuple[str, Counted]]]) -> dict[str, Any]:
    definition = counted.definition
    dimensions = [
        {
            "name": name,
            "label": dimension_name(name),
            "values": [
                {
                    "value": of,
                    "label": value_name(part, name, of),
                    "told": part.told,
                    "with_unit": part.with_unit,
                    "url": part.url,
                }
                for of, part in divided[definition.key, name]
            ],
        }
        for name in definition.by
    ]
    return {
        "key": definition.key, "label": definition.label, "unit": definition.unit, "told": counted.told, "with_unit": counted.with_unit,
        "definition": definition.definition, "url": counted.url, "dimensions": [one for one in dimensions if one["values"]],
    }  # fmt: skip
