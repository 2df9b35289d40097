"""Who is told of what about reports: the schools that theirs is asked for, sent back or accepted; the bureau that one came."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.urls import reverse

from assignments.models import School
from assignments.periods import Period
from assignments.telling import officers_of, people_of_schools
from reports.living.eyes import asked_of_bureau
from reports.models import Report, ReportCall, ReportState
from zhijiao.dates import told
from zhijiao.notices.kinds import Kind, Placeholder
from zhijiao.notices.sending import notify
from zhijiao.working_days import add_working_days

NEAR = 3  # working days before the last day
_YEAR = Placeholder("year", "学年", "2024—2025学年")
_DAY = Placeholder("day", "日期", "2025年7月5日")
_SCHOOL = Placeholder("school", "学校", "松岭乡中心小学")

KINDS = (
    Kind(
        "report_called", "要求上报总结", "局里要求各校上报工作总结，或者改了期限时，发给有支教工作的学校",
        "{日期}前上报{学年}支教工作总结", "系统已经能按记录写好第一稿，改一改就能上报。{要求}",
        (_YEAR, _DAY, Placeholder("note", "要求", "请写明困难和建议。")),
    ),
    Kind(
        "report_near", "总结快到期", "上报期限前三个工作日，发给还没有上报的学校",
        "{日期}前上报{学年}支教工作总结", "还没有收到贵校{学年}的总结，{日期}截止。", (_YEAR, _DAY),
    ),
    Kind(
        "report_handed_in", "学校上报总结", "学校上报工作总结时，发给支教专干", "{学校}上报了{学年}总结", "{学校}的{学年}支教工作总结报上来了，请审阅。",
        (_SCHOOL, _YEAR),
    ),
    Kind(
        "report_returned", "总结退回", "局里退回学校的总结时，发给学校", "{学年}总结要改", "教育局退回了贵校的{学年}支教工作总结：{理由}",
        (_YEAR, Placeholder("reason", "理由", "请补写困难和建议")),
    ),
    Kind(
        "report_accepted", "总结采用", "局里采用学校的总结时，发给学校", "{学年}总结已采用", "教育局采用了贵校的{学年}支教工作总结。", (_YEAR,),
    ),
)  # fmt: skip


def schools_with_work(county: Any, period: Any) -> list[int]:
    """Schools of the county that sent or received somebody in the period."""
    rows = asked_of_bureau(county, period).secondments()
    sent = rows.order_by().values("sending_school")
    received = rows.order_by().values("placements__receiving_school")
    known = School.objects.filter(county=county, is_outside_county=False, closed_on=None)
    return list(
        (known.filter(pk__in=sent) | known.filter(pk__in=received)).order_by("name").values_list("pk", flat=True)
    )


def tell_of_call(call: ReportCall, schools: list[int]) -> int:
    return _tell(
        call, schools, "report_called", f"call:{call.pk}:{call.due_on}:{hash_of(call.note)}", {"note": call.note}
    )


def hash_of(words: str) -> str:
    """Short and the same in every process: changed words are told again, the same are not."""
    return hashlib.sha256(words.encode()).hexdigest()[:8]


def tell_of_near(today: dt.date) -> int:
    """Schools that have not handed in, some working days before the last day."""
    told_of = 0
    for call in ReportCall.objects.filter(due_on__gte=today, due_on__lte=add_working_days(today, NEAR)):
        told_of += _tell(call, owing(call), "report_near", f"near:{call.pk}:{call.due_on}", {})
    return told_of


def owing(call: ReportCall) -> list[int]:
    """Schools with something to tell that have not handed in."""
    done = (ReportState.HANDED_IN, ReportState.ACCEPTED)
    handed = set(
        Report.objects.filter(county=call.county_id, period=call.period, state__in=done).values_list(
            "school", flat=True
        )
    )
    return [pk for pk in schools_with_work(call.county, Period.parse(call.period)) if pk not in handed]


def _tell(call: ReportCall, schools: list[int], kind: str, key: str, more: dict[str, str]) -> int:
    values = {"year": Period.parse(call.period).title, "day": told(call.due_on), **more}
    people = [one for some in people_of_schools(schools).values() for one in some]
    url = f"{reverse('reports:index')}?period={call.period}"
    return notify(list(dict.fromkeys(people)), kind, values, url, key, county=call.county_id)


def tell_of_handed_in(report: Report, *, by: Any) -> None:
    people = [one for one in officers_of(report.county_id) if one.pk != by.pk]
    values = {"school": str(report.school), "year": report.asked_period.title}
    notify(people, "report_handed_in", values, _address(report), county=report.county_id)


def tell_of_decision(report: Report, kind: str, *, by: Any) -> None:
    values = {"year": report.asked_period.title}
    if kind == "report_returned":
        values["reason"] = report.returned_reason
    if report.school_id is None:
        return
    people = [one for one in people_of_schools([report.school_id]).get(report.school_id, []) if one.pk != by.pk]
    notify(people, kind, values, _address(report), county=report.county_id)


def _address(report: Report) -> str:
    return reverse("reports:living", args=[report.pk])
