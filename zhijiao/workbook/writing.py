"""Writes the records of one sheet in batches, finds which rows the database refuses, and keeps what was changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, models, transaction

from zhijiao import guard
from zhijiao.workbook import registry
from zhijiao.workbook.attributes import followers, kept, recorded_fields
from zhijiao.workbook.description import ParsedRow, Problem
from zhijiao.workbook.kinds import Reference
from zhijiao.workbook.planning import RELATED, SheetImport

_UPDATE_BATCH = 200


@dataclass(frozen=True)
class Change:
    """A record that was there and becomes different: what the preview shows."""

    sheet: str
    row: int
    name: str
    values: tuple[tuple[str, str, str], ...]  # header, old, new


@dataclass
class Written:
    """What became of the rows of a sheet."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    changes: list[Change] = field(default_factory=list)
    records: list[tuple[models.Model, dict[str, Any] | None]] = field(
        default_factory=list
    )  # with the fields as they were


def write(job: SheetImport) -> Written:
    """Everything of the sheet that is right goes into the database, inside the caller's transaction."""
    return _Writer(job).write()


class _Writer:
    def __init__(self, job: SheetImport) -> None:
        self.job = job
        self.written = Written()
        self.own_references = [
            column.attribute
            for column in job.sheet.columns
            if isinstance(column.kind, Reference) and column.kind.sheet == job.sheet.name and not column.part
        ]
        self.tracked = {
            part: tuple({stored for name, found in job.attributes.items() if name.rpartition(".")[0] == part for stored in found.stored})
            for part in ("", *job.sheet.parts)
        }  # fmt: skip

    def write(self) -> Written:
        differing = self._all_differing()
        self._refuse_closed(differing)
        for layer in self._layers():
            self._attempt(layer, self._insert)
        if self.own_references:
            self._settle_own_references()
            differing = self._all_differing()
        self._update("", differing)
        for name in self.job.sheet.parts:
            self._write_part(name, differing)
        for row in self._good():
            self._account_for(row, differing.get(row.number, {}))
        return self.written

    def _good(self) -> list[ParsedRow]:
        return [row for row in self.job.rows if not row.refused]

    # --- what may not be touched -----------------------------------------------------------------------------------------

    def _refuse_closed(self, differing: dict[int, dict[str, list[str]]]) -> None:
        """What is closed stays as it is; a row that says of it what is known already may stand there."""
        touched = [row for row in self._good() if row.is_new or differing.get(row.number) or self._new_parts(row)]
        closed = guard.closed_rows([row.instance for row in touched])
        for row in touched if closed else ():
            if words := closed.get(id(row.instance)):
                self.job.refuse(row, Problem(words, field=self._first_changed(differing.get(row.number, {}))))

    def _new_parts(self, row: ParsedRow) -> bool:
        return any(part._state.adding for part in row.parts.values())

    def _first_changed(self, differing: dict[str, list[str]]) -> str:
        """The field of the first column that says something else; empty: the whole row is new."""
        for column in self.job.sheet.columns:
            if set(self.job.attributes[column.field].stored) & set(differing.get(column.part, ())):
                return column.field
        return ""

    # --- new records ----------------------------------------------------------------------------------------------------

    def _layers(self) -> Iterable[list[ParsedRow]]:
        """New rows, each after the new rows of the same sheet that it refers to."""
        waiting = [row for row in self._good() if row.is_new]
        while waiting:
            ready = [row for row in waiting if not self._waits(row)]
            if not ready:
                for row in waiting:
                    self.job.refuse(row, Problem("这几行互相引用，成了一个圈；请至少去掉其中一处"))
                return
            yield ready
            # A row whose record was refused keeps those that wait for it from being written; the cause has been told.
            settled = {id(row) for row in ready}
            waiting = [row for row in waiting if id(row) not in settled]
            self._give_up(waiting)
            waiting = [row for row in waiting if not row.refused]

    def _waits(self, row: ParsedRow) -> bool:
        return any(
            target is not None and target.pk is None
            for target in (getattr(row.instance, name) for name in self.own_references)
        )

    def _give_up(self, waiting: list[ParsedRow]) -> None:
        refused = {id(row.instance) for row in self.job.rows if row.refused} if waiting else set()
        for row in waiting:
            row.refused = any(id(getattr(row.instance, name)) in refused for name in self.own_references)

    def _insert(self, rows: list[ParsedRow]) -> None:
        instances = [row.instance for row in rows]
        try:
            with transaction.atomic():
                guard.ask(instances)
                self.job.sheet.model._base_manager.bulk_create(instances)
        except (IntegrityError, DataError):
            _forget_keys(instances)
            raise

    def _settle_own_references(self) -> None:
        """A reference to a record that has only now got its key."""
        for name in self.own_references:
            for row in self._good():
                target = row.instance._state.fields_cache.get(name) if row.instance else None
                if target is not None:
                    setattr(row.instance, name, target)

    # --- changed records ------------------------------------------------------------------------------------------------

    def _all_differing(self) -> dict[int, dict[str, list[str]]]:
        return {row.number: self._differing(row) for row in self._good() if not row.is_new}

    def _differing(self, row: ParsedRow) -> dict[str, list[str]]:
        """The fields that are not as they were, by part ("": the row's own record)."""
        found = {}
        for part in ("", *row.parts):
            record = row.parts[part] if part else row.instance
            before = self.job.before.get(id(record))
            if before is not None:
                now = record.__dict__
                changed = [name for name in self.tracked[part] if now[name] != before[name]]
                if changed:
                    found[part] = changed
        return found

    def _update(self, part: str, differing: dict[int, dict[str, list[str]]]) -> None:
        groups: dict[frozenset[str], list[ParsedRow]] = defaultdict(list)
        for row in self._good():
            changed = differing.get(row.number, {}).get(part)
            if changed:
                groups[frozenset(changed)].append(row)
        for fields, rows in groups.items():
            self._attempt(rows, partial(self._update_some, part, fields=fields))

    def _update_some(self, part: str, rows: list[ParsedRow], fields: frozenset[str]) -> None:
        with transaction.atomic():
            update_records([row.parts[part] if part else row.instance for row in rows], fields)

    # --- companion records ----------------------------------------------------------------------------------------------

    def _write_part(self, name: str, differing: dict[int, dict[str, list[str]]]) -> None:
        part = self.job.sheet.parts[name]
        rows = [row for row in self._good() if name in row.parts]
        new = [row for row in rows if row.parts[name]._state.adding]
        for row in new:
            setattr(row.parts[name], part.link, row.instance)
            if not row.is_new:
                differing.setdefault(row.number, {})[name] = []
        self._attempt(new, lambda some: self._insert_parts(name, some))
        self._update(name, differing)

    def _insert_parts(self, name: str, rows: list[ParsedRow]) -> None:
        companions = [row.parts[name] for row in rows]
        try:
            with transaction.atomic():
                guard.ask(companions)
                self.job.sheet.parts[name].model._base_manager.bulk_create(companions)
        except (IntegrityError, DataError):
            _forget_keys(companions)
            raise

    # --- refusals of the database ----------------------------------------------------------------------------------------

    def _attempt(self, rows: list[ParsedRow], act: Callable[[list[ParsedRow]], None]) -> None:
        """All at once; where the database refuses, half and half again until the wrong rows stand alone."""
        if not rows:
            return
        try:
            act(rows)
        except (IntegrityError, DataError) as error:
            if len(rows) == 1:
                self.job.refuse(rows[0], Problem(_told(rows[0], error)))
                return
            middle = len(rows) // 2
            self._attempt(rows[:middle], act)
            self._attempt(rows[middle:], act)

    # --- accounts ---------------------------------------------------------------------------------------------------------

    def _account_for(self, row: ParsedRow, differing: dict[str, list[str]]) -> None:
        written = self.written
        if row.is_new:
            written.created += 1
        elif differing:
            written.changed += 1
            written.changes.append(self._change(row, differing))
        else:
            written.unchanged += 1
            return
        for part in ("", *row.parts):
            record = row.parts[part] if part else row.instance
            before = self.job.before.get(id(record))
            if before is None:
                written.records.append((record, None))
            elif differing.get(part):
                written.records.append((record, {name: before[name] for name in differing[part]}))

    def _change(self, row: ParsedRow, differing: dict[str, list[str]]) -> Change:
        values = []
        for column in self.job.sheet.columns:
            attribute = self.job.attributes[column.field]
            record = row.parts.get(column.part) if column.part else row.instance
            if record is None or column.part not in differing:
                continue
            before = self.job.before.get(id(record))
            if before is None:
                if column.field in row.raw:
                    values.append((column.header, "", column.kind.show(row.raw[column.field])))
            elif any(name in differing[column.part] for name in attribute.stored):
                old = self._shown(column, record, before)
                new = self._shown(column, record, record.__dict__ | {RELATED: record._state.fields_cache})
                values.append((column.header, old, new))
        return Change(self.job.title, row.number, str(row.instance), tuple(values))

    def _shown(self, column: Any, record: models.Model, state: dict[str, Any]) -> str:
        attribute = self.job.attributes[column.field]
        if attribute.is_relation and not isinstance(column.kind, Reference):
            value = state[RELATED].get(attribute.name)
        elif attribute.is_relation:
            value = state[attribute.stored[0]]
        else:
            ghost = type(record)()
            ghost.__dict__.update({name: state[name] for name in attribute.stored})
            value = getattr(ghost, attribute.name)
        return column.kind.show(column.kind.format(value, self.job.context))


def update_records(records: list[Any], fields: Iterable[str]) -> None:
    """Write some fields, named as instances keep them, with the keyed hashes that follow from them."""
    if not records:
        return
    model = type(records[0])
    names = [field.name for field in model._meta.concrete_fields if field.attname in set(fields)]
    for follower in followers(model, fields):
        names.append(follower.name)
        for record in records:
            follower.pre_save(record, False)
    guard.ask(model._base_manager.filter(pk__in=[record.pk for record in records]))  # as they were
    guard.ask(records)
    model._base_manager.bulk_update(records, names, batch_size=_UPDATE_BATCH)


def as_recorded(record: models.Model, before: dict[str, Any] | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """A record before and after: of a new one all that is not empty, of a changed one what changed."""
    fields = recorded_fields(type(record))
    now = record.__dict__
    if before is None:
        return {}, {f.attname: kept(f, now[f.attname]) for f in fields if now[f.attname] not in (None, "")}
    changed = [field for field in fields if field.attname in before]
    return (
        {field.attname: kept(field, before[field.attname]) for field in changed},
        {field.attname: kept(field, now[field.attname]) for field in changed},
    )


def _forget_keys(records: Iterable[Any]) -> None:
    """The savepoint took the rows back, so the records have no keys either."""
    for record in records:
        record.pk, record._state.adding = None, True


def _told(row: ParsedRow, error: Exception) -> str:
    """Why the database refused: its own rule's sentence, found by asking the rules one by one."""
    told = registry.refusal_told(error)
    if told:
        return told
    for record in (row.instance, *row.parts.values()):
        for ask in (record.validate_constraints, record.validate_unique) if record is not None else ():
            try:
                ask()
            except ValidationError as problem:
                return "；".join(dict.fromkeys(problem.messages))
    return "与系统里已有的记录冲突，不能保存；请核对这一行的名称、日期和编号"
