"""What an inspector reads of the schools of their own team, and that nothing of the others is there."""

import datetime as dt

import pytest
from django.urls import reverse

from assignments.choices import Role
from assignments.models import Activity, Allocation, CondolenceVisit, Demand, Difficulty, Provision, School
from tests.conftest import inspects, person
from zhijiao.dates import ApproximateDate


@pytest.fixture
def inspector(county):
    return person("inspector", "卢督导", Role.INSPECTOR, district=county)


@pytest.fixture
def other_school(county):
    return School.objects.create(county=county, name="石梁乡小学")


@pytest.fixture
def recorded(county, sending_school, receiving_school, other_school, school_year, secondment):
    """The same of two receiving schools; a difficulty of the teacher at the first."""
    day = ApproximateDate.day(dt.date(2023, 10, 12))
    for school in (receiving_school, other_school):
        Demand.objects.create(county=county, school_year=school_year, school=school, subject="英语", number=2)
        Allocation.objects.create(
            county=county, school_year=school_year, sending_school=sending_school, receiving_school=school, number=1
        )
        Provision.objects.create(county=county, school_year=school_year, school=school, items=["宿舍"])
        visit = CondolenceVisit(
            county=county, school_year=school_year, visiting_school=sending_school, visited_school=school
        )
        activity = Activity(
            county=county,
            school_year=school_year,
            school=sending_school,
            receiving_school=school,
            kind=["送课"],
            title=f"送课到{school}",
        )
        for row in (visit, activity):
            row.when = day
            row.save()
    difficulty = Difficulty(county=county, school_year=school_year, teacher=secondment.teacher, text="宿舍漏雨")
    difficulty.when = day
    difficulty.save()
    return difficulty


LISTS = ("plan", "demand_list", "provision_list", "visit_list", "activity_list")


@pytest.mark.parametrize("name", LISTS)
def test_an_inspector_reads_of_the_inspected_school_and_of_no_other(
    name, recorded, inspector, receiving_school, other_school, client_of
):
    inspects(inspector, receiving_school)
    html = client_of(inspector).get(reverse(f"assignments:{name}"), {"year": "2023-2024"}).content.decode()
    assert str(receiving_school) in html
    assert str(other_school) not in html


def test_an_inspector_without_a_round_reads_of_nobody(recorded, inspector, receiving_school, client_of):
    client = client_of(inspector)
    for name in LISTS:
        response = client.get(reverse(f"assignments:{name}"), {"year": "2023-2024"})
        assert response.status_code == 200
        assert str(receiving_school) not in response.content.decode(), name


def test_a_difficulty_is_there_for_who_inspects_the_teachers_school(
    recorded, inspector, receiving_school, other_school, county, client_of
):
    inspects(inspector, receiving_school)
    foreign = person("foreign", "许督学", Role.INSPECTOR, district=county)
    inspects(foreign, other_school)
    page = reverse("assignments:difficulty_detail", args=[recorded.pk])
    assert client_of(inspector).get(page).status_code == 200
    assert client_of(foreign).get(page).status_code == 404


def test_which_schools_owe_their_attendance_is_the_bureaus(inspector, client_of):
    client = client_of(inspector)
    assert client.get(reverse("assignments:attendance_overview")).status_code == 403
    assert client.get(reverse("assignments:attendance")).url == reverse("assignments:attendance_list")


def test_who_inspects_is_not_told_the_countys_plan(recorded, inspector, receiving_school, client_of):
    """The board of the whole county and its sums stay with the bureau, also as a workbook."""
    inspects(inspector, receiving_school)
    html = client_of(inspector).get(reverse("assignments:plan"), {"year": "2023-2024"}).content.decode()
    assert "派到您检查的学校的" in html and "本校" not in html
    html = client_of(inspector).get(reverse("assignments:demand_list"), {"year": "2023-2024"}).content.decode()
    assert "您检查的学校要什么学科" in html and "本校" not in html
