"""Sessions end in time and at once where they must; whoever signs in again is back where the form stood."""

import time

import pytest
from django.test import Client

from zhijiao.accounts import middleware
from zhijiao.accounts.models import AuditEntry, OwnSession


@pytest.fixture
def clock(monkeypatch):
    """The time as the middleware sees it, moved by hand."""
    moved = {"by": 0}
    start = time.time()

    class Clock:
        time = staticmethod(lambda: start + moved["by"])

    monkeypatch.setattr(middleware, "time", Clock)
    return lambda seconds: moved.__setitem__("by", seconds)


def is_in(client):
    return client.get("/account/").status_code == 200


@pytest.mark.parametrize(("seconds", "stays"), [(30 * 60 - 1, True), (30 * 60 + 2, False)])
def test_half_an_hour_of_idleness_ends_a_session(client_of, officer, clock, seconds, stays):
    client = client_of(officer)
    clock(seconds)
    assert is_in(client) is stays


@pytest.mark.parametrize(("seconds", "stays"), [(12 * 3600 - 1, True), (12 * 3600 + 2, False)])
def test_a_working_day_ends_a_session_however_much_it_was_used(client_of, officer, clock, settings, seconds, stays):
    client = client_of(officer)
    for moment in range(0, seconds, 1500):
        clock(moment)
        assert is_in(client)
    clock(seconds)
    assert is_in(client) is stays


def test_a_form_sent_after_the_session_leads_back_to_its_page_and_leaves_the_browsers_store_alone(
    client_of, officer, clock
):
    client = client_of(officer)
    clock(31 * 60)
    response = client.post("/account/sessions/end/", HTTP_REFERER="http://testserver/schools/?q=x")
    assert response.url == "/login/?next=/schools/%3Fq%3Dx"
    assert "Clear-Site-Data" not in response
    assert "太久没有操作" in client.get(response.url).content.decode()
    assert not OwnSession.objects.exists()


@pytest.mark.parametrize("referer", ["", "https://evil.example/x", "http://testserver.evil.example/"])
def test_a_form_from_elsewhere_leads_home(client, db, referer):
    extra = {"HTTP_REFERER": referer} if referer else {}
    assert client.post("/account/sessions/end/", **extra).url == "/login/?next=/"


def test_one_sees_ones_own_devices_and_ends_one_or_all_others(client_of, officer, principal):
    here, there, third = client_of(officer), client_of(officer), client_of(officer)
    foreign = client_of(principal)
    theirs = OwnSession.objects.get(user=principal)
    assert here.post(f"/account/sessions/{theirs.pk}/end/").status_code == 404
    one = OwnSession.objects.get(session_key=there.session.session_key)
    here.post(f"/account/sessions/{one.pk}/end/")
    assert [is_in(here), is_in(there), is_in(third)] == [True, False, True]
    here.post("/account/sessions/end/")
    assert [is_in(here), is_in(third), is_in(foreign)] == [True, False, True]
    assert AuditEntry.objects.filter(verb__startswith="退出", by=officer).count() == 2


def test_ones_own_device_is_not_ended_by_mistake(client_of, officer):
    here = client_of(officer)
    here.post(f"/account/sessions/{OwnSession.objects.get().pk}/end/")
    assert is_in(here)


def test_a_new_password_ends_the_other_sessions(client_of, officer):
    here, there = client_of(officer), client_of(officer)
    form = {"old_password": "一只安静的橘猫", "new_password1": "tiedao-yu-2031", "new_password2": "tiedao-yu-2031"}
    assert here.post("/account/password/", form).status_code == 302
    assert [is_in(here), is_in(there)] == [True, False]
    assert [one.session_key for one in OwnSession.objects.all()] == [here.session.session_key]


def test_who_is_disabled_or_loses_every_role_is_out_on_the_next_request(client_of, officer, principal):
    disabled, without = client_of(officer), client_of(principal)
    officer.is_active = False
    officer.save()
    principal.memberships.all().delete()
    assert disabled.get("/schools/").status_code == 302
    assert without.get("/schools/").status_code == 403
    assert without.post("/logout/").status_code == 302


def test_signing_in_changes_the_key_of_the_session(officer):
    client = Client()
    client.get("/login/")
    client.post("/claim/", {"code": "x"})
    before = client.session.session_key
    client.post("/login/", {"username": "officer", "password": "一只安静的橘猫"})
    assert client.session.session_key != before


def test_the_device_is_named(officer):
    client = Client(HTTP_USER_AGENT="Mozilla/5.0 (Linux; Android 13) Chrome/1 MicroMessenger/8.0")
    client.post("/login/", {"username": "officer", "password": "一只安静的橘猫"})
    assert OwnSession.objects.get().device == "安卓手机 · 微信"
