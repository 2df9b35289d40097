"""The document as a Word file that can be edited: heading styles, real tables, page numbers outside, from the same tree.

Equal trees give equal bytes: nothing in the file tells when it was made.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import singledispatchmethod
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm

from .html import MARK_SIZE, MARK_WIDTH
from .photos import PhotoSource, attachment_photo, photos_of
from .qr import qr_png
from .tree import (
    Addressee,
    Alignment,
    Box,
    Document,
    Ends,
    FlowItem,
    Form,
    Heading,
    NumberedChart,
    NumberedTable,
    PageBreak,
    Paragraph,
    Photo,
    QrCode,
    SheetHead,
    Signature,
    Strong,
    Table,
    text_of,
)
from .widths import width_in_ems
from .word_base import W, base_bytes, packed

TWIPS = 1440 / 25.4  # twentieths of a point in a millimetre
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
TABLE_EMS = (("", 37.0), ("10", 56.0))  # natural width in ems up to which a table has 12 pt, then 10.5, then 9
FORM_LINE = 6.4  # mm


@dataclass(frozen=True)
class PageShape:
    """Margins in mm, what stands at the foot, and the styles of the title and of running text."""

    width: float
    height: float
    top: float
    right: float
    bottom: float
    left: float
    footer: float
    title: str
    text: str
    signature_size: float

    @property
    def type_area(self) -> int:
        return round((self.width - self.left - self.right) * TWIPS)


SHAPES = {
    "gongwen": PageShape(210, 297, 37, 26, 35, 28, 23, "Title", "Normal", 16),
    "form": PageShape(210, 297, 22, 20, 18, 22, 9, "FormTitle", "FormText", 14),
    "wide": PageShape(297, 210, 18, 16, 15, 16, 7, "FormTitle", "FormText", 14),
    "certificate": PageShape(210, 297, 30, 27, 26, 27, 12, "CertificateTitle", "CertificateText", 15),
}


def render_word(document: Document, photos: PhotoSource = attachment_photo) -> bytes:
    """The .docx file."""
    return _Writer(document, photos_of(document, photos)).file()


class _Writer:
    def __init__(self, document: Document, photos: Mapping[str, bytes]) -> None:
        self.document, self.photos = document, photos
        self.shape = SHAPES[document.layout]
        self.word: Any = docx.Document(BytesIO(base_bytes()))
        self.body: Any = self.word.element.body
        self.last_section: Any = self.body.find(qn("w:sectPr"))
        self.area = self.shape.type_area
        self.bookmarks = 0

    def file(self) -> bytes:
        self._page()
        document = self.document
        if document.has_red_head:
            self._red_head()
            self._head(document.title_lines, "", document.byline_text)
        elif not document.is_bound:
            self._head(document.title_lines, document.number, document.byline_text)
        for item in self.document.flow():
            self.write(item)
        for note in self.document.notes:
            self.paragraph("Note" if self.document.layout == "gongwen" else "Remark", f"注：{note}")
        self._properties()
        return _without_times(self.word)

    # --- the page and what the file tells of itself ------------------------------------------------------------------------

    def _page(self) -> None:
        shape, section = self.shape, self.word.sections[0]
        section.page_width, section.page_height = Mm(shape.width), Mm(shape.height)
        section.top_margin, section.bottom_margin = Mm(shape.top), Mm(shape.bottom)
        section.left_margin, section.right_margin = Mm(shape.left), Mm(shape.right)
        section.footer_distance, section.header_distance = Mm(shape.footer), Mm(12)
        if self.document.layout == "wide":
            self.last_section.find(qn("w:pgSz")).set(qn("w:orient"), "landscape")
        self.last_section.append(_element("w:docGrid", {"w:type": "lines", "w:linePitch": "579"}))
        if self.document.layout == "gongwen":
            settings = self.word.settings.element
            settings.insert(1, _element("w:mirrorMargins"))
            self._page_number(section.footer, "footer", "— ", " —", {"w:rightChars": "100", "w:right": "280"})
            self._page_number(
                section.even_page_footer, "FooterEven", "— ", " —", {"w:leftChars": "100", "w:left": "280"}
            )
        elif self.document.layout == "certificate":
            self._frame()
        else:
            for footer in (section.footer, section.even_page_footer):
                self._page_number(footer, "FooterMiddle", "— ", " —", {})

    def _frame(self) -> None:
        borders = _element("w:pgBorders", {"w:offsetFrom": "page"})
        for side in ("top", "left", "bottom", "right"):
            borders.append(_element(f"w:{side}", {"w:val": "double", "w:sz": "6", "w:space": "31", "w:color": "auto"}))
        self.last_section.find(qn("w:docGrid")).addprevious(borders)

    def _page_number(self, footer: Any, style: str, before: str, after: str, indent: dict[str, str]) -> None:
        footer.is_linked_to_previous = False
        paragraph = _paragraph(style, indent=indent)
        paragraph.append(_run(before))
        paragraph.append(_field("PAGE"))
        paragraph.append(_run(after))
        element = footer._element
        element.clear()
        element.append(paragraph)

    def _properties(self) -> None:
        document, properties = self.document, self.word.core_properties
        properties.title, properties.author = _clean(document.title_text), _clean(document.organisation)
        properties.subject, properties.keywords = _clean(document.subject), _clean("，".join(document.keywords))
        properties.language, properties.last_modified_by = "zh-CN", _clean(document.organisation)
        day = document.dated or dt.date(2000, 1, 1)
        properties.created = properties.modified = dt.datetime.combine(day, dt.time(), dt.UTC)
        properties.revision = 1

    # --- what the tree holds -----------------------------------------------------------------------------------------------

    def _head(self, lines: Sequence[str], number: str, byline: str) -> None:
        title = _paragraph(self.shape.title)
        for i, line in enumerate(lines):
            title.append(_run(line, breaks=bool(i)))
        self.add(title)
        if number:
            self.paragraph("DocumentNumber", number, size=self._small(16))
        if byline:
            self.paragraph("Subtitle", byline, size=self._small(16))

    def _red_head(self) -> None:
        """发文机关标志 as wide as it fits, the number below it, a red rule 4 mm under that."""
        size = min(MARK_SIZE, MARK_WIDTH / max(width_in_ems(self.document.red_head), 1))
        self.paragraph("RedMark", self.document.red_head, size=round(size * 2) / 2)
        self.paragraph("RedNumber", self.document.number)

    def _small(self, size: float) -> float | None:
        return None if self.document.layout == "gongwen" else 12 if size > 12 else None

    @singledispatchmethod
    def write(self, item: FlowItem) -> None:
        raise TypeError(f"no Word for {type(item).__name__}")

    @write.register
    def _(self, item: Heading) -> None:
        style = f"Heading{item.level}" if item.number else "Appendix"
        extra = [] if item.number else [_element("w:pageBreakBefore")]
        paragraph = _paragraph(style, extra=extra)
        self.bookmarks += 1
        number = str(self.bookmarks)
        paragraph.append(_element("w:bookmarkStart", {"w:id": number, "w:name": f"_{item.anchor}".replace("-", "_")}))
        paragraph.append(_run(item.text))
        paragraph.append(_element("w:bookmarkEnd", {"w:id": number}))
        self.add(paragraph)

    @write.register
    def _(self, item: Paragraph) -> None:
        paragraph = _paragraph(self.shape.text)
        for inline in item.inlines:
            paragraph.append(_run(text_of(inline), style="Emphasised" if isinstance(inline, Strong) else ""))
        self.add(paragraph)

    @write.register
    def _(self, item: Addressee) -> None:
        self.paragraph("Addressee", item.text, size=None if self.document.layout == "gongwen" else 14)

    @write.register
    def _(self, item: NumberedTable) -> None:
        if item.label:
            self.paragraph("Caption", f"{item.label}　{item.table.caption}")
        self._keep_off_text()
        self._table(item.table)

    @write.register
    def _(self, item: NumberedChart) -> None:
        """The numbers of the drawing: in Word they can be edited, and a chart is drawn from them by whoever wants it."""
        self.paragraph("Caption", item.caption)
        self._table(item.chart.numbers)
        if item.chart.limit:
            self.paragraph("Remark", f"注：{item.chart.limit.label}")

    @write.register
    def _(self, item: Signature) -> None:
        """署名 in the middle above the date, the date four hanzi from the edge; kept with what stands before."""
        size = self.shape.signature_size
        name, day = width_in_ems(item.organisation), width_in_ems(item.date_text)
        from_edge = 4.0 if name <= 14 else 2.0
        right_of_day = from_edge + max(0.0, (name - day) / 2)
        right_of_name = from_edge + max(0.0, (day - name) / 2)
        self.add(_paragraph("SignedBy", keep_next=True))
        for text, indent in ((item.organisation, right_of_name), (item.date_text, right_of_day)):
            if text:
                ends = {"w:rightChars": str(round(indent * 100)), "w:right": str(round(indent * size * 20))}
                keep = text == item.organisation and bool(item.date_text)
                line = _paragraph("SignedBy", indent=ends, keep_next=keep)
                line.append(_run(text, size=size if size != 16 else None))
                self.add(line)

    @write.register
    def _(self, item: Form) -> None:
        widths = _twips(item.widths, self.area)
        rows = [
            (line, max([item.row_height, *(box.height for box in line if box and box.rows == 1)])) for line in item.grid
        ]
        self._keep_off_text()
        table = _table("PaperTable" if item.is_ruled else "BareTable", widths)
        for y, height in enumerate(height for _, height in rows):
            row = _row(height_mm=height)
            for box, columns, merge, width in _spans(item.grid, y, widths, _size_of_box):
                row.append(
                    _cell(columns, width, merge, _box_paragraphs(box, width, item.row_height), is_top=_signed(box))
                )
            table.append(row)
        self.add(table)
        self._gap()

    @write.register
    def _(self, item: Ends) -> None:
        paragraph = _paragraph("FormEnds")
        stops = _element("w:tabs")
        stops.append(_element("w:tab", {"w:val": "right", "w:pos": str(self.area)}))
        paragraph.find(qn("w:pPr")).insert(1, stops)
        paragraph.append(_run(item.left))
        if item.right:
            paragraph.append(_tab())
            paragraph.append(_run(item.right))
        self.add(paragraph)

    @write.register
    def _(self, item: QrCode) -> None:
        widths = [round(30 * TWIPS), self.area - round(30 * TWIPS)]
        inline = self.word.part.new_pic_inline(BytesIO(qr_png(item.address)), Mm(28), Mm(28))
        inline.docPr.set("descr", item.address)
        inline.docPr.set("name", "二维码")
        picture, run = _paragraph("FormCell", line=240), _element("w:r")
        drawing = _element("w:drawing")
        drawing.append(inline)
        run.append(drawing)
        picture.append(run)
        words = []
        for text in item.words:
            line = _paragraph("Cell10", alignment="left")
            line.append(_run(text))
            words.append(line)
        self.add(_paragraph("Cell9", line=120, before=round(12 * TWIPS)))
        table, row = _table("BareTable", widths), _row()
        row.append(_cell(1, widths[0], "", [picture]))
        row.append(_cell(1, widths[1], "", words))
        table.append(row)
        self.add(table)
        self._gap()

    @write.register
    def _(self, item: Photo) -> None:
        content = self.photos.get(item.key)
        line = _paragraph("Photo", keep_next=bool(item.caption))
        try:
            line.append(self._drawn(item, content) if content else _run("（照片没有找到）"))
        except Exception:  # python-docx tells a broken picture by any exception, even the bare one
            line.append(_run("（照片没有找到）"))
        self.add(line)
        if item.caption:
            self.paragraph("PhotoCaption", item.caption)

    def _drawn(self, item: Photo, content: bytes) -> Any:
        width, height = item.fitted(min(150, self.area / TWIPS), 100)
        inline = self.word.part.new_pic_inline(BytesIO(content), Mm(width), Mm(height))
        inline.docPr.set("descr", _clean(item.caption))
        inline.docPr.set("name", "照片")
        run, drawing = _element("w:r"), _element("w:drawing")
        drawing.append(inline)
        run.append(drawing)
        return run

    @write.register
    def _(self, item: PageBreak) -> None:
        self._gap(breaks=True)

    @write.register
    def _(self, item: SheetHead) -> None:
        if not item.is_first:
            end = _paragraph("Cell9", line=20)
            section = deepcopy(self.last_section)
            section.insert(_place_of_type(section), _element("w:type", {"w:val": "nextPage"}))
            end.find(qn("w:pPr")).append(section)
            self.add(end)
        for known in self.last_section.findall(qn("w:pgNumType")):
            self.last_section.remove(known)
        grid = self.last_section.find(qn("w:docGrid"))
        grid.addprevious(_element("w:pgNumType", {"w:start": "1"}))
        self._head(item.title_lines, item.number, item.byline)

    # --- tables ------------------------------------------------------------------------------------------------------------

    def _table(self, table: Table) -> None:
        is_wide = self.document.layout == "wide"
        size = "9" if is_wide or table.is_small else _letter_size(table, self.area)
        widths = _twips(table.weights, self.area)
        made = _table("PaperTable", widths, first_row=bool(table.header), last_row=table.has_total, is_tight=is_wide)
        grid = table.header_grid
        for y in range(len(grid)):
            row = _row(is_head=True)
            for head, columns, merge, width in _spans(grid, y, widths, lambda cell: (cell.columns, cell.rows)):
                row.append(_cell(columns, width, merge, [_text(f"CellHead{size}", head.text if head else "")]))
            made.append(row)
        for number, cells in enumerate(table.rows):
            is_total = table.has_total and number == len(table.rows) - 1
            style = f"CellHead{size}" if is_total else f"Cell{size}"
            row = _row()
            for i, width in enumerate(widths):
                text = text_of(cells[i]) if i < len(cells) else ""
                row.append(_cell(1, width, "", [_text(style, text, table.column_alignments[i])]))
            made.append(row)
        self.add(made)
        self.paragraph("Remark", f"注：{table.note}") if table.note else self._gap()

    # --- paragraphs --------------------------------------------------------------------------------------------------------

    def add(self, element: Any) -> None:
        self.last_section.addprevious(element)

    def paragraph(self, style: str, text: str, size: float | None = None) -> None:
        paragraph = _paragraph(style)
        paragraph.append(_run(text, size=size))
        self.add(paragraph)

    def _keep_off_text(self) -> None:
        """Room between running text and a table that has no caption."""
        before = self.last_section.getprevious()
        style = before.find(f"{qn('w:pPr')}/{qn('w:pStyle')}") if before is not None else None
        if style is not None and style.get(qn("w:val")) in (self.shape.text, "Addressee", "Appendix"):
            self._gap()

    def _gap(self, *, breaks: bool = False) -> None:
        """Tables that follow each other directly would become one."""
        self.add(_paragraph("Cell9", line=120, extra=[_element("w:pageBreakBefore")] if breaks else []))


# --- pieces of WordprocessingML ----------------------------------------------------------------------------------------------


def _element(tag: str, attributes: dict[str, str] | None = None) -> Any:
    element: Any = parse_xml(f'<{tag} xmlns:w="{W}"/>')
    for name, value in (attributes or {}).items():
        element.set(qn(name), value)
    return element


def _paragraph(
    style: str,
    *,
    alignment: str = "",
    indent: dict[str, str] | None = None,
    line: int = 0,
    before: int = 0,
    keep_next: bool = False,
    extra: Sequence[Any] = (),
) -> Any:
    """A paragraph with the properties that differ from its style, in the order that the schema asks for."""
    paragraph, properties = _element("w:p"), _element("w:pPr")
    properties.append(_element("w:pStyle", {"w:val": style}))
    if keep_next:
        properties.append(_element("w:keepNext"))
    for one in extra:
        properties.append(one)
    if line or before:
        spacing = {"w:before": str(before)} if before else {}
        if line:
            spacing |= {"w:line": str(line), "w:lineRule": "exact" if line < 240 else "auto"}
        properties.append(_element("w:spacing", spacing))
    if indent:
        properties.append(_element("w:ind", indent))
    if alignment:
        properties.append(_element("w:jc", {"w:val": alignment}))
    paragraph.append(properties)
    return paragraph


def _run(text: str, *, style: str = "", size: float | None = None, breaks: bool = False) -> Any:
    run, properties = _element("w:r"), _element("w:rPr")
    if style:
        properties.append(_element("w:rStyle", {"w:val": style}))
    properties.append(_element("w:rFonts", {"w:hint": "eastAsia"}))
    if size:
        properties.append(_element("w:sz", {"w:val": str(round(size * 2))}))
        properties.append(_element("w:szCs", {"w:val": str(round(size * 2))}))
    run.append(properties)
    if breaks:
        run.append(_element("w:br"))
    for i, line in enumerate(_clean(text).split("\n")):
        if i:
            run.append(_element("w:br"))
        words = _element("w:t", {"xml:space": "preserve"})
        words.text = line
        run.append(words)
    return run


def _tab() -> Any:
    run = _element("w:r")
    run.append(_element("w:tab"))
    return run


def _field(instruction: str) -> Any:
    field = _element("w:fldSimple", {"w:instr": instruction})
    field.append(_run("1"))
    return field


def _clean(text: str) -> str:
    return NOT_XML.sub("", text)


def _text(style: str, text: str, alignment: Alignment | None = None) -> Any:
    paragraph = _paragraph(style, alignment=alignment or "")
    paragraph.append(_run(text))
    return paragraph


def _table(
    style: str, widths: Sequence[int], *, first_row: bool = False, last_row: bool = False, is_tight: bool = False
) -> Any:
    table, properties, grid = _element("w:tbl"), _element("w:tblPr"), _element("w:tblGrid")
    properties.append(_element("w:tblStyle", {"w:val": style}))
    properties.append(_element("w:tblW", {"w:w": str(sum(widths)), "w:type": "dxa"}))
    properties.append(_element("w:jc", {"w:val": "center"}))
    properties.append(_element("w:tblLayout", {"w:type": "fixed"}))
    look = {
        "w:firstRow": str(int(first_row)),
        "w:lastRow": str(int(last_row)),
        "w:firstColumn": "0",
        "w:lastColumn": "0",
        "w:noHBand": "1",
        "w:noVBand": "1",
    }
    if is_tight:
        margins = _element("w:tblCellMar")
        for side in ("left", "right"):
            margins.append(_element(f"w:{side}", {"w:w": "30", "w:type": "dxa"}))
        properties.append(margins)
    properties.append(_element("w:tblLook", look))
    for width in widths:
        grid.append(_element("w:gridCol", {"w:w": str(width)}))
    table.append(properties)
    table.append(grid)
    return table


def _row(*, is_head: bool = False, height_mm: float = 0) -> Any:
    row, properties = _element("w:tr"), _element("w:trPr")
    properties.append(_element("w:cantSplit"))
    if height_mm:
        properties.append(_element("w:trHeight", {"w:val": str(round(height_mm * TWIPS)), "w:hRule": "atLeast"}))
    if is_head:
        properties.append(_element("w:tblHeader"))
    row.append(properties)
    return row


def _cell(columns: int, width: int, merge: str, paragraphs: Sequence[Any], *, is_top: bool = False) -> Any:
    """`merge`: "restart" where a cell reaches down over others, "continue" where it does so from above."""
    cell, properties = _element("w:tc"), _element("w:tcPr")
    properties.append(_element("w:tcW", {"w:w": str(width), "w:type": "dxa"}))
    if columns > 1:
        properties.append(_element("w:gridSpan", {"w:val": str(columns)}))
    if merge:
        properties.append(_element("w:vMerge", {"w:val": merge}))
    properties.append(_element("w:vAlign", {"w:val": "top" if is_top else "center"}))
    cell.append(properties)
    for paragraph in paragraphs or [_paragraph("Cell")]:
        cell.append(paragraph)
    return cell


def _spans(
    grid: Sequence[Sequence[Any]], y: int, widths: Sequence[int], size_of: Callable[[Any], tuple[int, int]]
) -> list[tuple[Any, int, str, int]]:
    """The cells of a row: what stands there, over how many columns, how it is merged downwards, how wide it is."""
    found: list[tuple[Any, int, str, int]] = []
    x = 0
    while x < len(widths):
        above = next((up for up in range(y, -1, -1) if grid[up][x] is not None), None)
        cell = grid[above][x] if above is not None else None
        columns, rows = size_of(cell) if cell is not None else (1, 1)
        is_reached = above is not None and above + rows > y
        if not is_reached:
            cell, columns, rows = None, 1, 1
        merge = "" if rows == 1 else "restart" if above == y else "continue"
        width = sum(widths[x : x + columns])
        found.append((None if merge == "continue" else cell, columns, merge, width))
        x += columns
    return found


def _size_of_box(box: Box) -> tuple[int, int]:
    return box.columns, box.rows


def _signed(box: Box | None) -> bool:
    return bool(box and box.foot)


def _box_paragraphs(box: Box | None, width: int, row_height: float) -> list[Any]:
    if box is None:
        return []
    style = "FormLabel" if box.is_label else "FormCell"
    lines = [_text(style, line, box.alignment) for line in box.text.split("\n")]
    if not box.foot:
        return lines
    ems = max(width / 240 - 1.5, 1)
    taken = sum(max(1, -(-width_in_ems(line) // ems)) for line in box.text.split("\n")) + len(box.foot)
    free = max(0, round((max(box.height, row_height) - FORM_LINE * taken - 3) * TWIPS))
    for i, words in enumerate(box.foot):
        foot = _paragraph("FormCell", alignment="right", before=0 if i else free, indent={"w:right": "340"})
        foot.append(_run(words))
        lines.append(foot)
    return lines


def _twips(weights: Sequence[float], area: int) -> list[int]:
    whole = sum(weights)
    widths = [round(area * weight / whole) for weight in weights]
    widths[-1] += area - sum(widths)
    return widths


def _letter_size(table: Table, area: int) -> str:
    """As the PDF chooses it: the largest lettering in which most cells stay on one line."""
    heads = sum(max(width_in_ems(cell.text) / 2, 2) for cell in table.header_rows[-1]) if table.header else 0
    natural = max(sum(table.weights) if not table.widths else 0, heads + table.columns)
    room = area / SHAPES["gongwen"].type_area
    return next((size for size, ems in TABLE_EMS if natural <= ems * room), "9")


def _place_of_type(section: Any) -> int:
    """`w:type` stands behind the references to headers and footers."""
    return sum(child.tag in (qn("w:headerReference"), qn("w:footerReference")) for child in section)


def _without_times(word: Any) -> bytes:
    file = BytesIO()
    word.save(file)
    with ZipFile(file) as archive:
        return packed({name: archive.read(name) for name in sorted(archive.namelist(), key=_first_types)})


def _first_types(name: str) -> tuple[bool, str]:
    return name != "[Content_Types].xml", name
