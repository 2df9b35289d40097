"""Every address × everybody × whose it is: what the access table says, and nothing else.

An address without a row in ADDRESSES fails, so a new page has to say what it is about.
"""

import copy
import re
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assignments.access import ANYBODY, COLUMNS, may, table
from assignments.action_words import WORDS
from assignments.choices import Role
from assignments.models import AttendanceMonth, Secondment
from reports.papers import PAPERS
from tests.access_digest import changed, digests
from tests.access_text import words
from tests.access_within import prepare, wrongly_shown
from tests.access_world import ADDRESSES, PUBLIC, World
from tests.conftest import person
from zhijiao import access

MISSING = 987_654_321
OCTOBER = date(2023, 10, 9)
FINE = {200, 302, 400, 409, 422, 429}  # the page, done, or refused in words for another reason than who asks
EVERYBODY = ("SP", "RP", *(columns[0] for columns in COLUMNS.values() if len(columns) == 1))
WHOSE = ("own", "other_school", "other_county")


@dataclass
class Told:
    cells: int = 0
    wrong: list[str] = field(default_factory=list)


def make_worlds(county, other_county):
    """The same records three times: mine, another school's of my county, and another county's."""
    return {
        "own": World.make(county, "本"), "other_school": World.make(county, "邻"), "other_county": World.make(other_county, "外"),
    }  # fmt: skip


def make_people(own, county):
    """Everybody's roles are in the world `own`."""
    places = {
        "SP": (Role.PRINCIPAL, {"school": own.sending_school}), "RP": (Role.PRINCIPAL, {"school": own.receiving_school}),
        "TEA": (Role.TEACHER, {"teacher": own.teacher}),
        **{COLUMNS[role][0]: (role, {"district": county}) for role in COLUMNS if len(COLUMNS[role]) == 1 and role != Role.TEACHER},
    }  # fmt: skip
    people = {letters: person(f"in-{letters}", letters, role, **place) for letters, (role, place) in places.items()}
    own.inspected_by(people["INS"])
    return people


@pytest.fixture
def worlds(db, county, other_county):
    return make_worlds(county, other_county)


@pytest.fixture
def people(worlds, county):
    return make_people(worlds["own"], county)


pytestmark = pytest.mark.slow  # once, on one database: what is asked is decided in Python


def named_addresses():
    return {name: view for name, _, view in access.addresses() if not name.startswith("admin:")}


def test_every_address_has_a_row_here():
    known = {name for name, view in named_addresses().items() if not getattr(view, "open_because", "")}
    assert known - set(ADDRESSES) == set(), "say in tests/access_world.py what these addresses are about"
    assert set(ADDRESSES) - known == set(), "these are gone"
    assert {name for name, view in named_addresses().items() if getattr(view, "open_because", "")} == PUBLIC


def test_every_action_is_used_by_an_address():
    """What the table grants and no page asks for would be a right that nobody can use; those are named."""
    used = {action for view in named_addresses().values() for action in getattr(view, "actions", ())}
    assert set(table()) - used <= ASKED_WITHIN


def test_every_action_has_words():
    """What was refused is told in the trail as a person says it."""
    assert set(WORDS) == set(table())


# Asked on a row inside a page, or by a function, not by an address of its own.
ASKED_WITHIN = {
    "leave.view_reason", "user.confirm_role", "objection.decide", "secondment.report_overdue", "certificate.revoke",
    "attendance.edit", "application.view", "questionnaire.texts_released",
}  # fmt: skip


GRANTED = copy.deepcopy(table())  # as the file says, whatever becomes of the table that the product reads


def granted(letters, actions):
    """Whether the table gives this person one of the actions on any rows. A principal sends and receives."""
    columns = {"SP", "RP"} if letters in ("SP", "RP") else {letters}
    return any(action in ANYBODY or columns & GRANTED[action].keys() for action in actions)


def covers(letters, actions, whose, address):
    """Whether the table gives this person one of the actions on records of this world."""
    for action in actions:
        cell = GRANTED[action].get(letters)
        side = "R" if cell and cell.scope == "I" else letters[0]  # who inspects a school reads what the school has
        if cell and cell.scope != "A" and (address.is_of_bureau or side not in address.side + "T"):
            continue
        if cell and (whose == "own" or (whose == "other_school" and cell.scope == "A")):
            return True
    return False


def expected(letters, actions, whose, address):
    if not granted(letters, actions):
        return {403}
    if address.decides:
        return FINE | {403, 404} if whose != "other_county" else {403, 404, 409}
    if address.about is None:
        return FINE
    return FINE if covers(letters, actions, whose, address) else {404, 403, 409}


def asked(client, address, url, *, is_granted=True):
    """By both methods, where neither must do anything: the answer that is not the other's, else the same."""
    response = client.get(url, address.data)
    if response.status_code == 403 and not is_granted:
        return response  # refused before the page, whatever the method
    posted = client.post(url, address.data)
    return posted if response.status_code == 405 or posted.status_code not in {response.status_code, 405} else response


@pytest.mark.parametrize("letters", [*EVERYBODY])
def test_every_address_by_everybody_by_whose_it_is(letters, worlds, people, client_of):
    told, client = Told(), client_of(people[letters])
    before = digests()
    for name, view in named_addresses().items():
        if name in PUBLIC:
            continue
        address, is_open = ADDRESSES[name], granted(letters, view.actions)
        for whose in (
            WHOSE if address.about and is_open else WHOSE[:1]
        ):  # `needs` refuses before any record is looked for
            url, want = (
                reverse(name, args=address.args(worlds[whose])),
                expected(letters, view.actions, whose, address),
            )
            response = (
                client.get(url, address.data) if want >= FINE else asked(client, address, url, is_granted=want != {403})
            )
            told.cells += 1
            if response.status_code not in want | ({405} if want >= FINE else set()):
                told.wrong.append(f"{url} ({name}, {whose}): {response.status_code}, not {sorted(want)}")
        if address.about and is_open:
            response = asked(client, address, reverse(name, args=address.missing(worlds["own"], MISSING)))
            told.cells += 1
            if response.status_code not in {403, 404, 409}:
                told.wrong.append(f"{name} that is missing: {response.status_code}")
    print(
        f"\n{letters}: {told.cells} cells of address × whose; {len(ADDRESSES)} addresses, {len(table())} actions × {len(people)} roles"
    )
    assert not told.wrong, "\n".join(told.wrong)
    assert changed(before) == [], "what was refused, or only looked at, has changed something"


@pytest.mark.parametrize("letters", [*EVERYBODY])
def test_a_role_that_ended_yesterday_opens_nothing(letters, worlds, people, client_of):
    """What was one's own is closed from the day on, the address of it and of everything else."""
    yesterday = timezone.localdate() - timedelta(days=1)
    people[letters].memberships.update(start=yesterday - timedelta(days=30), end=yesterday)
    client, before, cells, opened = client_of(people[letters]), digests(), 0, []
    for name, view in named_addresses().items():
        if name in PUBLIC or ANYBODY & set(view.actions):
            continue
        address = ADDRESSES[name]
        response = asked(client, address, reverse(name, args=address.args(worlds["own"])), is_granted=False)
        cells += 1
        if response.status_code != 403:
            opened.append(f"{name}: {response.status_code}")
    print(f"\n{letters}: {cells} cells of address × a role that ended")
    assert opened == []
    assert changed(before) == []


@pytest.mark.parametrize("letters", [*EVERYBODY])
def test_what_is_asked_within_a_page_is_shown_as_the_table_says(letters, worlds, people, client_of):
    prepare(worlds["own"])
    client = client_of(people[letters])
    assert wrongly_shown(letters, people[letters], client, worlds["own"], GRANTED) == []


def test_nobody_who_did_not_sign_in_sees_anything(worlds, client):
    for name in named_addresses():
        if name in PUBLIC:
            continue
        address = ADDRESSES[name]
        for method in ("get", "post"):
            response = getattr(client, method)(reverse(name, args=address.args(worlds["own"])), address.data)
            assert response.status_code in (302, 405), name
            if response.status_code == 302:
                assert response["Location"].startswith("/login/"), name


def bare(response):
    """The page without the tokens that are new each time."""
    return re.sub(r'name="(csrfmiddlewaretoken|once|next)" value="[^"]*"', "", response.content.decode())


def test_what_is_foreign_looks_like_what_is_missing(worlds, people, client_of):
    """The same words, the same length: nobody learns that it exists."""
    for name in named_addresses():
        address = ADDRESSES.get(name)
        if name in PUBLIC or not address or not address.about or address.method != "get":
            continue
        for letters in ("SP", "TEA", "STF"):
            client = client_of(people[letters])
            foreign = client.get(reverse(name, args=address.args(worlds["other_county"])), address.data)
            missing = client.get(reverse(name, args=address.missing(worlds["own"], MISSING)), address.data)
            assert foreign.status_code == missing.status_code, f"{letters} {name}"
            assert bare(foreign) == bare(missing) or foreign.status_code == 403, f"{letters} {name}"


@pytest.mark.parametrize("letters", [*EVERYBODY])
def test_no_page_names_what_is_not_theirs(letters, worlds, people, client_of):
    """Canary names of the other school and the other county stand in no list, search, choice, count or export."""
    foreign, neighbour = worlds["other_county"].canaries(), worlds["other_school"].canaries()
    client, found, shown = client_of(people[letters]), [], 0
    for name, view in named_addresses().items():
        address = ADDRESSES.get(name)
        if name in PUBLIC or address is None or not any(may(people[letters], action) for action in view.actions):
            continue
        response = client.get(reverse(name, args=address.args(worlds["own"])), address.data)
        text = words(response)
        hidden = foreign + (neighbour if letters in ("TEA", "SP", "RP") and not address.names_schools else ())
        found += [f"{canary} at {name}" for canary in hidden if canary in text]
        shown += any(canary in text for canary in worlds["own"].canaries())
    assert found == []
    assert shown >= 10, "names of one's own stand where they belong, so the search for the others' finds what there is"


@pytest.mark.parametrize("letters", [*EVERYBODY])
def test_no_paper_names_what_is_not_theirs(letters, worlds, people, client_of):
    """Every paper, in every form it has, of whatever there is, and of a secondment that is not theirs to have."""
    user, client, found, made = people[letters], client_of(people[letters]), [], 0
    neighbour, foreign = worlds["other_school"], worlds["other_county"]
    hidden = foreign.canaries() + (neighbour.canaries() if letters in ("TEA", "SP", "RP") else ())
    for world in worlds.values():
        Secondment.objects.filter(pk=world.secondment.pk).update(
            dispatch_document="青教人〔2023〕7号", dispatched_on=OCTOBER
        )
        AttendanceMonth.objects.filter(secondment=world.secondment).update(confirmed_on=OCTOBER, confirmed_by="某人")
    for key, paper in PAPERS.items():
        if not paper.is_open_to(user):
            continue
        url, asked_for = reverse("reports:paper_file", args=[key]), {"year": "2023-2024", "month": "2023-10"}
        for form in paper.formats if letters in ("STF", "RP") else paper.formats[1:]:  # a PDF takes a second
            response = client.get(url, {**asked_for, "format": form})
            if response.status_code == 200:
                made += 1
                text = words(response)
                found += [f"{canary} in {key}.{form}" for canary in hidden if canary in text]
        not_theirs = [foreign, *([neighbour] if letters in ("TEA", "SP", "RP") else [])]
        for world in not_theirs:
            response = client.get(url, {**asked_for, "format": "docx", "secondment": world.secondment.pk})
            assert response.status_code in {200, 404, 409}, key  # 200: a paper of other things than secondments
            if response.status_code == 200:
                found += [f"{canary} in {key} of theirs" for canary in world.canaries() if canary in words(response)]
    print(f"\n{letters}: {made} papers read")
    assert found == []
    assert made or not any(paper.is_open_to(user) for paper in PAPERS.values())
