"""The official calendar: public holidays rest, make-up weekends are worked, an unknown year goes Monday to Friday."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhijiao.working_days import add_working_days, is_working_day, knows, remark, working_days

DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2026, 11, 30))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (dt.date(2023, 10, 2), False),  # a Monday of the national holiday
        (dt.date(2023, 10, 7), True),  # a Saturday that is worked instead
        (dt.date(2023, 10, 14), False),  # any other Saturday
        (dt.date(2024, 2, 12), False),  # spring festival
        (dt.date(2023, 9, 4), True),
        (dt.date(2035, 10, 1), True),  # nobody knows yet: a Monday
        (dt.date(2035, 10, 6), False),  # a Saturday
    ],
)
def test_a_day_is_worked_or_not(day, works):
    assert is_working_day(day) is works


def test_october_with_its_holiday_and_its_worked_weekend_has_nineteen_working_days():
    assert len(working_days(dt.date(2023, 10, 1), dt.date(2023, 10, 31))) == 19


def test_seven_working_days_go_round_the_holiday():
    assert add_working_days(dt.date(2023, 9, 27), 2) == dt.date(2023, 10, 7)
    assert add_working_days(dt.date(2023, 10, 7), -2) == dt.date(2023, 9, 27)
    assert add_working_days(dt.date(2023, 9, 27), 0) == dt.date(2023, 9, 27)


def test_an_unknown_year_is_told():
    assert not knows(2035)
    assert knows(2026)
    assert remark(dt.date(2026, 1, 1), dt.date(2026, 2, 1)) == ""
    assert "2035年" in remark(dt.date(2035, 1, 1), dt.date(2035, 1, 31))


@given(DAYS, st.integers(min_value=1, max_value=60))
def test_what_is_added_is_counted_again(day, number):
    reached = add_working_days(day, number)
    assert is_working_day(reached)
    assert len(working_days(day + dt.timedelta(days=1), reached)) == number


@given(DAYS, DAYS, DAYS)
def test_counts_of_neighbouring_spans_add_up(first, middle, last):
    first, middle, last = sorted((first, middle, last))
    whole = working_days(first, last)
    assert whole == working_days(first, middle) + working_days(middle + dt.timedelta(days=1), last)
