"""How it went: archive, lessons, lectures, mentorships, inspections, appraisals, honours, deeds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from assignments.models import Teacher
from evaluations.models import (
    Appraisal,
    AppraisalScore,
    BriefingPoint,
    Deed,
    Finding,
    Honour,
    Inspection,
    InspectionRound,
    Lecture,
    Lesson,
    Mentorship,
    QuestionnaireCount,
    ReviewedItem,
    WorkRecord,
)
from tests.casebook import Record, accepted, date_cell, listed, people_cell, words
from zhijiao.dates import ApproximateDate

if TYPE_CHECKING:
    from tests.cases import Case

RESPONDENTS = {
    "students": "学生", "pupils": "学生", "parents": "家长", "colleagues": "教师", "teachers": "教师", "leaders": "校领导",
}  # fmt: skip
COUNTS = ("returned", "valid", "satisfied", "fairly_satisfied", "dissatisfied")
TOGETHER = "各类对象"
FINDINGS = {"merits": "优点", "problems": "问题", "advice": "建议", "suggestions": "建议"}


def archive(case: Case, record: Record) -> None:
    """专项档案: every key in Chinese is a kind of record."""
    columns = case.seconded(record)
    record.take("date"), record.take("school_year")
    for category, number in record.items_left():
        if not re.search(r"[一-鿿]", category):
            raise ValueError(f"unknown key: {record.path}.{category}")
        if number:
            case.book.add(WorkRecord, category=category, number=number, **columns)


def lesson(case: Case, record: Record) -> None:
    """课例; 讲座 where the kind is one."""
    kind = str(record.take("kind", default="公开课"))
    if "讲座" in kind and not accepted(Lesson, "kind", kind, ""):
        lecture(case, record)
        return
    school = record.take("school", "to")
    # A kind that the product does not list is the name of a lesson of another kind.
    known = accepted(Lesson, "kind", kind, "其他课")
    topic = record.take("topic", "title") or (kind if known != kind else None)
    case.book.add(
        Lesson, kind=known, number=record.take("count", "lessons"), school=case.school(str(school)) if school else None,
        subject=accepted(Lesson, "subject", record.take("subject"), "其他"), topic=topic,
        class_name=record.take("class", "grade"), audience=record.take("audience", "people"), taught_by=record.take("taught_by"),
        score=record.take("score"), organiser=record.take("by", "organiser"), **case.seconded(record),
    )  # fmt: skip


def lecture(case: Case, record: Record) -> None:
    """讲座; several without a title are counted in the archive."""
    title, count = record.take("topic", "title"), record.take("count")
    columns = case.seconded(record)
    if title is None or (count or 1) > 1:
        case.book.add(WorkRecord, category="专题讲座", number=count or 1, title=title, **columns)
        return
    case.book.add(
        Lecture, title=title, place=record.take("place", "school", "to"), hours=record.take("hours"),
        people=record.take("audience") or people_cell(record), **columns,
    )  # fmt: skip


def mentorship(case: Case, record: Record) -> None:
    """师徒结对: a row for each apprentice, who teaches where the mentor is."""
    columns = case.seconded(record, "mentor", "teacher")
    school = record.take("school")
    at = case.school(str(school)) if school else columns["secondment"].row["first.receiving_school"]
    subject = accepted(Teacher, "subject", record.take("subject"), "其他")
    common = {
        "goal": record.take("goal"), "outcome": record.take("outcome", "text"), "agreement_signed_on": date_cell(record.take("signed_on")),
    }  # fmt: skip
    for name in listed(record.required("apprentices", "apprentice")):
        case.book.add(Mentorship, apprentice=case.teacher(name, at), subject=subject, **common, **columns)


def inspection(case: Case, record: Record) -> None:
    """督导检查: one row for the four parts, and rows for what was counted and said in each."""
    school = case.school_of(record)
    when = case.when(record)
    when["when"] = when["when"] or case.year.whole
    by = words(record.take("by", "inspected_by"))
    inspecting = by if by in case.schools else case.own if not by and case.own != school else ""
    if by and by not in case.schools and case.own:
        raise ValueError(f"{record.path}.by: {by} is no school of the case")
    name = f"{school} {ApproximateDate.parse(when['when'])}"
    lines = _Lines(case, name)
    parts = {**lines.briefing(record), **lines.review(record), **lines.survey(record), **lines.feedback(record)}
    case.book.add(
        Inspection, school=school, inspecting_school=inspecting, leader=record.take("leader", "led_by"), inspectors=words(record.take("inspectors")),
        conclusion=record.take("conclusion"), round=_round(case, record, when["school_year"]), **when, **parts,
    )  # fmt: skip


def _round(case: Case, record: Record, school_year: str) -> str | None:
    name = record.take("round")
    if name and name not in [row["name"] for row in case.book.of(InspectionRound)]:
        case.book.add(InspectionRound, name=name, school_year=school_year or case.year.school_year)
    return str(name) if name else None


class _Lines:
    """The four parts of one inspection: columns of its row, and rows of their own."""

    def __init__(self, case: Case, name: str) -> None:
        self.case, self.name = case, name

    def briefing(self, record: Record) -> dict[str, Any]:
        part = record.part("briefing")
        if part is None:
            return {}
        columns = {
            "heard": words(part.take("talked_with", "heard")), "topics": words(part.take("topics", "topic")), "place": part.take("place"),
            "day": date_cell(part.take("date", "day")), "leaders_heard": part.take("leaders"), "teachers_heard": part.take("teachers"),
            "seconded_heard": part.take("seconded_teachers", "seconded"), "private_interviews": part.take("private_interviews"),
        }  # fmt: skip
        for point in part.parts("points"):
            if isinstance(point, Record):
                self.case.book.add(
                    BriefingPoint, inspection=self.name, speaker=point.required("by", "speaker"), topic=point.take("topic"),
                    text=point.required("text"), quality=point.take("quality"),
                )  # fmt: skip
                point.done()
        part.done()
        return {f"briefing__{name}": value for name, value in columns.items()}

    def review(self, record: Record) -> dict[str, Any]:
        part = record.part("records_review")
        if part is None:
            return {}
        checked = part.part("checked")
        for category, number in checked.items_left() if checked else ():
            self.case.book.add(ReviewedItem, inspection=self.name, category=category, number=number)
        columns = {
            "day": date_cell(part.take("date", "day")), "place": part.take("place"), "impression": part.take("impression", "quality", "conclusion"),
        }  # fmt: skip
        part.done()
        return {f"records_review__{name}": value for name, value in columns.items()}

    def survey(self, record: Record) -> dict[str, Any]:
        part = record.part("questionnaires")
        if part is None:
            return {}
        columns = {
            "home_visits": part.take("home_visits"), "interviewers": words(part.take("by", "interviewers")), "day": date_cell(part.take("date", "day")),
        }  # fmt: skip
        self._count(part)
        part.done()
        return {f"survey__{name}": value for name, value in columns.items()}

    def _count(self, part: Record) -> None:
        """问卷统计: a row for each kind of people; one row for all of them where they were counted together."""
        together = {key: part.take(key) for key in COUNTS if part.has(key)}
        rows = []
        for key in (key for key in RESPONDENTS if part.has(key)):
            value = part.take(key)
            counts = Record(f"{part.path}.{key}", value if isinstance(value, dict) else {"issued": value})
            row = {
                "issued": counts.required("issued", "given_out", "sent"),
                **{name: counts.take(name) for name in COUNTS},
            }
            rows.append({"respondents": RESPONDENTS[key], **row})
            counts.done()
        if part.has("issued", "given_out"):
            rows = [{"respondents": TOGETHER, "issued": part.take("issued", "given_out")}]
        elif together and len(rows) > 1:
            rows = [{"respondents": TOGETHER, "issued": sum(int(row["issued"]) for row in rows)}]
        if together and not rows:
            raise ValueError(f"{part.path}: {', '.join(together)} of how many that were given out is not told")
        for row in rows:
            self.case.book.add(QuestionnaireCount, inspection=self.name, **{**row, **together})

    def feedback(self, record: Record) -> dict[str, Any]:
        part = record.part("feedback")
        if part is None:
            return {}
        points = part.take("points")
        columns = {
            "day": date_cell(part.take("given_on", "date", "day")), "recipients": words(part.take("to")),
            "points": len(points) if isinstance(points, list) else points, "document": part.take("document"),
            "answered_on": date_cell(part.take("answered_on")),
        }  # fmt: skip
        for text in points if isinstance(points, list) else ():
            self.case.book.add(Finding, inspection=self.name, kind="建议", text=text)
        for key, kind in FINDINGS.items():
            for point in part.parts(key):
                self._finding(kind, point)
        part.done()
        return {f"feedback__{name}": value for name, value in columns.items()}

    def _finding(self, kind: str, point: Record | str) -> None:
        told = Record("finding", {"text": point}) if isinstance(point, str) else point
        teacher = told.take("teacher")
        self.case.book.add(
            Finding, inspection=self.name, kind=kind, text=told.required("text"), teacher=self.case.teacher(str(teacher)) if teacher else None,
            due_on=date_cell(told.take("due_on")), done=told.take("done", "resolution"), done_on=date_cell(told.take("done_on", "resolved_on")),
            is_closed=told.take("closed"),
        )  # fmt: skip
        told.done()


def appraisal(case: Case, record: Record) -> None:
    """考核: a row for each teacher who has a grade, a score or both."""
    results, scores = record.take("results", "grades", default={}), record.take("scores", default={})
    criteria = record.take("criteria")
    weights = criteria if isinstance(criteria, dict) else {}
    if not isinstance(results, dict) or not isinstance(scores, dict):
        raise ValueError(f"{record.path}: results and scores lead from a teacher to a grade or a score")
    teachers = list(dict.fromkeys([*results, *scores, *listed(record.take("teachers", "teacher"))]))
    common = {
        "methods": words(record.take("methods")), "criteria": words(list(criteria or [])), "document": record.take("document"),
        "kind": accepted(Appraisal, "kind", record.take("kind", "stage"), ""),
    }  # fmt: skip
    date, year = record.take("date"), record.take("school_year")
    for name in teachers:
        told = Record(record.path, {"teacher": name, "date": date, "school_year": year})
        columns = case.seconded(told)
        if common["kind"] is None and date is not None:
            common["kind"] = "中期考核" if _is_midyear(columns["when"]) else None
        score = scores.get(name)
        parts = score if isinstance(score, dict) else {}
        case.book.add(
            Appraisal, grade=results.get(name), score=sum(parts.values()) if parts else score, **common, **columns
        )
        for item, value in parts.items():
            case.book.add(
                AppraisalScore, appraisal=columns["secondment"], item=item, maximum=weights.get(item, 100), score=value
            )


def _is_midyear(cell: Any) -> bool:
    """Nobody is appraised at the end of the service in January."""
    end = ApproximateDate.parse(cell).end
    return end is not None and end.month in (12, 1, 2)


def honour(case: Case, record: Record) -> None:
    """荣誉 of a teacher, a school, or somebody else who supported the work."""
    common = {
        "title": record.required("title"), "level": accepted(Honour, "level", record.take("level"), ""), "issuer": record.take("issuer", "by"),
        "document": record.take("document", "number"), **case.when(record),
    }  # fmt: skip
    school = record.take("school")
    for name in listed(record.take("recipient", "recipients", "teacher", "teachers", default=case.own)):
        if name in case.schools:
            case.book.add(Honour, school=name, **common)
        elif case.is_teacher(name):
            home = next(row.get("school") for key, row in case.teachers.items() if key[0] == name)
            # One from elsewhere who is honoured where the year is told is told of there.
            case.book.add(
                Honour, teacher=case.teacher(name), school=school or (case.own if case.own != home else None), **common
            )
        else:
            case.book.add(Honour, recipient=name, school=school or case.own, **common)


def deed(case: Case, record: Record) -> None:
    """典型事迹."""
    teacher, school = record.take("teacher"), record.take("school")
    case.book.add(
        Deed, teacher=case.teacher(str(teacher)) if teacher else None, school=case.school(str(school)) if school else None if teacher else case.own,
        text=record.required("text"), told_in=words(record.take("told_in", "reported_by")), **case.when(record),
    )  # fmt: skip


KINDS = {
    "lessons": lesson,
    "lectures": lecture,
    "mentorships": mentorship,
    "archive": archive,
    "inspections": inspection,
    "appraisals": appraisal,
    "honours": honour,
    "deeds": deed,
}
