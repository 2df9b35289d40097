"""One answer: read from what was sent, and put into the ballot box of its class, whole or not at all.

The box is one row, and an answer is one statement that changes it; nothing else is written: no row, no time, no number and
no line of the trail is of one answer.
"""

from __future__ import annotations

import json
import unicodedata
from bisect import insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Any

from django.db import connection, transaction

from evaluations.choices import QuestionKind, QuestionnaireState
from evaluations.models import BallotBox, Question, QuestionnaireClass, QuestionnaireCode
from evaluations.questionnaires.codes import hashed
from zhijiao import clock
from zhijiao.accounts.codes import plain

LONGEST = 300
_CODE_LENGTHS = range(8, 33)  # what cannot be a code asks the database nothing


class Outcome(Enum):
    """What became of an answer."""

    ACCEPTED = "accepted"
    USED = "used"  # this code gave its answer already
    FULL = "full"  # as many as there are people have answered by this link
    CLOSED = "closed"  # also: the code was made void meanwhile


class Refusal(Enum):
    """Why there is nothing to fill in."""

    UNKNOWN = "unknown"  # made up, void, of a questionnaire that is closed: told apart to nobody
    EARLY = "early"


@dataclass(frozen=True)
class Slip:
    """A code that may be answered with: which class it is of, and whether it is the link of the whole class."""

    row: QuestionnaireClass
    code_hash: str
    is_link: bool


@dataclass(frozen=True)
class Choice:
    pk: int
    text: str
    text_other: str


@dataclass
class Item:
    """One question of the paper."""

    pk: int
    number: int
    text: str
    text_other: str
    kind: str
    is_required: bool
    options: list[Choice] = field(default_factory=list)

    @property
    def is_text(self) -> bool:
        return self.kind == QuestionKind.TEXT


@dataclass(frozen=True)
class Answer:
    """What was chosen and written, by the keys of the questions."""

    options: Mapping[int, int] = field(default_factory=dict)
    texts: Mapping[int, str] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        return not self.options and not self.texts


# --- finding -----------------------------------------------------------------------------------------------------------

_SHOWN = (
    "name", "way", "enrolled", "issued", "link_hash", "questionnaire__state", "questionnaire__opens_at", "questionnaire__closes_at",
    "questionnaire__school__name", "questionnaire__secondment__teacher__name", "questionnaire__question_set__title",
    "questionnaire__question_set__respondents",
    "questionnaire__question_set__introduction", "questionnaire__question_set__introduction_other",
    "questionnaire__question_set__other_language", "questionnaire__question_set__has_faces", "questionnaire__question_set__is_about_teacher",
)  # fmt: skip


def look_up(typed: str) -> Slip | Refusal:
    """The class that a code is of, if it can be answered with now. One query for a code that is good."""
    if len(plain(typed)) not in _CODE_LENGTHS:
        return Refusal.UNKNOWN
    known = hashed(typed)
    rows = QuestionnaireClass.objects.select_related(
        "questionnaire__school", "questionnaire__question_set", "questionnaire__secondment__teacher"
    ).only(*_SHOWN)
    row = rows.filter(codes__code_hash=known).first()
    is_link = row is None
    if row is None:
        row = rows.filter(link_hash=known).first()
    if row is None or row.questionnaire.state != QuestionnaireState.OPEN:
        return Refusal.UNKNOWN
    now = clock.now()
    if row.questionnaire.closes_at <= now:
        return Refusal.UNKNOWN
    return Refusal.EARLY if row.questionnaire.opens_at > now else Slip(row, known, is_link)


def opening_of(typed: str) -> Any:
    """When the questionnaire of a good code begins."""
    rows = QuestionnaireClass.objects.filter(codes__code_hash=hashed(typed)) | QuestionnaireClass.objects.filter(
        link_hash=hashed(typed)
    )
    return rows.values_list("questionnaire__opens_at", flat=True).first()


def stands(slip: Slip) -> Outcome:
    """What would become of an answer with this slip now; ACCEPTED where it would count."""
    box = BallotBox.objects.filter(pk=slip.row.pk).first()
    return _would_be(box, slip.row.enrolled, "" if slip.is_link else slip.code_hash)


def paper_of(question_set_id: int) -> list[Item]:
    """Every question with its options; one query."""
    rows = (
        Question.objects.filter(question_set=question_set_id)
        .order_by("number", "options__number")
        .values_list(
            "pk", "number", "text", "text_other", "kind", "is_required", "options__pk", "options__text", "options__text_other",
        )
    )  # fmt: skip
    items: dict[int, Item] = {}
    for pk, number, text, other, kind, is_required, option, words, words_other in rows:
        item = items.get(pk)
        if item is None:
            item = items[pk] = Item(pk, number, text, other, kind, is_required)
        if option is not None:
            item.options.append(Choice(option, words, words_other))
    return list(items.values())


# --- reading -----------------------------------------------------------------------------------------------------------


def read(paper: Iterable[Item], sent: Mapping[str, str]) -> tuple[Answer, dict[int, str]]:
    """What was sent as q1, q2 …, and by the number of a question what is wrong with it. Whatever was not asked is left alone."""
    options: dict[int, int] = {}
    texts: dict[int, str] = {}
    wrong: dict[int, str] = {}
    for item in paper:
        said = sent.get(f"q{item.number}", "").strip()
        if item.is_text:
            said = tidy(said)
            if len(said) > LONGEST:
                wrong[item.number] = f"最多写 {LONGEST} 个字，现在有 {len(said)} 个"
            elif said:
                texts[item.pk] = said
        elif said and any(said == str(choice.pk) for choice in item.options):
            options[item.pk] = int(said)
        if item.is_required and item.number not in wrong and item.pk not in options and item.pk not in texts:
            wrong[item.number] = "这一题要写" if item.is_text else "这一题要选一个"
    return Answer(options, texts), wrong


def tidy(said: str) -> str:
    """Without what does not show: signs of control, blanks at the ends, more than one blank."""
    kept = "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in said)
    return " ".join(kept.split())


# --- counting ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Taken:
    """What became of a form that was sent: counted, refused, or to be looked at again."""

    outcome: Outcome | Refusal | None = None  # None: to be looked at again
    wrong: Mapping[int, str] = field(default_factory=dict)
    is_link: bool = False


# In SQL, because making these two statements from models anew each time takes longer than the database takes for them.
_BOX = ("counts", "texts", "used", "returned", "valid")
_FROM_CLASS = """
select c.id, q.id, q.question_set_id, q.opens_at, q.opens_at > %s, q.closes_at <= %s, c.enrolled, b.counts, b.texts, b.used, b.returned, b.valid
from evaluations_questionnaireclass c
join evaluations_questionnaire q on q.id = c.questionnaire_id
join evaluations_ballotbox b on b.questionnaire_class_id = c.id
where c."""
_GOOD_CODE = "select questionnaire_class_id from evaluations_questionnairecode where code_hash = %s"
_GOOD_LINK = "select id from evaluations_questionnaireclass where link_hash = %s"
_WRITE = """
update evaluations_ballotbox set counts = {json}, texts = {json}, used = {json}, returned = %s, valid = %s
where questionnaire_class_id = %s and returned = %s and exists ({good})"""


def take(typed: str, sent: Mapping[str, str], *, may_be_blank: bool = False) -> Taken:
    """Reads what a phone sent with a code and counts it. The way of two hundred phones at once, so it asks for little.

    No lock is held while it is read and reckoned: the one statement that writes finds the box only if nobody answered, closed
    or issued anew since it was read; otherwise it is read again. As each of these happens at most once for each who answers,
    it comes to an end.
    """
    if len(plain(typed)) not in _CODE_LENGTHS:
        return Taken(Refusal.UNKNOWN)
    known, given = hashed(typed), None
    while True:
        found = _found(known)
        if found is None:
            return Taken(Refusal.UNKNOWN)
        if found.refusal is not None:
            return Taken(found.refusal)
        if given is None:
            given, wrong = read(_known_paper(*found.paper), sent)
            if wrong or (given.is_blank and not may_be_blank):
                return Taken(None, wrong, found.is_link)
        box, code_hash = found.box, "" if found.is_link else known
        outcome = _would_be(box, found.enrolled, code_hash)
        if outcome is not Outcome.ACCEPTED:
            return Taken(outcome, {}, found.is_link)
        before = box.returned
        _add(box, given, code_hash, not given.is_blank)
        if _written(box, before, known, found.is_link):
            return Taken(outcome, {}, found.is_link)


@dataclass(frozen=True)
class _Found:
    """The class of a code of an open questionnaire with its box as it is; what is closed has none."""

    is_link: bool
    refusal: Refusal | None
    paper: tuple[int, int, Any]
    enrolled: int
    box: BallotBox


def _found(known: str) -> _Found | None:
    now = connection.ops.adapt_datetimefield_value(clock.now())
    with connection.cursor() as cursor:
        cursor.execute(f"{_FROM_CLASS}id = ({_GOOD_CODE})", [now, now, known])
        row, is_link = cursor.fetchone(), False
        if row is None:
            cursor.execute(f"{_FROM_CLASS}link_hash = %s", [now, now, known])
            row, is_link = cursor.fetchone(), True
    if row is None:
        return None
    pk, questionnaire, question_set, opens_at, is_early, is_over, enrolled, counts, texts, used, returned, valid = row
    refusal = Refusal.UNKNOWN if is_over else Refusal.EARLY if is_early else None
    box = BallotBox(
        questionnaire_class_id=pk, counts=json.loads(counts), texts=json.loads(texts), used=json.loads(used), returned=returned, valid=valid,
    )  # fmt: skip
    return _Found(is_link, refusal, (question_set, questionnaire, opens_at), enrolled, box)


def _written(box: BallotBox, before: int, known: str, is_link: bool) -> bool:
    """Whether the box was still as it was read, and its code good. Who issues anew replaces the box, who closes takes it away."""
    statement = _WRITE.format(
        json="%s::jsonb" if connection.vendor == "postgresql" else "%s", good=_GOOD_LINK if is_link else _GOOD_CODE
    )
    content = [json.dumps(part) for part in (box.counts, box.texts, box.used)]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*content, box.returned, box.valid, box.pk, before, known])
        return bool(cursor.rowcount)


@lru_cache(maxsize=64)
def _known_paper(question_set: int, questionnaire: int, opens_at: Any) -> list[Item]:
    """What was opened is frozen, so it is read once for each opening."""
    return paper_of(question_set)


def answer(slip: Slip, given: Answer) -> Outcome:
    """Puts the answer into the box of its class, if the code gave none yet."""
    return put_in(slip.row, given, code_hash="" if slip.is_link else slip.code_hash)


def put_in(row: QuestionnaireClass, given: Answer, *, code_hash: str = "", is_valid: bool | None = None) -> Outcome:
    """One answer into the box. Without a code (a class link, a sheet of paper) only the number of people limits it.

    `is_valid`: whether it counts among the valid; if not told, whether anything was answered at all. What is not valid is
    counted as returned and nowhere else.
    """
    with transaction.atomic():
        box = BallotBox.objects.select_for_update().filter(pk=row.pk).first()
        if box is None or (code_hash and not _is_still_good(code_hash)):
            return Outcome.CLOSED
        return _put(box, row.enrolled, given, code_hash, not given.is_blank if is_valid is None else is_valid)


def _put(box: BallotBox, enrolled: int, given: Answer, code_hash: str, is_valid: bool) -> Outcome:
    """Into a box that is under a lock."""
    outcome = _would_be(box, enrolled, code_hash)
    if outcome is Outcome.ACCEPTED:
        _add(box, given, code_hash, is_valid)
        box.save(update_fields=_BOX)
    return outcome


def _add(box: BallotBox, given: Answer, code_hash: str, is_valid: bool) -> None:
    if code_hash:
        insort(box.used, code_hash)
    box.returned += 1
    if not is_valid:
        return
    box.valid += 1
    for chosen in given.options.values():
        box.counts[str(chosen)] = box.counts.get(str(chosen), 0) + 1
    for question, text in given.texts.items():
        insort(box.texts.setdefault(str(question), []), text)


def _would_be(box: BallotBox | None, enrolled: int, code_hash: str) -> Outcome:
    if box is None:
        return Outcome.CLOSED
    if code_hash and code_hash in box.used:
        return Outcome.USED
    return Outcome.FULL if box.returned >= enrolled else Outcome.ACCEPTED


def _is_still_good(code_hash: str) -> bool:
    """Made void between being looked up and the lock?"""
    return QuestionnaireCode.objects.filter(pk=code_hash).exists()
