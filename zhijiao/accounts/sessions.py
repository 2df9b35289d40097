"""Sessions that end: after idleness, after a working day, when their owner or the bureau says so."""

from __future__ import annotations

import datetime as dt
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from zhijiao.accounts.address import client_address, device
from zhijiao.accounts.models import OwnSession, User

_BEGAN, _SEEN = "began", "seen"  # seconds since 1970, kept in the session: asking for them costs no query
NOTE_EVERY = 60  # seconds; a session is idle from the last minute in which it was used


def begin(sender: Any = None, *, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Somebody signed in; the receiver of `user_logged_in`."""
    from zhijiao.accounts.second_factor import must_enrol

    now = timezone.now()
    request.session[_BEGAN] = request.session[_SEEN] = int(now.timestamp())
    if must_enrol(user):
        request.session["must_enrol"] = True
    else:
        request.session.pop("must_enrol", None)
    # A session whose cookie is no longer valid is a device no longer: the list stays short by itself.
    OwnSession.objects.filter(
        user=user, began__lt=now - dt.timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS)
    ).delete()
    OwnSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "device": device(request),
            "address": client_address(request),
            "began": now,
            "seen": now,
        },
    )


def is_over(request: HttpRequest, now: int) -> bool:
    """Whether the session was idle for too long, or is too old however much it was used."""
    began, seen = request.session.get(_BEGAN, 0), request.session.get(_SEEN, 0)
    return now - seen > settings.SESSION_IDLE_SECONDS or now - began > settings.SESSION_ABSOLUTE_SECONDS


def note_use(request: HttpRequest, now: int) -> None:
    """The session was used; written down once a minute."""
    if now - request.session.get(_SEEN, 0) < NOTE_EVERY:
        return
    request.session[_SEEN] = now
    OwnSession.objects.filter(session_key=request.session.session_key).update(
        seen=dt.datetime.fromtimestamp(now, dt.UTC), address=client_address(request)
    )


def leave(request: HttpRequest) -> None:
    """Forget the session that is over. Whoever it was is nobody from here on."""
    OwnSession.objects.filter(session_key=request.session.session_key).delete()
    logout(request)


def end(user: User, *, keep: str | None = None, only: OwnSession | None = None) -> int:
    """End the person's sessions at once, except the one that is kept; returns how many ended."""
    rows = OwnSession.objects.filter(user=user).exclude(session_key=keep or "")
    if only is not None:
        rows = rows.filter(pk=only.pk)
    keys = list(rows.values_list("session_key", flat=True))
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for key in keys:
        store(key).delete()
    rows.filter(session_key__in=keys).delete()
    return len(keys)


def rename(request: HttpRequest, old_key: str | None) -> None:
    """The session got a new key, as it does when the password changes."""
    OwnSession.objects.filter(session_key=old_key).update(session_key=request.session.session_key)


def forget_old() -> int:
    """Sessions that ran out, which nobody came back to; returns how many devices went."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    oldest = timezone.now() - dt.timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS)
    return int(OwnSession.objects.filter(began__lt=oldest).delete()[0])
