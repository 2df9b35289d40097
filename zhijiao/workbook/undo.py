"""Takes an import back while nothing was built on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone

from zhijiao import guard
from zhijiao.accounts import audit
from zhijiao.refusals import Refused
from zhijiao.workbook.attributes import recorded_fields, restored
from zhijiao.workbook.models import Action, ImportedChange, ImportRun, RunState
from zhijiao.workbook.writing import update_records

_AT_ONCE = 500
_TOLD = 10  # reasons in one refusal


class UndoRefused(Exception):  # noqa: N818 (an answer, not an error)
    """What stands on the import."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("；".join(reasons))
        self.reasons = list(reasons)


def undo(run: ImportRun, by: Any = None) -> None:
    """Delete what the import made and restore what it changed: all of it, or UndoRefused and nothing."""
    try:
        with transaction.atomic():
            locked = ImportRun.objects.select_for_update().get(pk=run.pk)
            if locked.state != RunState.IMPORTED:
                raise UndoRefused([f"这次导入的状态是“{locked.get_state_display()}”，只有“已导入”的能撤销"])
            try:
                _Undo(locked).perform()
            except Refused as refused:
                raise UndoRefused([str(refused)]) from refused
            locked.state, locked.undone_at, locked.undone_by = RunState.UNDONE, timezone.now(), by
            locked.save(update_fields=["state", "undone_at", "undone_by"])
            audit.record(by, "workbook.undone", locked, after={"created": locked.created, "changed": locked.changed})
    except UndoRefused as refused:
        audit.record(by, "workbook.undo_refused", run, reason=str(refused)[:2000])
        raise
    run.refresh_from_db()


class _Undo:
    def __init__(self, run: ImportRun) -> None:
        self.reasons: list[str] = []
        self.changes: dict[type[models.Model], list[ImportedChange]] = defaultdict(list)
        for change in run.records.order_by("-id"):  # what came last goes first
            self.changes[apps.get_model(change.model)].append(change)
        self.created = {
            model: {change.object_id for change in changes if change.action == Action.CREATED}
            for model, changes in self.changes.items()
        }

    def perform(self) -> None:
        for model, changes in self.changes.items():
            self._check_unchanged(model, changes)
        self._refuse()
        for model, changes in self.changes.items():
            self._restore(model, [change for change in changes if change.action == Action.CHANGED])
        for model in self.created:
            self._check_unused(model)
        self._refuse()
        for model, keys in self.created.items():
            for some in _chunks(keys):
                # Not delete(): that would take along what others hung on these records.
                rows: Any = model._base_manager.filter(pk__in=some)
                self._check_open(rows)
                rows._raw_delete(rows.db)

    def _refuse(self) -> None:
        if self.reasons:
            more = len(self.reasons) - _TOLD
            raise UndoRefused([*self.reasons[:_TOLD], *([f"还有 {more} 处"] if more > 0 else [])])

    def _check_unchanged(self, model: type[models.Model], changes: list[ImportedChange]) -> None:
        fields = recorded_fields(model)
        for records, some in _with_records(model, changes):
            for change in some:
                record = records.get(change.object_id)
                if record is None:
                    if change.action == Action.CHANGED:
                        self.reasons.append(f"{model._meta.verbose_name}（编号 {change.object_id}）之后已被删除")
                    continue
                differing = _differing(record, change, fields)
                if differing:
                    self.reasons.append(f"{model._meta.verbose_name}“{record}”之后修改过（{'、'.join(differing[:3])}）")

    def _restore(self, model: type[models.Model], changes: list[ImportedChange]) -> None:
        fields = {field.attname: field for field in recorded_fields(model)}
        groups: dict[frozenset[str], list[models.Model]] = defaultdict(list)
        for records, some in _with_records(model, changes):
            for change in some:
                record = records[change.object_id]
                for name, value in change.before.items():
                    setattr(record, name, restored(fields[name], value))
                groups[frozenset(change.before)].append(record)
        for names, records_of_group in groups.items():
            self._check_open(records_of_group)
            update_records(records_of_group, names)

    def _check_open(self, rows: Iterable[models.Model]) -> None:
        """What was settled, issued or closed since the import stays as it is."""
        self.reasons += dict.fromkeys(guard.closed_rows(list(rows)).values())
        self._refuse()

    def _check_unused(self, model: type[models.Model]) -> None:
        """What others refer to has to stay."""
        for relation in model._meta.get_fields(include_hidden=True):
            if not isinstance(relation, models.ForeignObjectRel) or relation.many_to_many:
                continue
            other: Any = relation.related_model
            if not other._meta.managed or other._meta.proxy or other is ImportedChange:
                continue
            field: Any = relation.field
            outside: dict[int, int] = defaultdict(int)
            for some in _chunks(self.created[model]):
                users = other._base_manager.filter(**{f"{field.name}__in": some}).values_list("pk", field.attname)
                for key, used in users:
                    if key not in self.created.get(other, ()):
                        outside[used] += 1
            self._tell_used(model, other, outside)

    def _tell_used(self, model: type[models.Model], other: Any, outside: dict[int, int]) -> None:
        names = {
            record.pk: str(record) for some in _chunks(outside) for record in model._base_manager.filter(pk__in=some)
        }
        for key, count in outside.items():
            self.reasons.append(
                f"{model._meta.verbose_name}“{names.get(key, key)}”已被 {count} 条“{other._meta.verbose_name}”用到"
            )


def _differing(record: models.Model, change: ImportedChange, fields: list[models.Field[Any, Any]]) -> list[str]:
    """The fields that are not as the import left them."""
    if change.action == Action.CHANGED:
        fields = [field for field in fields if field.attname in change.after]
    return [str(field.verbose_name) for field in fields if not _is_as_left(record, field, change.after)]


def _is_as_left(record: models.Model, field: models.Field[Any, Any], after: dict[str, Any]) -> bool:
    now = record.__dict__[field.attname]
    if field.attname not in after:  # only what was not empty is kept of a new record
        return now in (None, "")
    return bool(now == restored(field, after[field.attname]))


def _with_records(
    model: type[models.Model], changes: list[ImportedChange]
) -> Iterator[tuple[dict[int, models.Model], list[ImportedChange]]]:
    for start in range(0, len(changes), _AT_ONCE):
        some = changes[start : start + _AT_ONCE]
        keys = [change.object_id for change in some]
        yield {record.pk: record for record in model._base_manager.filter(pk__in=keys)}, some


def _chunks(keys: Iterable[int]) -> Iterator[list[int]]:
    listed = sorted(keys)
    for start in range(0, len(listed), _AT_ONCE):
        yield listed[start : start + _AT_ONCE]
