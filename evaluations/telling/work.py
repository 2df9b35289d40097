"""Who is told of a work record that is to be mended."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from assignments.telling import account_of
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
)  # fmt: skip


def tell_of_return(row: Any, *, by: Any) -> None:
    """That something is to be mended, to the teacher and to whoever entered it; not to who sent it back."""
    people = [*account_of(row.secondment.teacher_id), row.entered_by]
    values = {"teacher": row.secondment.teacher.name, "what": str(row), "reason": row.return_reason}
    url = reverse("evaluations:work_book", args=[row.secondment_id])
    told = [one for one in dict.fromkeys(people) if one is not None and one.pk != by.pk]
    notify(told, "work_returned", values, url, county=row.county_id)
