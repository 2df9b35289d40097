"""问题与整改, 下一步打算: what the bureau or the school has written down, and findings that are still open."""

from __future__ import annotations

from assignments.models import OutlookItem
from reports.annual_report.inspection import open_problems
from reports.annual_report.sentences import Clause, bare, clause, in_turn, joined, led, paragraph
from reports.annual_report.year import Year
from reports.documents.tree import Block, Section

MOST_OPEN = 8


def problems(year: Year) -> Section:
    rows = _items(year, OutlookItem.Kind.PROBLEM)
    found = open_problems(year)
    told = [joined([bare(row.text), clause("对此，", bare(row.measure)) if row.measure else ()], "。") for row in rows]
    listed = led("督导检查中发现的以下问题正在整改：", *found, mark="；") if 0 < len(found) <= MOST_OPEN else ()
    many = (
        led("督导检查中发现的问题，尚有", clause(year.fig("problems_open", "个"), "正在整改"))
        if len(found) > MOST_OPEN
        else ()
    )
    return Section("问题与整改", (*_in_paragraphs(told, "。"), paragraph(listed, many)))


def next_steps(year: Year) -> Section:
    rows = _items(year, OutlookItem.Kind.NEXT)
    return Section("下一步打算", tuple(_in_paragraphs([joined([bare(row.text), bare(row.measure)]) for row in rows])))


def _items(year: Year, kind: str) -> list[OutlookItem]:
    rows = year.asked.remember("outlook", lambda: year.of_year(OutlookItem, "school"))
    return [row for row in year.own(rows) if row.kind == kind]


def _in_paragraphs(items: list[Clause], mark: str = "；") -> list[Block]:
    return [paragraph(in_turn(items, mark))] if items else []
