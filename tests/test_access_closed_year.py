"""In a closed year every action on a record is refused in words and changes nothing; in an open one the same is possible."""

import datetime as dt

import pytest
from django.db import transaction
from django.urls import reverse

from assignments.models import SchoolYear, YearClosing
from reports.models import Report
from tests.access_digest import changed, digests
from tests.access_states import WRONG
from tests.access_world import ADDRESSES
from tests.test_access import people, worlds  # noqa: F401  # fixtures
from tests.test_access_states import ALWAYS_POSSIBLE

pytestmark = pytest.mark.slow
REFUSED = {200, 302, 403, 404, 409, 422}

# About a person, a school, an account, a rule or an import that is given up: none of them is of the year.
OF_NO_YEAR = {
    "assignments:teacher_retire", "assignments:school_close", "assignments:member_enable", "assignments:member_disable",
    "assignments:member_role_confirm", "assignments:member_role_decline", "assignments:member_role_end", "assignments:role_take_back",
    "assignments:role_lend", "assignments:correction_answer", "assignments:exemption_end", "assignments:allowance_rate_drop",
    "assignments:duplicate_again", "assignments:school_distinct", "assignments:teacher_distinct",
    "evaluations:rubric_retire", "evaluations:rubric_edit", "evaluations:question_set_retire", "evaluations:question_set_copy",
    "evaluations:rubric_copy", "reports:certificate_revoke", "workbook:run_abandon", "workbook:run_confirm", "workbook:run_undo",
    "notices:notice_open", "session_end", "reports:year_close", "reports:year_reopen",
}  # fmt: skip
ACTIONS = sorted({*WRONG, *ALWAYS_POSSIBLE} - OF_NO_YEAR)


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


@pytest.mark.parametrize("name", ACTIONS)
def test_nothing_of_a_closed_year_is_changed(name, worlds, people, client_of):  # noqa: F811
    world = worlds["own"]
    client = client_of(people[WRONG[name].who if name in WRONG else "STF"])
    Report.objects.filter(pk=world.rows["report"].pk).update(period="2023-2024")
    _, would_change = taken_back(lambda: answered(client, name, world))
    YearClosing.objects.create(
        county=world.county,
        school_year=SchoolYear.objects.named("2023-2024"),
        closed_on=dt.date(2024, 8, 31),
        closed_by=people["STF"],
    )
    response, has_changed = answered(client, name, world)
    assert has_changed == []
    assert response.status_code in REFUSED
    if would_change and response.status_code in {200, 409, 422}:
        assert "已结转" in response.content.decode()
    elif would_change:  # led back, with the words above the page
        assert response.status_code == 302
        assert "已结转" in client.get(response["Location"]).content.decode()


def test_some_of_them_would_have_changed_something(worlds, people, client_of):  # noqa: F811
    """Else the test above would refuse what nobody could do anyway."""
    possible = set()
    for name in ACTIONS:
        client = client_of(people[WRONG[name].who if name in WRONG else "STF"])
        _, would_change = taken_back(lambda name=name, client=client: answered(client, name, worlds["own"]))
        possible |= {name} if would_change else set()
    assert len(possible) >= 15, sorted(possible)
