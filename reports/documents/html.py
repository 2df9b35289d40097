"""The document as a page's fragment, whose figures open their records, and as the finished HTML that becomes a PDF."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from .charts import Drawing, draw
from .fonts import font_css
from .tree import (
    Addressee,
    Document,
    Figure,
    FlowItem,
    Heading,
    Inline,
    NumberedChart,
    NumberedTable,
    Paragraph,
    Strong,
    Table,
)
from .widths import width_in_ems

GONGWEN_CSS = Path(__file__).with_name("gongwen.css")
TYPE_AREA_EMS = {"t12": 37, "t10": 56}  # by natural width in ems: 12 pt, or 10.5 pt with some cells on two lines
SMALLEST = "t9"
UNBROKEN_DOT = "\u2060·"  # 买买提·阿不都: the dot may end a line but not begin one; a word joiner keeps it


@dataclass(frozen=True)
class InlineView:
    """An inline with its kind told, because a template cannot ask for a type."""

    kind: str  # "text", "strong" or "figure"
    text: str
    figure: Figure | None = None


@dataclass(frozen=True)
class CellView:
    inlines: tuple[InlineView, ...]  # of one part, drawn by the same template as a sentence
    alignment: str
    heads_row: bool

    @property
    def text(self) -> str:
        return self.inlines[0].text

    @property
    def bootstrap_class(self) -> str:
        """The page's tables stand right unless told otherwise."""
        return {"left": "text-start", "center": "text-center"}.get(self.alignment, "")


@dataclass(frozen=True)
class TableView:
    """A table ready to be drawn: column shares in per cent, cells with their alignment."""

    table: Table
    caption: str
    shares: tuple[float, ...]
    rows: tuple[tuple[CellView, ...], ...]
    size: str


@dataclass(frozen=True)
class ItemView:
    kind: str
    item: FlowItem
    inlines: tuple[InlineView, ...] = ()
    table: TableView | None = None
    drawing: Drawing | None = None


def render_html(document: Document) -> SafeString:
    """The `<article class="sheet">` of the reading page."""
    return mark_safe(render_to_string("reports/documents/sheet.html", _context(document)))  # noqa: S308 (autoescaped)


def finished_html(document: Document) -> str:
    """The whole HTML page in 公文 layout, fonts and all, from which the PDF is made."""
    styles = mark_safe(font_css() + gongwen_css())  # noqa: S308 (our own files)
    html = render_to_string("reports/documents/gongwen.html", {**_context(document), "styles": styles})
    head, body = html.split("<body>", 1)
    return f"{head}<body>{body.replace('·', UNBROKEN_DOT)}"


@lru_cache(maxsize=1)
def gongwen_css() -> str:
    return GONGWEN_CSS.read_text(encoding="utf8")


def _context(document: Document) -> dict[str, object]:
    return {"document": document, "items": [item_view(item) for item in document.flow()]}


def item_view(item: FlowItem) -> ItemView:
    if isinstance(item, Heading):
        return ItemView("heading", item)
    if isinstance(item, Paragraph):
        return ItemView("paragraph", item, inlines=tuple(map(inline_view, item.inlines)))
    if isinstance(item, Addressee):
        return ItemView("addressee", item)
    if isinstance(item, NumberedTable):
        caption = f"{item.label}　{item.table.caption}" if item.label else ""
        return ItemView("table", item, table=table_view(item.table, caption))
    if isinstance(item, NumberedChart):
        return ItemView("chart", item, table=table_view(item.chart.numbers, ""), drawing=draw(item.chart))
    return ItemView("signature", item)


def inline_view(inline: Inline) -> InlineView:
    if isinstance(inline, str):
        return InlineView("text", inline)
    if isinstance(inline, Strong):
        return InlineView("strong", inline.text)
    return InlineView("figure", inline.text, inline)


def table_view(table: Table, caption: str) -> TableView:
    alignments = table.column_alignments
    weights = table.weights
    heads_row = bool(alignments) and alignments[0] == "left" and len(alignments) > 1
    rows = tuple(
        tuple(CellView((inline_view(cell),), alignments[i], heads_row and i == 0) for i, cell in enumerate(row))
        for row in table.rows
    )
    return TableView(table, caption, _shares(weights), rows, _size(table))


def _shares(weights: tuple[float, ...]) -> tuple[float, ...]:
    whole = sum(weights)
    return tuple(round(100 * weight / whole, 2) for weight in weights)


def _size(table: Table) -> str:
    """The largest lettering in which most cells stay on one line."""
    heads = sum(max(width_in_ems(cell.text) / 2, 2) for cell in table.header_rows[-1]) if table.header else 0
    natural = max(sum(table.weights) if not table.widths else 0, heads + table.columns)
    return next((size for size, ems in TYPE_AREA_EMS.items() if natural <= ems), SMALLEST)
