"""The grade with which a secondment is appraised, asked with the step 考核完毕 and kept as its final appraisal."""

from __future__ import annotations

from django import forms
from django.utils import timezone

from assignments import workflow
from assignments.models import Secondment
from assignments.workflow import Taken
from evaluations.choices import AppraisalKind, Grade
from evaluations.models import Appraisal
from zhijiao.dates import ApproximateDate


def graded(secondment: Secondment) -> Appraisal | None:
    """The final appraisal that has a grade."""
    rows = Appraisal.objects.filter(secondment=secondment, kind=AppraisalKind.FINAL).exclude(grade="")
    return rows.order_by("-start", "-id").first()


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
        kind=AppraisalKind.FINAL, grade=grade,
    )  # fmt: skip
    appraisal.when = ApproximateDate.day(timezone.localdate())
    appraisal.save()


def connect() -> None:
    workflow.also_asks("appraise", "grade", grade_field)
    workflow.also_does("appraise", keep_grade)
