"""What a programme asks of a seconded teacher in a school year, and how often it was done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from evaluations.choices import LECTURE_RECORD, LessonKind

PAIRS = "师徒结对"


@dataclass(frozen=True)
class Duty:
    """One thing that the programme asks for at least so often, and how often it was done."""

    name: str
    done: int
    asked: int
    unit: str

    @property
    def per_cent(self) -> int:
        return min(100, round(self.done * 100 / self.asked))

    @property
    def is_met(self) -> bool:
        return self.done >= self.asked

    @property
    def missing(self) -> int:
        return max(0, self.asked - self.done)


@dataclass(frozen=True)
class Duties:
    """The duties as bars."""

    rows: list[Duty]
    template: str = "evaluations/_duties.html"

    def __bool__(self) -> bool:
        return bool(self.rows)


def archive_of(
    records: Iterable[Any], lessons: Iterable[Any], lectures: Iterable[Any], pairs: Iterable[Any]
) -> Counter[str]:
    """How much there is of each kind of record.

    What was told one by one and what stands in the archive as a number are the same work: the larger number holds.
    """
    counted = Counter[str]()
    for row in records:
        counted[row.category] += row.number
    given = Counter[str]()
    for row in lessons:
        given[row.kind] += row.number
    told = {
        "听课记录": given[LessonKind.OBSERVED], "公开课": given[LessonKind.OPEN], "示范课": given[LessonKind.DEMONSTRATION],
        "评课": given[LessonKind.ASSESSED], LECTURE_RECORD: len(list(lectures)), PAIRS: len(list(pairs)),
    }  # fmt: skip
    counted["听课记录"] = max(counted["听课记录"], counted.pop("听课", 0))
    for name, number in told.items():
        counted[name] = max(counted[name], number)
    return +counted


def duties_of(programme: Any, archive: Counter[str]) -> list[Duty]:
    """Those that the programme has, against what the archive holds."""
    asked = (
        ("听课", "听课记录", programme.lessons_observed, "节"), ("公开课", "公开课", programme.open_lessons, "节"),
        ("讲座", LECTURE_RECORD, programme.lectures, "场"), ("带徒弟", PAIRS, programme.apprentices, "人"),
    )  # fmt: skip
    return [Duty(name, archive[key], least, unit) for name, key, least, unit in asked if least]
