"""/inspections/rounds/: the bureau draws up a round, its teams and its schedule, and tells the schools."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, IntegerField, OuterRef, Prefetch, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assignments import closing, recording
from assignments.access import is_of_bureau, may, within
from assignments.lists import WHEN, YearFilters, linked
from assignments.models import School
from assignments.views.badges import badge
from assignments.views.reading import Reading
from assignments.views.recording import entry
from evaluations import rounds
from evaluations.choices import HalfDay, InspectionState, RoundState
from evaluations.forms.rounds import AnnounceForm, ProposeForm, RoundForm, SlotForm, TakeOutForm, TeamForm
from evaluations.models import Inspection, InspectionRound, InspectionTeam, TeamMember
from evaluations.views.contributions import inspection_badge
from zhijiao import clock
from zhijiao.access import needs
from zhijiao.dates import ApproximateDate, parse_day
from zhijiao.entry import act_once
from zhijiao.filters import ChoicesFilter
from zhijiao.listing import ListColumn, ListPage
from zhijiao.refusals import Refused, tells_refusals
from zhijiao.working_days import add_working_days, remark

LOOKS = {
    RoundState.DRAFT: ("wait", "pencil"), RoundState.ANNOUNCED: ("on", "megaphone"), RoundState.CLOSED: ("done", "check-lg"),
}  # fmt: skip


def round_badge(row: Any) -> SafeString:
    return badge(*LOOKS[RoundState(row.state)], row.get_state_display())


def rounds_of(user: Any) -> Any:
    """The rounds that this person may open."""
    mine = within(InspectionRound.objects.all(), user, "inspection_round.view").values("pk")
    return InspectionRound.objects.visible_to(user).filter(pk__in=mine)


# --- all of them -------------------------------------------------------------------------------------------------------


class RoundFilter(YearFilters):
    searched = ("name", "list_number", "notice_document")
    state = ChoicesFilter(label="状态", choices=RoundState)

    class Meta:
        model = InspectionRound
        fields: list[str] = []


def _counted(**only: Any) -> Coalesce:
    rows = Inspection.objects.filter(round=OuterRef("pk"), **only).order_by().values("round")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


ROUNDS = ListPage(
    heading="检查轮次",
    filters=RoundFilter,
    order=("-start", "-pk"),
    search_hint="轮次、清单编号、文号",
    nothing="一轮检查从这里开始：写明查什么、提前几天通知，安排检查组，排好日程，再一次通知各校。",
    unit="轮",
    css="flow with-state",
    columns=(
        ListColumn("检查轮次", lambda row: linked("evaluations:inspection_round", row.pk, row.name), "c-name", "name", ("name",)),
        ListColumn("起止", lambda row: row.when.told(), "num", "start", ("start",)),
        ListColumn("清单编号", lambda row: row.list_number, "c-wide"),
        ListColumn("学校", lambda row: row.schools or "", "r num", "schools", ("schools",), "学校"),
        ListColumn("已办结", lambda row: row.closed or "", "r num", "closed", ("closed",), "已办结"),
        ListColumn("状态", round_badge, "c-state", "state", ("state",)),
    ),
)  # fmt: skip


@require_GET
@needs("inspection_round.view")
def round_list(request: HttpRequest) -> HttpResponse:
    rows = rounds_of(request.user).annotate(schools=_counted(), closed=_counted(state=InspectionState.CLOSED))
    more: dict[str, Any] = {"other_url": reverse("evaluations:inspection_list"), "other_label": "督导检查"}
    if may(request.user, rounds.PLAN):
        more |= {"add_url": reverse("evaluations:inspection_round_new"), "add_label": "新的轮次"}
    return ROUNDS.render(request, rows.only(*WHEN, "name", "list_number", "state"), **more)


# --- one round ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A day of the schedule: for each team what it does in the morning, in the afternoon, all day."""

    day: dt.date
    cells: list[list[Inspection]]


def _round(request: HttpRequest, pk: int) -> InspectionRound:
    members = Prefetch("members", TeamMember.objects.select_related("user").order_by("-is_leader", "pk"))
    rows = rounds_of(request.user).select_related("county", "school_year")
    found: InspectionRound = get_object_or_404(
        rows.prefetch_related(Prefetch("teams", InspectionTeam.objects.order_by("pk").prefetch_related(members))), pk=pk
    )
    return found


def _planned(request: HttpRequest, pk: int) -> InspectionRound:
    """To be changed: refused before a form is looked at."""
    held = _round(request, pk)
    if not rounds.may_plan(request.user, held):
        raise PermissionDenied(closing.why_denied(held, "检查轮次由教育局安排"))
    return held


@require_GET
@needs("inspection_round.view")
def round_detail(request: HttpRequest, pk: int) -> HttpResponse:
    held = _round(request, pk)
    reading = Reading(request)
    rows = list(
        Inspection.objects.visible_to(request.user).filter(round=held).select_related("school", "team").in_order()
    )  # fmt: skip
    teams = list(held.teams.all())
    may_plan = rounds.may_plan(request.user, held)
    context = {
        "held": held,
        "badge": round_badge(held),
        "teams": teams,
        "rows": [(row, inspection_badge(row), reading.tell.link(row.school)) for row in rows],
        "picture": _picture(rows, teams),
        "closed": sum(row.state == InspectionState.CLOSED for row in rows),
        "may_plan": may_plan and held.state in rounds.OPEN_STATES,
        "why_not": rounds.why_not_announced(held, rows) if may_plan and held.state == RoundState.DRAFT else "",
        "may_close": may_plan and held.state == RoundState.ANNOUNCED and all(row.state == InspectionState.CLOSED for row in rows),
    }  # fmt: skip
    return render(request, "evaluations/round_detail.html", context)


def _picture(rows: list[Inspection], teams: list[InspectionTeam]) -> list[Row]:
    """Days down, teams across; nothing where there are no teams."""
    days = sorted({row.start for row in rows if row.start and row.team_id})
    return [
        Row(day, [[row for row in rows if row.start == day and row.team_id == team.pk] for team in teams])
        for day in days
    ]


@require_http_methods(["GET", "POST"])
@needs("inspection.assign")
@tells_refusals
def round_new(request: HttpRequest) -> HttpResponse:
    county = recording.county_of(request.user)
    if county is None or not is_of_bureau(request.user, rounds.PLAN, county.pk):
        raise PermissionDenied("检查轮次由教育局安排")
    row = InspectionRound(county=county, state=RoundState.DRAFT, days_ahead=30)
    return entry(
        request, RoundForm, row, lambda form: rounds.create(form.values(), county=county, by=request.user),
        heading="新的检查轮次", back=reverse("evaluations:inspection_round_list"),
        after=lambda held: reverse("evaluations:inspection_round", args=[held.pk]),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs("inspection.assign")
@tells_refusals
def round_edit(request: HttpRequest, pk: int) -> HttpResponse:
    held = _planned(request, pk)
    back = reverse("evaluations:inspection_round", args=[pk])
    return entry(
        request, RoundForm, held,
        lambda form: rounds.change(held, form.values(), by=request.user, seen=request.POST.get("seen", "")),
        heading="修改检查轮次", back=back, after=back,
    )  # fmt: skip


@require_POST
@needs("inspection.assign")
@tells_refusals
def round_remove(request: HttpRequest, pk: int) -> HttpResponse:
    held = _planned(request, pk)
    return act_once(
        request,
        lambda: rounds.remove(held, by=request.user),
        told=f"已删去：{held}",
        to=reverse("evaluations:inspection_round_list"),
    )


@require_http_methods(["GET", "POST"])
@needs("inspection.assign")
@tells_refusals
def round_announce(request: HttpRequest, pk: int) -> HttpResponse:
    held = _planned(request, pk)
    form = AnnounceForm(request.POST or None, initial={"day": clock.today()})
    first = held.inspections.order_by("start").values_list("start", flat=True).first()
    if request.method == "POST" and form.is_valid():
        try:
            return act_once(
                request,
                lambda: rounds.announce(
                    held, by=request.user, day=form.cleaned_data["day"], reason=form.cleaned_data["reason"]
                ),
                told="已通知各受检学校和检查组",
                to=reverse("evaluations:inspection_round", args=[pk]),
            )
        except Refused as refused:
            if held.state != RoundState.DRAFT:
                raise
            form.add_error(None, str(refused))
    lead = (
        f"第一所学校{ApproximateDate.day(first)}。提前 {held.days_ahead} 天通知；通知后各校校长和检查组在“通知”里看到自己的日期。"
        if first
        else ""
    )
    return _form_page(request, form, f"通知“{held}”", "通知", held, lead)


@require_POST
@needs("inspection.assign")
@tells_refusals
def round_close(request: HttpRequest, pk: int) -> HttpResponse:
    held = _planned(request, pk)
    return act_once(
        request,
        lambda: rounds.close(held, by=request.user),
        told=f"“{held}”已结束",
        to=reverse("evaluations:inspection_round", args=[pk]),
    )


def _form_page(
    request: HttpRequest, form: Any, heading: str, action: str, held: InspectionRound, lead: str = ""
) -> HttpResponse:
    context = {"form": form, "heading": heading, "action": action, "held": held, "lead": lead}
    return render(request, "evaluations/round_form.html", context)


# --- teams -------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@needs("inspection.assign")
@tells_refusals
def team_new(request: HttpRequest, pk: int) -> HttpResponse:
    return _team(request, _planned(request, pk), None)


@require_http_methods(["GET", "POST"])
@needs("inspection.assign")
@tells_refusals
def team_edit(request: HttpRequest, pk: int) -> HttpResponse:
    team = get_object_or_404(InspectionTeam.objects.visible_to(request.user).select_related("round"), pk=pk)
    return _team(request, _planned(request, team.round_id), team)


def _team(request: HttpRequest, held: InspectionRound, team: InspectionTeam | None) -> HttpResponse:
    form = TeamForm(request.POST or None, held=held, team=team)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            return act_once(
                request,
                lambda: rounds.put_team(
                    held, typed["name"], list(typed["members"]), typed["leader"], by=request.user, team=team
                ),
                told=f"已保存：{typed['name']}",
                to=reverse("evaluations:inspection_round", args=[held.pk]),
            )
        except ValidationError as problem:
            form.add_error(None, problem.messages)
        except Refused as refused:
            if held.state not in rounds.OPEN_STATES:
                raise
            form.add_error("members", str(refused))
    lead = "同一个人不检查自己所在的学校、它的中心校和下属村小；排日程时自动回避。"
    if not rounds.inspectors_of(held.county_id).exists():
        lead = "本县还没有督导员。请局管理员在“账号”里授予督导员角色。"
    return _form_page(request, form, f"修改{team.name}" if team else "安排检查组", "保存", held, lead)


@require_POST
@needs("inspection.assign")
@tells_refusals
def team_drop(request: HttpRequest, pk: int) -> HttpResponse:
    team = get_object_or_404(InspectionTeam.objects.visible_to(request.user).select_related("round"), pk=pk)
    held = _planned(request, team.round_id)
    return act_once(
        request,
        lambda: rounds.drop_team(team, by=request.user),
        to=reverse("evaluations:inspection_round", args=[held.pk]),
    )


# --- the schedule ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@needs("inspection.assign")
@tells_refusals
def round_schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the schools; look at what is proposed, change it, keep it."""
    held = _planned(request, pk)
    if held.state not in rounds.OPEN_STATES:
        raise Refused(f"“{held}”已经结束，不能再排")
    if not held.teams.all():
        messages.info(request, "先安排检查组，再排学校")
        return redirect("evaluations:inspection_team_new", pk=pk)
    if request.method == "POST" and "keep" in request.POST:
        return _keep(request, held)
    first = max(add_working_days(clock.today() + dt.timedelta(days=held.days_ahead), 0), clock.today())
    form = ProposeForm(request.POST or None, held=held, initial={"first_day": first})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        found = rounds.propose(held, form.chosen, typed["first_day"], whole_days=typed["pace"] == "whole")
        lines = [_Line(slot.school, slot.team.pk, f"{slot.day:%Y-%m-%d}", slot.half_day) for slot in found.slots]
        lines += [_Line(school, None, "", HalfDay.MORNING, why) for school, why in found.without]
        return _preview(request, held, lines)
    lead = f"提前 {held.days_ahead} 天通知，所以从{ApproximateDate.day(first)}排起。系统先排一份，您看过、改过再保存。"
    return _form_page(request, form, f"“{held}”排日程", "排一份看看", held, lead)


@dataclass
class _Line:
    school: School
    team: int | None
    day: str
    half_day: str
    problem: str = ""


def _preview(request: HttpRequest, held: InspectionRound, lines: list[_Line], problem: str = "") -> HttpResponse:
    days = sorted(day for line in lines if line.day and (day := _day(line.day)))
    context = {
        "held": held, "lines": lines, "teams": list(held.teams.all()), "halves": HalfDay.choices, "problem": problem,
        "calendar": remark(days[0], days[-1]) if days else "",
    }  # fmt: skip
    return render(request, "evaluations/round_schedule.html", context)


def _day(text: str) -> dt.date | None:
    try:
        return parse_day(text)
    except ValueError:
        return None


def _keep(request: HttpRequest, held: InspectionRound) -> HttpResponse:
    """All of the schedule, or none: what cannot be is told beside its school, and everything typed stays."""
    keys = [int(key) for key in request.POST.getlist("school") if key.isdecimal() and len(key) < 19]
    schools = {school.pk: school for school in School.objects.visible_to(request.user).filter(pk__in=keys)}
    teams = {team.pk: team for team in held.teams.all()}
    lines, slots = [], []
    for key in keys:
        if key not in schools or request.POST.get(f"leave-{key}"):
            continue
        team = request.POST.get(f"team-{key}", "")
        half = request.POST.get(f"half-{key}", "")
        line = _Line(
            schools[key],
            int(team) if team.isdecimal() and len(team) < 19 else None,
            request.POST.get(f"day-{key}", ""),
            half,
        )
        day = _day(line.day)
        if day is None or line.team not in teams or half not in HalfDay.values:
            line.problem = "请选检查组、日期和时段"
        else:
            slots.append((line, rounds.Slot(line.school, teams[line.team], day, half)))
        lines.append(line)
    if not lines:
        return redirect("evaluations:inspection_round_schedule", pk=held.pk)
    if not any(line.problem for line in lines):
        try:
            return act_once(
                request,
                lambda: rounds.schedule_all(held, [slot for _, slot in slots], by=request.user),
                told=lambda made: f"已排 {len(made)} 所学校",
                to=reverse("evaluations:inspection_round", args=[held.pk]),
            )
        except Refused as refused:
            return _preview(request, held, lines, f"没有保存：{refused}")
    return _preview(request, held, lines, "没有保存：有的学校还没有排好，下面标出来了")


def _inspection(request: HttpRequest, pk: int) -> tuple[Inspection, InspectionRound]:
    """One that is planned in a round of the bureau's own."""
    rows = (
        Inspection.objects.visible_to(request.user)
        .filter(round__isnull=False)
        .select_related("school", "round", "team")
    )
    mine = within(Inspection.objects.all(), request.user, "inspection.assign").values("pk")
    row = get_object_or_404(rows.filter(pk__in=mine), pk=pk)
    return row, _planned(request, row.round_id)


@require_http_methods(["GET", "POST"])
@needs("inspection.assign")
@tells_refusals
def inspection_slot(request: HttpRequest, pk: int) -> HttpResponse:
    """Another day, another team."""
    row, held = _inspection(request, pk)
    if row.state != InspectionState.PLANNED:
        raise Refused(f"{row.school}的检查{row.get_state_display()}，不能改期")
    form = SlotForm(
        request.POST or None, held=held, initial={"team": row.team_id, "day": row.start, "half_day": row.half_day}
    )
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            return act_once(
                request,
                lambda: rounds.schedule(
                    held, row.school, typed["team"], typed["day"], typed["half_day"], by=request.user
                ),
                told=f"已保存：{row.school}",
                to=reverse("evaluations:inspection_round", args=[held.pk]),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
    lead = "已经通知的学校和检查组会收到改期的通知。" if held.state == RoundState.ANNOUNCED else ""
    return _form_page(request, form, f"{row.school}的检查改期", "保存", held, lead)


@require_http_methods(["GET", "POST"])
@needs("inspection.assign")
@tells_refusals
def inspection_take_out(request: HttpRequest, pk: int) -> HttpResponse:
    row, held = _inspection(request, pk)
    if row.state != InspectionState.PLANNED:
        raise Refused(f"{row.school}的检查{row.get_state_display()}，不能移出")
    form = TakeOutForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return act_once(
                request,
                lambda: rounds.take_out(row, by=request.user, reason=form.cleaned_data["reason"]),
                told=f"已移出日程：{row.school}",
                to=reverse("evaluations:inspection_round", args=[held.pk]),
            )
        except Refused as refused:
            form.add_error("reason", str(refused))
    lead = (
        "学校已经收到通知，移出后会再告诉学校和检查组。"
        if held.state == RoundState.ANNOUNCED
        else "还没有通知学校，移出后不用说明。"
    )
    return _form_page(request, form, f"这一轮不检查{row.school}", "移出日程", held, lead)
