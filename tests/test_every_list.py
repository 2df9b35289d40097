"""Every list and home page asks the database as much for one row as for three and for thirty more; and little."""

import logging
from collections import defaultdict
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assignments.choices import Role
from tests.access_world import ADDRESSES, PUBLIC, World
from tests.conftest import person
from tests.many_records import More
from zhijiao import access

pytestmark = pytest.mark.slow

MOST = 12
# Pages that tell of several things at once. Nothing is added here without a reason.
ABOVE = {
    "home": 17,  # what waits, the counts, the rules and the newest of four kinds of record
    "assignments:plan": 14,  # needs, plan, who is due and the rules side by side
    "assignments:candidate_list": 13,
    "assignments:application_new": 14,  # the form knows the teacher already
    "reports:figure": 14,
    "reports:certificate_new": 13,
}
FILES = ("_pdf", "_word", "_file", "export", ":annual_report", ":template")
ROLES = (Role.OFFICER, "sender", "receiver", Role.TEACHER, Role.FINANCE, Role.AUDITOR)


@pytest.fixture
def world(county):
    return World.make(county, "本")


@pytest.fixture
def people(world, county):
    sender, receiver = {"school": world.sending_school}, {"school": world.receiving_school}
    return {
        "sender": person("sender", "派校长", Role.PRINCIPAL, **sender),
        "receiver": person("receiver", "受校长", Role.PRINCIPAL, **receiver),
        Role.TEACHER: person("own-teacher", "本若兰", Role.TEACHER, teacher=world.teacher),
        **{role: person(f"own-{role}", role.label, role, district=county) for role in (Role.OFFICER, Role.FINANCE, Role.AUDITOR)},
    }  # fmt: skip


@pytest.fixture(autouse=True)
def quiet():
    """A page that is not open to somebody is no news here."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


def lists_and_homes():
    """Every address that is of no single record and answers with a page."""
    for name, _, _view in access.addresses():
        address = ADDRESSES.get(name)
        is_file = name.endswith(FILES)
        if address and name not in PUBLIC and address.about is None and address.method == "get" and not is_file:
            yield name, reverse(name, args=address.before + address.more), address.data


def queries_of(browser, url, data):
    """How many questions; opening and closing a transaction is none."""
    connection.queries_log.clear()  # it forgets the oldest beyond some thousand
    with CaptureQueriesContext(connection) as captured:
        response = browser.get(url, data)
    asked = [query for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]]
    is_page = response.status_code == 200 and response["Content-Type"].startswith("text/html")
    return len(asked) if is_page else None


def test_every_list_and_home_asks_as_much_for_one_row_as_for_three_and_thirty(world, people, client_of):
    """Three hundred rows of the big lists: tests/assignments/test_list_queries.py."""
    more = More(world, people.values())
    browsers = {who: client_of(people[who]) for who in ROLES}
    for who, (_name, url, data) in product(ROLES, lists_and_homes()):
        browsers[who].get(url, data)  # what is kept for the life of the process is read now
    asked = defaultdict(list)
    for number in (1, 2, 27):
        more(number)
        for browser in browsers.values():
            browser.get(reverse("home"))  # that somebody was here is written down once in a while
        for who, (name, url, data) in product(ROLES, lists_and_homes()):
            if (found := queries_of(browsers[who], url, data)) is not None:
                asked[f"{name} of {who}"].append(found)
    grown = {page: found for page, found in asked.items() if len(set(found)) > 1}
    assert grown == {}
    above = {page: found[0] for page, found in asked.items() if found[0] > ABOVE.get(page.partition(" ")[0], MOST)}
    assert above == {}
    assert len(asked) > 150
