"""Figures of 组织领导."""

from assignments.models import Incentive, LeadingGroup, Meeting, PolicyDocument, TeamReport, Training
from reports.figures.registry import define

define("leading_groups", "领导小组", "个", "时段内的支教工作领导小组。", rows=lambda asked: asked.events(LeadingGroup))
define("documents", "政策文件", "份", "时段内印发或执行的文件。", rows=lambda asked: asked.events(PolicyDocument))
define("meetings", "会议", "次", "时段内召开的会议。", rows=lambda asked: asked.events(Meeting), by={"kind": "kind"})
define(
    "training_sessions",
    "培训",
    "次",
    "时段内举办的培训和学习交流，按次数计。",
    rows=lambda asked: asked.events(Training),
    total="sessions",
    by={"kind": "kind"},
)
define(
    "team_reports",
    "带队汇报",
    "次",
    "带队领导向学校汇报的次数。",
    rows=lambda asked: asked.events(
        TeamReport, ("school", "reporter__school", "reporter__secondments__sending_school")
    ),
)
define("incentives", "激励措施", "项", "对支教教师的激励措施。", rows=lambda asked: asked.of_year(Incentive))
