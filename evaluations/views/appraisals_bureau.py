"""/appraisals/: what the bureau does: opens the appraisal, settles the grades of the county."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from assignments import recording
from assignments.access import is_of_bureau, within
from assignments.lists import chosen_year
from assignments.models import SchoolYear, Secondment
from evaluations import appraisal
from evaluations.choices import AT_SCHOOL_STATES, AppraisalKind, AppraisalState, Grade
from evaluations.forms.appraisals import OpenForm
from evaluations.models import Appraisal
from evaluations.views.appraisals import appraisal_badge
from zhijiao.access import needs
from zhijiao.entry import once
from zhijiao.refusals import Refused, tells_refusals

SORTS = {
    "name": lambda line: line.row.secondment.teacher.name,
    "place": lambda line: str(line.place or ""),
    "score": lambda line: (
        line.row.state in AT_SCHOOL_STATES,
        -(line.row.score or 0) if line.row.state not in AT_SCHOOL_STATES else 0,
    ),
    "group": lambda line: line.group,
}


def county_for(request: HttpRequest, action: str) -> Any:
    county = recording.county_of(request.user)
    if county is None or not is_of_bureau(request.user, action, county.pk):
        raise PermissionDenied("考核由教育局开展和评定")
    return county


# --- opened ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@needs("evaluation.open")
@tells_refusals
def appraisal_open(request: HttpRequest) -> HttpResponse:
    """Two screens in one: the year, the kind and the rubric; then who, all ticked at first."""
    county = county_for(request, "evaluation.open")
    asked = request.POST if request.method == "POST" else request.GET
    year = SchoolYear.objects.filter(code=chosen_year(request)).first()
    form = OpenForm(asked if "kind" in asked else None, user=request.user, initial={"school_year": year})
    people: list[Secondment] = []
    problem = ""
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        rows = appraisal.to_open(told["school_year"], told["kind"], county).select_related("teacher", "sending_school")
        people = list(
            rows.prefetch_related("placements__receiving_school").order_by(
                "sending_school__name", "teacher__name", "pk"
            )
        )
        if request.method == "POST":
            chosen = {int(pk) for pk in request.POST.getlist("pick") if pk.isdigit()}
            try:
                with once(request) as turn:
                    if turn.is_repeat:
                        return turn.again()
                    picked = [row for row in people if row.pk in chosen]
                    made = appraisal.open_year(
                        told["school_year"], told["kind"], form.chosen_rubric(), picked, by=request.user
                    )
                    messages.success(request, f"考核已开展：{len(made)} 人，各受援学校已收到通知")
                    return turn.answered(reverse("evaluations:appraisal_list") + f"?year={told['school_year'].code}")
            except Refused as refused:
                problem = str(refused)
    picked_keys = set(request.POST.getlist("pick")) if request.method == "POST" else None
    lines = [(row, appraisal.last_place(row), picked_keys is None or str(row.pk) in picked_keys) for row in people]
    context = {"form": form, "lines": lines, "is_asked": form.is_bound and form.is_valid(), "problem": problem}
    return render(request, "evaluations/appraisal_open.html", context, status=409 if problem else 200)


# --- settled -----------------------------------------------------------------------------------------------------------


@dataclass
class Line:
    """One teacher in the table of the county."""

    row: Appraisal
    place: Any
    badge: Any
    group: str
    is_open: bool
    grade: str
    reason: str
    problem: str = ""


@require_http_methods(["GET", "POST"])
@needs("evaluation.grade_final")
@tells_refusals
def appraisal_settle(request: HttpRequest) -> HttpResponse:
    """The whole county in one table, settled in one form: all that was chosen, or nothing."""
    county = county_for(request, "evaluation.grade_final")
    asked = request.GET
    kind = asked.get("kind") if asked.get("kind") in AppraisalKind.values else AppraisalKind.FINAL
    year = (
        get_object_or_404(SchoolYear, code=asked.get("year") or chosen_year(request))
        if SchoolYear.objects.exists()
        else None
    )
    mine = within(Appraisal.objects.all(), request.user, "evaluation.grade_final").values("pk")
    rows = Appraisal.objects.visible_to(request.user).filter(pk__in=mine, county=county, school_year=year, kind=kind)
    found = list(appraisal.with_groups(rows.exclude(rubric=None)).order_by("secondment__teacher__name", "pk"))
    problem, problems = "", {}
    if request.method == "POST":
        known = {row.pk: row for row in found}
        try:
            with once(request) as turn:
                if turn.is_repeat:
                    return turn.again()
                chosen = _chosen(request, known)
                if not chosen:
                    raise Refused("没有评定：请至少选一位教师的等次")
                appraisal.settle(chosen, by=request.user)
                messages.success(request, f"已评定 {len(chosen)} 人")
                return turn.answered(request.get_full_path())
        except appraisal.NotSettled as refused:
            problem, problems = "；".join(refused.quotas) or f"有 {len(refused.problems)} 处要改", refused.problems
        except Refused as refused:
            problem = str(refused)
    lines = [_line(request, row, problems) for row in found]
    sort = asked.get("sort") if asked.get("sort") in SORTS else "score"
    lines.sort(key=SORTS[sort])  # type: ignore[index]
    typed = {line.row.pk: line.grade for line in lines}
    base = f"?year={year.code if year else ''}&kind={kind}"
    context = {
        "lines": lines, "groups": appraisal.groups_of(found, typed), "kind": kind, "kinds": AppraisalKind.choices, "year": year,
        "years": SchoolYear.objects.order_by("-code"), "grades": Grade.choices, "problem": problem, "sort": sort, "base": base,
        "heads": (("name", "教师"), ("place", "受援学校"), ("score", "得分")), "open_ones": sum(line.is_open for line in lines),
        "settled": sum(line.row.state == AppraisalState.SETTLED for line in lines),
    }  # fmt: skip
    return render(request, "evaluations/appraisal_settle.html", context, status=409 if problem else 200)


def _chosen(request: HttpRequest, known: dict[int, Appraisal]) -> dict[int, tuple[str, str]]:
    """What was chosen, without what stands so already. A number that is not in the table is not this person's."""
    found = {}
    for key in request.POST:
        name, _, number = key.partition("-")
        if name != "grade" or not number.isdigit():
            continue
        row, grade, reason = known.get(int(number)), request.POST[key], request.POST.get(f"reason-{number}", "")
        if row is None:
            raise Refused("有的考核不在这张表里，请刷新后再评定")
        if grade and (grade, reason.strip()) != (row.grade, row.grade_reason):
            found[row.pk] = (grade, reason)
    return found


def _line(request: HttpRequest, row: Appraisal, problems: dict[int, str]) -> Line:
    is_open = row.state in appraisal.STEPS["settle"].states
    grade = request.POST.get(f"grade-{row.pk}", row.grade) if is_open else row.grade
    return Line(
        row, appraisal.last_place(row.secondment), appraisal_badge(row), appraisal.group_of(row)[0], is_open, grade,
        request.POST.get(f"reason-{row.pk}", row.grade_reason), problems.get(row.pk, ""),
    )  # fmt: skip
