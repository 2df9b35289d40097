"""The pages of a school, a teacher, a secondment and an activity: everything that is recorded, for those whose it is."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from assignments.choices import Role, SecondmentState
from assignments.models import Activity, BackboneTitle, Membership, Placement, School, Teacher, Team
from assignments.views.people import months_told
from assignments.views.secondments import days_on_post, steps
from tests.conftest import person
from tests.full_records import BANK_CARD, ID_NUMBER, PHONE, fill_school, fill_secondment, fill_teacher


def at(page, row):
    return reverse(f"assignments:{page}_detail", args=[row.pk])


@pytest.fixture
def full(secondment, sending_school, receiving_school, school_year):
    fill_teacher(secondment.teacher)
    fill_secondment(secondment)
    fill_school(receiving_school, sending_school, school_year)
    return secondment


@pytest.fixture
def pages(full, sending_school, receiving_school):
    return [
        at("secondment", full),
        at("teacher", full.teacher),
        at("school", receiving_school),
        at("activity", Activity.objects.get()),
    ]


def text_of(client, url):
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def test_the_officer_sees_all_that_is_recorded_of_a_secondment(client_of, officer, full):
    page = text_of(client_of(officer), at("secondment", full))
    for told in (
        "沈若兰", "青岚县第一小学", "松岭乡中心小学", "小学语文", "一级教师", "县级骨干教师（2022年）", "20/22 天", "住院手术", "500.00 元",
        "数学 → 科学", "宿舍第0间没有取暖", "第0单元", "《桂林山水》第0课", "公开课 2 节，听课 5 节", "怎样教写作0", "30余", "徒弟0", "秋季第0轮",
        "优点 1 条，问题 1 条", "学期考核 优秀 91.5 分", "合计 19 分，满分 20 分", "愿意到乡村去",
    ):  # fmt: skip
        assert told in page, told


def test_the_officer_sees_all_that_is_recorded_of_a_school(client_of, officer, full, receiving_school):
    page = text_of(client_of(officer), at("school", receiving_school))
    for told in (
        "松岭乡", "沈若兰", "松岭乡中心小学教学点0", "600", "领导小组0", "支教教师座谈", "新课标", "实施方案0", "支教人选公示", "评优优先0",
        "缺英语教师0", "进展顺利", "12,000.00 元", "600.00 元", "送课下乡", "资金合计 3,000.00 元，物资、工程估值 4,000.00 元（1 笔没有估值）",
        "200册", "先进集体0", "雨夜送学生回家", "秋季第0轮",
    ):  # fmt: skip
        assert told in page, told


def test_the_officer_sees_what_came_of_an_activity(client_of, officer, full):
    page = text_of(client_of(officer), at("activity", Activity.objects.get()))
    for told in ("送课下乡", "锦旗2面", "青岚融媒", "图书", "篮球", "资金合计 3,000.00 元"):
        assert told in page, told


def test_the_months_of_a_teacher_are_added_up(client_of, officer, full, second, programme):
    full.months = 10
    full.save()
    page = text_of(client_of(officer), at("teacher", full.teacher))
    assert "支教累计 10 个月" in page
    for told in ("县级", "骨干教师", "2022年", "宿舍第0间没有取暖", "哺乳期", "术后恢复"):
        assert told in page, told


def test_months_that_were_not_recognised_do_not_count(secondment):
    secondment.months, secondment.state, secondment.months_kept = 4, SecondmentState.ENDED_EARLY, False
    assert months_told([secondment]) == ""


def test_nobody_sees_a_personal_number_whole(client_of, officer, principal, teacher_user, pages):
    for user in (officer, principal, teacher_user):
        for url in pages[:2]:
            page = text_of(client_of(user), url)
            assert "1101**********0039" in page
            for number in (ID_NUMBER, PHONE, BANK_CARD):
                assert number not in page


def test_health_family_and_bank_are_not_for_the_receiving_school(client_of, principal, full):
    page = text_of(client_of(principal), at("teacher", full.teacher))
    assert "沈若兰" in page
    for secret in ("术后恢复", "两孩", "农商行", BANK_CARD[-4:], "哺乳期"):
        assert secret not in page


def test_why_somebody_was_ill_is_for_those_who_decide_on_the_leave(client_of, principal, sending_school, full):
    assert "住院手术" in text_of(client_of(principal), at("secondment", full))
    sender = person("sender", "林校长", Role.PRINCIPAL, school=sending_school)
    page = text_of(client_of(sender), at("secondment", full))
    assert "住院手术" not in page
    assert "只给批准人看" in page


def test_the_principal_of_another_school_finds_nothing(client_of, county, pages):
    elsewhere = School.objects.create(county=county, name="城关中学")
    client = client_of(person("elsewhere", "郑校长", Role.PRINCIPAL, school=elsewhere))
    assert [client.get(url).status_code for url in pages] == [404] * 4


def test_the_officer_of_another_county_finds_nothing(client_of, outsider, pages):
    client = client_of(outsider)
    assert [client.get(url).status_code for url in pages] == [404] * 4


def test_somebody_without_an_account_is_asked_to_sign_in(client, pages):
    assert [client.get(url).status_code for url in pages] == [302] * 4


def test_a_role_that_has_ended_opens_nothing(client_of, officer, pages):
    Membership.objects.filter(user=officer).update(end=dt.date(2020, 1, 1))
    client = client_of(officer)
    assert [client.get(url).status_code for url in pages] == [403] * 4


def test_a_principal_is_not_led_to_a_school_that_they_may_not_open(client_of, principal, full, sending_school):
    page = text_of(client_of(principal), at("secondment", full))
    assert sending_school.name in page
    assert at("school", sending_school) not in page


def test_what_people_typed_is_not_markup(client_of, officer, full):
    full.dispatch_document = "<b>青教人</b>"
    full.save()
    full.teacher.name = "<script>沈</script>"
    full.teacher.save()
    page = text_of(client_of(officer), at("secondment", full))
    assert "<script>沈" not in page
    assert "<b>青教人" not in page
    assert escape("<b>青教人</b>") in page


def test_a_bare_record_has_a_page_without_empty_headings(client_of, officer, secondment):
    page = text_of(client_of(officer), at("secondment", secondment))
    for heading in ("请假</h2>", "补助</h2>", "课例", "督导检查</h2>", "考核</h2>", "None"):
        assert heading not in page, heading


def test_two_schools_one_after_the_other_are_told_as_a_way(client_of, officer, secondment, county):
    third = School.objects.create(county=county, name="石桥乡小学")
    Placement.objects.create(
        county=county, secondment=secondment, receiving_school=third, order=2, start=dt.date(2024, 2, 16)
    )
    page = text_of(client_of(officer), at("secondment", secondment))
    assert page.index("青岚县第一小学") < page.index("松岭乡中心小学") < page.index("石桥乡小学")
    assert "2024.02.16" in page


class TestTheWay:
    def labels(self, secondment, state):
        secondment.state = state
        return [(step.label, step.css) for step in steps(secondment, None)]

    def test_somebody_on_post_has_an_appraisal_and_an_end_ahead(self, secondment):
        secondment.dispatched_on = dt.date(2023, 8, 25)
        assert self.labels(secondment, SecondmentState.ON_POST) == [
            ("已派出", ""),
            ("在岗", "now"),
            ("考核", "todo-step"),
            ("结束", "todo-step"),
        ]

    def test_an_early_end_is_the_last_station(self, secondment):
        assert self.labels(secondment, SecondmentState.ENDED_EARLY) == [("在岗", ""), ("提前终止", "now")]

    def test_what_was_withdrawn_goes_nowhere(self, secondment):
        assert self.labels(secondment, SecondmentState.WITHDRAWN) == []

    def test_days_on_post_are_counted_from_the_report(self, secondment):
        secondment.reported_on = dt.date(2023, 9, 4)
        assert days_on_post(secondment, dt.date(2023, 9, 13)) == "已在岗 10 天"


@pytest.mark.parametrize(("page", "most"), [("secondment", 30), ("school", 36), ("teacher", 28)])
def test_more_records_are_not_more_queries(
    page, most, client_of, officer, second, county, sending_school, receiving_school, school_year
):
    counts = []
    for times in (1, 3):
        teacher = Teacher.objects.create(county=county, school=sending_school, name=f"教师{times}")
        school = School.objects.create(county=county, name=f"第{times}小学")
        secondment = second(teacher, state=SecondmentState.ON_POST)
        Placement.objects.filter(secondment=secondment).update(receiving_school=school)
        BackboneTitle.objects.create(county=county, teacher=teacher, title="骨干教师", year=2022)
        fill_secondment(secondment, times)
        fill_school(school, sending_school, school_year, times)
        for number in range(times - 1):
            other = second(Teacher.objects.create(county=county, school=sending_school, name=f"同行{number}"))
            Placement.objects.filter(secondment=other).update(receiving_school=school)
        row = {"secondment": secondment, "school": school, "teacher": teacher}[page]
        client = client_of(officer)
        with CaptureQueriesContext(connection) as queries:
            text_of(client, at(page, row))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= most


def test_a_teacher_is_told_the_name_of_the_leader_but_given_no_link_that_is_refused(
    client_of, secondment, teacher_user, county, sending_school, receiving_school
):
    leader = Teacher.objects.create(county=county, name="方领队", school=sending_school)
    secondment.team = Team.objects.create(
        county=county, name="实验小学支教队", school_year=secondment.school_year, sending_school=sending_school,
        receiving_school=receiving_school, leader=leader,
    )  # fmt: skip
    secondment.save()
    page = client_of(teacher_user).get(at("secondment", secondment)).content.decode()
    assert "方领队" in page
    assert at("teacher", leader) not in page
    assert at("teacher", secondment.teacher) in page


def test_a_teacher_is_offered_no_ticks_for_many(client_of, secondment, teacher_user, officer):
    address = reverse("assignments:secondment_list") + "?year=all"
    assert "data-bulk" not in client_of(teacher_user).get(address).content.decode()
    assert "data-bulk" in client_of(officer).get(address).content.decode()


def test_the_steps_for_many_are_those_of_the_state_that_is_looked_at(client_of, second, teacher, officer):
    second(teacher, state=SecondmentState.APPROVED)
    address = reverse("assignments:secondment_list") + "?year=all"
    everything = client_of(officer).get(address).content.decode()
    approved = client_of(officer).get(f"{address}&state=approved").content.decode()
    assert 'value="approve"' in everything
    assert 'value="approve"' not in approved
    assert 'value="dispatch"' in approved
