"""What may not be changed, whoever asks: a record of something that is closed. Said here by the app that knows it.

Each way in which a row is written asks: the trail before it writes a change down, the rows of an import, changes of many
rows at once, and saving or deleting a single one. So no page and no command has to remember it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

Check = Callable[[Iterable[Any]], None]
READING = ("导出", "workbook.exported")  # how the verbs of the trail begin that change nothing

_checks: list[Check] = []
_is_lifted: ContextVar[bool] = ContextVar("guard_is_lifted", default=False)


def before_changing(check: Check) -> None:
    """`check` is given the rows that are about to change, or have just changed in this transaction; it raises Refused."""
    if check not in _checks:
        _checks.append(check)


def ask(rows: Iterable[Any]) -> None:
    """Raise Refused where one of the rows may not change."""
    if _is_lifted.get():
        return
    for check in _checks:
        check(rows)


def ask_about_entry(verb: str, subject: Any) -> None:
    """The same for an entry of the trail; what was only read may be read."""
    if subject is not None and not verb.startswith(READING):
        ask((subject,))


@contextmanager
def lifted() -> Iterator[None]:
    """For what is about a person, a school or the whole county, and changes old records only because they point to it."""
    token = _is_lifted.set(True)
    try:
        yield
    finally:
        _is_lifted.reset(token)
