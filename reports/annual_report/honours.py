"""荣誉: each with the document that gave it."""

from __future__ import annotations

from assignments.models import School
from evaluations.choices import HonourLevel
from evaluations.models import Honour
from reports.annual_report.sentences import Clause, Dates, bare, clause, joined, listed, paragraph, quoted, sentence
from reports.annual_report.year import Year
from reports.documents.tree import Block, Section, Table

MOST_TOLD = 20


def section(year: Year) -> Section:
    rows = year.events(Honour, "teacher", "school")
    if not rows:
        return Section("荣誉")
    levels = year.parts("honours", "level", "项", dict(HonourLevel.choices))
    is_told = len(rows) > 1
    head = (
        sentence(clause("获得各类荣誉", year.fig("honours", "项")), clause("其中", levels) if levels else ())
        if is_told
        else ()
    )
    if len(rows) > MOST_TOLD:
        return Section("荣誉", (paragraph(head), _table(year, rows)))
    dates = year.dates()
    blocks: list[Block] = [paragraph(head, sentence(*(_honour(row, dates) for row in rows), mark="；"))]
    return Section("荣誉", tuple(blocks))


def _honour(row: Honour, dates: Dates) -> Clause:
    day = dates.told(row.when)
    return (
        clause(
            joined([day, recipient(row), f"被{row.issuer}授予" if row.issuer else "获", quoted(bare(row.title))], ""),
            number(row) or "",
        )
        if number(row)
        else joined([day, recipient(row), f"被{row.issuer}授予" if row.issuer else "获", quoted(bare(row.title))], "")
    )


def number(row: Honour) -> str:
    return f"（{row.document}）" if row.document else ""


def recipient(row: Honour) -> str:
    return row.recipient_name


def _table(year: Year, rows: list[Honour]) -> Table:
    lines = tuple(
        (
            recipient(row),
            _whose(row.school, row),
            bare(row.title),
            row.get_level_display() or "—",
            listed([row.issuer, row.document]) or "—",
        )
        for row in rows
    )
    return Table("获得荣誉情况", ("获奖者", "学校", "荣誉", "级别", "授予单位、文号"), lines)


def _whose(school: School | None, row: Honour) -> str:
    return "—" if school is None or (row.teacher is None and not row.recipient) else str(school)
