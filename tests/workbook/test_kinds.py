"""Each kind of value: what it reads, what it refuses, and that it reads what it wrote."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workbook.build import small_year, workbook
from zhijiao.dates import ApproximateDate
from zhijiao.quantities import Quantity
from zhijiao.workbook import kinds
from zhijiao.workbook.cells import CellProblem, cleaned
from zhijiao.workbook.context import Context
from zhijiao.workbook.importing import plan_import

CONTEXT = Context(None)

READ = [
    (kinds.Text(), " 县\u3000实验初中\u200b ", "县 实验初中"),
    (kinds.Text(), 12.0, "12"),
    (kinds.Text(), 2835.5, "2835.5"),
    (kinds.Text(), "２００９〕１１号", "2009〕11号"),
    (kinds.Text(), "一行\n两行", "一行 两行"),
    (kinds.LongText(), "一行\r\n两行", "一行\n两行"),
    (kinds.Text(), True, "是"),
    (kinds.Whole(), "1,200", 1200),
    (kinds.Whole(), 13.0, 13),
    (kinds.Whole(), "13节", 13),
    (kinds.Whole(), "2009年", 2009),
    (kinds.Whole(), "１２", 12),
    (kinds.Whole(), "1.2万", 12000),
    (kinds.Decimal(places=1), "12.5", Decimal("12.5")),
    (kinds.Decimal(max=100), "75%", Decimal("75")),
    (kinds.Decimal(places=2), 0.1 + 0.2, Decimal("0.30")),
    (kinds.Amount(), "1,000.00", Decimal("1000.00")),
    (kinds.Amount(), "1000元", Decimal("1000")),
    (kinds.Amount(), "￥2,835.5", Decimal("2835.5")),
    (kinds.Amount(), "1.2万元", Decimal("12000")),
    (kinds.YesNo(), "√", True),
    (kinds.YesNo(), "×", False),
    (kinds.YesNo(), 1, True),
    (kinds.YesNo(), "是", True),
    (kinds.Choice([("junior", "初中"), ("primary", "小学")], {"初级中学": "初中"}), "初级中学", "junior"),
    (kinds.Choice([("junior", "初中")]), " 初 中 ", "junior"),
    (kinds.OneOf(("语文", "数学"), {"国文": "语文"}), "国文", "语文"),
    (kinds.OneOf(lambda context: ("语文", "数学")), "数学", "数学"),
    (kinds.Words(), "宿舍、食堂，水电；网络\n宿舍", ["宿舍", "食堂", "水电", "网络"]),
    (kinds.ApproximateDateKind(), "2009年3月", ApproximateDate.month(2009, 3)),
    (kinds.ApproximateDateKind(), "2009.3", ApproximateDate.month(2009, 3)),
    (kinds.ApproximateDateKind(), 2009.3, ApproximateDate.month(2009, 3)),
    (kinds.ApproximateDateKind(), 200903, ApproximateDate.month(2009, 3)),
    (kinds.ApproximateDateKind(), 2009, ApproximateDate.year(2009)),
    (kinds.ApproximateDateKind(), "2023-2024学年", ApproximateDate.school_year(2023)),
    (kinds.ApproximateDateKind(), "2009年8月1日—8月5日", ApproximateDate.range(dt.date(2009, 8, 1), dt.date(2009, 8, 5))),
    (kinds.ApproximateDateKind(), 39901, ApproximateDate.day(dt.date(2009, 3, 29))),
    (kinds.Day(), dt.datetime(2009, 3, 29, 8, 30), dt.date(2009, 3, 29)),
    (kinds.Month(), "2023年9月", dt.date(2023, 9, 1)),
    (kinds.Month(), dt.datetime(2023, 9, 15), dt.date(2023, 9, 1)),
    (kinds.QuantityKind(), "十余", Quantity(Decimal(10), True)),
    (kinds.QuantityKind(), 54, Quantity(Decimal(54))),
    (kinds.QuantityKind(), "一批", Quantity(None, True)),
    (kinds.IdNumber(), "'11010519491231002x", "11010519491231002X"),
    (kinds.Phone(), 13800000000, "13800000000"),
    (kinds.Phone(landline=True), "0991-2234567", "0991-2234567"),
    (kinds.BankCard(), "6222 0212 3456 7890 128", "6222021234567890128"),
    (kinds.SchoolCode(), 3161000123.0, "3161000123"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "raw", "value"), READ, ids=lambda value: str(value)[:20])
def test_a_cell_is_read(kind, raw, value):
    assert kind.parse(raw, CONTEXT) == value


REFUSED = [
    (kinds.Text(3), "四个字呢", "最多 3 个字"),
    (kinds.Text(), 6222021234567890000, "设为“文本”"),
    (kinds.Whole(), "12.5", "应是整数"),
    (kinds.Whole(), "三", "不是数字"),
    (kinds.Whole(0, 60), 61, "不大于 60"),
    (kinds.Whole(), dt.datetime(2023, 9, 1), "是日期，这一列应填数字"),
    (kinds.Amount(), -5, "是负数"),
    (kinds.Amount(), "12.345", "最多 2 位小数"),
    (kinds.Decimal(max=100), 100.5, "不大于 100"),
    (kinds.YesNo(), "大概", "“是”或“否”"),
    (kinds.Choice([("junior", "初中")]), "初种", "是不是“初中”"),
    (kinds.OneOf(("语文",)), "体操", "可填：语文"),
    (kinds.Words(("语文", "数学")), "语文、数雪", "是不是“数学”"),
    (kinds.ApproximateDateKind(), "2023年13月1日", "不是能读懂的日期"),
    (kinds.ApproximateDateKind(), "2023.2.30", "不是能读懂的日期"),
    (kinds.ApproximateDateKind(), dt.time(8, 30), "不是日期"),
    (kinds.ApproximateDateKind(), 2009.1, "1 月还是 10 月"),
    (kinds.Day(), "2023年9月", "没有写到日"),
    (kinds.Month(), "2023年", "应写到月"),
    (kinds.QuantityKind(), "很多很多吧", ""),
    (kinds.QuantityKind(), dt.datetime(2023, 9, 1), "是日期"),
    (kinds.SchoolYearKind(), "2023", "应写成 2023-2024"),
    (kinds.IdNumber(), 3.40524e17, "后几位已经丢失"),
    (kinds.BankCard(), 6222021234567890, "后几位已经丢失"),
    (kinds.BankCard(), "6222021234567890129", "校验位不对"),
    (kinds.SchoolCode(), "123", "10 位"),
    (kinds.Text(), "#REF!", "错误值"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "raw", "sentence"), [case for case in REFUSED if case[2]], ids=lambda value: str(value)[:20]
)
def test_a_cell_is_refused_with_a_sentence(kind, raw, sentence):
    with pytest.raises(CellProblem) as refused:
        kind.parse(raw, CONTEXT)
    assert sentence in str(refused.value)


def test_a_school_year_is_found_by_its_code():
    context: Any = SimpleNamespace(school_year=lambda code: code)
    for typed in ("2023-2024", "2023—2024学年", "2023/2024", "2023-2024学年度", "２０２３－２０２４"):
        assert kinds.SchoolYearKind().parse(typed, context) == "2023-2024"


ROUND = [
    (kinds.ApproximateDateKind(), value)
    for value in (
        ApproximateDate.day(dt.date(2009, 3, 29)), ApproximateDate.month(2009, 3), ApproximateDate.year(2009),
        ApproximateDate.school_year(2023), ApproximateDate.range(dt.date(2009, 8, 1), dt.date(2010, 1, 5)),
        ApproximateDate.parse("2023年9月至2024年7月"),
    )
] + [
    (kinds.QuantityKind(), Quantity.parse(told)) for told in ("十余", "约30", "一批", 54, 2835.5, "近百", "30以上")
] + [
    (kinds.Words(), ["宿舍", "水电"]), (kinds.YesNo(), False), (kinds.Month(), dt.date(2023, 10, 1)),
    (kinds.Amount(), Decimal("2835.50")), (kinds.Whole(), 0), (kinds.Choice([("a", "甲"), ("b", "乙")]), "b"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value"), ROUND, ids=lambda value: str(value)[:20])
def test_what_is_written_is_read_the_same(kind, value):
    assert kind.parse(kind.format(value), CONTEXT) == value


@pytest.mark.django_db
def test_a_quantity_that_no_field_holds_is_refused_at_its_cell():
    year = small_year() | {"帮扶活动": [{"活动类型": "送课下乡", "参加人数": "123456789012345678"}]}
    (problem,) = plan_import(workbook(year)).problems
    assert problem.cell == "B2"


@given(st.text(max_size=60))
def test_a_cleaned_text_stays_as_it_is(text):
    assert cleaned(cleaned(text)) == cleaned(text)


@given(st.one_of(st.text(max_size=30), st.integers(), st.floats(), st.booleans(), st.datetimes(), st.times()))
def test_no_cell_whatever_it_holds_breaks_a_kind(raw):
    every = [kind for kind, *_ in READ] + [kinds.SchoolYearKind()]
    context: Any = SimpleNamespace(
        school_year=lambda code: code, epoch=CONTEXT.epoch, remember=lambda key, make: make()
    )
    for kind in every:
        try:
            kind.parse(raw, context)
        except CellProblem as problem:
            assert str(problem)
