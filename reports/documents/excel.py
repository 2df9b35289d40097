"""The document as a workbook: every figure with its meaning and source, every table, every chart as one of Excel's own.

Words stand in text cells whatever they begin with; numbers are numbers. Equal trees give equal bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from .excel_charts import native_chart
from .sources import is_sources
from .tree import (
    Cell,
    Document,
    Figure,
    HeaderCell,
    Number,
    NumberedChart,
    NumberedTable,
    Table,
    is_number,
    text_of,
)
from .widths import width_in_ems
from .word_base import packed

FIGURES_SHEET = "数据项"
FIGURES_HEAD = (
    "序号", "数据", "数值", "单位", "口径", "分子", "分子数值", "分母", "分母数值", "记录数", "编号", "记录所在的页面",
)  # fmt: skip
FIGURES_WIDTHS = (6, 30, 12, 8, 52, 20, 10, 20, 10, 10, 20, 44)
LONGEST_NAME = 31  # of a sheet, as Excel has it
WIDEST = 60
NOT_IN_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff\ufffe\uffff]+")
NOT_IN_CELL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
MOST_DIGITS = 10  # of what is written as a number; longer ones are numbers of people and papers
_THIN = Side(style="thin", color="FF9A9A9A")
RULED = Border(_THIN, _THIN, _THIN, _THIN)
TITLE, HEAD, TEXT = Font("黑体", 14), Font("黑体", 11), Font("宋体", 11)
SHADE = PatternFill("solid", "FFE9EEEC")
MIDDLE = Alignment("center", "center", wrap_text=True)
_CORE_TIME = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")


def render_excel(document: Document) -> bytes:
    """The .xlsx file."""
    book = Workbook()
    book.remove(book.worksheets[0])
    names: set[str] = set()
    if figures := [figure for figure in document.distinct_figures() if figure.key]:
        _figures_sheet(_sheet(book, FIGURES_SHEET, names), document, figures)
    tables = charts = 0
    for item in _told(document).flow():
        if isinstance(item, NumberedTable):
            tables += 1
            name = f"{item.label or f'表{tables}'} {item.table.caption}"
            _table_sheet(_sheet(book, name, names), item.table, f"{item.label}　{item.table.caption}".strip("　"))
        elif isinstance(item, NumberedChart):
            charts += 1
            _chart_sheet(_sheet(book, f"图{charts} {item.chart.caption}", names), item)
    if not book.worksheets:
        _title(_sheet(book, "说明", names), f"{document.title_text}没有数据和表格。", 1)
    _properties(book, document)
    return _without_times(book)


def _told(document: Document) -> Document:
    """Without 数据来源表: the first sheet is that."""
    blocks = tuple(block for block in document.blocks if not is_sources(block))
    return Document(document.title, blocks)


# --- sheets ------------------------------------------------------------------------------------------------------------------


def _figures_sheet(sheet: Any, document: Document, figures: Sequence[Figure]) -> None:
    _title(sheet, f"{document.title_text}：数据项", len(FIGURES_HEAD))
    _head(sheet, [[HeaderCell(text) for text in FIGURES_HEAD]])
    for number, figure in enumerate(figures, start=1):
        top, bottom = figure.parts if len(figure.parts) == 2 else (None, None)
        row: list[Number | str] = [
            number, figure.name, _value(figure), figure.unit, figure.definition,
            top.name if top else "", _value(top) if top else None, bottom.name if bottom else "", _value(bottom) if bottom else None,
            figure.records, figure.key, figure.url,
        ]  # fmt: skip
        for column, one in enumerate(row, start=1):
            _write(sheet, number + 2, column, one, side="" if isinstance(one, str) else "right")
    _finish(sheet, FIGURES_WIDTHS, heads=1, across=2)
    sheet.auto_filter.ref = f"A2:{get_column_letter(len(FIGURES_HEAD))}{len(figures) + 2}"


def _value(figure: Figure) -> Number | str:
    return figure.text if figure.value is None else figure.value


def _table_sheet(sheet: Any, table: Table, title: str) -> None:
    _title(sheet, title, table.columns)
    heads = _head(sheet, table.header_rows)
    row = _rows(sheet, table, heads + 2)
    if table.note:
        _write(sheet, row, 1, f"注：{table.note}", is_ruled=False)
    _finish(sheet, _widths(table), heads=heads, across=1 if table.columns > 6 else 0)


def _chart_sheet(sheet: Any, item: NumberedChart) -> None:
    """The numbers one below the other, and the chart of them at their right."""
    chart = item.chart
    heads = [chart.category or "项目", *(series.name or chart.unit or "数值" for series in chart.series)]
    limits = [chart.limit.value] if chart.limit else []
    if chart.limit:
        heads.append(chart.limit.label)
    _title(sheet, item.caption, len(heads))
    _head(sheet, [[HeaderCell(text) for text in heads]])
    for number, label in enumerate(chart.labels):
        values = [series.values[number] for series in chart.series]
        for column, one in enumerate([label, *values, *limits], start=1):
            _write(sheet, number + 3, column, one, side="left" if column == 1 else "right")
    longest = max(map(width_in_ems, chart.labels), default=4)
    _finish(sheet, [min(WIDEST, longest * 2.2 + 2), *[14.0] * (len(heads) - 1)], heads=1)
    sheet.add_chart(native_chart(chart, sheet, 3), f"{get_column_letter(len(heads) + 2)}2")


# --- parts of a sheet ----------------------------------------------------------------------------------------------------------


def _sheet(book: Workbook, wanted: str, names: set[str]) -> Any:
    """A new sheet whose name Excel accepts and that no other has."""
    plain = NOT_IN_NAME.sub(" ", wanted).strip("' ") or "表"
    name, number = plain[:LONGEST_NAME].strip("' "), 1
    while name.casefold() in names:
        number += 1
        ending = f"（{number}）"
        name = plain[: LONGEST_NAME - len(ending)].strip("' ") + ending
    names.add(name.casefold())
    return book.create_sheet(name)


def _title(sheet: Any, text: str, columns: int) -> None:
    _write(sheet, 1, 1, text, font=TITLE, is_ruled=False)
    sheet.cell(1, 1).alignment = Alignment("left", "center")
    sheet.row_dimensions[1].height = 24


def _head(sheet: Any, rows: Sequence[Sequence[HeaderCell]]) -> int:
    """Groups are merged over their columns, others down over the rows of the head. Returns how many rows it takes."""
    taken: set[tuple[int, int]] = set()
    for y, row in enumerate(rows, start=2):
        x = 1
        for head in row:
            while (y, x) in taken:
                x += 1
            down = min(head.rows, len(rows) - (y - 2))
            places = [(y + below, x + beside) for below in range(down) for beside in range(head.columns)]
            taken.update(places)
            for place in places:
                _write(sheet, *place, head.text if place == (y, x) else "", font=HEAD)
                sheet.cell(*place).alignment, sheet.cell(*place).fill = MIDDLE, SHADE
            if len(places) > 1:
                sheet.merge_cells(start_row=y, start_column=x, end_row=y + down - 1, end_column=x + head.columns - 1)
    return len(rows)


def _rows(sheet: Any, table: Table, first: int) -> int:
    """Returns the row below the last."""
    sides = table.column_alignments
    for y, cells in enumerate(table.rows, start=first):
        is_total = table.has_total and y == first + len(table.rows) - 1
        for x, cell in enumerate(cells, start=1):
            side = sides[x - 1]
            number = cell_number(cell) if side == "right" else None
            told = text_of(cell)
            _write(sheet, y, x, told if number is None else number, font=HEAD if is_total else TEXT, side=side)
            if number is not None and told.strip().endswith("%"):
                sheet.cell(y, x).number_format = "0.0%" if "." in told else "0%"
            if is_total:
                sheet.cell(y, x).fill = SHADE
    return first + len(table.rows)


def cell_number(cell: Cell) -> Number:
    """What a cell tells as a number, to be reckoned with; None where it tells words, or the number of a person."""
    text = text_of(cell).strip()
    bare = text.replace(",", "").removesuffix("%").replace("−", "-").strip()
    if not is_number(text) or not bare.isascii() or len(bare) > MOST_DIGITS:
        return None
    if len(bare) > 1 and bare.startswith("0") and not bare.startswith("0."):
        return None
    number = Decimal(bare)
    return number / 100 if text.endswith("%") else int(number) if number == int(number) else number


def _write(
    sheet: Any, row: int, column: int, value: Number | str, *, font: Font = TEXT, side: str = "", is_ruled: bool = True
) -> None:
    """Words are words whatever they begin with: a formula that somebody typed stays text."""
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = NOT_IN_CELL.sub("", value)
        cell.data_type = "s"
        cell.number_format = "@"
    elif value is not None:
        cell.value = value
        cell.number_format = number_format(value)
    cell.font = font
    cell.alignment = Alignment(side or "left", "center", wrap_text=is_ruled)
    if is_ruled:
        cell.border = RULED


def number_format(value: Number) -> str:
    """Thousands apart; as many decimals as the number has, so that the cell shows what the text says."""
    number = Decimal(str(value)).normalize()
    decimals = max(0, -int(number.as_tuple().exponent)) if number else 0
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def _widths(table: Table) -> list[float]:
    """By the content, in Excel's widths of a digit: two for a hanzi."""
    widest = [4.0] * table.columns
    texts: Iterable[Sequence[str]] = [
        *([cell.text if cell and cell.columns == 1 else "" for cell in row] for row in table.header_grid),
        *([text_of(cell) for cell in row] for row in table.rows),
    ]
    for row in texts:
        for place, text in enumerate(row):
            widest[place] = max(widest[place], width_in_ems(text) * 2.1 + 2)
    return [min(WIDEST, width) for width in widest]


def _finish(sheet: Any, widths: Sequence[float], *, heads: int, across: int = 0) -> None:
    """Widths, the head kept in sight, and a page that prints across in one page's width with its head on every page."""
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = round(width, 1)
    sheet.freeze_panes = f"{get_column_letter(across + 1)}{heads + 2}"
    if heads:
        sheet.print_title_rows = f"2:{heads + 1}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


# --- the file ------------------------------------------------------------------------------------------------------------------


def _properties(book: Workbook, document: Document) -> None:
    properties = book.properties
    properties.title = NOT_IN_CELL.sub("", document.title_text)
    properties.creator = NOT_IN_CELL.sub("", document.organisation)
    properties.subject = NOT_IN_CELL.sub("", document.subject)
    properties.language = "zh-CN"


def _without_times(book: Workbook) -> bytes:
    file = BytesIO()
    book.save(file)
    with ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    core = "docProps/core.xml"
    parts[core] = _CORE_TIME.sub(rb"\g<1>2000-01-01T00:00:00Z", parts[core])
    return packed(parts)
