"""A document's tables as a workbook: the same numbers, to be worked with. Words are text cells, money is numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

from reports.documents.tree import Document, NumberedTable, Table, text_of

_THIN = Side(style="thin")
THIN = Border(_THIN, _THIN, _THIN, _THIN)
MIDDLE = Alignment("center", "center", wrap_text=True)
Value = str | int | Decimal


def table_workbook(document: Document) -> bytes:
    """One sheet for each table of the document."""
    book = new_book()
    tables = [item.table for item in document.flow() if isinstance(item, NumberedTable)]
    for number, table in enumerate(tables, start=1):
        heads = [[cell.text if cell else "" for cell in row] for row in table.header_grid]
        write_sheet(
            book, f"表{number}" if len(tables) > 1 else "表", document.title_text, heads, _cells(table), table.weights
        )
    return saved(book)


def _cells(table: Table) -> Iterable[Sequence[Value]]:
    return ([text_of(cell) for cell in row] for row in table.rows)


def new_book() -> Workbook:
    """An empty workbook for `write_sheet`."""
    return Workbook(write_only=True)


def write_sheet(
    book: Workbook,
    name: str,
    title: str,
    heads: Sequence[Sequence[str]],
    rows: Iterable[Sequence[Value]],
    widths: Sequence[float],
    foot: Sequence[str] = (),
) -> Any:
    """A sheet that prints across one page wide, its heads repeated on every page."""
    sheet = book.create_sheet(name)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"2:{1 + len(heads)}"
    sheet.freeze_panes = f"A{2 + len(heads)}"
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = max(4.0, width * 2.2)
    sheet.append([_cell(sheet, title, Font("黑体", 16), None)])
    for head in heads:
        sheet.append([_cell(sheet, text, Font("黑体", 10), THIN) for text in head])
    for row in rows:
        sheet.append([_cell(sheet, value, Font("仿宋", 10), THIN) for value in row])
    for line in foot:
        sheet.append([_cell(sheet, line, Font("仿宋", 10), None)])
    return sheet


Placed = tuple[Value, int]  # what stands in a cell of a form, and over how many columns


def form_workbook(sheets: Iterable[tuple[str, str, Sequence[Sequence[Placed]]]], widths: Sequence[float]) -> bytes:
    """A paper form a sheet: its name, its heading, and rows of cells that reach over columns, printed on one page."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, title, rows in sheets:
        _write_form(book.create_sheet(_free_name(book, name)), title, rows, widths)
    return saved(book)


def _free_name(book: Workbook, name: str) -> str:
    """No two sheets have the same, none has a sign that a sheet's name must not have."""
    plain = "".join(letter for letter in name if letter not in "[]:*?/\\'")[:26] or "表"
    taken, number = set(book.sheetnames), 2
    found = plain
    while found in taken:
        found, number = f"{plain}{number}", number + 1
    return found


def _write_form(sheet: Any, title: str, rows: Sequence[Sequence[Placed]], widths: Sequence[float]) -> None:
    sheet.page_setup.paperSize, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 9, 1, 1
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = max(4.0, width * 5)
    _put(sheet, 1, 1, title, len(widths), Font("黑体", 16), None)
    for number, row in enumerate(rows, start=2):
        column, lines = 1, 1
        for value, columns in row:
            _put(sheet, number, column, value, columns, Font("仿宋", 10), THIN)
            letters = sum(widths[column - 1 : column - 1 + columns]) * 2.4  # of Chinese, in one line of the cell
            lines = max(lines, sum(1 + int(len(part) / letters) for part in str(value).split("\n")))
            column += columns
        sheet.row_dimensions[number].height = 16 * lines + 4


def _put(sheet: Any, row: int, column: int, value: Value, columns: int, font: Font, border: Border | None) -> None:
    for place in range(column, column + columns):
        cell = sheet.cell(row, place)
        if place == column:
            _fill(cell, value)
        cell.font, cell.alignment = font, MIDDLE
        if border:
            cell.border = border
    if columns > 1:
        sheet.merge_cells(start_row=row, start_column=column, end_row=row, end_column=column + columns - 1)


def _cell(sheet: Any, value: Value, font: Font, border: Border | None) -> Any:
    cell: Any = WriteOnlyCell(sheet, None)
    _fill(cell, value)
    cell.font = font
    if border:
        cell.border, cell.alignment = border, MIDDLE
    return cell


def _fill(cell: Any, value: Value) -> None:
    """Words are written as words, whatever they begin with: an ID number stays itself, and a formula stays text."""
    if isinstance(value, str):
        cell.data_type, cell._value = "s", value
        cell.number_format = "@"
    else:
        cell.value = value
        if isinstance(value, Decimal):
            cell.number_format = "0.00"


def saved(book: Workbook) -> bytes:
    file = BytesIO()
    book.save(file)
    return file.getvalue()
