"""The sheets of the workbook that hold places, people, plans, secondments, service, care and aid."""

from assignments.sheets import county
from assignments.sheets.aid import ACTIVITIES, DONATIONS
from assignments.sheets.care import CONDOLENCES, DIFFICULTIES, PROVISIONS
from assignments.sheets.organisation import (
    DOCUMENTS,
    INCENTIVES,
    LEADING_GROUPS,
    MEETINGS,
    OUTLOOK,
    TRAININGS,
)
from assignments.sheets.people import BACKBONE_TITLES, TEACHERS
from assignments.sheets.places import SCHOOLS
from assignments.sheets.plan import ALLOCATIONS, DEMANDS, EXEMPTIONS, PAIRINGS, YEAR_FACTS
from assignments.sheets.rules import POLICY_RULES, PROGRAMMES
from assignments.sheets.secondments import (
    CHANGES,
    PLACEMENTS,
    PUBLIC_NOTICES,
    SECONDMENTS,
    TEAM_REPORTS,
    TEAMS,
)
from assignments.sheets.service import ALLOWANCES, ATTENDANCE, LEAVES, RATES

# In the order in which a clerk fills them.
SHEETS = (
    SCHOOLS,
    TEACHERS,
    BACKBONE_TITLES,
    YEAR_FACTS,
    PROGRAMMES,
    POLICY_RULES,
    LEADING_GROUPS,
    DOCUMENTS,
    MEETINGS,
    INCENTIVES,
    PAIRINGS,
    DEMANDS,
    ALLOCATIONS,
    EXEMPTIONS,
    TEAMS,
    SECONDMENTS,
    PLACEMENTS,
    CHANGES,
    PUBLIC_NOTICES,
    TEAM_REPORTS,
    ATTENDANCE,
    LEAVES,
    RATES,
    ALLOWANCES,
    PROVISIONS,
    DIFFICULTIES,
    CONDOLENCES,
    TRAININGS,
    ACTIVITIES,
    DONATIONS,
    OUTLOOK,
)

__all__ = ["SHEETS", "county"]
