"""Two people at work on the same rows: each waits for the other in one order, so that neither is stopped as a deadlock.

The trail is one for all, so who holds it must not wait for a row; SQLite has one writer, and nothing of this can happen.
"""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from assignments import attendance, changes, leave, objections
from assignments.choices import ChangeKind, ChangeState, LeaveState, Role
from assignments.choices import SecondmentState as State
from assignments.models import AttendanceMonth, Objection, PublicNotice, Secondment, SecondmentChange
from tests.conftest import person
from zhijiao.accounts import audit

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer"),
]
OCTOBER = dt.date(2023, 10, 1)


@pytest.fixture
def sender(sending_school):
    return person("sender", "郑校长", Role.PRINCIPAL, school=sending_school)


def at_once(rows, by, act):
    """Somebody has the rows and then writes into the trail; meanwhile `act`. Gives what `act` gave."""
    has_it, goes_on = threading.Event(), threading.Event()

    def first():
        try:
            with transaction.atomic():
                list(rows.select_for_update())
                has_it.set()
                goes_on.wait(2)
                audit.record(by, "做别的事")
        finally:
            connections.close_all()

    def second():
        try:
            has_it.wait(5)
            threading.Timer(0.5, goes_on.set).start()
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        other, ours = pool.submit(first), pool.submit(second)
        other.result(20)
        return ours.result(20)


def test_an_objection_is_decided_while_its_secondment_is_worked_on(second, teacher, county, sending_school, sender):
    notice = PublicNotice.objects.create(county=county, title="公示", school=sending_school)
    row = second(teacher, state=State.RECOMMENDED, notice=notice)
    objection = Objection.objects.create(
        county=county, notice=notice, secondment=row, received_on=OCTOBER, text="年限不够"
    )
    rows = Secondment.objects.filter(pk=row.pk)
    at_once(rows, sender, lambda: objections.decide(objection, by=sender, is_upheld=True, outcome="属实"))
    assert rows.get().state == State.SENT_BACK


def test_leave_is_approved_while_the_month_is_entered(secondment, teacher_user, principal, monkeypatch):
    asked = leave.ask(
        secondment, kind="sick", start=dt.date(2023, 10, 16), end=dt.date(2023, 10, 17), reason="", by=teacher_user
    )
    attendance_row = AttendanceMonth.objects.create(county=secondment.county, secondment=secondment, month=OCTOBER)
    rows = AttendanceMonth.objects.filter(pk=attendance_row.pk)
    done = at_once(rows, principal, lambda: leave.approve(asked, by=principal))
    assert done.state == LeaveState.APPROVED
    assert attendance.told_marks(rows.get().marks) == "16日、17日病假"


def test_a_change_is_decided_while_another_is_asked_for(secondment, officer, county):
    leader = person("leader", "何局长", Role.LEADER, district=county)
    change = changes.request(
        secondment, ChangeKind.EXTEND, by=officer, start=OCTOBER, new_end=dt.date(2024, 7, 20), reason="work", detail="x"
    )  # fmt: skip

    def ask_while_deciding():
        return changes.decide(change, by=leader, approves=False, decision="不用")

    has_it = threading.Event()

    def ask():
        try:
            with transaction.atomic():
                Secondment.objects.select_for_update().get(pk=secondment.pk)
                has_it.set()
                threading.Event().wait(1)
                # What asking does next: it waits where the same is asked for and not decided yet.
                list(SecondmentChange.objects.select_for_update().filter(secondment=secondment.pk))
        finally:
            connections.close_all()

    def decide():
        try:
            has_it.wait(5)
            return ask_while_deciding()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        asking, deciding = pool.submit(ask), pool.submit(decide)
        asking.result(20)
        assert deciding.result(20).state == ChangeState.REFUSED
