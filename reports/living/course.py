"""What becomes of a report: handed in, sent back, accepted; issued, and replaced by a later one. One table says it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from assignments.access import has_on, insist, insist_for_county
from assignments.models import District
from assignments.periods import Period
from reports.living import checking, cleaning, freezing, points, reading, telling, writing
from reports.models import PointKind, Report, ReportCall, ReportState
from zhijiao import clock
from zhijiao.accounts import audit
from zhijiao.refusals import Refused, WordsNeeded, atomically

State = ReportState
NUMBER_MAX = 60


@dataclass(frozen=True)
class Step:
    """In which states, with which right, of whose report; `to`: the state afterwards."""

    states: tuple[str, ...]
    action: str
    to: str
    of_bureau: bool
    refusal: str


STEPS: dict[str, Step] = {
    "hand_in": Step((State.DRAFT, State.RETURNED), "report.hand_in", State.HANDED_IN, False, "已经上报了"),
    "send_back": Step((State.HANDED_IN,), "report.send_back", State.RETURNED, False, "只有上报了、还没有采用的可以退回"),
    "accept": Step((State.HANDED_IN,), "report.accept", State.ACCEPTED, False, "只有上报了的可以采用"),
    "issue": Step((State.DRAFT,), "report.issue", State.ISSUED, True, "只有起草中的可以印发"),
}  # fmt: skip


def may(key: str, report: Report, user: Any) -> bool:
    """Whether a step is this person's to take now: what a page asks before it shows a button."""
    step = STEPS[key]
    return report.state in step.states and report.is_of_bureau == step.of_bureau and has_on(user, step.action, report)


def _locked(key: str, report: Report, by: Any) -> Report:
    step = STEPS[key]
    row: Report = Report.objects.select_related("county", "school").select_for_update(of=("self",)).get(pk=report.pk)
    insist(by, row, step.action)
    if row.is_of_bureau != step.of_bureau:
        raise Refused(
            "教育局的总结只有印发，学校的总结才有上报和采用" if row.is_of_bureau else "学校的总结上报，不印发"
        )
    if row.state not in step.states:
        raise Refused(f"这份总结现在“{row.get_state_display()}”：{step.refusal}")
    return row


# --- what a school does ------------------------------------------------------------------------------------------------


def hand_in(report: Report, *, by: Any) -> Report:
    """The school's report goes to the bureau as it stands; from now on only a send-back opens it again."""
    with atomically():
        row = _locked("hand_in", report, by)
        checking.insist_ready(row)
        asked = reading.asked_for(row)
        freezing.freeze(row, reading.document_of(row, asked), asked)
        points.keep(row, PointKind.HANDED_IN, by=by, asked=asked)
        before = row.get_state_display()
        row.state, row.handed_in_by, row.handed_in_at, row.returned_reason = State.HANDED_IN, by, clock.now(), ""
        row.save()
        audit.record(
            by,
            "上报工作总结",
            row,
            before={"状态": before},
            after={"状态": row.get_state_display(), "校验码": row.told_digest},
        )
        telling.tell_of_handed_in(row, by=by)
    return row  # fmt: skip


def send_back(report: Report, *, by: Any, reason: str) -> Report:
    """To be written further, with what is wanted."""
    words = " ".join(cleaning.paragraphs(reason))[:500]
    if not words:
        raise WordsNeeded("请写明为什么退回、要改什么，学校看得到")
    with atomically():
        row = _locked("send_back", report, by)
        points.keep(row, PointKind.RETURNED, by=by)
        row.state, row.returned_reason, row.decided_by, row.decided_at = State.RETURNED, words, by, clock.now()
        row.draft_number += 1
        row.content, row.digest = None, ""
        freezing.thaw(row)
        row.save()
        audit.record(by, "退回工作总结", row, after={"状态": row.get_state_display()}, reason=words)
        telling.tell_of_decision(row, "report_returned", by=by)
    return row


def accept(report: Report, *, by: Any) -> Report:
    """The bureau takes the school's report as it was handed in; it stays so for good."""
    with atomically():
        row = _locked("accept", report, by)
        points.keep(row, PointKind.ACCEPTED, by=by)
        row.state, row.decided_by, row.decided_at = State.ACCEPTED, by, clock.now()
        row.save(update_fields=["state", "decided_by", "decided_at"])
        audit.record(by, "采用学校总结", row, after={"状态": row.get_state_display()})
        telling.tell_of_decision(row, "report_accepted", by=by)
    return row


def call_for(county: District, period: Period, due_on: dt.date, *, by: Any, note: str = "") -> ReportCall:
    """The schools are to hand theirs in until a day; said again, the day and the words are changed."""
    insist_for_county(by, county.pk, "report.call")
    if due_on < clock.today():
        raise Refused(f"截止日期 {due_on:%Y-%m-%d} 已经过了，请填今天以后的日期")
    words = " ".join(cleaning.paragraphs(note))[:500]
    with atomically():
        there = ReportCall.objects.select_for_update().filter(county=county, period=period.code).first()
        before = {"截止": str(there.due_on)} if there else {}
        call = there or ReportCall(county=county, period=period.code)
        call.due_on, call.note, call.by, call.at = due_on, words, by, clock.now()
        call.save()
        audit.record(by, "要求上报总结", call, before=before, after={"时段": period.title, "截止": str(due_on)})
        telling.tell_of_call(call, telling.schools_with_work(county, period))
    return call


# --- what the bureau does ----------------------------------------------------------------------------------------------


def issue(report: Report, *, by: Any, number: str, day: dt.date, seen: int) -> Report:
    """The bureau's report goes out: text, figures and the records counted are kept with a digest, and its files as they are.

    `seen`: the version of the report that was looked at. The files are made before the row is locked; what was changed
    meanwhile is told, and nothing is issued.
    """
    if not may("issue", report, by):
        with atomically():
            _locked("issue", report, by)  # says why not
    told = _number(number)
    draft = replace_head(report, told, day)
    document = reading.document_of(draft)
    files = freezing.files_of(document)
    with atomically():
        row = _locked("issue", report, by)
        if row.version != seen:
            raise Refused("您打开以后，这份总结又有改动；请看过再印发")
        checking.insist_ready(row)
        row.number, row.dated = told, day
        asked = reading.asked_for(row)
        now = reading.document_of(row, asked)
        if now.digest() != document.digest():
            raise Refused("印发的时候记录正好有变动，请再点一次印发")
        freezing.freeze(row, now, asked, files)
        points.keep(row, PointKind.ISSUED, by=by, asked=asked)
        _replace(row, by)
        row.state, row.issued_by, row.issued_at = State.ISSUED, by, clock.now()
        row.save()
        audit.record(by, "印发工作总结", row, after={"文号": told, "校验码": row.told_digest})
    return row


def replace_head(report: Report, number: str, day: dt.date) -> Report:
    """A copy in memory with the number and the day that it is to get."""
    draft: Report = Report.objects.select_related("county", "school").get(pk=report.pk)
    draft.number, draft.dated = number, day
    return draft


def _replace(row: Report, by: Any) -> None:
    """The report that this one takes the place of is superseded; it stays readable as it was."""
    if row.supersedes_id is None:
        return
    old: Report = Report.objects.select_for_update().get(pk=row.supersedes_id)
    if old.state != State.ISSUED:
        raise Refused(f"要替代的那份总结“{old.get_state_display()}”，不能再替代")
    old.state = State.SUPERSEDED
    old.save(update_fields=["state"])
    audit.record(by, "替代工作总结", old, after={"状态": old.get_state_display(), "新文号": row.number})


def _number(number: str) -> str:
    told = cleaning.one_line(number, NUMBER_MAX, "发文字号").replace("[", "〔").replace("]", "〕")
    return told.replace("［", "〔").replace("］", "〕")


def abandon(report: Report, *, by: Any) -> None:
    """A draft that nobody needs goes away, with a trail. What was ever handed in or issued stays."""
    with atomically():
        row = writing.locked(report, by)
        if row.handed_in_at or row.state != State.DRAFT:
            raise Refused("上报过的总结不能删除")
        audit.record(by, "删除总结草稿", row, before={"标题": str(row), "段数": row.passages.count()})
        row.delete()
