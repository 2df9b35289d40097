"""/appraisals/rubrics/: the ready-made rubrics are read and copied, the county's own are written and tried out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assignments.access import may
from assignments.models import District, Secondment
from assignments.models.scope import Access
from assignments.views.badges import badge
from evaluations import facts, rubric_words, rubrics, scoring
from evaluations.facts import FACTS
from evaluations.forms.rubrics import (
    ItemFormSet,
    NewRubricForm,
    RubricForm,
    ThresholdFormSet,
    ValuesForm,
    WhoForm,
    initial_items,
    initial_thresholds,
)
from evaluations.models import Rubric
from evaluations.rubrics import Content
from zhijiao.access import needs
from zhijiao.entry import act_once, once
from zhijiao.refusals import Refused, tells_refusals

READ_BY = ("rubric.define", "rubric.view")


def counties_of(user: Any) -> list[District]:
    """The counties whose rubrics this person may write."""
    access = Access.of(user)
    rows = District.objects.counties().order_by("code")
    return list(rows if access.everything else rows.filter(pk__in=access.districts))


def state_of(row: Rubric, problems: list[str]) -> Any:
    if row.is_retired:
        return badge("done", "archive", "已停用")
    if problems:
        return badge("wait", "hourglass-split", "没有写完")
    if row.county_id is None:
        return badge("run", "bookmark", "现成的")
    return badge("done", "lock-fill", "已使用") if row.is_frozen else badge("live", "check-circle-fill", "可以用")


def _rows(request: HttpRequest) -> Any:
    return Rubric.objects.visible_to(request.user)


def _one(request: HttpRequest, pk: int) -> Rubric:
    return get_object_or_404(rubrics.whole(_rows(request)), pk=pk)


@require_GET
@needs(*READ_BY)
def rubric_list(request: HttpRequest) -> HttpResponse:
    rows = sorted(
        rubrics.whole(_rows(request)), key=lambda row: (row.is_retired, row.county_id is None, row.name, -row.version)
    )
    shown = [(row, state_of(row, rubrics.problems_of(rubrics.content_of(row)))) for row in rows]
    context = {"rows": shown, "may_define": may(request.user, "rubric.define")}
    return render(request, "evaluations/rubric_list.html", context)


@require_http_methods(["GET", "POST"])
@needs("rubric.define")
@tells_refusals
def rubric_new(request: HttpRequest) -> HttpResponse:
    counties = counties_of(request.user)
    if not counties:
        raise Refused("考核办法由县教育局制定")
    form = NewRubricForm(request.POST if request.method == "POST" else None, counties=counties)
    if form.is_bound and form.is_valid():
        return act_once(
            request,
            lambda: rubrics.create(form.cleaned_data["name"], county=form.cleaned_data["county"], by=request.user),
            told="建好了，接着写考核项目和分数线。",
            to=lambda made: reverse("evaluations:rubric_edit", args=[made.pk]),
        )
    return render(
        request, "evaluations/rubric_new.html", {"form": form, "heading": "新建考核办法", "action": "下一步，写项目"}
    )


@require_GET
@needs(*READ_BY)
def rubric_detail(request: HttpRequest, pk: int) -> HttpResponse:
    row = _one(request, pk)
    content = rubrics.content_of(row)
    problems, may_define = rubrics.problems_of(content), may(request.user, "rubric.define")
    is_own = may_define and not rubrics.why_not_defined(request.user, row.county_id)
    context = {
        "rubric": row, "badge": state_of(row, problems), "content": content, "problems": problems, "gaps": rubrics.gaps_of(content),
        "lines": [(item, rubric_words.lines_of(item.kind, item.rule), _fact_of(item)) for item in content.items],
        "thresholds": [(scoring.Grade(one.grade).label, one) for one in content.thresholds],
        "whole": sum((item.maximum for item in content.items if item.kind not in ("bonus", "veto")), scoring.ZERO),
        "versions": _rows(request).filter(pk__in=rubrics.versions_of(row).values("pk")).order_by("-version"),
        "may_write": is_own and not row.is_retired, "may_define": may_define,
        "counties": counties_of(request.user) if may_define else [],
    }  # fmt: skip
    return render(request, "evaluations/rubric_detail.html", context)


def _fact_of(item: scoring.Item) -> str:
    return FACTS[item.fact].label if item.fact in FACTS else ""


@require_POST
@needs("rubric.define")
@tells_refusals
def rubric_copy(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(_rows(request), pk=pk)
    counties = counties_of(request.user)
    asked = request.POST.get("county", "")
    county = next((one for one in counties if str(one.pk) == asked), counties[0] if len(counties) == 1 else None)
    if county is None:
        raise Refused("请选复制到哪个县")
    return act_once(
        request,
        lambda: rubrics.copy(row, county=county, by=request.user),
        told="复制好了，改好以后就能用。",
        to=lambda made: reverse("evaluations:rubric_edit", args=[made.pk]),
    )


@require_http_methods(["GET", "POST"])
@needs("rubric.define")
@tells_refusals
def rubric_edit(request: HttpRequest, pk: int) -> HttpResponse:
    row = _one(request, pk)
    if why_not := rubrics.why_not_defined(request.user, row.county_id):
        raise Refused(why_not)
    if row.is_retired:
        raise Refused("这一版已经停用，请改新版")
    sent, content = (request.POST if request.method == "POST" else None), rubrics.content_of(row)
    form = RubricForm(sent, initial=_initial(content))
    items = ItemFormSet(sent, initial=initial_items(content), prefix="i")
    thresholds = ThresholdFormSet(sent, initial=initial_thresholds(content), prefix="t")
    refusals: list[str] = []
    if sent is not None and all([form.is_valid(), items.is_valid(), thresholds.is_valid()]):
        try:
            return _rewritten(request, row, form.content(items, thresholds))
        except Refused as refused:
            refusals = str(refused).split("；")
    has_errors = form.is_bound and bool(form.errors or items.total_error_count() or thresholds.total_error_count())
    context = {
        "rubric": row, "form": form, "items": items, "thresholds": thresholds, "refusals": refusals, "has_errors": has_errors,
        "seen": request.POST.get("seen") or rubrics.seen_of(row),
    }  # fmt: skip
    return render(request, "evaluations/rubric_edit.html", context)


def _initial(content: Content) -> dict[str, Any]:
    percent = content.quota_percent
    return {**content.fields(), "quota_percent": "" if percent is None else f"{percent.normalize():f}"}


def _rewritten(request: HttpRequest, row: Rubric, content: Content) -> HttpResponse:
    is_draft = "draft" in request.POST
    with once(request) as turn:
        if turn.is_repeat:
            return turn.again()
        seen = request.POST.get("seen", "")
        kept = rubrics.rewrite(row, content, by=request.user, as_draft=is_draft, seen=seen)
        if kept.pk != row.pk:
            words = f"这个办法用过，原来的不动，改动存成了{kept}。"
        else:
            words = "先存下了，写完整才能用。" if is_draft else "保存好了，可以用来考核。"
        messages.success(request, words)
        return turn.answered(reverse("evaluations:rubric_detail", args=[kept.pk]))


@require_GET
@needs("rubric.define")
def rubric_try(request: HttpRequest, pk: int) -> HttpResponse:
    """What comes out for these values. Nothing is kept. While somebody types, the part with the result is asked for alone."""
    row = _one(request, pk)
    content = rubrics.content_of(row)
    who = WhoForm(request.GET, rows=Secondment.objects.visible_to(request.user))
    secondment = who.cleaned_data["secondment"] if who.is_valid() else None
    keys = [item.fact for item in content.items if item.fact]
    known = facts.known([secondment], keys)[secondment.pk] if secondment else {}
    is_typed = any(name.startswith("i") for name in request.GET)
    values = ValuesForm(request.GET if is_typed else None, items=content.items, known=known)
    lines = values.lines()
    points = scoring.total(line.scored for line in lines)
    against = scoring.vetoes(content.items, [values.value_of(place) for place in range(len(lines))])
    context = {
        "rubric": row, "who": who, "secondment": secondment, "lines": lines, "total": points, "against": against,
        "proposal": scoring.propose(points, content.thresholds, against),
        "problems": rubrics.problems_of(content),
    }  # fmt: skip
    is_part = request.headers.get("HX-Request") == "true"
    return render(request, f"evaluations/{'_rubric_tried' if is_part else 'rubric_try'}.html", context)


@require_POST
@needs("rubric.define")
@tells_refusals
def rubric_retire(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(_rows(request), pk=pk)
    return act_once(
        request,
        lambda: rubrics.retire(row, by=request.user),
        told=f"停用了“{row}”，用它考核过的都还在。",
        to=reverse("evaluations:rubric_list"),
    )
