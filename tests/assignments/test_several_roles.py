"""Several roles at once: a principal who also inspects schools sees as an inspector no more than inspectors see."""

import datetime as dt

import pytest
from django.urls import reverse

from assignments.choices import Role
from assignments.models import AllowancePayment, AllowanceRate, AllowanceSheet, Membership, School
from tests.conftest import person

MONTH = dt.date(2023, 10, 1)


@pytest.fixture
def both(county):
    """A principal elsewhere in the county, who inspects as well."""
    elsewhere = School.objects.create(county=county, name="别处小学")
    user = person("both", "罗督学", Role.PRINCIPAL, school=elsewhere)
    Membership.objects.create(user=user, role=Role.INSPECTOR, district=county)
    return user


@pytest.fixture
def sheet(county, secondment, officer):
    sheet = AllowanceSheet.objects.create(county=county, month=MONTH, prepared_by=officer)
    AllowancePayment.objects.create(
        county=county, secondment=secondment, month=MONTH, sheet=sheet, standard=500, months_due=1, amount=500
    )
    return sheet


def test_the_countys_payments_stay_the_bureaus(both, sheet, county, secondment, client_of):
    AllowanceRate.objects.create(county=county, amount=4321, start=MONTH)
    page = client_of(both)
    name = secondment.teacher.name
    assert name not in page.get(reverse("assignments:allowances")).content.decode()
    assert page.get(reverse("assignments:allowance_sheet", args=[sheet.pk])).status_code == 404
    assert page.get(reverse("assignments:allowance_rates")).status_code == 404
    query = f"?month={MONTH:%Y-%m}"
    assert str(sheet) not in page.get(reverse("reports:paper", args=["allowance"]) + query).content.decode()
    file = page.get(reverse("reports:paper_file", args=["allowance"]) + query)
    assert file.status_code in (404, 409)
