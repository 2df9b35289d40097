"""Not the same person, not the same school: the answer to a pair that was pointed out, given once, kept, and taken back."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from assignments.access import has_on
from assignments.choices import DistinctKind
from assignments.models import DistinctPair, School, Teacher
from zhijiao.accounts import audit
from zhijiao.refusals import Refused, WordsNeeded

SAID = {DistinctKind.TEACHER: "不是同一个人", DistinctKind.SCHOOL: "不是同一所学校"}
_MODELS: dict[DistinctKind, Any] = {DistinctKind.TEACHER: Teacher, DistinctKind.SCHOOL: School}


def kind_of(row: Any) -> DistinctKind:
    return DistinctKind.TEACHER if isinstance(row, Teacher) else DistinctKind.SCHOOL


def told_apart(kind: DistinctKind, keys: set[int]) -> set[tuple[int, int]]:
    """The pairs among these records of which somebody said that they are two."""
    rows = DistinctPair.objects.filter(kind=kind, low__in=keys, high__in=keys)
    return set(rows.values_list("low", "high"))


def why_told_apart(one: Any, other: Any) -> DistinctPair | None:
    """What somebody said of these two, so that who merges them after all reads it first."""
    low, high = DistinctPair.key_of(one, other)
    rows = DistinctPair.objects.filter(kind=kind_of(one), low=low, high=high)
    return rows.select_related("said_by").first()


@transaction.atomic
def tell_apart(one: Any, other: Any, *, by: Any, reason: str) -> DistinctPair:
    """They are two, and are not pointed out again. Said a second time it changes nothing."""
    kind = kind_of(one)
    low, high = DistinctPair.key_of(one, other)
    rows = list(_MODELS[kind].objects.select_for_update().filter(pk__in=[low, high]).order_by("pk"))
    if len(rows) != 2 or any(row.merged_into_id for row in rows):
        raise Refused("其中一条已经并入别的记录，请从“可能重复”重新打开")
    if not reason.strip():
        raise WordsNeeded(f"请写一句为什么{SAID[kind]}，以后别人看得到")
    pair, is_new = DistinctPair.objects.get_or_create(
        kind=kind,
        low=low,
        high=high,
        defaults={"county_id": rows[0].county_id, "reason": reason.strip(), "said_by": by},
    )
    if is_new:
        for row, two in zip(rows, reversed(rows), strict=True):
            audit.record(by, f"认定{SAID[kind]}", row, after={"另一条": _named(two)}, reason=reason.strip())
    return pair


@transaction.atomic
def take_back(pair: DistinctPair, *, by: Any) -> None:
    """Said by mistake: the two are compared again."""
    kind = DistinctKind(pair.kind)
    pair = DistinctPair.objects.select_for_update(of=("self",)).get(pk=pair.pk)
    rows = list(_MODELS[kind].objects.filter(pk__in=[pair.low, pair.high]).order_by("pk"))
    if not all(has_on(by, f"{kind.value}.merge", row) for row in rows):
        raise Refused("这两条不都在您可以合并的范围里")
    pair.delete()
    for row, two in zip(rows, reversed(rows), strict=True):
        audit.record(by, f"取消认定{SAID[kind]}", row, before={"另一条": _named(two), "依据": pair.reason})


def follow_merge(keep: Any, drop: Any) -> None:
    """What was said of the one that went is said of the one that stays; of the two themselves it was wrong."""
    rows = DistinctPair.objects.filter(kind=kind_of(keep))
    for pair in [*rows.filter(low=drop.pk), *rows.filter(high=drop.pk)]:
        third = pair.high if pair.low == drop.pk else pair.low
        if third != keep.pk:
            low, high = min(keep.pk, third), max(keep.pk, third)
            told = {
                "county_id": pair.county_id,
                "reason": pair.reason,
                "said_by": pair.said_by,
                "said_at": pair.said_at,
            }
            DistinctPair.objects.get_or_create(kind=pair.kind, low=low, high=high, defaults=told)
        pair.delete()


def _named(row: Any) -> str:
    return f"{row.name}（编号 {row.pk}）"
