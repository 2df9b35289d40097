"""What day it is for the steps of a secondment.

It is the real time, always: nothing that serves people ever moves it. Only the demo county and tests do, because they take
in a minute the steps of a whole year, and each step writes the day on which it was taken and asks whether a deadline has
passed. So the steps ask here instead of `timezone.now()`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone

_moment: ContextVar[dt.datetime | None] = ContextVar("moment", default=None)


def now() -> dt.datetime:
    """The moment, with its time zone."""
    return _moment.get() or timezone.now()


def today() -> dt.date:
    """The day in the time zone of the site, Asia/Shanghai."""
    return timezone.localdate(now())


@contextmanager
def standing_at(moment: dt.datetime | dt.date) -> Iterator[dt.datetime]:
    """Inside, it is this moment; of a day, its morning at nine. For the demo county and tests only."""
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime.combine(moment, dt.time(9))
    if timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    token = _moment.set(moment)
    try:
        yield moment
    finally:
        _moment.reset(token)
