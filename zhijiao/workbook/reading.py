"""Reads the cells of an .xlsx as it streams: stored values only, within the limits of the settings, each sheet once."""

from __future__ import annotations

import datetime as dt
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from django.conf import settings

from zhijiao.workbook.container import WorkbookRefused, inspect
from zhijiao.workbook.package import Package
from zhijiao.workbook.streams import RawRow, sheet_rows

_EXCEL_ROWS = 1_048_576
_DAMAGED = (
    ExpatError, ParseError, DefusedXmlException, zipfile.BadZipFile, zlib.error, EOFError, KeyError, IndexError,
    ValueError, TypeError, OSError, AttributeError, NotImplementedError, OverflowError,
)  # fmt: skip


__all__ = ["RawRow", "WorkbookFile"]


class WorkbookFile:
    """An uploaded workbook. WorkbookRefused, with a sentence, wherever it turns out not to be one."""

    def __init__(self, source: Path | IO[bytes]) -> None:
        inspect(source)
        try:
            self._package = Package(source)
        except _DAMAGED:
            raise WorkbookRefused("工作簿的内部已损坏，读不出来；请用 Excel 或 WPS 打开后另存为 .xlsx 再上传") from None
        self._sheets = {part.title: part for part in self._package.sheets}
        if not self._sheets:
            raise WorkbookRefused("工作簿里一张工作表也没有；请用 Excel 或 WPS 打开后另存为“Excel 工作簿（*.xlsx）”")

    def __enter__(self) -> WorkbookFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._package.close()

    @property
    def sheet_names(self) -> list[str]:
        return list(self._sheets)

    def is_hidden(self, name: str) -> bool:
        return not self._sheets[name].is_visible

    @property
    def epoch(self) -> dt.datetime:
        """The day that Excel's serial 0 means: 1904 in files that began on a Mac."""
        return self._package.epoch

    def rows(self, name: str) -> Iterator[RawRow]:
        """The rows that hold something."""
        try:
            yield from self._limited(name)
        except _DAMAGED as problem:
            raise WorkbookRefused(
                f"工作表“{name}”已损坏，读不出来；请用 Excel 或 WPS 打开后另存为 .xlsx 再上传"
            ) from problem

    def _limited(self, name: str) -> Iterator[RawRow]:
        dates, durations = self._package.date_styles
        with self._package.open(self._sheets[name].path) as source:
            rows = sheet_rows(source, self._package.strings, self.epoch, dates, durations)
            filled = 0
            for seen, (number, cells) in enumerate(rows):
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
