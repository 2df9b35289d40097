"""Form fields that take a date, a quantity, money or words as people type them, and say what they understood."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.widgets import ChoiceWidget
from django.urls import reverse_lazy
from django.utils import timezone

from zhijiao.dates import ApproximateDate, parse_day, school_year_of
from zhijiao.quantities import Quantity, plain
from zhijiao.wordlists import split_words

_WEEKDAYS = "一二三四五六日"
_BARE_MONTH = re.compile(r"(?P<month>\d{1,2})(?:月|[./](?=\d))")  # 3月, 3月8日, 3.8: the year is left out
_PRECISELY = {"month": "只知道月份", "year": "只知道年份", "school_year": "整个学年"}
_PREPARING = 8  # what happens in August belongs to the school year that begins in September


class ReadBackInput(forms.TextInput):
    """A text field under which stands how it was read. `address` answers with that sentence while one types."""

    template_name = "components/read_back_input.html"
    unit = ""
    first_year: int | None = None

    def __init__(self, address: Any, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", **(attrs or {})})
        self.address = address

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        read = self.understood(context["widget"]["value"])
        context["widget"] |= {
            "address": self.address, "understood": read, "unit": self.unit, "first_year": self.first_year,
        }  # fmt: skip
        return context

    def understood(self, value: Any) -> str:
        return ""


# --- dates ------------------------------------------------------------------------------------------------------------


def read_when(raw: Any, first_year: int | None = None) -> ApproximateDate:
    """A date as precisely as it was typed. Without a year: that of the school year that begins in `first_year`.

    ValueError with a Chinese sentence where it cannot be read.
    """
    text = unicodedata.normalize("NFKC", str(raw or "")).strip()
    found = _BARE_MONTH.match(text)
    if found and 1 <= int(found["month"]) <= 12:
        first = school_year_of(timezone.localdate()) if first_year is None else first_year
        year = first if int(found["month"]) >= _PREPARING else first + 1
        separator = "" if "月" in found[0] else "."
        read = ApproximateDate.parse(f"{year}{separator or '年'}{text}")
        return ApproximateDate(read.start, read.end, read.precision, text)
    return ApproximateDate.parse(text)


def told_when(when: ApproximateDate) -> str:
    """2025年9月10日，星期三; 2025年9月（只到月份）."""
    if not when or when.start is None:
        return ""
    if when.precision == "day":
        return f"{when}，星期{_WEEKDAYS[when.start.weekday()]}"
    return f"{when}（{_PRECISELY.get(when.precision, '起止')}）"


class WhenInput(ReadBackInput):
    def understood(self, value: Any) -> str:
        try:
            return told_when(read_when(value, self.first_year))
        except ValueError:
            return ""


class WhenField(forms.Field):
    """When something was: 2025年9月10日, 2025-09, 3月, 2025年8月1日至5日. Gives an ApproximateDate.

    `first_year` is set by the form that knows the school year: it stands for a year that is left out.
    """

    widget = WhenInput(reverse_lazy("read_when"))

    def __init__(self, *, first_year: int | None = None, **options: Any) -> None:
        options.setdefault("label", "日期")
        options.setdefault("help_text", "知道多少写多少：2025年9月10日、9月10日、2025-09、8月1日至5日")
        super().__init__(**options)
        self.first_year = first_year

    @property
    def first_year(self) -> int | None:
        return self._first_year

    @first_year.setter
    def first_year(self, year: int | None) -> None:
        self._first_year = year
        if isinstance(self.widget, WhenInput):
            self.widget.first_year = year

    def prepare_value(self, value: Any) -> Any:
        return value.told() if isinstance(value, ApproximateDate) else value

    def to_python(self, value: Any) -> ApproximateDate:
        if isinstance(value, ApproximateDate):
            return value
        try:
            return read_when(value, self._first_year)
        except ValueError as problem:
            raise ValidationError(str(problem), code="invalid") from None

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise ValidationError("请写日期，知道多少写多少，如 2025年9月10日、9月", code="required")

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return (initial or ApproximateDate()) != self.to_python(data)
        except ValidationError:
            return True


class DayField(forms.Field):
    """One exact day, from the browser's calendar or typed as people type it."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def to_python(self, value: Any) -> Any:
        try:
            return parse_day(value)
        except ValueError as problem:
            raise ValidationError(str(problem), code="invalid") from None

    def validate(self, value: Any) -> None:
        if self.required and value is None:
            raise ValidationError("请选一个日子", code="required")


# --- quantities -------------------------------------------------------------------------------------------------------


class QuantityInput(ReadBackInput):
    def understood(self, value: Any) -> str:
        try:
            return told_quantity(Quantity.parse(value), self.unit)
        except ValueError:
            return ""


def told_quantity(quantity: Quantity, unit: str = "") -> str:
    """约 200 人（约数）; 一批（没有数目）."""
    if not quantity:
        return ""
    if quantity.number is None:
        return f"{quantity.words}（没有数目）"
    return f"{quantity.told(unit)}{'（约数）' if quantity.is_approximate else ''}"


class QuantityField(forms.Field):
    """How many: 54, 约200人, 十余, 一批. Gives a Quantity."""

    widget = QuantityInput(reverse_lazy("read_quantity"))

    def __init__(self, *, unit: str = "", **options: Any) -> None:
        options.setdefault("help_text", f"写数字；说不准时写 约200{unit}、十余{unit}")
        super().__init__(**options)
        self.unit = unit
        if isinstance(self.widget, QuantityInput):
            self.widget.unit = unit

    def prepare_value(self, value: Any) -> Any:
        return value.cell() if isinstance(value, Quantity) else value

    def to_python(self, value: Any) -> Quantity:
        text = unicodedata.normalize("NFKC", str(value if value is not None else "")).strip()
        try:
            read = Quantity.parse(value if isinstance(value, Quantity) else text)
        except ValueError as problem:
            raise ValidationError(str(problem), code="invalid") from None
        if read.number is not None and not read.is_approximate:
            read = Quantity(read.number)  # 200人 is no more than 200
        if read.number is not None and read.number >= Decimal("1e10"):
            raise ValidationError(f"“{text}”太大了，请写实际的数量", code="invalid")
        return read

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise ValidationError("请写数量，如 54、约200、一批", code="required")

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return (initial or Quantity()) != self.to_python(data)
        except ValidationError:
            return True


class MoneyField(forms.Field):
    """元 to the 分: 3000, 3,000.50, 3000元, 1.2万. Gives a Decimal or None."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def prepare_value(self, value: Any) -> Any:
        return plain(value) if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        text = re.sub(r"[\s,，￥¥元]", "", unicodedata.normalize("NFKC", str(value)))
        if not text:
            return None
        times = Decimal(10_000) if text.endswith("万") else Decimal(1)
        try:
            amount = Decimal(text.removesuffix("万")) * times
        except InvalidOperation:
            raise ValidationError(f"“{value}”不是金额，应写数字，如 3000 或 3000.50", code="invalid") from None
        return self._checked(value, amount)

    def _checked(self, typed: Any, amount: Decimal) -> Decimal:
        if not amount.is_finite() or amount >= Decimal("1e9"):
            raise ValidationError(f"“{typed}”太大了，请写以元为单位的实际金额", code="invalid")
        if amount < 0:
            raise ValidationError(f"{typed} 是负数，金额应是 0 或以上", code="invalid")
        if amount != amount.quantize(Decimal("0.01")):
            raise ValidationError(f"“{typed}”的小数太多，金额写到分，如 3000.50", code="invalid")
        return amount.quantize(Decimal("0.01"))


# --- words ------------------------------------------------------------------------------------------------------------


class WordsField(forms.CharField):
    """Several words with 、 between them. Gives a list."""

    def prepare_value(self, value: Any) -> Any:
        return "、".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return split_words(value) if isinstance(value, list) else split_words(super().to_python(value))

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        for word in value:
            if len(word) > 60:
                raise ValidationError(f"“{word[:20]}…”太长，一项最多 60 个字；几项之间用“、”隔开")


class Segments(ChoiceWidget):
    """One of a few choices, side by side, large enough for a thumb. Not RadioSelect: crispy would draw that one by itself."""

    input_type = "radio"
    template_name = "components/segments.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = (), *, by_three: bool = False) -> None:
        super().__init__(attrs, choices)
        self.by_three = by_three

    def id_for_label(self, id_: str | None, index: Any = None) -> str:
        return "" if index is None else str(super().id_for_label(id_ or "", index))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["by_three"] = self.by_three
        return context


class Chips(ChoiceWidget):
    """Several of some choices, each a chip. Not CheckboxSelectMultiple, for the same reason."""

    allow_multiple_selected = True
    input_type = "checkbox"
    template_name = "components/chips.html"
    use_fieldset = True

    def id_for_label(self, id_: str | None, index: Any = None) -> str:
        return "" if index is None else str(super().id_for_label(id_ or "", index))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False  # a browser says nothing of boxes that are not ticked
