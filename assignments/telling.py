"""Who is told of what: the kinds of notices of this app, the people of a school or a bureau, and the steps that are told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q
from django.urls import reverse

from assignments.access import may
from assignments.choices import KNOWN_TO_RECEIVER, OVER, SCHOOL_ROLES, LeaveState, Role
from assignments.models import Difficulty, District, Leave, Membership, Secondment, YearClosing
from assignments.models.scope import Access
from assignments.workflow import Transition
from zhijiao.dates import told
from zhijiao.notices.kinds import Kind, Placeholder
from zhijiao.notices.sending import notify
from zhijiao.quantities import plain

_TEACHER = Placeholder("teacher", "教师", "沈若兰")
_SCHOOL = Placeholder("school", "学校", "松岭乡中心小学")
_FROM = Placeholder("sending_school", "派出学校", "县第一小学")
_PERIOD = Placeholder("period", "起止", "2026.09.01 — 2027.07.10")
_REASON = Placeholder("reason", "理由", "请补充农村任教经历")
_MONTH = Placeholder("month", "月份", "2026年10月")
_NUMBER = Placeholder("number", "人数", "3")
_DEADLINE = Placeholder("deadline", "截止日期", "11月5日")
_TEXT = Placeholder("text", "困难", "宿舍冬季没有取暖")
_OWNER = Placeholder("owner", "承办人", "松岭乡中心小学总务处")
_DAYS = Placeholder("days", "天数", "2")
_DAY = Placeholder("day", "日期", "2027年8月31日")
_YEAR = Placeholder("year", "学年", "2026—2027学年")

KINDS = (
    Kind(
        "year_closed", "学年结转", "学年结转时，发给这一年有支教的学校和支教专干",
        "{学年}已结转", "从{日期}起，{学年}的支教记录只能看，不能改。发现有错的，请和局里联系。", (_YEAR, _DAY),
    ),
    Kind(
        "year_reopened", "学年重新打开", "已结转的学年重新打开时，发给这一年有支教的学校和支教专干",
        "{学年}重新打开了", "{学年}的支教记录又能改了，改完以后局里会再结转。重新打开的原因：{理由}", (_YEAR, _REASON),
    ),
    Kind(
        "sent_back", "申请被退回", "申请被学校或局里退回时，发给教师本人",
        "{教师}的支教申请退回了", "退回的理由：{理由}。改好以后在系统里重新报送。", (_TEACHER, _REASON),
    ),
    Kind(
        "approved", "申请已批准", "局里批准时，发给教师本人和派出学校",
        "{教师}的支教申请已批准", "支教时间 {起止}。派遣通知印发后会再告诉您。", (_TEACHER, _PERIOD),
    ),
    Kind(
        "dispatched", "已派出", "局里派出时，发给教师本人和两所学校",
        "{教师}派往{学校}支教", "{派出学校}的{教师}，支教时间 {起止}。请按时报到，到岗后由{学校}在系统里确认。",
        (_TEACHER, _FROM, _SCHOOL, _PERIOD),
    ),
    Kind(
        "overdue", "逾期未报到", "过了报到期限还没有确认到岗时，发给教师本人、两所学校和支教专干",
        "{教师}逾期未报到", "{教师}应到{学校}报到，期限已过。已经到岗的，请{学校}在系统里确认；不能到岗的，请和局里联系。",
        (_TEACHER, _SCHOOL),
    ),
    Kind(
        "completed", "支教期满", "支教结束时，发给教师本人",
        "{教师}支教期满", "支教时间 {起止}。感谢您这段时间的付出，服务年限证明可以在系统里领取。", (_TEACHER, _PERIOD),
    ),
    Kind(
        "term_over", "期满待考核", "支教期满那天，发给支教专干和受援学校",
        "{教师}支教期满，请考核", "{教师}在{学校}的支教 {起止} 已经期满，考核后可以结束派遣。", (_TEACHER, _SCHOOL, _PERIOD),
    ),
    Kind(
        "notice_over", "公示结束", "公示期满的第二天，发给派出学校",
        "公示结束，请上报", "{公示}已经期满。没有异议的，请把 {人数} 名教师上报局里审核。",
        (Placeholder("notice", "公示", "县第一小学推荐名单公示"), _NUMBER),
    ),
    Kind(
        "owed_attendance", "催报考勤", "上月考勤到期没有确认时，发给受援学校；专干也可以一键提醒",
        "{月份}考勤还没有确认", "{学校}：{月份}支教教师的考勤还有 {人数} 人没有确认，登录后首页就能看到，约需 3 分钟。请在 {截止日期} 前办好。",
        (_SCHOOL, _MONTH, _NUMBER, _DEADLINE),
    ),
    Kind(
        "owed_demands", "催报岗位需求", "需求申报截止前几天，发给还没有申报的受援学校；专干也可以一键提醒",
        "{学年}岗位需求请在 {截止日期} 前申报", "{学校}：{学年}缺哪些学科的教师，请在 {截止日期} 前报来。没有需求的不用报。",
        (_SCHOOL, _YEAR, _DEADLINE),
    ),
    Kind(
        "owed_recommendations", "催报推荐人选", "推荐上报截止前几天，发给还没有推荐满名额的派出学校；专干也可以一键提醒",
        "{学年}支教人选请在 {截止日期} 前推荐", "{学校}：{学年}的选派名额还差 {人数} 人，请在 {截止日期} 前推荐并公示。",
        (_SCHOOL, _YEAR, _NUMBER, _DEADLINE),
    ),
    Kind(
        "difficulty_late", "困难诉求过期限", "困难诉求过了办理期限没有办结时，发给承办人和支教专干",
        "{教师}的困难诉求过了期限", "“{困难}”应在 {截止日期} 前办结。办好了请写上怎么解决的，一时办不了的请和老师说明。",
        (_TEACHER, _TEXT, _DEADLINE),
    ),
    Kind(
        "difficulty_raised", "有人提出困难", "教师提出困难，或学校代为登记时，发给受援学校和支教专干；涉及健康的不写内容",
        "{教师}提出一件困难", "{学校}的{教师}：{困难}。请看看由谁承办、什么时候办好，在系统里写上，老师就放心了。",
        (_TEACHER, _SCHOOL, _TEXT),
    ),
    Kind(
        "difficulty_taken", "困难有人承办", "有人承办，或改了承办人、期限时，发给提出困难的教师",
        "您提的困难有人承办了", "“{困难}”由{承办人}承办，{截止日期} 前办好。", (_TEXT, _OWNER, _DEADLINE),
    ),
    Kind(
        "difficulty_settled", "困难已办结", "办结时，发给提出困难的教师",
        "您提的困难已经办结", "“{困难}”由{承办人}办结。怎么解决的，打开就能看到；没有真正解决的，可以重新打开。",
        (_TEXT, _OWNER),
    ),
    Kind(
        "leave_asked", "请假待批", "提出请假时，发给受援学校；超过规定天数的，学校同意后发给支教专干",
        "{教师}请假，请审批", "{教师}申请请假 {起止}，{天数} 个工作日，请在系统里审批。", (_TEACHER, _PERIOD, _DAYS),
    ),
    Kind(
        "leave_decided", "请假有了结果", "请假批准或不批准时，发给教师本人和代为申请的人",
        "{教师}的请假{结果}", "{起止} 的请假{结果}。{意见}",
        (_TEACHER, Placeholder("result", "结果", "没有批准"), _PERIOD, Placeholder("words", "意见", "当天有公开课，请改一天")),
    ),
    Kind(
        "application_deadline", "个人申报快截止", "个人申报截止前几天，发给派出学校，和已经开始填申请、还没有报送的教师",
        "{学年}支教申报 {截止日期} 截止", "{学年}支教的个人申报 {截止日期} 截止。已经开始填的，请在这之前报送。",
        (_YEAR, _DEADLINE),
    ),
    Kind(
        "exemption_ending", "暂缓交流到期", "暂缓交流到期前 30 天，发给教师所在学校和支教专干",
        "{教师}的暂缓交流 {截止日期} 到期", "{教师}的暂缓交流 {截止日期} 到期。还需要暂缓的，请补交证明。",
        (_TEACHER, _DEADLINE),
    ),
    Kind(
        "role_ending", "任职、代理到期", "一个角色到期前几天，发给本人；代理的也告诉委托人",
        "{角色}到 {截止日期} 为止", "{姓名}的{角色}到 {截止日期} 为止，之后不能再办理。要延长请联系局管理员。",
        (
            Placeholder("name", "姓名", "吴校长"),
            Placeholder("role", "角色", "松岭乡中心小学校长"),
            _DEADLINE,
        ),
    ),
)  # fmt: skip


def counties_of(user: Any) -> list[District]:
    """The counties whose words of notices this person may write."""
    if not may(user, "notice_template.edit"):
        return []
    access = Access.of(user)
    counties = District.objects.counties().order_by("pk")
    return list(counties if access.everything else counties.filter(pk__in=access.districts))


# --- people ------------------------------------------------------------------------------------------------------------


def people_of_schools(schools: Collection[int]) -> dict[int, list[Any]]:
    """Principals and officers, by school."""
    rows = Membership.objects.current().filter(school__in=schools, role__in=SCHOOL_ROLES).select_related("user")
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        if row.school_id:
            found[row.school_id].append(row.user)
    return found


def officers_of(county: int) -> list[Any]:
    """Those who run the secondments of a county."""
    over = Q(district=county) | Q(district__children=county) | Q(district__children__children=county)
    rows = Membership.objects.current().filter(over, role=Role.OFFICER).select_related("user").order_by("pk")
    return list(dict.fromkeys(row.user for row in rows))


def tell_of_year(kind: str, closing: YearClosing, *, by: Any) -> int:
    """That a year was closed, or opened again: to the schools that sent or received somebody in it, and to the officers."""
    rows = Secondment.objects.filter(county=closing.county_id, school_year=closing.school_year_id).order_by()
    schools = {
        *rows.values_list("sending_school", flat=True),
        *rows.values_list("placements__receiving_school", flat=True),
    }
    of_schools = [one for some in people_of_schools(schools - {None}).values() for one in some]
    people = [one for one in dict.fromkeys([*of_schools, *officers_of(closing.county_id)]) if one.pk != by.pk]
    year = closing.school_year
    values = {"year": year.title, "day": told(closing.closed_on), "reason": closing.reopen_reason}
    url = f"{reverse('assignments:secondment_list')}?year={year.code}"
    return notify(people, kind, values, url, county=closing.county_id)


def account_of(teacher: Any) -> list[Any]:
    """The account of a teacher, where they have one."""
    rows = Membership.objects.current().filter(teacher=teacher, role=Role.TEACHER).select_related("user")
    return list(dict.fromkeys(row.user for row in rows))


def accounts_of(teachers: Collection[int]) -> dict[int, list[Any]]:
    """The accounts of many teachers, by teacher."""
    rows = Membership.objects.current().filter(teacher__in=teachers, role=Role.TEACHER).select_related("user")
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        if row.teacher_id:
            found[row.teacher_id].append(row.user)
    return found


def last_school(secondment: Secondment) -> Any:
    """Where the teacher is, or is to go; None before that is known."""
    last = max(secondment.placements.all(), key=lambda placement: placement.order, default=None)
    return last.receiving_school if last else None


def page_of(secondment: Secondment) -> str:
    return reverse("assignments:secondment_detail", args=[secondment.pk])


# --- steps -------------------------------------------------------------------------------------------------------------

_TOLD_TO = {  # step → kind, and who besides the teacher: the sending school, the receiving school, the bureau
    "send_back": ("sent_back", ""),
    "uphold_objection": ("sent_back", "S"),
    "approve": ("approved", "S"),
    "dispatch": ("dispatched", "SR"),
    "report_overdue": ("overdue", "SRB"),
    "complete": ("completed", ""),
}


def tell_of_step(step: Transition, secondment: Secondment, by: Any, reason: str) -> None:
    """Writes the notices of a step, inside its transaction. Whoever took it knows already."""
    if step.key not in _TOLD_TO:
        return
    kind, others = _TOLD_TO[step.key]
    school = last_school(secondment)
    values = {
        "teacher": secondment.teacher.name,
        "sending_school": secondment.sending_school,
        "school": school or "受援学校",
        "period": secondment.period_told,
        "reason": reason or "请看办理记录",
    }
    people = [one for one in _concerned(secondment, school, others) if by is None or one.pk != by.pk]
    key = f"{secondment.pk}:{secondment.version}"
    notify(people, kind, values, page_of(secondment), key, county=secondment.county_id)


def _concerned(secondment: Secondment, school: Any, others: str) -> Iterable[Any]:
    yield from account_of(secondment.teacher_id)
    wanted = {secondment.sending_school_id} if "S" in others else set()
    wanted |= {school.pk} if "R" in others and school else set()
    if wanted:
        for people in people_of_schools(wanted).values():
            yield from people
    if "B" in others:
        yield from officers_of(secondment.county_id)


# --- difficulties and leave --------------------------------------------------------------------------------------------


def tell_of_difficulty(difficulty: Difficulty, kind: str, *, by: Any, text: str) -> None:
    """That it was raised, to those who can help; that somebody took it on or settled it, to the teacher.

    `text`: what may be said of it where others look over one's shoulder; see care.told_briefly.
    """
    school = _school_of(difficulty.teacher)
    if kind == "difficulty_raised":
        people = [*_people_of(school), *officers_of(difficulty.county_id)]
    else:
        people = [*account_of(difficulty.teacher_id), difficulty.raised_by]
    due = f"{difficulty.due_on.month}月{difficulty.due_on.day}日" if difficulty.due_on else ""
    values = {
        "teacher": difficulty.teacher.name, "school": school or difficulty.teacher.school or "", "text": text,
        "owner": difficulty.owner, "deadline": due,
    }  # fmt: skip
    url = reverse("assignments:difficulty_detail", args=[difficulty.pk])
    notify(_but(by, people), kind, values, url, county=difficulty.county_id)


def tell_leave_is_asked(leave: Leave, *, by: Any, school: Any = None) -> None:
    """Whose turn it is to decide: the school where the teacher is then; without one the bureau. What for is not told."""
    people = _people_of(school) if school else officers_of(leave.county_id)
    teacher = leave.secondment.teacher
    own = {user.pk for user in account_of(teacher)}  # nobody decides on their own leave
    values = {"teacher": teacher.name, "period": _span(leave), "days": plain(leave.days)}
    people = [one for one in _but(by, people) if one.pk not in own]
    notify(people, "leave_asked", values, reverse("assignments:leave_detail", args=[leave.pk]), county=leave.county_id)


def tell_leave_is_decided(leave: Leave, *, by: Any, words: str) -> None:
    teacher = leave.secondment.teacher
    result = "已批准" if leave.state == LeaveState.APPROVED else "没有批准"
    values = {"teacher": teacher.name, "period": _span(leave), "result": result, "words": words}
    people = _but(by, [*account_of(teacher), leave.requested_by])
    url = reverse("assignments:leave_detail", args=[leave.pk])
    notify(people, "leave_decided", values, url, county=leave.county_id)


def _span(leave: Leave) -> str:
    return told(leave.start) if leave.start == leave.end else f"{told(leave.start)}至{told(leave.end)}"


def _but(by: Any, people: Iterable[Any]) -> list[Any]:
    """Without whoever did it: they know already."""
    return [one for one in people if one is not None and (by is None or one.pk != by.pk)]


def _people_of(school: Any) -> list[Any]:
    return people_of_schools([school.pk]).get(school.pk, []) if school else []


def _school_of(teacher: Any) -> Any:
    """Where the teacher is now, or is to go."""
    over = [state for state in KNOWN_TO_RECEIVER if state in OVER]
    rows = Secondment.objects.filter(teacher=teacher, state__in=KNOWN_TO_RECEIVER).exclude(state__in=over)
    serving = rows.prefetch_related("placements__receiving_school").order_by("-start", "-pk").first()
    return last_school(serving) if serving else None
