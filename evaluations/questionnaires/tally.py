"""A class that answered on paper: its sheets as counts, sent once for the whole class, into the box where codes would answer.

Of a single sheet nothing arrives here: no row, no order, no time.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from evaluations.choices import AnswerWay
from evaluations.models import BallotBox, QuestionnaireClass
from evaluations.questionnaires.answering import LONGEST, Item, paper_of, tidy
from evaluations.questionnaires.opening import locked_open
from zhijiao.accounts import audit
from zhijiao.entry import changed_meanwhile, fingerprint
from zhijiao.refusals import Refused

CONTENT = ("counts", "texts", "returned", "valid")


@dataclass(frozen=True)
class Tally:
    """How many sheets went out, came back and are valid; how often each option was chosen; what was written."""

    issued: int
    returned: int
    valid: int
    counts: Mapping[int, int] = field(default_factory=dict)  # by the key of an option
    texts: Mapping[int, Sequence[str]] = field(default_factory=dict)  # by the key of a question

    def told(self) -> dict[str, int]:
        return {"发放": self.issued, "收回": self.returned, "有效": self.valid}


def box_of(row: QuestionnaireClass) -> BallotBox | None:
    """What was sent so far; None once it is closed."""
    return BallotBox.objects.filter(pk=row.pk).first()


def seen_of(box: BallotBox) -> str:
    """Changes with whatever is in the box."""
    return fingerprint(box, CONTENT)


def put_tally(row: QuestionnaireClass, tally: Tally, *, by: Any, seen: str = "") -> QuestionnaireClass:
    """The sheets of a class; sent again, they take the place of what was sent before."""
    with transaction.atomic():
        found, box = _locked(row, by=by)
        if changed_meanwhile(box, CONTENT, seen):
            raise Refused(f"别人刚录过{found.name}，您录的没有存，请打开看看")
        paper = paper_of(found.questionnaire.question_set_id)
        if problem := next(faults(found, tally, paper), ""):
            raise Refused(problem)
        before = {"发放": found.issued, "收回": box.returned, "有效": box.valid} if box.returned else None
        _fill(box, tally)
        found.issued = tally.issued
        found.save(update_fields=["issued"])
        audit.record(by, "录入纸质问卷", found.questionnaire, before=before, after={"班级": found.name, **tally.told()})
    return found


def clear(row: QuestionnaireClass, *, by: Any) -> QuestionnaireClass:
    """Takes away what was typed of a class, to begin anew."""
    with transaction.atomic():
        found, box = _locked(row, by=by)
        if not box.returned:
            raise Refused(f"{found.name}还没有录")
        before = {"班级": found.name, "收回": box.returned, "有效": box.valid}
        _fill(box, Tally(found.enrolled, 0, 0))
        found.issued = found.enrolled
        found.save(update_fields=["issued"])
        audit.record(by, "清空纸质问卷", found.questionnaire, before=before)
    return found


def faults(row: QuestionnaireClass, tally: Tally, paper: Sequence[Item]) -> Iterator[str]:
    """What cannot be, in words."""
    if not 0 <= tally.valid <= tally.returned <= tally.issued:
        yield f"有效 {tally.valid} 份、收回 {tally.returned} 份、发出 {tally.issued} 份对不上：有效不多于收回，收回不多于发出"
    if tally.issued > row.enrolled:
        yield f"{row.name}有 {row.enrolled} 人，发不出 {tally.issued} 份"
    if not tally.returned:
        yield "收回 0 份，没有要录的"
    answers = 0
    for item in paper:
        number = (
            len(tally.texts.get(item.pk, ()))
            if item.is_text
            else sum(tally.counts.get(option.pk, 0) for option in item.options)
        )
        answers += number
        if number > tally.valid:
            yield f"第 {item.number} 题共 {number} 份，比有效的 {tally.valid} 份多"
        if any(len(text) > LONGEST for text in tally.texts.get(item.pk, ())):
            yield f"第 {item.number} 题：一条最多 {LONGEST} 个字"
    if answers < tally.valid:
        yield f"各题一共只有 {answers} 个答案，有效不会有 {tally.valid} 份：一题也没有答的不算有效"


def _locked(row: QuestionnaireClass, *, by: Any) -> tuple[QuestionnaireClass, BallotBox]:
    locked_open(row.questionnaire, by=by)
    found = QuestionnaireClass.objects.select_related("questionnaire__school", "questionnaire__question_set").get(
        pk=row.pk
    )
    if found.way != AnswerWay.PAPER:
        raise Refused(f"{found.name}不是纸质问卷，用码答的不能录")
    return found, BallotBox.objects.select_for_update(of=("self",)).get(pk=row.pk)


def _fill(box: BallotBox, tally: Tally) -> None:
    texts: dict[str, list[str]] = {}
    for question, said in tally.texts.items():
        for text in filter(None, map(tidy, said)):
            insort(texts.setdefault(str(question), []), text)
    box.counts = {str(option): number for option, number in sorted(tally.counts.items()) if number}
    box.texts, box.used = texts, []
    box.returned, box.valid = tally.returned, tally.valid
    box.save(update_fields=["counts", "texts", "used", "returned", "valid"])
