"""Which step of an appraisal is taken in which state, with which right: one table, and what every step asks first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from assignments.access import has_on, insist
from assignments.models import Placement
from assignments.telling import account_of
from evaluations.choices import AT_SCHOOL_STATES, PUBLISHED_GRADES, AppraisalState
from evaluations.models import Appraisal
from zhijiao.refusals import Refused

State = AppraisalState


@dataclass(frozen=True)
class Step:
    """In which states, with which right; `to`: the state afterwards, none where it stays."""

    states: tuple[str, ...]
    action: str
    to: str = ""
    refusal: str = ""


STEPS: dict[str, Step] = {
    "save": Step(AT_SCHOOL_STATES, "evaluation.edit", "", "评分已经报送，教育局退回以后才能改"),
    "submit": Step(AT_SCHOOL_STATES, "evaluation.submit", State.SUBMITTED, "评分已经报送"),
    "send_back": Step((State.SUBMITTED,), "evaluation.return", State.RETURNED, "只有报送了还没有评定的可以退回"),
    "answer": Step((State.SUBMITTED,), "evaluation.sign", "", "学校报送以后、教育局评定以前，才能签字或者提出异议"),
    "opinion": Step((State.SUBMITTED,), "evaluation.opinion", "", "受援学校报送以后、教育局评定以前，才能填写意见"),
    "settle": Step((State.SUBMITTED, State.SETTLED), "evaluation.grade_final", State.SETTLED, "学校报送以后、公示以前，才能评定等次"),
    "publish": Step((State.SETTLED,), "evaluation.publish", State.NOTICED, "评定了等次的才能公示"),
    "appeal": Step((State.NOTICED,), "appeal.create", "", "公示期内才能申诉"),
    "uphold": Step((State.NOTICED,), "appeal.decide", State.SUBMITTED, "公示还没有办结时才能处理申诉"),
    "dismiss": Step((State.NOTICED,), "appeal.decide", "", "公示还没有办结时才能处理申诉"),
    "finish": Step((State.NOTICED,), "evaluation.publish", State.FINAL, "公示了的才能确定"),
}  # fmt: skip


def may(key: str, row: Appraisal, user: Any) -> bool:
    """Whether a step is this person's to take now: what a page asks before it shows a button."""
    step = STEPS[key]
    return row.state in step.states and has_on(user, step.action, row) and not why_not_yours(key, row, user)


def why_not_yours(key: str, row: Appraisal, user: Any) -> str:
    """Who may not, although their role has the right: of themselves, and of what they did before."""
    if key in ("save", "submit", "settle", "uphold", "dismiss") and _is_own(row, user):
        return "本人的考核由别人办理"
    if key == "settle" and user.pk in _scorers(row):
        return "评分的人不评定等次，请局里另一位评定"
    if key in ("uphold", "dismiss") and row.settled_by_id == user.pk:
        return "评定等次的人不处理申诉，请局里另一位处理"
    return ""


def _is_own(row: Appraisal, user: Any) -> bool:
    return any(one.pk == user.pk for one in account_of(row.secondment.teacher_id))


def _scorers(row: Appraisal) -> set[int]:
    known = set(row.versions.values_list("submitted_by", flat=True))
    return known | ({row.submitted_by_id} if row.submitted_by_id else set())


def insist_step(key: str, row: Appraisal, by: Any) -> None:
    """Refuses whoever has not the right, in whatever state; then what is not possible now."""
    insist(by, row, STEPS[key].action)
    insist_state(key, row)
    if why_not := why_not_yours(key, row, by):
        raise Refused(why_not)


def insist_state(key: str, row: Appraisal) -> None:
    if row.state not in STEPS[key].states:
        raise Refused(f"这次考核现在是“{row.get_state_display()}”：{STEPS[key].refusal}")


def locked(row: Appraisal) -> Appraisal:
    rows = Appraisal.objects.select_related(
        "secondment__teacher", "secondment__sending_school", "rubric", "school_year"
    )
    found: Appraisal = rows.select_for_update(of=("self",)).get(pk=row.pk)
    return found


def locked_all(keys: Collection[int]) -> list[Appraisal]:
    placements = Prefetch(
        "secondment__placements", Placement.objects.select_related("receiving_school").order_by("order")
    )
    rows = Appraisal.objects.filter(pk__in=keys).select_related(
        "secondment__teacher", "secondment__sending_school", "secondment__programme", "rubric"
    )
    return list(rows.prefetch_related(placements).order_by("pk").select_for_update(of=("self",)))


def shown_grade(row: Appraisal, is_bureau: bool) -> str:
    """The settled grade; before it is made public known to the bureau alone."""
    return str(row.get_grade_display()) if is_bureau or row.state in PUBLISHED_GRADES else ""
