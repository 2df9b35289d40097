"""The kinds of value a column can hold: how a cell is read and refused, written, offered and explained."""

from zhijiao.workbook.kinds.base import Kind, LongText, Text
from zhijiao.workbook.kinds.choices import Choice, OneOf, Words, YesNo
from zhijiao.workbook.kinds.dates import ApproximateDateKind, Day, Month, SchoolYearKind
from zhijiao.workbook.kinds.identity import BankCard, IdNumber, Phone, SchoolCode
from zhijiao.workbook.kinds.numbers import Amount, Decimal, QuantityKind, Whole
from zhijiao.workbook.kinds.references import Reference

__all__ = [
    "Amount",
    "ApproximateDateKind",
    "BankCard",
    "Choice",
    "Day",
    "Decimal",
    "IdNumber",
    "Kind",
    "LongText",
    "Month",
    "OneOf",
    "Phone",
    "QuantityKind",
    "Reference",
    "SchoolCode",
    "SchoolYearKind",
    "Text",
    "Whole",
    "Words",
    "YesNo",
]
