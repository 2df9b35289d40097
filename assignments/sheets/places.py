"""学校."""

from __future__ import annotations

from typing import Any

from assignments.choices import LOCATION_ALIASES, SCHOOL_STAGE_ALIASES, Location, SchoolStage
from assignments.models import School
from assignments.pinyin import set_readings
from assignments.sheets.columns import text
from zhijiao.workbook.description import Column, Former, RowValues, Sheet
from zhijiao.workbook.kinds import Choice, Phone, Reference, SchoolCode, Words, YesNo


def _prepare(school: School, values: RowValues, context: Any) -> None:
    set_readings(school)


SCHOOLS = Sheet(
    name="学校",
    model=School,
    help="派出学校、受援学校都写在这里，一校一行。一所学校派出还是受援，由派遣记录决定，不用填。",
    key=("name",),
    names=lambda school: [school.name, *school.aliases],
    # Schools that were merged leave their names, and a number that is not used any more, with the one that stays.
    former=Former(lambda school: school.aliases, cells=("name", "code"), kept=("name", "aliases", "code")),
    prepare=_prepare,
    rows=lambda rows: rows.filter(merged_into=None),
    derived=("initials",),
    select=("centre_school",),
    columns=(
        text(
            "学校名称",
            "name",
            80,
            required=True,
            sample="云溪乡中心初中",
            help="全称，别的表里用它来指这所学校",
            aliases=("学校", "名称"),
        ),
        Column(
            "其他名称", "aliases", Words(), help="简称、旧名，用“、”隔开；别的表里写简称也认得", sample="云溪中心校"
        ),
        Column("学校标识码", "code", SchoolCode(), help="教育部统一编的 10 位数字", sample="3161000123"),
        text("乡镇（街道）", "township", 40, sample="云溪乡", aliases=("乡镇", "街道")),
        Column("学段", "stage", Choice(SchoolStage, SCHOOL_STAGE_ALIASES), sample="初中", aliases=("办学类型",)),
        Column("城乡分类", "location", Choice(Location, LOCATION_ALIASES), sample="乡村", help="按统计用城乡划分"),
        Column("是否中心校", "is_centre_school", YesNo(), default=False, sample="是"),
        Column("所属中心校", "centre_school", Reference("学校"), help="村小、教学点写管它的中心校", sample=""),
        Column("是否县外", "is_outside_county", YesNo(), default=False, sample="否"),
        text("所在地区", "region", 60, help="县外学校写所在的市、县"),
        Column("是否重点帮扶", "is_focus", YesNo(), default=False, sample="否"),
        text("补助类别", "allowance_class", 20, help="发放补助时的学校类别，如 三类"),
        text("地址", "address", 120),
        text("校长", "principal", 50, sample="石长青"),
        text("联系人", "contact", 50),
        Column("联系电话", "phone", Phone(landline=True)),
    ),
)
