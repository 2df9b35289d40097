"""考核: when, how, by which measure, and how it turned out."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from evaluations.choices import AppraisalKind, Grade
from evaluations.models import Appraisal
from reports.annual_report.sentences import Clause, bare, clause, how_many, joined, listed, paragraph, parted, sentence
from reports.annual_report.year import Year, in_order
from reports.documents.tree import Paragraph, Section, Table
from reports.figures import value
from zhijiao.quantities import plain

MOST_OCCASIONS = 4
MOST_NAMES = 20
_GRADES = dict(Grade.choices)


def section(year: Year) -> Section:
    counted = value("appraisals", year.asked)
    rows: list[Appraisal] = in_order(counted.rows().select_related("secondment__teacher")) if counted.value else []
    if not rows:
        return Section("考核")
    return parted("考核", ("严格程序，全面考核", [conduct(year, rows)]), ("结果运用，激励先进", [*results(year, rows)]))


def conduct(year: Year, rows: list[Appraisal]) -> Paragraph:
    occasions: dict[Any, list[Appraisal]] = defaultdict(list)
    for row in rows:
        occasions[row.when, row.kind, tuple(row.methods), tuple(row.criteria)].append(row)
    if len(occasions) > MOST_OCCASIONS:
        methods = dict.fromkeys(word for row in rows for word in row.methods)
        criteria = dict.fromkeys(word for row in rows for word in row.criteria)
        return paragraph(
            sentence(
                _how(list(methods), list(criteria), is_one=False),
                clause("对", year.fig("appraised", "名"), "支教教师进行考核"),
            ),
            sentence(clause("按考核类型分，", year.parts("appraisals", "kind", "人次", dict(AppraisalKind.choices))))
            if len({row.kind for row in rows}) > 1
            else (),
        )
    dates = year.dates()
    told = [
        sentence(dates.told(alike[0].when), _how(alike[0].methods, alike[0].criteria), clause("对", year.matching(len(alike), "appraised", "名") or "",
                 f"支教教师进行{alike[0].get_kind_display()}"))
        for alike in occasions.values()
    ]  # fmt: skip
    documents = dict.fromkeys(row.document for row in rows if row.document)
    return paragraph(*told, sentence(clause("考核结果已公布（", listed(documents), "）")) if documents else ())


def _how(methods: list[str], criteria: list[str], is_one: bool = True) -> Clause:
    """Of one appraisal, or of several that were not all done alike."""
    return joined(
        [
            clause("采取", listed(methods), "等方式" if len(methods) > 1 else "方式") if methods else (),
            clause("从", listed(criteria), f"{how_many(len(criteria))}个方面" if is_one else "等方面")
            if len(criteria) > 1
            else clause("围绕", listed(criteria)),
        ]
    )


def results(year: Year, rows: list[Appraisal]) -> list[Paragraph | Table]:
    several = sum(1 for row in rows if row.score is not None) > 1
    graded = year.number("graded") == len(rows)
    text = sentence(
        clause("考核结果为" if graded else "已评定等次的，", _grades(year)),
        clause("优秀率", year.fig("excellent_ratio")),
        clause("平均得分", year.fig("mean_score", "分")) if several else (),
    )
    return [paragraph(text, *_words(rows)), *_table(rows)]


def _grades(year: Year) -> Clause:
    """The best first."""
    counted = dict(year.by("graded", "grade"))
    return joined(
        ((label, year.figure_of(counted[grade], "人") or "") for grade, label in _GRADES.items() if grade in counted),
        "、",
    )


def _words(rows: list[Appraisal]) -> list[Clause]:
    opinions = [
        clause(f"对{row.secondment.teacher}，受援学校认为", bare(row.receiving_opinion))
        for row in rows
        if row.receiving_opinion
    ]
    return [sentence(*opinions, mark="；")] if 0 < len(opinions) <= 6 else []


def _table(rows: list[Appraisal]) -> list[Table]:
    if not 1 < len(rows) <= MOST_NAMES:
        return []
    by_score = sorted(rows, key=lambda row: (row.score is None, -(row.score or 0), row.pk))
    lines = tuple(
        (
            str(row.secondment.teacher),
            plain(row.score) if row.score is not None else "—",
            row.get_grade_display() or "—",
        )
        for row in by_score
    )
    if all(row.score is None for row in rows):
        return [Table("支教教师考核结果", ("教师", "等次"), tuple((name, grade) for name, _, grade in lines))]
    return [Table("支教教师考核结果", ("教师", "得分", "等次"), lines)]
