"""Numbers, money, quantities."""

from __future__ import annotations

import datetime as dt
import decimal
import re
from typing import TYPE_CHECKING, Any

from zhijiao.quantities import Quantity
from zhijiao.workbook.cells import EXACT_DIGITS, CellProblem, shown, text_of
from zhijiao.workbook.kinds.base import Kind

if TYPE_CHECKING:
    from zhijiao.workbook.context import Context

_UNITS = "年月日天周人名位个所次节场份册套件篇本分岁户课时学遍项条批元"
_NUMBER = re.compile(
    rf"[¥￥]?(?P<number>[+-]?(?:\d[\d,]*)?(?:\.\d+)?)(?P<scale>[万千百亿]?)(?P<unit>[{_UNITS}]{{0,3}}|%|RMB)"
)
_SCALES = {"": 1, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}


class Decimal(Kind):
    """A number. Read with thousands separators, a unit behind it, 万."""

    def __init__(self, min: float | None = None, max: float | None = None, places: int = 2) -> None:
        self.min, self.max, self.places = min, max, places
        self.number_format = "0." + "#" * places if places else "0"

    def parse(self, raw: Any, context: Context) -> Any:
        text = text_of(raw)
        if not text:
            return None
        number = self._number(raw, text)
        rounded = round(number, self.places)
        if abs(rounded - number) > decimal.Decimal("0.0000001"):  # below that: what a formula leaves behind
            right = "整数" if not self.places else f"最多 {self.places} 位小数的数"
            raise CellProblem(f"“{text}”应是{right}")
        if self.min is not None and rounded < self.min:
            raise CellProblem(
                f"“{text}”是负数，应是 0 或以上" if self.min == 0 else f"“{text}”太小，应不小于 {self.min}"
            )
        if self.max is not None and rounded > self.max:
            raise CellProblem(f"“{text}”太大，应不大于 {self.max}")
        return self._value(rounded)

    def _number(self, raw: Any, text: str) -> decimal.Decimal:
        if isinstance(raw, int | float) and not isinstance(raw, bool):
            if not abs(raw) < EXACT_DIGITS:  # nan too
                raise CellProblem(f"“{text}”太大，Excel 已经算不准，请核对")
            return decimal.Decimal(repr(raw))
        if isinstance(raw, dt.date | dt.time | dt.timedelta):
            raise CellProblem(f"“{text}”是日期，这一列应填数字；请把单元格格式改为“常规”")
        found = _NUMBER.fullmatch(text.replace(" ", "").replace("，", ","))
        if not found or not any(sign.isdigit() for sign in found["number"]):
            raise CellProblem(f"“{shown(text)}”不是数字，应只填数字，例如 {self.example}")
        number = decimal.Decimal(found["number"].replace(",", "")) * _SCALES[found["scale"]]
        if abs(number) >= EXACT_DIGITS:
            raise CellProblem(f"“{shown(text)}”太大，请核对")
        return number

    def _value(self, number: decimal.Decimal) -> Any:
        return number

    def format(self, value: Any, context: Context | None = None) -> Any:
        if value is None:
            return ""
        return int(value) if value == int(value) and self.number_format.startswith("0") else value

    @property
    def example(self) -> str:
        return "12.5" if self.places else "12"

    def describe(self) -> str:
        told_range = [f"不小于 {self.min}"] if self.min is not None else []
        told_range += [f"不大于 {self.max}"] if self.max is not None else []
        return "，".join(["整数" if not self.places else f"数字，最多 {self.places} 位小数", *told_range])


class Whole(Decimal):
    def __init__(self, min: int | None = 0, max: int | None = None) -> None:
        super().__init__(min, max, places=0)

    def _value(self, number: decimal.Decimal) -> int:
        return int(number)


class Amount(Decimal):
    """Money, in 元 to the 分."""

    def __init__(self, min: float | None = 0, max: float | None = 9_999_999_999) -> None:
        super().__init__(min, max, places=2)
        self.number_format = "#,##0.00"

    def describe(self) -> str:
        return "金额，单位元，可写 1000、1,000.00、1.2万元" + ("，不能为负" if self.min == 0 else "")


class QuantityKind(Kind):
    """A number that may be approximate."""

    def parse(self, raw: Any, context: Context) -> Quantity | None:
        if isinstance(raw, dt.date | dt.time | dt.timedelta):
            raise CellProblem(f"“{shown(raw)}”是日期，这一列应填数量")
        if isinstance(raw, int | float) and not abs(raw) < EXACT_DIGITS:  # nan too
            raise CellProblem(f"“{shown(raw)}”太大，Excel 已经算不准，请核对")
        try:
            return (
                Quantity.parse(text_of(raw) if not isinstance(raw, int | float) or isinstance(raw, bool) else raw)
                or None
            )
        except ValueError as problem:
            raise CellProblem(str(problem)) from None

    def format(self, value: Any, context: Context | None = None) -> Any:
        return value.cell() if value else ""

    def describe(self) -> str:
        return "数量，可以是约数：54、约30、10余、一批"
