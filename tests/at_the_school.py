"""Two inspectors at one field, two officers who release the same results, an upload that is cut off; run as a process.

DATABASE_URL=… python -m tests.at_the_school race|make|die|look|again FOLDER [PLACE]        prints what came of it as JSON
"""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import django

MONDAY = dt.date(2023, 11, 20)
BOTH = ("何督学", "柳督学")


def visited(place: Any) -> tuple[Any, list[Any]]:
    """An inspection that two inspectors have begun."""
    from assignments.choices import Role
    from evaluations import rounds, visiting
    from tests.conftest import person
    from zhijiao.clock import standing_at
    from zhijiao.dates import ApproximateDate

    county, school = place.secondment.county, place.secondment.placements.get().receiving_school
    inspectors = [person(f"dudao{n}", name, Role.INSPECTOR, district=county) for n, name in enumerate(BOTH)]
    values = {
        "name": "秋季检查", "when": ApproximateDate.month(2023, 11), "days_ahead": 0, "contents": [], "checklist": ["教案"],
        "list_number": "", "notice_document": "",
    }  # fmt: skip
    with standing_at(dt.datetime(2023, 11, 20, 9, 0)):
        held = rounds.create(values, county=county, by=place.officer)
        team = rounds.put_team(held, "第一组", inspectors, inspectors[0], by=place.officer)
        row = rounds.schedule(held, school, team, MONDAY, by=place.officer)
        rounds.announce(held, by=place.officer)
        return visiting.start(row, by=inspectors[0]), inspectors


def race() -> dict[str, Any]:
    from assignments.choices import Role
    from evaluations import visiting
    from evaluations.models import Briefing
    from evaluations.questionnaires import answering, closing, releasing
    from tests.ballots import Place
    from tests.conftest import person
    from tests.evaluations.questionnaires import sent
    from tests.moments import at_one_moment, told
    from zhijiao.accounts.models import AuditEntry
    from zhijiao.notices.models import Notice
    from zhijiao.refusals import Refused

    place = Place()
    inspection, inspectors = visited(place)
    words = dict(zip(BOTH, ("会议室", "图书室"), strict=True))
    seen: list[tuple[str, str, str]] = []

    def write(inspector: Any) -> None:
        try:
            visiting.save_field(inspection, "briefing:place", "", words[inspector.name], by=inspector)
        except visiting.Clash as clash:
            seen.append((inspector.name, clash.theirs, clash.who))
            raise Refused("别人刚写了这一栏") from clash

    at_the_field = at_one_moment(*[lambda one=one: write(one) for one in inspectors])
    ((second, shown, first),) = seen
    stands = Briefing.objects.get().place

    row, [codes] = place.opened(8)
    for number, code in enumerate(codes):
        answering.take(code, sent(row, number % 3))
    row = closing.close(row, by=place.officer)
    other = person("officer2", "高专干", Role.OFFICER, district=place.secondment.county)
    person("principal", "邓校长", Role.PRINCIPAL, school=row.school)
    before = list(Notice.objects.values_list("pk", flat=True))
    released = at_one_moment(*[lambda by=by: releasing.release(row, by=by) for by in (place.officer, other)])
    return {
        "field": told(at_the_field, "别人刚写了这一栏"), "second_sees_the_first": words[first] == shown == stands != words[second],
        "released": told(released, "结果已经发布"), "trail": AuditEntry.objects.filter(verb="发布问卷结果").count(),
        "notices": dict(Counter(Notice.objects.exclude(pk__in=before).values_list("user__username", flat=True))),
    }  # fmt: skip


def photo() -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    stream = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(stream, "JPEG")
    return SimpleUploadedFile("教案.jpg", stream.getvalue(), "image/jpeg")


def upload() -> None:
    from evaluations.models import Briefing
    from zhijiao.accounts.models import User
    from zhijiao.attachments.storing import store

    store(photo(), Briefing.objects.get(), by=User.objects.get(username="dudao0"))


def cut_off(where: str) -> None:
    """The process is killed while it uploads: when the file gets its name, at the row of it, or at the line of the trail."""
    from django.db import connection

    def die(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(where):
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    if where == "rename":
        sys.addaudithook(lambda event, _: os.kill(os.getpid(), signal.SIGKILL) if event == "os.rename" else None)
    with connection.execute_wrapper(die):
        upload()


def look() -> dict[str, Any]:
    from zhijiao.accounts.models import AuditEntry
    from zhijiao.attachments.models import Attachment
    from zhijiao.attachments.storing import folder, path_of, preview_of, sweep

    files = [path for path in folder().glob("??/*") if path.is_file()]
    for path in files:  # as if it were the day after tomorrow
        os.utime(path, (time.time() - 2 * 86_400,) * 2)
    kept = {path for row in Attachment.objects.all() for path in (path_of(row), preview_of(row))}
    return {
        "rows": Attachment.objects.count(), "trail": AuditEntry.objects.filter(verb="上传附件").count(),
        "all_there": all(path.is_file() for path in kept), "left_over": sweep() == len(set(files) - kept),
        "files": len([path for path in folder().glob("??/*") if path.is_file()]),
    }  # fmt: skip


def run(what: str, *more: str) -> dict[str, Any]:
    if what == "race":
        return race()
    if what == "make":
        from tests.ballots import Place

        visited(Place())
    elif what == "die":
        cut_off(more[0])
    elif what == "again":
        upload()
    return look()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from django.conf import settings
    from django.test.utils import setup_test_environment

    setup_test_environment()
    settings.VAR_DIR = Path(sys.argv[2])  # what one process leaves, the next one finds
    sys.stdout.write(json.dumps(run(sys.argv[1], *sys.argv[3:]), ensure_ascii=False))
