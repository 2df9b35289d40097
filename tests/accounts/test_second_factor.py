"""The second factor: set up with a code, asked for after the password, each code once; the bureau may require it."""

import re

import pytest
from django.test import Client
from django_otp.oath import totp

from assignments.choices import Role
from tests.conftest import person
from zhijiao.accounts import second_factor, signing_in
from zhijiao.accounts.models import AuditEntry, RecoveryCode, RolePolicy, SecondFactor

PASSWORD = "一只安静的橘猫"


def code_of(user, steps=0):
    key = bytes.fromhex(SecondFactor.objects.get(user=user).key)
    return f"{totp(key, drift=steps):06d}"


def enrol(client, user):
    client.post("/account/second-factor/start/")
    html = client.post("/account/second-factor/confirm/", {"code": code_of(user)}).content.decode()
    return re.findall(r"<li>([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})</li>", html)


def password_given(user):
    client = Client()
    response = client.post("/login/?next=/schools/", {"username": user.username, "password": PASSWORD})
    return client, response


@pytest.fixture
def enrolled(client_of, officer):
    return enrol(client_of(officer), officer)


def test_it_is_set_up_with_a_qr_code_without_styles_and_counts_after_the_first_code(client_of, officer):
    client = client_of(officer)
    client.post("/account/second-factor/start/")
    html = client.get("/account/second-factor/").content.decode()
    assert "<svg" in html and "style=" not in html.split("qr-box")[1].split("</svg>")[0]
    assert not second_factor.is_on(officer)
    assert "验证码不对" in client.post("/account/second-factor/confirm/", {"code": "000000"}).content.decode()
    client.post("/account/second-factor/confirm/", {"code": code_of(officer)})
    assert second_factor.is_on(officer)
    assert AuditEntry.objects.filter(verb="启用动态验证码", by=officer).exists()


def test_the_password_alone_opens_nothing_and_the_code_leads_to_the_wanted_page(enrolled, officer):
    client, response = password_given(officer)
    assert response.url == "/login/code/"
    assert client.get("/schools/").status_code == 302
    assert "验证码不对" in client.post("/login/code/", {"code": "123"}).content.decode()
    assert client.post("/login/code/", {"code": code_of(officer, 1)}).url == "/schools/"
    assert client.get("/schools/").status_code == 200


def test_a_code_opens_once(enrolled, officer):
    code = code_of(officer, 1)
    for expected in (302, 200):
        client, _ = password_given(officer)
        assert client.post("/login/code/", {"code": code}).status_code == expected


def test_eight_recovery_codes_open_once_each_and_are_kept_as_hashes(enrolled, officer):
    assert len(enrolled) == 8
    assert not RecoveryCode.objects.filter(digest__in=enrolled).exists()
    for expected in (302, 200):
        client, _ = password_given(officer)
        assert client.post("/login/code/", {"code": enrolled[0].lower().replace("-", " ")}).status_code == expected


def test_codes_cannot_be_guessed(enrolled, officer):
    client, _ = password_given(officer)
    answers = [client.post("/login/code/", {"code": "000000"}).status_code for _ in range(7)]
    assert answers == [200] * 5 + [429] * 2
    assert client.post("/login/code/", {"code": code_of(officer, 1)}).status_code == 429


def test_who_gave_the_password_long_ago_gives_it_again(enrolled, officer, monkeypatch):
    client, _ = password_given(officer)
    later = signing_in.time.time() + signing_in.CODE_SECONDS + 1
    monkeypatch.setattr(signing_in.time, "time", lambda: later)
    assert client.get("/login/code/").url == "/login/"


def test_the_key_is_not_readable_in_the_database(enrolled, officer):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select key from accounts_secondfactor")
        assert SecondFactor.objects.get().key not in cursor.fetchone()[0]


def test_it_is_switched_off_with_the_password_only(enrolled, client_of, officer):
    client = client_of(officer)
    assert "密码不对" in client.post("/account/second-factor/off/", {"password": "x"}).content.decode()
    client.post("/account/second-factor/off/", {"password": PASSWORD})
    assert not second_factor.is_on(officer) and not RecoveryCode.objects.exists()


def test_who_must_and_has_not_sets_it_up_before_anything_else(county, officer, client_of):
    RolePolicy.objects.create(county_id=county.pk, role=Role.OFFICER, needs_second_factor=True)
    client = client_of(officer)
    for address in ("/", "/schools/", "/account/", "/account/password/"):
        assert client.get(address).url == "/account/second-factor/"
    assert client.post("/account/year/", {"year": "2023-2024"}).status_code == 302
    assert "school_year" not in client.session
    enrol(client, officer)
    assert client.get("/schools/").status_code == 200
    assert client.get("/account/second-factor/off/").url == "/account/"
    assert second_factor.is_on(officer)


def test_a_policy_is_of_one_county(county, other_county, officer, outsider):
    RolePolicy.objects.create(county_id=other_county.pk, role=Role.OFFICER, needs_second_factor=True)
    assert not second_factor.must_enrol(officer) and second_factor.must_enrol(outsider)


def test_the_administrator_sets_the_policy_and_the_trail_tells(county, client_of):
    admin = person("admin", "程管理", Role.BUREAU_ADMIN, district=county)
    client = client_of(admin)
    assert client.get("/members/policy/").status_code == 200
    client.post("/members/policy/", {"roles": ["officer", "bureau_admin"]})
    assert set(RolePolicy.objects.filter(needs_second_factor=True).values_list("role", flat=True)) == {
        "officer",
        "bureau_admin",
    }
    assert AuditEntry.objects.get(verb="设定登录要求").after == {"必须用动态验证码": "局管理员、支教专干"}
