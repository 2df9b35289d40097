"""To which school year the records of inspections and appraisals belong, and what of them is missing when a year is closed."""

from __future__ import annotations

from django.apps import apps

from assignments import closing

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
