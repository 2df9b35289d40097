"""The page of a secondment: everything that is recorded of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from assignments.access import within
from assignments.allowances import payments_seen_by
from assignments.choices import SERVING_STATES, ChangeState
from assignments.choices import SecondmentState as State
from assignments.models import Application, Leave, Placement, Secondment, SecondmentChange, StateChange
from assignments.permissions import may_see_leave_reasons
from assignments.unmasking import masked
from assignments.views.attendance import AttendanceBars
from assignments.views.badges import state_badge
from assignments.views.people import difficulty_table
from assignments.views.reading import Reading
from assignments.workflow import TRANSITIONS, offered_to, reaches
from zhijiao.access import needs
from zhijiao.detail import Col, Facts, Page, Section, money
from zhijiao.quantities import plain

PATH = (
    State.SUBMITTED, State.RECOMMENDED, State.REVIEW, State.APPROVED, State.DISPATCHED, State.ON_POST, State.APPRAISED, State.COMPLETED,
)  # fmt: skip
OPEN_KINDS = ("official", "marriage", "funeral")  # leave whose reason is no secret


@needs("secondment.view")
def secondment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    placements = Placement.objects.select_related("receiving_school").order_by("order")
    secondments = (
        Secondment.objects.visible_to(request.user)
        .select_related(
            "county", "teacher__school", "programme", "sending_school", "school_year", "swapped_with", "team__leader", "notice",
        )
        .prefetch_related(
            Prefetch("placements", placements), "teacher__backbone_titles", "notice__objections_received",
            Prefetch("changes", SecondmentChange.objects.select_related("requested_by")),
        )
    )  # fmt: skip
    secondment = get_object_or_404(secondments, pk=pk)
    reading = Reading(request)
    application = _application_of(reading, secondment)
    contributed = reading.contributed(secondment)
    page = Page(
        [
            _placement(reading, secondment),
            _attendance(reading, secondment),
            _leaves(reading, secondment),
            *contributed,
            _difficulties(reading, secondment),
            _allowances(reading, secondment),
            _changes(reading, secondment),
            _history(reading, secondment),
            _application(reading, application),
            _documents(reading, secondment),
        ]
    )
    context = {
        "secondment": secondment,
        "teacher": secondment.teacher,
        "teacher_link": reading.tell.link(secondment.teacher),
        "badge": state_badge(secondment.state),
        "route": _route(reading, secondment),
        "days_told": days_on_post(secondment, timezone.localdate()),
        "steps": list(steps(secondment, application)),
        "about": _about(secondment),
        "page": page,
        "offers": offered_to(request.user, secondment),
        "waiting_changes": _waiting_changes(request.user, secondment),
        **_ways_to_edit(request.user, secondment),
    }
    return render(request, "assignments/secondment_detail.html", context)


def _waiting_changes(user: Any, secondment: Secondment) -> list[SecondmentChange]:
    """Those that wait, each with whether this person may decide on it or take it back."""
    waiting = [change for change in secondment.changes.all() if change.state == ChangeState.REQUESTED]
    for change in waiting:
        change.is_mine = change.requested_by_id == user.pk
        change.may_decide = not change.is_mine and reaches(user, "secondment.change_decide", secondment)
    return waiting


def _ways_to_edit(user: Any, secondment: Secondment) -> dict[str, str]:
    """Where the application is changed, and where the bureau finds a school for it, while they still can be."""
    ways = {}
    if secondment.state in (State.DRAFT, State.SENT_BACK) and reaches(user, "secondment.submit", secondment):
        ways["edit_url"] = _address("application_edit", secondment)
    if secondment.state in (State.SUBMITTED, State.RECOMMENDED, State.REVIEW, State.APPROVED) and reaches(
        user, "secondment.assign", secondment
    ):
        ways["assign_url"] = _address("secondment_assign", secondment)
    return ways


def _address(name: str, secondment: Secondment) -> str:
    try:
        return reverse(f"assignments:{name}", args=[secondment.pk])
    except NoReverseMatch:
        return ""


def _route(reading: Reading, secondment: Secondment) -> list[str]:
    """The sending school, then each receiving school in turn."""
    stays = secondment.placements.all()
    return [
        reading.tell.link(school) for school in (secondment.sending_school, *(stay.receiving_school for stay in stays))
    ]


def _about(secondment: Secondment) -> list[str]:
    """What stands beside the name: stage and subject, title, backbone title."""
    teacher = secondment.teacher
    stays = list(secondment.placements.all())
    subject = next((stay.subject for stay in stays if stay.subject), teacher.subject)
    said = [f"{teacher.get_stage_display()}{subject}", teacher.get_title_display()]
    for title in teacher.backbone_titles.all():
        if secondment.start and title.is_valid_in(secondment.start.year):
            said.append(f"{title}（{title.year}年）" if title.year else str(title))
    return [part for part in said if part]


def days_on_post(secondment: Secondment, today: dt.date) -> str:
    """已在岗 80 天; 还有 12 天开始; "" where there is nothing to count."""
    begun = secondment.reported_on or secondment.start
    if secondment.state == State.ON_POST and begun and begun <= today:
        last = min(today, secondment.end or today)
        return f"已在岗 {(last - begun).days + 1} 天"
    if secondment.state == State.DISPATCHED and secondment.start and secondment.start > today:
        return f"还有 {(secondment.start - today).days} 天开始"
    if secondment.state in SERVING_STATES and secondment.served_months:
        return f"计 {plain(secondment.served_months)} 个月"
    return ""


@dataclass(frozen=True)
class Step:
    """One of the stations on the way, passed, reached or ahead."""

    label: str
    told: str
    css: str = ""
    icon: str = "check-circle-fill"


def steps(secondment: Secondment, application: Any) -> Iterator[Step]:
    """The way so far and ahead. A station that was passed before records began, and has no date, is left out."""
    state = State(secondment.state)
    if state not in PATH and state not in (State.ENDED_EARLY, State.OVERDUE):
        return
    reached = PATH.index({State.ENDED_EARLY: State.ON_POST, State.OVERDUE: State.DISPATCHED}.get(state, state))
    dates = {
        State.SUBMITTED: application and application.applied_on,
        State.APPROVED: application and application.decided_on,
        State.DISPATCHED: secondment.dispatched_on,
        State.ON_POST: secondment.reported_on or secondment.start,
        State.COMPLETED: secondment.ended_on or secondment.end,
    }
    for number, station in enumerate(PATH):
        day = dates.get(station)
        if number < reached or (number == reached and state == State.ENDED_EARLY):
            if day:
                yield Step(station.label, _told(day))
        elif number == reached and station == State.COMPLETED:
            yield Step(station.label, _told(day))
        elif number == reached:
            yield Step(state.label, _told(day), "now", "record-circle-fill")
        elif state != State.ENDED_EARLY:
            yield Step(_AHEAD.get(station, station.label), _planned(station, secondment), "todo-step", "circle")
    if state == State.ENDED_EARLY:
        yield Step(state.label, _told(secondment.ended_on), "now", "record-circle-fill")


_AHEAD = {
    State.RECOMMENDED: "公示", State.APPROVED: "批准", State.DISPATCHED: "派出", State.APPRAISED: "考核", State.COMPLETED: "结束",
}  # fmt: skip


def _told(day: dt.date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def _planned(station: State, secondment: Secondment) -> str:
    day = {State.ON_POST: secondment.start, State.COMPLETED: secondment.end}.get(station)
    return f"{day.year}年{day.month}月" if day else ""


def _placement(reading: Reading, secondment: Secondment) -> Section:
    stays = list(secondment.placements.all())
    details = (
        Col("teaching_point"), Col("stage"), Col("subject"), Col("other_subjects"), Col("grade"), Col("class_count", unit="个"),
        Col("pupils", unit="人"), Col("weekly_periods", unit="节"), Col("is_class_head"), Col("lodging"),
    )  # fmt: skip
    several = len(stays) > 1
    blocks: list[Any] = []
    if several:
        blocks.append(
            reading.tell.table(stays, "receiving_school", Col(_stay, "起止", css="nw"), *details, caption="任教学校")
        )
    elif stays:
        blocks.append(reading.tell.facts(stays[0], Col("receiving_school", "任教学校"), *details))
    facts = reading.tell.facts(secondment, *_terms(reading))
    if several or not stays:
        blocks.append(facts)
    else:
        blocks = [Facts(blocks[0].pairs + facts.pairs)]
    return Section("placement", "任教", blocks, half=not several)


def _stay(stay: Placement) -> str:
    return (
        " — ".join(f"{day:%Y.%m.%d}" if day else "" for day in (stay.start, stay.end)) if stay.start or stay.end else ""
    )


def _terms(reading: Reading) -> tuple[Col, ...]:
    return (
        Col("programme", link=False),
        Col("duty"),
        Col(lambda row: "" if row.is_full_time else "非全职", "方式"),
        Col("school_year"),
        Col(lambda row: f"{plain(row.months)} 个月" if row.months is not None else "", "支教月数"),
        Col("batch"),
        Col("team", link=False),
        Col("team.leader", "带队领导"),
        Col("swapped_with"),
        Col("is_first", "首次支教"),
        Col(lambda row: "是" if row.is_backbone else "", "骨干教师"),
        Col("was_class_head", "原任班主任"),
        Col("post_at_home", "原任职务"),
        Col("end_reason", "终止原因"),
        Col("months_kept", "月数认定"),
        Col(lambda row: masked(reading.user, row.teacher, "id"), "身份证号"),
        Col(lambda row: masked(reading.user, row.teacher, "phone"), "手机号"),
    )


def _attendance(reading: Reading, secondment: Secondment) -> Section:
    rows: Any = secondment.attendance
    months = list(within(rows.order_by("month"), reading.user, "attendance.view"))
    due, present = sum(month.due for month in months), sum(month.present for month in months)
    table = reading.tell.table(
        months,
        Col(lambda row: f"{row.month.year}年{row.month.month}月", "月份", css="nw"),
        *(Col(name, css="r") for name in ("due", "present")),
        *(
            _counted(rows.model, name)
            for name in (
                "personal_leave", "sick_leave", "official_leave", "other_leave", "absent", "late", "left_early", "lessons_missed",
            )
        ),
        Col(_confirmed, "学校确认"),
    )  # fmt: skip
    remark = f"出勤率 {present * 100 / due:.1f}%（{plain(present)} ÷ {plain(due)} 天）" if due else ""
    return Section("attendance", "出勤", [AttendanceBars(months), table], remark, half=not _several(secondment))


def _several(secondment: Secondment) -> bool:
    return len(secondment.placements.all()) > 1


def _counted(model: Any, name: str) -> Col:
    """A number of days or times, left blank where there were none."""
    return Col(lambda row: getattr(row, name) or None, str(model._meta.get_field(name).verbose_name), css="r")


def _confirmed(month: Any) -> str:
    day = f"{month.confirmed_on.month}月{month.confirmed_on.day}日" if month.confirmed_on else ""
    return "　".join(part for part in (day, month.confirmed_by) if part)


def _leaves(reading: Reading, secondment: Secondment) -> Section:
    rows: Any = secondment.leaves
    open_to_all = may_see_leave_reasons(reading.user, secondment)

    def reason(row: Leave) -> str:
        if open_to_all or row.kind in OPEN_KINDS or not row.reason:
            return row.reason
        return "只给批准人看"

    def kind(row: Leave) -> str:
        return row.get_kind_display() if open_to_all or row.kind in (*OPEN_KINDS, "personal") else "请假"

    leaves = list(within(rows.all(), reading.user, "leave.view"))
    table = reading.tell.table(
        leaves,
        Col(kind, "假别", css="nw"),
        Col("start", css="nw"),
        Col("end", css="nw"),
        Col("days", css="r"),
        Col(reason, "事由"),
        "approved_by",
        Col("back_on", css="nw"),
    )
    days = sum(row.days for row in leaves)
    return Section("leaves", "请假", [table], f"{len(leaves)} 次，共 {plain(days)} 个工作日", is_named=False)


def _difficulties(reading: Reading, secondment: Secondment) -> Section:
    """What the teacher asked help with while the secondment lasted."""
    rows: Any = secondment.teacher.difficulties
    found = [row for row in within(rows.all(), reading.user, "difficulty.view") if _during(row, secondment)]
    return Section("difficulties", "困难诉求", [difficulty_table(reading, found)])


def _during(row: Any, secondment: Secondment) -> bool:
    if row.start is None:
        return row.school_year_id == secondment.school_year_id
    last = secondment.ended_on or secondment.end
    return bool(secondment.start and secondment.start <= row.start and (last is None or row.start <= last))


def _allowances(reading: Reading, secondment: Secondment) -> Section:
    paid: Sequence[Any] = list(payments_seen_by(reading.user).filter(secondment=secondment))
    table = reading.tell.table(
        paid,
        Col(lambda row: f"{row.month.year}年{row.month.month}月", "月份", css="nw"),
        Col(lambda row: money(row.standard), "月标准", css="r nw"),
        Col("months_due", css="r"),
        Col(lambda row: money(row.deduction) if row.deduction else "", "扣减", css="r nw"),
        "deduction_reason",
        Col(lambda row: money(row.amount), "实发", css="r nw"),
        "source",
        Col("paid_on", css="nw"),
    )
    total = sum(row.amount for row in paid)
    return Section("allowances", "补助", [table], f"{len(paid)} 个月，实发合计 {money(total)}" if paid else "")


def _application_of(reading: Reading, secondment: Secondment) -> Any:
    rows = Application.objects.filter(secondment=secondment)
    return within(rows, reading.user, "application.view").first()


def _application(reading: Reading, application: Any) -> Section:
    facts = reading.tell.facts(
        application,
        Col("applied_on"), Col("wished_schools"), Col("wished_subject"), Col("accepts_other"), Col("spouse_at_same_school"),
        Col("reason"), Col("rural_experience"), Col("sending_opinion"), Col("receiving_opinion"), Col("bureau_opinion"), Col("decision"),
        Col("decided_on"),
    )  # fmt: skip
    return Section("application", "申请与审批", [facts], half=True)


def _documents(reading: Reading, secondment: Secondment) -> Section:
    facts = reading.tell.facts(
        secondment,
        Col("dispatch_document", "派遣文号"),
        Col("dispatched_on"),
        Col("agreement_signed_on", "协议签订"),
        Col("reported_on", "报到"),
        Col("ended_on", "实际结束"),
    )
    return Section("documents", "文件与日期", [facts], half=True, is_named=False)


def _changes(reading: Reading, secondment: Secondment) -> Section:
    rows: Any = secondment.changes
    table = reading.tell.table(
        [change for change in rows.visible_to(reading.user) if change.state == ChangeState.APPROVED],
        Col("kind", css="nw"),
        Col("when", css="nw"),
        Col(lambda row: f"{row.before} → {row.after}" if row.before or row.after else "", "原内容 → 新内容"),
        "reason",
        "detail",
        "document",
    )
    return Section("changes", "变更", [table])


def _history(reading: Reading, secondment: Secondment) -> Section:
    """Who took which step, when, and why."""
    taken = list(StateChange.objects.visible_to(reading.user).filter(secondment=secondment))
    table = reading.tell.table(
        taken,
        Col(lambda row: TRANSITIONS[row.action].label if row.action in TRANSITIONS else row.action, "步骤", css="nw"),
        Col(
            lambda row: f"{row.get_source_display()} → {row.get_target_display()}" if row.source != row.target else "",
            "状态",
            css="nw",
        ),
        Col("by_name"),
        Col(lambda row: f"{timezone.localtime(row.at):%Y.%m.%d %H:%M}", "时间", css="nw num"),
        "reason",
    )
    return Section("history", "办理记录", [table], f"{len(taken)} 步" if taken else "")
