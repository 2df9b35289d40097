"""Records that seem to be entered twice: the list of them, two side by side, and what merging them would do."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from assignments import duplicates, merging
from assignments.access import may, within
from assignments.models import School, Teacher
from assignments.search import is_personal
from zhijiao.access import needs
from zhijiao.entry import once
from zhijiao.refusals import tells_refusals

SHOWN = 100  # pairs of a kind on the page: more are shown when these are done
LONGEST_REASON = 200


@needs("teacher.merge", "school.merge")
@require_safe
def duplicate_list(request: HttpRequest) -> HttpResponse:
    people = duplicates.people_for(request.user) if may(request.user, "teacher.merge") else []
    schools = duplicates.schools_for(request.user) if may(request.user, "school.merge") else []
    context = {
        "people": people[:SHOWN], "schools": schools[:SHOWN], "more_people": len(people) - SHOWN,
        "more_schools": len(schools) - SHOWN,
    }  # fmt: skip
    return render(request, "assignments/merge_list.html", context)


@needs("teacher.merge")
@require_http_methods(["GET", "HEAD", "POST"])
@tells_refusals
def teacher_merge(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    return _merge(request, Teacher, pk, other)


@needs("school.merge")
@require_http_methods(["GET", "HEAD", "POST"])
@tells_refusals
def school_merge(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    return _merge(request, School, pk, other)


def _merge(request: HttpRequest, model: Any, pk: int, other: int) -> HttpResponse:
    """Side by side; sent with `step`: what would happen, and then the merging itself."""
    kind = "teacher" if model is Teacher else "school"
    if pk == other:
        raise Http404
    rows = within(model.objects.visible_to(request.user), request.user, f"{kind}.merge").select_related("county")
    keep, drop = get_object_or_404(rows, pk=pk), get_object_or_404(rows, pk=other)
    choices = merging.chosen_from([one.name for one in merging.differences(keep, drop)], request.POST)
    said = request.POST.get("reason", "").strip()[:LONGEST_REASON]
    reason = "" if is_personal(said) else said  # it stays in the trail
    step = request.POST.get("step", "")
    if step == "merge" and reason:
        return _do(request, kind, keep, drop, choices, reason)
    context = {
        "kind": kind, "keep": keep, "drop": drop, "reason": reason, "names": ("教师" if kind == "teacher" else "学校"),
        "differences": merging.differences(keep, drop, choices), "hanging": merging.hanging(keep, drop),
        "plan": merging.plan(keep, drop), "list_url": reverse(f"assignments:{kind}_list"),
        "here": reverse(f"assignments:{kind}_merge", args=[keep.pk, drop.pk]),
        "turned": reverse(f"assignments:{kind}_merge", args=[drop.pk, keep.pk]),
        "lacks_reason": bool(step) and not reason, "longest": LONGEST_REASON,
    }  # fmt: skip
    is_preview = bool(step) and bool(reason) and not context["plan"].obstacles
    return render(request, "assignments/merge_preview.html" if is_preview else "assignments/merge_form.html", context)


def _do(request: HttpRequest, kind: str, keep: Any, drop: Any, choices: dict[str, str], reason: str) -> HttpResponse:
    with once(request) as turn:
        if turn.is_repeat:
            return turn.again()
        merge = merging.merge_teachers if kind == "teacher" else merging.merge_schools
        done = merge(keep, drop, choices, by=request.user, reason=reason)
        told = "、".join(f"{label} {number} 条" for label, number in done.moved.items()) or "没有别的记录"
        twins = f"；完全相同的 {done.twins} 条只留下一条" if done.twins else ""
        messages.success(request, f"已合并到{done.keep}：移过来{told}{twins}。")
        return turn.answered(reverse(f"assignments:{kind}_detail", args=[keep.pk]))
