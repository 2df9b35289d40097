"""What a person may do with what they can see. Scope is in `visible_to`; these are the verbs."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from assignments.access import reaches
from assignments.choices import BUREAU_ROLES, DistrictLevel, Role
from assignments.models import District, Secondment, Teacher
from assignments.models.scope import Access, memberships_of

# An inspector looks at schools, finance at days and amounts: neither needs to know what somebody suffers from.
KNOW_CIRCUMSTANCES = frozenset(BUREAU_ROLES) - {Role.INSPECTOR, Role.FINANCE}


def may_import(user: Any) -> bool:
    """teacher.import_xlsx: the bureau's officer. A school's own import comes with the school's own sheets."""
    return bool(Access.of(user).roles & {Role.OFFICER})


def counties_for_import(user: Any) -> QuerySet[District]:
    """The counties whose officer this person is."""
    if not may_import(user):
        return District.objects.none()
    access = Access.of(user)
    counties = District.objects.counties()
    return counties if access.everything else counties.filter(pk__in=access.districts)


def own_counties(user: Any) -> list[District]:
    """The counties in which the person has a role. They came with the roles, except those below a prefecture or province."""
    access = Access.of(user)
    counties = District.objects.counties().order_by("code", "name")
    if access.everything:
        return list(counties)
    known = {one.county.pk: one.county for one in memberships_of(user)}
    if any(county.level not in (DistrictLevel.COUNTY, DistrictLevel.TOWNSHIP) for county in known.values()):
        return list(counties.filter(pk__in=access.counties))
    own = [county for county in known.values() if county.level == DistrictLevel.COUNTY]
    return sorted(own, key=lambda county: (county.code, county.name))


def may_see_county(user: Any) -> bool:
    """stats.county and report.annual_summary: anybody with a role at the bureau."""
    access = Access.of(user)
    return access.everything or bool(access.districts)


def may_see_circumstances(user: Any, teacher: Teacher) -> bool:
    """Health, family, why somebody is exempt: the bureau's KNOW_CIRCUMSTANCES, the teacher's own school, the teacher."""
    access = Access.of(user)
    if access.everything or teacher.pk in access.teachers or teacher.school_id in access.schools:
        return True
    return teacher.county_id in access.districts and bool(access.roles & KNOW_CIRCUMSTANCES)


def may_see_leave_reasons(user: Any, secondment: Secondment) -> bool:
    """leave.view_reason: those who decide on the leave, at the receiving school and the bureau, and the teacher."""
    return reaches(user, "leave.view_reason", secondment)
