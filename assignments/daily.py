"""What dates do by themselves in this app: the steps of `manage.py run_daily`.

Every notice has a key, every reminder its day, every step of a secondment its own table: twice a day, or in two
processes at once, has the effect of once.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q
from django.urls import reverse

from assignments import care, owing
from assignments.choices import ObjectionState
from assignments.choices import SecondmentState as State
from assignments.models import (
    Allocation,
    Difficulty,
    District,
    Exemption,
    Membership,
    Placement,
    PublicNotice,
    Secondment,
    YearSchedule,
)
from assignments.owing import Asking, day_told, remind
from assignments.pinyin import fill_missing
from assignments.telling import accounts_of, last_school, officers_of, page_of, people_of_schools
from assignments.workflow import Refused, perform
from zhijiao import daily
from zhijiao.notices.sending import notify

CAUGHT_UP = dt.timedelta(days=14)  # what the run of a day missed is still told so much later, and older things are not


def register() -> None:
    """Makes the steps known. Called while Django starts."""
    daily.register("转为逾期未报到", report_overdue)
    daily.register("公示期满，告诉派出学校", tell_notices_over)
    daily.register("个人申报快截止", tell_application_deadlines)
    daily.register("支教期满，告诉专干和受援学校", tell_terms_over)
    daily.register("提醒还没有交的学校", remind_of_what_is_owed)
    daily.register("困难诉求过期限", tell_late_difficulties)
    daily.register("暂缓交流快到期", tell_exemptions_ending)
    daily.register("任职、代理快到期", tell_roles_ending)
    daily.register("补上缺的拼音", lambda today: fill_missing())


def report_overdue(today: dt.date) -> int:
    """Who was dispatched and was not confirmed in time; whether it is time, the workflow decides."""
    done = 0
    rows = Secondment.objects.filter(state=State.DISPATCHED, start__lt=today).order_by("pk")
    for pk in list(rows.values_list("pk", flat=True)):
        try:
            perform("report_overdue", pk, by=None)
            done += 1
        except Refused:  # there is still time, or somebody was quicker
            continue
    return done


def tell_notices_over(today: dt.date) -> int:
    """The day after a public notice: its school may send the names on, unless an objection is open."""
    ready = Secondment.objects.filter(state=State.RECOMMENDED)
    rows = (
        PublicNotice.objects.filter(end__lt=today, end__gte=today - CAUGHT_UP, school__isnull=False)
        .filter(secondments__state=State.RECOMMENDED)
        .exclude(objections_received__state=ObjectionState.OPEN)
        .prefetch_related(Prefetch("secondments", ready, to_attr="ready"))
        .distinct()
    )
    people = people_of_schools([notice.school_id for notice in rows])
    return sum(
        notify(
            people.get(notice.school_id, []),
            "notice_over",
            {"notice": notice.title, "number": len(notice.ready)},
            reverse("home"),
            f"{notice.pk}:{notice.end:%Y%m%d}",
            county=notice.county_id,
        )
        for notice in rows
    )


def tell_terms_over(today: dt.date) -> int:
    """Who reached the last day: appraise and end the secondment."""
    rows = (
        Secondment.objects.filter(state=State.ON_POST, end__lte=today, end__gte=today - CAUGHT_UP)
        .select_related("teacher")
        .prefetch_related(Prefetch("placements", Placement.objects.select_related("receiving_school")))
        .order_by("pk")
    )
    found = [(row, last_school(row)) for row in rows]
    people = people_of_schools({school.pk for _, school in found if school})
    officers = _officers({row.county_id for row, _ in found})
    return sum(
        notify(
            [*officers[row.county_id], *(people.get(school.pk, []) if school else [])],
            "term_over",
            {"teacher": row.teacher.name, "school": school or "受援学校", "period": row.period_told},
            page_of(row),
            f"{row.pk}:{row.end:%Y%m%d}",
            county=row.county_id,
        )
        for row, school in found
    )


def tell_application_deadlines(today: dt.date) -> int:
    """Some days before the last day of application, once for each such day: the sending schools, and whoever began a draft."""
    soon = today + dt.timedelta(days=settings.DEADLINE_TOLD_DAYS)
    rows = YearSchedule.objects.filter(applications_until__gte=today, applications_until__lte=soon)
    return sum(_tell_application_deadline(one) for one in rows.select_related("school_year").order_by("pk"))


def _tell_application_deadline(schedule: YearSchedule) -> int:
    of_year = {"county": schedule.county_id, "school_year": schedule.school_year}
    begun = list(Secondment.objects.filter(state__in=(State.DRAFT, State.SENT_BACK), **of_year).order_by("pk"))
    senders = set(Allocation.objects.filter(**of_year).values_list("sending_school", flat=True))
    schools = people_of_schools(senders | {row.sending_school_id for row in begun})
    values = {"year": schedule.school_year.title, "deadline": day_told(schedule.applications_until)}
    key = f"{schedule.pk}:{schedule.applications_until:%Y%m%d}"
    page = f"{reverse('assignments:secondment_list')}?year={schedule.school_year.code}"

    def tell(people: list[Any], url: str) -> int:
        return notify(people, "application_deadline", values, url, key, county=schedule.county_id)

    told = tell([one for people in schools.values() for one in people], page)
    accounts = accounts_of([row.teacher_id for row in begun])
    return told + sum(tell(accounts[row.teacher_id], page_of(row)) for row in begun if row.teacher_id in accounts)


def remind_of_what_is_owed(today: dt.date) -> int:
    """Once for each thing that is due soon, of those whom nobody reminded of it yet."""
    done = 0
    for county in District.objects.counties().order_by("pk"):
        for one in owing.owed(Asking(county, today)):
            if (
                one.remind_from is None
                or today < one.remind_from
                or (one.due and today > one.due + owing.AFTER_DEADLINE)
            ):
                continue
            untold = tuple(party for party in one.missing if not party.times)
            if untold:
                done += remind(replace(one, missing=untold), by=None, county=county, today=today)
    return done


def tell_late_difficulties(today: dt.date) -> int:
    """Its owner and the bureau's officer, once for each deadline."""
    rows = (
        Difficulty.objects.open()
        .filter(due_on__lt=today, due_on__gte=today - CAUGHT_UP)
        .select_related("teacher", "owner_user")
        .order_by("pk")
    )
    officers = _officers({row.county_id for row in rows})
    return sum(
        notify(
            [row.owner_user, *officers[row.county_id]],
            "difficulty_late",
            {"teacher": row.teacher.name, "text": care.told_briefly(row), "deadline": day_told(row.due_on)},
            reverse("assignments:difficulty_detail", args=[row.pk]),
            f"{row.pk}:{row.due_on:%Y%m%d}",
            county=row.county_id,
        )
        for row in rows
    )


def tell_exemptions_ending(today: dt.date) -> int:
    """A month before: the teacher's school and the bureau's officer. Why somebody is exempt is not for a message."""
    rows = (
        Exemption.objects.filter(end__gte=today, end__lte=today + dt.timedelta(days=settings.ENDING_TOLD_DAYS))
        .select_related("teacher")
        .order_by("pk")
    )
    people = people_of_schools({row.teacher.school_id for row in rows if row.teacher.school_id})
    officers = _officers({row.county_id for row in rows})
    return sum(
        notify(
            [*people.get(row.teacher.school_id or 0, []), *officers[row.county_id]],
            "exemption_ending",
            {"teacher": row.teacher.name, "deadline": day_told(row.end)},
            reverse("assignments:teacher_detail", args=[row.teacher_id]),
            f"{row.pk}:{row.end:%Y%m%d}",
            county=row.county_id,
        )
        for row in rows
    )


def tell_roles_ending(today: dt.date) -> int:
    """Whose role, or loan of one, ends within some days; of a loan also whose role it is."""
    soon = today + dt.timedelta(days=settings.DEADLINE_TOLD_DAYS)
    rows = (
        Membership.objects.current(today)
        .filter(Q(end__gte=today, end__lte=soon))
        .select_related("user", "school", "district", "teacher__school", "deputy_for__user")
        .order_by("pk")
    )
    return sum(
        notify(
            [row.user, row.deputy_for.user if row.deputy_for else None],
            "role_ending",
            {"name": row.user.name, "role": _role_told(row), "deadline": day_told(row.end)},
            reverse("home"),
            f"{row.pk}:{row.end:%Y%m%d}",
            county=_county_of(row),
        )
        for row in rows
    )


def _role_told(row: Membership) -> str:
    kind = "（代理）" if row.deputy_for_id else ""
    return f"{row.place or ''}{row.get_role_display()}{kind}"


def _county_of(row: Membership) -> int | None:
    place = row.school or row.teacher
    return place.county_id if place else row.district_id


def _officers(counties: set[int]) -> dict[int, list[Any]]:
    return defaultdict(list, {county: officers_of(county) for county in counties})
