"""学年结转: a closed year stays as it is, whoever asks and by whichever way; another year goes on."""

import datetime as dt

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from assignments import closing
from assignments.choices import Role
from assignments.models import Activity, AttendanceMonth, Demand, Difficulty, SchoolYear, YearClosing
from tests.conftest import person
from zhijiao import guard
from zhijiao.accounts import audit
from zhijiao.accounts.models import AuditEntry
from zhijiao.dates import ApproximateDate
from zhijiao.refusals import Refused, WordsNeeded

# Of no year: about people, places, rules, and what is kept of a secondment for life.
OF_NO_YEAR = {
    "District", "School", "Teacher", "Membership", "BackboneTitle", "Exemption", "CorrectionRequest", "DistinctPair", "Programme",
    "PolicyRule", "DueRule", "AllowanceRate", "QuestionSet", "Question", "QuestionOption", "Rubric", "RubricItem", "GradeThreshold",
    "Certificate", "YearClosing", "SchoolYear", "Term", "Writing", "PolicyDocumentFile",
}  # fmt: skip


@pytest.fixture
def administrator(county):
    return person("admin-of-year", "关管理", Role.BUREAU_ADMIN, district=county)


@pytest.fixture
def closed(county, school_year, officer):
    return YearClosing.objects.create(
        county=county, school_year=school_year, closed_on=dt.date(2024, 8, 31), closed_by=officer
    )


@pytest.fixture
def next_year(db):
    return SchoolYear.objects.named("2024-2025")


def test_every_kind_of_record_is_of_a_year_or_is_said_to_be_of_none():
    ours = [
        model for app in ("assignments", "evaluations", "reports") for model in apps.get_app_config(app).get_models()
    ]
    assert {model.__name__ for model in ours} - {model.__name__ for model in closing.YEAR_OF} - OF_NO_YEAR == set()
    assert {model.__name__ for model in closing.YEAR_OF} & OF_NO_YEAR == set()


def test_the_way_to_the_year_is_a_field_of_the_record():
    for model, paths in closing.YEAR_OF.items():
        for path in paths:
            assert model._meta.get_field(path)


def test_closing_is_written_down_and_only_once(county, school_year, officer):
    made = closing.close(county, school_year, by=officer, note="材料已齐")
    assert closing.closing_of(county.pk, "2023-2024") == made
    assert AuditEntry.objects.filter(verb="结转学年").count() == 1
    with pytest.raises(Refused, match="已经结转"):
        closing.close(county, school_year, by=officer)


def test_the_database_knows_one_closing_of_a_year(closed, officer):
    with pytest.raises(IntegrityError), transaction.atomic():
        YearClosing.objects.create(
            county=closed.county, school_year=closed.school_year, closed_on=closed.closed_on, closed_by=officer
        )


def test_the_administrator_opens_it_again_with_a_reason(closed, administrator, secondment_later):
    with pytest.raises(WordsNeeded):
        closing.reopen(closed, by=administrator, reason=" ")
    closing.reopen(closed, by=administrator, reason="漏登了两节公开课")
    closed.refresh_from_db()
    assert closed.reopen_reason == "漏登了两节公开课"
    secondment_later().save()
    with pytest.raises(Refused, match="已经重新打开"):
        closing.reopen(closed, by=administrator, reason="再来")


@pytest.fixture
def secondment_later(second, teacher):
    return lambda: second(teacher)


def test_nobody_else_closes_or_opens(county, school_year, principal, closed, officer, administrator):
    with pytest.raises(Refused, match="不由您办"):
        closing.reopen(closed, by=officer, reason="想改")
    closing.reopen(closed, by=administrator, reason="要改")
    for one in (principal, administrator):
        with pytest.raises(Refused, match="不由您办"):
            closing.close(county, school_year, by=one)


def test_a_year_that_has_not_begun_is_not_closed(county, officer):
    with pytest.raises(Refused, match="还没有开始"):
        closing.close(county, SchoolYear.objects.named("2098-2099"), by=officer)


@pytest.mark.parametrize(
    "change",
    [
        lambda row: row.save(),
        lambda row: row.delete(),
        lambda row: type(row).objects.filter(pk=row.pk).update(kind="送教", title="改"),
        lambda row: type(row).objects.bulk_update([row], ["title"]),
        lambda row: audit.record(None, "修改会议", row),
        lambda row: Activity.objects.create(county=row.county, school_year=row.school_year, kind="送教", title="新的"),
        lambda row: Activity.objects.bulk_create(
            [Activity(county=row.county, school_year=row.school_year, kind="送教", title="新")]
        ),
    ],
    ids=["save", "delete", "update", "bulk_update", "trail", "create", "bulk_create"],
)
def test_every_way_to_write_is_refused_in_a_closed_year_and_open_in_another(
    change, county, school_year, officer, next_year
):
    old = Activity.objects.create(county=county, school_year=school_year, kind="送教", title="旧会议")
    new = Activity.objects.create(county=county, school_year=next_year, kind="送教", title="新会议")
    YearClosing.objects.create(
        county=county, school_year=school_year, closed_on=dt.date(2024, 8, 31), closed_by=officer
    )
    before = list(Activity.objects.order_by("pk").values_list())
    with pytest.raises(Refused, match="2023—2024学年已结转"), transaction.atomic():
        change(old)
    assert list(Activity.objects.order_by("pk").values_list()) == before
    change(new)


def test_a_record_is_moved_neither_out_of_a_closed_year_nor_into_one(county, school_year, next_year, officer):
    old = Activity.objects.create(county=county, school_year=school_year, kind="送教", title="旧会议")
    new = Activity.objects.create(county=county, school_year=next_year, kind="送教", title="新会议")
    YearClosing.objects.create(
        county=county, school_year=school_year, closed_on=dt.date(2024, 8, 31), closed_by=officer
    )
    old.school_year, new.school_year = next_year, school_year
    for row in (old, new):
        with pytest.raises(Refused):
            row.save()


def test_a_month_is_of_its_own_year(secondment, closed, county):
    with pytest.raises(Refused):
        AttendanceMonth.objects.create(county=county, secondment=secondment, month=dt.date(2023, 10, 1))
    AttendanceMonth.objects.create(county=county, secondment=secondment, month=dt.date(2024, 9, 1))


def test_another_county_goes_on(closed, other_county, school_year):
    Activity.objects.create(county=other_county, school_year=school_year, kind="送教", title="邻县会议")


def test_reading_a_closed_year_is_written_down(secondment, closed, officer):
    audit.record(officer, "导出文件", secondment)


def test_joining_two_teachers_is_about_the_person(secondment, closed):
    with guard.lifted():
        secondment.save()
    with pytest.raises(Refused):
        secondment.save()


def test_what_stops_closing_is_told_with_its_number(county, school_year, officer, monkeypatch):
    monkeypatch.setattr(
        closing, "_counters", {"补助表未锁定": (lambda *_: (3, "/"), True), "困难": (lambda *_: (1, "/"), False)}
    )
    with pytest.raises(Refused, match="补助表未锁定 3"):
        closing.close(county, school_year, by=officer)


def test_a_query_is_asked_only_where_the_record_has_a_year(officer, closed, django_assert_num_queries, teacher):
    with django_assert_num_queries(1):
        teacher.save()
    assert Demand in closing.YEAR_OF
    assert Difficulty in closing.YEAR_OF


def test_many_rows_are_not_put_into_a_closed_year_either(county, officer, school_year, sending_school):
    from assignments.models import Activity, SchoolYear

    other = SchoolYear.objects.named("2024-2025")
    row = Activity(county=county, kind="送课下乡", school=sending_school, school_year=other)
    row.when = ApproximateDate.parse("2024年10月12日")
    row.save()
    closing.close(county, school_year, by=officer)
    with pytest.raises(Refused, match="已结转"):
        Activity.objects.filter(pk=row.pk).update(school_year=school_year)
    row.refresh_from_db()
    assert row.school_year == other


def test_the_guard_asks_the_same_for_one_row_and_for_many(county, officer, school_year, second, sending_school):
    from assignments.models import Placement, SchoolYear, Teacher

    closing.close(county, SchoolYear.objects.named("2019-2020"), by=officer)
    numbers = []
    for names in (["沈若兰"], [f"教师{number}" for number in range(8)]):
        for name in names:
            second(Teacher.objects.create(county=county, school=sending_school, name=name))
        with CaptureQueriesContext(connection) as captured:
            Placement.objects.filter(county=county).update(subject="语文")
        numbers.append(len(captured))
    assert numbers[0] == numbers[1]


def test_a_questionnaire_whose_time_is_over_is_counted_and_its_codes_go_even_in_a_closed_year(
    secondment, county, officer
):
    from evaluations.models import BallotBox, Questionnaire, QuestionnaireCode
    from evaluations.questionnaires.closing import close_due
    from tests.evaluations.questionnaires import codes_of, opened
    from zhijiao import clock, guard

    asked = opened(secondment, by=officer, key="pupils")
    codes_of(asked, by=officer)
    year = asked.school_year
    with pytest.raises(Refused, match="问卷还开着 1"):
        closing.close(county, year, by=officer)
    with guard.lifted():
        YearClosing.objects.create(county=county, school_year=year, closed_on=clock.today(), closed_by=officer)
    with clock.standing_at(clock.now() + dt.timedelta(hours=3)):
        assert close_due(clock.today()) == 1
    assert Questionnaire.objects.get().state == "closed"
    assert not QuestionnaireCode.objects.exists()
    assert not BallotBox.objects.exists()
