"""What is known while a workbook is read or written: the county, its records by name, and what was looked up before."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from openpyxl.utils.datetime import WINDOWS_EPOCH

from zhijiao.workbook import registry
from zhijiao.workbook.attributes import relation_key
from zhijiao.workbook.cells import CellProblem, lookup_form, nearest, shown
from zhijiao.workbook.description import ParsedRow, RowValues, Sheet
from zhijiao.workbook.kinds import Reference

Found = TypeVar("Found")


class ReferenceBlocked(Exception):  # noqa: N818 (not an error: its cause is told where it belongs)
    """The row that is referred to was itself refused, or its whole sheet is missing: no second error."""


class MissingSheet(Exception):  # noqa: N818
    """Nothing can be referred to: the sheet is not in the workbook and has no records either."""

    def __init__(self, sheet: str) -> None:
        super().__init__(sheet)
        self.sheet = sheet


def rows_of(sheet: Sheet, county: Any) -> QuerySet[Any]:
    """The county's rows, and those that every county shares."""
    rows = sheet.model._default_manager.all()
    rows = sheet.rows(rows) if sheet.rows else rows
    if not has_county(sheet.model):
        return rows
    mine = Q(county=county)
    return rows.filter(mine | Q(county=None) if sheet.model._meta.get_field("county").null else mine)


def related_for(sheet: Sheet) -> list[str]:
    """What names and references need of other tables."""
    scope = [sheet.scope] if sheet.scope and sheet.model._meta.get_field(sheet.scope).is_relation else []
    return list(dict.fromkeys([*sheet.select, *scope]))


def has_county(model: type[Model]) -> bool:
    return any(field.name == "county" for field in model._meta.concrete_fields)


class NameIndex:
    """The rows of a sheet by their names."""

    def __init__(self, sheet: Sheet, rows: Iterable[Model], refused: Iterable[str], field: str = "") -> None:
        self.sheet = sheet
        self.rows = list(rows)
        self.is_complete = True
        self.resolved: dict[Any, Any] = {}  # cells that were resolved before
        self._field = field
        self._scope = relation_key(sheet.model, sheet.scope) if sheet.scope else ""
        self._by_name: dict[str, list[Model]] = {}
        self._qualified: dict[str, list[Model]] = {}  # 沈若兰（2023-2024）: right whatever the scope is
        self._names: list[str] = []
        for row in self.rows:
            label = self._scope_label(row)
            for name in self.names(row):
                _add(self._by_name, name, row)
                self._names.append(name)
                if label:
                    _add(self._qualified, f"{name}（{label}）", row)
        # The names of refused rows, or what they begin with where a row could not be read far enough to be named.
        self._refused = tuple({lookup_form(name) for name in refused if name})
        self._chosen: dict[Any, tuple[Any, str, str]] = {}

    def names(self, row: Any) -> list[str]:
        if self._field:
            return [str(getattr(row, self._field) or "")]
        names = self.sheet.names(row) if self.sheet.names else [str(row)]
        return [name for name in names if name]

    def scope_of(self, row: Any) -> Any:
        """As a key, so that nothing is fetched for it."""
        return getattr(row, self._scope) if self._scope else None

    def resolve(self, text: str, reference: Reference, values: RowValues) -> Model:
        form = lookup_form(text)
        candidates = _own_before_shared(self._by_name.get(form, []))
        scope = values.get(reference.scope) if reference.scope else None
        if form in self._qualified and not candidates:
            candidates = self._qualified[form]
        elif scope is not None and self._scope:
            key = scope.pk if isinstance(scope, Model) else scope
            candidates = [row for row in candidates if self.scope_of(row) == key]
        if len(candidates) > 1 and reference.narrow:
            candidates = [row for row in candidates if reference.narrow(row, values)] or candidates
        if len(candidates) == 1:
            return candidates[0]
        if not candidates and (not self.is_complete or form.startswith(self._refused)):
            raise ReferenceBlocked
        if candidates:
            told = "、".join(self.names(row)[-1] for row in candidates[:4])
            raise CellProblem(
                f"“{shown(text)}”在“{self.sheet.name}”里有 {len(candidates)} 个，分不清是哪一个；请写成其中一个：{told}"
            )
        raise self._unknown(text, scope)

    def _unknown(self, text: str, scope: Any) -> Exception:
        if not self.rows and not self._refused:
            return MissingSheet(self.sheet.name)
        where = f"“{self.sheet.name}”里没有“{shown(text)}”"
        if scope is not None and lookup_form(text) in self._by_name:
            return CellProblem(
                f"“{self.sheet.name}”里有“{shown(text)}”，但不在{scope}；请核对学年，或先在“{self.sheet.name}”表登记"
            )
        near = nearest(text, self._names)
        hint = f"，是不是“{near}”？如果不是，" if near else "；"
        return CellProblem(f"{where}{hint}请先在“{self.sheet.name}”表登记")

    def name_of(self, key: Any, scope: Any = None) -> str:
        """The shortest name by which the row is found again from a row with this scope (None: without one)."""
        if not self._chosen:
            self._choose_names()
        own, within, anywhere = self._chosen.get(key, (None, "", ""))
        return within if scope is not None and scope == own else anywhere

    def _choose_names(self) -> None:
        """For each row: its scope, its shortest name within it, and its shortest name without one."""
        named = [(row, self.scope_of(row), self.names(row)) for row in self.rows]
        uses: Counter[Any] = Counter()
        for _, scope, names in named:
            for form in {lookup_form(name) for name in names}:
                uses.update([form, (scope, form)])
        for row, scope, names in named:
            last = names[-1] if names else ""
            within = next((name for name in names if uses[scope, lookup_form(name)] == 1), last)
            label = self._scope_label(row)
            # With a scope a name alone would be looked for in the scope of whoever refers to it.
            anywhere = f"{within}（{label}）" if label else next((n for n in names if uses[lookup_form(n)] == 1), last)
            self._chosen[row.pk] = scope, within, anywhere

    def _scope_label(self, row: Any) -> str:
        scope = getattr(row, self.sheet.scope, None) if self.sheet.scope else None
        return str(getattr(scope, "code", scope)) if scope is not None else ""


def _add(index: dict[str, list[Model]], name: str, row: Model) -> None:
    same = index.setdefault(lookup_form(name), [])
    if not any(other is row for other in same):
        same.append(row)


def _own_before_shared(rows: list[Model]) -> list[Model]:
    """A county's own row stands before the one of the same name that every county shares."""
    if len(rows) < 2 or not has_county(type(rows[0])):
        return rows
    return [row for row in rows if row.county_id is not None] or rows  # type: ignore[attr-defined]


class Context:
    """Passed to kinds, checks and prepare."""

    def __init__(self, county: Any, by: Any = None, epoch: dt.datetime = WINDOWS_EPOCH) -> None:
        self.county = county
        self.by = by
        self.epoch = epoch
        self.sheets_present: frozenset[str] = frozenset()
        self._memory: dict[Hashable, Any] = {}
        self.broken: set[str] = set()  # sheets of this workbook that could not be read as a whole
        self._rows: dict[str, list[ParsedRow]] = {}
        self._instances: dict[str, list[Model]] = {}
        self._refused: dict[str, set[str]] = {}
        self._indexes: dict[tuple[str, str], NameIndex] = {}

    def remember(self, key: Hashable, make: Callable[[], Found]) -> Found:
        """What `make` gave the first time it was asked for `key` in this import."""
        if key not in self._memory:
            self._memory[key] = make()
        return self._memory[key]

    def school_year(self, code: str) -> Any:
        return self.remember(("school year", code), lambda: registry.school_year(code))

    def rows(self, sheet: str) -> list[ParsedRow]:
        """The rows of an earlier sheet of this workbook, without the refused ones."""
        return [row for row in self._rows.get(sheet, []) if not row.refused]

    def instances(self, sheet: str) -> list[Any]:
        """All records of a sheet: those of the database as this workbook makes them, and its new ones."""
        if sheet not in self._instances:
            described = registry.sheet(sheet)
            self._instances[sheet] = list(rows_of(described, self.county).select_related(*related_for(described)))
        return self._instances[sheet]

    def index(self, sheet: str, field: str = "") -> NameIndex:
        if (sheet, field) not in self._indexes:
            refused = self._refused.get(sheet, set())
            index = NameIndex(registry.sheet(sheet), self.instances(sheet), refused, field)
            index.is_complete = sheet not in self.broken
            self._indexes[sheet, field] = index
        return self._indexes[sheet, field]

    def finished(self, sheet: str, rows: list[ParsedRow], instances: list[Model], refused: set[str]) -> None:
        """A sheet of this workbook is done: later ones may refer to it."""
        self._rows[sheet], self._instances[sheet] = rows, instances
        self._refused.setdefault(sheet, set()).update(refused)
        self._indexes = {key: index for key, index in self._indexes.items() if key[0] != sheet}
