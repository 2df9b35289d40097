"""考核鉴定表 of one teacher, with every line of the score and room for the signatures; 考核汇总表 of the county."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.db.models import Prefetch, QuerySet

from assignments.access import within
from assignments.models import Placement
from evaluations.choices import AT_SCHOOL_STATES, PUBLISHED_GRADES, AppraisalKind, Grade
from evaluations.models import Appraisal, AppraisalScore
from reports.documents.tree import BLANK_DAY, Box, Document, Ends, Form, Table, bound
from reports.papers.excel import Placed, Value, form_workbook, table_workbook
from reports.papers.paper import Choice, Making, Paper, Wanted
from reports.papers.words import centred, day_or_blank, filled, label, number, opinion, receiving, served, subject

READ, SETTLE = "evaluation.view", "evaluation.grade_final"
FORM_TITLE = "支教教师考核鉴定表"
WIDTHS = (2.9, 3.1, 2.5, 2.8, 2.5, 3.4, 2.8)


def _rows(wanted: Wanted, action: str) -> QuerySet[Any]:
    """What was handed in, of whom the person may read."""
    mine = within(Appraisal.objects.all(), wanted.user, action).values("pk")
    rows = Appraisal.objects.visible_to(wanted.user).filter(pk__in=mine).exclude(state__in=AT_SCHOOL_STATES)
    if wanted.year:
        rows = rows.filter(school_year__code=wanted.year)
    if wanted.school:
        placed = Placement.objects.filter(receiving_school=wanted.school).values("secondment")
        rows = rows.filter(secondment__in=placed)
    placements = Placement.objects.select_related("receiving_school").order_by("order")
    lines = AppraisalScore.objects.order_by("pk")
    return (
        rows.select_related("county", "school_year", "rubric", "secondment__teacher", "secondment__sending_school", "secondment__programme")
        .prefetch_related(Prefetch("secondment__placements", placements), Prefetch("scores", lines))
        .order_by("secondment__teacher__name", "pk")
    )  # fmt: skip


# --- of one teacher ----------------------------------------------------------------------------------------------------


def find_forms(wanted: Wanted) -> list[Choice]:
    rows = _rows(wanted, READ)
    if wanted.only is not None:
        rows = rows.filter(pk__in=[int(key) for key in wanted.only if key.isdecimal() and len(key) < 19])
    return [
        Choice(str(row.pk), row, str(row.secondment.teacher), f"{row.get_kind_display()}　{row.get_state_display()}")
        for row in rows
    ]


def forms(rows: Sequence[Appraisal], making: Making) -> Document:
    return bound(FORM_TITLE, [form(row, making) for row in rows])


def form(row: Appraisal, making: Making) -> Document:
    """Who, where, how long; every line; what everybody says, with places to sign and to seal."""
    teacher = row.secondment.teacher
    head = Ends(*_head(row))
    blocks = (head, Form(_person(row), WIDTHS), _lines(row), Form(_said(row), WIDTHS))
    return Document(
        FORM_TITLE, blocks, str(row.county.bureau_name), making.today, byline="",
        subject=f"{teacher}考核鉴定表", layout="form",
    )  # fmt: skip


def _head(row: Appraisal) -> tuple[str, str]:
    return f"{row.school_year or ''}　{row.get_kind_display()}", str(row.county.bureau_name)


def _person(row: Appraisal) -> tuple[tuple[Box, ...], ...]:
    secondment, teacher = row.secondment, row.secondment.teacher
    return (
        (label("姓　　名"), filled(teacher.name), label("性　　别"), filled(teacher.get_sex_display()), label("学　　科"), filled(subject(secondment), 2)),
        (label("派出学校"), filled(str(secondment.sending_school), 3), label("受援学校"), filled(receiving(secondment), 2)),
        (label("支教起止"), filled(served(secondment), 3), label("考核办法"), filled(str(row.rubric or ""), 2)),
    )  # fmt: skip


def _said(row: Appraisal) -> tuple[tuple[Box, ...], ...]:
    return (
        (label("个人小结"), Box(row.summary, 6, alignment="left", height=26)),
        *((label(name), Box(text, 6, alignment="left", height=9)) for name, text in _remarks(row) if text),
        (label("受援学校\n意　　见"), opinion(_proposal(row), 6, 24, row.submitted_on)),
        (label("本人意见"), Box(_answer(row), 6, alignment="left", height=18, foot=("签名：　　　　　　　", day_or_blank(row.signed_on)))),
        (label("派出学校\n意　　见"), opinion(row.sending_opinion, 6, 22)),
        (label("教 育 局\n审定等次"), opinion(_grade(row), 6, 22, row.final_on)),
    )  # fmt: skip


def form_sheets(rows: Sequence[Appraisal], making: Making) -> bytes:
    """The same form as a workbook, a sheet a teacher; the scores are numbers."""
    return form_workbook([(str(row.secondment.teacher), FORM_TITLE, _sheet(row)) for row in rows], WIDTHS)


def _sheet(row: Appraisal) -> list[list[Placed]]:
    year, bureau = _head(row)
    heads: list[Placed] = [("考核项目", 2), ("满分", 1), ("得分", 1), ("依据", 3)]
    lines: list[list[Placed]] = [
        [(line.item, 2), (_value(line.maximum), 1), (_value(line.score), 1), (line.source, 3)]
        for line in row.scores.all()
    ]
    total: list[Placed] = [("合计", 2), ("", 1), (_value(row.score), 1), ("", 3)]
    return [[(year, 4), (bureau, 3)], *map(_boxes, _person(row)), heads, *lines, total, *map(_boxes, _said(row))]


def _boxes(boxes: Sequence[Box]) -> list[Placed]:
    return [("\n".join((box.text, *(line.strip("　") for line in box.foot))).strip("\n"), box.columns) for box in boxes]


def _value(number: Any) -> Value:
    return "" if number is None else number


def _remarks(row: Appraisal) -> list[tuple[str, str]]:
    names = ("briefing_remark", "records_remark", "survey_remark", "feedback_remark")
    labels = ("听取汇报\n和 座 谈", "查看专项\n档　　案", "师生家长\n反　　映", "意 见 和\n建　　议")
    return [(text, getattr(row, name)) for text, name in zip(labels, names, strict=True)]


def _lines(row: Appraisal) -> Table:
    lines = list(row.scores.all())
    cells = [(line.item, number(line.maximum), number(line.score), line.source) for line in lines]
    total = ("合计", "", number(row.score), "")
    return Table(
        "",
        ("考核项目", "满分", "得分", "依据"),
        (*cells, total),
        ("left", "center", "center", "left"),
        (5, 2, 2, 9),
        has_total=True,
    )


def _proposal(row: Appraisal) -> str:
    grade = f"建议等次：{row.get_proposed_grade_display()}" if row.proposed_grade else ""
    return "\n".join(part for part in (row.receiving_opinion, grade) if part)


def _answer(row: Appraisal) -> str:
    return "　".join(part for part in (row.get_answer_display(), row.objection) if part)


def _grade(row: Appraisal) -> str:
    """Known on paper when it is made public."""
    if row.state not in PUBLISHED_GRADES or not row.grade:
        return ""
    return "　".join(part for part in (f"{row.get_grade_display()}", row.document) if part)


# --- of the county -----------------------------------------------------------------------------------------------------


def find_summaries(wanted: Wanted) -> list[Choice]:
    """One for a year and a kind of appraisal."""
    rows = sorted(
        _rows(wanted, SETTLE),
        key=lambda row: (
            row.school_year.code if row.school_year else "",
            list(AppraisalKind).index(AppraisalKind(row.kind)),
        ),
    )
    found = []
    for (year, kind), members in groupby(rows, key=lambda row: (row.school_year, row.kind)):
        people = list(members)
        name = f"{year or ''}{AppraisalKind(kind).label}"
        found.append(Choice(f"{year.code if year else ''}-{kind}", people, name, f"{len(people)} 人"))
    return found


def summaries(rows: Sequence[list[Appraisal]], making: Making) -> Document:
    return bound("支教教师考核汇总表", [summary(people, making) for people in rows], layout="wide")


def summary(people: list[Appraisal], making: Making) -> Document:
    """All of a year in one table, the best first."""
    first = people[0]
    ranked = sorted(people, key=lambda row: (row.score is None, -(row.score or 0), str(row.secondment.teacher)))
    cells = tuple(
        (
            str(place), str(row.secondment.teacher), str(row.secondment.sending_school), receiving(row.secondment), str(row.secondment.programme),
            number(row.score), row.get_proposed_grade_display(), row.get_grade_display(), row.get_answer_display(), row.grade_reason or row.veto,
        )
        for place, row in enumerate(ranked, start=1)
    )  # fmt: skip
    counts = [(grade.label, sum(row.grade == grade for row in people)) for grade in Grade]
    told = "，".join(f"{name} {count} 人" for name, count in counts if count)
    heads = ("序号", "姓名", "派出学校", "受援学校", "项目类型", "得分", "学校建议", "审定等次", "本人意见", "备注")
    table = Table(
        "",
        heads,
        cells,
        centred(10),
        (1.5, 3.4, 5, 5, 4, 2, 2.4, 2.4, 2.4, 5),
        note=f"参加考核 {len(people)} 人{f'：{told}' if told else ''}。",
    )
    blocks = (
        Ends(f"{first.county.bureau_name}", f"{first.school_year or ''}　{first.get_kind_display()}"), table,
        Form(((*(Box(who, alignment="left") for who in ("填表人：", "审核人：", f"{BLANK_DAY}（盖章）")),),), (1, 1, 1), is_ruled=False),
    )  # fmt: skip
    title = f"支教教师考核汇总表（{first.school_year or ''}{first.get_kind_display()}）"
    return Document(
        title, blocks, str(first.county.bureau_name), making.today, byline="", subject="考核汇总表", layout="wide"
    )


def workbook(rows: Sequence[list[Appraisal]], making: Making) -> bytes:
    return table_workbook(summaries(rows, making))


APPRAISAL_FORM = Paper(
    "appraisal_form", "考核鉴定表", "一位教师一份：各项得分、各方意见、签字盖章的地方。", find_forms, forms, actions=(READ,), asks=("year", "school"),
    formats=("pdf", "docx", "xlsx"), excel=form_sheets, unit="人次", why_not=None,
)  # fmt: skip
APPRAISAL_SUMMARY = Paper(
    "appraisal_summary", "考核汇总表", "全县一个学年、一类考核一张：得分、建议和审定的等次。", find_summaries, summaries, actions=(SETTLE,), asks=("year",),
    formats=("pdf", "docx", "xlsx"), excel=workbook, unit="张", why_not=None,
)  # fmt: skip
