"""Who is told of a difficulty, of a leave, and of the last day to apply; and that nobody is told twice."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from assignments import care, leave
from assignments import daily as steps
from assignments.choices import Role, SecondmentState
from assignments.models import Allocation, SchoolYear, YearSchedule
from tests.conftest import person
from zhijiao.dates import school_year_of
from zhijiao.notices import kinds, templating
from zhijiao.notices.models import Notice

TODAY = timezone.localdate()
CANARY = "腰椎手术后不能久站"


def days(number):
    return TODAY + dt.timedelta(days=number)


@pytest.fixture
def school_year(db):
    first = school_year_of(TODAY)
    return SchoolYear.objects.named(f"{first}-{first + 1}")


@pytest.fixture
def on_post(second, teacher):
    return second(teacher, str(days(-30)), str(days(200)))


@pytest.fixture
def sender(sending_school):
    return person("sender", "郑校长", Role.PRINCIPAL, school=sending_school)


def told(user):
    return [notice.kind for notice in Notice.objects.filter(user=user).order_by("id")]


def text_of(user):
    notice = Notice.objects.filter(user=user).latest("id")
    return f"{notice.title}：{notice.text}"


# --- difficulties -----------------------------------------------------------------------------------------------------


def raised(on_post, by, category="housing", text="宿舍没有热水"):
    return care.raise_difficulty(on_post.teacher, category=category, text=text, by=by)


def test_who_can_help_is_told_of_a_difficulty(on_post, teacher_user, principal, officer, sender, outsider):
    row = raised(on_post, teacher_user)
    assert told(principal) == told(officer) == ["difficulty_raised"]
    assert told(teacher_user) == told(sender) == told(outsider) == []
    assert text_of(officer).startswith("沈若兰提出一件困难：松岭乡中心小学的沈若兰：宿舍没有热水。")
    assert Notice.objects.filter(user=officer).get().url == f"/difficulties/{row.pk}/"


def test_the_teacher_is_told_who_sees_to_it_and_that_it_is_settled(on_post, teacher_user, principal):
    row = raised(on_post, teacher_user)
    care.take_on(row, by=principal, owner="总务处", due_on=days(7))
    assert f"由总务处承办，{days(7).month}月{days(7).day}日 前办好" in text_of(teacher_user)
    care.settle(row, by=principal, resolution="装了热水器", resolved_on=TODAY)
    assert told(teacher_user) == ["difficulty_taken", "difficulty_settled"]
    assert "由总务处办结" in text_of(teacher_user)
    assert told(principal) == ["difficulty_raised"]


def test_a_school_that_asked_for_the_teacher_is_told_as_well(on_post, teacher_user, principal, officer):
    row = raised(on_post, principal)
    assert told(principal) == []
    care.take_on(row, by=officer, owner="人事股", due_on=days(7))
    assert told(principal) == told(teacher_user) == ["difficulty_taken"]


def test_no_notice_tells_of_an_illness(on_post, teacher_user, principal, officer):
    row = raised(on_post, teacher_user, "health", CANARY)
    care.take_on(row, by=officer, owner="人事股", due_on=days(7))
    care.settle(row, by=officer, resolution=CANARY, resolved_on=TODAY)
    assert Notice.objects.count() == 4
    assert not any(CANARY in f"{one.title}{one.text}" for one in Notice.objects.all())
    assert care.BRIEFLY in text_of(teacher_user)


# --- leave ------------------------------------------------------------------------------------------------------------


def asked(on_post, by, length=1, kind="sick"):
    monday = days(7 - TODAY.weekday())
    return leave.ask(on_post, kind=kind, start=monday, end=monday + dt.timedelta(days=length - 1), reason=CANARY, by=by)


def test_the_school_is_told_of_a_leave_and_the_teacher_of_the_decision(
    on_post, teacher_user, principal, officer, sender
):
    row = asked(on_post, teacher_user)
    assert told(principal) == ["leave_asked"] and told(officer) == told(sender) == told(teacher_user) == []
    assert (
        "请在系统里审批" in text_of(principal) and CANARY not in text_of(principal) and "病假" not in text_of(principal)
    )
    leave.approve(row, by=principal, words="注意休息")
    assert told(teacher_user) == ["leave_decided"]
    assert "沈若兰的请假已批准" in text_of(teacher_user) and "注意休息" in text_of(teacher_user)
    assert told(principal) == ["leave_asked"]


def test_a_refusal_is_told_with_its_reason(on_post, teacher_user, principal):
    leave.refuse(asked(on_post, teacher_user), by=principal, reason="当天有公开课")
    assert "没有批准" in text_of(teacher_user) and "当天有公开课" in text_of(teacher_user)


def test_of_a_long_leave_the_bureau_is_told_when_the_school_has_agreed(
    on_post, teacher_user, principal, officer, settings
):
    settings.LEAVE_DAYS_SCHOOL_DECIDES = 1
    row = asked(on_post, teacher_user, length=3)
    assert told(officer) == []
    leave.approve(row, by=principal)
    assert told(officer) == ["leave_asked"] and told(teacher_user) == []
    leave.approve(row, by=officer)
    assert told(teacher_user) == ["leave_decided"] and told(officer) == ["leave_asked"]


def test_whose_own_leave_it_is_is_not_asked_to_decide(on_post, teacher, receiving_school, principal):
    both = person("both", "沈若兰", Role.TEACHER, teacher=teacher)
    both.memberships.create(role=Role.SCHOOL_OFFICER, school=receiving_school)
    asked(on_post, principal)
    assert told(both) == [] and told(principal) == []


# --- the last day to apply ----------------------------------------------------------------------------------------------


@pytest.fixture
def schedule(county, school_year):
    return YearSchedule.objects.create(county=county, school_year=school_year, applications_until=days(2))


def test_the_last_day_to_apply_is_told_once(
    schedule, second, teacher, teacher_user, sending_school, sender, principal, officer
):
    second(teacher, str(days(30)), str(days(200)), state=SecondmentState.DRAFT)
    assert steps.tell_application_deadlines(TODAY) == 2
    assert steps.tell_application_deadlines(TODAY) == steps.tell_application_deadlines(days(1)) == 0
    assert told(sender) == told(teacher_user) == ["application_deadline"]
    assert told(principal) == told(officer) == []
    assert f"{days(2).month}月{days(2).day}日 截止" in text_of(teacher_user)
    assert Notice.objects.get(user=teacher_user).url.startswith("/secondments/")


def test_a_deadline_that_moved_is_told_again_and_one_far_off_or_over_is_not(
    schedule, county, school_year, sending_school, receiving_school, sender
):
    Allocation.objects.create(
        county=county, school_year=school_year, sending_school=sending_school, receiving_school=receiving_school,
        subject="语文", number=1,
    )  # fmt: skip
    assert steps.tell_application_deadlines(days(-5)) == 0
    assert steps.tell_application_deadlines(days(3)) == 0
    assert steps.tell_application_deadlines(days(2)) == 1
    YearSchedule.objects.filter(pk=schedule.pk).update(applications_until=days(9))
    assert steps.tell_application_deadlines(days(7)) == 1


def test_who_has_handed_in_is_not_told(schedule, second, teacher, teacher_user):
    second(teacher, str(days(30)), str(days(200)), state=SecondmentState.SUBMITTED)
    assert steps.tell_application_deadlines(TODAY) == 0


def test_the_bureau_writes_its_own_words_for_them(county, on_post, teacher_user, principal, officer, client_of):
    names = {
        "difficulty_raised",
        "difficulty_taken",
        "difficulty_settled",
        "leave_asked",
        "leave_decided",
        "application_deadline",
    }
    assert names <= {kind.name for kind in kinds.kinds()}
    browser = client_of(officer)
    for name in names:
        assert browser.get(reverse("notices:template_edit", args=[name])).status_code == 200
    templating.write(kinds.kind("leave_asked"), county, title="请假条", text="{教师}请假 {起止}", by=officer)
    asked(on_post, teacher_user)
    assert text_of(principal).startswith("请假条：沈若兰请假 ")
