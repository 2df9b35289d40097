"""The plan of a school year: the bureau's deadlines, what schools ask for, who is to give how many."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from assignments.access import insist, insist_for_county, is_of_bureau
from assignments.choices import SUBJECTS, Direction, TeachingStage
from assignments.choices import SecondmentState as State
from assignments.models import (
    Allocation,
    Application,
    Demand,
    DemandAnswer,
    Placement,
    School,
    SchoolYear,
    Secondment,
    YearSchedule,
)
from zhijiao.accounts import audit
from zhijiao.dates import told
from zhijiao.entry import changed_meanwhile
from zhijiao.refusals import Refused, atomically

MOST = 99  # teachers of one subject that a school asks for or gives; more is a slip of the finger
APPLIED = (State.SUBMITTED, State.RECOMMENDED, State.REVIEW)
APPROVED = (
    State.APPROVED, State.DISPATCHED, State.OVERDUE, State.ON_POST, State.APPRAISED, State.COMPLETED, State.ENDED_EARLY,
)  # fmt: skip
SCHEDULE_FIELDS = (
    "demands_until", "applications_until", "recommendations_until", "report_in_until", "notice_days", "document",
)  # fmt: skip
ALLOCATION_FIELDS = ("sending_school", "receiving_school", "subject", "number", "document")
_DATES = SCHEDULE_FIELDS[:4]  # in the order in which they pass


# --- the year's dates ---------------------------------------------------------------------------------------------------


def schedule_of(county: Any, school_year: SchoolYear | None) -> YearSchedule:
    """The bureau's dates of the year; an empty one where it set none."""
    known = YearSchedule.objects.filter(county=county, school_year=school_year).first() if school_year else None
    return known or YearSchedule(county_id=getattr(county, "pk", county), school_year=school_year)


@atomically()
def set_schedule(county: Any, school_year: SchoolYear, *, by: Any, **values: Any) -> YearSchedule:
    """The year's deadlines and the days of a public notice. Dates come in the order of the year."""
    insist_for_county(by, county.pk, "plan.edit")
    SchoolYear.objects.select_for_update(no_key=True).get(pk=school_year.pk)
    schedule = schedule_of(county, school_year)
    before = {name: str(getattr(schedule, name) or "") for name in SCHEDULE_FIELDS}
    for name in SCHEDULE_FIELDS:
        if name in values:
            setattr(schedule, name, values[name])
    if wrong := schedule_problem({name: getattr(schedule, name) for name in SCHEDULE_FIELDS}):
        raise Refused(wrong[1])
    schedule.save()
    after = {name: str(getattr(schedule, name) or "") for name in SCHEDULE_FIELDS}
    audit.record(by, "修改年度安排", schedule, before=before, after=after)
    return schedule


def schedule_problem(values: Mapping[str, Any]) -> tuple[str, str] | None:
    """The date that comes before the one it has to follow, and why."""
    passed: tuple[str, dt.date] | None = None
    for name in _DATES:
        day = values.get(name)
        if day and passed and day < passed[1]:
            label = getattr(YearSchedule, passed[0]).field.verbose_name
            return name, f"{told(day)} 早于“{label}”（{told(passed[1])}），应在它以后"
        passed = (name, day) if day else passed
    return None


# --- what schools ask for -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Need:
    """One line of what a school asks for."""

    stage: str
    subject: str
    number: int
    requirement: str = ""


_PRIMARY = [
    "语文",
    "数学",
    "英语",
    "道德与法治",
    "科学",
    "体育",
    "音乐",
    "美术",
    "信息科技",
    "劳动",
    "心理健康",
    "综合实践",
    "其他",
]
_JUNIOR = [
    "语文",
    "数学",
    "英语",
    "道德与法治",
    "历史",
    "地理",
    "物理",
    "化学",
    "生物",
    "体育",
    "音乐",
    "美术",
    "信息科技",
    "劳动",
    "心理健康",
    "其他",
]
_SENIOR = [
    "语文",
    "数学",
    "英语",
    "政治",
    "历史",
    "地理",
    "物理",
    "化学",
    "生物",
    "体育",
    "音乐",
    "美术",
    "信息科技",
    "通用技术",
    "心理健康",
    "其他",
]
SUBJECTS_OF = {
    TeachingStage.PRESCHOOL: ["学前教育", "音乐", "美术", "体育", "其他"],
    TeachingStage.PRIMARY: _PRIMARY,
    TeachingStage.JUNIOR: _JUNIOR,
    TeachingStage.SENIOR: _SENIOR,
    TeachingStage.VOCATIONAL: [*_SENIOR[:3], "政治", "体育", "信息科技", "职业专业课", "其他"],
    TeachingStage.SPECIAL: ["特殊教育", "语文", "数学", "体育", "音乐", "美术", "心理健康", "其他"],
}
_STAGES_OF = {
    "kindergarten": [TeachingStage.PRESCHOOL],
    "teaching_point": [TeachingStage.PRIMARY],
    "primary": [TeachingStage.PRIMARY],
    "junior": [TeachingStage.JUNIOR],
    "nine_year": [TeachingStage.PRIMARY, TeachingStage.JUNIOR],
    "senior": [TeachingStage.SENIOR],
    "complete": [TeachingStage.JUNIOR, TeachingStage.SENIOR],
    "twelve_year": [TeachingStage.PRIMARY, TeachingStage.JUNIOR, TeachingStage.SENIOR],
    "vocational": [TeachingStage.VOCATIONAL],
    "special": [TeachingStage.SPECIAL],
}


def stages_of(school: School) -> list[TeachingStage]:
    """What is taught at the school; primary and junior where its kind is not known."""
    return _STAGES_OF.get(school.stage, [TeachingStage.PRIMARY, TeachingStage.JUNIOR])


def demands_of(school: School, school_year: SchoolYear | None) -> list[Demand]:
    return list(Demand.objects.filter(school=school, school_year=school_year).order_by("pk")) if school_year else []


def seen_of(demands: Iterable[Demand]) -> str:
    """Equal as long as nobody changed what the school asks for."""
    lines = sorted((one.stage, one.subject, one.number, one.requirement) for one in demands)
    return hashlib.sha256(repr(lines).encode()).hexdigest()[:32]


def why_no_demands(school: School, schedule: YearSchedule, by: Any) -> str:
    """Why this person cannot state the school's need any more, in words; "" where they can."""
    until = schedule.demands_until
    if until and until < timezone.localdate() and not is_of_bureau(by, "demand.edit", school.county_id):
        return f"需求申报到 {told(until)} 截止，还要改请联系教育局"
    return ""


class ChangedMeanwhile(Refused):
    """Somebody else saved something else after this person's form was shown."""


@atomically()
def state_demands(
    school: School, school_year: SchoolYear, needs: Sequence[Need], *, by: Any, seen: str = ""
) -> list[Demand]:
    """What the school asks for in the year, all of it at once: a line that is not there any more is taken back."""
    insist(by, school, "demand.edit")
    School.objects.select_for_update(no_key=True).get(pk=school.pk)
    if why := why_no_demands(school, schedule_of(school.county_id, school_year), by):
        raise Refused(why)
    known = {(one.stage, one.subject): one for one in demands_of(school, school_year)}
    if seen and seen != seen_of(known.values()):
        raise ChangedMeanwhile(f"{school}的需求刚刚被别人改过")
    before = {_key(one): one.number for one in known.values()}
    wanted = {(need.stage, need.subject): need for need in needs}
    if len(wanted) != len(needs):
        raise Refused("同一学段、同一学科只能有一行")
    for key, need in wanted.items():
        if not 1 <= need.number <= MOST:
            raise Refused(f"{need.subject}的人数应在 1 到 {MOST} 之间，现在是 {need.number}")
        if need.subject not in SUBJECTS:
            raise Refused(f"没有“{need.subject}”这个学科")
        demand = known.get(key) or Demand(
            county_id=school.county_id, school=school, school_year=school_year, stage=need.stage, subject=need.subject
        )
        if demand.pk and (demand.number, demand.requirement) == (need.number, need.requirement):
            continue
        demand.number, demand.requirement, demand.stated_on = need.number, need.requirement, timezone.localdate()
        demand.save()
    for key, demand in known.items():
        if key not in wanted:
            demand.delete()
    DemandAnswer.objects.update_or_create(
        school=school, school_year=school_year,
        defaults={"county_id": school.county_id, "answered_on": timezone.localdate(), "needs_nobody": not wanted},
    )  # fmt: skip
    after = {_key(need): need.number for need in wanted.values()}
    audit.record(by, "申报岗位需求", school, before=before, after={"学年": school_year.code, **after})
    return demands_of(school, school_year)


def _key(need: Need | Demand) -> str:
    return f"{TeachingStage(need.stage).label if need.stage else ''}{need.subject}"


# --- who is to give how many --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Share:
    """One line of the plan, as it is typed. `number_of_line` is where it stands, for what is said of it."""

    sending_school: School
    receiving_school: School | None
    subject: str
    number: int


def share_problem(share: Share, county_id: int) -> str:
    """Why this line cannot stand, in words."""
    if share.receiving_school and share.receiving_school == share.sending_school:
        return f"派出和受援都是{share.sending_school}，两所学校不能相同"
    for school in (share.sending_school, share.receiving_school):
        if school and school.county_id != county_id:
            return f"{school}不在本县"
        if school and (school.closed_on or school.merged_into_id):
            return f"{school}已经停用"
    if not 1 <= share.number <= MOST:
        return f"名额应在 1 到 {MOST} 之间，现在是 {share.number}"
    return ""


@atomically()
def allocate(
    county: Any, school_year: SchoolYear, shares: Sequence[Share], *, by: Any, document: str = ""
) -> list[Allocation]:
    """Add lines to the plan, all or none of them. A line that is there already is refused, not added to."""
    insist_for_county(by, county.pk, "plan.edit")
    SchoolYear.objects.select_for_update(no_key=True).get(pk=school_year.pk)
    problems, made = [], []
    taken = {
        _place(one): one
        for one in Allocation.objects.filter(county=county, school_year=school_year).select_related("sending_school")
    }
    for number, share in enumerate(shares, 1):
        place = (share.sending_school.pk, share.receiving_school.pk if share.receiving_school else None, share.subject)
        if why := share_problem(share, county.pk):
            problems.append(f"第 {number} 行：{why}")
        elif place in taken:
            problems.append(f"第 {number} 行：{_told_place(share)}已有 {taken[place].number} 人的名额，请直接改那一项")
        else:
            made.append(_new(county, school_year, share, document))
            taken[place] = made[-1]
    if problems:
        raise Refused("；".join(problems))
    for allocation in made:
        allocation.save()
        audit.record(by, "下达选派名额", allocation, after={"学年": school_year.code, **_told_allocation(allocation)})
    return made


def _new(county: Any, school_year: SchoolYear, share: Share, document: str) -> Allocation:
    return Allocation(
        county=county, school_year=school_year, sending_school=share.sending_school, receiving_school=share.receiving_school,
        subject=share.subject, number=share.number, document=document,
    )  # fmt: skip


def _place(one: Allocation) -> tuple[int, int | None, str]:
    return one.sending_school_id, one.receiving_school_id, one.subject


def _told_place(share: Share) -> str:
    to = f"到{share.receiving_school}" if share.receiving_school else ""
    return f"{share.sending_school}{to}{share.subject}"


@atomically()
def change_allocation(
    allocation: Allocation, share: Share, *, by: Any, document: str = "", seen: str = ""
) -> Allocation:
    """Change one line of the plan."""
    locked = (
        Allocation.objects.select_for_update(of=("self",))
        .select_related("school_year", "county", "sending_school")
        .get(pk=allocation.pk)
    )
    insist_for_county(by, locked.county_id, "plan.edit")
    if changed_meanwhile(locked, ALLOCATION_FIELDS, seen):
        raise ChangedMeanwhile("这项名额刚刚被别人改过")
    if why := share_problem(share, locked.county_id):
        raise Refused(why)
    same = Allocation.objects.filter(
        school_year=locked.school_year_id, sending_school=share.sending_school, receiving_school=share.receiving_school, subject=share.subject,
    ).exclude(pk=locked.pk)  # fmt: skip
    if other := same.first():
        raise Refused(f"{_told_place(share)}已有 {other.number} 人的名额，请直接改那一项")
    before = _told_allocation(locked)
    locked.sending_school, locked.receiving_school = share.sending_school, share.receiving_school
    locked.subject, locked.number, locked.document = share.subject, share.number, document
    locked.save()
    audit.record(by, "修改选派名额", locked, before=before, after=_told_allocation(locked))
    return locked


@atomically()
def remove_allocation(allocation: Allocation, *, by: Any) -> None:
    """Take a line out of the plan; the trail keeps what it said."""
    locked = (
        Allocation.objects.select_for_update(of=("self",))
        .select_related("sending_school", "receiving_school")
        .filter(pk=allocation.pk)
        .first()
    )
    if locked is None:
        raise Refused("这项名额已经被别人删掉了")
    insist_for_county(by, locked.county_id, "plan.edit")
    audit.record(by, "删除选派名额", locked, before=_told_allocation(locked))
    locked.delete()


def _told_allocation(one: Allocation) -> dict[str, Any]:
    return {
        "派出学校": str(one.sending_school), "受援学校": str(one.receiving_school or ""), "学科": one.subject, "名额": one.number, "文号": one.document,
    }  # fmt: skip


# --- what stays open ----------------------------------------------------------------------------------------------------


@dataclass
class Line:
    """A subject, or a school, in the plan: what was asked, allocated, applied for and approved."""

    name: str
    asked: int = 0
    allocated: int = 0
    applied: int = 0
    approved: int = 0
    key: int | None = None

    @property
    def open(self) -> int:
        """Asked for, and neither has a school to give it nor has anybody applied."""
        return max(0, self.asked - max(self.allocated, self.applied + self.approved))

    @property
    def unfilled(self) -> int:
        """Somebody is to give it, and nobody has applied."""
        return max(0, self.allocated - self.applied - self.approved)


def going(county: Any, school_year: SchoolYear | None) -> QuerySet[Secondment]:
    """The year's secondments that help a school, from the application on, with `planned_subject`: what they are to teach."""
    first = Placement.objects.filter(secondment=OuterRef("pk")).order_by("order").values("subject")[:1]
    wished = Application.objects.filter(secondment=OuterRef("pk")).values("wished_subject")[:1]
    rows: QuerySet[Secondment] = Secondment.objects.filter(
        county=county, school_year=school_year, programme__direction=Direction.OUT, state__in=[*APPLIED, *APPROVED]
    )
    kinds = CharField()
    return rows.annotate(
        planned_subject=Coalesce(
            NullIf(Subquery(first), Value("")),
            NullIf(Subquery(wished), Value("")),
            F("teacher__subject"),
            output_field=kinds,
        )
    )


@dataclass(frozen=True)
class Board:
    """The plan of a year at a glance: by subject, what is most open first; by sending school; how many schools ask."""

    subjects: list[Line]
    senders: dict[int, Line]
    asking: int

    @property
    def total(self) -> Line:
        names = ("asked", "allocated", "applied", "approved")
        return Line("合计", *(sum(getattr(line, name) for line in self.subjects) for name in names))

    @property
    def open(self) -> int:
        return sum(line.open for line in self.subjects)

    @property
    def unfilled(self) -> int:
        return sum(line.unfilled for line in self.subjects)


def board(county: Any, school_year: SchoolYear | None, shares: Iterable[Allocation]) -> Board:
    """`shares`: the lines of the plan with their sending schools, all of the county's."""
    subjects: dict[str, Line] = {}
    senders: dict[int, Line] = {}
    asking = set()

    def of_subject(name: str) -> Line:
        return subjects.setdefault(name, Line(name or "不限学科"))

    demands = Demand.objects.filter(county=county, school_year=school_year).order_by()
    for school, subject, number in demands.values_list("school", "subject", "number"):
        asking.add(school)
        of_subject(subject).asked += number
    for share in shares:
        of_subject(share.subject).allocated += share.number
        key = share.sending_school_id
        senders.setdefault(key, Line(share.sending_school.name, key=key)).allocated += share.number
    rows: Any = going(county, school_year).order_by()
    for key, name, subject, state in rows.values_list(
        "sending_school", "sending_school__name", "planned_subject", "state"
    ):
        _count(of_subject(subject), state)
        _count(senders.setdefault(key, Line(name, key=key)), state)
    return Board(sorted(subjects.values(), key=lambda one: (-one.open, -one.asked, one.name)), senders, len(asking))


def _count(line: Line, state: str) -> None:
    if state in APPLIED:
        line.applied += 1
    else:
        line.approved += 1


@dataclass(frozen=True)
class Opening:
    """A post that a school asked for and that nobody fills yet."""

    school_id: int
    school: str
    subject: str
    asked: int
    open: int

    @property
    def told(self) -> str:
        return f"{self.school} {self.subject}"


def openings(county: Any, school_year: SchoolYear | None) -> list[Opening]:
    """What is asked for, less those who were assigned there; also what is filled, with `open` 0."""
    asked: Counter[tuple[int, str]] = Counter()
    names: dict[int, str] = {}
    demands = Demand.objects.filter(county=county, school_year=school_year).order_by()
    for school, name, subject, number in demands.values_list("school", "school__name", "subject", "number"):
        asked[school, subject] += number
        names[school] = name
    filled = Counter(
        Placement.objects.filter(secondment__in=going(county, school_year).values("pk"), order=1).values_list(
            "receiving_school", "subject"
        )
    )
    found = [
        Opening(school, names[school], subject, number, max(0, number - filled[school, subject]))
        for (school, subject), number in asked.items()
    ]
    return sorted(found, key=lambda one: (one.subject, one.school))
