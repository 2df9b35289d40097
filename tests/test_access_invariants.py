"""What holds of the rights as a whole, whatever page or step is added.

That no table of a questionnaire shows fewer than five answers comes with the questionnaires.
"""

from datetime import timedelta

import pytest
from django.urls import reverse

from assignments import members
from assignments.access import READING, has_on, is_reading, may, table, within
from assignments.choices import Role
from assignments.models import Leave, Membership, Secondment, SecondmentChange, Teacher
from assignments.models.scope import KEPT_AFTER_END
from assignments.workflow import TRANSITIONS, State, reaches
from reports.models import Certificate
from tests.access_digest import changed, digests
from tests.access_states import REASON
from tests.access_text import words
from tests.access_world import ADDRESSES, PUBLIC
from tests.conftest import person
from tests.test_access import EVERYBODY, named_addresses, people, worlds  # noqa: F401  # fixtures
from zhijiao import clock
from zhijiao.accounts.models import User
from zhijiao.refusals import Refused

ID, PHONE, CARD = "510722197711032649", "13800001234", "6222020200112233"
WHOLE = {"workbook:export"}  # the officer's workbook of the whole county, which comes in elsewhere as it went out
OWN_BUSINESS = {"home", "account.own", "search"}
# Who does the first is never who has the last word on the same posting.
FIRST_AND_LAST = (
    ("secondment.recommend", "secondment.approve"), ("attendance.confirm", "attendance.reopen"),
    ("secondment.report_in", "secondment.complete"), ("evaluation.edit", "evaluation.grade_final"),
)  # fmt: skip


def afresh(user):
    """As the next request reads the person: what the last one knew of their rights is forgotten."""
    return User.objects.get(pk=user.pk)


def pages(client, user, world):
    """Every page that the person may open, of this world."""
    for name, view in named_addresses().items():
        if name not in PUBLIC and any(may(user, action) for action in view.actions):
            address = ADDRESSES[name]
            yield name, words(client.get(reverse(name, args=address.args(world)), address.data))


def test_i1_nobody_has_both_the_first_and_the_last_word_on_a_posting():
    """The receiving school beside the bureau is the exception that a step by the bureau for it would make: never the last."""
    known = [pair for pair in FIRST_AND_LAST if set(pair) <= table().keys()]
    assert len(known) >= 3
    for first, last in known:
        both = table()[first].keys() & table()[last].keys()
        assert both <= ({"STF"} if first == "secondment.report_in" else set()), f"{first}, {last}: {both}"


@pytest.mark.slow
@pytest.mark.parametrize("letters", ["ADM", "STF", "RP"])
def test_i2_nobody_but_the_teacher_reads_a_whole_number_on_a_page(letters, worlds, people, client_of):  # noqa: F811
    """The administrator, who may do most with accounts, reads no page of a teacher at all."""
    row = worlds["own"].teacher
    row.id_number, row.phone, row.bank_card = ID, PHONE, CARD
    row.save()
    told = [
        f"{number} at {name}"
        for name, text in pages(client_of(people[letters]), people[letters], worlds["own"])
        for number in (ID, PHONE, CARD)
        if number in text and name not in WHOLE
    ]
    assert told == []
    if letters == "ADM":
        assert not any(may(people["ADM"], f"teacher.{what}") for what in ("view", "reveal_id", "reveal_bank"))


def test_i2_the_administrator_sees_nothing_of_how_somebody_works():
    about_work = ("attendance.", "leave.", "allowance.", "worklog.", "evaluation.", "appraisal.", "application.")
    assert [action for action, cells in table().items() if action.startswith(about_work) and "ADM" in cells] == []


def test_i3_the_auditor_has_no_action_that_changes_anything():
    left = OWN_BUSINESS | {"teacher.who_viewed_me", "audit.export", "audit.verify_chain"}  # to look, and to check
    left |= {"questionnaire.result_aggregate", "questionnaire.texts_released"}  # to look
    writes = {a for a, cells in table().items() if "AUD" in cells and a.rpartition(".")[2] not in READING}
    assert writes - left == set()


@pytest.mark.slow
def test_i3_whatever_the_auditor_posts_changes_nothing(worlds, people, client_of):  # noqa: F811
    client = client_of(people["AUD"])
    before = digests()
    for name, view in named_addresses().items():
        if name not in PUBLIC and "account.own" not in view.actions:
            address = ADDRESSES[name]
            client.post(reverse(name, args=address.args(worlds["own"])), {**address.data, **REASON})
    assert changed(before) == []


def test_i4_the_last_administrator_stays(county):
    one, other = (person(name, name, Role.BUREAU_ADMIN, district=county) for name in ("一号", "二号"))
    members.disable(by=one, user=other, reason="调走了")
    officer = User.objects.create_superuser(username="server", password="一只安静的橘猫", name="维护")
    with pytest.raises(Refused):
        members.disable(by=officer, user=one, reason="也调走了")
    assert afresh(one).is_active


@pytest.mark.slow
@pytest.mark.parametrize("what", ["change_decide", "allowance_check", "member_role_confirm", "certificate_revoke"])
def test_i5_who_began_what_needs_two_people_does_not_finish_it(what, worlds, people, client_of):  # noqa: F811
    rows = worlds["own"].rows
    name, letters, begun = {
        "change_decide": ("assignments:change_decide", "STF", lambda by: SecondmentChange.objects.filter(pk=rows["change"].pk).update(requested_by=by)),
        "allowance_check": ("assignments:allowance_check", "FIN", lambda by: type(rows["sheet"]).objects.filter(pk=rows["sheet"].pk).update(prepared_by=by)),
        "member_role_confirm": ("assignments:member_role_confirm", "ADM", lambda by: Membership.objects.filter(pk=rows["membership"].pk).update(granted_by=by, is_waiting=True)),
        "certificate_revoke": ("reports:certificate_revoke", "STF", lambda by: Certificate.objects.filter(pk=rows["certificate"].pk).update(revocation_asked_by=by)),
    }[what]  # fmt: skip
    assert begun(people[letters]) == 1
    client, before = client_of(people[letters]), digests()
    url = reverse(name, args=ADDRESSES[name].args(worlds["own"]))
    response = client.post(url, {"verdict": "approve", "state": "approved", "do": "agree", **REASON})
    assert changed(before) == []
    assert response.status_code in {403, 409}, response.status_code


def test_i6_no_step_leads_on_from_a_posting_that_is_closed():
    assert [step.key for step in TRANSITIONS.values() if {State.COMPLETED, State.WITHDRAWN} & step.sources.keys()] == []


@pytest.mark.slow
@pytest.mark.parametrize("letters", [*EVERYBODY])
def test_i6_a_closed_posting_is_edited_by_nobody(letters, worlds, people, client_of):  # noqa: F811
    own = worlds["own"]
    Secondment.objects.filter(pk=own.secondment.pk).update(state="completed", ended_on=own.secondment.end)
    client, before = client_of(people[letters]), digests()
    for name, address in ADDRESSES.items():
        if address.about in {"secondment", "change", "attendance", "work", "mentorship"}:
            client.post(reverse(name, args=address.args(own)), {**address.data, **REASON, "verdict": "approve"})
    kept = (
        "assignments.Secondment",
        "assignments.Placement",
        "assignments.SecondmentChange",
        "assignments.AttendanceMonth",
    )
    assert [what for what in changed(before) if what in kept] == []


@pytest.mark.slow
@pytest.mark.parametrize("letters", ["STF"])
def test_i8_no_address_holds_a_number_of_a_person(letters, worlds, people, client_of):  # noqa: F811
    """Addresses stay in logs and histories. A whole number is looked for with what is posted."""
    row = worlds["own"].teacher
    row.id_number, row.phone, row.bank_card = ID, PHONE, CARD
    row.save()
    client, kept = client_of(people[letters]), []
    for name, text in pages(client, people[letters], worlds["own"]):
        for part in text.split('href="')[1:]:
            kept += [f"{number} at {name}" for number in (ID, PHONE, CARD) if number in part.partition('"')[0]]
    assert kept == []
    found = client.get(reverse("assignments:search"), {"q": ID})
    assert row.name not in words(found)


@pytest.mark.slow
def test_i9_a_right_ends_with_the_next_request(worlds, people, client_of):  # noqa: F811
    """Signed in all the while: nothing of the rights is kept in the session."""
    yesterday = clock.today() - timedelta(days=1)
    url = reverse("assignments:teacher_detail", args=[worlds["own"].teacher.pk])
    for letters in ("SP", "RP", "STF", "TEA"):
        client = client_of(people[letters])
        assert client.get(url).status_code == 200
        people[letters].memberships.update(end=yesterday, start=None)
        assert client.get(url).status_code == 403
    client = client_of(people["LDR"])
    assert client.get(url).status_code == 200
    Teacher.objects.filter(pk=worlds["own"].teacher.pk).update(county=worlds["other_county"].county)
    assert client.get(url).status_code == 404


@pytest.mark.slow
def test_what_was_lent_until_yesterday_opens_nothing(worlds, people, client_of):  # noqa: F811
    today, url = clock.today(), reverse("assignments:teacher_detail", args=[worlds["own"].teacher.pk])
    lender = people["STF"].memberships.get()
    deputy = person("deputy", "代理人")
    lent = Membership.objects.create(user=deputy, role=lender.role, district=lender.district, deputy_for=lender, start=today, end=today)  # fmt: skip
    client = client_of(deputy)
    assert client.get(url).status_code == 200
    Membership.objects.filter(pk=lent.pk).update(start=today - timedelta(days=9), end=today - timedelta(days=1))
    opened = [
        name
        for name, view in named_addresses().items()
        if name not in PUBLIC and not {"home", "account.own"} & set(view.actions)
        and client.get(reverse(name, args=ADDRESSES[name].args(worlds["own"]))).status_code not in {403, 405}
    ]  # fmt: skip
    assert opened == []


# --- a receiving school after the end ---------------------------------------------------------------------------------


def ended(world, days):
    last = clock.today() - timedelta(days=days)
    Secondment.objects.filter(pk=world.secondment.pk).update(state="completed", ended_on=last)
    return Secondment.objects.get(pk=world.secondment.pk)


@pytest.mark.slow
@pytest.mark.parametrize(("days", "is_open"), [(KEPT_AFTER_END.days, True), (KEPT_AFTER_END.days + 1, False)])
def test_a_receiving_school_only_reads_two_months_after_the_end(days, is_open, worlds, people):  # noqa: F811
    own, user = worlds["own"], people["RP"]
    secondment = ended(own, days)
    for action, cells in table().items():
        cell = cells.get("RP")
        if cell is None or cell.scope != "R":
            continue
        known = is_open or is_reading(action, cell)
        for row in (secondment, own.rows["attendance"], own.rows["leave"], own.rows["difficulty"]):
            assert has_on(user, action, row) == known, f"{action} on {row!r}"
        assert reaches(user, action, secondment) == known, action


@pytest.mark.slow
def test_the_reason_of_a_leave_goes_with_the_two_months(worlds, people, client_of):  # noqa: F811
    own, client = worlds["own"], client_of(people["RP"])
    Leave.objects.filter(pk=own.rows["leave"].pk).update(reason="阑尾炎手术")
    url = reverse("assignments:leave_detail", args=[own.rows["leave"].pk])
    ended(own, 60)
    assert "阑尾炎手术" in words(client.get(url))
    ended(own, 61)
    assert "阑尾炎手术" not in words(client.get(url))
    page = client.get(reverse("assignments:secondment_detail", args=[own.secondment.pk]))
    assert page.status_code == 200


@pytest.mark.slow
def test_another_stay_at_the_school_opens_only_itself(worlds, people):  # noqa: F811
    """The old stay stays closed when the same teacher comes again."""
    own = worlds["own"]
    old = ended(own, 200)
    again = Secondment.objects.get(pk=old.pk)
    again.pk, again.state, again.ended_on, again.programme = None, "on_post", None, _other_programme(own)
    again.start, again.end = old.start + timedelta(days=1200), old.end + timedelta(days=1200)
    again.save()
    again.placements.create(county=own.county, receiving_school=own.receiving_school)
    found = within(Secondment.objects.all(), people["RP"], "secondment.national_tick")
    assert list(found) == [again]


def _other_programme(world):
    return type(world.secondment.programme).objects.create(county=world.county, name="另一项支教")
