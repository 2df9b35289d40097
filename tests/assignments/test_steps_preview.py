"""The preview of a step on many: the county's own number of days is offered, and more rows are not more questions."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assignments.choices import Role
from assignments.choices import SecondmentState as State
from assignments.models import Teacher, YearSchedule
from tests.conftest import person


@pytest.fixture
def sender(sending_school):
    return person("sender", "郑校长", Role.PRINCIPAL, school=sending_school)


@pytest.fixture
def submitted(second, county, sending_school):
    def make(number):
        names = [Teacher.objects.create(county=county, school=sending_school, name=f"教师{n}") for n in range(number)]
        return [second(one, state=State.SUBMITTED) for one in names]

    return make


def test_the_days_of_a_public_notice_are_those_that_the_bureau_set(submitted, sender, county, school_year, client_of):
    YearSchedule.objects.create(county=county, school_year=school_year, notice_days=5)
    row = submitted(1)[0]
    form = client_of(sender).get(reverse("assignments:secondment_act", args=[row.pk, "recommend"])).context["form"]
    assert form["working_days"].value() == 5


def test_more_rows_are_not_more_questions(submitted, sender, county, school_year, client_of):
    YearSchedule.objects.create(county=county, school_year=school_year, recommendations_until=dt.date(2099, 1, 1))
    rows, page, numbers = submitted(12), client_of(sender), []
    address = reverse("assignments:secondment_many", args=["recommend"])
    for count in (1, 3, 12):
        with CaptureQueriesContext(connection) as asked:
            page.get(address, {"pick": [row.pk for row in rows[:count]]})
        numbers.append(len(asked))
    assert numbers[1] == numbers[2], numbers
