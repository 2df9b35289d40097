"""What is refused to somebody who is signed in leaves one row in the trail, and nothing else; what is permitted, none."""

import pytest
from django.core.checks import run_checks
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignments.choices import Role
from tests.access_digest import changed, digests
from tests.conftest import person
from zhijiao.accounts.models import Attempts, AuditEntry, User


def refused():
    return [
        (entry.by_name, entry.after["地址"], entry.after["为什么"])
        for entry in AuditEntry.objects.filter(verb="被拒绝")
    ]


def test_what_the_role_does_not_have(client_of, principal):
    browser = client_of(principal)
    before = digests()
    response = browser.get("/audit/?person=沈若兰")
    assert response.status_code == 403
    assert refused() == [("吴校长", "audit:entry_list", "没有权限（403）")]
    entry = AuditEntry.objects.get()
    assert entry.request_id == response["X-Request-ID"]
    assert entry.after["页面"] == "看操作记录"
    assert "沈若兰" not in str([entry.after, entry.before, entry.reason, entry.subject_name])
    assert changed(before) == []


def test_what_is_anothers(client_of, outsider, secondment):
    assert client_of(outsider).get(f"/secondments/{secondment.pk}/").status_code == 404
    assert refused() == [("钱专干", "assignments:secondment_detail", "不在范围内或不存在（404）")]


def test_what_cannot_be_done_now(client_of, officer, secondment):
    type(secondment).objects.filter(pk=secondment.pk).update(state="completed")
    assert client_of(officer).post(f"/secondments/{secondment.pk}/appraise/").status_code in (404, 409)
    assert [row[0] for row in refused()] == ["周专干"]


def test_who_asks_again_and_again_leaves_one_row_a_minute_for_each_address(client_of, principal):
    browser = client_of(principal)
    for _ in range(20):
        browser.get("/audit/")
    browser.get("/import/")
    assert sorted(page for _, page, _ in refused()) == ["audit:entry_list", "workbook:run_list"]
    Attempts.objects.update(ends_at=0)  # the minute is over
    browser.get("/audit/")
    assert len(refused()) == 3


def test_an_address_that_is_none_or_that_is_open_to_all_leaves_nothing(client_of, principal, client):
    browser = client_of(principal)
    for path in ("/no/such/page/", "/v/ABCDEFGHIJKLMNOPQRST/"):
        browser.get(path)
    client.get("/audit/")
    assert refused() == []


def test_what_is_permitted_costs_no_question_to_the_database(client_of, officer):
    browser = client_of(officer)
    browser.get("/teachers/")
    with CaptureQueriesContext(connection) as asked:
        assert browser.get("/teachers/").status_code == 200
    assert not [
        one for one in asked.captured_queries if "accounts_attempts" in one["sql"] or "auditentry" in one["sql"]
    ]


def test_the_trail_shows_it_under_its_own_view(client_of, principal, county):
    client_of(principal).get("/audit/")
    admin = person("admin", "石管理", Role.BUREAU_ADMIN, district=county)
    html = client_of(admin).get("/audit/?view=refused").content.decode()
    assert "被拒绝" in html
    assert "吴校长" in html


# --- before the site goes out ------------------------------------------------------------------------------------------


def warned():
    return [one for one in run_checks(include_deployment_checks=True) if one.id == "zhijiao.W001"]


@pytest.mark.django_db
def test_the_deployment_check_warns_of_an_account_that_no_role_binds():
    assert warned() == []
    root = User.objects.create_superuser(username="root", name="维护")
    assert "root" in warned()[0].msg
    User.objects.filter(pk=root.pk).update(is_active=False)
    assert warned() == []
