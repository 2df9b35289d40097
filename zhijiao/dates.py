"""Dates as a bureau tells them: to the day, the month, the year or the school year, or from one day to another."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass, field
from typing import Any, overload

from django.db import models

SCHOOL_YEAR_BEGINS = 9  # September; a school year is September to August


class Precision(models.TextChoices):
    DAY = "day", "日"
    RANGE = "range", "起止"
    MONTH = "month", "月"
    YEAR = "year", "年"
    SCHOOL_YEAR = "school_year", "学年"


def school_year_span(first_year: int) -> tuple[dt.date, dt.date]:
    """First and last day of the school year that begins in September of `first_year`."""
    return dt.date(first_year, SCHOOL_YEAR_BEGINS, 1), dt.date(first_year + 1, SCHOOL_YEAR_BEGINS, 1) - dt.timedelta(
        days=1
    )


def school_year_of(day: dt.date) -> int:
    """The year in which the school year of `day` began."""
    return day.year if day.month >= SCHOOL_YEAR_BEGINS else day.year - 1


@dataclass(frozen=True)
class ApproximateDate:
    """When something was: a first and a last day, how precisely that is known, and the words it came in.

    Two are equal when they mean the same days at the same precision, whatever the words were.
    """

    start: dt.date | None = None
    end: dt.date | None = None
    precision: str = ""
    words: str = field(default="", compare=False)

    def __bool__(self) -> bool:
        return self.start is not None

    @classmethod
    def day(cls, day: dt.date, words: str = "") -> ApproximateDate:
        return cls(day, day, Precision.DAY, words)

    @classmethod
    def range(cls, start: dt.date, end: dt.date, words: str = "") -> ApproximateDate:
        if end < start:
            raise ValueError(f"结束日期 {told(end)} 早于开始日期 {told(start)}，应在 {told(start)} 或以后")
        return cls.day(start, words) if start == end else cls(start, end, Precision.RANGE, words)

    @classmethod
    def month(cls, year: int, month: int, words: str = "") -> ApproximateDate:
        return cls(dt.date(year, month, 1), dt.date(year, month, monthrange(year, month)[1]), Precision.MONTH, words)

    @classmethod
    def year(cls, year: int, words: str = "") -> ApproximateDate:
        return cls(dt.date(year, 1, 1), dt.date(year, 12, 31), Precision.YEAR, words)

    @classmethod
    def school_year(cls, first_year: int, words: str = "") -> ApproximateDate:
        return cls(*school_year_span(first_year), Precision.SCHOOL_YEAR, words)

    @classmethod
    def parse(cls, raw: Any) -> ApproximateDate:
        """Read a cell or a form value. ValueError with a Chinese sentence where it cannot be read."""
        if raw is None or raw == "":
            return cls()
        if isinstance(raw, dt.datetime):
            return cls.day(raw.date())
        if isinstance(raw, dt.date):
            return cls.day(raw)
        if isinstance(raw, cls):
            return raw
        words = _normal(str(raw))
        if not words:
            return cls()
        for separator in _RANGE_SEPARATORS:
            if separator in words and not _SCHOOL_YEAR.fullmatch(words):
                parts = words.split(separator)
                if len(parts) == 2 and (parsed := _parse_range(parts[0], parts[1], str(raw))):
                    return parsed
        return _parse_single(words, str(raw))

    def told(self, year_known: bool = False) -> str:
        """In words: 2009年3月29日, 3月29日 (where the year is known), 2009年3月, 8月1日至5日, 2021—2022学年."""
        start, end = self.start, self.end
        if start is None or end is None:
            return self.words
        prefix = "" if year_known else f"{start.year}年"
        match self.precision:
            case Precision.MONTH:
                if (start.year, start.month) == (end.year, end.month):
                    return f"{prefix}{start.month}月"
                tail = "" if start.year == end.year else f"{end.year}年"
                return f"{prefix}{start.month}月至{tail}{end.month}月"
            case Precision.YEAR:
                return f"{start.year}年"
            case Precision.SCHOOL_YEAR:
                return f"{start.year}—{end.year}学年"
            case Precision.RANGE:
                if (start.year, start.month) == (end.year, end.month):
                    return f"{prefix}{start.month}月{start.day}日至{end.day}日"
                tail = "" if start.year == end.year else f"{end.year}年"
                return f"{prefix}{start.month}月{start.day}日至{tail}{end.month}月{end.day}日"
        return f"{prefix}{start.month}月{start.day}日"

    def cell(self) -> Any:
        """As it is written into a workbook, so that reading it gives the same again."""
        start, end = self.start, self.end
        if start is None or end is None:
            return ""
        match self.precision:
            case Precision.DAY:
                return start
            case Precision.RANGE:
                return f"{told(start)}—{told(end)}"
        return self.told()

    def __str__(self) -> str:
        return self.told()


def told(day: dt.date) -> str:
    """2025年9月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def parse_day(raw: Any) -> dt.date | None:
    """One exact day from what a person typed; None for nothing. ValueError with a Chinese sentence otherwise."""
    parsed = ApproximateDate.parse(raw)
    if not parsed:
        return None
    if parsed.precision != Precision.DAY:
        raise ValueError(f"“{raw}”没有写到日，应写明年月日，例如 2025年9月1日")
    return parsed.start


_RANGE_SEPARATORS = ("至", "到", "~", "—", "–", "--", "-")
_SCHOOL_YEAR = re.compile(r"(\d{4})[-—–~至](\d{4})(?:学年度?)?")
_DAY = re.compile(r"(\d{4})[-年./](\d{1,2})[-月./](\d{1,2})日?|(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})[-年./](\d{1,2})月?(?:份)?")
_YEAR = re.compile(r"(\d{4})年?度?")
_MONTH_DAY = re.compile(r"(\d{1,2})[-月./](\d{1,2})日?")
_BARE_DAY = re.compile(r"(\d{1,2})日?")
_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?$")


def _normal(text: str) -> str:
    text = _TIME.sub("", unicodedata.normalize("NFKC", text).strip())
    return re.sub(r"\s+", "", text).replace("−", "-")


def _parse_single(words: str, raw: str) -> ApproximateDate:
    try:
        if found := _DAY.fullmatch(words):
            year, month, day = (int(part) for part in found.groups() if part)
            return ApproximateDate.day(dt.date(_checked(year), month, day), raw)
        if found := _SCHOOL_YEAR.fullmatch(words):
            first, second = int(found[1]), int(found[2])
            if second != first + 1:
                raise ValueError
            return ApproximateDate.school_year(_checked(first), raw)
        if found := _MONTH.fullmatch(words):
            return ApproximateDate.month(_checked(int(found[1])), int(found[2]), raw)
        if found := _YEAR.fullmatch(words):
            return ApproximateDate.year(_checked(int(found[1])), raw)
    except ValueError:
        pass
    raise ValueError(
        f"“{raw}”不是能读懂的日期，应写成 2025年9月1日、2025.9.1、2025-09-01 或 20250901；只知道月份时写 2025年9月"
    )


def _parse_range(first: str, second: str, raw: str) -> ApproximateDate | None:
    """A range such as 2009年8月1日—8月5日 or 2024.1.6-2024.1.7; None where it is no range at all."""
    begin = _DAY.fullmatch(first)
    if not begin:
        return _parse_months(first, second, raw)
    year, month, day = (int(part) for part in begin.groups() if part)
    if found := _DAY.fullmatch(second):
        until = tuple(int(part) for part in found.groups() if part)
    elif found := _MONTH_DAY.fullmatch(second):
        until = (year, int(found[1]), int(found[2]))
    elif found := _BARE_DAY.fullmatch(second):
        until = (year, month, int(found[1]))
    else:
        return None
    try:
        start, end = dt.date(year, month, day), dt.date(*until)
    except ValueError:
        return None
    return ApproximateDate.range(start, end, raw)


def _parse_months(first: str, second: str, raw: str) -> ApproximateDate | None:
    """From month to month, such as 2023.09-2024.07."""
    begin, until = _MONTH.fullmatch(first), _MONTH.fullmatch(second) or re.fullmatch(r"()(\d{1,2})月", second)
    if not begin or not until:
        return None
    try:
        start = ApproximateDate.month(_checked(int(begin[1])), int(begin[2])).start
        end = ApproximateDate.month(_checked(int(until[1] or begin[1])), int(until[2])).end
    except ValueError:
        return None
    if start is None or end is None:
        return None
    if end < start:
        raise ValueError(f"结束月份 {end.year}年{end.month}月 早于开始月份 {start.year}年{start.month}月")
    return ApproximateDate(start, end, Precision.MONTH, raw)


def _checked(year: int) -> int:
    if not 1900 <= year <= 2100:
        raise ValueError
    return year


class ApproximateDateAttribute:
    """Presents the columns start, end, precision and date_words of a model as one ApproximateDate."""

    columns = ("start", "end", "precision", "date_words")

    @overload
    def __get__(self, instance: None, owner: type) -> ApproximateDateAttribute: ...
    @overload
    def __get__(self, instance: models.Model, owner: type) -> ApproximateDate: ...
    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        return ApproximateDate(instance.start, instance.end, instance.precision, instance.date_words)

    def __set__(self, instance: Any, value: ApproximateDate | None) -> None:
        value = value or ApproximateDate()
        instance.start, instance.end = value.start, value.end
        instance.precision, instance.date_words = str(value.precision), value.words[:60]
