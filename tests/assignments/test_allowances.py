"""Allowances: the arithmetic to the 分, a sheet that two people stand by, and that nothing moves in once it is locked."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from assignments import allowances, attendance
from assignments.allowances import Part, due_for, half_up, rate_on, to_pay
from assignments.choices import Role, SheetState
from assignments.models import (
    AllowancePayment,
    AllowanceRate,
    AllowanceSheet,
    AttendanceMonth,
    Placement,
    Programme,
    School,
    Teacher,
)
from tests.conftest import person
from zhijiao.accounts.models import AuditEntry
from zhijiao.refusals import Refused

OCTOBER, NOVEMBER = dt.date(2026, 10, 1), dt.date(2026, 11, 1)
CARD = "6222020200112233"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: dt.date(2026, 12, 5))


@pytest.fixture
def on_post(second, teacher):
    teacher.bank_card = CARD
    teacher.save()
    return second(teacher, "2026-09-01", "2027-07-10")


@pytest.fixture
def rate(county):
    return AllowanceRate.objects.create(county=county, amount=500, start=dt.date(2026, 9, 1), source="县财政")


@pytest.fixture
def finance(county):
    return person("finance", "金会计", Role.FINANCE, district=county)


@pytest.fixture
def second_finance(county):
    return person("finance2", "银会计", Role.FINANCE, district=county)


@pytest.fixture
def leader(county):
    return person("leader", "局长", Role.LEADER, district=county)


@pytest.fixture
def sheet(county, on_post, rate, finance):
    return allowances.draw_up(county, OCTOBER, by=finance)


def locked(sheet, officer, leader):
    allowances.check(sheet, by=officer)
    return allowances.lock(sheet, by=leader, paid_on=dt.date(2026, 11, 5))


# --- arithmetic --------------------------------------------------------------------------------------------------------

MONEY = st.decimals(min_value=0, max_value=20_000, places=2)


@given(st.integers(1, 31), st.integers(28, 31), MONEY)
def test_a_month_is_paid_by_its_days_and_never_more_than_whole(days, length, standard):
    due = due_for([Part(min(days, length), standard)], length)
    assert 0 <= due.months <= 1
    assert due.gross == half_up(standard * due.months) <= standard
    if days >= length:
        assert (due.months, due.gross) == (1, standard)


@given(st.lists(st.tuples(st.integers(1, 10), MONEY), min_size=1, max_size=3), st.integers(30, 31))
def test_two_standards_in_a_month_are_averaged_by_their_days(parts, length):
    due = due_for([Part(*part) for part in parts], length)
    exact = sum(standard * days for days, standard in parts) / length
    least, most = min(standard for _, standard in parts), max(standard for _, standard in parts)
    assert least <= due.standard <= most
    assert abs(due.gross - exact) <= due.standard * Decimal("0.005") + Decimal("0.02")


@given(MONEY, st.decimals(min_value=0, max_value=1, places=2), MONEY)
def test_what_is_paid_can_be_checked_by_hand(standard, months, adjustment):
    gross = to_pay(standard, months, Decimal(0))
    assert to_pay(standard, months, gross) == 0
    assert to_pay(standard, months, Decimal(0), adjustment) - gross == adjustment
    assert gross.as_tuple().exponent == -2


@pytest.mark.parametrize(
    ("amount", "rounded"), [("0.005", "0.01"), ("0.004", "0.00"), ("2.675", "2.68"), ("1.115", "1.12")]
)
def test_half_a_fen_goes_up(amount, rounded):
    assert half_up(Decimal(amount)) == Decimal(rounded)


def test_nobody_who_was_not_there_is_due_anything():
    assert due_for([], 31) is None


def test_the_standard_that_fits_best_is_taken():
    def rate(amount, programme=None, school_class="", start=dt.date(2026, 1, 1), end=None):
        return AllowanceRate(amount=amount, programme_id=programme, school_class=school_class, start=start, end=end)

    known = [
        rate(100), rate(200, school_class="三类"), rate(300, programme=7), rate(400, programme=7, school_class="三类"),
        rate(150, start=dt.date(2026, 10, 1)), rate(999, programme=8, end=dt.date(2026, 9, 30)),
    ]  # fmt: skip

    def found(programme, school_class, day):
        rate = rate_on(known, programme, school_class, day)
        return rate and rate.amount

    assert found(1, "", dt.date(2026, 9, 30)) == 100
    assert found(1, "", OCTOBER) == 150
    assert found(1, "三类", OCTOBER) == 200
    assert found(7, "一类", OCTOBER) == 300
    assert found(7, "三类", OCTOBER) == 400
    assert found(8, "", dt.date(2026, 9, 30)) == 999
    assert found(8, "", OCTOBER) == 150
    assert found(1, "", dt.date(2025, 12, 31)) is None


# --- the sheet ---------------------------------------------------------------------------------------------------------


def test_a_whole_month_is_the_standard(sheet, on_post):
    line = AllowancePayment.objects.get()
    assert (line.standard, line.months_due, line.amount, line.source) == (500, 1, 500, "县财政")
    assert (line.sheet, line.secondment, sheet.state) == (sheet, on_post, SheetState.DRAFT)


def test_days_served_and_the_class_of_each_school_count(county, on_post, rate, finance, receiving_school):
    there = School.objects.create(county=county, name="云溪乡教学点", allowance_class="一类")
    Placement.objects.create(
        county=county, secondment=on_post, receiving_school=there, order=2, start=dt.date(2026, 10, 17)
    )
    AllowanceRate.objects.create(county=county, amount=810, school_class="一类", start=dt.date(2026, 9, 1))
    on_post.ended_on, on_post.state = dt.date(2026, 10, 26), "ended_early"
    on_post.save()
    allowances.draw_up(county, OCTOBER, by=finance)
    line = AllowancePayment.objects.get()
    # 16 days by 500 and 10 by 810 are 619.23 on average; 26 of 31 days are 0.84 months
    assert (str(line.standard), str(line.months_due), str(line.amount)) == ("619.23", "0.84", "520.15")


def test_who_has_no_standard_is_told_and_not_in_the_sheet(county, on_post, finance, client_of):
    sheet = allowances.draw_up(county, OCTOBER, by=finance)
    assert not AllowancePayment.objects.exists()
    page = client_of(finance).get(f"/allowances/{sheet.pk}/").content.decode()
    assert "没有找到标准，没有列入：沈若兰（松岭乡中心小学 31 天，没有找到标准）" in page
    with pytest.raises(Refused, match="一个人也没有"):
        allowances.check(sheet, by=person("officer2", "周专干", Role.OFFICER, district=county))


def test_absence_takes_away_what_the_bureau_set(county, on_post, rate, finance, settings):
    settings.ALLOWANCE_DEDUCTION_ABSENT_DAY, settings.ALLOWANCE_DEDUCTION_PERSONAL_LEAVE_DAY = "50.00", "20"
    AttendanceMonth.objects.create(
        county=county, secondment=on_post, month=OCTOBER, due=18, present=15, absent=2, personal_leave=1
    )
    allowances.draw_up(county, OCTOBER, by=finance)
    line = AllowancePayment.objects.get()
    assert (line.deduction, line.amount) == (120, 380)
    assert line.deduction_reason == "考勤：旷工 2 天，每天 50 元；事假 1 天，每天 20 元"


def test_what_a_person_decided_survives_counting_again(sheet, on_post, finance, rate):
    line = AllowancePayment.objects.get()
    with pytest.raises(Refused, match="要写原因"):
        allowances.deduct(line, Decimal(30), reason=" ", by=finance)
    with pytest.raises(Refused, match="应在 0 到"):
        allowances.deduct(line, Decimal(501), reason="多", by=finance)
    allowances.deduct(line, Decimal("30.00"), reason="遗失教具赔偿", by=finance)
    rate.amount = 600
    allowances.set_rate(rate, by=finance)
    allowances.count_again(sheet, by=finance)
    line.refresh_from_db()
    assert (line.standard, line.deduction, line.deduction_reason, line.amount) == (600, 30, "遗失教具赔偿", 570)
    assert AuditEntry.objects.filter(verb="修改补助", reason="遗失教具赔偿").exists()


def test_a_sheet_comes_once_a_month(sheet, county, finance):
    with pytest.raises(Refused, match="已经有了"):
        allowances.draw_up(county, OCTOBER, by=finance)
    with pytest.raises(Refused, match="还没有到"):
        allowances.draw_up(county, dt.date(2027, 1, 1), by=finance)


def test_nobody_checks_or_locks_their_own_sheet(sheet, finance, second_finance, officer, leader):
    with pytest.raises(Refused, match="不能自己审核"):
        allowances.check(sheet, by=finance)
    with pytest.raises(Refused, match="审核以后才能锁定"):
        allowances.lock(sheet, by=leader)
    allowances.check(sheet, by=officer)
    with pytest.raises(Refused, match="不能自己锁定"):
        allowances.lock(sheet, by=finance)
    assert allowances.lock(sheet, by=second_finance).state == SheetState.LOCKED


def test_only_who_draws_up_changes_lines(sheet, second_finance, finance, officer):
    line = AllowancePayment.objects.get()
    with pytest.raises(Refused, match="由金会计编制"):
        allowances.deduct(line, Decimal(1), reason="试", by=second_finance)
    allowances.check(sheet, by=officer)
    with pytest.raises(Refused, match="不能再改"):
        allowances.deduct(line, Decimal(1), reason="试", by=finance)
    allowances.send_back(sheet, by=officer, reason="漏了一人")
    allowances.deduct(line, Decimal(1), reason="试", by=finance)


def test_a_locked_sheet_is_kept_by_the_database_itself(sheet, officer, leader, second, county, sending_school):
    sheet = locked(sheet, officer, leader)
    line = AllowancePayment.objects.get()
    assert line.paid_on == dt.date(2026, 11, 5)
    other = second(
        Teacher.objects.create(county=county, school=sending_school, name="卢晓红"), "2026-09-01", "2027-07-10"
    )

    def insert():
        AllowancePayment.objects.create(
            county=county, secondment=other, month=OCTOBER, sheet=sheet, standard=1, amount=1
        )

    for change in (
        lambda: AllowancePayment.objects.filter(pk=line.pk).update(amount=1),
        lambda: AllowancePayment.objects.filter(pk=line.pk).update(sheet=None),
        lambda: AllowancePayment.objects.filter(pk=line.pk)._raw_delete("default"),
        lambda: AllowanceSheet.objects.filter(pk=sheet.pk).update(state="draft"),
        lambda: AllowanceSheet.objects.filter(pk=sheet.pk)._raw_delete("default"),
        insert,
    ):
        with pytest.raises(IntegrityError, match="allowance_sheet_locked"), transaction.atomic():
            change()
    line.refresh_from_db()
    assert (line.amount, line.sheet_id) == (500, sheet.pk)


# --- corrections after the lock ----------------------------------------------------------------------------------------


def test_a_correction_is_listed_and_goes_into_the_next_sheet(
    sheet, on_post, county, finance, officer, leader, client_of
):
    locked(sheet, officer, leader)
    on_post.reported_on = dt.date(2026, 10, 17)  # 15 of 31 days
    on_post.save()
    following = allowances.draw_up(county, NOVEMBER, by=finance)
    (one,) = allowances.differences(allowances.books_for(following), following)
    assert (one.open, one.told) == (Decimal("-260.00"), "2026年10月应 240.00 元、已发 500.00 元")
    page = client_of(finance).get(f"/allowances/{following.pk}/").content.decode()
    assert "前几个月的更正" in page and "-260.00 元" in page
    answer = client_of(finance).post(
        f"/allowances/{following.pk}/settle/", {"secondment": [on_post.pk], "reason": "10月晚到岗"}
    )
    assert answer.status_code == 302
    line = following.payments.get()
    assert (line.adjustment, line.adjustment_reason, line.amount) == (-260, "10月晚到岗", 240)
    assert allowances.differences(allowances.books_for(following), following) == []
    allowances.drop_adjustment(line, by=finance)
    assert len(allowances.differences(allowances.books_for(following), following)) == 1
    allowances.settle(following, [on_post.pk], by=finance, reason="10月晚到岗")
    locked(following, officer, leader)
    december = allowances.draw_up(county, dt.date(2026, 12, 1), by=finance)
    assert allowances.differences(allowances.books_for(december), december) == []
    on_post.reported_on = None  # it was right after all: what was taken is given back
    on_post.save()
    assert [one.open for one in allowances.differences(allowances.books_for(december), december)] == [260]


def test_no_line_goes_below_nothing_and_the_rest_waits(sheet, on_post, county, finance, officer, leader, rate):
    locked(sheet, officer, leader)
    rate.amount = 100
    rate.save()
    following = allowances.draw_up(county, NOVEMBER, by=finance)
    allowances.settle(following, [on_post.pk], by=finance, reason="标准下调")
    line = following.payments.get()
    assert (line.adjustment, line.amount) == (-100, 0)
    (one,) = allowances.differences(allowances.books_for(following), following)
    assert one.open == -300


def test_a_deduction_that_a_person_decided_is_no_difference(sheet, county, finance, officer, leader):
    allowances.deduct(AllowancePayment.objects.get(), Decimal(30), reason="赔偿", by=finance)
    locked(sheet, officer, leader)
    following = allowances.draw_up(county, NOVEMBER, by=finance)
    assert allowances.differences(allowances.books_for(following), following) == []


def test_attendance_corrected_later_is_a_difference(sheet, on_post, county, finance, officer, leader, settings):
    locked(sheet, officer, leader)
    settings.ALLOWANCE_DEDUCTION_ABSENT_DAY = "50"
    AttendanceMonth.objects.create(county=county, secondment=on_post, month=OCTOBER, due=18, present=17, absent=1)
    following = allowances.draw_up(county, NOVEMBER, by=finance)
    assert [one.open for one in allowances.differences(allowances.books_for(following), following)] == [-50]


# --- pages and scope ---------------------------------------------------------------------------------------------------


def test_the_whole_way_on_the_pages(county, on_post, rate, finance, officer, leader, client_of):
    answer = client_of(finance).post("/allowances/new/", {"month": "2026-10", "county": county.pk})
    sheet = AllowanceSheet.objects.get()
    assert answer["Location"] == f"/allowances/{sheet.pk}/"
    line = sheet.payments.get()
    url = f"/allowances/lines/{line.pk}/"
    assert client_of(finance).post(url, {"amount": "-5", "reason": "x"}).status_code == 422
    assert client_of(finance).post(url, {"amount": "20", "reason": "赔偿"}).status_code == 302
    assert client_of(finance).post(f"/allowances/{sheet.pk}/check/").status_code == 409
    assert client_of(leader).post(f"/allowances/{sheet.pk}/check/").status_code == 403
    assert client_of(officer).post(f"/allowances/{sheet.pk}/check/").status_code == 302
    assert client_of(officer).post(f"/allowances/{sheet.pk}/lock/").status_code == 403
    assert client_of(leader).post(f"/allowances/{sheet.pk}/lock/", {"paid_on": "2026-11-10"}).status_code == 302
    assert client_of(finance).post(url, {"amount": "0", "reason": "改"}).status_code == 409
    line.refresh_from_db()
    assert (line.amount, line.paid_on) == (480, dt.date(2026, 11, 10))


def test_cards_are_masked_and_for_finance_only(sheet, finance, officer, leader, client_of):
    for user in (finance, officer, leader):
        page = client_of(user).get(f"/allowances/{sheet.pk}/").content.decode()
        assert CARD not in page
        assert ("2233" in page) is (user == finance)


def test_who_may_see_what(
    sheet,
    on_post,
    finance,
    officer,
    principal,
    teacher_user,
    outsider,
    sending_school,
    second,
    county,
    client_of,
    leader,
    rate,
):
    canary_school = School.objects.create(county=county, name="柳坪小学")
    canary = second(
        Teacher.objects.create(county=county, school=sending_school, name="金丝雀"), "2026-09-01", "2027-07-10"
    )
    canary.placements.update(receiving_school=canary_school)
    allowances.count_again(sheet, by=finance)
    sender = person("sender", "方校长", Role.PRINCIPAL, school=sending_school)
    inspector = person("inspector", "督导", Role.INSPECTOR, district=county)
    here = f"/allowances/{sheet.pk}/"
    for user, expected in (
        (finance, 200), (officer, 200), (outsider, 404), (principal, 404), (teacher_user, 404), (inspector, 403),
        (sender, 404),
    ):  # fmt: skip
        assert client_of(user).get(here).status_code == expected, user
    for user in (principal, teacher_user):  # a draft is the bureau's
        assert "500.00" not in client_of(user).get("/allowances/").content.decode()
    locked(sheet, officer, leader)
    for user in (principal, teacher_user):
        page = client_of(user).get("/allowances/").content.decode()
        assert "沈若兰" in page and "500.00" in page and "金丝雀" not in page
    assert "500.00" not in client_of(sender).get("/allowances/").content.decode()
    for page in ("/allowances/", "/allowances/payments/", "/allowances/rates/"):
        assert "沈若兰" not in client_of(outsider).get(page).content.decode()
    assert client_of(principal).get("/allowances/rates/").status_code == 404
    assert client_of(outsider).get(f"/allowances/rates/{rate.pk}/").status_code == 403
    other_finance = person("finance9", "外会计", Role.FINANCE, district=outsider.memberships.get().district)
    assert client_of(other_finance).get(f"/allowances/rates/{rate.pk}/").status_code == 404
    assert client_of(other_finance).get(here).status_code == 404
    assert (
        client_of(other_finance).post("/allowances/new/", {"month": "2026-11", "county": county.pk}).status_code == 404
    )


def test_rates_are_set_and_a_wrong_one_is_told(county, finance, client_of, programme):
    client = client_of(finance)
    sent = {"programme": "", "school_class": "三类", "amount": "600", "start": "2026-09-01", "end": "2026-08-01"}
    answer = client.post("/allowances/rates/new/", sent)
    assert answer.status_code == 422 and "早于执行日期" in answer.content.decode()
    assert client.post("/allowances/rates/new/", sent | {"end": ""}).status_code == 302
    rate = AllowanceRate.objects.get()
    assert (rate.county, rate.amount, rate.school_class) == (county, 600, "三类")
    again = client.post("/allowances/rates/new/", sent | {"end": ""})
    assert again.status_code == 422 and "已经有了" in again.content.decode()
    assert client.post(f"/allowances/rates/{rate.pk}/drop/").status_code == 302
    assert list(AuditEntry.objects.values_list("verb", flat=True)) == ["删除补助标准", "设定补助标准"]


@pytest.mark.parametrize("page", ["sheet", "/allowances/", "/allowances/payments/", "/allowances/rates/"])
def test_the_same_questions_for_one_three_and_thirty(
    page, sheet, second, county, sending_school, finance, officer, client_of, leader
):
    """With a locked month before it, so that differences are looked for."""
    locked(sheet, officer, leader)
    following = allowances.draw_up(county, NOVEMBER, by=finance)
    address = f"/allowances/{following.pk}/" if page == "sheet" else page
    asked, client = [], client_of(finance)
    for more in (0, 2, 27):
        for number in range(more):
            name = f"教师{len(asked)}-{number}"
            second(Teacher.objects.create(county=county, school=sending_school, name=name), "2026-09-01", "2027-07-10")
            programme = Programme.objects.create(county=county, name=f"项目{name}")
            AllowanceRate.objects.create(county=county, programme=programme, amount=1, start=OCTOBER)
        allowances.count_again(following, by=finance)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        asked.append(len(queries))
    print("queries", asked)
    assert len(set(asked)) == 1 and asked[0] <= 20, asked


def test_unconfirmed_attendance_is_told(sheet, finance, receiving_school, principal, client_of):
    assert "考勤学校还没有确认：沈若兰" in client_of(finance).get(f"/allowances/{sheet.pk}/").content.decode()
    AttendanceMonth.objects.update_or_create(
        secondment=sheet.payments.get().secondment,
        month=OCTOBER,
        defaults={"county": sheet.county, "due": 18, "present": 18, "confirmed_on": dt.date(2026, 11, 2)},
    )
    assert "考勤学校还没有确认" not in client_of(finance).get(f"/allowances/{sheet.pk}/").content.decode()
    assert attendance.told_month(OCTOBER) == "2026年10月"
