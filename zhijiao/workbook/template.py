"""The workbook's pages as its description says: help, facts, one sheet per kind of record; empty, or filled."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from openpyxl.utils import get_column_letter

from zhijiao.workbook import registry
from zhijiao.workbook.description import Column, Sheet
from zhijiao.workbook.headers import HELP_SHEET, SAMPLE_MARK
from zhijiao.workbook.kinds import Reference
from zhijiao.workbook.writer import Book, Page

RULES = (
    "一本工作簿装一年的记录，一类记录一张表，一行一条。用不到的表可以留空，也可以删去。",
    "红色列名是必填的。列的次序可以换，用不到的列可以删去；不要改列名和表名。",
    "灰色的示例行（第一格写着“示例：”）不会导入，可以删去，也可以照着改：改成自己的内容并去掉“示例：”即可。",
    "日期、数量知道多少写多少：2023年10月、约30、一批 都可以。身份证号、银行卡号、电话所在的列是文本格式，请不要改成数字。",
    "导入前系统会先说明新增、修改、不变和有错的各有多少，每个错误都指到工作表、行和列；有一处错就什么也不写。",
    "同一份工作簿导入两次，第二次不会有变化。系统按每张表的“认行”列找到原来的记录，其余列按工作簿更新。",
    "表里有这一列而单元格空着：清空原来的内容（说明里写着“不填时”的列，按那里说的办）；表里没有这一列：原来的内容不动。",
)


def write_template(target: Any) -> None:
    """The empty workbook: help, drop-downs and a filled sample row on each sheet."""
    book = Book()
    _write_help(book)
    _write_facts(book, {})
    for sheet in registry.sheets():
        _write_sheet(book, sheet, None)
    book.save(target)


def write_filled(target: Any, facts: dict[str, str], rows_of: Callable[[Sheet], Iterable[list[Any]]]) -> dict[str, int]:
    """The same workbook with rows in place of the samples. Gives the number of rows by sheet."""
    book = Book()
    _write_help(book)
    _write_facts(book, facts)
    counts = {sheet.name: _write_sheet(book, sheet, rows_of(sheet)) for sheet in registry.sheets()}
    book.save(target)
    return counts


def _write_sheet(book: Book, sheet: Sheet, rows: Iterable[list[Any]] | None) -> int:
    page = book.page(sheet.name, [width_of(column) for column in sheet.columns], frozen="B2")
    for number, column in enumerate(sheet.columns, 1):
        if column.kind.number_format == "@":
            page.worksheet.column_dimensions[get_column_letter(number)].number_format = "@"
    page.cells([_header_cell(page, sheet, column) for column in sheet.columns])
    letters = {column.field: get_column_letter(number) for number, column in enumerate(sheet.columns, 1)}
    page.offer(sheet, letters, 2)
    formats = [column.kind.number_format for column in sheet.columns]
    if rows is None:
        page.row(sample_cells(sheet), "sample", formats)
        return 0
    count = 0
    for cells in rows:
        page.row(cells, "plain", formats)
        count += 1
    return count


def sample_cells(sheet: Sheet) -> list[Any]:
    """The filled sample row, marked in its first cell so that it is known and never imported."""
    cells = [column.sample for column in sheet.columns]
    return [f"{SAMPLE_MARK}{cells[0]}", *cells[1:]]


def width_of(column: Column) -> float:
    """Wide enough for the header, whose signs are two columns wide each."""
    return column.width or max(column.kind.width, 2 * len(column.header) + 4)


def note_of(sheet: Sheet, column: Column) -> str:
    """What the note at the header says."""
    told = [column.help, column.kind.describe() + "。"]
    if column.required:
        told.insert(0, "必填。")
    if column.field in sheet.key:
        told.append("按这一列认行。")
    return "\n".join(line for line in told if line)


def _header_cell(page: Page, sheet: Sheet, column: Column) -> Any:
    return page.cell(column.header, "required" if column.required else "header", note=note_of(sheet, column))


def _write_help(book: Book) -> None:
    page = book.page(HELP_SHEET, (22, 9, 44, 26, 52))
    page.row(["支教管理系统工作簿：填写说明"], "title")
    page.row([])
    for rule in RULES:
        page.row([f"· {rule}"])
    for sheet in registry.sheets():
        page.row([])
        page.row([sheet.name], "section")
        if sheet.help:
            page.row([sheet.help])
        page.row([f"认行：{told_key(sheet)}。{told_needs(sheet)}"], "plain")
        page.row(["列名", "必填", "填什么", "示例", "说明"], "header")
        for column in sheet.columns:
            required = "必填" if column.required else ""
            sample = column.sample if isinstance(column.sample, str) else str(column.sample)
            page.row([column.header, required, column.kind.describe(), sample, column.help], "wrapped")


def told_key(sheet: Sheet) -> str:
    """By which columns a row is found again."""
    told = " + ".join(f"“{sheet.column(name).header}”" for name in sheet.key)
    for key in sheet.stronger_keys:
        told = " + ".join(f"“{sheet.column(name).header}”" for name in key) + f"；没有时按{told}"
    return told


def told_needs(sheet: Sheet) -> str:
    """Which sheets it refers to."""
    needed = {column.kind.sheet for column in sheet.columns if isinstance(column.kind, Reference)} - {sheet.name}
    names = "、".join(f"“{name}”" for name in registry.needed_by(sheet) if name in needed)
    return f"要用到的{names}先在那张表里登记。" if names else ""


def _write_facts(book: Book, facts: dict[str, str]) -> None:
    if not registry.facts():
        return
    page = book.page(registry.facts_sheet(), (20, 36, 60))
    page.row(["项目", "内容", "说明"], "header")
    for fact in registry.facts():
        page.cells(
            [
                page.cell(fact.label),
                page.cell(facts.get(fact.label, ""), number_format="@"),
                page.cell(fact.help, "quiet"),
            ]
        )
