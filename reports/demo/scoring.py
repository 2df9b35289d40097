"""The middle of the year, appraised at two schools.

At the first some are handed in: one teacher still has to sign, one objects. At the second the grades are settled and made
public, and somebody appeals: the bureau has something to decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assignments.models import Placement, Secondment
from evaluations import appraisal, rubrics
from evaluations.choices import AppraisalKind, Grade, ItemKind
from evaluations.models import Appraisal, Rubric
from evaluations.scoring import Item, score_item
from reports.demo.accounts import Staff
from zhijiao.accounts.models import User
from zhijiao.clock import standing_at
from zhijiao.working_days import add_working_days

HANDED_IN = 4
PEOPLE = 5  # at the second school, about
OPINIONS = ("工作踏实，带动了教研组", "课堂有办法，学生喜欢", "到岗以来服从安排", "带徒弟认真")
NO_PLACE = "优秀名额有限，得分排在后面"
OBJECTION = "带了两位徒弟，工作量一项只算了上课，请再核一核。"
APPEAL = "学校建议的是优秀，公开课和带徒弟都完成了，请重新看看等次。"


@dataclass(frozen=True)
class _School:
    """Those on post at a school, and its principal."""

    principal: User
    rows: Sequence[Secondment]


def score(county: Any, staff: Staff, school_year: Any, today: Any) -> None:
    """First the school of the principal who can sign in; of it the teacher who can sign in is among those handed in."""
    schools = _schools(county, staff, school_year)
    ready = Rubric.objects.filter(county=None, key="plain").order_by("-version").first()
    if not schools or ready is None:
        return
    with standing_at(add_working_days(today, -15)):
        rubric = rubrics.copy(ready, county=county, by=staff.officer)
        everybody = [row for school in schools for row in school.rows]
        opened = appraisal.open_year(school_year, AppraisalKind.MIDDLE, rubric, everybody, by=staff.officer)
    by_secondment = {row.secondment_id: row for row in opened}
    first, *others = ([by_secondment[row.pk] for row in school.rows] for school in schools)
    for place, row in enumerate(first[:HANDED_IN]):
        with standing_at(add_working_days(today, place - 6)):
            _hand_in(row, place, by=schools[0].principal)
    if len(first) > 1:
        with standing_at(add_working_days(today, -3)):
            appraisal.object_to(first[1], OBJECTION, by=_account(first[1], staff))
    for school, rows in zip(schools[1:], others, strict=True):
        _made_public(rows, school.principal, staff, today)


def _schools(county: Any, staff: Staff, school_year: Any) -> list[_School]:
    """At most two: the one of the login, and of the others one of middle size, all of whose people have accounts."""
    rows = Secondment.objects.filter(county=county, school_year=school_year, state="on_post")
    places = dict(
        Placement.objects.filter(secondment__in=rows)
        .order_by("order")
        .values_list("secondment", "receiving_school__name")
    )
    at: dict[str, list[Secondment]] = {}
    for row in rows.select_related("teacher__user").order_by("pk"):
        at.setdefault(places.get(row.pk, ""), []).append(row)
    own = next((name for name, user in staff.principals.items() if user.username == "shouyuan"), "")
    if own not in at:
        return []
    at[own].sort(key=lambda row: not (row.teacher.user and row.teacher.user.username == "jiaoshi"))
    others = [
        name for name, people in at.items()
        if name != own and name in staff.principals and all(row.teacher.name in staff.teachers for row in people)
    ]  # fmt: skip
    chosen = [own, *sorted(others, key=lambda name: (abs(len(at[name]) - PEOPLE), name))[:1]]
    return [_School(staff.principals[name], at[name]) for name in chosen]


def _account(row: Appraisal, staff: Staff) -> User:
    return staff.teachers[row.secondment.teacher.name]


def _made_public(rows: Sequence[Appraisal], principal: User, staff: Staff, today: Any) -> None:
    """Handed in, signed, settled by the second officer, made public three days ago; one appeals."""
    for place, row in enumerate(rows):
        with standing_at(add_working_days(today, -12)):
            _hand_in(row, place, by=principal)
        with standing_at(add_working_days(today, -10)):
            appraisal.sign(row, by=_account(row, staff))
    handed_in = list(
        appraisal.with_groups(Appraisal.objects.filter(pk__in=[row.pk for row in rows])).order_by("-score", "pk")
    )
    with standing_at(add_working_days(today, -5)):
        settled = appraisal.settle(_grades(handed_in), by=staff.second_officer)
    with standing_at(first := add_working_days(today, -3)):
        appraisal.publish(settled, first, add_working_days(today, 3), by=staff.second_officer)
    unhappy = sorted(settled, key=lambda row: (row.grade == row.proposed_grade, row.pk))[0]
    with standing_at(add_working_days(today, -1)):
        appraisal.appeal(unhappy, APPEAL, by=_account(unhappy, staff))


def _grades(rows: Sequence[Appraisal]) -> dict[int, tuple[str, str]]:
    """As proposed, the best first, as long as there are places."""
    same = Appraisal.objects.filter(county=rows[0].county_id, school_year=rows[0].school_year_id, kind=rows[0].kind)
    left = {group.key: group.allowed for group in appraisal.groups_of(appraisal.with_groups(same))}
    grades: dict[int, tuple[str, str]] = {}
    for row in rows:
        grade, key = row.proposed_grade, appraisal.group_of(row)[0]
        allowed = left.get(key)
        if grade == Grade.EXCELLENT and allowed is not None:
            left[key] = allowed - 1
            if allowed < 1:
                grades[row.pk] = (Grade.QUALIFIED, NO_PLACE)
                continue
        grades[row.pk] = (grade, "")
    return grades


def _hand_in(row: Appraisal, number: int, *, by: Any) -> None:
    lines = {}
    for line in appraisal.lines_of(row):
        item = appraisal.item_of(line)
        if score_item(item, line.value).score is None:
            lines[line.item] = _judged(item, number)
    words = {"summary": "按计划完成了半年的教学和教研任务。", "briefing_remark": OPINIONS[number % len(OPINIONS)]}
    appraisal.save_draft(row, {**words, "lines": lines}, by=by)
    appraisal.submit(row, by=by)


def _judged(item: Item, number: int) -> Any:
    """What a principal would say; the same each time."""
    match item.kind:
        case ItemKind.LEVEL:
            levels = item.rule["levels"]
            return levels[min(number % 2, len(levels) - 1)]["name"]
        case ItemKind.DEDUCTION | ItemKind.BONUS:
            return {line["name"]: "0" for line in item.counts}
        case ItemKind.RATIO:
            return {"own": "15", "average": "14"}
        case ItemKind.RATING:
            return str(92 - number)
    return ""
