"""One screen: which subjects are short, what is late, how far the inspections are, how satisfied people are, what is unsolved."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from assignments import owing
from assignments.access import may
from assignments.choices import SecondmentState
from assignments.models import Difficulty, Secondment
from assignments.owing import Asking, Owed
from evaluations import feedback
from reports import figures
from reports.figures import Asked, Counted
from reports.glance.counting import ask_together, named

KEYS = (
    "seconded", "receiving_schools", "receiving_inspected", "inspections", "problems_found", "problems_rectified", "questionnaires_valid",
    "satisfaction_asked", "difficulties", "difficulties_resolved", "difficulties_open", "town_to_village", "exchanged",
)  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """How many were asked for and how many came."""

    name: str
    demanded: Counted | None
    placed: Counted | None
    scale: int = 1

    @property
    def asked(self) -> int:
        return int(self.demanded.value) if self.demanded else 0

    @property
    def came(self) -> int:
        return int(self.placed.value) if self.placed else 0

    @property
    def short(self) -> int:
        return max(0, self.asked - self.came)

    @property
    def bar(self) -> str:
        return f"{min(self.came, self.asked) * 100 / self.scale:.1f}%"

    @property
    def tick(self) -> str:
        return f"{self.asked * 100 / self.scale:.1f}%"


@dataclass(frozen=True)
class Late:
    """Something that is overdue, and the list of it."""

    label: str
    number: int
    unit: str
    url: str


@dataclass
class Now:
    """Everything on the screen; each number is a figure or has its list."""

    asked: Asked
    told: dict[str, Counted]
    subjects: list[Subject] = field(default_factory=list)
    late: list[Late] = field(default_factory=list)
    owed: list[Owed] = field(default_factory=list)

    @property
    def short(self) -> list[Subject]:
        return [subject for subject in self.subjects if subject.short]

    @property
    def missing(self) -> int:
        return sum(subject.short for subject in self.subjects)

    @property
    def not_inspected(self) -> int:
        return max(0, int(self.told["receiving_schools"].value) - int(self.told["receiving_inspected"].value))

    @property
    def inspected_bar(self) -> str:
        whole = int(self.told["receiving_schools"].value)
        return f"{int(self.told['receiving_inspected'].value) * 100 / whole:.1f}%" if whole else "0%"

    @property
    def satisfaction_is_known(self) -> bool:
        """Only where enough answered for it to be told."""
        return bool(self.told["satisfaction_asked"].value)

    @property
    def what_is_late(self) -> list[Late]:
        return [one for one in self.late if one.number]

    @property
    def not_handed_in(self) -> list[Owed]:
        return [one for one in self.owed if one.missing]


def now(asked: Asked, today: dt.date, user: Any) -> Now:
    """In a number of questions that does not depend on how much is recorded."""
    numbers = ask_together(KEYS, asked, _late(asked, today, user))
    told = {key: figures.value(key, asked) for key in (*KEYS, "satisfaction")}
    made = Now(asked, told, _subjects(asked), _late_told(asked, numbers.counted))
    if asked.viewpoint.is_county and asked.period.start <= today <= asked.period.end:
        made.owed = owing.owed(Asking(asked.viewpoint.county, today, user))
    return made


def _subjects(asked: Asked) -> list[Subject]:
    """Those that are shortest first; what nobody asked for is left out."""
    demanded = {name: counted for name, counted in figures.breakdown("demanded", asked, "subject") if name}
    placed = dict(figures.breakdown("received" if not asked.viewpoint.is_county else "seconded", asked, "subject"))
    scale = max((int(counted.value) for counted in demanded.values()), default=1) or 1
    told = [Subject(name, counted, placed.get(name), scale) for name, counted in demanded.items()]
    return sorted(told, key=lambda one: (-one.short, -one.asked, one.name))


def _late(asked: Asked, today: dt.date, user: Any) -> list[Any]:
    view, period = asked.viewpoint, asked.period
    overdue = view.rows(Secondment).filter(state=SecondmentState.OVERDUE).in_period(period)  # type: ignore[attr-defined]
    settled = view.rows(Difficulty).in_period(period).open().filter(due_on__lt=today)  # type: ignore[attr-defined]
    parts = [("overdue", overdue), ("difficulties", settled)]
    if may(user, "finding.view"):
        findings = feedback.findings_for(user).filter(county=view.county).late(today)
        if not view.is_county:
            findings = findings.filter(inspection__school__in=view.schools)
        parts.append(("findings", findings))
    return [named(_bare(rows), f"counted|late|{name}", "county", Count("pk")) for name, rows in parts]


def _bare(rows: Any) -> Any:
    return rows.model._default_manager.filter(pk__in=rows.order_by().values("pk"))


def _late_told(asked: Asked, counted: Any) -> list[Late]:
    year = asked.period.school_year
    kinds = (
        ("overdue", "逾期未报到", "人", "assignments:secondment_list", {"view": "overdue", "year": year}),
        ("difficulties", "困难诉求过了办理期限", "件", "assignments:difficulty_list", {"view": "late", "year": year}),
        ("findings", "整改过了期限", "条", "evaluations:rectification_list", {"overdue": "true"}),
    )
    county = asked.viewpoint.county.pk
    return [
        Late(label, int(counted["late", key].get(county, 0)), unit, f"{reverse(page)}?{urlencode(query)}")
        for key, label, unit, page, query in kinds
    ]
