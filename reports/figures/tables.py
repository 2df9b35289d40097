"""The tables that a bureau reports (附表): made of figures, and of the secondments that the figures count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from assignments.choices import Direction, Education, Sex, TeachingStage, Title
from assignments.models import Secondment
from evaluations.choices import Grade, HonourLevel
from reports.documents.tree import Cell, HeaderCell, Section, Table
from reports.figures.asked import Asked
from reports.figures.registry import REGISTRY, Counted, breakdown, crossed, value
from reports.figures.rules import rules_in_force
from reports.figures.selection import AGES, OLDEST
from reports.figures.told import as_figure
from zhijiao.quantities import plain

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
        by_school(asked, "派出学校", "from"),
        by_school(asked, "受援学校", "to"),
        stage_by_subject(asked),
        spread("支教教师按职称分布", "职称", asked, "title", dict(Title.choices)),
        age_by_sex(asked),
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


def cell(counted: Counted | None, text: str = "", is_listed: bool = True) -> Cell:
    """A number that opens its records."""
    return as_figure(counted, text, is_listed=is_listed) if counted and counted.value else NONE


def part(counted: Counted | None) -> Cell:
    """A cell of a table that divides a figure: it opens its records, and the table of sources has the whole."""
    return cell(counted, is_listed=False)


def ratio_of(numerator: str, denominator: str) -> str:
    """The figure that divides the one by the other; "" where there is none."""
    return next((key for key, one in REGISTRY.items() if one.ratio == (numerator, denominator)), "")


def overview(asked: Asked) -> Table | None:
    """总表, with the ratios that the bureau is held to."""
    lines: list[tuple[Cell, ...]] = [
        (counted.definition.label, cell(counted), counted.definition.unit, "")
        for counted in (value(key, asked) for key in OVERVIEW)
        if counted.value
    ]
    for rule in rules_in_force(asked):
        ratio = ratio_of(rule.numerator, rule.denominator)
        if ratio and value(rule.denominator, asked).value:
            lines.append((rule.name, cell(value(ratio, asked)), "", f"≥{plain(rule.threshold)}%"))
    if not lines:
        return None
    return Table(
        "交流轮岗与支教总表", ("指标", "数值", "单位", "标准"), tuple(lines), ("left", "right", "left", "left")
    )


def by_school(asked: Asked, label: str, dimension: str) -> Table | None:
    """So many of each school, of whom so many are backbone teachers, men and women; and what they teach."""
    whole = crossed("seconded", asked, dimension)
    if not whole:
        return None
    backbone = crossed("backbone_seconded", asked, dimension)
    sexes = crossed("seconded", asked, dimension, "sex")
    subjects: dict[str, list[str]] = defaultdict(list)
    by_number = sorted(crossed("seconded", asked, dimension, "subject").items(), key=lambda pair: -pair[1].value)
    for (school, subject), _ in by_number:
        subjects[school] += [subject] if subject else []
    lines: list[tuple[Cell, ...]] = [
        (
            school or UNKNOWN,
            part(counted),
            part(backbone.get((school,))),
            part(sexes.get((school, Sex.MALE))),
            part(sexes.get((school, Sex.FEMALE))),
            "、".join(subjects[school]) or NONE,
        )
        for (school,), counted in sorted(whole.items(), key=lambda pair: (-pair[1].value, pair[0]))
    ]
    of_sex = crossed("seconded", asked, "sex")
    totals = (
        value("seconded", asked),
        value("backbone_seconded", asked),
        of_sex.get((Sex.MALE,)),
        of_sex.get((Sex.FEMALE,)),
    )
    lines.append(("合计", *map(cell, totals), ""))
    header = (label, "人数", "骨干教师", "男", "女", "学科")
    caption = f"支教教师按{label}分布"
    return Table(caption, header, tuple(lines), ("left", "right", "right", "right", "right", "left"), has_total=True)


def stage_by_subject(asked: Asked) -> Table | None:
    both = crossed("seconded", asked, "subject", "stage")
    by_subject, by_stage = crossed("seconded", asked, "subject"), crossed("seconded", asked, "stage")
    stages = [(code, label) for code, label in [*TeachingStage.choices, ("", UNKNOWN)] if (code,) in by_stage]
    if not any(subject for (subject,) in by_subject) or not any(code for code, _ in stages):
        return None
    lines: list[tuple[Cell, ...]] = [
        (subject or UNKNOWN, *(part(both.get((subject, code))) for code, _ in stages), part(counted))
        for (subject,), counted in sorted(by_subject.items(), key=lambda pair: (-pair[1].value, pair[0]))
    ]
    whole = value("seconded", asked)
    lines.append(("合计", *(part(by_stage[(code,)]) for code, _ in stages), cell(whole)))
    return Table(
        "支教教师按学段、学科分布", ("学科", *(label for _, label in stages), "合计"), tuple(lines), has_total=True
    )


def age_by_sex(asked: Asked) -> Table | None:
    both = crossed("age_known", asked, "age", "sex")
    ages, sexes = crossed("age_known", asked, "age"), crossed("age_known", asked, "sex")
    if not both:
        return None
    known = value("age_known", asked)
    lines: list[tuple[Cell, ...]] = [
        (label, part(both.get((label, Sex.MALE))), part(both.get((label, Sex.FEMALE))), part(ages[(label,)]))
        for label in (*(label for label, _ in AGES), OLDEST)
        if (label,) in ages
    ]
    lines.append(("合计", part(sexes.get((Sex.MALE,))), part(sexes.get((Sex.FEMALE,))), cell(known)))
    header = (
        (HeaderCell("年龄", rows=2), HeaderCell("性别", columns=2), HeaderCell("合计", rows=2)),
        (HeaderCell("男"), HeaderCell("女")),
    )
    note = "" if known.value == value("seconded", asked).value else "没有登记出生日期的不在表内。"
    return Table(
        "支教教师按年龄、性别分布", header, tuple(lines), ("left", "right", "right", "right"), note=note, has_total=True
    )


def spread(caption: str, label: str, asked: Asked, dimension: str, labels: dict[str, str]) -> Table | None:
    """The figure `seconded` by one of its dimensions, with shares."""
    found = crossed("seconded", asked, dimension)
    if not any(of for (of,) in found):
        return None
    lines: list[tuple[Cell, ...]] = [
        (labels.get(of, of) if of else UNKNOWN, cell(counted), part(value("seconded_share", asked, **{dimension: of})))
        for of, counted in _in_order([(of, counted) for (of,), counted in found.items()], labels)
    ]
    lines.append(("合计", cell(value("seconded", asked)), part(value("seconded_share", asked))))
    return Table(caption, (label, "人数", "占比"), tuple(lines), ("left", "right", "right"), has_total=True)


def _in_order(found: Iterable[tuple[Any, Counted]], labels: dict[str, str]) -> list[tuple[Any, Counted]]:
    places = {code: number for number, code in enumerate(labels)}
    return sorted(found, key=lambda pair: (not pair[0], places.get(str(pair[0]), 0), -pair[1].value))


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
