"""The bureau settles the grades of the county, with the quota of 优秀 counted by group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from assignments.access import insist
from assignments.models import District, Placement, Secondment
from evaluations.appraisal.steps import STEPS, locked_all, why_not_yours
from evaluations.choices import AppraisalState, Grade, QuotaGroup
from evaluations.models import Appraisal
from evaluations.scoring import quota
from zhijiao.accounts import audit
from zhijiao.locks import lock
from zhijiao.refusals import Refused, atomically


class NotSettled(Refused):
    """Why nothing was settled: of which rows, and of which group of the quota."""

    def __init__(self, problems: dict[int, str], quotas: list[str]) -> None:
        super().__init__(f"没有评定：{'；'.join([*quotas, *dict.fromkeys(problems.values())])}")
        self.problems, self.quotas = problems, quotas


@dataclass(frozen=True)
class Group:
    """Among whom the 优秀 are counted."""

    key: str
    name: str
    people: int
    allowed: int | None
    chosen: int

    @property
    def is_exceeded(self) -> bool:
        return self.allowed is not None and self.chosen > self.allowed


def last_place(secondment: Secondment) -> Any:
    """Where the teacher is appraised: the last of the placements, which are fetched already."""
    stays = sorted(secondment.placements.all(), key=lambda one: one.order)
    return stays[-1].receiving_school if stays else None


def group_of(row: Appraisal) -> tuple[str, str]:
    """To which group of the quota an appraisal belongs, and how it is called."""
    kind = row.rubric.quota_group if row.rubric else QuotaGroup.COUNTY
    secondment, base = row.secondment, f"{row.school_year_id}-{row.kind}-{row.rubric_id}"
    if kind == QuotaGroup.COUNTY:
        return base, "全县"
    place: Any = {
        QuotaGroup.RECEIVING: lambda: last_place(secondment), QuotaGroup.SENDING: lambda: secondment.sending_school,
        QuotaGroup.PROGRAMME: lambda: secondment.programme,
    }[QuotaGroup(kind)]()  # fmt: skip
    return f"{base}-{getattr(place, 'pk', 0)}", str(place or "没有写")


def groups_of(rows: Iterable[Appraisal], grades: Mapping[int, str] | None = None) -> list[Group]:
    """The groups of these appraisals, with how many 優秀 each may have and has; `grades` instead of those that are kept.

    Whoever is appraised counts, also who is not scored yet.
    """
    people: dict[str, list[Appraisal]] = defaultdict(list)
    names: dict[str, str] = {}
    for row in rows:
        if row.rubric_id:
            key, names[key] = (found := group_of(row))[0], found[1]
            people[key].append(row)
    new = grades or {}
    return [
        Group(
            key, names[key], len(members), quota(len(members), members[0].rubric.quota_percent if members[0].rubric else None),
            sum(new.get(row.pk, row.grade) == Grade.EXCELLENT for row in members),
        )
        for key, members in sorted(people.items(), key=lambda pair: names[pair[0]])
    ]  # fmt: skip


def with_groups(rows: Any) -> Any:
    """What `groups_of` and the table of the county read, in a number of queries that does not grow."""
    placements = Prefetch(
        "secondment__placements", Placement.objects.select_related("receiving_school").order_by("order")
    )
    return rows.select_related(
        "secondment__teacher", "secondment__sending_school", "secondment__programme", "rubric", "school_year"
    ).prefetch_related(placements)


def settle(grades: Mapping[int, tuple[str, str]], *, by: Any) -> list[Appraisal]:
    """The grades of many at once, or of none: appraisal → grade and, where it is not the proposed one, why."""
    with atomically():
        counties = set(Appraisal.objects.filter(pk__in=grades).values_list("county", flat=True))
        lock(District.objects.filter(pk__in=counties))  # two who settle at once do not both take the last place
        rows = locked_all(grades.keys())
        if not rows or len(rows) != len(grades):
            raise Refused("没有选要评定的考核，或者有的已经不在了")
        for row in rows:
            insist(by, row, STEPS["settle"].action)
        wrong = {row.pk: why for row in rows if (why := _why_not_settled(row, *grades[row.pk], by=by))}
        exceeded = _exceeded(rows, {pk: grade for pk, (grade, _) in grades.items()})
        if wrong or exceeded:
            raise NotSettled(wrong, exceeded)
        before = {row.pk: row.get_grade_display() for row in rows}
        for row in rows:
            grade, reason = grades[row.pk]
            row.grade, row.grade_reason = grade, reason.strip() if grade != row.proposed_grade else ""
            row.state, row.settled_by = AppraisalState.SETTLED, by
            row.save(update_fields=["grade", "grade_reason", "state", "settled_by"])
        for row in rows:
            audit.record(
                by, "评定考核等次", row, before={"考核等次": before[row.pk]}, after={"考核等次": row.get_grade_display()},
                reason=row.grade_reason,
            )  # fmt: skip
    return rows


def _why_not_settled(row: Appraisal, grade: str, reason: str, *, by: Any) -> str:
    who = row.secondment.teacher
    if row.state not in STEPS["settle"].states:
        return f"{who}的考核现在是“{row.get_state_display()}”，{STEPS['settle'].refusal}"
    if why_not := why_not_yours("settle", row, by):
        return f"{who}：{why_not}"
    if grade not in Grade.values:
        return f"{who}：请选等次"
    if row.veto and grade != Grade.FAILED:
        return f"{who}：一票否决（{row.veto}），只能定为不合格"
    if grade != row.proposed_grade and not reason.strip():
        return f"{who}：和学校建议的“{row.get_proposed_grade_display()}”不同，请写一句原因"
    return f"{who}：原因最多 200 个字" if len(reason.strip()) > 200 else ""


def _exceeded(rows: list[Appraisal], grades: Mapping[int, str]) -> list[str]:
    """Groups in which one of these rows takes a place that is not there."""
    touched = {(row.county_id, row.school_year_id, row.kind, row.rubric_id) for row in rows}
    asked = {group_of(row)[0] for row in rows if grades[row.pk] == Grade.EXCELLENT}
    words = []
    for county, year, kind, rubric in sorted(touched, key=str):
        same = Appraisal.objects.filter(county=county, school_year=year, kind=kind, rubric=rubric)
        for group in groups_of(with_groups(same), grades):
            if group.is_exceeded and group.key in asked:
                words.append(
                    f"{group.name}优秀名额 {group.allowed} 人（{group.people} 人参加考核），选了 {group.chosen} 人"
                )
    return words
