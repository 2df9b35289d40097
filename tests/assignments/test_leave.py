"""Leave: who asks, who decides how long, what is refused, and who may know of what it is for."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignments import attendance, leave
from assignments.choices import LeaveState, Role
from assignments.models import AttendanceMonth, Leave, Placement, School, Teacher
from tests.conftest import person
from zhijiao.accounts.models import AuditEntry
from zhijiao.refusals import Refused

TODAY = dt.date(2026, 11, 5)  # a Thursday
CANARY = "膝关节镜手术"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: TODAY)


@pytest.fixture
def on_post(second, teacher):
    return second(teacher, "2026-09-01", "2027-07-10")


def day(number):
    return dt.date(2026, 11, number)


@pytest.fixture
def ask(on_post, teacher_user):
    def asked(first=9, last=10, kind="sick", by=teacher_user):
        return leave.ask(on_post, kind=kind, start=day(first), end=day(last), reason=CANARY, by=by)

    return asked


def test_working_days_are_counted_by_the_calendar(ask):
    assert ask(6, 10).days == 3  # Friday to Tuesday


def test_short_leave_is_decided_by_the_school(ask, principal):
    asked = leave.approve(ask(9, 11), by=principal, words="注意休息")
    assert (asked.state, asked.approved_by, asked.decided_by, asked.decision) == (
        "approved",
        "吴校长",
        principal,
        "注意休息",
    )
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)[:2]) == ["申请请假", "批准请假"]


def test_long_leave_goes_on_to_the_bureau(ask, principal, officer):
    asked = ask(9, 13)
    with pytest.raises(Refused, match="先由受援学校批"):
        leave.approve(asked, by=officer)
    asked = leave.approve(asked, by=principal)
    assert asked.state == LeaveState.REQUESTED and leave.is_at_bureau(asked)
    with pytest.raises(Refused, match="等教育局批"):
        leave.approve(asked, by=principal)
    asked = leave.approve(asked, by=officer)
    assert (asked.state, asked.approved_by, asked.decided_by) == ("approved", "吴校长、周专干", officer)


def test_a_refusal_has_its_reason(ask, principal):
    asked = ask()
    with pytest.raises(Refused, match="要写原因"):
        leave.refuse(asked, by=principal, reason=" ")
    assert leave.refuse(asked, by=principal, reason="当天有公开课").decision == "当天有公开课"
    with pytest.raises(Refused, match="未批准"):
        leave.approve(asked, by=principal)


def test_a_refusal_without_its_reason_is_told_beside_the_field(ask, principal, client_of):
    asked = ask()
    address = f"/leaves/{asked.pk}/refuse/"
    refused = client_of(principal).post(address, {"words": " "})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "不批准要写原因" in page[page.index('id="words"') :]
    asked.refresh_from_db()
    assert asked.state == LeaveState.REQUESTED
    assert client_of(principal).post(address, {"words": "当天有公开课"}).status_code == 302


def test_a_day_that_cannot_be_read_is_told_beside_the_field(ask, principal, client_of):
    asked = leave.approve(ask(4, 4), by=principal)
    refused = client_of(principal).post(f"/leaves/{asked.pk}/back/", {"day": "某天"})
    assert refused.status_code == 422 and "is-invalid" in refused.content.decode()


def test_nobody_decides_on_their_own_leave(ask, receiving_school, teacher, principal):
    from assignments.models import Membership

    Membership.objects.create(user=principal, role=Role.TEACHER, teacher=teacher)
    with pytest.raises(Refused, match="由别人批"):
        leave.approve(ask(), by=principal)


def test_the_school_of_now_decides(ask, on_post, county, principal):
    there = School.objects.create(county=county, name="云溪乡中心初中")
    Placement.objects.create(county=county, secondment=on_post, receiving_school=there, order=2, start=day(2))
    with pytest.raises(Refused, match="现在的受援学校"):
        leave.approve(ask(), by=principal)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (dt.date(2026, 11, 10), dt.date(2026, 11, 9), "早于"),
        (dt.date(2026, 8, 28), dt.date(2026, 9, 1), "支教期间"),
        (dt.date(2027, 7, 9), dt.date(2027, 7, 12), "支教期间"),
        (dt.date(2026, 11, 7), dt.date(2026, 11, 8), "没有工作日"),
        (dt.date(2026, 11, 16), dt.date(2026, 11, 18), "不能重叠"),
    ],
)
def test_dates_that_cannot_be_are_refused(ask, on_post, teacher_user, first, last, words):
    ask(18, 19)
    with pytest.raises(Refused, match=words):
        leave.ask(on_post, kind="personal", start=first, end=last, reason="", by=teacher_user)
    assert Leave.objects.count() == 1


def test_only_who_is_on_post_asks(on_post, teacher_user):
    on_post.state = "appraised"
    on_post.save()
    with pytest.raises(Refused, match="在岗的老师才能请假"):
        leave.ask(on_post, kind="sick", start=day(9), end=day(9), reason="", by=teacher_user)


def test_withdrawn_leave_can_be_asked_for_again(ask, principal, teacher_user):
    asked = leave.withdraw(ask(), by=teacher_user)
    again = ask()
    assert again.pk == asked.pk and again.state == LeaveState.REQUESTED
    leave.approve(again, by=principal)
    with pytest.raises(Refused, match="撤不回"):
        leave.withdraw(again, by=teacher_user)


def test_only_who_asked_takes_it_back(ask, principal, client_of):
    asked = ask()
    with pytest.raises(Refused, match="由申请人自己撤回"):
        leave.withdraw(asked, by=principal)
    assert "撤回请假" not in client_of(principal).get(f"/leaves/{asked.pk}/").content.decode()
    assert leave.withdraw(ask(16, 17, by=principal), by=principal).state == LeaveState.CANCELLED


def test_coming_back_earlier_gives_the_days_back(ask, on_post, principal, officer, teacher_user, receiving_school):
    asked = leave.approve(leave.approve(ask(2, 9), by=principal), by=officer)
    attendance.enter(receiving_school, day(1), {}, by=principal)
    assert AttendanceMonth.objects.get().sick_leave == 6
    with pytest.raises(Refused, match="之间"):
        leave.come_back(asked, day(20), by=teacher_user)
    asked = leave.come_back(asked, day(5), by=teacher_user)
    assert (asked.days, asked.back_on) == (3, day(5))
    row = AttendanceMonth.objects.get()
    assert (row.sick_leave, row.present) == (3, row.due - 3)
    with pytest.raises(Refused, match="已经销假"):
        leave.come_back(asked, day(5), by=teacher_user)


def test_leave_that_is_approved_later_comes_into_the_month(ask, principal, receiving_school):
    attendance.enter(receiving_school, day(1), {}, by=principal)
    leave.approve(ask(9, 10), by=principal)
    assert AttendanceMonth.objects.get().marks == {"9": "sick", "10": "sick"}


def test_who_is_on_leave_today(ask, on_post, principal, teacher_user, django_assert_num_queries):
    leave.approve(ask(4, 6), by=principal)
    with django_assert_num_queries(1):
        assert list(leave.on_leave([on_post], TODAY)) == [on_post.pk]
    assert leave.on_leave([on_post], day(9)) == {}


# --- pages -------------------------------------------------------------------------------------------------------------


def test_a_teacher_asks_on_the_page_and_the_principal_agrees(on_post, teacher_user, principal, client_of):
    sent = {"secondment": on_post.pk, "kind": "sick", "start": "2026-11-09", "end": "2026-11-09", "reason": CANARY}
    answer = client_of(teacher_user).post("/leaves/new/", sent)
    asked = Leave.objects.get()
    assert answer["Location"] == f"/leaves/{asked.pk}/"
    assert client_of(teacher_user).post("/leaves/new/", sent).status_code == 409  # overlaps
    assert client_of(teacher_user).post(f"/leaves/{asked.pk}/approve/").status_code == 403
    assert client_of(principal).post(f"/leaves/{asked.pk}/approve/", {"words": ""}).status_code == 302
    assert client_of(principal).post(f"/leaves/{asked.pk}/approve/").status_code == 409
    asked.refresh_from_db()
    assert asked.state == LeaveState.APPROVED


def test_a_double_click_asks_once(on_post, teacher_user, client_of):
    sent = {"kind": "sick", "start": "2026-11-09", "end": "2026-11-09", "reason": "感冒", "once": "a" * 32}
    sent["secondment"] = on_post.pk
    answers = [client_of(teacher_user).post("/leaves/new/", sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Leave.objects.count() == 1


def test_reasons_of_health_are_for_those_who_decide(
    ask, on_post, principal, officer, teacher_user, county, sending_school, outsider, client_of
):
    asked = ask()
    there = School.objects.create(county=county, name="柳坪小学")
    sender = person("sender", "方校长", Role.PRINCIPAL, school=sending_school)
    leader = person("leader", "局长", Role.LEADER, district=county)
    other = person("other", "石校长", Role.PRINCIPAL, school=there)
    for page in ("/leaves/", f"/leaves/{asked.pk}/"):
        for user in (principal, officer, teacher_user):
            assert "病假" in client_of(user).get(page).content.decode()
        for user in (sender, leader):
            shown = client_of(user).get(page).content.decode()
            assert "沈若兰" in shown and "病假</" not in shown and CANARY not in shown
    for user in (outsider, other):
        assert client_of(user).get(f"/leaves/{asked.pk}/").status_code == 404
        assert "沈若兰" not in client_of(user).get("/leaves/").content.decode()
    for user, expected in ((sender, 404), (outsider, 404), (other, 404), (leader, 403)):
        assert client_of(user).post(f"/leaves/{asked.pk}/approve/").status_code == expected, user
    asked.refresh_from_db()
    assert asked.state == LeaveState.REQUESTED


def test_the_school_asks_for_its_own_teachers_only(on_post, principal, second, county, client_of, sending_school):
    there = School.objects.create(county=county, name="柳坪小学")
    canary = second(
        Teacher.objects.create(county=county, school=sending_school, name="金丝雀"), "2026-09-01", "2027-07-10"
    )
    canary.placements.update(receiving_school=there)
    assert "金丝雀" not in client_of(principal).get("/leaves/new/").content.decode()
    sent = {"secondment": canary.pk, "kind": "sick", "start": "2026-11-09", "end": "2026-11-09", "reason": "感冒"}
    assert client_of(principal).post("/leaves/new/", sent).status_code == 422
    assert not Leave.objects.exists()


def test_the_list_asks_the_same_for_one_three_and_thirty(second, county, sending_school, officer, client_of):
    asked, client = [], client_of(officer)
    for more in (1, 2, 27):
        for number in range(more):
            name = f"教师{len(asked)}-{number}"
            secondment = second(
                Teacher.objects.create(county=county, school=sending_school, name=name), "2026-09-01", "2027-07-10"
            )
            Leave.objects.create(county=county, secondment=secondment, kind="sick", start=day(9), end=day(9), days=1)
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/leaves/").status_code == 200
        asked.append(len(queries))
    print("queries", asked)
    assert len(set(asked)) == 1 and asked[0] <= 13, asked
