"""The second factor: six digits from an authenticator app (RFC 6238), recovery codes, and who has to use it."""

from __future__ import annotations

import base64
import re
import secrets
import time
from functools import reduce
from operator import or_
from urllib.parse import quote, urlencode

import segno
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django_otp.oath import TOTP

from zhijiao.accounts import audit, scope
from zhijiao.accounts.codes import digest, new_code
from zhijiao.accounts.limits import clear, within_limit
from zhijiao.accounts.models import RecoveryCode, RolePolicy, SecondFactor, User
from zhijiao.dates import told

ISSUER = "支教管理"
RECOVERY_CODES = 8
_LETTERS = 12  # 60 bits
_TOLERANCE = 1  # a phone may be half a minute off
LIMIT, SECONDS = 5, 5 * 60  # guesses: at this pace a code of six digits is found in two years of trying


class GuessedTooOftenError(Exception):
    """Wait before the next code."""


def is_on(user: User) -> bool:
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists()


def is_required(user: User) -> bool:
    """Whether a role of today asks for it, in its county."""
    roles = scope.roles_of(user)
    if not roles:
        return False
    wanted = reduce(or_, (Q(county_id=county, role=role) for county, role in roles))
    return RolePolicy.objects.filter(wanted, needs_second_factor=True).exists()


def must_enrol(user: User) -> bool:
    return not is_on(user) and is_required(user)


def start(user: User) -> SecondFactor:
    """A new secret, which counts once a code of it was typed. What is in use already stays as it is."""
    with transaction.atomic():
        found, _ = SecondFactor.objects.select_for_update().get_or_create(user=user, defaults={"key": _new_key()})
        if found.confirmed_at is None:
            found.key, found.last_step = _new_key(), -1
            found.save()
    return found


def confirm(*, by: User, typed: str) -> list[str]:
    """Put it to use with a first code. Returns the recovery codes, for the only time; empty where the code is wrong."""
    _count_guess(by)
    with transaction.atomic():
        found = SecondFactor.objects.select_for_update().filter(user=by, confirmed_at=None).first()
        if found is None or not _takes(found, typed):
            return []
        found.confirmed_at = timezone.now()
        found.save(update_fields=["confirmed_at"])
        codes = _new_recovery_codes(by)
        audit.record(by, "启用动态验证码", by)
    clear("second_factor", str(by.pk))
    return codes


def verify(user: User, typed: str) -> str:
    """ "code", "recovery", or "" where it is neither. A code opens once."""
    _count_guess(user)
    with transaction.atomic():
        found = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at__isnull=False).first()
        if found and _takes(found, typed):
            kind = "code"
        else:
            used = RecoveryCode.objects.filter(user=user, digest=digest("recovery", typed), used_at=None)
            kind = "recovery" if used.update(used_at=timezone.now()) else ""
    if kind:
        clear("second_factor", str(user.pk))
    return kind


def renew_recovery_codes(*, by: User) -> list[str]:
    """New ones; the old ones open nothing any more."""
    with transaction.atomic():
        codes = _new_recovery_codes(by)
        audit.record(by, "重做备用码", by)
    return codes


def switch_off(user: User, *, by: User, reason: str = "") -> bool:
    """Back to the password alone; whether there was a second factor."""
    with transaction.atomic():
        was_on = bool(SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).count())
        SecondFactor.objects.filter(user=user).delete()
        RecoveryCode.objects.filter(user=user).delete()
        if was_on:
            audit.record(by, "停用动态验证码", user, reason=reason)
    return was_on


def set_policy(county_id: int, roles: dict[str, str], wanted: set[str], *, by: User) -> None:
    """Which roles of a county have to use it: `roles` are all there are, with their names."""
    with transaction.atomic():
        rows = RolePolicy.objects.select_for_update().filter(county_id=county_id)
        before = {row.role for row in rows if row.needs_second_factor}
        for role in roles:
            RolePolicy.objects.update_or_create(
                county_id=county_id, role=role, defaults={"needs_second_factor": role in wanted}
            )
        if before != wanted:
            audit.record(
                by,
                "设定登录要求",
                before={"必须用动态验证码": "、".join(roles[one] for one in roles if one in before)},
                after={"必须用动态验证码": "、".join(roles[one] for one in roles if one in wanted)},
            )


def typed_key(factor: SecondFactor) -> str:
    """The secret for those who cannot scan, in groups of four."""
    text = base64.b32encode(bytes.fromhex(factor.key)).decode()
    return " ".join(text[first : first + 4] for first in range(0, len(text), 4))


def qr(factor: SecondFactor) -> SafeString:
    """What the app scans, drawn."""
    label = quote(f"{ISSUER}:{factor.user.username}")
    secret = base64.b32encode(bytes.fromhex(factor.key)).decode()
    return drawn_qr(f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': ISSUER})}")


def drawn_qr(text: str, label: str = "二维码") -> SafeString:
    """A QR code as inline SVG without styles, as our content security policy wants it."""
    svg = segno.make(text, error="m").svg_inline(omitsize=True, border=2, title=label, svgclass="qr", lineclass=None)
    return mark_safe(svg)  # noqa: S308  # drawn by segno; the text stands in no attribute


def since(user: User) -> str:
    """启用于 2026年3月1日."""
    found = SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first()
    return f"{told(timezone.localdate(found.confirmed_at))}启用" if found else ""


def _new_key() -> str:
    return secrets.token_hex(20)


def _count_guess(user: User) -> None:
    if not within_limit("second_factor", str(user.pk), LIMIT, SECONDS):
        raise GuessedTooOftenError


def _takes(factor: SecondFactor, typed: str) -> bool:
    """Whether it is a code of now that was not taken before."""
    digits = re.sub(r"\s", "", typed)
    if not re.fullmatch(r"[0-9]{6}", digits):
        return False
    clock = TOTP(bytes.fromhex(factor.key))
    clock.time = time.time()
    if not clock.verify(int(digits), tolerance=_TOLERANCE, min_t=factor.last_step + 1):
        return False
    factor.last_step = clock.t()
    factor.save(update_fields=["last_step"])
    return True


def _new_recovery_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = [new_code(_LETTERS) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create([RecoveryCode(user=user, digest=digest("recovery", one)) for one in codes])
    return codes
