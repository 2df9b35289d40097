"""What was handed in, version by version: every line as it was, and what is not as it was the time before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from evaluations.choices import Grade
from evaluations.models import Appraisal, AppraisalVersion
from zhijiao.quantities import plain

WORDS = (
    "proposed_grade", "summary", "briefing_remark", "records_remark", "survey_remark", "feedback_remark", "receiving_opinion",
    "veto",
)  # fmt: skip


@dataclass(frozen=True)
class VersionLine:
    """One line of a version. `was`: how it stood the time before, where it was another; `is_new`: it was not there."""

    item: str
    score: str
    maximum: str
    source: str
    was: str = ""
    is_new: bool = False

    @property
    def is_changed(self) -> bool:
        return self.is_new or bool(self.was)


@dataclass(frozen=True)
class Written:
    """A remark, an opinion or the proposed grade. `was` as with a line."""

    label: str
    text: str
    was: str = ""
    is_changed: bool = False


@dataclass(frozen=True)
class HandedIn:
    """One version. `gone`: the lines that the version before it had and this one has not."""

    number: int
    day: dt.date
    by: Any
    score: str
    lines: tuple[VersionLine, ...]
    words: tuple[Written, ...]
    gone: tuple[str, ...]
    is_first: bool
    score_was: str = ""

    @property
    def changes(self) -> int:
        """How much differs from the version before."""
        return sum(line.is_changed for line in self.lines) + sum(one.is_changed for one in self.words) + len(self.gone)


def history_of(row: Appraisal, user: Any) -> list[HandedIn]:
    """All versions that this person may read, the newest first. One query."""
    rows = AppraisalVersion.objects.visible_to(user).filter(appraisal=row).select_related("submitted_by")
    return compared(rows.order_by("number"))


def compared(versions: Iterable[AppraisalVersion]) -> list[HandedIn]:
    """Each beside the one before it; `versions` from the first to the last, the answer from the last to the first."""
    told: list[HandedIn] = []
    before: Mapping[str, Any] | None = None
    for version in versions:
        told.append(_told(version, before))
        before = version.content
    return told[::-1]


def _told(version: AppraisalVersion, before: Mapping[str, Any] | None) -> HandedIn:
    content, old = version.content, before or {}
    known = {line["item"]: line for line in old.get("lines", ())}
    lines = tuple(_line(line, known.get(line["item"]), before is None) for line in content.get("lines", ()))
    gone = tuple(name for name in known if name not in {line.item for line in lines})
    score, score_was = _number(content.get("score")), _number(old.get("score"))
    return HandedIn(
        version.number, version.submitted_on, version.submitted_by, score, lines, tuple(_words(content, before)), gone,
        before is None, score_was if score_was != score else "",
    )  # fmt: skip


def _line(line: Mapping[str, Any], old: Mapping[str, Any] | None, is_first: bool) -> VersionLine:
    score, maximum = _number(line.get("score")), _number(line.get("maximum"))
    shown = VersionLine(line["item"], score, maximum if maximum != "0" else "", line.get("source", ""))
    if is_first or (old is not None and _essence(old) == _essence(line)):
        return shown
    was = " · ".join(part for part in (f"{_number(old.get('score'))} 分", old.get("source", "")) if part) if old else ""
    return VersionLine(shown.item, shown.score, shown.maximum, shown.source, was, old is None)


def _essence(line: Mapping[str, Any]) -> tuple[Any, ...]:
    return line.get("value"), line.get("score"), line.get("source")


def _words(content: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterable[Written]:
    """What is written, or was; what nobody ever wrote is left out."""
    for name in WORDS:
        text, old = _text(name, content), _text(name, before or {})
        if text or old:
            label = str(Appraisal._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            is_changed = before is not None and text != old
            yield Written(label, text, old if is_changed else "", is_changed)


def _text(name: str, content: Mapping[str, Any]) -> str:
    text = str(content.get(name) or "")
    return str(Grade(text).label) if name == "proposed_grade" and text in Grade.values else text


def _number(text: Any) -> str:
    try:
        return plain(Decimal(str(text)))
    except InvalidOperation:  # a veto has no score
        return ""
