"""Numbers of a person shown whole: to whom, how often, with what trail; and who may read that trail."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignments import unmasking
from assignments.choices import Role, SecondmentState
from assignments.models import School, Secondment
from tests.conftest import inspects, person
from tests.full_records import BANK_CARD, ID_NUMBER, PHONE, fill_teacher
from zhijiao.accounts import audit
from zhijiao.accounts.models import AuditEntry

WHOLE = {"id": ID_NUMBER, "phone": PHONE, "bank": BANK_CARD}
# Who sees which number whole, where the teacher is on post at the receiving school.
CELLS = {
    "own": {"id", "phone", "bank"},
    "sending": {"id", "phone"},
    "receiving": {"phone"},
    "inspector": {"phone"},
    "officer": {"id", "phone"},
    "finance": {"bank"},
    "leader": set(),
    "admin": set(),
    "auditor": set(),
}


@pytest.fixture
def full_teacher(teacher):
    fill_teacher(teacher)
    return teacher


@pytest.fixture
def people(county, full_teacher, second, sending_school, receiving_school):
    """Everybody who has to do with the teacher, who is on post until tomorrow."""
    second(full_teacher, last=str(dt.date.today() + dt.timedelta(days=1)))
    people = {
        "own": person("own", "沈若兰", Role.TEACHER, teacher=full_teacher),
        "sending": person("sending", "陈校长", Role.PRINCIPAL, school=sending_school),
        "receiving": person("receiving", "吴校长", Role.PRINCIPAL, school=receiving_school),
        **{
            name: person(name, name, role, district=county)
            for name, role in (
                ("inspector", Role.INSPECTOR), ("officer", Role.OFFICER), ("finance", Role.FINANCE), ("leader", Role.LEADER),
                ("admin", Role.BUREAU_ADMIN), ("auditor", Role.AUDITOR),
            )
        },
    }  # fmt: skip
    inspects(people["inspector"], receiving_school)
    return people


def ask(browser, teacher, kind, **fields):
    return browser.post(f"/teachers/{teacher.pk}/reveal/", {"field": kind, "why": "check", **fields})


@pytest.mark.parametrize("who", CELLS)
@pytest.mark.parametrize("kind", WHOLE)
def test_a_number_is_shown_whole_to_those_who_may_and_to_nobody_else(who, kind, people, full_teacher, client_of):
    browser = client_of(people[who])
    answer = ask(browser, full_teacher, kind)
    is_allowed = kind in CELLS[who]
    assert answer.status_code == (200 if is_allowed else 403)
    assert (WHOLE[kind] in answer.content.decode()) == is_allowed
    assert AuditEntry.objects.filter(verb__startswith="查看").count() == is_allowed
    page = browser.get(f"/teachers/{full_teacher.pk}/")
    if page.status_code == 200:
        html = page.content.decode()
        assert (f"reveal/?field={kind}" in html) == is_allowed
        assert WHOLE[kind] not in html


def test_the_page_is_in_no_cache_and_the_number_in_no_address(people, full_teacher, client_of):
    browser = client_of(people["officer"])
    asked = browser.get(f"/teachers/{full_teacher.pk}/reveal/?field=id")
    assert "为什么要看" in asked.content.decode() and ID_NUMBER not in asked.content.decode()
    answer = ask(browser, full_teacher, "id")
    assert "no-store" in answer["Cache-Control"] and "no-store" in asked["Cache-Control"]
    assert not any(ID_NUMBER in str(value) for value in answer.headers.values())


def test_it_is_written_down_with_the_reason_and_without_the_number(people, full_teacher, client_of):
    ask(client_of(people["officer"]), full_teacher, "id", why="national", words="九月上报")
    entry = AuditEntry.objects.get(verb="查看身份证号")
    assert (entry.by, entry.subject_id, entry.reason) == (
        people["officer"], str(full_teacher.pk), "录入全国教师管理信息系统：九月上报",
    )  # fmt: skip
    assert not any(number in str(entry.__dict__) for number in WHOLE.values())


@pytest.mark.parametrize("sent", [{"why": ""}, {"why": "nonsense"}, {"why": "other"}, {"why": "check", "words": f"号码{PHONE}"},
                                  {"why": "check", "words": "长" * 101}])  # fmt: skip
def test_without_a_proper_reason_nothing_is_shown_and_nothing_counted(sent, people, full_teacher, client_of):
    answer = ask(client_of(people["officer"]), full_teacher, "id", **sent)
    assert answer.status_code == 200 and ID_NUMBER not in answer.content.decode()
    assert not AuditEntry.objects.filter(verb__startswith="查看").exists()


def test_the_31st_number_of_an_hour_is_refused_in_words(people, full_teacher, client_of):
    browser = client_of(people["officer"])
    codes = [ask(browser, full_teacher, "id").status_code for _ in range(30)]
    assert codes == [200] * 30
    answer = ask(browser, full_teacher, "phone")
    html = answer.content.decode()
    assert answer.status_code == 429 and PHONE not in html and "一小时里最多查看 30 个" in html
    assert AuditEntry.objects.filter(verb__startswith="查看").exclude(verb=unmasking.REFUSED).count() == 30
    assert AuditEntry.objects.filter(verb=unmasking.REFUSED).count() == 1
    assert ask(client_of(people["sending"]), full_teacher, "phone").status_code == 200, (
        "another person has a count of their own"
    )


def test_ones_own_numbers_need_no_reason_and_have_no_limit(people, full_teacher, client_of):
    browser = client_of(people["own"])
    answers = [browser.post(f"/teachers/{full_teacher.pk}/reveal/", {"field": "bank"}) for _ in range(31)]
    assert all(BANK_CARD in answer.content.decode() for answer in answers)


def test_a_receiving_school_sees_the_phone_until_sixty_days_after_the_end(people, full_teacher, client_of):
    browser = client_of(people["receiving"])
    for days, code in ((60, 200), (61, 403)):
        gone = dt.date.today() - dt.timedelta(days=days)
        Secondment.objects.update(ended_on=gone, state=SecondmentState.COMPLETED)
        assert ask(browser, full_teacher, "phone").status_code == code


def test_a_receiving_school_sees_nothing_before_the_dispatch(people, full_teacher, client_of):
    Secondment.objects.update(state=SecondmentState.APPROVED)
    assert ask(client_of(people["receiving"]), full_teacher, "phone").status_code == 404


def test_outside_ones_scope_there_is_no_such_page(people, full_teacher, county, outsider, client_of):
    stranger = person(
        "stranger", "别校长", Role.PRINCIPAL, school=School.objects.create(county=county, name="别处小学")
    )
    for user in (stranger, outsider):
        for path in ("reveal/?field=id", "viewed/"):
            assert client_of(user).get(f"/teachers/{full_teacher.pk}/{path}").status_code in (403, 404)
        assert ask(client_of(user), full_teacher, "id").status_code == 404


@pytest.mark.parametrize("kind", ["", "name", "id_number", "health"])
def test_there_are_three_kinds_of_number(kind, people, full_teacher, client_of):
    assert ask(client_of(people["officer"]), full_teacher, kind).status_code == 404


def test_the_teacher_reads_who_looked_and_why(people, full_teacher, client_of):
    ask(client_of(people["officer"]), full_teacher, "id", words="办保险")
    audit.record(people["sending"], "修改教师", full_teacher, before={"title": "3"}, after={"title": "2"})
    html = client_of(people["own"]).get(f"/teachers/{full_teacher.pk}/viewed/").content.decode()
    assert "查看身份证号" in html and "核对身份：办保险" in html and "officer" in html
    assert "改过资料" in html and "高级教师" in html
    assert client_of(people["auditor"]).get(f"/teachers/{full_teacher.pk}/viewed/").status_code == 200
    for who in ("officer", "sending", "receiving", "leader", "finance"):
        assert client_of(people[who]).get(f"/teachers/{full_teacher.pk}/viewed/").status_code == 403


def test_a_colleague_reads_nothing_of_it(people, full_teacher, county, sending_school, client_of):
    other = type(full_teacher).objects.create(county=county, school=sending_school, name="陶景明")
    assert client_of(people["own"]).get(f"/teachers/{other.pk}/viewed/").status_code == 404


@pytest.mark.parametrize(
    ("who", "masks"),
    [("officer", "id phone"), ("finance", "id bank"), ("inspector", "phone"), ("leader", "id phone"), ("auditor", "id phone bank"),
     ("own", "id phone bank"), ("sending", "id phone"), ("receiving", "id phone")],
)  # fmt: skip
def test_some_see_not_even_the_masked_number(who, masks, people, full_teacher, client_of):
    html = client_of(people[who]).get(f"/teachers/{full_teacher.pk}/").content.decode()
    shown = {
        "id": full_teacher.masked_id_number,
        "phone": full_teacher.masked_phone,
        "bank": full_teacher.masked_bank_card,
    }
    assert {kind for kind, text in shown.items() if text in html} == set(masks.split())


def test_the_page_of_who_looked_asks_the_same_questions_for_one_entry_and_for_thirty(people, full_teacher, client_of):
    browser, asked = client_of(people["own"]), []
    for number in (1, 2, 27):
        for _ in range(number):
            audit.record(people["officer"], "查看身份证号", full_teacher, reason="核对身份")
        with CaptureQueriesContext(connection) as captured:
            browser.get(f"/teachers/{full_teacher.pk}/viewed/")
        asked.append(len(captured))
    assert asked == [asked[0]] * 3 and asked[0] <= 12, asked
