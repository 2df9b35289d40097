"""Records that seem to be entered twice: the list of them, two side by side, what merging them would do, and that they are two."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assignments import distinct, duplicates, merging
from assignments.access import may, within
from assignments.choices import DistinctKind
from assignments.models import DistinctPair, School, Teacher
from assignments.people import may_merge
from assignments.search import is_personal, school_words, teacher_words, words_in
from zhijiao.access import needs
from zhijiao.entry import once
from zhijiao.refusals import tells_refusals

SHOWN = 100  # pairs of a kind on the page: more are shown when these are done
FOUND = 20  # of a search for the other one
LONGEST_REASON = 200
_MODELS: dict[str, Any] = {DistinctKind.TEACHER.value: Teacher, DistinctKind.SCHOOL.value: School}


@needs("teacher.merge", "school.merge")
@require_safe
def duplicate_list(request: HttpRequest) -> HttpResponse:
    people = duplicates.people_for(request.user) if may(request.user, "teacher.merge") else []
    schools = duplicates.schools_for(request.user) if may(request.user, "school.merge") else []
    context = {
        "people": people[:SHOWN], "schools": schools[:SHOWN], "more_people": len(people) - SHOWN,
        "more_schools": len(schools) - SHOWN, "answered": _answered(request.user),
    }  # fmt: skip
    return render(request, "assignments/merge_list.html", context)


def _answered(user: Any) -> list[dict[str, Any]]:
    """Those of whom somebody said that they are two, the latest first; as many questions whatever there are."""
    kinds = [kind for kind in _MODELS if may(user, f"{kind}.merge")]
    pairs = list(DistinctPair.objects.visible_to(user).filter(kind__in=kinds).select_related("said_by")[:SHOWN])
    keys = {kind: {key for pair in pairs if pair.kind == kind for key in (pair.low, pair.high)} for kind in kinds}
    names = {
        kind: dict(_MODELS[kind].objects.visible_to(user).filter(pk__in=keys[kind]).values_list("pk", "name"))
        for kind in kinds
    }
    return [
        {"pair": pair, "low": names[pair.kind][pair.low], "high": names[pair.kind][pair.high]}
        for pair in pairs
        if pair.low in names[pair.kind] and pair.high in names[pair.kind]
    ]


# --- any two -------------------------------------------------------------------------------------------------------------


@needs("teacher.merge")
@require_safe
def teacher_merge_with(request: HttpRequest, pk: int) -> HttpResponse:
    return _choose_other(request, "teacher", pk)


@needs("school.merge")
@require_safe
def school_merge_with(request: HttpRequest, pk: int) -> HttpResponse:
    return _choose_other(request, "school", pk)


def _choose_other(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Which other record is the same one; then the two side by side, as with a pair that was pointed out."""
    rows = _mergeable(request.user, kind)
    one = get_object_or_404(rows, pk=pk)
    asked = request.GET.get("q", one.name if kind == "teacher" else "").strip()
    if is_personal(asked):
        messages.warning(request, "号码没有查：这里按姓名、拼音首字母或学校找；身份证号请在上面的搜索框里输入。")
        return redirect(request.path)
    words = words_in(asked)
    matching, found = (teacher_words if kind == "teacher" else school_words), Q()
    for word in words:
        found &= matching(word)
    related = rows.select_related("school") if kind == "teacher" else rows
    others = list(related.filter(found).exclude(pk=pk).order_by("name", "pk")[: FOUND + 1]) if words else []
    context = {
        "kind": kind, "one": one, "others": others[:FOUND], "more": len(others) > FOUND, "words": asked,
        "here": reverse(f"assignments:{kind}_detail", args=[pk]), "list_url": reverse(f"assignments:{kind}_list"),
    }  # fmt: skip
    return render(request, "assignments/merge_choose.html", context)


def _mergeable(user: Any, kind: str) -> Any:
    rows = _MODELS[kind].objects.visible_to(user).filter(merged_into=None)
    return within(rows, user, f"{kind}.merge")


# --- two, side by side ---------------------------------------------------------------------------------------------------


@needs("teacher.merge")
@require_http_methods(["GET", "HEAD", "POST"])
@tells_refusals
def teacher_merge(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    return _merge(request, "teacher", pk, other)


@needs("school.merge")
@require_http_methods(["GET", "HEAD", "POST"])
@tells_refusals
def school_merge(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    return _merge(request, "school", pk, other)


def _two(request: HttpRequest, kind: str, pk: int, other: int) -> tuple[Any, Any]:
    if pk == other:
        raise Http404
    rows = within(_MODELS[kind].objects.visible_to(request.user), request.user, f"{kind}.merge")
    rows = rows.select_related("county")
    return get_object_or_404(rows, pk=pk), get_object_or_404(rows, pk=other)


def _reason(request: HttpRequest) -> str:
    said = request.POST.get("reason", "").strip()[:LONGEST_REASON]
    return "" if is_personal(said) else said  # it stays in the trail


def _merge(request: HttpRequest, kind: str, pk: int, other: int) -> HttpResponse:
    """Side by side; sent with `step`: what would happen, and then the merging itself."""
    keep, drop = _two(request, kind, pk, other)
    choices = merging.chosen_from([one.name for one in merging.differences(keep, drop)], request.POST)
    reason, step = _reason(request), request.POST.get("step", "")
    if step == "merge" and reason:
        return _do(request, kind, keep, drop, choices, reason)
    return _side_by_side(request, kind, keep, drop, choices, reason, is_sent=bool(step))


def _side_by_side(
    request: HttpRequest, kind: str, keep: Any, drop: Any, choices: dict[str, str], reason: str, *, is_sent: bool, status: int = 200
) -> HttpResponse:  # fmt: skip
    context = {
        "kind": kind, "keep": keep, "drop": drop, "reason": reason, "names": ("教师" if kind == "teacher" else "学校"),
        "differences": merging.differences(keep, drop, choices), "hanging": merging.hanging(keep, drop),
        "plan": merging.plan(keep, drop), "list_url": reverse(f"assignments:{kind}_list"),
        "here": reverse(f"assignments:{kind}_merge", args=[keep.pk, drop.pk]),
        "turned": reverse(f"assignments:{kind}_merge", args=[drop.pk, keep.pk]),
        "apart": reverse(f"assignments:{kind}_distinct", args=[keep.pk, drop.pk]),
        "said": distinct.why_told_apart(keep, drop), "not_the_same": distinct.SAID[DistinctKind(kind)],
        "may_tell_apart": may_merge(request.user, keep) and may_merge(request.user, drop),
        "lacks_reason": is_sent and not reason, "longest": LONGEST_REASON,
    }  # fmt: skip
    is_preview = status == 200 and is_sent and bool(reason) and not context["plan"].obstacles
    template = "assignments/merge_preview.html" if is_preview else "assignments/merge_form.html"
    return render(request, template, context, status=status)


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


# --- two after all -------------------------------------------------------------------------------------------------------


@needs("teacher.merge")
@require_POST
@tells_refusals
def teacher_distinct(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    return _tell_apart(request, "teacher", pk, other)


@needs("school.merge")
@require_POST
@tells_refusals
def school_distinct(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    return _tell_apart(request, "school", pk, other)


def _tell_apart(request: HttpRequest, kind: str, pk: int, other: int) -> HttpResponse:
    one, two = _two(request, kind, pk, other)
    reason = _reason(request)
    if not reason:
        return _side_by_side(request, kind, one, two, {}, "", is_sent=True, status=422)
    with once(request) as turn:
        if turn.is_repeat:
            return turn.again()
        distinct.tell_apart(one, two, by=request.user, reason=reason)
        messages.success(request, f"已记下：{one.name}和{two.name}{distinct.SAID[DistinctKind(kind)]}，以后不再提示。")
        return turn.answered(reverse("assignments:duplicate_list"))


@needs("teacher.merge", "school.merge")
@require_POST
@tells_refusals
def duplicate_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Said by mistake: the two are pointed out again."""
    kinds = [kind for kind in _MODELS if may(request.user, f"{kind}.merge")]
    pair = get_object_or_404(DistinctPair.objects.visible_to(request.user).filter(kind__in=kinds), pk=pk)
    with once(request) as turn:
        if turn.is_repeat:
            return turn.again()
        distinct.take_back(pair, by=request.user)
        messages.success(request, "已取消，仍然相像的会重新列出来。")
        return turn.answered(reverse("assignments:duplicate_list"))
