"""Leave of a teacher on post: asked for, decided by the receiving school and, where it is long, by the bureau; and 销假."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from assignments import attendance, telling
from assignments.access import cells, insist, within
from assignments.attendance import last_day_of, stays
from assignments.choices import LeaveKind, LeaveState
from assignments.choices import SecondmentState as State
from assignments.models import Leave, Secondment
from assignments.models.scope import Access
from assignments.permissions import may_see_leave_reasons
from zhijiao.accounts import audit
from zhijiao.dates import told
from zhijiao.refusals import Refused, WordsNeeded, atomically
from zhijiao.working_days import working_days

OPEN_KINDS = (LeaveKind.PERSONAL, LeaveKind.OFFICIAL, LeaveKind.MARRIAGE, LeaveKind.FUNERAL)  # no secret of anybody's
HEALTH_KINDS = (LeaveKind.SICK, LeaveKind.MATERNITY)
GOING_ON = (LeaveState.REQUESTED, LeaveState.APPROVED)


def is_long(leave: Leave) -> bool:
    """Whether the bureau decides as well."""
    return leave.days > settings.LEAVE_DAYS_SCHOOL_DECIDES


def at_bureau() -> Q:
    """Those that the school has agreed to and that wait for the bureau."""
    return Q(state=LeaveState.REQUESTED, days__gt=settings.LEAVE_DAYS_SCHOOL_DECIDES) & ~Q(approved_by="")


def is_at_bureau(leave: Leave) -> bool:
    return leave.state == LeaveState.REQUESTED and is_long(leave) and bool(leave.approved_by)


def on_leave(secondments: Iterable[Secondment], day: dt.date) -> dict[int, Leave]:
    """Who of these is on leave on a day: secondment → leave. One question for all of them; for the badge 请假."""
    rows = Leave.objects.filter(
        Q(back_on=None) | Q(back_on__gt=day),
        secondment__in=[one.pk for one in secondments],
        state=LeaveState.APPROVED,
        start__lte=day,
        end__gte=day,
    )
    return {row.secondment_id: row for row in rows}


def told_kind(leave: Leave, user: Any) -> str:
    """What kind of leave it is; that it has to do with health is for those who decide."""
    is_known = leave.kind in OPEN_KINDS or may_see_leave_reasons(user, leave.secondment)
    return leave.get_kind_display() if is_known else "请假"


def told_reason(leave: Leave, user: Any) -> str:
    """The reason, for those who decide and the teacher; that of an official errand for everybody."""
    if leave.kind == LeaveKind.OFFICIAL or may_see_leave_reasons(user, leave.secondment):
        return leave.reason
    return "只给批准人看" if leave.reason else ""


def askable(user: Any) -> QuerySet[Secondment]:
    """The secondments on post for which this person may ask for leave."""
    rows = within(Secondment.objects.all(), user, "leave.request").filter(state=State.ON_POST)
    return rows.select_related("teacher").prefetch_related("placements").order_by("teacher__name", "pk")


@atomically()
def ask(secondment: Secondment, *, kind: str, start: dt.date, end: dt.date, reason: str, by: Any) -> Leave:
    """The teacher asks for leave, or the school for them. It waits for the school's decision."""
    secondment = Secondment.objects.select_for_update(no_key=True).get(pk=secondment.pk)
    insist(by, secondment, "leave.request")
    days = _checked(secondment, start, end)
    typed = {"end": end, "days": days, "reason": reason, "requested_by": by, "state": LeaveState.REQUESTED}
    blank = {"approved_by": "", "decided_by": None, "decided_on": None, "decision": "", "back_on": None}
    # The same leave asked for once more after it was withdrawn or refused is the same row; the trail has what it was.
    leave, is_new = Leave.objects.get_or_create(
        secondment=secondment, kind=kind, start=start, defaults={"county_id": secondment.county_id, **typed}
    )
    if not is_new:
        for name, value in (typed | blank).items():
            setattr(leave, name, value)
        leave.save()
    telling.tell_leave_is_asked(leave, by=by, school=_school_of(leave))
    audit.record(by, "申请请假", leave, after=_told(leave))
    return leave


def _checked(secondment: Secondment, start: dt.date, end: dt.date) -> int:
    """The working days of the leave, once everything about its dates is right."""
    if end < start:
        raise Refused(f"结束日期{told(end)}早于开始日期{told(start)}")
    if secondment.state != State.ON_POST:
        raise Refused(f"{secondment.teacher}现在是“{secondment.get_state_display()}”，在岗的老师才能请假")
    known = stays(secondment)
    if not known or start < known[0].first or end > known[-1].last:
        raise Refused(
            f"请假要在支教期间：{told(known[0].first)}至{told(known[-1].last)}" if known else "支教还没有开始"
        )
    for other in Leave.objects.filter(secondment=secondment, state__in=GOING_ON, start__lte=end, end__gte=start):
        if last_day_of(other) >= start:
            raise Refused(f"{told(other.start)}至{told(last_day_of(other))}已经请过假，日期不能重叠")
    days = len(working_days(start, end))
    if not days:
        raise Refused(f"{told(start)}至{told(end)}没有工作日，不用请假")
    return days


def _told(leave: Leave) -> dict[str, Any]:
    return {
        "假别": leave.get_kind_display(), "开始": str(leave.start), "结束": str(leave.end), "工作日": str(leave.days),
        "审批": leave.get_state_display(), "批准人": leave.approved_by,
    }  # fmt: skip


def why_not_decide(leave: Leave, user: Any) -> str:
    """Why this person cannot decide on it now; "" where they can."""
    if leave.state != LeaveState.REQUESTED:
        return f"这次请假{leave.get_state_display()}，不用再办"
    if leave.secondment.teacher_id in Access.of(user).teachers:
        return "自己的请假要由别人批"
    sides = {cell.scope for cell in cells(user, "leave.decide")}
    if not is_at_bureau(leave) and "R" in sides and not _is_school_of(user, leave):
        return "由老师现在的受援学校批"
    if is_at_bureau(leave) and "A" not in sides:
        return f"超过 {settings.LEAVE_DAYS_SCHOOL_DECIDES} 个工作日，学校已经同意，等教育局批"
    if not is_at_bureau(leave) and "R" not in sides:
        return "先由受援学校批"
    return ""


def _is_school_of(user: Any, leave: Leave) -> bool:
    """Whether it is this person's school where the teacher is when the leave begins."""
    access = Access.of(user)
    here = {
        stay.placement.receiving_school_id for stay in stays(leave.secondment) if stay.first <= leave.start <= stay.last
    }
    return access.everything or not access.schools.isdisjoint(here)


def _school_of(leave: Leave) -> Any:
    """Where the teacher is when the leave begins."""
    there = [stay.placement for stay in stays(leave.secondment) if stay.first <= leave.start <= stay.last]
    return there[-1].receiving_school if there else None


@atomically()
def approve(leave: Leave, *, by: Any, words: str = "") -> Leave:
    """The school agrees; with long leave it goes on to the bureau, whose yes is the last."""
    leave = _locked(leave)
    insist(by, leave, "leave.decide")
    _allow(why_not_decide(leave, by))
    before = _told(leave)
    was_at_bureau = is_at_bureau(leave)
    names = [name for name in (leave.approved_by if was_at_bureau else "", str(by)) if name]
    leave.approved_by, leave.decision = "、".join(names)[:50], words.strip() or leave.decision
    if was_at_bureau or not is_long(leave):
        leave.state, leave.decided_by, leave.decided_on = LeaveState.APPROVED, by, timezone.localdate()
    leave.save()
    if leave.state == LeaveState.APPROVED:
        attendance.take_over(leave)
        telling.tell_leave_is_decided(leave, by=by, words=words.strip())
    else:
        telling.tell_leave_is_asked(leave, by=by)
    # The trail last: it is one for all, and who holds it must not wait for a row any more.
    audit.record(by, "批准请假", leave, before=before, after=_told(leave), reason=words)
    return leave


@atomically()
def refuse(leave: Leave, *, by: Any, reason: str) -> Leave:
    leave = _locked(leave)
    insist(by, leave, "leave.decide")
    _allow(why_not_decide(leave, by))
    if not reason.strip():
        raise WordsNeeded("不批准要写原因，老师会看到")
    before = _told(leave)
    leave.state, leave.decision = LeaveState.REFUSED, reason.strip()
    leave.decided_by, leave.decided_on = by, timezone.localdate()
    leave.save()
    telling.tell_leave_is_decided(leave, by=by, words=reason.strip())
    audit.record(by, "不批准请假", leave, before=before, after=_told(leave), reason=reason)
    return leave


def why_not_withdraw(leave: Leave, user: Any) -> str:
    """Why this person cannot take it back; "" where they can."""
    if leave.state != LeaveState.REQUESTED:
        return f"这次请假{leave.get_state_display()}，撤不回了"
    is_own = leave.secondment.teacher_id in Access.of(user).teachers
    return "" if is_own or leave.requested_by_id == user.pk else "请假由申请人自己撤回"


@atomically()
def withdraw(leave: Leave, *, by: Any) -> Leave:
    """Who asked takes it back, as long as nobody has decided."""
    leave = _locked(leave)
    insist(by, leave, "leave.request")
    _allow(why_not_withdraw(leave, by))
    before = _told(leave)
    leave.state = LeaveState.CANCELLED
    leave.save(update_fields=["state"])
    audit.record(by, "撤回请假", leave, before=before, after=_told(leave))
    return leave


@atomically()
def come_back(leave: Leave, day: dt.date, *, by: Any) -> Leave:
    """销假: back on post on a day, which may be earlier than planned; the days that were not taken are given back."""
    leave = _locked(leave)
    insist(by, leave, "leave.request")
    if leave.state != LeaveState.APPROVED:
        raise Refused(f"这次请假{leave.get_state_display()}，批准了的才能销假")
    if leave.back_on:
        raise Refused(f"{told(leave.back_on)}已经销假")
    if not leave.start <= day <= timezone.localdate():
        raise Refused(f"销假日期应在{told(leave.start)}到今天之间")
    before = _told(leave)
    leave.back_on = day
    if day <= leave.end:
        leave.days = len(working_days(leave.start, last_day_of(leave)))
    leave.save(update_fields=["back_on", "days"])
    attendance.take_over(leave)
    audit.record(by, "销假", leave, before=before, after=_told(leave) | {"销假日期": str(day)})
    return leave


def _locked(leave: Leave) -> Leave:
    locked: Leave = (
        Leave.objects.select_for_update(of=("self",))
        .select_related("secondment__teacher")
        .prefetch_related("secondment__placements")
        .get(pk=leave.pk)
    )
    return locked


def _allow(why_not: str) -> None:
    if why_not:
        raise Refused(why_not)
