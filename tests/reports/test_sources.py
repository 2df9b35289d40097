"""数据来源表: every figure of a report once, and as many records as its page opens."""

import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assignments.models import AllowancePayment, Demand, Meeting, School, Teacher, YearFacts
from assignments.periods import Period
from evaluations.models import WorkRecord
from reports.annual_report import annual_report
from reports.documents.html import render_html
from reports.documents.sources import TITLE, sources, with_sources
from reports.documents.text import render_text
from reports.documents.tree import Document, Figure, Paragraph, Section
from reports.figures import REGISTRY, Asked, Viewpoint, breakdown, value
from reports.figures.told import as_figure
from zhijiao.dates import ApproximateDate

YEAR = "2023-2024"
QUERY = {"period": YEAR}


@pytest.fixture
def recorded(county, sending_school, receiving_school, school_year, teacher, second, secondment):
    """Two on post at one school, with sums, distincts, ratios and an entered number among what is counted."""
    other = type(teacher).objects.create(
        county=county, school=sending_school, name="柳成荫", subject="数学", education="21"
    )
    second(other)
    Demand.objects.create(county=county, school_year=school_year, school=receiving_school, subject="语文", number=3)
    Demand.objects.create(county=county, school_year=school_year, school=receiving_school, subject="数学", number=4)
    for number in (5, 8):
        record = WorkRecord(county=county, secondment=secondment, category="lesson_plan", number=number)
        record.when = ApproximateDate.month(2023, 10)
        record.save()
    YearFacts.objects.create(county=county, school_year=school_year, teachers=120, eligible=90)
    meeting = Meeting(county=county, school_year=school_year, kind="座谈会")
    meeting.when = ApproximateDate.month(2023, 9)
    meeting.save()
    AllowancePayment.objects.create(county=county, secondment=secondment, month="2023-09-01", standard=500, amount=500)


@pytest.fixture
def asked(county, recorded):
    return Asked(Period.parse(YEAR), Viewpoint(county))


def test_a_sum_a_distinct_and_a_ratio_know_how_many_records_they_are_made_of(asked):
    assert (value("demanded", asked).value, value("demanded", asked).records) == (7, 2)
    assert (value("receiving_schools", asked).value, value("receiving_schools", asked).records) == (1, 2)
    assert (value("staff", asked).value, value("staff", asked).records) == (120, 2)  # entered; two are in the roll
    ratio = as_figure(value("bachelor_ratio", asked))
    assert [part.key for part in ratio.parts] == ["bachelors", "education_known"]
    assert ratio.records == ratio.parts[0].records


def test_it_costs_no_further_query(asked, django_assert_num_queries):
    for key in ("demanded", "receiving_schools", "seconded", "work_records"):
        counted = value(key, asked)
        with django_assert_num_queries(0):
            assert counted.records
    for _, counted in breakdown("demanded", asked, "subject"):
        with django_assert_num_queries(0):
            assert counted.records == 1


def test_each_figure_opens_as_many_records_as_it_says(asked, client_of, officer):
    client = client_of(officer)
    opened = {key: client.get(reverse("reports:figure", args=[key]), QUERY).context["page"] for key in REGISTRY}
    assert {key: page.paginator.count for key, page in opened.items()} == {
        key: value(key, asked).records for key in REGISTRY
    }


def test_every_figure_of_the_report_stands_in_the_table_and_opens_so_many(asked, client_of, officer):
    document = annual_report(asked)
    appendix = document.blocks[-1]
    (table,) = appendix.blocks
    client = client_of(officer)

    assert (appendix.title, appendix.is_appendix) == (TITLE, True)
    listed = {figure.identity for figure in document.figures() if figure.is_listed}
    assert len(table.rows) == len(listed) > 5
    assert {row[1].identity for row in table.rows} == listed
    for name, number, meaning, records in table.rows:
        assert number.label in name and number.url and meaning
        opened = client.get(number.url).context["page"].paginator.count
        assert records == "／".join(str(part.records) for part in number.parts or (number,))
        assert number.records == opened


def test_a_value_of_a_dimension_is_told_in_words(asked):
    names = {as_figure(counted).name for _, counted in breakdown("seconded", asked, "title")}
    assert names == {"支教教师（职称未登记）"}
    names = {as_figure(counted).name for _, counted in breakdown("seconded", asked, "state")}
    assert names == {"支教教师（在岗）"}


def test_the_schools_report_has_it_and_an_empty_one_has_not(asked, county, receiving_school, principal):
    school = annual_report(Asked(asked.period, Viewpoint(county, receiving_school, user=principal)))
    assert school.sections()[-1].title == TITLE
    assert TITLE in render_text(school) and TITLE in render_html(school)
    empty = annual_report(Asked(Period.parse("2010-2011"), Viewpoint(county)))
    assert empty.sections() == ()


def test_it_is_made_once_and_in_the_order_in_which_the_figures_are_told():
    first, second = (Figure(word, word, f"/{word}/", word, f"{word}的口径。", 2) for word in ("乙", "甲"))
    document = with_sources(Document("总结", (Paragraph(first, second, first),)))

    assert with_sources(document) == document
    (table,) = sources(document).blocks
    assert [(row[0], row[1].text, row[2], row[3]) for row in table.rows] == [
        ("乙", "乙", "乙的口径。", "2"),
        ("甲", "甲", "甲的口径。", "2"),
    ]
    assert sources(Document("总结", (Section("一", (Paragraph("没有。"),)),))).is_empty


# --- the report as files -----------------------------------------------------------------------------------------------------


def test_excel_and_a_page_are_handed_out_under_the_reports_name(asked, client_of, officer):
    client = client_of(officer)
    shown = client.get(reverse("reports:annual_report"), QUERY).content.decode()
    for name, ending in (("annual_report_excel", "xlsx"), ("annual_report_html", "html")):
        address = reverse(f"reports:{name}")
        assert f'href="{address}?period={YEAR}"' in shown
        answer = client.get(address, QUERY)
        assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E9%9D%92%E5%B2%9A%E5%8E%BF")
        assert answer["Content-Disposition"].endswith(f".{ending}")
        assert client.get(address, {"period": "2010-2011"}).status_code == 404
    page = client.get(reverse("reports:annual_report_html"), QUERY).content.decode()
    assert page.startswith("<!DOCTYPE html>") and "<svg" in page
    for outside in ("<link", "<script", "src=", "url(", "@import", "href="):
        assert outside not in page


def test_a_school_gets_its_own_excel_and_no_other(asked, client_of, principal, sending_school, teacher_user):
    address = reverse("reports:annual_report_excel")
    book = openpyxl.load_workbook(io.BytesIO(client_of(principal).get(address, QUERY).content))
    assert "松岭乡中心小学" in book["数据项"]["A1"].value
    assert client_of(principal).get(address, {**QUERY, "school": sending_school.pk}).status_code == 404
    assert client_of(teacher_user).get(address, QUERY).status_code == 403


def test_numbers_of_the_excel_file_are_those_of_the_report(asked, client_of, officer):
    book = openpyxl.load_workbook(
        io.BytesIO(client_of(officer).get(reverse("reports:annual_report_excel"), QUERY).content)
    )
    told = {
        row[10]: row
        for row in book["数据项"].iter_rows(min_row=3, values_only=True)
        if row[1].endswith(REGISTRY[row[10]].label)
    }
    assert told
    for key, row in told.items():
        counted = value(key, asked)
        assert f"{row[2]:g}" == counted.told.removesuffix("%"), key
        assert (row[4], row[9]) == (REGISTRY[key].definition, counted.records)


# --- the same work for a large county ------------------------------------------------------------------------------------------


def queries_of_report(county):
    with CaptureQueriesContext(connection) as captured:
        document = annual_report(Asked(Period.parse(YEAR), Viewpoint(county)))
    return len(captured), document


def test_a_county_of_many_schools_costs_as_many_queries_as_one_of_few(recorded, county, school_year, second, teacher):
    def grow(first, last):
        for number in range(first, last):
            sends, receives = (
                School.objects.create(county=county, name=f"第{number}{kind}小学") for kind in ("派出", "受援")
            )
            other = Teacher.objects.create(county=county, school=sends, name=f"教师{number}", sex="1", subject="语文")
            row = second(other)
            row.placements.update(receiving_school=receives)
            Demand.objects.create(
                county=county, school_year=school_year, school=receives, subject=f"学科{number}", number=1
            )

    grow(0, 3)
    few, small = queries_of_report(county)
    grow(3, 40)
    many, large = queries_of_report(county)

    assert few == many <= 180
    assert len(large.blocks[-1].blocks[0].rows) >= len(small.blocks[-1].blocks[0].rows)
