"""Two people do the same at one moment: the second one is told in words, and there is one of it."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from assignments import attendance, members, people
from assignments.choices import Role
from assignments.choices import SecondmentState as State
from assignments.models import (
    Allocation,
    AllowanceRate,
    AllowanceSheet,
    AttendanceMonth,
    Demand,
    Placement,
    School,
    Secondment,
    SecondmentChange,
    Teacher,
)
from tests.conftest import person
from zhijiao.accounts.models import User
from zhijiao.encryption import blind_index
from zhijiao.refusals import Refused, atomically, tells_refusals

OCTOBER = dt.date(2023, 10, 1)
ID_NUMBER = "11010119900307889X"


def twice(model, **values):
    for _ in range(2):
        model.objects.create(**values)


def users(*names):
    for name in names:
        User.objects.create(username=name, name="某人")


MADE_TWICE = {
    "a user name": ("请换一个", lambda on, second: users("zhangsan", "zhangsan")),
    "a user name in capitals": ("账号名已经有人用了", lambda on, second: users("zhangsan", "ZhangSan")),
    "an ID number": (
        "身份证号已经登记", lambda on, second: twice(Teacher, county=on.county, name="某人", id_number=ID_NUMBER, id_number_hash=blind_index(ID_NUMBER)),
    ),
    "a school": ("", lambda on, second: twice(School, county=on.county, name="同名小学")),
    "a month": ("考勤", lambda on, second: twice(AttendanceMonth, county=on.county, secondment=on, month=OCTOBER)),
    "a sheet": ("发放表已经有了", lambda on, second: twice(AllowanceSheet, county=on.county, month=OCTOBER)),
    "a standard": ("标准已经有了", lambda on, second: twice(AllowanceRate, county=on.county, amount=1, start=OCTOBER)),
    "a line of the plan": (
        "", lambda on, second: twice(Allocation, county=on.county, school_year=on.school_year, sending_school=on.sending_school, subject="语文", number=1),
    ),
    "a demand": ("", lambda on, second: twice(Demand, county=on.county, school_year=on.school_year, school=on.sending_school, subject="语文", number=1)),
    "a placement": ("序号已经有了", lambda on, second: twice(Placement, county=on.county, secondment=on, order=9, receiving_school=School.objects.create(county=on.county, name="云溪乡中心初中"))),
    "a change": ("在等审批", lambda on, second: twice(SecondmentChange, county=on.county, secondment=on, kind="extend", state="requested")),
    "a secondment": ("", lambda on, second: second(on.teacher)),
}  # fmt: skip


@pytest.mark.parametrize("what", MADE_TWICE)
def test_what_may_be_there_once_is_refused_in_the_words_of_its_rule(what, secondment, second):
    words, make = MADE_TWICE[what]
    with pytest.raises(Refused, match=words or ".+") as refused, atomically():
        make(secondment, second)
    told = str(refused.value)
    assert not any(letter.isascii() and letter.isalpha() for letter in told), told


def test_a_fault_of_ours_stays_a_fault(secondment):
    with pytest.raises(IntegrityError), atomically():
        Teacher.objects.create(county=secondment.county, name=None)


def test_a_view_tells_it_as_a_page_with_409_and_keeps_nothing(secondment, rf, officer):
    @tells_refusals
    def view(request):
        twice(AllowanceSheet, county=secondment.county, month=OCTOBER)

    request = rf.post("/")
    request.user = officer
    response = view(request)
    assert (response.status_code, AllowanceSheet.objects.count()) == (409, 0)
    assert "发放表已经有了" in response.content.decode()


# --- really at once ----------------------------------------------------------------------------------------------------

at_once = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")


def with_a_quicker_one(quicker, act):
    """`quicker` has been done and not committed when `act` begins; then it is."""
    done, goes_on = threading.Event(), threading.Event()

    def first():
        try:
            with transaction.atomic():
                quicker()
                done.set()
                goes_on.wait(2)
        finally:
            connections.close_all()

    def second():
        try:
            done.wait(5)
            threading.Timer(0.5, goes_on.set).start()
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        other, ours = pool.submit(first), pool.submit(second)
        other.result(20)
        return ours.result(20)


@pytest.mark.django_db(transaction=True)
@at_once
def test_the_same_user_name_at_one_moment(county, receiving_school):
    admin = person("admin", "石管理", Role.BUREAU_ADMIN, district=county)

    def open_account():
        place = {"role": Role.PRINCIPAL, "place": receiving_school, "start": None, "end": None, "duty": ""}
        return members.open_account(by=admin, username="wuxiaozhang", name="吴校长", phone="", **place)

    with pytest.raises(Refused):
        with_a_quicker_one(lambda: users("wuxiaozhang"), open_account)
    assert User.objects.filter(username="wuxiaozhang").count() == 1


@pytest.mark.django_db(transaction=True)
@at_once
def test_the_same_id_number_at_one_moment(sending_school, officer):
    def add(name):
        return people.add_teacher({"name": name, "school": sending_school, "id_number": ID_NUMBER}, by=officer)

    with pytest.raises(Refused, match="身份证号"):
        with_a_quicker_one(lambda: add("方小禾"), lambda: add("方晓禾"))
    assert [teacher.name for teacher in Teacher.objects.all()] == ["方小禾"]


@pytest.mark.django_db(transaction=True)
@at_once
def test_the_month_of_a_teacher_who_moved_by_both_schools_at_one_moment(secondment, county):
    later = School.objects.create(county=county, name="云溪乡中心初中")
    Placement.objects.create(
        county=county, secondment=secondment, receiving_school=later, order=2, start=dt.date(2023, 10, 16)
    )
    Secondment.objects.filter(pk=secondment.pk).update(state=State.ON_POST, end=dt.date(2030, 1, 1))
    with pytest.raises(Refused, match="考勤"):
        with_a_quicker_one(
            lambda: AttendanceMonth.objects.create(county=county, secondment=secondment, month=this_month()),
            lambda: attendance.enter(later, this_month(), {}, by=principal_of(later)),
        )
    assert AttendanceMonth.objects.count() == 1


def this_month():
    return timezone.localdate().replace(day=1)


def principal_of(school):
    return person("next", "许校长", Role.PRINCIPAL, school=school)
