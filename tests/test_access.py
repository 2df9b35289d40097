"""Every address × everybody × whose it is: what the access table says, and nothing else.

An address without a row in ADDRESSES fails, so a new page has to say what it is about.
"""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from assignments.access import ANYBODY, COLUMNS, may, table
from assignments.choices import Role
from tests.access_world import ADDRESSES, PUBLIC, World
from tests.conftest import person
from zhijiao import access

MISSING = 987_654_321
FINE = {200, 302, 400, 409, 429}  # the page, done, or refused in words for another reason than who asks
EVERYBODY = ("SP", "RP", *(columns[0] for columns in COLUMNS.values() if len(columns) == 1))
WHOSE = ("own", "other_school", "other_county")


@dataclass
class Told:
    cells: int = 0
    wrong: list[str] = field(default_factory=list)


@pytest.fixture
def worlds(db, county, other_county):
    """The same records three times: mine, another school's of my county, and another county's."""
    return {
        "own": World.make(county, "本"), "other_school": World.make(county, "邻"), "other_county": World.make(other_county, "外"),
    }  # fmt: skip


@pytest.fixture
def people(worlds, county):
    """Everybody's roles are in the world `own`."""
    own = worlds["own"]
    places = {
        "SP": (Role.PRINCIPAL, {"school": own.sending_school}), "RP": (Role.PRINCIPAL, {"school": own.receiving_school}),
        "TEA": (Role.TEACHER, {"teacher": own.teacher}),
        **{COLUMNS[role][0]: (role, {"district": county}) for role in COLUMNS if len(COLUMNS[role]) == 1 and role != Role.TEACHER},
    }  # fmt: skip
    return {letters: person(f"in-{letters}", letters, role, **place) for letters, (role, place) in places.items()}


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


# Asked on a row inside a page, or by a function, not by an address of its own.
ASKED_WITHIN = {
    "leave.view_reason", "user.confirm_role", "objection.decide", "secondment.report_overdue", "certificate.revoke", "setting.edit",
    "attendance.edit", "application.view",
}  # fmt: skip


def covers(letters, actions, whose, address):
    """Whether the table gives this person one of the actions on records of this world."""
    for action in actions:
        cell = table()[action].get(letters)
        if cell and cell.scope not in ("A", "I") and (address.is_of_bureau or letters[0] not in address.side + "T"):
            continue
        if cell and (whose == "own" or (whose == "other_school" and cell.scope in ("A", "I"))):
            return True
    return False


def expected(letters, user, actions, whose, address):
    if not any(may(user, action) for action in actions):
        return {403}
    if address.decides:
        return FINE | {403, 404} if whose != "other_county" else {403, 404, 409}
    if address.about is None:
        return FINE
    return FINE if covers(letters, actions, whose, address) else {404, 403, 409}


def digest():
    """Of how many rows there are of everything but sessions, the trail and what counts visits."""
    left = ("Session", "AuditEntry", "Attempts", "OwnSession", "Turn")
    told = [
        f"{model._meta.label}:{model._default_manager.count()}"
        for model in apps.get_models()
        if model._meta.managed and model.__name__ not in left
    ]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def asked(client, address, url):
    """By the method that the address takes; what may be posted is not, because its own tests show what it does."""
    response = client.get(url, address.data)
    return client.post(url, address.data) if response.status_code == 405 else response


@pytest.mark.parametrize("letters", [*EVERYBODY])
def test_every_address_by_everybody_by_whose_it_is(letters, worlds, people, client_of):
    told, client, user = Told(), client_of(people[letters]), people[letters]
    before = digest()
    for name, view in named_addresses().items():
        if name in PUBLIC:
            continue
        address = ADDRESSES[name]
        for whose in WHOSE if address.about else WHOSE[:1]:
            url, want = (
                reverse(name, args=address.args(worlds[whose])),
                expected(letters, user, view.actions, whose, address),
            )
            response = client.get(url, address.data) if want >= FINE else asked(client, address, url)
            told.cells += 1
            if response.status_code not in want | ({405} if want >= FINE else set()):
                told.wrong.append(f"{url} ({name}, {whose}): {response.status_code}, not {sorted(want)}")
        if address.about:
            response = asked(client, address, reverse(name, args=address.missing(worlds["own"], MISSING)))
            told.cells += 1
            if response.status_code not in {403, 404, 409}:
                told.wrong.append(f"{name} that is missing: {response.status_code}")
    print(
        f"\n{letters}: {told.cells} cells of address × whose; {len(ADDRESSES)} addresses, {len(table())} actions × {len(people)} roles"
    )
    assert told.wrong == []
    assert digest() == before, "what was refused, or only looked at, has changed something"


@pytest.mark.parametrize("letters", [*EVERYBODY])
def test_a_role_that_ended_yesterday_opens_nothing(letters, worlds, people, client_of):
    """What was one's own is closed from the day on, the address of it and of everything else."""
    yesterday = timezone.localdate() - timedelta(days=1)
    people[letters].memberships.update(start=yesterday - timedelta(days=30), end=yesterday)
    client, before, cells, opened = client_of(people[letters]), digest(), 0, []
    for name, view in named_addresses().items():
        if name in PUBLIC or ANYBODY & set(view.actions):
            continue
        address = ADDRESSES[name]
        response = asked(client, address, reverse(name, args=address.args(worlds["own"])))
        cells += 1
        if response.status_code != 403:
            opened.append(f"{name}: {response.status_code}")
    print(f"\n{letters}: {cells} cells of address × a role that ended")
    assert opened == []
    assert digest() == before


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
    client, found = client_of(people[letters]), []
    for name, view in named_addresses().items():
        address = ADDRESSES.get(name)
        if name in PUBLIC or address is None or not any(may(people[letters], action) for action in view.actions):
            continue
        response = client.get(reverse(name, args=address.args(worlds["own"])), address.data)
        text = (response.getvalue() if response.streaming else response.content).decode("utf-8", "replace")
        hidden = foreign + (neighbour if letters in ("TEA", "SP", "RP") and not address.names_schools else ())
        found += [f"{canary} at {name}" for canary in hidden if canary in text]
    assert found == []
