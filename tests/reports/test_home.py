"""The home page: of the bureau, a school, a teacher, and of those with nothing yet."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assignments import owing
from assignments.choices import Role, SecondmentState
from assignments.models import (
    AttendanceMonth,
    BackboneTitle,
    Difficulty,
    Programme,
    School,
    SchoolYear,
    Teacher,
    YearFacts,
)
from assignments.periods import Period
from reports import figures, home
from reports.figures import Asked, Viewpoint
from reports.views_home import KEYS
from tests.conftest import person
from tests.full_records import fill_inspection, on
from zhijiao.accounts.models import AuditEntry
from zhijiao.dates import school_year_of
from zhijiao.notices.models import Notice

TODAY = dt.date.today()


@pytest.fixture
def school_year(db):
    """The running one."""
    first = school_year_of(TODAY)
    return SchoolYear.objects.named(f"{first}-{first + 1}")


@pytest.fixture
def programme(db):
    """One that counts as exchange."""
    return Programme.objects.get(name="县内支教", county=None)


@pytest.fixture
def running(second, teacher):
    """Somebody on post for a year around today."""
    return second(teacher, str(TODAY - dt.timedelta(days=100)), str(TODAY + dt.timedelta(days=100)))


def text_of(client):
    response = client.get(reverse("home"))
    assert response.status_code == 200
    return response.content.decode()


def test_the_bureau_sees_how_many_are_on_post_and_where_the_ratios_stand(
    client_of, officer, running, second, county, sending_school, school_year
):
    backbone = Teacher.objects.create(county=county, school=sending_school, name="陈国栋")
    second(backbone, str(running.start), str(running.end), is_backbone=True)
    YearFacts.objects.create(county=county, school_year=school_year, eligible=40)
    page = text_of(client_of(officer))
    assert "<b>2</b><span>名教师在岗支教" in page
    assert "交流轮岗教师比例" in page
    assert "还差 2 人" in page  # 2 of 40 are 5 %, and 10 % are 4
    assert "已达标" in page  # 1 of 2 is a backbone teacher
    assert "50<small>%" in page


def test_a_ratio_without_a_denominator_is_not_made_up(client_of, officer, running):
    page = text_of(client_of(officer))
    assert "还没有“符合交流条件教师”的数" in page


def test_last_months_attendance_that_is_not_confirmed_is_named(client_of, officer, running):
    client = client_of(officer)
    assert "松岭乡中心小学<span>1 人</span>" in text_of(client)
    row = AttendanceMonth.objects.create(
        county=running.county, secondment=running, month=owing.last_month(TODAY), due=20, present=20
    )
    assert "松岭乡中心小学<span>1 人</span>" in text_of(client)
    AttendanceMonth.objects.filter(pk=row.pk).update(confirmed_on=TODAY)
    assert "都交齐了" in text_of(client)


def test_who_did_not_report_and_what_is_unsolved_is_told(client_of, officer, running, second, county, sending_school):
    late = Teacher.objects.create(county=county, school=sending_school, name="陈国栋")
    second(late, str(running.start), str(running.end), state=SecondmentState.OVERDUE)
    on(
        Difficulty,
        TODAY,
        county=county,
        teacher=running.teacher,
        text="宿舍没有取暖",
        due_on=TODAY - dt.timedelta(days=1),
    )
    on(Difficulty, TODAY, county=county, teacher=running.teacher, text="路太远", resolution="安排了班车")
    page = text_of(client_of(officer))
    for told in ("陈国栋逾期未报到", "解决困难诉求：宿舍没有取暖", "已过期限", "<b>2</b><span>件事等您办"):
        assert told in page, told
    assert "路太远" not in page


def test_a_leader_reads_what_is_late_without_being_asked_to_do_it(client_of, county, running):
    on(
        Difficulty,
        TODAY,
        county=county,
        teacher=running.teacher,
        text="宿舍没有取暖",
        due_on=TODAY - dt.timedelta(days=1),
    )
    page = text_of(client_of(person("leader", "何局长", Role.LEADER, district=county)))
    assert "没有等您办的事" in page
    assert "局里还没有办结的" in page
    assert "宿舍没有取暖" in page
    assert "send_reminder" not in page
    assert "/reminders/" not in page


def test_a_task_of_one_click_is_done_from_home(client_of, officer, second, teacher):
    begun, ended = str(TODAY - dt.timedelta(days=100)), str(TODAY - dt.timedelta(days=1))
    over = second(teacher, begun, ended, state=SecondmentState.APPRAISED)
    client = client_of(officer)
    page = text_of(client)
    address = reverse("assignments:secondment_act", args=[over.pk, "complete"])
    assert f'action="{address}"' in page
    client.post(address)
    over.refresh_from_db()
    assert over.state == SecondmentState.COMPLETED


def test_figures_counted_together_are_those_counted_one_by_one(officer, running, county, school_year, sending_school):
    other = Teacher.objects.create(county=county, school=sending_school, name="陈国栋")
    on(Difficulty, TODAY, county=county, teacher=other, text="路远", resolution="班车")
    fill_inspection(county, running.placements.get().receiving_school, TODAY)
    together, alone = (Asked(Period.parse(school_year.code), Viewpoint(county, user=officer)) for _ in range(2))
    keys = [key for key, one in figures.REGISTRY.items() if one.rows and not one.total and not one.given]
    home.count_together(KEYS, together)
    assert {key: figures.value(key, together).value for key in KEYS} == {
        key: figures.value(key, alone).value for key in KEYS
    }
    assert figures.value("receiving_schools", together).value == 1
    assert set(KEYS) <= set(keys)


class TestReminders:
    @pytest.fixture
    def owing_school(self, running, principal):
        """A school that has not confirmed last month."""
        return running.placements.get().receiving_school

    def test_a_reminder_reaches_the_school_once_a_day(self, client_of, officer, principal, owing_school):
        client = client_of(officer)
        assert "提醒 1 所" in text_of(client)
        for _ in range(3):
            client.post(reverse("send_reminder", args=["attendance"]))
        (notice,) = Notice.objects.all()
        assert notice.user == principal
        assert "考勤还没有确认" in notice.title
        assert "今天都提醒过了" in text_of(client)
        assert "催过 1 次" in text_of(client)
        (entry,) = AuditEntry.objects.filter(verb="提醒")
        assert entry.subject_name == owing_school.name
        assert entry.by == officer

    def test_a_second_reminder_of_the_day_is_refused_in_words(self, client_of, officer, owing_school):
        client, address = client_of(officer), reverse("send_reminder", args=["attendance"])
        assert client.post(address).status_code == 302
        refused = client.post(address)
        assert refused.status_code == 409
        assert "今天已经提醒过了" in refused.content.decode()

    def test_the_next_day_it_may_be_sent_again(self, client_of, officer, principal, owing_school, county):
        for day in (TODAY, TODAY, TODAY + dt.timedelta(days=1)):
            asking = owing.Asking(county, day, officer)
            one = next(one for one in owing.owed(asking) if one.kind == "attendance")
            owing.remind(one, by=officer, county=county, today=day)
        assert Notice.objects.filter(user=principal).count() == 2

    def test_others_may_not_remind(self, client_of, principal, teacher_user, county, owing_school):
        leader = person("leader", "何局长", Role.LEADER, district=county)
        for user in (principal, teacher_user, leader):
            assert client_of(user).post(reverse("send_reminder", args=["attendance"])).status_code == 403
        assert not Notice.objects.exists()

    def test_what_nobody_owes_does_not_exist(self, client_of, officer, outsider, owing_school):
        assert client_of(officer).post(reverse("send_reminder", args=["demands"])).status_code == 404
        assert client_of(outsider).post(reverse("send_reminder", args=["attendance"])).status_code == 404

    def test_the_text_for_the_group_chat_names_the_schools(self, client_of, officer, owing_school):
        page = text_of(client_of(officer))
        assert 'data-copy="chat-attendance"' in page
        assert f"还没有办好的 1 所：{owing_school.name}。——青岚县教育局" in page


def test_a_principals_home_names_nobody_of_another_school(
    client_of, principal, running, second, county, sending_school
):
    """Canaries in everything that waits, was lately or is owed elsewhere."""
    far = School.objects.create(county=county, name="金丝雀村小")
    home_of = School.objects.create(county=county, name="金丝雀小学")
    for state in SecondmentState.values:
        teacher = Teacher.objects.create(county=county, school=home_of, name=f"金丝雀{state}")
        one = second(teacher, str(running.start), str(running.end), state=state, sending_school=home_of)
        one.placements.update(receiving_school=far)
        on(Difficulty, TODAY, county=county, teacher=teacher, text="金丝雀的困难")
    fill_inspection(county, far, TODAY)
    page = text_of(client_of(principal))
    assert "金丝雀" not in page
    assert "沈若兰" in page


def test_a_principal_sees_who_teaches_at_their_school_and_no_ratio_of_the_county(client_of, principal, running):
    page = text_of(client_of(principal))
    assert "名支教教师在本校任教" in page
    assert "沈若兰" in page
    assert "达标情况" not in page


def test_a_teacher_finds_their_own_secondment(client_of, teacher_user, running):
    page = text_of(client_of(teacher_user))
    assert "<b>101</b><span>天" in page
    assert reverse("assignments:secondment_detail", args=[running.pk]) in page


def test_what_is_done_unasked_stands_on_the_home_page_of_who_may(client_of, teacher_user, principal, officer, running):
    leave, visit = reverse("assignments:leave_new"), reverse("assignments:visit_create")
    assert leave in text_of(client_of(teacher_user))
    assert visit not in text_of(client_of(teacher_user))
    assert visit in text_of(client_of(principal))


def test_another_county_sees_nothing_of_this_one(client_of, outsider, running):
    page = text_of(client_of(outsider))
    assert "还没有支教记录" in page
    assert "沈若兰" not in page
    assert "松岭乡" not in page


def test_an_empty_county_is_offered_to_import_a_workbook(client_of, officer):
    page = text_of(client_of(officer))
    assert "还没有支教记录" in page
    assert reverse("workbook:run_list") in page


def test_somebody_without_a_role_is_told_so(client_of, db):
    assert "您的账号还没有角色" in text_of(client_of(person("nobody", "路人")))


def test_a_bureau_of_many_is_not_more_queries(client_of, officer, running, second, county, sending_school, school_year):
    YearFacts.objects.create(county=county, school_year=school_year, eligible=40)
    counts = []
    for times in (1, 3):
        for number in range(times):
            teacher = Teacher.objects.create(county=county, school=sending_school, name=f"同行{times}{number}")
            BackboneTitle.objects.create(county=county, teacher=teacher, title="骨干教师")
            second(teacher, str(running.start), str(running.end))
            second(
                Teacher.objects.create(county=county, school=sending_school, name=f"未到{times}{number}"),
                str(running.start), str(running.end), state=SecondmentState.OVERDUE,
            )  # fmt: skip
            on(Difficulty, TODAY, county=county, teacher=teacher, text="宿舍没有取暖")
            school = School.objects.create(county=county, name=f"村小{times}{number}")
            fill_inspection(county, school, TODAY - dt.timedelta(days=number))
        client = client_of(officer)
        with CaptureQueriesContext(connection) as queries:
            text_of(client)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 16, counts


@pytest.mark.parametrize("who", ["principal", "teacher_user"])
def test_a_home_of_many_is_not_more_queries(
    request, client_of, running, second, county, sending_school, teacher_user, who
):
    user, counts = request.getfixturevalue(who), []
    for times in (1, 2, 27):
        for number in range(times):
            teacher = Teacher.objects.create(county=county, school=sending_school, name=f"同行{times}{number}")
            second(teacher, str(running.start), str(running.end))
        client = client_of(user)
        with CaptureQueriesContext(connection) as queries:
            text_of(client)
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2] <= 12, counts


class TestTheWeek:
    def test_a_week_in_which_nothing_happens_is_not_drawn(self):
        assert home.week([], TODAY) == []

    def test_a_week_begins_on_monday_and_knows_today(self):
        event = home.Event(None, "送课下乡", "南河镇", dt.date(2025, 11, 18), "11月18日", "")
        days = home.week([event], dt.date(2025, 11, 20))
        assert [day.day.day for day in days] == [17, 18, 19, 20, 21, 22, 23]
        assert [day.css for day in days] == ["none", "", "none", "today", "none", "rest", "rest"]
