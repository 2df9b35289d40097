"""Figures of 组织领导."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from assignments.models import Incentive, LeadingGroup, Meeting, PolicyDocument, TeamReport, Training
from reports.figures.asked import Asked
from reports.figures.registry import define


def _own(asked: Asked) -> Q:
    """The bureau's own, or the school's and of those below it."""
    return Q(school=None) if asked.viewpoint.is_county else Q(school__in=asked.viewpoint.schools)


def _others(rows: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
    return rows.exclude(school=None) if asked.viewpoint.is_county else rows.exclude(_own(asked))


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
    only={"reporter": "reporter"},
)
define("incentives", "激励措施", "项", "对支教教师的激励措施。", rows=lambda asked: asked.of_year(Incentive))
define(
    "groups_of_schools",
    "学校领导小组",
    "个",
    "本单位以外各学校的支教工作领导小组。",
    rows=lambda asked: _others(asked.events(LeadingGroup), asked),
)
define(
    "own_meetings",
    "本级会议",
    "次",
    "时段内本单位召开的会议。",
    rows=lambda asked: asked.events(Meeting).filter(_own(asked)),
    by={"kind": "kind"},
)
define(
    "meetings_of_schools",
    "学校会议",
    "次",
    "时段内本单位以外各学校召开的会议。",
    rows=lambda asked: _others(asked.events(Meeting), asked),
    by={"kind": "kind"},
)
define(
    "own_incentives",
    "本级激励措施",
    "项",
    "本单位对支教教师的激励措施。",
    rows=lambda asked: asked.of_year(Incentive).filter(_own(asked)),
)
