"""Writes the records of a period as the workbook from which importing makes the same again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import Model, QuerySet

from zhijiao.accounts import audit
from zhijiao.workbook import registry
from zhijiao.workbook.attributes import Attribute, attributes, relation_key
from zhijiao.workbook.context import Context, has_county, related_for
from zhijiao.workbook.description import Column, Sheet
from zhijiao.workbook.kinds import Reference
from zhijiao.workbook.template import write_filled

_AT_ONCE = 2_000


def export_workbook(target: Any, *, county: Any, period: Any, by: Any = None) -> dict[str, int]:
    """Write the county's workbook of a period to a path or stream; gives the number of rows by sheet.

    It holds ID numbers in full, so it is written down who took it.
    """
    context = Context(county, by)
    counts = write_filled(target, registry.facts_of(county), lambda sheet: _rows(sheet, context, period))
    audit.record(by, "workbook.exported", county, after={"period": str(period), "rows": sum(counts.values())})
    return counts


def _rows(sheet: Sheet, context: Context, period: Any) -> Iterator[list[Any]]:
    records = sheet.model._default_manager.all()
    records = sheet.rows(records) if sheet.rows else records
    if has_county(sheet.model):
        records = records.filter(county=context.county)
    if sheet.export:
        records = sheet.export(records, period)
    found = attributes(sheet)
    cells = [_Cell(sheet, column, found[column.field]) for column in sheet.columns]
    for some in _chunks(records.order_by("pk").select_related(*_related(sheet, found))):
        parts = {name: _parts(sheet, name, some) for name in sheet.parts}
        for record in some:
            yield [cell.value(record, parts, context) for cell in cells]


def _chunks(records: QuerySet[Any]) -> Iterator[list[Model]]:
    """A province's export must not stand in memory at once."""
    stream = records.iterator(chunk_size=_AT_ONCE)
    while some := list(islice(stream, _AT_ONCE)):
        yield some


def _related(sheet: Sheet, found: dict[str, Attribute]) -> list[str]:
    """Relations that are told by the record itself; references are told by the index of their sheet."""
    plain = [
        column.field
        for column in sheet.columns
        if not column.part and found[column.field].is_relation and not isinstance(column.kind, Reference)
    ]
    return list(dict.fromkeys([*related_for(sheet), *plain]))


def _parts(sheet: Sheet, name: str, records: list[Model]) -> dict[Any, Model]:
    part = sheet.parts[name]
    key = relation_key(part.model, part.link)
    companions: dict[Any, Model] = {}
    for start in range(0, len(records), 500):  # SQLite takes so many values in one query
        some = [record.pk for record in records[start : start + 500]]
        for companion in part.model._default_manager.filter(**part.constants, **{f"{part.link}__in": some}):
            companions[getattr(companion, key)] = companion
    return companions


class _Cell:
    """How one column is taken from a record."""

    def __init__(self, sheet: Sheet, column: Column, attribute: Attribute) -> None:
        self.column, self.attribute = column, attribute
        kind = column.kind
        columns = {column.field for column in sheet.columns}
        # Only a scope that the row itself shows can be read again.
        scoped = isinstance(kind, Reference) and kind.scope in columns
        self.scope = relation_key(sheet.model, kind.scope) if scoped and kind.scope else ""  # type: ignore[attr-defined]

    def value(self, record: Any, parts: dict[str, dict[Any, Model]], context: Context) -> Any:
        owner = parts[self.column.part].get(record.pk) if self.column.part else record
        if owner is None:
            return ""
        kind = self.column.kind
        if isinstance(kind, Reference):
            scope = getattr(record, self.scope) if self.scope else None
            return kind.format_within(self.attribute.get(owner), scope, context)
        return kind.format(getattr(owner, self.attribute.name), context)
