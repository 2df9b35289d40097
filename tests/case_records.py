"""How the work is led and how the teachers are looked after: organisation, documents, meetings, training, care."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assignments.models import (
    Allocation,
    CondolenceVisit,
    Demand,
    Difficulty,
    Incentive,
    LeadingGroup,
    Meeting,
    OutlookItem,
    Pairing,
    PolicyDocument,
    Provision,
    Training,
    YearFacts,
)
from tests.casebook import Record, accepted, date_cell, listed, people_cell, words

if TYPE_CHECKING:
    from tests.cases import Case

EVERY = {
    "day": "每天",
    "week": "每周",
    "fortnight": "每两周",
    "two weeks": "每两周",
    "month": "每月",
    "term": "每学期",
    "year": "每学年",
}


def organisation(case: Case, record: Record | str) -> None:
    """组织领导: the group and what it saw to, one row for a school."""
    told = Record("records.organisation", {"name": record}) if isinstance(record, str) else record
    offices = told.take("offices", "responsible_offices")
    columns: dict[str, Any] = {
        "school": case.school_of(told),
        "name": told.take("name"),
        "head": words(told.take("head", "leader", "led_by")),
        "members": words(told.take("members")),
        "offices_named": told.take("responsible_offices_named", "offices_named"),
        "offices": words(offices),
        "in_place": words(told.take("three_in_place", "in_place")),
        "priorities": words(told.take("priorities", "two_priorities")),
        **case.when(told),
    }
    given = {name: value for name, value in columns.items() if value not in (None, "")}
    for row in case.book.of(LeadingGroup):
        same = all(row.get(name) == given.get(name) for name in ("school", "school_year", "when"))
        if same and not ("name" in row and "name" in given):
            row.update(given)
            return
    case.book.add(LeadingGroup, **given)


def policy(case: Case, record: Record | str) -> None:
    """政策文件."""
    told = Record("records.policies", {"title": record}) if isinstance(record, str) else record
    case.book.add(
        PolicyDocument, title=str(told.required("title")).strip("《》"), number=told.take("document", "number"), issuer=told.take("issuer", "by"),
        school=case.school_of(told), **case.when(told),
    )  # fmt: skip


def meeting(case: Case, record: Record) -> None:
    """会议."""
    attendees = [*listed(record.take("attendees")), *listed(record.take("guests"))]
    case.book.add(
        Meeting, kind=record.take("kind", default="专题会议"), topic=words(record.take("topic", "title", "topics")), school=case.school_of(record),
        attendees=words(attendees), people=people_cell(record), resolution="；".join(listed(record.take("resolution", "resolutions"))),
        chair=record.take("chair", "led_by", "by"), **case.when(record),
    )  # fmt: skip


def training(case: Case, record: Record) -> None:
    """培训: once, or every so often from a day to a day."""
    every = record.take("every", "frequency")
    begin, end = record.take("from"), record.take("to")
    if begin or end:
        told = Record(
            record.path,
            {"date": [begin, end] if begin and end else begin or end, "school_year": record.take("school_year")},
        )
        when = case.when(told)
    else:
        when = case.when(record)
    case.book.add(
        Training, kind=record.take("kind", default="专题培训"), topic=words(record.take("topic", "title")), school=case.school_of(record),
        speaker=words(record.take("speaker", "speakers", "by")), audience=words(record.take("audience", "attendees")), people=people_cell(record),
        frequency=EVERY.get(str(every), every), sessions=record.take("sessions", "count"), **when,
    )  # fmt: skip


def support(case: Case, record: Record) -> None:
    """后勤保障."""
    case.book.add(
        Provision, school_year=case.school_year_of(record), school=case.school_of(record), items=words(record.take("items", "provides")),
        rooms=record.take("rooms"), insured=record.take("insured"), spent=record.take("cash_yuan", "spent_yuan", "spent"),
        person_in_charge=record.take("by", "person_in_charge", "led_by"),
    )  # fmt: skip


def condolence_visit(case: Case, record: Record) -> None:
    """走访慰问: by the perspective's school, or by another one that is named."""
    by = words(record.take("by", "visitors", "led_by"))
    visiting = case.school(by) if by in case.schools else case.school_of(record)
    to = record.take("to") or (case.own if case.receives and visiting != case.own else None)
    case.book.add(
        CondolenceVisit, occasion=record.required("occasion"), visiting_school=visiting, visited_school=case.school(str(to)) if to else None,
        visitors="" if by == visiting else by, gifts=words(record.take("gifts", "items")), amount=record.take("cash_yuan", "amount"),
        visited=people_cell(record, "visited") or people_cell(record), **case.when(record),
    )  # fmt: skip


def difficulty(case: Case, record: Record) -> None:
    """困难诉求, one row for each who raised it."""
    raised = listed(record.required("raised_by", "teacher"))
    when = case.when(record, "raised_on", "date")
    columns = {
        "category": accepted(Difficulty, "category", record.take("category", "kind"), "其他"),
        "text": record.required("text"),
        "owner": words(record.take("handled_by", "by")),
        "due_on": date_cell(record.take("due_on")),
        "resolution": record.take("resolution"),
        "resolved_on": date_cell(record.take("resolved_on")),
    }
    for name in raised:
        case.book.add(Difficulty, teacher=case.teacher(name), **when, **columns)


def incentive(case: Case, record: Record | str) -> None:
    """激励措施."""
    told = Record("records.incentives", {"measure": record}) if isinstance(record, str) else record
    case.book.add(
        Incentive, school_year=case.school_year_of(told), school=case.school_of(told), measure=told.required("measure", "text", "title"),
        basis=told.take("basis", "document"),
    )  # fmt: skip
    if isinstance(record, str):
        told.done()


def outlook(kind: str) -> Any:
    """存在问题, or 下一步打算."""

    def write(case: Case, record: Record | str) -> None:
        told = Record("records.outlook", {"text": record}) if isinstance(record, str) else record
        case.book.add(
            OutlookItem, school_year=case.school_year_of(told), school=case.school_of(told), kind=kind, text=told.required("text", "problem"),
            measure=told.take("measure", "resolution"),
        )  # fmt: skip

    return write


def pairing(case: Case, record: Record) -> None:
    """学校结对. Its period may be a start and an end."""
    own = case.own
    supporting = (
        case.school_of(record, "from", "supporting") if record.has("from", "supporting") or not case.receives else own
    )
    to = record.take("to", "with", "supported")
    supported = case.school(str(to)) if to else own
    if supporting == supported:
        raise ValueError(f"{record.path}: a pairing needs two schools")
    case.book.add(
        Pairing, supporting_school=supporting, supported_school=supported, agreement=record.take("agreement", "title"),
        signed_on=date_cell(record.take("signed_on")), goal=record.take("goal"), visits_a_term=record.take("visits_a_term"), **case.when(record),
    )  # fmt: skip


def demand(case: Case, record: Record) -> None:
    """岗位需求."""
    case.book.add(
        Demand, school_year=case.school_year_of(record), school=case.school_of(record), stage=record.take("stage"),
        subject=accepted(Demand, "subject", record.required("subject"), "其他"), number=record.required("count", "people", "number"),
        requirement=record.take("requirement"),
    )  # fmt: skip


def allocation(case: Case, record: Record) -> None:
    """选派计划."""
    to = record.take("to")
    case.book.add(
        Allocation, school_year=case.school_year_of(record), sending_school=case.school_of(record, "from", "school"),
        receiving_school=case.school(str(to)) if to else None, subject=accepted(Allocation, "subject", record.take("subject"), "其他"),
        number=record.required("count", "people", "number"), document=record.take("document"),
    )  # fmt: skip


def year_facts(case: Case, record: Record) -> None:
    """年度基本情况: of a school, or of the whole county."""
    case.book.add(
        YearFacts, school_year=case.school_year_of(record), school=case.school_of(record), teachers=record.take("teachers"),
        eligible=record.take("eligible", "eligible_teachers"), backbone=record.take("backbone", "backbone_teachers"),
        pupils=record.take("pupils", "students"), classes=record.take("classes"), average_periods=record.take("average_periods"),
    )  # fmt: skip


KINDS = {
    "year_facts": year_facts,
    "organisation": organisation,
    "responsibility": organisation,
    "policies": policy,
    "meetings": meeting,
    "pairings": pairing,
    "demands": demand,
    "allocations": allocation,
    "training": training,
    "support": support,
    "condolence_visits": condolence_visit,
    "difficulties": difficulty,
    "incentives": incentive,
    "problems": outlook("存在问题"),
    "next_steps": outlook("下一步打算"),
}
