"""/reports/living/<id>/compare/ and beside it: two versions of a whole report, the way back, and last year's whole text."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from reports.living import beside, comparing, points, writing
from reports.views_writing import insist_readable, own_report, report_of
from zhijiao.access import needs
from zhijiao.entry import once
from zhijiao.refusals import tells_refusals

VIEWS = {"beside": "并排", "one": "合在一起"}


@needs("report.read")
@require_GET
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Two points of a report's way beside each other, passage by passage."""
    report = report_of(request, pk)
    insist_readable(request, report)
    found = points.choices(report, request.user, writing.is_writer(report, request.user))
    context = {"report": report, "choices": found, "views": VIEWS, "view": _view(request)}
    if len(found) > 1:
        old, new = _chosen(request, found)
        parts = comparing.compared(old, new)
        is_whole = request.GET.get("all") == "1"
        context |= {
            "old": old,
            "new": new,
            "number": sum(one.is_changed for part in parts for one in part.lines),
            "parts": [part.lines if is_whole else part.shown for part in parts if is_whole or part.is_changed],
            "is_whole": is_whole,
            "may_go_back": writing.may_write(report, request.user) and old.point and old.report.pk == report.pk,
        }
    return render(request, "reports/living/compare.html", context)


def _view(request: HttpRequest) -> str:
    wanted = request.GET.get("view", "")
    return wanted if wanted in VIEWS else "beside"


def _chosen(request: HttpRequest, found: list[points.Choice]) -> tuple[points.Version, points.Version]:
    """The two that were asked for; else the last one and the one before it. The older one stands first."""
    places = {one.key: place for place, one in enumerate(found)}
    new = places.get(request.GET.get("to", ""), len(found) - 1)
    old = places.get(request.GET.get("from", ""), new - 1 if new else 1)
    return found[old].load(), found[new].load()


@needs("report.write")
@require_http_methods(["GET", "POST"])
@tells_refusals
def back(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole report as it stood at an earlier point, once somebody says that they mean it."""
    report = own_report(request, pk)
    values = request.POST if request.method == "POST" else request.GET
    told = values.get("point", "")
    point = int(told) if told.isdecimal() and len(told) < 18 else 0
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        with once(request) as turn:
            if turn.is_repeat:
                return turn.again()
            done = writing.put_back_whole(
                report, point, by=request.user, seen=int(seen) if seen.isdecimal() and len(seen) < 10 else -1
            )
            messages.success(request, _words(done))
            return turn.answered(reverse("reports:living_edit", args=[report.pk]))
    choices = points.choices(report, request.user, is_writer=True)
    wanted = next((one for one in choices if one.key == f"p{point}"), None)
    now = next((one for one in choices if one.key == f"{points.NOW}{report.pk}"), None)
    if not report.is_writable or wanted is None or now is None:
        return redirect("reports:living_compare", pk=report.pk)
    version = wanted.load()
    parts = comparing.compared(now.load(), version)
    context = {
        "report": report,
        "version": version,
        "number": sum(one.is_changed for part in parts for one in part.lines),
        "parts": [part.shown for part in parts if part.is_changed],
    }
    return render(request, "reports/living/back.html", context)


def _words(done: dict[str, int]) -> str:
    told = [f"{number} 段{name}" for name, number in (("退回了旧文字", done["退回"]), ("找了回来", done["找回"]), ("改为不写入", done["不写入"])) if number]  # fmt: skip
    return f"{'，'.join(told) or '文字没有不同，次序照旧稿'}。退回以前的这一份也留着，可以再退回去。"


@needs("report.read")
@require_GET
def last_year(request: HttpRequest, pk: int) -> HttpResponse:
    """This year's text and last year's, section by section."""
    report = report_of(request, pk)
    insist_readable(request, report)
    found = beside.beside(report)
    return render(request, "reports/living/last_year.html", {"report": report, "found": found})
