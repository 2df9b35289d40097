"""Finds a row's record by its natural key, and a row that stands twice in a sheet."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import partial
from typing import Any

from django.db.models import Model

from zhijiao.workbook.attributes import Attribute
from zhijiao.workbook.cells import lookup_form
from zhijiao.workbook.description import RowValues, Sheet

_Key = tuple[Hashable, ...]


class Keys:
    """The records and the rows of a sheet by each of its keys.

    A stronger key (an ID number) decides where both sides have it: two people of one name and school are two.
    """

    def __init__(self, sheet: Sheet, attributes: dict[str, Attribute]) -> None:
        self._sheet = sheet
        self._attributes = attributes
        self._records: list[dict[_Key, list[Model]]] = [{} for _ in (*sheet.stronger_keys, sheet.key)]
        self._strong_of: dict[int, list[_Key | None]] = {}
        self._rows: list[dict[_Key, list[tuple[int, list[_Key | None]]]]] = [{} for _ in self._records]
        self._told: tuple[str, ...] = sheet.key

    def add_existing(self, instances: Iterable[Model], parts_of: Callable[[Model], dict[str, Model]]) -> None:
        has_parts = any("." in name for key in (*self._sheet.stronger_keys, self._sheet.key) for name in key)
        for instance in instances:
            parts = parts_of(instance) if has_parts else {}
            keys = self._keys(partial(self._of_record, instance, parts))
            self._strong_of[id(instance)] = keys[:-1]
            for known, key in zip(self._records, keys, strict=True):
                if key is not None:
                    known.setdefault(key, []).append(instance)

    def find(self, values: RowValues) -> list[Model]:
        """The records that a row may be: none, the one, or several where they can't be told apart."""
        keys = self._of_row(values)
        for known, key in zip(self._records[:-1], keys[:-1], strict=True):
            if key is not None and key in known:
                return known[key]
        if keys[-1] is None:
            return []
        found = self._records[-1].get(keys[-1], [])
        own = [record for record in found if getattr(record, "county_id", 0) is not None]
        return [record for record in own or found if not _differ(self._strong_of[id(record)], keys[:-1])]

    def twin(self, number: int, values: RowValues) -> int:
        """The number of an earlier row with the same key; 0 where there is none."""
        keys = self._of_row(values)
        names = (*self._sheet.stronger_keys, self._sheet.key)
        twin = 0
        for position, (known, key) in enumerate(zip(self._rows, keys, strict=True)):
            if key is None:
                continue
            same = known.setdefault(key, [])
            if not twin:
                is_last = position == len(keys) - 1
                twin = next((earlier for earlier, strong in same if not is_last or not _differ(strong, keys[:-1])), 0)
                if twin:
                    self._told = names[position]
            same.append((number, keys[:-1]))
        return twin

    @property
    def told(self) -> tuple[str, ...]:
        """The fields of the key by which `twin` found its row."""
        return self._told

    def _of_row(self, values: RowValues) -> list[_Key | None]:
        return self._keys(lambda name: _hashable(values.get(name)))

    def _of_record(self, record: Model, parts: dict[str, Model], name: str) -> Hashable:
        part = name.rpartition(".")[0]
        owner = parts.get(part) if part else record
        return None if owner is None else _hashable(self._attributes[name].get(owner))

    def _keys(self, value: Callable[[str], Hashable]) -> list[_Key | None]:
        strong = []
        for names in self._sheet.stronger_keys:
            key = tuple(value(name) for name in names)
            strong.append(key if all(key) else None)
        return [*strong, tuple(value(name) for name in self._sheet.key)]


def _differ(one: list[_Key | None], other: list[_Key | None]) -> bool:
    """Both have a stronger key, and not the same."""
    return any(a is not None and b is not None and a != b for a, b in zip(one, other, strict=True))


def _hashable(value: Any) -> Hashable:
    if isinstance(value, str):
        return lookup_form(value)
    if isinstance(value, Model):
        return value.pk or id(value)
    if isinstance(value, list):
        return tuple(value)
    return value
