"""The teacher signs or objects; the sending school says its opinion."""

from __future__ import annotations

from typing import Any

from evaluations.appraisal.steps import insist_step, locked
from evaluations.choices import Answer
from evaluations.models import Appraisal
from evaluations.telling import appraisals as telling
from zhijiao import clock
from zhijiao.accounts import audit
from zhijiao.dates import told
from zhijiao.refusals import Refused, WordsNeeded, atomically


def sign(appraisal: Appraisal, *, by: Any) -> Appraisal:
    """The teacher agrees with the score."""
    with atomically():
        row = locked(appraisal)
        insist_step("answer", row, by)
        if row.answer == Answer.AGREED:
            raise Refused("已经签过字了")
        row.answer, row.objection, row.signed_on = Answer.AGREED, "", clock.today()
        row.save(update_fields=["answer", "objection", "signed_on"])
        audit.record(by, "考核签字", row, after={"签字日期": told(row.signed_on)})
    return row


def object_to(appraisal: Appraisal, text: str, *, by: Any) -> Appraisal:
    """The teacher does not agree, and says why."""
    words = text.strip()
    with atomically():
        row = locked(appraisal)
        insist_step("answer", row, by)
        if not words:
            raise WordsNeeded("没有提交：请写明哪一项有异议、为什么")
        if len(words) > 500:
            raise WordsNeeded(f"异议最多 500 个字，现在有 {len(words)} 个")
        row.answer, row.objection, row.signed_on = Answer.OBJECTED, words, clock.today()
        row.save(update_fields=["answer", "objection", "signed_on"])
        audit.record(by, "对考核评分提出异议", row)
        telling.tell_objected(row, by=by)
    return row


def give_opinion(appraisal: Appraisal, text: str, *, by: Any) -> Appraisal:
    """What the sending school says."""
    words = text.strip()
    with atomically():
        row = locked(appraisal)
        insist_step("opinion", row, by)
        if not words:
            raise WordsNeeded("没有保存：请写派出学校的意见")
        if len(words) > 200:
            raise WordsNeeded(f"意见最多 200 个字，现在有 {len(words)} 个")
        row.sending_opinion, row.opinion_by = words, by
        row.save(update_fields=["sending_opinion", "opinion_by"])
        audit.record(by, "填写派出学校考核意见", row)
    return row
