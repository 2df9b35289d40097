"""With whose eyes a report is counted: the same for everybody who writes or reads it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from assignments.choices import Role
from assignments.models import District, School
from assignments.models.scope import Access
from assignments.periods import Period
from reports.figures import Asked, Viewpoint
from reports.figures.asked import Side


class HeadOfSchool:
    """A school's report is counted with what its own head may see, whoever reads or writes it just now."""

    is_authenticated = is_active = True
    is_superuser = False

    def __init__(self, school: School) -> None:
        below = frozenset(School.objects.with_those_below(school).values_list("pk", flat=True))
        roles, counties = frozenset({Role.PRINCIPAL.value}), frozenset({school.county_id})
        self._access = (timezone.localdate(), Access(schools=below, roles=roles, counties=counties))
        self.memberships_of_today: list[Any] = []


def asked_of_school(school: School, period: Period, side: Side | None = None) -> Asked:
    return Asked(period, Viewpoint(school.county, school, side, user=HeadOfSchool(school)))


def asked_of_bureau(county: District, period: Period) -> Asked:
    return Asked(period, Viewpoint(county))
