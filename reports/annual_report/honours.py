"""荣誉: each with the document that gave it; those that were given together are told together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from evaluations.choices import HonourLevel
from evaluations.models import Honour
from reports.annual_report.sentences import Clause, Dates, bare, clause, joined, listed, paragraph, quoted, sentence
from reports.annual_report.year import Year
from reports.documents.tree import Section, Table

MOST_TOLD = 20
MOST_NAMES = 15


def section(year: Year) -> Section:
    rows = year.events(Honour, "teacher", "school")
    together: dict[Any, list[Honour]] = defaultdict(list)
    for row in rows:
        together[row.title, row.issuer, row.document, row.when].append(row)
    levels = year.parts("honours", "level", "项", dict(HonourLevel.choices))
    head = sentence(clause("获得各类荣誉", year.fig("honours", "项")), clause("其中", levels)) if len(rows) > 1 else ()
    if len(together) > MOST_TOLD:
        return Section("荣誉", (paragraph(head), _table(year, together.values())))
    dates = year.dates()
    return Section(
        "荣誉", (paragraph(head, sentence(*(_honour(year, same, dates) for same in together.values()), mark="；")),)
    )


def _honour(year: Year, rows: list[Honour], dates: Dates) -> Clause:
    row = rows[0]
    given = f"被{row.issuer}授予" if row.issuer else "获"
    number = f"（{row.document}）" if row.document else ""
    return joined([dates.told(row.when), f"{_names(year, rows)}{given}{quoted(bare(row.title))}{number}"])


def _names(year: Year, rows: list[Honour]) -> str:
    names = [
        year.place(row.school) if row.school and not row.teacher_id and not row.recipient else row.recipient_name
        for row in rows
    ]
    if len(names) > MOST_NAMES:
        return f"{listed(names, MOST_NAMES)}单位和个人"
    return listed(names)


def _table(year: Year, groups: Iterable[list[Honour]]) -> Table:
    lines = tuple(
        (
            _names(year, rows),
            bare(rows[0].title),
            rows[0].get_level_display() or "—",
            listed([rows[0].issuer, rows[0].document]) or "—",
        )
        for rows in groups
    )
    return Table("获得荣誉情况", ("获奖者", "荣誉", "级别", "授予单位、文号"), lines)
