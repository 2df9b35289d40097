"""Form fields that take what people type, and say how they read it."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from zhijiao.dates import ApproximateDate, parse_day
from zhijiao.fields import DayField, MoneyField, QuantityField, WhenField, WordsField, told_quantity, told_when
from zhijiao.quantities import Quantity


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("2025年9月10日", "2025年9月10日，星期三"),
        ("20250910", "2025年9月10日，星期三"),
        ("２０２５－０９－１０", "2025年9月10日，星期三"),
        ("9月10日", "2025年9月10日，星期三"),
        ("3.8", "2026年3月8日，星期日"),
        ("2025-09", "2025年9月（只知道月份）"),
        ("3月", "2026年3月（只知道月份）"),
        ("8月1日至5日", "2025年8月1日至5日（起止）"),
        ("2024-2025学年", "2024—2025学年（整个学年）"),
        ("2024", "2024年（只知道年份）"),
        ("", ""),
    ],
)
def test_a_date_is_read_as_precisely_as_it_was_typed(typed, read):
    field = WhenField(first_year=2025, required=False)
    assert told_when(field.clean(typed)) == read


@pytest.mark.parametrize("typed", ["昨天", "13月", "2025年2月30日", "2025年9月10日至9月1日", "9-10", "<b>"])
def test_what_is_no_date_is_refused_with_what_would_be(typed):
    with pytest.raises(ValidationError) as refused:
        WhenField(first_year=2025).clean(typed)
    assert any(word in refused.value.messages[0] for word in ("应写成", "应在"))


def test_an_empty_date_is_asked_for():
    with pytest.raises(ValidationError, match="请写日期"):
        WhenField().clean("")


def test_a_date_comes_back_into_the_form_as_it_is_told():
    assert WhenField().prepare_value(ApproximateDate.month(2025, 9)) == "2025年9月"
    again = WhenField().clean("2025年8月1日至5日")
    assert WhenField().clean(WhenField().prepare_value(again)) == again


@pytest.mark.parametrize(
    ("typed", "number", "about", "told"),
    [
        ("54", 54, False, "54人"),
        ("200人", 200, False, "200人"),
        ("约200人", 200, True, "约200人（约数）"),
        ("十余", 10, True, "10余人（约数）"),
        ("一批", None, True, "一批（没有数目）"),
        ("", None, False, ""),
    ],
)
def test_a_quantity_keeps_whether_it_is_sure(typed, number, about, told):
    read = QuantityField(unit="人", required=False).clean(typed)
    assert (read.number, read.is_approximate) == (number, about)
    assert told_quantity(read, "人") == told


@pytest.mark.parametrize("typed", ["许多", "abc", "99999999999"])
def test_what_is_no_quantity_is_refused(typed):
    with pytest.raises(ValidationError, match=r"数量"):
        QuantityField().clean(typed)


@pytest.mark.parametrize(
    ("typed", "amount"), [("3000", "3000"), ("3,000.50元", "3000.50"), ("￥１２", "12"), ("1.2万", "12000"), ("0", "0")]
)
def test_money_is_read_as_it_is_written(typed, amount):
    assert MoneyField().clean(typed) == Decimal(amount)


@pytest.mark.parametrize("typed", ["三千", "-5", "1.234", "NaN", "1e99", "Infinity"])
def test_what_is_no_money_is_refused(typed):
    with pytest.raises(ValidationError) as refused:
        MoneyField().clean(typed)
    assert "“" in refused.value.messages[0] or "负数" in refused.value.messages[0]


def test_words_are_split_and_days_are_days():
    assert WordsField(required=False).clean("座谈，听课、 座谈") == ["座谈", "听课"]
    assert DayField().clean("2025年9月1日") == parse_day("2025-09-01")
    with pytest.raises(ValidationError, match="没有写到日"):
        DayField().clean("2025年9月")


def test_the_sentence_under_a_field_is_answered_while_one_types(client_of, principal):
    client = client_of(principal)
    when = {"of": "when", "when": "3月", "first": "2025"}
    assert client.get("/read/when/", when).content.decode() == "读作 2026年3月（只知道月份）"
    odd = client.get("/read/when/", {"of": "when", "when": "<b>"}).content.decode()
    assert "<b>" not in odd
    many = {"of": "visited", "visited": "约5人", "unit": "人"}
    assert client.get("/read/quantity/", many).content.decode() == "读作 约5人（约数）"
    for nothing in ({}, {"of": "x"}, {"of": "when", "when": "3月", "first": "不"}):
        assert client.get("/read/when/", nothing).status_code == 200


def test_quantity_comes_back_into_the_form():
    assert QuantityField().prepare_value(Quantity.parse("约30")) == "约30"
