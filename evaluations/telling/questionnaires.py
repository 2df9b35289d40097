"""Who is told that the results of a questionnaire can be read."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from assignments.telling import account_of, people_of_schools
from zhijiao.notices.kinds import Kind, Placeholder
from zhijiao.notices.sending import notify

KINDS = (
    Kind(
        "questionnaire_released", "问卷结果发布", "教育局发布问卷结果时，发给支教教师和受援学校",
        "{学校}{问卷}的结果可以看了", "谁答了什么，谁也查不出来。满意率、各题的分布和审核过的文字都在里面。",
        (Placeholder("school", "学校", "松岭乡中心小学"), Placeholder("set", "问卷", "学生问卷")),
    ),
)  # fmt: skip


def tell_of_results(questionnaire: Any, *, by: Any) -> None:
    """That results can be read, to the teacher they are about and to the school."""
    people = list(people_of_schools([questionnaire.school_id]).get(questionnaire.school_id, []))
    if questionnaire.secondment_id:
        people += account_of(questionnaire.secondment.teacher_id)
    values = {"school": questionnaire.school.name, "set": questionnaire.question_set.title}
    url = reverse("evaluations:questionnaire_results", args=[questionnaire.pk])
    told = [one for one in dict.fromkeys(people) if one is not None and one.pk != by.pk]
    notify(told, "questionnaire_released", values, url, str(questionnaire.pk), county=questionnaire.county_id)
