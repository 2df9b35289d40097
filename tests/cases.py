"""Turns a case file (tests/data/cases/README.md) into the product's own workbook.

By hand, for any file of the same shape: python -m tests.cases CASE.yaml OUT.xlsx
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import django
import yaml
from django.apps import apps

if not apps.ready:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhijiao.settings")
    os.environ.setdefault("DEBUG", "1")
    django.setup()

from assignments.models import School, Secondment, Teacher, YearFacts
from assignments.sheets import county as county_facts
from assignments.sheets.secondments import DEFAULT_PROGRAMME
from tests.casebook import BRIEF, Book, CaseYear, Named, Record, Stay, accepted, date_cell, entries, words
from zhijiao.dates import ApproximateDate

ROLES = {"sending", "receiving", "both"}  # a relation to secondments in this product, so that it is not recorded
BUREAUS = ("教育和体育局", "教育体育局", "教育局", "教体局", "文教局", "教文体局")
YEAR_FACTS = {
    "teachers": "teacher_count",
    "eligible": "eligible_teachers",
    "backbone": "backbone_teachers",
    "pupils": "students",
    "classes": "class_count",
}
TOLD_IN_A_WORD = {"schools", "organisation", "responsibility", "policies", "incentives", "problems", "next_steps"}
COUNTY, SENDING, RECEIVING, CENTRE = "county", "sending_school", "receiving_school", "centre_school"
PERSPECTIVES = {
    "county": COUNTY, "district": COUNTY, "bureau": COUNTY, "county_bureau": COUNTY, "sending_school": SENDING, "receiving_school": RECEIVING,
    "centre_school": CENTRE,
}  # fmt: skip


class Case:
    """The year of one school or bureau, on its way into a workbook."""

    def __init__(self, data: Any) -> None:
        case = Record("case", data)
        case.take("title")
        case.take("summary_states")
        self.year = CaseYear.of(case)
        self.book = Book()
        self.schools: dict[str, dict[str, Any]] = {}
        self.teachers: dict[tuple[str, str], dict[str, Any]] = {}
        self._whose(case.part("perspective") or Record("case.perspective", {}))
        records = case.part("records") or Record("case.records", {})
        case.done()
        self._write(records)

    def _whose(self, perspective: Record) -> None:
        kind, self.name = str(perspective.required("kind")), str(perspective.required("name"))
        if kind not in PERSPECTIVES:
            raise ValueError(f"{perspective.path}.kind: {kind} is none of {', '.join(PERSPECTIVES)}")
        self.kind = PERSPECTIVES[kind]
        perspective.done()
        if self.kind == COUNTY:
            bureau = next((word for word in BUREAUS if self.name.endswith(word)), "")
            self.book.facts[county_facts.COUNTY] = self.name.removesuffix(bureau) or self.name
            if bureau:
                self.book.facts[county_facts.BUREAU] = self.name

    def _write(self, records: Record) -> None:
        from tests import case_aid, case_records, case_secondments, case_work

        # In this order: schools and secondments before what refers to them.
        known = {
            "schools": school_row,
            **case_secondments.KINDS,
            **case_records.KINDS,
            **case_aid.KINDS,
            **case_work.KINDS,
        }
        found = {kind: entries(f"records.{kind}", value) for kind, value in records.items_left()}
        unknown = [f"records.{kind}" for kind in found if kind not in known]
        if unknown:
            raise ValueError("unknown key: " + ", ".join(unknown))
        if self.kind != COUNTY:
            self.school(self.name)
        for kind, write in known.items():
            for record in found.get(kind, []):
                if isinstance(record, str) and kind not in TOLD_IN_A_WORD:
                    raise ValueError(f"records.{kind}: a mapping was expected, not {record!r}")
                write(self, record)
                if isinstance(record, Record):
                    record.done()
        self._make_names_clear()

    # --- whose, when -----------------------------------------------------------------------------------------------------

    @property
    def own(self) -> str:
        """The perspective's school; the county's records leave the school empty."""
        return "" if self.kind == COUNTY else self.name

    @property
    def receives(self) -> bool:
        return self.kind in (RECEIVING, CENTRE)

    def school_of(self, record: Record, *keys: str) -> str:
        """The school a record names, else the perspective's."""
        told = record.take(*(keys or ("school",)))
        if told is not None and not isinstance(told, str):
            raise ValueError(f"{record.path}.{(keys or ('school',))[0]}: one school was expected, not {told!r}")
        return self.school(told) if told and told != self.name else self.own

    def school(self, name: str) -> str:
        """The name, which the sheet of schools has from now on."""
        if name not in self.schools:
            self.schools[name] = self.book.add(School, name=name)
        return name

    def when(self, record: Record, *keys: str) -> dict[str, Any]:
        """The columns 日期 and 学年 of a dated record."""
        told = self.told(record, *keys)
        return {"when": told[0], "school_year": told[1]}

    def told(self, record: Record, *keys: str) -> tuple[Any, str]:
        date, school_year = record.take(*(keys or ("date",))), record.take("school_year")
        if date is None and school_year is not None:
            return ("", str(school_year))
        cell = date_cell(date) or self.year.undated
        return cell, str(school_year or self.year.of_date(ApproximateDate.parse(cell)))

    def school_year_of(self, record: Record) -> str:
        """For sheets that know a school year and no date."""
        told = str(record.take("school_year") or "")
        return told or self.year.surely_of(ApproximateDate.parse(date_cell(record.take("date"))))

    # --- people ----------------------------------------------------------------------------------------------------------

    def teacher(self, name: str, school: str | None = None, **fields: Any) -> Named:
        """The name of a teacher, whom the sheet of teachers has from now on. Without a school: one already known."""
        known = [key for key in self.teachers if key[0] == name]
        key = (name, school) if school is not None else known[0] if known else (name, self.own)
        if key not in self.teachers:
            self.teachers[key] = self.book.add(Teacher, name=name, school=key[1])
        self.teachers[key].update({field: value for field, value in fields.items() if value not in (None, "")})
        return Named(*key)

    def is_teacher(self, name: str) -> bool:
        return any(key[0] == name for key in self.teachers)

    def secondments_of(self, name: str) -> list[dict[str, Any]]:
        return [row for row in self.book.of(Secondment) if row["teacher"] == name]

    def seconded(self, record: Record, *keys: str) -> dict[str, Any]:
        """The columns that say on which secondment a record hangs, and when it was."""
        name = str(record.required(*(keys or ("teacher",))))
        found = self.secondments_of(name)
        if not found:
            raise ValueError(f"{record.path}: {name} is in no secondment, and this is a record of a seconded teacher")
        cell, year = self.told(record)
        year = year or self.year.surely_of(ApproximateDate.parse(cell))
        # A stay of a year before a visit of a day; in the record's own school year before any other.
        row = min(found, key=lambda row: (row["school_year"] != year, row.get("programme") == BRIEF))
        return {"secondment": Stay(row), "school_year": row["school_year"], "when": cell}

    def _make_names_clear(self) -> None:
        """Two teachers of one name are told apart by their school, two stays of one teacher by their programme."""
        names = [name for name, _ in self.teachers]
        stays = [(row["teacher"], row["school_year"]) for row in self.book.of(Secondment)]
        for row in (row for rows in self.book.rows.values() for row in rows):
            for field, value in row.items():
                if isinstance(value, Stay):
                    teacher, year = value.row["teacher"], value.row["school_year"]
                    row[field] = (
                        f"{teacher}（{value.row.get('programme') or DEFAULT_PROGRAMME}）"
                        if stays.count((teacher, year)) > 1
                        else teacher
                    )
        for row in (row for rows in self.book.rows.values() for row in rows):
            for field, value in row.items():
                if isinstance(value, Named) and names.count(value) > 1 and value.school:
                    row[field] = f"{value}（{value.school}）"


def school_row(case: Case, record: Record | str) -> None:
    """学校."""
    if isinstance(record, str):
        case.school(record)
        return
    name = str(record.required("name"))
    role = record.take("role")
    if role is not None and role not in ROLES:
        raise ValueError(f"{record.path}.role: {role} is none of {', '.join(sorted(ROLES))}")
    case.school(name)
    centre = record.take("parent", "centre_school")
    case.schools[name].update(
        {
            key: value
            for key, value in {
                "stage": accepted(School, "stage", record.take("stage"), "其他"),
                "location": record.take("location"),
                "is_centre_school": record.take("is_centre_school"),
                "centre_school": case.school(str(centre)) if centre else None,
                "is_outside_county": record.take("outside_county"),
                "is_focus": record.take("focus"),
                "aliases": words(record.take("aliases")),
                "region": record.take("region"),
                "township": record.take("township"),
                "code": record.take("code"),
                "principal": record.take("principal"),
                "address": record.take("address"),
            }.items()
            if value not in (None, "")
        }
    )
    facts = {key: record.take(key, other) for key, other in YEAR_FACTS.items()}
    if any(value is not None for value in facts.values()):
        case.book.add(YearFacts, school_year=case.year.school_year, school=name, **facts)


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def book_of(data: Any) -> Book:
    return Case(data).book


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print("usage: python -m tests.cases CASE.yaml OUT.xlsx", file=sys.stderr)
        return 2
    book = book_of(read(Path(arguments[0])))
    book.save(Path(arguments[1]))
    print("，".join(f"{name} {len(rows)} 行" for name, rows in book.rows.items()))
    return 0


if __name__ == "__main__":
    # The converters import this module by its name; run the one that they know.
    from tests import cases

    sys.exit(cases.main(sys.argv[1:]))
