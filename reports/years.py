"""To which school year reports belong, and what of them is missing when a year is closed."""

from __future__ import annotations

from django.urls import reverse

from assignments import closing
from assignments.models import District, SchoolYear
from reports.living.telling import owing
from reports.models import (
    FrozenFigure,
    FrozenRecord,
    IssuedFile,
    Passage,
    PassageVersion,
    Report,
    ReportCall,
    ReportPoint,
    ReportState,
)


def connect() -> None:
    """Registers with the guard of closed years."""
    closing.belongs(Report, "period")
    closing.belongs(ReportCall, "period")
    closing.belongs(Passage, "report")
    closing.belongs(PassageVersion, "passage")
    for model in (FrozenFigure, FrozenRecord, IssuedFile, ReportPoint):
        closing.belongs(model, "report")
    closing.check("学校总结没有上报", _not_handed_in)
    closing.check("县里的总结没有印发", _not_issued)


def _not_handed_in(county: District, year: SchoolYear) -> tuple[int, str]:
    call = ReportCall.objects.filter(county=county, period=year.code).first()
    return (len(owing(call)) if call else 0), reverse("reports:index") + f"?period={year.code}"


def _not_issued(county: District, year: SchoolYear) -> tuple[int, str]:
    issued = Report.objects.filter(county=county, school=None, period=year.code, state=ReportState.ISSUED)
    return int(not issued.exists()), reverse("reports:index") + f"?period={year.code}"
