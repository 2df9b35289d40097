"""For each action on a record: a state in which it is not possible, who else could do it, and what they would send."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from tests.access_world import World

DAY = dt.date(2024, 7, 20)
REASON = {"reason": "写错了", "words": "写错了", "note": "写错了", "text": "写错了", "why": "写错了"}


@dataclass(frozen=True)
class Wrong:
    who: str  # the column of the access table
    key: str  # of World.rows, or a part of World
    values: Callable[[World], dict[str, Any]]
    data: dict[str, Any] = field(default_factory=lambda: dict(REASON))


def to(**values: Any) -> Callable[[World], dict[str, Any]]:
    return lambda world: values


def _revoked(world: World) -> dict[str, Any]:
    return {
        "revoked_on": DAY,
        "revoked_by": world.rows["member"],
        "revocation_asked_by": world.rows["certificate"].issued_by,
    }


def _issued(world: World) -> dict[str, Any]:
    return {
        "state": "issued",
        "digest": "0" * 64,
        "number": "青教发〔2024〕1号",
        "dated": DAY,
        "issued_by": world.rows["member"],
        "issued_at": timezone.now(),
    }


COMPLETED = to(state="completed", ended_on=DAY)
DRAFT, LOCKED = to(state="draft"), to(state="locked")
WRONG: dict[str, Wrong] = {
    "assignments:secondment_act": Wrong("STF", "secondment", COMPLETED),
    "assignments:secondment_assign": Wrong("STF", "secondment", COMPLETED),
    "assignments:application_edit": Wrong("TEA", "secondment", COMPLETED),
    "assignments:change_decide": Wrong("STF", "change", to(state="cancelled"), {"verdict": "approve", **REASON}),
    "assignments:change_cancel": Wrong("STF", "change", to(state="approved")),
    "assignments:objection_decide": Wrong("STF", "objection", to(state="dismissed", outcome="不成立"), {"verdict": "dismissed", "outcome": "不成立", **REASON}),
    "assignments:leave_approve": Wrong("RP", "leave", to(state="cancelled")),
    "assignments:leave_refuse": Wrong("RP", "leave", to(state="approved")),
    "assignments:leave_withdraw": Wrong("TEA", "leave", to(state="refused")),
    "assignments:leave_back": Wrong("TEA", "leave", to(state="requested")),
    "assignments:attendance_answer": Wrong("TEA", "attendance", to(confirmed_on=None)),
    "assignments:allowance_count": Wrong("FIN", "sheet", LOCKED),
    "assignments:allowance_check": Wrong("STF", "sheet", LOCKED),
    "assignments:allowance_send_back": Wrong("LDR", "sheet", LOCKED),
    "assignments:allowance_lock": Wrong("LDR", "sheet", DRAFT),
    "assignments:allowance_settle": Wrong("FIN", "sheet", DRAFT),
    "assignments:allowance_line": Wrong("FIN", "sheet", LOCKED, {"amount": "1", "deduction": "1", "deduction_reason": "旷工", **REASON}),
    "assignments:allowance_line_drop": Wrong("FIN", "sheet", LOCKED),
    "assignments:difficulty_take_on": Wrong("STF", "difficulty", to(resolved_on=DAY, resolution="修好了")),
    "assignments:difficulty_settle": Wrong("STF", "difficulty", to(resolved_on=DAY, resolution="修好了"), {"resolution": "又修好了", **REASON}),
    "assignments:difficulty_reopen": Wrong("STF", "difficulty", to(resolved_on=None)),
    "assignments:correction_answer": Wrong("STF", "correction", to(answered_at=timezone.now(), answer="改好了"), {"answer": "再改", "verdict": "done", **REASON}),
    "assignments:exemption_end": Wrong("STF", "exemption", to(end=dt.date(2023, 9, 2)), {"end": "2023年10月1日", **REASON}),
    "evaluations:questionnaire_issue": Wrong("STF", "questionnaire", to(state="closed")),
    "evaluations:questionnaire_close": Wrong("STF", "questionnaire", to(state="closed")),
    "evaluations:questionnaire_time": Wrong("STF", "questionnaire", to(state="closed"), {"closes_at": "2030-01-01T10:00", "closes_at_0": "2030-01-01", "closes_at_1": "10:00"}),
    "evaluations:questionnaire_release": Wrong("STF", "questionnaire", to(state="released")),
    "evaluations:class_tally": Wrong("STF", "paper_class", to(way="codes"), {"issued": "3", "returned": "3", "valid": "3"}),
    "evaluations:class_tally_clear": Wrong("STF", "paper_class", lambda world: {}),  # nothing was typed yet
    "evaluations:questionnaire_replace": Wrong("STF", "questionnaire", to(state="open")),
    "evaluations:questionnaire_class": Wrong("STF", "questionnaire", to(state="closed"), {"name": "三（1）班", "way": "codes", "enrolled": "40"}),
    "evaluations:questionnaire_text": Wrong("STF", "answer_text", lambda world: {}, {"verdict": "released"}),  # still open
    "evaluations:rubric_retire": Wrong("STF", "rubric", to(is_retired=True)),
    "evaluations:rubric_edit": Wrong("STF", "rubric", to(is_retired=True)),
    "evaluations:question_set_retire": Wrong("STF", "question_set", to(is_retired=True)),
    "assignments:teacher_retire": Wrong("STF", "teacher", to(retired_on=DAY), {"on": "2024-07-20", **REASON}),
    "assignments:school_close": Wrong("STF", "receiving_school", to(closed_on=DAY), {"on": "2024-07-20", **REASON}),
    "assignments:member_enable": Wrong("ADM", "member", to(is_active=True)),
    "assignments:member_disable": Wrong("ADM", "member", to(is_active=False)),
    "assignments:member_role_confirm": Wrong("LDR", "membership", to(end=dt.date(2023, 9, 2), start=dt.date(2023, 9, 1))),
    "assignments:member_role_decline": Wrong("LDR", "membership", to(end=dt.date(2023, 9, 2), start=dt.date(2023, 9, 1))),
    "assignments:member_role_end": Wrong("ADM", "membership", to(end=dt.date(2023, 9, 2), start=dt.date(2023, 9, 1)), {"end": "2024-07-20", **REASON}),
    "assignments:role_take_back": Wrong("RP", "membership", to(end=dt.date(2023, 9, 2), start=dt.date(2023, 9, 1))),
    "workbook:run_confirm": Wrong("STF", "run", to(state="undone")),
    "workbook:run_abandon": Wrong("STF", "run", to(state="imported")),
    "workbook:run_undo": Wrong("STF", "run", to(state="preview")),
    "attachments:remove": Wrong("STF", "attachment", to(removed_at=timezone.now())),
    "reports:certificate_revoke": Wrong("STF", "certificate", _revoked, {"do": "ask", **REASON}),
    "reports:living_have_read": Wrong("STF", "report", _issued),
    "reports:living_hand_in": Wrong("RP", "report_of_school", to(state="handed_in", digest="0" * 64)),
    "reports:living_send_back": Wrong("STF", "report_of_school", to(state="draft")),
    "reports:living_accept": Wrong("STF", "report_of_school", to(state="draft")),
    "reports:living_issue": Wrong("STF", "report", _issued, {"number": "青教发〔2024〕2号", "day": "2024-07-20", "seen": "0"}),
    "reports:living_succeed": Wrong("STF", "report", to(state="draft")),
    "reports:living_abandon": Wrong("STF", "report", _issued),
    "reports:living_back": Wrong("STF", "report", _issued, {"point": "1", "seen": "0"}),
    "reports:living_take_over": Wrong("STF", "report", _issued, {"passage": "1"}),
    "reports:living_renew": Wrong("STF", "report", _issued),
    "reports:living_passage": Wrong("STF", "report", _issued, {"text": "改", "seen": "0"}),
    "reports:living_head": Wrong("STF", "report", _issued, {"title": "改", "signs": "改", "seen": "0"}),
    "reports:living_add": Wrong("STF", "report", _issued, {"text": "改"}),
    "reports:living_act": Wrong("STF", "report", _issued, {"seen": "0"}),
    "evaluations:appraisal_score": Wrong("RP", "appraisal", to(state="settled"), {"do": "save", **REASON}),
    "evaluations:appraisal_refresh": Wrong("RP", "appraisal", to(state="submitted")),
    "evaluations:appraisal_return": Wrong("STF", "appraisal", to(state="noticed")),
    "evaluations:appraisal_sign": Wrong("TEA", "appraisal", to(state="final")),
    "evaluations:appraisal_object": Wrong("TEA", "appraisal", to(state="final")),
    "evaluations:appraisal_opinion": Wrong("SP", "appraisal", to(state="settled")),
    "evaluations:appraisal_appeal": Wrong("TEA", "appraisal", to(state="submitted")),
    "evaluations:appraisal_decide": Wrong("STF", "appraisal", to(state="final"), {"result": "dismissed", "answer": "维持"}),
    "evaluations:appraisal_notice_finish": Wrong("STF", "grades", to(closed_on=DAY)),
    "evaluations:inspection_round_remove": Wrong("STF", "round", to(state="announced")),
    "evaluations:inspection_round_announce": Wrong("STF", "round", to(state="closed"), {"day": "2023-09-01", **REASON}),
    "evaluations:inspection_round_close": Wrong("STF", "round", to(state="draft")),
    "evaluations:inspection_round_schedule": Wrong("STF", "round", to(state="closed")),
    "evaluations:inspection_team_edit": Wrong("STF", "round", to(state="closed"), {"name": "第二组"}),
    "evaluations:inspection_team_drop": Wrong("STF", "round", to(state="closed")),
    "evaluations:inspection_visit_start": Wrong("INS", "inspection", to(state="closed")),
    "evaluations:inspection_visit_finish": Wrong("INS", "inspection", to(state="planned")),
    "evaluations:inspection_visit_reopen": Wrong("INS", "inspection", to(state="closed")),
    "evaluations:inspection_visit_add": Wrong("INS", "inspection", to(state="closed"), {"kind": "merit", "text": "好"}),
    "evaluations:inspection_visit_remove": Wrong("INS", "inspection", to(state="closed")),
    "evaluations:inspection_slot": Wrong("STF", "inspection", to(state="closed"), {"day": "2023-10-10", "half_day": "all"}),
    "evaluations:inspection_take_out": Wrong("STF", "inspection", to(state="under_way")),
    "evaluations:feedback_issue": Wrong("STF", "inspection", to(state="rectifying")),
    "evaluations:feedback_withdraw": Wrong("STF", "inspection", to(state="feedback")),
    "evaluations:feedback_acknowledge": Wrong("RP", "inspection", to(state="feedback")),
    "evaluations:feedback_answer": Wrong("RP", "inspection", to(state="feedback")),
    "evaluations:finding_rectify": Wrong("RP", "finding", to(is_closed=True), {"done": "又改了", "done_on": "2023-11-01"}),
    "evaluations:finding_recheck": Wrong("STF", "finding", to(done_on=None), {"result": "passed"}),
    "evaluations:work_edit": Wrong("TEA", "work", to(confirmed_on=DAY)),
    "evaluations:work_remove": Wrong("TEA", "work", to(confirmed_on=DAY)),
}  # fmt: skip
