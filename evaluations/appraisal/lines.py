"""The lines of a score: what the system knows of each, with its source, and what they add up to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from evaluations import facts, rubrics
from evaluations.choices import Grade
from evaluations.models import Appraisal, AppraisalScore, RubricItem
from evaluations.scoring import Item, Scored, fitting, propose, score_item, total, vetoes

SOURCE_MAX = 100
REMARKS = ("briefing_remark", "records_remark", "survey_remark", "feedback_remark")
WRITTEN = (*REMARKS, "summary", "receiving_opinion", "proposed_grade")


def lines_of(row: Appraisal) -> list[AppraisalScore]:
    """In the order of the rubric."""
    return list(AppraisalScore.objects.filter(appraisal=row).select_related("rubric_item").order_by("pk"))


def known_of(row: Appraisal) -> dict[str, facts.Known]:
    """What the system knows now of the secondment, of what the rubric asks for."""
    items = (
        RubricItem.objects.filter(rubric=row.rubric_id).exclude(fact="") if row.rubric_id else RubricItem.objects.none()
    )
    return facts.known([row.secondment], list(items.values_list("fact", flat=True)), span_of(row))[row.secondment_id]


def span_of(row: Appraisal) -> facts.Span | None:
    """The time that an appraisal counts; None: the whole secondment."""
    return facts.span_of(row.kind, row.school_year, row.start)


def item_of(line: AppraisalScore) -> Item:
    """The line of the rubric; of an imported line, which has none, as much as it tells."""
    return rubrics.item_of(line.rubric_item) if line.rubric_item else Item(line.item, "", line.maximum)


def seen_of(row: Appraisal) -> str:
    """What a form was opened on, so that two people who score at once are told of each other."""
    written = [getattr(row, name) for name in WRITTEN]
    lines = [[line.item, line.value] for line in lines_of(row)]
    return hashlib.sha256(json.dumps([written, lines], sort_keys=True).encode()).hexdigest()[:32]


def take_known(line: AppraisalScore, item: Item, known: Mapping[str, facts.Known]) -> None:
    found = known.get(item.fact) if item.fact else None
    if found is not None:
        write(line, item, fitting(item, found.value), found)
    elif line.is_known:  # what was known once, and is no more
        write(line, item, None, None)


def write(line: AppraisalScore, item: Item, value: Any, found: facts.Known | None) -> Scored:
    """A line as it was filled in: known where it is what the system knows and leaves nothing open."""
    scored = score_item(item, value)
    is_known = found is not None and scored.score is not None and fitting(item, found.value) == value
    words = found.words if found is not None and is_known else scored.words
    line.value, line.score, line.is_known, line.source = value, scored.score, is_known, words[:SOURCE_MAX]
    return scored


def add_up(row: Appraisal, lines: list[AppraisalScore]) -> None:
    """The total, the grade that follows from it, and what stands against any other."""
    items = [item_of(line) for line in lines]
    row.score = total(score_item(item, line.value) for item, line in zip(items, lines, strict=True))
    against = vetoes(items, [line.value for line in lines])
    proposal = propose(row.score, rubrics.thresholds_of(row.rubric) if row.rubric else (), against)
    row.rule_grade, row.veto = proposal.grade, "；".join(against)[:200]
    if against:
        row.proposed_grade = Grade.FAILED


def missing(lines: Iterable[AppraisalScore]) -> list[str]:
    """What is still to be filled in, by line."""
    scored = [score_item(item_of(line), line.value) for line in lines]
    return [one.problem for one in scored if one.score is None]
