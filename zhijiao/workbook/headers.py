"""Finds which worksheet is which sheet, where its header stands, and which column is which."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

from zhijiao.workbook import registry
from zhijiao.workbook.cells import CellProblem, lookup_form, nearest, shown, text_of
from zhijiao.workbook.description import Column, Problem, Sheet
from zhijiao.workbook.reading import RawRow

HELP_SHEET, OPTIONS_SHEET, PROBLEMS_SHEET = "填写说明", "选项", "问题清单"
OWN_SHEETS = frozenset({HELP_SHEET, OPTIONS_SHEET, PROBLEMS_SHEET})  # made by us, never read
SAMPLE_MARK = "示例："
HEADER_WITHIN = 15  # titles and instructions above the header
_COUNTING = frozenset({"序号", "编号", "行号"})  # columns people add to count rows


@dataclass
class Matched:
    """The worksheets of a workbook by the sheet that they are."""

    titles: dict[str, str] = field(default_factory=dict)  # name of the sheet → title of the worksheet
    problems: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def match_sheets(titles: Iterable[str]) -> Matched:
    known = {lookup_form(name): sheet.name for sheet in registry.sheets() for name in (sheet.name, *sheet.aliases)}
    matched, unknown = Matched(), []
    for title in titles:
        name = known.get(lookup_form(title))
        if name is None:
            if title not in OWN_SHEETS and lookup_form(title) != lookup_form(registry.facts_sheet()):
                unknown.append(title)
        elif name in matched.titles:
            matched.problems.append(Problem(f"与工作表“{matched.titles[name]}”是同一种表，请合并成一张", sheet=title))
        else:
            matched.titles[name] = title
    missing = [sheet.name for sheet in registry.sheets() if sheet.name not in matched.titles]
    for title in unknown:
        near = nearest(title, missing, 0.6)
        if near:
            matched.problems.append(
                Problem(f"不认识这张工作表，是不是“{near}”？请改成这个名称，或删去这张表", sheet=title)
            )
        else:
            matched.ignored.append(title)
    return matched


@dataclass
class Header:
    """Where the header of a worksheet stands and what it says."""

    row: int = 0
    columns: dict[int, Column] = field(default_factory=dict)  # number in the worksheet → column
    problems: list[Problem] = field(default_factory=list)
    headed: frozenset[int] = frozenset()  # columns with any header, also those that only count rows
    is_readable: bool = False  # its rows can be told apart

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(column.field for column in self.columns.values())

    def letter(self, field_name: str) -> str:
        """The column's letter in the worksheet; empty where it is not there."""
        number = next((number for number, column in self.columns.items() if column.field == field_name), 0)
        return get_column_letter(number) if number else ""


def read_header(sheet: Sheet, title: str, first_rows: list[RawRow]) -> Header:
    """The row among the first that knows the most headers."""
    known = {_header_form(name): column for column in sheet.columns for name in (column.header, *column.aliases)}
    best: tuple[int, RawRow | None] = (0, None)
    for row in first_rows:
        hits = sum(_header_form(_text(value)) in known for value in row[1].values())
        if hits > best[0]:
            best = hits, row
    if best[1] is None:
        wanted = "、".join(column.header for column in sheet.columns[:6])
        message = f"找不到表头：前 {HEADER_WITHIN} 行里应有一行写着 {wanted} 等列名；可以下载模板对照"
        return Header(problems=[Problem(message, sheet=title)] if first_rows else [])
    header = Header(row=best[1][0], headed=frozenset(best[1][1]))
    _read_columns(header, best[1], known, sheet, title)
    missing = [name for name in sheet.key if name not in header.fields and _is_needed(sheet, name)]
    header.is_readable = not missing
    for name in missing if not header.problems else ():  # a misspelt header has been told already
        message = f"缺少列“{sheet.column(name).header}”，没有它认不出每一行是哪条记录；请加上这一列"
        header.problems.append(Problem(message, field=name, row=header.row, sheet=title))
    return header


def _is_needed(sheet: Sheet, name: str) -> bool:
    column = next((column for column in sheet.columns if column.field == name), None)
    return column is not None and column.required and column.default is None


def _read_columns(header: Header, row: RawRow, known: dict[str, Column], sheet: Sheet, title: str) -> None:
    unknown: list[tuple[int, str]] = []
    for number, value in row[1].items():
        text = _text(value)
        column = known.get(_header_form(text))
        if column is None:
            if text not in _COUNTING:
                unknown.append((number, text))
        elif column in header.columns.values():
            message = f"列“{column.header}”出现了两次，请删去一列"
            header.problems.append(_at(message, row[0], number, text, title))
        else:
            header.columns[number] = column
    free = [column.header for column in sheet.columns if column not in header.columns.values()]
    for number, text in unknown:
        near = nearest(text, free)
        right = f"，是不是“{near}”？" if near else "。"
        message = f"列名“{shown(text)}”不认识{right}请按模板改正列名，或删去这一列"
        header.problems.append(_at(message, row[0], number, text, title))


def _at(message: str, row: int, number: int, text: str, title: str) -> Problem:
    return Problem(message, row=row, sheet=title, column=text, letter=get_column_letter(number), value=text)


def _text(value: object) -> str:
    try:
        return text_of(value)
    except CellProblem:
        return str(value)


def _header_form(text: str) -> str:
    """Without what people add to a header: *, （必填）, a line break."""
    form = lookup_form(text).replace("*", "")
    return re.sub(r"\((?:必填|选填|可选|可不填)\)$", "", form)


def is_sample(row: RawRow) -> bool:
    """The template's filled sample row: its first cell begins with 示例：."""
    first = row[1][min(row[1])]
    return isinstance(first, str) and lookup_form(first).startswith(lookup_form(SAMPLE_MARK))
