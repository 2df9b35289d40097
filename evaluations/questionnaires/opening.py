"""Opening a questionnaire at a school: which questions, which classes with how many people, how they answer, from when to when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from assignments.access import has_on
from assignments.models import Placement, SchoolYear
from evaluations.choices import AnswerWay, QuestionnaireState
from evaluations.models import BallotBox, Inspection, Questionnaire, QuestionnaireClass, QuestionSet
from zhijiao import clock
from zhijiao.accounts import audit
from zhijiao.dates import school_year_of
from zhijiao.refusals import Refused, atomically

MOST_ENROLLED = 3000
MOST_CLASSES = 60


@dataclass(frozen=True)
class ClassPlan:
    """A class that is to answer: its name, how many they are, and how they do it."""

    name: str
    enrolled: int
    way: str = AnswerWay.CODES


@dataclass(frozen=True)
class Progress:
    """How far one class is. Only how many: nobody sees a result before it is closed."""

    row: QuestionnaireClass
    returned: int

    @property
    def name(self) -> str:
        return self.row.name

    @property
    def rate(self) -> int | None:
        """Per cent of those issued, rounded down; None before anything was issued."""
        return self.returned * 100 // self.row.issued if self.row.issued else None


def open_questionnaire(
    *,
    question_set: QuestionSet,
    school: Any,
    classes: Sequence[ClassPlan],
    opens_at: dt.datetime,
    closes_at: dt.datetime,
    by: Any,
    inspection: Inspection | None = None,
    secondment: Any = None,
    school_year: Any = None,
) -> Questionnaire:
    """Opens it, about an inspection, a secondment or both, and freezes the set. Codes are issued afterwards, when they are printed."""
    about = secondment or inspection
    year = school_year or (about and about.school_year) or _running_year()
    row = Questionnaire(
        county_id=school.county_id, question_set=question_set, school=school, inspection=inspection, secondment=secondment,
        school_year=year, opens_at=opens_at, closes_at=closes_at, state=QuestionnaireState.OPEN, opened_by=by,
    )  # fmt: skip
    with atomically():
        asked = QuestionSet.objects.select_for_update(of=("self",)).get(pk=question_set.pk)
        if problem := next(iter((*_faults_of(row, asked), *_faults_of_classes(classes))), ""):
            raise Refused(problem)
        row.save()
        if not has_on(by, "questionnaire.issue_codes", row):
            raise Refused("问卷由教育局专干或检查这所学校的督导员开放")
        if not asked.is_frozen:
            asked.is_frozen = True
            asked.save(update_fields=["is_frozen"])
        for plan in classes:
            _add_class(row, plan)
        audit.record(
            by, "开放问卷", row,
            after={"题目": str(asked), "班级": "、".join(f"{one.name} {one.enrolled} 人" for one in classes)[:300], "截止": told(closes_at)},
        )  # fmt: skip
    return row


@transaction.atomic
def add_class(questionnaire: Questionnaire, plan: ClassPlan, *, by: Any) -> QuestionnaireClass:
    """One more class, while it is open."""
    row = locked_open(questionnaire, by=by)
    if problem := next(_faults_of_classes([plan]), ""):
        raise Refused(problem)
    if row.classes.filter(name=plan.name).exists():
        raise Refused(f"{plan.name}已经在问卷里")
    if row.classes.count() >= MOST_CLASSES:
        raise Refused(f"一份问卷最多 {MOST_CLASSES} 个班级")
    made = _add_class(row, plan)
    audit.record(by, "问卷增加班级", row, after={"班级": f"{plan.name} {plan.enrolled} 人"})
    return made


@transaction.atomic
def change_closing(questionnaire: Questionnaire, closes_at: dt.datetime, *, by: Any) -> Questionnaire:
    """Gives more time, or less, while it is open. What was closed opens for nobody again."""
    row = locked_open(questionnaire, by=by)
    if closes_at <= max(clock.now(), row.opens_at):
        raise Refused("新的截止时间应在现在和开放时间以后；要马上截止，请按“现在截止”")
    before, row.closes_at = row.closes_at, closes_at
    row.save(update_fields=["closes_at"])
    audit.record(by, "改问卷截止时间", row, before={"截止": told(before)}, after={"截止": told(closes_at)})
    return row


def locked_open(questionnaire: Questionnaire, *, by: Any) -> Questionnaire:
    """The row under a lock, still open, of somebody who may. Asked inside a transaction."""
    rows = Questionnaire.objects.select_for_update(of=("self",)).select_related("school", "question_set")
    row: Questionnaire = rows.get(pk=questionnaire.pk)
    if not has_on(by, "questionnaire.issue_codes", row):
        raise Refused("问卷由教育局专干或检查这所学校的督导员管理")
    if row.state != QuestionnaireState.OPEN:
        raise Refused("问卷已经截止，不能再改，也不能重新开放")
    return row


def told(moment: dt.datetime) -> str:
    """2026-11-23 18:00."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def progress(questionnaire: Questionnaire) -> list[Progress]:
    """Every class with how many answered; two queries, however many classes."""
    classes = list(questionnaire.classes.order_by("pk"))
    live = dict(
        BallotBox.objects.filter(questionnaire_class__questionnaire=questionnaire).values_list("pk", "returned")
    )
    return [Progress(row, live.get(row.pk, row.returned or 0)) for row in classes]


def _add_class(questionnaire: Questionnaire, plan: ClassPlan) -> QuestionnaireClass:
    # Paper needs no code: as many sheets go out as there are people.
    issued = plan.enrolled if plan.way == AnswerWay.PAPER else 0
    row = QuestionnaireClass.objects.create(
        county_id=questionnaire.county_id, questionnaire=questionnaire, name=plan.name, way=plan.way, enrolled=plan.enrolled, issued=issued,
    )  # fmt: skip
    BallotBox.objects.create(county_id=questionnaire.county_id, questionnaire_class=row)
    return row


def _faults_of(row: Questionnaire, asked: QuestionSet) -> Iterator[str]:
    if asked.county_id not in (None, row.county_id):
        yield "这套题是别的县的"
    if asked.is_retired:
        yield f"“{asked}”已经停用，请用新的一版"
    if not asked.questions.exists():
        yield f"“{asked}”里还没有题"
    if row.inspection is None and row.secondment is None:
        yield "请选是哪次督导检查，或者针对哪位支教教师"
    if row.inspection is not None and row.inspection.school_id != row.school.pk:
        yield f"这次检查的是{row.inspection.school}，不是{row.school}"
    if row.secondment is not None and not _was_here(row):
        yield f"{row.secondment.teacher}没有在{row.school}支教"
    if asked.is_about_teacher and row.secondment is None:
        yield f"“{asked}”针对一位支教教师，请选是哪位"
    if row.closes_at <= row.opens_at:
        yield "截止时间应在开放时间以后"
    elif row.closes_at <= clock.now():
        yield "截止时间已经过了"


def _running_year() -> SchoolYear:
    first = school_year_of(clock.today())
    year: SchoolYear = SchoolYear.objects.named(f"{first}-{first + 1}")
    return year


def _was_here(row: Questionnaire) -> bool:
    return Placement.objects.filter(secondment=row.secondment, receiving_school=row.school).exists()


def _faults_of_classes(classes: Sequence[ClassPlan]) -> Iterator[str]:
    if not classes:
        yield "至少要有一个班级（对象）"
    if len(classes) > MOST_CLASSES:
        yield f"一份问卷最多 {MOST_CLASSES} 个班级"
    names = [plan.name.strip() for plan in classes]
    for plan in classes:
        if not plan.name.strip() or len(plan.name) > 30:
            yield "班级名称要写，最多 30 个字"
        if names.count(plan.name) > 1:
            yield f"{plan.name}写了两次"
        if not 1 <= plan.enrolled <= MOST_ENROLLED:
            yield f"{plan.name}的人数是 {plan.enrolled}，应在 1 到 {MOST_ENROLLED} 之间"
        if plan.way not in AnswerWay.values:
            raise ValidationError(plan.way)
