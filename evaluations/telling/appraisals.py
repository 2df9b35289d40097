"""Who is told of an appraisal at each hand-over, and who waits for what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from assignments import waiting
from assignments.access import within
from assignments.telling import account_of, accounts_of, last_school, officers_of, people_of_schools
from assignments.waiting import Desk, lines
from evaluations.choices import AT_SCHOOL_STATES, AppraisalKind, AppraisalState
from evaluations.models import Appeal, Appraisal, AppraisalNotice
from zhijiao.dates import told
from zhijiao.notices import kinds
from zhijiao.notices.kinds import Kind, Placeholder
from zhijiao.notices.sending import notify

_TEACHER = Placeholder("teacher", "教师", "沈若兰")
_KIND = Placeholder("kind", "考核", "期满考核")
_WORDS = Placeholder("words", "内容", "满意度按 3 月的问卷重新填")
_GRADE = Placeholder("grade", "等次", "优秀")
_SCHOOL = Placeholder("school", "学校", "松岭乡中心小学")
_NUMBER = Placeholder("number", "人数", "3")
_LAST_DAY = Placeholder("day", "日期", "2026年12月2日")

KINDS = (
    Kind(
        "appraisal_opened", "开展考核", "教育局开展考核时，发给受援学校",
        "请给 {人数} 位支教教师评分", "{学校}：{考核}开始了，{人数} 位老师等您评分。考勤、课时、工作记录系统已经带入。", (_SCHOOL, _KIND, _NUMBER),
    ),
    Kind(
        "appraisal_submitted", "考核评分报送", "受援学校报送评分时，发给支教教师、派出学校和支教专干",
        "{教师}的{考核}评分已经报送", "每一项得分都能看到。老师请签字或者提出异议，派出学校请填写意见。", (_TEACHER, _KIND),
    ),
    Kind(
        "appraisal_returned", "考核评分退回", "教育局退回评分时，发给受援学校",
        "{教师}的{考核}评分要改", "{内容}。改好以后再报送一次。", (_TEACHER, _KIND, _WORDS),
    ),
    Kind(
        "appraisal_objected", "对评分有异议", "支教教师对评分提出异议时，发给受援学校和支教专干",
        "{教师}对{考核}评分有异议", "异议写在考核页面上，请看一看。", (_TEACHER, _KIND),
    ),
    Kind(
        "appraisal_published", "考核结果公示", "公示考核结果时，发给支教教师",
        "{教师}的{考核}等次公示到{日期}", "等次是“{等次}”。不同意的，公示期内可以在考核页面申诉。", (_TEACHER, _KIND, _GRADE, _LAST_DAY),
    ),
    Kind(
        "appraisal_appealed", "考核申诉", "支教教师申诉时，发给支教专干",
        "{教师}对{考核}等次提出申诉", "请由没有评定这个等次的人处理。", (_TEACHER, _KIND),
    ),
    Kind(
        "appraisal_decided", "考核申诉处理", "申诉处理以后，发给支教教师",
        "{教师}的申诉{结果}", "{内容}", (_TEACHER, Placeholder("result", "结果", "成立，重新评定"), _WORDS),
    ),
    Kind(
        "appraisal_final", "考核结果确定", "公示结束、等次确定时，发给支教教师和两边学校",
        "{教师}的{考核}等次：{等次}", "公示结束，等次已经确定。", (_TEACHER, _KIND, _GRADE),
    ),
)  # fmt: skip


def page_of(row: Appraisal) -> str:
    return reverse("evaluations:appraisal_detail", args=[row.pk])


def _values(row: Appraisal, **more: Any) -> dict[str, Any]:
    return {"teacher": row.secondment.teacher.name, "kind": row.get_kind_display(), **more}


def _tell(kind: str, row: Appraisal, people: Iterable[Any], by: Any, **more: Any) -> None:
    told_to = [one for one in people if one is not None and one.pk != by.pk]
    notify(told_to, kind, _values(row, **more), page_of(row), county=row.county_id)


def _receiving(row: Appraisal) -> list[Any]:
    school = last_school(row.secondment)
    return people_of_schools([school.pk]).get(school.pk, []) if school else []


def _sending(row: Appraisal) -> list[Any]:
    return people_of_schools([row.secondment.sending_school_id]).get(row.secondment.sending_school_id, [])


def tell_opened(rows: Sequence[Appraisal], *, by: Any) -> None:
    """One notice a school, however many teachers it has."""
    schools: dict[int, list[Appraisal]] = {}
    names: dict[int, str] = {}
    for row in rows:
        if school := last_school(row.secondment):
            schools.setdefault(school.pk, []).append(row)
            names[school.pk] = str(school)
    people = people_of_schools(schools)
    for pk, theirs in schools.items():
        values = {"school": names[pk], "kind": theirs[0].get_kind_display(), "number": len(theirs)}
        url = reverse("evaluations:appraisal_list")
        notify(
            [one for one in people.get(pk, []) if one.pk != by.pk],
            "appraisal_opened",
            values,
            url,
            county=theirs[0].county_id,
        )


def tell_submitted(row: Appraisal, *, by: Any) -> None:
    people = [*account_of(row.secondment.teacher_id), *_sending(row), *officers_of(row.county_id)]
    _tell("appraisal_submitted", row, people, by)


def tell_returned(row: Appraisal, *, by: Any) -> None:
    _tell("appraisal_returned", row, [*_receiving(row), row.submitted_by], by, words=row.return_reason)


def tell_objected(row: Appraisal, *, by: Any) -> None:
    _tell("appraisal_objected", row, [*_receiving(row), *officers_of(row.county_id)], by)


def tell_published(rows: Sequence[Appraisal], notice: AppraisalNotice, *, by: Any) -> None:
    accounts = accounts_of({row.secondment.teacher_id for row in rows})
    for row in rows:
        people = accounts.get(row.secondment.teacher_id, [])
        _tell("appraisal_published", row, people, by, grade=row.get_grade_display(), day=told(notice.last_day))


def tell_appealed(row: Appraisal, *, by: Any) -> None:
    _tell("appraisal_appealed", row, officers_of(row.county_id), by)


def tell_decided(row: Appraisal, made: Appeal, *, by: Any) -> None:
    people = account_of(row.secondment.teacher_id)
    _tell("appraisal_decided", row, people, by, result=made.get_result_display(), words=made.answer)


def tell_final(rows: Sequence[Appraisal], *, by: Any) -> None:
    accounts = accounts_of({row.secondment.teacher_id for row in rows})
    for row in rows:
        people = [*accounts.get(row.secondment.teacher_id, []), *_sending(row), *_receiving(row)]
        _tell("appraisal_final", row, people, by, grade=row.get_grade_display())


# --- tasks -------------------------------------------------------------------------------------------------------------

_PAGE, _LIST = "evaluations:appraisal_detail", "evaluations:appraisal_list"
_KINDS = dict(AppraisalKind.choices)


def _kind(value: str) -> str:
    return str(_KINDS.get(value, value))


TASKS = (
    waiting.Kind("appraisal_to_score", "给{name}评分，{detail}", "给 {number} 位支教教师评分", page="evaluations:appraisal_score", listed=_LIST, verb="去评分", words=_kind),
    waiting.Kind("own_appraisal", "看看{detail}的评分，签字或者提出异议", "看看考核评分，签字或者提出异议", page=_PAGE, listed=_LIST, verb="去看", words=_kind),
    waiting.Kind("appraisal_opinion", "填写{name}{detail}的派出学校意见", "填写 {number} 位教师的派出学校意见", page=_PAGE, listed=_LIST, verb="去填", words=_kind),
    waiting.Kind("appraisal_to_settle", "评定{name}的等次，{detail}", "评定 {number} 位教师的考核等次", page=_PAGE, listed="evaluations:appraisal_settle", verb="去评定", words=_kind),
    waiting.Kind("appraisal_appeal", "处理{name}的考核申诉", "处理 {number} 份考核申诉", page=_PAGE, listed=_LIST, verb="去处理"),
)  # fmt: skip


def tasks(desk: Desk) -> Iterator[QuerySet[Any]]:
    """Whose turn it is."""
    rows = desk.seen(Appraisal)

    def mine(action: str, condition: Q) -> QuerySet[Any]:
        keys = within(Appraisal.objects.filter(condition), desk.user, action).values("pk")
        return rows.filter(pk__in=keys)

    def told_as(kind: str, found: QuerySet[Any]) -> QuerySet[Any]:
        return lines(
            found, kind, name="secondment__teacher__name", place="secondment__sending_school__name", detail=F("kind")
        )

    submitted = Q(state=AppraisalState.SUBMITTED)
    if desk.is_school and desk.may("evaluation.edit"):
        yield told_as("appraisal_to_score", mine("evaluation.edit", Q(state__in=AT_SCHOOL_STATES)))
    if desk.is_school and desk.may("evaluation.opinion"):
        yield told_as("appraisal_opinion", mine("evaluation.opinion", submitted & Q(sending_opinion="")))
    if desk.is_teacher:
        yield told_as("own_appraisal", mine("evaluation.sign", submitted & Q(answer="")))
    if desk.may("evaluation.grade_final"):
        yield told_as("appraisal_to_settle", mine("evaluation.grade_final", submitted))
    if desk.may("appeal.decide"):
        open_ones = Q(pk__in=Appeal.objects.filter(result="").values("appraisal"))
        yield told_as("appraisal_appeal", mine("appeal.decide", open_ones))


def connect() -> None:
    """Called while Django starts."""
    kinds.register(*KINDS)
    waiting.register(tasks, *TASKS)
