"""Two records of one teacher, or of one school, become one: everything that points to the second points to the first.

The second is kept, marked as merged, so that the trail still has its subject; lists, choices and search leave it out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models, transaction
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from assignments import distinct
from assignments.models import Placement, School, Secondment, Teacher
from assignments.pinyin import set_readings
from assignments.triggers import NOT_GOING, TOLERANCE_DAYS
from zhijiao.accounts import audit
from zhijiao.accounts.models import AuditEntry
from zhijiao.dates import Precision, told
from zhijiao.refusals import Refused

KEEP, DROP = "keep", "drop"
NAMED = 5  # rows that a refusal names
# What is never chosen: it belongs to the row itself, or is worked out from the rest.
_FIXED = {
    "id", "county", "user", "merged_into", "initials", "pinyin", "id_number_hash", "bank_card_hash", "aliases",
}  # fmt: skip
# Shown as a mask, and only named in the trail.
_PRIVATE = {"id_number", "bank_card", "phone", "emergency_contact", "health", "family"}


# --- the two, side by side -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """One field in which they differ, as people read it."""

    name: str
    label: str
    keep: str
    drop: str
    chosen: str  # KEEP or DROP


def differences(keep: Any, drop: Any, choices: Mapping[str, str] | None = None) -> list[Difference]:
    """What differs. Chosen beforehand is what stands in the one that is kept, and where it is empty the other."""
    found = []
    for one in _choosable(type(keep)):
        mine, other = getattr(keep, one.attname), getattr(drop, one.attname)
        if mine != other:
            usual = KEEP if mine not in (None, "") else DROP
            chosen = (choices or {}).get(one.name, usual)
            found.append(Difference(one.name, str(one.verbose_name), _told(keep, one), _told(drop, one), chosen))
    return found


def _choosable(model: type[models.Model]) -> list[Any]:
    return [one for one in model._meta.concrete_fields if one.name not in _FIXED]


def _told(row: Any, one: Any) -> str:
    value = getattr(row, one.name)
    if one.name in _PRIVATE and value:
        mask = getattr(row, f"masked_{one.name}", "")
        return str(mask or "（已填写）") if isinstance(row, Teacher) else str(value)
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    display = getattr(row, f"get_{one.name}_display", None)
    return str(display()) if display else told(value) if hasattr(value, "year") else str(value)


# --- what hangs on them ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Link:
    """A column of another table that points to the merged model. `loose`: by type and number, as attachments do."""

    model: type[models.Model]
    name: str
    label: str
    loose: bool = False

    def rows(self, row: models.Model) -> models.QuerySet[Any]:
        found: models.QuerySet[Any] = self.model._base_manager.all()
        if self.loose:
            return found.filter(subject_type=row._meta.label_lower, subject_id=str(row.pk))
        return found.filter(**{self.name: row.pk})

    def move(self, drop: models.Model, keep: models.Model) -> int:
        values = {"subject_id": str(keep.pk)} if self.loose else {self.name: keep.pk}
        return self.rows(drop).update(**values)


def links(model: type[models.Model]) -> tuple[Link, ...]:
    """Every column anywhere that points to this model, hidden relations included."""
    relations: list[Any] = [
        one for one in model._meta.get_fields(include_hidden=True) if one.auto_created and not one.concrete
    ]
    times = Counter(one.related_model for one in relations)
    found = []
    for one in relations:
        kind, several = str(one.related_model._meta.verbose_name), times[one.related_model] > 1
        found.append(
            Link(one.related_model, one.field.name, f"{kind}（{one.field.verbose_name}）" if several else kind)
        )
    # The trail keeps the number of what it told of.
    for other in apps.get_models():
        if other is not AuditEntry and _has(other, "subject_type", "subject_id"):
            found.append(Link(other, "subject_id", str(other._meta.verbose_name), loose=True))
    return tuple(found)


def _has(model: type[models.Model], *names: str) -> bool:
    try:
        return all(model._meta.get_field(name) for name in names)
    except FieldDoesNotExist:
        return False


def hanging(*rows: Any) -> list[tuple[str, list[int]]]:
    """How much of each kind hangs on each of these rows; kinds with nothing are left out. One question, and one for files."""
    model = type(rows[0])
    plain = [link for link in links(model) if not link.loose]
    counts = {f"n{number}": _number_of(link) for number, link in enumerate(plain)}
    found = {row.pk: row for row in model._base_manager.filter(pk__in=[row.pk for row in rows]).annotate(**counts)}
    told = [(link.label, [getattr(found[row.pk], f"n{number}") for row in rows]) for number, link in enumerate(plain)]
    told += [(link.label, [link.rows(row).count() for row in rows]) for link in links(model) if link.loose]
    return [(label, numbers) for label, numbers in told if any(numbers)]


def _number_of(link: Link) -> Any:
    rows = link.model._base_manager.filter(**{link.name: OuterRef("pk")}).order_by().values(link.name)
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)


# --- what stands against it ------------------------------------------------------------------------------------------------


@dataclass
class Plan:
    """What a merge would do: which rows are doubles of others and go, and why it can't be done."""

    twins: list[models.Model] = field(default_factory=list)
    obstacles: list[str] = field(default_factory=list)


def plan(keep: Any, drop: Any) -> Plan:
    """Looked up beforehand, so that the refusal names the rows; a question for each kind, however many rows there are."""
    made = Plan()
    if keep.pk == drop.pk or drop.merged_into_id or keep.merged_into_id:
        made.obstacles.append("其中一条已经并入别的记录，请从“可能重复”重新打开")
        return made
    if keep.county_id != drop.county_id:
        made.obstacles.append(f"两条记录在不同的县（{keep.county}、{drop.county}），各县的记录归各县，不能合并")
        return made
    for model, names in _columns_by_model(type(keep)).items():
        rows = _rows_of(model, names, keep, drop)
        _find_collisions(model, names, rows, keep, drop, made)
        _find_self_relations(model, names, rows, keep, drop, made)
    made.obstacles += _overlapping(keep, drop) if isinstance(keep, Teacher) else _between_both(keep, drop)
    return made


def _columns_by_model(model: type[models.Model]) -> dict[type[models.Model], list[str]]:
    """Of the models where pointing to another row may break a rule."""
    columns: dict[type[models.Model], list[str]] = defaultdict(list)
    for link in links(model):
        if not link.loose and link.name != "merged_into":
            columns[link.model].append(link.name)
    return {
        other: names
        for other, names in columns.items()
        if len(names) > 1 or other is model or any(set(_parts(rule)) & set(names) for rule in _unique_rules(other))
    }


def _unique_rules(model: type[models.Model]) -> Iterator[models.UniqueConstraint]:
    for rule in model._meta.constraints:
        if isinstance(rule, models.UniqueConstraint):
            yield rule
    for one in model._meta.concrete_fields:
        if one.unique and one.is_relation:
            yield models.UniqueConstraint(fields=[one.name], name=f"{one.name}_only")


def _parts(rule: models.UniqueConstraint) -> dict[str, Any]:
    """The columns of a rule, each with what stands for an empty one; see `unique_with_blanks`."""
    parts: dict[str, Any] = dict.fromkeys(rule.fields)
    expressions: Iterable[Any] = rule.expressions
    for expression in expressions:
        if isinstance(expression, Coalesce):
            column, blank = expression.get_source_expressions()
            parts[column.name] = blank.value
        else:
            parts[expression.name] = None
    return parts


def _rows_of(model: type[models.Model], names: list[str], keep: Any, drop: Any) -> list[Any]:
    asked = Q()
    for name in names:
        asked |= Q(**{f"{name}__in": [keep.pk, drop.pk]})
    related = [one.name for one in model._meta.concrete_fields if one.is_relation and one.name in _NAMED_BY]
    return list(model._base_manager.filter(asked).select_related(*related).order_by("pk"))


_NAMED_BY = {
    "teacher", "secondment", "inspection", "receiving_school", "supporting_school", "supported_school", "school_year", "school",
}  # fmt: skip


def _find_collisions(
    model: type[models.Model], names: list[str], rows: list[Any], keep: Any, drop: Any, made: Plan
) -> None:
    for rule in _unique_rules(model):
        parts = _parts(rule)
        if not set(parts) & set(names):
            continue
        grouped: dict[Any, list[Any]] = defaultdict(list)
        for row in _ruled(rule, rows):
            key = _key(row, parts, keep, drop)
            if key is not None:
                grouped[key].append(row)
        for group in grouped.values():
            for one, other in combinations(group, 2):
                _tell_collision(one, other, names, keep, drop, made)


def _key(row: Any, parts: dict[str, Any], keep: Any, drop: Any) -> tuple[Any, ...] | None:
    """What a rule compares, as it would be after the merge; None where something empty keeps it from applying."""
    found = []
    for name, blank in parts.items():
        one = row._meta.get_field(name)
        value = getattr(row, one.attname)
        if one.is_relation and one.related_model is type(keep) and value == drop.pk:
            value = keep.pk
        value = blank if value is None else value
        if value is None:
            return None
        found.append(value)
    return tuple(found)


def _ruled(rule: models.UniqueConstraint, rows: list[Any]) -> list[Any]:
    """Those to which the rule applies; one question for all of them."""
    if rule.condition is None or not rows:
        return rows
    same: Any = type(rows[0])._base_manager
    ruled = set(same.filter(rule.condition, pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    return [row for row in rows if row.pk in ruled]


def _tell_collision(one: Any, other: Any, names: list[str], keep: Any, drop: Any, made: Plan) -> None:
    points_to_drop = [row for row in (one, other) if any(getattr(row, f"{name}_id") == drop.pk for name in names)]
    if not points_to_drop:
        return  # both were there before
    if _are_twins(one, other, names):
        twin = points_to_drop[-1]
        if twin not in made.twins:
            made.twins.append(twin)
        return
    kind = one._meta.verbose_name
    made.obstacles.append(
        f"两边各有一条{kind}，合并后会重复：“{_named(one)}”和“{_named(other)}”，请先改掉或撤掉其中一条"
    )


def _named(row: Any) -> str:
    year = getattr(row, "school_year", None)
    return f"{row}（{year}）" if year and str(year) not in str(row) else str(row)


def _are_twins(one: Any, other: Any, names: list[str]) -> bool:
    """The same in everything, and with nothing that hangs on them: one of them may go."""
    own = {"id", *names}
    same = all(
        getattr(one, column.attname) == getattr(other, column.attname)
        for column in one._meta.concrete_fields
        if column.name not in own
    )
    relations = [link for link in links(type(one)) if not link.loose]
    return same and not any(link.rows(row).exists() for row in (one, other) for link in relations)


def _find_self_relations(
    model: type[models.Model], names: list[str], rows: list[Any], keep: Any, drop: Any, made: Plan
) -> None:
    """A row that has both: its two ends would become one."""
    for row in rows:
        both = {getattr(row, f"{name}_id") for name in names} >= {keep.pk, drop.pk}
        below = model is type(keep) and row.pk in (keep.pk, drop.pk)
        if both or below:
            verb = "一条记录的两头" if both else "上下级"
            made.obstacles.append(f"{model._meta.verbose_name}“{_named(row)}”里，这两条正是{verb}，请先改掉")


def _overlapping(keep: Teacher, drop: Teacher) -> list[str]:
    """Full-time secondments of both that would be at the same time; the rule of assignments/triggers.py."""
    going = Secondment.objects.filter(teacher__in=[keep.pk, drop.pk], is_full_time=True).exclude(state__in=NOT_GOING)
    rows = list(going.order_by("start"))
    found = []
    for one, other in combinations(rows, 2):
        if one.teacher_id != other.teacher_id and _overlap(one, other):
            found.append(f"两边的全职派遣时间重叠：{one.period_told} 和 {other.period_told}，请先撤掉或改正其中一条")
    return found[:NAMED]


def _overlap(one: Secondment, other: Secondment) -> bool:
    if not one.start or not one.end or not other.start or not other.end:
        return False
    exact = one.precision == other.precision == Precision.RANGE
    days = (min(one.ended_on or one.end, other.ended_on or other.end) - max(one.start, other.start)).days
    return days >= (0 if exact else TOLERANCE_DAYS)


def _between_both(keep: School, drop: School) -> list[str]:
    """Secondments from one of them to the other would have the same school at both ends."""
    both = [keep.pk, drop.pk]
    stays = Placement.objects.filter(secondment__sending_school__in=both, receiving_school__in=both)
    rows = stays.select_related("secondment__teacher")[:NAMED]
    return [f"派遣“{row.secondment}”是从其中一所派到另一所的，合并后派出和受援会成为同一所，请先核对" for row in rows]


# --- doing it --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Merged:
    """What was done: how many rows of each kind moved, and how many doubles went."""

    keep: Any
    moved: dict[str, int]
    twins: int


def merge_teachers(keep: Teacher, drop: Teacher, choices: Mapping[str, str], *, by: Any, reason: str) -> Merged:
    """`choices`: field → "keep" or "drop", whose value stays; see `differences`. Refused: why not, and nothing changed."""
    return _merge(keep, drop, choices, by, reason)


def merge_schools(keep: School, drop: School, choices: Mapping[str, str], *, by: Any, reason: str) -> Merged:
    """As for teachers; the names of the second become other names of the first."""
    return _merge(keep, drop, choices, by, reason)


def _merge(keep: Any, drop: Any, choices: Mapping[str, str], by: Any, reason: str) -> Merged:
    model = type(keep)
    with transaction.atomic():
        locked = {
            row.pk: row for row in model.objects.select_for_update().filter(pk__in=[keep.pk, drop.pk]).order_by("pk")
        }
        if len(locked) != 2:
            raise Refused("要合并的两条记录找不全，请从“可能重复”重新打开")
        keep, drop = locked[keep.pk], locked[drop.pk]
        found = plan(keep, drop)
        if found.obstacles:
            raise Refused("；".join(found.obstacles[:NAMED]))
        for twin in found.twins:
            twin.delete()
        before, after = _choose(keep, drop, choices)
        _give_up_what_is_unique(keep, drop)
        set_readings(keep)
        keep.save()
        moved = _move(keep, drop)
        distinct.follow_merge(keep, drop)
        name = _mark(drop, keep)
        audit.record(
            by,
            f"合并{_kind(keep)}",
            keep,
            before=before,
            after={**after, "并入的记录": name, "移来": moved},
            reason=reason,
        )
        audit.record(by, f"并入另一{_kind(keep)}", drop, after={"并入": str(keep)}, reason=reason)
    return Merged(keep, moved, len(found.twins))


def _kind(row: Any) -> str:
    return "教师" if isinstance(row, Teacher) else "学校"


def _choose(keep: Any, drop: Any, choices: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Takes over what was chosen of the other; gives what changed, for the trail."""
    before, after = {}, {}
    names, codes = [keep.name, drop.name], [keep.code, drop.code] if isinstance(keep, School) else []
    for one in differences(keep, drop, choices):
        if one.chosen == DROP:
            is_private = one.name in _PRIVATE
            before[one.name], after[one.name] = ("原来的", "另一条的") if is_private else (one.keep, one.drop)
            setattr(keep, one.name, getattr(drop, one.name))
    if isinstance(keep, School):
        # A number that is given up is a name as well: an older workbook may know the school by it.
        known = dict.fromkeys([*keep.aliases, *names, *drop.aliases, *codes])
        keep.aliases = [name for name in known if name and name not in (keep.name, keep.code)]
    return before, after


def _give_up_what_is_unique(keep: Any, drop: Any) -> None:
    """The merged row stands in nobody's way: its numbers, its name and its account are free."""
    if isinstance(drop, School):
        drop.name, drop.code, drop.aliases = _free_name(drop), "", []
    else:
        drop.id_number, drop.bank_card = "", ""
        _settle_accounts(keep, drop)
    drop.save()


def _settle_accounts(keep: Teacher, drop: Teacher) -> None:
    mine, other = keep.user, drop.user
    if mine and other and mine.is_active and other.is_active:
        raise Refused(f"两边都有账号（{mine.username}、{other.username}），请先停用不用的那个")
    if other and (mine is None or not mine.is_active):
        keep.user, drop.user = other, None


def _free_name(school: School) -> str:
    base = school.name[:60]
    names = (f"{base}（已并入{number or ''}）" for number in range(1000))
    taken = set(School.objects.filter(county=school.county_id, name__startswith=base).values_list("name", flat=True))
    return next(name for name in names if name not in taken)


def _move(keep: Any, drop: Any) -> dict[str, int]:
    moved: dict[str, int] = {}
    for link in links(type(keep)):
        number = link.move(drop, keep)
        if number:
            moved[link.label] = moved.get(link.label, 0) + number
    return moved


def _mark(drop: Any, keep: Any) -> str:
    """Gives the name under which it is remembered."""
    ended = "closed_on" if isinstance(drop, School) else "retired_on"
    drop.merged_into = keep
    setattr(drop, ended, getattr(drop, ended) or timezone.localdate())
    drop.save()
    return f"{drop.name}（编号 {drop.pk}）"


def chosen_from(fields: Iterable[str], sent: Mapping[str, str]) -> dict[str, str]:
    """The choices of a form: `use_<field>` = keep or drop; anything else is left to the usual choice."""
    return {name: sent[f"use_{name}"] for name in fields if sent.get(f"use_{name}") in (KEEP, DROP)}
