"""反馈意见书: what the letter to the inspected school says. As it was issued it stays, whatever becomes of what it speaks of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from evaluations.choices import PUBLISHED_STATES, FindingKind
from evaluations.models import Finding, Inspection
from zhijiao.dates import told

NAME = "反馈意见书"


@dataclass(frozen=True)
class Point:
    """One point of the letter. `due_on`: of a problem, until when it is to be put right."""

    kind: str
    text: str
    teacher: str = ""
    due_on: dt.date | None = None

    @property
    def words(self) -> str:
        """沈若兰：听课记录缺少课后反思."""
        return f"{self.teacher}：{self.text}" if self.teacher else self.text


@dataclass(frozen=True)
class Letter:
    """The whole letter, free of how it looks."""

    number: str
    school: str
    organisation: str
    inspected: str
    leader: str
    inspectors: tuple[str, ...]
    conclusion: str
    given_on: dt.date | None
    answer_due_on: dt.date | None
    points: tuple[Point, ...]

    def of(self, kind: FindingKind) -> tuple[Point, ...]:
        return tuple(point for point in self.points if point.kind == kind)

    @property
    def title(self) -> str:
        return f"{self.school}支教工作督导检查反馈意见书"

    @property
    def opening(self) -> str:
        """What was looked at, by whom, and what follows."""
        who = f"组长{self.leader}" if self.leader else ""
        others = "、".join(self.inspectors)
        group = "，".join(part for part in (who, f"成员{others}" if others else "") if part)
        seen = f"{self.inspected}，检查组{f'（{group}）' if group else ''}对你校支教工作进行了督导检查。"
        rated = f"总体评价：{self.conclusion}。" if self.conclusion else ""
        return f"{seen}{rated}现将意见反馈如下。"

    @property
    def groups(self) -> list[tuple[str, list[str]]]:
        """The points under their headings, each a sentence."""
        headings = {FindingKind.MERIT: "主要优点", FindingKind.PROBLEM: "存在的问题", FindingKind.ADVICE: "意见建议"}
        return [(heading, [_sentence(point) for point in found]) for kind, heading in headings.items() if (found := self.of(kind))]  # fmt: skip

    @property
    def closing(self) -> str:
        """What is asked of the school now."""
        by = f"请于{told(self.answer_due_on)}前签收或回复" if self.answer_due_on else "请签收或回复"
        if not self.of(FindingKind.PROBLEM):
            return f"{by}。"
        return f"{by}，并对照问题逐条整改，按期报告做了什么、何时完成，附照片或材料，由检查组或局里复查。"

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        points = [{"kind": one.kind, "text": one.text, "teacher": one.teacher, "due_on": _iso(one.due_on)} for one in self.points]  # fmt: skip
        return {
            "number": self.number, "school": self.school, "organisation": self.organisation, "inspected": self.inspected,
            "leader": self.leader, "inspectors": list(self.inspectors), "conclusion": self.conclusion,
            "given_on": _iso(self.given_on), "answer_due_on": _iso(self.answer_due_on), "points": points,
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        points = tuple(Point(one["kind"], one["text"], one["teacher"], _day(one["due_on"])) for one in kept["points"])
        return cls(
            kept["number"], kept["school"], kept["organisation"], kept["inspected"], kept["leader"], tuple(kept["inspectors"]),
            kept["conclusion"], _day(kept["given_on"]), _day(kept["answer_due_on"]), points,
        )  # fmt: skip


def drawn_up(
    inspection: Inspection,
    findings: Iterable[Finding],
    *,
    number: str = "",
    given_on: dt.date | None = None,
    answer_due_on: dt.date | None = None,
    deadlines: Mapping[int, dt.date] | None = None,
) -> Letter:
    """The letter as it would be issued now. `deadlines`: by finding; else the one that stands in the finding."""
    known = deadlines or {}
    points = tuple(
        Point(row.kind, row.text, str(row.teacher) if row.teacher else "", known.get(row.pk, row.due_on) if row.kind == FindingKind.PROBLEM else None)
        for row in findings
    )  # fmt: skip
    return Letter(
        number, str(inspection.school), str(inspection.inspecting_school or inspection.county.bureau_name), inspection.when.told(),
        inspection.leader, tuple(inspection.inspectors), inspection.get_conclusion_display(), given_on, answer_due_on, points,
    )  # fmt: skip


def letter_of(inspection: Inspection, feedback: Any, findings: Iterable[Finding]) -> Letter | None:
    """The letter that was issued; one told from what was recorded of an inspection of earlier years; None: none went out."""
    if inspection.state not in PUBLISHED_STATES:
        return None
    if feedback is not None and feedback.letter:
        return Letter.from_json(feedback.letter)
    known = list(findings)
    if not known:
        return None
    number = feedback.document if feedback else ""
    day = (feedback.day if feedback else None) or inspection.published_on
    return drawn_up(
        inspection, known, number=number, given_on=day, answer_due_on=feedback.answer_due_on if feedback else None
    )


def _sentence(point: Point) -> str:
    words = point.words.rstrip("。；;.")
    return f"{words}（整改期限：{told(point.due_on)}）。" if point.due_on else f"{words}。"


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
