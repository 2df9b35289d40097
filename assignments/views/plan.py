"""The bureau's plan of a year: its dates, the board of what is asked and what is given, and the lines of the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from assignments.access import is_of_bureau, may, within
from assignments.candidates import is_due, rule_of, teachers_of
from assignments.forms.plan import AllocationForm, AllocationsForm, ScheduleForm, SchoolBook
from assignments.models import Allocation, Demand, PolicyRule, School
from assignments.models.scope import Access
from assignments.plan import (
    ALLOCATION_FIELDS,
    ChangedMeanwhile,
    Line,
    Opening,
    allocate,
    board,
    change_allocation,
    remove_allocation,
    set_schedule,
)
from assignments.views.planning import Planning, attempt
from zhijiao.access import needs
from zhijiao.entry import fingerprint
from zhijiao.refusals import Refused

USUAL_QUOTA = Decimal(10)  # per cent of those who are due, where no rule says otherwise


@dataclass(frozen=True)
class Bar:
    """A subject as a bar, in per cent of the longest: approved, applied for, promised, and what is open."""

    line: Line
    parts: tuple[tuple[str, str, str], ...]  # css class, x, width

    @classmethod
    def of(cls, line: Line, most: int) -> Bar:
        ends, parts = 0, []
        steps = (
            ("p-approved", line.approved),
            ("p-applied", line.approved + line.applied),
            ("p-given", line.allocated),
            ("p-open", line.asked),
        )
        for css, reaches in steps:
            if reaches > ends:
                parts.append((css, _percent(ends, most), _percent(reaches - ends, most)))
                ends = reaches
        return cls(line, tuple(parts))


def _percent(number: int, most: int) -> str:
    return f"{100 * number / most:.2f}%" if most else "0%"


@dataclass(frozen=True)
class Sender:
    """A sending school on the board."""

    line: Line
    due: int
    quota: int
    shares: Sequence[Allocation]

    @property
    def is_busy(self) -> bool:
        return bool(self.shares or self.line.applied or self.line.approved)


@needs("plan.view")
def plan_board(request: HttpRequest) -> HttpResponse:
    """The board: what is open first. A school sees its own lines."""
    planning = Planning(request)
    rows = shares_of(planning)
    shares = list(rows.order_by("sending_school__name", "subject", "pk")) if planning.year else []
    context: dict[str, Any] = {
        "planning": planning,
        "shares": shares,
        "may_edit": may(request.user, "plan.edit") and planning.is_bureau and not planning.is_closed,
        "may_see_candidates": may(request.user, "candidate.view"),
    }
    if not planning.is_bureau:
        own = {school.pk for school in planning.own_schools} or Access.of(planning.user).inspected.schools
        context |= {
            "giving": [one for one in shares if one.sending_school_id in own],
            "getting": [one for one in shares if one.receiving_school_id in own],
        }
        return render(request, "assignments/plan_own.html", context)
    whole = board_of(planning, shares)
    told, percent, senders = whole.board, whole.percent, whole.senders
    most = max((max(line.asked, line.allocated, line.applied + line.approved) for line in told.subjects), default=0)
    context |= {
        "board": told, "bars": [Bar.of(line, most) for line in told.subjects], "percent": percent,
        "senders": [one for one in senders if one.is_busy], "others": [one for one in senders if not one.is_busy],
    }  # fmt: skip
    return render(request, "assignments/plan_board.html", context)


def shares_of(planning: Planning) -> QuerySet[Allocation]:
    """The lines of the plan that this person sees."""
    rows = within(Allocation.objects.visible_to(planning.user), planning.user, "plan.view")
    rows = rows.filter(county=planning.county, school_year=planning.year)
    return rows.select_related("sending_school", "receiving_school")


@dataclass(frozen=True)
class Board:
    """What the bureau looks at: the board, and the sending schools with what the rule would have them give."""

    board: Any
    percent: Decimal
    senders: list[Sender]


def board_of(planning: Planning, shares: list[Allocation]) -> Board:
    told = board(planning.county, planning.year, shares)
    percent = quota_percent(planning)
    return Board(told, percent, _senders(planning, told.senders, shares, percent))


def quota_percent(planning: Planning) -> Decimal:
    """How many of a hundred who are due the strictest rule in force wants to go."""
    rules = PolicyRule.objects.in_force(planning.county, int(planning.code[:4]))
    known = rules.filter(numerator="exchanged", denominator="eligible").order_by("-threshold").first()
    return known.threshold if known else USUAL_QUOTA


def _senders(planning: Planning, lines: dict[int, Line], shares: list[Allocation], percent: Decimal) -> list[Sender]:
    condition = is_due(rule_of(planning.county), planning.first_day)
    due = teachers_of(planning.county).filter(condition).order_by().values("school", "school__name")
    numbers = {row["school"]: (row["school__name"], row["n"]) for row in due.annotate(n=Count("pk")) if row["school"]}
    for key, (name, _) in numbers.items():
        lines.setdefault(key, Line(name, key=key))
    senders = []
    for key, line in lines.items():
        number = numbers.get(key, ("", 0))[1]
        quota = int((number * percent / 100).quantize(Decimal(1), ROUND_HALF_UP))
        senders.append(Sender(line, number, quota, [one for one in shares if one.sending_school_id == key]))
    return sorted(senders, key=lambda one: (not one.shares, -one.line.allocated, -one.due, one.line.name))


@needs("plan.edit")
def plan_schedule(request: HttpRequest) -> HttpResponse:
    """The deadlines of the year."""
    planning = _of_bureau(request)
    form, status = ScheduleForm(planning.schedule, request.POST if request.method == "POST" else None), 200
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            set_schedule(planning.county, planning.year_for_writing(), by=request.user, **form.cleaned_data)
            messages.success(request, f"{planning.title}的安排已经保存，学校和教师填报时会看到截止日期。")
            return planning.address("plan")

        answer = attempt(request, act)
        if not isinstance(answer, Refused):
            return answer
        form.add_error(None, str(answer))
        status = 409
    context = {
        "form": form, "heading": f"{planning.title}安排", "action": "保存安排", "back": planning.address("plan"),
        "lead": "截止日期写给所有学校和教师看；没定的先空着。",
    }  # fmt: skip
    return render(request, "assignments/plan_form.html", context, status=status)


def _of_bureau(request: HttpRequest) -> Planning:
    """The plan is edited for a county whose officer one is; another county's does not exist."""
    planning = Planning(request)
    if not is_of_bureau(request.user, "plan.edit", planning.county.pk):
        raise Http404
    planning.insist_open()
    return planning


def schools_of(planning: Planning) -> SchoolBook:
    """The schools of the county, for the text boxes."""
    rows = School.objects.choosable_by(planning.user).filter(county=planning.county)
    return SchoolBook(rows.only("name", "aliases", "county", "closed_on", "merged_into").order_by("name"))


@needs("plan.edit")
def plan_allocate(request: HttpRequest) -> HttpResponse:
    """Many lines at once, with what is open filled in already."""
    planning = _of_bureau(request)
    book, suggested = schools_of(planning), _not_given(planning, request.GET.get("subject", ""))
    form = AllocationsForm(book, suggested, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and "more" not in request.POST and form.is_valid():

        def act() -> str:
            made = allocate(
                planning.county,
                planning.year_for_writing(),
                form.shares,
                by=request.user,
                document=form.cleaned_data["document"],
            )
            messages.success(request, f"已下达 {len(made)} 项名额，共 {sum(one.number for one in made)} 人。")
            return planning.address("plan")

        answer = attempt(request, act)
        if not isinstance(answer, Refused):
            return answer
        form.add_error(None, f"一行都没有下达：{answer}")
        status = 409
    context = {
        "planning": planning,
        "form": form,
        "schools": book.names,
        "suggested": len(suggested),
        "subject": request.GET.get("subject", ""),
    }
    return render(request, "assignments/plan_allocate.html", context, status=status)


def _not_given(planning: Planning, subject: str) -> list[Opening]:
    """What schools ask for, less what the plan gives them: the lines that are still to be written."""
    given: dict[tuple[int, str], int] = {}
    plan = Allocation.objects.filter(county=planning.county, school_year=planning.year).exclude(receiving_school=None)
    for school, name, number in plan.values_list("receiving_school", "subject", "number"):
        given[school or 0, name] = given.get((school or 0, name), 0) + number
    asked: dict[tuple[int, str, str], int] = {}
    demands = Demand.objects.filter(county=planning.county, school_year=planning.year)
    demands = demands.filter(subject=subject) if subject else demands
    for key, school_name, wanted, number in demands.values_list("school", "school__name", "subject", "number"):
        asked[key, school_name, wanted] = asked.get((key, school_name, wanted), 0) + number
    found = [
        Opening(key, school_name, wanted, number, number - given.get((key, wanted), 0))
        for (key, school_name, wanted), number in asked.items()
        if number > given.get((key, wanted), 0)
    ]
    return sorted(found, key=lambda one: (one.subject, one.school)) if planning.year else []


@needs("plan.edit")
def allocation_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """One line of the plan."""
    allocation, planning = _allocation(request, pk)
    planning.insist_open()
    book = schools_of(planning)
    form, status = AllocationForm(book, allocation, request.POST if request.method == "POST" else None), 200
    theirs: Allocation | None = None
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            seen = request.POST.get("seen", "")
            changed = change_allocation(
                allocation, form.share, by=request.user, document=form.cleaned_data["document"], seen=seen
            )
            messages.success(request, f"已改为：{changed}。")
            return planning.address("plan")

        answer = attempt(request, act)
        if not isinstance(answer, Refused):
            return answer
        form.add_error(None, str(answer))
        status, theirs = 409, allocation if isinstance(answer, ChangedMeanwhile) else None
    context = {
        "planning": planning, "form": form, "allocation": allocation, "schools": book.names, "theirs": theirs,
        "seen": fingerprint(allocation, ALLOCATION_FIELDS),
    }  # fmt: skip
    return render(request, "assignments/plan_allocation.html", context, status=status)


def _allocation(request: HttpRequest, pk: int) -> tuple[Allocation, Planning]:
    rows = within(Allocation.objects.visible_to(request.user), request.user, "plan.edit")
    allocation: Allocation = get_object_or_404(
        rows.select_related("county", "school_year", "sending_school", "receiving_school"), pk=pk
    )
    planning = Planning(request)
    planning.county, planning.year, planning.code = (
        allocation.county,
        allocation.school_year,
        allocation.school_year.code,
    )
    return allocation, planning


@needs("plan.edit")
@require_POST
def allocation_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one line out of the plan."""
    if not within(Allocation.objects.visible_to(request.user), request.user, "plan.edit").filter(pk=pk).exists():
        answer = attempt(request, _gone)  # a double click finds it gone, and its first answer
        return answer if not isinstance(answer, Refused) else redirect("assignments:plan")
    allocation, planning = _allocation(request, pk)

    def act() -> str:
        remove_allocation(allocation, by=request.user)
        messages.success(request, f"已删除：{allocation}。")
        return planning.address("plan")

    answer = attempt(request, act)
    if isinstance(answer, Refused):
        messages.error(request, str(answer))
        return redirect(planning.address("plan"))
    return answer


def _gone() -> str:
    raise Http404
