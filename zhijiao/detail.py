"""What a detail page is made of: sections of facts and tables, told in Chinese, with everything empty left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from zhijiao.dates import ApproximateDate, ApproximateDateAttribute, told
from zhijiao.quantities import Quantity, QuantityAttribute, plain

SHOWN_AT_ONCE = 20  # rows of a table; the others are behind a summary

Address = Callable[[Model], str]


@cache
def icon(name: str) -> SafeString:
    """One of the icons, beside a word. Kept: a page draws the same few dozens of times."""
    return format_html(
        '<svg class="i" aria-hidden="true"><use href="{}#{}"></use></svg>', static("img/icons.svg"), name
    )


def money(amount: Decimal | None) -> str:
    """61,500.00 元."""
    return "" if amount is None else f"{amount:,.2f} 元"


@dataclass(frozen=True)
class Col:
    """What a fact or a column tells: the way to a value (`placements.subject`), or a function of the row.

    Without a label it is called as the model calls it. `unit` stands after a number; `css` is for the cell.
    """

    value: str | Callable[[Any], Any]
    label: str = ""
    unit: str = ""
    css: str = ""
    link: bool = True

    def named(self, model: type[Model] | None) -> str:
        if self.label or model is None or callable(self.value):
            return self.label
        return _label(model, self.value).removeprefix("是否")

    def of(self, row: Any) -> Any:
        return self.value(row) if callable(self.value) else _walk(row, self.value)


def _walk(row: Any, path: str) -> Any:
    *way, last = path.split(".")
    for step in way:
        row = getattr(row, step)
        if row is None:
            return None
    display = getattr(row, f"get_{last}_display", None)
    return display() if display else getattr(row, last)


def _label(model: type[Model], path: str) -> str:
    *way, last = path.split(".")
    for step in way:
        related = model._meta.get_field(step).related_model
        model = related if isinstance(related, type) else model
    described = getattr(model, last, None)
    if isinstance(described, ApproximateDateAttribute):
        return "日期"
    if isinstance(described, QuantityAttribute):
        last = described.columns[0]
    try:
        return str(model._meta.get_field(last).verbose_name)  # type: ignore[union-attr]
    except FieldDoesNotExist:
        raise ValueError(f"{model.__name__}.{path} needs a label") from None


@dataclass
class Facts:
    """Names and values, one under the other."""

    pairs: list[tuple[str, str]]
    template: str = "components/detail_facts.html"

    def __bool__(self) -> bool:
        return bool(self.pairs)


@dataclass
class Cell:
    html: str
    css: str = ""
    label: str = ""


@dataclass
class Table:
    """Rows of one kind. On a phone a row becomes its first cell with the others below it."""

    heads: list[Cell]
    rows: list[list[Cell]]
    caption: str = ""
    foot: str = ""
    template: str = "components/detail_table.html"

    def __bool__(self) -> bool:
        return bool(self.rows)

    @property
    def first(self) -> list[list[Cell]]:
        return self.rows[:SHOWN_AT_ONCE]

    @property
    def rest(self) -> list[list[Cell]]:
        return self.rows[SHOWN_AT_ONCE:]


@dataclass
class Note:
    """A sentence, or a longer text in paragraphs."""

    text: str
    template: str = "components/detail_note.html"

    def __bool__(self) -> bool:
        return bool(self.text)


@dataclass
class Section:
    """A heading and what stands under it. A `half` stands beside the next half."""

    anchor: str
    title: str
    blocks: list[Any] = field(default_factory=list)
    remark: str = ""
    half: bool = False
    is_named: bool = True  # among the places on the page that one can jump to

    def __post_init__(self) -> None:
        self.blocks = [block for block in self.blocks if block]

    def __bool__(self) -> bool:
        return bool(self.blocks)


class Page:
    """The sections of a page that have something to tell."""

    def __init__(self, sections: Iterable[Section]) -> None:
        self.sections = [section for section in sections if section]

    @property
    def named(self) -> list[Section]:
        return [section for section in self.sections if section.is_named]

    def rows(self) -> Iterator[list[Section]]:
        """As they are laid out: alone, or two halves beside each other."""
        waiting = list(self.sections)
        while waiting:
            section = waiting.pop(0)
            if section.half and waiting and waiting[0].half:
                yield [section, waiting.pop(0)]
            else:
                yield [section]


class Teller:
    """Turns what is recorded into what a page prints. `address` is where an object has a page that the reader may open."""

    def __init__(self, address: Address | None = None) -> None:
        self._address = address or (lambda _row: "")

    def link(self, row: Model | None, text: str = "") -> str:
        if row is None:
            return text
        address = self._address(row)
        return format_html('<a href="{}">{}</a>', address, text or str(row)) if address else text or str(row)

    def value(self, value: Any) -> str:
        """ "" where nothing is known."""
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, dt.datetime):
            return f"{told(value.date())} {value:%H:%M}"
        if isinstance(value, dt.date):
            return told(value)
        if isinstance(value, Decimal):
            return plain(value)
        if isinstance(value, ApproximateDate | Quantity):
            return str(value) if value else ""
        if isinstance(value, Model):
            return self.link(value)
        if isinstance(value, list | tuple):
            return format_html_join("、", "{}", ((self.value(part),) for part in value))
        return value if isinstance(value, SafeString) else str(value)

    def _cell(self, row: Any, column: Col) -> str:
        value = column.of(row)
        if isinstance(value, Model) and not column.link:
            value = str(value)
        shown = self.value(value)
        return format_html("{} {}", shown, column.unit) if shown and column.unit else shown

    def facts(self, row: Model | None, *columns: str | Col) -> Facts:
        """Those that are known."""
        if row is None:
            return Facts([])
        wanted = [Col(column) if isinstance(column, str) else column for column in columns]
        pairs = ((column.named(type(row)), self._cell(row, column)) for column in wanted)
        return Facts([(label, shown) for label, shown in pairs if shown])

    def table(self, rows: Sequence[Any], *columns: str | Col, caption: str = "", foot: str = "") -> Table:
        """One line for each row, with the columns in which at least one of them has something."""
        if not rows:
            return Table([], [])
        model = type(rows[0]) if isinstance(rows[0], Model) else None
        wanted = [Col(column) if isinstance(column, str) else column for column in columns]
        shown = [[self._cell(row, column) for column in wanted] for row in rows]
        kept = [number for number in range(len(wanted)) if any(line[number] for line in shown)]
        heads = [Cell(wanted[number].named(model), wanted[number].css) for number in kept]
        lines = []
        for line in shown:
            cells = [Cell(line[number], head.css, head.html) for number, head in zip(kept, heads, strict=True)]
            lines.append(cells)
        return Table(heads, lines, caption, foot)
