"""The kinds of value a column can hold: how a cell is read and refused, written, offered and explained."""

from __future__ import annotations

import datetime as dt
import decimal
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Choices, Model

from zhijiao.dates import ApproximateDate, told
from zhijiao.identity import check_bank_card, check_id_number, check_phone, check_school_code, mask, mask_bank_card
from zhijiao.quantities import Quantity
from zhijiao.wordlists import split_words
from zhijiao.workbook.cells import CellProblem, digits_of, lookup_form, nearest, shown, text_of, told_choices

if TYPE_CHECKING:
    from zhijiao.workbook.context import Context

TEXT_FORMAT = "@"


class Kind:
    """A kind of value. `parse` gets a cell that is not empty; None from it means empty after all."""

    number_format = "General"
    is_pure = True  # the same cell always means the same: parsed once
    width = 14
    excel_options: tuple[str, ...] = ()  # of the drop-down

    def parse(self, raw: Any, context: Context) -> Any:
        raise NotImplementedError

    def format(self, value: Any, context: Context | None = None) -> Any:
        """The cell for a value; "" for none. Reading it gives the value again."""
        return "" if value is None else value

    def describe(self) -> str:
        """For the help page."""
        raise NotImplementedError

    def show(self, raw: Any) -> str:
        """A cell in a list of errors or changes; personal numbers masked."""
        return shown(raw)


class Text(Kind):
    number_format = TEXT_FORMAT

    def __init__(self, max_length: int | None = None, width: int = 16) -> None:
        self.max_length = max_length
        self.width = width

    def parse(self, raw: Any, context: Context) -> str | None:
        text = re.sub(r"\s*\n\s*", " ", digits_of(raw, "这个号码") if isinstance(raw, int | float) else text_of(raw))
        if self.max_length and len(text) > self.max_length:
            raise CellProblem(f"内容有 {len(text)} 个字，最多 {self.max_length} 个字，请缩短")
        return text or None

    def describe(self) -> str:
        return f"文字，最多 {self.max_length} 个字" if self.max_length else "文字"


class LongText(Text):
    """Text with line breaks."""

    def __init__(self, max_length: int | None = 5000, width: int = 40) -> None:
        super().__init__(max_length, width)

    def parse(self, raw: Any, context: Context) -> str | None:
        text = text_of(raw)
        if self.max_length and len(text) > self.max_length:
            raise CellProblem(f"内容有 {len(text)} 个字，最多 {self.max_length} 个字，请缩短")
        return text or None

    def describe(self) -> str:
        return super().describe() + "，可以分行"


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
            return decimal.Decimal(repr(raw))
        if isinstance(raw, dt.date | dt.time | dt.timedelta):
            raise CellProblem(f"“{text}”是日期，这一列应填数字；请把单元格格式改为“常规”")
        found = _NUMBER.fullmatch(text.replace(" ", "").replace("，", ","))
        if not found or not any(sign.isdigit() for sign in found["number"]):
            raise CellProblem(f"“{shown(text)}”不是数字，应只填数字，例如 {self.example}")
        return decimal.Decimal(found["number"].replace(",", "")) * _SCALES[found["scale"]]

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


_YES = frozenset({"是", "√", "✓", "✔", "☑", "有", "对", "y", "yes", "true", "1", "v"})
_NO = frozenset({"否", "×", "✗", "✘", "x", "无", "没有", "不是", "n", "no", "false", "0", "-", "—"})


class YesNo(Kind):
    excel_options = ("是", "否")
    width = 8

    def parse(self, raw: Any, context: Context) -> bool:
        if isinstance(raw, bool):
            return raw
        text = text_of(raw).lower()
        if text in _YES:
            return True
        if text in _NO:
            return False
        raise CellProblem(f"“{shown(raw)}”应填“是”或“否”")

    def format(self, value: Any, context: Context | None = None) -> Any:
        return "" if value is None else ("是" if value else "否")

    def describe(self) -> str:
        return "填“是”或“否”，打 √ 也行"


class _Listed(Kind):
    """One of known words."""

    number_format = TEXT_FORMAT

    def _refused(self, text: str, words: Iterable[str]) -> CellProblem:
        known = list(dict.fromkeys(words))
        near = nearest(text, known)
        if near:
            return CellProblem(f"“{shown(text)}”不是这一列可填的内容，是不是“{near}”？可填：{told_choices(known)}")
        return CellProblem(f"“{shown(text)}”不是这一列可填的内容，可填：{told_choices(known)}")


class Choice(_Listed):
    """A code of a list, written as its label. `aliases` leads other words that people use to a label."""

    def __init__(
        self,
        choices: type[Choices] | Iterable[tuple[Any, str]],
        aliases: Mapping[str, str] | None = None,
        width: int = 12,
    ) -> None:
        pairs = choices.choices if isinstance(choices, type) else choices
        self.labels = {value: str(label) for value, label in pairs if value not in ("", None)}
        self.excel_options = tuple(self.labels.values())
        self.width = width
        by_label = {lookup_form(label): value for value, label in self.labels.items()}
        self._values = {lookup_form(str(value)): value for value in self.labels} | by_label
        for word, label in (aliases or {}).items():
            self._values.setdefault(lookup_form(word), by_label[lookup_form(label)])

    def parse(self, raw: Any, context: Context) -> Any:
        text = text_of(raw)
        if not text:
            return None
        try:
            return self._values[lookup_form(text)]
        except KeyError:
            raise self._refused(text, self.excel_options) from None

    def format(self, value: Any, context: Context | None = None) -> Any:
        return self.labels.get(value, value) if value not in (None, "") else ""

    def describe(self) -> str:
        return "从列表中选：" + told_choices(self.excel_options, 30)


class OneOf(_Listed):
    """A word of a list that may stand in the database: `words` is the list or callable(context)."""

    def __init__(
        self, words: Iterable[str] | Callable[[Context | None], Iterable[str]], aliases: Mapping[str, str] | None = None
    ) -> None:
        self._words = words
        self._aliases = {lookup_form(alias): word for alias, word in (aliases or {}).items()}
        if not callable(words):
            self.excel_options = tuple(words)
            self._words = self.excel_options

    def words(self, context: Context | None) -> tuple[str, ...]:
        if not callable(self._words):
            return self.excel_options
        if context is None:
            return tuple(self._words(None))
        return context.remember(("words", id(self)), lambda: tuple(self._words(context)))  # type: ignore[operator]

    def parse(self, raw: Any, context: Context) -> Any:
        text = text_of(raw)
        if not text:
            return None
        words = self.words(context)
        known = context.remember(("forms", id(self)), lambda: {lookup_form(word): word for word in words})
        form = lookup_form(text)
        found = known.get(form) or self._aliases.get(form)
        if found is None:
            raise self._refused(text, words)
        return found

    def describe(self) -> str:
        return "从列表中选：" + told_choices(self.excel_options, 30) if self.excel_options else "从列表中选"


class Words(Kind):
    """A short list in one cell, with 、 between the words; optionally only from an allowed list."""

    number_format = TEXT_FORMAT
    width = 24

    def __init__(self, allowed: Iterable[str] | type[Choices] | None = None, max_length: int = 60) -> None:
        self.max_length = max_length
        self.allowed: Kind | None = None
        if isinstance(allowed, type):
            self.allowed = Choice(allowed)
        elif allowed is not None:
            self.allowed = OneOf(tuple(allowed))

    def parse(self, raw: Any, context: Context) -> list[Any]:
        words = split_words(text_of(raw))
        for word in words:
            if len(word) > self.max_length:
                raise CellProblem(
                    f"“{shown(word, 20)}”有 {len(word)} 个字，每一项最多 {self.max_length} 个字；各项之间用“、”隔开"
                )
        if self.allowed:
            words = [self.allowed.parse(word, context) for word in words]
        return words

    def format(self, value: Any, context: Context | None = None) -> Any:
        return "、".join(str(self.allowed.format(word)) if self.allowed else str(word) for word in value or [])

    def describe(self) -> str:
        return "一项或几项，用“、”隔开" + (f"；每项{self.allowed.describe()}" if self.allowed else "")


_FIRST_SERIAL, _LAST_SERIAL = 15_000, 80_000  # 1941 to 2119, and no year, month or day as eight digits


class ApproximateDateKind(Kind):
    """A date as precisely as it is known."""

    number_format = "yyyy-mm-dd"

    def parse(self, raw: Any, context: Context) -> Any:
        if isinstance(raw, bool | dt.time | dt.timedelta):
            raise CellProblem(f"“{shown(raw)}”不是日期，应写成 2025年9月1日、2025.9.1 或 2025-09-01")
        if isinstance(raw, int | float):
            raw = self._of_number(raw, context)
        try:
            parsed = ApproximateDate.parse(raw if isinstance(raw, dt.date) else text_of(raw))
        except ValueError as problem:
            raise CellProblem(str(problem)) from None
        return parsed or None

    def _of_number(self, raw: float, context: Context) -> Any:
        """A serial of Excel, or 2009, 200903, 20090325, 2009.3 that a cell made a number of."""
        if _FIRST_SERIAL <= raw <= _LAST_SERIAL:
            return (context.epoch + dt.timedelta(days=int(raw))).date()
        if isinstance(raw, float) and not raw.is_integer():
            if repr(raw).endswith(".1"):
                year = int(raw)
                raise CellProblem(f"数字 {raw} 分不清是 1 月还是 10 月，请写成 {year}年1月 或 {year}年10月")
            return repr(raw)
        whole = str(int(raw))
        return f"{whole[:4]}.{whole[4:]}" if len(whole) == 6 else whole

    def format(self, value: Any, context: Context | None = None) -> Any:
        return value.cell() if value else ""

    def describe(self) -> str:
        return "日期，知道多少写多少：2025年9月1日、2025.9.1、2025年9月、2025年、2024-2025学年，或 2025年8月1日—8月5日"


class Day(ApproximateDateKind):
    """An exact day."""

    def parse(self, raw: Any, context: Context) -> dt.date | None:
        parsed = super().parse(raw, context)
        if parsed is None:
            return None
        if parsed.precision != "day":
            raise CellProblem(f"“{shown(raw)}”没有写到日，应写明年月日，例如 2025年9月1日")
        return parsed.start

    def format(self, value: Any, context: Context | None = None) -> Any:
        return value or ""

    def describe(self) -> str:
        return "日期，写到日：2025年9月1日、2025.9.1 或 2025-09-01"


class Month(ApproximateDateKind):
    """A month, kept as its first day."""

    number_format = TEXT_FORMAT

    def parse(self, raw: Any, context: Context) -> dt.date | None:
        parsed = super().parse(raw, context)
        if parsed is None:
            return None
        if parsed.precision not in ("day", "month"):
            raise CellProblem(f"“{shown(raw)}”应写到月，例如 2025年9月 或 2025.9")
        return parsed.start.replace(day=1)

    def format(self, value: Any, context: Context | None = None) -> Any:
        return f"{value.year}年{value.month}月" if value else ""

    def describe(self) -> str:
        return "月份：2025年9月 或 2025.9"


class QuantityKind(Kind):
    """A number that may be approximate."""

    def parse(self, raw: Any, context: Context) -> Quantity | None:
        if isinstance(raw, dt.date | dt.time | dt.timedelta):
            raise CellProblem(f"“{shown(raw)}”是日期，这一列应填数量")
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


_SCHOOL_YEAR = re.compile(r"(\d{4})\s*[-—–~/至]+\s*(\d{4})\s*(?:学年度?)?")


class SchoolYearKind(Kind):
    """A school year, found (or begun) by the app that keeps the calendar: registry.set_school_year_finder."""

    number_format = TEXT_FORMAT
    is_pure = True
    width = 12

    def parse(self, raw: Any, context: Context) -> Any:
        text = text_of(raw)
        if not text:
            return None
        found = _SCHOOL_YEAR.fullmatch(text)
        if not found or int(found[2]) != int(found[1]) + 1 or not 1900 <= int(found[1]) <= 2100:
            raise CellProblem(f"“{shown(raw)}”不是学年，应写成 2023-2024（前一年的 9 月到后一年的 8 月）")
        return context.school_year(f"{found[1]}-{found[2]}")

    def format(self, value: Any, context: Context | None = None) -> Any:
        if value is None or value == "":
            return ""
        return str(getattr(value, "code", value))

    def describe(self) -> str:
        return "学年，如 2023-2024"


class _Number(Kind):
    """A number that is a name: kept as text, never calculated with."""

    number_format = TEXT_FORMAT
    width = 22
    what = ""

    def check(self, text: str) -> str:
        raise NotImplementedError

    def parse(self, raw: Any, context: Context) -> str | None:
        text = digits_of(raw, self.what).strip("'’‘")
        if not text:
            return None
        try:
            return self.check(text)
        except ValidationError as problem:
            raise CellProblem("；".join(problem.messages)) from None


class IdNumber(_Number):
    what = "身份证号"

    def check(self, text: str) -> str:
        return check_id_number(text)

    def show(self, raw: Any) -> str:
        return mask(shown(raw))

    def describe(self) -> str:
        return "18 位身份证号，单元格格式设为“文本”"


class BankCard(_Number):
    what = "银行卡号"

    def check(self, text: str) -> str:
        return check_bank_card(text)

    def show(self, raw: Any) -> str:
        return mask_bank_card(shown(raw))

    def describe(self) -> str:
        return "银行卡号，15 至 19 位，单元格格式设为“文本”"


class Phone(_Number):
    what = "电话号码"
    width = 16

    def __init__(self, landline: bool = False) -> None:
        self.landline = landline

    def check(self, text: str) -> str:
        if self.landline and re.fullmatch(
            r"(?:\(?0\d{2,3}\)?[- ]?)?[2-9]\d{6,7}(?:[-转]\d{1,6})?", text.replace("（", "(").replace("）", ")")
        ):
            return text
        return check_phone(text)

    def show(self, raw: Any) -> str:
        text = shown(raw)
        return text if self.landline and text.startswith("0") else mask(text, 3, 4)

    def describe(self) -> str:
        return "11 位手机号" + ("，或带区号的座机号码" if self.landline else "")


class SchoolCode(_Number):
    what = "学校标识码"
    width = 14

    def check(self, text: str) -> str:
        return check_school_code(text)

    def describe(self) -> str:
        return "10 位学校标识码"


class Reference(Kind):
    """A row of another sheet (of this workbook or already recorded), by one of its names.

    `scope` is a field of this row: only rows are meant whose own `Sheet.scope` field has the same value.
    `narrow(found row, this row's values)` decides between several that remain. `field` finds by this attribute
    in place of the sheet's names.
    """

    number_format = TEXT_FORMAT
    is_pure = False
    width = 18

    def __init__(
        self,
        sheet: str,
        scope: str | None = None,
        field: str = "",
        narrow: Callable[[Any, dict[str, Any]], bool] | None = None,
    ) -> None:
        self.sheet, self.scope, self.field, self.narrow = sheet, scope, field, narrow

    def parse(self, raw: Any, context: Context) -> Any:
        return self.resolve(text_of(raw), {}, context)

    def resolve(self, text: str, values: dict[str, Any], context: Context) -> Any:
        """The row that is meant. CellProblem where there is none or more than one."""
        if not text:
            return None
        return context.index(self.sheet, self.field).resolve(text, self, values)

    def format(self, value: Any, context: Context | None = None) -> Any:
        if value is None or value == "":
            return ""
        if context is None:
            return str(value)
        key = value.pk if isinstance(value, Model) else value
        return context.index(self.sheet, self.field).name_of(key)

    def format_within(self, key: Any, scope: Any, context: Context) -> str:
        """The name to be written in a row whose own scope is this."""
        return context.index(self.sheet, self.field).name_of(key, scope) if key is not None else ""

    def describe(self) -> str:
        return f"“{self.sheet}”表里登记的名称" + ("；有重名时写成“姓名（学校）”" if not self.field else "")


def told_day(day: dt.date | None) -> str:
    """For messages of a sheet's checks."""
    return told(day) if day else ""
