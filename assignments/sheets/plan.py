"""年度基本情况, 岗位需求, 选派计划, 暂缓交流, 学校结对."""

from __future__ import annotations

from collections.abc import Iterable

from assignments.choices import ExemptionReason, TeachingStage
from assignments.models import Allocation, Demand, Exemption, Pairing, YearFacts
from assignments.sheets.columns import (
    Subject,
    of_events,
    of_school_year,
    school_column,
    school_year_column,
    teacher_column,
    text,
    when_column,
)
from zhijiao.workbook.description import Column, Problem, RowValues, Sheet
from zhijiao.workbook.kinds import Choice, Day, Decimal, Whole


def two_schools(sending: str, receiving: str) -> Iterable[Problem]:
    yield Problem(f"受援学校不能和派出学校相同，都是“{sending}”", receiving)


def _check_allocation(values: RowValues) -> Iterable[Problem]:
    if values.get("receiving_school") and values["receiving_school"] == values.get("sending_school"):
        yield from two_schools(str(values["sending_school"]), "receiving_school")


YEAR_FACTS = Sheet(
    name="年度基本情况",
    model=YearFacts,
    help="各校一个学年的基本数，用来算比例；学校留空是全县合计。",
    key=("school_year", "school"),
    export=of_school_year,
    select=("school_year", "school"),
    columns=(
        school_year_column(required=True),
        school_column("学校", help="留空表示全县合计", sample="县实验初中"),
        Column("在编专任教师", "teachers", Whole(), sample=86),
        Column(
            "符合交流条件教师",
            "eligible",
            Whole(),
            sample=41,
            help="符合交流条件教师总数，交流比例的分母",
            aliases=("符合交流条件",),
        ),
        Column("骨干教师", "backbone", Whole(), sample=12),
        Column("学生", "pupils", Whole(), sample=1200, aliases=("学生数",)),
        Column("班级", "classes", Whole(), sample=24, aliases=("班级数",)),
        Column("平均周课时", "average_periods", Decimal(min=0, max=60, places=1), sample=11.5),
    ),
)

DEMANDS = Sheet(
    name="岗位需求",
    model=Demand,
    help="受援学校要什么学科的教师、要几人。",
    key=("school_year", "school", "stage", "subject"),
    export=of_school_year,
    select=("school_year", "school"),
    columns=(
        school_year_column(required=True),
        school_column("需求学校", required=True, sample="三岔中学", aliases=("学校", "受援学校")),
        Column("学段", "stage", Choice(TeachingStage), sample="初中"),
        Column("学科", "subject", Subject, required=True, sample="物理"),
        Column("需求人数", "number", Whole(1, 999), required=True, sample=1, aliases=("人数",)),
        text("要求", "requirement", 200, sample="能带实验课"),
        Column("申报日期", "stated_on", Day()),
    ),
)

ALLOCATIONS = Sheet(
    name="选派计划",
    model=Allocation,
    help="每所派出学校出几人、出什么学科、到哪里。",
    key=("school_year", "sending_school", "receiving_school", "subject"),
    check=_check_allocation,
    export=of_school_year,
    select=("school_year", "sending_school", "receiving_school"),
    columns=(
        school_year_column(required=True),
        school_column("派出学校", "sending_school", required=True, sample="县实验初中"),
        school_column("受援学校", "receiving_school", sample="三岔中学"),
        Column("学科", "subject", Subject, sample="物理"),
        Column("选派名额", "number", Whole(1, 999), required=True, sample=1, aliases=("名额", "人数")),
        text("计划文号", "document", 60, sample="青教人〔2023〕12号"),
    ),
)

EXEMPTIONS = Sheet(
    name="暂缓交流",
    model=Exemption,
    help="该交流而暂时不去的教师，写明原因、证明和到期日期。",
    key=("teacher", "reason", "start"),
    select=("teacher", "teacher__school"),
    columns=(
        teacher_column("教师", required=True, sample="毛洪川", aliases=("姓名",)),
        Column("免派原因", "reason", Choice(ExemptionReason), required=True, sample="哺乳期", aliases=("原因",)),
        text("证明材料", "proof", 100, sample="出生医学证明"),
        Column("开始", "start", Day(), sample="2023年9月1日"),
        Column("到期", "end", Day(), sample="2024年8月31日"),
    ),
)

PAIRINGS = Sheet(
    name="学校结对",
    model=Pairing,
    help="两所学校结对帮扶的协议。",
    key=("school_year", "supporting_school", "supported_school"),
    export=of_events,
    select=("school_year", "supporting_school", "supported_school"),
    columns=(
        school_year_column(),
        school_column("帮扶学校", "supporting_school", required=True, sample="县实验初中", aliases=("支援学校",)),
        school_column("受援学校", "supported_school", required=True, sample="三岔中学"),
        when_column("期限", "2023年9月1日至2024年7月10日"),
        text("协议名称", "agreement", 80, sample="结对帮扶协议书"),
        Column("签订日期", "signed_on", Day()),
        text("目标", "goal", 200),
        Column("每学期活动次数", "visits_a_term", Whole(0, 200), sample=2),
    ),
)
