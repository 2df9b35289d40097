"""Numbers that no form of ours sends are answered like any other row that does not exist, never by a fault."""

import pytest
from django.urls import reverse

ODD = ["x", "9" * 30, "-1", "１", "0"]


@pytest.mark.parametrize("odd", ODD)
def test_a_month_of_no_school_is_not_reopened(odd, secondment, officer, client_of):
    address = reverse("assignments:attendance_reopen", args=[2023, "10"])
    assert client_of(officer).post(f"{address}?school={odd}", {"reason": "补登"}).status_code == 404


@pytest.mark.parametrize("odd", ODD)
def test_nobody_is_ticked_or_certified_by_a_number_that_is_none(odd, secondment, officer, client_of):
    page = client_of(officer)
    assert page.post(reverse("reports:national_tick"), {"pick": odd}).status_code in (302, 409)
    assert page.post(reverse("reports:certificate_new"), {"pick": odd}).status_code in (200, 404, 409)
    assert page.get(reverse("reports:certificate_new"), {"teacher": odd}).status_code == 200


@pytest.mark.parametrize("odd", ODD)
def test_pages_that_are_asked_for_a_school_answer(odd, secondment, officer, principal, client_of):
    for user in (officer, principal):
        page = client_of(user)
        for name, args in (("attendance_month", [2023, "10"]), ("timetable", [])):
            assert page.get(reverse(f"assignments:{name}", args=args), {"school": odd}).status_code in (200, 302, 404)
        assert page.get(reverse("assignments:application_new"), {"teacher": odd}).status_code in (200, 403, 404)
