"""What an inspector inspects: the teams they are in, and the schools of these teams, once the round is announced."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q

from assignments.models import scope
from assignments.models.scope import Inspected
from evaluations.choices import InspectionState, RoundState
from evaluations.models import Inspection, InspectionTeam


def inspected_by(user: Any) -> Inspected:
    """One query. A round opens nothing before it is announced, and nothing once it and all its inspections are closed."""
    left = Inspection.objects.filter(team=OuterRef("pk")).exclude(state=InspectionState.CLOSED)
    going = Q(round__state=RoundState.ANNOUNCED) | (Q(round__state=RoundState.CLOSED) & Exists(left))
    rows = InspectionTeam.objects.filter(going, members__user=user.pk)
    found = list(rows.values_list("pk", "inspections__school"))
    return Inspected(
        frozenset(team for team, _ in found), frozenset(school for _, school in found if school is not None)
    )


def connect() -> None:
    """Called while Django starts."""
    scope.inspected_by(inspected_by)
