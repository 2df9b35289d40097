"""The grades of a county, settled and made public by two people at one moment, or by one who is killed; run as a process.

DATABASE_URL=… python -m tests.moments race|make|die|look        prints what came of it as JSON
"""

from __future__ import annotations

import contextvars
import datetime as dt
import json
import os
import signal
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django

JUNE = dt.date(2024, 6, 17)
LAST_DAY = dt.date(2024, 6, 28)


def made(officers: int = 2) -> tuple[list[Any], list[Any]]:
    """A county whose appraisals are all handed in, and people of the bureau who may settle them."""
    from assignments.choices import Role, SecondmentState
    from assignments.models import Membership, Secondment
    from evaluations.models import Appraisal, Rubric
    from tests.evaluations.rubrics import ready
    from tests.race import made as secondments
    from zhijiao.accounts.models import User

    officer, rows = secondments()
    Secondment.objects.update(state=SecondmentState.ON_POST)
    people = [officer]
    for number in range(1, officers):
        user = User.objects.create(username=f"officer{number}", name="高专干")
        Membership.objects.create(user=user, role=Role.OFFICER, district=rows[0].county)
        people.append(user)
    rubric: Rubric = ready()
    made = [
        Appraisal(
            county=row.county, secondment=row, school_year=row.school_year, kind="final", rubric=rubric,
            state="submitted", submitted_on=JUNE, proposed_grade="excellent", rule_grade="excellent", version=1, start=JUNE, end=JUNE,
        )
        for row in rows
    ]  # fmt: skip
    Appraisal.objects.bulk_create(made)
    return people, list(Appraisal.objects.order_by("pk"))


def at_one_moment(*acts: Any) -> list[str]:
    """What each was told, empty where it was done; each with a connection of its own, none begins before the others."""
    from django.db import connections

    from zhijiao.clock import standing_at
    from zhijiao.refusals import Refused

    ready = threading.Barrier(len(acts))

    def one(act: Any) -> str:
        try:
            with standing_at(JUNE):
                ready.wait(20)
                act()
            return ""
        except Refused as refused:
            return str(refused)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [done.result(120) for done in [pool.submit(contextvars.copy_context().run, one, act) for act in acts]]


def told(answers: list[str], words: str) -> list[int]:
    """How many were done, how many were told these words; anything else is shown as it was."""
    others = [one for one in answers if one and words not in one]
    if others:
        raise AssertionError(others)
    return [sum(not one for one in answers), sum(bool(one) for one in answers)]


def race() -> dict[str, Any]:
    from evaluations import appraisal
    from evaluations.choices import Grade
    from evaluations.models import Appraisal, AppraisalNotice
    from zhijiao.accounts.models import AuditEntry

    (first, second), rows = made()
    allowed = appraisal.groups_of(appraisal.with_groups(Appraisal.objects.all()))[0].allowed or 0
    taken = [
        {row.pk: (Grade.EXCELLENT, "") for row in rows[:allowed]},
        {row.pk: (Grade.EXCELLENT, "") for row in rows[allowed : 2 * allowed]},
    ]
    settled = at_one_moment(lambda: appraisal.settle(taken[0], by=first), lambda: appraisal.settle(taken[1], by=second))
    excellent = Appraisal.objects.filter(grade=Grade.EXCELLENT).count()
    rest = {row.pk: (Grade.QUALIFIED, "名额") for row in Appraisal.objects.filter(state="submitted")}
    at_one_moment(lambda: appraisal.settle(rest, by=first))
    published = at_one_moment(*[lambda by=by: appraisal.publish(rows, JUNE, LAST_DAY, by=by) for by in (first, second)])
    notice = AppraisalNotice.objects.get()
    later = LAST_DAY + dt.timedelta(days=1)
    final = at_one_moment(*[lambda by=by: appraisal.make_final(notice, by=by, today=later) for by in (first, second)])
    verbs = Counter(AuditEntry.objects.values_list("verb", flat=True))
    return {
        "settled": told(settled, "优秀名额"), "allowed_taken": excellent == allowed > 0,
        "published": told(published, "评定了等次的才能公示"), "notices": AppraisalNotice.objects.count(),
        "final": told(final, "已经办结"), "states": dict(Counter(Appraisal.objects.values_list("state", flat=True))),
        "verbs": [verbs["评定考核等次"] == len(rows), verbs["公示考核结果"], verbs["确定考核结果"]],
    }  # fmt: skip


def look() -> dict[str, Any]:
    from evaluations.models import Appraisal
    from zhijiao.accounts.models import AuditEntry

    return {
        "states": dict(Counter(Appraisal.objects.values_list("state", flat=True))),
        "grades": Appraisal.objects.exclude(grade="").count(),
        "audited": AuditEntry.objects.filter(verb="评定考核等次").count(),
    }


def settle_all(statement: str = "", number: int = 0) -> None:
    """The whole county at once; with a statement, the process is killed before its `number`th."""
    from django.db import connection

    from evaluations import appraisal
    from evaluations.choices import Grade
    from evaluations.models import Appraisal
    from zhijiao.accounts.models import User

    seen = 0

    def die(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal seen
        seen += sql.startswith(statement)
        if seen == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    grades = dict.fromkeys(Appraisal.objects.values_list("pk", flat=True), (Grade.QUALIFIED, "名额"))
    by = User.objects.get(username="officer")
    if not statement:
        appraisal.settle(grades, by=by)
        return
    with connection.execute_wrapper(die):
        appraisal.settle(grades, by=by)


def run(what: str, *more: str) -> dict[str, Any]:
    if what == "race":
        return race()
    if what == "make":
        made()
    elif what == "die":
        settle_all(more[0], int(more[1]))
    elif what == "settle":
        settle_all()
    return look()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    setup_test_environment()
    if sys.argv[1] in ("race", "make"):  # the others find what these have made
        call_command("migrate", verbosity=0)
    sys.stdout.write(json.dumps(run(*sys.argv[1:]), ensure_ascii=False))
