"""The grade with which a secondment is appraised, asked with the step 考核完毕 and kept as its final appraisal."""

from __future__ import annotations

from typing import Any

from django import forms

from assignments import workflow
from assignments.models import Secondment
from assignments.workflow import Taken
from evaluations.choices import AppraisalKind, AppraisalState, Grade
from evaluations.models import Appraisal
from zhijiao import clock
from zhijiao.dates import ApproximateDate


def graded(secondment: Secondment) -> Appraisal | None:
    """The appraisal at the end that has a grade and stands."""
    rows = Appraisal.objects.filter(secondment=secondment, kind=AppraisalKind.FINAL, state=AppraisalState.FINAL)
    rows = rows.exclude(grade="")
    return rows.order_by("-start", "-id").first()


def why_not_appraised(secondment: Secondment, by: Any) -> str:
    """An appraisal that goes its way is waited for: its grade is the one."""
    rows = Appraisal.objects.filter(secondment=secondment, kind=AppraisalKind.FINAL).exclude(state=AppraisalState.FINAL)
    if (going := rows.first()) is None:
        return ""
    return f"期满考核还没有确定（{going.get_state_display()}），公示办结以后再办考核完毕"


def grade_field(secondments: list[Secondment]) -> forms.ChoiceField:
    """Asked where no grade is recorded yet; one that is stays as it is."""
    known = [appraisal for secondment in secondments if (appraisal := graded(secondment))]
    is_known = bool(secondments) and len(known) == len(secondments)
    told = (
        f"已登记的等次不变（{known[0].get_grade_display()}）"
        if len(known) == 1 and is_known
        else "已经登记的等次不变"
        if is_known
        else ""
    )
    return forms.ChoiceField(
        label="考核等次", choices=[("", "请选择"), *Grade.choices], required=not is_known, help_text=told or "没有登记过等次的按这里的登记",
        error_messages={"required": "请选考核等次", "invalid_choice": "没有这个等次，请从列表里选"},
    )  # fmt: skip


def keep_grade(taken: Taken) -> None:
    """The grade becomes the final appraisal of those that have none."""
    grade = taken.data.get("grade")
    if not grade or graded(taken.secondment):
        return
    appraisal = Appraisal(
        county=taken.secondment.county, secondment=taken.secondment, school_year=taken.secondment.school_year,
        kind=AppraisalKind.FINAL, grade=grade, final_on=clock.today(),
    )  # fmt: skip
    appraisal.when = ApproximateDate.day(clock.today())
    appraisal.save()


def connect() -> None:
    workflow.also_needs("appraise", why_not_appraised)
    workflow.also_asks("appraise", "grade", grade_field)
    workflow.also_does("appraise", keep_grade)
