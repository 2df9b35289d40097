"""The search box: its page, and what it offers while one is typing.

What is typed comes by POST, because it may be a number of a person; only words go on into an address.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from assignments.search import SUGGESTED, Found, find, find_by_id_number, id_number_in, is_personal
from assignments.views.badges import state_badge
from zhijiao.access import needs

LONGEST = 100
_NOT_HERE = "号码没有查：身份证号请直接在搜索框里输入，不要写在网址里。"
_NOT_A_NUMBER = "这不是 18 位的身份证号，请核对。手机号和银行卡号不能用来查找"


@needs("search")
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("q")
def search(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        asked = request.GET.get("q", "")[:LONGEST].strip()
        if is_personal(asked):
            messages.warning(request, _NOT_HERE)
            return redirect("assignments:search")
        return _page(request, asked, find(request.user, asked))
    asked = request.POST.get("q", "")[:LONGEST].strip()
    if not is_personal(asked):
        return redirect(f"{reverse('assignments:search')}?{urlencode({'q': asked})}" if asked else "assignments:search")
    number = id_number_in(asked)
    found = find_by_id_number(request.user, number) if number else Found(refusal=_NOT_A_NUMBER)
    return _page(request, "", found, by_number=bool(number))


def _page(request: HttpRequest, asked: str, found: Found, *, by_number: bool = False) -> HttpResponse:
    context = {"asked": asked, "found": found, "by_number": by_number, "groups": shown(found)}
    return render(request, "assignments/search.html", context)


@needs("search")
@require_POST
@sensitive_post_parameters("q")
def suggest(request: HttpRequest) -> HttpResponse:
    """Part of a page, for htmx. A number of a person is looked for when it is complete and sent, not before."""
    asked = request.POST.get("q", "")[:LONGEST].strip()
    found = Found() if is_personal(asked) else find(request.user, asked, SUGGESTED)
    context = {"asked": asked, "by_number": is_personal(asked), "groups": shown(found), "found": found}
    return render(request, "assignments/_search_suggestions.html", context)


def shown(found: Found) -> list[dict[str, Any]]:
    """The groups with the state of each secondment drawn."""
    return [
        {"group": group, "hits": [(hit, state_badge(hit.state) if hit.state else "") for hit in group.hits]}
        for group in found.groups
    ]
