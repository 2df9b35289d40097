"""Numbers that identify: GB 11643 identity numbers, mobile numbers, bank cards, 学校标识码. Checks and masks."""

from __future__ import annotations

import datetime as dt
import re

from django.core.exceptions import ValidationError
from stdnum import luhn
from stdnum.cn import ric
from stdnum.exceptions import InvalidChecksum
from stdnum.exceptions import ValidationError as NumberError


def check_id_number(number: str) -> str:
    """The 18 characters of a valid identity number (GB 11643-1999). ValidationError tells what is wrong."""
    compact = re.sub(r"[\s-]", "", number).upper()
    if not re.fullmatch(r"\d{17}[\dX]", compact):
        raise ValidationError(
            f"身份证号“{mask(compact)}”应为 18 位：17 位数字加 1 位数字或 X，现为 {len(compact)} 位", "id_length"
        )
    try:
        ric.validate(compact)
    except KeyError:
        pass  # a county that is newer than the library's list, in a province that it knows
    except InvalidChecksum:
        raise ValidationError(
            f"身份证号“{mask_id_number(compact)}”的校验位不对，请核对是否有一位写错", "id_checksum"
        ) from None
    except NumberError:
        raise ValidationError(
            f"身份证号“{mask_id_number(compact)}”里的地区或出生日期（第 7 至 14 位）不对，请核对", "id_date"
        ) from None
    return compact


def birth_date_of(id_number: str) -> dt.date:
    return dt.date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))


def sex_of(id_number: str) -> str:
    """GB/T 2261.1 code: 1 male, 2 female."""
    return "1" if int(id_number[16]) % 2 else "2"


def check_phone(number: str) -> str:
    compact = re.sub(r"[\s-]", "", number).removeprefix("+86")
    if not re.fullmatch(r"1[3-9]\d{9}", compact):
        raise ValidationError("手机号应为 11 位数字，以 13 至 19 开头", "phone")
    return compact


def check_bank_card(number: str) -> str:
    compact = re.sub(r"[\s-]", "", number)
    if not re.fullmatch(r"\d{15,19}", compact):
        raise ValidationError(f"银行卡号应为 15 至 19 位数字，现为 {len(compact)} 位", "card_length")
    if not luhn.is_valid(compact):
        raise ValidationError(f"银行卡号“{mask_bank_card(compact)}”的校验位不对，请核对是否有一位写错", "card_checksum")
    return compact


def check_school_code(code: str) -> str:
    """A 学校标识码: 2 digits of kind, 2 of province, 6 serial; it has no check digit."""
    compact = re.sub(r"\s", "", code)
    if not re.fullmatch(r"\d{10}", compact):
        raise ValidationError(f"学校标识码“{compact}”应为 10 位数字，现为 {len(compact)} 位", "school_code")
    return compact


def mask(text: str, head: int = 4, tail: int = 4) -> str:
    if len(text) <= head + tail:
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + text[-tail:]


def mask_id_number(number: str) -> str:
    """1101**********002X."""
    return mask(number)


def mask_bank_card(number: str) -> str:
    """The last four digits only."""
    return mask(number, 0, 4)


def mask_phone(number: str) -> str:
    return mask(number, 3, 4)
