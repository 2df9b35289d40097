"""What dates do by themselves in this app: the steps of `manage.py run_daily`."""

from __future__ import annotations

import datetime as dt

from evaluations.choices import InspectionState, RoundState
from evaluations.models import Inspection
from evaluations.telling.inspections import tell_of_inspection
from zhijiao import daily
from zhijiao.working_days import add_working_days

NEAR = 3  # working days before an inspection


def register() -> None:
    """Makes the steps known. Called while Django starts."""
    daily.register("督导检查临近", tell_inspections_near)


def tell_inspections_near(today: dt.date) -> int:
    """Once for each day that an inspection was ever put on; a day that was moved is told again."""
    rows = Inspection.objects.filter(
        round__state=RoundState.ANNOUNCED, state=InspectionState.PLANNED, start__gte=today, start__lte=add_working_days(today, NEAR)
    ).select_related("school", "team", "round")  # fmt: skip
    return sum(
        tell_of_inspection("inspection_near", row, key=f"near:{row.pk}:{row.start}") for row in rows.order_by("pk")
    )
