"""Every way in which a bureau writes a date is read, told again, and comes back whole from a cell."""

import datetime as dt

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from zhijiao.dates import ApproximateDate, Precision, parse_day, school_year_of, school_year_span

SEPTEMBER_1 = dt.date(2025, 9, 1)
days = st.dates(dt.date(1949, 10, 1), dt.date(2099, 12, 31))


@pytest.mark.parametrize(
    "typed",
    [
        "2025年9月1日", "2025.9.1", "2025-09-01", "20250901", "2025/9/1", "２０２５年９月１日", " 2025 年 9 月 1 日 ", "2025.09.01",
        "2025-09-01 00:00:00", "2025-09-01T08:30:00", dt.date(2025, 9, 1), dt.datetime(2025, 9, 1, 8, 30),
    ],
)  # fmt: skip
def test_a_day_is_read_however_it_is_typed(typed):
    assert parse_day(typed) == SEPTEMBER_1


@pytest.mark.parametrize(
    ("typed", "start", "end", "precision", "told"),
    [
        ("2009年3月", "2009-03-01", "2009-03-31", Precision.MONTH, "2009年3月"),
        ("2024.2", "2024-02-01", "2024-02-29", Precision.MONTH, "2024年2月"),
        ("2009年", "2009-01-01", "2009-12-31", Precision.YEAR, "2009年"),
        ("2021-2022学年", "2021-09-01", "2022-08-31", Precision.SCHOOL_YEAR, "2021—2022学年"),
        ("2021—2022学年度", "2021-09-01", "2022-08-31", Precision.SCHOOL_YEAR, "2021—2022学年"),
        ("2009年8月1日至5日", "2009-08-01", "2009-08-05", Precision.RANGE, "2009年8月1日至5日"),
        ("2024.1.6-2024.1.7", "2024-01-06", "2024-01-07", Precision.RANGE, "2024年1月6日至7日"),
        ("2009年8月1日—8月5日", "2009-08-01", "2009-08-05", Precision.RANGE, "2009年8月1日至5日"),
        ("2023年9月1日至2024年7月10日", "2023-09-01", "2024-07-10", Precision.RANGE, "2023年9月1日至2024年7月10日"),
        ("2023.09-2024.07", "2023-09-01", "2024-07-31", Precision.MONTH, "2023年9月至2024年7月"),
        ("2024年3月至5月", "2024-03-01", "2024-05-31", Precision.MONTH, "2024年3月至5月"),
    ],
)
def test_what_is_known_less_exactly_keeps_its_precision(typed, start, end, precision, told):
    read = ApproximateDate.parse(typed)

    assert (read.start, read.end, read.precision) == (parse_day(start), parse_day(end), precision)
    assert read.told() == told


@pytest.mark.parametrize(
    "typed", ["明天", "2025年13月1日", "2025-02-30", "25.9.1", "1825年9月1日", "45000.5", "2021-2023学年"]
)
def test_what_is_no_date_is_refused_with_a_way_to_write_it(typed):
    with pytest.raises(ValueError, match="2025年9月1日"):
        ApproximateDate.parse(typed)


def test_a_range_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="早于"):
        ApproximateDate.parse("2024年7月10日至2023年9月1日")


def test_a_month_is_not_enough_where_a_day_is_asked_for():
    with pytest.raises(ValueError, match="没有写到日"):
        parse_day("2025年9月")


@pytest.mark.parametrize("empty", [None, "", "  "])
def test_nothing_typed_is_no_date(empty):
    assert not ApproximateDate.parse(empty)
    assert parse_day(empty) is None


def test_two_are_equal_whatever_their_words():
    assert ApproximateDate.parse("2025.9.1") == ApproximateDate.parse("2025年9月1日")


@given(days)
def test_a_day_comes_back_from_its_cell(day):
    when = ApproximateDate.day(day)
    assert ApproximateDate.parse(when.cell()) == when
    assert ApproximateDate.parse(when.told()) == when


@given(days, days)
def test_a_range_comes_back_from_its_cell(one, other):
    when = ApproximateDate.range(min(one, other), max(one, other))
    assert ApproximateDate.parse(when.cell()) == when
    assert ApproximateDate.parse(when.told()) == when


@given(st.integers(1949, 2099), st.integers(1, 12))
def test_a_month_a_year_and_a_school_year_come_back_from_their_cells(year, month):
    for when in (ApproximateDate.month(year, month), ApproximateDate.year(year), ApproximateDate.school_year(year)):
        assert ApproximateDate.parse(when.cell()) == when


@given(st.integers(1949, 2090), st.integers(1, 12), st.integers(0, 30))
def test_months_from_to_come_back_from_their_cell(year, month, more):
    last = ApproximateDate.month(year + (month - 1 + more) // 12, (month - 1 + more) % 12 + 1)
    when = ApproximateDate(ApproximateDate.month(year, month).start, last.end, Precision.MONTH)
    assert ApproximateDate.parse(when.cell()) == when


@given(days)
def test_every_day_lies_in_its_school_year(day):
    first, last = school_year_span(school_year_of(day))
    assert first <= day <= last


class DayForm(forms.Form):
    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))


@pytest.mark.parametrize("typed", ["2025年9月1日", "2025.9.1", "2025-09-01", "20250901", "2025/9/1"])
def test_a_form_reads_the_same(typed):
    form = DayForm({"day": typed})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["day"] == SEPTEMBER_1


def test_a_date_input_is_filled_as_browsers_want_it():
    assert 'value="2025-09-01"' in str(DayForm(initial={"day": SEPTEMBER_1})["day"])
