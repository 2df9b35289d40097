"""What is recorded of work, inspections, appraisals and honours, on the pages of secondments, schools and teachers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch, Q

from assignments.models import School, Secondment, Teacher
from assignments.views.badges import badge
from assignments.views.reading import Reading, adds_to
from evaluations.choices import (
    PUBLISHED_GRADES,
    PUBLISHED_STATES,
    RECORD_UNITS,
    AppraisalState,
    FindingKind,
    InspectionState,
    LessonKind,
)
from evaluations.duties import Duties, archive_of, duties_of
from evaluations.models import (
    Appraisal,
    AppraisalScore,
    Deed,
    Finding,
    Honour,
    Inspection,
    Lecture,
    Lesson,
    Mentorship,
    WorkRecord,
)
from zhijiao.access import has
from zhijiao.detail import Col, Section, Table, Teller
from zhijiao.quantities import plain

LOOKS = {
    InspectionState.PLANNED: ("run", "circle"),
    InspectionState.UNDER_WAY: ("run", "record-circle-fill"),
    InspectionState.FEEDBACK: ("wait", "hourglass-split"),
    InspectionState.RECTIFYING: ("wait", "hourglass-split"),
    InspectionState.CLOSED: ("done", "archive"),
}


def inspection_badge(inspection: Inspection) -> str:
    state = InspectionState(inspection.state)
    return badge(*LOOKS[state], state.label)


@adds_to(Secondment)
def work_of_secondment(reading: Reading, secondment: Any) -> Iterator[Section]:
    user = reading.user
    records = list(secondment.work_records.visible_to(user).order_by("category", "start", "id"))
    lessons = list(secondment.lessons.visible_to(user).select_related("school"))
    lectures = list(secondment.lectures.visible_to(user))
    pairs = list(secondment.mentorships.visible_to(user).select_related("apprentice"))
    duties = duties_of(secondment.programme, archive_of(records, lessons, lectures, pairs))
    total = sum(row.number for row in records)
    yield Section(
        "work",
        "教学与专项档案",
        [
            Duties(duties),
            by_category(records),
            _titled(reading, records),
            lesson_table(reading, lessons),
            lecture_table(reading, lectures),
            _pair_table(reading, pairs),
        ],
        f"档案共 {total} 份" if total else "",
    )


def lecture_table(reading: Reading, lectures: list[Lecture]) -> Table:
    return reading.tell.table(
        lectures,
        "title",
        Col("when", css="nw"),
        "place",
        Col("hours", "时长", unit="小时", css="nw"),
        Col(lambda row: row.people.told("人") if row.people else "", "参加人数", css="nw"),
        caption=f"讲座 {len(lectures)} 场",
    )


def _pair_table(reading: Reading, pairs: list[Mentorship]) -> Table:
    return reading.tell.table(
        pairs,
        "apprentice",
        "subject",
        "goal",
        Col("agreement_signed_on", css="nw"),
        Col("when", "起止"),
        "outcome",
        caption=f"师徒结对，带徒弟 {len(pairs)} 人",
    )


def by_category(records: list[Any]) -> Table:
    """One line for each kind of record, in the order in which the archive lists them."""
    totals: dict[str, int] = {}
    confirmed: dict[str, int] = {}
    for row in records:
        totals[row.category] = totals.get(row.category, 0) + row.number
        if row.confirmed_on or row.confirmed_by:
            confirmed[row.category] = confirmed.get(row.category, 0) + row.number
    order = {name: number for number, name in enumerate(RECORD_UNITS)}
    names = sorted(totals, key=lambda name: (order.get(name, len(order)), name))
    return Teller().table(
        names,
        Col(str, "档案类别"),
        Col(lambda name: f"{totals[name]} {RECORD_UNITS.get(name, '份')}", "数量", css="nw"),
        Col(
            lambda name: f"{confirmed[name]} {RECORD_UNITS.get(name, '份')}" if name in confirmed else "",
            "学校已确认",
            css="nw",
        ),
        caption="专项档案" if names else "",
    )


def _titled(reading: Reading, records: list[Any]) -> Table:
    return reading.tell.table(
        [row for row in records if row.title],
        "title", "category", Col("when", css="nw"), Col(lambda row: f"{row.number} {row.unit}" if row.number > 1 else "", "数量"),
        Col("confirmed_on", css="nw"), "confirmed_by",
        caption="逐件登记的",
    )  # fmt: skip


def lesson_table(reading: Reading, lessons: list[Lesson]) -> Table:
    return reading.tell.table(
        lessons,
        Col(lambda row: row.topic or str(row), "课题"),
        Col("kind", css="nw"),
        Col("when", css="nw"),
        Col(lambda row: f"{row.number} 节", "节数", css="nw"),
        "subject",
        "class_name",
        "school",
        "taught_by",
        Col("audience", unit="人", css="nw"),
        Col("score", css="r"),
        "organiser",
        caption=f"课例：{_lessons_told(lessons)}",
    )


def _lessons_told(lessons: list[Lesson]) -> str:
    """公开课 2 节，听课 23 节."""
    numbers = Counter[str]()
    for row in lessons:
        numbers[row.get_kind_display()] += row.number
    return "，".join(f"{kind} {numbers[kind]} 节" for kind in LessonKind.labels if numbers[kind])


@adds_to(Secondment)
def inspections_of_secondment(reading: Reading, secondment: Any) -> Iterator[Section]:
    """Those at the schools where the teacher was, in that time; and what was said of the teacher and of the school."""
    rows = list(_inspections(reading).prefetch_related(None).filter(during(secondment)))
    points = found_during(reading.user, secondment)
    for row in rows:
        row.points_made = [point for point in points if point.inspection_id == row.pk]
    yield Section("inspections", "督导检查", [inspection_table(reading, rows)], "任教期间对受援学校的检查")
    said = [point for point in points if point.teacher_id in (None, secondment.teacher_id) and is_issued(point)]
    yield Section("findings", "检查反馈", [_said(reading, said)], "说到这位教师的和说到学校的")


def during(secondment: Any, path: str = "") -> Q:
    """Of inspections (or of what hangs on one, by its path): at the schools where the teacher was, in that time."""
    found, last = Q(pk__in=[]), secondment.ended_on or secondment.end
    for stay in secondment.placements.all():
        start, end = stay.start or secondment.start, stay.end or last
        if start and end:
            at = {f"{path}school": stay.receiving_school_id, f"{path}start__gte": start, f"{path}start__lte": end}
            found |= Q(**at)
    return found


def found_during(user: Any, secondment: Any) -> list[Finding]:
    """The points of these inspections that this person may know of; one query."""
    rows = Finding.objects.visible_to(user).filter(during(secondment, "inspection__"))
    return list(rows.select_related("inspection", "teacher").order_by("inspection__start", "pk"))


def is_issued(finding: Finding) -> bool:
    return finding.inspection.state in PUBLISHED_STATES


def _said(reading: Reading, points: list[Finding]) -> Table:
    opens = has(reading.user, "finding.view")
    return reading.tell.table(
        points,
        Col("kind", css="nw"), Col(lambda row: reading.tell.link(row, row.text) if opens else row.text, "内容"),
        Col(lambda row: str(row.teacher or "学校"), "说到"), Col("inspection.when", "检查日期", css="nw"),
        Col(lambda row: row.due_on if row.kind == FindingKind.PROBLEM else None, "整改期限", css="nw"),
        Col(lambda row: _rectified(row) if row.kind == FindingKind.PROBLEM else "", "整改", css="nw"),
    )  # fmt: skip


def _rectified(finding: Finding) -> str:
    return "已销号" if finding.is_closed else "已报整改" if finding.done_on else "待整改"


def _inspections(reading: Reading) -> Any:
    findings = Prefetch("findings", Finding.objects.visible_to(reading.user), to_attr="points_made")
    return (
        Inspection.objects.visible_to(reading.user)
        .select_related("round", "school", "inspecting_school")
        .prefetch_related(findings)
        .order_by("-start", "id")
    )


def inspection_table(reading: Reading, rows: list[Any]) -> Table:
    return reading.tell.table(
        rows,
        Col(lambda row: reading.tell.link(row, str(row.round) if row.round else f"{row.school}检查"), "检查"),
        Col("when", css="nw"),
        Col(lambda row: row.inspecting_school or "", "检查学校"),
        Col("leader", css="nw"),
        "inspectors",
        Col("conclusion", "结论", css="nw"),
        Col(lambda row: points_told(row.points_made), "反馈"),
        Col(inspection_badge, "状态", css="nw"),
    )


def points_told(findings: list[Any]) -> str:
    """优点 2 条，问题 1 条."""
    numbers = Counter(finding.kind for finding in findings)
    return "，".join(f"{kind.label} {numbers[kind]} 条" for kind in FindingKind if numbers[kind])


@adds_to(Secondment)
def appraisals_of_secondment(reading: Reading, secondment: Any) -> Iterator[Section]:
    scores = Prefetch("scores", AppraisalScore.objects.visible_to(reading.user).order_by("id"))
    rows = list(Appraisal.objects.visible_to(reading.user).filter(secondment=secondment).prefetch_related(scores))
    blocks: list[Any] = []
    for row in rows:
        blocks.append(_appraisal_facts(reading, row))
        blocks.append(_scores(reading, row))
    yield Section("appraisals", "考核", blocks, "，".join(_grade_told(row) for row in rows))


def _grade_told(row: Appraisal) -> str:
    if row.state != AppraisalState.FINAL:
        return f"{row.get_kind_display()} {row.get_state_display()}"
    said = [row.get_kind_display(), row.get_grade_display(), f"{plain(row.score)} 分" if row.score is not None else ""]
    return " ".join(part for part in said if part)


def _appraisal_facts(reading: Reading, row: Appraisal) -> Any:
    return reading.tell.facts(
        row,
        Col(lambda it: reading.tell.link(it, it.get_kind_display()), "考核类型"), Col("when"), Col("state"),
        Col(lambda it: it.get_grade_display() if it.state in PUBLISHED_GRADES else "", "考核等次"), Col(lambda it: it.get_proposed_grade_display(), "学校建议"), Col("score", unit="分"),
        Col("methods"), Col("criteria"), Col("receiving_opinion"), Col("sending_opinion"), Col("signed_on", "本人签字"), Col("document"),
    )  # fmt: skip


def _scores(reading: Reading, row: Any) -> Table:
    scores = list(row.scores.all())
    foot = f"合计 {plain(sum(line.score or 0 for line in scores))} 分，满分 {plain(sum(line.maximum for line in scores))} 分"
    return reading.tell.table(
        scores, "item", Col("maximum", css="r"), Col("score", css="r"), "source",
        caption=f"{row.get_kind_display()}得分", foot=foot if scores else "",
    )  # fmt: skip


@adds_to(School)
def of_school(reading: Reading, school: School) -> Iterator[Section]:
    rows = list(_inspections(reading).filter(Q(school=school) | Q(inspecting_school=school)))
    received = [row for row in rows if row.school_id == school.pk]
    made = [row for row in rows if row.school_id != school.pk]
    yield Section(
        "inspections",
        "督导检查",
        [inspection_table(reading, received), _made_table(reading, made)],
        f"受检 {len(received)} 次" if received else "",
    )
    honours = (
        Honour.objects.visible_to(reading.user)
        .filter(school=school)
        .select_related("teacher")
        .order_by("-start", "-id")
    )
    yield Section("honours", "荣誉", [honour_table(reading, list(honours), of_school=True)])
    deeds = (
        Deed.objects.visible_to(reading.user).filter(school=school).select_related("teacher").order_by("-start", "-id")
    )
    yield Section("deeds", "典型事迹", [deed_table(reading, list(deeds))])


def _made_table(reading: Reading, rows: list[Any]) -> Table:
    return reading.tell.table(
        rows,
        Col(lambda row: reading.tell.link(row, f"{row.school}检查"), "检查"),
        Col("when", css="nw"),
        "inspectors",
        Col("conclusion", "结论", css="nw"),
        caption="本校开展的检查",
    )


def honour_table(reading: Reading, rows: list[Honour], of_school: bool = False) -> Table:
    recipient = (Col(lambda row: row.teacher or row.recipient or "学校", "获奖者"),) if of_school else ()
    return reading.tell.table(rows, "title", *recipient, "level", "issuer", Col("when", css="nw"), "document")


def deed_table(reading: Reading, rows: list[Deed], with_teacher: bool = True) -> Table:
    teacher = ("teacher",) if with_teacher else ()
    return reading.tell.table(rows, "text", *teacher, Col("when", css="nw"), "told_in")


@adds_to(Teacher)
def of_teacher(reading: Reading, teacher: Any) -> Iterator[Section]:
    user, tell = reading.user, reading.tell
    yield Section("honours", "荣誉", [honour_table(reading, list(teacher.honours.visible_to(user).order_by("-start")))])
    yield Section("deeds", "典型事迹", [deed_table(reading, list(teacher.deeds.visible_to(user)), with_teacher=False)])
    lessons = (
        Lesson.objects.visible_to(user).filter(secondment__teacher=teacher).select_related("school").order_by("-start")
    )
    yield from _work_of_teacher(reading, teacher, list(lessons))
    appraisals = (
        Appraisal.objects.visible_to(user)
        .filter(secondment__teacher=teacher)
        .select_related("secondment__school_year", "secondment__teacher")
        .order_by("-secondment__start", "id")
    )
    yield Section(
        "appraisals",
        "考核",
        [
            tell.table(
                list(appraisals),
                Col(lambda row: tell.link(row.secondment, str(row.secondment.school_year)), "学年", css="nw"),
                "kind", Col("when", css="nw"), Col("grade"), Col("score", unit="分", css="nw"), "document",
            )
        ],
    )  # fmt: skip
    masters = teacher.apprenticeships.visible_to(user).select_related("secondment__teacher")
    yield Section(
        "apprenticeships",
        "拜师",
        [
            tell.table(
                list(masters), Col("secondment.teacher", "师傅"), "subject", "goal", Col("agreement_signed_on", css="nw"), "outcome",
            )
        ],
    )  # fmt: skip


def _work_of_teacher(reading: Reading, teacher: Any, lessons: list[Lesson]) -> Iterator[Section]:
    user = reading.user
    records = list(WorkRecord.objects.visible_to(user).filter(secondment__teacher=teacher))
    lectures = list(Lecture.objects.visible_to(user).filter(secondment__teacher=teacher).order_by("-start"))
    yield Section(
        "work",
        "所做的工作",
        [
            by_category(records),
            lesson_table(reading, lessons),
            lecture_table(reading, lectures),
        ],
    )
