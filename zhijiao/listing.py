"""The one list page of the product: search, filters in the address, sorting, paging; the same rows for a whole page and for htmx.

A list page is a declaration (ListPage) and a view of a few lines:

    def school_list(request):
        return SCHOOLS.render(request, School.objects.visible_to(request.user))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django_filters import FilterSet

ROWS = 25


@dataclass(frozen=True)
class ListColumn:
    """`cell(row)` gives what stands in it. `sort`: the orderings behind its header, none: not sortable."""

    header: str
    cell: Callable[[Any], Any]
    css: str = ""
    key: str = ""
    sort: tuple[str, ...] = ()


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
    is_current: bool = False


@dataclass(frozen=True)
class ListPage:
    """What a list page is made of. The first filter named `q` is its search box."""

    heading: str
    columns: tuple[ListColumn, ...]
    filters: type[FilterSet]
    order: tuple[str, ...]
    search_hint: str
    nothing: str  # why it is empty where nothing was recorded yet
    unit: str = "条"
    css: str = "flow"
    views: tuple[tuple[str, str], ...] = field(default=())  # tabs: label, query string

    def render(self, request: HttpRequest, rows: QuerySet[Any], **context: Any) -> HttpResponse:
        listing = Listing(self, request, rows)
        is_part = bool(getattr(request, "htmx", False)) and not getattr(request.htmx, "boosted", False)  # type: ignore[attr-defined]
        template = "components/_list_rows.html" if is_part else "components/list_page.html"
        return render(request, template, {"listing": listing, **context})


class Listing:
    """One look at a list: what the address asks for, worked out."""

    def __init__(self, page: ListPage, request: HttpRequest, rows: QuerySet[Any]) -> None:
        self.page, self.request = page, request
        self.query: QueryDict = request.GET
        self.filterset = page.filters(request.GET, queryset=rows, request=request)
        self._is_valid = self.filterset.is_valid()  # a wrong value is told, and left out

    @cached_property
    def rows(self) -> Page[Any]:
        found = self.filterset.filter_queryset(self.filterset.queryset) if self._is_valid else self._as_far_as_valid()
        return Paginator(found.order_by(*self._order()), ROWS).get_page(self.query.get("page"))

    def _as_far_as_valid(self) -> QuerySet[Any]:
        rows = self.filterset.queryset
        for name, value in self.filterset.form.cleaned_data.items():
            rows = self.filterset.filters[name].filter(rows, value)
        return rows

    @property
    def problems(self) -> list[str]:
        """Filter values that could not be read, in words."""
        return [
            f"筛选“{self.filterset.form[name].label}”没有生效：{errors[0]}"
            for name, errors in self.filterset.form.errors.items()
        ]

    def lines(self) -> Iterator[list[tuple[str, str, Any]]]:
        """Of each row its cells: class, the header where a bare number needs it on a phone, content."""
        columns = [
            (column.css, column.header if "r" in column.css.split() else "", column.cell)
            for column in self.page.columns
        ]
        for row in self.rows:
            yield [(css, label, cell(row)) for css, label, cell in columns]

    # --- sorting -------------------------------------------------------------------------------------------------------

    @cached_property
    def _sorted(self) -> tuple[ListColumn | None, bool]:
        asked = self.query.get("sort", "")
        column = next(
            (column for column in self.page.columns if column.key and column.key == asked.removeprefix("-")), None
        )
        return column, asked.startswith("-")

    def _order(self) -> list[str]:
        column, is_descending = self._sorted
        if column is None:
            return [*self.page.order]
        turned = {"": "-", "-": ""}
        wanted = [
            turned[name[:1] if name.startswith("-") else ""] + name.lstrip("-") if is_descending else name
            for name in column.sort
        ]
        return [*wanted, "pk"]

    def heads(self) -> list[Head]:
        sorted_by, is_descending = self._sorted
        heads = []
        for column in self.page.columns:
            if not column.sort:
                heads.append(Head(column))
                continue
            is_this = column is sorted_by
            target = f"-{column.key}" if is_this and not is_descending else column.key
            direction = ("descending" if is_descending else "ascending") if is_this else "none"
            heads.append(Head(column, self.address(sort=target, page=None), direction))
        return heads

    # --- filters -------------------------------------------------------------------------------------------------------

    @cached_property
    def pills(self) -> list[Pill]:
        pills = []
        for name, chosen in self.filterset.form.cleaned_data.items():
            if chosen in (None, "", [], ()) or (hasattr(chosen, "exists") and not chosen):
                continue
            label = self.filterset.form.fields[name].label
            pills.append(Pill(f"{label}：{self._told(name, chosen)}", self.address(page=None, **{name: None})))
        return pills

    def _told(self, name: str, chosen: Any) -> str:
        if isinstance(chosen, bool):
            return "是" if chosen else "否"
        choices = dict(getattr(self.filterset.form.fields[name], "choices", ()) or ())
        if isinstance(chosen, list | tuple):
            return "、".join(str(choices.get(one, one)) for one in chosen)
        return str(choices.get(str(chosen), chosen)) if choices else str(chosen)

    @property
    def filters_in_use(self) -> int:
        return len([name for name in self.filterset.form.cleaned_data if name != "q" and self.query.get(name)])

    @property
    def filter_fields(self) -> list[Any]:
        return [self.filterset.form[name] for name in self.filterset.form.fields if name != "q"]

    def tabs(self) -> list[Tab]:
        here = {name: values for name, values in self.query.lists() if name not in ("page", "sort") and any(values)}
        tabs = []
        for label, query in self.page.views:
            asked = dict(QueryDict(query).lists())
            tabs.append(Tab(label, f"?{query}", here == asked))
        return tabs

    # --- addresses -----------------------------------------------------------------------------------------------------

    def address(self, **changes: Any) -> str:
        """This list with some things changed; None takes a thing away."""
        kept = [
            (name, value) for name, values in self.query.lists() if name not in changes for value in values if value
        ]
        kept += [(name, value) for name, value in changes.items() if value is not None]
        return f"?{urlencode(kept)}" if kept else self.request.path

    def pages(self) -> list[tuple[str, str, bool]]:
        """Numbers of pages with their addresses; … stands for those left out."""
        numbers = self.rows.paginator.get_elided_page_range(self.rows.number, on_each_side=2, on_ends=1)
        return [
            (str(number), "" if isinstance(number, str) else self.address(page=number), number == self.rows.number)
            for number in numbers
        ]

    @property
    def next_url(self) -> str:
        return self.address(page=self.rows.next_page_number()) if self.rows.has_next() else ""
