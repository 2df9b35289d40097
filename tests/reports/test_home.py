"""The home page: of the bureau, a school, a teacher, and of those with nothing yet."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assignments.choices import SecondmentState
from assignments.models import (
    AttendanceMonth,
    BackboneTitle,
    Difficulty,
    Programme,
    School,
    SchoolYear,
    Teacher,
    YearFacts,
)
from reports import home
from tests.conftest import person
from tests.full_records import fill_inspection, on
from zhijiao.dates import school_year_of

TODAY = dt.date.today()


@pytest.fixture
def school_year(db):
    """The running one."""
    first = school_year_of(TODAY)
    return SchoolYear.objects.named(f"{first}-{first + 1}")


@pytest.fixture
def programme(db):
    """One that counts as exchange."""
    return Programme.objects.get(name="县内支教", county=None)


@pytest.fixture
def running(second, teacher):
    """Somebody on post for a year around today."""
    return second(teacher, str(TODAY - dt.timedelta(days=100)), str(TODAY + dt.timedelta(days=100)))


def text_of(client):
    response = client.get(reverse("home"))
    assert response.status_code == 200
    return response.content.decode()


def test_the_bureau_sees_how_many_are_on_post_and_where_the_ratios_stand(
    client_of, officer, running, second, county, sending_school, school_year
):
    backbone = Teacher.objects.create(county=county, school=sending_school, name="陈国栋")
    second(backbone, str(running.start), str(running.end), is_backbone=True)
    YearFacts.objects.create(county=county, school_year=school_year, eligible=40)
    page = text_of(client_of(officer))
    assert "<b>2</b><span>名教师在岗支教" in page
    assert "交流轮岗教师比例" in page
    assert "还差 2 人" in page  # 2 of 40 are 5 %, and 10 % are 4
    assert "已达标" in page  # 1 of 2 is a backbone teacher
    assert "50<small>%" in page


def test_a_ratio_without_a_denominator_is_not_made_up(client_of, officer, running):
    page = text_of(client_of(officer))
    assert "还没有“符合交流条件教师”的数" in page


def test_last_months_attendance_that_is_missing_is_named(client_of, officer, running):
    assert "松岭乡中心小学<span>1 人</span>" in text_of(client_of(officer))
    AttendanceMonth.objects.create(
        county=running.county, secondment=running, month=home.last_month(TODAY), due=20, present=20
    )
    assert "都交齐了" in text_of(client_of(officer))


def test_who_did_not_report_and_what_is_unsolved_is_told(client_of, officer, running, second, county, sending_school):
    late = Teacher.objects.create(county=county, school=sending_school, name="陈国栋")
    second(late, str(running.start), str(running.end), state=SecondmentState.OVERDUE)
    on(
        Difficulty,
        TODAY,
        county=county,
        teacher=running.teacher,
        text="宿舍没有取暖",
        due_on=TODAY - dt.timedelta(days=1),
    )
    on(Difficulty, TODAY, county=county, teacher=running.teacher, text="路太远", resolution="安排了班车")
    page = text_of(client_of(officer))
    for told in ("逾期未报到 1 人", "陈国栋", "宿舍没有取暖", "已过期限", "1 件困难诉求还没有解决"):
        assert told in page, told
    assert "路太远" not in page


def test_a_principal_sees_who_teaches_at_their_school_and_no_ratio_of_the_county(client_of, principal, running):
    page = text_of(client_of(principal))
    assert "名支教教师在本校任教" in page
    assert "沈若兰" in page
    assert "达标情况" not in page


def test_a_teacher_finds_their_own_secondment(client_of, teacher_user, running):
    page = text_of(client_of(teacher_user))
    assert "<b>101</b><span>天" in page
    assert reverse("assignments:secondment_detail", args=[running.pk]) in page


def test_another_county_sees_nothing_of_this_one(client_of, outsider, running):
    page = text_of(client_of(outsider))
    assert "还没有支教记录" in page
    assert "沈若兰" not in page
    assert "松岭乡" not in page


def test_an_empty_county_is_offered_to_import_a_workbook(client_of, officer):
    page = text_of(client_of(officer))
    assert "还没有支教记录" in page
    assert reverse("workbook:run_list") in page


def test_somebody_without_a_role_is_told_so(client_of, db):
    assert "您的账号还没有角色" in text_of(client_of(person("nobody", "路人")))


def test_a_bureau_of_many_is_not_more_queries(client_of, officer, running, second, county, sending_school, school_year):
    YearFacts.objects.create(county=county, school_year=school_year, eligible=40)
    counts = []
    for times in (1, 3):
        for number in range(times):
            teacher = Teacher.objects.create(county=county, school=sending_school, name=f"同行{times}{number}")
            BackboneTitle.objects.create(county=county, teacher=teacher, title="骨干教师")
            second(teacher, str(running.start), str(running.end))
            second(
                Teacher.objects.create(county=county, school=sending_school, name=f"未到{times}{number}"),
                str(running.start), str(running.end), state=SecondmentState.OVERDUE,
            )  # fmt: skip
            on(Difficulty, TODAY, county=county, teacher=teacher, text="宿舍没有取暖")
            school = School.objects.create(county=county, name=f"村小{times}{number}")
            fill_inspection(county, school, TODAY - dt.timedelta(days=number))
        client = client_of(officer)
        with CaptureQueriesContext(connection) as queries:
            text_of(client)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 30


class TestTheWeek:
    def test_a_week_in_which_nothing_happens_is_not_drawn(self):
        assert home.week([], TODAY) == []

    def test_a_week_begins_on_monday_and_knows_today(self):
        event = home.Event(None, "送课下乡", "南河镇", dt.date(2025, 11, 18), "11月18日", "")
        days = home.week([event], dt.date(2025, 11, 20))
        assert [day.day.day for day in days] == [17, 18, 19, 20, 21, 22, 23]
        assert [day.css for day in days] == ["none", "", "none", "today", "none", "rest", "rest"]
