"""Who is told of what in this app: the kinds of notices, and to whom each goes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from assignments.telling import account_of, people_of_schools
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
        "work_returned", "工作记录退回", "受援学校退回一条工作记录时，发给支教教师和登记的人",
        "{教师}的工作记录有一条要改", "{内容}：{理由}。改好以后学校会再看一次。",
        (
            Placeholder("teacher", "教师", "沈若兰"),
            Placeholder("what", "内容", "听课2节"),
            Placeholder("reason", "理由", "请写明听了哪位老师的课"),
        ),
    ),
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
    Kind(
        "questionnaire_released", "问卷结果发布", "教育局发布问卷结果时，发给支教教师和受援学校",
        "{学校}{问卷}的结果可以看了", "谁答了什么，谁也查不出来。满意率、各题的分布和审核过的文字都在里面。",
        (Placeholder("school", "学校", "松岭乡中心小学"), Placeholder("set", "问卷", "学生问卷")),
    ),
)  # fmt: skip


def tell_of_return(row: Any, *, by: Any) -> None:
    """That something is to be mended, to the teacher and to whoever entered it; not to who sent it back."""
    people = [*account_of(row.secondment.teacher_id), row.entered_by]
    values = {"teacher": row.secondment.teacher.name, "what": str(row), "reason": row.return_reason}
    url = reverse("evaluations:work_book", args=[row.secondment_id])
    told = [one for one in dict.fromkeys(people) if one is not None and one.pk != by.pk]
    notify(told, "work_returned", values, url, county=row.county_id)


# --- inspections -------------------------------------------------------------------------------------------------------


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


def tell_of_results(questionnaire: Any, *, by: Any) -> None:
    """That results can be read, to the teacher they are about and to the school."""
    people = list(people_of_schools([questionnaire.school_id]).get(questionnaire.school_id, []))
    if questionnaire.secondment_id:
        people += account_of(questionnaire.secondment.teacher_id)
    values = {"school": questionnaire.school.name, "set": questionnaire.question_set.title}
    url = reverse("evaluations:questionnaire_results", args=[questionnaire.pk])
    told = [one for one in dict.fromkeys(people) if one is not None and one.pk != by.pk]
    notify(told, "questionnaire_released", values, url, str(questionnaire.pk), county=questionnaire.county_id)
