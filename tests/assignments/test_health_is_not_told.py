"""What a teacher tells of their health stands on the page of the difficulty, for those who may read it: not on home pages or in mails."""

import datetime as dt

import pytest

from assignments import waiting
from assignments.choices import DifficultyCategory, Role
from assignments.daily import tell_late_difficulties
from assignments.models import Difficulty
from tests.conftest import inspects, person
from tests.full_records import on
from zhijiao.notices.models import Notice

TODAY = dt.date(2023, 11, 20)
CANARY = "化疗后要复查"


@pytest.fixture
def late(county, secondment):
    return on(
        Difficulty, TODAY, county=county, teacher=secondment.teacher, category=DifficultyCategory.HEALTH, text=CANARY,
        due_on=TODAY - dt.timedelta(days=1),
    )  # fmt: skip


def told(user):
    return [task.what for group in waiting.waiting_for(user, TODAY) for task in group.tasks]


def test_home_pages_say_that_it_is_about_health_and_no_more(late, county, receiving_school, officer, principal):
    inspector = person("inspector", "罗督学", Role.INSPECTOR, district=county)
    inspects(inspector, receiving_school)
    for user in (inspector, principal, officer):
        said = told(user)
        assert any("困难诉求" in what and "健康" in what for what in said), said
        assert not any(CANARY in what for what in said)


def test_a_notice_which_may_leave_by_mail_says_no_more_either(late, officer):
    tell_late_difficulties(TODAY)
    notice = Notice.objects.get(user=officer)
    assert CANARY not in notice.title + notice.text
    assert "健康" in notice.text
