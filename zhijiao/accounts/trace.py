"""The request that is being answered, so that the trail can tell from where and for whom without being told each time."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.http import HttpRequest, HttpResponse

from zhijiao.accounts import scope
from zhijiao.accounts.address import client_address

_current: ContextVar[Trace | None] = ContextVar("zhijiao_trace", default=None)


class Trace:
    """What is known of the request: its number, its address, what the view declared that it does."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.request_id = uuid.uuid4().hex
        self.address = client_address(request)
        self._lenders: dict[int, Any] = {}

    def lender(self, user: Any) -> Any:
        """For whom the person acts in this request; None for themselves. Asked once."""
        if user.pk not in self._lenders:
            match = self._request.resolver_match
            actions = getattr(match.func, "actions", ()) if match else ()
            self._lenders[user.pk] = scope.on_behalf_of(user, actions)
        return self._lenders[user.pk]


def current() -> Trace | None:
    """None in a command on the server and in a background job."""
    return _current.get()


class TraceRequests:
    """Middleware, the outermost of ours. The number is also an X-Request-ID of the answer, for whoever asks about a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        trace = Trace(request)
        token = _current.set(trace)
        try:
            response = self._get_response(request)
        finally:
            _current.reset(token)
        response["X-Request-ID"] = trace.request_id
        return response
