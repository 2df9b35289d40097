"""The life of a secondment, as one table, and the one function that takes a step of it.

`TRANSITIONS` is read top to bottom: from which states, to which, who may, what else must hold, what it changes. The buttons
of the page, the action on many, the daily run and the tests read the same table, and nothing else assigns `state`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import OuterRef, Prefetch, Subquery
from django.utils import timezone

from assignments import length
from assignments.access import reaches
from assignments.choices import ChangeKind, ChangeState, ObjectionState
from assignments.choices import SecondmentState as State
from assignments.models import (
    Application,
    Placement,
    PublicNotice,
    Secondment,
    SecondmentChange,
    StateChange,
    YearSchedule,
)
from assignments.models.scope import Access
from zhijiao import clock, refusals
from zhijiao.accounts import audit
from zhijiao.dates import ApproximateDate, told
from zhijiao.locks import lock
from zhijiao.working_days import add_working_days

NOTICE_DAYS = 7  # working days of a public notice where the bureau set no other number
APPRAISAL_OPENS = dt.timedelta(days=45)  # before the end, as 期满考核 takes place in the last weeks of a term
REPORT_IN_GRACE = 3  # working days after the first day, until somebody who is not there is overdue

Refusal = Callable[[Secondment, Any], str]
Effect = Callable[["Taken"], None]


class Refused(refusals.Refused):
    """A step was refused, in words; nothing was changed. `reasons` tells it for each secondment that stood in the way."""

    def __init__(self, reasons: Sequence[tuple[Secondment | None, str]]) -> None:
        self.reasons = list(reasons)
        super().__init__("；".join(dict.fromkeys(why for _, why in reasons)))


@dataclass(frozen=True)
class Transition:
    """A step: `sources` says for each state it starts from which action of the access table is needed."""

    key: str
    label: str
    sources: Mapping[State, str]
    target: State | None  # None: the state stays
    icon: str = ""
    look: str = "plain"  # primary, plain, danger
    asks: tuple[str, ...] = ()  # what is asked before it is done (forms/workflow.py)
    refusal: Refusal = lambda secondment, by: ""
    effect: Effect = lambda taken: None
    with_partner: frozenset[State] = frozenset()  # from these states the two of a swap take it together: see `partners`
    change: ChangeKind | None = None  # one person asks for it, another decides
    by_daily_run: bool = False
    for_many: bool = False

    @property
    def asks_something(self) -> bool:
        return bool(self.asks or asked_more[self.key])


@dataclass
class Taken:
    """One step while it is being taken."""

    secondment: Secondment
    by: Any
    data: dict[str, Any]
    shared: dict[Any, Any]  # what the secondments of one action on many have in common
    today: dt.date
    fields: set[str] = field(default_factory=set)
    why: str = ""  # a reason of this one alone

    def set(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self.secondment, name, value)
        self.fields |= set(values)

    def application(self, **values: Any) -> None:
        """Writes into the application, where there is one."""
        known = {name: value for name, value in values.items() if value not in ("", None)}
        if known:
            Application.objects.filter(secondment=self.secondment).update(**known)

    @property
    def reason(self) -> str:
        return str(self.data.get("reason", "") or self.why)


# --- what else must hold ------------------------------------------------------------------------------------------------


def _may_submit(secondment: Secondment, by: Any) -> str:
    teacher = secondment.teacher
    if teacher.retired_on:
        return f"{teacher}已经离岗，不能申报"
    if not secondment.sending_school_id:
        return "还没有派出学校"
    deadline = scheduled(secondment, "applications_until")
    if deadline and deadline < clock.today() and not _is_of_bureau(by, secondment):
        return f"个人申报到 {told(deadline)} 截止，要补报请联系教育局"
    short = length.lacks(secondment)
    if short and not _is_of_bureau(by, secondment):
        return f"{short}，请改起止日期或项目类型；确需短一些的，请联系教育局报送"
    return ""


def _may_recommend(secondment: Secondment, by: Any) -> str:
    deadline = scheduled(secondment, "recommendations_until")
    if deadline and deadline < clock.today():
        return f"学校推荐上报到 {told(deadline)} 截止，要补报请联系教育局"
    return ""


def _may_forward(secondment: Secondment, by: Any) -> str:
    notice = secondment.notice
    if notice is None:
        return "还没有公示"
    today = clock.today()
    if notice.end and notice.end >= today:
        return f"公示到 {told(notice.end)}，还没有结束"
    if any(
        one.state == ObjectionState.OPEN and one.secondment_id in (None, secondment.pk)
        for one in notice.objections_received.all()
    ):
        return "公示收到的异议还没有办结"
    return ""


def _has_a_place(secondment: Secondment, by: Any) -> str:
    return "" if secondment.placements.all() else "还没有安排受援学校"


def _is_late(secondment: Secondment, by: Any) -> str:
    until = report_in_until(secondment)
    if until is None or until >= clock.today():
        return f"报到期限是 {told(until)}，还没有过" if until else "没有报到期限"
    return ""


def _may_report_in(secondment: Secondment, by: Any) -> str:
    return _has_a_place(secondment, by)


def _may_appraise(secondment: Secondment, by: Any) -> str:
    opens = (secondment.ended_on or secondment.end or clock.today()) - APPRAISAL_OPENS
    if opens > clock.today():
        return f"期满考核 {told(opens)} 开始，现在还不能考核"
    return next((why for condition in _conditions["appraise"] if (why := condition(secondment, by))), "")


def _may_complete(secondment: Secondment, by: Any) -> str:
    if secondment.end and secondment.end > clock.today():
        return f"要到 {told(secondment.end)} 期满"
    return ""


def report_in_until(secondment: Secondment) -> dt.date | None:
    """The last day to report in: the bureau's date of the year where it is later than the first day, else some working days' grace."""
    if secondment.start is None:
        return None
    fixed = scheduled(secondment, "report_in_until")
    if fixed and secondment.start <= fixed:
        return fixed
    return add_working_days(secondment.start, REPORT_IN_GRACE)


_conditions: dict[str, list[Refusal]] = defaultdict(list)


def also_needs(key: str, condition: Refusal) -> None:
    """Lets an app that builds on this one add a condition to a step: why it cannot be taken yet, or ""."""
    if condition not in _conditions[key]:
        _conditions[key].append(condition)


def also_asks(key: str, name: str, make: Callable[[list[Secondment]], Any]) -> None:
    """Lets an app that builds on this one ask something with a step: `make(secondments)` gives the form field."""
    asked_more[key][name] = make


def also_does(key: str, effect: Effect) -> None:
    """What such an app does in the same transaction with what it asked."""
    if effect not in _effects[key]:
        _effects[key].append(effect)


asked_more: dict[str, dict[str, Callable[[list[Secondment]], Any]]] = defaultdict(dict)
_effects: dict[str, list[Effect]] = defaultdict(list)


# --- what it changes ----------------------------------------------------------------------------------------------------


def _submit(taken: Taken) -> None:
    if not Application.objects.filter(secondment=taken.secondment, applied_on__isnull=False).exists():
        taken.application(applied_on=taken.today)


def _recommend(taken: Taken) -> None:
    """Those that a school recommends on one day stand in one public notice."""
    secondment = taken.secondment
    key = ("notice", secondment.sending_school_id, secondment.school_year_id)
    if key not in taken.shared:
        first = taken.data.get("notice_from") or taken.today
        days = taken.data.get("working_days") or scheduled(secondment, "notice_days") or NOTICE_DAYS
        notice = PublicNotice(
            county=secondment.county,
            school=secondment.sending_school,
            school_year=secondment.school_year,
            title=_free_title(secondment),
            working_days=days,
        )
        notice.when = ApproximateDate.range(first, add_working_days(first - dt.timedelta(days=1), days))
        notice.save()
        taken.shared[key] = notice
    taken.set(notice=taken.shared[key], recommended_on=taken.today)
    taken.application(sending_opinion=taken.data.get("opinion", ""))


def _free_title(secondment: Secondment) -> str:
    base = f"{secondment.sending_school}{secondment.school_year}支教教师推荐名单公示"
    number = PublicNotice.objects.filter(county=secondment.county, title__startswith=base).count()
    return f"{base}（第{number + 1}批）" if number else base


def _forward(taken: Taken) -> None:
    taken.application(sending_opinion=taken.data.get("opinion", ""))


def _send_back(taken: Taken) -> None:
    taken.set(notice=None, recommended_on=None)


def _explain_short(taken: Taken) -> None:
    """One that is shorter than its programme's least length is approved and dispatched with a reason, or not at all."""
    for secondment, words in length.unexplained([taken.secondment]):
        taken.why = str(taken.data.get("why_short", "") or "").strip()
        if not taken.why:
            raise Refused([(secondment, f"{secondment.teacher}：{words}，要写明为什么可以短一些")])


def _approve(taken: Taken) -> None:
    _explain_short(taken)
    taken.application(
        bureau_opinion=taken.data.get("opinion", ""),
        decision=taken.data.get("decision", "") or "同意。",
        decided_on=taken.today,
    )


def _dispatch(taken: Taken) -> None:
    """派出时持有有效骨干称号 is a fact of this day; what a workbook or a person said before stays."""
    _explain_short(taken)
    on = taken.data.get("dispatched_on") or taken.today
    titles = taken.secondment.teacher.backbone_titles.all()
    taken.set(
        is_backbone=taken.secondment.is_backbone or any(one.is_valid_in(on.year) for one in titles),
        dispatch_document=taken.data.get("document") or taken.secondment.dispatch_document,
        dispatched_on=taken.data.get("dispatched_on") or taken.today,
    )


def _report_in(taken: Taken) -> None:
    taken.set(reported_on=taken.data.get("reported_on") or taken.today)


def _complete(taken: Taken) -> None:
    taken.set(ended_on=taken.secondment.ended_on or taken.secondment.end)
    if taken.secondment.months is None:
        taken.set(months=taken.secondment.served_months)


def _end_early(taken: Taken) -> None:
    change: SecondmentChange = taken.data["change"]
    taken.set(ended_on=change.start, end_reason=change.reason, months_kept=bool(change.keeps_months))
    last = _last_placement(taken.secondment)
    if last and change.start and (last.start is None or last.start <= change.start):
        Placement.objects.filter(pk=last.pk).update(end=change.start)


def _extend(taken: Taken) -> None:
    change: SecondmentChange = taken.data["change"]
    last = _last_placement(taken.secondment)
    if last and last.end:
        Placement.objects.filter(pk=last.pk).update(end=change.new_end)
    if taken.secondment.start and change.new_end:
        taken.secondment.when = ApproximateDate.range(taken.secondment.start, change.new_end)
    taken.fields |= {"start", "end", "precision", "date_words"}


def _move(taken: Taken) -> None:
    """A change of school is a second placement of the same secondment."""
    change: SecondmentChange = taken.data["change"]
    last = _last_placement(taken.secondment)
    if last is None or change.start is None or change.new_school is None:
        raise Refused([(taken.secondment, "换岗要有原任教学校、新受援学校和换岗日期")])
    begun = last.start or taken.secondment.reported_on or taken.secondment.start
    Placement.objects.filter(pk=last.pk).update(start=begun, end=change.start - dt.timedelta(days=1))
    Placement.objects.create(
        county=taken.secondment.county,
        secondment=taken.secondment,
        order=last.order + 1,
        receiving_school=change.new_school,
        start=change.start,
        end=taken.secondment.end,
        stage=last.stage,
        subject=change.new_subject or last.subject,
    )


def _change_subject(taken: Taken) -> None:
    change: SecondmentChange = taken.data["change"]
    last = _last_placement(taken.secondment)
    if last:
        Placement.objects.filter(pk=last.pk).update(subject=change.new_subject)


def _last_placement(secondment: Secondment) -> Placement | None:
    return max(secondment.placements.all(), key=lambda placement: placement.order, default=None)


# --- the table ----------------------------------------------------------------------------------------------------------

_CHANGE = "secondment.change_decide"
_ALWAYS = frozenset(State)
_ONCE_APPROVED = frozenset({State.APPROVED, State.DISPATCHED, State.OVERDUE})
_ANY_APPLICATION = {
    State.DRAFT: "secondment.withdraw",
    State.SENT_BACK: "secondment.withdraw",
    State.SUBMITTED: "secondment.withdraw",
}

TRANSITIONS: dict[str, Transition] = {
    step.key: step
    for step in (
        Transition(
            "submit", "报送", {State.DRAFT: "secondment.submit", State.SENT_BACK: "secondment.submit"}, State.SUBMITTED,
            "send", "primary", refusal=_may_submit, effect=_submit, for_many=True,
        ),
        Transition(
            "recommend", "推荐并公示", {State.SUBMITTED: "secondment.recommend"}, State.RECOMMENDED,
            "megaphone", "primary", ("opinion", "notice_from", "working_days"), _may_recommend, _recommend, for_many=True,
        ),
        Transition(
            "forward", "报局审核", {State.RECOMMENDED: "secondment.forward"}, State.REVIEW,
            "send", "primary", ("opinion",), _may_forward, _forward, for_many=True,
        ),
        Transition(
            "uphold_objection", "异议成立，退回", {State.RECOMMENDED: "secondment.uphold_objection"}, State.SENT_BACK,
            "reply-fill", "danger", ("reason",), effect=_send_back,
        ),
        Transition(
            "approve", "批准", {State.REVIEW: "secondment.approve"}, State.APPROVED,
            "check-lg", "primary", ("why_short", "opinion", "decision"), _has_a_place, _approve, with_partner=_ALWAYS, for_many=True,
        ),
        Transition(
            "send_back", "退回", {State.SUBMITTED: "secondment.send_back", State.REVIEW: "secondment.return"}, State.SENT_BACK,
            "reply-fill", "danger", ("reason",), effect=_send_back, for_many=True,
        ),
        Transition(
            "dispatch", "派出", {State.APPROVED: "secondment.dispatch"}, State.DISPATCHED,
            "arrow-right", "primary", ("why_short", "document", "dispatched_on"), _has_a_place, _dispatch, with_partner=_ALWAYS, for_many=True,
        ),
        Transition(
            "report_in", "确认到岗", {State.DISPATCHED: "secondment.report_in", State.OVERDUE: "secondment.report_in"}, State.ON_POST,
            "check-circle-fill", "primary", ("reported_on",), _may_report_in, _report_in, for_many=True,
        ),
        Transition(
            "report_overdue", "转为逾期未报到", {State.DISPATCHED: "secondment.report_overdue"}, State.OVERDUE,
            "exclamation-triangle-fill", "plain", refusal=_is_late, by_daily_run=True,
        ),
        Transition(
            "move", "换岗", {State.ON_POST: _CHANGE}, None,
            "arrow-left-right", "plain", effect=_move, change=ChangeKind.MOVE,
        ),
        Transition(
            "change_subject", "调整学科", {State.ON_POST: _CHANGE}, None,
            "pencil", "plain", effect=_change_subject, change=ChangeKind.SUBJECT,
        ),
        Transition(
            "extend", "延期", {State.ON_POST: _CHANGE}, None,
            "calendar3", "plain", effect=_extend, change=ChangeKind.EXTEND, with_partner=_ALWAYS,
        ),
        Transition(
            "appraise", "考核完毕", {State.ON_POST: "secondment.appraise"}, State.APPRAISED,
            "award", "primary", refusal=_may_appraise, for_many=True,
        ),
        Transition(
            "complete", "期满结束", {State.APPRAISED: "secondment.complete"}, State.COMPLETED,
            "archive", "primary", refusal=_may_complete, effect=_complete, with_partner=_ALWAYS, for_many=True,
        ),
        Transition(
            "end_early", "提前终止", {State.ON_POST: _CHANGE, State.OVERDUE: _CHANGE}, State.ENDED_EARLY,
            "x-lg", "danger", effect=_end_early, change=ChangeKind.END_EARLY, with_partner=_ALWAYS,
        ),
        Transition(
            "withdraw", "撤回",
            {
                **_ANY_APPLICATION,
                State.RECOMMENDED: "secondment.withdraw_recommended",
                State.REVIEW: "secondment.withdraw_forwarded",
                State.APPROVED: "secondment.withdraw_forwarded",
                State.DISPATCHED: "secondment.withdraw_forwarded",
                State.OVERDUE: "secondment.withdraw_forwarded",
            },
            State.WITHDRAWN, "x-lg", "danger", ("reason",), with_partner=_ONCE_APPROVED,
        ),
    )
}  # fmt: skip
CHANGES = {step.change: step for step in TRANSITIONS.values() if step.change}


# --- who may, and why not -----------------------------------------------------------------------------------------------


def _is_of_bureau(user: Any, secondment: Secondment) -> bool:
    access = Access.of(user)
    return access.everything or secondment.county_id in access.districts


def who_lacks(step: Transition, secondment: Secondment, by: Any) -> str:
    """Why this person may not take the step from this state; "" where they may."""
    action = step.sources.get(State(secondment.state))
    if by is None:
        return "" if step.by_daily_run else "这一步要由人来办"
    if action and not reaches(by, action, secondment):
        return f"您的角色不能在“{State(secondment.state).label}”时{step.label}"
    return ""


def why_not(step: Transition, secondment: Secondment, by: Any) -> str:
    """Why the step cannot be taken now, in words; "" where it can."""
    if State(secondment.state) not in step.sources:
        return f"{secondment.teacher}现在是“{secondment.get_state_display()}”，不能{step.label}{_last_step(secondment)}"
    return who_lacks(step, secondment, by) or step.refusal(secondment, by)


def _last_step(secondment: Secondment) -> str:
    """Who brought it to where it is: for the one of two people who came second."""
    last = StateChange.objects.filter(secondment=secondment).order_by("-id").first()
    if last is None:
        return ""
    at, label = (
        timezone.localtime(last.at),
        TRANSITIONS[last.action].label if last.action in TRANSITIONS else last.action,
    )
    return f"（{last.by_name} {at.month}月{at.day}日 {at:%H:%M} 已办“{label}”）"


@dataclass(frozen=True)
class Offer:
    """A step as a button: with words where it cannot be taken now."""

    step: Transition
    why_not: str = ""


def offered_to(user: Any, secondment: Secondment) -> list[Offer]:
    """The steps from this state that are this person's, those that wait included with the reason."""
    offers = []
    for step in TRANSITIONS.values():
        if State(secondment.state) not in step.sources:
            continue
        if step.change:
            if reaches(user, "secondment.change_request", secondment):
                offers.append(Offer(step, _waiting_change(step, secondment)))
        elif not who_lacks(step, secondment, user):
            offers.append(Offer(step, step.refusal(secondment, user) or _partner_lacks(step, secondment, user)))
    return offers


def _waiting_change(step: Transition, secondment: Secondment) -> str:
    waiting = any(one.kind == step.change and one.state == ChangeState.REQUESTED for one in secondment.changes.all())
    return f"{step.label}的申请正在等审批" if waiting else ""


def _partner_lacks(step: Transition, secondment: Secondment, by: Any) -> str:
    for partner in partners(step, secondment):
        if why := why_not(step, partner, by):
            return f"互派的两人要一起{step.label}：{why}"
    return ""


def partners(step: Transition, secondment: Secondment) -> list[Secondment]:
    """The other one of a swap, where the step is one they take together.

    The two of a swap live and end together. Until they are approved each school handles its own, and may send back or
    withdraw it alone; but none is approved without the other, so what was sent back or withdrawn holds the other up until
    it is there again, or the bureau sends that one back too. From the approval on they are dispatched, extended, completed,
    ended early and withdrawn at once. Reporting in and the appraisal are each person's own.
    """
    if State(secondment.state) not in step.with_partner or not secondment.swapped_with_id:
        return []
    found = list(
        complete_rows(
            Secondment.objects.filter(
                teacher=secondment.swapped_with_id,
                swapped_with=secondment.teacher_id,
                school_year=secondment.school_year_id,
                county=secondment.county_id,
            )
        )
    )
    going = [one for one in found if one.state not in (State.WITHDRAWN, State.SENT_BACK, State.DRAFT)]
    return going or (found if secondment.state == State.REVIEW else [])


# --- taking a step ------------------------------------------------------------------------------------------------------


def perform(key: str, secondment: Secondment | int, *, by: Any, data: dict[str, Any] | None = None) -> Secondment:
    """Take a step. Raises Refused, in words, and changes nothing where it cannot be taken. `by=None`: the daily run."""
    pk = secondment if isinstance(secondment, int) else secondment.pk
    return perform_many(key, [pk], by=by, data=data)[0]


def perform_many(key: str, pks: Iterable[int], *, by: Any, data: dict[str, Any] | None = None) -> list[Secondment]:
    """The step for many, all or nothing. Somebody else's row does not exist: KeyError."""
    step, wanted = TRANSITIONS[key], list(dict.fromkeys(pks))
    if step.change and "change" not in (data or {}):
        raise Refused([(None, f"{step.label}要先申请，由另一人审批")])
    try:
        with refusals.atomically():
            rows = _locked(step, wanted, by)
            reasons = [(row, why) for row in rows if (why := why_not(step, row, by))]
            if reasons:
                raise Refused(reasons)
            _take_all(step, rows, by, data or {})
    except Refused:
        raise
    except refusals.Refused as refused:
        raise Refused([(None, str(refused))]) from refused
    return [next(row for row in rows if row.pk == pk) for pk in wanted]


def _locked(step: Transition, pks: list[int], by: Any) -> list[Secondment]:
    """The rows and their partners, then the placements of all of them, in the order of `zhijiao.locks`."""
    rows = Secondment.objects.all() if by is None else Secondment.objects.visible_to(by)
    swapped = rows.filter(pk__in=pks).exclude(swapped_with=None)  # nobody else has a partner
    partners_of = [one for row in swapped for one in partners(step, row)]
    keys = {*pks, *(row.pk for row in partners_of)}
    # The partner of a swap may be outside the scope of who acts for one of the two.
    lock(Secondment.objects.filter(pk__in=keys))
    lock(Placement.objects.filter(secondment__in=keys))
    found = list(complete_rows(Secondment.objects.filter(pk__in=keys)).order_by("pk"))
    own = set(rows.filter(pk__in=pks).values_list("pk", flat=True))
    if missing := set(pks) - own:
        raise KeyError(f"no such secondment for this person: {sorted(missing)}")
    return found


def complete_rows(rows: Any) -> Any:
    """With everything that conditions and effects look at."""
    dates = YearSchedule.objects.filter(county=OuterRef("county"), school_year=OuterRef("school_year"))
    known = {f"schedule_{name}": Subquery(dates.values(name)[:1]) for name in _SCHEDULED}
    return (
        rows.annotate(**known)
        .select_related("county", "teacher", "sending_school", "school_year", "programme", "notice")
        .prefetch_related(
            Prefetch("placements", Placement.objects.select_related("receiving_school").order_by("order")),
            "notice__objections_received",
            "changes",
        )
    )


def lock_with_partners(step: Transition, pk: int) -> Secondment:
    """One secondment, and the other of its swap where they take the step together, as taking the step locks them."""
    known = complete_rows(Secondment.objects.filter(pk=pk)).get()
    lock(Secondment.objects.filter(pk__in=[pk, *(one.pk for one in partners(step, known))]))
    locked: Secondment = complete_rows(Secondment.objects.filter(pk=pk)).get()
    return locked


def _take_all(step: Transition, rows: Sequence[Secondment], by: Any, data: dict[str, Any]) -> None:
    """All that changes is changed before anything is written into the trail: see `zhijiao.locks`."""
    shared: dict[Any, Any] = {}
    done = []
    for row in rows:
        taken, source = Taken(row, by, data, shared, clock.today()), State(row.state)
        done.append((taken, source, _take(step, taken)))
    for taken, source, values in done:
        _write_down(step, taken, source, values)


def _take(step: Transition, taken: Taken) -> dict[str, Any]:
    """Returns what it set."""
    secondment, source = taken.secondment, State(taken.secondment.state)
    step.effect(taken)
    for effect in _effects[step.key]:
        effect(taken)
    target = step.target or source
    secondment.state = target
    secondment.version += 1
    # The condition on state and version is a second lock: where a database has none, only one of two updates finds its row.
    values = {name: getattr(secondment, name) for name in taken.fields}
    changed = Secondment.objects.filter(pk=secondment.pk, state=source, version=secondment.version - 1).update(
        state=target, version=secondment.version, **values
    )
    if not changed:
        raise Refused([(secondment, f"{secondment.teacher}刚刚被别人办理过，请刷新后再看")])
    return values


def _write_down(step: Transition, taken: Taken, source: State, values: dict[str, Any]) -> None:
    secondment, target = taken.secondment, step.target or source
    StateChange.objects.create(
        county=secondment.county, secondment=secondment, action=step.key, source=source, target=target,
        at=clock.now(), by=taken.by, by_name=str(taken.by) if taken.by else "系统", reason=taken.reason[:300],
    )  # fmt: skip
    audit.record(
        taken.by, step.label, secondment, reason=taken.reason,
        before={"状态": source.label}, after={"状态": target.label, **{name: str(values[name]) for name in sorted(values)}},
    )  # fmt: skip
    for told_to in _listeners:
        told_to(step, secondment, taken.by, taken.reason)


Listener = Callable[[Transition, Secondment, Any, str], None]
_listeners: list[Listener] = []


def tell(listener: Listener) -> None:
    """Called inside the transaction after each step: notices to people are written with the step, or not at all."""
    if listener not in _listeners:
        _listeners.append(listener)


_SCHEDULED = ("applications_until", "recommendations_until", "report_in_until", "notice_days")


def scheduled(secondment: Secondment, name: str) -> Any:
    """A date or number that the bureau set for the school year; None where it set none."""
    if f"schedule_{name}" in vars(secondment):  # one of `complete_rows`: asked for all of them at once
        return vars(secondment)[f"schedule_{name}"]
    known = YearSchedule.objects.filter(county=secondment.county_id, school_year=secondment.school_year_id)
    return known.values_list(name, flat=True).first()
