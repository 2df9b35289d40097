"""A draft as its writers see it: each passage with what belongs to it, its number, who else is in it, what it could be."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reports.documents import tree
from reports.documents.html import ItemView, item_view
from reports.documents.numbering import heading_number
from reports.documents.photos import attachment_address
from reports.figures import REGISTRY, Asked
from reports.living import pieces, reading, tokens, writing
from reports.models import Passage, PassageKind, Report, ReportState


@dataclass(frozen=True)
class PassageView:
    """One passage on the page of its writers."""

    passage: Passage
    view: ItemView | None
    number: str = ""
    is_out: bool = False
    here: str = ""  # who else has it open
    has_news: bool = False  # the records would tell it otherwise now
    chips: str = "{}"  # what the editor shows for each figure

    @property
    def anchor(self) -> str:
        return f"p{self.passage.pk}"

    @property
    def is_text(self) -> bool:
        return self.passage.kind in (PassageKind.PARAGRAPH, PassageKind.HEADING, PassageKind.PHOTO)


def passage_views(report: Report, asked: Asked, user: Any) -> list[PassageView]:
    every = reading.passages_of(report)
    reading.learn_figures(every, asked)
    left_out, numbered = reading.is_within_left_out(every), numbers(every, asked)
    here, made = writing.others_here(report, user), pieces.generated(asked)
    found = []
    for one in every:
        piece = made.get(one.source) if one.source else None
        has_news = piece is not None and one.kind == PassageKind.PARAGRAPH and piece.text != one.generated
        known = chips_json(one.text, asked) if one.kind in (PassageKind.PARAGRAPH, PassageKind.HEADING) else "{}"
        found.append(
            PassageView(
                one,
                view_of(one, asked),
                numbered.get(one.pk, ""),
                one.pk in left_out,
                here.get(one.pk, ""),
                has_news,
                known,
            )
        )
    return found


def view_of(passage: Passage, asked: Asked) -> ItemView | None:
    """As the document draws it; None for a heading, and where there is nothing to draw."""
    block = reading.block_of(passage, asked)
    match block:
        case tree.Table():
            return item_view(tree.NumberedTable("表", block), attachment_address)
        case tree.Chart():
            return item_view(tree.NumberedChart("图", f"p{passage.pk}", block), attachment_address)
        case tree.Paragraph():
            return item_view(block, attachment_address)
    return None


def numbers(passages: Sequence[Passage], asked: Asked) -> dict[int, str]:
    """Each heading's number as the document will have it: one with nothing below it has none."""
    left_out = reading.is_within_left_out(passages)
    counts = [0] * 6
    found: dict[int, str] = {}
    for place, one in enumerate(passages):
        if one.kind != PassageKind.HEADING or one.pk in left_out or one.is_appendix:
            continue
        if not _has_something(passages[place + 1 :], one.level, left_out):
            continue
        counts[one.level] += 1
        counts[one.level + 1 :] = [0] * (5 - one.level)
        found[one.pk] = heading_number(one.level, counts[one.level])
    return found


def _has_something(below: Sequence[Passage], level: int, left_out: set[int]) -> bool:
    for one in below:
        if one.kind == PassageKind.HEADING and one.level <= level:
            return False
        if one.kind != PassageKind.HEADING and one.pk not in left_out:
            return True
    return False


def chips(text: str, asked: Asked) -> dict[str, dict[str, str]]:
    """What the editor shows for each figure of a text: the number, its name, its meaning."""
    found = {}
    for token in tokens.tokens_of(text):
        counted = tokens.counted(token, asked)
        definition, figure = REGISTRY[token.key], tokens.figure_in(token, asked)
        found[token.markup] = {
            "text": figure.text, "label": definition.label, "of": figure.of,
            "definition": definition.definition, "told": counted.with_unit,
        }  # fmt: skip
    return found


def chips_json(text: str, asked: Asked) -> str:
    return json.dumps(chips(text, asked), ensure_ascii=False)


# --- beside it: last year's --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LastYear:
    """What stood at the same place of the report before this one: as it was issued, else as the records tell it."""

    title: str
    texts: dict[str, str]  # source → words

    def of(self, passage: Passage) -> str:
        return self.texts.get(passage.source, "") if passage.source else ""


def last_year(report: Report, asked: Asked) -> LastYear:
    before = asked.period.before()
    finished = (ReportState.ISSUED, ReportState.ACCEPTED)
    rows = Report.objects.filter(county=report.county_id, school=report.school_id, period=before.code)
    issued = rows.filter(state__in=finished).order_by("-pk").first()
    if issued is not None:
        frozen = dict(issued.figures.values_list("token", "text"))
        texts = {
            one.source or f"#{one.pk}": tokens.frozen_words(one.text, frozen) for one in reading.passages_of(issued)
        }
        return LastYear(f"{before.title}（{issued.number or '已上报'}）", texts)
    told = asked.during(before)
    made = pieces.generated(told)
    texts = {one.source: tokens.plain_text(one.text, told) for one in made.pieces if one.kind == PassageKind.PARAGRAPH}
    return LastYear(f"{before.title}（按记录生成）", texts)
