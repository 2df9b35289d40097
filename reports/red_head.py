"""版头 of a bureau: whether what it issues under a number is printed with a red head, and with whose name."""

from __future__ import annotations

from typing import Any

from assignments.access import insist_for_county
from assignments.models import District
from zhijiao.accounts import audit
from zhijiao.refusals import atomically


def set_red_head(county: District, name: str, *, by: Any) -> None:
    """Print `name` over documents that have a number; "" for none. What was issued before stays as it is."""
    with atomically():
        locked = District.objects.select_for_update(of=("self",)).get(pk=county.pk)
        insist_for_county(by, locked.pk, "setting.edit")
        if locked.red_head == name:
            return
        before, locked.red_head = locked.red_head, name
        locked.full_clean(validate_unique=False, validate_constraints=False)
        locked.save(update_fields=["red_head"])
        audit.record(by, "设置公文版头", locked, before={"版头": before}, after={"版头": name})
