"""The records behind a figure: the number is no secret, whose it is is read by those who may read such records."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from assignments.choices import Role, SheetState
from assignments.models import AllowancePayment, AllowanceSheet
from tests.conftest import person


@pytest.fixture
def sheet(county, secondment, officer):
    month = dt.date(2023, 10, 1)
    sheet = AllowanceSheet.objects.create(county=county, month=month, prepared_by=officer)
    AllowancePayment.objects.create(
        county=county,
        secondment=secondment,
        month=month,
        sheet=sheet,
        standard=4321,
        months_due=1,
        amount=Decimal(4321),
    )
    return sheet


def is_named(client, secondment):
    answer = client.get(reverse("reports:figure", args=["allowance"]), {"period": "2023-2024"})
    assert answer.status_code == 200
    return secondment.teacher.name in answer.content.decode()


def test_a_payment_is_not_read_through_its_figure(sheet, secondment, county, officer, principal, client_of):
    leader = person("leader", "罗局长", Role.BUREAU_ADMIN, district=county)
    for reader in (officer, principal, leader):
        assert not is_named(client_of(reader), secondment)  # what is still drawn up has paid nobody
    AllowanceSheet.objects.filter(pk=sheet.pk).update(state=SheetState.LOCKED)
    assert is_named(client_of(officer), secondment)
    assert is_named(client_of(principal), secondment)
    assert not is_named(client_of(leader), secondment)
