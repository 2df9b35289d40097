"""The access table, read: which role has an action, and on which rows.

The table is `access_table.md` beside this file. Views, buttons and the tests read it here, so they cannot disagree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet

from assignments.choices import Role
from assignments.models.scope import Access, CountyQuerySet

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


def cells(user: Any, action: str) -> list[Cell]:
    """What this person's roles of today have of an action; empty: nothing."""
    row = table()[action]
    access = Access.of(user)
    columns = {column for role in access.roles for column in COLUMNS[Role(role)]}
    return [cell for column, cell in row.items() if column in columns]


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
        if cell.scope in ("A", "I"):
            reached |= Q(county__in=access.districts)
        if "S" in cell.scope:
            reached |= _any(model.sending_side(), access.schools)
        if "R" in cell.scope:
            reached |= model.receiving_side(access.schools)
        if cell.scope == "O":
            reached |= _any(model.teachers_concerned, access.teachers)
    return rows.filter(pk__in=model._default_manager.filter(reached).values("pk"))


def has_on(user: Any, action: str, row: Any) -> bool:
    """Whether the person has the action on this very row."""
    return within(type(row)._default_manager.filter(pk=row.pk), user, action).exists()


def _any(paths: tuple[str, ...], keys: frozenset[int]) -> Q:
    found = Q(pk__in=[])
    for path in paths if keys else ():
        found |= Q(**{f"{path}__in": keys})
    return found
