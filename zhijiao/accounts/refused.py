"""What was refused to somebody who is signed in leaves one row in the trail: who, what they wanted, which address, which way it was refused.

Neither the words of the page nor what stood in the address is kept: both may name a person. Somebody who asks for the same
again and again leaves one row a minute.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from zhijiao.access import told
from zhijiao.accounts import audit, limits

VERB = "被拒绝"
WAYS = {403: "没有权限", 404: "不在范围内或不存在", 409: "现在不能办"}
_SECONDS = 60


class RecordRefusals:
    """Middleware, inside the one that knows who is signed in. What is permitted costs nothing: only the answer is looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if response.status_code in WAYS:
            _record(request, response.status_code)
        return response


def _record(request: HttpRequest, status: int) -> None:
    match, user = request.resolver_match, request.user
    # An address that is none, or that is open to all (a certificate's code stands in it), tells nothing of a person's rights.
    actions = getattr(match.func, "actions", ()) if match else ()
    if match is None or not user.is_authenticated or not actions:
        return
    address: Any = match.view_name
    if limits.within_limit("refused", f"{user.pk} {address}", 1, _SECONDS):
        audit.record(
            user,
            VERB,
            after={
                "页面": told(*actions),
                "地址": address,
                "方式": str(request.method),
                "为什么": f"{WAYS[status]}（{status}）",
            },
        )
