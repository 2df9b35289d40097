"""Which records can have files, and who may see and change them: the app that owns the record says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

Rule = Callable[[Any, Any], bool]  # (user, row)


@dataclass(frozen=True)
class Owner:
    """How the files of one kind of record are guarded."""

    model: type[Model]
    may_see: Rule
    may_change: Rule
    page: Callable[[Any], str] | None = None


_owners: dict[str, Owner] = {}


def register(model: type[Model], may_see: Rule, may_change: Rule, page: Callable[[Any], str] | None = None) -> None:
    """Files may hang on rows of this model. `may_change`: who adds and removes them. `page`: the address of a row that has no
    page of its own.
    """
    _owners[model._meta.label_lower] = Owner(model, may_see, may_change, page)


def owner_of(subject_type: str) -> Owner | None:
    return _owners.get(subject_type)


def may_see(user: Any, subject: Model) -> bool:
    """Whether the person may open the files of this record; of an unregistered one nobody."""
    owner = _owners.get(subject._meta.label_lower)
    return owner is not None and owner.may_see(user, subject)


def may_change(user: Any, subject: Model) -> bool:
    """Whether the person, who sees the record, may add and remove files here."""
    owner = _owners.get(subject._meta.label_lower)
    return owner is not None and owner.may_change(user, subject)
