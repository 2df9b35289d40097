"""The home page: of the bureau, of a school, of a teacher."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from assignments import owing
from assignments.access import may
from assignments.choices import SCHOOL_ROLES
from assignments.choices import SecondmentState as State
from assignments.models import School, Secondment
from assignments.models.scope import memberships_of
from assignments.owing import Asking
from assignments.permissions import may_import, may_see_county, own_counties
from assignments.views.badges import state_badge
from assignments.views.reading import Reading
from assignments.waiting import waiting_for
from reports import figures, home
from reports.figures import Asked, Viewpoint
from reports.figures.rules import rules_in_force
from reports.glance.goals import figure_address, goals
from zhijiao.access import needs
from zhijiao.detail import Col
from zhijiao.entry import once
from zhijiao.refusals import Refused, tells_refusals

FEW = 6
KEYS = ("seconded", "receiving_schools", "inspections", "difficulties", "difficulties_resolved")

HANDY = (
    ("leave.request", "请假…", "pause-circle-fill", "assignments:leave_new"),
    ("difficulty.create", "提出困难…", "chat-square-text", "assignments:difficulty_create"),
    ("attendance.confirm_own", "我的考勤", "calendar3", "assignments:attendance_own"),
    ("care.edit", "登记慰问…", "heart", "assignments:visit_create"),
    ("activity.edit", "登记活动…", "hand-thumbs-up", "assignments:activity_create"),
)


@needs("home")
def home_page(request: HttpRequest) -> HttpResponse:
    """Each sees what is theirs; who has no role is told so, which is more use than a refusal."""
    if may_see_county(request.user):
        county = next(iter(own_counties(request.user)), None)
        return _of_bureau(request, county) if county else _empty(request)
    reading = Reading(request)
    if reading.access.schools:
        return _of_school(reading)
    if reading.access.teachers:
        return _of_teacher(reading)
    return render(request, "home/empty.html", {"has_role": False})


@needs("reminder.send")
@require_POST
@tells_refusals
def send_reminder(request: HttpRequest, kind: str) -> HttpResponse:
    """One reminder to each that still owes this; who was reminded today is left in peace."""
    today = timezone.localdate()
    county = next(iter(own_counties(request.user)), None)
    found = owing.owed(Asking(county, today, request.user)) if county else []
    one = next((one for one in found if one.kind == kind), None)
    if county is None or one is None:
        raise Http404
    with once(request) as turn:
        if turn.is_repeat:
            return turn.again()
        number = owing.remind(one, by=request.user, county=county, today=today)
        if not number:
            raise Refused(f"“{one.title}”今天已经提醒过了，明天还没有办的可以再提醒一次")
        messages.success(request, f"“{one.title}”已经提醒 {number} {one.unit}，在系统里告知，留了邮箱的也发了邮件。")
        return turn.answered(f"{reverse('home')}#h-owe")


def _empty(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "home/empty.html",
        {"has_role": True, "import_url": import_address(request), "today": timezone.localdate()},
    )


def import_address(request: HttpRequest) -> str:
    """Where a workbook is imported, for those who may."""
    try:
        return reverse("workbook:run_list") if may_import(request.user) else ""
    except NoReverseMatch:
        return ""


def _of_bureau(request: HttpRequest, county: Any) -> HttpResponse:
    reading, today = Reading(request), timezone.localdate()
    asked = Asked(reading.period, Viewpoint(county, user=request.user))
    rules = rules_in_force(asked)
    wanted = {*KEYS, *(key for rule in rules for key in (rule.numerator, rule.denominator))}
    number_on_post = home.count_together(wanted, asked)
    seconded = figures.value("seconded", asked)
    context = _common(reading)
    if not seconded.value and not context["tasks"] and not Secondment.objects.visible_to(request.user).exists():
        return _empty(request)
    context |= {
        "county": county,
        "seconded": seconded,
        "seconded_url": figure_address(seconded),
        "number_on_post": number_on_post,
        "goals": goals(asked),
        "keys": _keys(asked, seconded),
        "import_url": import_address(request),
        "owed": owing.owed(Asking(county, today, request.user)),
        "may_remind": may(request.user, "reminder.send"),
        "bureau": county.bureau_name,
        "tells_county": may(request.user, "figure.read"),  # who inspects some schools knows no numbers of all of them
    }
    return render(request, "home/bureau.html", context)


def _keys(asked: Asked, seconded: Any) -> list[dict[str, Any]]:
    """The numbers that a leader asks for first."""
    schools, inspections, difficulties, resolved = (figures.value(key, asked) for key in KEYS[1:])
    return [
        _key("支教教师", seconded, "名"),
        _key("受援学校", schools, "所"),
        _key("督导检查", inspections, "次"),
        _key("困难诉求已办结", resolved, f"/ {difficulties.told} 件"),
    ]


def _key(label: str, counted: Any, after: str) -> dict[str, Any]:
    return {"label": label, "told": counted.told, "url": figure_address(counted), "after": after}


def _tasks(reading: Reading) -> dict[str, Any]:
    """What waits for this person, and how to say it in a sentence."""
    today = timezone.localdate()
    groups = waiting_for(reading.user, today)
    mine = [task for group in groups if group.is_mine for task in group.tasks]
    ahead = [task for task in mine if task.due and task.due > today]
    return {
        "today": today,
        "weekday": "一二三四五六日"[today.weekday()],
        "tasks": groups,
        "task_number": len(mine),
        "late_number": sum(task.is_late for task in mine),
        "today_number": sum(task.due == today for task in mine),
        "next_due": min((task.due for task in ahead if task.due), default=None),
        "is_clear": not mine,
    }


def _common(reading: Reading) -> dict[str, Any]:
    """What the bureau and a school both look at, each within what is theirs."""
    context = _tasks(reading)
    today = context["today"]
    events = home.events(reading.user, today)
    return context | {
        "period": reading.period,
        "is_running": reading.period.start <= today <= reading.period.end,
        "week": home.week(events, today),
        "events": events[:FEW],
    }


def _handy(reading: Reading) -> list[tuple[str, str, str]]:
    """What a person does on a phone without being asked to: label, icon, address; those that the person may do."""
    return [(label, icon, reverse(name)) for action, label, icon, name in HANDY if may(reading.user, action)]


def _of_school(reading: Reading) -> HttpResponse:
    context = _common(reading) | {"handy": _handy(reading)}
    mine = reading.access.schools
    membership = next((one for one in memberships_of(reading.user) if one.role in SCHOOL_ROLES), None)
    on_post = home.on_post(reading.user)
    sent = [row for row in on_post if row.sending_school_id in mine]
    received = [row for row in on_post if _is_received(row, mine)]
    columns = (
        Col(lambda row: reading.tell.link(row, row.teacher.name), "姓名"),
        Col(_subject, "学科"),
        Col("programme", link=False),
        Col("period_told", "起止", css="nw"),
        Col(lambda row: state_badge(row.state), "状态", css="nw"),
    )
    stays = (Col(_where, "任教学校"),) if len(mine) > 1 else ()
    context |= {
        "school": membership.school if membership else School.objects.visible_to(reading.user).first(),
        "sent": sent,
        "received": received,
        "sent_table": reading.tell.table(sent, columns[0], Col(_where, "受援学校"), *columns[1:]),
        "received_table": reading.tell.table(
            received, columns[0], *stays, Col("sending_school", "派出学校"), *columns[1:]
        ),
    }
    return render(request=reading.request, template_name="home/school.html", context=context)


def _is_received(row: Any, schools: frozenset[int]) -> bool:
    return any(stay.receiving_school_id in schools for stay in row.placements.all())


def _where(row: Any) -> str:
    return "、".join(stay.receiving_school.name for stay in row.placements.all())


def _subject(row: Any) -> str:
    return next((stay.subject for stay in row.placements.all() if stay.subject), row.teacher.subject)


def _of_teacher(reading: Reading) -> HttpResponse:
    rows = (
        Secondment.objects.visible_to(reading.user)
        .filter(teacher__in=reading.access.teachers)
        .select_related("teacher", "programme", "sending_school", "school_year")
        .prefetch_related("placements__receiving_school")
        .order_by("-start")
    )
    secondments = list(rows)
    table = reading.tell.table(
        secondments,
        Col(lambda row: reading.tell.link(row, str(row.school_year)), "学年", css="nw"),
        Col(_where, "受援学校"),
        Col("programme", link=False),
        Col("period_told", "起止", css="nw"),
        Col(lambda row: state_badge(row.state), "状态", css="nw"),
    )
    running = next((row for row in secondments if row.state == State.ON_POST), None)
    context = _tasks(reading)
    context |= {
        "handy": _handy(reading),
        "running": running,
        "secondments": table,
        "day": day_of(running, context["today"]),
    }
    return render(reading.request, "home/teacher.html", context)


def day_of(secondment: Any, today: dt.date) -> int:
    """Which day on post it is today; 0 where nobody counts."""
    begun = secondment and (secondment.reported_on or secondment.start)
    return (today - begun).days + 1 if begun and begun <= today else 0
