"""Every page asks the database as much for one row as for three and for thirty more; and little.

Lists and home pages are found from the addresses, so a new one is asked too, and one whose rows nobody makes fails.
Three hundred rows of the big lists: tests/assignments/test_list_queries.py.
"""

import logging

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assignments.choices import Role
from tests.access_world import ADDRESSES, PUBLIC, World
from tests.conftest import person
from tests.many_records import More
from zhijiao import access
from zhijiao.accounts import sessions
from zhijiao.navigation import ENTRIES

pytestmark = pytest.mark.slow

MOST = 12
# Pages that tell of many kinds of record, each with a question of its own. Nothing is added here without a reason.
ABOVE = {
    "assignments:school_detail": 30,  # 22 kinds of record
    "assignments:secondment_detail": 27,  # 19 kinds, from the application to the history
    "assignments:teacher_detail": 18,  # 11 kinds
    "assignments:school_merge": 30,  # a question for each table in which the two could collide
    "evaluations:inspection_detail": 17,  # four parts, each with its rows, and their photos
    "reports:living_edit": 66,  # the whole report out of all records, to tell which passages they would word otherwise now
    "reports:living_checks": 68,  # the same, and every ratio
    "reports:living_issue": 67,
    "reports:living_last_year": 66,  # last year's out of its records, where no report of it went out
    "reports:year": 17,  # eleven lines of a checklist, each of another kind of record
    "reports:year_close": 16,
    "reports:glance_briefing": 14,  # three pages on one sheet
    "reports:figures": 17,  # every figure, sixty in a query
    "reports:figure": 17,  # a figure, its years, its dimensions, its records
    "assignments:allowance_sheet": 14,  # what was counted, and what would be counted now
}
FILES = ("_pdf", "_word", ":annual_report_html", "_file", "export", ":annual_report", ":template")
# They stand in the menu, or are called lists, and show the same however much is recorded; of the trail a page is full at once.
LEADS_ON = {"assignments:attendance"}  # to the list of the person's own role
CATALOGUES = {"reports:figures", "reports:years", "reports:papers", "notices:template_list", "audit:entry_list"}
# The bureau's officer first. A list is asked by the first three of them who may open it, a home page by all, a record by two.
ROLES = (Role.OFFICER, "receiver", Role.TEACHER, "sender", Role.FINANCE, Role.AUDITOR)
LIST_BY, RECORD_BY = 3, 2


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
def quiet(monkeypatch):
    """A page that is not open to somebody is no news here; and the device is not seen anew in every minute of a slow run."""
    monkeypatch.setattr(sessions, "NOTE_EVERY", 24 * 60 * 60)
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


def pages(world, *, of_records):
    """Every address that answers with a page: those of a record, or all the others."""
    for name, _, _view in access.addresses():
        address = ADDRESSES.get(name)
        is_page = address and name not in PUBLIC and address.method == "get" and not name.endswith(FILES)
        if is_page and (address.about is not None) == of_records:
            yield name, reverse(name, args=address.args(world)), address.data


def asked_by(browser, url, data):
    """How many questions, and how long the page is; None where it is no page for this person."""
    connection.queries_log.clear()  # it forgets the oldest beyond some thousand
    with CaptureQueriesContext(connection) as captured:
        response = browser.get(url, data)
    if response.status_code != 200 or not response.headers.get("Content-Type", "").startswith("text/html"):
        return None
    asked = [query for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]]  # no question
    return len(asked), len(response.content)


def looked_at(world, people, client_of, addresses, by):
    """What each page asked with one, three and thirty rows more: (page, who) → numbers of questions, lengths."""
    more, browsers = More(world, people.values()), {who: client_of(people[who]) for who in ROLES}
    more(1)
    told = {}
    for name, url, data in addresses:
        found = 0
        browsers[ROLES[0]].get(url, data)  # what is read once in the life of the process is read now
        for who in ROLES:
            if (one := asked_by(browsers[who], url, data)) is not None:
                told[name, who] = [one]
                found += 1
            if found == by and name != "home":
                break
    at = {name: (url, data) for name, url, data in addresses}
    for number in (2, 27):
        more(number)
        for (name, who), numbers in told.items():
            numbers.append(asked_by(browsers[who], *at[name]))
    return told


def judge(told):
    grown = {page: asked for page, found in told.items() if len(set(asked := [number for number, _ in found])) > 1}
    assert grown == {}
    most = {}
    for (name, _), found in told.items():
        most[name] = max(most.get(name, 0), found[0][0])
    assert {name: number for name, number in most.items() if number > ABOVE.get(name, MOST)} == {}
    spared = {name: most[name] for name in ABOVE if name in most and most[name] < ABOVE[name]}
    assert spared == {}, "they ask less by now than ABOVE says"


def test_every_list_and_home_asks_as_much_for_one_row_as_for_three_and_thirty(world, people, client_of):
    addresses = list(pages(world, of_records=False))
    told = looked_at(world, people, client_of, addresses, LIST_BY)
    judge(told)
    assert {who for name, who in told if name == "home"} == set(ROLES)
    lists = {name for name, _, _ in addresses if name.endswith("_list")} | {
        entry.url_name for entry in ENTRIES
    } - LEADS_ON
    assert lists - {name for name, _ in told} == set(), "nobody can open them"
    longer = {name for (name, _), found in told.items() if found[-1][1] > found[0][1] + 100}
    assert lists - longer - CATALOGUES == set(), "make more rows of them in tests/many_records.py"


def test_every_page_of_a_record_asks_as_much_for_one_child_as_for_three_and_thirty(world, people, client_of):
    told = looked_at(world, people, client_of, list(pages(world, of_records=True)), RECORD_BY)
    judge(told)
    assert len({name for name, _ in told}) > 40
