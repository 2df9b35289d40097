"""The year's dates, what schools ask for, who gives how many; and who sees whose lines."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assignments import plan
from assignments.choices import Role
from assignments.models import Allocation, Demand, DemandAnswer, Placement, School, Secondment, Teacher, YearSchedule
from assignments.plan import Need, Share
from tests.conftest import person
from zhijiao.accounts.models import AuditEntry
from zhijiao.dates import Precision
from zhijiao.refusals import Refused

YEAR = "?year=2023-2024"
YESTERDAY = timezone.localdate() - dt.timedelta(days=1)


@pytest.fixture
def sender(sending_school):
    return person("sender", "孙校长", Role.PRINCIPAL, school=sending_school)


@pytest.fixture
def leader(county):
    return person("leader", "沈局长", Role.LEADER, district=county)


@pytest.fixture
def canary(county):
    return School.objects.create(county=county, name="金丝雀小学")


def ask(school, year, *needs, by, **more):
    return plan.state_demands(
        school, year, [Need("primary", subject, number) for subject, number in needs], by=by, **more
    )


# --- dates --------------------------------------------------------------------------------------------------------------


def test_deadlines_follow_each_other(county, school_year, officer):
    with pytest.raises(Refused, match="早于“需求申报截止”"):
        plan.set_schedule(
            county, school_year, by=officer, demands_until=dt.date(2023, 5, 31), applications_until=dt.date(2023, 5, 1)
        )
    assert not YearSchedule.objects.exists()
    plan.set_schedule(
        county,
        school_year,
        by=officer,
        demands_until=dt.date(2023, 5, 1),
        applications_until=dt.date(2023, 5, 31),
        notice_days=5,
    )
    assert YearSchedule.objects.get().notice_days == 5
    assert AuditEntry.objects.latest("id").after["demands_until"] == "2023-05-01"


def test_only_the_bureau_sets_the_dates(client_of, officer, leader, principal, teacher_user, school_year):
    typed = {"demands_until": "2023-05-01", "notice_days": "7"}
    for who in (leader, principal, teacher_user):
        assert client_of(who).post(f"/plan/schedule/{YEAR}", typed).status_code == 403
    assert not YearSchedule.objects.exists()
    assert client_of(officer).post(f"/plan/schedule/{YEAR}", typed).status_code == 302
    wrong = client_of(officer).post(f"/plan/schedule/{YEAR}", {**typed, "report_in_until": "2023-04-01"})
    assert "早于“需求申报截止”" in wrong.content.decode()


# --- what schools ask for -----------------------------------------------------------------------------------------------


def test_a_school_states_all_of_its_need_at_once(receiving_school, school_year, principal):
    ask(receiving_school, school_year, ("英语", 2), ("音乐", 1), by=principal)
    ask(receiving_school, school_year, ("英语", 3), by=principal)
    assert list(Demand.objects.values_list("subject", "number")) == [("英语", 3)]
    ask(receiving_school, school_year, by=principal)
    assert not Demand.objects.exists()
    assert DemandAnswer.objects.get().needs_nobody
    assert AuditEntry.objects.latest("id").before == {"小学英语": 3}


def test_after_the_deadline_a_school_is_refused_and_the_bureau_is_not(
    county, receiving_school, school_year, principal, officer
):
    YearSchedule.objects.create(county=county, school_year=school_year, demands_until=YESTERDAY)
    with pytest.raises(Refused, match="截止，还要改请联系教育局"):
        ask(receiving_school, school_year, ("英语", 2), by=principal)
    ask(receiving_school, school_year, ("英语", 2), by=officer)
    assert Demand.objects.count() == 1


def test_the_grid_is_filled_on_a_phone(client_of, principal, receiving_school, school_year):
    browser, address = client_of(principal), f"/demands/{receiving_school.pk}/edit/{YEAR}"
    assert "报给教育局" in browser.get(address).content.decode()
    typed = {"n-primary-2": "2", "r-primary-2": "会用希沃白板", "n-primary-12": "1", "once": "c" * 32}
    assert browser.post(address, typed).status_code == 302
    assert browser.post(address, typed).status_code == 302
    assert {(one.subject, one.number, one.requirement) for one in Demand.objects.all()} == {
        ("英语", 2, "会用希沃白板"),
        ("音乐", 1, ""),
    }
    wrong = browser.post(address, {"n-primary-2": "200", "r-primary-0": "要班主任", "n-primary-0": "0"})
    assert wrong.status_code == 400
    assert "应在 0 到 99 之间" in wrong.content.decode()
    assert "语文写了要求，没有写人数" in wrong.content.decode()
    assert Demand.objects.count() == 2


def test_the_second_of_two_editors_sees_what_the_first_one_saved(
    client_of, principal, officer, receiving_school, school_year
):
    address = f"/demands/{receiving_school.pk}/edit/{YEAR}"
    seen = client_of(principal).get(address).context["seen"]
    client_of(officer).post(address, {"n-primary-0": "4", "seen": seen})
    second = client_of(principal).post(address, {"n-primary-0": "1", "seen": seen})
    assert second.status_code == 409
    page = second.content.decode()
    assert "语文 4 人" in page
    assert 'value="1"' in page
    assert Demand.objects.get().number == 4
    assert client_of(principal).post(address, {"n-primary-0": "1", "seen": second.context["seen"]}).status_code == 302
    assert Demand.objects.get().number == 1


def test_a_closed_grid_says_so_and_changes_nothing(client_of, county, principal, receiving_school, school_year):
    YearSchedule.objects.create(county=county, school_year=school_year, demands_until=YESTERDAY)
    address = f"/demands/{receiving_school.pk}/edit/{YEAR}"
    assert "截止，还要改请联系教育局" in client_of(principal).get(address).content.decode()
    assert client_of(principal).post(address, {"n-primary-0": "1"}).status_code == 409
    assert not Demand.objects.exists()


def test_a_school_sees_its_own_need_only(
    client_of, principal, sender, officer, outsider, leader, canary, receiving_school, school_year
):
    ask(canary, school_year, ("化学", 7), by=officer)
    ask(receiving_school, school_year, ("英语", 2), by=officer)
    for who in (officer, leader):
        assert canary.name in client_of(who).get(f"/demands/{YEAR}").content.decode()
    for who in (principal, sender, outsider):
        page = client_of(who).get(f"/demands/{YEAR}").content.decode()
        assert canary.name not in page
        assert "化学" not in page
    assert "英语 2 人" in client_of(principal).get(f"/demands/{YEAR}").content.decode()
    for who in (principal, sender, outsider):
        assert client_of(who).get(f"/demands/{canary.pk}/edit/{YEAR}").status_code == 404
        assert client_of(who).post(f"/demands/{canary.pk}/edit/{YEAR}", {"n-primary-0": "1"}).status_code == 404
    assert client_of(leader).get(f"/demands/{canary.pk}/edit/{YEAR}").status_code == 403
    assert Demand.objects.count() == 2


def test_the_bureau_sees_who_has_not_answered(client_of, officer, secondment, receiving_school, principal):
    """Of a later year: the school received somebody the year before."""
    address = "/demands/?year=2024-2025"
    assert list(client_of(officer).get(address).context["silent"]) == [receiving_school]
    client_of(principal).post(f"/demands/{receiving_school.pk}/edit/?year=2024-2025", {})
    page = client_of(officer).get(address)
    assert page.context["silent"] == []
    assert page.context["content"] == [receiving_school]


# --- who gives how many -------------------------------------------------------------------------------------------------


def test_many_lines_are_all_written_or_none(county, school_year, officer, sending_school, receiving_school):
    good, bad = Share(sending_school, receiving_school, "英语", 1), Share(sending_school, sending_school, "英语", 1)
    with pytest.raises(Refused, match="第 2 行：派出和受援都是"):
        plan.allocate(county, school_year, [good, bad], by=officer)
    assert not Allocation.objects.exists()
    plan.allocate(county, school_year, [good, Share(sending_school, None, "英语", 2)], by=officer)
    with pytest.raises(Refused, match=r"第 1 行：.*已有 1 人的名额"):
        plan.allocate(county, school_year, [good], by=officer)
    assert Allocation.objects.count() == 2


def test_the_page_fills_in_what_is_open(client_of, officer, school_year, sending_school, receiving_school):
    ask(receiving_school, school_year, ("英语", 2), by=officer)
    browser, address = client_of(officer), f"/plan/allocate/{YEAR}"
    form = browser.get(address).context["form"]
    assert (form["r-0"].value(), form["k-0"].value(), form["n-0"].value()) == (receiving_school.name, "英语", 2)
    typed = {"lines": "7", "r-0": receiving_school.name, "k-0": "英语", "n-0": "2"}
    assert "一行都没有下达" in browser.post(address, typed).content.decode()
    assert "是不是“青岚县第一小学”" in browser.post(address, {**typed, "s-0": "青岚第一小学"}).content.decode()
    assert not Allocation.objects.exists()
    assert browser.post(address, {**typed, "s-0": sending_school.name}).status_code == 302
    assert Allocation.objects.get().number == 2
    assert browser.get(address).context["suggested"] == 0


def test_two_officers_change_the_same_line(client_of, county, school_year, officer, sending_school, receiving_school):
    [line] = plan.allocate(county, school_year, [Share(sending_school, receiving_school, "英语", 1)], by=officer)
    browser, address = client_of(officer), f"/plan/allocations/{line.pk}/edit/"
    seen = browser.get(address).context["seen"]
    typed = {"sender": sending_school.name, "receiver": "", "subject": "英语", "number": "3", "seen": seen}
    assert browser.post(address, typed).status_code == 302
    second = browser.post(address, {**typed, "number": "5"})
    assert second.status_code == 409
    assert "英语 3 人" in second.content.decode()
    line.refresh_from_db()
    assert (line.number, line.receiving_school) == (3, None)
    assert browser.post(f"/plan/allocations/{line.pk}/remove/", {"once": "d" * 32}).status_code == 302
    assert browser.post(f"/plan/allocations/{line.pk}/remove/", {"once": "d" * 32}).status_code == 302
    assert AuditEntry.objects.latest("id").before["名额"] == 3


def test_nobody_else_changes_the_plan(
    client_of, county, school_year, officer, leader, principal, sender, outsider, sending_school
):
    [line] = plan.allocate(county, school_year, [Share(sending_school, None, "英语", 1)], by=officer)
    for who, status in ((leader, 403), (principal, 403), (sender, 403), (outsider, 404)):
        browser = client_of(who)
        assert browser.post(f"/plan/allocations/{line.pk}/remove/").status_code == status
        assert browser.get(f"/plan/allocations/{line.pk}/edit/").status_code == status
    for who in (leader, principal, sender):
        assert client_of(who).get("/plan/allocate/").status_code == 403
    assert Allocation.objects.filter(pk=line.pk, number=1).exists()


def test_a_school_reads_its_own_lines(
    client_of, county, school_year, officer, sender, principal, outsider, sending_school, canary
):
    plan.allocate(
        county, school_year, [Share(sending_school, None, "英语", 1), Share(canary, None, "化学", 7)], by=officer
    )
    own = client_of(sender).get(f"/plan/{YEAR}").content.decode()
    assert "英语" in own
    for who in (sender, principal, outsider):
        page = client_of(who).get(f"/plan/{YEAR}").content.decode()
        assert canary.name not in page
        assert "化学" not in page
    assert canary.name in client_of(officer).get(f"/plan/{YEAR}").content.decode()


def test_what_is_open_is_what_is_asked_less_what_is_given(
    county, school_year, officer, sending_school, receiving_school, second, teacher
):
    ask(receiving_school, school_year, ("英语", 3), ("音乐", 1), by=officer)
    shares = plan.allocate(county, school_year, [Share(sending_school, None, "英语", 2)], by=officer)
    Teacher.objects.filter(pk=teacher.pk).update(subject="英语")
    second(teacher, state="review")
    board = plan.board(county, school_year, shares)
    english = next(line for line in board.subjects if line.name == "英语")
    assert (english.asked, english.allocated, english.applied, english.approved) == (3, 2, 1, 0)
    assert (english.open, english.unfilled, board.open, board.asking) == (1, 1, 2, 1)
    assert board.senders[sending_school.pk].applied == 1


# --- pages of any size --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", [f"/demands/{YEAR}", f"/plan/{YEAR}", f"/plan/allocate/{YEAR}", f"/plan/matching/{YEAR}"]
)
def test_a_page_asks_the_same_for_one_and_for_three_hundred(
    address, client_of, officer, county, school_year, programme
):
    browser, asked, made = client_of(officer), [], 0
    for number in (1, 2, 297):
        schools = School.objects.bulk_create(School(county=county, name=f"第{made + n}小学") for n in range(2 * number))
        teachers = Teacher.objects.bulk_create(
            Teacher(
                county=county,
                school=schools[n],
                name=f"教师{made + n}",
                subject="语文",
                at_school_since=dt.date(2010, 9, 1),
            )
            for n in range(number)
        )
        Demand.objects.bulk_create(
            Demand(
                county=county,
                school=schools[number + n],
                school_year=school_year,
                subject="语文",
                stage="primary",
                number=2,
            )
            for n in range(number)
        )
        Allocation.objects.bulk_create(
            Allocation(
                county=county,
                school_year=school_year,
                sending_school=schools[n],
                receiving_school=schools[number + n],
                subject="语文",
                number=1,
            )
            for n in range(number)
        )
        Secondment.objects.bulk_create(
            Secondment(
                county=county, teacher=one, school_year=school_year, programme=programme, sending_school=one.school, state="approved",
                start=dt.date(2023, 9, 1), end=dt.date(2024, 7, 10), precision=Precision.RANGE,
            )
            for one in teachers
        )  # fmt: skip
        made += 2 * number
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(address).status_code == 200
        asked.append(len(captured))
    assert asked == [asked[0]] * 3
    assert asked[0] <= 15
    assert not Placement.objects.exists()
