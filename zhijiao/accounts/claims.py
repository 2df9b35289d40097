"""One-time codes for accounts: made by the bureau, printed on slips, claimed once by the holder, who sets the password."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from zhijiao.accounts import audit, sessions
from zhijiao.accounts.codes import digest, new_code
from zhijiao.accounts.models import ClaimCode, User
from zhijiao.locks import lock

LETTERS = 12  # 60 bits: at the limit of guessing nobody finds one in a lifetime
REFUSED = (
    "这个领取码用不了：可能输错了，也可能用过了、过期了或作废了。请对照纸条再看一遍；还是不行，请发纸条的人重新做一张。"
)


class NotUsableError(Exception):
    """Wrong, used, expired, made void: told apart to nobody."""


def make(
    users: Sequence[User], *, by: User | None, verb: str = "制作领取码", reason: str = ""
) -> list[tuple[User, str]]:
    """A new code for each account, shown now and never again; older ones and older passwords open nothing any more."""
    now = timezone.now()
    made: list[tuple[User, str]] = []
    with transaction.atomic():
        lock(User.objects.filter(pk__in=[user.pk for user in users]))
        ClaimCode.objects.filter(user__in=users, used_at=None, revoked_at=None).update(revoked_at=now)
        for user in users:
            code = new_code(LETTERS)
            made.append((user, code))
            user.set_unusable_password()
            user.save(update_fields=["password"])
            sessions.end(user)
            audit.record(by, verb, user, reason=reason)
        ClaimCode.objects.bulk_create(
            [
                ClaimCode(
                    user=user,
                    digest=digest("claim", code),
                    made_at=now,
                    made_by=by,
                    expires_at=now + dt.timedelta(hours=settings.CLAIM_HOURS),
                )
                for user, code in made
            ]
        )
    return made


def look_up(typed_or_digest: str, *, is_digest: bool = False) -> ClaimCode:
    """The code, if it may still be used. NotUsableError otherwise."""
    wanted = typed_or_digest if is_digest else digest("claim", typed_or_digest)
    found = ClaimCode.objects.usable().select_related("user").filter(digest=wanted).first()
    if found is None:
        raise NotUsableError
    return found


def claim(known: str, password: str) -> User:
    """Set the first password with a code (its digest); it is used up. Of two at the same moment one comes through."""
    with transaction.atomic():
        found = ClaimCode.objects.select_for_update(of=("self",)).usable().filter(digest=known).first()
        if found is None or not ClaimCode.objects.filter(pk=found.pk, used_at=None).update(used_at=timezone.now()):
            raise NotUsableError
        user = User.objects.get(pk=found.user_id)
        user.set_password(password)
        user.save(update_fields=["password"])
        sessions.end(user)
        audit.record(user, "领取账号", user)
    return user
