"""What a person may do with what they can see. Scope is in `visible_to`; these are the verbs."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from assignments.choices import BUREAU_ROLES, Role
from assignments.models import District, Secondment, Teacher
from assignments.models.scope import Access


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


def may_see_county(user: Any) -> bool:
    """stats.county and report.annual_summary: anybody with a role at the bureau."""
    access = Access.of(user)
    return access.everything or bool(access.districts)


def may_see_circumstances(user: Any, teacher: Teacher) -> bool:
    """Health, family, bank card: the bureau (an inspector excepted), the teacher's own school, the teacher."""
    access = Access.of(user)
    if access.everything or teacher.pk in access.teachers or teacher.school_id in access.schools:
        return True
    return teacher.county_id in access.districts and bool(access.roles & (set(BUREAU_ROLES) - {Role.INSPECTOR}))


def may_see_leave_reasons(user: Any, secondment: Secondment) -> bool:
    """leave.view_reason: those who decide on the leave, at the receiving school and the bureau, and the teacher."""
    access = Access.of(user)
    if access.everything or secondment.teacher_id in access.teachers:
        return True
    if secondment.county_id in access.districts and Role.OFFICER in access.roles:
        return True
    return any(placement.receiving_school_id in access.schools for placement in secondment.placements.all())
