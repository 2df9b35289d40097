"""What waits at home about reports: to write and hand in one, to mend one, to look at those that came."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import DateField, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import TruncDate

from assignments import waiting
from assignments.models import School, Secondment
from assignments.waiting import Desk, lines
from reports.models import Report, ReportCall, ReportState

TASKS = (
    waiting.Kind(
        "report_to_review", "审阅{name}的工作总结", "审阅 {number} 所学校的工作总结",
        page="reports:living", listed="reports:index", verb="去审阅",
    ),
    waiting.Kind(
        "report_returned", "改好退回的工作总结", "改好 {number} 份退回的工作总结", page="reports:living_edit", listed="reports:index", verb="去修改",
    ),
    waiting.Kind(
        "report_to_begin", "起草并上报工作总结", "起草并上报 {number} 份工作总结", page="", listed="reports:index", verb="去起草",
    ),
    waiting.Kind(
        "report_to_hand_in", "上报工作总结", "上报 {number} 份工作总结", page="reports:living_edit", listed="reports:index", verb="继续写",
    ),
)  # fmt: skip


def reports(desk: Desk) -> Iterator[QuerySet[Any]]:
    due = ReportCall.objects.filter(county=OuterRef("county"), period=OuterRef("period")).values("due_on")[:1]
    if desk.is_bureau and desk.may("report.accept"):
        rows = desk.of_bureau(Report).filter(state=ReportState.HANDED_IN, school__isnull=False)
        yield lines(rows, "report_to_review", name="school__name", since=TruncDate("handed_in_at"))
    if desk.is_school and desk.may("report.hand_in"):
        own = desk.seen(Report).filter(school__in=desk.access.schools)
        dated = own.annotate(call_due=Subquery(due, output_field=DateField()))
        returned = dated.filter(state=ReportState.RETURNED)
        yield lines(returned, "report_returned", name="school__name", due=F("call_due"), since=TruncDate("decided_at"))
        writing = dated.filter(state=ReportState.DRAFT, call_due__isnull=False)
        yield lines(writing, "report_to_hand_in", name="school__name", due=F("call_due"))
        yield lines(_to_begin(desk), "report_to_begin", name="name", due=F("call_due"))


def _to_begin(desk: Desk) -> QuerySet[Any]:
    """Own schools that were asked for a report of a year in which they sent or received somebody, and have begun none."""
    call = ReportCall.objects.filter(county=OuterRef("county"), due_on__gte=desk.today - waiting.LATELY).order_by(
        "-period"
    )
    rows = School.objects.filter(pk__in=desk.access.schools, closed_on=None).annotate(
        call_period=Subquery(call.values("period")[:1]),
        call_due=Subquery(call.values("due_on")[:1], output_field=DateField()),
    )
    went = Secondment.objects.serving().filter(school_year__code=OuterRef("call_period"))
    known = Report.objects.filter(school=OuterRef("pk"), period=OuterRef("call_period"))
    found: QuerySet[Any] = rows.filter(
        Exists(went.filter(sending_school=OuterRef("pk"))) | Exists(went.filter(placements__receiving_school=OuterRef("pk"))),
        ~Exists(known), call_period__isnull=False,
    )  # fmt: skip
    return found


def connect() -> None:
    waiting.register(reports, *TASKS)
