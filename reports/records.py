"""The records behind a figure as a table: for each kind of record the columns worth reading."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet

from assignments.access import within
from assignments.allowances import payments_seen_by
from assignments.choices import DifficultyCategory
from assignments.models import (
    Activity,
    AllowancePayment,
    AttendanceMonth,
    CondolenceVisit,
    Demand,
    Difficulty,
    Donation,
    Incentive,
    LeadingGroup,
    Leave,
    Meeting,
    Pairing,
    Placement,
    PolicyDocument,
    Provision,
    Secondment,
    SecondmentChange,
    Teacher,
    TeamReport,
    Training,
)
from evaluations.models import (
    Appraisal,
    Briefing,
    Deed,
    Feedback,
    Finding,
    Honour,
    Inspection,
    Lecture,
    Lesson,
    Mentorship,
    QuestionnaireCount,
    RecordsReview,
    ReviewedItem,
    Survey,
    WorkRecord,
)
from reports.annual_report.year import placement
from zhijiao.detail import Col


def _school(row: Secondment) -> Any:
    first = placement(row)
    return first.receiving_school if first else None


def _subject(row: Secondment) -> str:
    first = placement(row)
    return (first.subject if first else "") or row.teacher.subject


def _difficulty(row: Difficulty) -> str:
    """As in the report: nothing is told of somebody's health."""
    return "" if row.category == DifficultyCategory.HEALTH else row.text


_OF = (Col("secondment.teacher", "教师"), Col("secondment.sending_school", "派出学校"))
_IN = (Col("inspection.school", "受检学校"), Col("inspection.when", "检查日期"))


def _said(name: str) -> Any:
    """Only of rows that a figure of satisfaction is made of: those of enough answers."""
    return lambda row: getattr(row, name) if getattr(row, "is_tellable", False) else None


COLUMNS: dict[type[Model], tuple[Col, ...]] = {
    Secondment: (
        Col("teacher", "教师"), Col("sending_school"), Col(_school, "受援学校"), Col(_subject, "学科"), Col("programme"), Col("duty"),
        Col("period_told", "起止"), Col("is_backbone"), Col("was_class_head"), Col("teacher.education"), Col("teacher.title"), Col("state"),
    ),
    Placement: (Col("secondment.teacher", "教师"), Col("receiving_school"), Col("subject"), Col("grade"), Col("class_count"), Col("weekly_periods"), Col("pupils"), Col("is_class_head")),
    Teacher: (Col("name"), Col("school"), Col("subject"), Col("title"), Col("education"), Col("at_school_since")),
    SecondmentChange: (*_OF, Col("kind"), Col("when"), Col("before"), Col("after"), Col("document")),
    Demand: (Col("school"), Col("subject"), Col("number"), Col("requirement")),
    Pairing: (Col("supporting_school"), Col("supported_school"), Col("agreement"), Col("signed_on")),
    LeadingGroup: (Col("name"), Col("school"), Col("head"), Col("members"), Col("offices")),
    PolicyDocument: (Col("title"), Col("number"), Col("issuer"), Col("when")),
    Meeting: (Col("kind"), Col("when"), Col("school"), Col("topic"), Col("attendees"), Col("people", "人数"), Col("resolution")),
    Training: (Col("kind"), Col("topic"), Col("when"), Col("school"), Col("speaker"), Col("sessions")),
    TeamReport: (Col("reporter"), Col("when"), Col("school"), Col("heard_by"), Col("content")),
    Incentive: (Col("measure"), Col("basis"), Col("school")),
    Provision: (Col("school"), Col("items"), Col("rooms"), Col("insured"), Col("spent"), Col("person_in_charge")),
    CondolenceVisit: (Col("occasion"), Col("when"), Col("visiting_school"), Col("visited_school"), Col("visited", "慰问人数"), Col("gifts"), Col("amount")),
    Difficulty: (Col("category"), Col("when"), Col(_difficulty, "困难内容"), Col("owner"), Col("resolution"), Col("resolved_on")),
    AllowancePayment: (*_OF, Col("month"), Col("standard"), Col("months_due"), Col("deduction"), Col("amount"), Col("source")),
    AttendanceMonth: (*_OF, Col("month"), Col("due"), Col("present"), Col("absent"), Col("confirmed_on")),
    Leave: (*_OF, Col("start"), Col("end"), Col("days")),  # the kind tells of somebody's health
    Activity: (Col("kind"), Col("title"), Col("when"), Col("school"), Col("organiser"), Col("recipient", "受援单位"), Col("people", "人数"), Col("subjects"), Col("lessons"), Col("received")),
    Donation: (
        Col("when"), Col("campaign"), Col("donor_school"), Col("donor"), Col("recipient", "受赠方"), Col("kind"), Col("item"), Col("quantity", "数量"),
        Col("unit"), Col("amount"),
    ),
    WorkRecord: (*_OF, Col("category"), Col("number"), Col("unit", "单位"), Col("title")),
    Lesson: (*_OF, Col("kind"), Col("number"), Col("subject"), Col("topic"), Col("when")),
    Lecture: (*_OF, Col("title"), Col("when"), Col("place"), Col("people", "人数")),
    Mentorship: (*_OF, Col("apprentice", "徒弟"), Col("subject"), Col("outcome")),
    Inspection: (Col("school"), Col("when"), Col("leader"), Col("inspectors"), Col("conclusion"), Col("state")),
    Briefing: (*_IN, Col("heard"), Col("topics"), Col("private_interviews")),
    RecordsReview: (*_IN, Col("place"), Col("impression")),
    ReviewedItem: (*_IN, Col("category"), Col("number"), Col("missing"), Col("quality")),
    Survey: (*_IN, Col("home_visits"), Col("interviewers")),
    QuestionnaireCount: (*_IN, Col("respondents"), Col("issued"), Col("returned"), Col("valid"), Col(_said("satisfied"), "满意"), Col(_said("fairly_satisfied"), "基本满意")),
    Feedback: (*_IN, Col("recipients"), Col("points"), Col("day", "反馈日期"), Col("document")),
    Finding: (*_IN, Col("kind"), Col("text"), Col("due_on"), Col("done"), Col("done_on")),
    Appraisal: (*_OF, Col("kind"), Col("when"), Col("score"), Col("grade"), Col("document")),
    Honour: (Col("recipient_name", "获奖者"), Col("title"), Col("level"), Col("issuer"), Col("document"), Col("when")),
    Deed: (Col("teacher"), Col("school"), Col("text"), Col("told_in")),
}  # fmt: skip
_RELATED: dict[type[Model], tuple[str, ...]] = {
    Secondment: ("teacher", "sending_school", "programme"),
    Placement: ("secondment__teacher", "receiving_school"),
    Teacher: ("school",),
    Demand: ("school",),
    Pairing: ("supporting_school", "supported_school"),
    TeamReport: ("reporter", "school"),
    CondolenceVisit: ("visiting_school", "visited_school"),
    Activity: ("school", "receiving_school"),
    Donation: ("donor_school", "receiving_school"),
    Inspection: ("school",),
    Mentorship: ("secondment__teacher", "secondment__sending_school", "apprentice"),
    Honour: ("teacher", "school"),
    Deed: ("teacher", "school"),
}


def with_related(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows with what their columns read, so that a page costs the same queries whatever its length."""
    model = rows.model
    if model in _RELATED:
        rows = rows.select_related(*_RELATED[model])
    else:
        names = {field.name for field in model._meta.get_fields()}
        paths = {"school": "school", "secondment": "secondment__teacher", "inspection": "inspection__school"}
        rows = rows.select_related(*(path for name, path in paths.items() if name in names))
        if "secondment" in names:
            rows = rows.select_related("secondment__teacher", "secondment__sending_school")
    return rows.prefetch_related("placements__receiving_school") if model is Secondment else rows


_READ_WITH: dict[type[Model], str] = {
    AttendanceMonth: "attendance.view", Leave: "leave.view", Difficulty: "difficulty.view",
}  # fmt: skip


def readable(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Those of the records behind a figure that the person may read one by one: the number is for more people than they."""
    if rows.model is AllowancePayment:
        return rows.filter(pk__in=payments_seen_by(user).values("pk"))
    action = _READ_WITH.get(rows.model)
    return rows.filter(pk__in=within(rows.model._default_manager.all(), user, action).values("pk")) if action else rows


def columns_of(model: type[Model]) -> tuple[Col, ...]:
    return COLUMNS.get(model, (Col(str, str(model._meta.verbose_name)),))
