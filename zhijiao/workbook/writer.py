"""Writes workbooks. Every text goes out as text, whatever it begins with; nothing else in the product writes cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from zhijiao.workbook.description import Column, Sheet
from zhijiao.workbook.headers import OPTIONS_SHEET
from zhijiao.workbook.kinds import Reference
from zhijiao.workbook.registry import sheet as sheet_named

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_CELL = 32_767
_LONGEST_LIST = 250  # characters of a drop-down that stands in the sheet itself
_OFFERED_ROWS = 5_000  # down to which a drop-down reaches
_LINE = Border(bottom=Side(style="thin", color="C9C5BC"))
_TOP = Alignment(vertical="top", wrap_text=True)

# Looks of a cell by role. Colours are those of static/css/app.css.
_LOOKS: dict[str, dict[str, Any]] = {
    "plain": {},
    "wrapped": {"alignment": _TOP},
    "title": {"font": Font(bold=True, size=16, color="17505C")},
    "section": {"font": Font(bold=True, size=13, color="17505C")},
    "quiet": {"font": Font(color="656A66"), "alignment": _TOP},
    "header": {"font": Font(bold=True), "fill": PatternFill("solid", "E4E1D9"), "border": _LINE, "alignment": _TOP},
    "required": {
        "font": Font(bold=True, color="A72F20"),
        "fill": PatternFill("solid", "E4E1D9"),
        "border": _LINE,
        "alignment": _TOP,
    },
    "sample": {"font": Font(italic=True, color="8A8A86"), "fill": PatternFill("solid", "F6F5F1")},
    "wrong": {"font": Font(color="A72F20"), "fill": PatternFill("solid", "FBDAD5")},
}


class Book:
    """A workbook that is written from top to bottom, once."""

    def __init__(self) -> None:
        self._workbook = Workbook(write_only=True)
        self._styles: dict[tuple[str, str, bool], Any] = {}
        self._options: dict[tuple[str, ...], str] = {}

    def page(self, title: str, widths: Sequence[float] = (), *, frozen: str = "") -> Page:
        worksheet = self._workbook.create_sheet(title[:31])
        for number, width in enumerate(widths, 1):
            worksheet.column_dimensions[get_column_letter(number)].width = width
        if frozen:
            worksheet.freeze_panes = frozen
        return Page(self, worksheet)

    def save(self, target: Any) -> None:
        if self._options:
            self._write_options()
        self._workbook.properties.creator = "支教管理系统"
        self._workbook.save(target)

    def style(self, worksheet: Any, look: str, number_format: str, quoted: bool) -> Any:
        key = (look, number_format, quoted)
        if key not in self._styles:
            model: Any = WriteOnlyCell(worksheet)
            for name, value in _LOOKS[look].items():
                setattr(model, name, value)
            model.number_format = number_format
            if quoted:
                model.quotePrefix = True
            self._styles[key] = model._style
        return self._styles[key]

    def list_formula(self, options: tuple[str, ...]) -> str:
        """The words of a drop-down: in the sheet itself, or a column of the hidden sheet where they are many."""
        told = ",".join(options)
        if len(told) <= _LONGEST_LIST and not any(sign in option for option in options for sign in ',"'):
            return f'"{told}"'
        letter = self._options.setdefault(options, get_column_letter(len(self._options) + 1))
        return f"'{OPTIONS_SHEET}'!${letter}$1:${letter}${len(options)}"

    def _write_options(self) -> None:
        page = self.page(OPTIONS_SHEET)
        page.worksheet.sheet_state = "hidden"
        for number in range(max(len(options) for options in self._options)):
            page.row([options[number] if number < len(options) else "" for options in self._options])


class Page:
    """One worksheet of a book."""

    def __init__(self, book: Book, worksheet: Any) -> None:
        self.book, self.worksheet = book, worksheet

    def row(self, values: Iterable[Any], look: str = "plain", formats: Sequence[str] = ()) -> None:
        self.worksheet.append([
            self.cell(value, look, formats[number] if number < len(formats) else "General")
            for number, value in enumerate(values)
        ])  # fmt: skip

    def cells(self, cells: Sequence[Any]) -> None:
        self.worksheet.append(cells)

    def cell(self, value: Any, look: str = "plain", number_format: str = "General", note: str = "") -> Any:
        """A cell. A text is written as a text: a formula that somebody typed into a name stays a name."""
        if (value is None or value == "") and look == "plain" and not note:
            return None
        cell: Any = WriteOnlyCell(self.worksheet)
        quoted = False
        if isinstance(value, str):
            text = ILLEGAL_CHARACTERS_RE.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))[:_LONGEST_CELL]
            cell._value, cell.data_type = text, "s"
            quoted = text.startswith(_FORMULA_SIGNS)
        elif isinstance(value, bool):
            cell._value, cell.data_type = "是" if value else "否", "s"
        elif isinstance(value, int | float | Decimal | dt.date):
            cell.value = value
            if isinstance(value, dt.date) and number_format in ("General", "@"):
                number_format = "yyyy-mm-dd"
        elif value is not None:
            cell._value, cell.data_type = str(value), "s"
        cell._style = self.book.style(self.worksheet, look, number_format, quoted)
        if note:
            cell.comment = Comment(
                note, "支教管理系统", width=280, height=40 + 18 * (len(note) // 18 + note.count("\n"))
            )
        return cell

    def offer(self, sheet: Sheet, letters: dict[str, str], first_row: int) -> None:
        """Drop-downs below the header, for the columns that stand at these letters (field → letter)."""
        for column in sheet.columns:
            formula, is_strict = self._offered(column)
            if formula and column.field in letters:
                validation = DataValidation("list", formula1=formula, allow_blank=True, showErrorMessage=is_strict)
                validation.errorTitle, validation.error = "不在列表里", "请从下拉列表中选择"
                letter = letters[column.field]
                validation.add(f"{letter}{first_row}:{letter}{first_row + _OFFERED_ROWS}")
                self.worksheet.data_validations.append(validation)

    def _offered(self, column: Column) -> tuple[str, bool]:
        kind = column.kind
        if isinstance(kind, Reference):
            return _column_of(kind), False  # a name may also be written with its school
        return (self.book.list_formula(kind.excel_options), False) if kind.excel_options else ("", False)


def _column_of(reference: Reference) -> str:
    """The cells of the other sheet that hold the names, as the template lays them out."""
    target = sheet_named(reference.sheet)
    fields = [column.field for column in target.columns]
    wanted = reference.field or next(
        (name for key in target.stronger_keys for name in key if name == "code"), target.key[0]
    )
    if wanted not in fields:
        return ""
    letter = get_column_letter(fields.index(wanted) + 1)
    return f"'{target.name}'!${letter}$2:${letter}${_OFFERED_ROWS}"
