"""To which school year reports belong, and what of them is missing when a year is closed."""

from __future__ import annotations

from assignments import closing
from reports.models import FrozenFigure, FrozenRecord, IssuedFile, Passage, PassageVersion, Report, ReportCall


def connect() -> None:
    """Registers with the guard of closed years."""
    closing.belongs(Report, "period")
    closing.belongs(ReportCall, "period")
    closing.belongs(Passage, "report")
    closing.belongs(PassageVersion, "passage")
    for model in (FrozenFigure, FrozenRecord, IssuedFile):
        closing.belongs(model, "report")
