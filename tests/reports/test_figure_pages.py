"""The pages of figures: the same number everywhere, its records, side by side, as a workbook, and for a text."""

import datetime as dt
import io
import re
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from assignments.choices import DistrictLevel, Role
from assignments.models import AllowancePayment, District, Leave, School, Secondment, Teacher
from assignments.periods import Period
from reports.figures import REGISTRY, Asked, Viewpoint, value
from reports.figures.catalogue import find, groups
from reports.figures.comparing import WAYS, compare, of_counties
from reports.figures.words import dimension_name
from tests.conftest import person

pytestmark = pytest.mark.slow  # whole pages; the other database asks the same in the tests beside them

YEAR = "2023-2024"
FIGURES = "/reports/figures/"


def page_of(client, key, **query):
    answer = client.get(f"{FIGURES}{key}/", {"period": YEAR, **query})
    assert answer.status_code == 200
    return answer.content.decode()


def book_of(client, path, **query):
    answer = client.get(FIGURES + path, {"period": YEAR, **query})
    assert answer.status_code == 200, answer.content.decode()[:500]
    return load_workbook(io.BytesIO(answer.content))


def number_on(html):
    return re.sub(r"<[^>]+>", "", re.search(r'<p class="n">(.*?)</p>', html, re.DOTALL)[1]).strip()


@pytest.fixture
def two(second, teacher, county, sending_school):
    """Two teachers away, one of them was the head of a class at home."""
    other = Teacher.objects.create(county=county, school=sending_school, name="陈秋禾")
    return second(teacher, was_class_head=True), second(other, was_class_head=False)


def test_the_page_of_a_ratio_shows_what_is_divided_by_what(two, client_of, officer):
    html = page_of(client_of(officer), "class_head_ratio")
    assert number_on(html) == "50%"
    for part, told in (("class_heads", "1名"), ("class_heads_known", "2名")):
        assert f"/reports/figures/{part}/?period={YEAR}" in html and told in html
    assert 'class="b-on" width="50.0%"' in html
    assert "沈若兰" in html and "陈秋禾" not in html.split("分子的记录")[1]


def test_a_ratio_of_nothing_is_no_nought(county, secondment, client_of, officer):
    html = page_of(client_of(officer), "satisfaction")
    assert number_on(html) == "—" and "分母是 0" in html


def test_a_figure_is_drawn_by_its_dimensions_with_the_numbers_as_links(two, county, client_of, officer, second):
    Teacher.objects.filter(name="陈秋禾").update(subject="数学")
    html = page_of(client_of(officer), "seconded")
    assert html.count('role="img"') >= 1  # by subject: 数学 and what is not registered
    assert 'aria-labelledby="by-subject"' in html and 'id="by-subject"' in html
    assert "未登记" in html and "subject=%E6%95%B0%E5%AD%A6" in html
    narrowed = page_of(client_of(officer), "seconded", subject="数学")
    assert number_on(narrowed) == "1名" and "学科：数学" in narrowed
    assert number_on(page_of(client_of(officer), "seconded", subject="")) == "1名"  # what is not registered


def test_a_figure_tells_how_it_went_in_earlier_years(two, county, client_of, officer, school_year):
    later = type(school_year).objects.named("2024-2025")
    again = Secondment.objects.get(pk=two[0].pk)
    again.pk, again.school_year = None, later
    again.start, again.end = dt.date(2024, 9, 1), dt.date(2025, 7, 10)
    again.save()
    html = client_of(officer).get(f"{FIGURES}seconded/?period=2024-2025").content.decode()
    trend = html.split('id="trend"')[1].split("</figure>")[0]
    assert "2023—2024" in trend and "2024—2025" in trend and "2名" in trend and "1名" in trend


def test_an_unknown_figure_or_narrowing_is_not_found(two, client_of, officer):
    client = client_of(officer)
    assert client.get(f"{FIGURES}nothing/").status_code == 404
    assert client.get(f"{FIGURES}nothing/compare/").status_code == 404
    assert client.get(f"{FIGURES}nothing/file/").status_code == 404
    assert number_on(page_of(client, "seconded", batch="abc")) == "0名"


def test_the_number_counts_for_more_people_than_may_read_the_records(secondment, county, client_of):
    leader = person("leader", "罗局长", Role.BUREAU_ADMIN, district=county)
    AllowancePayment.objects.create(
        county=county, secondment=secondment, month=dt.date(2023, 10, 1), standard=500, amount=Decimal(500)
    )
    client = client_of(leader)
    html = page_of(client, "allowance")
    assert number_on(html) == "500元" and "统计了 1 条记录，不在您能看的范围里" in html
    records = book_of(client, "allowance/file/")["记录"]
    assert "另有 1 条" in str([cell.value for row in records for cell in row])
    assert "沈若兰" not in str([cell.value for row in records for cell in row])


def test_the_workbook_of_a_figure_has_its_number_its_parts_and_its_records(two, client_of, officer):
    book = book_of(client_of(officer), "seconded/file/")
    facts = dict(row[:2] for row in book["数据项"].iter_rows(min_row=2, values_only=True))
    assert facts["数"] == 2 and facts["单位"] == "名" and facts["口径"].startswith("在时段内")
    assert [row[0] for row in book["按派出学校"].iter_rows(min_row=2, values_only=True)] == ["青岚县第一小学"]
    records = list(book["记录"].iter_rows(min_row=2, values_only=True))
    assert len(records) == 2 and {"沈若兰", "陈秋禾"} == {row[0] for row in records}


def test_what_a_leave_was_for_is_in_no_workbook(secondment, county, client_of, officer):
    Leave.objects.create(
        county=county,
        secondment=secondment,
        kind="sick",
        start=dt.date(2023, 10, 9),
        end=dt.date(2023, 10, 10),
        days=2,
        reason="住院手术",
    )
    told = str([list(sheet.values) for sheet in book_of(client_of(officer), "leaves/file/")])
    assert "沈若兰" in told and "病假" not in told and "住院" not in told


# --- the catalogue -----------------------------------------------------------------------------------------------------


def test_the_catalogue_has_every_figure_once():
    keys = [one.key for _, some in groups() for one in some]
    assert sorted(keys) == sorted(REGISTRY)


def test_figures_are_found_by_name_first_letters_and_definition():
    assert find("出勤率")[0].key == "attendance_ratio"
    assert "attendance_ratio" in [one.key for one in find("cql")]
    assert "goods_worth" in [one.key for one in find("估值")]
    assert find("没有这样的数") == []


def test_the_catalogue_tells_numbers_of_whom_and_when_one_chooses(
    two, sending_school, receiving_school, client_of, officer
):
    client = client_of(officer)
    row = r'/seconded/\?period=2023-2024[^"]*">支教教师</a></th>\s*<td[^>]*>(\S+?)</td>'
    assert re.search(row, client.get(FIGURES, {"period": YEAR}).content.decode())[1] == "2名"
    one = {"period": YEAR, "school": sending_school.pk, "side": "receiving"}
    assert re.search(row, client.get(FIGURES, one).content.decode())[1] == "0名"
    assert (
        re.search(row.replace("2023-2024", "2022-2023"), client.get(FIGURES, {"period": "2022-2023"}).content.decode())[
            1
        ]
        == "0名"
    )
    found = client.get(FIGURES, {"period": YEAR, "q": "cql"}).content.decode()
    assert "出勤率" in found and "捐款" not in found


def test_the_catalogue_asks_the_same_few_queries_however_much_is_recorded(
    second, county, sending_school, client_of, officer
):
    client = client_of(officer)
    numbers = []
    for more in (1, 30):
        for number in range(more):
            second(Teacher.objects.create(county=county, school=sending_school, name=f"张{number}{more}"))
        client.get(FIGURES)
        with CaptureQueriesContext(connection) as caught:
            client.get(FIGURES, {"period": YEAR})
        numbers.append(len(caught))
    assert numbers[0] == numbers[1] <= 16


def test_the_workbook_of_the_catalogue_has_every_figure(two, client_of, officer, county):
    rows = list(book_of(client_of(officer), "file/")["数据项"].iter_rows(min_row=4, values_only=True))
    told = {row[10]: row for row in rows}
    assert set(told) == set(REGISTRY)
    assert told["seconded"][2:4] == (2, "名") and told["seconded"][9] == 2
    assert told["class_head_ratio"][2] == 50 and told["class_head_ratio"][5:9] == (
        "派出前任班主任",
        1,
        "班主任情况有记录的教师",
        2,
    )


# --- side by side ------------------------------------------------------------------------------------------------------


def test_schools_stand_side_by_side_the_largest_first(
    two, county, sending_school, receiving_school, client_of, officer
):
    html = page_of(client_of(officer), "seconded/compare", by="receiving")
    assert "松岭乡中心小学" in html and f"school={receiving_school.pk}" in html and "2名" in html
    assert page_of(client_of(officer), "class_head_ratio/compare").count("÷") == 0


def test_a_school_compares_itself_and_those_below_it_and_nobody_else(
    two, county, receiving_school, client_of, principal
):
    School.objects.create(county=county, name="松岭乡教学点", centre_school=receiving_school)
    html = page_of(client_of(principal), "seconded/compare", by="centre")
    assert "松岭乡教学点" in html and "青岚县第一小学" not in html


def test_years_stand_side_by_side_in_their_order(two, client_of, officer):
    answer = (
        client_of(officer).get(f"{FIGURES}seconded/compare/", {"period": "2024-2025", "by": "years"}).content.decode()
    )
    assert answer.index("2023—2024</th>") < answer.index("2024—2025</th>")


def test_counties_of_a_prefecture_stand_side_by_side(two, county, other_county, client_of):
    prefecture = District.objects.create(name="宁川市", code="990100", level=DistrictLevel.PREFECTURE)
    District.objects.filter(pk__in=[county.pk, other_county.pk]).update(parent=prefecture)
    leader = person("city", "郑科长", Role.BUREAU_ADMIN, district=prefecture)
    html = page_of(client_of(leader), "seconded/compare", by="counties")
    assert "青岚县</th>" in html and "白塔县</th>" in html and "2名" in html and "0名" in html


def test_the_workbook_of_a_comparison_has_a_chart_of_excel(two, county, client_of, officer):
    client = client_of(officer)
    assert book_of(client, "seconded/compare/file/", by="centre")["比较"]._charts == []  # there is nothing to compare
    School.objects.create(county=county, name="甲中心校", is_centre_school=True)
    School.objects.create(county=county, name="乙中心校", is_centre_school=True)
    sheet = book_of(client, "seconded/compare/file/", by="centre")["比较"]
    assert {row[:2] for row in sheet.iter_rows(min_row=4, values_only=True)} == {("甲中心校", 0), ("乙中心校", 0)}
    assert len(sheet._charts) == 1


def test_more_schools_do_not_cost_more_queries(two, county, client_of, officer):
    client, numbers = client_of(officer), []
    for more in (1, 30):
        for number in range(more):
            School.objects.create(county=county, name=f"第{more}{number}中心校", is_centre_school=True)
        client.get(FIGURES)
        with CaptureQueriesContext(connection) as caught:
            page_of(client, "lectures/compare", by="centre")
        numbers.append(len(caught))
    assert numbers[0] == numbers[1] <= 14


# --- for a text --------------------------------------------------------------------------------------------------------


def test_a_text_finds_figures_with_their_numbers_and_narrowings(two, client_of, officer):
    answer = client_of(officer).get(f"{FIGURES}search/", {"q": "zjjs", "period": YEAR}).json()
    first = answer["results"][0]
    assert (first["key"], first["told"], first["with_unit"], first["unit"]) == ("seconded", "2", "2名", "名")
    by = {one["name"]: one for one in first["dimensions"]}
    assert by["from"]["label"] == "派出学校"
    assert [(one["value"], one["told"]) for one in by["from"]["values"]] == [("青岚县第一小学", "2")]
    assert client_of(officer).get(first["url"]).status_code == 200


def test_a_text_is_offered_twenty_figures_at_most_in_a_few_queries(two, client_of, officer):
    client = client_of(officer)
    client.get(FIGURES)
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(f"{FIGURES}search/", {"period": YEAR})
    assert len(answer.json()["results"]) == 20 and len(caught) <= 14


def test_a_school_finds_its_own_numbers_and_not_another_s(two, sending_school, client_of, principal):
    client = client_of(principal)
    assert client.get(f"{FIGURES}search/", {"q": "支教教师", "period": YEAR}).json()["viewpoint"] == "松岭乡中心小学"
    assert client.get(f"{FIGURES}search/", {"period": YEAR, "school": sending_school.pk}).status_code == 404


def test_a_teacher_has_no_figures(two, client_of, teacher_user):
    for path in ("", "search/", "seconded/", "seconded/file/", "seconded/compare/", "file/"):
        assert client_of(teacher_user).get(FIGURES + path).status_code in (403, 404), path


# --- everywhere the same -----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_school_side_by_side_has_its_own_number(db):
    call_command("load_demo", schools=8, teachers=60, secondments=10, without_report=True, verbosity=0)
    county = District.objects.counties().get()
    period, told = Period.parse("2025-2026"), 0
    for key in REGISTRY:
        for way in WAYS[:3]:
            for line in compare(key, Asked(period, Viewpoint(county)), way):
                asked = line.counted.asked
                alone = value(key, Asked(period, Viewpoint(county, School.objects.get(pk=asked.viewpoint.school.pk))))
                assert line.counted.value == alone.value, (key, way.key, line.label)
                told += bool(alone.value)
    assert told > 100
    assert [
        line.counted.value
        for line in compare("seconded", Asked(period, Viewpoint(county)), of_counties([county], None))
    ] == [value("seconded", Asked(period, Viewpoint(county))).value]


def test_every_dimension_has_a_name():
    named = {name for definition in REGISTRY.values() for name in definition.by}
    assert {dimension_name(name) for name in named}.isdisjoint(named)


def test_the_page_of_a_figure_asks_the_same_queries_however_much_is_recorded(
    second, county, sending_school, client_of, officer
):
    client, numbers = client_of(officer), []
    for more in (1, 3, 30):
        for number in range(more):
            second(Teacher.objects.create(county=county, school=sending_school, name=f"张{number}{more}"))
        client.get(FIGURES)
        with CaptureQueriesContext(connection) as caught:
            page_of(client, "seconded")
        numbers.append(len(caught))
    assert len(set(numbers)) == 1 and numbers[0] <= 18
