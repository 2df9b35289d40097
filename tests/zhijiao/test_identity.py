"""Numbers that identify are checked to the last digit and shown in part only."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from zhijiao.identity import (
    birth_date_of,
    check_bank_card,
    check_id_number,
    check_phone,
    check_school_code,
    mask_bank_card,
    mask_id_number,
    mask_phone,
    sex_of,
)

VALID = "11010519491231002X"  # the example of GB 11643-1999
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def with_check_digit(seventeen):
    """The check digit of GB 11643, worked out apart from the library that the product uses."""
    total = sum(int(digit) * weight for digit, weight in zip(seventeen, WEIGHTS, strict=True))
    return seventeen + "10X98765432"[total % 11]


id_numbers = st.builds(
    lambda day, serial: with_check_digit(f"110105{day:%Y%m%d}{serial:03}"),
    st.dates(dt.date(1930, 1, 1), dt.date(2010, 12, 31)),
    st.integers(1, 999),
)


@pytest.mark.parametrize("typed", [VALID, VALID.lower(), f" {VALID} ", "110105 19491231 002X"])
def test_a_valid_id_number_is_taken_as_it_is_typed(typed):
    assert check_id_number(typed) == VALID


@given(id_numbers)
def test_every_valid_id_number_is_taken(number):
    assert check_id_number(number) == number


@given(id_numbers, st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(number, position, shift):
    if number[position] == "X":
        return
    wrong = number[:position] + str((int(number[position]) + shift) % 10) + number[position + 1 :]
    with pytest.raises(ValidationError):
        check_id_number(wrong)


@given(id_numbers, st.integers(0, 16))
def test_two_digits_changed_about_are_always_found(number, position):
    one, other = number[position], number[position + 1]
    if one == other:
        return
    with pytest.raises(ValidationError):
        check_id_number(number[:position] + other + one + number[position + 2 :])


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("110105194912310021", "校验位"),
        ("1101051949123100", "18 位"),
        ("110105491231002", "18 位"),  # the 15 digits of old
        (with_check_digit("11010519491331002"), "出生日期"),
        ("不知道", "18 位"),
    ],
)
def test_a_wrong_id_number_is_refused_without_being_repeated(number, words):
    with pytest.raises(ValidationError) as refused:
        check_id_number(number)
    assert words in refused.value.message
    assert number not in refused.value.message


def test_an_id_number_tells_birth_date_and_sex():
    assert birth_date_of(VALID) == dt.date(1949, 12, 31)
    assert sex_of(VALID) == "2"


def test_only_ends_are_shown():
    assert mask_id_number(VALID) == "1101**********002X"
    assert mask_phone("13812345678") == "138****5678"
    assert mask_bank_card("6222020200112230") == "************2230"


@pytest.mark.parametrize("typed", ["13812345678", "138 1234 5678", "+8613812345678", "138-1234-5678"])
def test_a_mobile_number_is_taken(typed):
    assert check_phone(typed) == "13812345678"


@pytest.mark.parametrize("typed", ["12812345678", "1381234567", "010-62345678"])
def test_another_number_is_no_mobile_number(typed):
    with pytest.raises(ValidationError):
        check_phone(typed)


def test_a_bank_card_is_checked_by_luhn():
    assert check_bank_card("4111 1111 1111 1111") == "4111111111111111"
    with pytest.raises(ValidationError, match="校验位"):
        check_bank_card("4111111111111112")
    with pytest.raises(ValidationError, match="15 至 19 位"):
        check_bank_card("41111111")


def test_a_school_code_has_ten_digits():
    assert check_school_code(" 3153000001 ") == "3153000001"
    with pytest.raises(ValidationError, match="10 位"):
        check_school_code("315300")
