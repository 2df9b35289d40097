"""荣誉 and 典型事迹."""

from __future__ import annotations

from collections.abc import Iterable

from assignments.choices import LEVEL_ALIASES
from assignments.sheets.columns import of_events, school_column, school_year_column, teacher_column, text, when_column
from evaluations.choices import HonourLevel
from evaluations.models import Deed, Honour
from zhijiao.workbook.description import Column, Problem, RowValues, Sheet
from zhijiao.workbook.kinds import Choice, LongText


def _check_honour(values: RowValues) -> Iterable[Problem]:
    if not (values.get("teacher") or values.get("school") or values.get("recipient")):
        yield Problem("“获奖教师”“获奖（所属）学校”“其他获奖者”要写一个", "teacher")


def _check_deed(values: RowValues) -> Iterable[Problem]:
    if not (values.get("teacher") or values.get("school")):
        yield Problem("“教师”和“学校”要写一个", "teacher")


HONOURS = Sheet(
    name="荣誉",
    model=Honour,
    help="教师、学校和其他支持者获得的荣誉。",
    key=("title", "teacher", "school", "recipient", "document"),
    check=_check_honour,
    export=of_events,
    select=("teacher", "teacher__school", "school", "school_year"),
    columns=(
        text("荣誉名称", "title", 100, required=True, sample="2023—2024学年支教先进个人"),
        teacher_column("获奖教师", sample="沈若兰"),
        school_column("获奖（所属）学校", help="学校获奖的写；其他获奖者写所属学校", aliases=("获奖学校",)),
        text("其他获奖者", "recipient", 80, help="不是教师和学校的，如 同学会"),
        Column("级别", "level", Choice(HonourLevel, LEVEL_ALIASES), sample="县级"),
        text("授予单位", "issuer", 60, sample="青岚县教育局"),
        text("文号", "document", 60, sample="青教发〔2024〕31号"),
        when_column("授予日期", "2024年9月8日"),
        school_year_column(),
    ),
)

DEEDS = Sheet(
    name="典型事迹",
    model=Deed,
    help="谁做了什么，写成一两句话。",
    key=("teacher", "school", "text"),
    check=_check_deed,
    export=of_events,
    select=("teacher", "teacher__school", "school", "school_year"),
    columns=(
        teacher_column("教师", sample="白海川", aliases=("姓名",)),
        school_column("学校", help="集体的事迹，或讲述它的学校"),
        Column(
            "事迹", "text", LongText(500), required=True, sample="承担八年级两个班的语文教学，每周给村小送一节阅读课"
        ),
        text("宣传载体", "told_in", 80, sample="县教育局公众号"),
        when_column("时间", "2024年5月"),
        school_year_column(),
    ),
)
