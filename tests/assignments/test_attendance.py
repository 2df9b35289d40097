"""Attendance of a month: which days count, who enters and confirms, and what happens when two people do."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from assignments import attendance
from assignments.attendance import ChangedMeanwhile, Entered, SchoolMonth, counted
from assignments.choices import DayMark, LeaveState, Role
from assignments.models import AttendanceMonth, Leave, Placement, School, Teacher
from tests.conftest import person
from zhijiao.accounts.models import AuditEntry
from zhijiao.refusals import Refused

OCTOBER = dt.date(2026, 10, 1)
URL = "/attendance/2026-10/"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """A November day after the October that is entered."""
    day = dt.date(2026, 11, 5)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: day)
    return day


@pytest.fixture
def on_post(second, teacher):
    return second(teacher, "2026-09-01", "2027-07-10")


@pytest.fixture
def colleague(second, county, sending_school):
    other = Teacher.objects.create(county=county, school=sending_school, name="卢晓红")
    return second(other, "2026-09-01", "2027-07-10")


def typed(school, user, marks=None, **more):
    """What the grid sends."""
    whole = SchoolMonth(school, OCTOBER, user=user)
    sent = {"seen": whole.seen}
    for line in whole.lines:
        sent[f"m-{line.secondment.pk}"] = (marks or {}).get(line.secondment, "")
        sent[f"r-{line.secondment.pk}"] = ""
        sent[f"l-{line.secondment.pk}"] = ""
    return sent | more


MARKS = st.dictionaries(st.integers(1, 31).map(str), st.sampled_from(DayMark.values))


@given(st.sets(st.integers(1, 31)), MARKS)
def test_every_due_day_is_present_or_away_and_nothing_else_counts(due, marks):
    counts = counted(due, marks)
    away = sum(counts[name] for name in attendance.AWAY)
    off = sum(marks.get(str(day)) == DayMark.OFF for day in due)
    assert counts["due"] == len(due) - off
    assert counts["present"] == counts["due"] - away >= 0
    assert counts["late"] + counts["left_early"] <= counts["present"]
    assert counted(due, {day: mark for day, mark in marks.items() if int(day) in due}) == counts


def test_marks_are_told_in_spans():
    marks = {"3": "sick", "12": "late", "4": "sick", "20": "off", "21": "off", "22": "off"}
    assert attendance.told_marks(marks) == "3日、4日病假，12日迟到，20日至22日放假"
    assert attendance.told_marks({}) == "全勤"


def test_everybody_was_there_on_all_working_days_of_the_official_calendar(on_post, receiving_school, principal):
    attendance.enter(receiving_school, OCTOBER, {}, by=principal)
    row = AttendanceMonth.objects.get()
    assert (row.due, row.present, row.county_id) == (
        18,
        18,
        on_post.county_id,
    )  # 1 to 7 October rest, the 10th is worked


def test_only_the_days_on_post_count(on_post, receiving_school, principal):
    on_post.reported_on, on_post.ended_on = dt.date(2026, 10, 12), dt.date(2026, 10, 16)
    on_post.state = "ended_early"
    on_post.save()
    attendance.enter(receiving_school, OCTOBER, {on_post.pk: Entered({"13": "sick", "20": "sick"})}, by=principal)
    row = AttendanceMonth.objects.get()
    assert (row.due, row.present, row.sick_leave, row.marks) == (5, 4, 1, {"13": "sick"})


def test_who_has_not_reported_in_is_not_in_the_grid(on_post, receiving_school):
    on_post.state = "dispatched"
    on_post.save()
    assert SchoolMonth(receiving_school, OCTOBER).lines == []


def test_a_teacher_who_moved_is_entered_by_both_and_confirmed_where_they_were_last(
    on_post, receiving_school, county, principal
):
    second_school = School.objects.create(county=county, name="云溪乡中心初中")
    Placement.objects.create(
        county=county, secondment=on_post, receiving_school=second_school, order=2, start=dt.date(2026, 10, 19)
    )
    here, there = SchoolMonth(receiving_school, OCTOBER).lines[0], SchoolMonth(second_school, OCTOBER).lines[0]
    assert (max(here.own), min(there.own), len(here.own) + len(there.own)) == (16, 19, len(here.due))
    attendance.enter(receiving_school, OCTOBER, {on_post.pk: Entered({"9": "sick", "20": "sick"})}, by=principal)
    next_principal = person("next", "许校长", Role.PRINCIPAL, school=second_school)
    attendance.enter(second_school, OCTOBER, {on_post.pk: Entered({"9": "late", "21": "late"})}, by=next_principal)
    row = AttendanceMonth.objects.get()
    assert row.marks == {"9": "sick", "21": "late"}
    with pytest.raises(Refused, match="由现在的学校确认"):
        attendance.confirm(receiving_school, OCTOBER, by=principal)
    attendance.confirm(second_school, OCTOBER, by=next_principal)


def test_approved_leave_is_filled_in(on_post, receiving_school, principal):
    of = {"county": on_post.county, "secondment": on_post, "days": 2}
    Leave.objects.create(**of, kind="sick", start=dt.date(2026, 10, 9), end=dt.date(2026, 10, 11))
    Leave.objects.create(
        **of, kind="personal", start=dt.date(2026, 10, 20), end=dt.date(2026, 10, 20), state=LeaveState.REQUESTED
    )
    assert SchoolMonth(receiving_school, OCTOBER).lines[0].marks == {"9": "sick", "10": "sick"}
    attendance.enter(receiving_school, OCTOBER, {}, by=principal)
    assert AttendanceMonth.objects.get().sick_leave == 2


def test_a_row_that_came_with_sums_only_keeps_them(on_post, receiving_school, principal):
    AttendanceMonth.objects.create(
        county=on_post.county, secondment=on_post, month=OCTOBER, due=18, present="16.5", sick_leave="1.5"
    )
    attendance.enter(receiving_school, OCTOBER, {on_post.pk: Entered({})}, by=principal)
    assert str(AttendanceMonth.objects.get().sick_leave) == "1.5"
    attendance.enter(receiving_school, OCTOBER, {on_post.pk: Entered({"9": "late"})}, by=principal)
    row = AttendanceMonth.objects.get()
    assert (row.sick_leave, row.present, row.late) == (0, 18, 1)


def test_the_grid_saves_and_the_trail_tells_the_days(on_post, colleague, receiving_school, principal, client_of):
    client = client_of(principal)
    answer = client.post(URL, typed(receiving_school, principal, {on_post: "9:sick 12:late"}))
    assert answer.status_code == 302
    row = AttendanceMonth.objects.get(secondment=on_post)
    assert (row.present, row.sick_leave, row.late, row.marks) == (17, 1, 1, {"9": "sick", "12": "late"})
    assert AttendanceMonth.objects.get(secondment=colleague).present == 18
    entry = AuditEntry.objects.get(verb="登记考勤")
    assert entry.after["沈若兰"] == "9日病假，12日迟到" and entry.by == principal


def test_one_exception_for_a_span_without_script(on_post, receiving_school, principal, client_of):
    client = client_of(principal)
    sent = {"add": "1", "who": str(on_post.pk), "first": "12", "last": "14", "mark": "maternity"}
    assert client.post(URL, typed(receiving_school, principal, **sent)).status_code == 302
    assert AttendanceMonth.objects.get().marks == {"12": "maternity", "13": "maternity", "14": "maternity"}
    sent = {"add": "1", "who": "all", "first": "13", "last": "", "mark": "present"}
    marks = {on_post: "12:maternity 13:maternity 14:maternity"}
    assert client.post(URL, typed(receiving_school, principal, marks, **sent)).status_code == 302
    assert AttendanceMonth.objects.get().marks == {"12": "maternity", "14": "maternity"}


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"m-{}": "9:holiday"}, "不是考勤记号"),
        ({"l-{}": "900"}, "“900”应是 0 到 200 的整数"),
        ({"r-{}": "长" * 101}, "100"),
    ],
)
def test_what_cannot_be_read_is_told_and_changes_nothing(on_post, receiving_school, principal, client_of, sent, words):
    sent = {name.format(on_post.pk): value for name, value in sent.items()}
    answer = client_of(principal).post(URL, typed(receiving_school, principal) | sent)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not AttendanceMonth.objects.exists()


def test_two_people_at_once_see_both_and_the_second_decides(on_post, receiving_school, principal, client_of):
    officer_of_school = person("clerk", "金秋菊", Role.SCHOOL_OFFICER, school=receiving_school)
    stale = typed(receiving_school, principal, {on_post: "9:sick"})
    client_of(officer_of_school).post(URL, typed(receiving_school, principal, {on_post: "9:personal"}))
    answer = client_of(principal).post(URL, stale)
    page = answer.content.decode()
    assert answer.status_code == 409 and "金秋菊" in page
    assert "沈若兰：您填的是9日病假，现在存着的是9日事假" in page
    assert AttendanceMonth.objects.get().marks == {"9": "personal"}
    whole = SchoolMonth(receiving_school, OCTOBER)
    with pytest.raises(ChangedMeanwhile):
        attendance.enter(receiving_school, OCTOBER, {}, by=principal, seen=stale["seen"])
    assert client_of(principal).post(URL, stale | {"seen": whole.seen}).status_code == 302
    assert AttendanceMonth.objects.get().marks == {"9": "sick"}


def test_confirming_shuts_the_month(on_post, receiving_school, principal, client_of):
    client = client_of(principal)
    assert client.post(f"{URL}confirm/", typed(receiving_school, principal)).status_code == 302
    row = AttendanceMonth.objects.get()
    assert (row.confirmed_by, row.confirmed_on) == ("吴校长", dt.date(2026, 11, 5))
    answer = client.post(URL, typed(receiving_school, principal, {on_post: "9:sick"}))
    assert answer.status_code == 409 and "已经确认" in answer.content.decode()
    assert AttendanceMonth.objects.get().marks == {}


def test_a_month_that_is_not_over_is_not_confirmed(on_post, receiving_school, principal):
    november = dt.date(2026, 11, 1)
    attendance.enter(receiving_school, november, {}, by=principal)
    with pytest.raises(Refused, match="11月30日起可以确认"):
        attendance.confirm(receiving_school, november, by=principal)


def test_older_months_are_shut_until_the_bureau_reopens_them(on_post, receiving_school, principal, officer, client_of):
    september = dt.date(2026, 9, 1)
    with pytest.raises(Refused, match="已经过了登记的时候"):
        attendance.enter(receiving_school, september, {}, by=principal)
    url = f"/attendance/2026-09/reopen/?school={receiving_school.pk}"
    assert client_of(principal).post(url, {"reason": "漏了"}).status_code == 403
    refused = client_of(officer).post(url, {"reason": " "})
    assert refused.status_code == 422 and "重新打开考勤要写原因" in refused.content.decode()
    assert 'name="reason"' in refused.content.decode()
    assert client_of(officer).post(url, {"reason": "漏记一天病假"}).status_code == 302
    assert "漏记一天病假" in client_of(principal).get("/attendance/2026-09/").content.decode()
    attendance.enter(receiving_school, september, {on_post.pk: Entered({"8": "sick"})}, by=principal)
    attendance.confirm(receiving_school, september, by=principal)
    with pytest.raises(Refused, match="已经确认"):
        attendance.enter(receiving_school, september, {}, by=principal)


def test_the_future_is_shut(on_post, receiving_school, principal):
    with pytest.raises(Refused, match="还没有到"):
        attendance.enter(receiving_school, dt.date(2026, 12, 1), {}, by=principal)


def test_the_teacher_finds_the_month_right_or_says_what_is_wrong(
    on_post, receiving_school, principal, teacher_user, client_of
):
    attendance.enter(receiving_school, OCTOBER, {}, by=principal)
    row, client = AttendanceMonth.objects.get(), client_of(teacher_user)
    url = reverse("assignments:attendance_answer", args=[row.pk])
    assert client.post(url, {"answer": "right"}).status_code == 409  # not confirmed yet
    attendance.confirm(receiving_school, OCTOBER, by=principal)
    refused = client.post(url, {"answer": "dispute", "words": ""})
    assert refused.status_code == 422 and "请写明哪一天、应该是什么" in refused.content.decode()
    assert f'id="words-{row.pk}"' in refused.content.decode()
    assert client.post(url, {"answer": "dispute", "words": "9日我去听课了"}).status_code == 302
    row.refresh_from_db()
    assert (row.dispute, row.seen_on) == ("9日我去听课了", dt.date(2026, 11, 5))
    assert "9日我去听课了" in client_of(principal).get(URL).content.decode()
    assert client.post(url, {"answer": "right"}).status_code == 302
    row.refresh_from_db()
    assert row.dispute == ""
    assert client_of(principal).post(url, {"answer": "right"}).status_code == 403


def test_who_may_open_which_page(
    on_post, receiving_school, principal, officer, teacher_user, outsider, sending_school, county, client_of
):
    sender = person("sender", "方校长", Role.PRINCIPAL, school=sending_school)
    stranger = School.objects.create(county=county, name="柳坪小学")
    other = person("other", "石校长", Role.PRINCIPAL, school=stranger)
    here = f"{URL}?school={receiving_school.pk}"
    for user, expected in ((principal, 200), (officer, 200), (sender, 200), (outsider, 404), (other, 404)):
        assert client_of(user).get(here).status_code == expected, user
    sent = typed(receiving_school, None)
    for user, expected in ((officer, 404), (sender, 404), (outsider, 404), (other, 404), (teacher_user, 404)):
        assert client_of(user).post(here, sent).status_code == expected, user
    assert not AttendanceMonth.objects.exists()
    assert client_of(teacher_user).get("/attendance/overview/").status_code == 403
    assert client_of(outsider).get("/attendance/overview/2026-10/").content.decode().count("松岭乡") == 0
    assert "松岭乡中心小学" in client_of(officer).get("/attendance/overview/2026-10/").content.decode()


def test_the_sending_school_sees_its_own_teachers_only(
    on_post, second, county, receiving_school, client_of, sending_school
):
    canary_school = School.objects.create(county=county, name="县直第九中学")
    canary = Teacher.objects.create(county=county, school=canary_school, name="金丝雀")
    second(canary, "2026-09-01", "2027-07-10", sending_school=canary_school)
    sender = person("sender", "方校长", Role.PRINCIPAL, school=sending_school)
    page = client_of(sender).get(f"{URL}?school={receiving_school.pk}").content.decode()
    assert "沈若兰" in page and "金丝雀" not in page


def test_home_of_attendance_leads_everybody_to_theirs(
    on_post, principal, officer, teacher_user, receiving_school, client_of
):
    def goes(user):
        return client_of(user).get("/attendance/")["Location"]

    assert goes(principal) == URL
    assert goes(officer) == "/attendance/overview/"
    assert goes(teacher_user) == "/attendance/own/"
    attendance.enter(receiving_school, OCTOBER, {}, by=principal)
    attendance.confirm(receiving_school, OCTOBER, by=principal)
    assert goes(principal) == "/attendance/2026-11/"


@pytest.mark.parametrize("page", [URL, "/attendance/overview/2026-10/", "/attendance/list/"])
def test_the_same_questions_for_one_three_and_thirty(
    page, second, county, sending_school, receiving_school, principal, officer, client_of
):
    asked = []
    client = client_of(principal if page == URL else officer)
    for more in (1, 2, 27):
        for number in range(more):
            teacher = Teacher.objects.create(county=county, school=sending_school, name=f"教师{len(asked)}-{number}")
            secondment = second(teacher, "2026-09-01", "2027-07-10")
            AttendanceMonth.objects.create(county=county, secondment=secondment, month=OCTOBER, due=17, present=17)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(page).status_code == 200
        asked.append(len(queries))
    print("queries", asked)
    assert len(set(asked)) == 1 and asked[0] <= 16, asked
