"""The home page: of the bureau, of a school, of a teacher."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from assignments.choices import SCHOOL_ROLES
from assignments.choices import SecondmentState as State
from assignments.models import District, School, Secondment
from assignments.permissions import may_import, may_see_county
from assignments.views.badges import state_badge
from assignments.views.reading import Reading
from reports import figures, home
from reports.figures import Asked, Viewpoint
from zhijiao.detail import Col
from zhijiao.workbook.models import ImportRun

FEW = 6


def home_page(request: HttpRequest) -> HttpResponse:
    """Each sees what is theirs; who has no role is told so."""
    if may_see_county(request.user):
        county = District.objects.visible_to(request.user).counties().order_by("pk").first()
        return _of_bureau(request, county) if county else _empty(request)
    reading = Reading(request)
    if reading.access.schools:
        return _of_school(reading)
    if reading.access.teachers:
        return _of_teacher(reading)
    return render(request, "home/empty.html", {"has_role": False})


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
    reading = Reading(request)
    asked = Asked(reading.period, Viewpoint(county, user=request.user))
    seconded = figures.value("seconded", asked)
    context = _common(reading)
    if not seconded.value and not context["on_post"] and not Secondment.objects.visible_to(request.user).exists():
        return _empty(request)
    context |= {
        "county": county,
        "seconded": seconded,
        "seconded_url": home.figure_address(seconded),
        "goals": home.goals(county, asked),
        "keys": _keys(asked, seconded),
        "import_url": import_address(request),
        "last_import": ImportRun.objects.visible_to(request.user).settled().first()
        if may_import(request.user)
        else None,
    }
    return render(request, "home/bureau.html", context)


def _keys(asked: Asked, seconded: Any) -> list[dict[str, Any]]:
    """The numbers that a leader asks for first."""
    schools = figures.value("receiving_schools", asked)
    inspections = figures.value("inspections", asked)
    difficulties = figures.value("difficulties", asked)
    resolved = figures.value("difficulties_resolved", asked)
    return [
        _key("支教教师", seconded, "名"),
        _key("受援学校", schools, "所"),
        _key("督导检查", inspections, "次"),
        _key("困难诉求已办结", resolved, f"/ {difficulties.told} 件"),
    ]


def _key(label: str, counted: Any, after: str) -> dict[str, Any]:
    return {"label": label, "told": counted.told, "url": home.figure_address(counted), "after": after}


def _common(reading: Reading) -> dict[str, Any]:
    """What the bureau and a school both look at, each within what is theirs."""
    today = timezone.localdate()
    rows = home.on_post(reading.user, today)
    events = home.events(reading.user, today)
    irregular = home.irregular(reading.user, reading.period)
    difficulties = home.open_difficulties(reading.user)
    return {
        "today": today,
        "weekday": "一二三四五六日"[today.weekday()],
        "period": reading.period,
        "is_running": reading.period.start <= today <= reading.period.end,
        "on_post": rows,
        "week": home.week(events, today),
        "events": events[:FEW],
        "owed": home.owed(rows, today),
        "overdue": irregular[State.OVERDUE],
        "ended_early": irregular[State.ENDED_EARLY],
        "difficulties": difficulties[:FEW],
        "difficulties_more": max(0, len(difficulties) - FEW),
        "late": [row for row in difficulties if row.due_on and row.due_on < today],
        "waiting": len(difficulties) + len(irregular[State.OVERDUE]),
    }


def _of_school(reading: Reading) -> HttpResponse:
    membership = reading.user.memberships.current().filter(role__in=SCHOOL_ROLES).select_related("school").first()
    context = _common(reading)
    mine = reading.access.schools
    sent = [row for row in context["on_post"] if row.sending_school_id in mine]
    received = [row for row in context["on_post"] if _is_received(row, mine)]
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
    context = {"running": running, "secondments": table, "day": day_of(running, timezone.localdate())}
    return render(reading.request, "home/teacher.html", context)


def day_of(secondment: Any, today: dt.date) -> int:
    """Which day on post it is today; 0 where nobody counts."""
    begun = secondment and (secondment.reported_on or secondment.start)
    return (today - begun).days + 1 if begun and begun <= today else 0
