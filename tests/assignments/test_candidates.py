"""应交流名单: the pure rule, the same rule in the database, exemptions, and who sees which names."""

import datetime as dt
import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from assignments import candidates
from assignments.candidates import Why, due, years_earlier, years_later
from assignments.choices import Role
from assignments.models import DueRule, Exemption, School, Teacher
from tests.conftest import person
from zhijiao.accounts.models import AuditEntry
from zhijiao.refusals import Refused

DAY = dt.date(2024, 9, 1)
RULE = DueRule()
days = st.dates(dt.date(1950, 1, 1), dt.date(2060, 12, 31))


def someone(**fields):
    return Teacher(
        name="某人", **{"sex": "1", "birth_date": dt.date(1985, 3, 1), "at_school_since": dt.date(2015, 9, 1), **fields}
    )


# --- one teacher --------------------------------------------------------------------------------------------------------


def test_six_years_at_the_school_make_somebody_due_from_their_anniversary():
    verdict = due(someone(), RULE, DAY)
    assert verdict.is_due
    assert verdict.since == dt.date(2021, 9, 1)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"at_school_since": dt.date(2018, 9, 2)}, Why.TOO_SHORT),
        ({"at_school_since": None}, Why.UNKNOWN_START),
        ({"birth_date": dt.date(1974, 9, 1)}, Why.AGE),
        ({"sex": "2", "birth_date": dt.date(1979, 9, 1)}, Why.AGE),
        ({"establishment": "contract"}, Why.NOT_REGULAR),
        ({"retired_on": dt.date(2023, 1, 1)}, Why.LEFT),
    ],
    ids=["too short", "unknown start", "a man of fifty", "a woman of forty-five", "not regular", "left"],
)
def test_why_somebody_is_not_due(fields, why):
    assert due(someone(**fields), RULE, DAY).why == why


def test_the_last_day_before_an_age_still_counts():
    assert due(someone(birth_date=dt.date(1974, 9, 2)), RULE, DAY).is_due
    assert due(someone(sex="2", birth_date=dt.date(1979, 9, 2)), RULE, DAY).is_due


def test_what_is_not_known_excuses_nobody():
    assert due(someone(birth_date=None), RULE, DAY).is_due
    assert due(someone(establishment=""), RULE, DAY).is_due
    assert due(someone(sex="", birth_date=dt.date(1976, 1, 1)), RULE, DAY).is_due  # below the higher of the two limits


def test_who_came_back_is_left_in_peace_for_three_years():
    assert due(someone(), RULE, DAY, last_end=dt.date(2022, 7, 10)) == candidates.Due(
        Why.RECENT, until=dt.date(2025, 7, 9)
    )
    assert due(someone(), RULE, DAY, last_end=dt.date(2021, 7, 10)).since == dt.date(2024, 7, 10)
    assert due(someone(), RULE, DAY, last_end=dt.date(2025, 7, 10)).why == Why.AWAY


def test_an_exemption_counts_on_its_days_and_not_after():
    exemption = Exemption(reason="nursing", start=dt.date(2024, 1, 1), end=dt.date(2024, 8, 31))
    assert due(someone(), RULE, dt.date(2024, 8, 31), exemptions=[exemption]) == candidates.Due(
        Why.EXEMPT, until=dt.date(2024, 8, 31)
    )
    assert due(someone(), RULE, DAY, exemptions=[exemption]).is_due


@given(since=days, years=st.integers(0, 40))
def test_full_years_are_counted_the_same_both_ways(since, years):
    full = years_later(since, years)
    assert years_earlier(full, years) >= since
    assert since > years_earlier(full - dt.timedelta(days=1), years)


@given(
    since=days,
    birth=st.one_of(st.none(), days),
    sex=st.sampled_from(["", "0", "1", "2", "9"]),
    day=days,
    years=st.integers(1, 20),
)
def test_somebody_who_is_due_has_been_there_long_enough_and_is_young_enough(since, birth, sex, day, years):
    rule = DueRule(years_at_school=years)
    teacher = someone(at_school_since=since, birth_date=birth, sex=sex)
    verdict = due(teacher, rule, day)
    assert verdict.is_due is (verdict.why == Why.DUE)
    if verdict.is_due:
        assert teacher.years_at_school_on(day) >= years
        assert birth is None or teacher.age_on(day) < max(rule.age_below_men, rule.age_below_women)
        assert verdict.since <= day
    elif verdict.why == Why.TOO_SHORT:
        assert teacher.years_at_school_on(day) < years
        assert due(teacher, rule, verdict.until).why == Why.TOO_SHORT
        assert due(teacher, rule, verdict.until + dt.timedelta(days=1)).why != Why.TOO_SHORT


@given(day=days, last=days, years=st.integers(0, 10))
def test_who_was_away_is_due_again_on_a_day_and_ever_after(day, last, years):
    rule, teacher = DueRule(years_since_last=years), someone(birth_date=None, at_school_since=dt.date(1940, 1, 1))
    verdict = due(teacher, rule, day, last_end=last)
    if verdict.is_due:
        assert due(teacher, rule, day + dt.timedelta(days=1), last_end=last).is_due
    else:
        assert verdict.why in (Why.AWAY, Why.RECENT)
        assert verdict.until >= day


# --- the same in the database -------------------------------------------------------------------------------------------


def near(chance, *dates):
    """One of the dates or a day beside it: where rules go wrong."""
    return chance.choice(dates) + dt.timedelta(days=chance.choice((-1, 0, 1)))


@pytest.mark.parametrize("seed", range(3))
def test_the_database_says_of_each_teacher_what_the_function_says(seed, county, sending_school, second):
    chance = random.Random(seed)  # noqa: S311
    Teacher.objects.bulk_create(
        Teacher(
            county=county, school=sending_school, name=f"教师{number}", sex=chance.choice(["", "0", "1", "2"]),
            birth_date=chance.choice([None, near(chance, dt.date(1974, 9, 1), dt.date(1979, 9, 1), dt.date(1990, 2, 28))]),
            at_school_since=chance.choice([None, near(chance, dt.date(2018, 9, 1), dt.date(2016, 2, 29), dt.date(2020, 9, 1), dt.date(2022, 9, 1))]),
            establishment=chance.choice(["", "regular", "contract"]), retired_on=chance.choice([None, None, None, DAY]),
        )
        for number in range(400)
    )  # fmt: skip
    for teacher in Teacher.objects.all():
        if chance.random() < 0.3:
            second(
                teacher,
                "2020-01-01",
                str(near(chance, dt.date(2021, 9, 1), dt.date(2022, 7, 10), dt.date(2023, 7, 10), DAY)),
                state="completed",
            )
        if chance.random() < 0.3:
            Exemption.objects.create(
                county=county, teacher=teacher, reason="illness", start=near(chance, dt.date(2024, 8, 1), dt.date(2023, 1, 1)),
                end=near(chance, dt.date(2024, 9, 2), dt.date(2025, 9, 2)),
            )  # fmt: skip
    found = set()
    for day in (DAY, years_later(DAY, 1), years_later(DAY, 2)):
        rows = candidates.with_last_end(Teacher.objects.prefetch_related("exemptions"))
        verdicts = {row.pk: due(row, RULE, day, exemptions=row.exemptions.all(), last_end=row.last_end) for row in rows}
        assert set(Teacher.objects.filter(candidates.is_due(RULE, day)).values_list("pk", flat=True)) == {
            key for key, verdict in verdicts.items() if verdict.is_due
        }
        assert set(Teacher.objects.filter(candidates.is_deferred(RULE, day)).values_list("pk", flat=True)) == {
            key for key, verdict in verdicts.items() if verdict.why == Why.EXEMPT
        }
        found |= {verdict.why for verdict in verdicts.values()}
    assert found >= {Why.DUE, Why.TOO_SHORT, Why.AGE, Why.RECENT, Why.EXEMPT}


def test_the_outlook_counts_each_in_the_year_in_which_their_turn_comes(county, sending_school):
    for year in (2018, 2019, 2020, 2021, 2022):
        Teacher.objects.create(
            county=county,
            school=sending_school,
            name=f"{year}来的",
            subject="语文",
            at_school_since=dt.date(year, 9, 1),
        )
    rows = candidates.outlook(Teacher.objects.all(), RULE, DAY, "school")
    assert [(row.name, row.now, row.coming) for row in rows] == [(sending_school.name, 1, (1, 1, 1))]
    assert candidates.outlook(Teacher.objects.all(), RULE, DAY, "subject")[0].name == "语文"


def test_the_county_s_own_rule_comes_before_the_one_known_everywhere(county, other_county, officer):
    DueRule.objects.update_or_create(county=None, defaults={"years_at_school": 8})
    assert candidates.rule_of(county).years_at_school == 8
    candidates.set_rule(county, by=officer, years_at_school=5)
    assert candidates.rule_of(county).years_at_school == 5
    assert candidates.rule_of(other_county).years_at_school == 8
    assert DueRule.objects.get(county=None).years_at_school == 8
    assert DueRule.objects.get(county=county).age_below_men == 50


# --- exemptions ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def sender(sending_school):
    return person("sender", "孙校长", Role.PRINCIPAL, school=sending_school)


def test_an_exemption_is_granted_and_the_trail_keeps_no_illness(teacher, sender):
    exemption = candidates.grant_exemption(
        teacher, by=sender, reason="illness", proof="三级医院住院病历", start=DAY, end=dt.date(2025, 8, 31)
    )
    entry = AuditEntry.objects.latest("id")
    assert entry.verb == "登记暂缓交流"
    assert "病" not in str(entry.after)
    assert exemption.county_id == teacher.county_id


def test_an_exemption_of_four_years_or_twice_at_once_is_refused(teacher, sender):
    with pytest.raises(Refused, match="最长 3 年"):
        candidates.grant_exemption(
            teacher, by=sender, reason="illness", proof="病历", start=DAY, end=dt.date(2028, 9, 1)
        )
    candidates.grant_exemption(teacher, by=sender, reason="illness", proof="病历", start=DAY, end=dt.date(2025, 8, 31))
    with pytest.raises(Refused, match="同一原因"):
        candidates.grant_exemption(
            teacher, by=sender, reason="illness", proof="病历", start=dt.date(2025, 3, 1), end=dt.date(2025, 12, 31)
        )
    assert Exemption.objects.count() == 1


def test_an_ended_exemption_can_t_be_ended_again(teacher, sender):
    exemption = candidates.grant_exemption(
        teacher, by=sender, reason="illness", proof="病历", start=DAY, end=dt.date(2025, 8, 31)
    )
    candidates.end_exemption(exemption, by=sender, last_day=dt.date(2024, 10, 1))
    with pytest.raises(Refused, match="到期"):
        candidates.end_exemption(exemption, by=sender, last_day=dt.date(2024, 10, 2))


# --- pages --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def due_teacher(teacher):
    Teacher.objects.filter(pk=teacher.pk).update(at_school_since=dt.date(2015, 9, 1), subject="语文")
    teacher.refresh_from_db()
    return teacher


@pytest.fixture
def canary(county):
    """A teacher of another school, whose name must not be seen by anybody who has nothing to do with it."""
    other = School.objects.create(county=county, name="青岚县第二小学")
    return Teacher.objects.create(county=county, school=other, name="金丝雀", at_school_since=dt.date(2010, 9, 1))


ADDRESS = "/candidates/?year=2024-2025"


def test_the_bureau_sees_all_and_a_school_its_own(client_of, officer, sender, outsider, due_teacher, canary):
    seen = client_of(officer).get(ADDRESS + "&view=due").content.decode()
    assert due_teacher.name in seen
    assert canary.name in seen
    own = client_of(sender).get(ADDRESS + "&view=due").content.decode()
    assert due_teacher.name in own
    assert canary.name not in own
    assert "应交流 <span>1</span>" in own
    for address in (ADDRESS, "/candidates/outlook/?year=2024-2025"):
        assert canary.name not in client_of(outsider).get(address).content.decode()
        assert "第二小学" not in client_of(sender).get(address).content.decode()


def test_a_school_that_has_only_received_somebody_does_not_see_their_turn(
    client_of, principal, secondment, due_teacher
):
    assert due_teacher.name not in client_of(principal).get("/candidates/?year=2026-2027&view=").content.decode()


def test_a_teacher_has_no_list(client_of, teacher_user):
    for address in (ADDRESS, "/candidates/outlook/", "/candidates/rule/"):
        assert client_of(teacher_user).get(address).status_code == 403


def test_who_starts_when_is_not_guessed(client_of, officer, teacher):
    page = client_of(officer).get(ADDRESS + "&view=unknown").content.decode()
    assert teacher.name in page
    assert "不知道到校时间" in page
    assert teacher.name not in client_of(officer).get(ADDRESS + "&view=due").content.decode()


def test_a_school_defers_its_teacher_with_proof_and_an_end(client_of, sender, due_teacher):
    browser, address = client_of(sender), f"/candidates/{due_teacher.pk}/exempt/?year=2024-2025"
    assert (
        "请写明是什么证明"
        in browser.post(address, {"reason": "nursing", "start": "2024-09-01", "end": "2025-08-31"}).content.decode()
    )
    typed = {"reason": "nursing", "proof": "出生医学证明", "start": "2024-09-01", "end": "2025-08-31", "once": "a" * 32}
    assert browser.post(address, typed).status_code == 302
    assert browser.post(address, typed).status_code == 302  # a double click
    assert Exemption.objects.count() == 1
    deferred = browser.get(ADDRESS + "&view=deferred").content.decode()
    assert due_teacher.name in deferred
    assert "哺乳期" in deferred
    exemption = Exemption.objects.get()
    assert (
        browser.post(
            f"/candidates/exemptions/{exemption.pk}/edit/", {**typed, "once": "b" * 32, "seen": "0" * 32}
        ).status_code
        == 409
    )


def test_a_teacher_of_another_school_does_not_exist_for_an_exemption(client_of, sender, outsider, canary, county):
    exemption = Exemption.objects.create(
        county=county, teacher=canary, reason="illness", start=DAY, end=dt.date(2025, 8, 31)
    )
    for who in (sender, outsider):
        browser = client_of(who)
        assert browser.get(f"/candidates/{canary.pk}/exempt/").status_code == 404
        assert browser.get(f"/candidates/exemptions/{exemption.pk}/edit/").status_code == 404
        assert browser.post(f"/candidates/exemptions/{exemption.pk}/end/").status_code == 404
    exemption.refresh_from_db()
    assert exemption.end == dt.date(2025, 8, 31)


def test_illness_is_told_only_to_those_who_may_know(due_teacher):
    exemption = Exemption(reason="illness", start=DAY, end=dt.date(2025, 8, 31))
    verdict = due(due_teacher, RULE, DAY, exemptions=[exemption])
    told = {
        may: candidates.explain(verdict, RULE, due_teacher, may_know=may, exemptions=[exemption], day=DAY)
        for may in (True, False)
    }
    assert told[True].startswith("重病")
    assert told[False].startswith("个人原因")


@pytest.mark.parametrize("address", [ADDRESS, "/candidates/outlook/?year=2024-2025"])
def test_a_list_asks_the_same_for_one_and_for_three_hundred(address, client_of, officer, county, sending_school):
    browser, asked = client_of(officer), []
    for number in (1, 2, 297):
        made = Teacher.objects.bulk_create(
            Teacher(
                county=county,
                school=sending_school,
                name=f"教师{n}",
                subject="语文",
                at_school_since=dt.date(2010, 9, 1),
            )
            for n in range(number)
        )
        Exemption.objects.bulk_create(
            Exemption(county=county, teacher=one, reason="other", start=dt.date(2020, 1, 1), end=dt.date(2021, 1, 1))
            for one in made
        )
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(address).status_code == 200
        asked.append(len(captured))
    assert asked == [asked[0]] * 3
    assert asked[0] <= 12


def test_a_search_stays_in_the_year_that_is_planned(client_of, officer, due_teacher):
    page = client_of(officer).get(ADDRESS + "&view=due").content.decode()
    assert '<input type="hidden" name="year" value="2024-2025">' in page
