"""Who goes where and when, and how they are looked after there."""

from assignments.models.aid import Activity, Donation
from assignments.models.calendar import PolicyRule, Programme, SchoolYear, Term
from assignments.models.care import CondolenceVisit, Difficulty, Provision
from assignments.models.organisation import (
    Incentive,
    LeadingGroup,
    Meeting,
    OutlookItem,
    PolicyDocument,
    Training,
)
from assignments.models.people import BackboneTitle, Membership, Teacher
from assignments.models.places import District, School
from assignments.models.plan import Allocation, Demand, Exemption, Pairing, YearFacts
from assignments.models.secondments import (
    Application,
    Placement,
    PublicNotice,
    Secondment,
    SecondmentChange,
    Team,
    TeamReport,
)
from assignments.models.service import AllowancePayment, AttendanceMonth, Leave

__all__ = [
    "Activity",
    "Allocation",
    "AllowancePayment",
    "Application",
    "AttendanceMonth",
    "BackboneTitle",
    "CondolenceVisit",
    "Demand",
    "Difficulty",
    "District",
    "Donation",
    "Exemption",
    "Incentive",
    "LeadingGroup",
    "Leave",
    "Meeting",
    "Membership",
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
    "Teacher",
    "Team",
    "TeamReport",
    "Term",
    "Training",
    "YearFacts",
]
