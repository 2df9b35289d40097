"""What may not be changed, whoever asks: a record of something that is closed. Said here by the app that knows it.

Each way in which a row is written asks: the trail before it writes a change down, the rows of an import, changes of many
rows at once, and saving or deleting a single one. So no page and no command has to remember it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from zhijiao.refusals import Refused

Check = Callable[[Iterable[Any]], None]
Closed = Callable[[Sequence[Any]], Mapping[int, str]]
READING = ("导出", "workbook.exported")  # how the verbs of the trail begin that change nothing

_checks: list[Check] = []
_closed_to_imports: list[Closed] = []
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


def closed_to_imports(find: Closed) -> None:
    """`find` is given rows that an import is about to add, change or take back: id(row) → why it may not, in a sentence.

    For what was settled, issued or counted through the steps of the product: they go on, a workbook does not.
    """
    if find not in _closed_to_imports:
        _closed_to_imports.append(find)


def closed_rows(rows: Sequence[Any]) -> dict[int, str]:
    """id(row) → why an import may not touch it. The rows are of one kind."""
    if _is_lifted.get() or not rows:
        return {}
    found: dict[int, str] = {}
    for find in _closed_to_imports:
        found.update(find(rows))
    try:
        _ask_now_and_before(rows)
    except Refused:  # one by one only to name them
        for row in rows:
            try:
                _ask_now_and_before([row])
            except Refused as refused:
                found.setdefault(id(row), str(refused))
    return found


def _ask_now_and_before(rows: Sequence[Any]) -> None:
    known = [row.pk for row in rows if row.pk is not None]
    for start in range(0, len(known), 500):
        ask(type(rows[0])._base_manager.filter(pk__in=known[start : start + 500]))
    ask(list(rows))


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
