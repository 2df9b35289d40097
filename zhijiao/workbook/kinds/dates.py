"""Dates as precisely as they are known, days, months, school years."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from zhijiao.dates import ApproximateDate
from zhijiao.workbook.cells import CellProblem, shown, text_of
from zhijiao.workbook.kinds.base import TEXT_FORMAT, Kind

if TYPE_CHECKING:
    from zhijiao.workbook.context import Context

_FIRST_SERIAL, _LAST_SERIAL = 15_000, 80_000  # 1941 to 2119, and no year, month or day as eight digits


class ApproximateDateKind(Kind):
    """A date as precisely as it is known."""

    number_format = "yyyy-mm-dd"

    def parse(self, raw: Any, context: Context) -> Any:
        if isinstance(raw, bool | dt.time | dt.timedelta):
            raise CellProblem(f"“{shown(raw)}”不是日期，应写成 2025年9月1日、2025.9.1 或 2025-09-01")
        if isinstance(raw, int | float):
            raw = self._of_number(raw, context)
        try:
            parsed = ApproximateDate.parse(raw if isinstance(raw, dt.date) else text_of(raw))
        except ValueError as problem:
            raise CellProblem(str(problem)) from None
        return parsed or None

    def _of_number(self, raw: float, context: Context) -> Any:
        """A serial of Excel, or 2009, 200903, 20090325, 2009.3 that a cell made a number of."""
        if _FIRST_SERIAL <= raw <= _LAST_SERIAL:
            return (context.epoch + dt.timedelta(days=int(raw))).date()
        if isinstance(raw, float) and not raw.is_integer():
            if repr(raw).endswith(".1"):
                year = int(raw)
                raise CellProblem(f"数字 {raw} 分不清是 1 月还是 10 月，请写成 {year}年1月 或 {year}年10月")
            return repr(raw)
        whole = str(int(raw))
        return f"{whole[:4]}.{whole[4:]}" if len(whole) == 6 else whole

    def format(self, value: Any, context: Context | None = None) -> Any:
        return value.cell() if value else ""

    def describe(self) -> str:
        return "日期，知道多少写多少：2025年9月1日、2025.9.1、2025年9月、2025年、2024-2025学年，或 2025年8月1日—8月5日"


class Day(ApproximateDateKind):
    """An exact day."""

    def parse(self, raw: Any, context: Context) -> dt.date | None:
        parsed = super().parse(raw, context)
        if parsed is None:
            return None
        if parsed.precision != "day":
            raise CellProblem(f"“{shown(raw)}”没有写到日，应写明年月日，例如 2025年9月1日")
        return parsed.start

    def format(self, value: Any, context: Context | None = None) -> Any:
        return value or ""

    def describe(self) -> str:
        return "日期，写到日：2025年9月1日、2025.9.1 或 2025-09-01"


class Month(ApproximateDateKind):
    """A month, kept as its first day."""

    number_format = TEXT_FORMAT

    def parse(self, raw: Any, context: Context) -> dt.date | None:
        parsed = super().parse(raw, context)
        if parsed is None:
            return None
        if parsed.precision not in ("day", "month"):
            raise CellProblem(f"“{shown(raw)}”应写到月，例如 2025年9月 或 2025.9")
        return parsed.start.replace(day=1)

    def format(self, value: Any, context: Context | None = None) -> Any:
        return f"{value.year}年{value.month}月" if value else ""

    def describe(self) -> str:
        return "月份：2025年9月 或 2025.9"


_SCHOOL_YEAR = re.compile(r"(\d{4})\s*[-—–~/至]+\s*(\d{4})\s*(?:学年度?)?")


class SchoolYearKind(Kind):
    """A school year, found (or begun) by the app that keeps the calendar: registry.set_school_year_finder."""

    number_format = TEXT_FORMAT
    is_pure = True
    width = 12

    def parse(self, raw: Any, context: Context) -> Any:
        text = text_of(raw)
        if not text:
            return None
        found = _SCHOOL_YEAR.fullmatch(text)
        if not found or int(found[2]) != int(found[1]) + 1 or not 1900 <= int(found[1]) <= 2100:
            raise CellProblem(f"“{shown(raw)}”不是学年，应写成 2023-2024（前一年的 9 月到后一年的 8 月）")
        return context.school_year(f"{found[1]}-{found[2]}")

    def format(self, value: Any, context: Context | None = None) -> Any:
        if value is None or value == "":
            return ""
        return str(getattr(value, "code", value))

    def describe(self) -> str:
        return "学年，如 2023-2024"
