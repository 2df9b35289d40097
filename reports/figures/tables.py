"""The tables that a bureau reports (附表): made of figures, and of the secondments that the figures count."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from assignments.choices import Direction, Education, Sex, TeachingStage, Title
from assignments.models import Secondment
from evaluations.choices import Grade, HonourLevel
from reports.documents.tree import Cell, HeaderCell, Section, Table
from reports.figures.asked import Asked
from reports.figures.registry import Counted, breakdown, value
from reports.figures.rules import rules_in_force
from reports.figures.told import as_figure
from zhijiao.quantities import plain

AGES = (
    ("30岁及以下", 30),
    ("31—35岁", 35),
    ("36—40岁", 40),
    ("41—45岁", 45),
    ("46—50岁", 50),
    ("51—55岁", 55),
    ("56岁及以上", 200),
)
UNKNOWN = "未登记"
NONE = "—"
# 总表: what it adds to the ratios.
OVERVIEW = (
    "staff", "eligible", "exchanged", "exchanged_backbone", "heads_exchanged", "town_to_village", "village_to_town", "same_kind", "seconded",
    "sending_schools", "receiving_schools", "swapped", "shadowing", "brief", "demanded", "pairings", "changes", "ended_early",
)  # fmt: skip
WORKLOAD = (
    "weekly_periods", "classes_taught", "pupils_taught", "class_heads_there", "open_lessons", "demonstration_lessons", "report_lessons",
    "research_lessons", "observed_lessons", "assessed_lessons", "lectures", "lecture_audience", "mentorships", "archives", "training_sessions",
)  # fmt: skip
INSPECTION = (
    "inspections", "inspected_schools", "inspected_teachers", "questionnaires_issued", "questionnaires_returned", "questionnaires_valid",
    "satisfaction", "home_visits", "feedback_points", "problems_found", "problems_rectified", "rectified_ratio", "appraised", "excellent",
    "excellent_ratio",
)  # fmt: skip
CARE = (
    "providing_schools", "rooms", "insured", "provision_spent", "condolences", "condoled", "condolence_amount", "difficulties",
    "difficulties_resolved", "difficulties_ratio", "allowance_people", "allowance_months", "allowance", "attendance_ratio",
)  # fmt: skip
AID = (
    "activities", "activity_people", "lesson_deliveries", "lessons_delivered", "subjects_delivered", "volunteers", "cash", "goods_worth", "works",
    "beneficiaries", "keepsakes",
)  # fmt: skip


def appendix(asked: Asked) -> tuple[Section, ...]:
    """Those tables that have something in them."""
    rows = [row for row in secondments(asked) if row.programme.direction == Direction.OUT]
    made = (
        overview(asked),
        by_school(asked, rows, "派出学校", lambda row: str(row.sending_school)),
        by_school(asked, rows, "受援学校", lambda row: row.placed_name or ""),  # type: ignore[attr-defined]
        stage_by_subject(rows),
        spread("支教教师按职称分布", "职称", asked, "title", dict(Title.choices)),
        age_by_sex(rows, asked),
        spread("支教教师按学历分布", "学历", asked, "education", dict(Education.choices)),
        spread("支教教师按项目类型分布", "项目类型", asked, "programme", {})
        if len(breakdown("seconded", asked, "programme")) > 1
        else None,
        listing("教学工作量", asked, WORKLOAD),
        listing("督导检查与考核", asked, INSPECTION),
        grades(asked),
        listing("后勤保障与关怀", asked, CARE),
        listing("帮扶活动与捐赠", asked, AID),
        honours(asked),
        roster(rows),
    )
    tables = tuple(table for table in made if table)
    return (Section("附表", tables, is_appendix=True),) if tables else ()


def roster(rows: list[Secondment]) -> Table | None:
    """花名册: everybody by name."""
    if not rows:
        return None
    in_order = sorted(rows, key=lambda row: (row.sending_school.name, row.placed_name or "", row.teacher.name))  # type: ignore[attr-defined]
    lines: list[tuple[Cell, ...]] = [
        (
            str(number),
            row.teacher.name,
            row.sending_school.name,
            row.placed_name or NONE,  # type: ignore[attr-defined]
            row.placed_subject or NONE,  # type: ignore[attr-defined]
        )
        for number, row in enumerate(in_order, start=1)
    ]
    header = ("序号", "姓名", "派出学校", "受援学校", "学科")
    alignments: tuple[Any, ...] = ("right", *("left",) * 4)
    widths = (2.9, 7.8, 9.0, 9.8, 6.4)  # in ems: 买买提·阿不都 stays on one line
    return Table("支教教师花名册", header, tuple(lines), alignments, widths)


def secondments(asked: Asked) -> list[Secondment]:
    """Those that served, each with what a text or a table tells of it; loaded once within one report."""
    related = ("teacher", "programme", "sending_school", "swapped_with", "school_year")
    rows = asked.secondments().select_related(*related).prefetch_related("placements__receiving_school")
    return asked.remember("secondments told", lambda: list(rows.order_by("start", "id")))


def cell(counted: Counted, text: str = "") -> Cell:
    """A number that opens its records."""
    return as_figure(counted, text) if counted.value else NONE


def overview(asked: Asked) -> Table | None:
    """总表, with the ratios that the bureau is held to."""
    lines: list[tuple[Cell, ...]] = [
        (counted.definition.label, cell(counted), counted.definition.unit, "")
        for counted in (value(key, asked) for key in OVERVIEW)
        if counted.value
    ]
    for rule in rules_in_force(asked):
        part, whole = value(rule.numerator, asked).value, value(rule.denominator, asked).value
        if whole:
            ratio = (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"))
            lines.append((rule.name, plain(ratio), "%", f"≥{plain(rule.threshold)}%"))
    if not lines:
        return None
    return Table(
        "交流轮岗与支教总表", ("指标", "数值", "单位", "标准"), tuple(lines), ("left", "right", "left", "left")
    )


def by_school(asked: Asked, rows: list[Secondment], label: str, school_of: Callable[[Secondment], str]) -> Table | None:
    groups: dict[str, list[Secondment]] = defaultdict(list)
    for row in rows:
        groups[school_of(row) or UNKNOWN].append(row)
    if not groups:
        return None
    by_size = sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    lines: list[tuple[Cell, ...]] = [(name, *_of_school(some)) for name, some in by_size]
    lines.append(("合计", *_of_school(rows)[:-1], ""))
    header = (label, "人数", "骨干教师", "男", "女", "学科")
    caption = f"支教教师按{label}分布"
    return Table(caption, header, tuple(lines), ("left", "right", "right", "right", "right", "left"), has_total=True)


def _of_school(rows: list[Secondment]) -> tuple[str, ...]:
    sexes = Counter(row.teacher.sex for row in rows)
    subjects = Counter(row.placed_subject for row in rows if row.placed_subject)  # type: ignore[attr-defined]
    numbers = (len(rows), sum(row.is_backbone for row in rows), sexes[Sex.MALE], sexes[Sex.FEMALE])
    return (
        *(str(number) if number else NONE for number in numbers),
        "、".join(f"{name}{number}" for name, number in subjects.most_common()) or NONE,
    )


def stage_by_subject(rows: list[Secondment]) -> Table | None:
    numbers = Counter((row.placed_stage or "", row.placed_subject or "") for row in rows)  # type: ignore[attr-defined]
    stages = [
        (code, label) for code, label in [*TeachingStage.choices, ("", UNKNOWN)] if any(of == code for of, _ in numbers)
    ]
    subjects = Counter(row.placed_subject or "" for row in rows)  # type: ignore[attr-defined]
    if not any(subjects) or not any(code for code, _ in stages):
        return None
    lines = [
        (subject or UNKNOWN, *(_number(numbers[code, subject]) for code, _ in stages), str(number))
        for subject, number in subjects.most_common()
    ]
    whole = [sum(number for (of, _), number in numbers.items() if of == code) for code, _ in stages]
    lines.append(("合计", *(_number(number) for number in whole), str(len(rows))))
    return Table(
        "支教教师按学段、学科分布", ("学科", *(label for _, label in stages), "合计"), tuple(lines), has_total=True
    )


def _number(number: int) -> str:
    return str(number) if number else NONE


def age_by_sex(rows: list[Secondment], asked: Asked) -> Table | None:
    numbers: Counter[tuple[str, str]] = Counter()
    for row in rows:
        age = row.teacher.age_on(asked.period.start)
        if age is not None:
            numbers[next(label for label, limit in AGES if age <= limit), row.teacher.sex] += 1
    if not numbers:
        return None
    lines: list[tuple[str, ...]] = []
    for label, _ in AGES:
        of = {sex: number for (group, sex), number in numbers.items() if group == label}
        if of:
            lines.append((label, _number(of.get(Sex.MALE, 0)), _number(of.get(Sex.FEMALE, 0)), str(sum(of.values()))))
    total = tuple(sum(number for (_, of), number in numbers.items() if of == sex) for sex in (Sex.MALE, Sex.FEMALE))
    lines.append(("合计", *map(_number, total), str(sum(numbers.values()))))
    header = (
        (HeaderCell("年龄", rows=2), HeaderCell("性别", columns=2), HeaderCell("合计", rows=2)),
        (HeaderCell("男"), HeaderCell("女")),
    )
    note = "" if sum(numbers.values()) == len(rows) else f"登记了出生日期的{sum(numbers.values())}名。"
    return Table(
        "支教教师按年龄、性别分布", header, tuple(lines), ("left", "right", "right", "right"), note=note, has_total=True
    )


def spread(caption: str, label: str, asked: Asked, dimension: str, labels: dict[str, str]) -> Table | None:
    """The figure `seconded` by one of its dimensions, with shares."""
    found = breakdown("seconded", asked, dimension)
    whole = sum(int(counted.value) for _, counted in found)
    if not any(of not in (None, "") for of, _ in found):
        return None
    lines: list[tuple[Cell, ...]] = []
    for of, counted in _in_order(found, labels):
        share = (Decimal(counted.value) * 100 / Decimal(whole)).quantize(Decimal("0.1"))
        lines.append((labels.get(str(of), str(of)) if of else UNKNOWN, cell(counted), plain(share)))
    lines.append(("合计", str(whole), "100"))
    return Table(caption, (label, "人数", "占比（%）"), tuple(lines), ("left", "right", "right"), has_total=True)


def _in_order(found: Iterable[tuple[Any, Counted]], labels: dict[str, str]) -> list[tuple[Any, Counted]]:
    places = {code: number for number, code in enumerate(labels)}
    return sorted(found, key=lambda pair: (not pair[0], places.get(str(pair[0]), 0)))


def listing(caption: str, asked: Asked, keys: tuple[str, ...]) -> Table | None:
    """Figures one under the other, those that are not zero."""
    counted = [value(key, asked) for key in keys]
    lines = tuple(
        (one.definition.label, cell(one), one.definition.unit if not one.definition.ratio else "")
        for one in counted
        if one.value
    )
    return Table(caption, ("项目", "数值", "单位"), lines, ("left", "right", "left")) if lines else None


def grades(asked: Asked) -> Table | None:
    found = {of: counted for of, counted in breakdown("graded", asked, "grade") if counted.value}
    lines = tuple((label, cell(found[grade])) for grade, label in Grade.choices if grade in found)
    return Table("考核等次分布", ("等次", "人次"), lines, ("left", "right")) if lines else None


def honours(asked: Asked) -> Table | None:
    found = {of: counted for of, counted in breakdown("honours", asked, "level") if counted.value}
    lines = tuple(
        (label, cell(found[level])) for level, label in [*HonourLevel.choices, ("", UNKNOWN)] if level in found
    )
    return Table("表彰按级别分布", ("级别", "项数"), lines, ("left", "right")) if lines else None
