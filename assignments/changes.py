"""Changes of a running secondment: one person asks, another decides, and then the workflow takes the step."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from assignments.account_rules import is_one_hand
from assignments.choices import ChangeKind, ChangeState
from assignments.models import School, Secondment, SecondmentChange
from assignments.workflow import CHANGES, Refused, Transition, lock_with_partners, partners, perform, reaches
from zhijiao import clock, refusals
from zhijiao.accounts import audit
from zhijiao.dates import ApproximateDate, told

REQUEST, DECIDE = "secondment.change_request", "secondment.change_decide"


def problem(secondment: Secondment, kind: ChangeKind, values: dict[str, Any]) -> tuple[str, str] | None:
    """What is wrong with a change that is asked for: the field and the sentence. The same before it is asked and decided."""
    day: dt.date | None = values.get("start")
    begun, end = secondment.reported_on or secondment.start, secondment.end
    if day is None:
        return "start", "请填写变更从哪一天起"
    if begun and day < begun:
        return "start", f"{told(day)}早于到岗的 {told(begun)}"
    if kind in (ChangeKind.END_EARLY, ChangeKind.MOVE) and end and day >= end:
        return "start", f"{told(day)}已经到了原定结束的 {told(end)}，不用再{kind.label}"
    if kind == ChangeKind.EXTEND:
        new_end = values.get("new_end")
        if new_end is None:
            return "new_end", "请填写延到哪一天"
        if end and new_end <= end:
            return "new_end", f"原定到 {told(end)}，延期要晚于这一天"
    if kind == ChangeKind.MOVE:
        return _problem_of_school(secondment, values.get("new_school"))
    if kind == ChangeKind.SUBJECT and not values.get("new_subject"):
        return "new_subject", "请选新的任教学科"
    return None


def _refuse_wrong(step: Transition, secondment: Secondment, kind: ChangeKind, values: dict[str, Any]) -> None:
    """For both of a swap, where they take the step together: what is right for the one may be wrong for the other."""
    if wrong := problem(secondment, kind, values):
        raise Refused([(secondment, wrong[1])])
    for partner in partners(step, secondment):
        if wrong := problem(partner, kind, values):
            raise Refused([(partner, f"互派的两人要一起{step.label}：{partner.teacher}{wrong[1]}")])


def _problem_of_school(secondment: Secondment, school: School | None) -> tuple[str, str] | None:
    if school is None:
        return "new_school", "请选新的受援学校"
    if school.pk == secondment.sending_school_id:
        return "new_school", f"{school}是派出学校，不能作受援学校"
    last = max(secondment.placements.all(), key=lambda placement: placement.order, default=None)
    if last and last.receiving_school_id == school.pk:
        return "new_school", f"现在就在{school}任教"
    return None


def request(secondment: Secondment, kind: ChangeKind, *, by: Any, **values: Any) -> SecondmentChange:
    """Ask for a change. Raises Refused where it makes no sense, or where the same is waiting already."""
    step = CHANGES[kind]
    with transaction.atomic():
        locked = lock_with_partners(step, secondment.pk)
        if not reaches(by, REQUEST, locked):
            raise Refused([(locked, f"您的角色不能申请{step.label}")])
        if locked.state not in step.sources:
            raise Refused([(locked, f"{locked.teacher}现在是“{locked.get_state_display()}”，不能申请{step.label}")])
        _refuse_wrong(step, locked, kind, values)
        before, after = _told(locked, kind, values)
        change = SecondmentChange(
            county=locked.county, secondment=locked, school_year=locked.school_year, kind=kind, state=ChangeState.REQUESTED,
            requested_by=by, requested_at=clock.now(), reason=values.get("reason") or "", detail=values.get("detail") or "",
            before=before, after=after, new_school=values.get("new_school"), new_subject=values.get("new_subject") or "",
            new_end=values.get("new_end"), keeps_months=values.get("keeps_months"),
        )  # fmt: skip
        change.when = ApproximateDate.day(values["start"])
        try:
            with refusals.atomically():
                change.save()
        except refusals.Refused as refused:
            raise Refused([(locked, str(refused))]) from None
        audit.record(
            by, f"申请{step.label}", locked, before={"原内容": before}, after={"新内容": after}, reason=change.detail
        )
    return change


def decide(
    change: SecondmentChange, *, by: Any, approves: bool, decision: str = "", document: str = ""
) -> SecondmentChange:
    """Decide on a change that somebody else asked for. Approved, the step is taken at once."""
    with transaction.atomic():
        step = CHANGES[ChangeKind(change.kind)]
        # The secondment first, as who asks has it: in another order two people would wait for each other.
        secondment = lock_with_partners(step, change.secondment_id)
        locked = SecondmentChange.objects.select_for_update().get(pk=change.pk)
        if not reaches(by, DECIDE, secondment):
            raise Refused([(secondment, f"您的角色不能审批{step.label}")])
        if locked.state != ChangeState.REQUESTED:
            who = f"，由{locked.decided_by}办理" if locked.decided_by else ""
            raise Refused([(secondment, f"这个申请{locked.get_state_display()}{who}")])
        if locked.requested_by_id == by.pk:
            raise Refused([(secondment, "申请人不能审批自己的申请，请另一位专干或局领导审批")])
        if is_one_hand(by, locked.requested_by, created=REQUEST, on=_asked_on(locked), decided=DECIDE):
            raise Refused([(secondment, "申请人和代理人算同一个人，请另一位专干或局领导审批")])
        if not approves and not decision:
            raise Refused([(secondment, "不批准要写明理由")])
        locked.state = ChangeState.APPROVED if approves else ChangeState.REFUSED
        locked.decided_by, locked.decision, locked.document = by, decision, document or locked.document
        locked.save(update_fields=["state", "decided_by", "decision", "document"])
        if approves:
            _refuse_wrong(step, secondment, ChangeKind(locked.kind), _values(locked))
            perform(step.key, secondment, by=by, data={"change": locked, "reason": locked.detail or decision})
        else:
            audit.record(by, f"不批准{step.label}", secondment, reason=decision)
    return locked


def _asked_on(change: SecondmentChange) -> dt.date | None:
    return timezone.localdate(change.requested_at) if change.requested_at else None


def cancel(change: SecondmentChange, *, by: Any) -> SecondmentChange:
    """Take one's own request back while it waits."""
    with transaction.atomic():
        locked = SecondmentChange.objects.select_for_update().get(pk=change.pk)
        step = CHANGES[ChangeKind(locked.kind)]
        if locked.requested_by_id != by.pk:
            raise Refused([(None, "只能撤回自己交的申请")])
        if locked.state != ChangeState.REQUESTED:
            raise Refused([(None, f"这个申请{locked.get_state_display()}，不能再撤回")])
        locked.state = ChangeState.CANCELLED
        locked.save(update_fields=["state"])
        audit.record(by, f"撤回{step.label}申请", locked.secondment)
    return locked


def _values(change: SecondmentChange) -> dict[str, Any]:
    return {
        "start": change.start, "new_end": change.new_end, "new_school": change.new_school, "new_subject": change.new_subject,
    }  # fmt: skip


def _told(secondment: Secondment, kind: ChangeKind, values: dict[str, Any]) -> tuple[str, str]:
    """The old and the new content in words, as they stand in the list of changes."""
    last = max(secondment.placements.all(), key=lambda placement: placement.order, default=None)
    if kind == ChangeKind.MOVE:
        return str(last.receiving_school if last else ""), str(values["new_school"])
    if kind == ChangeKind.SUBJECT:
        return last.subject if last else "", values["new_subject"]
    if kind == ChangeKind.EXTEND:
        return f"至{told(secondment.end)}" if secondment.end else "", f"至{told(values['new_end'])}"
    return f"至{told(secondment.end)}" if secondment.end else "", f"至{told(values['start'])}"
