"""What the teachers on post teach: subject, classes, periods a week, and where they live. Told by the receiving school."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from assignments.access import NOT_YOURS, cells, within
from assignments.choices import SecondmentState as State
from assignments.models import Placement, School
from assignments.models.scope import Access
from zhijiao.accounts import audit
from zhijiao.entry import changed_meanwhile
from zhijiao.refusals import Refused, atomically

TAUGHT = (
    "subject", "other_subjects", "grade", "class_count", "pupils", "weekly_periods", "is_class_head", "lodging",
)  # fmt: skip
HERE = (State.DISPATCHED, State.ON_POST, State.APPRAISED)


def placements_of(user: Any, day: dt.date) -> QuerySet[Placement]:
    """The placements of today and to come whose timetable this person enters."""
    access = Access.of(user)
    rows = within(Placement.objects.all(), user, "timetable.edit").filter(
        Q(end=None) | Q(end__gte=day), secondment__state__in=HERE, secondment__end__gte=day
    )
    of_bureau = any(cell.scope == "A" for cell in cells(user, "timetable.edit"))
    if not access.everything and not of_bureau:
        rows = rows.filter(receiving_school__in=access.schools)
    return rows.select_related("secondment__teacher", "receiving_school").order_by("secondment__teacher__name", "pk")


def schools_of(user: Any, day: dt.date) -> QuerySet[School]:
    return School.objects.filter(pk__in=placements_of(user, day).order_by().values("receiving_school")).order_by("name")


@dataclass(frozen=True)
class Load:
    """What was typed for one placement, and the fingerprint of what was shown."""

    placement: int
    values: dict[str, Any]
    seen: str = ""


class ChangedMeanwhile(Refused):
    """Somebody else wrote in between. `theirs`: how the placements stand now."""

    def __init__(self, theirs: list[Placement]) -> None:
        names = "、".join(str(one.secondment.teacher) for one in theirs)
        super().__init__(f"您填写的时候，别人也改了{names}的任课")
        self.theirs = theirs


@atomically()
def enter(loads: Iterable[Load], *, by: Any) -> int:
    """Store what was typed, all of it or nothing. Returns for how many teachers something changed."""
    typed = {load.placement: load for load in loads}
    if placements_of(by, timezone.localdate()).filter(pk__in=typed).count() != len(typed):
        raise Refused(NOT_YOURS)
    rows = {
        row.pk: row
        for row in Placement.objects.select_for_update(of=("self",))
        .select_related("secondment__teacher")
        .filter(pk__in=typed)
        .order_by("pk")
    }
    stale = [row for key, row in rows.items() if changed_meanwhile(row, TAUGHT, typed[key].seen)]
    differing = [row for row in stale if any(getattr(row, name) != typed[row.pk].values[name] for name in TAUGHT)]
    if differing:
        raise ChangedMeanwhile(differing)
    number = 0
    for key, row in rows.items():
        before = {name: getattr(row, name) for name in TAUGHT}
        if before == typed[key].values:
            continue
        changed = [name for name in TAUGHT if before[name] != typed[key].values[name]]
        for name in changed:
            setattr(row, name, typed[key].values[name])
        row.save(update_fields=changed)
        audit.record(
            by, "登记任课", row, before=_told(row, before, changed), after=_told(row, typed[key].values, changed)
        )
        number += 1
    return number


def label(name: str) -> str:
    """What a field of a placement is called."""
    field: Any = Placement._meta.get_field(name)
    return str(field.verbose_name)


def _told(row: Placement, values: dict[str, Any], names: list[str]) -> dict[str, str]:
    told = {label(name): values[name] for name in names}
    return {"教师": str(row.secondment.teacher)} | {
        name: "、".join(value) if isinstance(value, list) else "" if value is None else str(value)
        for name, value in told.items()
    }
