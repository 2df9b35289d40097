"""How it went: work records, the four-part inspection, appraisal, honours."""

from evaluations.models.appraisals import Appraisal, AppraisalScore
from evaluations.models.honours import Deed, Honour
from evaluations.models.inspections import (
    Briefing,
    BriefingPoint,
    Feedback,
    Finding,
    Inspection,
    InspectionRound,
    RecordsReview,
    ReviewedItem,
)
from evaluations.models.surveys import HomeVisit, QuestionnaireCount, Survey
from evaluations.models.work import Lecture, Lesson, Mentorship, WorkRecord

__all__ = [
    "Appraisal",
    "AppraisalScore",
    "Briefing",
    "BriefingPoint",
    "Deed",
    "Feedback",
    "Finding",
    "HomeVisit",
    "Honour",
    "Inspection",
    "InspectionRound",
    "Lecture",
    "Lesson",
    "Mentorship",
    "QuestionnaireCount",
    "RecordsReview",
    "ReviewedItem",
    "Survey",
    "WorkRecord",
]
