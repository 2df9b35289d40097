"""考核办法: a county copies a ready-made one or writes its own, changes it while it is unused, and afterwards makes a new version.

A rubric may be kept while it is not finished, as a draft; it can be used once nothing in it contradicts itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Max, Q

from assignments.access import may
from assignments.models.scope import Access
from evaluations import facts
from evaluations.choices import Grade, ItemKind, QuotaGroup
from evaluations.models import GradeThreshold, Rubric, RubricItem
from evaluations.scoring import Item, Threshold, check_rubric, holes
from zhijiao.accounts import audit
from zhijiao.refusals import Refused, atomically

MOST_ITEMS = 30
FIELDS = ("name", "basis", "remark", "quota_percent", "quota_group")
CHANGED = "您打开以后，这个办法有人改过或用过了；请另开一页看看现在的样子，再决定交不交"
OWN = "own"  # the key of one that is no copy begins so


@dataclass(frozen=True)
class Content:
    """A whole rubric as it is to be."""

    name: str
    items: tuple[Item, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    basis: str = ""
    remark: str = ""
    quota_percent: Decimal | None = None
    quota_group: str = QuotaGroup.COUNTY

    def fields(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in FIELDS}


# --- from the rows to what is scored -------------------------------------------------------------------------------------


def item_of(row: RubricItem) -> Item:
    """One line as `evaluations.scoring` takes it."""
    return Item(row.name, row.kind, row.maximum, row.rule, row.section, row.fact, row.words)


def items_of(rubric: Rubric) -> list[Item]:
    """All lines in their order."""
    return [item_of(row) for row in sorted(rubric.items.all(), key=lambda row: (row.number, row.pk))]


def thresholds_of(rubric: Rubric) -> list[Threshold]:
    """The grades, the best first."""
    rows = sorted(rubric.thresholds.all(), key=lambda row: row.lowest, reverse=True)
    return [Threshold(row.grade, row.lowest, row.highest) for row in rows]


def seen_of(rubric: Rubric) -> str:
    """Equal as long as nothing of it changed; for two people who change it at once."""
    told = repr((content_of(rubric), rubric.version, rubric.is_frozen, rubric.is_retired))
    return hashlib.sha256(f"{rubric.pk}:{told}".encode()).hexdigest()[:32]


def content_of(rubric: Rubric) -> Content:
    """The rubric as it stands."""
    fields: dict[str, Any] = {name: getattr(rubric, name) for name in FIELDS}
    return Content(items=tuple(items_of(rubric)), thresholds=tuple(thresholds_of(rubric)), **fields)


# --- which there are, and whether they hold ------------------------------------------------------------------------------


def whole(rows: Any) -> Any:
    """The same rubrics with their lines and grades, in two more questions however many they are."""
    return rows.prefetch_related("items", "thresholds")


def usable(user: Any) -> list[Rubric]:
    """Those by which somebody can be appraised: the county's own and the ready-made, not retired, without a fault."""
    rows = whole(Rubric.objects.visible_to(user).filter(is_retired=False))
    own_first = sorted(rows, key=lambda row: (row.county_id is None, row.name, -row.version))
    return [row for row in own_first if not why_not_used(row)]


def problems_of(content: Content) -> list[str]:
    """Why nobody can be appraised by it yet, each with its place."""
    unfitting = [words for item in content.items if (words := facts.why_not_fitting(item))]
    return check_rubric(content.items, content.thresholds) + unfitting


def gaps_of(content: Content) -> list[str]:
    """What a table of bands leaves open, as real ones do: there a person decides. It does not stand in the way."""
    return [
        f"“{item.name}”没有写{'；'.join(found)}怎么算，遇到时由人定分并写明依据"
        for item in content.items
        if item.kind == ItemKind.BANDS and (found := holes(item))
    ]


def why_not_used(rubric: Rubric) -> str:
    """Why nobody can be appraised by it; empty: they can."""
    if rubric.is_retired:
        return f"“{rubric}”已经停用"
    found = problems_of(content_of(rubric))
    return f"“{rubric}”还不能用：{'；'.join(found)}" if found else ""


def faults_of(content: Content) -> list[str]:
    """What cannot even be kept as a draft."""
    faults = []
    if len(content.items) > MOST_ITEMS:
        faults.append(f"有 {len(content.items)} 个项目，最多 {MOST_ITEMS} 个")
    faults += [f"第 {place} 项“{name}”和前面的项目同名" for place, name in _repeated(one.name for one in content.items)]
    faults += [f"“{Grade(grade).label}”有两条分数线" for _, grade in _repeated(one.grade for one in content.thresholds)]
    faults += [
        f"“{Grade(one.grade).label}”的分数线：从 {one.lowest} 到 {one.highest}，上限低于下限"
        for one in content.thresholds
        if one.highest < one.lowest
    ]
    return faults


def _repeated(names: Iterable[str]) -> list[tuple[int, str]]:
    known: set[str] = set()
    found = []
    for place, name in enumerate(names, 1):
        if name in known:
            found.append((place, name))
        known.add(name)
    return found


# --- what somebody does with them ----------------------------------------------------------------------------------------


def why_not_defined(user: Any, county_id: int | None) -> str:
    """Why this person does not write this county's rubrics; empty: they do."""
    access = Access.of(user)
    if not may(user, "rubric.define") or county_id is None:
        return "考核办法由教育局制定；现成的办法先复制一份，再改"
    return "" if access.everything or county_id in access.districts else "考核办法由本县教育局制定"


@atomically()
def create(name: str, *, county: Any, by: Any) -> Rubric:
    """An empty one, to be written."""
    _ask(by, county.pk)
    if not name.strip():
        raise Refused("请写考核办法的名称")
    known = Rubric.objects.filter(county=county, key__startswith=f"{OWN}-").values_list("key", flat=True)
    numbers = [int(tail) for key in known if (tail := key.removeprefix(f"{OWN}-")).isdigit()]
    made = Rubric.objects.create(county=county, key=f"{OWN}-{max(numbers, default=0) + 1}", name=name.strip())
    audit.record(by, "新建考核办法", made)
    return made


@atomically()
def copy(rubric: Rubric, *, county: Any, by: Any) -> Rubric:
    """The county's own copy, which can be changed. A county that has one already gets its next version."""
    _ask(by, county.pk)
    made = Rubric(county=county, key=rubric.key, version=_next(county.pk, rubric.key))
    _write(made, content_of(rubric))
    audit.record(by, "复制考核办法", made, after={"来自": str(rubric), "版本": made.version})
    return made


@atomically()
def rewrite(rubric: Rubric, content: Content, *, by: Any, as_draft: bool = False, seen: str = "") -> Rubric:
    """The rubric with this content. One that was used stays as it was, and a new version is made, which takes its place.

    `as_draft` keeps what is not finished; it cannot be used until it is. `seen`: what the person saw of it (`seen_of`).
    """
    locked = _locked(rubric)
    _ask(by, locked.county_id)
    if seen and seen != seen_of(locked):
        raise Refused(CHANGED)
    if locked.is_retired:
        raise Refused("这一版已经停用，请改新版")
    faults = faults_of(content) + ([] if as_draft and not locked.is_frozen else problems_of(content))
    if faults:
        raise Refused("；".join(faults))
    if not locked.is_frozen:
        locked.items.all().delete()
        locked.thresholds.all().delete()
        _write(locked, content)
        audit.record(by, "修改考核办法", locked, after={"项目数": len(content.items)})
        return locked
    made = Rubric(county_id=locked.county_id, key=locked.key, version=_next(locked.county_id, locked.key))
    _write(made, content)
    Rubric.objects.filter(pk=locked.pk).update(is_retired=True)
    audit.record(by, "考核办法出新版", made, before={"版本": locked.version}, after={"版本": made.version})
    return made


@atomically()
def retire(rubric: Rubric, *, by: Any) -> None:
    """Offered no more; what was appraised by it stays."""
    locked = _locked(rubric)
    _ask(by, locked.county_id)
    if locked.is_retired:
        raise Refused("这个考核办法已经停用")
    locked.is_retired = True
    locked.save(update_fields=["is_retired"])
    audit.record(by, "停用考核办法", locked)


@atomically()
def freeze(rubric: Rubric, *, by: Any) -> Rubric:
    """Somebody is appraised by it from now on, so it stays as it is. Whoever calls has asked whether `by` may appraise."""
    locked = _locked(rubric)
    if locked.is_frozen and not locked.is_retired:
        return locked
    if why_not := why_not_used(locked):
        raise Refused(why_not)
    locked.is_frozen = True
    locked.save(update_fields=["is_frozen"])
    audit.record(by, "启用考核办法", locked)
    return locked


def _ask(by: Any, county_id: int | None) -> None:
    if why_not := why_not_defined(by, county_id):
        raise Refused(why_not)


def _locked(rubric: Rubric) -> Rubric:
    return Rubric.objects.select_for_update(of=("self",)).get(pk=rubric.pk)


def _next(county_id: int | None, key: str) -> int:
    known = Rubric.objects.filter(county=county_id, key=key).aggregate(n=Max("version"))["n"]
    return int(known or 0) + 1


def _write(row: Rubric, content: Content) -> None:
    for name, value in content.fields().items():
        setattr(row, name, value)
    row.save()
    RubricItem.objects.bulk_create(
        RubricItem(
            county_id=row.county_id, rubric=row, number=number, section=item.section, name=item.name, kind=item.kind,
            maximum=item.maximum, rule=dict(item.rule), fact=item.fact, words=item.words,
        )
        for number, item in enumerate(content.items, 1)
    )  # fmt: skip
    GradeThreshold.objects.bulk_create(
        GradeThreshold(county_id=row.county_id, rubric=row, grade=line.grade, lowest=line.lowest, highest=line.highest)
        for line in content.thresholds
    )


def versions_of(rubric: Rubric) -> Any:
    """The other versions of the same rubric, the newest first."""
    same = Q(county=rubric.county_id) if rubric.county_id else Q(county=None)
    return Rubric.objects.filter(same, key=rubric.key).exclude(pk=rubric.pk).order_by("-version")
