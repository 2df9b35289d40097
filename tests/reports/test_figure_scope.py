"""A figure counts and opens only what its reader may know of, though the secondment itself is theirs to see."""

import datetime as dt
from decimal import Decimal

import pytest

from assignments.choices import Role
from assignments.models import AllowancePayment, Leave, YearFacts
from assignments.periods import Period
from reports.figures import Asked, Viewpoint, value
from tests.conftest import person

YEAR = Period.parse("2023-2024")


@pytest.fixture
def paid(secondment, county):
    of = {"county": county, "secondment": secondment}
    AllowancePayment.objects.create(**of, month=dt.date(2023, 9, 1), standard=500, amount=500)
    Leave.objects.create(
        **of, kind="sick", start=dt.date(2023, 10, 9), end=dt.date(2023, 10, 10), days=2, reason="住院手术"
    )
    return secondment


def allowance_seen_by(user, county, school):
    return value("allowance", Asked(YEAR, Viewpoint(county, school, user=user))).value


def test_the_sending_school_sees_the_secondment_and_not_what_is_paid_for_it(
    paid, county, sending_school, receiving_school, principal
):
    sender = person("sender", "李校长", Role.PRINCIPAL, school=sending_school)
    asked = Asked(YEAR, Viewpoint(county, sending_school, user=sender))

    assert value("seconded", asked).value == 1
    assert allowance_seen_by(sender, county, sending_school) == 0
    assert allowance_seen_by(principal, county, receiving_school) == Decimal(500)


def test_the_records_of_a_leave_do_not_tell_what_it_was_for(paid, client_of, officer):
    html = client_of(officer).get("/reports/figures/leaves/?period=2023-2024").content.decode()

    assert "沈若兰" in html
    assert "病假" not in html and "住院手术" not in html


def test_a_calendar_year_takes_a_schools_numbers_once(county, sending_school, school_year):
    later = type(school_year).objects.named("2024-2025")
    for year, eligible in ((school_year, 40), (later, 42)):
        YearFacts.objects.create(county=county, school_year=year, school=sending_school, eligible=eligible)

    assert value("eligible", Asked(Period.parse("2024"), Viewpoint(county))).value == 42
    assert value("eligible", Asked(YEAR, Viewpoint(county))).value == 40
