"""Two people change the same record: the second is told, and sees what the first one wrote."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from django.db.models import Model

FIELD = "seen"  # the hidden field of a form that holds the fingerprint of what was shown


def fingerprint(row: Model, fields: Iterable[str]) -> str:
    """Equal as long as none of these fields changed. Put it into the form, compare it inside the transaction."""
    told = "\x1f".join(repr(_plain(getattr(row, name))) for name in fields)
    return hashlib.sha256(f"{row._meta.label}:{row.pk}:{told}".encode()).hexdigest()[:32]


def changed_meanwhile(row: Model, fields: Iterable[str], seen: str) -> bool:
    """Whether somebody else changed the row after the form with the fingerprint `seen` was shown. Ask under a lock."""
    return bool(seen) and seen != fingerprint(row, fields)


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else str(value) if value is not None else None
