"""The page of a secondment holds parts that not everybody who opens it may read: payments, the application, attendance, leave."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from assignments.choices import LeaveKind, LeaveState, Role, SheetState
from assignments.models import AllowancePayment, AllowanceSheet, Application, AttendanceMonth, Difficulty, Leave
from tests.conftest import inspects, person
from zhijiao.dates import ApproximateDate

MONTH = dt.date(2023, 10, 1)
PAID, WISH = "4,321.00", "想到山里教书"


@pytest.fixture
def page_of(secondment, client_of):
    def shown(user):
        answer = client_of(user).get(reverse("assignments:secondment_detail", args=[secondment.pk]))
        assert answer.status_code == 200, user
        return answer.content.decode()

    return shown


@pytest.fixture
def sheet(county, secondment, officer):
    sheet = AllowanceSheet.objects.create(county=county, month=MONTH, prepared_by=officer)
    AllowancePayment.objects.create(
        county=county,
        secondment=secondment,
        month=MONTH,
        sheet=sheet,
        standard=4321,
        months_due=1,
        amount=Decimal(4321),
    )
    return sheet


@pytest.fixture
def bureau(county, receiving_school):
    roles = {"inspector": Role.INSPECTOR, "finance": Role.FINANCE, "leader": Role.LEADER, "admin": Role.BUREAU_ADMIN}
    people = {name: person(name, name, role, district=county) for name, role in roles.items()}
    inspects(people["inspector"], receiving_school)
    return people


def test_payments_are_for_those_who_may_see_payments(sheet, bureau, officer, principal, teacher_user, page_of):
    for user in (officer, bureau["finance"], bureau["leader"]):
        assert PAID in page_of(user), user
    for user in (bureau["inspector"], bureau["admin"]):
        assert PAID not in page_of(user), user
    for user in (principal, teacher_user):  # what is still drawn up is the bureau's
        assert PAID not in page_of(user), user
    AllowanceSheet.objects.filter(pk=sheet.pk).update(state=SheetState.LOCKED)
    for user in (principal, teacher_user):
        assert PAID in page_of(user), user


def test_the_application_is_for_those_who_may_read_it(
    county, secondment, bureau, officer, principal, teacher_user, page_of
):
    Application.objects.create(county=county, secondment=secondment, reason=WISH)
    for user in (officer, bureau["leader"], teacher_user):
        assert WISH in page_of(user), user
    for user in (bureau["inspector"], bureau["finance"], bureau["admin"], principal):
        assert WISH not in page_of(user), user


def test_who_runs_the_accounts_reads_neither_attendance_nor_leave(county, secondment, bureau, officer, page_of):
    AttendanceMonth.objects.create(county=county, secondment=secondment, month=MONTH, due=17, present=17)
    Leave.objects.create(
        county=county, secondment=secondment, kind=LeaveKind.OFFICIAL, start=MONTH, end=MONTH, days=1,
        state=LeaveState.APPROVED, reason="去县里开会",
    )  # fmt: skip
    for user, sees in ((officer, True), (bureau["inspector"], True), (bureau["admin"], False)):
        page = page_of(user)
        assert ("去县里开会" in page, "出勤率 100.0%" in page) == (sees, sees), user


def test_difficulties_are_not_for_who_pays(county, secondment, bureau, officer, page_of, client_of):
    row = Difficulty(county=county, teacher=secondment.teacher, text="宿舍漏雨", school_year=secondment.school_year)
    row.when = ApproximateDate.day(MONTH)
    row.save()
    teacher_page = reverse("assignments:teacher_detail", args=[secondment.teacher_id])
    for user, sees in ((officer, True), (bureau["inspector"], True), (bureau["finance"], False)):
        assert ("宿舍漏雨" in page_of(user)) == sees, user
        assert ("宿舍漏雨" in client_of(user).get(teacher_page).content.decode()) == sees, user
