"""The two large parts of an .xlsx, parsed as they stream: the texts, and the cells of a sheet.

With expat itself: openpyxl's own reader builds a tree of every cell in Python and takes three times as long, and it
cannot tell a formula that was never calculated from an empty cell. Entities and document types are refused.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import IO, Any
from xml.parsers import expat

from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import from_excel, from_ISO8601

from zhijiao.workbook.cells import FORMULA_WITHOUT_VALUE

# Number of the row as Excel counts, and its cells that are not empty: number of the column → value.
RawRow = tuple[int, dict[int, Any]]

_PIECE = 64 * 1024
_DIGITS = "0123456789"
_ESCAPED = re.compile("_x000D_", re.IGNORECASE)


class _Texts:
    """Collects the text of <t> elements, but not of the readings (<rPh>) beside them."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.buffer_size = _PIECE
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.StartDoctypeDeclHandler = _refuse
        self.parser.EntityDeclHandler = _refuse
        self.pieces: list[str] = []
        self.in_reading = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.begin(name.rpartition(":")[2] if ":" in name else name, attributes)

    def end(self, name: str) -> None:
        self.finish(name.rpartition(":")[2] if ":" in name else name)

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def finish(self, name: str) -> None:
        raise NotImplementedError

    def listen(self) -> None:
        self.parser.CharacterDataHandler = self.pieces.append

    def text(self) -> str:
        told = "".join(self.pieces)
        self.pieces.clear()
        return _ESCAPED.sub("", told) if "_x" in told else told

    def read(self, stream: IO[bytes]) -> Iterator[None]:
        """Goes on after each piece of the file."""
        while piece := stream.read(_PIECE):
            self.parser.Parse(piece)
            yield
        self.parser.Parse(b"", True)
        yield


class _Strings(_Texts):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "t" and not self.in_reading:
            self.listen()
        elif name == "rPh":
            self.in_reading = True

    def finish(self, name: str) -> None:
        if name == "t":
            self.parser.CharacterDataHandler = None
        elif name == "si":
            self.found.append(self.text())
        elif name == "rPh":
            self.in_reading = False


class _Cells(_Texts):
    def __init__(self, strings: list[str], epoch: dt.datetime, dates: set[int], durations: set[int]) -> None:
        super().__init__()
        self.strings, self.epoch, self.dates, self.durations = strings, epoch, dates, durations
        self.rows: list[RawRow] = []
        self.row, self.column = 0, 0
        self.cells: dict[int, Any] = {}
        self.kind, self.style = "n", ""
        self.has_formula = self.has_value = False
        self.columns: dict[str, int] = {}

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._begin_cell(attributes)
        elif name == "v" or (name == "t" and not self.in_reading):
            self.has_value = True
            self.listen()
        elif name == "f":
            self.has_formula = True
        elif name == "row":
            self.row = int(attributes.get("r") or self.row + 1)
            self.column, self.cells = 0, {}
        elif name == "rPh":
            self.in_reading = True

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        address = attributes.get("r")
        if address:
            letters = address.rstrip(_DIGITS)
            column = self.columns.get(letters)
            if column is None:
                column = self.columns[letters] = column_index_from_string(letters)
            self.column = column
        else:
            self.column += 1
        self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "")
        self.has_formula = self.has_value = False

    def finish(self, name: str) -> None:
        if name in ("v", "t"):
            self.parser.CharacterDataHandler = None
        elif name == "c":
            value = self._value(self.text())
            if value is not None:
                self.cells[self.column] = value
        elif name == "row":
            self.rows.append((self.row, self.cells))
        elif name == "rPh":
            self.in_reading = False

    def _value(self, text: str) -> Any:
        if not text.strip():
            # A formula whose result is an empty text has t="str"; one that was never calculated has no type.
            calculated = self.has_value and self.kind in ("str", "s", "inlineStr")
            return FORMULA_WITHOUT_VALUE if self.has_formula and not calculated else None
        match self.kind:
            case "s":
                told = self.strings[int(text)]
                return told if told.strip() else None
            case "n":
                return self._number(text.strip())
            case "b":
                return text.strip() == "1"
            case "d":
                return from_ISO8601(text)
        return text  # a text in the cell itself, the text of a formula, an error

    def _number(self, text: str) -> Any:
        number = int(text) if text.lstrip("-").isdigit() else float(text)
        if not self.style or int(self.style) not in self.dates:
            return number
        try:
            return from_excel(number, self.epoch, timedelta=int(self.style) in self.durations)
        except (OverflowError, ValueError):
            return number


def _refuse(*declared: Any) -> None:
    raise ValueError("no entities and no document types in a workbook")


def shared_strings(stream: IO[bytes]) -> list[str]:
    """The texts that cells refer to by number."""
    parser = _Strings()
    for _ in parser.read(stream):
        pass
    return parser.found


def sheet_rows(
    stream: IO[bytes], strings: list[str], epoch: dt.datetime, dates: set[int], durations: set[int]
) -> Iterator[RawRow]:
    """The rows of a sheet, empty ones too. `dates` and `durations` are the styles that make a number one."""
    parser = _Cells(strings, epoch, dates, durations)
    for _ in parser.read(stream):
        yield from parser.rows
        parser.rows.clear()
