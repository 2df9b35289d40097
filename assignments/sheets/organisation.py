"""组织领导, 政策文件, 会议, 培训, 激励措施, 问题与打算."""

from __future__ import annotations

from assignments.models import Incentive, LeadingGroup, Meeting, OutlookItem, PolicyDocument, Training
from assignments.sheets.columns import (
    of_events,
    of_school_year,
    quantity_column,
    school_column,
    school_year_column,
    text,
    when_column,
)
from zhijiao.workbook.description import Column, Sheet
from zhijiao.workbook.kinds import Choice, Whole, Words, YesNo

OF_BUREAU = "局里的留空"

LEADING_GROUPS = Sheet(
    name="组织领导",
    model=LeadingGroup,
    help="支教工作领导小组、责任科室，以及落实了什么、侧重什么。局里一行，学校各一行。",
    key=("school", "school_year", "when", "name"),
    export=of_events,
    select=("school", "school_year"),
    columns=(
        school_year_column(),
        when_column("成立时间", "2023年8月20日", help="知道多少写多少；按年份统计的写 2009年"),
        school_column("学校", help=OF_BUREAU),
        text("领导小组名称", "name", 60, sample="支教工作领导小组"),
        text("组长", "head", 60, sample="局长"),
        Column("成员", "members", Words(), sample="分管副局长、人事股股长"),
        Column("是否明确责任科室", "offices_named", YesNo(), sample="是"),
        Column("责任科室", "offices", Words(), sample="人事股、教研室"),
        Column("落实事项", "in_place", Words(), sample="领导、教师、经费", help="如“三落实”是 领导、教师、经费"),
        Column("选派侧重", "priorities", Words(), sample="学校重点学科、骨干教师", help="如“两侧重”"),
    ),
)

DOCUMENTS = Sheet(
    name="政策文件",
    model=PolicyDocument,
    help="支教工作依据的、印发的文件。",
    key=("title", "when", "school_year", "school"),
    export=of_events,
    select=("school", "school_year"),
    columns=(
        text("文件名称", "title", 120, required=True, sample="支教教师考核实施办法", help="不用写书名号"),
        text("文号", "number", 60, sample="青教人〔2023〕12号"),
        text("发文单位", "issuer", 60, sample="青岚县教育局"),
        when_column("发文日期", "2023年6月1日"),
        school_year_column(),
        school_column("登记学校", help="局里登记的留空"),
    ),
)

MEETINGS = Sheet(
    name="会议",
    model=Meeting,
    help="支教工作的会议，一次一行。",
    key=("kind", "when", "school", "topic"),
    export=of_events,
    select=("school", "school_year"),
    columns=(
        text("会议名称", "kind", 40, required=True, sample="接收工作会议"),
        when_column("会议日期", "2023年8月28日"),
        school_year_column(),
        school_column("召开学校", help="局里召开的留空", sample="云溪乡中心初中"),
        text("主持人", "chair", 50),
        text("会议主题", "topic", 200),
        Column("参加人员", "attendees", Words(), sample="各接收学校校长、分管后勤工作的领导"),
        quantity_column("参加人数", "people"),
        text("议定事项", "resolution", 300, sample="接收学校提供宿舍并保障水电"),
    ),
)

TRAININGS = Sheet(
    name="培训",
    model=Training,
    help="报告会、培训、学习交流；每周一次的写一行，写明次数。",
    key=("kind", "topic", "when", "school"),
    export=of_events,
    select=("school", "school_year"),
    columns=(
        text("培训形式", "kind", 40, required=True, sample="报告会"),
        text("培训主题", "topic", 120, sample="如何实施有效教学"),
        when_column("培训日期", "2023年10月12日", help="连续几次的写起止，如 2023年10月16日至2024年1月12日"),
        school_year_column(),
        school_column("举办学校", help="局里举办的留空", sample="云溪乡中心初中"),
        text("主讲人", "speaker", 60, sample="外聘优秀教师"),
        text("参加对象", "audience", 60, sample="全体教师"),
        quantity_column("参加人数", "people"),
        text("频次", "frequency", 20, help="如 每周"),
        Column("次数", "sessions", Whole(1, 999), default=1, sample=1),
    ),
)

INCENTIVES = Sheet(
    name="激励措施",
    model=Incentive,
    help="对支教教师的激励，如 优先晋升职称。",
    key=("school_year", "school", "measure"),
    export=of_school_year,
    select=("school", "school_year"),
    columns=(
        school_year_column(required=True),
        school_column("学校", help="全县的留空"),
        text("激励措施", "measure", 100, required=True, sample="优先晋升职称"),
        text("依据", "basis", 100),
    ),
)

OUTLOOK = Sheet(
    name="问题与打算",
    model=OutlookItem,
    help="工作总结里的存在问题和下一步打算，一条一行，写成一句话。",
    key=("school_year", "school", "kind", "text"),
    export=of_school_year,
    select=("school", "school_year"),
    columns=(
        school_year_column(required=True),
        school_column("学校", help=OF_BUREAU),
        Column(
            "类别",
            "kind",
            Choice(
                OutlookItem.Kind,
                {"问题": "存在问题", "打算": "下一步打算", "计划": "下一步打算", "下一步": "下一步打算"},
            ),
            required=True,
            sample="存在问题",
        ),
        text("内容", "text", 300, required=True, sample="初中物理、化学骨干教师仍有缺口"),
        text("措施", "measure", 300),
    ),
)
