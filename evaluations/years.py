"""To which school year the records of inspections and appraisals belong, and what of them is missing when a year is closed."""

from __future__ import annotations

from django.apps import apps
from django.db.models import Q
from django.urls import reverse

from assignments import closing
from assignments.models import District, SchoolYear
from evaluations.choices import AppraisalState, InspectionState, QuestionnaireState
from evaluations.models import Appraisal, Finding, Inspection, Questionnaire

_PARTS = {
    "AppraisalScore": ("appraisal",), "AppraisalVersion": ("appraisal",), "Appeal": ("appraisal",),
    "InspectionTeam": ("round",), "TeamMember": ("team",), "Briefing": ("inspection",), "BriefingPoint": ("inspection",),
    "RecordsReview": ("inspection",), "ReviewedItem": ("inspection",), "Feedback": ("inspection",), "Finding": ("inspection",),
    "Survey": ("inspection",), "QuestionnaireCount": ("inspection",), "HomeVisit": ("inspection",),
    "QuestionnaireClass": ("questionnaire",), "QuestionnaireCode": ("questionnaire_class",), "BallotBox": ("questionnaire_class",),
    "OptionCount": ("questionnaire_class",), "AnswerText": ("questionnaire",), "Questionnaire": ("school_year", "inspection", "secondment", "opens_at"),
}  # fmt: skip


def connect() -> None:
    """Registers with the guard of closed years."""
    for name, paths in _PARTS.items():
        closing.belongs(apps.get_model("evaluations", name), *paths)
    closing.check("考核没有定等次", _appraisals)
    closing.check("督导检查没有办结", _inspections)
    closing.check("整改没有销号", _rectifications)
    closing.check("问卷结果没有发布", _questionnaires)


def _in(year: SchoolYear, path: str = "") -> Q:
    """Of the year by what is written down, else by its day."""
    day = Q(**{f"{path}school_year": None, f"{path}start__gte": year.start, f"{path}start__lte": year.end})
    return Q(**{f"{path}school_year": year}) | day


def _appraisals(county: District, year: SchoolYear) -> tuple[int, str]:
    rows = Appraisal.objects.filter(_in(year), county=county).exclude(state=AppraisalState.FINAL)
    return rows.count(), reverse("evaluations:appraisal_list")


def _inspections(county: District, year: SchoolYear) -> tuple[int, str]:
    rows = Inspection.objects.filter(_in(year), county=county).exclude(state=InspectionState.CLOSED)
    return rows.count(), reverse("evaluations:inspection_list")


def _rectifications(county: District, year: SchoolYear) -> tuple[int, str]:
    rows = Finding.objects.filter(_in(year, "inspection__"), county=county).rectifying()
    return rows.count(), reverse("evaluations:rectification_list")


def _questionnaires(county: District, year: SchoolYear) -> tuple[int, str]:
    rows = Questionnaire.objects.filter(county=county, school_year=year).exclude(state=QuestionnaireState.RELEASED)
    return rows.count(), reverse("evaluations:questionnaire_list")
