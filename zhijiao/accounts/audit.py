"""The audit trail: `record` is called by the function that acts, inside its transaction."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from django.db import connection, models, transaction

from zhijiao import clock, guard
from zhijiao.accounts import scope, trace
from zhijiao.accounts.models import AuditEntry, User

_FIRST = "0" * 64
_CHAIN_LOCK = 7_305_001  # any number, the same in every process
COMMAND = "服务器命令"
NOBODY = "未登录"


def record(
    by: User | None,
    verb: str,
    subject: models.Model | None = None,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    address: str | None = None,
    on_behalf_of: User | None = None,
    request_id: str = "",
) -> AuditEntry:
    """Write down that `by` (None: a command on the server, or nobody yet) did `verb` to `subject`.

    No personal numbers in the values. From where, in which request and, for a deputy, for whom is known from the request.
    """
    request = trace.current()
    if request:
        address, request_id = address or request.address, request_id or request.request_id
        on_behalf_of = on_behalf_of or (request.lender(by) if by else None)
    with transaction.atomic():
        if connection.vendor == "postgresql":  # SQLite has one writer anyway
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
        guard.ask_about_entry(verb, subject)  # behind the lock: what was closed a moment ago is known by now
        last = AuditEntry.objects.order_by("-id").values_list("digest", flat=True).first()
        entry = AuditEntry(
            at=clock.now(),
            by=by,
            by_name=str(by) if by else NOBODY if request else COMMAND,
            on_behalf_of=on_behalf_of,
            on_behalf_of_name=str(on_behalf_of) if on_behalf_of else "",
            verb=verb,
            subject_type=subject._meta.label_lower if subject else "",
            subject_id=str(subject.pk) if subject else "",
            subject_name=str(subject)[:200] if subject else "",
            county_id=scope.county_of(subject, by),
            reason=reason,
            before=before or {},
            after=after or {},
            address=address,
            request_id=request_id,
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
    at = entry.at.astimezone(dt.UTC)  # as the database gives it back, in whatever zone it was written
    told = [
        entry.previous_digest, at.isoformat(), entry.by_id, entry.by_name, entry.verb, entry.subject_type,
        entry.subject_id, entry.subject_name, entry.county_id, entry.reason, entry.before, entry.after, entry.address,
    ]  # fmt: skip
    if entry.request_id or entry.on_behalf_of_name:  # entries from before there was either keep their digest
        told.append([entry.request_id, entry.on_behalf_of_id, entry.on_behalf_of_name])
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()
