"""Who waits for what: the tasks of a person, told by the records and the table of the workflow. Nothing here is stored.

A source gives query sets that all have the same columns (`lines`), so that one UNION asks them all, however many there are.
Another app adds its own:

    @waiting.register
    def records(desk):
        yield waiting.lines(desk.seen(WorkRecord).filter(…), KIND, name=F("teacher__name"), since=F("start"))
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DateField,
    Exists,
    Expression,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat, Substr, TruncDate
from django.urls import reverse

from assignments import closing, owing
from assignments.access import may
from assignments.care import BRIEFLY
from assignments.choices import (
    ChangeKind,
    ChangeState,
    DifficultyCategory,
    LeaveKind,
    LeaveState,
    ObjectionState,
    Role,
    SheetState,
)
from assignments.choices import SecondmentState as State
from assignments.leave import at_bureau
from assignments.models import (
    AllowanceSheet,
    AttendanceMonth,
    Demand,
    Difficulty,
    District,
    Leave,
    Membership,
    Objection,
    Placement,
    Secondment,
    SecondmentChange,
    StateChange,
    YearSchedule,
)
from assignments.models.scope import Access
from assignments.workflow import REPORT_IN_GRACE, TRANSITIONS
from zhijiao.working_days import add_working_days

FEW = 3  # more than so many of a kind stand in one line
MANY = 200  # as many as one preview takes
LATELY = dt.timedelta(days=60)
NEWS = dt.timedelta(days=7)  # for so long a decision is told
MINE, OTHERS = "您交上去的", "局里还没有办结的"
CALM = {MINE: "等别人办理，或者有了答复", OTHERS: "支教专干在办"}  # headings of what others are to do
NO_DATE = Cast(Value(None), DateField())
NOTHING = Value("", CharField())


class Line(NamedTuple):
    """A row of the UNION."""

    kind: str
    pk: int
    subject: int  # whose page it opens
    name: str
    place: str
    detail: str
    due: dt.date | None
    since: dt.date | None


COLUMNS = tuple(f"t_{name}" for name in Line._fields)


@dataclass(frozen=True)
class Kind:
    """How the lines of a kind are told. `one` and `many` are filled with the line, or with the number."""

    name: str
    one: str
    many: str
    page: str = "assignments:secondment_detail"  # an address with the subject
    step: str = ""  # of the workflow, done from the list
    verb: str = ""  # on the button that leads to the page
    listed: str = ""  # the address of all of them
    asks_year: bool = False  # `detail` is the school year its page is to show, which may not be the one looked at
    calm: str = ""  # under this heading, because somebody else is to act
    remark: Callable[[Line], str] = lambda line: line.place
    due: Callable[[Line], dt.date | None] = lambda line: line.due
    words: Callable[[str], str] = str  # what a code in `detail` means

    def address(self, line: Line) -> str:
        """Its own page, else the page of all of them, else nothing."""
        page = (owing.address(self.page, line.subject) if self.page else "") or owing.address(self.listed)
        return f"{page}?year={line.detail}" if self.asks_year and page else page


@dataclass(frozen=True)
class Button:
    """What a task can be done with, from where it stands: one click (`is_post`), or a page that asks something first."""

    label: str
    url: str
    is_post: bool = False


@dataclass(frozen=True)
class Task:
    """One thing that waits."""

    what: str
    who: str
    url: str
    due: dt.date | None
    since: dt.date | None
    kind: str
    is_late: bool
    number: int = 1
    buttons: tuple[Button, ...] = ()

    @property
    def order(self) -> tuple[dt.date, dt.date, str]:
        return self.due or dt.date.max, self.since or dt.date.max, self.what


@dataclass(frozen=True)
class Group:
    """Tasks whose time comes together."""

    title: str
    remark: str
    tasks: list[Task] = field(default_factory=list)
    is_late: bool = False
    is_mine: bool = True


# --- sources -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Desk:
    """The person whose tasks are looked for, and the day."""

    user: Any
    today: dt.date

    @cached_property
    def access(self) -> Access:
        return Access.of(self.user)

    def seen(self, model: Any) -> Any:
        return model.objects.visible_to(self.user)

    def may(self, action: str) -> bool:
        return may(self.user, action)

    @property
    def is_school(self) -> bool:
        return bool(self.access.schools)

    @property
    def is_teacher(self) -> bool:
        return bool(self.access.teachers)

    @property
    def is_bureau(self) -> bool:
        return bool(self.access.districts)

    def of_bureau(self, model: Any) -> Any:
        """The rows of the districts in which the person has a role."""
        return self.seen(model).filter(county__in=self.access.districts)

    def has_role(self, *roles: Role) -> bool:
        return not self.access.everything and bool(self.access.roles & set(roles))


Source = Callable[[Desk], Iterator[QuerySet[Any]]]
_sources: list[Source] = []
_kinds: dict[str, Kind] = {}


def register(source: Source, *kinds: Kind) -> Source:
    """`source(desk)` gives query sets made by `lines`; `kinds` say how they are told."""
    for kind in kinds:
        _kinds[kind.name] = kind
    if source not in _sources:
        _sources.append(source)
    return source


def lines(
    rows: Any,
    kind: str | Expression,
    *,
    subject: Any = "pk",
    name: Any = NOTHING,
    place: Any = NOTHING,
    detail: Any = NOTHING,
    due: Any = NO_DATE,
    since: Any = NO_DATE,
) -> QuerySet[Any]:
    """The rows with the columns of a line. A text or a number may be a path, a date is an expression.

    What is of a closed year waits for nobody: nothing of it can be done.
    """
    told = {
        "t_kind": Value(kind, CharField()) if isinstance(kind, str) else kind,
        "t_pk": Cast("pk", BigIntegerField()),
        "t_subject": Cast(subject, BigIntegerField()),
        "t_name": Cast(name, CharField()),
        "t_place": Coalesce(Cast(place, CharField()), NOTHING),
        "t_detail": Coalesce(Cast(detail, CharField()), NOTHING),
        "t_due": due,
        "t_since": since,
    }
    found: QuerySet[Any] = closing.still_open(rows).order_by().annotate(**told).values_list(*COLUMNS)
    return found


def _day(expression: Any) -> Expression:
    return Cast(expression, DateField())


_LAST_SCHOOL = Subquery(
    Placement.objects.filter(secondment=OuterRef("pk")).order_by("-order").values("receiving_school__name")[:1]
)
_LAST_STEP = StateChange.objects.filter(secondment=OuterRef("pk")).order_by("-id")
_SINCE = Subquery(_LAST_STEP.values(day=TruncDate("at"))[:1], output_field=DateField())
_REASON = Subquery(_LAST_STEP.values("reason")[:1])


def _deadline(name: str) -> Any:
    schedule = YearSchedule.objects.filter(county=OuterRef("county"), school_year=OuterRef("school_year"))
    return Subquery(schedule.values(name)[:1], output_field=DateField())


def _of_state(rows: Any, place: Any, *, due: Any = NO_DATE, detail: Any = NOTHING, prefix: str = "") -> QuerySet[Any]:
    """Secondments, each of the kind that its state says."""
    kind = Concat(Value(prefix), "state", output_field=CharField())
    return lines(rows, kind, name="teacher__name", place=place, detail=detail, due=due, since=_SINCE)


def _to_report_in(rows: Any, prefix: str) -> QuerySet[Any]:
    """Those who are to report in: by the bureau's day where it named one, else some working days after the first (`_until`)."""
    kind = Concat(Value(prefix), "state", output_field=CharField())
    return lines(
        rows, kind, name="teacher__name", place="sending_school__name", detail=_LAST_SCHOOL,
        due=_deadline("report_in_until"), since=F("start"),
    )  # fmt: skip


# --- the teacher -------------------------------------------------------------------------------------------------------


def of_teacher(desk: Desk) -> Iterator[QuerySet[Any]]:
    """Their own application, their attendance, what was decided, what they handed in."""
    if not desk.is_teacher:
        return
    mine = desk.access.teachers
    own = desk.seen(Secondment).filter(teacher__in=mine)
    open_states = (State.SENT_BACK, State.DRAFT, State.SUBMITTED, State.RECOMMENDED, State.REVIEW)
    yield _of_state(
        own.filter(state__in=open_states),
        "sending_school__name",
        detail=_REASON,
        due=_deadline("applications_until"),
        prefix="own_",
    )
    months = desk.seen(AttendanceMonth).filter(
        secondment__teacher__in=mine, seen_on=None, dispute="", confirmed_on__gte=desk.today - LATELY
    )
    yield lines(months, "own_attendance", detail="month", since=F("confirmed_on"))
    decided = desk.seen(Leave).filter(
        secondment__teacher__in=mine,
        state__in=(LeaveState.APPROVED, LeaveState.REFUSED),
        decided_on__gte=desk.today - NEWS,
    )
    yield lines(decided, "own_leave", name="state", detail="kind", place="decision", since=F("decided_on"))
    asked = desk.seen(Leave).filter(secondment__teacher__in=mine, state=LeaveState.REQUESTED)
    yield lines(asked, "own_leave_asked", detail="kind", since=F("start"))


# --- the school --------------------------------------------------------------------------------------------------------


def of_school(desk: Desk) -> Iterator[QuerySet[Any]]:
    """What a sending, and what a receiving school has in its hands."""
    if not desk.is_school:
        return
    yield from _as_sender(desk)
    yield from _as_receiver(desk)


def _as_sender(desk: Desk) -> Iterator[QuerySet[Any]]:
    sent = desk.seen(Secondment).filter(sending_school__in=desk.access.schools)
    open_against = Objection.objects.filter(
        Q(secondment=OuterRef("pk")) | Q(secondment=None), notice=OuterRef("notice"), state=ObjectionState.OPEN
    )
    over = Q(state=State.RECOMMENDED, notice__end__lt=desk.today) & ~Exists(open_against)
    waiting = sent.filter(Q(state=State.SUBMITTED) | over)
    yield _of_state(waiting, "sending_school__name", due=_deadline("recommendations_until"), prefix="sent_")
    against = desk.seen(Objection).filter(notice__school__in=desk.access.schools, state=ObjectionState.OPEN)
    yield _objections(against)


def _as_receiver(desk: Desk) -> Iterator[QuerySet[Any]]:
    schools = desk.access.schools
    here = Exists(Placement.objects.filter(secondment=OuterRef("pk"), receiving_school__in=schools))
    coming = desk.seen(Secondment).filter(here, state__in=(State.DISPATCHED, State.OVERDUE))
    yield _to_report_in(coming, "to_")
    at_school = Exists(Placement.objects.filter(secondment=OuterRef("secondment"), receiving_school__in=schools))
    yield _leaves(desk.seen(Leave).filter(at_school, state=LeaveState.REQUESTED).exclude(at_bureau()))
    yield from _difficulties_at(desk)
    if desk.may("demand.edit"):
        yield _needs(desk)


def _leaves(rows: Any) -> QuerySet[Any]:
    return lines(rows, "leave", name="secondment__teacher__name", detail="kind", due=F("start"), since=F("start"))


def _difficulties_at(desk: Desk) -> Iterator[QuerySet[Any]]:
    """Those that this person owns, and those of teachers on post here that nobody owns."""
    here = Placement.objects.filter(
        receiving_school__in=desk.access.schools,
        secondment__teacher=OuterRef("teacher"),
        secondment__state=State.ON_POST,
    )
    mine = Q(owner_user=desk.user.pk) | (Q(owner_user=None) & Exists(here))
    yield _difficulties(desk.seen(Difficulty).open().filter(mine))


def _needs(desk: Desk) -> QuerySet[Any]:
    """The school's needs of the coming year, while they are collected; of schools that received somebody lately."""
    stated = Demand.objects.filter(school_year=OuterRef("school_year"), school__in=desk.access.schools)
    here = Placement.objects.filter(
        receiving_school__in=desk.access.schools, secondment__start__gte=desk.today - dt.timedelta(days=3 * 365)
    )
    open_now = YearSchedule.objects.filter(
        ~Exists(stated),
        Exists(here),
        county__in=desk.access.counties,
        demands_until__gte=desk.today,
        demands_until__lte=desk.today + dt.timedelta(days=60),
    )
    return lines(open_now, "needs", detail="school_year__code", due=F("demands_until"))


# --- the bureau --------------------------------------------------------------------------------------------------------


def of_bureau(desk: Desk) -> Iterator[QuerySet[Any]]:
    """What waits for those who run it, decide, pay, and grant."""
    if not desk.is_bureau:
        return
    if desk.has_role(Role.OFFICER):
        yield from _of_officer(desk)
    elif desk.has_role(Role.LEADER, Role.BUREAU_ADMIN, Role.INSPECTOR, Role.AUDITOR):
        yield from _to_look_at(desk)
    if desk.may("secondment.change_decide"):
        asked = desk.of_bureau(SecondmentChange).filter(state=ChangeState.REQUESTED).exclude(requested_by=desk.user.pk)
        yield lines(
            asked, "change", name="secondment__teacher__name", place="secondment__sending_school__name",
            detail="kind", due=F("start"), since=TruncDate("requested_at"),
        )  # fmt: skip
    if desk.may("user.confirm_role"):
        yield _roles_to_confirm(desk)
    yield from _of_payments(desk)


def _of_officer(desk: Desk) -> Iterator[QuerySet[Any]]:
    states = (State.REVIEW, State.APPROVED, State.APPRAISED)
    over = Q(state=State.ON_POST, end__lt=desk.today)
    rows = desk.of_bureau(Secondment).filter(Q(state__in=states) | over)
    yield _of_state(rows, "sending_school__name", due=F("start"), detail=_LAST_SCHOOL, prefix="at_")
    yield _to_report_in(desk.of_bureau(Secondment).filter(state=State.OVERDUE), "at_")
    yield _objections(desk.of_bureau(Objection).filter(state=ObjectionState.OPEN))
    yield _leaves(desk.of_bureau(Leave).filter(at_bureau()))
    late = Q(due_on__lt=desk.today) | Q(owner="", owner_user=None) | Q(owner_user=desk.user.pk)
    yield _difficulties(desk.of_bureau(Difficulty).open().filter(late))


def _to_look_at(desk: Desk) -> Iterator[QuerySet[Any]]:
    """What is late in the county, for those at the bureau who do not run it."""
    yield _to_report_in(desk.of_bureau(Secondment).filter(state=State.OVERDUE), "seen_")
    late = desk.of_bureau(Difficulty).open().filter(due_on__lt=desk.today)
    yield _difficulties(late, "seen_difficulty")


def _objections(rows: Any) -> QuerySet[Any]:
    return lines(
        rows,
        "objection",
        name="notice__title",
        place="secondment__teacher__name",
        since=F("received_on"),
    )


# As care.told_briefly: what concerns health stands on the page of the difficulty only.
_BRIEFLY = Case(When(category=DifficultyCategory.HEALTH, then=Value(BRIEFLY)), default=Substr("text", 1, 40))


def _difficulties(rows: Any, kind: str = "difficulty") -> QuerySet[Any]:
    return lines(
        rows, kind, name="teacher__name", place="teacher__school__name",
        detail=_BRIEFLY, due=F("due_on"), since=F("start"),
    )  # fmt: skip


def _roles_to_confirm(desk: Desk) -> QuerySet[Any]:
    places = desk.access.districts
    within = Q(district__in=places) | Q(school__county__in=places) | Q(teacher__county__in=places)
    rows = (
        Membership.objects.filter(within, is_waiting=True).exclude(granted_by=desk.user.pk).exclude(user=desk.user.pk)
    )
    return lines(rows, "role", subject="user", name="user__name", detail="role", since=F("start"))


def _of_payments(desk: Desk) -> Iterator[QuerySet[Any]]:
    """The payment sheet of last month: drawn up, checked by a second person, locked by another than who drew it up."""
    month = owing.last_month(desk.today)
    if desk.may("allowance.edit"):
        last = month.replace(day=28)
        there = Secondment.objects.filter(county=OuterRef("pk"), state=State.ON_POST, start__lte=last, end__gte=month)
        made = AllowanceSheet.objects.filter(county=OuterRef("pk"), month=month)
        without = District.objects.visible_to(desk.user).counties().filter(~Exists(made), Exists(there))
        yield lines(without, "sheet_missing", name="name", detail=Value(f"{month:%Y-%m-%d}"))
    steps = {}
    if desk.may("allowance.check"):
        steps[SheetState.DRAFT] = ~Q(prepared_by=desk.user.pk)
    if desk.may("allowance.lock"):
        steps[SheetState.CHECKED] = ~Q(prepared_by=desk.user.pk)
    for state, condition in steps.items():
        rows = desk.of_bureau(AllowanceSheet).filter(condition | Q(prepared_by=None), state=state)
        yield lines(rows, f"sheet_{state}", detail="month", since=_day("month"))


def asked_by_oneself(desk: Desk) -> Iterator[QuerySet[Any]]:
    """One's own requests for a change: that they wait, and lately what became of them."""
    recent = Q(state__in=(ChangeState.APPROVED, ChangeState.REFUSED), start__gte=desk.today - NEWS)
    own = desk.seen(SecondmentChange).filter(Q(state=ChangeState.REQUESTED) | recent, requested_by=desk.user.pk)
    yield lines(
        own, "own_change", subject="secondment", name="secondment__teacher__name", place="state", detail="kind",
        since=TruncDate("requested_at"),
    )  # fmt: skip


# --- how they are told -------------------------------------------------------------------------------------------------


def _month_told(code: str) -> str:
    year, month, *_ = code.split("-")
    return f"{year}年{int(month)}月"


def _until(line: Line) -> dt.date | None:
    """Until when somebody is to report in, as `workflow.report_in_until` has it."""
    if line.since is None:
        return None
    return line.due if line.due and line.since <= line.due else add_working_days(line.since, REPORT_IN_GRACE)


def _from_to(line: Line) -> str:
    return f"{line.place} → {line.detail}" if line.detail else line.place


def _waits(line: Line) -> str:
    return "等学校推荐" if line.kind == "own_submitted" else "公示和局里审核中"


def _change_told(code: str) -> str:
    return ChangeKind(code).label


KINDS = (
    Kind("own_sent_back", "修改退回的支教申请", "修改 {number} 份退回的申请", page="assignments:application_edit", verb="修改并重报", remark=lambda line: f"退回理由：{line.detail}" if line.detail else ""),
    Kind("own_draft", "您的支教申请还没有报送", "{number} 份支教申请还没有报送", page="assignments:application_edit", step="submit", remark=lambda line: "填好后报送给学校"),
    Kind("own_submitted", "支教申请已报送", "{number} 份支教申请已报送", calm=MINE, remark=_waits, due=lambda line: None),
    Kind("own_recommended", "支教申请公示中", "{number} 份支教申请公示中", calm=MINE, remark=_waits, due=lambda line: None),
    Kind("own_review", "支教申请等局里审核", "{number} 份支教申请等局里审核", calm=MINE, remark=_waits, due=lambda line: None),
    Kind(
        "own_attendance", "核对{detail}的考勤", "核对 {number} 个月的考勤", listed="assignments:attendance_own", page="", verb="核对",
        remark=lambda line: "学校已确认，看看对不对", words=_month_told,
    ),
    Kind(
        "own_leave", "您的{detail}有了答复", "{number} 次请假有了答复", page="assignments:leave_detail", calm=MINE,
        remark=lambda line: LeaveState(line.name).label + (f"：{line.place}" if line.place else ""), words=lambda code: LeaveKind(code).label,
    ),
    Kind("own_leave_asked", "{detail}申请等学校审批", "{number} 次请假等学校审批", page="assignments:leave_detail", calm=MINE, words=lambda code: LeaveKind(code).label),
    Kind(
        "own_change", "{name}{detail}的申请", "{number} 个变更申请", calm=MINE,
        remark=lambda line: "等局里审批" if line.place == ChangeState.REQUESTED else ChangeState(line.place).label, words=_change_told,
    ),
    Kind("sent_submitted", "推荐{name}的支教申请", "推荐 {number} 人的支教申请", step="recommend"),
    Kind("sent_recommended", "{name}公示期满，报局审核", "{number} 人公示期满，报局审核", step="forward"),
    Kind("to_dispatched", "确认{name}到岗", "确认 {number} 人到岗", step="report_in", remark=_from_to, due=_until),
    Kind("to_overdue", "{name}逾期未报到", "{number} 人逾期未报到", step="report_in", remark=_from_to, due=_until),
    Kind("leave", "审批{name}的{detail}", "审批 {number} 次请假", page="assignments:leave_detail", verb="审批", listed="assignments:leave_list", words=lambda code: LeaveKind(code).label, remark=lambda line: ""),
    Kind("needs", "申报{detail}学年的岗位需求", "申报岗位需求", page="", listed="assignments:demand_list", asks_year=True, verb="申报", remark=lambda line: "没有需求的不用报", words=lambda code: code.replace("-", "—")),
    Kind("at_review", "审核{name}的支教申请", "审核 {number} 人的支教申请", step="approve", due=lambda line: None),
    Kind("at_approved", "派出{name}", "派出 {number} 人", step="dispatch", remark=_from_to),
    Kind("at_overdue", "{name}逾期未报到", "{number} 人逾期未报到", step="report_in", remark=_from_to, due=_until),
    Kind("at_on_post", "{name}支教期满，等考核", "{number} 人支教期满，等考核", step="appraise", remark=_from_to, due=lambda line: None),
    Kind("at_appraised", "{name}已考核，期满结束", "{number} 人已考核，期满结束", step="complete", remark=_from_to, due=lambda line: None),
    Kind("change", "审批{name}{detail}的申请", "审批 {number} 个变更申请", page="assignments:change_decide", verb="审批", words=_change_told),
    Kind("objection", "核查公示异议", "核查 {number} 件公示异议", page="assignments:objection_decide", listed="assignments:public_notice_list", verb="核查", remark=lambda line: "，".join(part for part in (line.name, line.place) if part)),
    Kind("difficulty", "解决困难诉求：{detail}", "解决 {number} 件困难诉求", page="assignments:difficulty_detail", listed="assignments:difficulty_list", verb="办理", remark=lambda line: "，".join(part for part in (line.name, line.place) if part)),
    Kind("seen_overdue", "{name}逾期未报到", "{number} 人逾期未报到", calm=OTHERS, remark=_from_to, due=_until),
    Kind("seen_difficulty", "困难诉求过了期限：{detail}", "{number} 件困难诉求过了期限", calm=OTHERS, page="assignments:difficulty_detail", listed="assignments:difficulty_list"),
    Kind("role", "确认{name}的{detail}角色", "确认 {number} 个角色", page="assignments:member_detail", listed="assignments:member_list", verb="确认", remark=lambda line: "局里的角色由第二人确认后生效", words=lambda code: Role(code).label),
    Kind("sheet_missing", "编制{detail}补助发放表", "编制 {number} 份补助发放表", page="", listed="assignments:allowances", verb="编制", words=_month_told, remark=lambda line: ""),
    Kind("sheet_draft", "审核{detail}补助发放表", "审核 {number} 份补助发放表", page="assignments:allowance_sheet", listed="assignments:allowances", verb="打开审核", words=_month_told, remark=lambda line: "要由制表人以外的人审核"),
    Kind("sheet_checked", "锁定{detail}补助发放表", "锁定 {number} 份补助发放表", page="assignments:allowance_sheet", listed="assignments:allowances", verb="打开锁定", words=_month_told, remark=lambda line: "锁定后不再改动"),
)  # fmt: skip


for _source in (of_teacher, of_school, of_bureau, asked_by_oneself):
    register(_source)
register(of_teacher, *KINDS)


# --- the list ----------------------------------------------------------------------------------------------------------


def waiting_for(user: Any, today: dt.date) -> list[Group]:
    """Everything that waits for this person: what is late first, then by deadline, then what has waited longest."""
    desk = Desk(user, today)
    tasks = [*_told(_asked(desk), today), *_attendance(desk)]
    mine = [task for task in tasks if not _heading(task)]
    return groups(mine, today) + _calm([task for task in tasks if _heading(task)])


def _calm(tasks: list[Task]) -> list[Group]:
    """What others are to do: told, and not counted among the tasks."""
    by_title: dict[str, list[Task]] = defaultdict(list)
    for task in sorted(tasks, key=lambda task: (task.since or dt.date.min, task.what), reverse=True):
        by_title[_heading(task)].append(task)
    return [Group(title, CALM[title], same, is_mine=False) for title, same in by_title.items()]


def _heading(task: Task) -> str:
    return _kinds[task.kind].calm if task.kind in _kinds else ""


def _asked(desk: Desk) -> list[Line]:
    """All lines, in one query. A line that two roles see stands once."""
    parts = [part for source in _sources for part in source(desk)]
    if not parts:
        return []
    first, *others = parts
    return list(dict.fromkeys(Line(*row) for row in (first.union(*others) if others else first)))


def _told(found: list[Line], today: dt.date) -> Iterator[Task]:
    by_kind: dict[str, list[Line]] = defaultdict(list)
    for line in found:
        by_kind[line.kind].append(line)
    for name, same in by_kind.items():
        kind = _kinds[name]
        if len(same) > FEW:
            yield _many(kind, same, today)
        else:
            yield from (_one(kind, line, today) for line in same)


def _one(kind: Kind, line: Line, today: dt.date) -> Task:
    due = kind.due(line)
    detail = kind.words(line.detail) if line.detail else ""
    buttons = _buttons(kind, [line])
    url = kind.address(line) or (buttons[0].url if buttons else "")
    what = kind.one.format(name=line.name, detail=detail)
    return Task(what, kind.remark(line), url, due, line.since, kind.name, bool(due and due < today), 1, buttons)


def _many(kind: Kind, same: list[Line], today: dt.date) -> Task:
    dues = [due for line in same if (due := kind.due(line))]
    sinces = [line.since for line in same if line.since]
    buttons = _buttons(kind, same)
    first = min(dues, default=None)
    url = owing.address(kind.listed) or (buttons[0].url if buttons else kind.address(same[0]))
    return Task(
        kind.many.format(number=len(same)), _places(same), url, first, min(sinces, default=None), kind.name,
        bool(first and first < today), len(same), buttons,
    )  # fmt: skip


def _places(same: list[Line]) -> str:
    """县第一小学 2 人、城关中学 2 人等 5 所."""
    counted = Counter(line.place or line.name for line in same).most_common()
    told = "、".join(f"{place} {number}" for place, number in counted[:3] if place)
    return f"{told} 等 {len(counted)} 处" if len(counted) > 3 else told


def _buttons(kind: Kind, same: list[Line]) -> tuple[Button, ...]:
    if kind.step:
        return (_step(kind.step, same),)
    url = owing.address(kind.listed) if len(same) > 1 else kind.address(same[0])
    return (Button(kind.verb, url),) if kind.verb and url else ()


def _step(key: str, same: list[Line]) -> Button:
    """One click where the step asks nothing; else the page that asks; for many the preview."""
    step = TRANSITIONS[key]
    if len(same) > 1:
        query = urlencode([("pick", line.subject) for line in same[:MANY]])
        return Button(
            f"预览并{step.label} {min(len(same), MANY)} 人…",
            f"{reverse('assignments:secondment_many', args=[key])}?{query}",
        )
    url = reverse("assignments:secondment_act", args=[same[0].subject, key])
    return Button(step.label if not step.asks_something else f"{step.label}…", url, is_post=not step.asks_something)


def _attendance(desk: Desk) -> Iterator[Task]:
    """Last month's attendance of one's own schools; which days count is worked out in Python, so it is a query of its own."""
    if not desk.is_school:
        return
    month, due = owing.last_month(desk.today), owing.attendance_due(desk.today)
    rows = desk.seen(Placement).filter(receiving_school__in=desk.access.schools)
    for school in owing.months_of_schools(rows, month):
        if school.pk not in desk.access.schools or school.confirmed == school.teachers:
            continue
        to_enter, told = school.teachers - school.entered, f"{month.month}月考勤"
        what = f"登记{told}，还有 {to_enter} 人" if to_enter else f"确认{told}，{school.teachers - school.confirmed} 人"
        page = owing.address("assignments:attendance_month", month.year, f"{month:%m}")
        url = f"{page}?{urlencode({'school': school.pk})}" if page else ""
        label = "去登记" if to_enter else "去确认"
        yield Task(
            what, school.name, url, due, month, "attendance", due < desk.today, to_enter or school.teachers - school.confirmed,
            (Button(label, url),) if url else (),
        )  # fmt: skip


def groups(tasks: list[Task], today: dt.date) -> list[Group]:
    """By when they are due."""
    sunday = today + dt.timedelta(days=6 - today.weekday())
    late, now, week, later, undated = (
        Group("已过期限", "", is_late=True),
        Group("今天到期", owing.day_told(today)),
        Group("本周内", f"至 {owing.day_told(sunday)}"),
        Group("下周及以后", ""),
        Group("没有期限的", "等得最久的在前"),
    )
    for task in sorted(tasks, key=lambda task: task.order):
        if task.due is None:
            undated.tasks.append(task)
        elif task.due < today:
            late.tasks.append(task)
        elif task.due == today:
            now.tasks.append(task)
        else:
            (week if task.due <= sunday else later).tasks.append(task)
    return [group for group in (late, now, week, later, undated) if group.tasks]
