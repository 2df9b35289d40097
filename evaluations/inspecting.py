"""What an inspector inspects: the teams they are in, and the schools of these teams, as long as the round is announced."""

from __future__ import annotations

from typing import Any

from assignments.models import scope
from assignments.models.scope import Inspected
from evaluations.choices import RoundState
from evaluations.models import InspectionTeam


def inspected_by(user: Any) -> Inspected:
    """One query. A round that is not announced yet, or closed again, opens nothing."""
    rows = InspectionTeam.objects.filter(members__user=user.pk, round__state=RoundState.ANNOUNCED)
    found = list(rows.values_list("pk", "inspections__school"))
    return Inspected(
        frozenset(team for team, _ in found), frozenset(school for _, school in found if school is not None)
    )


def connect() -> None:
    """Called while Django starts."""
    scope.inspected_by(inspected_by)
