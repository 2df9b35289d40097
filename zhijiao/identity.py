"""Numbers that identify: GB 11643 identity numbers, mobile numbers, bank cards, 学校标识码. Checks and masks."""

from __future__ import annotations

import datetime as dt
import re

from django.core.exceptions import ValidationError
from stdnum import luhn
from stdnum.cn import ric

# GB/T 2260: the provinces, Taiwan, Hong Kong and Macao; 83 is on residence permits of people from Taiwan.
_PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(first, last + 1)
)


def check_id_number(number: str) -> str:
    """The 18 characters of a valid identity number (GB 11643-1999). ValidationError tells what is wrong."""
    compact = re.sub(r"[\s-]", "", number).upper()
    if not re.fullmatch(r"\d{17}[\dX]", compact):
        raise ValidationError(
            f"身份证号“{mask(compact)}”应为 18 位：17 位数字加 1 位数字或 X，现为 {len(compact)} 位", "id_length"
        )
    if compact[-1] != ric.calc_check_digit(compact):
        raise ValidationError(f"身份证号“{mask_id_number(compact)}”的校验位不对，请核对是否有一位写错", "id_checksum")
    # Not stdnum's look-up of the county: it wants the code to have existed in the year of birth, but people were given
    # the code of where they were registered when the numbers began, so it refuses many honest ones.
    if compact[:2] not in _PROVINCES or not _is_birth_date(compact[6:14]):
        raise ValidationError(
            f"身份证号“{mask_id_number(compact)}”里的地区（前 2 位）或出生日期（第 7 至 14 位）不对，请核对", "id_date"
        )
    return compact


def _is_birth_date(digits: str) -> bool:
    try:
        born = dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return dt.date(1900, 1, 1) <= born <= dt.date.today()


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
