"""The access table, read: which role has an action, and on which rows.

The table is `access_table.md` beside this file. Views, buttons and the tests read it here, so they cannot disagree.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet

from assignments.choices import KNOWN_TO_RECEIVER, Role
from assignments.models.scope import Access, CountyQuerySet
from assignments.models.secondments import Secondment
from zhijiao.refusals import Refused

TABLE = Path(__file__).with_name("access_table.md")
COLUMNS: dict[Role, tuple[str, ...]] = {
    Role.TEACHER: ("TEA",),
    Role.PRINCIPAL: ("SP", "RP"),
    Role.SCHOOL_OFFICER: ("SP", "RP"),
    Role.INSPECTOR: ("INS",),
    Role.OFFICER: ("STF",),
    Role.FINANCE: ("FIN",),
    Role.LEADER: ("LDR",),
    Role.BUREAU_ADMIN: ("ADM",),
    Role.AUDITOR: ("AUD",),
}
ANYBODY = frozenset(
    {"home", "account.own"}
)  # whoever can sign in, even without a role: to be told so, to change a password
NOT_YOURS = "这件事不由您办：您的角色不能办，或者它不在您的范围里"
# Actions that change nothing and open no sensitive field: what a receiving school keeps of a secondment long over.
READING = frozenset({"view", "list", "read", "overview", "download", "generate"})
# What is done with a record of a closed year still: only read, or about the person for life.
STILL_DONE = frozenset(
    {
        "leave.view_reason", "questionnaire.progress_count", "questionnaire.result_aggregate", "questionnaire.texts_released",
        "document.own", "certificate.issue", "certificate.revoke", "workbook.export",
    }
)  # fmt: skip
_CELL = re.compile(r"(?P<scope>A|SR|S|R|O|I)(?P<fields>[mf]?)(?P<second>2?)(?:#(?P<state>\w+))?")


@dataclass(frozen=True)
class Cell:
    """On which rows a role has an action: A, S, R, SR, O or I; and how."""

    scope: str
    is_masked: bool = False
    shows_everything: bool = False
    needs_second: bool = False
    state: str = ""


@cache
def table() -> dict[str, dict[str, Cell]]:
    """Action → column → cell; what nobody has is left out."""
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    columns = _parts(lines[0])[1:]
    known: dict[str, dict[str, Cell]] = {}
    for line in lines[2:]:
        action, *cells = _parts(line)
        if action in known or len(cells) != len(columns):
            raise ValueError(f"权限表里“{action}”这一行重复了，或者列数不对")
        known[action] = {column: _cell(text) for column, text in zip(columns, cells, strict=True) if text != "-"}
    return known


def _parts(line: str) -> list[str]:
    return [part.strip() for part in line.strip("|").split("|")]


def _cell(text: str) -> Cell:
    found = _CELL.fullmatch(text)
    if found is None:
        raise ValueError(f"权限表里的“{text}”看不懂")
    return Cell(
        found["scope"], found["fields"] == "m", found["fields"] == "f", bool(found["second"]), found["state"] or ""
    )


def actions() -> frozenset[str]:
    return frozenset(table())


def is_reading(action: str, cell: Cell) -> bool:
    """Whether the cell lets somebody read what is not sensitive, and no more."""
    return action.rpartition(".")[2] in READING and not cell.shows_everything


def cells(user: Any, action: str) -> list[Cell]:
    """What this person's roles of today have of an action; empty: nothing."""
    columns = _columns_of(Access.of(user).roles)
    return [cell for column, cell in table()[action].items() if column in columns]


@cache
def _columns_of(roles: frozenset[str]) -> frozenset[str]:
    return frozenset(column for role in roles for column in COLUMNS[Role(role)])


def may(user: Any, action: str) -> bool:
    """Whether the person has the action on some rows. Which: `within`."""
    return (action in ANYBODY and user.is_authenticated) or bool(cells(user, action))


def within(rows: CountyQuerySet, user: Any, action: str) -> QuerySet[Any]:
    """Those of the rows on which this person has the action."""
    access = Access.of(user)
    if access.everything:
        return rows
    model, reached = rows.model, Q(pk__in=[])
    for cell in cells(user, action):
        if cell.scope == "A":
            reached |= Q(county__in=access.districts)
        if cell.scope == "I":
            reached |= model.inspected_side(access.inspected)
        if "S" in cell.scope:
            reached |= _any(model.sending_side(), access.schools)
        if "R" in cell.scope:
            reached |= model.receiving_side(access.schools, still_open=not is_reading(action, cell))
        if cell.scope == "O":
            reached |= _any(model.teachers_concerned, access.teachers)
    return rows.filter(pk__in=model._default_manager.filter(reached).values("pk"))


_only_read: list[Callable[[Any], bool]] = []


def offer_nothing_on(is_only_read: Callable[[Any], bool]) -> None:
    """While a page is drawn no change is offered on the rows of which `is_only_read` says so; asked by `is_offered`."""
    if is_only_read not in _only_read:
        _only_read.append(is_only_read)


def is_offered(action: str, row: Any) -> bool:
    """Whether a page may show a button for the action on this row: not where the row can only be looked at any more."""
    if action.rpartition(".")[2] in READING or action in STILL_DONE:
        return True
    return not any(ask(row) for ask in _only_read)


def has_on(user: Any, action: str, row: Any) -> bool:
    """Whether the person has the action on this very row."""
    return is_offered(action, row) and within(type(row)._default_manager.filter(pk=row.pk), user, action).exists()


def is_of_bureau(user: Any, action: str, county_id: int) -> bool:
    """Whether the person has the action for the whole county."""
    access = Access.of(user)
    return access.everything or (
        county_id in access.districts and any(cell.scope == "A" for cell in cells(user, action))
    )


def insist(user: Any, row: Any, *actions: str) -> None:
    """What a function that changes a row asks first: it refuses whoever has none of the actions on it, whatever led there."""
    if not any(has_on(user, action, row) for action in actions):
        raise Refused(NOT_YOURS)


def insist_for_county(user: Any, county_id: int, action: str) -> None:
    """The same for what belongs to the county as a whole, or is not there yet."""
    if not is_of_bureau(user, action, county_id):
        raise Refused(NOT_YOURS)


def reaches(user: Any, action: str, secondment: Secondment) -> bool:
    """Whether one of the person's roles has the action on this secondment. Asks nothing of the database but its placements."""
    access = Access.of(user)
    if not is_offered(action, secondment):
        return False
    if access.everything:
        return True
    for cell in cells(user, action):
        if cell.scope == "A" and secondment.county_id in access.districts:
            return True
        is_known = secondment.state in KNOWN_TO_RECEIVER
        if cell.scope == "I" and is_known and _is_received_by(secondment, access.inspected.schools):
            return True
        if "S" in cell.scope and secondment.sending_school_id in access.schools:
            return True
        is_theirs = (
            secondment.state in KNOWN_TO_RECEIVER if is_reading(action, cell) else secondment.is_open_to_receiver
        )
        if "R" in cell.scope and is_theirs and _is_received_by(secondment, access.schools):
            return True
        if cell.scope == "O" and secondment.teacher_id in access.teachers:
            return True
    return False


def _is_received_by(secondment: Secondment, schools: frozenset[int]) -> bool:
    return bool(schools) and any(placement.receiving_school_id in schools for placement in secondment.placements.all())


def _any(paths: tuple[str, ...], keys: frozenset[int]) -> Q:
    found = Q(pk__in=[])
    for path in paths if keys else ():
        found |= Q(**{f"{path}__in": keys})
    return found
