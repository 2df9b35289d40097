"""A file is given to those who may see the record it hangs on; for all others it does not exist."""

import re

import pytest
from django.urls import reverse

from assignments.choices import Role
from assignments.models import School
from tests.attachments.conftest import PDF, picture, upload
from tests.conftest import person
from zhijiao.attachments.models import Attachment
from zhijiao.attachments.storing import folder, store


@pytest.fixture
def photo(activity, officer):
    return store(upload("合影.jpg", picture()), activity, by=officer)


@pytest.fixture
def paper(activity, officer):
    return store(upload("方案 “一”.pdf", PDF), activity, by=officer)


def people(county, sending_school, receiving_school):
    """Everybody who can sign in, and what they are answered: shown, refused as a role, or nothing there."""
    elsewhere = School.objects.create(county=county, name="城关中学")
    places = {
        "专干": (Role.OFFICER, {"district": county}, 200),
        "局领导": (Role.LEADER, {"district": county}, 200),
        "督导员": (Role.INSPECTOR, {"district": county}, 404),  # in no team that inspects one of the two schools
        "审计": (Role.AUDITOR, {"district": county}, 200),
        "财务": (Role.FINANCE, {"district": county}, 403),
        "管理员": (Role.BUREAU_ADMIN, {"district": county}, 403),
        "派出校长": (Role.PRINCIPAL, {"school": sending_school}, 200),
        "受援校长": (Role.PRINCIPAL, {"school": receiving_school}, 200),
        "受援经办": (Role.SCHOOL_OFFICER, {"school": receiving_school}, 200),
        "别校校长": (Role.PRINCIPAL, {"school": elsewhere}, 404),
    }
    for number, (name, (role, place, answer)) in enumerate(places.items()):
        yield person(f"p{number}", name, role, **place), answer


def test_who_gets_a_file(client_of, photo, county, sending_school, receiving_school, outsider, teacher_user):
    everybody = [*people(county, sending_school, receiving_school), (outsider, 404), (teacher_user, 404)]
    answers = {}
    for user, expected in everybody:
        for name in ("file", "preview"):
            response = client_of(user).get(reverse(f"attachments:{name}", args=[photo.pk]))
            answers[f"{user} {name}"] = (response.status_code, expected)
    assert {who: got for who, got in answers.items() if got[0] != got[1]} == {}
    assert len(answers) == 24


def test_nobody_gets_one_without_signing_in(client, photo):
    for name in ("file", "preview"):
        response = client.get(reverse(f"attachments:{name}", args=[photo.pk]))
        assert response.status_code == 302
        assert "/login/" in response.url


def test_a_foreign_file_and_one_that_never_was_are_the_same(client_of, photo, outsider):
    client = client_of(outsider)
    foreign = client.get(reverse("attachments:file", args=[photo.pk]))
    missing = client.get(reverse("attachments:file", args=[photo.pk + 999]))
    assert foreign.status_code == missing.status_code == 404
    varying = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"|/attachments/\d+/')
    assert varying.sub(b"", foreign.content) == varying.sub(b"", missing.content)


def test_a_removed_file_is_gone_for_everybody(client_of, photo, officer):
    client = client_of(officer)
    client.post(reverse("attachments:remove", args=[photo.pk]))
    assert client.get(reverse("attachments:file", args=[photo.pk])).status_code == 404


def test_a_picture_is_shown_and_can_do_nothing(client_of, photo, officer):
    response = client_of(officer).get(reverse("attachments:file", args=[photo.pk]))
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Disposition"].startswith("inline")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert b"".join(response).startswith(b"\xff\xd8\xff")


def test_anything_else_is_saved_and_never_opened_here(client_of, paper, officer):
    response = client_of(officer).get(reverse("attachments:file", args=[paper.pk]))
    assert response["Content-Disposition"].startswith("attachment; filename")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["Content-Type"] == "application/pdf"
    assert client_of(officer).get(reverse("attachments:preview", args=[paper.pk])).status_code == 404


@pytest.mark.parametrize(
    "way",
    ["../settings.py", "..%2f..%2fdb.sqlite3", "%2e%2e/1", "1%00", "１", "0x1", "-1", "1/../2", "9" * 40, "media/aa"],
)
def test_there_is_no_way_to_a_file_but_its_number(client_of, photo, officer, way):
    response = client_of(officer).get(f"/attachments/{way}/")
    assert response.status_code == 404


def test_the_files_lie_outside_of_what_is_served(settings, photo):
    assert not folder().is_relative_to(settings.STATIC_ROOT)
    assert photo.name not in " ".join(path.name for path in folder().rglob("*"))


def test_adding_and_removing_is_for_the_school_that_did_it_and_the_bureau(
    client_of, activity, photo, county, sending_school, receiving_school, principal
):
    add = reverse("attachments:add", args=["assignments.activity", activity.pk])
    receiver, sender = client_of(principal), client_of(person("s", "派出校长", Role.PRINCIPAL, school=sending_school))
    assert receiver.post(add, {"photos": [upload("1.jpg", picture(colour="red"))]}).status_code == 403
    assert receiver.post(reverse("attachments:remove", args=[photo.pk])).status_code == 403
    answer = sender.post(
        add, {"photos": [upload("1.jpg", picture(colour="red")), upload("2.jpg", picture(colour="blue"))]}
    )
    assert answer.url == reverse("assignments:activity_detail", args=[activity.pk])
    assert Attachment.objects.present().count() == 3
    assert sender.post(reverse("attachments:remove", args=[photo.pk])).status_code == 302
    assert Attachment.objects.present().count() == 2


def test_adding_to_what_has_no_files_or_is_foreign_finds_nothing(client_of, activity, officer, outsider, teacher):
    for user, kind, pk in (
        (officer, "assignments.teacher", teacher.pk),
        (officer, "accounts.user", officer.pk),
        (officer, "nonsense", 1),
        (officer, "assignments.activity", 99999),
        (outsider, "assignments.activity", activity.pk),
    ):
        assert client_of(user).get(reverse("attachments:add", args=[kind, pk])).status_code == 404


def test_one_bad_file_among_good_ones_keeps_none_and_says_which(client_of, activity, officer):
    add = reverse("attachments:add", args=["assignments.activity", activity.pk])
    sent = [upload("好.jpg", picture()), upload("坏.jpg", b"<html>"), upload("空.pdf", b"")]
    page = client_of(officer).post(add, {"photos": sent}).content.decode()
    assert "“坏.jpg”没有保存" in page
    assert "“空.pdf”没有保存" in page
    assert not Attachment.objects.exists()


def test_more_files_at_once_than_one_may_are_refused(client_of, activity, officer):
    add = reverse("attachments:add", args=["assignments.activity", activity.pk])
    page = client_of(officer).post(add, {"photos": [upload(f"{n}.jpg", picture(size=(n + 9, 9))) for n in range(10)]})
    assert "一次选了 10 个文件，最多 9 个" in page.content.decode()


def test_the_page_of_a_record_shows_its_files_to_those_who_may_open_them(
    client_of, activity, photo, paper, officer, county
):
    page = reverse("assignments:activity_detail", args=[activity.pk])
    shown = client_of(officer).get(page).content.decode()
    assert reverse("attachments:preview", args=[photo.pk]) in shown
    assert "方案 “一”.pdf" in shown
    admin = client_of(person("a", "管理员", Role.BUREAU_ADMIN, district=county)).get(page).content.decode()
    assert reverse("attachments:preview", args=[photo.pk]) not in admin
    assert reverse("attachments:file", args=[paper.pk]) not in admin
