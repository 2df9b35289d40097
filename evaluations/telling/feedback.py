"""Who is told of the feedback and of what is to be put right: notices, reminders before and after a deadline, tasks at home."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Substr
from django.urls import reverse

from assignments import waiting
from assignments.choices import KNOWN_TO_RECEIVER, Role
from assignments.models import Secondment
from assignments.owing import day_told
from assignments.telling import accounts_of, officers_of, page_of, people_of_schools
from evaluations.choices import PUBLISHED_STATES, FindingKind, InspectionState
from evaluations.models import Feedback, Finding, Inspection
from zhijiao import daily
from zhijiao.notices import kinds
from zhijiao.notices.kinds import Kind, Placeholder
from zhijiao.notices.sending import notify

CAUGHT_UP = dt.timedelta(days=14)  # what the run of a day missed is still told so much later, and older things are not
BRIEFLY = 30
_SCHOOL = Placeholder("school", "学校", "松岭乡中心小学")
_DOCUMENT = Placeholder("document", "文号", "支教督反〔2026〕3号")
_DEADLINE = Placeholder("deadline", "截止日期", "11月5日")
_TEXT = Placeholder("text", "问题", "听课记录缺少课后反思")
_NUMBER = Placeholder("number", "问题数", "2")
_WORDS = Placeholder("words", "意见", "已补写，内容完整")
_RESULT = Placeholder("result", "结果", "已销号")

KINDS = (
    Kind(
        "feedback_issued", "反馈意见书印发", "印发反馈意见书时，发给受检学校、派出学校和谈到的教师",
        "{学校}的督导检查有了反馈", "反馈意见书{文号}已经印发，要整改的问题 {问题数} 个。受检学校请在 {截止日期} 前签收或回复。",
        (_SCHOOL, _DOCUMENT, _NUMBER, _DEADLINE),
    ),
    Kind(
        "feedback_withdrawn", "反馈意见书收回", "局里收回反馈意见书时，发给受检学校",
        "反馈意见书{文号}已收回", "局里收回了给{学校}的反馈意见书{文号}：{意见}。更正以后会再印发。", (_SCHOOL, _DOCUMENT, _WORDS),
    ),
    Kind(
        "feedback_answered", "学校回复反馈", "受检学校回复时，发给支教专干和检查组",
        "{学校}回复了反馈意见", "{学校}对反馈意见书{文号}作了回复，打开就能看到。", (_SCHOOL, _DOCUMENT),
    ),
    Kind(
        "feedback_due", "反馈意见书快到期", "签收期限前几天，发给还没有签收的受检学校",
        "请在 {截止日期} 前签收反馈意见书", "{学校}：反馈意见书{文号}请在 {截止日期} 前签收或回复。", (_SCHOOL, _DOCUMENT, _DEADLINE),
    ),
    Kind(
        "feedback_late", "反馈意见书逾期未签收", "过了期限没有签收时，发给受检学校和支教专干",
        "{学校}的反馈意见书过了签收期限", "反馈意见书{文号}应在 {截止日期} 前签收或回复，还没有签收。", (_SCHOOL, _DOCUMENT, _DEADLINE),
    ),
    Kind(
        "rectification_due", "整改快到期", "整改期限前几天，发给还没有报整改情况的受检学校",
        "请在 {截止日期} 前报整改情况", "{学校}：“{问题}”请在 {截止日期} 前整改好，报做了什么，附照片。", (_SCHOOL, _TEXT, _DEADLINE),
    ),
    Kind(
        "rectification_late", "整改逾期", "过了整改期限还没有报时，发给受检学校、支教专干和检查组",
        "{学校}有问题过了整改期限", "“{问题}”应在 {截止日期} 前整改好，还没有报整改情况。", (_SCHOOL, _TEXT, _DEADLINE),
    ),
    Kind(
        "rectified", "学校报整改情况", "受检学校报整改情况时，发给支教专干和检查组",
        "{学校}报了整改情况，请复查", "“{问题}”已经整改，做了什么、照片，打开就能看到。", (_SCHOOL, _TEXT),
    ),
    Kind(
        "rechecked", "整改复查", "复查整改时，发给受检学校",
        "{学校}的整改复查：{结果}", "“{问题}”{结果}。{意见}", (_SCHOOL, _TEXT, _RESULT, _WORDS),
    ),
    Kind(
        "inspection_closed", "督导检查办结", "问题全部销号时，发给受检学校、支教专干和检查组",
        "{学校}的督导检查已办结", "反馈的问题已经全部销号，这次督导检查办结。", (_SCHOOL,),
    ),
)  # fmt: skip


# --- people ------------------------------------------------------------------------------------------------------------


def _at_school(inspection: Inspection) -> list[Any]:
    return people_of_schools([inspection.school_id]).get(inspection.school_id, [])


def _inspectors(inspection: Inspection) -> list[Any]:
    """The bureau's officers, and the team that was there."""
    team = [member.user for member in inspection.team.members.select_related("user")] if inspection.team else []
    return [*officers_of(inspection.county_id), *team]


def _but(by: Any, people: Iterable[Any]) -> list[Any]:
    return [one for one in people if by is None or one.pk != by.pk]


def feedback_page(inspection: Any) -> str:
    return reverse("evaluations:inspection_feedback", args=[inspection.pk])


def finding_page(finding: Finding) -> str:
    return reverse("evaluations:finding_detail", args=[finding.pk])


def _briefly(finding: Finding) -> str:
    return finding.text if len(finding.text) <= BRIEFLY else f"{finding.text[:BRIEFLY]}…"


# --- steps -------------------------------------------------------------------------------------------------------------


def tell_issued(inspection: Inspection, sheet: Feedback, findings: Sequence[Finding], *, by: Any) -> None:
    """The school with its page; its teachers who are spoken of, and their schools, with the page of the secondment."""
    problems = sum(finding.kind == FindingKind.PROBLEM for finding in findings)
    values = {"school": inspection.school, "document": sheet.document, "number": problems, "deadline": day_told(sheet.answer_due_on)}  # fmt: skip
    key = f"{inspection.pk}:{sheet.numbered_in}-{sheet.number}"
    county = inspection.county_id
    notify(_but(by, _at_school(inspection)), "feedback_issued", values, feedback_page(inspection), key, county=county)
    there = list(serving_at(inspection))
    accounts = accounts_of({row.teacher_id for row in there})
    senders = people_of_schools({row.sending_school_id for row in there} - {inspection.school_id})
    spoken_of = {finding.teacher_id for finding in findings if finding.teacher_id}
    for row in there:
        own = accounts.get(row.teacher_id, []) if row.teacher_id in spoken_of else []
        people = _but(by, [*own, *senders.get(row.sending_school_id, [])])
        notify(people, "feedback_issued", values, page_of(row), key, county=county)


def serving_at(inspection: Inspection) -> QuerySet[Secondment]:
    """The secondments at the school on the day of the inspection."""
    day = inspection.start
    during = (
        Q(placements__start=None) | Q(placements__start__lte=day),
        Q(placements__end=None) | Q(placements__end__gte=day),
    )
    found: QuerySet[Secondment] = (
        Secondment.objects.filter(
            *during, placements__receiving_school=inspection.school_id, start__lte=day, end__gte=day, state__in=KNOWN_TO_RECEIVER
        )
        .order_by("pk")
        .distinct()
    )  # fmt: skip
    return found


def tell_withdrawn(inspection: Inspection, sheet: Feedback, reason: str, *, by: Any) -> None:
    values = {"school": inspection.school, "document": sheet.document, "words": reason}
    key = f"{inspection.pk}:{sheet.numbered_in}-{sheet.number}"
    people = _but(by, _at_school(inspection))
    notify(people, "feedback_withdrawn", values, feedback_page(inspection), key, county=inspection.county_id)


def tell_answered(inspection: Inspection, sheet: Feedback, *, by: Any) -> None:
    values = {"school": inspection.school, "document": sheet.document}
    people = _but(by, _inspectors(inspection))
    notify(people, "feedback_answered", values, feedback_page(inspection), county=inspection.county_id)


def tell_rectified(finding: Finding, *, by: Any) -> None:
    inspection = finding.inspection
    values = {"school": inspection.school, "text": _briefly(finding)}
    notify(_but(by, _inspectors(inspection)), "rectified", values, finding_page(finding), county=inspection.county_id)


def tell_rechecked(finding: Finding, *, by: Any) -> None:
    inspection = finding.inspection
    result = "已销号" if finding.is_closed else f"还要整改，{day_told(finding.due_on)}前再报"
    values = {"school": inspection.school, "text": _briefly(finding), "result": result, "words": finding.check_remark}
    notify(_but(by, _at_school(inspection)), "rechecked", values, finding_page(finding), county=inspection.county_id)


def tell_closed(inspection: Inspection, *, by: Any) -> None:
    people = _but(by, [*_at_school(inspection), *_inspectors(inspection)])
    notify(
        people,
        "inspection_closed",
        {"school": inspection.school},
        feedback_page(inspection),
        county=inspection.county_id,
    )


# --- by the day --------------------------------------------------------------------------------------------------------


def unread() -> QuerySet[Feedback]:
    """Letters that the school has neither acknowledged nor answered."""
    rows: QuerySet[Feedback] = Feedback.objects.filter(
        inspection__state__in=PUBLISHED_STATES, letter__isnull=False, acknowledged_on=None, answered_on=None
    )
    return rows


def _near(today: dt.date) -> dict[str, dt.date]:
    """Between what the run of a day may have missed and what comes soon."""
    return {"first": today - CAUGHT_UP, "last": today + dt.timedelta(days=settings.DEADLINE_TOLD_DAYS)}


def tell_terms_of_letters(today: dt.date) -> int:
    """Once before the day, once after it."""
    near = _near(today)
    rows = unread().filter(answer_due_on__gte=near["first"], answer_due_on__lte=near["last"])
    number = 0
    for row in rows.select_related("inspection__school", "inspection__team").order_by("pk"):
        inspection, is_late = row.inspection, bool(row.answer_due_on and row.answer_due_on < today)
        people = [*_at_school(inspection), *(officers_of(inspection.county_id) if is_late else [])]
        values = {"school": inspection.school, "document": row.document, "deadline": day_told(row.answer_due_on)}
        key = f"{row.pk}:{row.number}:{row.answer_due_on:%Y%m%d}"
        kind = "feedback_late" if is_late else "feedback_due"
        number += notify(people, kind, values, feedback_page(inspection), key, county=inspection.county_id)
    return number


def tell_terms_of_rectification(today: dt.date) -> int:
    """Of each problem once before the day, once after it; of a new day again."""
    near = _near(today)
    rows = Finding.objects.to_rectify().filter(due_on__gte=near["first"], due_on__lte=near["last"])
    number = 0
    for row in rows.select_related("inspection__school", "inspection__team").order_by("pk"):
        inspection, is_late = row.inspection, row.due_on < today
        people = [*_at_school(inspection), *(_inspectors(inspection) if is_late else [])]
        values = {"school": inspection.school, "text": _briefly(row), "deadline": day_told(row.due_on)}
        key, kind = f"{row.pk}:{row.due_on:%Y%m%d}", "rectification_late" if is_late else "rectification_due"
        number += notify(people, kind, values, finding_page(row), key, county=inspection.county_id)
    return number


# --- tasks at home -----------------------------------------------------------------------------------------------------


def tasks(desk: waiting.Desk) -> Iterator[QuerySet[Any]]:
    """What a school, an inspector and the bureau have in their hands."""
    if desk.access.schools and desk.may("rectification.reply"):
        schools = desk.access.schools
        letters = desk.seen(Feedback).filter(pk__in=unread().values("pk"), inspection__school__in=schools)
        yield _letters(letters, "feedback_unread")
        yield _findings(desk.seen(Finding).to_rectify().filter(inspection__school__in=schools), "rectify")
    if desk.has_role(Role.OFFICER):
        to_issue = desk.of_bureau(Inspection).filter(state=InspectionState.FEEDBACK)
        yield waiting.lines(to_issue, "feedback_to_issue", name="school__name", since=F("start"))
        yield _findings(desk.of_bureau(Finding).to_recheck(), "recheck")
        yield _findings(desk.of_bureau(Finding).late(desk.today), "rectify_late")
        late = desk.of_bureau(Feedback).filter(pk__in=unread().values("pk"), answer_due_on__lt=desk.today)
        yield _letters(late, "feedback_unread_late")
    elif desk.has_role(Role.INSPECTOR):
        teams = desk.access.inspected.teams
        mine = Q(inspection__team__in=teams)
        visited = desk.of_bureau(Inspection).filter(state=InspectionState.FEEDBACK, team__in=teams)
        yield waiting.lines(visited, "feedback_awaited", name="school__name", since=F("start"))
        yield _findings(desk.of_bureau(Finding).to_recheck().filter(mine), "recheck")
        yield _findings(desk.of_bureau(Finding).late(desk.today).filter(mine), "rectify_late")


def _letters(rows: QuerySet[Any], kind: str) -> QuerySet[Any]:
    return waiting.lines(
        rows, kind, subject="inspection", name="inspection__school__name", detail="document", due=F("answer_due_on"), since=F("day")
    )  # fmt: skip


def _findings(rows: QuerySet[Any], kind: str) -> QuerySet[Any]:
    since = F("done_on") if kind == "recheck" else F("inspection__published_on")
    due = waiting.NO_DATE if kind == "recheck" else F("due_on")
    return waiting.lines(
        rows, kind, name="inspection__school__name", detail=Substr("text", 1, BRIEFLY), due=due, since=since
    )


_PAGE, _LIST, _LETTER = (
    "evaluations:finding_detail",
    "evaluations:rectification_list",
    "evaluations:inspection_feedback",
)


def _name(line: waiting.Line) -> str:
    return line.name


TASKS = (
    waiting.Kind("feedback_to_issue", "印发{name}检查的反馈意见书", "印发 {number} 份反馈意见书", page=_LETTER, listed="evaluations:inspection_list", verb="去印发", remark=lambda line: ""),
    waiting.Kind("feedback_awaited", "{name}的检查等局里印发反馈意见书", "{number} 次检查等局里印发反馈意见书", page=_LETTER, calm=waiting.OTHERS, remark=lambda line: ""),
    waiting.Kind("feedback_unread", "签收反馈意见书{detail}", "签收 {number} 份反馈意见书", page=_LETTER, listed="evaluations:inspection_list", verb="去签收", remark=_name),
    waiting.Kind("feedback_unread_late", "{name}没有签收反馈意见书", "{number} 份反馈意见书没有签收", page=_LETTER, listed="evaluations:inspection_list", verb="去看看", remark=lambda line: line.detail),
    waiting.Kind("rectify", "报整改情况：{detail}", "报 {number} 个问题的整改情况", page=_PAGE, listed=_LIST, verb="去报", remark=_name),
    waiting.Kind("rectify_late", "整改逾期：{detail}", "{number} 个问题整改逾期", page=_PAGE, listed=_LIST, verb="去看看", remark=_name),
    waiting.Kind("recheck", "复查整改：{detail}", "复查 {number} 个问题的整改", page=_PAGE, listed=_LIST, verb="去复查", remark=_name),
)  # fmt: skip


def connect() -> None:
    """Called while Django starts."""
    kinds.register(*KINDS)
    waiting.register(tasks, *TASKS)
    daily.register("反馈意见书的签收期限", tell_terms_of_letters)
    daily.register("整改期限", tell_terms_of_rectification)
