"""The application for a secondment, by the teacher, the sending school or the bureau; and where the bureau assigns it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Prefetch, Q, QuerySet
from django.utils import timezone

from assignments import length, triggers
from assignments.access import NOT_YOURS, cells, insist, is_of_bureau
from assignments.candidates import is_valid_on
from assignments.choices import SecondmentState as State
from assignments.models import Application, Exemption, Placement, School, SchoolYear, Secondment, Teacher
from assignments.models.scope import Access
from assignments.plan import ChangedMeanwhile, Opening, schedule_of
from assignments.workflow import reaches
from zhijiao.accounts import audit
from zhijiao.dates import ApproximateDate, told
from zhijiao.entry import changed_meanwhile
from zhijiao.locks import lock
from zhijiao.refusals import Refused, atomically

MOST_WISHES = 3
OPEN = (State.DRAFT, State.SENT_BACK)  # an application may be written in these
ASSIGNABLE = (State.SUBMITTED, State.RECOMMENDED, State.REVIEW, State.APPROVED)
WAITING_FOR_A_PLACE = (State.REVIEW, State.APPROVED)
APPLICATION_FIELDS = (
    "wished_schools", "wished_subject", "accepts_other", "reason", "rural_experience", "spouse_at_same_school",
)  # fmt: skip
SEEN_FIELDS = ("version", "state")


# --- who may ------------------------------------------------------------------------------------------------------------


def may_apply_for(user: Any) -> QuerySet[Teacher]:
    """The teachers for whom this person can apply: themselves, those of their school, those of the county."""
    rows: QuerySet[Teacher] = Teacher.objects.visible_to(user).working().exclude(school=None)
    return rows.filter(_reached_by(user))


def _reached_by(user: Any) -> Q:
    """Teachers by where they are now: a school that sent somebody once does not apply for them any more."""
    access = Access.of(user)
    reached = ~Q(pk__in=[]) if access.everything else Q(pk__in=[])
    for cell in cells(user, "application.create"):
        if cell.scope == "A":
            reached |= Q(county__in=access.districts)
        elif cell.scope == "S":
            reached |= Q(school__in=access.schools)
        elif cell.scope == "O":
            reached |= Q(pk__in=access.teachers)
    return reached


# --- the teacher's application ------------------------------------------------------------------------------------------


@atomically()
def draft(
    teacher: Teacher,
    *,
    by: Any,
    programme: Any,
    school_year: SchoolYear,
    start: dt.date,
    end: dt.date,
    duty: str,
    **asked: Any,
) -> Secondment:
    """A new application, as a draft: nobody has it yet. `asked`: the fields of the application, and `swapped_with`."""
    teacher = Teacher.objects.select_for_update(no_key=True, of=("self",)).select_related("school").get(pk=teacher.pk)
    if not Teacher.objects.filter(_reached_by(by), pk=teacher.pk).exists():
        raise Refused(NOT_YOURS)
    secondment = Secondment(
        county_id=teacher.county_id, teacher=teacher, programme=programme, sending_school=teacher.school, school_year=school_year,
        duty=duty, is_full_time=programme.is_full_time, swapped_with=asked.get("swapped_with"),
    )  # fmt: skip
    _set_dates(secondment, start, end)
    _refuse_unless_open(secondment, by)
    _refuse_unfit(secondment, asked)
    _refuse_short(secondment, by)
    secondment.save()
    application = Application(county_id=teacher.county_id, secondment=secondment)
    _write(application, asked)
    audit.record(by, "填写支教申请", secondment, after=_told(secondment, application))
    return secondment


@atomically()
def change(
    secondment: Secondment, *, by: Any, programme: Any, school_year: SchoolYear, start: dt.date, end: dt.date, duty: str,
    seen: str = "", **asked: Any,
) -> Secondment:  # fmt: skip
    """Change an application that nobody has yet, or that was sent back."""
    locked = (
        Secondment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("teacher", "sending_school", "school_year")
        .get(pk=secondment.pk)
    )
    insist(by, locked, "application.create")
    if locked.state not in OPEN:
        raise Refused(f"{locked.teacher}的申请现在是“{locked.get_state_display()}”，不能再改")
    if changed_meanwhile(locked, SEEN_FIELDS, seen):
        raise ChangedMeanwhile("这份申请刚刚被别人改过")
    application = Application.objects.filter(secondment=locked).first() or Application(
        county_id=locked.county_id, secondment=locked
    )
    before = _told(locked, application)
    locked.programme, locked.is_full_time = programme, programme.is_full_time
    locked.school_year, locked.duty = school_year, duty
    if "swapped_with" in asked:  # only those who may name a partner are asked for one
        locked.swapped_with = asked["swapped_with"]
    locked.version += 1
    _set_dates(locked, start, end)
    _refuse_unless_open(locked, by)
    _refuse_unfit(locked, asked)
    _refuse_short(locked, by)
    locked.save()
    _write(application, asked)
    audit.record(by, "修改支教申请", locked, before=before, after=_told(locked, application))
    return locked


def _set_dates(secondment: Secondment, start: dt.date, end: dt.date) -> None:
    if end < start:
        raise Refused(f"结束 {told(end)} 早于开始 {told(start)}，应在开始以后")
    secondment.when = ApproximateDate.range(start, end)


def _write(application: Application, asked: Mapping[str, Any]) -> None:
    for name in APPLICATION_FIELDS:
        if name in asked:
            setattr(application, name, asked[name])
    application.save()


def _refuse_unless_open(secondment: Secondment, by: Any) -> None:
    until = schedule_of(secondment.county_id, secondment.school_year).applications_until
    if until and until < timezone.localdate() and not is_of_bureau(by, "application.create", secondment.county_id):
        raise Refused(f"{secondment.school_year}的个人申报到 {told(until)} 截止，要补报请联系教育局")


def _refuse_unfit(secondment: Secondment, asked: Mapping[str, Any]) -> None:
    """Everything that stands in the way, the first of it in words."""
    teacher = secondment.teacher
    if teacher.retired_on or teacher.merged_into_id:
        raise Refused(f"{teacher}已经离岗，不能申报")
    if secondment.sending_school is None:
        raise Refused(f"{teacher}没有登记所在学校，请先在教师页补上")
    own = secondment.sending_school.name
    if own in asked.get("wished_schools", ()):
        raise Refused(f"意向学校里有本校（{own}），请换成受援学校")
    partner = secondment.swapped_with
    if partner and (partner.pk == teacher.pk or partner.school_id == secondment.sending_school_id):
        raise Refused("互派教师要是另一所学校的教师")
    for refuse in (_refuse_exempt, _refuse_twice, _refuse_overlap):
        refuse(secondment)


def _refuse_exempt(secondment: Secondment) -> None:
    day = secondment.start or timezone.localdate()
    valid = [one for one in Exemption.objects.filter(teacher=secondment.teacher_id) if is_valid_on(one, day)]
    if valid:
        ends = [one.end for one in valid if one.end]
        until = f"到 {told(max(ends))}" if len(ends) == len(valid) else ""
        raise Refused(
            f"{secondment.teacher}暂缓交流{until}，{told(day)} 还在期内；情况有变，请先在应交流名单里结束暂缓"
        )


def _refuse_short(secondment: Secondment, by: Any) -> None:
    """The bureau may enter a shorter one; approving it asks for the reason."""
    short = length.lacks(secondment)
    if short and not is_of_bureau(by, "application.create", secondment.county_id):
        raise Refused(f"{short}，请改起止日期；短期的请选“短期指导”一类的项目，确有特殊情况请联系教育局")


def _refuse_twice(secondment: Secondment) -> None:
    same = Secondment.objects.filter(
        teacher=secondment.teacher_id, programme=secondment.programme_id, school_year=secondment.school_year_id
    )
    other = same.exclude(pk=secondment.pk).exclude(state=State.WITHDRAWN).first()
    if other:
        raise Refused(
            f"{secondment.teacher}{secondment.school_year}已有一份“{secondment.programme}”（{other.get_state_display()}），请在那一份上接着办"
        )
    try:
        secondment.validate_constraints()
    except ValidationError as refused:
        raise Refused(refused.messages[0]) from refused


def _refuse_overlap(secondment: Secondment) -> None:
    if not secondment.is_full_time:
        return
    going = Secondment.objects.filter(teacher=secondment.teacher_id, is_full_time=True, start__lte=secondment.end)
    going = going.exclude(pk=secondment.pk).exclude(state__in=triggers.NOT_GOING)
    other = going.filter(Q(ended_on=None, end__gte=secondment.start) | Q(ended_on__gte=secondment.start)).first()
    if other:
        raise Refused(f"{secondment.teacher}已有一个全职派遣（{other.period_told}），请先结束它，或改起止日期")


def _told(secondment: Secondment, application: Application) -> dict[str, Any]:
    return {
        "项目类型": str(secondment.programme), "学年": secondment.school_year.code if secondment.school_year else "",
        "起止": secondment.period_told, "职责": secondment.get_duty_display(), "意向学校": "、".join(application.wished_schools),
        "意向学科": application.wished_subject, "互派教师": str(secondment.swapped_with or ""),
    }  # fmt: skip


# --- where the bureau assigns it ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Assignment:
    """Where one is to go, and to teach what."""

    secondment_id: int
    school: School
    subject: str


def assign(secondment: Secondment, *, by: Any, school: School, subject: str, seen: str = "") -> Placement:
    """The receiving school of a secondment that is not dispatched yet."""
    return assign_many([Assignment(secondment.pk, school, subject)], by=by, seen={secondment.pk: seen})[0]


def assign_many(wanted: Sequence[Assignment], *, by: Any, seen: Mapping[int, str] | None = None) -> list[Placement]:
    """Assign many, all or none of them. Whom the person cannot see does not exist: KeyError."""
    with atomically():
        return _assign_all({one.secondment_id: one for one in wanted}, by, seen or {})


def _assign_all(wanted: Mapping[int, Assignment], by: Any, seen: Mapping[int, str]) -> list[Placement]:
    rows = Secondment.objects.visible_to(by).filter(pk__in=wanted)
    lock(Secondment.objects.filter(pk__in=rows.values("pk")))
    lock(Placement.objects.filter(secondment__in=rows.values("pk")))
    stays = Prefetch("placements", Placement.objects.select_related("receiving_school").order_by("order"))
    found = {row.pk: row for row in rows.select_related("teacher", "sending_school").prefetch_related(stays)}
    if missing := set(wanted) - set(found):
        raise KeyError(f"no such secondment for this person: {sorted(missing)}")
    changed = [row for row in found.values() if changed_meanwhile(row, SEEN_FIELDS, seen.get(row.pk, ""))]
    if changed:
        raise ChangedMeanwhile(f"{'、'.join(str(row.teacher) for row in changed)}的派遣刚刚被别人办理过")
    if not all(reaches(by, "secondment.assign", row) for row in found.values()):
        raise Refused(NOT_YOURS)
    problems = [f"{row.teacher}：{why}" for row in found.values() if (why := why_not_there(row, wanted[row.pk].school))]
    if problems:
        raise Refused("；".join(problems))
    return [_assign(found[key], one, by) for key, one in wanted.items()]


def why_not_there(secondment: Secondment, school: School) -> str:
    """Why this secondment cannot go to this school, in words; "" where it can."""
    if secondment.state not in ASSIGNABLE:
        after = "派出以后换学校要走换岗" if secondment.state not in OPEN else "报送以后才能安排"
        return f"现在是“{secondment.get_state_display()}”，{after}"
    if school.pk == secondment.sending_school_id:
        return f"{school}就是派出学校，不能派到本校"
    if school.county_id != secondment.county_id or school.closed_on or school.merged_into_id:
        return f"{school}不能接收，请换一所学校"
    return ""


def _assign(secondment: Secondment, wanted: Assignment, by: Any) -> Placement:
    known = next(iter(secondment.placements.all()), None)
    before = {"受援学校": str(known.receiving_school), "任教学科": known.subject} if known else {}
    placement = known or Placement(county_id=secondment.county_id, secondment=secondment, order=1)
    placement.receiving_school, placement.subject = wanted.school, wanted.subject
    placement.stage = placement.stage or secondment.teacher.stage
    placement.start, placement.end = placement.start or secondment.start, placement.end or secondment.end
    placement.save()
    Secondment.objects.filter(pk=secondment.pk).update(version=F("version") + 1)
    audit.record(
        by,
        "安排受援学校",
        secondment,
        before=before,
        after={"受援学校": str(wanted.school), "任教学科": wanted.subject},
    )
    return placement


# --- suggestions --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """What a suggestion looks at."""

    key: int
    school_id: int | None
    subject: str
    wishes: tuple[str, ...] = ()
    planned: frozenset[int] = frozenset()  # the schools to which the plan sends this school's teachers
    accepts_other: bool | None = None


def suggestions(person: Person, openings: Iterable[Opening]) -> list[Opening]:
    """Where there is still room and which fits, the best first: the subject counts before the wish, the wish before the plan."""

    def fits(one: Opening) -> tuple[int, int, int]:
        wish = person.wishes.index(one.school) if one.school in person.wishes else len(person.wishes) + 1
        return (one.subject != person.subject, wish, one.school_id not in person.planned)

    def is_possible(one: Opening) -> bool:
        return (
            one.open > 0
            and one.school_id != person.school_id
            and (one.subject == person.subject or one.school in person.wishes)
        )

    return sorted(filter(is_possible, openings), key=lambda one: (*fits(one), -one.open, one.school))


def match(people: Sequence[Person], openings: Sequence[Opening]) -> dict[int, Opening]:
    """A first proposal for many: nowhere more than are asked for. Who has wishes is served before who has none."""
    room = Counter({(one.school_id, one.subject): one.open for one in openings})
    proposed: dict[int, Opening] = {}
    for person in sorted(people, key=lambda one: (not one.wishes, one.key)):
        for opening in suggestions(person, openings):
            is_foreign = bool(person.wishes) and opening.school not in person.wishes and person.accepts_other is False
            if opening.subject == person.subject and room[opening.school_id, opening.subject] > 0 and not is_foreign:
                room[opening.school_id, opening.subject] -= 1
                proposed[person.key] = opening
                break
    return proposed


def person_of(secondment: Secondment, planned: Mapping[int, frozenset[int]] | None = None) -> Person:
    """Needs `teacher` and `application` at hand."""
    application: Application | None = getattr(secondment, "application", None)
    return Person(
        secondment.pk,
        secondment.sending_school_id,
        (application.wished_subject if application else "") or secondment.teacher.subject,
        tuple(application.wished_schools) if application else (),
        (planned or {}).get(secondment.sending_school_id, frozenset()),
        application.accepts_other if application else None,
    )
