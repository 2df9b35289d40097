"""The annual report of a county or a school as a document tree, from figures and records alone."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from assignments.periods import Period
from reports.annual_report import (
    aid,
    appraisal,
    care,
    charts,
    deeds,
    honours,
    inspection,
    organisation,
    outlook,
    selection,
    teaching,
)
from reports.annual_report.sentences import paragraph, sentence
from reports.annual_report.year import Year
from reports.documents.sources import with_sources
from reports.documents.tree import Block, Chart, Document, Paragraph, Section, Signature
from reports.figures import REGISTRY, Asked, tables, together

_LAST_MONTHS = {0: (7, 31), 1: (1, 31), 2: (7, 31)}


def annual_report(asked: Asked) -> Document:
    """The year as it stands now. Its figures are counted together before the first sentence asks for one."""
    together.count([(key, asked) for key, definition in REGISTRY.items() if definition.given is None])
    year = Year(asked)
    sections = _sections(year)
    signs = asked.viewpoint.signs
    if all(section.is_empty for section in sections):
        return Document(_title(year), (paragraph(f"{asked.period.title}没有支教工作的记录。"),), organisation=signs)
    appendix = tables.appendix(asked) if year.is_county else ()
    blocks: tuple[Block, ...] = (opening(year), *sections, Signature(signs, dated(asked.period)), *appendix)
    return with_sources(
        Document(
            _title(year),
            blocks,
            organisation=signs,
            subject="支教工作总结",
            keywords=("支教", "工作总结", asked.period.title),
        )
    )


def is_empty(document: Document) -> bool:
    """Nothing is recorded of that year from that viewpoint."""
    return not document.sections()


def _title(year: Year) -> str:
    return f"{year.viewpoint.name}{year.period.title}\n支教工作总结"


def _sections(year: Year) -> list[Section]:
    drawn = charts.charts(year)
    return [
        organisation.section(year),
        _with(selection.section(year), drawn.get(charts.SELECTION)),
        care.section(year),
        _with(teaching.section(year), drawn.get(charts.TEACHING), part=-1),
        inspection.section(year),
        _with(aid.section(year), drawn.get(charts.AID)),
        _with(appraisal.section(year), drawn.get(charts.APPRAISAL), part=-1),
        honours.section(year),
        deeds.section(year),
        outlook.problems(year),
        outlook.next_steps(year),
    ]


def _with(section: Section, drawn: list[Chart] | None, part: int = 0) -> Section:
    """The charts stand after the text of one of the section's parts."""
    if not drawn:
        return section
    parts = [place for place, block in enumerate(section.blocks) if isinstance(block, Section)]
    if not parts:
        return Section(section.title, (*section.blocks, *drawn))
    place = parts[part]
    told = section.blocks[place]
    assert isinstance(told, Section)  # noqa: S101  # as it was chosen
    with_charts = Section(told.title, (*told.blocks, *drawn))
    return Section(section.title, (*section.blocks[:place], with_charts, *section.blocks[place + 1 :]))


def opening(year: Year) -> Paragraph:
    """导语: on what grounds, how many went, and that the summary follows."""
    totals = selection.opening(year)
    return paragraph(
        sentence(
            f"{year.period.title}",
            organisation.grounds(year),
            f"{year.we}扎实推进支教工作",
            totals,
        ),
        f"现将{'有关' if totals else ''}情况总结如下。",
    )


def dated(period: Period) -> dt.date:
    """When such a report is written: at the end of what it tells, or now, where that is still to come."""
    last = (
        dt.date(period.end.year, 12, 31)
        if period.is_calendar_year
        else dt.date(period.end.year, *_LAST_MONTHS[period.term])
    )
    return min(last, timezone.localdate())
