"""Would the matrix notice if a permission were gone? `python -m tests.access_mutants` (some minutes; not in the normal run).

For each action of the access table in turn everybody is given it, on every row that they can see, and every address that
asks for it is asked by everybody who has it not. A mutant survives where each answer is still one that the table allows.
"""

import os
import sys
from contextlib import contextmanager

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import setup_test_environment
from django.urls import reverse

from assignments.access import COLUMNS, Cell, table
from assignments.choices import DistrictLevel
from assignments.models import District
from tests.access_within import prepare, wrongly_shown
from tests.access_world import ADDRESSES, PUBLIC
from tests.test_access import (
    ASKED_WITHIN,
    EVERYBODY,
    FINE,
    GRANTED,
    WHOSE,
    asked,
    expected,
    make_people,
    make_worlds,
    named_addresses,
)


@contextmanager
def given_to_everybody(action):
    """The permission is gone: every role has the action, with every scope that a row can be reached by."""
    before = dict(table()[action])
    table()[action].update({column: Cell("A") for columns in COLUMNS.values() for column in columns})
    try:
        yield
    finally:
        table()[action].clear()
        table()[action].update(before)


def is_noticed(action, worlds, people):
    """Where the first answer stands that the table does not allow; "" where there is none."""
    for letters in EVERYBODY:
        columns = {"SP", "RP"} if letters in ("SP", "RP") else {letters}
        if columns & GRANTED[action].keys():
            continue
        client = Client(raise_request_exception=False)
        client.force_login(people[letters])
        for name, view in named_addresses().items():
            if name in PUBLIC or action not in view.actions:
                continue
            address = ADDRESSES[name]
            for whose in WHOSE if address.about else WHOSE[:1]:
                want = expected(letters, view.actions, whose, address)
                if want >= FINE:
                    continue
                cache.clear()
                with transaction.atomic():
                    response = asked(client, address, reverse(name, args=address.args(worlds[whose])))
                    transaction.set_rollback(True)
                if response.status_code not in want:
                    return f"{letters} {name} {whose}: {response.status_code}"
        if wrong := wrongly_shown(letters, people[letters], client, worlds["own"], GRANTED):
            return wrong[0]
    return ""


def main():
    setup_test_environment()
    connection.creation.create_test_db(verbosity=0)
    with transaction.atomic():
        county, other = (
            District.objects.create(name=name, code=code, level=DistrictLevel.COUNTY)
            for name, code in (("青岚县", "990101"), ("白塔县", "990102"))
        )
        worlds = make_worlds(county, other)
        people = make_people(worlds["own"], county)
        prepare(worlds["own"])
        survived = []
        for action in table():
            if all(column in GRANTED[action] for columns in COLUMNS.values() for column in columns):
                continue  # everybody has it: there is nothing to take away
            with given_to_everybody(action):
                where = is_noticed(action, worlds, people)
            if not where:
                survived.append(action)
        transaction.set_rollback(True)
    tried = len(table())
    print(f"{tried} actions, {tried - len(survived)} mutants noticed or without effect, {len(survived)} survived:")
    for action in survived:
        print(f"  {action}{' (asked within a page)' if action in ASKED_WITHIN else ''}")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
