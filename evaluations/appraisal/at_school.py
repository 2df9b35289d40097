"""The receiving school scores and hands in; the bureau sends back. What was handed in is kept as it was, in a version of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from evaluations.appraisal.lines import (
    WRITTEN,
    add_up,
    item_of,
    known_of,
    lines_of,
    missing,
    seen_of,
    take_known,
    write,
)
from evaluations.appraisal.steps import insist_step, locked
from evaluations.choices import AppraisalState
from evaluations.models import Appraisal, AppraisalScore, AppraisalVersion
from evaluations.telling import appraisals as telling
from zhijiao import clock
from zhijiao.accounts import audit
from zhijiao.refusals import Refused, WordsNeeded, atomically


def save_draft(appraisal: Appraisal, values: Mapping[str, Any], *, by: Any, seen: str = "") -> Appraisal:
    """Kept as far as it is written. `values`: the remarks by name, and "lines": the name of an item → what was filled in."""
    with atomically():
        row = locked(appraisal)
        insist_step("save", row, by)
        if seen and seen != seen_of(row):
            raise Refused("您打开这张表以后，有人改过这份评分。请刷新后再填；您填的在这台设备上还留着")
        for name in WRITTEN:
            if name in values:
                setattr(row, name, str(values[name] or "").strip())
        given = values.get("lines") or {}
        lines = lines_of(row)
        if given:
            known = known_of(row)
            for line in lines:
                if line.item in given:
                    item = item_of(line)
                    write(line, item, given[line.item], known.get(item.fact))
            AppraisalScore.objects.bulk_update(lines, ["value", "score", "is_known", "source"])
        add_up(row, lines)
        row.save()
        audit.record(
            by, "保存考核评分", row, after={"评了": sum(line.score is not None for line in lines), "共": len(lines)}
        )
    return row


def refresh(appraisal: Appraisal, *, by: Any) -> Appraisal:
    """What the system knows is filled in anew. What a person decided stays."""
    with atomically():
        row = locked(appraisal)
        insist_step("save", row, by)
        known, lines = known_of(row), lines_of(row)
        for line in lines:
            is_decided = isinstance(line.value, Mapping) and "given" in line.value
            if not is_decided and (line.is_known or line.value is None):
                take_known(line, item_of(line), known)
        AppraisalScore.objects.bulk_update(lines, ["value", "score", "is_known", "source"])
        add_up(row, lines)
        row.save()
        audit.record(by, "重新带入考核数据", row)
    return row


def submit(appraisal: Appraisal, *, by: Any) -> Appraisal:
    """Handed in, when nothing is missing. From now on the teacher, the sending school and the bureau read it."""
    with atomically():
        row = locked(appraisal)
        insist_step("submit", row, by)
        lines = lines_of(row)
        if problems := missing(lines):
            raise Refused(f"还不能报送：{'；'.join(problems)}")
        add_up(row, lines)
        row.proposed_grade = row.proposed_grade or row.rule_grade
        if not row.proposed_grade:
            raise Refused("还不能报送：总分不在任何一档分数线里，请选建议等次")
        row.version += 1
        row.state, row.submitted_on, row.submitted_by, row.return_reason = (
            AppraisalState.SUBMITTED,
            clock.today(),
            by,
            "",
        )
        row.answer, row.objection, row.signed_on = "", "", None  # they answered what was handed in before
        row.save()
        AppraisalVersion.objects.create(
            county_id=row.county_id, appraisal=row, number=row.version, content=content_of(row, lines),
            submitted_on=row.submitted_on, submitted_by=by,
        )  # fmt: skip
        after = {"得分": str(row.score), "建议等次": row.get_proposed_grade_display(), "第几次": row.version}
        audit.record(by, "报送考核评分", row, after=after)
        telling.tell_submitted(row, by=by)
    return row


def content_of(row: Appraisal, lines: Iterable[AppraisalScore]) -> dict[str, Any]:
    """All that is handed in, as a version keeps it."""
    return {
        **{name: getattr(row, name) for name in WRITTEN},
        "score": str(row.score), "rule_grade": row.rule_grade, "veto": row.veto,
        "lines": [
            {
                "item": line.item, "maximum": str(line.maximum), "score": str(line.score), "value": line.value,
                "source": line.source, "is_known": line.is_known,
            }
            for line in lines
        ],
    }  # fmt: skip


def send_back(appraisal: Appraisal, reason: str, *, by: Any) -> Appraisal:
    """Back to the school, which may change it and hand it in again."""
    words = reason.strip()
    with atomically():
        row = locked(appraisal)
        insist_step("send_back", row, by)
        if not words:
            raise WordsNeeded("没有退回：请写明哪里要改")
        row.state, row.return_reason = AppraisalState.RETURNED, words[:300]
        row.save(update_fields=["state", "return_reason"])
        audit.record(by, "退回考核评分", row, reason=words)
        telling.tell_returned(row, by=by)
    return row
