"""支教教师花名册: one row a person, across the page; as a workbook too."""

from __future__ import annotations

from collections.abc import Sequence

from assignments.models import Secondment
from reports.documents.tree import Document, Ends, Table
from reports.papers.excel import table_workbook
from reports.papers.paper import GOING, Making, Paper, needs_state, secondments
from reports.papers.words import (
    backbone,
    bureau,
    centred,
    receiving,
    short_month,
    stage,
    subject,
    townships,
    yes_no,
)

COLUMNS = (
    ("序号", 1.9), ("派出学校", 6.8), ("姓名", 4), ("性别", 1.8), ("出生年月", 4.1), ("身份证号", 9.7), ("学历", 4.1), ("职称", 4.1),
    ("骨干称号", 4.1), ("学段", 2.3), ("学科", 2.9), ("受援学校", 6.8), ("乡镇", 3.2), ("支教类型", 4.1), ("起止时间", 5.1), ("是否首次", 2.2),
    ("联系电话", 6.3), ("备注", 3.2),
)  # fmt: skip


def roster(rows: Sequence[Secondment], making: Making) -> Document:
    county = rows[0].county
    years = {row.school_year for row in rows}
    title = f"{county.name}{next(iter(years)) if len(years) == 1 else ''}支教教师花名册"
    head = Ends(
        f"填报单位：{bureau(rows[0])}",
        f"共 {len(rows)} 人　{making.today.year}年{making.today.month}月{making.today.day}日",
    )
    return Document(
        title,
        (head, table(rows, making)),
        bureau(rows[0]),
        making.today,
        byline="",
        subject="支教教师花名册",
        layout="wide",
    )


def table(rows: Sequence[Secondment], making: Making) -> Table:
    lines = tuple(_line(number, row, making) for number, row in enumerate(rows, start=1))
    return Table(
        "", tuple(name for name, _ in COLUMNS), lines, centred(len(COLUMNS)), tuple(width for _, width in COLUMNS)
    )


def _line(number: int, row: Secondment, making: Making) -> tuple[str, ...]:
    teacher = row.teacher
    return (
        str(number), str(row.sending_school), teacher.name, teacher.get_sex_display(), short_month(teacher.birth_date), making.id_number(teacher),
        teacher.get_education_display(), teacher.get_title_display(), backbone(row, with_years=False), stage(row), subject(row), receiving(row), townships(row),
        str(row.programme), f"{short_month(row.start)}—{short_month(row.ended_on or row.end)}", yes_no(row.is_first), making.phone(teacher),
        "" if row.duty == "teacher" else row.get_duty_display(),
    )  # fmt: skip


def workbook(rows: Sequence[Secondment], making: Making) -> bytes:
    return table_workbook(roster(rows, making))


ROSTER = Paper(
    "roster", "花名册", "一人一行，横排；身份证号和电话遮住中间。", secondments(needs_state(GOING, "还没有批准"), ("document.generate",)), roster,
    formats=("pdf", "docx", "xlsx"), excel=workbook, actions=("document.generate",),
)  # fmt: skip
