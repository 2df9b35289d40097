"""The document as a page's fragment, whose figures open their records, and as the finished HTML that becomes a PDF."""

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from .charts import Drawing, draw
from .fonts import font_css
from .photos import attachment_address
from .qr import qr_svg
from .tree import (
    Addressee,
    Box,
    Document,
    Ends,
    Figure,
    FlowItem,
    Form,
    Heading,
    Inline,
    NumberedChart,
    NumberedTable,
    PageBreak,
    Paragraph,
    Photo,
    QrCode,
    SheetHead,
    Strong,
    Table,
)
from .widths import width_in_ems

GONGWEN_CSS = Path(__file__).with_name("gongwen.css")
FORM_CSS = Path(__file__).with_name("form.css")
FORM_LINE = 6.4  # mm, a line of a form
PHOTO_ROOM = (150, 100)  # mm
MARK_SIZE, MARK_WIDTH = 46.0, 440.0  # points: of 发文机关标志 a letter at most, and the whole
PhotoAddress = Callable[[str], str]
_MIDDLE = '@bottom-center{content:"— " counter(page) " —";font:10.5pt var(--st);vertical-align:top;padding-top:2mm}'
_FREE = "@page{@bottom-right{content:none}}@page :left{margin:MARGIN;@bottom-left{content:none}}"
# Several papers in one file count their pages anew: neighbours stand on pages of different names.
SHEETS = (
    ".sheet-a{page:a}.sheet-b{page:b}@page :nth(1 of a){counter-reset:page 1}@page :nth(1 of b){counter-reset:page 1}"
)
PAGES = {  # size, margins and page number of what is no 公文
    "form": f"@page{{size:A4;margin:22mm 20mm 18mm 22mm;{_MIDDLE}}}{_FREE.replace('MARGIN', '22mm 20mm 18mm 22mm')}",
    "wide": f"@page{{size:A4 landscape;margin:18mm 16mm 15mm;{_MIDDLE}}}{_FREE.replace('MARGIN', '18mm 16mm 15mm')}",
    "certificate": f"@page{{size:A4;margin:18mm;border:2.5pt double #000;padding:8mm}}{_FREE.replace('MARGIN', '18mm')}",
}
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
class BoxView:
    """A cell of a form, its text in paragraphs."""

    box: Box
    lines: tuple[str, ...]
    height: float  # mm that its text takes at least, so that what is signed stands at the foot


@dataclass(frozen=True)
class FormView:
    form: Form
    shares: tuple[float, ...]
    rows: tuple[tuple[BoxView, ...], ...]


@dataclass(frozen=True)
class ItemView:
    kind: str
    item: FlowItem
    inlines: tuple[InlineView, ...] = ()
    table: TableView | None = None
    drawing: Drawing | None = None
    form: FormView | None = None
    picture: str = ""
    photo: "PhotoView | None" = None


@dataclass(frozen=True)
class PhotoView:
    """`address` is empty where there is no such picture any more."""

    address: str
    width: float  # mm on paper
    height: float


def render_html(document: Document, photo_address: PhotoAddress = attachment_address) -> SafeString:
    """The `<article class="sheet">` of the reading page."""
    context = context_of(document, photo_address)
    return mark_safe(render_to_string("reports/documents/sheet.html", context))  # noqa: S308 (autoescaped)


def finished_html(document: Document, photos: Container[str] = ()) -> str:
    """The whole HTML page in 公文 layout, fonts and all, from which the PDF is made; `photos` are the keys it is given."""
    styles = mark_safe(font_css() + styles_of(document))  # noqa: S308 (our own files)
    context = context_of(document, lambda key: f"photo:{key}" if key in photos else "")
    html = render_to_string("reports/documents/gongwen.html", {**context, "styles": styles})
    head, body = html.split("<body>", 1)
    return f"{head}<body>{body.replace('·', UNBROKEN_DOT)}"


@lru_cache(maxsize=1)
def gongwen_css() -> str:
    return GONGWEN_CSS.read_text(encoding="utf8")


def styles_of(document: Document) -> str:
    """Of the paper: a form stands on what a 公文 has, with its own page and letters."""
    own = "" if document.layout == "gongwen" else PAGES[document.layout] + form_css()
    return gongwen_css() + own + (SHEETS if document.is_bound else "")


@lru_cache(maxsize=1)
def form_css() -> str:
    return FORM_CSS.read_text(encoding="utf8")


def context_of(document: Document, photo_address: PhotoAddress) -> dict[str, object]:
    """What the templates of a document are given."""
    items = [item_view(item, photo_address) for item in document.flow()]
    size = min(MARK_SIZE, MARK_WIDTH / max(width_in_ems(document.red_head), 1))
    return {"document": document, "items": items, "groups": grouped(items), "mark_size": round(size, 1)}


def grouped(items: Iterable[ItemView]) -> list[dict[str, object]]:
    """One group for each of several papers, or for all of a single one; neighbours have different classes."""
    groups: list[tuple[str, list[ItemView]]] = []
    for view in items:
        if isinstance(view.item, SheetHead):
            groups.append(("sheet-a" if view.item.is_odd else "sheet-b", []))
        elif not groups:
            groups.append(("", []))
        groups[-1][1].append(view)
    return [{"css": css, "views": views} for css, views in groups]


def item_view(item: FlowItem, photo_address: PhotoAddress) -> ItemView:
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
    if isinstance(item, Form):
        return ItemView("form", item, form=form_view(item))
    if isinstance(item, QrCode):
        return ItemView("qr", item, picture=qr_svg(item.address))
    if isinstance(item, Photo):
        return ItemView("photo", item, photo=PhotoView(photo_address(item.key), *item.fitted(*PHOTO_ROOM)))
    if isinstance(item, (Ends, PageBreak, SheetHead)):
        return ItemView({Ends: "ends", PageBreak: "page_break", SheetHead: "sheet"}[type(item)], item)
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


def form_view(form: Form) -> FormView:
    rows = tuple(tuple(box_view(box, form.row_height) for box in row) for row in form.rows)
    return FormView(form, _shares(form.widths), rows)


def box_view(box: Box, row_height: float) -> BoxView:
    height = max(box.height, row_height) - FORM_LINE * len(box.foot) - 2
    return BoxView(box, tuple(box.text.split("\n")), round(max(height, 0), 1) if box.foot else 0)


def _shares(weights: tuple[float, ...]) -> tuple[float, ...]:
    whole = sum(weights)
    return tuple(round(100 * weight / whole, 2) for weight in weights)


def _size(table: Table) -> str:
    """The largest lettering in which most cells stay on one line."""
    if table.is_small:
        return SMALLEST
    heads = sum(max(width_in_ems(cell.text) / 2, 2) for cell in table.header_rows[-1]) if table.header else 0
    natural = max(sum(table.weights) if not table.widths else 0, heads + table.columns)
    return next((size for size, ems in TYPE_AREA_EMS.items() if natural <= ems), SMALLEST)
