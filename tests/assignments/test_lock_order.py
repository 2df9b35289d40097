"""Two people at work on the same rows: each waits for the other in one order, so that neither is stopped as a deadlock.

The trail is one for all, so who holds it must not wait for a row; SQLite has one writer, and nothing of this can happen.
"""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from assignments import attendance, changes, leave, members, objections, timetable
from assignments.choices import ChangeKind, ChangeState, LeaveState, Role
from assignments.choices import SecondmentState as State
from assignments.models import (
    AttendanceMonth,
    Membership,
    Objection,
    Placement,
    PublicNotice,
    School,
    Secondment,
    SecondmentChange,
    Teacher,
)
from assignments.workflow import perform_many
from tests.conftest import person
from zhijiao.accounts import audit
from zhijiao.accounts.models import User

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


def test_an_account_is_disabled_while_its_person_takes_steps(second, teacher, county):
    """Each step writes an entry that points to the account, and rows that point to the county."""
    colleague = Teacher.objects.create(county=county, school=teacher.school, name="卢晓红")
    rows = [second(one, state=State.REVIEW) for one in (teacher, colleague)]
    leaver = person("leaver", "柳专干", Role.OFFICER, district=county)
    Membership.objects.create(user=leaver, role=Role.BUREAU_ADMIN, district=county)
    admin = person("admin", "石管理", Role.BUREAU_ADMIN, district=county)
    in_each_others_way(
        lambda: members.disable(by=admin, user=leaver, reason="调离"),
        lambda: perform_many("approve", [row.pk for row in rows], by=leaver),
    )
    assert not User.objects.get(pk=leaver.pk).is_active
    assert {row.state for row in Secondment.objects.all()} == {State.APPROVED}


def test_a_role_ends_while_one_of_its_loans_is_taken_back(county):
    lender = person("lender", "柳管理", Role.BUREAU_ADMIN, district=county)
    admin = person("admin", "石管理", Role.BUREAU_ADMIN, district=county)
    deputies = [person(f"deputy{number}", f"代理{number}", Role.OFFICER, district=county) for number in range(2)]
    role, today = lender.memberships.get(), timezone.localdate()
    loans = [members.lend(by=lender, membership=role, deputy=one, start=today, end=today) for one in deputies]
    in_each_others_way(
        lambda: members.take_back(by=lender, membership=loans[1]),
        lambda: members.end_role(by=admin, membership=role, reason="换岗"),
    )
    assert not Membership.objects.current().filter(user__in=[lender, *deputies], role=Role.BUREAU_ADMIN).exists()


def test_a_swap_is_extended_while_the_timetable_of_one_school_is_saved(
    second, teacher, county, receiving_school, officer
):
    other = Teacher.objects.create(county=county, school=receiving_school, name="周知远")
    elsewhere = School.objects.create(county=county, name="云溪小学")
    one = second(teacher, "2023-09-01", "2030-07-10", swapped_with=other)
    two = second(other, "2023-09-01", "2030-07-10", swapped_with=teacher, sending_school=elsewhere)
    Placement.objects.update(end=dt.date(2030, 7, 10))
    leader = person("leader", "何局长", Role.LEADER, district=county)
    day = dt.date(2030, 7, 20)
    change = changes.request(
        one, ChangeKind.EXTEND, by=officer, start=OCTOBER, new_end=day, reason="work", detail="学校需要"
    )
    stay = Placement.objects.get(secondment=two)
    load = timetable.Load(stay.pk, {name: getattr(stay, name) for name in timetable.TAUGHT} | {"lodging": "宿舍"})
    in_each_others_way(
        lambda: timetable.enter([load], by=officer), lambda: changes.decide(change, by=leader, approves=True)
    )
    assert {row.end for row in Secondment.objects.all()} == {day}
    stay.refresh_from_db()
    assert (stay.lodging, stay.end) == ("宿舍", day)


def in_each_others_way(first, then):
    """`first` has its rows, and waits before it asks for the trail, until `then` has that or waits itself."""
    has_rows, has_trail = threading.Event(), threading.Event()

    def run(act, before, after):
        def told(execute, sql, params, many, context):
            asks = sql.startswith("select pg_advisory_xact_lock")
            if asks:
                before()
            result = execute(sql, params, many, context)
            if asks:
                after()
            return result

        try:
            with connection.execute_wrapper(told):
                act()
        finally:
            connections.close_all()

    def stop():
        has_rows.set()
        has_trail.wait(2)

    def begin():
        has_rows.wait(5)
        then()

    with ThreadPoolExecutor(2) as pool:
        acts = [pool.submit(run, first, stop, lambda: None), pool.submit(run, begin, lambda: None, has_trail.set)]
        for done in acts:
            done.result(30)
