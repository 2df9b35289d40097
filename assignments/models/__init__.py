"""Who goes where and when, and how they are looked after there."""

from assignments.models.aid import Activity, Donation
from assignments.models.calendar import PolicyRule, Programme, SchoolYear, Term
from assignments.models.care import CondolenceVisit, Difficulty, Provision
from assignments.models.closing import YearClosing
from assignments.models.distinct import DistinctPair
from assignments.models.organisation import (
    Incentive,
    LeadingGroup,
    Meeting,
    OutlookItem,
    PolicyDocument,
    Training,
)
from assignments.models.people import BackboneTitle, CorrectionRequest, Membership, Teacher
from assignments.models.places import District, School
from assignments.models.plan import (
    Allocation,
    Demand,
    DemandAnswer,
    DueRule,
    Exemption,
    Pairing,
    YearFacts,
    YearSchedule,
)
from assignments.models.secondments import (
    Application,
    Objection,
    Placement,
    PublicNotice,
    Secondment,
    SecondmentChange,
    StateChange,
    Team,
    TeamReport,
)
from assignments.models.service import AllowancePayment, AllowanceRate, AllowanceSheet, AttendanceMonth, Leave

__all__ = [
    "Activity",
    "Allocation",
    "AllowancePayment",
    "AllowanceRate",
    "AllowanceSheet",
    "Application",
    "AttendanceMonth",
    "BackboneTitle",
    "CondolenceVisit",
    "CorrectionRequest",
    "Demand",
    "DemandAnswer",
    "Difficulty",
    "DistinctPair",
    "District",
    "Donation",
    "DueRule",
    "Exemption",
    "Incentive",
    "LeadingGroup",
    "Leave",
    "Meeting",
    "Membership",
    "Objection",
    "OutlookItem",
    "Pairing",
    "Placement",
    "PolicyDocument",
    "PolicyRule",
    "Programme",
    "Provision",
    "PublicNotice",
    "School",
    "SchoolYear",
    "Secondment",
    "SecondmentChange",
    "StateChange",
    "Teacher",
    "Team",
    "TeamReport",
    "Term",
    "Training",
    "YearClosing",
    "YearFacts",
    "YearSchedule",
]
