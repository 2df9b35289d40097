"""The trail: who, for whom, why, from where; read by the auditor and the administrator of the county; only added to."""

import datetime as dt
import io

import pytest
from django.db import DatabaseError, connection, transaction
from openpyxl import load_workbook

from assignments.choices import Role, Sex
from assignments.models import Membership
from tests.conftest import person
from zhijiao import clock
from zhijiao.accounts import audit
from zhijiao.accounts.history import history_of
from zhijiao.accounts.models import AuditEntry


@pytest.fixture
def auditor(county):
    return person("auditor", "严审计", Role.AUDITOR, district=county)


def test_an_entry_of_a_request_knows_the_address_and_the_request(client_of, officer):
    response = client_of(officer).post("/account/sessions/end/")
    assert response["X-Request-ID"]
    client_of(officer)
    response = client_of(officer).post("/account/sessions/end/", REMOTE_ADDR="10.2.3.4")
    entry = AuditEntry.objects.get()
    assert (entry.address, entry.request_id) == ("10.2.3.4", response["X-Request-ID"])
    assert audit.first_broken_entry() is None


def test_a_deputys_entry_names_the_lender_only_where_the_lent_role_was_needed(officer, county, client_of):
    deputy = person("deputy", "梁督导", Role.INSPECTOR, district=county)
    lent = officer.memberships.get()
    Membership.objects.create(user=deputy, role=Role.OFFICER, district=county, deputy_for=lent)
    from zhijiao.accounts import scope

    assert scope.on_behalf_of(deputy, ("demand.edit",)) == officer
    assert scope.on_behalf_of(deputy, ("account.own",)) is None
    entry = audit.record(deputy, "试验", on_behalf_of=officer)
    assert (entry.on_behalf_of, entry.on_behalf_of_name) == (officer, "周专干")
    assert audit.first_broken_entry() is None


def test_an_entry_written_in_another_time_zone_keeps_its_digest(officer):
    with clock.standing_at(dt.datetime(2026, 5, 11, 9, 5, tzinfo=dt.timezone(dt.timedelta(hours=8)))):
        audit.record(officer, "试验")
    audit.record(officer, "试验")
    assert audit.first_broken_entry() is None


@pytest.mark.parametrize("statement", ["update accounts_auditentry set verb = 'x'", "delete from accounts_auditentry"])
def test_the_database_refuses_to_change_or_delete_an_entry(officer, statement):
    audit.record(officer, "试验")
    with pytest.raises(DatabaseError, match="audit_append_only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.get().verb == "试验"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite knows no TRUNCATE")
def test_the_database_refuses_to_empty_the_trail(officer):
    audit.record(officer, "试验")
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")  # what waits for the commit would refuse it first
        with pytest.raises(DatabaseError, match="audit_append_only"), transaction.atomic():
            cursor.execute("truncate accounts_auditentry")
    assert AuditEntry.objects.exists()


def test_a_record_shows_its_own_history_in_words(officer, teacher):
    audit.record(
        officer,
        "修改",
        teacher,
        before={"sex": "", "weekly_periods": 12},
        after={"sex": str(Sex.FEMALE), "weekly_periods": 14},
        reason="新课表",
    )
    audit.record(officer, "别的", officer)
    (step,) = history_of(teacher)
    told = [(one.label, one.old, one.new) for one in step.changes]
    assert told == [("性别", "", "女"), ("周课时", "12", "14")]
    assert (step.verb, step.by, step.reason) == ("修改", "周专干", "新课表")


def test_the_trail_is_read_by_auditor_and_administrator_in_their_county_only(
    client_of, auditor, officer, principal, teacher, outsider, other_county
):
    mine, foreign = audit.record(officer, "我县的事", teacher), audit.record(outsider, "外县的事")
    assert (mine.county_id, foreign.county_id) == (teacher.county_id, other_county.pk)
    browser = client_of(auditor)
    html = browser.get("/audit/").content.decode()
    assert "我县的事" in html and "外县的事" not in html
    assert browser.get(f"/audit/{mine.pk}/").status_code == 200
    assert browser.get(f"/audit/{foreign.pk}/").status_code == 404
    for user in (officer, principal):
        for address in ("/audit/", f"/audit/{mine.pk}/", "/audit/export/"):
            assert client_of(user).get(address).status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("person=周", {"修改", "派出"}),
        ("verb=派", {"派出"}),
        ("q=沈若兰", {"修改", "派出"}),
        ("kind=assignments.school", {"停用"}),
        ("since=2999-01-01", set()),
    ],
)
def test_it_is_narrowed_by_person_verb_kind_dates_and_words(client_of, auditor, officer, teacher, school, query, found):
    audit.record(officer, "修改", teacher)
    audit.record(officer, "派出", teacher)
    audit.record(auditor, "停用", school)
    html = client_of(auditor).get(f"/audit/?{query}").content.decode()
    rows = html.split("<tbody")[1].split("</tbody>")[0] if "<tbody" in html else ""
    assert {verb for verb in ("修改", "派出", "停用") if verb in rows} == found


def test_an_export_has_what_the_list_has_as_text_and_is_an_entry_itself(client_of, auditor, officer, teacher):
    audit.record(officer, "修改", teacher, before={"name": "x"}, after={"name": "=1+1"}, reason="=cmd()")
    audit.record(officer, "别的", teacher)
    response = client_of(auditor).get("/audit/export/?verb=修改")
    sheet = load_workbook(io.BytesIO(response.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 2 and rows[1][7] == "=cmd()" and sheet.cell(2, 8).data_type == "s"
    entry = AuditEntry.objects.get(verb="导出操作记录")
    assert (entry.by, entry.after) == (auditor, {"条数": 1, "条件": {"verb": "修改"}})


def test_the_chain_is_checked_at_the_press_of_a_button(client_of, auditor, officer):
    audit.record(officer, "试验")
    browser = client_of(auditor)
    assert "前后相接" in browser.post("/audit/verify/", follow=True).content.decode()
    assert browser.get("/audit/verify/").status_code == 405


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_list_asks_as_much_for_thirty_entries_as_for_one(
    number, client_of, auditor, officer, teacher, django_assert_max_num_queries
):
    for _ in range(number):
        audit.record(officer, "修改", teacher, before={"sex": ""}, after={"sex": str(Sex.FEMALE)})
    browser = client_of(auditor)
    browser.get("/audit/")
    with django_assert_max_num_queries(16) as asked:
        browser.get("/audit/")
    QUERIES.add(len(asked))
    assert len(QUERIES) == 1


QUERIES = set()


def test_an_entry_without_a_request_keeps_its_digest_of_before(officer):
    entry = audit.record(officer, "试验")
    assert (entry.request_id, entry.on_behalf_of_name) == ("", "")
    assert audit.first_broken_entry() is None
