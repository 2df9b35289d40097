"""Name and password, asked no oftener than the limits allow; then the second factor; then the session."""

from __future__ import annotations

import time
import unicodedata
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login
from django.http import HttpRequest

from zhijiao.accounts import audit, second_factor
from zhijiao.accounts.address import client_address, limit_key
from zhijiao.accounts.limits import clear, give_back, seconds_left, told_wait, tries
from zhijiao.accounts.models import User

_WAITING = "waiting_for_code"  # in the session: who gave the right password, when, and where they want to go
_EVERYBODY = "all"
CODE_SECONDS = 5 * 60


class TooManyTriesError(Exception):
    """Wait; `told` says how long."""

    def __init__(self, told: str) -> None:
        super().__init__(told)
        self.told = told


def check_password(request: HttpRequest, name: str, password: str) -> User | None:
    """The account, where name and password belong together. The limits are asked before the hasher runs."""
    known = _normal(name)
    address = limit_key(client_address(request))
    for kind, key, limit, seconds in (
        ("sign_in_address", address, settings.SIGN_INS_PER_ADDRESS, settings.SIGN_IN_SECONDS),
        ("sign_in_name", known, settings.SIGN_INS_PER_NAME, settings.SIGN_IN_SECONDS),
        ("sign_in_all", _EVERYBODY, settings.SIGN_INS_PER_MINUTE, 60),
    ):
        number = tries(kind, key, seconds)
        if number > limit:
            if number == limit + 1:
                audit.record(None, "登录被暂停", _account(known), reason="试的次数太多")
            raise TooManyTriesError(_told(kind, seconds_left(kind, key)))
    user: Any = authenticate(request, username=name, password=password)
    if user is None:
        audit.record(
            None, "登录失败", _account(known), reason="账号或密码不对"
        )  # a name that is no account is not kept
        return None
    clear("sign_in_name", known)
    give_back("sign_in_address", address)
    give_back("sign_in_all", _EVERYBODY)
    return user


def enter(request: HttpRequest, user: User, wanted: str = "") -> bool:
    """Sign the person in. False where a code is to be asked for first; `finish` goes on from there."""
    if second_factor.is_on(user):
        request.session.cycle_key()
        request.session[_WAITING] = {"user": user.pk, "since": int(time.time()), "next": wanted, "hash": _stamp(user)}
        return False
    _let_in(request, user)
    return True


def who_waits(request: HttpRequest) -> tuple[User, str] | None:
    """Who gave the right password some minutes ago and is asked for a code, and where they want to go."""
    told = request.session.get(_WAITING)
    if not told or int(time.time()) - told["since"] > CODE_SECONDS:
        return None
    user = User.objects.filter(pk=told["user"], is_active=True).first()
    return (user, told["next"]) if user and _stamp(user) == told["hash"] else None


def finish(request: HttpRequest, user: User, typed: str) -> bool:
    """Whether the code was right; then the person is signed in."""
    kind = second_factor.verify(user, typed)
    if not kind:
        audit.record(None, "登录失败", user, reason="动态验证码不对")
        return False
    request.session.pop(_WAITING, None)
    _let_in(request, user, by="动态验证码" if kind == "code" else "备用码")
    return True


def _let_in(request: HttpRequest, user: User, by: str = "") -> None:
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    audit.record(user, "登录", reason=by)


def _normal(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _account(known: str) -> User | None:
    return User.objects.filter(username__iexact=known).first()


def _stamp(user: User) -> str:
    return str(user.get_session_auth_hash())


def _told(kind: str, seconds: int) -> str:
    wait = told_wait(seconds)
    if kind == "sign_in_name":
        return f"这个账号试错的次数太多，请过 {wait}再试。忘了密码，请单位管理员重设。"
    if kind == "sign_in_address":
        return f"从这个网络登录失败的次数太多，请过 {wait}再试。"
    return f"现在登录的人太多，请过 {wait}再试。"
