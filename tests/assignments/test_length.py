"""A secondment lasts at least as long as its programme says; the bureau may let it be shorter, with a reason that stays."""

import datetime as dt

import pytest

from assignments import applications, changes, length
from assignments.choices import ChangeKind, Role, SecondmentState
from assignments.models import Application, Programme, Secondment, StateChange
from assignments.workflow import Refused as StepRefused
from assignments.workflow import perform
from tests.conftest import person
from zhijiao.refusals import Refused

WHY = "接替休产假的教师"


@pytest.fixture
def programme(county):
    """Nine months at least."""
    return Programme.objects.create(county=county, name="测试支教", minimum_months=9)


@pytest.fixture
def short(second, teacher):
    """From February: half a year."""
    row = second(teacher, "2024-02-20", "2024-07-10", state=SecondmentState.REVIEW)
    Application.objects.create(county=row.county, secondment=row)
    return row


@pytest.fixture
def sender(sending_school):
    return person("sender", "孙校长", Role.PRINCIPAL, school=sending_school)


def asked(programme, school_year, first="2024-02-20", last="2024-07-10"):
    return {
        "programme": programme, "school_year": school_year, "start": dt.date.fromisoformat(first), "end": dt.date.fromisoformat(last),
        "duty": "teacher", "reason": "想去",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("months", "last", "is_short"),
    [(9, "2024-07-10", False), (9, "2024-05-20", True), (9, "2024-05-31", False), (4, "2024-01-10", False), (4, "2023-12-10", True), (None, "2023-09-10", False)],
)  # fmt: skip
def test_what_is_too_short(months, last, is_short):
    programme = Programme(name="测试支教", minimum_months=months)
    assert bool(length.shortfall(programme, dt.date(2023, 9, 1), dt.date.fromisoformat(last))) is is_short


def test_it_says_how_long_it_has_to_be_and_how_long_it_is():
    programme = Programme(name="三区支教", minimum_months=9)
    words = length.shortfall(programme, dt.date(2024, 2, 20), dt.date(2024, 7, 10))
    assert words == "“三区支教”至少 9 个月，2024.02.20 — 2024.07.10 只有 4.5 个月"


def test_of_dates_known_to_the_month_nothing_is_said(second, teacher):
    row = second(teacher, "2024-02-20", "2024-07-10")
    Secondment.objects.filter(pk=row.pk).update(precision="months")
    assert length.lacks(Secondment.objects.get(pk=row.pk)) == ""


def test_a_teacher_and_a_school_apply_within_the_rule(teacher, teacher_user, sender, programme, school_year):
    for who in (teacher_user, sender):
        with pytest.raises(Refused, match=r"“测试支教”至少 9 个月，.*只有 4\.5 个月，请改起止日期"):
            applications.draft(teacher, by=who, **asked(programme, school_year))
    assert not Secondment.objects.exists()
    draft = applications.draft(teacher, by=teacher_user, **asked(programme, school_year, "2023-09-01"))
    with pytest.raises(Refused, match="至少 9 个月"):
        applications.change(draft, by=teacher_user, **asked(programme, school_year))


def test_a_short_programme_has_no_least_length(teacher, teacher_user, school_year, county):
    brief = Programme.objects.get(name="短期指导")
    assert brief.minimum_months is None
    assert applications.draft(teacher, by=teacher_user, **asked(brief, school_year, "2024-02-20", "2024-03-20")).pk


def test_the_bureau_enters_a_shorter_one_and_only_it_submits_it(
    teacher, teacher_user, officer, programme, school_year, client_of
):
    draft = applications.draft(teacher, by=officer, **asked(programme, school_year))
    with pytest.raises(StepRefused, match="请联系教育局报送"):
        perform("submit", draft, by=teacher_user)
    assert perform("submit", draft, by=officer).state == SecondmentState.SUBMITTED


def test_a_page_of_an_application_tells_it_and_keeps_what_was_typed(
    teacher_user, programme, school_year, receiving_school, client_of
):
    typed = {
        "programme": str(programme.pk), "school_year": "2023-2024", "start": "2024-02-20", "end": "2024-07-10", "duty": "teacher",
        "wish_1": receiving_school.name, "wished_subject": "英语", "accepts_other": "True", "reason": "想到山里去教书",
    }  # fmt: skip
    answer = client_of(teacher_user).post("/secondments/new/?year=2023-2024", typed)
    assert answer.status_code == 409
    assert "至少 9 个月" in answer.content.decode() and "想到山里去教书" in answer.content.decode()


def test_a_shorter_one_is_approved_with_a_reason_only(short, officer):
    with pytest.raises(StepRefused, match=r"沈若兰：“测试支教”至少 9 个月，.*要写明为什么可以短一些"):
        perform("approve", short, by=officer, data={"why_short": " "})
    assert Secondment.objects.get().state == SecondmentState.REVIEW
    perform("approve", short, by=officer, data={"why_short": WHY})
    assert StateChange.objects.get(action="approve").reason == WHY
    perform("dispatch", short, by=officer, data={"document": "青教人〔2024〕3号"})  # said once
    assert Secondment.objects.get().state == SecondmentState.DISPATCHED


def test_the_page_asks_for_the_reason_where_it_is_too_short(short, officer, client_of):
    browser = client_of(officer)
    page = f"/secondments/{short.pk}/approve/"
    html = browser.get(page).content.decode()
    assert "短于规定月数的原因" in html and "只有 4.5 个月" in html
    assert browser.post(page, {"opinion": "同意", "decision": "同意。"}).status_code == 200
    assert Secondment.objects.get().state == SecondmentState.REVIEW
    assert browser.post(page, {"opinion": "同意", "decision": "同意。", "why_short": WHY}).status_code == 302
    assert WHY in browser.get(f"/secondments/{short.pk}/").content.decode()
    assert "短于规定月数的原因" not in browser.get(f"/secondments/{short.pk}/dispatch/").content.decode()


def test_of_one_that_is_long_enough_nothing_is_asked(second, teacher, officer, client_of):
    row = second(teacher, state=SecondmentState.REVIEW)
    assert "短于规定" not in client_of(officer).get(f"/secondments/{row.pk}/approve/").content.decode()
    perform("approve", row, by=officer)
    assert StateChange.objects.get().reason == ""


def test_one_approved_before_the_rule_is_asked_for_at_the_dispatch(short, officer):
    Secondment.objects.filter(pk=short.pk).update(state=SecondmentState.APPROVED)
    with pytest.raises(StepRefused, match="至少 9 个月"):
        perform("dispatch", short, by=officer, data={"document": "青教人〔2024〕3号"})
    perform("dispatch", short, by=officer, data={"document": "青教人〔2024〕3号", "why_short": WHY})
    assert StateChange.objects.get(action="dispatch").reason == WHY


def test_who_decides_on_an_early_end_or_an_extension_sees_what_is_left(second, teacher, sender, officer, client_of):
    row = second(teacher, "2024-02-20", "2024-07-10")
    extended = changes.request(
        row, ChangeKind.EXTEND, by=sender, start=dt.date(2024, 6, 1), new_end=dt.date(2024, 8, 31)
    )
    html = client_of(officer).get(f"/secondments/changes/{extended.pk}/").content.decode()
    assert "批准以后“测试支教”至少 9 个月，2024.02.20 — 2024.08.31 只有 6.5 个月" in html
    changes.decide(extended, by=officer, approves=True)
    assert "批准以后" not in client_of(officer).get(f"/secondments/changes/{extended.pk}/").content.decode()
