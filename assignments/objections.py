"""Objections to a public notice: who may write one down, and what is found."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from assignments.access import has_on
from assignments.choices import ObjectionState
from assignments.choices import SecondmentState as State
from assignments.models import Objection, PublicNotice, Secondment
from assignments.workflow import Refused, perform
from zhijiao.accounts import audit
from zhijiao.dates import told


def receive(
    notice: PublicNotice,
    *,
    by: Any,
    text: str,
    received_on: dt.date,
    secondment: Secondment | None = None,
    raised_by: str = "",
) -> Objection:
    """Write an objection down. It stands in the way of the names it is about until it is decided."""
    if not has_on(by, "notice.edit", notice):
        raise Refused([(None, "您的角色不能登记这次公示的异议")])
    if received_on > timezone.localdate() or (notice.start and received_on < notice.start):
        raise Refused(
            [
                (
                    None,
                    f"公示从 {told(notice.start)} 开始，收到日期应在这天到今天之间"
                    if notice.start
                    else "收到日期还没有到",
                )
            ]
        )
    with transaction.atomic():
        locked = PublicNotice.objects.select_for_update().get(pk=notice.pk)
        objection = Objection.objects.create(
            county=locked.county,
            notice=locked,
            secondment=secondment,
            received_on=received_on,
            raised_by=raised_by,
            text=text,
        )
        locked.objections = max(locked.objections, locked.objections_received.count())
        locked.save(update_fields=["objections"])
        audit.record(by, "登记公示异议", notice, after={"涉及": str(secondment.teacher) if secondment else "整个名单"})
    return objection


def decide(objection: Objection, *, by: Any, is_upheld: bool, outcome: str) -> Objection:
    """What was found. Upheld against a name, that secondment goes back in the same step."""
    if not has_on(by, "objection.decide", objection):
        raise Refused([(None, "您的角色不能办结这次异议")])
    if not outcome:
        raise Refused([(None, "请写明核查结论")])
    with transaction.atomic():
        locked = Objection.objects.select_for_update().get(pk=objection.pk)
        if locked.state != ObjectionState.OPEN:
            raise Refused([(None, f"这件异议已经办结：{locked.get_state_display()}")])
        locked.state = ObjectionState.UPHELD if is_upheld else ObjectionState.DISMISSED
        locked.outcome, locked.decided_on = outcome, timezone.localdate()
        locked.save(update_fields=["state", "outcome", "decided_on"])
        secondment = locked.secondment if locked.secondment and locked.secondment.state == State.RECOMMENDED else None
        if is_upheld and secondment:
            perform("uphold_objection", secondment, by=by, data={"reason": outcome})
        # The trail last: it is one for all, and who holds it must not wait for a row any more.
        audit.record(by, "办结公示异议", locked.notice, after={"结果": locked.get_state_display()}, reason=outcome)
    return locked
