"""secondments, short_visits and what hangs on them: team reports, changes, public notices."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from assignments.choices import DUTY_ALIASES
from assignments.models import (
    Activity,
    Placement,
    Programme,
    PublicNotice,
    Secondment,
    SecondmentChange,
    Teacher,
    Team,
    TeamReport,
)
from evaluations.models import Lecture, Lesson
from tests.casebook import BRIEF, Named, Record, Stay, accepted, date_cell, people_cell, sheet_of, words
from zhijiao.dates import ApproximateDate, school_year_of

if TYPE_CHECKING:
    from tests.cases import Case

LEADER = "带队领导"
# What every county knows already; a kind that is none of these is a county's own.
KNOWN_PROGRAMMES = {
    word
    for name, aliases, *_ in import_module("assignments.migrations.0002_known_everywhere").PROGRAMMES
    for word in (name, *aliases)
}
TEACHER_KEYS = {
    "sex": "sex", "birth_date": "birth_date", "ethnicity": "ethnicity", "political_status": "political_status", "phone": "phone",
    "id_number": "id_number", "education_school": "graduated_from", "major": "major", "at_school_since": "at_school_since",
    "employed_since": "employed_since", "health": "health", "family": "family",
}  # fmt: skip
SECONDMENT_KEYS = {
    "months": "months", "batch": "batch", "post_at_home": "post_at_home", "backbone": "is_backbone", "class_head_at_home": "was_class_head",
    "first_time": "is_first", "document": "dispatch_document", "dispatch_document": "dispatch_document", "dispatched_on": "dispatched_on",
    "reported_on": "reported_on", "agreement_signed_on": "agreement_signed_on", "ended_on": "ended_on", "end_reason": "end_reason",
    "months_kept": "months_kept", "state": "state", "full_time": "is_full_time",
}  # fmt: skip
PLACEMENT_KEYS = {
    "grade": "grade", "classes": "class_count", "pupils": "pupils", "students": "pupils", "weekly_periods": "weekly_periods",
    "class_head": "is_class_head", "teaching_point": "teaching_point", "lodging": "lodging", "stage": "stage",
}  # fmt: skip
DAYS = {
    "birth_date",
    "at_school_since",
    "employed_since",
    "dispatched_on",
    "reported_on",
    "agreement_signed_on",
    "ended_on",
}


def taken(record: Record, keys: dict[str, str], part: str = "") -> dict[str, Any]:
    """The columns of these keys, as far as the record has them."""
    found = {}
    for key, name in keys.items():
        if record.has(key):
            value = record.take(key)
            found[part + name] = date_cell(value) if key in DAYS else words(value) if isinstance(value, list) else value
    return found


def secondment(case: Case, record: Record) -> None:
    """支教派遣, with its teacher, programme and team."""
    sending = case.school_of(record, "from")
    receiving = case.school_of(record, "to")
    if not sending or not receiving:
        raise ValueError(f"{record.path}: a county's secondment needs from and to")
    teacher = _teacher(case, record, sending)
    swapped = record.take("swapped_with")
    duty = record.take("duty")
    duty = DUTY_ALIASES.get(str(duty), duty)
    cell, year = _stay(case, record)
    kind = programme(case, record.take("kind", "programme"))
    stay = _same_stay(case, teacher, year, kind)
    if stay is not None:
        _move(case, record, stay, receiving, cell, {**_taught(record), **taken(record, PLACEMENT_KEYS, "first__")})
        return
    team = _team(case, year, sending, receiving, teacher if duty == LEADER else None, record.take("team"))
    case.book.add(
        Secondment, teacher=teacher, sending_school=sending, first__receiving_school=receiving, school_year=year, when=cell, duty=duty,
        programme=kind,
        swapped_with=case.teacher(str(swapped), receiving) if swapped else None,
        team=team, **_taught(record), **taken(record, SECONDMENT_KEYS), **taken(record, PLACEMENT_KEYS, "first__"),
    )  # fmt: skip


def _teacher(case: Case, record: Record, school: str) -> Named:
    return case.teacher(
        str(record.required("teacher")),
        school,
        education=accepted(Teacher, "education", record.take("education"), "其他"),
        title=accepted(Teacher, "title", record.take("title"), ""),
        **taken(record, TEACHER_KEYS),
    )


def _taught(record: Record) -> dict[str, Any]:
    subject = record.take("subject")
    subjects = subject if isinstance(subject, list) else [subject] if subject else []
    subjects = [accepted(Placement, "subject", str(one), "其他") for one in subjects]
    return {"first__subject": subjects[0] if subjects else None, "first__other_subjects": words(subjects[1:])}


def _stay(case: Case, record: Record) -> tuple[Any, str]:
    """起止时间 and 学年. A stay without dates lasts its school year; of a calendar year's, that year."""
    told = record.take("school_year")
    begin, end = record.take("start", "from_date", "since"), record.take("end", "to_date", "until")
    date = [begin, end] if begin and end else record.take("date", "period") or begin
    if date is None:
        if told:
            return "", str(told)
        return case.year.undated, case.year.school_year
    cell = date_cell(date)
    when = ApproximateDate.parse(cell)
    year = str(told or case.year.of_date(when))
    if not year and when.start is not None:
        first = school_year_of(when.start) + (1 if when.start.month == 8 else 0)
        year = f"{first}-{first + 1}"
    return cell, year


def _team(case: Case, year: str, sending: str, receiving: str, leader: str | None, name: Any) -> str | None:
    """Who goes from one school to another in a year, together with a leader, is a team; others may join it later."""
    teams = case.book.of(Team)
    same = [
        team
        for team in teams
        if team["school_year"] == year
        and (team["name"] == name or (team.get("sending_school"), team.get("receiving_school")) == (sending, receiving))
    ]
    if same:
        if leader:
            same[0]["leader"] = leader
        return str(same[0]["name"])
    if not leader and not name:
        return None
    name = str(name or f"{sending}赴{receiving}支教队")
    case.book.add(Team, school_year=year, name=name, sending_school=sending, receiving_school=receiving, leader=leader)
    for row in case.book.of(Secondment):
        if (row["sending_school"], row["first.receiving_school"], row["school_year"]) == (sending, receiving, year):
            row["team"] = name
    return name


def programme(case: Case, kind: Any) -> str | None:
    """The kind; one that the product does not know beforehand is a row in the sheet of kinds."""
    if kind is None:
        return None
    kind = str(kind)
    if kind not in KNOWN_PROGRAMMES and kind not in [row["name"] for row in case.book.of(Programme)]:
        learning = any(word in kind for word in ("跟岗", "学习", "研修", "进修", "培训"))
        brief = any(word in kind for word in ("短期", "走教", "巡回"))
        direction = "跟岗学习" if learning else "短期" if brief else "支援"
        case.book.add(Programme, name=kind, direction=direction, is_full_time=not brief)
    return kind


def short_visit(case: Case, record: Record) -> None:
    """短期指导: a short secondment, and what was done there as a lesson, a lecture or an activity."""
    sending, receiving = case.school_of(record, "from"), case.school_of(record, "to")
    teacher = _teacher(case, record, sending)
    cell, year = _stay(case, record)
    subject = _taught(record)
    visit = _same_stay(case, teacher, year, BRIEF)
    if visit is None:
        visit = case.book.add(
            Secondment, teacher=teacher, sending_school=sending, first__receiving_school=receiving, programme=BRIEF, school_year=year,
            when=cell or case.year.whole, **subject, **taken(record, SECONDMENT_KEYS), **taken(record, PLACEMENT_KEYS, "first__"),
        )  # fmt: skip
    elif receiving != visit["first.receiving_school"]:
        _move(case, record, visit, receiving, cell, {**subject, **taken(record, PLACEMENT_KEYS, "first__")})
    kind, topic, count = record.take("kind"), record.take("topic", "title"), record.take("count", "lessons")
    when = {"secondment": Stay(visit), "school_year": year, "when": cell}
    if kind is None and count is None:
        return
    kind = str(kind or "公开课")
    if accepted(Lesson, "kind", kind, ""):
        case.book.add(
            Lesson, kind=kind, number=count, school=receiving, subject=subject["first__subject"], topic=topic, audience=record.take("audience"), **when
        )  # fmt: skip
    elif "讲座" in kind or "报告" in kind:
        case.book.add(Lecture, title=topic or kind, place=receiving, people=people_cell(record), **when)
    else:
        case.book.add(
            Activity, kind=kind, title=topic, when=cell, school_year=case.year.of_date(ApproximateDate.parse(cell)), school=sending,
            organiser=teacher, receiving_school=receiving, subjects=subject["first__subject"], lessons=count,
        )  # fmt: skip


def _same_stay(case: Case, teacher: Named, year: str, kind: str | None) -> dict[str, Any] | None:
    """The secondment that a teacher already has in this programme and school year: the product has one of each."""
    same = [row for row in case.secondments_of(teacher) if row["school_year"] == year and row.get("programme") == kind]
    return next((row for row in same if row["teacher"].school == teacher.school), None)


def _move(case: Case, record: Record, stay: dict[str, Any], receiving: str, cell: Any, taught: dict[str, Any]) -> None:
    """换岗记录: the next school of the same secondment."""
    when = ApproximateDate.parse(cell)
    if when.start is None or when.precision not in ("day", "range", "month"):
        raise ValueError(
            f"{record.path}: {stay['teacher']} has such a secondment in {stay['school_year']} already; a second school needs its dates"
        )
    earlier = [row for row in case.book.of(Placement) if row["secondment"].row is stay]
    columns = {name.removeprefix("first__"): value for name, value in taught.items()}
    known = {column.field for column in sheet_of(Placement).columns}
    case.book.add(
        Placement, secondment=Stay(stay), order=len(earlier) + 2, receiving_school=receiving, start=f"{when.start}", end=f"{when.end}",
        **{name: value for name, value in columns.items() if name in known},
    )  # fmt: skip


def team_report(case: Case, record: Record) -> None:
    """带队汇报."""
    heard_by = str(record.take("to", "heard_by") or "")
    school = heard_by if heard_by in case.schools else case.school_of(record)
    case.book.add(
        TeamReport, reporter=case.teacher(str(record.required("by", "teacher"))), school=school,
        heard_by="" if heard_by == school else heard_by, content=record.take("content", "topic", "text"), **case.when(record),
    )  # fmt: skip


def change(case: Case, record: Record) -> None:
    """派遣变更."""
    columns = case.seconded(record)
    reason = record.take("reason")
    known = accepted(SecondmentChange, "reason", reason, "其他") if reason else None
    case.book.add(
        SecondmentChange, kind=record.required("kind"), reason=known, detail=record.take("text", "detail") or (reason if known != reason else None),
        before=record.take("before"), after=record.take("after"), document=record.take("document"), **columns,
    )  # fmt: skip


def public_notice(case: Case, record: Record) -> None:
    """公示."""
    case.book.add(
        PublicNotice, title=record.required("title"), school=case.school_of(record), working_days=record.take("working_days", "days"),
        objections=record.take("objections"), outcome=record.take("outcome", "resolution"), **case.when(record),
    )  # fmt: skip


KINDS = {
    "secondments": secondment,
    "short_visits": short_visit,
    "team_reports": team_report,
    "changes": change,
    "public_notices": public_notice,
}
