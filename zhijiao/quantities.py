"""Quantities as they are told: 54, 约30, 十余人, 一批. The number, whether it is approximate, and the words it came in."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, overload

from django.db import models

_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
_VAGUE = "余多来几"
_ABOUT = ("大约", "约", "近", "超过", "不少于", "至少", ">", "≥", "超", "逾")
_QUANTITY = re.compile(rf"(?P<number>[\d,]+(?:\.\d+)?|[{''.join(_DIGITS)}十百千万]+)(?P<vague>[{_VAGUE}]?)(?P<rest>.*)")


@dataclass(frozen=True)
class Quantity:
    """A number that may be approximate or unknown (一批), with the words it came in."""

    number: Decimal | None = None
    is_approximate: bool = False
    words: str = field(default="", compare=False)

    def __bool__(self) -> bool:
        return self.number is not None or self.is_approximate

    @classmethod
    def parse(cls, raw: Any) -> Quantity:
        """Read what a person typed. ValueError with a Chinese sentence where no quantity can be seen in it."""
        if raw is None or raw == "":
            return cls()
        if isinstance(raw, cls):
            return raw
        if isinstance(raw, int | Decimal):
            return cls._checked(Decimal(raw), False, "")
        if isinstance(raw, float):
            return cls._checked(Decimal(repr(raw)).normalize(), False, "")
        words = unicodedata.normalize("NFKC", str(raw)).strip()
        return cls._of_words(words) if words else cls()

    @classmethod
    def _of_words(cls, words: str) -> Quantity:
        text, about = words, False
        for sign in _ABOUT:
            if text.startswith(sign):
                text, about = text[len(sign) :].strip(), True
                break
        if text in ("一批", "若干", "多次", "多", "数次", "批", "一些") or text.startswith(("若干", "数", "多", "几")):
            return cls(None, True, words)
        found = _QUANTITY.fullmatch(text)
        number = _number(found["number"]) if found else None
        if found is None or number is None:
            raise ValueError(f"“{words}”里没有能读懂的数量，应写数字，如 54、约30、10余、一批")
        rest = found["rest"].strip()
        vague = bool(found["vague"]) or rest.endswith(("以上", "左右", "余"))
        return cls._checked(number, about or vague, words if (about or vague or rest) else "")

    @classmethod
    def _checked(cls, number: Decimal, is_approximate: bool, words: str) -> Quantity:
        if number < 0:
            raise ValueError(f"{number} 是负数，数量应是 0 或以上")
        return cls(number, is_approximate, words)

    def told(self, unit: str = "") -> str:
        """54人, 10余人, 约30套, 一批."""
        if self.number is None:
            return self.words
        shown = plain(self.number)
        if not self.is_approximate:
            return f"{shown}{unit}"
        if self.words.endswith("以上"):
            return f"{shown}{unit}以上"
        if any(sign in self.words for sign in "余多超逾>≥") or "不少于" in self.words or "至少" in self.words:
            return f"{shown}余{unit}"
        return f"约{shown}{unit}"

    def cell(self) -> Any:
        """As it is written into a workbook, so that reading it gives the same again."""
        if self.number is None:
            return self.words
        if self.is_approximate:
            return self.words or f"约{plain(self.number)}"
        return int(self.number) if self.number == int(self.number) else self.number

    def __str__(self) -> str:
        return self.told()


def plain(number: Decimal | int | float) -> str:
    """A number without needless noughts: 2835.5, 54."""
    value = Decimal(str(number))
    shown = f"{value.normalize():f}" if value else "0"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def chinese_number(text: str) -> int | None:
    """三十二 → 32, 十 → 10; None where it is no Chinese number."""
    total, section, digit = 0, 0, None
    for sign in text:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign == "万":
            total, section, digit = (total + section + (digit or 0)) * 10_000, 0, None
        elif sign in _UNITS:
            section, digit = section + (1 if digit is None else digit) * _UNITS[sign], None
        else:
            return None
    return total + section + (digit or 0)


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        value = chinese_number(text)
        return None if value is None else Decimal(value)


class QuantityAttribute:
    """Presents the columns NAME_number, NAME_is_approximate and NAME_words of a model as one Quantity."""

    def __init__(self, name: str) -> None:
        self.columns = (f"{name}_number", f"{name}_is_approximate", f"{name}_words")

    @overload
    def __get__(self, instance: None, owner: type) -> QuantityAttribute: ...
    @overload
    def __get__(self, instance: models.Model, owner: type) -> Quantity: ...
    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        return Quantity(*(getattr(instance, column) for column in self.columns))

    def __set__(self, instance: Any, value: Quantity | None) -> None:
        value = value or Quantity()
        for column, part in zip(self.columns, (value.number, value.is_approximate, value.words[:40]), strict=True):
            setattr(instance, column, part)
