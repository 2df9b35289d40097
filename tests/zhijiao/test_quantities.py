"""Quantities are read as people tell them and keep what is not known exactly."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhijiao.quantities import Quantity, chinese_number, plain


@pytest.mark.parametrize(
    ("typed", "number", "is_approximate", "told"),
    [
        (54, 54, False, "54人"),
        (54.0, 54, False, "54人"),
        (2835.5, "2835.5", False, "2835.5人"),
        ("５４", 54, False, "54人"),
        ("1,200", 1200, False, "1200人"),
        ("五十四", 54, False, "54人"),
        ("约30", 30, True, "约30人"),
        ("近百", 100, True, "约100人"),
        ("10余", 10, True, "10余人"),
        ("十余人", 10, True, "10余人"),
        ("60多人", 60, True, "60余人"),
        ("超过300", 300, True, "300余人"),
        ("200人以上", 200, True, "200人以上"),
        ("一批", None, True, "一批"),
        ("若干", None, True, "若干"),
        ("数十", None, True, "数十"),
    ],
)
def test_it_is_read_and_told_again(typed, number, is_approximate, told):
    read = Quantity.parse(typed)

    assert read.number == (None if number is None else Decimal(number))
    assert read.is_approximate is is_approximate
    assert read.told("人") == told


@pytest.mark.parametrize("typed", ["很大", "？", "abc", "人"])
def test_words_without_a_number_are_refused_with_what_would_be_right(typed):
    with pytest.raises(ValueError, match="约30"):
        Quantity.parse(typed)


@pytest.mark.parametrize("typed", [-1, -0.5, Decimal(-3)])
def test_a_negative_amount_is_refused(typed):
    with pytest.raises(ValueError, match="负数"):
        Quantity.parse(typed)


def test_a_negative_amount_is_refused_as_text_too():
    with pytest.raises(ValueError):
        Quantity.parse("-5")


@pytest.mark.parametrize("empty", [None, "", " "])
def test_nothing_typed_is_no_quantity(empty):
    assert not Quantity.parse(empty)


def test_nought_is_a_quantity():
    assert Quantity.parse(0)


@given(st.decimals(0, 10**9, places=2, allow_nan=False))
def test_a_number_comes_back_from_its_cell(number):
    quantity = Quantity(number)
    assert Quantity.parse(quantity.cell()) == quantity


@given(st.integers(0, 10**6))
def test_an_approximate_number_comes_back_from_its_cell(number):
    for words in (f"约{number}", f"{number}余", f"近{number}人", f"{number}人以上"):
        quantity = Quantity.parse(words)
        assert quantity.is_approximate
        assert Quantity.parse(quantity.cell()) == quantity


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("十", 10),
        ("十二", 12),
        ("三十二", 32),
        ("一百零五", 105),
        ("两千三百", 2300),
        ("三万二千", 32000),
        ("甲", None),
    ],
)
def test_chinese_numbers(text, number):
    assert chinese_number(text) == number


@pytest.mark.parametrize(("number", "shown"), [("54.00", "54"), ("2835.50", "2835.5"), ("0", "0"), ("1200", "1200")])
def test_no_needless_noughts(number, shown):
    assert plain(Decimal(number)) == shown
