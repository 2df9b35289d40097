"""The bureau writes its own words for a kind of notice, or goes back to those that came with the product."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from zhijiao.accounts import audit
from zhijiao.accounts.models import User
from zhijiao.notices.kinds import Kind
from zhijiao.notices.models import NoticeTemplate
from zhijiao.notices.sending import words


@transaction.atomic
def write(kind: Kind, county: Any, *, title: str, text: str, by: User) -> bool:
    """From now on notices of this kind say this in the county. False where nothing changed."""
    before = words(kind, county)
    if before == (title, text):
        return False
    row, _ = NoticeTemplate.objects.update_or_create(
        county_id=county.pk,
        kind=kind.name,
        defaults={"title": title, "text": text, "by_name": str(by), "at": timezone.now()},
    )
    _record(by, "修改通知用语", row, before, (title, text))
    return True


@transaction.atomic
def restore(kind: Kind, county: Any, *, by: User) -> bool:
    """Back to the words that came with the product. False where they stood already."""
    row = NoticeTemplate.objects.select_for_update().filter(county_id=county.pk, kind=kind.name).first()
    if row is None:
        return False
    _record(by, "恢复通知用语", row, (row.title, row.text), (kind.title, kind.text))
    row.delete()
    return True


def _record(by: User, verb: str, row: NoticeTemplate, before: tuple[str, str], after: tuple[str, str]) -> None:
    def told(pair: tuple[str, str]) -> dict[str, str]:
        return {"标题": pair[0], "内容": pair[1]}

    audit.record(by, verb, row, before=told(before), after=told(after))
