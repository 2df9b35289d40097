"""Who is told of what in this app: the kinds of notices, and to whom each goes."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from assignments.telling import account_of, people_of_schools
from zhijiao.notices.kinds import Kind, Placeholder
from zhijiao.notices.sending import notify

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


def tell_of_results(questionnaire: Any, *, by: Any) -> None:
    """That results can be read, to the teacher they are about and to the school."""
    people = list(people_of_schools([questionnaire.school_id]).get(questionnaire.school_id, []))
    if questionnaire.secondment_id:
        people += account_of(questionnaire.secondment.teacher_id)
    values = {"school": questionnaire.school.name, "set": questionnaire.question_set.title}
    url = reverse("evaluations:questionnaire_results", args=[questionnaire.pk])
    told = [one for one in dict.fromkeys(people) if one is not None and one.pk != by.pk]
    notify(told, "questionnaire_released", values, url, str(questionnaire.pk), county=questionnaire.county_id)
