"""What receiving schools ask for: a school's own grid, and for the bureau who asked for what and who has not answered."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from assignments.access import may, within
from assignments.choices import TeachingStage
from assignments.forms.plan import DemandForm
from assignments.models import Demand, DemandAnswer, Placement, School
from assignments.plan import ChangedMeanwhile, demands_of, openings, seen_of, state_demands, why_no_demands
from assignments.views.planning import Planning, attempt
from zhijiao.access import needs
from zhijiao.refusals import Refused

LOOKED_BACK = 3  # school years in which a school asked or received, to be expected to ask again


@dataclass
class Asked:
    """What one school asks for."""

    school: School
    demands: list[Demand] = field(default_factory=list)
    open: int = 0

    @property
    def number(self) -> int:
        return sum(one.number for one in self.demands)

    @property
    def told(self) -> str:
        by_stage: dict[str, list[str]] = defaultdict(list)
        for one in self.demands:
            by_stage[one.get_stage_display()].append(f"{one.subject} {one.number} 人")
        return "；".join(
            f"{stage + '：' if stage and len(by_stage) > 1 else ''}{'、'.join(parts)}"
            for stage, parts in by_stage.items()
        )

    @property
    def stated_on(self) -> Any:
        return max((one.stated_on for one in self.demands if one.stated_on), default=None)


@needs("demand.view")
def demand_list(request: HttpRequest) -> HttpResponse:
    """What is asked for: of one's own schools, or of the county."""
    planning = Planning(request)
    rows = within(Demand.objects.visible_to(request.user), request.user, "demand.view").filter(county=planning.county)
    demands = (
        list(
            rows.filter(school_year=planning.year).select_related("school").order_by("school__name", "stage", "subject")
        )
        if planning.year
        else []
    )
    asked = _by_school(demands)
    context = {
        "planning": planning, "asked": asked, "total": sum(one.number for one in asked), "may_edit": may(request.user, "demand.edit") and not planning.is_closed,
        "closed": why_no_demands(planning.own_schools[0], planning.schedule, request.user) if planning.own_schools else "",
    }  # fmt: skip
    if planning.is_bureau:
        content = _needs_nobody(planning)
        silent = _silent(planning, {one.school.pk for one in asked} | {school.pk for school in content})
        table, heads = _totals(demands)
        context |= {
            "silent": silent,
            "content": content,
            "totals": table,
            "stages": heads,
            "text": _reminder(planning, silent),
        }
    else:
        known = {one.school.pk for one in asked}
        content = _needs_nobody(planning)
        known |= {school.pk for school in content}
        context |= {
            "content": content,
            "unanswered": [school for school in planning.own_schools if school.pk not in known],
        }
    return render(request, "assignments/demand_list.html", context)


def _by_school(demands: list[Demand]) -> list[Asked]:
    asked: dict[int, Asked] = {}
    for one in demands:
        asked.setdefault(one.school_id, Asked(one.school)).demands.append(one)
    return list(asked.values())


def _needs_nobody(planning: Planning) -> list[School]:
    """Those who said that they need nobody this year."""
    if planning.year is None:
        return []
    answers = DemandAnswer.objects.visible_to(planning.user).filter(
        county=planning.county, school_year=planning.year, needs_nobody=True
    )
    return [answer.school for answer in answers.select_related("school").order_by("school__name")]


def _silent(planning: Planning, answered: set[int]) -> list[School]:
    """Those who asked or received in the last years and have not asked for this one."""
    first = int(planning.code[:4])
    codes = [f"{year}-{year + 1}" for year in range(first - LOOKED_BACK, first)]
    asked = Demand.objects.filter(county=planning.county, school_year__code__in=codes)
    received = Placement.objects.filter(county=planning.county, secondment__school_year__code__in=codes)
    schools = School.objects.filter(county=planning.county, closed_on=None, merged_into=None, is_outside_county=False)
    expected = schools.filter(Q(pk__in=asked.values("school")) | Q(pk__in=received.values("receiving_school")))
    return list(expected.exclude(pk__in=answered).order_by("name"))


def _totals(demands: list[Demand]) -> tuple[list[tuple[str, list[int], int]], list[str]]:
    """Subject by stage, with sums."""
    stages = [stage for stage in ("", *TeachingStage.values) if any(one.stage == stage for one in demands)]
    numbers: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in demands:
        numbers[one.subject][one.stage] += one.number
    lines = [(subject, [row[stage] for stage in stages], sum(row.values())) for subject, row in numbers.items()]
    if len(lines) > 1:
        sums = [sum(line[1][place] for line in lines) for place in range(len(stages))]
        lines = [*sorted(lines, key=lambda line: (-line[2], line[0])), ("合计", sums, sum(sums))]
    return lines, [TeachingStage(stage).label if stage else "未写学段" for stage in stages]


def _reminder(planning: Planning, silent: list[School]) -> str:
    """The text for the group chat."""
    until = planning.schedule.demands_until
    by = f"，{until.month}月{until.day}日 截止" if until else ""
    names = "、".join(school.name for school in silent)
    return (
        f"{planning.title}支教岗位需求还没报的学校：{names}。手机上打开“岗位需求”，填几个数就好，三分钟{by}。不需要支教教师的，也请说一声。"
        if silent
        else ""
    )


@needs("demand.edit")
def demand_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The grid of one school."""
    rows = within(School.objects.visible_to(request.user), request.user, "demand.edit")
    school = get_object_or_404(rows.select_related("county"), pk=pk, closed_on=None, merged_into=None)
    planning = Planning(request)
    planning.county = school.county
    planning.insist_open()
    before = demands_of(school, planning.year)
    form = DemandForm(school, before, request.POST if request.method == "POST" else None)
    theirs: list[Demand] = []
    status = 200
    closed = why_no_demands(school, planning.schedule, request.user)
    if request.method == "POST":
        status = 409 if closed else 400
        if form.is_valid() and not closed:
            answer = attempt(request, lambda: _state(planning, school, form))
            if not isinstance(answer, Refused):
                return answer
            form.add_error(None, str(answer))
            theirs, status = before if isinstance(answer, ChangedMeanwhile) else [], 409
    context = {
        "planning": planning, "school": school, "form": form, "seen": seen_of(before), "theirs": theirs, "closed": closed,
        "open": [one for one in openings(planning.county, planning.year) if one.school_id == school.pk] if before else [],
    }  # fmt: skip
    return render(request, "assignments/demand_form.html", context, status=status)


def _state(planning: Planning, school: School, form: DemandForm) -> str:
    stated = state_demands(
        school, planning.year_for_writing(), form.needs, by=planning.user, seen=planning.request.POST.get("seen", "")
    )
    number = sum(one.number for one in stated)
    told = f"共 {number} 人" if number else "不需要支教教师"
    messages.success(planning.request, f"{school}{planning.title}的需求已经报上：{told}。截止前还可以回来改。")
    return planning.address("demand_list")
