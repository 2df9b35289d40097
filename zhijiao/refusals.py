"""A step that cannot be taken as things stand is refused in words, with 409, and nothing has changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

View = Callable[..., HttpResponseBase]


class Refused(Exception):  # noqa: N818  # an answer, not an error
    """Why not, as a Chinese sentence. Raised by the function that acts, before anything has changed."""


def tells_refusals(view: View) -> View:
    """A view whose functions may refuse: what they say becomes a page, and whatever had been changed is taken back."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            with transaction.atomic():
                return view(request, *args, **kwargs)
        except Refused as refused:
            back = request.META.get("HTTP_REFERER", "") if request.method == "POST" else ""
            is_ours = back.startswith(f"{request.scheme}://{request.get_host()}/")
            return render(request, "409.html", {"words": str(refused), "back": back if is_ours else ""}, status=409)

    return answered
