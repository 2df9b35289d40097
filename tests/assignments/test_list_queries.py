"""A list page asks the database the same questions for one row, for three and for three hundred."""

import datetime as dt
from itertools import count, islice

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignments.models import Activity, Placement, School, Secondment, Teacher
from evaluations.models import Inspection
from zhijiao.dates import Precision

# session, person, roles, districts, what is unread; years, programmes, counts, keys, rows; what the frame says of the person
MOST = 12


@pytest.fixture
def fill(county, sending_school, receiving_school, school_year, programme):
    """Makes that many more rows of what a list shows, with everything that a row looks up."""
    numbers = count(1)

    def schools(number):
        School.objects.bulk_create(
            School(county=county, name=f"第{n}小学", centre_school=receiving_school) for n in islice(numbers, number)
        )

    def teachers(number):
        return Teacher.objects.bulk_create(
            Teacher(county=county, name=f"教师{n}", school=sending_school, initials="js")
            for n in islice(numbers, number)
        )

    def secondments(number):
        dates = {"start": dt.date(2023, 9, 1), "end": dt.date(2024, 7, 10), "precision": Precision.RANGE}
        made = Secondment.objects.bulk_create(
            Secondment(
                county=county, teacher=teacher, school_year=school_year, programme=programme, sending_school=sending_school,
                state="on_post", **dates,
            )
            for teacher in teachers(number)
        )  # fmt: skip
        Placement.objects.bulk_create(
            Placement(county=county, secondment=secondment, receiving_school=receiving_school) for secondment in made
        )

    def activities(number):
        Activity.objects.bulk_create(
            Activity(
                county=county, kind="送课下乡", title=f"第{n}次", school=sending_school, receiving_school=receiving_school,
                school_year=school_year,
            )
            for n in islice(numbers, number)
        )  # fmt: skip

    def inspections(number):
        first = dt.date(2023, 9, 1)
        Inspection.objects.bulk_create(
            Inspection(
                county=county, school=receiving_school, school_year=school_year, precision=Precision.DAY,
                start=first + dt.timedelta(days=n), end=first + dt.timedelta(days=n),
            )
            for n in islice(numbers, number)
        )  # fmt: skip

    return {
        "schools": schools, "teachers": teachers, "secondments": secondments, "activities": activities,
        "inspections": inspections,
    }  # fmt: skip


@pytest.mark.parametrize("page", ["schools", "teachers", "secondments", "activities", "inspections"])
@pytest.mark.parametrize("who", ["officer", "principal"])
def test_the_number_of_queries_does_not_grow_with_the_rows(page, who, fill, client_of, request):
    browser = client_of(request.getfixturevalue(who))
    asked = []
    for number in (1, 2, 297):
        fill[page](number)
        with CaptureQueriesContext(connection) as captured:
            response = browser.get(f"/{page}/")
        assert response.status_code == 200
        asked.append(len(captured))
    assert asked == [asked[0]] * 3
    assert asked[0] <= MOST
