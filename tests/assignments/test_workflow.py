"""The life of a secondment, cell by cell: every state × every step × everybody; and what a step leaves behind."""

import datetime as dt

import pytest
from django.db import transaction
from django.urls import reverse

from assignments import changes, workflow
from assignments.choices import ChangeKind, ChangeState, EndReason, ObjectionState, Role
from assignments.choices import SecondmentState as State
from assignments.models import (
    Application,
    Objection,
    Placement,
    PublicNotice,
    School,
    Secondment,
    SecondmentChange,
    StateChange,
    Teacher,
)
from assignments.workflow import TRANSITIONS, Refused, offered_to, perform, perform_many
from tests.conftest import person
from zhijiao.accounts.models import AuditEntry
from zhijiao.dates import ApproximateDate, parse_day

DAY = parse_day

# Who may take which step from which state, written down a second time and by hand, as the bureau tells it:
# T teacher, S sending school, R receiving school, O officer, L leader. Whoever is not named is refused.
MAY = {
    "submit": {State.DRAFT: "TSO", State.SENT_BACK: "TSO"},
    "recommend": {State.SUBMITTED: "S"},
    "forward": {State.RECOMMENDED: "S"},
    "uphold_objection": {State.RECOMMENDED: "SO"},
    "approve": {State.REVIEW: "OL"},
    "send_back": {State.SUBMITTED: "SO", State.REVIEW: "O"},
    "dispatch": {State.APPROVED: "O"},
    "report_in": {State.DISPATCHED: "RO", State.OVERDUE: "RO"},
    "report_overdue": {State.DISPATCHED: "O"},
    "appraise": {State.ON_POST: "O"},
    "complete": {State.APPRAISED: "O"},
    "withdraw": {
        State.DRAFT: "TSO", State.SENT_BACK: "TSO", State.SUBMITTED: "TSO", State.RECOMMENDED: "SO", State.REVIEW: "O",
        State.APPROVED: "O", State.DISPATCHED: "O", State.OVERDUE: "O",
    },
}  # fmt: skip
TARGET = {
    "submit": State.SUBMITTED, "recommend": State.RECOMMENDED, "forward": State.REVIEW, "uphold_objection": State.SENT_BACK,
    "approve": State.APPROVED, "send_back": State.SENT_BACK, "dispatch": State.DISPATCHED, "report_in": State.ON_POST,
    "report_overdue": State.OVERDUE, "appraise": State.APPRAISED, "complete": State.COMPLETED, "withdraw": State.WITHDRAWN,
}  # fmt: skip
# Changes: asked for by one, decided by another, and only while it runs.
MAY_ASK = {ChangeKind.MOVE: "TSRO", ChangeKind.SUBJECT: "TSRO", ChangeKind.EXTEND: "TSRO", ChangeKind.END_EARLY: "TSRO"}
RUNS = {
    ChangeKind.MOVE: {State.ON_POST}, ChangeKind.SUBJECT: {State.ON_POST}, ChangeKind.EXTEND: {State.ON_POST},
    ChangeKind.END_EARLY: {State.ON_POST, State.OVERDUE},
}  # fmt: skip
MAY_DECIDE = "OL"
DATA = {"reason": "材料要补", "document": "青教人〔2023〕37号", "reported_on": DAY("2023-09-01")}


@pytest.fixture
def everybody(officer, principal, teacher_user, outsider, sending_school, county, other_county):
    """One of each role, and people of the same roles elsewhere."""
    elsewhere = School.objects.create(county=county, name="别处小学")
    stranger = Teacher.objects.create(county=county, school=elsewhere, name="陌生人")
    return {
        "T": teacher_user,
        "S": person("sender", "李校长", Role.PRINCIPAL, school=sending_school),
        "R": principal,
        "I": person("inspector", "何督学", Role.INSPECTOR, district=county),
        "O": officer,
        "F": person("finance", "钱会计", Role.FINANCE, district=county),
        "L": person("leader", "沈局长", Role.LEADER, district=county),
        "A": person("admin", "程管理", Role.BUREAU_ADMIN, district=county),
        "U": person("auditor", "严审计", Role.AUDITOR, district=county),
        "s": person("elsewhere", "外校长", Role.PRINCIPAL, school=elsewhere),
        "t": person("stranger", "陌生人", Role.TEACHER, teacher=stranger),
        "o": outsider,
        "-": person("nobody", "无角色"),
    }


@pytest.fixture
def ready(secondment, county, sending_school, school_year, receiving_school):
    """A secondment for which everything else is in order, so that only state and role decide."""
    notice = PublicNotice(county=county, school=sending_school, title="名单公示", school_year=school_year)
    notice.when = ApproximateDate.range(DAY("2023-06-01"), DAY("2023-06-09"))
    notice.save()
    Secondment.objects.filter(pk=secondment.pk).update(notice=notice)
    Application.objects.create(county=county, secondment=secondment)
    return Secondment.objects.get(pk=secondment.pk)


def in_state(secondment, state):
    Secondment.objects.filter(pk=secondment.pk).update(state=state)
    return Secondment.objects.get(pk=secondment.pk)


def attempt(act):
    """What came of it, and then it is taken back."""
    with transaction.atomic():
        try:
            result = act()
        except (Refused, KeyError) as refused:
            result = refused
        transaction.set_rollback(True)
    return result


def test_every_step_of_the_table_is_in_this_test():
    assert {step.key for step in TRANSITIONS.values() if not step.change} == set(MAY) == set(TARGET)
    assert {step.change for step in TRANSITIONS.values() if step.change} == set(MAY_ASK)
    for key, step in TRANSITIONS.items():
        assert step.target == TARGET.get(key, step.target)


@pytest.mark.slow  # once, on one database: what is asked is decided in Python
@pytest.mark.parametrize("state", list(State))
def test_every_state_by_every_step_by_everybody(state, ready, everybody):
    cells = allowed = 0
    secondment = in_state(ready, state)
    for key in MAY:
        for letter, user in everybody.items():
            result = attempt(lambda: perform(key, secondment, by=user, data=DATA))  # noqa: B023
            cells += 1
            if letter in MAY[key].get(state, ""):
                assert isinstance(result, Secondment), f"{letter} may {key} from {state}: {result}"
                assert result.state == TARGET[key]
                allowed += 1
            else:
                assert isinstance(result, (Refused, KeyError)), f"{letter} took {key} from {state}"
                if isinstance(result, Refused):
                    assert any("一" <= sign <= "鿿" for sign in str(result)), "a refusal is told in Chinese"
    assert Secondment.objects.get().version == 1
    assert not StateChange.objects.exists()
    print(f"\n{state.label}: {cells} cells of step × person, {allowed} allowed")
    assert cells == len(MAY) * len(everybody)


VALUES = {
    ChangeKind.MOVE: {}, ChangeKind.SUBJECT: {"new_subject": "音乐"}, ChangeKind.EXTEND: {"new_end": DAY("2024-12-31")},
    ChangeKind.END_EARLY: {"keeps_months": True},
}  # fmt: skip


def values_of(kind, county):
    more = (
        {"new_school": School.objects.get_or_create(county=county, name="新地小学")[0]}
        if kind == ChangeKind.MOVE
        else {}
    )
    return {"start": DAY("2024-03-01"), "reason": EndReason.WORK, "detail": "工作需要", **VALUES[kind], **more}


@pytest.mark.slow  # once, on one database: what is asked is decided in Python
def test_every_change_by_every_state_by_everybody(ready, everybody, county):
    cells = 0
    second_officer = person("officer2", "王专干", Role.OFFICER, district=county)
    for kind in ChangeKind:
        values = values_of(kind, county)
        for state in State:
            secondment = in_state(ready, state)
            for letter, user in everybody.items():
                result = attempt(lambda: changes.request(secondment, kind, by=user, **values))  # noqa: B023
                may = letter in MAY_ASK[kind] and state in RUNS[kind]
                assert isinstance(result, SecondmentChange) is may, f"{letter} asks {kind} in {state}: {result}"
                cells += 1
        in_state(ready, State.ON_POST)
        asked = changes.request(ready, kind, by=second_officer, **values)
        for letter, user in everybody.items():
            result = attempt(lambda: changes.decide(asked, by=user, approves=True))  # noqa: B023
            may = letter in MAY_DECIDE
            assert isinstance(result, SecondmentChange) is may, f"{letter} decides {kind}: {result}"
            cells += 1
        own = attempt(lambda: changes.decide(asked, by=second_officer, approves=True))  # noqa: B023
        assert isinstance(own, Refused)
        assert "自己" in str(own)
        changes.cancel(asked, by=second_officer)
    print(f"\n{cells} cells of change × state × person")


def test_the_buttons_are_those_of_the_table(ready, everybody):
    for state in State:
        secondment = in_state(ready, state)
        for letter, user in everybody.items():
            offered = {offer.step.key for offer in offered_to(user, secondment) if not offer.step.change}
            assert offered == {key for key in MAY if letter in MAY[key].get(state, "")}


# --- what else must hold ------------------------------------------------------------------------------------------------


def refusal(key, secondment, by, **data):
    with pytest.raises(Refused) as refused:
        perform(key, secondment, by=by, data={**DATA, **data})
    assert Secondment.objects.get(pk=secondment.pk).version == secondment.version
    return str(refused.value)


def test_nothing_goes_to_the_bureau_before_the_notice_has_ended(ready, everybody):
    in_state(ready, State.RECOMMENDED)
    last = dt.date.today() + dt.timedelta(days=2)
    PublicNotice.objects.update(end=last)
    assert "公示到" in refusal("forward", ready, everybody["S"])
    PublicNotice.objects.update(end=DAY("2023-06-09"))
    Objection.objects.create(county=ready.county, notice=ready.notice, received_on=DAY("2023-06-05"), text="不符合条件")
    assert "异议" in refusal("forward", ready, everybody["S"])
    Objection.objects.update(state=ObjectionState.DISMISSED, outcome="查无此事")
    assert perform("forward", ready, by=everybody["S"]).state == State.REVIEW


def test_nobody_is_approved_without_a_school(ready, officer):
    in_state(ready, State.REVIEW)
    Placement.objects.all().delete()
    assert "受援学校" in refusal("approve", ready, officer)


def test_what_comes_too_early_is_told_with_its_date(second, teacher, officer):
    today = dt.date.today()
    running = second(teacher, str(today - dt.timedelta(days=30)), str(today + dt.timedelta(days=200)))
    assert "期满考核" in refusal("appraise", running, officer)
    in_state(running, State.APPRAISED)
    assert "期满" in refusal("complete", running, officer)
    in_state(running, State.DISPATCHED)
    Secondment.objects.update(start=today)
    assert "还没有过" in refusal("report_overdue", running, None)


def test_the_daily_run_takes_its_own_steps_only(ready):
    in_state(ready, State.DISPATCHED)
    assert perform("report_overdue", ready, by=None).state == State.OVERDUE
    assert "由人来办" in refusal("report_in", Secondment.objects.get(), None)


# --- what a step leaves behind ------------------------------------------------------------------------------------------


def test_a_step_writes_who_when_why_and_what_it_was(ready, officer):
    in_state(ready, State.REVIEW)
    perform("send_back", ready, by=officer, data={"reason": "缺骨干证书"})
    step = StateChange.objects.get()
    assert (step.action, step.source, step.target, step.by, step.reason) == (
        "send_back", State.REVIEW, State.SENT_BACK, officer, "缺骨干证书",
    )  # fmt: skip
    entry = AuditEntry.objects.filter(verb="退回").get()
    assert entry.before == {"状态": "局审核"}
    assert entry.after["状态"] == "已退回"
    assert entry.reason == "缺骨干证书"


def test_those_a_school_recommends_together_stand_in_one_notice(second, teacher, county, sending_school, everybody):
    other = Teacher.objects.create(county=county, school=sending_school, name="龘㛃")
    rows = [second(teacher, state=State.SUBMITTED), second(other, state=State.SUBMITTED)]
    data = {"notice_from": DAY("2025-09-26"), "working_days": 7}
    perform_many("recommend", [row.pk for row in rows], by=everybody["S"], data=data)
    notice = PublicNotice.objects.get()
    assert set(notice.secondments.all()) == set(rows)
    # 26, 28 (worked), 29, 30 September, then the holidays to 8 October: 9, 10, 11 (worked) October.
    assert (notice.start, notice.end) == (DAY("2025-09-26"), DAY("2025-10-11"))


def test_many_are_all_or_nothing(second, teacher, county, sending_school, officer):
    other = Teacher.objects.create(county=county, school=sending_school, name="马文斌")
    good, bad = second(teacher, state=State.REVIEW), second(other, state=State.APPROVED)
    with pytest.raises(Refused) as refused:
        perform_many("approve", [good.pk, bad.pk], by=officer)
    assert [row for row, _ in refused.value.reasons] == [bad]
    assert Secondment.objects.get(pk=good.pk).state == State.REVIEW


def test_the_second_of_two_people_is_told_who_was_first(ready, officer, everybody):
    in_state(ready, State.REVIEW)
    perform("approve", ready, by=officer)
    told = refusal("approve", Secondment.objects.get(), everybody["L"])
    assert "已批准" in told
    assert officer.name in told


def test_a_swap_lives_and_ends_together(second, teacher, county, receiving_school, sending_school, officer):
    other = Teacher.objects.create(county=county, school=receiving_school, name="周知远")
    one = second(teacher, state=State.REVIEW, swapped_with=other)
    two = Secondment(
        county=county, teacher=other, school_year=one.school_year, programme=one.programme, state=State.REVIEW,
        sending_school=receiving_school, swapped_with=teacher,
    )  # fmt: skip
    two.when = one.when
    two.save()
    assert "互派" in offered_to(officer, fetched(one))[0].why_not
    assert "受援学校" in refusal("approve", one, officer)
    Placement.objects.create(county=county, secondment=two, receiving_school=sending_school)
    perform("approve", one, by=officer)
    perform("dispatch", two, by=officer, data=DATA)
    assert {row.state for row in Secondment.objects.all()} == {State.DISPATCHED}
    for row in (one, two):
        perform("report_in", row, by=officer, data=DATA)
    leader = person("leader", "沈局长", Role.LEADER, district=county)
    asked = changes.request(fetched(one), ChangeKind.END_EARLY, by=officer, **values_of(ChangeKind.END_EARLY, county))
    changes.decide(asked, by=leader, approves=True)
    assert {(row.state, row.ended_on) for row in Secondment.objects.all()} == {(State.ENDED_EARLY, DAY("2024-03-01"))}


def fetched(secondment):
    return workflow.complete_rows(Secondment.objects.filter(pk=secondment.pk)).get()


def test_a_move_is_a_second_placement(ready, officer, county, everybody):
    asked = changes.request(fetched(ready), ChangeKind.MOVE, by=officer, **values_of(ChangeKind.MOVE, county))
    changes.decide(asked, by=everybody["L"], approves=True, document="青教人〔2024〕3号")
    first, later = Placement.objects.filter(secondment=ready).order_by("order")
    assert (first.end, later.start, later.end) == (DAY("2024-02-29"), DAY("2024-03-01"), DAY("2024-07-10"))
    assert str(later.receiving_school) == "新地小学"
    change = SecondmentChange.objects.get()
    assert (change.state, change.before, change.after) == (ChangeState.APPROVED, "松岭乡中心小学", "新地小学")


def test_an_extension_that_runs_into_another_secondment_is_refused(
    second, teacher, officer, everybody, programme, county
):
    running = second(teacher)
    other = type(programme).objects.create(county=county, name="另一项目")
    second(teacher, "2024-09-01", "2025-07-10", programme=other, state=State.APPROVED)
    asked = changes.request(running, ChangeKind.EXTEND, by=officer, **values_of(ChangeKind.EXTEND, county))
    with pytest.raises(Refused, match="全职派遣"):
        changes.decide(asked, by=everybody["L"], approves=True)
    assert SecondmentChange.objects.get().state == ChangeState.REQUESTED
    assert Secondment.objects.get(pk=running.pk).end == DAY("2024-07-10")


def test_the_same_change_waits_once(ready, officer, county):
    values = values_of(ChangeKind.END_EARLY, county)
    changes.request(ready, ChangeKind.END_EARLY, by=officer, **values)
    with pytest.raises(Refused, match="等审批"):
        changes.request(ready, ChangeKind.END_EARLY, by=officer, **values)


# --- in the browser -----------------------------------------------------------------------------------------------------


def act_url(secondment, key):
    return reverse("assignments:secondment_act", args=[secondment.pk, key])


def test_a_form_that_is_sent_twice_has_one_effect(ready, client_of, officer):
    in_state(ready, State.REVIEW)
    browser, data = client_of(officer), {"once": "0" * 32, "opinion": "同意", "decision": "同意"}
    first = browser.post(act_url(ready, "approve"), data)
    again = browser.post(act_url(ready, "approve"), data)
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    assert StateChange.objects.count() == 1


def test_without_the_token_the_second_is_refused_with_409(ready, client_of, officer):
    in_state(ready, State.REVIEW)
    browser = client_of(officer)
    assert browser.post(act_url(ready, "approve"), {}).status_code == 302
    refused = browser.post(act_url(ready, "approve"), {})
    assert refused.status_code == 409
    assert "没有办" in refused.content.decode()
    assert StateChange.objects.count() == 1


def test_a_reason_is_asked_and_what_was_typed_stays(ready, client_of, officer):
    in_state(ready, State.REVIEW)
    page = client_of(officer).post(act_url(ready, "send_back"), {"reason": ""})
    assert page.status_code == 200
    assert "请填写退回的原因" in page.content.decode()
    assert Secondment.objects.get().state == State.REVIEW


def test_who_is_outside_finds_nothing(ready, client_of, outsider, everybody):
    in_state(ready, State.REVIEW)
    for user in (outsider, everybody["s"], everybody["t"]):
        assert client_of(user).get(act_url(ready, "withdraw")).status_code == 404
        assert client_of(user).post(act_url(ready, "withdraw"), {"reason": "x"}).status_code == 404
    assert client_of(everybody["T"]).post(act_url(ready, "approve"), {}).status_code == 409
    assert Secondment.objects.get().state == State.REVIEW


def test_many_in_the_browser_show_what_will_become_of_them_first(
    second, teacher, county, sending_school, officer, client_of
):
    other = Teacher.objects.create(county=county, school=sending_school, name="马文斌")
    good, bad = second(teacher, state=State.REVIEW), second(other, state=State.APPROVED)
    browser, url = client_of(officer), reverse("assignments:secondment_many", args=["approve"])
    page = browser.post(reverse("assignments:secondment_choose"), {"do": "approve", "pick": [good.pk, bad.pk]})
    assert "现在是“已批准”" in page.content.decode()
    assert browser.post(url, {"confirmed": "1", "pick": [good.pk, bad.pk]}).status_code == 409
    assert Secondment.objects.get(pk=good.pk).state == State.REVIEW
    assert browser.post(url, {"confirmed": "1", "pick": [good.pk], "once": "1" * 32}).status_code == 302
    assert Secondment.objects.get(pk=good.pk).state == State.APPROVED
