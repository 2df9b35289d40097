"""Reads the cells of an .xlsx as it streams: stored values only, within the limits of the settings, each sheet once."""

from __future__ import annotations

import datetime as dt
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from django.conf import settings
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import DATA_TAG, FORMULA_TAG, ROW_TAG, VALUE_TAG, WorkSheetParser
from openpyxl.xml.functions import iterparse

from zhijiao.workbook.cells import FORMULA_WITHOUT_VALUE
from zhijiao.workbook.container import WorkbookRefused, inspect

# Number of the row as Excel counts, and its cells that are not empty: number of the column → value.
RawRow = tuple[int, dict[int, Any]]

_EXCEL_ROWS = 1_048_576
_DAMAGED = (
    ParseError, DefusedXmlException, zipfile.BadZipFile, zlib.error, EOFError, KeyError, IndexError, ValueError,
    TypeError, OSError, InvalidFileException, AttributeError, NotImplementedError, OverflowError, AssertionError,
)  # fmt: skip


class _Parser(WorkSheetParser):
    """openpyxl's parser, which also notices formulas without a result, and makes no cell objects.

    With `data_only`, openpyxl itself cannot tell such a formula from an empty cell.
    """

    def rows(self) -> Iterator[RawRow]:
        data: Element | None = None
        for event, element in iterparse(self.source, events=("start", "end")):
            if event == "start":
                if element.tag == DATA_TAG:
                    data = element
            elif element.tag == ROW_TAG:
                number, cells = self.cells_of(element)
                yield number, {column: value for column, value in cells if value is not None and value != ""}
                if data is not None:
                    data.clear()  # else a million empty rows stay in memory
            elif data is None:
                element.clear()

    def cells_of(self, row: Element) -> tuple[int, list[tuple[int, Any]]]:
        self.row_counter = int(row.get("r") or self.row_counter + 1)
        self.col_counter = 0
        return self.row_counter, [self.cell_of(cell) for cell in row]

    def cell_of(self, element: Element) -> tuple[int, Any]:
        cell = self.parse_cell(element)
        value = cell["value"]
        if value is None and element.find(FORMULA_TAG) is not None and not _has_stored_value(element):
            value = FORMULA_WITHOUT_VALUE
        elif isinstance(value, str) and not value.strip():
            value = None
        return cell["column"], value


def _has_stored_value(element: Element) -> bool:
    # A formula whose result is an empty text has t="str"; one that was never calculated has no type.
    return element.get("t") in ("str", "s", "inlineStr") and element.find(VALUE_TAG) is not None


class WorkbookFile:
    """An uploaded workbook. WorkbookRefused, with a sentence, wherever it turns out not to be one."""

    def __init__(self, source: Path | IO[bytes]) -> None:
        inspect(source)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._workbook = load_workbook(source, read_only=True, data_only=True, keep_links=False)
        except _DAMAGED:
            raise WorkbookRefused("工作簿的内部已损坏，读不出来；请用 Excel 或 WPS 打开后另存为 .xlsx 再上传") from None
        self._sheets = {ws.title: ws for ws in self._workbook.worksheets if isinstance(ws, ReadOnlyWorksheet)}
        if not self._sheets:
            raise WorkbookRefused("工作簿里一张工作表也没有；请用 Excel 或 WPS 打开后另存为“Excel 工作簿（*.xlsx）”")

    def __enter__(self) -> WorkbookFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._workbook.close()

    @property
    def sheet_names(self) -> list[str]:
        return list(self._sheets)

    def is_hidden(self, name: str) -> bool:
        return bool(self._sheets[name].sheet_state != "visible")

    @property
    def epoch(self) -> dt.datetime:
        """The day that Excel's serial 0 means: 1904 in files that began on a Mac."""
        return self._workbook.epoch

    def rows(self, name: str) -> Iterator[RawRow]:
        """The rows that hold something."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield from self._limited(name)
        except _DAMAGED as problem:
            raise WorkbookRefused(
                f"工作表“{name}”已损坏，读不出来；请用 Excel 或 WPS 打开后另存为 .xlsx 再上传"
            ) from problem

    def _limited(self, name: str) -> Iterator[RawRow]:
        worksheet: Any = self._sheets[name]
        workbook: Any = self._workbook
        with worksheet._get_source() as source:
            if b"purl.oclc.org/ooxml" in source.peek(2000)[:2000]:
                raise WorkbookRefused("这是“Strict Open XML 电子表格”，请另存为普通的“Excel 工作簿（*.xlsx）”后再上传")
            parser = _Parser(
                source,
                worksheet._shared_strings,
                data_only=True,
                epoch=self.epoch,
                date_formats=workbook._date_formats,
                timedelta_formats=workbook._timedelta_formats,
            )
            filled = 0
            for seen, (number, cells) in enumerate(parser.rows()):
                if cells:
                    filled += 1
                    _check_limits(name, number, cells, filled)
                    yield number, cells
                elif seen > _EXCEL_ROWS:
                    raise WorkbookRefused(f"工作表“{name}”的行数超过 Excel 的上限，文件已损坏或被改动过")


def _check_limits(name: str, number: int, cells: dict[int, Any], filled: int) -> None:
    if filled > settings.WORKBOOK_MAX_ROWS:
        raise WorkbookRefused(
            f"工作表“{name}”有内容的行超过上限 {settings.WORKBOOK_MAX_ROWS} 行；请按学年或学校分成几份上传"
        )
    last = max(cells)
    if last > settings.WORKBOOK_MAX_COLUMNS:
        raise WorkbookRefused(
            f"工作表“{name}”第 {number} 行的内容到了第 {last} 列，超过上限 {settings.WORKBOOK_MAX_COLUMNS} 列；请删去多余的列"
        )
