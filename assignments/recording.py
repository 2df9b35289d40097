"""Records that a school makes of what it did: provision, condolence visits, activities, donations.

Written by the school that did it, or by the bureau; read by both schools concerned. Here is who may, and the one way in
which a record is made or changed: under a lock, told when somebody else was faster, with the trail.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from assignments.access import is_offered, may
from assignments.choices import Role
from assignments.models import Activity, CondolenceVisit, District, Donation, Provision, SchoolYear
from assignments.models.scope import Access
from zhijiao.accounts import audit
from zhijiao.attachments.forms import keep_all
from zhijiao.attachments.storing import Examined
from zhijiao.dates import ApproximateDate, Precision, school_year_of
from zhijiao.entry import changed_meanwhile
from zhijiao.refusals import Refused, atomically

PREPARING = dt.timedelta(days=31)  # what happens in August prepares, and belongs to, the year that begins in September
ACTIONS: dict[type[models.Model], str] = {
    Provision: "care.edit",
    CondolenceVisit: "care.edit",
    Activity: "activity.edit",
    Donation: "activity.edit",
}
# The school that did it. None: the bureau did, or somebody outside.
DOERS: dict[type[models.Model], Callable[[Any], int | None]] = {
    Provision: lambda row: row.school_id,
    CondolenceVisit: lambda row: row.visiting_school_id,
    Activity: lambda row: row.school_id,
    Donation: lambda row: row.donor_school_id or row.receiving_school_id,
}


@dataclass(frozen=True)
class Keeping:
    """How another app's records are kept: who writes, what follows from the rest, and the refusal in words."""

    may_write: Callable[[Any, Any], bool]
    place: Callable[[Any], None]
    refusal: str


_others: dict[type[models.Model], Keeping] = {}


def also_keeps(model: type[models.Model], keeping: Keeping) -> None:
    """Records of another app go the same way."""
    _others[model] = keeping


_NAMES = {
    "when": "日期",
    "visited": "慰问人数",
    "people": "参加人数",
    "received_quantity": "回赠数量",
    "quantity": "数量",
}


class ChangedMeanwhile(Exception):  # noqa: N818  # told to the person, who sees both
    """Somebody else changed the record after the form was opened. `row` is as it is now."""

    def __init__(self, row: models.Model) -> None:
        super().__init__("您打开这张表单以后，有人改过这条记录")
        self.row = row


# --- who --------------------------------------------------------------------------------------------------------------


def is_officer_of(user: Any, county_id: int | None) -> bool:
    """The bureau's officer, who writes for everybody in the county."""
    access = Access.of(user)
    return access.everything or (Role.OFFICER in access.roles and county_id in access.districts)


def may_write(user: Any, row: models.Model) -> bool:
    """The school that did it, or the bureau's officer; on a page nobody where the year is closed."""
    if type(row) in ACTIONS and not is_offered(ACTIONS[type(row)], row):
        return False
    if (keeping := _others.get(type(row))) is not None:
        return keeping.may_write(user, row)
    access = Access.of(user)
    if is_officer_of(user, row.county_id):  # type: ignore[attr-defined]
        return True
    return DOERS[type(row)](row) in access.schools and may(user, ACTIONS[type(row)])


def is_visible(user: Any, row: Any) -> bool:
    return type(row).objects.visible_to(user).filter(pk=row.pk).exists()


def county_of(user: Any) -> District | None:
    """The county for which the bureau's officer writes what no school did."""
    access = Access.of(user)
    counties = District.objects.counties()
    return (counties if access.everything else counties.filter(pk__in=access.districts)).order_by("pk").first()


# --- making and changing ----------------------------------------------------------------------------------------------


def create(row: Any, values: dict[str, Any], *, by: Any, files: Iterable[Examined] = ()) -> Any:
    """Save a new record with its files. Refused where it is not this person's to make; ValidationError where it cannot be."""
    with atomically():
        for name, value in values.items():
            setattr(row, name, value)
        _place(row, by)
        if not may_write(by, row):
            raise Refused(_refusal(row, "只能登记您所在学校做的事；别的学校做的，由那所学校或教育局登记"))
        row.full_clean()
        row.save()
        audit.record(by, f"登记{row._meta.verbose_name}", row, after=_told(row, values))
        keep_all(list(files), row, by=by)
    return row


def change(row: Any, values: dict[str, Any], *, by: Any, seen: str = "", files: Iterable[Examined] = ()) -> Any:
    """Change a record. ChangedMeanwhile where somebody was faster than the form with the fingerprint `seen`."""
    with atomically():
        locked = type(row).objects.select_for_update().get(pk=row.pk)
        if not may_write(by, locked):
            raise Refused(_refusal(locked, "这条记录由登记它的学校或教育局修改"))
        if changed_meanwhile(locked, values, seen):
            raise ChangedMeanwhile(locked)
        before = _told(locked, values)
        for name, value in values.items():
            setattr(locked, name, value)
        _place(locked, by)
        if not may_write(by, locked):
            raise Refused(_refusal(locked, "不能把记录改到别的学校名下；请那所学校或教育局登记"))
        locked.full_clean()
        locked.save()
        after = _told(locked, values)
        if changed := [name for name in after | before if before.get(name) != after.get(name)]:
            audit.record(
                by, f"修改{row._meta.verbose_name}", locked,
                before={name: before.get(name, "") for name in changed}, after={name: after.get(name, "") for name in changed},
            )  # fmt: skip
        keep_all(list(files), locked, by=by)
    return locked


def _refusal(row: models.Model, words: str) -> str:
    keeping = _others.get(type(row))
    return keeping.refusal if keeping else words


def _place(row: Any, by: Any) -> None:
    """The county is that of the school that did it, else that of the officer; the school year follows from the date."""
    if (keeping := _others.get(type(row))) is not None:
        keeping.place(row)
        return
    doer = _doing_school(row)
    if doer is not None:
        row.county_id = doer.county_id
    elif row.county_id is None:
        county = county_of(by)
        if county is None:
            raise Refused("没有写是哪所学校做的；局里做的事由教育局登记")
        row.county = county
    if hasattr(row, "when") and (year := year_of(row.when)):
        row.school_year = year


def _doing_school(row: Any) -> Any:
    match row:
        case Provision():
            return row.school
        case CondolenceVisit():
            return row.visiting_school
        case Activity():
            return row.school
    return row.donor_school or row.receiving_school


def year_of(when: ApproximateDate) -> SchoolYear | None:
    """The school year of a date that is known well enough."""
    if when.start is None or when.precision == Precision.YEAR:
        return None
    day = when.start if when.precision == Precision.SCHOOL_YEAR else when.start + PREPARING
    first = school_year_of(day)
    return SchoolYear.objects.named(f"{first}-{first + 1}")


# --- telling ----------------------------------------------------------------------------------------------------------


def label_of(model: type[models.Model], name: str) -> str:
    """What a value is called: 慰问时机, 日期."""
    try:
        return str(model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    except FieldDoesNotExist:
        return _NAMES[name]


def told_value(row: Any, name: str) -> str:
    """A value as people read it; "" where there is none."""
    display = getattr(row, f"get_{name}_display", None)
    value = display() if display else getattr(row, name)
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(map(str, value))
    return str(value)


def _told(row: Any, names: Iterable[str]) -> dict[str, str]:
    return {label_of(type(row), name): told for name in names if (told := told_value(row, name))}
