"""A double click, a form that is sent again, a back button: one effect, and the answer of the first time.

    with once(request) as turn:
        if turn.is_repeat:
            return turn.again()
        visit = record_visit(by=request.user, **form.cleaned_data)
        return turn.answered(reverse("…", args=[visit.pk]))

Where nothing else happens, the same in one call: `act_once(request, lambda: …, told="已保存", to=…)`.

The block is one transaction with the token of the form ({% once_token %}) in it: what fails leaves the token free, and a
second request with the same token waits for the first one and then gets its answer. A form without a token is not guarded.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

if TYPE_CHECKING:
    from zhijiao.entry.models import Turn

FIELD = "once"
KEPT_FOR = dt.timedelta(days=7)
DONE_COOKIE = "done"  # tells keep.js that what it kept of this form has arrived
_TOKEN = re.compile(r"[0-9a-f]{32}")


class once:  # noqa: N801  # read as a word: with once(request)
    """The transaction of one form handed in. See the module."""

    def __init__(self, request: HttpRequest) -> None:
        self._user: Any = request.user
        self._token = request.POST.get(FIELD, "")
        self._turn: Turn | None = None
        self._atomic = transaction.atomic()
        self.is_repeat = False

    def __enter__(self) -> once:
        self._atomic.__enter__()
        if _TOKEN.fullmatch(self._token):
            self._turn, is_first = _turns().get_or_create(user=self._user, token=self._token)
            self.is_repeat = not is_first
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._turn and not self._turn.answer and not self.is_repeat:
            self._turn.delete()  # not answered: the form was refused and may be sent again
        self._atomic.__exit__(kind, error, trace)

    def answered(self, address: str) -> HttpResponse:
        """The form had its effect; where the person goes on."""
        if self._turn:
            self._turn.answer = address
            self._turn.save(update_fields=["answer"])
        return self._answer(address)

    def again(self) -> HttpResponse:
        """What was answered the first time."""
        return self._answer(self._turn.answer if self._turn and self._turn.answer else "/")

    def _answer(self, address: str) -> HttpResponse:
        response = HttpResponseRedirect(address)
        if self._token:
            response.set_cookie(DONE_COOKIE, self._token, max_age=300, samesite="Lax")
        return response


def act_once(
    request: HttpRequest,
    do: Callable[[], Any],
    *,
    to: str | Callable[[Any], str],
    told: str | Callable[[Any], str] = "",
) -> HttpResponse:
    """The whole of a form with one effect: it is done, told, and the person goes on; sent again it is only answered again.

    `to` and `told` may be made of what was done. What refuses passes through, and leaves the token free.
    """
    with once(request) as turn:
        if turn.is_repeat:
            return turn.again()
        done = do()
        if words := told(done) if callable(told) else told:
            messages.success(request, words)
        return turn.answered(to(done) if callable(to) else to)


def _turns() -> Any:
    return apps.get_model("entry", "Turn").objects  # by name, because the package is imported before its models are


def forget_old() -> int:
    """Tokens of last week are in no open form any more; returns how many went."""
    return _turns().filter(at__lt=timezone.now() - KEPT_FOR).delete()[0]
