"""A whole report as it read at the points of its way, to be compared with another point and to be gone back to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from reports.figures import Asked
from reports.living import reading, tokens
from reports.models import Passage, PassageKind, PointKind, Report, ReportPoint
from zhijiao import clock
from zhijiao.refusals import Refused

OUT = (
    PointKind.HANDED_IN,
    PointKind.RETURNED,
    PointKind.ACCEPTED,
    PointKind.ISSUED,
)  # what others than its writers read
DRAWN = (PassageKind.TABLE, PassageKind.CHART)
NOW = "now"
Row = dict[str, Any]


@dataclass(frozen=True)
class Version:
    """A report at a point: `key` as an address names it, `rows` its passages as they read then."""

    key: str
    label: str
    title: str
    signs: str
    dated: str
    rows: tuple[Row, ...]
    report: Report
    point: int | None = None


def keep(report: Report, how: PointKind, *, by: Any, asked: Asked | None = None) -> ReportPoint:
    """Keeps the report as it reads now. Called before its state changes: of a finished report nothing more is kept."""
    point: ReportPoint = report.points.create(
        how=how, title=report.title, signs=report.signs, dated=report.dated, rows=rows_of(report, asked), by=by, at=clock.now()
    )  # fmt: skip
    return point


def rows_of(report: Report, asked: Asked | None = None) -> list[Row]:
    """Its passages as they read: of a report that is written with the numbers of now, else with those that were kept."""
    if not report.is_writable and asked is None:
        last = report.points.filter(how__in=OUT).order_by("-at", "-pk").first()
        if last is not None:
            return list(last.rows)
        return _rows(report, _frozen_teller(report))
    return _rows(report, _living_teller(asked or reading.asked_for(report)))


def _rows(report: Report, tell: Callable[[Passage], tuple[str, str]]) -> list[Row]:
    passages = reading.passages_of(report)
    left_out = reading.is_within_left_out(passages)
    return [_row(one, one.pk in left_out, *tell(one)) for one in passages]


def _row(one: Passage, is_out: bool, words: str, drawn: str) -> Row:
    """`out`: not written, for itself or for the heading above it. `drawn`: tells whether a table or chart is the same."""
    return {
        "key": one.pk, "kind": str(one.kind), "level": one.level, "appendix": one.is_appendix, "text": one.text, "words": words,
        "out": is_out, "left_out": one.is_left_out, "source": one.source, "photo": one.photo_id, "taken_from": one.taken_from_id,
        "drawn": drawn,
    }  # fmt: skip


def _living_teller(asked: Asked) -> Callable[[Passage], tuple[str, str]]:
    def tell(one: Passage) -> tuple[str, str]:
        if one.kind in DRAWN:
            block = reading.block_of(one, asked)
            return one.text, hashlib.sha256(repr(block).encode()).hexdigest()[:16] if block else ""
        return said(one.text, asked), ""

    return tell


def _frozen_teller(report: Report) -> Callable[[Passage], tuple[str, str]]:
    frozen = dict(report.figures.values_list("token", "text"))
    return lambda one: (one.text if one.kind in DRAWN else tokens.frozen_words(one.text, frozen), "")


def said(text: str, asked: Asked) -> str:
    """The words of a text; one with a figure that is no more stands as it was typed."""
    try:
        return tokens.plain_text(text, asked)
    except Refused:
        return text


# --- which there are ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """A point that can be chosen; `load` reads it."""

    key: str
    label: str
    load: Callable[[], Version]


def choices(report: Report, user: Any, is_writer: bool) -> list[Choice]:
    """The points that this person may read, the oldest first: of the report that this one replaces, its own, and of today."""
    found: list[Choice] = []
    for one, name in ((report.supersedes, "原稿"), (report, ""), (report.successors.order_by("pk").first(), "新稿")):
        if one is not None and (one is report or reading.may_read(one, user)):
            found += _of(one, name, is_writer)
    return found


def _of(report: Report, name: str, is_writer: bool) -> list[Choice]:
    known = report.points.defer("rows").order_by("at", "pk")
    own = [_choice(one, report, name) for one in (known if is_writer else known.filter(how__in=OUT))]
    if not report.is_writable and own:
        return own[-1:] if name else own
    label = "今天" if report.is_writable else report.get_state_display()
    now = Choice(f"{NOW}{report.pk}", f"{name}　{label}".strip(), lambda: _now(report, f"{name}　{label}".strip()))
    return [now] if name else [*own, now]


def _choice(point: ReportPoint, report: Report, name: str) -> Choice:
    at = timezone.localtime(point.at)
    label = f"{name}　{at.year}年{at.month}月{at.day}日 {at:%H:%M} {point.get_how_display()}".strip()
    key, pk = f"p{point.pk}", point.pk
    return Choice(
        key,
        label,
        lambda: Version(
            key, label, point.title, point.signs, _day(point.dated), tuple(report.points.get(pk=pk).rows), report, pk
        ),
    )


def _now(report: Report, label: str) -> Version:
    key = f"{NOW}{report.pk}"
    return Version(key, label, report.title, report.signs, report.dated_told, tuple(rows_of(report)), report)


def _day(day: Any) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
