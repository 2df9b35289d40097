"""A hundred forms, each handed in twice at the same moment, against a database of its own; run as a process.

DATABASE_URL=… python -m tests.race        prints what came of it as JSON
"""

from __future__ import annotations

import json
import random
import secrets
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django

PAIRS, CROWD, THREADS = 100, 100, 16


def made() -> tuple[Any, list[Any]]:
    """An officer, and secondments that wait for the bureau."""
    from assignments.choices import DistrictLevel, Role
    from assignments.models import District, Membership, Placement, Programme, School, SchoolYear, Secondment, Teacher
    from zhijiao.accounts.models import User
    from zhijiao.dates import ApproximateDate, parse_day

    county = District.objects.create(name="青岚县", code="990101", level=DistrictLevel.COUNTY)
    sending, receiving = (School.objects.create(county=county, name=name) for name in ("县第一小学", "松岭乡中心小学"))
    programme, year = Programme.objects.create(county=county, name="测试支教"), SchoolYear.objects.named("2023-2024")
    rows = []
    for number in range(PAIRS + 1):
        teacher = Teacher.objects.create(county=county, school=sending, name=f"教师{number}")
        row = Secondment(
            county=county,
            teacher=teacher,
            school_year=year,
            programme=programme,
            sending_school=sending,
            state="review",
        )
        row.when = ApproximateDate.range(parse_day("2023-09-01"), parse_day("2024-07-10"))
        row.save()
        Placement.objects.create(county=county, secondment=row, receiving_school=receiving)
        rows.append(row)
    officer = User.objects.create(username="officer", name="周专干")
    Membership.objects.create(user=officer, role=Role.OFFICER, district=county)
    return officer, rows


def run() -> dict[str, Any]:
    from django.db import connections
    from django.test import Client
    from django.urls import reverse

    from assignments.models import Secondment, StateChange
    from zhijiao.accounts.models import AuditEntry

    officer, rows = made()
    browser = Client()
    browser.force_login(officer)
    cookies = browser.cookies

    def post(row: Any, token: str) -> tuple[int, str]:
        client = Client(raise_request_exception=False)
        client.cookies = cookies
        try:
            response = client.post(
                reverse("assignments:secondment_act", args=[row.pk, "approve"]),
                {"once": token, "opinion": "同意", "decision": "同意"},
            )
            return response.status_code, response.get("Location", "")
        finally:
            connections.close_all()

    *pairs, contested = rows
    twice = [(row, token) for row in pairs for token in [secrets.token_hex(16)] for _ in range(2)]
    random.shuffle(twice)
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(lambda one: post(*one), twice))
    steps = Counter(StateChange.objects.values_list("secondment", flat=True))
    # Then a hundred people (or windows) for one secondment: each form has a token of its own.
    with ThreadPoolExecutor(THREADS) as pool:
        crowd = list(pool.map(lambda _: post(contested, secrets.token_hex(16))[0], range(CROWD)))
    return {
        "pairs": len(pairs),
        "answers": dict(Counter(status for status, _ in answers)),
        "effects": sorted(Counter(steps[row.pk] for row in pairs).items()),
        "approved": Secondment.objects.filter(state="approved").count(),
        "audited": AuditEntry.objects.filter(verb="批准").count(),
        "crowd": dict(Counter(crowd)),
        "crowd_effects": StateChange.objects.filter(secondment=contested).count(),
    }


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    setup_test_environment()
    call_command("migrate", verbosity=0)
    sys.stdout.write(json.dumps(run(), ensure_ascii=False))
