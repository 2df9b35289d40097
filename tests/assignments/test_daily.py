"""What dates do by themselves, and that doing it twice, or in two threads, is doing it once."""

import datetime as dt
import os
import sqlite3
import subprocess
import sys
import threading
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

from assignments import daily as steps
from assignments import owing
from assignments.choices import ExemptionReason, Role, SecondmentState
from assignments.models import (
    AttendanceMonth,
    Demand,
    Difficulty,
    Exemption,
    Membership,
    Objection,
    PublicNotice,
    SchoolYear,
    StateChange,
    YearSchedule,
)
from tests.conftest import person
from tests.full_records import on
from zhijiao import daily
from zhijiao.accounts.models import AuditEntry
from zhijiao.dates import school_year_of
from zhijiao.notices.models import Notice, Reminder
from zhijiao.working_days import add_working_days

TODAY = timezone.localdate()


def days(number):
    return TODAY + dt.timedelta(days=number)


@pytest.fixture
def school_year(db):
    """The running one: the workflow asks the real calendar."""
    first = school_year_of(TODAY)
    return SchoolYear.objects.named(f"{first}-{first + 1}")


@pytest.fixture
def sender(sending_school):
    return person("sender", "郑校长", Role.PRINCIPAL, school=sending_school)


def run():
    told = StringIO()
    call_command("run_daily", stdout=told)
    return told.getvalue()


def told(user):
    return [(notice.kind, notice.title) for notice in Notice.objects.filter(user=user).order_by("id")]


def kinds_told(user):
    return [kind for kind, _ in told(user)]


def dispatched(second, teacher, start):
    return second(teacher, str(start), str(days(200)), state=SecondmentState.DISPATCHED)


def test_who_is_not_confirmed_in_time_becomes_overdue_and_all_are_told(
    second, teacher, officer, principal, sender, teacher_user
):
    late = dispatched(second, teacher, add_working_days(TODAY, -4))
    assert "转为逾期未报到：1" in run()
    late.refresh_from_db()
    assert late.state == SecondmentState.OVERDUE
    for user in (officer, principal, sender, teacher_user):
        assert ("overdue", "沈若兰逾期未报到") in told(user)
    assert AuditEntry.objects.get(subject_id=str(late.pk), subject_type="assignments.secondment").by is None


def test_within_the_days_of_grace_nobody_is_overdue(second, teacher):
    one = dispatched(second, teacher, add_working_days(TODAY, -2))
    run()
    one.refresh_from_db()
    assert one.state == SecondmentState.DISPATCHED


def test_a_public_notice_that_is_over_is_told_to_its_school_unless_there_is_an_objection(
    second, teacher, sender, principal, sending_school
):
    one = second(teacher, str(days(30)), str(days(200)), state=SecondmentState.RECOMMENDED)
    one.notice = on(PublicNotice, days(-1), county=one.county, school=sending_school, title="名单公示")
    one.save()
    objection = Objection.objects.create(county=one.county, notice=one.notice, received_on=TODAY, text="不符")
    run()
    assert told(sender) == []
    objection.delete()
    run()
    assert kinds_told(sender) == ["notice_over"]
    assert told(principal) == []


def test_a_term_that_is_over_is_told_to_those_who_appraise(second, teacher, officer, principal, sender):
    second(teacher, str(days(-100)), str(TODAY))
    run()
    assert "term_over" in kinds_told(officer)
    assert "term_over" in kinds_told(principal)
    assert told(sender) == []


@pytest.fixture
def running(second, teacher):
    return second(teacher, str(days(-100)), str(days(100)))


def test_attendance_is_asked_for_from_the_due_day_on_and_once(running, principal, county):
    first = TODAY.replace(day=1)
    assert steps.remind_of_what_is_owed(first.replace(day=4)) == 0
    assert steps.remind_of_what_is_owed(first.replace(day=5)) == 1
    assert steps.remind_of_what_is_owed(first.replace(day=6)) == 0
    assert kinds_told(principal) == ["owed_attendance"]
    assert AuditEntry.objects.get(verb="提醒").by is None


def test_who_was_reminded_by_hand_is_not_reminded_again(running, principal, officer, county):
    day = TODAY.replace(day=5)
    one = next(one for one in owing.owed(owing.Asking(county, day, officer)) if one.kind == "attendance")
    owing.remind(one, by=officer, county=county, today=day)
    assert steps.remind_of_what_is_owed(day) == 0


def test_confirmed_attendance_is_not_asked_for(running, principal):
    AttendanceMonth.objects.create(
        county=running.county, secondment=running, month=owing.last_month(TODAY), due=20, present=20, confirmed_on=TODAY
    )
    assert steps.remind_of_what_is_owed(TODAY.replace(day=5)) == 0


def test_needs_are_asked_for_three_days_ahead_of_those_who_stated_none(
    running, principal, sender, county, school_year, receiving_school
):
    YearSchedule.objects.create(county=county, school_year=school_year, demands_until=days(3))
    steps.remind_of_what_is_owed(days(-1))
    assert "owed_demands" not in kinds_told(principal)
    steps.remind_of_what_is_owed(TODAY)
    assert "owed_demands" in kinds_told(principal)
    assert told(sender) == []


def test_who_stated_needs_is_not_asked(running, principal, county, school_year, receiving_school):
    YearSchedule.objects.create(county=county, school_year=school_year, demands_until=days(3))
    Demand.objects.create(county=county, school_year=school_year, school=receiving_school, subject="英语", number=1)
    steps.remind_of_what_is_owed(TODAY)
    assert "owed_demands" not in kinds_told(principal)


def test_a_late_difficulty_is_told_to_its_owner_and_the_officer(running, officer, principal, sender, county):
    on(
        Difficulty, days(-9), county=county, teacher=running.teacher, text="宿舍没有取暖", due_on=days(-1),
        owner_user=principal,
    )  # fmt: skip
    steps.tell_late_difficulties(TODAY)
    assert kinds_told(officer) == kinds_told(principal) == ["difficulty_late"]
    assert told(sender) == []


def test_an_exemption_that_ends_is_told_without_its_reason(teacher, county, sender, officer, principal):
    Exemption.objects.create(county=county, teacher=teacher, reason=ExemptionReason.ILLNESS, end=days(30))
    steps.tell_exemptions_ending(TODAY)
    assert kinds_told(sender) == kinds_told(officer) == ["exemption_ending"]
    assert told(principal) == []
    assert not any("病" in notice.title + notice.text for notice in Notice.objects.all())


def test_a_loan_that_ends_is_told_to_both(principal, receiving_school):
    deputy = person("deputy", "代校长")
    own = principal.memberships.get()
    Membership.objects.create(user=deputy, role=Role.PRINCIPAL, school=receiving_school, end=days(2), deputy_for=own)
    steps.tell_roles_ending(TODAY)
    assert kinds_told(deputy) == kinds_told(principal) == ["role_ending"]


def everything_due(second, teacher, county, school_year, sending_school):
    late = dispatched(second, teacher, add_working_days(TODAY, -5))
    on(Difficulty, days(-9), county=county, teacher=teacher, text="宿舍没有取暖", due_on=days(-1))
    Exemption.objects.create(county=county, teacher=teacher, reason=ExemptionReason.AGE, end=days(3))
    YearSchedule.objects.create(county=county, school_year=school_year, demands_until=days(2))
    return late


def effects():
    return Notice.objects.count(), Reminder.objects.count(), StateChange.objects.count(), AuditEntry.objects.count()


def test_a_second_run_has_no_effect(
    second, teacher, county, school_year, sending_school, officer, principal, sender, teacher_user
):
    everything_due(second, teacher, county, school_year, sending_school)
    run()
    first = effects()
    assert all(first)
    assert "：1" not in run()
    assert effects() == first


def runs_at_once(tmp_path):
    """Three runs at once: processes on a copy in a file, or threads where the database is PostgreSQL. Asks what came of it."""
    if connection.vendor == "postgresql":
        in_threads(3)
        return lambda sql: all_rows(connection.cursor(), sql)
    copy = sqlite3.connect(tmp_path / "copy.sqlite3", isolation_level=None)
    connection.connection.backup(copy)
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'copy.sqlite3'}",
    }
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "run_daily"]
    processes = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(3)
    ]
    for process in processes:
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said
    return lambda sql: all_rows(copy.cursor(), sql)


def in_threads(times):
    start, failures = threading.Barrier(times), []

    def one_run():
        try:
            start.wait(20)
            failures.extend(done.name for done in daily.run(TODAY) if done.number is None)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one_run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def all_rows(cursor, sql):
    cursor.execute(sql)
    return cursor.fetchall()


@pytest.mark.django_db(transaction=True)
def test_runs_at_once_have_the_effect_of_one(
    tmp_path, second, teacher, county, school_year, sending_school, officer, principal, sender, teacher_user
):
    late = everything_due(second, teacher, county, school_year, sending_school)
    ask = runs_at_once(tmp_path)
    assert ask("select secondment_id, action from assignments_statechange") == [(late.pk, "report_overdue")]
    told = ask("select user_id, kind, key from notices_notice")
    assert {kind for _, kind, _ in told} >= {"overdue", "difficulty_late", "exemption_ending"}
    assert len(told) == len(set(told))
    reminded = ask("select kind, about, party from notices_reminder")
    assert len(reminded) == len(set(reminded))
    assert ask("select count(*) from accounts_auditentry where verb = '提醒'") == [(len(reminded),)]
    run()  # the same, alone
    if connection.vendor == "sqlite":
        assert len(told) == Notice.objects.count()
        assert len(reminded) == Reminder.objects.count()
    else:
        assert len(told) == len(ask("select id from notices_notice"))


def test_a_step_that_fails_is_named_and_keeps_no_other_from_its_work(monkeypatch, db, caplog):
    def broken(today):
        raise ValueError("坏了")

    done = []
    monkeypatch.setattr(daily, "_steps", {"坏的": broken, "好的": lambda today: done.append(today) or 1})
    with pytest.raises(CommandError, match="坏的"):
        run()
    assert done == [TODAY]
