"""Codes of a class: drawn at random, printed once, kept as keyed hashes. And the weaker way, one link for a whole class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from evaluations.choices import AnswerWay
from evaluations.models import BallotBox, Questionnaire, QuestionnaireClass, QuestionnaireCode
from evaluations.questionnaires.opening import locked_open
from zhijiao.accounts import audit
from zhijiao.accounts.codes import digest, new_code
from zhijiao.refusals import Refused

LETTERS = 12  # 60 bits: a code is found by guessing in no lifetime
PURPOSE = "questionnaire"


@dataclass(frozen=True)
class Sheet:
    """What is printed for one class. The codes are nowhere else; of a class link there is one, for everybody."""

    class_name: str
    codes: tuple[str, ...]
    is_link: bool = False


def hashed(typed: str) -> str:
    return digest(PURPOSE, typed)


@transaction.atomic
def issue_codes(
    questionnaire: Questionnaire, *, by: Any, classes: Sequence[QuestionnaireClass] | None = None
) -> list[Sheet]:
    """New codes for everybody who has not answered, class by class. Those given out before and not used open nothing any more."""
    row = locked_open(questionnaire, by=by)
    wanted = row.classes.exclude(way=AnswerWay.PAPER).order_by("pk")
    if classes is not None:
        wanted = wanted.filter(pk__in=[one.pk for one in classes])
    sheets = [_link_of(one) if one.way == AnswerWay.LINK else _codes_of(one) for one in wanted]
    if not sheets:
        raise Refused("没有要发码的班级：纸质录入的班级不用码")
    told = "、".join(f"{sheet.class_name} {'链接' if sheet.is_link else len(sheet.codes)}" for sheet in sheets)
    audit.record(by, "发放答卷码", row, after={"班级": told[:300]})
    return sheets


def _codes_of(one: QuestionnaireClass) -> Sheet:
    box = _replaced(one)
    QuestionnaireCode.objects.filter(questionnaire_class=one).exclude(code_hash__in=box.used).delete()
    drawn = tuple(new_code(LETTERS) for _ in range(one.enrolled - box.returned))
    # In the order of the hashes, which has nothing to do with the order on the sheet.
    QuestionnaireCode.objects.bulk_create(
        QuestionnaireCode(county_id=one.county_id, questionnaire_class=one, code_hash=known)
        for known in sorted(hashed(code) for code in drawn)
    )
    QuestionnaireClass.objects.filter(pk=one.pk).update(issued=one.enrolled)
    return Sheet(one.name, drawn)


def _link_of(one: QuestionnaireClass) -> Sheet:
    _replaced(one)
    code = new_code(LETTERS)
    QuestionnaireClass.objects.filter(pk=one.pk).update(link_hash=hashed(code), issued=one.enrolled)
    return Sheet(one.name, (code,), is_link=True)


def _replaced(one: QuestionnaireClass) -> BallotBox:
    """The box, as a new row with the same content: an answer that is about to come in with an old code does not find it."""
    box: BallotBox = BallotBox.objects.select_for_update(of=("self",)).get(pk=one.pk)
    BallotBox.objects.filter(pk=one.pk).delete()
    box.save(force_insert=True)
    return box
