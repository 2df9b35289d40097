"""Rounds of inspection: their teams, their schedule, their notice. The bureau plans them; schools know of them once announced.

Nobody inspects a school they belong to. A team is in one place at a time, and so is everybody in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from assignments import recording
from assignments.access import insist_for_county, is_of_bureau, is_offered
from assignments.choices import Role
from assignments.models import District, Membership, Placement, School
from evaluations.choices import HalfDay, InspectionState, RoundState
from evaluations.models import Inspection, InspectionRound, InspectionTeam, TeamMember
from evaluations.telling.inspections import tell_of_moved, tell_of_round
from zhijiao import clock
from zhijiao.accounts import audit
from zhijiao.accounts.models import User
from zhijiao.dates import ApproximateDate, told
from zhijiao.locks import lock
from zhijiao.refusals import Refused, atomically
from zhijiao.working_days import add_working_days, is_working_day

PLAN = "inspection.assign"
BELONGED = dt.timedelta(days=365)  # so long after leaving a school one does not inspect it
SEARCHED = 60  # working days in which a place in the schedule is looked for
OPEN_STATES = (RoundState.DRAFT, RoundState.ANNOUNCED)
CHECKLIST = (
    "教案",
    "作业批改",
    "辅导记载",
    "听课记录",
    "教研活动",
    "教学反思",
    "考勤表",
    "课程表",
    "试卷分析",
    "公开课材料",
    "师徒材料",
)
CONTENTS = ("在岗出勤", "教学常规", "专项档案", "示范引领", "后勤保障")


@dataclass(frozen=True)
class Slot:
    """A place in the schedule."""

    school: School
    team: InspectionTeam
    day: dt.date
    half_day: str


# --- the round ---------------------------------------------------------------------------------------------------------


def may_plan(user: Any, held: Any) -> bool:
    return is_offered(PLAN, held) and is_of_bureau(user, PLAN, held.county_id)


def _place(row: Any) -> None:
    if row.state == RoundState.CLOSED and not row.pk:
        row.state = RoundState.DRAFT
    if year := recording.year_of(row.when):
        row.school_year = year


def create(values: dict[str, Any], *, county: Any, by: Any) -> InspectionRound:
    """A round that is being drawn up; nobody outside the bureau knows of it."""
    held = InspectionRound(county=county, state=RoundState.DRAFT)
    recording.create(held, values, by=by)
    return held


def change(held: InspectionRound, values: dict[str, Any], *, by: Any, seen: str = "") -> InspectionRound:
    """Change a round. ChangedMeanwhile where somebody was faster."""
    changed: InspectionRound = recording.change(held, values, by=by, seen=seen)
    return changed


def remove(held: InspectionRound, *, by: Any) -> None:
    """Take away a round that nobody was told of, with its teams and its schedule."""
    with atomically():
        locked = _locked(held, by)
        if locked.state != RoundState.DRAFT:
            raise Refused("已经通知的检查轮次不能删去；不去的学校可以从日程里移出")
        if locked.inspections.exclude(state=InspectionState.PLANNED).exists():
            raise Refused("这个轮次里已经有开始了的检查，不能删去")
        audit.record(by, "删去检查轮次", locked, before={"轮次": locked.name, "学校": locked.inspections.count()})
        locked.inspections.all().delete()
        locked.delete()


def announce(held: InspectionRound, *, by: Any, day: dt.date | None = None, reason: str = "") -> InspectionRound:
    """Tell the schools. The first of them is visited `days_ahead` days later at the earliest, or the reason is told."""
    day = day or clock.today()
    with atomically():
        locked = _locked(held, by)
        if locked.state != RoundState.DRAFT:
            raise Refused(f"“{locked}”{locked.get_state_display()}，不用再通知")
        rows = list(locked.inspections.select_related("team", "school").order_by("start", "pk"))
        if why_not := why_not_announced(locked, rows):
            raise Refused(why_not)
        earliest = day + dt.timedelta(days=locked.days_ahead)
        if rows[0].start < earliest and not reason.strip():
            raise Refused(
                f"最早的一所是{rows[0].school}，{told(rows[0].start)}；提前 {locked.days_ahead} 天通知，最早应是{told(earliest)}。"
                "请改日程，或写明提前不够的原因"
            )
        locked.state, locked.announced_on = RoundState.ANNOUNCED, day
        locked.when = ApproximateDate.range(rows[0].start, max(row.start for row in rows))
        locked.save()
        audit.record(
            by, "通知检查", locked, after={"通知日期": str(day), "学校": len(rows)}, reason=reason.strip()
        )  # fmt: skip
        tell_of_round(locked, rows, by=by)
    return locked


def why_not_announced(held: InspectionRound, rows: list[Any]) -> str:
    """What is missing before the schools can be told; empty: nothing."""
    if not rows:
        return "还没有安排学校，请先排日程"
    if without := [str(row.school) for row in rows if row.team_id is None or row.start is None]:
        return f"这些学校还没有排检查组和日期：{'、'.join(without[:5])}"
    empty = [team.name for team in held.teams.all() if not team.members.exists()]
    return f"{'、'.join(empty)}还没有组员" if empty else ""


def close(held: InspectionRound, *, by: Any) -> InspectionRound:
    """The round is over once every inspection is; from then on its inspectors have no right by it any more."""
    with atomically():
        locked = _locked(held, by)
        if locked.state != RoundState.ANNOUNCED:
            raise Refused(f"“{locked}”{locked.get_state_display()}，不能结束")
        left = locked.inspections.exclude(state=InspectionState.CLOSED).select_related("school").order_by("start")
        if left:
            names = "、".join(f"{row.school}（{row.get_state_display()}）" for row in left[:5])
            raise Refused(f"还有 {len(left)} 所学校没有办结：{names}")
        locked.state = RoundState.CLOSED
        locked.save(update_fields=["state"])
        audit.record(by, "结束检查轮次", locked, after={"状态": locked.get_state_display()})
    return locked


def _locked(held: Any, by: Any) -> InspectionRound:
    """With the county held: two rounds drawn up at one moment cannot put one inspector in two places."""
    insist_for_county(by, held.county_id, PLAN)
    lock(District.objects.filter(pk=held.county_id))
    locked = InspectionRound.objects.select_for_update(of=("self",)).filter(pk=held.pk).first()
    if locked is None:
        raise Refused("这个检查轮次已经删去了")
    return locked


def _open(held: Any, by: Any) -> InspectionRound:
    locked = _locked(held, by)
    if locked.state not in OPEN_STATES:
        raise Refused(f"“{locked}”已经结束，不能再改")
    return locked


# --- teams -------------------------------------------------------------------------------------------------------------


def inspectors_of(county_id: int) -> Any:
    """Those who can be in a team: the inspectors of the county as of today."""
    known = Membership.objects.current().filter(role=Role.INSPECTOR, district=county_id).values("user")
    return User.objects.filter(pk__in=known, is_active=True).order_by("name", "pk")


def put_team(
    held: InspectionRound,
    name: str,
    members: Collection[User],
    leader: User,
    *,
    by: Any,
    team: InspectionTeam | None = None,
) -> InspectionTeam:
    """A new team, or `team` as it is to be now. Refused where one of them belongs to a school it is to inspect."""
    with atomically():
        locked = _open(held, by)
        if leader not in members:
            raise Refused("组长也要在组员里")
        known = set(inspectors_of(locked.county_id).values_list("pk", flat=True))
        if strangers := [str(one) for one in members if one.pk not in known]:
            raise Refused(f"{'、'.join(strangers)}没有督导员的角色，不能进检查组；请局管理员先授权")
        team = team or InspectionTeam(county_id=locked.county_id, round=locked)
        team.name = name
        team.full_clean()
        team.save()
        rows = list(team.inspections.select_related("school"))
        for row in rows:
            _check_people(locked, members, row.school, row.start, row.half_day, ignoring=row)
        team.members.all().delete()
        for one in members:
            TeamMember.objects.create(county_id=locked.county_id, team=team, user=one, is_leader=one == leader)
        for row in rows:
            _name_people(row, team)
        audit.record(
            by,
            "安排检查组",
            locked,
            after={"检查组": team.name, "组员": [str(one) for one in members], "组长": str(leader)},
        )
    return team


def drop_team(team: InspectionTeam, *, by: Any) -> None:
    """Take away a team that inspects nobody."""
    with atomically():
        locked = _open(team.round, by)
        if team.inspections.exists():
            raise Refused(f"{team.name}已经排了学校，请先把这些学校改给别的组")
        audit.record(by, "删去检查组", locked, before={"检查组": team.name})
        team.delete()


def _name_people(row: Inspection, team: InspectionTeam) -> None:
    """The names as the papers tell them, those of the team."""
    members = list(team.members.select_related("user").order_by("-is_leader", "pk"))
    row.team = team
    row.leader = next((str(one) for one in members if one.is_leader), "")[:50]
    row.inspectors = [str(one) for one in members if not one.is_leader]
    row.save()


# --- the schedule ------------------------------------------------------------------------------------------------------


def schedule(
    held: InspectionRound, school: School, team: InspectionTeam, day: dt.date, half_day: str = HalfDay.ALL, *, by: Any
) -> Inspection:
    """Put a school into the schedule, or elsewhere in it. A school that was told already is told of the new day."""
    with atomically():
        locked = _open(held, by)
        row = locked.inspections.filter(school=school).first()
        if row and row.state != InspectionState.PLANNED:
            raise Refused(f"{school}的检查{row.get_state_display()}，不能改期")
        if why_not := why_not_then(locked, Slot(school, team, day, half_day), ignoring=row):
            raise Refused(why_not)
        before = _where(row) if row else {}
        row = row or Inspection(county_id=locked.county_id, round=locked, school=school, state=InspectionState.PLANNED)
        row.school_year, row.half_day = locked.school_year, half_day
        row.when = ApproximateDate.day(day)
        _name_people(row, team)
        if before != _where(row):
            audit.record(by, "安排检查日程", row, before=before, after=_where(row))
            if locked.state == RoundState.ANNOUNCED:
                tell_of_moved(row, by=by)
    return row


def schedule_all(held: InspectionRound, slots: Iterable[Slot], *, by: Any) -> list[Inspection]:
    """A whole schedule, or nothing of it."""
    with atomically():
        return [schedule(held, slot.school, slot.team, slot.day, slot.half_day, by=by) for slot in slots]


def take_out(row: Inspection, *, by: Any, reason: str = "") -> None:
    """A school is not inspected in this round after all."""
    with atomically():
        locked = _open(row.round, by)
        row = Inspection.objects.select_for_update(of=("self",)).select_related("school").get(pk=row.pk)
        if row.state != InspectionState.PLANNED:
            raise Refused(f"{row.school}的检查{row.get_state_display()}，不能移出")
        if locked.state == RoundState.ANNOUNCED and not reason.strip():
            raise Refused(f"{row.school}已经收到通知，请写明为什么不去了")
        audit.record(by, "移出检查日程", locked, before={"学校": str(row.school), **_where(row)}, reason=reason.strip())
        if locked.state == RoundState.ANNOUNCED:
            tell_of_moved(row, by=by, reason=reason.strip())
        row.delete()


def _where(row: Inspection) -> dict[str, str]:
    return {"日期": str(row.start), "时段": row.get_half_day_display(), "检查组": str(row.team)}


def why_not_then(held: InspectionRound, slot: Slot, *, ignoring: Inspection | None = None) -> str:
    """Why this place is none; empty: it is."""
    if slot.school.county_id != held.county_id or slot.team.round_id != held.pk:
        return "只能安排本县的学校和这个轮次的检查组"
    if not is_working_day(slot.day):
        return f"{told(slot.day)}不是工作日，学校没有上课"
    same_day = Inspection.objects.filter(school=slot.school, start=slot.day).exclude(pk=getattr(ignoring, "pk", None))
    if same_day.exists():
        return f"{slot.school}{told(slot.day)}已经有一次检查"
    members = [one.user for one in slot.team.members.select_related("user")]
    try:
        _check_people(held, members, slot.school, slot.day, slot.half_day, ignoring=ignoring, team=slot.team)
    except Refused as why_not:
        return str(why_not)
    return ""


def _check_people(
    held: InspectionRound, members: Collection[User], school: School, day: dt.date, half_day: str, *,
    ignoring: Inspection | None = None, team: InspectionTeam | None = None,
) -> None:  # fmt: skip
    for one, why in recused(members, [school]).get(school.pk, ()):
        raise Refused(f"{one}{why}，不能检查{school}，请换人或换组")
    busy = Inspection.objects.filter(round__state__in=OPEN_STATES, start=day).exclude(pk=getattr(ignoring, "pk", None))
    if half_day != HalfDay.ALL:
        busy = busy.filter(half_day__in=(half_day, HalfDay.ALL))
    theirs = Q(team__members__user__in=[one.pk for one in members])
    theirs |= Q(team=team) if team else Q(pk__in=[])
    if other := busy.filter(theirs).select_related("school", "team").distinct().order_by("pk").first():
        who = sorted({str(one.user) for one in other.team.members.select_related("user") if one.user in members})
        raise Refused(
            f"{told(day)}{other.get_half_day_display()}，{'、'.join(who) or other.team.name}已排在{other.school}"
        )


def recused(users: Collection[User], schools: Collection[School]) -> dict[int, list[tuple[User, str]]]:
    """Who does not inspect which of these schools, and why: their own, its centre school, the village schools below it."""
    belongs = _schools_of(users)
    found: dict[int, list[tuple[User, str]]] = {}
    for school in schools:
        own = {school.pk, school.centre_school_id} - {None}
        for one in users:
            for place, why in belongs.get(one.pk, {}).values():
                if place.pk in own or place.centre_school_id == school.pk:
                    found.setdefault(school.pk, []).append((one, why))
                    break
    return found


def _schools_of(users: Collection[User]) -> dict[int, dict[int, tuple[School, str]]]:
    """Where these people are, or were within the year: as principals, as teachers, as seconded teachers."""
    since = clock.today() - BELONGED
    keys = [one.pk for one in users]
    known: dict[int, dict[int, tuple[School, str]]] = {key: {} for key in keys}
    rows = Membership.objects.filter(Q(end=None) | Q(end__gte=since), user__in=keys).filter(
        Q(school__isnull=False) | Q(teacher__isnull=False)
    )
    teachers: dict[int, int] = {}
    for row in rows.select_related("school", "teacher__school"):
        if row.teacher_id:
            teachers[row.teacher_id] = row.user_id
        place = row.school or (row.teacher and row.teacher.school)
        if place:
            was = "一年内曾是" if row.end and row.end < clock.today() else "是"
            known[row.user_id].setdefault(place.pk, (place, f"{was}{place}的人"))
    stays = Placement.objects.filter(secondment__teacher__in=teachers).filter(
        Q(secondment__end=None) | Q(secondment__end__gte=since)
    )
    for stay in stays.select_related("receiving_school", "secondment"):
        place = stay.receiving_school
        known[teachers[stay.secondment.teacher_id]].setdefault(place.pk, (place, f"在{place}支教"))
    return known


# --- a schedule proposed -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Proposed:
    """A place found for each school, and the schools for which there is none, with why."""

    slots: list[Slot]
    without: list[tuple[School, str]]


def propose(
    held: InspectionRound, schools: Iterable[School], first_day: dt.date, *, whole_days: bool = False
) -> Proposed:
    """The schools one after the other to the teams in turn, from the first day on; kept by `schedule_all`."""
    teams = list(held.teams.prefetch_related("members__user"))
    if not teams:
        raise Refused("还没有检查组，请先安排检查组")
    fits = _fitting(held, teams)
    slots: list[Slot] = []
    without: list[tuple[School, str]] = []
    for place, school in enumerate(schools):
        turn = teams[place % len(teams) :] + teams[: place % len(teams)]
        halves = (HalfDay.ALL,) if whole_days else (HalfDay.MORNING, HalfDay.AFTERNOON)
        slot = next((slot for slot in _places(school, turn, first_day, halves) if fits(slot, slots)), None)
        if slot:
            slots.append(slot)
        else:
            without.append((school, "各组都要回避，或者两个月内排不下"))
    return Proposed(sorted(slots, key=lambda slot: (slot.day, slot.half_day != HalfDay.MORNING, slot.team.pk)), without)


def _places(school: School, teams: list[InspectionTeam], first_day: dt.date, halves: tuple[str, ...]) -> Iterator[Slot]:
    """In the order in which they are taken: the earliest first, the team whose turn it is before the others."""
    day = first_day if is_working_day(first_day) else add_working_days(first_day, 1)
    for _ in range(SEARCHED):
        for half in halves:
            for team in teams:
                yield Slot(school, team, day, half)
        day = add_working_days(day, 1)


def _fitting(held: InspectionRound, teams: list[InspectionTeam]) -> Callable[[Slot, list[Slot]], bool]:
    """Whether a slot is free, asked of the database once for all of them."""
    people = {team.pk: {one.user_id for one in team.members.all()} for team in teams}
    users = list({one.user.pk: one.user for team in teams for one in team.members.all()}.values())
    rows = Inspection.objects.filter(round__state__in=OPEN_STATES, team__isnull=False).exclude(start=None)
    taken = [
        (row.start, row.half_day, {one.user_id for one in row.team.members.all()} | {-row.team_id}, row.school_id)
        for row in rows.select_related("team").prefetch_related("team__members")
    ]
    away: dict[int, set[int]] = {}

    def fits(slot: Slot, others: list[Slot]) -> bool:
        if slot.school.pk not in away:
            away[slot.school.pk] = {one.pk for one, _ in recused(users, [slot.school]).get(slot.school.pk, ())}
        mine = people[slot.team.pk]
        if mine & away[slot.school.pk]:
            return False
        busy = taken + [(one.day, one.half_day, people[one.team.pk] | {-one.team.pk}, one.school.pk) for one in others]
        who = mine | {-slot.team.pk}
        return not any(
            day == slot.day and (school == slot.school.pk or (_at_once(half, slot.half_day) and who & there))
            for day, half, there, school in busy
        )

    return fits


def _at_once(one: str, other: str) -> bool:
    return one == other or HalfDay.ALL in (one, other)


def receiving_schools(held: InspectionRound) -> Any:
    """Schools with seconded teachers in the round's year that are not in its schedule yet; the most teachers first."""
    here = Placement.objects.filter(
        secondment__county=held.county_id, secondment__school_year=held.school_year_id, secondment__state__in=("on_post", "appraised")
    )  # fmt: skip
    rows = School.objects.filter(pk__in=here.values("receiving_school"), county=held.county_id, is_outside_county=False)
    return rows.exclude(inspections__round=held).order_by("name", "pk")


def connect() -> None:
    """A round is kept as all records are."""
    recording.also_keeps(InspectionRound, recording.Keeping(may_plan, _place, "检查轮次由教育局安排"))
