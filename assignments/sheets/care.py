"""后勤保障, 困难诉求, 走访慰问."""

from __future__ import annotations

from collections.abc import Iterable

from assignments.choices import DIFFICULTY_ALIASES, DifficultyCategory
from assignments.models import CondolenceVisit, Difficulty, Provision
from assignments.sheets.columns import (
    of_events,
    of_school_year,
    quantity_column,
    school_column,
    school_year_column,
    teacher_column,
    text,
    when_column,
)
from zhijiao.dates import told
from zhijiao.workbook.description import Column, Problem, RowValues, Sheet
from zhijiao.workbook.kinds import Amount, Choice, Day, LongText, Whole, Words


def _check_difficulty(values: RowValues) -> Iterable[Problem]:
    raised, resolved = values.get("when"), values.get("resolved_on")
    if raised and resolved and resolved < raised.start:
        yield Problem(f"解决日期 {told(resolved)} 早于提出日期 {raised}，应在提出以后", "resolved_on")


PROVISIONS = Sheet(
    name="后勤保障",
    model=Provision,
    help="每所受援学校一个学年一行：给支教教师提供了什么。",
    key=("school_year", "school"),
    export=of_school_year,
    select=("school_year", "school"),
    columns=(
        school_year_column(required=True),
        school_column("受援学校", required=True, sample="三岔中学", aliases=("学校",)),
        Column("保障项目", "items", Words(), sample="宿舍、水电、日常生活用品、电子阅览室", help="用“、”隔开"),
        Column("宿舍间数", "rooms", Whole(0, 999), sample=2),
        Column("投保人数", "insured", Whole(0, 999), sample=2),
        Column("投入经费（元）", "spent", Amount(), sample=3000),
        text("负责人", "person_in_charge", 50),
    ),
)

DIFFICULTIES = Sheet(
    name="困难诉求",
    model=Difficulty,
    help="支教教师提出的困难，谁办、怎么解决的。",
    key=("teacher", "when", "text"),
    check=_check_difficulty,
    export=of_events,
    select=("teacher", "teacher__school", "school_year"),
    columns=(
        teacher_column("提出人", required=True, sample="刘书桐", aliases=("教师", "姓名")),
        when_column("提出日期", "2023年9月15日"),
        school_year_column(),
        Column(
            "类别",
            "category",
            Choice(DifficultyCategory, DIFFICULTY_ALIASES),
            default=DifficultyCategory.OTHER,
            sample="家庭困难",
        ),
        Column("困难内容", "text", LongText(1000), required=True, sample="孩子上幼儿园无人接送"),
        text("承办单位（人）", "owner", 60, sample="县直第二初中", aliases=("承办单位",)),
        Column("办理期限", "due_on", Day()),
        text("解决办法", "resolution", 300, sample="调整配偶的工作安排"),
        Column("解决日期", "resolved_on", Day(), sample="2023年9月22日"),
    ),
)

CONDOLENCES = Sheet(
    name="走访慰问",
    model=CondolenceVisit,
    help="节日等时候看望支教教师，一次一行。",
    key=("occasion", "when", "visiting_school", "visited_school"),
    export=of_events,
    select=("visiting_school", "visited_school", "school_year"),
    columns=(
        text("慰问时机", "occasion", 40, required=True, sample="教师节"),
        when_column("慰问日期", "2023年9月10日"),
        school_year_column(),
        school_column("慰问学校", "visiting_school", help="局里慰问的留空", sample="县直第二初中"),
        school_column(
            "被慰问教师所在学校", "visited_school", sample="张河中学", help="走访了几所学校的留空，或分几行写"
        ),
        text("慰问人", "visitors", 100, sample="校长、工会主席"),
        text("慰问品", "gifts", 100, sample="生活必需品"),
        Column("慰问金（元）", "amount", Amount()),
        quantity_column("慰问人数", "visited", sample=5),
    ),
)
