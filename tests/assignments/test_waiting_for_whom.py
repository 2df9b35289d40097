"""What waits stands with whoever can do it: not with somebody who would be refused, and never with nobody."""

import datetime as dt

import pytest

from assignments import allowances, leave, waiting
from assignments.choices import Role, SheetState
from assignments.models import AllowanceSheet
from tests.conftest import person
from zhijiao.accounts.models import User

TODAY = dt.date(2023, 11, 20)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: TODAY)


def whats(user):
    fresh = User.objects.get(pk=user.pk)
    return [task.what for group in waiting.waiting_for(fresh, TODAY) for task in group.tasks]


def test_long_leave_waits_for_the_school_and_then_for_the_bureau(secondment, teacher_user, principal, officer):
    first, last = TODAY, TODAY + dt.timedelta(days=25)
    asked = leave.ask(secondment, kind="sick", start=first, end=last, reason="手术", by=teacher_user)
    task = "审批沈若兰的病假"
    assert (task in whats(principal), task in whats(officer)) == (True, False)
    leave.approve(asked, by=principal)
    assert (task in whats(principal), task in whats(officer)) == (False, True)
    leave.approve(asked, by=officer)
    assert task not in whats(officer)


def test_a_checked_sheet_waits_for_those_who_may_lock_it(county, officer):
    finance = person("finance", "金会计", Role.FINANCE, district=county)
    second = person("finance2", "银会计", Role.FINANCE, district=county)
    leader = person("leader", "何局长", Role.LEADER, district=county)
    sheet = AllowanceSheet.objects.create(
        county=county, month=dt.date(2023, 10, 1), prepared_by=finance, checked_by=officer, state=SheetState.CHECKED
    )
    for user in (finance, second, leader):
        assert ("锁定2023年10月补助发放表" in whats(user)) == (not allowances.why_not_lock(sheet, user)), user
