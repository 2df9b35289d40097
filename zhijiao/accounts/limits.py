"""Limits on guessing: one counter in the database, which counts and answers in one statement.

    if not within_limit("certificate", limit_key(client_address(request)), 10, 60):
        …429…

Ask before the work that is to be limited, and outside the transaction that may be rolled back. Two processes that ask at
the same moment get different numbers, so of a hundred parallel tries exactly `limit` come through.
"""

from __future__ import annotations

import time

from django.db import connection
from django.db.models import F
from django.utils.crypto import salted_hmac

from zhijiao.accounts.models import Attempts

_COUNT = """
insert into accounts_attempts (kind, key, n, ends_at) values (%s, %s, 1, %s)
on conflict (kind, key) do update set
  n = case when accounts_attempts.ends_at <= %s then 1 else accounts_attempts.n + 1 end,
  ends_at = case when accounts_attempts.ends_at <= %s then excluded.ends_at else accounts_attempts.ends_at end
returning n
"""


def within_limit(kind: str, key: str, limit: int, seconds: int) -> bool:
    """Counts this try; whether it is one of the first `limit` within `seconds` since the first of them."""
    return tries(kind, key, seconds) <= limit


def tries(kind: str, key: str, seconds: int) -> int:
    """Counts this try; which one it is since the first within `seconds`."""
    now = int(time.time())
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [kind, _hidden(kind, key), now + seconds, now, now])
        return int(cursor.fetchone()[0])


def seconds_left(kind: str, key: str) -> int:
    """How long until it begins anew."""
    ends_at = Attempts.objects.filter(kind=kind, key=_hidden(kind, key)).values_list("ends_at", flat=True).first()
    return max(0, (ends_at or 0) - int(time.time()))


def clear(kind: str, key: str) -> None:
    """It was no guessing: the count begins anew."""
    Attempts.objects.filter(kind=kind, key=_hidden(kind, key)).delete()


def give_back(kind: str, key: str) -> None:
    """This try was no guess; the others stay counted."""
    Attempts.objects.filter(kind=kind, key=_hidden(kind, key), n__gt=0).update(n=F("n") - 1)


def forget_old() -> int:
    """Counts that ended, of which each guessed name leaves one; returns how many went."""
    return int(Attempts.objects.filter(ends_at__lte=int(time.time())).delete()[0])


def told_wait(seconds: int) -> str:
    """等 3 分钟."""
    return f"{-(-seconds // 60)} 分钟" if seconds > 60 else f"{max(seconds, 1)} 秒"


def _hidden(kind: str, key: str) -> str:
    return salted_hmac(f"zhijiao.limits.{kind}", key, algorithm="sha256").hexdigest()
