"""The made-up county: the same for the same seed, right in every row, and imported like anybody's workbook."""

import datetime as dt
from collections import Counter
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils.timezone import localdate, now
from openpyxl import load_workbook

from assignments.allowances import books_for, odd, reckon
from assignments.duplicates import people_for, schools_for
from assignments.models import (
    AllowanceSheet,
    AttendanceMonth,
    District,
    Leave,
    Membership,
    Objection,
    School,
    Secondment,
    SecondmentChange,
    StateChange,
    Teacher,
    YearSchedule,
)
from assignments.waiting import waiting_for
from evaluations.models import Appraisal
from reports.demo import Wish, generate, made
from reports.demo.accounts import USERNAMES
from reports.demo.course import takes_steps
from reports.demo.loading import PROVINCE, forget, load, settle
from reports.demo.names import RARE_SENT, RARE_STAYING
from reports.demo.province import wishes
from zhijiao import clock
from zhijiao.accounts.models import User
from zhijiao.identity import check_bank_card, check_id_number, sex_of
from zhijiao.workbook import registry
from zhijiao.workbook.exporting import export_workbook
from zhijiao.workbook.importing import carry_out, plan_import

SMALL = Wish(schools=8, teachers=60, secondments=10)


RUNNING = "2026-2027"


def run(command, *args, **options):
    out = StringIO()
    call_command(command, *args, stdout=out, stderr=out, **options)
    return out.getvalue()


def load_small(*args):
    return run("load_demo", *args, schools=8, teachers=60, secondments=10, without_report=True)


@pytest.fixture(scope="module")
def rows():
    return generate()


def test_the_same_seed_gives_the_same_rows(rows):
    assert generate() == rows


def test_another_seed_gives_other_people():
    assert generate(Wish(schools=8, teachers=60, secondments=10, seed=2)) != generate(SMALL)


def test_it_is_as_large_as_a_county(rows):
    by_year = Counter(row["学年"] for row in rows["支教派遣"])
    assert len(rows["学校"]) == 60
    assert (
        sum(
            row["所在学校"] not in {s["学校名称"] for s in rows["学校"] if s["是否县外"] == "是"}
            for row in rows["教师"]
        )
        == 1200
    )
    assert by_year == {"2022-2023": 81, "2023-2024": 96, "2024-2025": 108, "2025-2026": 120, "2026-2027": 137}


def test_rare_names_are_among_those_who_go_and_those_who_stay(rows):
    teachers = {row["姓名"] for row in rows["教师"]}
    sent = {row["教师"] for row in rows["支教派遣"] if row["学年"] == "2025-2026"}
    assert {name for name, _ in RARE_SENT} <= sent
    assert {name for name, _ in RARE_STAYING} <= teachers


def test_every_identity_number_is_valid_and_stands_once(rows):
    numbers = [row["身份证号"] for row in rows["教师"]]
    assert len(set(numbers)) == len(numbers)
    for row in rows["教师"]:
        assert check_id_number(row["身份证号"]) == row["身份证号"]
        assert {"1": "男", "2": "女"}[sex_of(row["身份证号"])] == row["性别"]


def test_those_who_go_have_a_card_that_no_bank_gives_out(rows):
    cards = [row["银行卡号"] for row in rows["教师"] if row.get("银行卡号")]
    assert len(cards) > 200 and len(set(cards)) == len(cards)
    for card in cards:
        assert check_bank_card(card) == card
        assert card.startswith("990000")
    running = {row["教师"] for row in rows["支教派遣"] if row["学年"] == RUNNING}
    without = [row for row in rows["教师"] if row["姓名"] in running and not row.get("银行卡号")]
    assert 1 <= len(without) <= 12  # some have not handed it in, and guests are paid at home


def test_no_more_than_a_fifth_is_graded_best(rows):
    grades = Counter(row["考核等次"] for row in rows["考核"])
    assert 0 < grades["优秀"] <= grades.total() / 5


def test_each_month_of_a_whole_year_is_attended(rows):
    months = Counter(row["教师"] for row in rows["月考勤"])
    whole = [row["教师"] for row in rows["支教派遣"] if row["学年"] == "2025-2026" and row.get("支教月数") == 10]
    assert len(whole) > 100
    assert {months[name] for name in whole} == {10}


def test_nothing_has_happened_after_the_day_of_the_demo(rows):
    today = Wish().today
    for sheet, header in (
        ("会议", "会议日期"),
        ("帮扶活动", "活动日期"),
        ("走访慰问", "慰问日期"),
        ("课例", "日期"),
        ("荣誉", "授予日期"),
    ):
        days = [row[header] for row in rows[sheet] if not isinstance(row.get(header, ""), str)]
        assert days
        assert max(days) <= today, sheet


@pytest.mark.django_db
def test_a_small_county_is_imported_whole_and_twice_without_a_change():
    first = load(SMALL)
    assert [str(problem) for problem in first.problems] == []
    assert first.total("created") == sum(len(lines) for lines in generate(SMALL).values())
    again = load(SMALL)
    assert again.problems == []
    assert again.changes_nothing


def contents(county):
    """Sheet → the rows of the running year, whatever their order."""
    stream = exported(county)
    known = {sheet.name for sheet in registry.sheets()}
    book = load_workbook(stream)
    return {page.title: sorted(page.iter_rows(values_only=True), key=repr) for page in book if page.title in known}


def exported(county):
    stream = BytesIO()
    export_workbook(stream, county=county, period=registry.period(RUNNING))
    stream.seek(0)
    return stream


@pytest.mark.django_db
def test_the_steps_make_the_same_county_as_the_workbook_alone():
    """To the cell: what the steps wrote is what the workbook would have told, and importing it whole changed no secondment."""
    county = load(SMALL).county
    alone = contents(county)
    forget(county)
    settled = settle(SMALL, leaves_open=False)
    assert [str(problem) for problem in settled.plan.problems] == []
    assert contents(county) == alone
    changed = {sheet.sheet for sheet in settled.plan.sheets if sheet.changed}
    assert changed <= {"公示", "换岗记录"}  # that nobody objected, and how the new school uses them: no step tells that


@pytest.mark.django_db
def test_what_the_steps_made_goes_out_and_comes_in_the_same():
    """States and dates come in elsewhere; who took which step, and what is undecided, stays at home."""
    county = settle(SMALL).plan.county
    before, stream = contents(county), exported(county)
    assert plan_import(stream).changes_nothing
    forget(county)
    plan = carry_out(stream, county=county)
    assert [str(problem) for problem in plan.problems] == []
    after = contents(county)
    # An inspection is called by its school alone where the other year's is not there to be mistaken for it.
    for sheet in ("座谈要点", "资料检查", "问卷统计", "走访记录", "反馈意见"):
        before[sheet], after[sheet] = ([row[1:] for row in rows[sheet]] for rows in (before, after))
        before[sheet], after[sheet] = sorted(before[sheet], key=repr), sorted(after[sheet], key=repr)
    assert after == before


@pytest.mark.slow  # on one database: another loads the county in the tests above
@pytest.mark.django_db
def test_the_state_of_each_secondment_of_the_running_year_is_where_its_last_step_led():
    settle(SMALL)
    rows = Secondment.objects.filter(school_year__code=RUNNING)
    guests = {p.teacher.name for p in made(SMALL).postings if p.school_year == RUNNING and not takes_steps(p)}
    for secondment in rows.exclude(teacher__name__in=guests).select_related("teacher"):
        steps = list(secondment.steps.order_by("id"))
        assert steps[-1].target == secondment.state, secondment
        assert [step.source for step in steps[1:]] == [step.target for step in steps[:-1]], secondment
        assert [step.at for step in steps] == sorted(step.at for step in steps), secondment
    assert not StateChange.objects.filter(secondment__teacher__name__in=guests).exists()


@pytest.mark.slow  # on one database: another loads the county in the tests above
@pytest.mark.django_db
def test_each_step_is_taken_by_who_takes_it_in_life_on_its_own_day():
    settle(SMALL)
    one = Secondment.objects.filter(school_year__code=RUNNING, state="on_post", application__isnull=False).earliest(
        "pk"
    )
    sender, receiver = one.sending_school.principal, one.placements.earliest("order").receiving_school.principal
    told = {step.action: (step.by_name, localdate(step.at)) for step in one.steps.all()}
    assert told["submit"] == (one.teacher.name, one.application.applied_on)
    assert told["recommend"] == (sender, one.recommended_on)
    assert told["forward"][0] == sender
    assert told["forward"][1] > one.notice.end
    assert told["approve"] == ("沈国平", one.application.decided_on)
    assert told["dispatch"] == ("周建国", one.dispatched_on)
    assert told["report_in"] == (receiver, one.reported_on)


@pytest.mark.slow  # on one database: another loads the county in the tests above
@pytest.mark.django_db
def test_a_change_of_the_running_year_was_asked_for_by_one_and_decided_by_another():
    settle(Wish(schools=12, teachers=150, secondments=20), leaves_open=False)
    changes = list(SecondmentChange.objects.filter(secondment__school_year__code=RUNNING))
    assert {change.kind for change in changes} == {"end_early", "extend", "move"}
    for change in changes:
        assert change.state == "approved"
        assert None not in (change.requested_by, change.decided_by)
        assert change.requested_by != change.decided_by
        assert change.document


@pytest.mark.slow  # on one database: another loads the county in the tests above
@pytest.mark.django_db
def test_everybody_who_can_sign_in_finds_something_at_home():
    settle(replace(SMALL, loaded_on=localdate()))
    for username in USERNAMES:
        user = User.objects.get(username=username)
        assert waiting_for(user, localdate()), username


@pytest.mark.slow  # on one database: another loads the county in the tests above
@pytest.mark.django_db
def test_something_waits_at_every_place_of_the_way():
    settle(replace(SMALL, loaded_on=localdate()))
    states = Counter(Secondment.objects.filter(school_year__code=RUNNING).values_list("state", flat=True))
    for state in ("submitted", "recommended", "review", "approved", "dispatched"):
        assert states[state], state
    assert Secondment.objects.filter(state="review", placements=None).count() == 1
    assert SecondmentChange.objects.filter(state="requested").count() == 2
    assert Leave.objects.filter(state="requested").count() == 1
    assert Objection.objects.filter(state="open", notice__end__gte=localdate()).count() == 1
    sheet = AllowanceSheet.objects.get()
    assert sheet.state == "draft"
    assert odd(reckon(books_for(sheet), sheet.month)).no_rate == []
    officer = User.objects.get(username="zhoujg")
    assert [pair.reasons for pair in people_for(officer)] == [("姓名和出生日期相同",)]
    assert [str(pair.second) for pair in schools_for(User.objects.get(username="guanli"))] == ["县一小"]
    assert YearSchedule.objects.filter(demands_until__gt=localdate()).count() == 1
    assert Membership.objects.get(is_waiting=True).role == "inspector"


@pytest.mark.slow  # on one database: another loads the county in the tests above
@pytest.mark.django_db
@pytest.mark.parametrize("day", [dt.date(2026, 10, 1), dt.date(2027, 2, 6), dt.date(2027, 7, 31), dt.date(2028, 2, 29)])
def test_it_can_be_loaded_on_any_day(day, monkeypatch):
    """In a holiday, at a weekend, when the year is over, and long after."""
    noon = dt.datetime.combine(day, dt.time(12), dt.UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon)
    settled = settle(replace(SMALL, loaded_on=day))
    assert [str(problem) for problem in settled.plan.problems] == []
    for state in ("submitted", "recommended", "review", "approved", "dispatched"):
        assert Secondment.objects.filter(school_year__code=RUNNING, state=state).exists(), state


@pytest.mark.slow  # on one database: another loads the county in the tests above
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "running", "until"),
    [
        (dt.date(2026, 3, 16), "2025-2026", dt.date(2026, 3, 16)),
        (dt.date(2027, 2, 6), "2026-2027", dt.date(2027, 2, 6)),
        (dt.date(2027, 5, 20), "2026-2027", dt.date(2027, 5, 20)),
        (dt.date(2027, 9, 15), "2026-2027", dt.date(2027, 7, 10)),
        (dt.date(2029, 12, 24), "2029-2030", dt.date(2029, 12, 24)),
    ],
)
def test_its_running_year_is_told_until_the_day_on_which_it_is_loaded(day, running, until, monkeypatch):
    noon = dt.datetime.combine(day, dt.time(12), dt.UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon)
    settled = settle(Wish.loaded(day, schools=8, teachers=60, secondments=10))
    assert [str(problem) for problem in settled.plan.problems] == []
    rows = Secondment.objects.filter(school_year__code=running)
    for state in ("submitted", "recommended", "review", "approved", "dispatched", "on_post"):
        assert rows.filter(state=state).exists(), state
    assert not Secondment.objects.filter(school_year__code__gt=running).exists()
    last = AttendanceMonth.objects.latest("month").month
    assert dt.timedelta(0) < until - last < dt.timedelta(days=75)
    assert not Teacher.objects.filter(at_school_since__gt=until).exists()


def test_before_the_first_demo_it_is_the_first_one():
    assert Wish.loaded(dt.date(2025, 1, 6)).today == Wish().today
    assert Wish.loaded(Wish().today) == Wish()


@pytest.mark.django_db
def test_nothing_in_the_product_moves_the_clock():
    """Only the demo county stands at another moment than now."""
    root = Path(__file__).parents[2]
    users = [
        path.relative_to(root).as_posix()
        for app in ("zhijiao", "assignments", "evaluations", "reports")
        for path in (root / app).rglob("*.py")
        if "standing_at" in path.read_text()
    ]
    in_demo = [f"reports/demo/{name}.py" for name in ("life", "scoring", "visits", "waiting", "written")]
    assert sorted(users) == [*in_demo, "zhijiao/clock.py"]


def test_a_moment_stands_only_where_it_was_set():
    before = now()
    with clock.standing_at(dt.date(2026, 9, 1)) as moment:
        assert clock.today() == dt.date(2026, 9, 1)
        assert clock.now() == moment
    assert clock.now() >= before


@pytest.mark.slow  # on one database: another loads the county in the tests above
@pytest.mark.django_db
def test_load_demo_tells_the_counts_and_the_logins_and_they_can_sign_in(client, settings):
    settings.DEBUG = True
    told = load_small()
    assert "支教派遣 " in told
    assert "zhoujg    周建国，局人事股，支教专干" in told
    assert client.login(username="zhoujg", password="zhijiao-demo-2026")
    assert Membership.objects.get(user__username="zhoujg").district.name == "青岚县"
    assert User.objects.get(username="jiaoshi").teacher is not None


@pytest.mark.slow  # on one database: another loads the county in the tests above
@pytest.mark.django_db
def test_outside_development_each_load_makes_its_own_password(client, settings):
    settings.DEBUG = False
    load_small()
    assert not client.login(username="zhoujg", password="zhijiao-demo-2026")


@pytest.mark.slow  # on one database: another loads the county in the tests above
@pytest.mark.django_db
def test_if_empty_leaves_a_county_alone():
    District.objects.create(name="白塔县", code="990199", level="county")
    assert "没有装入" in load_small("--if-empty")
    assert not School.objects.exists()


@pytest.mark.slow  # on one database: another loads the county in the tests above
@pytest.mark.django_db
def test_a_second_start_tells_the_logins_again(settings):
    settings.DEBUG = True
    load_small()
    told = load_small("--if-empty")
    assert "zhijiao-demo-2026" in told
    for username in USERNAMES:
        assert username in told
    settings.DEBUG = False
    assert "zhijiao-demo-2026" not in load_small("--if-empty")


@pytest.mark.slow  # on one database: another loads the county in the tests above
@pytest.mark.django_db
def test_reset_makes_the_demo_county_new_and_leaves_others(settings, teacher):
    settings.DEBUG = True
    load_small()
    Teacher.objects.filter(county__code="990121").update(name="改过")
    load_small("--reset")
    assert not Teacher.objects.filter(name="改过").exists()
    assert Teacher.objects.filter(pk=teacher.pk).exists()
    assert Secondment.objects.exists()
    assert Appraisal.objects.exists()


@pytest.mark.slow  # on one database: another loads the county in the tests above
@pytest.mark.django_db
def test_reset_is_refused_outside_development(settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="只在开发环境"):
        load_small("--reset")


@pytest.mark.django_db
def test_a_province_has_counties_with_names_codes_and_people_of_their_own():
    told = run("generate_province", counties=2, schools=8, teachers=60, secondments=10)
    assert "2/2" in told
    counties = District.objects.counties()
    assert counties.count() == 2
    assert District.objects.get(level="province").name == PROVINCE
    numbers = [teacher.id_number for teacher in Teacher.objects.all()]
    assert len(set(numbers)) == len(numbers)


def test_hundreds_of_counties_are_told_apart():
    every = wishes(599)
    assert len({wish.name for wish in every} | {Wish().name}) == 600
    assert len({wish.code for wish in every} | {Wish().code}) == 600


@pytest.mark.slow
@pytest.mark.django_db
def test_the_finished_year_is_told_by_two_schools_and_the_bureau():
    from reports.living import freezing, reading
    from reports.models import Report

    county = settle(SMALL, is_told=True).plan.county
    issued = Report.objects.get(county=county, school=None)
    assert (issued.state, freezing.is_whole(issued), freezing.differences(issued)) == ("issued", True, [])
    assert set(Report.objects.filter(school__isnull=False).values_list("state", flat=True)) == {"accepted"}
    assert issued.passages.filter(taken_from__isnull=False).exists()
    assert reading.document_of(issued).sections()
    forget(county)
    assert not Report.objects.exists()
