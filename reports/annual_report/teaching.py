"""教学工作与专项档案: training, what is taught, lessons and lectures, mentorships, the archive."""

from __future__ import annotations

from collections import defaultdict

from assignments.models import Training
from evaluations.choices import GIVEN_LESSONS, RECORD_UNITS, LessonKind
from evaluations.models import Lecture, Mentorship, WorkRecord
from reports.annual_report.sentences import (
    Clause,
    Dates,
    bare,
    clause,
    joined,
    led,
    paragraph,
    parted,
    quoted,
    sentence,
    titles,
)
from reports.annual_report.year import Year, in_order
from reports.documents.tree import Figure, Paragraph, Section, Table
from reports.figures import crossed, tables, value

MOST_TRAININGS = 12
MOST_MENTORSHIPS = 20
MOST_TEACHERS = 20


def section(year: Year) -> Section:
    return parted(
        "教学工作与专项档案",
        ("加强培训，提升能力", [trainings(year)]),
        ("立足课堂，示范引领", [load(year), lessons(year), lectures(year)]),
        ("师徒结对，传帮带教", [mentorships(year)]),
        ("规范建档，留存实绩", [*archive(year)]),
    )


def trainings(year: Year) -> Paragraph:
    rows = in_order(year.also_at_receivers(Training).filter(year.period.events()).select_related("school"))
    if not rows:
        return paragraph()
    total = clause("共举办培训和学习交流", year.matching(sum(row.sessions for row in rows), "training_sessions", "次"))
    if len(rows) > MOST_TRAININGS:
        return paragraph(sentence(total, clause("其中", year.parts("training_sessions", "kind", "次"))))
    dates = year.dates()
    return paragraph(
        *(_training(year, row, dates) for row in rows), sentence(total, _often(year, rows)) if len(rows) > 1 else ()
    )


def _often(year: Year, rows: list[Training]) -> Clause:
    """By kind, where one was held several times."""
    kinds = {row.kind for row in rows}
    if not 1 < len(kinds) < len(rows):
        return ()
    if year.number("training_sessions") == sum(row.sessions for row in rows):
        return clause("其中", year.parts("training_sessions", "kind", "次"))
    return ()  # some were held where our teachers serve, which is none of our figures


def _training(year: Year, row: Training, dates: Dates) -> Clause:
    people = row.people.told("人") if row.people else ""
    present = f"{row.audience}{people}" if row.audience else people
    held = f"{row.frequency}开展" if row.frequency else "举办" if row.sessions == 1 else "开展"
    return sentence(
        dates.told(row.when),
        joined(
            [year.subject(row.school), held, clause(quoted(bare(row.topic)) if row.topic else "") or "", row.kind], ""
        ),
        clause("由", bare(row.speaker).removesuffix("主讲"), "主讲"),
        clause(present, "参加"),
        clause("共", f"{row.sessions}次") if row.sessions > 1 else (),
    )


def load(year: Year) -> Paragraph:
    return paragraph(
        led(
            "支教教师",
            clause("每周共承担课时", year.fig("weekly_periods", "节")),
            clause("任教班级", year.fig("classes_taught", "个")),
            clause("任教学生", year.fig("pupils_taught", "人")),
            clause("在受援学校担任班主任的", year.fig("class_heads_there", "名")),
        )
    )


def lessons(year: Year) -> Paragraph:
    kinds = [
        _other_lessons(year)
        if kind == LessonKind.OTHER
        else clause(str(kind.label), year.fig(f"{kind.value}_lessons", "节"))
        for kind in GIVEN_LESSONS
    ]
    given = joined(kinds, "、")
    total = clause("合计", year.fig("given_lessons", "节")) if sum(map(bool, kinds)) > 1 else ()
    return paragraph(
        sentence(clause("支教教师上", given), total),
        sentence(
            clause("听课", year.fig("observed_lessons", "节")), clause("评课", year.fig("assessed_lessons", "节"))
        ),
    )


def _other_lessons(year: Year) -> Clause:
    """By the name of their kind, where that was entered as what they were about: 推门课."""
    key = f"{LessonKind.OTHER.value}_lessons"
    named = year.by(key, "topic")
    if (
        named
        and all(topic.endswith("课") for topic, _ in named)
        and sum(of.value for _, of in named) == year.number(key)
    ):
        return year.parts(key, "topic", "节")
    return clause(str(LessonKind.OTHER.label), year.fig(key, "节"))


def lectures(year: Year) -> Paragraph:
    rows = in_order(year.asked.of_secondments(Lecture).select_related("secondment__teacher"))
    named = list(dict.fromkeys(f"《{bare(row.title).strip('《》')}》" for row in rows if row.title))
    return paragraph(
        sentence(
            clause("作专题讲座", year.fig("lectures", "次")),
            clause("主讲" if len(named) <= 6 else "包括", titles(named[:6]), "等" if len(named) > 6 else "")
            if len(named) > 6
            else clause("主讲", titles(named)),
            clause("听讲", year.fig("lecture_audience", "人次")),
        )
    )


def mentorships(year: Year) -> Paragraph:
    counted = value("mentorships", year.asked)
    if not counted.value:
        return paragraph()
    head = clause("支教教师与当地教师师徒结对", year.fig("mentorships", "对"))
    rows: list[Mentorship] = list(counted.rows().select_related("secondment__teacher", "apprentice").order_by("pk"))
    if len(rows) > MOST_MENTORSHIPS:
        return paragraph(sentence(head))
    pairs: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        pairs[str(row.secondment.teacher)].append(str(row.apprentice))
    outcomes = [f"{row.apprentice}{bare(row.outcome)}" for row in rows if row.outcome]
    return paragraph(
        sentence(head, "，".join(f"{mentor}结对{'、'.join(who)}" for mentor, who in pairs.items()), mark="："),
        sentence(*outcomes[:10], mark="；"),
    )


def archive(year: Year) -> list[Paragraph | Table]:
    counted = value("work_records", year.asked)
    if not counted.value:
        return []
    rows: list[WorkRecord] = list(counted.rows().select_related("secondment__teacher").order_by("pk"))
    parts = dict(year.by("work_records", "category"))
    told = [
        (category, year.figure_of(parts[category], unit(category)) or "")
        for category in dict.fromkeys(row.category for row in rows)
        if category in parts
    ]
    text = sentence(
        clause("为", year.fig("archives", "名"), "支教教师建立专项档案"),
        clause("收录", joined(told[:20], "、"), "等" if len(told) > 20 else "")
        if len(told) > 20
        else clause("收录", joined(told, "、")),
    )
    return [paragraph(text), *_by_teacher(year, rows)]


def unit(category: str) -> str:
    return RECORD_UNITS.get(category, "份")


def _by_teacher(year: Year, rows: list[WorkRecord]) -> list[Table]:
    teachers = {row.secondment_id: str(row.secondment.teacher) for row in rows}
    categories = list(dict.fromkeys(row.category for row in rows))
    if not 1 < len(teachers) <= MOST_TEACHERS or len(categories) > 12:
        return []
    numbers = crossed("work_records", year.asked, "secondment", "category")
    whole = crossed("work_records", year.asked, "category")
    lines: list[tuple[str | Figure, ...]] = [
        (name, *(tables.part(numbers.get((str(pk), category))) for category in categories))
        for pk, name in teachers.items()
    ]
    lines.append(("合计", *(tables.part(whole.get((category,))) for category in categories)))
    header = ("教师", *(f"{category}（{unit(category)}）" for category in categories))
    return [Table("支教教师专项档案", header, tuple(lines), has_total=True)]
