"""Closing: the boxes become counters by option and texts under random keys, and go. Only then does anybody see a result."""

from __future__ import annotations

import datetime as dt
import logging
import secrets
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.db.utils import DatabaseError

from assignments.access import has_on
from evaluations.choices import QuestionKind, QuestionnaireState
from evaluations.models import (
    AnswerText,
    BallotBox,
    OptionCount,
    Questionnaire,
    QuestionnaireClass,
    QuestionnaireCode,
    QuestionOption,
)
from zhijiao import clock, daily, guard
from zhijiao.accounts import audit
from zhijiao.refusals import Refused

logger = logging.getLogger(__name__)
# Table, a column of it, its type, and what can be joined to its value without changing it.
_WRITTEN_ANEW = (
    ("evaluations_ballotbox", "texts", "jsonb", "{}"),
    ("evaluations_questionnairecode", "code_hash", "varchar(64)", ""),
)
_TRIES, _PAUSE = 5, 0.1
_after_close: list[Callable[[Questionnaire], None]] = []


def also_after_close(function: Callable[[Questionnaire], None]) -> None:
    """Called with every questionnaire that closes, in its transaction: what fails keeps it open."""
    if function not in _after_close:
        _after_close.append(function)


def close(questionnaire: Questionnaire, *, by: Any = None) -> Questionnaire:
    """Closes it, for good. `by=None`: its time has come. Refused where it is closed already."""
    with transaction.atomic():
        rows = Questionnaire.objects.select_for_update(of=("self",)).select_related("school", "question_set")
        row: Questionnaire = rows.get(pk=questionnaire.pk)
        if by is not None and not has_on(by, "questionnaire.issue_codes", row):
            raise Refused("问卷由教育局专干或检查这所学校的督导员截止")
        if row.state != QuestionnaireState.OPEN:
            raise Refused("问卷已经截止")
        returned, valid = _count_all(row)
        row.state, row.closed_on = QuestionnaireState.CLOSED, clock.today()
        row.save(update_fields=["state", "closed_on"])
        for function in _after_close:
            function(row)
        audit.record(by, "截止问卷", row, after={"收回": returned, "有效": valid})
        transaction.on_commit(wipe, robust=True)
    return row


def close_if_due(questionnaire: Questionnaire) -> Questionnaire:
    """As it is now: closed, where its time is over and nobody looked since."""
    if questionnaire.state != QuestionnaireState.OPEN or questionnaire.closes_at > clock.now():
        return questionnaire
    try:
        with (
            guard.lifted()
        ):  # its time is over: what was answered is counted and the codes go, even where the year was closed meanwhile
            return close(questionnaire)
    except Refused:  # somebody was quicker
        questionnaire.refresh_from_db()
        return questionnaire


def close_due(today: dt.date) -> int:
    """A step of the day: all whose time is over. Gives how many."""
    due = Questionnaire.objects.filter(state=QuestionnaireState.OPEN, closes_at__lte=clock.now()).order_by("pk")
    number = 0
    for row in list(due):
        number += close_if_due(row).state == QuestionnaireState.CLOSED
    # Again for those of yesterday, whose process may have died before it came to that.
    if not number and Questionnaire.objects.filter(closed_on__gte=today - dt.timedelta(days=1)).exists():
        wipe()
    return number


def connect() -> None:
    """Called while Django starts."""
    daily.register("截止到时间的问卷", close_due)


def _count_all(questionnaire: Questionnaire) -> tuple[int, int]:
    options = list(
        QuestionOption.objects.filter(question__question_set=questionnaire.question_set_id)
        .exclude(question__kind=QuestionKind.TEXT)
        .order_by("question__number", "number")
    )
    texts: list[tuple[int, str]] = []
    returned = valid = 0
    classes = list(questionnaire.classes.order_by("pk"))
    for one in classes:
        box = BallotBox.objects.select_for_update(of=("self",)).get(pk=one.pk)
        OptionCount.objects.bulk_create(
            OptionCount(
                county_id=one.county_id, questionnaire_class=one, option=option, number=box.counts.get(str(option.pk), 0)
            )
            for option in options
        )  # fmt: skip
        texts += [(int(question), text) for question, said in box.texts.items() for text in said]
        QuestionnaireClass.objects.filter(pk=one.pk).update(returned=box.returned, valid=box.valid)
        returned, valid = returned + box.returned, valid + box.valid
    _keep_texts(questionnaire, texts)
    BallotBox.objects.filter(questionnaire_class__in=classes).delete()
    QuestionnaireCode.objects.filter(questionnaire_class__in=classes).delete()
    return returned, valid


def _keep_texts(questionnaire: Questionnaire, texts: list[tuple[int, str]]) -> None:
    """Of the whole questionnaire, under keys that mean nothing, in the order of these keys."""
    rows = [
        AnswerText(county_id=questionnaire.county_id, key=secrets.token_hex(16), questionnaire=questionnaire, question_id=question, text=text)
        for question, text in texts
    ]  # fmt: skip
    AnswerText.objects.bulk_create(sorted(rows, key=lambda row: row.key))


def wipe() -> bool:
    """Takes from the database's files what the boxes held before; whether it could. Outside any transaction."""
    if connection.in_atomic_block:
        return False
    try:
        return _wipe_postgresql() if connection.vendor == "postgresql" else _wipe_sqlite()
    except DatabaseError:
        logger.warning("票箱的旧内容这次没有清掉，每日事项会再清")
        return False


def _wipe_postgresql() -> bool:
    """An update leaves its old row in the file until the table is written anew.

    Not by VACUUM FULL: while anybody reads anything in an older snapshot, it keeps the old rows too. A column that is
    computed anew makes ALTER TABLE copy what is there now, and nothing else.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '10s'")
        for table, column, kind, same in _WRITTEN_ANEW:
            cursor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {kind} USING {column} || '{same}'")
    return True


def _wipe_sqlite() -> bool:
    """Writes the file anew, with what is there now and nothing else; then the log of changes beside it goes, once no reader needs it.

    secure_delete overwrites what is deleted where it lies. Where SQLite had moved an entry of an index to another page
    before, as it does while several questionnaires are open, the place it moved from may keep a copy.
    """
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        for _ in range(_TRIES):
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if not cursor.fetchone()[0]:
                return True
            time.sleep(_PAUSE)
    logger.warning("票箱的旧内容这次没有清掉，每日事项会再清")
    return False
