"""应交流名单: who is due to be exchanged on a day, by the rule in force; and exemptions from it.

Told twice on purpose: `due` for one teacher, in Python, gives the reason; `is_due` and its parts are the same as conditions
of the database, for lists and counts of thousands. A test holds the two against each other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from assignments.access import insist, insist_for_county
from assignments.choices import SERVING_STATES, Establishment, ExemptionReason, SecondmentState, Sex
from assignments.models import DueRule, Exemption, Secondment, Teacher
from zhijiao.accounts import audit
from zhijiao.dates import told
from zhijiao.refusals import Refused, atomically

OUTLOOK_YEARS = 3
LONGEST_EXEMPTION = 3  # years; who is still unfit then brings a new proof
_NEVER_LEFT = dt.date(9999, 12, 31)
_HEALTH = (ExemptionReason.PREGNANCY, ExemptionReason.NURSING, ExemptionReason.ILLNESS)


class Why(StrEnum):
    """Why somebody is not due; empty: due."""

    DUE = ""
    LEFT = "left"
    NOT_REGULAR = "not_regular"
    UNKNOWN_START = "unknown_start"
    TOO_SHORT = "too_short"
    AGE = "age"
    AWAY = "away"
    RECENT = "recent"
    EXEMPT = "exempt"


@dataclass(frozen=True)
class Due:
    """Whether somebody is due on a day, since when, or why not; `until` is the last day of what stands in the way."""

    why: Why
    since: dt.date | None = None
    until: dt.date | None = None

    @property
    def is_due(self) -> bool:
        return self.why == Why.DUE


# --- arithmetic of whole years ------------------------------------------------------------------------------------------


def years_later(day: dt.date, years: int) -> dt.date:
    """The day on which that many years are full: after 29 February it is 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return dt.date(day.year + years, 3, 1)


def years_earlier(day: dt.date, years: int) -> dt.date:
    """The last day from which that many years are full on `day`."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return dt.date(day.year - years, 2, 28)


# --- one teacher --------------------------------------------------------------------------------------------------------


def due(
    teacher: Teacher,
    rule: DueRule,
    day: dt.date,
    *,
    exemptions: Iterable[Exemption] = (),
    last_end: dt.date | None = None,
) -> Due:
    """Whether the teacher is due on the day. `last_end`: the last day of their last secondment that was an exchange.

    What is not known never excuses and never counts against somebody: without a birth date the age is no reason, an
    establishment that nobody wrote down passes as 在编; but without the start at the school nobody is due.
    """
    if teacher.retired_on or teacher.merged_into_id:
        return Due(Why.LEFT)
    if rule.regular_only and teacher.establishment not in ("", Establishment.REGULAR):
        return Due(Why.NOT_REGULAR)
    if teacher.at_school_since is None:
        return Due(Why.UNKNOWN_START)
    since = years_later(teacher.at_school_since, rule.years_at_school)
    if since > day:
        return Due(Why.TOO_SHORT, until=since - dt.timedelta(days=1))
    age = teacher.age_on(day)
    if age is not None and age >= age_limit(teacher.sex, rule):
        return Due(Why.AGE)
    if last_end is not None and last_end >= day:
        return Due(Why.AWAY, until=last_end)
    if last_end is not None:
        again = years_later(last_end, rule.years_since_last)
        if again > day:
            return Due(Why.RECENT, until=again - dt.timedelta(days=1))
        since = max(since, again)
    valid = [one for one in exemptions if is_valid_on(one, day)]
    if valid:
        return Due(Why.EXEMPT, until=_latest_end(valid))
    return Due(Why.DUE, since=since)


def age_limit(sex: str, rule: DueRule) -> int:
    """The age from which the rule no longer asks; the higher one where the sex is not known."""
    known = {Sex.MALE: rule.age_below_men, Sex.FEMALE: rule.age_below_women}
    return known.get(Sex(sex or Sex.UNKNOWN), max(rule.age_below_men, rule.age_below_women))


def is_valid_on(exemption: Exemption, day: dt.date) -> bool:
    return (exemption.start is None or exemption.start <= day) and (exemption.end is None or day <= exemption.end)


def _latest_end(exemptions: Sequence[Exemption]) -> dt.date | None:
    ends = [one.end for one in exemptions]
    return None if None in ends else max(end for end in ends if end)


def explain(
    verdict: Due, rule: DueRule, teacher: Teacher, *, may_know: bool, exemptions: Iterable[Exemption] = (), day: dt.date
) -> str:
    """The verdict as a sentence for whoever looks at it. Health is told only to those who may know of it."""
    until = f"，到 {told(verdict.until)}" if verdict.until else ""
    match verdict.why:
        case Why.DUE:
            return f"{told(verdict.since)} 起应交流" if verdict.since else "应交流"
        case Why.EXEMPT:
            reasons = {_reason(one, may_know) for one in exemptions if is_valid_on(one, day)}
            return f"{'、'.join(sorted(reasons)) or '暂缓'}{until}"
        case Why.TOO_SHORT:
            return f"本校任教不满 {rule.years_at_school} 年{until}"
        case Why.AGE:
            return f"已满 {age_limit(teacher.sex, rule)} 岁" if may_know else "按规定不列入"
        case Why.RECENT:
            return f"{rule.years_since_last} 年内支教过{until}"
        case Why.AWAY:
            return f"正在支教{until}"
        case Why.NOT_REGULAR:
            return f"{teacher.get_establishment_display()}，不在编"
        case Why.UNKNOWN_START:
            return "不知道到校时间"
    return "已离岗"


def _reason(exemption: Exemption, may_know: bool) -> str:
    is_secret = exemption.reason in _HEALTH and not may_know
    return "个人原因" if is_secret else exemption.get_reason_display()


# --- thousands of teachers ----------------------------------------------------------------------------------------------


def rule_of(county: Any) -> DueRule:
    """The county's own rule, else the one known everywhere, else the usual one."""
    rules = DueRule.objects.filter(Q(county=county) | Q(county=None)).order_by("county")
    known = {rule.county_id: rule for rule in rules}
    return known.get(county.pk) or known.get(None) or DueRule()


def teachers_of(county: Any) -> QuerySet[Teacher]:
    """The county's own teachers: those of a supporter's schools elsewhere are somebody else's to send."""
    rows: QuerySet[Teacher] = Teacher.objects.filter(county=county).exclude(school__is_outside_county=True)
    return rows


def served() -> QuerySet[Secondment]:
    """Secondments after which somebody is left in peace for some years."""
    rows: QuerySet[Secondment] = Secondment.objects.filter(
        state__in=[*SERVING_STATES, SecondmentState.OVERDUE], programme__counts_as_exchange=True, is_full_time=True
    )
    return rows


def with_last_end(teachers: QuerySet[Teacher]) -> QuerySet[Teacher]:
    """Adds `last_end`, as `due` wants it."""
    ends = served().filter(teacher=OuterRef("pk")).order_by().values("teacher")
    return teachers.annotate(last_end=Subquery(ends.annotate(last=Max(Coalesce("ended_on", "end"))).values("last")))


def long_enough(rule: DueRule, day: dt.date) -> Q:
    return Q(at_school_since__lte=years_earlier(day, rule.years_at_school))


def counted(rule: DueRule) -> Q:
    """Those whom the rule looks at."""
    regular = Q(establishment__in=["", Establishment.REGULAR]) if rule.regular_only else Q()
    return Q(retired_on=None, merged_into=None) & regular


def young_enough(rule: DueRule, day: dt.date) -> Q:
    unknown = max(rule.age_below_men, rule.age_below_women)
    found = Q(birth_date=None)
    for sexes, limit in (
        ([Sex.MALE], rule.age_below_men),
        ([Sex.FEMALE], rule.age_below_women),
        (["", Sex.UNKNOWN, Sex.UNSTATED], unknown),
    ):
        found |= Q(sex__in=sexes, birth_date__gt=years_earlier(day, limit))
    return found


def free_of_recent(rule: DueRule, day: dt.date) -> Q:
    """Neither away on the day nor back for less than the years of the rule."""
    before = min(years_earlier(day, rule.years_since_last), day - dt.timedelta(days=1))
    last = served().annotate(last=Coalesce("ended_on", "end")).filter(last__gt=before)
    return ~Q(pk__in=last.values("teacher"))


def exempt(day: dt.date) -> Q:
    valid = Exemption.objects.filter(Q(start=None) | Q(start__lte=day), Q(end=None) | Q(end__gte=day))
    return Q(pk__in=valid.values("teacher"))


def due_but_for_exemption(rule: DueRule, day: dt.date) -> Q:
    return counted(rule) & long_enough(rule, day) & young_enough(rule, day) & free_of_recent(rule, day)


def is_due(rule: DueRule, day: dt.date) -> Q:
    return due_but_for_exemption(rule, day) & ~exempt(day)


def is_deferred(rule: DueRule, day: dt.date) -> Q:
    """Would be due, were it not for an exemption."""
    return due_but_for_exemption(rule, day) & exempt(day)


def start_is_unknown(rule: DueRule) -> Q:
    return counted(rule) & Q(at_school_since=None)


def becomes_due(rule: DueRule, day: dt.date, years: int = OUTLOOK_YEARS) -> Q:
    """Not due on the day, but on one of its anniversaries within that many years."""
    later = Q(pk__in=[])
    for number in range(1, years + 1):
        later |= is_due(rule, years_later(day, number))
    return ~is_due(rule, day) & later


@dataclass(frozen=True)
class Outlook:
    """How many are due on a day, and how many more become due in each of the next years."""

    name: str
    now: int
    coming: tuple[int, ...]
    key: int | None = None

    @property
    def total(self) -> int:
        return self.now + sum(self.coming)


def outlook(teachers: QuerySet[Teacher], rule: DueRule, day: dt.date, by: str) -> list[Outlook]:
    """By `school` or by `subject`: one question for all of them."""
    names = ("school", "school__name") if by == "school" else ("subject",)
    numbers = {"now": Count("pk", filter=is_due(rule, day))}
    for number in range(1, OUTLOOK_YEARS + 1):
        before, then = years_later(day, number - 1), years_later(day, number)
        numbers[f"in_{number}"] = Count("pk", filter=is_due(rule, then) & ~is_due(rule, before))
    rows = teachers.order_by().values(*names).annotate(**numbers)
    told_rows = [
        Outlook(
            str(row[names[-1]] or ("没有登记学校" if by == "school" else "没有登记学科")),
            row["now"], tuple(row[f"in_{number}"] for number in range(1, OUTLOOK_YEARS + 1)), row.get("school"),
        )
        for row in rows
    ]  # fmt: skip
    return sorted((row for row in told_rows if row.total), key=lambda row: (-row.total, row.name))


# --- exemptions ---------------------------------------------------------------------------------------------------------


EXEMPTION_FIELDS = ("reason", "proof", "start", "end")


@atomically()
def grant_exemption(teacher: Teacher, *, by: Any, reason: str, proof: str, start: dt.date, end: dt.date) -> Exemption:
    """Write down why somebody who is due need not go yet. The reason itself stays out of the trail."""
    insist(by, teacher, "exemption.edit")
    Teacher.objects.select_for_update(no_key=True).get(pk=teacher.pk)
    exemption = Exemption(
        county_id=teacher.county_id, teacher=teacher, reason=reason, proof=proof, start=start, end=end
    )
    _check(exemption)
    exemption.save()
    audit.record(by, "登记暂缓交流", exemption.teacher, after=_told(exemption))
    return exemption


@atomically()
def change_exemption(exemption: Exemption, *, by: Any, **values: Any) -> Exemption:
    """Correct an exemption: another proof, other dates."""
    locked = Exemption.objects.select_for_update(of=("self",)).select_related("teacher").get(pk=exemption.pk)
    insist(by, locked, "exemption.edit")
    before = _told(locked)
    for name, value in values.items():
        setattr(locked, name, value)
    _check(locked)
    locked.save()
    audit.record(by, "修改暂缓交流", locked.teacher, before=before, after=_told(locked))
    return locked


@atomically()
def end_exemption(exemption: Exemption, *, by: Any, last_day: dt.date) -> Exemption:
    """What stood in the way is over: the exemption ends on this day."""
    locked = Exemption.objects.select_for_update(of=("self",)).select_related("teacher").get(pk=exemption.pk)
    insist(by, locked, "exemption.edit")
    if locked.end and locked.end <= last_day:
        raise Refused(f"这项暂缓 {told(locked.end)} 就到期了，不用再结束")
    before = _told(locked)
    locked.end = max(last_day, locked.start or last_day)
    locked.save(update_fields=["end"])
    audit.record(by, "结束暂缓交流", locked.teacher, before=before, after=_told(locked))
    return locked


def _check(exemption: Exemption) -> None:
    start, end = exemption.start, exemption.end
    if start and end and end < start:
        raise Refused(f"到期 {told(end)} 早于开始 {told(start)}，应在开始以后")
    if start and end and end > years_later(start, LONGEST_EXEMPTION):
        raise Refused(
            f"一次暂缓最长 {LONGEST_EXEMPTION} 年，应在 {told(years_later(start, LONGEST_EXEMPTION))} 以前到期；到时还需要，再补新的证明"
        )
    others = Exemption.objects.filter(teacher=exemption.teacher_id, reason=exemption.reason).exclude(pk=exemption.pk)
    if end and start and others.filter(Q(end=None) | Q(end__gte=start), Q(start=None) | Q(start__lte=end)).exists():
        raise Refused(f"{exemption.teacher}在这段时间已有同一原因的暂缓，请直接修改那一项")


def _told(exemption: Exemption) -> dict[str, str]:
    return {
        "开始": str(exemption.start or ""),
        "到期": str(exemption.end or ""),
        "证明": "有" if exemption.proof else "没有",
    }


# --- the rule -----------------------------------------------------------------------------------------------------------


RULE_FIELDS = ("years_at_school", "age_below_men", "age_below_women", "years_since_last", "regular_only", "basis")


@atomically()
def set_rule(county: Any, *, by: Any, **values: Any) -> DueRule:
    """The county's own rule; the one known everywhere stays as it is."""
    insist_for_county(by, county.pk, "plan.edit")
    type(county)._default_manager.select_for_update(no_key=True).get(pk=county.pk)
    used = rule_of(county)
    rule = DueRule.objects.filter(county=county).first() or DueRule(county=county)
    before = {name: getattr(used, name) for name in RULE_FIELDS}
    for name in RULE_FIELDS:
        setattr(rule, name, values.get(name, getattr(used, name)))
    rule.save()
    audit.record(by, "修改应交流条件", rule, before=before, after={name: getattr(rule, name) for name in RULE_FIELDS})
    return rule
