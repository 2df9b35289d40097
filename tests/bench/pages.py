"""The five list pages with 25 rows, as the county's officer asks for them."""

import statistics

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assignments.choices import Role
from assignments.models import District, Membership
from tests.bench.measuring import cpu_seconds
from zhijiao.accounts.models import User

PAGES = ("/schools/", "/teachers/", "/secondments/", "/activities/", "/inspections/")
REQUESTS = 30


def officer() -> Client:
    user = User.objects.create_user(username="bench", name="周专干")
    Membership.objects.create(user=user, role=Role.OFFICER, district=District.objects.counties().get())
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


def list_figures() -> tuple[int, float]:
    """Most queries of any of the pages, and most milliseconds of CPU (the median of each page's requests)."""
    client = officer()
    queries, milliseconds = [], []
    for page in PAGES:
        for _ in range(3):  # templates and plans are compiled once
            answer = client.get(page)
        if answer.status_code != 200:
            raise SystemExit(f"{page} answers {answer.status_code}")
        with CaptureQueriesContext(connection) as captured:
            client.get(page)
        queries.append(len(captured))
        milliseconds.append(
            1000 * statistics.median(cpu_seconds(lambda page=page: client.get(page)) for _ in range(REQUESTS))
        )
    return max(queries), max(milliseconds)
