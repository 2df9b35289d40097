"""Turns the rows of one worksheet into records: read, checked, found by their keys, compared with what is there."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from django.db.models import Model

from zhijiao.workbook import registry
from zhijiao.workbook.attributes import Attribute, attributes, relation_key, starting_value
from zhijiao.workbook.cells import CellProblem, lookup_form, text_of
from zhijiao.workbook.context import Context, MissingSheet, ReferenceBlocked, has_county, related_for, rows_of
from zhijiao.workbook.description import Column, ParsedRow, Problem, RowValues, Sheet
from zhijiao.workbook.headers import HEADER_WITHIN, Header, is_sample, read_header
from zhijiao.workbook.keys import Keys
from zhijiao.workbook.kinds import Reference, SchoolYearKind
from zhijiao.workbook.reading import RawRow

RELATED = "related records"  # beside the fields, in what is kept of a record as it was
_REMEMBERED = 5_000  # cells of a column whose value is kept, so that a word is parsed once


@dataclass
class Reader:
    """How one column of this worksheet is read."""

    number: int  # of the column in the worksheet
    letter: str
    column: Column
    attribute: Attribute
    known: dict[Any, Any] = field(default_factory=dict)

    def read(self, raw: Any, context: Context) -> Any:
        """The value of a cell. CellProblem where it has none."""
        key = raw if type(raw) is str else (type(raw), raw)
        try:
            found = self.known[key]
        except KeyError:
            found = self._read(raw, context)
            if len(self.known) < _REMEMBERED:
                self.known[key] = found
        if isinstance(found, CellProblem):
            raise found
        return list(found) if type(found) is list else found

    def _read(self, raw: Any, context: Context) -> Any:
        try:
            value = self.column.kind.parse(raw, context)
            if value is not None:
                self.attribute.check(value)
        except CellProblem as problem:
            return problem
        return value


class SheetImport:
    """One sheet of a workbook on its way into the database."""

    def __init__(self, sheet: Sheet, title: str, context: Context) -> None:
        self.sheet, self.title, self.context = sheet, title, context
        self.attributes = attributes(sheet)
        self.rows: list[ParsedRow] = []
        self.problems: list[Problem] = []
        self.header = Header()
        self.samples = 0
        self.existing: list[Model] = []
        self.before: dict[int, dict[str, Any]] = {}  # id of an instance → its fields, before this workbook
        self._existing_parts: dict[str, dict[Any, Model]] = {}
        self._missing: set[str] = set()
        self._absent_required: dict[str, list[int]] = {}
        self.remarks: list[str] = []  # what is no mistake, and yet should be known before confirming
        self._by_former_name: list[tuple[ParsedRow, list[Model]]] = []
        self._former_names: dict[str, list[Model]] = {}
        self._has_county = has_county(sheet.model)
        self._derived = frozenset(sheet.derived)

    # --- reading -------------------------------------------------------------------------------------------------------

    def read(self, raw_rows: Iterator[RawRow]) -> None:
        """Every row as far as it can be read; what cannot is in `problems`."""
        first_rows = list(islice(raw_rows, HEADER_WITHIN))
        self.header = read_header(self.sheet, self.title, first_rows)
        self.problems += self.header.problems
        if self.header.problems:
            self.context.broken.add(self.sheet.name)
        if not self.header.is_readable:
            return
        self._prepare_readers()
        self._fetch_existing()
        self._keys = Keys(self.sheet, self.attributes)
        self._keys.add_existing(self.existing, self._parts_of)
        below = (row for row in first_rows if row[0] > self.header.row)
        for number, cells in chain(below, raw_rows):
            self._read_row(number, cells)
        self._take_by_former_names()
        self._resolve_own_references()
        for row in self.rows:
            if not row.refused:
                self._finish(row)
        self._tell_absent_required()

    def _prepare_readers(self) -> None:
        readers = [
            Reader(number, self.header.letter(column.field), column, self.attributes[column.field])
            for number, column in sorted(self.header.columns.items())
        ]
        own = [reader for reader in readers if self._refers_to_itself(reader.column)]
        references = [r for r in readers if isinstance(r.column.kind, Reference) and r not in own]
        self._own_references = own
        # References come last: they may be narrowed by the row's other values.
        self._readers = [r for r in readers if r not in own and r not in references]
        self._references = references
        self._read_numbers = frozenset(self.header.columns)
        self._absent = [column for column in self.sheet.columns if column.field not in self.header.fields]
        self._part_fields = {
            name: [column.field for column in self.sheet.columns if column.part == name] for name in self.sheet.parts
        }

    def _refers_to_itself(self, column: Column) -> bool:
        return isinstance(column.kind, Reference) and column.kind.sheet == self.sheet.name

    def _fetch_existing(self) -> None:
        years = [
            column.field for column in self.sheet.columns if isinstance(column.kind, SchoolYearKind) and not column.part
        ]
        related = dict.fromkeys([*related_for(self.sheet), *years])
        self.existing = list(rows_of(self.sheet, self.context.county).select_related(*related))
        for record in self.existing if self.sheet.former else ():
            for name in self.sheet.former.names(record) if self.sheet.former else ():
                self._former_names.setdefault(lookup_form(name), []).append(record)
        for name, part in self.sheet.parts.items():
            found = part.model._default_manager.filter(**part.constants)
            if self._has_county:
                found = found.filter(**{f"{part.link}__county": self.context.county})
            link = relation_key(part.model, part.link)
            self._existing_parts[name] = {getattr(row, link): row for row in found}

    def _parts_of(self, instance: Model) -> dict[str, Model]:
        return {name: found[instance.pk] for name, found in self._existing_parts.items() if instance.pk in found}

    def _read_row(self, number: int, cells: dict[int, Any]) -> None:
        if self._read_numbers.isdisjoint(cells):
            self._tell_stray(number, cells)
            return
        if is_sample((number, cells)):
            self.samples += 1
            return
        row = ParsedRow(number, {})
        self.rows.append(row)
        for reader in self._readers:
            self._read_cell(row, reader, cells.get(reader.number))
        for reader in self._references:
            self._read_reference(row, reader, cells.get(reader.number))
        for reader in self._own_references:
            row.raw[reader.column.field] = cells.get(reader.number)
        if cells.keys() - self._read_numbers:
            self._tell_stray(number, cells)
        if not row.refused:
            self._fill_defaults(row)
            self._locate(row)

    def _tell_stray(self, number: int, cells: dict[int, Any]) -> None:
        """Something stands in a column without a header. A counting column has one, and is not read."""
        if self.header.problems:
            return
        for column, value in cells.items():
            if column not in self.header.headed:
                message = "这一列没有表头，里面的内容不知道是什么；请补上列名，或删去这些内容"
                self._report(Problem(message, row=number, value=text_shown(value)))
                return

    def _read_cell(self, row: ParsedRow, reader: Reader, raw: Any) -> None:
        column = reader.column
        value = None
        if raw is not None:
            row.raw[column.field] = raw
            try:
                value = reader.read(raw, self.context)
            except CellProblem as problem:
                self._refuse(row, str(problem), reader)
                return
        if value is None:
            self._empty(row, reader)
        else:
            row.values[column.field] = value

    def _read_reference(self, row: ParsedRow, reader: Reader, raw: Any) -> None:
        kind = reader.column.kind
        if raw is None:
            self._empty(row, reader)
            return
        row.raw[reader.column.field] = raw
        try:
            row.values[reader.column.field] = self._resolved(kind, raw, row.values)
        except CellProblem as problem:
            self._refuse(row, str(problem), reader)
        except ReferenceBlocked:
            row.refused = True
        except MissingSheet as missing:
            row.refused = True
            self._tell_missing(missing.sheet, reader, raw, row)

    def _resolved(self, kind: Any, raw: Any, values: RowValues) -> Any:
        """Most references repeat: the same text in the same scope means the same row."""
        if kind.narrow or (kind.scope and values.get(kind.scope) is not None):
            return kind.resolve(text_of(raw), values, self.context)
        known = self.context.index(kind.sheet, kind.field).resolved
        if raw not in known:
            known[raw] = kind.resolve(text_of(raw), values, self.context)
        return known[raw]

    def _tell_missing(self, name: str, reader: Reader, raw: Any, row: ParsedRow) -> None:
        if name in self.context.sheets_present:
            message = f"“{name}”表里还没有任何记录，没有“{text_shown(raw)}”；请先在“{name}”表登记"
            self._refuse(row, message, reader)
        elif name not in self._missing:
            self._missing.add(name)
            message = f"缺少工作表“{name}”：“{reader.column.header}”列要用到它，系统里也还没有登记；请加上“{name}”表"
            self._report(Problem(message))

    def _empty(self, row: ParsedRow, reader: Reader) -> None:
        column = reader.column
        if column.required and column.default is None and not (column.part and self.sheet.parts[column.part].optional):
            self._refuse(row, f"不能为空，应填{column.kind.describe()}", reader)
        elif column.field in self._derived and column.default is None:
            row.values[column.field] = None  # prepare() decides
        elif not callable(column.default):
            row.values[column.field] = starting_value(column, reader.attribute)

    def _fill_defaults(self, row: ParsedRow) -> None:
        """Computed values of empty cells, and of absent columns that the key needs."""
        for column in self.sheet.columns:
            if column.field in row.values or column.default is None or column.part:
                continue
            if column.field in self.header.fields or column.field in self.sheet.key:
                row.values[column.field] = self._default(column, row)
        for name in self.sheet.key:
            if name not in row.values and name in self.attributes:
                row.values[name] = self.attributes[name].empty

    def _default(self, column: Column, row: ParsedRow) -> Any:
        value = column.default(row.values, self.context) if callable(column.default) else column.default
        if value is None and column.field not in self._derived:
            return self.attributes[column.field].empty
        return value

    # --- finding the record --------------------------------------------------------------------------------------------

    def _locate(self, row: ParsedRow) -> None:
        try:
            values = self._key_values(row)
        except CellProblem as problem:
            self._refuse(row, str(problem))
            return
        twin = self._keys.twin(row.number, values)
        if twin:
            header = "、".join(self.sheet.column(name).header for name in self._keys.told)
            self._refuse(row, f"与第 {twin} 行重复（{header}相同），请删去其中一行")
            return
        found = self._keys.find(values)
        if len(found) > 1:
            names = "、".join(self.sheet.column(name).header for key in self.sheet.stronger_keys for name in key)
            self._refuse(row, f"系统里有 {len(found)} 条这样的记录，分不清是哪一条；请填写{names}")
            return
        former = [] if found else self._of_former_name(row)
        if found:
            self._take(row, found[0])
        elif former:
            self._by_former_name.append((row, former))
        else:
            self._begin(row)

    def _of_former_name(self, row: ParsedRow) -> list[Model]:
        """The records that were once called what stands in the row."""
        for name in self.sheet.former.cells if self.sheet.former else ():
            value = row.values.get(name)
            if value and (found := self._former_names.get(lookup_form(str(value)))):
                return found
        return []

    def _take_by_former_names(self) -> None:
        """After all rows that stand under their names of today: their record is not touched a second time."""
        former = self.sheet.former
        if former is None:
            return
        for row, found in self._by_former_name:
            name = row.values.get(self.sheet.key[0], "")
            if len(found) > 1:
                told = "、".join(str(record) for record in found[:4])
                self._refuse(
                    row,
                    f"“{name}”是 {told} 的{former.told}，分不清是哪一个；请写现在的名称",
                    field_name=self.sheet.key[0],
                )
                continue
            record = found[0]
            told = f"工作表“{self.title}”第 {row.number} 行“{name}”按{former.told}找到“{record}”"
            if id(record) in self.before:
                self.rows.remove(row)
                self.remarks.append(f"{told}，它另有一行，这一行没有读")
                continue
            kept = "、".join(self.sheet.column(one).header for one in former.kept)
            self.remarks.append(f"{told}，没有另建；{kept}不变")
            row.is_by_former_name = True
            row.values = {one: value for one, value in row.values.items() if one not in former.kept and one in row.raw}
            self._keep(row, record)

    def _key_values(self, row: ParsedRow) -> RowValues:
        """The row's values; where `prepare` fills some of the key, as it would fill them."""
        keys = {name for key in (*self.sheet.stronger_keys, self.sheet.key) for name in key}
        if keys.isdisjoint(self.sheet.derived) or self.sheet.prepare is None:
            return row.values
        if any(column.required and column.default is None and not column.part for column in self._absent):
            return row.values
        values = dict(row.values)
        for column in self._absent:
            if not column.part and column.default is not None and column.field not in values:
                values[column.field] = self._default(column, row)
        draft = self._new_record()
        self._set(draft, values, is_new=True)
        self.sheet.prepare(draft, values, self.context)
        own = {name: getattr(draft, name) for name in keys if name in self.sheet.derived and "." not in name}
        return values | own

    def _is_column(self, name: str) -> bool:
        return any(column.field == name for column in self.sheet.columns)

    def _take(self, row: ParsedRow, instance: Any) -> None:
        shared = self._has_county and instance.county_id is None
        if shared and not self._changes(instance, row.values):
            self._keep(row, instance)
        elif shared:
            self._begin(row)  # what every county shares is not changed by one: it gets its own
        else:
            self._keep(row, instance)

    def _keep(self, row: ParsedRow, instance: Model) -> None:
        row.instance, row.parts = instance, self._parts_of(instance)
        for record in (instance, *row.parts.values()):
            self.before[id(record)] = record.__dict__ | {RELATED: dict(record._state.fields_cache)}
        self._apply(row, row.values)

    def _changes(self, instance: Model, values: RowValues) -> bool:
        return any(
            self.attributes[name].differs(instance, value)
            for name, value in values.items()
            if "." not in name and not (value is None and name in self._derived)
        )

    def _begin(self, row: ParsedRow) -> None:
        row.is_new = True
        for column in self._absent:
            if column.part or column.field in row.values:
                continue
            if column.required and column.default is None:
                self._absent_required.setdefault(column.header, []).append(row.number)
                row.refused = True
            elif column.default is not None:
                row.values[column.field] = self._default(column, row)
        if row.refused:
            return
        row.instance = self._new_record()
        self._apply(row, row.values)

    def _new_record(self) -> Model:
        return self.sheet.model(**({"county": self.context.county} if self._has_county else {}))

    def _tell_absent_required(self) -> None:
        # A misspelt header has been told already.
        for header, numbers in self._absent_required.items() if not self.header.problems else ():
            told = "、".join(str(number) for number in numbers[:5]) + (" 等" if len(numbers) > 5 else "")
            message = f"缺少列“{header}”：第 {told} 行共 {len(numbers)} 行是新记录，这一列必须填写；请加上这一列"
            self._report(Problem(message))

    def _apply(self, row: ParsedRow, values: RowValues) -> None:
        self._set(row.instance, values, is_new=row.is_new)
        for name in self.sheet.parts:
            self._apply_part(row, name, values)

    def _set(self, record: Model, values: RowValues, *, is_new: bool) -> None:
        for name, value in values.items():
            if "." in name or (value is None and name in self._derived):
                continue
            attribute = self.attributes[name]
            if is_new or attribute.differs(record, value):
                setattr(record, attribute.name, value)

    def _apply_part(self, row: ParsedRow, name: str, values: RowValues) -> None:
        part, fields = self.sheet.parts[name], self._part_fields[name]
        companion = row.parts.get(name)
        if companion is None:
            if part.optional and not any(field_name in row.raw for field_name in fields):
                return
            companion = part.model(**part.constants)
            if has_county(part.model):
                companion.county = self.context.county  # type: ignore[attr-defined]
            row.parts[name] = companion
        self._fill_part(row, name, values, companion._state.adding)
        for field_name in fields:
            if field_name in values and not (values[field_name] is None and field_name in self._derived):
                attribute = self.attributes[field_name]
                if companion._state.adding or attribute.differs(companion, values[field_name]):
                    setattr(companion, attribute.name, values[field_name])

    def _fill_part(self, row: ParsedRow, name: str, values: RowValues, is_new: bool) -> None:
        for field_name in self._part_fields[name]:
            column = self.sheet.column(field_name)
            if field_name in row.raw or not (is_new or field_name in self.header.fields):
                continue
            if column.default is not None:
                values[field_name] = self._default(column, row)
            elif column.required:
                self._refuse(row, f"不能为空，应填{column.kind.describe()}", field_name=field_name)

    # --- after all rows are known ---------------------------------------------------------------------------------------

    def _resolve_own_references(self) -> None:
        if not self._own_references:
            return
        self.context.finished(self.sheet.name, self.rows, self.instances(), self.refused_names())
        for row in self.rows:
            for reader in self._own_references if not row.refused else ():
                raw = row.raw.pop(reader.column.field, None)
                if raw is None and row.is_by_former_name:
                    continue
                self._read_reference(row, reader, raw)
                if not row.refused:
                    self._apply(row, {reader.column.field: row.values[reader.column.field]})

    def _finish(self, row: ParsedRow) -> None:
        for problem in self.sheet.check(row.values) if self.sheet.check else ():
            self.refuse(row, problem)
        if row.refused or row.instance is None:
            return
        if self.sheet.prepare:
            try:
                self.sheet.prepare(row.instance, row.values, self.context)
            except CellProblem as problem:
                self._refuse(row, str(problem))
                return
            self._apply_part_derived(row)
        self._check_nulls(row)

    def _apply_part_derived(self, row: ParsedRow) -> None:
        for name in self.sheet.derived:
            part, _, attribute = name.rpartition(".")
            companion = row.parts.get(part)
            if (
                companion is not None
                and name in row.values
                and self.attributes[name].differs(companion, row.values[name])
            ):
                setattr(companion, attribute, row.values[name])

    def _check_nulls(self, row: ParsedRow) -> None:
        for name, attribute in self.attributes.items():
            part = name.rpartition(".")[0]
            record = row.parts.get(part) if part else row.instance
            if record is None or attribute.may_be_null or attribute.get(record) is not None:
                continue
            if attribute.is_relation and getattr(record, attribute.name, None) is not None:
                continue  # a new record of this very sheet, which gets its key when it is written
            self._refuse(row, "不能为空" if self._is_column(name) else f"算不出“{name}”，请补全这一行", field_name=name)

    def check_all(self) -> None:
        if not self.sheet.check_all:
            return
        by_number = {row.number: row for row in self.rows}
        for problem in self.sheet.check_all([row for row in self.rows if not row.refused], self.context):
            if problem.row is None:
                self._report(problem)
            else:
                self.refuse(by_number[problem.row], problem)

    def instances(self) -> list[Model]:
        """All records of the sheet, as they will be."""
        new = [row.instance for row in self.rows if row.is_new and not row.refused and row.instance is not None]
        return [*self.existing, *new]

    def refused_names(self) -> set[str]:
        """How others might refer to the rows that were refused."""
        names: set[str] = set()
        for row in self.rows:
            if not row.refused:
                continue
            names.update(str(row.raw[name]) for name in self.sheet.key if isinstance(row.raw.get(name), str))
            with contextlib.suppress(Exception):  # half a record may not know all of its names
                names.update(self.sheet.names(self._half(row)) if self.sheet.names else [str(self._half(row))])
        return names

    def _half(self, row: ParsedRow) -> Model:
        """A refused row as far as it could be read."""
        instance = self.sheet.model()
        for name, value in row.values.items():
            if "." not in name:
                setattr(instance, self.attributes[name].name, value)
        return instance

    # --- telling ---------------------------------------------------------------------------------------------------------

    def refuse(self, row: ParsedRow, problem: Problem) -> None:
        """A sheet's own check says no to a row: the place is added here."""
        self._refuse(row, problem.message, field_name=problem.field)

    def _refuse(self, row: ParsedRow, message: str, reader: Reader | None = None, field_name: str = "") -> None:
        row.refused = True
        field_name = reader.column.field if reader else field_name
        column = next((column for column in self.sheet.columns if column.field == field_name), None)
        raw = row.raw.get(field_name)
        self.problems.append(
            Problem(
                message,
                field=field_name,
                row=row.number,
                sheet=self.title,
                column=column.header if column else "",
                letter=self.header.letter(field_name) if column else "",
                value=column.kind.show(raw) if column and raw is not None else "",
            )
        )

    def _report(self, problem: Problem) -> None:
        self.problems.append(problem.at(sheet=self.title))


def text_shown(raw: Any) -> str:
    try:
        return text_of(raw)[:60]
    except CellProblem:
        return str(raw)


def ordered(titles: Iterable[str]) -> list[Sheet]:
    wanted = set(titles)
    return [sheet for sheet in registry.sheets() if sheet.name in wanted]
