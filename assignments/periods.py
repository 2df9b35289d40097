"""The time a figure or a report is asked for: a school year, a term, or a calendar year."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.db.models import Q

from zhijiao.dates import school_year_span

_GRACE = dt.timedelta(
    days=31
)  # a stay that ends in the first weeks of a year, or begins in the last, belongs to the other


@dataclass(frozen=True)
class Period:
    """Three kinds, as the commands write them: `2023-2024`, `2023-2024-1` and `2009`."""

    code: str
    start: dt.date
    end: dt.date
    school_year: str = ""  # empty: a calendar year
    term: int = 0

    @classmethod
    def parse(cls, text: str) -> Period:
        """ValueError with a Chinese sentence where it is none."""
        compact = re.sub(r"[—–~]", "-", str(text).strip()).removesuffix("年").removesuffix("学")
        if found := re.fullmatch(r"(\d{4})-(\d{4})(?:-([12]))?", compact):
            first, second, term = int(found[1]), int(found[2]), int(found[3] or 0)
            if second == first + 1 and 1900 <= first <= 2100:
                return cls._school_year(first, term)
        elif re.fullmatch(r"\d{4}", compact) and 1900 <= int(compact) <= 2100:
            return cls(compact, dt.date(int(compact), 1, 1), dt.date(int(compact), 12, 31))
        raise ValueError(f"“{text}”不是时段，应写学年 2023-2024、学期 2023-2024-1 或年份 2009")

    @classmethod
    def _school_year(cls, first: int, term: int) -> Period:
        start, end = school_year_span(first)
        middle = dt.date(first + 1, 2, 1)
        if term == 1:
            end = middle - dt.timedelta(days=1)
        elif term == 2:
            start = middle
        year = f"{first}-{first + 1}"
        return cls(f"{year}-{term}" if term else year, start, end, year, term)

    @property
    def is_calendar_year(self) -> bool:
        return not self.school_year

    @property
    def title(self) -> str:
        """2023—2024学年, 2023—2024学年第一学期, 2009年."""
        if self.is_calendar_year:
            return f"{self.code}年"
        return f"{self.school_year.replace('-', '—')}学年{('', '第一学期', '第二学期')[self.term]}"

    @property
    def first_year(self) -> int:
        """The year in which its school year begins; for a calendar year, the one that is current in spring."""
        return self.start.year - 1 if self.is_calendar_year else int(self.school_year[:4])

    def school_years(self) -> Q:
        """For records that carry a school year and no date: of a calendar year, the one that it begins in the middle of."""
        if self.is_calendar_year:
            year = int(self.code)
            return Q(school_year__code__in=[f"{year - 1}-{year}", f"{year}-{year + 1}"])
        return Q(school_year__code=self.school_year)

    def events(self) -> Q:
        """What happened in it, by its first day. What is known to the school year only is told with the school year."""
        within = Q(start__gte=self.start, start__lte=self.end)
        if self.is_calendar_year:
            return within & ~Q(precision="school_year")
        undated = Q(school_year=None) & within
        of_year = Q(school_year__code=self.school_year) | undated
        if self.term == 1:
            return of_year & (Q(start__lte=self.end) | Q(start=None))
        if self.term == 2:
            return of_year & Q(start__gte=self.start)
        return of_year

    def stays(self) -> Q:
        """What lasted through some of it: begun in it, or begun earlier and still going on after its first weeks."""
        if self.is_calendar_year:
            return Q(start__lte=self.end, end__gte=self.start)
        lasting = Q(start__lt=self.start, end__gt=self.start + _GRACE)
        if self.term == 2:
            return Q(start__lte=self.end - _GRACE) & (
                Q(school_year__code=self.school_year, end__gte=self.start) | lasting
            )
        if self.term == 1:
            return Q(school_year__code=self.school_year, start__lte=self.end) | lasting
        return Q(school_year__code=self.school_year) | lasting

    def months(self) -> Q:
        """For rows of a month, such as attendance."""
        return Q(month__gte=self.start, month__lte=self.end)

    def before(self) -> Period:
        """The one before it, of the same kind."""
        if self.is_calendar_year:
            return Period.parse(str(int(self.code) - 1))
        first = int(self.school_year[:4]) - 1
        return Period._school_year(first, self.term)

    def __str__(self) -> str:
        return self.title
