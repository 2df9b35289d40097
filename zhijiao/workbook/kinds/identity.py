"""Numbers that are names: ID numbers, bank cards, phones, school codes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from zhijiao.identity import check_bank_card, check_id_number, check_phone, check_school_code, mask, mask_bank_card
from zhijiao.workbook.cells import CellProblem, digits_of, shown
from zhijiao.workbook.kinds.base import TEXT_FORMAT, Kind

if TYPE_CHECKING:
    from zhijiao.workbook.context import Context


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
