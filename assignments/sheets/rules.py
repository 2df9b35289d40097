"""项目类型 and 政策指标: what a county changes without changing the program."""

from __future__ import annotations

from assignments.choices import Direction, RuleLevel
from assignments.models import PolicyRule, Programme
from assignments.sheets.columns import text
from zhijiao.workbook.description import Column, Sheet
from zhijiao.workbook.kinds import Choice, Decimal, Whole, Words, YesNo

PROGRAMMES = Sheet(
    name="项目类型",
    model=Programme,
    help="本县自己的项目类型。支教、县内支教、城乡交流轮岗、跟岗学习、短期指导等已有，不用再写。",
    key=("name",),
    names=lambda programme: [programme.name, *programme.aliases],
    columns=(
        text("项目类型", "name", 40, required=True, sample="乡镇走教"),
        Column("别名", "aliases", Words(), help="别的表里也可能写的名称"),
        Column("方向", "direction", Choice(Direction), default=Direction.OUT, sample="支援"),
        Column("是否全职", "is_full_time", YesNo(), default=True, sample="否"),
        Column("计入交流轮岗", "counts_as_exchange", YesNo(), default=True, sample="否"),
        Column("最短月数", "minimum_months", Whole(0, 60), sample=9),
        Column("学年听课节数", "lessons_observed", Whole(0, 500), sample=40),
        Column("学年公开课节数", "open_lessons", Whole(0, 100), sample=2),
        Column("学年讲座场数", "lectures", Whole(0, 100), sample=1),
        Column("带徒弟人数", "apprentices", Whole(0, 20), sample=1),
        text("依据文件", "basis", 120),
    ),
)

POLICY_RULES = Sheet(
    name="政策指标",
    model=PolicyRule,
    help="要达到的比例：哪个数除以哪个数，至少百分之几。国家的两项（10%、20%）已有；省、市、县另有要求的写在这里。",
    key=("name", "level"),
    columns=(
        text("指标名称", "name", 60, required=True, sample="交流轮岗教师比例"),
        text("分子", "numerator", 60, required=True, sample="exchanged", help="数据项的代号，见“数据项”页"),
        text("分母", "denominator", 60, required=True, sample="eligible", help="数据项的代号，见“数据项”页"),
        Column("标准（%）", "threshold", Decimal(min=0, max=100, places=2), required=True, sample=15),
        Column("级别", "level", Choice(RuleLevel), default=RuleLevel.COUNTY, sample="县"),
        Column("起始学年", "first_year", Whole(1990, 2100), sample=2023, help="学年开始的那一年"),
        Column("终止学年", "last_year", Whole(1990, 2100)),
        text("依据文件", "basis", 200),
    ),
)
