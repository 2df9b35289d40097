"""In a closed year every action on a record is refused in words and changes nothing; in an open one the same is possible."""

import datetime as dt
import re
from html import unescape

import pytest
from django.db import transaction
from django.urls import reverse

from assignments import closing
from assignments.access import READING, STILL_DONE
from assignments.models import SchoolYear, YearClosing
from reports.models import Report
from tests.access_digest import changed, digests
from tests.access_states import WRONG
from tests.access_world import ADDRESSES
from tests.test_access import people, worlds  # noqa: F401  # fixtures
from tests.test_access_states import ALWAYS_POSSIBLE
from zhijiao import access

pytestmark = pytest.mark.slow
REFUSED = {200, 302, 403, 404, 409, 422}

# Actions that a closed year does not stop, each with the reason.
OF_NO_YEAR = {
    "assignments:teacher_retire": "a person's, for life",
    "assignments:school_close": "a school's, whichever year",
    "assignments:member_enable": "an account's",
    "assignments:member_disable": "an account's",
    "assignments:member_role_confirm": "an account's role",
    "assignments:member_role_decline": "an account's role",
    "assignments:member_role_end": "an account's role",
    "assignments:role_take_back": "one's own role, lent",
    "assignments:role_lend": "one's own role",
    "assignments:correction_answer": "what is wrong in a person's own facts",
    "assignments:exemption_end": "a person's, with days of its own",
    "assignments:allowance_rate_drop": "a rule with days of its own",
    "assignments:duplicate_again": "whether two records are one person or school",
    "assignments:school_distinct": "whether two records are one school",
    "assignments:teacher_distinct": "whether two records are one person",
    "evaluations:rubric_retire": "a rule for the years to come",
    "evaluations:rubric_edit": "a rule for the years to come",
    "evaluations:rubric_copy": "a rule for the years to come",
    "evaluations:question_set_retire": "questions for the years to come",
    "evaluations:question_set_copy": "questions for the years to come",
    "reports:certificate_revoke": "a certificate is of several years, and wrong ones are taken back for ever",
    "workbook:run_abandon": "gives up an import that wrote nothing",
    "workbook:run_confirm": "asked row by row: tests/evaluations/test_closed_to_imports.py",
    "workbook:run_undo": "asked row by row: tests/evaluations/test_closed_to_imports.py",
    "notices:notice_open": "marks as read what one was told",
    "session_end": "one's own device",
}
ACTIONS = sorted({*WRONG, *ALWAYS_POSSIBLE} - OF_NO_YEAR.keys())


def test_the_exceptions_are_actions_and_have_reasons():
    assert OF_NO_YEAR.keys() <= {*WRONG, *ALWAYS_POSSIBLE}
    assert all(OF_NO_YEAR.values())


class _TakenBack(Exception):  # noqa: N818
    pass


def answered(client, name, world):
    address = ADDRESSES[name]
    data = {**address.data, **(WRONG[name].data if name in WRONG else {"reason": "写错了"})}
    before = digests()
    response = client.post(reverse(name, args=address.args(world)), data)
    return response, changed(before)


def taken_back(act):
    found = []
    try:
        with transaction.atomic():
            found.append(act())
            raise _TakenBack
    except _TakenBack:
        return found[0]


@pytest.fixture
def world(worlds):  # noqa: F811
    """With the county's report in the same year as all the rest."""
    Report.objects.filter(pk=worlds["own"].rows["report"].pk).update(period="2023-2024")
    return worlds["own"]


def closed(world, officer):
    return YearClosing.objects.create(
        county=world.county, school_year=SchoolYear.objects.named("2023-2024"), closed_on=dt.date(2024, 8, 31),
        closed_by=officer,
    )  # fmt: skip


def wrong_in(name, world, client, officer):
    """What is not as it should be with this action: first in the open year, then in the closed one; both are put back."""
    _, would_change = taken_back(lambda: answered(client, name, world))

    def in_closed_year():
        closed(world, officer)
        response, has_changed = answered(client, name, world)
        told = response.content.decode()
        if response.status_code == 302:  # led back, with the words above the page
            told = client.get(response["Location"]).content.decode()
        return response.status_code, has_changed, told

    status, has_changed, told = taken_back(in_closed_year)
    if has_changed:
        return would_change, f"{name} changed {has_changed}"
    if status not in REFUSED:
        return would_change, f"{name} answered {status}"
    if would_change and status in {200, 302, 409, 422} and "已结转" not in told:
        return would_change, f"{name} does not say why"
    return would_change, ""


def test_nothing_of_a_closed_year_is_changed(world, people, client_of):  # noqa: F811
    found, possible = [], set()
    for name in ACTIONS:
        client = client_of(people[WRONG[name].who if name in WRONG else "STF"])
        would_change, wrong = wrong_in(name, world, client, people["STF"])
        possible |= {name} if would_change else set()
        found += [wrong] if wrong else []
    assert found == []
    assert len(possible) >= 15, sorted(possible)  # else nobody could have done it anyway


# Addresses that are pages to read as well, each with what is read there.
ALSO_READ = {"evaluations:appraisal_notice": "the notice of the grades is read there"}
_OFFER = re.compile(r'(?:href|action|hx-post|data-url)="([^"?#]+)')


def changing(world):
    """Addresses about a record of the year that are for a change and nothing else."""
    only = {name for name, _, view in access.addresses() if not any(map(is_still_done, getattr(view, "actions", ())))}
    about = {name for name, one in ADDRESSES.items() if one.about and type(row_of(world, one.about)) in closing.YEAR_OF}
    return {name for name in only & about if name not in OF_NO_YEAR} | set(ACTIONS)


def is_still_done(action):
    return action.rpartition(".")[2] in READING or action in STILL_DONE


def row_of(world, about):
    return world.rows.get(about) or getattr(world, about)


@pytest.mark.parametrize("letters", ["STF", "RP", "TEA", "INS", "FIN"])
def test_no_page_of_a_closed_year_offers_to_change_it(letters, world, people, client_of):  # noqa: F811
    """Every page of the records is read; no link and no form on it leads to an action on a record of the year."""
    closed(world, people["STF"])
    client = client_of(people[letters])
    actions = {reverse(name, args=ADDRESSES[name].args(world)): name for name in changing(world) - ALSO_READ.keys()}
    found = set()
    for name, address in ADDRESSES.items():
        if address.method != "get" or name in ACTIONS:  # a form of a step; its own page is not where it is offered
            continue
        response = client.get(reverse(name, args=address.args(world)))
        if response.status_code != 200 or "html" not in response["Content-Type"]:
            continue
        offered = {actions[url] for url in map(unescape, _OFFER.findall(response.content.decode())) if url in actions}
        found |= {f"{name}: {one}" for one in offered}
    assert not found, "\n".join(sorted(found))
