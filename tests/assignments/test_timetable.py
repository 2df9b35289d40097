"""The timetable of a school: all its teachers on one page, saved at once."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignments.choices import Role
from assignments.models import Placement, School, Teacher
from tests.conftest import person
from zhijiao.accounts.models import AuditEntry


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: dt.date(2026, 11, 5))


@pytest.fixture
def on_post(second, teacher):
    return second(teacher, "2026-09-01", "2027-07-10")


def sent(client, **changes):
    """The form as the page shows it, with some fields typed over."""
    forms = client.get("/timetable/").context["forms"]
    data = {f"form-{name}": value for name, value in (("TOTAL_FORMS", len(forms)), ("INITIAL_FORMS", len(forms)))}
    for form in forms:
        data[form.add_prefix("id")] = form.instance.pk
        for name in form.fields:
            value = form[name].value()
            data.setdefault(form.add_prefix(name), "" if value is None else value)
    return data | {f"form-0-{name}": value for name, value in changes.items()}


def test_everything_is_saved_at_once(on_post, principal, client_of):
    client = client_of(principal)
    typed = sent(
        client, subject="语文", other_subjects="书法、劳动", grade="三年级", class_count="2", pupils="61", weekly_periods="14",
        is_class_head="1", lodging="教师周转房 203",
    )  # fmt: skip
    assert client.post("/timetable/", typed).status_code == 302
    row = Placement.objects.get()
    assert (row.subject, row.other_subjects, row.pupils, row.weekly_periods) == ("语文", ["书法", "劳动"], 61, 14)
    assert (row.is_class_head, row.lodging, row.class_count) == (True, "教师周转房 203", 2)
    entry = AuditEntry.objects.get(verb="登记任课")
    assert entry.after["周课时"] == "14" and entry.before["周课时"] == ""
    assert client.post("/timetable/", sent(client)).status_code == 302  # nothing changed, nothing written
    assert AuditEntry.objects.filter(verb="登记任课").count() == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("weekly_periods", "90", "60"), ("pupils", "很多", "整数"), ("subject", "炼金", "炼金")],
)
def test_a_wrong_value_is_told_and_nothing_is_saved(on_post, principal, client_of, field, value, words):
    client = client_of(principal)
    answer = client.post("/timetable/", sent(client, **{field: value, "lodging": "新房"}))
    assert answer.status_code == 422 and words in answer.content.decode()
    assert Placement.objects.get().lodging == ""


def test_two_people_at_once_see_both(on_post, principal, client_of):
    client = client_of(principal)
    stale = sent(client, weekly_periods="12")
    client.post("/timetable/", sent(client, weekly_periods="16"))
    answer = client.post("/timetable/", stale)
    assert answer.status_code == 409
    assert "沈若兰的周课时：您填的是“12”，现在存着的是“16”" in answer.content.decode()
    assert Placement.objects.get().weekly_periods == 16
    again = stale | {"form-0-seen": answer.context["forms"][0]["seen"].value()}
    assert client.post("/timetable/", again).status_code == 302
    assert Placement.objects.get().weekly_periods == 12


def test_a_school_reaches_its_own_placements_only(
    on_post, second, principal, officer, outsider, county, sending_school, client_of
):
    there = School.objects.create(county=county, name="柳坪小学")
    canary = second(
        Teacher.objects.create(county=county, school=sending_school, name="金丝雀"), "2026-09-01", "2027-07-10"
    )
    canary.placements.update(receiving_school=there)
    client = client_of(principal)
    assert "金丝雀" not in client.get("/timetable/").content.decode()
    assert client.get(f"/timetable/?school={there.pk}").status_code == 404
    typed = sent(client, lodging="别人的") | {"form-0-id": canary.placements.get().pk}
    assert client.post("/timetable/", typed).status_code == 404
    assert Placement.objects.get(secondment=canary).lodging == ""
    assert "柳坪小学" in client_of(officer).get("/timetable/").content.decode()
    assert "金丝雀" in client_of(officer).get(f"/timetable/?school={there.pk}").content.decode()
    assert "柳坪小学" not in client_of(outsider).get("/timetable/").content.decode()
    assert client_of(outsider).get(f"/timetable/?school={there.pk}").status_code == 404
    sender = person("sender", "方校长", Role.PRINCIPAL, school=sending_school)
    assert "松岭乡" not in client_of(sender).get("/timetable/").content.decode()


def test_the_same_questions_for_one_three_and_thirty(second, county, sending_school, principal, client_of):
    asked, client = [], client_of(principal)
    for more in (1, 2, 27):
        for number in range(more):
            name = f"教师{len(asked)}-{number}"
            second(Teacher.objects.create(county=county, school=sending_school, name=name), "2026-09-01", "2027-07-10")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/timetable/").status_code == 200
        asked.append(len(queries))
    print("queries", asked)
    assert len(set(asked)) == 1 and asked[0] <= 14, asked
