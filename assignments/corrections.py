"""A teacher finds something wrong in their own data, asks, and is answered by the school or the bureau."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from assignments.access import insist
from assignments.models import CorrectionRequest, Teacher
from assignments.people import may_edit_teacher
from zhijiao.accounts import audit
from zhijiao.refusals import Refused

# What a teacher can see of themselves and ask about, as it is called on the page.
FIELDS = (
    "姓名", "性别", "出生日期", "民族", "籍贯", "政治面貌", "身份证号", "手机号", "银行卡号", "参加工作时间", "本校任教起始", "编制性质", "最高学历", "职称",
    "职称聘任时间", "任教学科", "教师资格", "骨干称号", "支教经历", "其他",
)  # fmt: skip
MOST_OPEN = 10  # that wait at once for one teacher


def ask(teacher: Teacher, *, field: str, right_value: str, reason: str, by: Any) -> CorrectionRequest:
    insist(by, teacher, "teacher.correction_request")
    with transaction.atomic():
        Teacher.objects.select_for_update(no_key=True).get(pk=teacher.pk)
        waiting = CorrectionRequest.objects.filter(teacher=teacher, is_done=None)
        if waiting.filter(field=field, right_value=right_value).exists():
            raise Refused(f"“{field}”应为“{right_value}”已经提过，正等着办理")
        if waiting.count() >= MOST_OPEN:
            raise Refused(f"还有 {MOST_OPEN} 条更正申请等着办理，办完以后再提")
        request = CorrectionRequest.objects.create(
            county_id=teacher.county_id, teacher=teacher, field=field, right_value=right_value, reason=reason
        )
        audit.record(by, "申请更正", teacher, after={"哪一项": field, "应为": right_value}, reason=reason)
    return request


def answer(request: CorrectionRequest, *, is_done: bool, words: str, by: Any) -> None:
    """Whoever may edit the teacher: corrected (the record itself is edited on its own page), or not, and why."""
    with transaction.atomic():
        row = CorrectionRequest.objects.select_for_update().get(pk=request.pk)
        if row.is_done is not None:
            raise Refused(f"这条更正申请{row.answered_by or ''}已经办理：{row.answer or '已更正'}")
        if not may_edit_teacher(by, row.teacher):
            raise Refused("这位教师的资料不由您改，请转给教师所在学校或教育局")
        row.is_done, row.answer, row.answered_by, row.answered_at = is_done, words, by, timezone.now()
        row.save(update_fields=["is_done", "answer", "answered_by", "answered_at"])
        verb = "更正申请已办" if is_done else "更正申请不予更正"
        audit.record(by, verb, row.teacher, after={"哪一项": row.field, "应为": row.right_value}, reason=words)
