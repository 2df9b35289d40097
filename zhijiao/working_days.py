"""Working days by the official calendar: public holidays, and the weekends that are worked instead of them.

The State Council announces a year's holidays in the autumn before it. A year that is not known yet is counted Monday to
Friday; `knows` tells which it is, and a page that counts in such a year says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache

import chinese_calendar

_DAY = dt.timedelta(days=1)
UNKNOWN = "{year}年的放假安排还没有公布，暂按周一至周五计算"


@cache
def knows(year: int) -> bool:
    """Whether the holidays of the year are known."""
    try:
        chinese_calendar.is_workday(dt.date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


@cache
def is_working_day(day: dt.date) -> bool:
    return bool(chinese_calendar.is_workday(day)) if knows(day.year) else day.weekday() < 5


def working_days(first: dt.date, last: dt.date) -> list[dt.date]:
    """The working days from `first` to `last`, both included; none where `last` is earlier."""
    return [day for day in days(first, last) if is_working_day(day)]


def add_working_days(day: dt.date, number: int) -> dt.date:
    """The working day that is `number` working days after `day`, which is not counted itself; before it where negative."""
    step = _DAY if number > 0 else -_DAY
    for _ in range(abs(number)):
        day += step
        while not is_working_day(day):
            day += step
    return day


def days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Every day from `first` to `last`, both included."""
    while first <= last:
        yield first
        first += _DAY


def remark(first: dt.date, last: dt.date) -> str:
    """What to say beside a count over these days: "" where the calendar knows them all."""
    unknown = [year for year in range(first.year, last.year + 1) if not knows(year)]
    return UNKNOWN.format(year="、".join(str(year) for year in unknown)) if unknown else ""
