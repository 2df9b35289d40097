"""To which school year the records of inspections and appraisals belong, and what of them is missing when a year is closed."""

from __future__ import annotations

from django.apps import apps
from django.db.models import Q, QuerySet, TextChoices
from django.urls import reverse

from assignments import closing
from assignments.models import District, SchoolYear
from assignments.years import listed
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
    closing.check("问卷还开着", _open_questionnaires, stops=True)
    closing.check("问卷结果没有发布", _questionnaires)


def _without(states: type[TextChoices], over: str) -> list[str]:
    return [state for state in states.values if state != over]


def _in(year: SchoolYear, path: str = "") -> Q:
    """Of the year by what is written down, else by its day."""
    day = Q(**{f"{path}school_year": None, f"{path}start__gte": year.start, f"{path}start__lte": year.end})
    return Q(**{f"{path}school_year": year}) | day


def _appraisals(county: District, year: SchoolYear) -> tuple[int, str]:
    rows = Appraisal.objects.filter(_in(year), county=county).exclude(state=AppraisalState.FINAL)
    return rows.count(), listed(
        "evaluations:appraisal_list", year, state=_without(AppraisalState, AppraisalState.FINAL)
    )


def _inspections(county: District, year: SchoolYear) -> tuple[int, str]:
    rows = Inspection.objects.filter(_in(year), county=county).exclude(state=InspectionState.CLOSED)
    return rows.count(), listed(
        "evaluations:inspection_list", year, state=_without(InspectionState, InspectionState.CLOSED)
    )


def _rectifications(county: District, year: SchoolYear) -> tuple[int, str]:
    rows = Finding.objects.filter(_in(year, "inspection__"), county=county).rectifying()
    return rows.count(), reverse("evaluations:rectification_list")


def _of_year(county: District, year: SchoolYear) -> QuerySet[Questionnaire]:
    """Questionnaires by their own year, else by that of what they are about, else by the day they were opened."""
    about = Q(school_year=None) & (Q(inspection__school_year=year) | Q(inspection=None, secondment__school_year=year))
    opened = Q(school_year=None, inspection=None, secondment=None, opens_at__date__range=(year.start, year.end))
    rows: QuerySet[Questionnaire] = Questionnaire.objects.filter(Q(school_year=year) | about | opened, county=county)
    return rows


def _open_questionnaires(county: District, year: SchoolYear) -> tuple[int, str]:
    """While one is open there are codes and boxes, which go only when it is closed."""
    rows = _of_year(county, year).filter(state=QuestionnaireState.OPEN)
    return rows.count(), listed("evaluations:questionnaire_list", year, state=[QuestionnaireState.OPEN])


def _questionnaires(county: District, year: SchoolYear) -> tuple[int, str]:
    rows = _of_year(county, year).exclude(state=QuestionnaireState.RELEASED)
    states = _without(QuestionnaireState, QuestionnaireState.RELEASED)
    return rows.count(), listed("evaluations:questionnaire_list", year, state=states)
