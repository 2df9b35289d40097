"""The page of an inspection: its four parts, for the bureau and the school that was inspected."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assignments.choices import Role
from assignments.models import School
from evaluations.models import Finding
from tests.conftest import person
from tests.full_records import fill_inspection


@pytest.fixture
def inspection(county, receiving_school):
    return fill_inspection(county, receiving_school, dt.date(2023, 11, 12))


def page_of(inspection):
    return reverse("evaluations:inspection_detail", args=[inspection.pk])


def test_the_four_parts_are_told_one_after_the_other(client_of, officer, inspection):
    page = client_of(officer).get(page_of(inspection)).content.decode()
    order = ["汇报座谈</h2>", "资料检查</h2>", "问卷走访</h2>", "反馈</h2>"]
    assert sorted(order, key=page.index) == order
    for told in (
        "松岭乡中心小学", "何志平", "卢晓红", "清单7", "备课认真0", "12 份", "1 份", "齐全", "97.8%", "96%", "90%", "孩子爱上语文课",
        "青教督〔2023〕5号", "与当地教师一起备课", "听课记录缺课后反思0", "待整改", "优点 1 条，问题 1 条",
    ):  # fmt: skip
        assert told in page, told


@pytest.mark.parametrize(
    ("fields", "told"), [({"is_closed": True}, "已销号"), ({"done": "补写了反思"}, "已整改"), ({}, "待整改")]
)
def test_a_problem_says_whether_it_was_put_right(client_of, officer, inspection, fields, told):
    Finding.objects.filter(kind="problem").update(**fields)
    assert told in client_of(officer).get(page_of(inspection)).content.decode()


def test_the_inspected_school_reads_it(client_of, principal, inspection):
    assert client_of(principal).get(page_of(inspection)).status_code == 200


def test_another_school_and_another_county_find_nothing(client_of, county, outsider, inspection):
    elsewhere = School.objects.create(county=county, name="城关中学")
    stranger = person("elsewhere", "郑校长", Role.PRINCIPAL, school=elsewhere)
    for user in (stranger, outsider):
        assert client_of(user).get(page_of(inspection)).status_code == 404


def test_more_points_are_not_more_queries(client_of, officer, county, inspection):
    other = School.objects.create(county=county, name="石桥乡小学")
    counts = []
    for row in (inspection, fill_inspection(county, other, dt.date(2023, 11, 13), number=2)):
        client = client_of(officer)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page_of(row)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 22
