"""What a paper is: a title, who may have it, of which records it can be made, and the document tree made of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from assignments.access import may, within
from assignments.choices import SecondmentState as State
from assignments.models import Placement, PublicNotice, Secondment
from assignments.models.scope import Access
from assignments.unmasking import is_own
from assignments.workflow import reaches
from reports.documents.tree import Document

MOST = 300  # papers, or lines of a list, in one file

GOING = (State.APPROVED, State.DISPATCHED, State.OVERDUE, State.ON_POST, State.APPRAISED, State.COMPLETED, State.ENDED_EARLY)  # fmt: skip
GONE = GOING[1:]


@dataclass(frozen=True)
class Wanted:
    """What a person asked for on the page of a paper."""

    user: Any
    year: str = ""  # code of a school year
    school: int | None = None
    programme: int | None = None
    number: str = ""  # 派遣文号
    month: dt.date | None = None
    only: frozenset[str] | None = None  # keys of choices that were ticked; None: all of them
    secondment: int | None = None  # from the page of one secondment: nothing else narrows then


@dataclass(frozen=True)
class Choice:
    """One record that the paper can be made of; or why not."""

    key: str
    row: Any
    name: str
    detail: str = ""
    why_not: str = ""


@dataclass(frozen=True)
class Making:
    """For whom a paper is made, and when."""

    user: Any
    today: dt.date = field(default_factory=timezone.localdate)
    wanted: Wanted | None = None

    def id_number(self, teacher: Any) -> str:
        """Whole for the teacher alone: a paper leaves the house."""
        return str(teacher.id_number if is_own(self.user, teacher) else teacher.masked_id_number)

    def phone(self, teacher: Any) -> str:
        return str(teacher.phone if is_own(self.user, teacher) else teacher.masked_phone)


Find = Callable[[Wanted], list[Choice]]
Build = Callable[[Sequence[Any], Making], Document]


@dataclass(frozen=True)
class Paper:
    """A kind of paper. `actions`: those of the access table, of which one is needed, on the rows it opens."""

    key: str
    title: str
    about: str
    find: Find
    build: Build
    actions: tuple[str, ...] = ("document.generate", "document.own")
    asks: tuple[str, ...] = ("year", "school", "programme")
    formats: tuple[str, ...] = ("pdf", "docx")
    unit: str = "人"
    excel: Callable[[Sequence[Any], Making], bytes] | None = None
    why_not: Callable[[Secondment], str] | None = (
        None  # of one secondment, on whose page it is offered; None: it is not
    )
    reaches: Callable[[Any, Secondment], bool] | None = None  # where one of the actions on the secondment is not enough
    is_secret: Callable[[Any], bool] = lambda user: False  # whether it shows numbers that are encrypted in the database

    def is_open_to(self, user: Any) -> bool:
        return any(may(user, action) for action in self.actions)

    def reaches_to(self, user: Any, secondment: Secondment) -> bool:
        """Whether it is this person's to have of this secondment; asks the database for nothing."""
        if self.reaches:
            return self.reaches(user, secondment)
        return any(reaches(user, action, secondment) for action in self.actions)


# --- which secondments -------------------------------------------------------------------------------------------------


def reachable(user: Any, actions: Iterable[str]) -> QuerySet[Secondment]:
    """The secondments on which the person has one of the actions."""
    rows = Secondment.objects.visible_to(user)
    known = [within(Secondment.objects.all(), user, action).values("pk") for action in actions if may(user, action)]
    reached = Q(pk__in=[])
    for keys in known:
        reached |= Q(pk__in=keys)
    return rows.filter(reached)


def with_all(rows: QuerySet[Secondment]) -> QuerySet[Secondment]:
    """With what the papers tell, in a number of queries that does not grow with the rows."""
    placements = Placement.objects.select_related("receiving_school").order_by("order")
    return rows.select_related(
        "county", "teacher__school", "programme", "sending_school", "school_year", "application", "team"
    ).prefetch_related(Prefetch("placements", placements), "teacher__backbone_titles")


def asked_for(wanted: Wanted, actions: Iterable[str]) -> QuerySet[Secondment]:
    """As the person narrowed them, by sending school, then name."""
    rows = reachable(wanted.user, actions)
    if wanted.secondment is not None:
        rows = rows.filter(pk=wanted.secondment)
    else:
        if wanted.year:
            rows = rows.filter(school_year__code=wanted.year)
        if wanted.school:
            placed = Placement.objects.filter(receiving_school=wanted.school).values("secondment")
            rows = rows.filter(Q(sending_school=wanted.school) | Q(pk__in=placed))
        if wanted.programme:
            rows = rows.filter(programme=wanted.programme)
        if wanted.number:
            rows = rows.filter(dispatch_document=wanted.number)
    return with_all(rows).order_by("sending_school__name", "teacher__name", "pk")


def secondments(
    why_not: Callable[[Secondment], str], actions: tuple[str, ...] = ("document.generate", "document.own")
) -> Find:
    """Finds the secondments of a paper, each with why it cannot be made of it yet."""

    def find(wanted: Wanted) -> list[Choice]:
        rows = asked_for(wanted, actions)
        return [choice_of(secondment, why_not(secondment)) for secondment in rows]

    return find


def choice_of(secondment: Secondment, why_not: str = "") -> Choice:
    return Choice(str(secondment.pk), secondment, str(secondment.teacher), route(secondment), why_not)


def route(secondment: Secondment) -> str:
    """派出学校 → 受援学校."""
    schools = [str(stay.receiving_school) for stay in secondment.placements.all()]
    return " → ".join([str(secondment.sending_school), *(schools or ["还没有安排受援学校"])])


def needs_state(states: Iterable[str], words: str) -> Callable[[Secondment], str]:
    known = frozenset(states)
    return lambda secondment: "" if secondment.state in known else words


def knows_notice(user: Any, secondment: Secondment) -> bool:
    """A public notice is the sending school's, the teacher's and the bureau's."""
    access = Access.of(user)
    return bool(secondment.notice_id) and (
        access.everything
        or secondment.county_id in access.districts
        or secondment.sending_school_id in access.schools
        or secondment.teacher_id in access.teachers
    )


def notices(user: Any) -> QuerySet[PublicNotice]:
    rows: QuerySet[PublicNotice] = PublicNotice.objects.visible_to(user)
    return rows.filter(pk__in=within(PublicNotice.objects.all(), user, "notice.view").values("pk"))
