"""What a review found, each as the sentence that holds now: ended loans, pairs, sheets whose preparer left, what finance reads."""

import datetime as dt
from contextlib import ExitStack

import pytest
from django.utils import timezone

from assignments import allowances, changes, members
from assignments.care import may_read
from assignments.choices import ChangeKind, ChangeState, ExemptionReason, Role, SheetState
from assignments.choices import SecondmentState as State
from assignments.models import (
    AllowancePayment,
    AllowanceRate,
    AllowanceSheet,
    Difficulty,
    Exemption,
    Membership,
    Placement,
    PublicNotice,
    Secondment,
    Teacher,
)
from assignments.periods import Period
from assignments.workflow import perform
from reports import certificates
from reports.figures import Asked, Viewpoint, value
from reports.models import Certificate
from tests.conftest import person
from tests.full_records import on
from zhijiao import clock
from zhijiao.accounts.models import AuditEntry, User
from zhijiao.dates import ApproximateDate, parse_day
from zhijiao.refusals import Refused

TODAY = dt.date(2023, 11, 20)
DAY = parse_day


@pytest.fixture
def it_is(monkeypatch):
    """Makes it a day, for everything that asks which one it is."""
    local = timezone.localdate
    with ExitStack() as stack:

        def set_day(day):
            monkeypatch.setattr(
                "django.utils.timezone.localdate", lambda value=None, *args: local(value) if value else day
            )
            stack.enter_context(clock.standing_at(day))

        set_day(TODAY)
        yield set_day


@pytest.fixture
def auditor(county):
    """A colleague at the bureau who decides nothing of their own."""
    return person("auditor", "尹审计", Role.AUDITOR, district=county)


@pytest.fixture
def leader(county):
    return person("leader", "何局长", Role.LEADER, district=county)


def anew(user):
    """As on their next request."""
    return User.objects.get(pk=user.pk)


def lend(lender, deputy, last=TODAY):
    return members.lend(
        by=lender, membership=lender.memberships.get(deputy_for=None), deputy=deputy, start=TODAY, end=last
    )


def asked(secondment, by, new_end="2024-07-20"):
    return changes.request(
        secondment, ChangeKind.EXTEND, by=by, start=TODAY, new_end=DAY(new_end), reason="work", detail="学校需要"
    )


# --- a loan that ended -------------------------------------------------------------------------------------------------


def test_what_a_deputy_asked_is_still_the_lenders_when_the_loan_is_over(it_is, secondment, officer, auditor):
    lend(officer, auditor)
    change = asked(secondment, anew(auditor))
    it_is(TODAY + dt.timedelta(days=30))
    with pytest.raises(Refused, match="代理"):
        changes.decide(change, by=anew(officer), approves=True)


def test_and_when_the_lender_took_it_back_the_same_day(it_is, secondment, officer, auditor):
    loan = lend(officer, auditor)
    change = asked(secondment, anew(auditor))
    members.take_back(by=officer, membership=loan)
    assert not anew(auditor).memberships.current().exclude(deputy_for=None).exists()
    with pytest.raises(Refused, match="代理"):
        changes.decide(change, by=anew(officer), approves=True)


def test_two_deputies_of_one_person_are_no_two_people(it_is, secondment, officer, auditor, county):
    other = person("other", "许督学", Role.INSPECTOR, district=county)
    for deputy in (auditor, other):
        lend(officer, deputy)
    with pytest.raises(Refused, match="代理"):
        changes.decide(asked(secondment, anew(auditor)), by=anew(other), approves=True)


def test_who_asked_by_a_role_of_their_own_is_a_second_person_whatever_was_lent_to_them_before(
    it_is, secondment, officer, auditor, county
):
    lend(officer, auditor)
    it_is(TODAY + dt.timedelta(days=30))
    Membership.objects.create(user=auditor, role=Role.OFFICER, district=county, start=TODAY + dt.timedelta(days=30))
    change = asked(secondment, anew(auditor))
    assert changes.decide(change, by=anew(officer), approves=True).state == ChangeState.APPROVED


def test_a_revocation_that_a_deputy_asked_for_is_still_the_lenders(it_is, teacher, county, officer, auditor):
    row = Certificate.objects.create(
        county=county, teacher=teacher, year=2023, number=1, serial="青岚支教证〔2023〕0001号", code="A" * 20, content={},
        digest="0" * 64, issued_on=TODAY, issued_by=officer,
    )  # fmt: skip
    lend(officer, auditor)
    certificates.ask_to_revoke(row, by=anew(auditor), reason="学校写错了")
    it_is(TODAY + dt.timedelta(days=30))
    with pytest.raises(Refused, match="代理"):
        certificates.revoke(row, by=anew(officer))


# --- sheets ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def finance(county):
    return person("finance", "金会计", Role.FINANCE, district=county)


@pytest.fixture
def second_finance(county):
    return person("finance2", "银会计", Role.FINANCE, district=county)


@pytest.fixture
def sheet(it_is, county, secondment, finance):
    AllowanceRate.objects.create(county=county, amount=500, start=dt.date(2023, 9, 1))
    return allowances.draw_up(county, dt.date(2023, 10, 1), by=finance)


def left(user, how):
    if how == "disabled":
        User.objects.filter(pk=user.pk).update(is_active=False)
    else:
        user.memberships.update(start=TODAY - dt.timedelta(days=9), end=TODAY - dt.timedelta(days=1))
    return AllowanceSheet.objects.get()


@pytest.mark.parametrize("how", ["disabled", "role over"])
def test_a_sheet_whose_preparer_left_is_gone_on_with_by_another_who_does_not_check_it(
    how, sheet, finance, second_finance, officer, leader
):
    sheet = left(finance, how)
    allowances.count_again(sheet, by=anew(second_finance))
    assert AllowanceSheet.objects.get().prepared_by == second_finance
    assert AuditEntry.objects.filter(verb="接手补助发放表", by=second_finance).exists()
    with pytest.raises(Refused, match="不能自己审核"):
        allowances.check(sheet, by=anew(second_finance))
    allowances.check(sheet, by=officer)
    assert allowances.lock(sheet, by=leader).state == SheetState.LOCKED


def test_who_drew_a_sheet_up_does_not_check_it_when_they_are_back(sheet, finance, second_finance):
    allowances.count_again(left(finance, "disabled"), by=second_finance)
    User.objects.filter(pk=finance.pk).update(is_active=True)
    with pytest.raises(Refused, match="编制过"):
        allowances.check(AllowanceSheet.objects.get(), by=anew(finance))


def test_a_sheet_stays_with_its_preparer_as_long_as_they_are_there(sheet, second_finance):
    with pytest.raises(Refused, match="请由本人修改"):
        allowances.count_again(sheet, by=second_finance)


def test_a_sheet_that_is_drawn_up_has_paid_nobody(sheet, county, finance, officer, leader):
    def figure(name):
        return value(name, Asked(Period.parse("2023-2024"), Viewpoint(county))).value

    names = ("allowance", "allowance_people", "allowance_months")
    assert [figure(name) for name in names] == [0, 0, 0]
    allowances.lock(allowances.check(sheet, by=officer), by=leader)
    assert [figure(name) for name in names] == [500, 1, 1]


def test_what_was_paid_apart_from_the_sheets_counts(county, secondment):
    AllowancePayment.objects.create(
        county=county, secondment=secondment, month=dt.date(2023, 9, 1), standard=500, amount=500
    )
    assert value("allowance", Asked(Period.parse("2023-2024"), Viewpoint(county))).value == 500


# --- what finance reads ------------------------------------------------------------------------------------------------


def test_finance_reads_of_no_illness_and_still_has_the_bank_card(client_of, finance, officer, teacher, county):
    teacher.health, teacher.family, teacher.bank_card = "慢性肾炎", "父亲卧床", "6222021234567890123"
    teacher.save()
    Exemption.objects.create(
        county=county, teacher=teacher, reason=ExemptionReason.ILLNESS, start=dt.date(2023, 9, 1), proof="住院证明"
    )
    difficulty = on(Difficulty, TODAY, county=county, teacher=teacher, category="health", text="化疗后要复查")
    page = client_of(finance).get(f"/teachers/{teacher.pk}/").content.decode()
    for secret in ("慢性肾炎", "父亲卧床", "住院证明", "化疗", ExemptionReason.ILLNESS.label):
        assert secret not in page
    assert "银行卡号" in page
    assert not may_read(finance, difficulty)
    assert "慢性肾炎" in client_of(officer).get(f"/teachers/{teacher.pk}/").content.decode()


# --- the two of a swap -------------------------------------------------------------------------------------------------


@pytest.fixture
def pair(it_is, second, teacher, county, receiving_school, sending_school):
    """Two who go to each other's school, in a state."""

    def make(state, other_state=None):
        other = Teacher.objects.create(county=county, school=receiving_school, name="周知远")
        one = second(teacher, state=state, swapped_with=other)
        two = Secondment(
            county=county, teacher=other, school_year=one.school_year, programme=one.programme, sending_school=receiving_school,
            swapped_with=teacher, state=other_state or state,
        )  # fmt: skip
        two.when = one.when
        two.save()
        Placement.objects.create(county=county, secondment=two, receiving_school=sending_school)
        return one, two

    return make


def states(*rows):
    return [Secondment.objects.get(pk=row.pk).state for row in rows]


def test_an_extension_that_is_wrong_for_the_partner_is_refused(pair, officer, leader):
    one, two = pair(State.ON_POST)
    Secondment.objects.filter(pk=two.pk).update(end=DAY("2024-07-30"))
    with pytest.raises(Refused, match=r"互派.*周知远"):
        asked(one, officer, "2024-07-20")
    change = asked(one, officer, "2024-08-10")
    Secondment.objects.filter(pk=two.pk).update(end=DAY("2024-08-20"))
    with pytest.raises(Refused, match=r"互派.*周知远"):
        changes.decide(change, by=leader, approves=True)
    assert Secondment.objects.get(pk=two.pk).end == DAY("2024-08-20")


def test_an_extension_that_is_right_for_both_is_both_s(pair, officer, leader):
    one, _ = pair(State.ON_POST)
    changes.decide(asked(one, officer), by=leader, approves=True)
    assert {row.end for row in Secondment.objects.all()} == {DAY("2024-07-20")}


@pytest.mark.parametrize("state", [State.APPROVED, State.DISPATCHED, State.OVERDUE])
def test_once_approved_the_two_are_withdrawn_together(pair, officer, state):
    one, two = pair(state)
    perform("withdraw", one, by=officer, data={"reason": "学校不去了"})
    assert states(one, two) == [State.WITHDRAWN] * 2


def test_until_then_each_school_withdraws_or_sends_back_its_own(pair, officer, sending_school):
    sender = person("sender", "郑校长", Role.PRINCIPAL, school=sending_school)
    one, two = pair(State.SUBMITTED)
    perform("send_back", one, by=sender, data={"reason": "年限不够"})
    assert states(one, two) == [State.SENT_BACK, State.SUBMITTED]


@pytest.mark.parametrize("other", [State.DRAFT, State.SENT_BACK, State.WITHDRAWN, State.SUBMITTED])
def test_and_none_is_approved_without_the_other(pair, officer, other):
    one, two = pair(State.REVIEW, other)
    with pytest.raises(Refused, match="周知远"):
        perform("approve", one, by=officer)
    assert states(one, two) == [State.REVIEW, other]


def test_a_withdrawn_application_does_not_stand_in_the_way_of_a_new_one(pair, officer, school_year):
    one, two = pair(State.REVIEW, State.WITHDRAWN)
    again = Secondment.objects.get(pk=two.pk)
    again.pk, again.state = None, State.REVIEW
    again._state.adding = True
    again.save()
    Placement.objects.create(county=again.county, secondment=again, receiving_school=one.sending_school)
    perform("approve", one, by=officer)
    assert states(one, two, again) == [State.APPROVED, State.WITHDRAWN, State.APPROVED]


# --- notices -----------------------------------------------------------------------------------------------------------


def test_another_role_does_not_show_more_notices_than_the_role_that_reads_them(
    client_of, county, sending_school, school
):
    other = type(school).objects.create(county=county, name="云溪乡中心初中")
    both = person("both", "柳校长", Role.PRINCIPAL, school=other)
    Membership.objects.create(user=both, role=Role.INSPECTOR, district=county)
    notice = PublicNotice(county=county, school=sending_school, title="第一小学公示")
    notice.when = ApproximateDate.day(TODAY)
    notice.save()
    browser = client_of(both)
    assert "第一小学公示" not in browser.get("/public-notices/").content.decode()
    assert browser.get(f"/public-notices/{notice.pk}/").status_code == 404
