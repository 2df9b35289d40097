"""What the calendar does by itself: the steps of `manage.py run_daily`, which the apps register.

Each step finds what is due by the records alone and leaves them so that it is not due again. So it may run twice a day,
late, or in two processes at once. A step that fails does not keep the others from running.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

logger = logging.getLogger(__name__)

Step = Callable[[dt.date], int]
_steps: dict[str, Step] = {}


@dataclass(frozen=True)
class Done:
    """One step as it came out. `number`: how many things it did; None where it failed."""

    name: str
    number: int | None


def register(name: str, step: Step) -> None:
    """`step(today)` does what is due and returns how many things it did. `name` is told with that number."""
    _steps[name] = step


def run(today: dt.date) -> Iterator[Done]:
    """Every step, one after the other, in the order in which they were registered."""
    for name, step in list(_steps.items()):
        try:
            yield Done(name, step(today))
        except Exception:
            logger.exception("每日事项“%s”没有办成", name)
            yield Done(name, None)
