"""达标看板: the ratios, how many more have to go, by school, by year, and how the running year will end."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from assignments.choices import Role, SecondmentState
from assignments.models import Allocation, PolicyRule, Programme, School, SchoolYear, Secondment, Teacher, YearFacts
from assignments.periods import Period
from reports import figures
from reports.figures import Asked, Viewpoint
from reports.figures.asked import Side
from reports.figures.rules import rules_in_force
from reports.glance.board import board, lines_of
from reports.glance.counting import Of, Term, count
from reports.glance.goals import told_ratio
from reports.glance.needed import more_needed
from tests.conftest import person
from zhijiao.accounts.models import AuditEntry

YEAR = "2023-2024"
IN_YEAR, AFTER = dt.date(2023, 11, 20), dt.date(2024, 10, 1)
people = st.integers(0, 4000)
percents = st.decimals(0, 100, places=2)


@pytest.fixture
def programme(db):
    """One that counts as exchange."""
    return Programme.objects.get(name="县内支教", county=None)


@pytest.fixture
def asked(county):
    return Asked(Period.parse(YEAR), Viewpoint(county))


@pytest.fixture
def several(second, county, sending_school):
    """Sends so many from a school."""

    def make(number, school=sending_school, **fields):
        made = []
        for _ in range(number):
            teacher = Teacher.objects.create(county=county, school=school, name=f"教师{Teacher.objects.count()}")
            made.append(second(teacher, sending_school=school, **fields))
        return made

    return make


def goal_of(told, numerator):
    return next(goal for goal in told.goals if goal.rule.numerator == numerator)


def reaches(part, whole, percent):
    return Fraction(part) * 100 >= Fraction(percent) * whole


class TestHowManyMore:
    @given(part=people, whole=st.integers(1, 4000), percent=percents)
    def test_it_is_the_least_number_where_the_whole_stays(self, part, whole, percent):
        more = more_needed(part, whole, percent, widens=False)
        assert reaches(part + more, whole, percent)
        assert more == 0 or not reaches(part + more - 1, whole, percent)

    @given(part=people, others=people, percent=percents)
    def test_it_is_the_least_number_where_the_whole_grows_too(self, part, others, percent):
        whole = part + others
        more = more_needed(part, whole, percent, widens=True)
        if more is None:
            assert percent == 100
            assert others > 0
            return
        assert whole + more > 0
        assert reaches(part + more, whole + more, percent)
        assert more == 0 or whole + more == 1 or not reaches(part + more - 1, whole + more - 1, percent)

    @given(whole=people, part=people)
    def test_with_nothing_to_divide_by_nobody_is_enough(self, whole, part):
        assert more_needed(part, 0, Decimal(10), widens=False) is None
        assert more_needed(0, 0, Decimal(10), widens=True) == 1

    def test_backbone_teachers_need_more_than_the_gap(self):
        assert more_needed(7, 45, Decimal(20), widens=False) == 2
        assert more_needed(7, 45, Decimal(20), widens=True) == 3


def test_each_rule_tells_its_numbers_its_limit_and_its_document(client_of, officer, several, county, school_year):
    several(1)
    several(1, is_backbone=True)
    YearFacts.objects.create(county=county, school_year=school_year, eligible=40)
    rule = PolicyRule.objects.get(numerator="exchanged", denominator="eligible", county=None)
    page = client_of(officer).get(reverse("reports:glance"), {"period": YEAR}).content.decode()
    for told in ("5<small>%", "还差 2 人。再派 2 人达标", "标准 10%", "实际交流轮岗教师 ÷ 符合交流条件教师 × 100%，不低于 10%", "已达标", rule.basis, "国家级要求"):  # fmt: skip
        assert told in page, told


def test_whoever_is_sent_as_a_backbone_teacher_makes_the_denominator_larger_too(asked, several, county, school_year):
    several(9)
    several(1, is_backbone=True)
    YearFacts.objects.create(county=county, school_year=school_year, eligible=100)
    told = board(asked, AFTER)
    assert (goal_of(told, "exchanged").more, goal_of(told, "exchanged").widens) == (0, False)
    backbone = goal_of(told, "exchanged_backbone")
    assert (backbone.distance, backbone.more, backbone.widens) == (1, 2, True)  # 3 of 12 reach 20 %, 2 of 11 do not


def test_a_ratio_just_below_its_limit_is_not_told_as_if_it_were_reached(asked, several, county, school_year):
    several(1)
    PolicyRule.objects.filter(numerator="exchanged").update(threshold=Decimal("33.34"))
    YearFacts.objects.create(county=county, school_year=school_year, eligible=3)
    goal = goal_of(board(asked, AFTER), "exchanged")
    assert (goal.told, goal.is_met) == ("33.3", False)
    assert told_ratio(Decimal("9.97"), Decimal(10)) == "9.97"
    assert told_ratio(Decimal("9.9999"), Decimal(10)) == "9.9999"
    assert told_ratio(Decimal("10.04"), Decimal(10)) == "10"


def test_numbers_asked_together_are_those_asked_one_by_one(several, county, school_year, receiving_school):
    second_school = School.objects.create(county=county, name="青岚县第二小学")
    village = School.objects.create(county=county, name="石坡教学点", centre_school=second_school)
    several(3), several(2, second_school, is_backbone=True), several(1, village)
    Teacher.objects.filter(school=second_school).update(at_school_since=dt.date(2010, 9, 1))
    for entered in ({}, {"school": second_school, "eligible": 7}, {"eligible": 50}):
        if entered:
            YearFacts.objects.create(county=county, school_year=school_year, **entered)
        keys = ("exchanged", "exchanged_backbone", "eligible", "staff", "seconded", "heads_exchanged")
        one = Asked(Period.parse(YEAR), Viewpoint(county))
        numbers = count([Term("now", key, one) for key in keys], Of.COUNTY)
        for key in keys:
            assert numbers.number("now", key, [county.pk]) == figures.value(key, Asked(Period.parse(YEAR), Viewpoint(county))).value, key  # fmt: skip
        numbers = count([Term("now", key, one) for key in keys], Of.SCHOOL)
        for school, places in ((second_school, [second_school.pk, village.pk]), (village, [village.pk])):
            for key in keys:
                view = Viewpoint(county, school, Side.SENDING)
                assert numbers.number("now", key, places) == figures.value(key, Asked(Period.parse(YEAR), view)).value, key  # fmt: skip


def test_every_school_stands_with_what_its_own_page_says(asked, several, county, sending_school, school_year):
    centre = School.objects.create(county=county, name="南河镇中心小学")
    below = School.objects.create(county=county, name="石坡教学点", centre_school=centre)
    several(3), several(1, centre), several(2, below)
    YearFacts.objects.create(county=county, school_year=school_year, school=sending_school, eligible=20)
    lines = {line.name: line for line in lines_of(rules_in_force(asked), asked)[PolicyRule.objects.get(numerator="exchanged").pk]}  # fmt: skip
    assert set(lines) == {"青岚县第一小学", "南河镇中心小学"}
    assert lines["南河镇中心小学"].below == 1
    assert [int(lines[name].goal.numerator.value) for name in ("青岚县第一小学", "南河镇中心小学")] == [3, 3]
    assert lines["青岚县第一小学"].is_entered
    assert lines["青岚县第一小学"].goal.told == "15"
    for school in (sending_school, centre):
        told = board(Asked(asked.period, Viewpoint(county, school)), AFTER)
        assert goal_of(told, "exchanged").numerator.value == lines[school.name].goal.numerator.value


def test_the_schools_can_be_ordered(client_of, officer, several, county, sending_school, school_year):
    other = School.objects.create(county=county, name="安平镇小学")
    several(3), several(1, other)
    for school, eligible in ((sending_school, 10), (other, 50)):
        YearFacts.objects.create(county=county, school_year=school_year, school=school, eligible=eligible)
    client = client_of(officer)

    def names(sort):
        page = client.get(reverse("reports:glance"), {"period": YEAR, "sort": sort})
        return [line.name for line in page.context["page"]]

    assert names("ratio") == ["青岚县第一小学", "安平镇小学"]
    assert names("-ratio") == ["安平镇小学", "青岚县第一小学"]
    assert names("more") == names("name") == names("nonsense") == ["安平镇小学", "青岚县第一小学"]


def test_up_to_five_years_stand_side_by_side(several, county, sending_school):
    for first in range(2017, 2024):
        year = SchoolYear.objects.named(f"{first}-{first + 1}")
        for row in several(first - 2016, first=f"{first}-09-01", last=f"{first + 1}-07-10"):
            Secondment.objects.filter(pk=row.pk).update(school_year=year)
        YearFacts.objects.create(county=county, school_year=year, eligible=100)
    told = board(Asked(Period.parse(YEAR), Viewpoint(county)), AFTER)
    trend = next(one for one in told.trends if one.rule.numerator == "exchanged")
    assert [(goal.numerator.asked.period.code[:4], goal.told) for goal in trend.goals] == [
        ("2019", "3"), ("2020", "4"), ("2021", "5"), ("2022", "6"), ("2023", "7"),
    ]  # fmt: skip
    for goal in trend.goals:
        alone = Asked(goal.numerator.asked.period, Viewpoint(county))
        assert figures.value("exchanged", alone).value == goal.numerator.value


class TestForecast:
    @pytest.fixture
    def plan(self, asked, several, county, sending_school, school_year):
        several(2)
        several(1, state=SecondmentState.APPROVED, is_backbone=True)
        several(1, state=SecondmentState.REVIEW)
        Allocation.objects.create(county=county, school_year=school_year, sending_school=sending_school, number=7)
        YearFacts.objects.create(county=county, school_year=school_year, eligible=50)

    def test_what_is_approved_and_planned_is_counted_with_it(self, plan, asked):
        told = board(asked, IN_YEAR)
        goal = goal_of(told, "exchanged")
        forecast = told.forecasts[goal.rule.pk]
        assert (int(goal.numerator.value), forecast.coming, forecast.places) == (2, 1, 4)  # 7 places, 3 of them taken
        assert (forecast.part, forecast.whole, forecast.told, forecast.verdict) == (7, 50, "14", "预计达标")

    def test_a_place_of_the_plan_is_no_backbone_teacher(self, plan, asked):
        told = board(asked, IN_YEAR)
        forecast = told.forecasts[goal_of(told, "exchanged_backbone").rule.pk]
        assert (forecast.part, forecast.whole, forecast.verdict) == (1, 7, "预计还达不到")

    def test_what_is_expected_does_not_change_what_is(self, plan, asked):
        assert goal_of(board(asked, IN_YEAR), "exchanged").told == goal_of(board(asked, AFTER), "exchanged").told == "4"

    def test_a_year_that_is_over_has_none(self, plan, asked):
        assert board(asked, AFTER).forecasts == {}

    def test_a_school_that_sends_more_than_it_has_to_makes_up_for_nobody(self, plan, asked, several, county):
        other = School.objects.create(county=county, name="安平镇小学")
        several(9, other)
        told = board(asked, IN_YEAR)
        assert told.forecasts[goal_of(told, "exchanged").rule.pk].places == 4


def test_a_school_sees_its_own_and_no_other(client_of, several, county, sending_school, school_year, programme):
    other = School.objects.create(county=county, name="安平镇小学")
    several(2), several(1, other)
    YearFacts.objects.create(county=county, school_year=school_year, school=sending_school, eligible=10)
    head = client_of(person("head", "郑校长", Role.PRINCIPAL, school=sending_school))
    page = head.get(reverse("reports:glance"), {"period": YEAR})
    text = page.content.decode()
    assert "20<small>%" in text
    assert "安平镇小学" not in text
    assert head.get(reverse("reports:glance"), {"period": YEAR, "school": other.pk}).status_code == 404


def test_a_teacher_and_another_county_do_not_see_it(client_of, several, teacher_user, outsider):
    several(1)
    assert client_of(teacher_user).get(reverse("reports:glance"), {"period": YEAR}).status_code == 403
    page = client_of(outsider).get(reverse("reports:glance"), {"period": YEAR}).content.decode()
    assert "青岚县" not in page


def test_a_rule_without_a_denominator_is_not_made_up(client_of, officer, several):
    several(1)
    Teacher.objects.update(at_school_since=None)
    page = client_of(officer).get(reverse("reports:glance"), {"period": YEAR}).content.decode()
    assert "还没有“符合交流条件教师”的数，算不出这个比例" in page


def test_a_calendar_year_is_told_by_the_school_year_it_lies_in(client_of, officer, several):
    several(1)
    page = client_of(officer).get(reverse("reports:glance"), {"period": "2024"})
    assert page.context["asked"].period.code == YEAR
    assert client_of(officer).get(reverse("reports:glance"), {"period": "昨天"}).status_code == 404


def test_the_workbook_has_the_numbers_of_the_page_and_the_trail_knows_of_it(
    client_of, officer, several, county, school_year
):
    several(3)
    YearFacts.objects.create(county=county, school_year=school_year, eligible=40)
    response = client_of(officer).get(reverse("reports:glance_file", args=["board"]), {"period": YEAR})
    book = load_workbook(BytesIO(response.content))
    assert book.sheetnames[:2] == ["达标情况", "历年"]
    row = [
        cell.value for cell in next(row for row in book["达标情况"].iter_rows() if row[0].value == "交流轮岗教师比例")
    ]
    assert row[2:7] == [3, 40, 7.5, 10, "还差 1 人"]
    assert AuditEntry.objects.filter(verb="导出文件").exists()
    assert client_of(officer).get(reverse("reports:glance_file", args=["board"]), {"format": "pdf"}).status_code == 404


def test_a_county_of_many_schools_is_not_more_queries(client_of, officer, several, county, school_year):
    counts = []
    for number in (1, 2, 27):
        for _ in range(number):
            school = School.objects.create(county=county, name=f"第{School.objects.count()}小学")
            several(1, school)
            YearFacts.objects.create(county=county, school_year=school_year, school=school, eligible=9)
        client = client_of(officer)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("reports:glance"), {"period": YEAR}).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2] <= 12, counts
