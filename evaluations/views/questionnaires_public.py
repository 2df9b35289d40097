"""/q/: where a pupil, a parent or a colleague answers, with a code from a slip, without signing in.

Nothing of who answers is kept or written down: no session, no cookie for a code, no line of the trail, and the logs leave
out what stands in the address. There is no token against foreign forms: a page may be open for an hour in WeChat, which
drops cookies, and whoever wanted to send a foreign form would have to know the code, which is all that is needed anyhow.
A form that another site sends is refused where the browser says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from evaluations.choices import RespondentKind
from evaluations.questionnaires import answering
from evaluations.questionnaires.answering import Item, Outcome, Refusal, Slip
from evaluations.questionnaires.codes import hashed
from evaluations.questionnaires.paper import heading_of
from zhijiao.access import open_to_all
from zhijiao.accounts.address import client_address, limit_key
from zhijiao.accounts.codes import plain
from zhijiao.accounts.limits import within_limit

WRONG_PER_MINUTE, WRONG_OF_ALL = 10, 1000
UNKNOWN = "这个码现在用不了：可能抄错了、作废了，或者问卷已经截止。请对照纸条再看一遍，还是不行就问发纸条的老师。"
USED = "这个码已经交过一份了，算数的是先交的那一份，不用再交。"
DEVICE_USED = "这台手机已经交过一份了，不用再交。要是别人还没有交，请换他自己的手机。"
FULL = "这个班的份数已经收满，这一份没有算进去。请告诉发链接的老师。"
FOREIGN = "这一页不是从问卷里打开的，没有交上。请重新扫纸条上的码。"
MANY = "这里试的次数太多了，请等一分钟再试。"
WORDS = {Outcome.USED: USED, Outcome.FULL: FULL, Outcome.CLOSED: UNKNOWN}
SECONDS_A_QUESTION = 10
LANGUAGES = {
    "藏文": "bo", "维吾尔文": "ug", "蒙古文": "mn", "哈萨克文": "kk", "朝鲜文": "ko", "壮文": "za", "彝文": "ii", "english": "en", "英文": "en",
}  # fmt: skip
DEVICE = "answered"  # the cookie of a class link: says that this phone answered, the same on every phone
DEVICE_DAYS = 60


@dataclass(frozen=True)
class ShownChoice:
    pk: int
    text: str
    text_other: str
    is_chosen: bool


class ShownItem:
    """A question with what was answered to it so far."""

    def __init__(self, item: Item, said: str, fault: str) -> None:
        self.number, self.text, self.text_other = item.number, item.text, item.text_other
        self.is_text, self.is_required = item.is_text, item.is_required
        self.said, self.fault = said, fault
        self.choices = [
            ShownChoice(one.pk, one.text, one.text_other, said == str(one.pk)) for one in item.options
        ]  # fmt: skip

    @property
    def layout(self) -> str:
        """How many stand beside each other on a phone of 360 px; with a second language one under the other."""
        longest, number = max((len(one.text) for one in self.choices), default=0), len(self.choices)
        if any(one.text_other for one in self.choices):
            return ""
        if number == 4 and longest <= 2:
            return " o4"
        if number == 3 and longest <= 5:
            return " o3"
        return " o2" if number in (2, 4) and longest <= 6 else ""


def _public(why: str) -> Any:
    def declare(view: Any) -> Any:
        return csrf_exempt(never_cache(open_to_all(why)(require_http_methods(["GET", "HEAD", "POST"])(view))))

    return declare


@_public("whoever has a slip types its code")
def q_typed(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _shown(request, "typed", {})
    typed = request.POST.get("code", "")
    if answering.look_up(typed) is Refusal.UNKNOWN:
        status = 404 if _may_guess(request) else 429
        return _shown(request, "typed", {"wrong": UNKNOWN if status == 404 else MANY, "typed": typed[:40]}, status)
    return HttpResponseRedirect(reverse("q_answer", args=[plain(typed)]))


@_public("whoever has a slip answers unnamed")
def q_answer(request: HttpRequest, code: str) -> HttpResponse:
    device = f"{DEVICE}-{hashed(code)[:12]}"
    if request.COOKIES.get(device):
        return _told(request, "已经交过了", DEVICE_USED, 409)
    if request.method == "POST":
        return _take(request, code, device)
    slip = answering.look_up(code)
    if not isinstance(slip, Slip):
        return _told_refusal(request, code, slip)
    now = answering.stands(slip)
    return _questions(request, slip) if now is Outcome.ACCEPTED else _told_outcome(request, now)


@_public("what is told after an answer; the code is not in this address")
def q_done(request: HttpRequest) -> HttpResponse:
    return _shown(request, "done", {})


def _take(request: HttpRequest, code: str, device: str) -> HttpResponse:
    if _is_foreign(request):
        return _told(request, "没有交上", FOREIGN, 403)
    taken = answering.take(code, request.POST, may_be_blank=bool(request.POST.get("blank")))
    if taken.outcome is None:
        slip = answering.look_up(code)
        if isinstance(slip, Slip):
            return _questions(request, slip, taken.wrong, is_asked_again=not taken.wrong)
        return _told_refusal(request, code, slip)
    if isinstance(taken.outcome, Refusal):
        return _told_refusal(request, code, taken.outcome)
    if taken.outcome is not Outcome.ACCEPTED:
        return _told_outcome(request, taken.outcome)
    response = HttpResponse(status=303, headers={"Location": reverse("q_done"), "Referrer-Policy": "no-referrer"})
    if taken.is_link:
        response.set_cookie(
            device, "1", max_age=DEVICE_DAYS * 86400, path=reverse("q_typed"), samesite="Lax", httponly=True, secure=request.is_secure(),
        )  # fmt: skip
    return response


def _told_refusal(request: HttpRequest, code: str, why: Refusal) -> HttpResponse:
    if why is Refusal.UNKNOWN:
        if _may_guess(request):
            return _told(request, "打不开这份问卷", UNKNOWN, 404)
        return _told(request, "请等一等", MANY, 429)
    begins = timezone.localtime(answering.opening_of(code))
    words = f"问卷 {begins.month}月{begins.day}日 {begins:%H:%M} 开始，到时候再扫一次就行，纸条请收好。"
    return _told(request, "还没有开始", words, 409)


def _questions(
    request: HttpRequest,
    slip: Slip,
    wrong: Mapping[int, str] | None = None,
    *,
    is_asked_again: bool = False,
) -> HttpResponse:
    questionnaire = slip.row.questionnaire
    asked, faults = questionnaire.question_set, wrong or {}
    paper = answering.paper_of(questionnaire.question_set_id)
    items = [
        ShownItem(item, request.POST.get(f"q{item.number}", ""), faults.get(item.number, "")) for item in paper
    ]  # fmt: skip
    seconds = SECONDS_A_QUESTION * len(items)
    context = {
        "row": slip.row, "set": asked, "items": items, "wrong": faults, "is_asked_again": is_asked_again,
        "heading": heading_of(questionnaire), "minutes": 0 if asked.has_faces else -(-seconds // 60),
        "lang": LANGUAGES.get(asked.other_language.strip().lower(), ""), "is_for_children": asked.respondents == RespondentKind.PUPILS,
        "has_required": any(item.is_required for item in items),
    }  # fmt: skip
    return _shown(request, "form", context)


def _is_foreign(request: HttpRequest) -> bool:
    """The browser says that another site made it send this. An old one, and one told to keep quiet, says nothing."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return True
    origin = request.headers.get("Origin", "")
    return origin not in ("", "null") and urlsplit(origin).netloc != request.get_host()


def _may_guess(request: HttpRequest) -> bool:
    """Counts a code that is none. Good codes are never counted: a class shares one address with whoever mistypes in it."""
    key = limit_key(client_address(request))
    return within_limit("q", key, WRONG_PER_MINUTE, 60) and within_limit("q.all", "all", WRONG_OF_ALL, 60)


def _told_outcome(request: HttpRequest, outcome: Outcome) -> HttpResponse:
    if outcome is Outcome.CLOSED:
        return _told(request, "打不开这份问卷", UNKNOWN, 404)
    return _told(request, "已经交过了" if outcome is Outcome.USED else "已经收满", WORDS[outcome], 409)


def _told(request: HttpRequest, heading: str, words: str, status: int) -> HttpResponse:
    return _shown(request, "told", {"heading": heading, "words": words, "offers_field": status == 404}, status)


def _shown(request: HttpRequest, page: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    response = render(request, f"evaluations/q/{page}.html", context, status=status)
    response["Referrer-Policy"] = "no-referrer"
    return response
