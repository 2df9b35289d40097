"""Who waits for what: each person's tasks, as the records and the table of the workflow tell them."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignments import owing, waiting
from assignments.choices import ChangeKind, ChangeState, LeaveKind, LeaveState, Role, SheetState
from assignments.choices import SecondmentState as State
from assignments.models import (
    AllowanceSheet,
    AttendanceMonth,
    Difficulty,
    Leave,
    Membership,
    Objection,
    PublicNotice,
    School,
    SecondmentChange,
    Teacher,
    YearSchedule,
)
from assignments.workflow import TRANSITIONS
from tests.conftest import person
from tests.full_records import on
from zhijiao.accounts.models import User

TODAY = dt.date(2023, 11, 20)  # a Monday in the year of the fixtures


def tasks(user, today=TODAY):
    """Asked anew, as in a request of its own."""
    user = User.objects.get(pk=user.pk)
    return [task for group in waiting.waiting_for(user, today) for task in group.tasks]


def whats(user, today=TODAY):
    return [task.what for task in tasks(user, today)]


@pytest.fixture
def sender(sending_school):
    """The principal of the sending school."""
    return person("sender", "郑校长", Role.PRINCIPAL, school=sending_school)


@pytest.fixture
def leader(county):
    return person("leader", "何局长", Role.LEADER, district=county)


@pytest.fixture
def finance(county):
    return person("finance", "财务", Role.FINANCE, district=county)


def in_state(second, teacher, state, **fields):
    return second(teacher, state=state, **fields)


def test_nobody_waits_for_anything_in_an_empty_county(officer, principal, teacher_user):
    assert whats(officer) == whats(principal) == whats(teacher_user) == []


def test_an_application_waits_for_its_school_and_for_nobody_else(second, teacher, sender, principal, officer):
    in_state(second, teacher, State.SUBMITTED)
    assert whats(sender) == ["推荐沈若兰的支教申请"]
    assert whats(principal) == whats(officer) == []


def test_a_deadline_of_the_year_is_the_deadline_of_the_task(second, teacher, sender, county, school_year):
    in_state(second, teacher, State.SUBMITTED)
    YearSchedule.objects.create(
        county=county, school_year=school_year, recommendations_until=TODAY - dt.timedelta(days=1)
    )
    task = tasks(sender)[0]
    assert task.is_late
    assert task.due == TODAY - dt.timedelta(days=1)
    assert [group.title for group in waiting.waiting_for(sender, TODAY)] == ["已过期限"]


def noticed(second, teacher, sending_school, end):
    secondment = in_state(second, teacher, State.RECOMMENDED)
    secondment.notice = on(PublicNotice, end, county=secondment.county, school=sending_school, title="名单公示")
    secondment.save()
    return secondment


def test_a_public_notice_that_is_over_waits_to_be_sent_on_and_one_that_runs_does_not(
    second, teacher, sending_school, sender
):
    noticed(second, teacher, sending_school, TODAY)
    assert whats(sender) == []
    assert whats(sender, TODAY + dt.timedelta(days=1)) == ["沈若兰公示期满，报局审核"]


def test_an_open_objection_goes_before_sending_on(second, teacher, sending_school, sender, officer):
    secondment = noticed(second, teacher, sending_school, TODAY - dt.timedelta(days=1))
    Objection.objects.create(county=secondment.county, notice=secondment.notice, received_on=TODAY, text="不符合条件")
    assert whats(sender) == whats(officer) == ["核查公示异议"]


def test_somebody_dispatched_waits_for_the_receiving_school_with_some_days_of_grace(second, teacher, principal, sender):
    in_state(second, teacher, State.DISPATCHED, first="2023-11-20")
    (task,) = tasks(principal)
    assert task.what == "确认沈若兰到岗"
    assert task.due == dt.date(2023, 11, 23)
    assert task.buttons[0].label == "确认到岗…"
    assert tasks(sender) == []


@pytest.mark.parametrize(
    ("state", "what"),
    [
        (State.REVIEW, "审核沈若兰的支教申请"),
        (State.APPROVED, "派出沈若兰"),
        (State.OVERDUE, "沈若兰逾期未报到"),
        (State.APPRAISED, "沈若兰已考核，期满结束"),
    ],
)
def test_the_bureaus_officer_finds_every_state_that_waits_for_the_bureau(
    second, teacher, officer, leader, outsider, state, what
):
    in_state(second, teacher, state)
    assert whats(officer) == [what]
    assert whats(outsider) == []
    assert not any(
        group.is_mine for group in waiting.waiting_for(leader, TODAY)
    )  # reads what is late, and need do nothing


def test_who_is_past_the_last_day_waits_to_be_appraised(second, teacher, officer):
    second(teacher, "2023-09-01", "2023-11-19")
    assert "沈若兰支教期满，等考核" in whats(officer)
    assert "沈若兰支教期满，等考核" not in whats(officer, dt.date(2023, 11, 19))


def test_many_of_a_kind_stand_in_one_line_with_a_preview_of_all(second, county, sending_school, officer):
    keys = []
    for number in range(7):
        teacher = Teacher.objects.create(county=county, school=sending_school, name=f"同行{number}")
        keys.append(in_state(second, teacher, State.REVIEW).pk)
    (task,) = tasks(officer)
    assert (task.what, task.number) == ("审核 7 人的支教申请", 7)
    assert all(f"pick={key}" in task.buttons[0].url for key in keys)


def attendance(secondment, month, **fields):
    return AttendanceMonth.objects.create(
        county=secondment.county, secondment=secondment, month=month, due=20, present=20, **fields
    )


def test_last_months_attendance_is_entered_then_confirmed_then_seen(secondment, principal, teacher_user):
    (task,) = tasks(principal)
    assert task.what == "登记10月考勤，还有 1 人"
    assert task.is_late  # it was due on the fifth
    row = attendance(secondment, dt.date(2023, 10, 1))
    assert whats(principal) == ["确认10月考勤，1 人"]
    assert whats(teacher_user) == []
    AttendanceMonth.objects.filter(pk=row.pk).update(confirmed_on=TODAY)
    assert whats(principal) == []
    assert whats(teacher_user) == ["核对2023年10月的考勤"]
    AttendanceMonth.objects.filter(pk=row.pk).update(seen_on=TODAY)
    assert whats(teacher_user) == []


def test_in_august_nobody_owes_attendance(second, teacher, principal):
    second(teacher, "2023-09-01", "2024-07-10")
    assert whats(principal, dt.date(2024, 9, 3)) == []


def leave(secondment, state=LeaveState.REQUESTED, **fields):
    day = TODAY + dt.timedelta(days=2)
    return Leave.objects.create(
        county=secondment.county, secondment=secondment, kind=LeaveKind.SICK, start=day, end=day, days=1, state=state, **fields
    )  # fmt: skip


def test_leave_waits_for_the_receiving_school_and_its_answer_is_told_to_the_teacher(
    secondment, principal, sender, teacher_user
):
    row = leave(secondment, reason="住院")
    assert "审批沈若兰的病假" in whats(principal)
    assert whats(sender) == []
    assert whats(teacher_user) == ["病假申请等学校审批"]
    Leave.objects.filter(pk=row.pk).update(state=LeaveState.REFUSED, decided_on=TODAY, decision="请先补假条")
    (task,) = tasks(teacher_user)
    assert (task.what, task.who) == ("您的病假有了答复", "未批准：请先补假条")


def test_a_change_is_decided_by_another_than_who_asked(secondment, officer, leader):
    change = SecondmentChange(
        county=secondment.county, secondment=secondment, kind=ChangeKind.EXTEND, state=ChangeState.REQUESTED,
        requested_by=officer,
    )  # fmt: skip
    change.save()
    assert "审批沈若兰延期的申请" in whats(leader)
    mine = [group for group in waiting.waiting_for(officer, TODAY) if not group.is_mine]
    assert [task.what for group in mine for task in group.tasks] == ["沈若兰延期的申请"]


def test_a_difficulty_waits_for_who_owns_it_and_for_the_bureau_once_it_is_late(secondment, principal, officer, county):
    secondment_teacher = secondment.teacher
    row = on(
        Difficulty, TODAY, county=county, teacher=secondment_teacher, text="宿舍没有取暖", owner="学校",
        due_on=TODAY + dt.timedelta(days=3),
    )  # fmt: skip
    assert "解决困难诉求：宿舍没有取暖" in whats(principal)
    assert whats(officer) == []
    Difficulty.objects.filter(pk=row.pk).update(due_on=TODAY - dt.timedelta(days=1))
    assert whats(officer) == ["解决困难诉求：宿舍没有取暖"]
    Difficulty.objects.filter(pk=row.pk).update(owner_user=officer)
    assert "解决困难诉求：宿舍没有取暖" not in whats(principal)


def test_a_role_waits_for_a_second_person(county, leader):
    new = person("new", "新专干")
    Membership.objects.create(user=new, role=Role.OFFICER, district=county, is_waiting=True)
    assert whats(leader) == ["确认新专干的支教专干角色"]
    assert whats(new) == []


def test_a_payment_sheet_goes_from_hand_to_hand(secondment, county, finance, officer, leader):
    assert whats(finance) == ["编制2023年10月补助发放表"]
    sheet = AllowanceSheet.objects.create(county=county, month=dt.date(2023, 10, 1), prepared_by=finance)
    assert whats(finance) == []
    assert whats(officer) == ["审核2023年10月补助发放表"]
    AllowanceSheet.objects.filter(pk=sheet.pk).update(state=SheetState.CHECKED, checked_by=officer)
    assert whats(officer) == []
    assert whats(leader) == ["锁定2023年10月补助发放表"]


def test_needs_are_asked_of_schools_that_received_somebody_and_only_while_they_are_collected(
    secondment, county, school_year, principal, sender
):
    until = TODAY + dt.timedelta(days=5)
    YearSchedule.objects.create(county=county, school_year=school_year, demands_until=until)
    assert "申报2023—2024学年的岗位需求" in whats(principal)
    asked = next(task for task in tasks(principal) if task.what == "申报2023—2024学年的岗位需求")
    assert asked.buttons[0].url == "/demands/?year=2023-2024", "not the year that is looked at by chance"
    assert "申报2023—2024学年的岗位需求" not in whats(sender)
    assert "申报2023—2024学年的岗位需求" not in whats(principal, until + dt.timedelta(days=1))


def test_a_teacher_finds_why_the_application_came_back(second, teacher, teacher_user, principal):
    in_state(second, teacher, State.SENT_BACK)
    assert whats(teacher_user) == ["修改退回的支教申请"]
    assert whats(principal) == []


def test_a_teacher_sees_that_the_application_is_on_its_way(second, teacher, teacher_user):
    in_state(second, teacher, State.REVIEW)
    (group,) = waiting.waiting_for(teacher_user, TODAY)
    assert not group.is_mine
    assert group.tasks[0].what == "支教申请等局里审核"


def test_nothing_of_another_school_is_told(
    second, county, sending_school, receiving_school, officer, principal, sender
):
    """Canaries: what waits for a school names nobody of a school beside it."""
    other = School.objects.create(county=county, name="金丝雀小学")
    strange = Teacher.objects.create(county=county, school=other, name="金丝雀老师")
    for number, state in enumerate(
        (State.SUBMITTED, State.RECOMMENDED, State.DISPATCHED, State.OVERDUE, State.ON_POST)
    ):
        teacher = Teacher.objects.create(county=county, school=other, name=f"金丝雀{number}")
        secondment = second(teacher, state=state, sending_school=other)
        secondment.placements.update(receiving_school=School.objects.create(county=county, name=f"金丝雀村小{number}"))
        leave(secondment)
    on(Difficulty, TODAY, county=county, teacher=strange, text="金丝雀的困难")
    told = repr([waiting.waiting_for(user, TODAY) for user in (principal, sender)])
    assert "金丝雀" not in told
    assert "金丝雀" in repr(waiting.waiting_for(officer, TODAY))


@pytest.mark.parametrize("who", ["officer", "principal", "sender", "teacher_user", "leader"])
def test_more_that_waits_is_not_more_queries(
    request, second, county, teacher, sending_school, school_year, teacher_user, who
):
    user = request.getfixturevalue(who)
    YearSchedule.objects.create(county=county, school_year=school_year, recommendations_until=TODAY)
    counts = []
    for times in (1, 2, 27):
        for number in range(times):
            for state in (
                State.SUBMITTED,
                State.REVIEW,
                State.APPROVED,
                State.DISPATCHED,
                State.OVERDUE,
                State.ON_POST,
            ):
                one = Teacher.objects.create(county=county, school=sending_school, name=f"{state}{times}{number}")
                secondment = in_state(second, one, state)
                if state == State.ON_POST:
                    leave(secondment)
                    on(Difficulty, TODAY, county=county, teacher=one, text="路远")
        fresh = User.objects.get(pk=user.pk)
        with CaptureQueriesContext(connection) as queries:
            waiting.waiting_for(fresh, TODAY)
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2] <= 5


@pytest.mark.parametrize("kind", waiting.KINDS, ids=lambda kind: kind.name)
def test_every_kind_leads_to_a_page_that_exists(kind):
    line = waiting.Line(kind.name, 1, 1, "沈若兰", "", "", None, None)
    assert kind.address(line)
    if kind.listed:
        assert owing.address(kind.listed)
    assert not kind.step or kind.step in TRANSITIONS
