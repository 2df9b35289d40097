"""Signing in and out, in Chinese, without telling which accounts exist."""

import pytest

from zhijiao.accounts import audit, triggers
from zhijiao.accounts.models import AuditEntry


def test_the_right_password_opens_the_page_that_was_wanted(client, officer):
    officer.set_password("qingshan-2026")
    officer.save()
    response = client.post(
        "/login/?next=/schools/", {"username": officer.username, "password": "qingshan-2026", "next": "/schools/"}
    )
    assert (response.status_code, response.url) == (302, "/schools/")
    assert AuditEntry.objects.filter(verb="登录", by=officer).exists()


@pytest.mark.parametrize("username", ["nobody", ""])
def test_a_wrong_name_gets_a_sentence_and_keeps_what_was_typed(client, db, username):
    html = client.post("/login/", {"username": username, "password": "x"}).content.decode()
    assert ("账号或密码不对" if username else "请填写账号") in html
    assert f'value="{username}"' in html or not username


def test_nobody_learns_which_accounts_exist(client, officer):
    def told(name):
        html = client.post("/login/", {"username": name, "password": "wrong"}).content.decode()
        return html.replace(name, "NAME").split("csrfmiddlewaretoken")[0]

    assert told(officer.username) == told("nobody")


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_signing_in_leads_nowhere_else(client, officer, target):
    officer.set_password("qingshan-2026")
    officer.save()
    response = client.post("/login/", {"username": officer.username, "password": "qingshan-2026", "next": target})
    assert response.url == "/"


def test_signing_out_needs_a_post_and_leads_to_the_door(client_of, officer):
    client = client_of(officer)
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").url == "/login/"
    assert client.get("/schools/").status_code == 302


def test_the_school_year_is_kept_and_nonsense_is_not(client_of, officer, school_year):
    client = client_of(officer)
    client.post("/account/year/", {"year": "2023-2024", "next": "/schools/"})
    assert "2023—2024学年" in client.get("/schools/").content.decode()
    client.post("/account/year/", {"year": "2023-2025"})
    assert client.session["school_year"] == "2023-2024"


def test_health_is_told_without_signing_in(client, db):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


def test_pages_forbid_inline_scripts_and_outside_addresses(client, db):
    policy = client.get("/login/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy


def test_the_audit_chain_finds_a_changed_and_a_removed_entry(officer):
    entries = [audit.record(officer, f"试验{number}") for number in range(4)]
    triggers.lift()
    assert audit.first_broken_entry() is None
    AuditEntry.objects.filter(pk=entries[1].pk).update(verb="改过")
    assert audit.first_broken_entry() == entries[1]
    AuditEntry.objects.filter(pk=entries[1].pk).update(verb="试验1")
    AuditEntry.objects.filter(pk=entries[2].pk).delete()
    assert audit.first_broken_entry() == entries[3]


def test_a_part_asked_for_after_the_session_ended_sends_the_whole_page_to_the_door(client, db):
    htmx = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://testserver/schools/?q=x"}
    response = client.get("/schools/", follow=True, **htmx)
    assert response["HX-Redirect"] == "/login/?next=%2Fschools%2F%3Fq%3Dx"


def test_what_a_person_saw_stays_in_no_cache_and_signing_out_clears_the_browser(client_of, officer):
    client = client_of(officer)
    assert client.get("/schools/")["Cache-Control"] == "no-store"
    assert client.post("/logout/")["Clear-Site-Data"] == '"cache", "storage"'
