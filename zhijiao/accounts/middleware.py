"""Sessions end in time, what a person saw stays in no cache, and who has to sign in comes back to where they were."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from zhijiao.accounts import sessions

Answer = Callable[[HttpRequest], HttpResponse]


class EndSessions:
    """Before PrivatePages: a session that ran out leaves the browser's store alone, where a half-filled form is kept."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            if sessions.is_over(request, now):
                sessions.leave(request)
                request.session_ran_out = True  # type: ignore[attr-defined]
            else:
                sessions.note_use(request, now)
        return self._get_response(request)


class PrivatePages:
    """A shared computer at a school: after signing out, the back button shows nothing."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        was_signed_in = request.user.is_authenticated
        response = self._get_response(request)
        if was_signed_in:
            response.setdefault("Cache-Control", "no-store")
        if was_signed_in and not request.user.is_authenticated:
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response


class SignInRequired(LoginRequiredMiddleware):
    """Everything is closed. After signing in one is on the page that held the form, not at the address it was sent to."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        if getattr(request, "session_ran_out", False):
            messages.warning(request, "太久没有操作，或者登录满一天了，为了安全已经退出。请重新登录，接着刚才的做。")
        if request.method in ("GET", "HEAD"):
            return super().handle_no_permission(request, view_func)
        return redirect_to_login(_page_of_form(request), settings.LOGIN_URL)


def _page_of_form(request: HttpRequest) -> str:
    """The page of ours that the form stood on; the home page where the browser does not tell."""
    referer = request.META.get("HTTP_REFERER", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}, request.is_secure()):
        return reverse("home")
    parts = urlsplit(referer)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


class SecondFactorFirst:
    """Who has to use a second factor and has none sets it up before anything else."""

    _OPEN = ("second_factor", "second_factor_start", "second_factor_confirm", "logout", "healthz")

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase], args: object, kwargs: object
    ) -> HttpResponseBase | None:
        if not request.user.is_authenticated or not request.session.get("must_enrol"):
            return None
        match = request.resolver_match
        if match and match.view_name in self._OPEN:
            return None
        return HttpResponseRedirect(reverse("second_factor"))
