"""A report as a document: out of its passages while it is written, out of what was kept once it is handed in or issued."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from assignments.access import has_on
from assignments.models.scope import Access
from reports.documents.keeping import unpacked
from reports.documents.sources import with_sources
from reports.documents.tree import Block, Document, Paragraph, Photo, Section, Signature
from reports.figures import Asked
from reports.figures.together import learn
from reports.living import eyes, pieces, tokens
from reports.models import Passage, PassageKind, Report, ReportState
from zhijiao import clock


def asked_for(report: Report) -> Asked:
    """The period and the viewpoint that a report tells of."""
    if report.school is None:
        return eyes.asked_of_bureau(report.county, report.asked_period)
    return eyes.asked_of_school(report.school, report.asked_period)


def may_read(report: Report, user: Any) -> bool:
    """Whose text it is reads it always; the others from the day it is handed in, or issued."""
    access = Access.of(user)
    if not has_on(user, "report.read", report):
        return False
    is_ours = report.county_id in access.districts if report.is_of_bureau else report.school_id in access.schools
    is_out = report.state in (ReportState.HANDED_IN, ReportState.ACCEPTED, ReportState.ISSUED, ReportState.SUPERSEDED)
    return access.everything or is_ours or is_out


def passages_of(report: Report) -> list[Passage]:
    """In their order, with who edited them and where they were taken from."""
    return list(report.passages.select_related("edited_by", "photo", "taken_from__school").order_by("order", "pk"))


def learn_figures(passages: Iterable[Passage], asked: Asked, more: Iterable[str] = ()) -> None:
    """Counts the report's own figures together, before each is asked for where it stands."""
    found = list(more)
    for passage in passages:
        for markup in tokens.TOKEN.findall(passage.text):
            if "|period=" not in markup and "|school=" not in markup:
                found.append(markup.split("|")[0])
    learn(found, asked)


def document_of(report: Report, asked: Asked | None = None, passages: Iterable[Passage] | None = None) -> Document:
    """What a reader of the report gets. What was handed in, accepted or issued comes out of what was kept."""
    if report.content is not None and not report.is_writable:
        return unpacked(report.content)
    asked = asked or asked_for(report)
    every = passages_of(report) if passages is None else list(passages)
    document = Document(
        report.title,
        (*_nested([one for one in every if not one.is_appendix], asked), Signature(report.signs, report.dated or clock.today()),
         *_nested([one for one in every if one.is_appendix], asked)),
        organisation=report.signs,
        number=report.number,
        subject="支教工作总结",
        keywords=("支教", "工作总结", asked.period.title),
        red_head=report.county.red_head if report.is_of_bureau and report.number else "",
    )  # fmt: skip
    return with_sources(document)


@dataclass
class _Open:
    """A section that is being filled."""

    title: str
    level: int
    is_appendix: bool = False
    blocks: list[Block] = field(default_factory=list)

    def closed(self) -> Section:
        return Section(self.title, tuple(self.blocks), is_appendix=self.is_appendix)


def _nested(passages: list[Passage], asked: Asked) -> tuple[Block, ...]:
    """Flat passages as sections in sections. A heading that is left out takes everything below it along."""
    whole = _Open("", 0)
    stack, skipped = [whole], 0
    for passage in passages:
        is_heading = passage.kind == PassageKind.HEADING
        if skipped and not (is_heading and passage.level <= skipped):
            continue
        skipped = 0
        if passage.is_left_out:
            skipped = passage.level if is_heading else 0
            continue
        if is_heading:
            while stack[-1].level >= passage.level:
                _fold(stack)
            title = tokens.plain_text(passage.text, asked)
            stack.append(_Open(title, passage.level, passage.is_appendix and passage.level == 1))
        elif (block := block_of(passage, asked)) is not None:
            stack[-1].blocks.append(block)
    while len(stack) > 1:
        _fold(stack)
    return tuple(whole.blocks)


def _fold(stack: list[_Open]) -> None:
    closed = stack.pop().closed()
    stack[-1].blocks.append(closed)


def block_of(passage: Passage, asked: Asked) -> Block | None:
    """A passage as a block of the document; None where its table or chart has nothing to tell any more."""
    if passage.kind == PassageKind.PARAGRAPH:
        return Paragraph(*tokens.inlines_of(passage.text, asked))
    if passage.kind in (PassageKind.TABLE, PassageKind.CHART):
        piece = pieces.generated(asked).get(passage.source)
        return piece.block if piece else None
    if passage.kind == PassageKind.PHOTO and passage.photo:
        photo = passage.photo
        return Photo(str(photo.pk), passage.text, photo.width or 0, photo.height or 0)
    return None


def is_within_left_out(passages: Iterable[Passage]) -> set[int]:
    """Keys of passages that are not written because they, or the heading above them, are left out."""
    skipped, found = 0, set()
    for passage in passages:
        is_heading = passage.kind == PassageKind.HEADING
        if skipped and is_heading and passage.level <= skipped:
            skipped = 0
        if skipped or passage.is_left_out:
            found.add(passage.pk)
        if passage.is_left_out and is_heading and not skipped:
            skipped = passage.level
    return found
