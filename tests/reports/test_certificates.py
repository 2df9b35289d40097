"""Certificates of service: what counts, what is printed, who revokes, and what the public page tells."""

import io
import re
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pdfplumber
import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from assignments.choices import Location, Role, SecondmentState
from assignments.models import Placement, Programme, School, SchoolYear, Secondment, Teacher
from reports import certificates
from reports.models import Certificate
from reports.papers.certificate import certificate
from reports.service import Service, Stay, add_up, divide, months_of
from tests.conftest import person
from zhijiao.accounts.models import AuditEntry
from zhijiao.dates import ApproximateDate, parse_day
from zhijiao.refusals import Refused

D = Decimal


def stay(first, last, school="松岭乡中心小学", location="乡村", allowance_class="二类"):
    return Stay(school, date.fromisoformat(first), date.fromisoformat(last), location, allowance_class)


def service(*stays, key=1, kind="支援", programme="县内支教", **fields):
    return Service(key, kind, programme, stays, **fields)


# --- arithmetic --------------------------------------------------------------------------------------------------------


def test_a_school_year_is_ten_months_and_a_half():
    assert add_up([service(stay("2023-09-01", "2024-07-10"))]).total == D("10.5")


def test_a_certified_value_wins_over_the_days():
    years = add_up([service(stay("2023-09-01", "2024-07-10"), certified=D(10))])
    assert years.total == 10
    assert years.by_location() == {"乡村": 10}


def test_months_that_were_not_kept_do_not_count():
    assert add_up([service(stay("2023-09-01", "2024-01-10"), is_kept=False)]).lines == ()


def test_a_secondment_at_two_schools_is_divided_by_days_and_adds_up():
    years = add_up(
        [
            service(
                stay("2023-09-01", "2024-01-31"),
                stay("2024-02-01", "2024-07-10", "镇中学", "镇区", "一类"),
                certified=D(10),
            )
        ]
    )
    assert [line.months for line in years.lines] == [D("4.9"), D("5.1")]
    assert years.by_location() == {"乡村": D("4.9"), "镇区": D("5.1")}
    assert years.by_allowance_class() == {"二类": D("4.9"), "一类": D("5.1")}


def test_days_of_two_secondments_at_once_count_once_for_the_earlier():
    first = service(stay("2023-09-01", "2024-07-10"), certified=D(10))
    whole = service(stay("2024-03-01", "2024-04-30"), key=2, kind="短期", programme="短期指导")
    half = service(stay("2024-06-10", "2024-08-09"), key=3, certified=D(2))
    years = add_up([half, whole, first])
    assert [(line.service.key, line.months) for line in years.lines] == [(1, D(10)), (2, D(0)), (3, D("1.0"))]
    assert years.by_kind() == {"支援": D("11.0")}


def test_of_two_that_begin_together_the_full_time_one_counts():
    part = service(stay("2023-09-01", "2024-07-10"), key=1, programme="走教", is_full_time=False)
    full = service(stay("2023-09-01", "2024-07-10"), key=2)
    assert add_up([part, full]).by_programme() == {"县内支教": D("10.5")}


def test_stays_of_one_secondment_that_touch_count_each_day_once():
    years = add_up([service(stay("2023-09-01", "2024-01-31"), stay("2024-01-31", "2024-07-10"), certified=D(10))])
    assert years.total == 10


@given(
    st.lists(st.tuples(st.integers(0, 900), st.integers(1, 400)), min_size=1, max_size=6),
    st.randoms(use_true_random=False),
)
def test_the_parts_add_up_and_never_to_more_than_the_days(spans, random):
    base = date(2020, 1, 1).toordinal()
    services = [
        service(Stay("校", date.fromordinal(base + first), date.fromordinal(base + first + length), "乡村"), key=key)
        for key, (first, length) in enumerate(spans)
    ]
    years = add_up(services)
    days = {day for first, length in spans for day in range(first, first + length + 1)}
    assert years.total == sum(years.by_kind().values(), D(0)) == sum(years.by_location().values(), D(0))
    assert abs(years.total - months_of(len(days))) <= D("0.5") * len(spans)
    random.shuffle(services)
    assert add_up(services).total == years.total


@given(st.integers(0, 400), st.lists(st.integers(0, 400), min_size=1, max_size=8))
def test_dividing_loses_no_tenth(tenths, weights):
    parts = divide(D(tenths) / 10, weights)
    assert sum(parts) == (D(tenths) / 10 if sum(weights) else 0)
    for (a, x), (b, y) in pairwise(sorted(zip(weights, parts, strict=True))):
        assert x <= y or a == b


# --- issuing -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def ended(secondment, receiving_school):
    receiving_school.location, receiving_school.allowance_class = Location.VILLAGE, "二类"
    receiving_school.save()
    secondment.teacher.id_number = "11010519491231002X"
    secondment.teacher.save()
    secondment.state, secondment.months = SecondmentState.COMPLETED, D(10)
    secondment.save()
    return secondment


@pytest.fixture
def issued(ended, officer):
    return certificates.issue(
        [ended.teacher], by=officer, purpose="申报高级教师职称", address="https://zj.example/v/{code}/"
    )[0]


def test_a_certificate_has_a_serial_of_the_county_and_year_and_a_code_of_100_bits(issued, officer):
    again = certificates.issue([issued.teacher], by=officer)[0]
    assert issued.serial == f"青岚支教证〔{issued.year}〕0001号"
    assert again.serial == f"青岚支教证〔{issued.year}〕0002号"
    assert len(issued.code) == 20
    assert issued.code != again.code
    assert re.fullmatch(r"([2-9A-HJ-NP-Z]{4}-){4}[2-9A-HJ-NP-Z]{4}", issued.content["code"])
    assert AuditEntry.objects.filter(verb="开具服务年限证明").count() == 2


def test_the_paper_says_what_was_frozen_even_when_the_records_change(issued, ended):
    before = certificate(issued.content).digest()
    ended.months = D(3)
    ended.save()
    ended.teacher.name = "改名"
    ended.teacher.save()
    issued.refresh_from_db()
    assert certificate(issued.content).digest() == before
    text = certificate(issued.content).text()
    for words in (
        "沈若兰",
        "1101**********002X",
        "累计 10 个月",
        "乡村 10 个月",
        "测试支教 10 个月",
        "松岭乡中心小学",
        "申报高级教师职称",
        issued.content["code"],
    ):
        assert words in text, words
    assert "11010519491231002X" not in text


@pytest.mark.parametrize("change", [{"serial": "x"}, {"content": {}}, {"code": "A" * 20}, {"digest": ""}])
def test_the_database_refuses_to_change_or_delete_it(issued, change):
    with pytest.raises(DatabaseError), transaction.atomic():
        Certificate.objects.filter(pk=issued.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Certificate.objects.filter(pk=issued.pk)._raw_delete("default")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": SecondmentState.ON_POST}, "没有已经结束"),
        ({"state": SecondmentState.ENDED_EARLY, "months_kept": False}, "没有已经结束"),
        ({"state": SecondmentState.ENDED_EARLY, "months_kept": None}, "没有已经结束"),
    ],
)
def test_only_what_ended_and_is_kept_is_certified(ended, officer, fields, words):
    for name, value in fields.items():
        setattr(ended, name, value)
    ended.save()
    with pytest.raises(Refused, match=words):
        certificates.issue([ended.teacher], by=officer)
    assert not Certificate.objects.exists()


def test_months_of_several_years_and_schools_add_up(ended, officer, county, sending_school):
    town = School.objects.create(county=county, name="镇中心小学", location=Location.TOWN)
    shadowing = Programme.objects.create(county=county, name="跟岗学习", direction="learning")
    second = Secondment(
        county=county, teacher=ended.teacher, programme=shadowing, sending_school=sending_school, school_year=SchoolYear.objects.named("2024-2025"),
        state=SecondmentState.ENDED_EARLY, months_kept=True, ended_on=date(2024, 12, 31),
    )  # fmt: skip
    second.when = ApproximateDate.range(parse_day("2024-09-01"), parse_day("2025-07-10"))
    second.save()
    Placement.objects.create(county=county, secondment=second, receiving_school=town)
    made = certificates.issue([ended.teacher], by=officer)[0]
    assert made.content["total"] == "14"
    assert made.content["by_location"] == [["乡村", "10"], ["镇区", "4"]]
    assert made.content["by_kind"] == [["支援", "10"], ["跟岗学习", "4"]]
    assert made.content["lines"][1]["last"] == "2024-12-31"


def test_another_county_issues_nothing_here(ended, outsider, client_of):
    with pytest.raises(Refused):
        certificates.issue([ended.teacher], by=outsider)
    response = client_of(outsider).post(reverse("reports:certificate_new"), {"pick": ended.teacher_id})
    assert response.status_code == 404
    assert not Certificate.objects.exists()


def test_issuing_on_the_page_once_for_a_double_click(client_of, officer, ended):
    client = client_of(officer)
    page = client.get(reverse("reports:certificate_new"), {"year": "2023-2024"}).content.decode()
    assert "沈若兰" in page
    token = re.search(r'name="once" value="(\w+)"', page)[1]
    sent = {"pick": ended.teacher_id, "purpose": "职称", "once": token}
    first = client.post(reverse("reports:certificate_new"), sent)
    second = client.post(reverse("reports:certificate_new"), sent)
    assert first.url == second.url
    assert Certificate.objects.get().content["address"].startswith("http://testserver/v/")
    with pdfplumber.open(
        io.BytesIO(
            client.get(
                f"{reverse('reports:paper_file', args=['certificate'])}{first.url[first.url.index('?') :]}&format=pdf"
            ).content
        )
    ) as opened:
        assert "支教服务年限证明" in opened.pages[0].extract_text()
        assert len(opened.pages) == 1


def test_the_teacher_and_the_sending_school_have_it_and_the_receiving_school_has_not(
    client_of, issued, teacher_user, principal, sending_school
):
    sender = person("sender", "李校长", Role.PRINCIPAL, school=sending_school)
    address = reverse("reports:certificate", args=[issued.pk])
    assert client_of(teacher_user).get(address).status_code == 200
    assert client_of(sender).get(address).status_code == 200
    assert client_of(principal).get(address).status_code == 404
    assert client_of(person("nobody", "路人")).get(address).status_code == 403


# --- revoking ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def leader(county):
    return person("leader", "沈局长", Role.LEADER, district=county)


def test_two_people_revoke(client_of, issued, officer, leader):
    address = reverse("reports:certificate_revoke", args=[issued.pk])
    assert client_of(leader).post(address, {"do": "agree"}).status_code == 409
    refused = client_of(officer).post(address, {"do": "ask", "reason": " "})
    assert refused.status_code == 422 and "请写明撤销的原因" in refused.content.decode()
    client_of(officer).post(address, {"do": "ask", "reason": "学校写错了"})
    assert client_of(officer).post(address, {"do": "agree"}).status_code == 409
    issued.refresh_from_db()
    assert not issued.is_revoked
    client_of(leader).post(address, {"do": "agree"})
    issued.refresh_from_db()
    assert issued.is_revoked
    assert client_of(officer).post(address, {"do": "ask", "reason": "再撤一次"}).status_code == 409
    response = client_of(officer).get(
        reverse("reports:paper_file", args=["certificate"]), {"year": "", "pick": issued.pk, "format": "pdf"}
    )
    assert response.status_code == 409
    assert "已撤销" in response.content.decode()


def test_a_revocation_can_be_dropped(issued, officer, leader):
    certificates.ask_to_revoke(issued, by=officer, reason="学校写错了")
    certificates.withdraw_revocation(issued, by=leader)
    with pytest.raises(Refused, match="还没有人提出"):
        certificates.revoke(issued, by=leader)


def test_a_school_cannot_revoke(client_of, issued, sending_school):
    sender = person("sender", "李校长", Role.PRINCIPAL, school=sending_school)
    assert (
        client_of(sender)
        .post(reverse("reports:certificate_revoke", args=[issued.pk]), {"do": "ask", "reason": "x"})
        .status_code
        == 403
    )


# --- the public page ---------------------------------------------------------------------------------------------------


def ask(client, code, name):
    return client.post(reverse("certificate_check"), {"code": code, "name": name})


def test_whoever_holds_the_paper_confirms_it_without_an_account(client, issued):
    page = client.get(reverse("certificate_verify", args=[issued.content["code"]]))
    assert page.status_code == 200
    assert "沈若兰" not in page.content.decode()
    assert "松岭乡" not in page.content.decode()
    for code in (issued.content["code"], issued.code.lower(), f" {issued.code} "):
        told = ask(client, code, " 沈若兰 ").content.decode()
        for words in ("证明有效", issued.serial, "沈*兰", "松岭乡中心小学", "10 个月"):
            assert words in told, words
        assert "1101" not in told
        assert "申报高级教师职称" not in told


def test_a_wrong_code_and_a_wrong_name_are_answered_alike(client, issued):
    wrong_code, wrong_name = ask(client, "ABCD" * 5, "沈若兰"), ask(client, issued.code, "沈若")
    assert wrong_code.status_code == wrong_name.status_code == 200
    blank = re.compile(r'value="[^"]*"|\w{64}')
    assert blank.sub("", wrong_code.content.decode()) == blank.sub("", wrong_name.content.decode())
    assert "没有查到" in wrong_code.content.decode()
    one, other = (
        client.get(reverse("certificate_verify", args=[code])).content.decode() for code in ("ABCD", issued.code)
    )
    assert blank.sub("", one) == blank.sub("", other)


def test_guessing_is_slowed_down(client, issued):
    answers = [ask(client, f"{number:020}", "沈若兰").status_code for number in range(12)]
    assert answers == [200] * 10 + [429] * 2
    late = ask(client, issued.code, "沈若兰")
    assert late.status_code == 429
    assert "松岭乡" not in late.content.decode()


def test_a_revoked_certificate_says_so(client, issued, officer, leader):
    certificates.ask_to_revoke(issued, by=officer, reason="学校写错了")
    certificates.revoke(issued, by=leader)
    told = ask(client, issued.code, "沈若兰").content.decode()
    assert "这份证明已经撤销" in told
    assert "证明有效" not in told
    assert "学校写错了" not in told


def test_a_certificate_that_was_tampered_with_is_not_confirmed(client, issued):
    from reports import triggers

    triggers.lift()
    Certificate.objects.filter(pk=issued.pk).update(content={**issued.content, "total": "99"})
    triggers.lay()
    assert "没有查到" in ask(client, issued.code, "沈若兰").content.decode()


def test_the_list_asks_the_same_number_of_queries_for_1_and_3(
    client_of, officer, ended, second, county, sending_school, django_assert_max_num_queries, django_assert_num_queries
):
    client = client_of(officer)
    address = reverse("reports:certificate_new")
    client.get(address)
    with django_assert_max_num_queries(20) as first:
        client.get(address, {"year": "2023-2024"})
    for name in ("赵一", "钱二"):
        second(Teacher.objects.create(county=county, school=sending_school, name=name), state=SecondmentState.COMPLETED)
    with django_assert_num_queries(len(first)):
        client.get(address, {"year": "2023-2024"})
