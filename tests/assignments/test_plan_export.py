"""应交流名单 and the plan as Excel: the same rows as the page with the same filters, to the same people, written down."""

import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from assignments import plan
from assignments.choices import Role
from assignments.models import Allocation, Exemption, School, Teacher
from assignments.plan import Need
from tests.conftest import person
from tests.full_records import ID_NUMBER, PHONE
from zhijiao.accounts.models import AuditEntry

CANDIDATES, PLAN = "/candidates/export/?year=2024-2025", "/plan/export/?year=2023-2024"


@pytest.fixture
def sender(sending_school):
    return person("sender", "孙校长", Role.PRINCIPAL, school=sending_school)


@pytest.fixture
def long_there(county, sending_school, teacher):
    """Everybody of the school has been there for nine years; one of them is ill, one teaches mathematics."""
    ill = Teacher.objects.create(county=county, school=sending_school, name="陶景明", subject="语文")
    Teacher.objects.create(county=county, school=sending_school, name="郑远山", subject="数学")
    Teacher.objects.filter(pk=teacher.pk).update(subject="语文")
    Teacher.objects.update(at_school_since=dt.date(2015, 9, 1), sex="2", birth_date=dt.date(1990, 1, 1))
    teacher.refresh_from_db()
    teacher.id_number, teacher.phone = ID_NUMBER, PHONE
    teacher.save()
    Exemption.objects.create(county=county, teacher=ill, reason="illness", end=dt.date(2025, 7, 1))


def sheets(response):
    assert response.status_code == 200, response.status_code
    book = load_workbook(io.BytesIO(response.content))
    return {page.title: [list(row) for row in page.iter_rows(values_only=True)] for page in book}


def names(response):
    return [row[1] for row in sheets(response)["应交流名单"][1:]]


def test_the_export_has_the_rows_of_the_view_and_the_filters(long_there, officer, client_of):
    browser = client_of(officer)
    assert sorted(names(browser.get(f"{CANDIDATES}&view=due"))) == ["沈若兰", "郑远山"]
    assert names(browser.get(f"{CANDIDATES}&view=due&subject=数学")) == ["郑远山"]
    assert names(browser.get(f"{CANDIDATES}&view=deferred")) == ["陶景明"]
    assert names(browser.get(f"{CANDIDATES}&q=沈&view=due")) == ["沈若兰"]
    assert names(browser.get(f"{CANDIDATES}&view=due&sort=-name")) != names(
        browser.get(f"{CANDIDATES}&view=due&sort=name")
    )


def test_a_row_says_what_the_page_says_and_no_number_of_a_person(long_there, officer, client_of):
    answer = client_of(officer).get(f"{CANDIDATES}&view=due&q=沈")
    rows = sheets(answer)["应交流名单"]
    assert rows[1][1:] == ["沈若兰", "青岚县第一小学", "女", None, "语文", "2015.09", 9, "2021年9月1日 起应交流"]
    assert ID_NUMBER not in str(rows) and PHONE not in str(rows)
    assert "%E5%BA%94%E4%BA%A4%E6%B5%81%E5%90%8D%E5%8D%95.xlsx" in answer["Content-Disposition"]


def test_why_somebody_is_deferred_is_told_as_on_the_page(long_there, county, officer, client_of):
    reason = sheets(client_of(officer).get(f"{CANDIDATES}&view=deferred"))["应交流名单"][1][-1]
    assert "病" in reason or "健康" in reason


def test_the_link_on_the_page_carries_the_filters(long_there, officer, client_of):
    browser = client_of(officer)
    html = browser.get("/candidates/?year=2024-2025&view=due&subject=数学&page=1").content.decode()
    link = html.split('href="/candidates/export/?')[1].split('"')[0].replace("&amp;", "&")
    assert "page=" not in link
    assert names(browser.get(f"/candidates/export/?{link}")) == ["郑远山"]


def test_a_school_takes_out_its_own_and_nobody_else_anything(
    long_there, county, other_county, sender, principal, teacher_user, outsider, client_of
):
    other = School.objects.create(county=county, name="别处小学")
    Teacher.objects.create(county=county, school=other, name="金丝雀", at_school_since=dt.date(2010, 9, 1))
    assert sorted(names(client_of(sender).get(f"{CANDIDATES}&view=due"))) == ["沈若兰", "郑远山"]
    assert names(client_of(principal).get(f"{CANDIDATES}&view=due")) == []
    assert names(client_of(outsider).get(f"{CANDIDATES}&view=due")) == []
    assert client_of(teacher_user).get(CANDIDATES).status_code == 403
    inspector = person("inspector", "何督学", Role.INSPECTOR, district=county)
    assert client_of(inspector).get(CANDIDATES).status_code == 403


def test_taking_it_out_stands_in_the_trail_with_the_filters(long_there, county, officer, client_of):
    client_of(officer).get(f"{CANDIDATES}&view=due&subject=数学&q={ID_NUMBER}")
    client_of(officer).get(f"{CANDIDATES}&view=due&subject=数学")
    first, second = AuditEntry.objects.filter(verb="导出应交流名单").order_by("pk")
    assert (second.subject_name, second.after["条数"], second.after["学年"]) == (str(county), 1, "2024-2025")
    assert second.after["条件"]["subject"] == "数学"
    assert ID_NUMBER not in str(first.after)


def test_the_plan_goes_out_with_the_board(
    county, school_year, sending_school, receiving_school, officer, sender, client_of
):
    plan.state_demands(
        receiving_school, school_year, [Need("primary", "语文", 3), Need("primary", "数学", 1)], by=officer
    )
    Allocation.objects.create(
        county=county, school_year=school_year, sending_school=sending_school, receiving_school=receiving_school, subject="语文",
        number=2, document="=HYPERLINK(1)",
    )  # fmt: skip
    book = sheets(client_of(officer).get(PLAN))
    assert list(book) == ["选派名额", "按学科", "按派出学校"]
    assert book["选派名额"][1] == [1, "青岚县第一小学", "松岭乡中心小学", "语文", 2, "=HYPERLINK(1)"]
    assert ["语文", 3, 2, 0, 0, 1] in book["按学科"] and book["按学科"][-1] == ["合计", 4, 2, 0, 0, 2]
    assert any(row[0] == "青岚县第一小学" and row[3] == 2 for row in book["按派出学校"])
    entry = AuditEntry.objects.get(verb="导出选派计划")
    assert (entry.after["条数"], entry.subject_name) == (1, str(county))
    own = sheets(client_of(sender).get(PLAN))
    assert list(own) == ["选派名额"] and len(own["选派名额"]) == 2
    assert "/plan/export/" in client_of(officer).get("/plan/?year=2023-2024").content.decode()
    assert "/plan/export/" in client_of(sender).get("/plan/?year=2023-2024").content.decode()


def test_a_school_does_not_take_out_the_lines_of_others(
    county, school_year, sending_school, receiving_school, principal, outsider, client_of
):
    other = School.objects.create(county=county, name="金丝雀小学")
    Allocation.objects.create(county=county, school_year=school_year, sending_school=other, subject="语文", number=2)
    for who in (principal, outsider):
        assert "金丝雀" not in str(sheets(client_of(who).get(PLAN)))


def test_the_exports_ask_the_same_questions_however_many_rows_there_are(
    county, school_year, sending_school, officer, client_of
):
    browser, asked = client_of(officer), []
    for number in (1, 3, 30):
        for n in range(number):
            Teacher.objects.create(
                county=county, school=sending_school, name=f"王{number}{n}", at_school_since=dt.date(2010, 9, 1)
            )
            school = School.objects.create(county=county, name=f"第{number}{n}小学")
            Allocation.objects.create(
                county=county, school_year=school_year, sending_school=school, subject="语文", number=1
            )
        counts = []
        for path in (CANDIDATES, PLAN):
            with CaptureQueriesContext(connection) as captured:
                assert browser.get(path).status_code == 200
            counts.append(len(captured))
        asked.append(counts)
    assert asked == [asked[0]] * 3, asked
