"""What a field understood of what is being typed, as a sentence: for htmx, under the field. Keeps nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.html import escape
from django.views.decorators.http import require_GET

from zhijiao.access import needs
from zhijiao.fields import read_when, told_quantity, told_when
from zhijiao.quantities import Quantity

LONGEST = 60


def _typed(request: HttpRequest) -> str:
    return request.GET.get(request.GET.get("of", ""), "")[:LONGEST]


def _answer(words: str) -> HttpResponse:
    return HttpResponse(escape(f"读作 {words}" if words else ""))


@require_GET
@needs("account.own")
def when(request: HttpRequest) -> HttpResponse:
    first = request.GET.get("first", "")[:4]
    try:
        return _answer(told_when(read_when(_typed(request), int(first) if first.isdecimal() else None)))
    except ValueError as problem:
        return HttpResponse(escape(str(problem)))


@require_GET
@needs("account.own")
def quantity(request: HttpRequest) -> HttpResponse:
    try:
        return _answer(told_quantity(Quantity.parse(_typed(request)), request.GET.get("unit", "")[:8]))
    except ValueError as problem:
        return HttpResponse(escape(str(problem)))
