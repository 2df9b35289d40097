"""What a case file is read with, and the workbook it is written into: strict records, and rows by sheet."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
from django.db.models import Model

from zhijiao.dates import ApproximateDate, school_year_of
from zhijiao.quantities import chinese_number
from zhijiao.workbook import registry
from zhijiao.workbook.cells import CellProblem
from zhijiao.workbook.description import Sheet

BRIEF = "短期指导"  # the programme of short visits


class Named(str):
    """A teacher's name in a cell, which may need the school behind it."""

    school: str

    def __new__(cls, name: str, school: str) -> Named:
        named = super().__new__(cls, name)
        named.school = school
        return named


class Stay(str):
    """A secondment in a cell, told by its teacher as far as that is clear."""

    row: dict[str, Any]

    def __new__(cls, row: dict[str, Any]) -> Stay:
        stay = super().__new__(cls, row["teacher"])
        stay.row = row
        return stay


class Record:
    """One mapping of a case file. Every key must be taken; `done` names those that nobody took."""

    def __init__(self, path: str, data: Any) -> None:
        if not isinstance(data, dict):
            raise ValueError(f"{path}: a mapping was expected, not {data!r}")
        self.path = path
        self._data = {str(key): value for key, value in data.items()}
        self._taken: set[str] = set()

    def take(self, *keys: str, default: Any = None) -> Any:
        """The value of the first of these keys that is there; two names of one thing together are refused."""
        found = [key for key in keys if key in self._data]
        self._taken.update(found[:1])
        return self._data[found[0]] if found else default

    def required(self, *keys: str) -> Any:
        value = self.take(*keys)
        if value is None or value == "":
            raise ValueError(f"{self.path}.{keys[0]} is missing")
        return value

    def part(self, *keys: str) -> Record | None:
        """A mapping inside this one."""
        key = next((key for key in keys if key in self._data), keys[0])
        value = self.take(*keys)
        return None if value is None else Record(f"{self.path}.{key}", value)

    def parts(self, key: str) -> list[Record | str]:
        """A list inside this one, of mappings or of words."""
        return entries(f"{self.path}.{key}", self.take(key))

    def items_left(self) -> Iterator[tuple[str, Any]]:
        """What nobody took yet; taking it."""
        for key in [key for key in self._data if key not in self._taken]:
            self._taken.add(key)
            yield key, self._data[key]

    def has(self, *keys: str) -> bool:
        return any(key in self._data for key in keys)

    def done(self) -> None:
        unknown = [f"{self.path}.{key}" for key in self._data if key not in self._taken]
        if unknown:
            raise ValueError("unknown key: " + ", ".join(unknown))


def entries(path: str, value: Any) -> list[Record | str]:
    """The members of a list, of which each is a mapping or a word; one alone may stand without a list."""
    if value is None:
        return []
    listed = value if isinstance(value, list) else [value]
    return [Record(f"{path}[{n}]", one) if isinstance(one, dict) else str(one) for n, one in enumerate(listed)]


@dataclass(frozen=True)
class CaseYear:
    """The year a case tells: a school year, a term of it, or a calendar year."""

    code: str
    school_year: str
    undated: str = ""  # the date of what has none: empty where the school year says it

    @classmethod
    def of(cls, case: Record) -> CaseYear:
        given = [key for key in ("school_year", "calendar_year", "term") if case.has(key)]
        if len(given) != 1:
            raise ValueError(f"{case.path}: exactly one of school_year, calendar_year, term is needed")
        code = str(case.take(given[0]))
        if given[0] == "calendar_year":
            first = int(code)
            # Where a school year must be named: the one that is current in spring, as assignments/periods.py has it.
            return cls(code, f"{first - 1}-{first}", f"{first}年")
        if given[0] == "term":
            first, second, number = (int(part) for part in code.split("-"))
            months = f"{first}年9月至{second}年1月" if number == 1 else f"{second}年2月至{second}年7月"
            return cls(code, f"{first}-{second}", months)
        return cls(code, code)

    @property
    def is_calendar(self) -> bool:
        return "-" not in self.code

    @property
    def whole(self) -> str:
        """The year as a date that is known no better."""
        return self.undated or f"{self.school_year}学年"

    def covers(self, day: dt.date) -> bool:
        """Is this a day on which the school year was prepared, carried out or told of?"""
        first = int(self.school_year[:4])
        return dt.date(first, 7, 1) <= day <= dt.date(first + 1, 10, 31)

    def of_date(self, when: ApproximateDate) -> str:
        """What stands in the column 学年 beside a date; empty where the product works it out itself."""
        if not self.is_calendar and (when.start is None or self.covers(when.start)):
            return self.school_year
        return ""

    def surely_of(self, when: ApproximateDate) -> str:
        """The same for sheets that need it."""
        told = self.of_date(when)
        if told or when.start is None or when.precision == "year":
            return told or self.school_year
        first = school_year_of(when.start)
        return f"{first}-{first + 1}"


def date_cell(value: Any) -> Any:
    """A date of a case file as a clerk writes it: a day, 2009年3月, 2009年, 2021-2022学年, or from one to another."""
    if value is None or value == "":
        return ""
    if isinstance(value, list):
        if len(value) != 2:
            raise ValueError(f"{value!r} is no period: two dates are needed")
        return "至".join(str(_point(one)) for one in value)
    return _point(value)


def _point(value: Any) -> Any:
    if isinstance(value, dt.date):
        return f"{value.year}年{value.month}月{value.day}日"
    text = str(value)
    if re.fullmatch(r"\d{4}-\d{1,2}", text):
        year, month = text.split("-")
        return f"{year}年{int(month)}月"
    return (
        f"{text}学年" if re.fullmatch(r"\d{4}-\d{4}", text) else f"{text}年" if re.fullmatch(r"\d{4}", text) else text
    )


def people_cell(record: Record, name: str = "people") -> Any:
    """people: 54 · people_more_than: 10 → 10余 · people_about: 30 → 约30."""
    if record.has(f"{name}_more_than"):
        return f"{record.take(f'{name}_more_than')}余"
    if record.has(f"{name}_about"):
        return f"约{record.take(f'{name}_about')}"
    return record.take(name)


_COUNTED = re.compile(
    r"(?P<name>[^\d一二两三四五六七八九十百]+)(?P<number>\d+|[一二两三四五六七八九十百]+)(?P<unit>\D{0,4})"
)


def counted(text: str) -> tuple[str, Any, str]:
    """锦旗1面 → 锦旗, 1, 面."""
    found = _COUNTED.fullmatch(text.strip())
    if not found:
        return text, "", ""
    number = int(found["number"]) if found["number"].isdigit() else chinese_number(found["number"])
    return found["name"], number, found["unit"]


def words(value: Any) -> str:
    """A list in one cell."""
    return "、".join(str(one) for one in value) if isinstance(value, list | tuple) else str(value or "")


def listed(value: Any) -> list[str]:
    """One alone may stand without a list."""
    return [] if value is None else [str(one) for one in (value if isinstance(value, list) else [value])]


def yes_no(value: bool | None) -> str:
    return "" if value is None else "是" if value else "否"


@dataclass
class Book:
    """The rows of a workbook, by the sheet of their model and the field of their column."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)

    def add(self, model: type[Model], **fields: Any) -> dict[str, Any]:
        """A row. `part__attribute` is the column of a companion row."""
        row = {name.replace("__", "."): value for name, value in fields.items() if value not in (None, "")}
        self.rows.setdefault(sheet_of(model).name, []).append(row)
        return row

    def of(self, model: type[Model]) -> list[dict[str, Any]]:
        return self.rows.get(sheet_of(model).name, [])

    def save(self, path: Path) -> None:
        """Only the columns that hold something, under the headers that the sheets' descriptions give them."""
        workbook = openpyxl.Workbook()
        workbook.remove(workbook.worksheets[0])
        if self.facts:
            worksheet = workbook.create_sheet(registry.facts_sheet())
            for label, value in self.facts.items():
                worksheet.append([label, value])
        for sheet in registry.sheets():
            if rows := self.rows.get(sheet.name):
                _fill(workbook.create_sheet(sheet.name), sheet, rows)
        workbook.save(path)


def _fill(worksheet: Any, sheet: Sheet, rows: list[dict[str, Any]]) -> None:
    used = {name for row in rows for name in row}
    unknown = used - {column.field for column in sheet.columns}
    if unknown:
        raise LookupError(f"sheet {sheet.name} has no column for {', '.join(sorted(unknown))}")
    columns = [column for column in sheet.columns if column.field in used]
    worksheet.append([column.header for column in columns])
    for row in rows:
        worksheet.append([_cell(row.get(column.field)) for column in columns])


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return yes_no(value)
    return words(value) if isinstance(value, list | tuple) else value


def sheet_of(model: type[Model]) -> Sheet:
    return next(sheet for sheet in registry.sheets() if sheet.model is model)


def accepted(model: type[Model], name: str, value: Any, otherwise: str) -> Any:
    """The word, or `otherwise` where the column's list does not have it: as a clerk does with a drop-down."""
    parse: Callable[[Any, Any], Any] = sheet_of(model).column(name).kind.parse
    try:
        return value if value in (None, "") or parse(value, None) else otherwise
    except CellProblem:
        return otherwise
