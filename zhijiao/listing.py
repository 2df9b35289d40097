"""The one list page of the product: views, search, filters in the address, sorting, paging; for a whole page and for htmx.

A list page is a declaration and a view of a few lines:

    SCHOOLS = ListPage(heading="学校", filters=SchoolFilters, columns=(ListColumn(…), …), order=("name", "pk"), …)

    def school_list(request):
        return SCHOOLS.render(request, School.objects.visible_to(request.user))

One query counts the rows of every view at once, one picks those of a page, one fetches them, however many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from zhijiao.filters import EVERYTHING, ListFilters, PanelField, panel_field

ROWS = 25
FRAGMENT = "list"  # the id of the element that htmx asks for


@dataclass(frozen=True)
class ListColumn:
    """`cell(row)` gives what stands in it. `sort`: the orderings behind its header, none: not sortable."""

    header: str
    cell: Callable[[Any], Any]
    css: str = ""
    key: str = ""
    sort: tuple[str, ...] = ()
    label: str = ""  # said before the value on a phone, where there are no headers


@dataclass(frozen=True)
class ListView:
    """A tab: some of the rows, under a name. The condition must not join to many rows: use Exists or pk__in."""

    label: str
    key: str
    condition: Any


@dataclass(frozen=True)
class Pill:
    """A filter that is on, and the address without it."""

    label: str
    url: str


@dataclass(frozen=True)
class Head:
    column: ListColumn
    url: str = ""
    direction: str = "none"  # as aria-sort says it


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    number: int
    is_current: bool


@dataclass(frozen=True)
class BulkAction:
    """Something to do with the rows that are ticked; a preview comes before it is done."""

    key: str
    label: str
    is_first: bool = False


@dataclass(frozen=True)
class Bulk:
    """The bar under a list: where the ticked rows are sent as `pick`, with the action as `do`."""

    url: str
    actions: tuple[BulkAction, ...]
    named: Callable[[Any], str]  # what a row is called, for who does not see it


@dataclass(frozen=True)
class ListPage:
    """What a list page is made of."""

    heading: str
    columns: tuple[ListColumn, ...]
    filters: type[ListFilters]
    order: tuple[str, ...]
    search_hint: str
    nothing: str  # why it is empty where nothing was recorded yet; for everybody, so without the workbook
    sheet: str = ""  # of the workbook, from which it can be filled by those who may import
    unit: str = "条"
    css: str = "flow"  # how a row folds on a phone: "flow" as a line of text, "from-to" as sender → receiver
    views: tuple[ListView, ...] = field(default=())
    template: str = "components/list_page.html"  # or one that extends it, with buttons at the heading
    export: str = ""  # the name of the address that gives the filtered rows as a workbook
    carried: tuple[str, ...] = ()  # what else of the address a search keeps, such as the year of a plan

    def render(
        self, request: HttpRequest, rows: QuerySet[Any], bulk: Bulk | None = None, **context: Any
    ) -> HttpResponse:
        htmx: Any = getattr(request, "htmx", None)
        is_part = bool(htmx) and htmx.target == FRAGMENT and not htmx.history_restore_request
        template = "components/_list.html" if is_part else self.template
        response = render(request, template, {"listing": Listing(self, request, rows, bulk), **context})
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        return response


class Listing:
    """One look at a list: what the address asks for, worked out. What it asks wrongly is told, and left out."""

    def __init__(self, page: ListPage, request: HttpRequest, rows: QuerySet[Any], bulk: Bulk | None = None) -> None:
        self.page, self.path = page, request.path
        self.query: QueryDict = request.GET.copy()
        self._defaults = page.filters.defaults(request)
        if not request.GET:
            self.query.update(self._defaults)
        self.is_closed = page.filters.is_closed(request, self.query)
        self.bulk = bulk if bulk and bulk.actions and not self.is_closed else None
        self._filterset = page.filters(self.query, queryset=rows, request=request)
        self._form = self._filterset.form
        self._form.is_valid()

    # --- rows ----------------------------------------------------------------------------------------------------------

    @cached_property
    def _filtered(self) -> QuerySet[Any]:
        return self._filterset.filter_queryset(self._filterset.queryset)

    @cached_property
    def _counts(self) -> dict[str, int]:
        views = {f"in_{view.key}": Count("pk", filter=Q(view.condition)) for view in self.page.views}
        return self._filtered.order_by().aggregate(everything=Count("pk"), **views)

    @cached_property
    def _view(self) -> ListView | None:
        return next((view for view in self.page.views if view.key == self.query.get("view")), None)

    @property
    def count(self) -> int:
        return self._counts[f"in_{self._view.key}" if self._view else "everything"]

    @cached_property
    def pages_in_all(self) -> int:
        return max(1, -(-self.count // ROWS))

    @cached_property
    def number(self) -> int:
        """The page that is shown: the one asked for, or the nearest there is."""
        asked = self.query.get("page", "")
        return min(max(int(asked), 1), self.pages_in_all) if asked.isdecimal() and len(asked) < 9 else 1

    @cached_property
    def rows(self) -> list[Any]:
        if not self.count:
            return []
        found = self._filtered.filter(self._view.condition) if self._view else self._filtered
        first = (self.number - 1) * ROWS
        # By key first: SQLite would work out every column of every row of the county before it sorts them.
        picked = list(found.order_by(*self._order()).values_list("pk", flat=True)[first : first + ROWS])
        rows = {row.pk: row for row in self._filterset.queryset.filter(pk__in=picked).order_by()}
        return [rows[key] for key in picked if key in rows]

    @property
    def matching(self) -> QuerySet[Any]:
        """All the rows that the address asks for, in its order, not those of a page alone."""
        found = self._filtered.filter(self._view.condition) if self._view else self._filtered
        return found.order_by(*self._order())

    @property
    def export_url(self) -> str:
        """Where the same rows are given as a workbook; "" where they are not."""
        asked = self.address(page=None).partition("?")[2]
        return f"{reverse(self.page.export)}?{asked}" if self.page.export and self.count else ""

    @property
    def span(self) -> str:
        """1—25."""
        first = (self.number - 1) * ROWS
        return f"{first + 1}—{first + len(self.rows)}"

    def lines(self) -> Iterator[SafeString]:
        """The cells of each row. Not a loop of the template: two hundred cells are most of the work of a page."""
        columns = [(_opening(column), column.cell) for column in self.page.columns]
        for row in self.rows:
            cells = "".join(f"{opening}{conditional_escape(cell(row))}</td>" for opening, cell in columns)
            yield SafeString(self._tick(row) + cells)

    def _tick(self, row: Any) -> str:
        if self.bulk is None:
            return ""
        return format_html(
            '<td class="c-pick"><input class="form-check-input" type="checkbox" name="pick" value="{}" aria-label="选择{}"></td>',
            row.pk, self.bulk.named(row),
        )  # fmt: skip

    # --- sorting -------------------------------------------------------------------------------------------------------

    @cached_property
    def _sorted(self) -> tuple[ListColumn | None, bool]:
        asked = self.query.get("sort", "")
        key = asked.removeprefix("-")
        column = next((one for one in self.page.columns if one.sort and one.key == key), None)
        return column, asked.startswith("-")

    def _order(self) -> list[str]:
        column, is_descending = self._sorted
        if column is None:
            return [*self.page.order]
        return [*(_turned(name) if is_descending else name for name in column.sort), "pk"]

    def heads(self) -> Iterator[Head]:
        sorted_by, is_descending = self._sorted
        for column in self.page.columns:
            if not column.sort:
                yield Head(column)
                continue
            is_this = column is sorted_by
            target = f"-{column.key}" if is_this and not is_descending else column.key
            direction = ("descending" if is_descending else "ascending") if is_this else "none"
            yield Head(column, self.address(sort=target, page=None), direction)

    # --- filters -------------------------------------------------------------------------------------------------------

    @cached_property
    def panel(self) -> list[PanelField]:
        """The filters, those with chips first."""
        fields = [
            panel_field(name, field, self.query.getlist(name))
            for name, field in self._form.fields.items()
            if name != "q"
        ]
        return sorted(fields, key=lambda one: one.kind != "chips")

    @property
    def search(self) -> str:
        return self.query.get("q", "")

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the form of the filters carries along."""
        return [
            (name, self.query.get(name, "")) for name in ("view", "sort", *self.page.carried) if self.query.get(name)
        ]

    @property
    def problems(self) -> list[str]:
        """Filter values that could not be read, in words."""
        return [
            f"筛选“{self._form.fields[name].label}”没有生效：{errors[0]}" for name, errors in self._form.errors.items()
        ]

    @cached_property
    def pills(self) -> list[Pill]:
        pills = [Pill(f"搜索：{self.search}", self._without("q", self.search))] if self.search.strip() else []
        for one in self.panel:
            if one.name not in self._form.errors:
                told = ((value, label) for value, label in one.told() if value != EVERYTHING)
                pills += [Pill(f"{one.label}：{label}", self._without(one.name, value)) for value, label in told]
        return pills

    @property
    def filters_in_use(self) -> int:
        return len(self.pills) - bool(self.search.strip())

    @property
    def everything_url(self) -> str:
        return self.address(view=None, page=None)

    def _without(self, name: str, value: str) -> str:
        left = [one for one in self.query.getlist(name) if one and one != value]
        return self.address(page=None, **{name: left or None})

    def tabs(self) -> Iterator[Tab]:
        if self.page.views:
            yield Tab("全部", self.address(view=None, page=None), self._counts["everything"], self._view is None)
        for view in self.page.views:
            number = self._counts[f"in_{view.key}"]
            yield Tab(view.label, self.address(view=view.key, page=None), number, view is self._view)

    # --- addresses -----------------------------------------------------------------------------------------------------

    def address(self, **changes: Any) -> str:
        """This list with some things changed; None takes a thing away."""
        kept = [
            (name, value) for name, values in self.query.lists() if name not in changes for value in values if value
        ]
        for name, value in changes.items():
            if value is not None:
                kept += [(name, one) for one in value] if isinstance(value, list) else [(name, value)]
        # An address that asks for nothing would get the defaults again.
        query = urlencode(kept or [(name, EVERYTHING) for name in self._defaults])
        return f"{self.path}?{query}" if query else self.path

    def pages(self) -> list[tuple[str, str, bool]]:
        """Numbers of pages with their addresses; … stands for those left out."""
        last, here = self.pages_in_all, self.number
        wanted = sorted({1, last, *range(max(1, here - 2), min(last, here + 2) + 1)})
        shown: list[tuple[str, str, bool]] = []
        for previous, number in zip([0, *wanted], wanted, strict=False):
            if number - previous > 1:
                shown.append(("…", "", False))
            shown.append((str(number), self.address(page=number), number == here))
        return shown

    @property
    def next_url(self) -> str:
        return self.address(page=self.number + 1) if self.number < self.pages_in_all else ""


def _opening(column: ListColumn) -> SafeString:
    label = format_html(' data-label="{}"', column.label) if column.label else ""
    return format_html('<td class="{}"{}>', column.css, label)


def _turned(name: str) -> str:
    return name.removeprefix("-") if name.startswith("-") else f"-{name}"
