"""Gives an uploaded workbook back with its wrong cells marked, and a list of all that is wrong in front."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from openpyxl.utils import column_index_from_string, get_column_letter

from zhijiao.workbook.cells import FORMULA_WITHOUT_VALUE
from zhijiao.workbook.container import WorkbookRefused
from zhijiao.workbook.description import Problem, Sheet
from zhijiao.workbook.headers import HEADER_WITHIN, OPTIONS_SHEET, PROBLEMS_SHEET, match_sheets, read_header
from zhijiao.workbook.importing import Source
from zhijiao.workbook.reading import RawRow, WorkbookFile
from zhijiao.workbook.registry import sheet as sheet_named
from zhijiao.workbook.template import width_of
from zhijiao.workbook.writer import Book, Page

_WIDEST_GAP = 1_000  # empty rows that are kept, so that the rows keep their numbers

_Marks = dict[int, dict[int, str]]  # row → column (0: the whole row) → what is wrong


def write_marked(source: Source, problems: list[Problem], target: Any) -> None:
    """The content of the upload, written anew: what was hidden in the file does not come back out."""
    book = Book()
    _write_list(book, problems)
    try:
        with WorkbookFile(source) as workbook:
            names = {title: name for name, title in match_sheets(workbook.sheet_names).titles.items()}
            for title in workbook.sheet_names:
                if title in (PROBLEMS_SHEET, OPTIONS_SHEET) or workbook.is_hidden(title):
                    continue
                sheet = sheet_named(names[title]) if title in names else None
                _write_sheet(book, title, sheet, list(workbook.rows(title)), _marks(problems, title))
    except WorkbookRefused:
        pass  # the list says why it can't be read
    book.save(target)


def _write_list(book: Book, problems: list[Problem]) -> None:
    page = book.page(PROBLEMS_SHEET, (16, 8, 18, 10, 26, 80), frozen="A3")
    page.row([f"共 {len(problems)} 处问题，什么也没有导入。改好后可以直接上传这份工作簿，本页不会被读取。"], "section")
    page.row(["工作表", "行", "列", "单元格", "现在的内容", "问题与改法"], "header")
    for problem in problems:
        page.row(
            [problem.sheet, problem.row, problem.column, problem.cell, problem.value, problem.message],
            "wrapped",
            ["@", "0", "@", "@", "@", "@"],
        )


def _marks(problems: list[Problem], title: str) -> _Marks:
    marks: _Marks = defaultdict(dict)
    for problem in problems:
        if problem.sheet == title and problem.row:
            column = column_index_from_string(problem.letter) if problem.letter else 0
            before = marks[problem.row].get(column)
            marks[problem.row][column] = f"{before}\n{problem.message}" if before else problem.message
    return marks


def _write_sheet(book: Book, title: str, sheet: Sheet | None, rows: list[RawRow], marks: _Marks) -> None:
    header = read_header(sheet, title, rows[:HEADER_WITHIN]) if sheet else None
    columns = header.columns if header else {}
    last = max((number for _, cells in rows for number in cells), default=1)
    widths = [width_of(columns[number]) if number in columns else 14 for number in range(1, last + 1)]
    page = book.page(title, widths)
    if header and sheet and header.columns:
        letters = {column.field: get_column_letter(number) for number, column in columns.items()}
        page.offer(sheet, letters, header.row + 1)
    formats = {number: column.kind.number_format for number, column in columns.items()}
    written = 0
    for number, cells in rows:
        for _ in range(min(number - written - 1, _WIDEST_GAP)):
            page.cells([])
        look = "header" if header and number == header.row else "plain"
        page.cells(_row(page, cells, marks.get(number, {}), look, formats))
        written = number


def _row(page: Page, cells: dict[int, Any], marks: dict[int, str], look: str, formats: dict[int, str]) -> list[Any]:
    first = min(cells)
    marks = {(number or first): message for number, message in marks.items()}
    last = max(*cells, *marks, 1)
    return [
        page.cell(
            _plain(cells.get(number)),
            "wrong" if number in marks else look,
            formats.get(number, "General"),
            marks.get(number, ""),
        )
        for number in range(1, last + 1)
    ]


def _plain(value: Any) -> Any:
    return "" if value is FORMULA_WITHOUT_VALUE else value
