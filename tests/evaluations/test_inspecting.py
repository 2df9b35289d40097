"""An inspector knows of the inspections of their own team and of what hangs on them, and of no other's."""

import datetime as dt

import pytest
from django.urls import reverse

from assignments.access import has_on, within
from assignments.choices import Role
from assignments.models import School, Secondment, Teacher
from evaluations.choices import RoundState
from evaluations.models import Finding, Inspection, InspectionRound, TeamMember
from tests.conftest import inspects, person
from tests.full_records import fill_inspection
from zhijiao.accounts.models import User


@pytest.fixture
def inspector(county):
    return person("inspector", "卢督导", Role.INSPECTOR, district=county)


@pytest.fixture
def other_school(county):
    return School.objects.create(county=county, name="石梁乡小学")


@pytest.fixture
def mine(inspector, receiving_school):
    return inspects(inspector, receiving_school)


@pytest.fixture
def foreign(county, other_school):
    return inspects(person("other", "许督学", Role.INSPECTOR, district=county), other_school)


def again(user):
    """As the next request finds the person."""
    return User.objects.get(pk=user.pk)


def test_the_inspection_of_ones_team_is_there_and_no_other(mine, foreign, inspector, client_of):
    client = client_of(inspector)
    assert set(Inspection.objects.visible_to(inspector)) == {mine}
    assert client.get(reverse("evaluations:inspection_detail", args=[mine.pk])).status_code == 200
    assert client.get(reverse("evaluations:inspection_detail", args=[foreign.pk])).status_code == 404
    html = client.get(reverse("evaluations:inspection_list")).content.decode()
    assert "松岭乡中心小学" in html and "石梁乡小学" not in html


def test_what_was_found_elsewhere_is_not_there(mine, county, other_school, inspector, officer):
    fill_inspection(county, other_school, dt.date(2023, 11, 12))
    Finding.objects.create(county=county, inspection=mine, kind="problem", text="听课记录不全")
    assert {found.inspection for found in Finding.objects.visible_to(inspector)} == {mine}
    assert Finding.objects.visible_to(officer).count() > 1


def test_an_inspection_without_a_team_is_the_bureaus(county, receiving_school, inspector, officer):
    old = fill_inspection(county, receiving_school, dt.date(2023, 11, 12))
    assert list(Inspection.objects.visible_to(inspector)) == []
    assert list(Inspection.objects.visible_to(officer)) == [old]


def test_who_is_in_the_team_writes_and_nobody_else(mine, foreign, inspector, officer, principal):
    assert has_on(inspector, "inspection.edit", mine)
    assert not has_on(inspector, "inspection.edit", foreign)
    for user in (officer, principal):
        assert not has_on(user, "inspection.edit", mine)


def test_who_leaves_the_team_has_nothing_from_the_next_request_on(mine, inspector):
    assert has_on(inspector, "inspection.edit", mine)
    TeamMember.objects.filter(user=inspector).delete()
    assert not has_on(again(inspector), "inspection.edit", mine)
    assert not Inspection.objects.visible_to(again(inspector)).exists()


def test_a_round_that_is_not_announced_opens_nothing(mine, inspector, principal):
    InspectionRound.objects.update(state=RoundState.DRAFT)
    assert not has_on(inspector, "inspection.edit", mine)
    assert not Inspection.objects.visible_to(principal).exists()


def test_a_round_that_is_over_opens_nothing_any_more(mine, inspector):
    InspectionRound.objects.update(state=RoundState.CLOSED)
    Inspection.objects.update(state="closed")
    assert not Inspection.objects.visible_to(again(inspector)).exists()


def test_the_teachers_and_secondments_are_those_of_the_inspected_schools(
    mine, inspector, secondment, county, sending_school, second, other_school
):
    colleague = Teacher.objects.create(county=county, school=sending_school, name="陶景明")
    elsewhere = second(colleague)
    elsewhere.placements.update(receiving_school=other_school)
    assert list(Secondment.objects.visible_to(inspector)) == [secondment]
    assert list(within(Secondment.objects.all(), inspector, "worklog.view")) == [secondment]
    assert colleague not in Teacher.objects.visible_to(inspector)
    assert secondment.teacher in Teacher.objects.visible_to(inspector)


def test_who_is_also_the_bureaus_officer_sees_the_county(mine, foreign, inspector, county):
    inspector.memberships.create(role=Role.OFFICER, district=county)
    assert set(Inspection.objects.visible_to(again(inspector))) == {mine, foreign}
    assert not has_on(again(inspector), "inspection.edit", foreign)


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_list_asks_the_same_questions_however_many_schools(
    number, county, inspector, receiving_school, client_of, django_assert_max_num_queries
):
    first = inspects(inspector, receiving_school)
    for each in range(number - 1):
        school = School.objects.create(county=county, name=f"第{each}村小学")
        row = Inspection(county=county, school=school, round=first.round, team=first.team, state="planned")
        row.when = first.when
        row.save()
    client, page = client_of(inspector), reverse("evaluations:inspection_list")
    with django_assert_max_num_queries(12):
        html = client.get(page, {"year": "", "sort": "school"}).content.decode()
    assert html.count("村小学</a>") >= min(number, 25) - 1


def test_a_round_that_is_over_stays_open_to_its_team_while_something_is_to_be_rectified(mine, inspector):
    """The team that found it checks again; with the last point closed nothing is open to it any more."""
    InspectionRound.objects.update(state=RoundState.CLOSED)
    Inspection.objects.update(state="rectifying")
    assert list(Inspection.objects.visible_to(again(inspector))) == [mine]
    assert has_on(again(inspector), "rectification.recheck", mine)


def test_an_imported_inspection_is_read_by_the_school_that_it_was_about_and_by_no_other(
    county, receiving_school, other_school, principal, client_of
):
    old = fill_inspection(county, receiving_school, dt.date(2023, 11, 12))
    stranger = person("stranger", "郑校长", Role.PRINCIPAL, school=other_school)
    page = reverse("evaluations:inspection_detail", args=[old.pk])
    assert client_of(principal).get(page).status_code == 200
    assert client_of(stranger).get(page).status_code == 404
