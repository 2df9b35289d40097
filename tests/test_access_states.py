"""What is not possible as things stand is told in words, and nothing has changed; so with a method no page takes."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from tests.access_digest import changed, digests
from tests.access_states import WRONG
from tests.access_world import ADDRESSES
from tests.test_access import named_addresses, people, worlds  # noqa: F401  # fixtures
from zhijiao import access

pytestmark = pytest.mark.slow

# Told in words: on the page of the refusal, in the form again, or above the list to which the person is led back.
REFUSED = {200, 404, 409, 422}
LED_BACK = {
    "workbook:run_confirm": {302}, "workbook:run_abandon": {302}, "assignments:exemption_end": {302},
    "evaluations:work_edit": {403},  # the table gives the right for unconfirmed records only
}  # fmt: skip
METHODS = ("put", "patch", "delete")


def prepared(wrong, world):
    row = world.rows.get(wrong.key) or getattr(world, wrong.key)
    type(row)._base_manager.filter(pk=row.pk).update(**wrong.values(world))


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_possible_now_is_refused_in_words(name, worlds, people, client_of):  # noqa: F811
    wrong, address = WRONG[name], ADDRESSES[name]
    prepared(wrong, worlds["own"])
    client = client_of(people[wrong.who])
    before = digests()
    response = client.post(reverse(name, args=address.args(worlds["own"])), {**address.data, **wrong.data})
    assert changed(before) == []
    assert response.status_code in REFUSED | LED_BACK.get(name, set()), response.status_code
    if response.status_code == 302:
        told = [message.level_tag for message in get_messages(response.wsgi_request)]
        assert told, "the person is led back without a word"
        assert "success" not in told


def test_every_action_on_a_record_has_a_state_in_which_it_is_refused():
    """An address that only takes what is posted, about one record, changes it: say when it must not."""
    acting = {name for name, address in ADDRESSES.items() if address.about and address.method == "post"}
    assert acting - set(WRONG) - ALWAYS_POSSIBLE == set()


# No state of the record stands in the way of these, only who asks; or the state is another record's, in its own tests.
ALWAYS_POSSIBLE = {
    "assignments:allowance_rate_drop", "assignments:plan_allocation_remove", "assignments:role_lend", "attachments:add",
    "evaluations:work_confirm", "evaluations:work_send_back", "evaluations:work_step", "notices:notice_open", "session_end", "reports:living_here",
    "assignments:duplicate_again", "evaluations:question_set_copy", "evaluations:rubric_copy", "assignments:school_distinct", "assignments:teacher_distinct",
}  # fmt: skip


@pytest.mark.parametrize("letters", ["", "TEA", "STF"])
def test_a_method_that_no_page_takes_is_refused(letters, worlds, people, client, client_of):  # noqa: F811
    who, opened = client_of(people[letters]) if letters else client, []
    before, routes = digests(), {name: route for name, route, _ in access.addresses()}
    for name in named_addresses():
        address = ADDRESSES.get(name)
        url = reverse(name, args=address.args(worlds["own"]) if address else ["0" * 20] * routes[name].count("<"))
        for method in METHODS:
            response = getattr(who, method)(url)
            is_sent_to_sign_in = response.status_code == 302 and response["Location"].startswith("/login/")
            if response.status_code not in {403, 404, 405} and not (is_sent_to_sign_in and not letters):
                opened.append(f"{method} {name}: {response.status_code}")
    assert opened == []
    assert changed(before) == []
