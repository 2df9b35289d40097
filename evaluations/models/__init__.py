"""How it went: work records, the four-part inspection, questionnaires, appraisal, honours."""

from evaluations.models.appraisals import Appeal, Appraisal, AppraisalNotice, AppraisalScore, AppraisalVersion
from evaluations.models.honours import Deed, Honour
from evaluations.models.inspections import (
    Briefing,
    BriefingPoint,
    Feedback,
    Finding,
    Inspection,
    InspectionRound,
    InspectionTeam,
    RecordsReview,
    ReviewedItem,
    TeamMember,
)
from evaluations.models.questionnaires import (
    AnswerText,
    BallotBox,
    OptionCount,
    Question,
    Questionnaire,
    QuestionnaireClass,
    QuestionnaireCode,
    QuestionOption,
    QuestionSet,
)
from evaluations.models.rubrics import GradeThreshold, Rubric, RubricItem
from evaluations.models.surveys import HomeVisit, QuestionnaireCount, Survey, tellable_among
from evaluations.models.work import Lecture, Lesson, Mentorship, MentorshipStep, WorkRecord

__all__ = [
    "AnswerText",
    "Appeal",
    "Appraisal",
    "AppraisalNotice",
    "AppraisalScore",
    "AppraisalVersion",
    "BallotBox",
    "Briefing",
    "BriefingPoint",
    "Deed",
    "Feedback",
    "Finding",
    "GradeThreshold",
    "HomeVisit",
    "Honour",
    "Inspection",
    "InspectionRound",
    "InspectionTeam",
    "Lecture",
    "Lesson",
    "Mentorship",
    "MentorshipStep",
    "OptionCount",
    "Question",
    "QuestionOption",
    "QuestionSet",
    "Questionnaire",
    "QuestionnaireClass",
    "QuestionnaireCode",
    "QuestionnaireCount",
    "RecordsReview",
    "ReviewedItem",
    "Rubric",
    "RubricItem",
    "Survey",
    "TeamMember",
    "WorkRecord",
    "tellable_among",
]
