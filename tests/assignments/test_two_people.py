"""What two people decide: a deputy who has the role only as somebody's deputy is that somebody's hand, not a second person."""

import datetime as dt

import pytest

from assignments import allowances, changes, members
from assignments.choices import ChangeKind, ChangeState, Role, SheetState
from assignments.models import AllowanceSheet, Membership
from reports import certificates
from reports.models import Certificate
from tests.conftest import person
from zhijiao.accounts.models import User
from zhijiao.dates import parse_day
from zhijiao.refusals import Refused

TODAY = dt.date(2023, 11, 20)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: TODAY)


@pytest.fixture
def auditor(county):
    """A colleague at the bureau who decides nothing."""
    return person("auditor", "尹审计", Role.AUDITOR, district=county)


def lend(lender, deputy):
    members.lend(by=lender, membership=lender.memberships.get(), deputy=deputy, start=TODAY, end=TODAY)
    return User.objects.get(pk=deputy.pk)


def asked(secondment, by):
    day = parse_day("2024-07-20")
    return changes.request(
        secondment, ChangeKind.EXTEND, by=by, start=TODAY, new_end=day, reason="work", detail="学校需要"
    )


def test_a_deputy_does_not_decide_what_the_lender_asked(secondment, officer, auditor):
    change = asked(secondment, officer)
    with pytest.raises(Refused, match="代理"):
        changes.decide(change, by=lend(officer, auditor), approves=True)
    change.refresh_from_db()
    assert change.state == ChangeState.REQUESTED


def test_the_lender_does_not_decide_what_the_deputy_asked(secondment, officer, auditor):
    change = asked(secondment, lend(officer, auditor))
    with pytest.raises(Refused, match="代理"):
        changes.decide(change, by=officer, approves=True)


def test_who_has_the_role_of_their_own_is_a_second_person(secondment, officer, auditor, county):
    change = asked(secondment, officer)
    Membership.objects.create(user=auditor, role=Role.OFFICER, district=county)
    decided = changes.decide(change, by=lend(officer, auditor), approves=True)
    assert decided.state == ChangeState.APPROVED


def test_a_deputy_neither_checks_nor_locks_the_lenders_sheet(secondment, county, officer, auditor):
    finance = person("finance", "金会计", Role.FINANCE, district=county)
    month = dt.date(2023, 10, 1)
    sheet = AllowanceSheet.objects.create(county=county, month=month, prepared_by=finance)
    deputy = lend(finance, auditor)
    with pytest.raises(Refused, match="代理"):
        allowances.check(sheet, by=deputy)
    AllowanceSheet.objects.filter(pk=sheet.pk).update(state=SheetState.CHECKED, checked_by=officer)
    with pytest.raises(Refused, match="代理"):
        allowances.lock(sheet, by=deputy)


def test_a_deputy_does_not_agree_to_the_revocation_that_the_lender_asked_for(teacher, county, officer, auditor):
    row = Certificate.objects.create(
        county=county, teacher=teacher, year=2023, number=1, serial="青岚支教证〔2023〕0001号", code="A" * 20, content={},
        digest="0" * 64, issued_on=TODAY, issued_by=officer,
    )  # fmt: skip
    certificates.ask_to_revoke(row, by=officer, reason="学校写错了")
    with pytest.raises(Refused, match="代理"):
        certificates.revoke(row, by=lend(officer, auditor))
