"""Activities and donations: what a school did for another, line by line what was given."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from assignments import recording
from assignments.models import Activity, Donation
from assignments.recording import may_write
from zhijiao.accounts import audit
from zhijiao.attachments.storing import Examined
from zhijiao.refusals import Refused


def record_activity(values: dict[str, Any], *, by: Any, files: Iterable[Examined] = ()) -> Activity:
    """A new activity. It gets a number, by which a workbook tells which donations belong to it."""
    with transaction.atomic():
        activity: Activity = recording.create(Activity(), values, by=by, files=files)
        activity.code = f"网-{activity.pk}"
        activity.save(update_fields=["code"])
    return activity


def record_donation(
    values: dict[str, Any], *, by: Any, activity: Activity | None = None, files: Iterable[Examined] = ()
) -> Donation:
    """A new line of the ledger, alone or under an activity, from which it takes what it does not say itself."""
    if activity is None:
        return recording.create(Donation(), values, by=by, files=files)
    if not may_write(by, activity):
        raise Refused("捐赠明细由主办这次活动的学校或教育局登记")
    taken = Donation(county_id=activity.county_id, activity=activity, school_year=activity.school_year)
    return recording.create(taken, with_activity(values, activity), by=by, files=files)


def with_activity(values: dict[str, Any], activity: Activity) -> dict[str, Any]:
    """What the line leaves out is the activity's: the date, who gave, who was given to."""
    known = dict(values)
    if not known.get("when"):
        known["when"] = activity.when
    if not known.get("donor_school") and not known.get("donor"):
        known["donor_school"], known["donor"] = activity.school, activity.organiser
    if not known.get("receiving_school") and not known.get("receiving_party"):
        known["receiving_school"], known["receiving_party"] = activity.receiving_school, activity.receiving_party
    return known


def remove_donation(donation: Donation, *, by: Any, reason: str) -> None:
    """A line that was written by mistake. Everything that it said stays in the trail."""
    with transaction.atomic():
        locked = Donation.objects.select_for_update().filter(pk=donation.pk).first()
        if locked is None:
            return
        if not may_write(by, locked):
            raise Refused("这笔捐赠由登记它的学校或教育局修改")
        names = (
            "kind",
            "item",
            "quantity",
            "amount",
            "when",
            "donor_school",
            "donor",
            "receiving_school",
            "receiving_party",
        )
        before = {
            recording.label_of(Donation, name): told for name in names if (told := recording.told_value(locked, name))
        }
        audit.record(by, "删去捐赠", locked, before=before, reason=reason)
        locked.delete()
