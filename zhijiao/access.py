"""Closed by default: each view names the action it is, and one that names nothing stops the start.

Who has an action is decided by the app that knows the roles (`set_judge`); this module knows nothing of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.urls import URLPattern, URLResolver, get_resolver

View = Callable[..., HttpResponseBase]
Judge = Callable[[Any, str], bool]

METHODS = ("GET", "HEAD", "OPTIONS", "POST")  # pages and forms take no other; a view may take fewer
_EXEMPT = ("admin:", "djdt:")  # of development only
_judges: list[Judge] = []
_known_actions: list[frozenset[str]] = []
_words: dict[str, str] = {}


def set_judge(judge: Judge, actions: frozenset[str], words: Mapping[str, str]) -> None:
    """`judge(user, action)` says whether any role of the person has the action; `actions` are all there are.

    `words` say what somebody does who does it, for a reader: 看教师.
    """
    _judges[:] = [judge]
    _known_actions[:] = [actions]
    _words.clear()
    _words.update(words)


def told(*actions: str) -> str:
    """What a page of these actions is for, in words."""
    return "、".join(dict.fromkeys(_words.get(action, action) for action in actions))


def has(user: Any, *actions: str) -> bool:
    """Whether the person has one of the actions, on some rows at least."""
    return any(judge(user, action) for judge in _judges for action in actions)


def needs(*actions: str) -> Callable[[View], View]:
    """Opens a view to those who have one of these actions; the others get 403 in words."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in METHODS:
                return HttpResponseNotAllowed(METHODS)
            if not has(request.user, *actions):
                raise PermissionDenied("您的角色不能做这件事")
            return view(request, *args, **kwargs)

        guarded.actions = actions  # type: ignore[attr-defined]
        return guarded

    return declare


def open_to_all(why: str) -> Callable[[View], View]:
    """A page without sign-in. `why` is for the reader of the source and of the list of addresses."""

    def declare(view: View) -> View:
        @wraps(view)
        def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return view(request, *args, **kwargs) if request.method in METHODS else HttpResponseNotAllowed(METHODS)

        opened: Any = login_not_required(limited)
        opened.open_because = why
        return opened

    return declare


def addresses() -> Iterator[tuple[str, str, Any]]:
    """Every address of the site: its full name, its route, its view."""
    yield from _walk(get_resolver(), "", "")


def _walk(resolver: URLResolver, names: str, route: str) -> Iterator[tuple[str, str, Any]]:
    for part in resolver.url_patterns:
        here = route + str(part.pattern)
        if isinstance(part, URLResolver):
            yield from _walk(part, f"{names}{part.namespace}:" if part.namespace else names, here)
        elif isinstance(part, URLPattern):
            yield f"{names}{part.name or ''}", here, part.callback


@register(Tags.security)
def every_view_says_who_may_come(**kwargs: Any) -> list[CheckMessage]:
    """zhijiao.E001: a view says nothing; zhijiao.E002: it names an action that nobody knows."""
    known = _known_actions[0] if _known_actions else frozenset()
    problems: list[CheckMessage] = []
    for name, route, view in addresses():
        if name.startswith(_EXEMPT):
            continue
        actions = getattr(view, "actions", None)
        if actions is None and not getattr(view, "open_because", ""):
            problems.append(Error(f"地址 {route}（{name}）没有说明谁可以访问", id="zhijiao.E001"))
        for action in actions or ():
            if action not in known:
                problems.append(Error(f"地址 {route}（{name}）要求的权限“{action}”不在权限表里", id="zhijiao.E002"))
    return problems
