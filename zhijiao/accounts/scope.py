"""Whose accounts and whose entries of the trail a person may see, told by the app that knows the roles (`set_rules`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol


class Rules(Protocol):
    """What this app asks about roles."""

    def counties_of_trail(self, user: Any) -> frozenset[int] | None:
        """The counties whose trail the person may read; None: all of them."""

    def accounts_for(self, rows: Any, user: Any) -> Any:
        """Those of the accounts that the person may know of."""

    def county_of(self, subject: Any) -> int | None:
        """The county of a row or of a person, where the row has none of its own."""

    def only_county(self) -> int | None:
        """The county of an installation that serves one."""

    def on_behalf_of(self, user: Any, actions: Iterable[str]) -> Any:
        """For whom the person acts, where only a role lent to them allows these actions; else None."""

    def roles_of(self, user: Any) -> set[tuple[int | None, str]]:
        """(county, role) of today."""

    def words_about(self, user: Any) -> list[str]:
        """Words that a password of this person must not be made of: places, ends of numbers."""


_rules: list[Rules] = []


def set_rules(rules: Rules) -> None:
    _rules[:] = [rules]


def entries_for(rows: Any, user: Any) -> Any:
    if not _rules:
        return rows.none()
    counties = _rules[0].counties_of_trail(user)
    return rows if counties is None else rows.filter(county_id__in=counties)


def accounts_for(rows: Any, user: Any) -> Any:
    return _rules[0].accounts_for(rows, user) if _rules else rows.none()


def county_of(*subjects: Any) -> int | None:
    """The first county that one of them tells; else the only one there is."""
    for subject in subjects:
        if subject is None:
            continue
        own = getattr(subject, "county_id", None)
        found = own or (_rules[0].county_of(subject) if _rules else None)
        if found:
            return int(found)
    return _rules[0].only_county() if _rules else None


def on_behalf_of(user: Any, actions: Iterable[str]) -> Any:
    return _rules[0].on_behalf_of(user, actions) if _rules else None


def roles_of(user: Any) -> set[tuple[int | None, str]]:
    return _rules[0].roles_of(user) if _rules else set()


def words_about(user: Any) -> list[str]:
    return _rules[0].words_about(user) if _rules else []
