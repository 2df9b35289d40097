"""The sheets of the workbook that hold work records, inspections, appraisals and honours."""

from evaluations.sheets.appraisals import APPRAISALS, SCORES
from evaluations.sheets.honours import DEEDS, HONOURS
from evaluations.sheets.inspections import (
    BRIEFING_POINTS,
    FINDINGS,
    HOME_VISITS,
    INSPECTIONS,
    QUESTIONNAIRES,
    REVIEWED_ITEMS,
    ROUNDS,
)
from evaluations.sheets.work import LECTURES, LESSONS, MENTORSHIPS, WORK_RECORDS

# In the order in which a clerk fills them.
SHEETS = (
    WORK_RECORDS,
    LESSONS,
    LECTURES,
    MENTORSHIPS,
    ROUNDS,
    INSPECTIONS,
    BRIEFING_POINTS,
    REVIEWED_ITEMS,
    QUESTIONNAIRES,
    HOME_VISITS,
    FINDINGS,
    APPRAISALS,
    SCORES,
    HONOURS,
    DEEDS,
)

__all__ = ["SHEETS"]
