"""What a figure of a text can be narrowed to: a value of a dimension, a school and its side, another period."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assignments.models import School, SchoolYear
from assignments.periods import Period
from reports.figures import REGISTRY, Asked
from reports.figures.asked import Side
from reports.figures.together import breakdowns
from reports.figures.words import dimension_name, value_name
from reports.living import tokens
from reports.models import Report

YEARS = 6
SIDES = {Side.SENDING: "只算派出的", Side.RECEIVING: "只算受援的"}


def asked_token(key: str, query: dict[str, str]) -> tokens.Token:
    """The token that a query means. Refused where it is none."""
    names = REGISTRY[key].paths if key in REGISTRY else {}
    school = query.get("school", "")
    token = tokens.Token(
        key, tuple(sorted((name, query[name]) for name in names if name in query)), None, query.get("period", ""),
        int(school) if school.isdecimal() and len(school) < 18 else None, query.get("side", ""),
    )  # fmt: skip
    return tokens.parse(token.markup.strip(tokens.OPEN + tokens.CLOSE))


def offered(report: Report, asked: Asked, token: tokens.Token) -> dict[str, Any]:
    """The figure as it would stand in the text, and what it can be narrowed to further."""
    figure, definition = tokens.figure_in(token, asked), REGISTRY[token.key]
    own = tokens.asked_of(token, asked)
    options = [*_dimensions(token, own), *_periods(report, token), *_schools(token, asked), *_sides(report, token)]
    return {
        "markup": token.markup, "text": figure.text, "label": definition.label, "definition": definition.definition, "of": figure.of,
        "options": [{"set": change, "label": label, "told": told} for change, label, told in options],
    }  # fmt: skip


Option = tuple[dict[str, str], str, str]


def _dimensions(token: tokens.Token, own: Asked) -> Iterator[Option]:
    chosen = dict(token.narrow)
    for (_, name), values in breakdowns([token.key], own).items():
        for of, part in values if name not in chosen else ():
            words = f"{dimension_name(name)}：{value_name(part, name, of)}"
            yield {name: of}, words, "" if chosen else part.with_unit


def _periods(report: Report, token: tokens.Token) -> Iterator[Option]:
    """The years, and the terms of the report's own."""
    if token.period:
        return
    codes = SchoolYear.objects.order_by("-code").values_list("code", flat=True)[:YEARS]
    for code in [*codes, *(f"{report.period}-{term}" for term in (1, 2) if report.period in codes)]:
        if code != report.period:
            yield {"period": code}, f"时段：{Period.parse(code).title}", ""


def _schools(token: tokens.Token, asked: Asked) -> Iterator[Option]:
    if token.school:
        return
    view = asked.viewpoint
    rows = School.objects.filter(county=view.county, is_outside_county=False).order_by("name", "pk")
    if view.school:
        rows = rows.filter(pk__in=view.schools).exclude(pk=view.school.pk)
    for pk, name in rows.values_list("pk", "name"):
        yield {"school": str(pk)}, f"学校：{name}", ""


def _sides(report: Report, token: tokens.Token) -> Iterator[Option]:
    school = token.school or report.school_id
    if school and not token.side:
        for side, words in SIDES.items():
            yield {"school": str(school), "side": str(side)}, words, ""
