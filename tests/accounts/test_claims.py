"""Slips: made for many at once or not at all, claimed once, guessed by nobody."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

from assignments.choices import Role
from assignments.models import Membership, School, Teacher
from tests.conftest import person
from zhijiao.accounts import claims
from zhijiao.accounts.models import AuditEntry, ClaimCode, User

GOOD = "tiedao-yu-2031"


@pytest.fixture
def admin(county):
    return person("admin", "程管理", Role.BUREAU_ADMIN, district=county)


@pytest.fixture
def code(admin, principal):
    return claims.make([principal], by=admin)[0][1]


def claim(code, client=None, password=GOOD):
    client = client or Client()
    response = client.post("/claim/", {"code": code})
    if response.status_code != 302:
        return client, response
    return client, client.post(response.url, {"new_password1": password, "new_password2": password})


def told(response):
    return re.sub(r'value="[^"]*"', "", response.content.decode())


def test_the_holder_sets_a_password_and_is_signed_in(code, principal):
    client, response = claim(code)
    assert response.url == "/"
    assert client.get("/schools/").status_code == 200
    assert User.objects.get(pk=principal.pk).check_password(GOOD)
    assert AuditEntry.objects.filter(verb="领取账号", by=principal).exists()


def test_wrong_used_old_and_void_codes_get_the_same_sentence(code, admin, principal, officer):
    claim(code)
    old = claims.make([officer], by=admin)[0][1]
    ClaimCode.objects.filter(user=officer).update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    void = claims.make([admin], by=officer)[0][1]
    claims.make([admin], by=officer)
    answers = [claim(one)[1] for one in ("K7QM-3XWA-P2RT", code, old, void)]
    assert len({told(one) for one in answers}) == 1 and claims.REFUSED in told(answers[0])


def test_a_code_that_is_used_between_the_two_pages_opens_nothing(code):
    first, second = Client(), Client()
    for client in (first, second):
        assert client.post("/claim/", {"code": code}).status_code == 302
    form = {"new_password1": GOOD, "new_password2": GOOD}
    assert first.post("/claim/password/", form).status_code == 302
    assert claims.REFUSED in second.post("/claim/password/", form).content.decode()
    with pytest.raises(claims.NotUsableError):
        claims.claim(claims.digest("claim", code), "x")


def test_the_eleventh_guess_of_a_minute_waits(client, db):
    answers = [client.post("/claim/", {"code": f"K7QM-3XWA-P2{n:02}"}).status_code for n in range(12)]
    assert answers == [200] * 10 + [429] * 2
    assert Client(REMOTE_ADDR="10.1.1.1").post("/claim/", {"code": "x"}).status_code == 200


def test_a_weak_password_is_refused_and_the_code_stays_good(code):
    client, response = claim(code, password="12345678")
    assert response.status_code == 200
    assert client.post("/claim/password/", {"new_password1": GOOD, "new_password2": GOOD}).status_code == 302


def test_the_password_page_without_a_code_shows_no_name(client, principal):
    html = client.get("/claim/password/").content.decode()
    assert claims.REFUSED in html and principal.name not in html


def test_schools_get_accounts_after_a_preview(client_of, admin, sending_school):
    School.objects.filter(pk=sending_school.pk).update(principal="冯春山")
    browser = client_of(admin)
    assert "冯春山" in browser.get("/members/slips/schools/").content.decode()
    preview = browser.post("/members/slips/schools/", {"pick": [sending_school.pk]}).content.decode()
    assert "开新账号" in preview and not User.objects.filter(name="冯春山").exists()
    form = {"pick": [sending_school.pk], "step": "make", "once": "b" * 32}
    html = browser.post("/members/slips/schools/", form).content.decode()
    made = Membership.objects.get(school=sending_school)
    assert (made.role, made.user.name) == (Role.PRINCIPAL, "冯春山")
    assert made.user.username in html and html.count("<svg") >= 1 and "style=" not in html
    code = html.split('slip-code">')[1].split("<")[0]
    browser.post("/members/slips/schools/", form)
    assert ClaimCode.objects.count() == 1
    again = browser.post("/members/slips/schools/", {**form, "once": "c" * 32}).content.decode()
    assert ClaimCode.objects.filter(revoked_at=None).count() == 1
    assert claims.REFUSED in claim(code)[1].content.decode()
    assert claim(again.split('slip-code">')[1].split("<")[0])[1].url == "/"


def test_one_that_cannot_be_made_stops_all(client_of, admin, sending_school, receiving_school, principal):
    browser = client_of(admin)
    form = {"pick": [sending_school.pk, receiving_school.pk]}
    preview = browser.post("/members/slips/schools/", form).content.decode()
    assert "已经领取" in preview and "去掉不能做的 1 个" in preview
    assert browser.post("/members/slips/schools/", {**form, "step": "make"}).status_code == 409
    assert not ClaimCode.objects.exists() and not Membership.objects.filter(school=sending_school).exists()


def test_teachers_of_the_same_reading_get_different_names_and_are_tied_to_their_records(
    client_of, admin, county, school
):
    rows = [Teacher.objects.create(county=county, school=school, name=name) for name in ("李想", "李响")]
    form = {"pick": [row.pk for row in rows], "step": "make"}
    client_of(admin).post("/members/slips/teachers/", form)
    assert sorted(User.objects.filter(teacher__in=rows).values_list("username", flat=True)) == ["lixiang", "lixiang2"]


def test_another_countys_school_is_out_of_reach(client_of, admin, other_county):
    foreign = School.objects.create(county=other_county, name="白塔县第一小学")
    browser = client_of(admin)
    assert foreign.name not in browser.get("/members/slips/schools/").content.decode()
    assert browser.post("/members/slips/schools/", {"pick": [foreign.pk], "step": "make"}).status_code == 302
    assert not ClaimCode.objects.exists()


def test_nobody_but_the_administrator_makes_slips(client_of, officer, principal, db):
    for user in (officer, principal):
        assert client_of(user).get("/members/slips/schools/").status_code == 403
