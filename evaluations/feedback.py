"""反馈: the letter goes out, the school says it has read it or answers, puts right what was found, and it is looked at again.

What was issued is never changed: its words are kept in `Feedback.letter`. A mistake is put right by taking the letter back,
as long as nobody has answered, and issuing another, under a new number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max, Prefetch, Q

from assignments.access import NOT_YOURS, has_on, insist, may, within
from assignments.models import District
from assignments.models.scope import Access
from evaluations import letters
from evaluations.choices import PUBLISHED_STATES, FindingKind, InspectionState, PartState
from evaluations.models import Briefing, Feedback, Finding, Inspection, RecordsReview, Survey
from evaluations.models.inspections import of_senders
from evaluations.telling import feedback as telling
from zhijiao import clock
from zhijiao.accounts import audit
from zhijiao.attachments.forms import keep_all
from zhijiao.dates import told
from zhijiao.locks import lock
from zhijiao.refusals import Refused, WordsNeeded, atomically
from zhijiao.working_days import add_working_days

ANSWER_WITHIN = 15  # working days, offered; whoever issues the letter may write another day
RECTIFY_WITHIN = 30
AGAIN_WITHIN = 10
ANSWER_MAX, DONE_MAX, REMARK_MAX = 500, 300, 200
PARTS: tuple[tuple[Any, str], ...] = ((Briefing, "汇报座谈"), (RecordsReview, "资料检查"), (Survey, "问卷走访"))


@dataclass(frozen=True)
class Terms:
    """When the letter is given, until when it is to be answered, and until when each problem is to be put right."""

    given_on: dt.date
    answer_due_on: dt.date
    deadlines: dict[int, dt.date] = field(default_factory=dict)


# --- who and whether ---------------------------------------------------------------------------------------------------


def may_issue(user: Any, inspection: Inspection) -> bool:
    return has_on(user, "feedback.issue", inspection)


def may_reply(user: Any, inspection: Inspection) -> bool:
    """The inspected school itself, not the centre school that inspected it."""
    access = Access.of(user)
    return may(user, "rectification.reply") and (access.everything or inspection.school_id in access.schools)


def may_recheck(user: Any, inspection: Inspection) -> bool:
    """The bureau; an inspector of the team that was there, as long as its round goes on."""
    return has_on(user, "rectification.recheck", inspection)


def inspections_for(user: Any) -> Any:
    """Those whose feedback this person may open."""
    mine = within(Inspection.objects.all(), user, "feedback.view").values("pk")
    return Inspection.objects.visible_to(user).filter(pk__in=mine)


def findings_for(user: Any) -> Any:
    """Those whose page this person may open: with the role that has it, or as the school that sent a teacher there."""
    mine = Q(pk__in=within(Finding.objects.all(), user, "finding.view").values("pk"))
    schools = Access.of(user).schools
    if schools:
        mine |= Q(pk__in=Finding.objects.filter(of_senders(schools)).values("pk"))
    return Finding.objects.visible_to(user).filter(mine)


def why_not_issued(inspection: Inspection) -> str:
    """What stands in the way of the letter, in words; "" where nothing does."""
    if inspection.state in PUBLISHED_STATES:
        return "反馈意见书已经印发；要更正的，先收回再印发"
    parts = [(name, model.objects.filter(inspection=inspection).first()) for model, name in PARTS]
    unfinished = [name for name, row in parts if _is_unfinished(inspection, row)]
    if unfinished:
        return f"还没有检查完：{'、'.join(unfinished)}没有完成，完成以后再印发反馈意见书"
    if inspection.state != InspectionState.FEEDBACK:
        return f"检查现在是“{inspection.get_state_display()}”，检查组交上以后再印发反馈意见书"
    if not inspection.findings.exists():
        return "还没有写反馈意见：优点、问题、建议至少写一条"
    return ""


def _is_unfinished(inspection: Inspection, part: Any) -> bool:
    """A part that nobody began is unfinished, unless those who were there closed the visit without it."""
    if part is None:
        return inspection.state != InspectionState.FEEDBACK
    return bool(part.state != PartState.DONE)


def why_not_withdrawn(inspection: Inspection, feedback: Feedback | None) -> str:
    """Why the letter stays as it is; "" where it can be taken back."""
    if inspection.state not in PUBLISHED_STATES or feedback is None or not feedback.letter:
        return "没有印发过反馈意见书，没有可以收回的"
    if feedback.answered_on:
        return "学校已经回复，反馈意见书不再收回"
    if inspection.findings.exclude(done="", done_on=None).exists():
        return "学校已经报了整改情况，反馈意见书不再收回"
    return ""


def is_acknowledged(feedback: Feedback | None) -> bool:
    """An answer says also that it was read."""
    return feedback is not None and bool(feedback.acknowledged_on or feedback.answered_on)


def offered(inspection: Inspection, given_on: dt.date) -> Terms:
    """The terms that stand in the form at first."""
    problems = inspection.findings.filter(kind=FindingKind.PROBLEM)
    usual = add_working_days(given_on, RECTIFY_WITHIN)
    written = {row.pk: row.due_on if row.due_on and row.due_on >= given_on else usual for row in problems}
    return Terms(given_on, add_working_days(given_on, ANSWER_WITHIN), written)


# --- the letter --------------------------------------------------------------------------------------------------------


def issue(
    inspection: Inspection,
    *,
    by: Any,
    given_on: dt.date | None = None,
    answer_due_on: dt.date | None = None,
    deadlines: Mapping[int, dt.date] | None = None,
) -> Feedback:
    """The letter goes out, under the next number of the year; from now on the school and those concerned know what it says."""
    with atomically():
        lock(District.objects.filter(pk=inspection.county_id))  # two letters at once get two numbers
        row = _locked(inspection)
        insist(by, row, "feedback.issue")
        if why_not := why_not_issued(row):
            raise Refused(why_not)
        terms = _terms(row, given_on, answer_due_on, deadlines)
        findings = _problems_dated(row, terms)
        sheet = _sheet(row)
        _number(sheet, terms.given_on)
        letter = letters.drawn_up(
            row, findings, number=sheet.document, given_on=terms.given_on, answer_due_on=terms.answer_due_on
        )
        sheet.letter, sheet.day, sheet.points = letter.as_json(), terms.given_on, len(findings)
        sheet.recipients = [str(row.school), *dict.fromkeys(str(one.teacher) for one in findings if one.teacher)]
        sheet.answer_due_on, sheet.state, sheet.done_by = terms.answer_due_on, PartState.DONE, by
        sheet.save()
        problems = [one for one in findings if one.kind == FindingKind.PROBLEM]
        row.state = InspectionState.RECTIFYING if problems else InspectionState.CLOSED
        row.published_on = terms.given_on
        row.save(update_fields=["state", "published_on"])
        after = {
            "文号": sheet.document,
            "反馈日期": told(terms.given_on),
            "回复期限": told(terms.answer_due_on),
            "问题": len(problems),
        }
        audit.record(by, "印发反馈意见书", row, after=after)
        telling.tell_issued(row, sheet, findings, by=by)
    return sheet


def _terms(
    inspection: Inspection, given_on: dt.date | None, answer_due_on: dt.date | None, deadlines: Mapping[int, dt.date] | None
) -> Terms:  # fmt: skip
    """What was asked for, on what is offered. Refused where the days do not follow each other."""
    today = clock.today()
    day = given_on or today
    if day > today:
        raise Refused("反馈日期还没有到，请写今天或以前的日期")
    if inspection.start and day < inspection.start:
        raise Refused("反馈日期早于检查日期")
    usual = offered(inspection, day)
    answer = answer_due_on or usual.answer_due_on
    due = {**usual.deadlines, **{pk: one for pk, one in (deadlines or {}).items() if pk in usual.deadlines}}
    if answer < day or any(one < day for one in due.values()):
        raise Refused("回复期限和整改期限要在反馈日期以后")
    return Terms(day, answer, due)


def _problems_dated(inspection: Inspection, terms: Terms) -> list[Finding]:
    findings = list(
        Finding.objects.filter(inspection=inspection).select_related("teacher").order_by("pk").select_for_update(of=("self",))
    )  # fmt: skip
    for finding in findings:
        if finding.pk in terms.deadlines and finding.due_on != terms.deadlines[finding.pk]:
            finding.due_on = terms.deadlines[finding.pk]
            finding.save(update_fields=["due_on"])
    return findings


def _sheet(inspection: Inspection) -> Feedback:
    found, _ = Feedback.objects.get_or_create(inspection=inspection, defaults={"county_id": inspection.county_id})
    locked: Feedback = Feedback.objects.select_for_update(of=("self",)).get(pk=found.pk)
    return locked


def _number(sheet: Feedback, day: dt.date) -> None:
    """The next one of the year. One that was taken back still holds its number here, so nobody gets it again."""
    known = Feedback.objects.filter(county=sheet.county_id, numbered_in=day.year).aggregate(last=Max("number"))
    sheet.numbered_in, sheet.number = day.year, (known["last"] or 0) + 1
    sheet.document = f"支教督反〔{sheet.numbered_in}〕{sheet.number}号"


def withdraw(inspection: Inspection, *, by: Any, reason: str) -> None:
    """The letter is taken back before anybody answered it: what was found can be put right and issued anew."""
    with atomically():
        row = _locked(inspection)
        insist(by, row, "feedback.issue")
        sheet = Feedback.objects.select_for_update(of=("self",)).filter(inspection=row).first()
        why_not = why_not_withdrawn(row, sheet)
        if sheet is None or why_not:
            raise Refused(why_not)
        if not reason.strip():
            raise WordsNeeded("没有收回：请写明为什么收回，学校看得到")
        sheet.letter, sheet.acknowledged_on = None, None
        sheet.save(update_fields=["letter", "acknowledged_on"])
        row.state, row.published_on = InspectionState.FEEDBACK, None
        row.save(update_fields=["state", "published_on"])
        audit.record(by, "收回反馈意见书", row, before={"文号": sheet.document}, reason=reason.strip())
        telling.tell_withdrawn(row, sheet, reason.strip(), by=by)


# --- the school --------------------------------------------------------------------------------------------------------


def acknowledge(inspection: Inspection, *, by: Any) -> Feedback:
    """The school has read it. A second time changes nothing."""
    with atomically():
        row = _locked(inspection)
        sheet = _to_answer(row, by)
        if is_acknowledged(sheet):
            raise Refused("反馈意见书已经签收")
        sheet.acknowledged_on = clock.today()
        sheet.save(update_fields=["acknowledged_on"])
        audit.record(by, "签收反馈意见书", row, after={"签收日期": told(sheet.acknowledged_on)})
    return sheet


def answer(inspection: Inspection, text: str, *, by: Any) -> Feedback:
    """The school answers, once, in its own words; after the term too, which is told."""
    words = text.strip()
    with atomically():
        row = _locked(inspection)
        sheet = _to_answer(row, by)
        if sheet.answered_on:
            raise Refused("已经回复过，请看下面的回复；要补充的，写在各条问题的整改情况里")
        if not words:
            raise WordsNeeded("没有回复：请写一句话")
        if len(words) > ANSWER_MAX:
            raise WordsNeeded(f"回复最多 {ANSWER_MAX} 个字，现在有 {len(words)} 个")
        today = clock.today()
        sheet.answer, sheet.answered_on, sheet.answered_by = words, today, by
        sheet.acknowledged_on = sheet.acknowledged_on or today
        sheet.save(update_fields=["answer", "answered_on", "answered_by", "acknowledged_on"])
        audit.record(by, "回复反馈意见书", row, after={"回复": words})
        telling.tell_answered(row, sheet, by=by)
    return sheet


def _to_answer(inspection: Inspection, by: Any) -> Feedback:
    if not may_reply(by, inspection):
        raise Refused(NOT_YOURS)
    found: Feedback | None = Feedback.objects.select_for_update(of=("self",)).filter(inspection=inspection).first()
    if inspection.state not in PUBLISHED_STATES or found is None or not found.letter:
        raise Refused("还没有印发反馈意见书，或者已经收回")
    return found


def rectify(
    finding: Finding, done: str, *, by: Any, files: Iterable[Any] = (), done_on: dt.date | None = None
) -> Finding:
    """The school says what it did and when, with photos. Until it is looked at again it may be written anew."""
    words, day = done.strip(), done_on or clock.today()
    with atomically():
        row = _locked_finding(finding)
        if not may_reply(by, row.inspection):
            raise Refused(NOT_YOURS)
        _insist_rectifying(row)
        if not words:
            raise WordsNeeded("没有报送：请写明做了什么")
        if len(words) > DONE_MAX:
            raise WordsNeeded(f"整改情况最多 {DONE_MAX} 个字，现在有 {len(words)} 个")
        if day > clock.today():
            raise Refused("完成日期还没有到，做好了再报")
        before = {"整改情况": row.done, "整改完成日期": told(row.done_on) if row.done_on else ""}
        row.done, row.done_on, row.checked_on = words, day, None
        row.save(update_fields=["done", "done_on", "checked_on"])
        audit.record(by, "报送整改情况", row, before=before, after={"整改情况": words, "整改完成日期": told(day)})
        keep_all(list(files), row, by=by)
        telling.tell_rectified(row, by=by)
    return row


def _insist_rectifying(finding: Finding) -> None:
    if finding.kind != FindingKind.PROBLEM:
        raise Refused("只有问题要整改")
    if finding.inspection.state not in PUBLISHED_STATES:
        raise Refused("还没有印发反馈意见书，或者已经收回")
    if finding.is_closed or finding.inspection.state == InspectionState.CLOSED:
        raise Refused("这条问题已经销号")


# --- looked at again ---------------------------------------------------------------------------------------------------


def awaits_recheck(finding: Finding) -> bool:
    return bool(finding.done_on) and finding.checked_on is None


def recheck(finding: Finding, passed: bool, remark: str, *, by: Any, deadline: dt.date | None = None) -> Finding:
    """Done: the point is closed, and with the last one the inspection. Not done: back to the school, with words and a new day."""
    words, today = remark.strip(), clock.today()
    with atomically():
        row = _locked_finding(finding)
        if not may_recheck(by, row.inspection):
            raise Refused("整改由检查这所学校的检查组或者教育局复查")
        _insist_rectifying(row)
        if not awaits_recheck(row):
            raise Refused("学校还没有报整改情况，报了再复查")
        if not passed and not words:
            raise WordsNeeded("没有退回：请写明还差什么")
        if len(words) > REMARK_MAX:
            raise WordsNeeded(f"复查意见最多 {REMARK_MAX} 个字，现在有 {len(words)} 个")
        if deadline and deadline < today:
            raise Refused("新的期限已经过了，请写今天以后的日期")
        row.checked_on, row.check_remark, row.is_closed = today, words, passed
        again_by = deadline or add_working_days(today, AGAIN_WITHIN)
        row.due_on = row.due_on if passed else again_by
        row.save(update_fields=["checked_on", "check_remark", "is_closed", "due_on"])
        after = {"结果": "销号" if passed else "继续整改"} | ({} if passed else {"整改期限": told(again_by)})
        audit.record(by, "复查整改", row, after=after, reason=words)
        telling.tell_rechecked(row, by=by)
        if passed:
            close_if_done(row.inspection, by=by)
    return row


def close_if_done(inspection: Inspection, *, by: Any) -> bool:
    """The inspection is over when nothing is left to be put right; whether it is now."""
    if inspection.state != InspectionState.RECTIFYING or inspection.findings.rectifying().exists():
        return False
    inspection.state = InspectionState.CLOSED
    inspection.save(update_fields=["state"])
    audit.record(by, "督导检查办结", inspection, after={"状态": inspection.get_state_display()})
    telling.tell_closed(inspection, by=by)
    return True


# --- rows --------------------------------------------------------------------------------------------------------------


def _locked(inspection: Inspection) -> Inspection:
    rows = Inspection.objects.select_for_update(of=("self",)).select_related("school", "county", "inspecting_school")
    row: Inspection | None = rows.filter(pk=inspection.pk).first()
    if row is None:
        raise Refused("这次检查已经删去了")
    return row


def _locked_finding(finding: Finding) -> Finding:
    """With its inspection before it: whoever closes the last two at once closes the inspection once."""
    inspection = _locked(Inspection(pk=finding.inspection_id))
    rows = Finding.objects.select_for_update(of=("self",)).select_related("teacher").filter(pk=finding.pk)
    row: Finding | None = rows.first()
    if row is None:
        raise Refused("这条意见已经删去了")
    row.inspection = inspection
    return row


def with_findings(rows: Any, user: Any) -> Any:
    """Inspections with what this person may know of their feedback."""
    seen = Finding.objects.visible_to(user).select_related("teacher").order_by("pk")
    return rows.select_related("school", "county", "inspecting_school", "round", "team").prefetch_related(
        Prefetch("findings", seen, to_attr="points_made")
    )


# --- files -------------------------------------------------------------------------------------------------------------


def may_see_files(user: Any, finding: Finding) -> bool:
    return may(user, "finding.view") and findings_for(user).filter(pk=finding.pk).exists()


def may_change_files(user: Any, finding: Finding) -> bool:
    """The school, until the point is closed."""
    is_open = finding.kind == FindingKind.PROBLEM and not finding.is_closed
    return is_open and finding.inspection.state == InspectionState.RECTIFYING and may_reply(user, finding.inspection)


def connect() -> None:
    """What was put right has its photos. Called while Django starts."""
    from zhijiao import attachments

    attachments.register(Finding, may_see_files, may_change_files)
    telling.connect()
