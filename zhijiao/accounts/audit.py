"""The audit trail: `record` is called by the function that acts, inside its transaction."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from zhijiao.accounts.models import AuditEntry, User

_FIRST = "0" * 64
_CHAIN_LOCK = 7_305_001  # any number, the same in every process


def record(
    by: User | None,
    verb: str,
    subject: models.Model | None = None,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    address: str | None = None,
) -> AuditEntry:
    """Write down that `by` (None: a command on the server) did `verb` to `subject`. No personal numbers in the values."""
    with transaction.atomic():
        if connection.vendor == "postgresql":  # SQLite has one writer anyway
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
        last = AuditEntry.objects.order_by("-id").values_list("digest", flat=True).first()
        entry = AuditEntry(
            at=timezone.now(),
            by=by,
            by_name=str(by) if by else "服务器命令",
            verb=verb,
            subject_type=subject._meta.label_lower if subject else "",
            subject_id=str(subject.pk) if subject else "",
            subject_name=str(subject)[:200] if subject else "",
            county_id=getattr(subject, "county_id", None) if subject else None,
            reason=reason,
            before=before or {},
            after=after or {},
            address=address,
            previous_digest=last or _FIRST,
        )
        entry.digest = _digest(entry)
        entry.save(force_insert=True)
    return entry


def first_broken_entry() -> AuditEntry | None:
    """The first entry that was changed, or before which one was removed or reordered; None where the chain holds."""
    previous = _FIRST
    for entry in AuditEntry.objects.order_by("id").iterator():
        if entry.previous_digest != previous or entry.digest != _digest(entry):
            return entry
        previous = entry.digest
    return None


def _digest(entry: AuditEntry) -> str:
    told = [
        entry.previous_digest, entry.at.isoformat(), entry.by_id, entry.by_name, entry.verb, entry.subject_type,
        entry.subject_id, entry.subject_name, entry.county_id, entry.reason, entry.before, entry.after, entry.address,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()
