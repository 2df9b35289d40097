"""The five list pages: search, filters in the address, sorting, scope. Their queries: tests/assignments/test_list_queries.py."""

import datetime as dt

import pytest

from assignments.models import Activity, Placement, School, Secondment, Teacher
from evaluations.models import Inspection
from zhijiao.dates import ApproximateDate

LISTS = ["/schools/", "/teachers/", "/secondments/", "/activities/", "/inspections/"]


@pytest.fixture
def make_rows(county, sending_school, receiving_school, school_year, programme):
    """Makes so many more of everything that the lists show."""
    made = {"number": 0}

    def make(number):
        for n in range(made["number"], made["number"] + number):
            School.objects.create(county=county, name=f"第{n}小学", centre_school=receiving_school)
            teacher = Teacher.objects.create(county=county, school=sending_school, name=f"教师{n}")
            secondment = Secondment(
                county=county,
                teacher=teacher,
                programme=programme,
                sending_school=sending_school,
                school_year=school_year,
                state="on_post",
            )
            secondment.when = ApproximateDate.range(dt.date(2023, 9, 1), dt.date(2024, 7, 10))
            secondment.save()
            Placement.objects.create(county=county, secondment=secondment, receiving_school=receiving_school)
            Activity.objects.create(
                county=county, kind="送课下乡", school=sending_school, receiving_school=receiving_school
            )
            inspection = Inspection(county=county, school=receiving_school, school_year=school_year)
            inspection.when = ApproximateDate.day(dt.date(2023, 9, 1) + dt.timedelta(days=n))
            inspection.save()
        made["number"] += number

    return make


@pytest.mark.parametrize("path", LISTS)
def test_a_list_shows_nothing_of_another_county(path, make_rows, client_of, outsider):
    make_rows(2)
    html = client_of(outsider).get(path).content.decode()
    assert '<div class="empty">' in html
    assert "教师0" not in html and "第0小学" not in html


@pytest.mark.parametrize("path", LISTS)
def test_a_list_needs_somebody_who_signed_in(path, client):
    response = client.get(path)
    assert response.status_code == 302
    assert response.url.startswith("/login/")


@pytest.mark.parametrize(
    "query",
    [
        "page=999",
        "page=x",
        "sort=nonsense",
        "sort=-name",
        "year=1999-2000",
        "state=foo",
        "school=abc",
        "q=%00",
        "since=昨天",
    ],
)
@pytest.mark.parametrize("path", LISTS)
def test_a_wrong_address_is_told_and_never_breaks(path, query, make_rows, client_of, officer):
    make_rows(1)
    assert client_of(officer).get(f"{path}?{query}").status_code == 200


def test_a_filter_that_cannot_be_read_is_told_and_left_out(make_rows, client_of, officer):
    make_rows(1)
    html = client_of(officer).get("/inspections/?since=昨天").content.decode()
    assert "筛选“检查日期不早于”没有生效" in html
    assert "松岭乡中心小学" in html


def test_teachers_are_found_by_name_and_initials(county, sending_school, client_of, officer):
    for name, initials in (("沈若兰", "slr"), ("陶景明", "tjm")):
        Teacher.objects.create(county=county, school=sending_school, name=name, initials=initials)
    for words in ("slr", "若兰", "SLR", "沈若兰 第一小学"):
        html = client_of(officer).get("/teachers/", {"q": words}).content.decode()
        assert "沈若兰" in html and "陶景明" not in html, words


def test_no_rows_with_filters_offers_to_take_one_away(make_rows, client_of, officer):
    make_rows(1)
    html = client_of(officer).get("/secondments/?state=completed").content.decode()
    assert "没有符合条件的支教派遣" in html and "去掉“状态：已结束”" in html


def test_a_header_sorts_and_then_turns_round(make_rows, client_of, officer):
    make_rows(3)

    def names(query):
        html = client_of(officer).get(f"/teachers/?{query}").content.decode()
        return [line.split("</a>")[0].rsplit(">", 1)[1] for line in html.split('<td class="c-name">')[1:]]

    assert names("sort=name") == ["教师0", "教师1", "教师2"]
    assert names("sort=-name") == ["教师2", "教师1", "教师0"]


def test_a_principal_sees_their_own_schools_secondments_only(make_rows, county, second, client_of, principal):
    elsewhere = School.objects.create(county=county, name="别处小学")
    other = School.objects.create(county=county, name="另一所小学")
    stranger = Teacher.objects.create(county=county, school=elsewhere, name="外人甲")
    secondment = second(stranger, sending_school=elsewhere)
    secondment.placements.update(receiving_school=other)
    make_rows(1)
    html = client_of(principal).get("/secondments/").content.decode()
    assert "教师0" in html and "外人甲" not in html


@pytest.mark.parametrize("path", LISTS)
def test_every_filter_that_is_offered_opens(path, make_rows, client_of, officer):
    make_rows(1)
    browser = client_of(officer)
    panel = browser.get(path).context["listing"].panel
    asked = [(field.name, option.value) for field in panel for option in field.options if option.value]
    assert asked
    refused = [pair for pair in asked if browser.get(path, dict([pair])).status_code != 200]
    assert refused == []
