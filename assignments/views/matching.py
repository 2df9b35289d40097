"""Where approved people go: one of them, with suggestions, or many beside what is open."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.forms import BoundField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from assignments.access import within
from assignments.applications import (
    ASSIGNABLE,
    SEEN_FIELDS,
    WAITING_FOR_A_PLACE,
    Person,
    assign,
    assign_many,
    match,
    person_of,
    suggestions,
)
from assignments.choices import Direction
from assignments.forms.plan import AssignForm, MatchingForm
from assignments.models import Allocation, Application, Secondment
from assignments.plan import Opening, openings
from assignments.views.badges import state_badge
from assignments.views.plan import schools_of
from assignments.views.planning import Planning, attempt
from zhijiao.access import needs
from zhijiao.entry import fingerprint
from zhijiao.refusals import Refused

MOST_AT_ONCE = 60


def _planned(planning: Planning) -> dict[int, frozenset[int]]:
    """Sending school → the schools to which the plan sends its teachers."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = Allocation.objects.filter(county=planning.county, school_year=planning.year).exclude(receiving_school=None)
    for sender, receiver in rows.values_list("sending_school", "receiving_school"):
        found[sender].add(receiver or 0)
    return {sender: frozenset(receivers) for sender, receivers in found.items()}


@needs("secondment.assign")
def secondment_assign(request: HttpRequest, pk: int) -> HttpResponse:
    """The receiving school of one, from the application until the dispatch."""
    rows = within(Secondment.objects.visible_to(request.user), request.user, "secondment.assign")
    secondment: Secondment = get_object_or_404(
        rows.select_related("teacher", "county", "school_year", "sending_school", "application"), pk=pk
    )
    planning = Planning(request)
    planning.county, planning.year, planning.code = (
        secondment.county,
        secondment.school_year,
        getattr(secondment.school_year, "code", planning.code),
    )
    stay = secondment.placements.select_related("receiving_school").order_by("order").first()
    if secondment.state not in ASSIGNABLE:
        words = f"{secondment.teacher}现在是“{secondment.get_state_display()}”，不在安排受援学校的阶段"
        return render(
            request,
            "409.html",
            {"words": words, "back": reverse("assignments:secondment_detail", args=[pk])},
            status=409,
        )
    person, book = person_of(secondment, _planned(planning)), schools_of(planning)
    form = AssignForm(
        book,
        request.POST if request.method == "POST" else None,
        school=stay.receiving_school.name if stay else "",
        subject=stay.subject if stay else person.subject,
    )
    status = 200
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            typed = form.cleaned_data
            assign(
                secondment,
                by=request.user,
                school=typed["school"],
                subject=typed["subject"],
                seen=request.POST.get("seen", ""),
            )
            messages.success(
                request, f"{secondment.teacher}安排到{typed['school']}，任教{typed['subject'] or '学科待定'}。"
            )
            return reverse("assignments:secondment_detail", args=[pk])

        answer = attempt(request, act)
        if not isinstance(answer, Refused):
            return answer
        form.add_error(None, str(answer))
        status = 409
    context = {
        "planning": planning, "form": form, "secondment": secondment, "badge": state_badge(secondment.state), "stay": stay, "person": person,
        "offers": [_Offer.of(person, one) for one in suggestions(person, openings(planning.county, planning.year))[:8]],
        "schools": book.names, "seen": fingerprint(secondment, SEEN_FIELDS), "application": _application_of(secondment),
    }  # fmt: skip
    return render(request, "assignments/application_assign.html", context, status=status)


def _application_of(secondment: Secondment) -> Application | None:
    return getattr(secondment, "application", None)


@dataclass(frozen=True)
class _Offer:
    """A suggestion, with why it is one."""

    opening: Opening
    reasons: tuple[str, ...]

    @classmethod
    def of(cls, person: Person, opening: Opening) -> _Offer:
        reasons = []
        if opening.subject == person.subject:
            reasons.append("学科相符")
        if opening.school in person.wishes:
            reasons.append(f"第 {person.wishes.index(opening.school) + 1} 志愿")
        if opening.school_id in person.planned:
            reasons.append("计划里有名额")
        return cls(opening, tuple(reasons))


# --- many ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Waiting:
    """Somebody without a place, and the line of the form."""

    secondment: Secondment
    person: Person
    school: BoundField
    subject: BoundField
    badge: str
    seen: str

    @property
    def wishes(self) -> str:
        return "、".join(self.person.wishes)


@needs("secondment.assign")
def plan_matching(request: HttpRequest) -> HttpResponse:
    """Those who passed the schools and have no place yet, beside what is still open; saved for all of them, or for none."""
    planning = Planning(request)
    if not planning.is_bureau:
        raise Http404
    waiting = list(_waiting(planning)[: MOST_AT_ONCE + 1])
    more, waiting = len(waiting) > MOST_AT_ONCE, waiting[:MOST_AT_ONCE]
    planned, room = _planned(planning), openings(planning.county, planning.year)
    people = [person_of(one, planned) for one in waiting]
    proposed = match(people, room)
    book = schools_of(planning)
    keys = _typed_keys(request) if request.method == "POST" else [one.pk for one in waiting]
    form = MatchingForm(
        book, {key: proposed.get(key) for key in keys}, request.POST if request.method == "POST" else None
    )
    status = 200
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            seen = {one.secondment_id: request.POST.get(f"seen-{one.secondment_id}", "") for one in form.wanted}
            try:
                made = assign_many(form.wanted, by=request.user, seen=seen)
            except KeyError:
                raise Http404 from None
            messages.success(request, f"已给 {len(made)} 人安排受援学校。")
            return planning.address("plan_matching")

        answer = attempt(request, act)
        if not isinstance(answer, Refused):
            return answer
        form.add_error(None, f"一个都没有安排：{answer}")
        status = 409
    lines = [
        Waiting(one, person, *form.row(one.pk), badge=state_badge(one.state), seen=fingerprint(one, SEEN_FIELDS))
        for one, person in zip(waiting, people, strict=True) if one.pk in keys
    ]  # fmt: skip
    context = {
        "planning": planning, "form": form, "lines": lines, "more": more, "room": [one for one in room if one.open], "schools": book.names,
        "told": _told_proposal(len(waiting), len(proposed), room),
    }  # fmt: skip
    return render(request, "assignments/plan_matching.html", context, status=status)


def _told_proposal(waiting: int, proposed: int, room: list[Opening]) -> str:
    """What the page has filled in already, or in words why there was nothing to fill in."""
    if proposed:
        rest = waiting - proposed
        others = f"，另 {rest} 人没有学科相符、还缺人的学校，要您来定" if rest else ""
        return f"已经按学科、志愿和还缺的人数拟好 {proposed} 人的学校{others}。改好了一起保存"
    if not room:
        why = "各校还没有提出这个学年的岗位需求"
    elif not any(one.open for one in room):
        why = "各校提出的岗位都已经有人"
    else:
        why = "还缺的岗位和老师的学科、志愿对不上"
    return f"没有可以先拟的：{why}。请直接填受援学校，一起保存"


def _typed_keys(request: HttpRequest) -> list[int]:
    """Whom the form was about: some of them may have got a place meanwhile."""
    names = (name.removeprefix("school-") for name in request.POST if name.startswith("school-"))
    return [int(name) for name in names if name.isdecimal() and len(name) < 19][:MOST_AT_ONCE]


def _waiting(planning: Planning) -> QuerySet[Any]:
    rows = within(Secondment.objects.visible_to(planning.user), planning.user, "secondment.assign")
    rows = rows.filter(
        Q(state__in=WAITING_FOR_A_PLACE), county=planning.county, school_year=planning.year, placements=None
    )
    rows = rows.filter(programme__direction=Direction.OUT)
    return rows.select_related("teacher", "sending_school", "application").order_by(
        "teacher__subject", "teacher__name", "pk"
    )
