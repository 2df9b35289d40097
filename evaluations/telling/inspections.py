"""Who is told of an inspection: that it comes, that it is moved, that it is near."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from assignments.telling import people_of_schools
from zhijiao.dates import told
from zhijiao.notices.kinds import Kind, Placeholder
from zhijiao.notices.sending import notify

_SCHOOL = Placeholder("school", "学校", "松岭乡中心小学")
_DAY = Placeholder("day", "日期", "2026年12月2日")
_HALF = Placeholder("half", "时段", "上午")
_ROUND = Placeholder("round", "轮次", "2026年秋季支教督导检查")
_TEAM = Placeholder("team", "检查组", "第一组")

KINDS = (
    Kind(
        "inspection_announced", "检查通知", "局里通知一轮督导检查时，发给受检学校和检查组",
        "{日期}到{学校}检查", "{轮次}：{检查组}{日期}{时段}到{学校}。检查前不用另备材料，工作记录里有的当场看。",
        (_SCHOOL, _DAY, _HALF, _ROUND, _TEAM),
    ),
    Kind(
        "inspection_moved", "检查改期", "已经通知的检查改期、换组，或者不去了，发给受检学校和检查组",
        "{学校}的检查{变动}", "{轮次}：{学校}的检查{变动}。{理由}",
        (
            _SCHOOL, _ROUND, Placeholder("moved", "变动", "改到2026年12月3日上午，第二组"),
            Placeholder("reason", "理由", "大雪封路"),
        ),
    ),
    Kind(
        "inspection_near", "检查临近", "检查前三个工作日，发给受检学校和检查组",
        "{日期}到{学校}检查", "{检查组}{日期}{时段}到{学校}检查，{轮次}。", (_SCHOOL, _DAY, _HALF, _ROUND, _TEAM),
    ),
)  # fmt: skip


def tell_of_round(held: Any, rows: Iterable[Any], *, by: Any) -> None:
    """That a round comes: each school its own day, each team its schools."""
    for row in rows:
        tell_of_inspection("inspection_announced", row, by=by)


def tell_of_inspection(kind: str, row: Any, *, by: Any = None, key: str = "", **more: str) -> int:
    """A school and its team are told of their inspection; not who does it."""
    values = {
        "school": row.school, "day": told(row.start), "half": row.get_half_day_display(), "round": row.round, "team": row.team, **more,
    }  # fmt: skip
    people = [*people_of_schools([row.school_id]).get(row.school_id, ()), *_members(row.team)]
    people = [one for one in dict.fromkeys(people) if by is None or one.pk != by.pk]
    url = reverse("evaluations:inspection_detail", args=[row.pk])
    return notify(people, kind, values, url, key, county=row.county_id)


def tell_of_moved(row: Any, *, by: Any, reason: str = "") -> None:
    """Another day or team; with a reason: that nobody comes."""
    moved = "取消了" if reason else f"改到{told(row.start)}{row.get_half_day_display()}，{row.team}"
    tell_of_inspection("inspection_moved", row, by=by, moved=moved, reason=reason)


def _members(team: Any) -> list[Any]:
    return [one.user for one in team.members.select_related("user")] if team else []
