"""An amount of money in capital numerals (大写), as a payment sheet must carry it: 壹万贰仟叁佰元伍角整."""

from __future__ import annotations

from decimal import Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("仟", "佰", "拾", "")
GROUPS = ("", "万", "亿", "万亿")


def in_capitals(amount: Decimal) -> str:
    """支付结算办法: 元 or 角 at the end take 整; zeros in between are told once."""
    if amount < 0:
        return f"负{in_capitals(-amount)}"
    cents = int((amount * 100).to_integral_value())
    whole, small = divmod(cents, 100)
    jiao, fen = divmod(small, 10)
    told = f"{_integer(whole)}元" if whole else ""
    if not small:
        return f"{told or '零元'}整"
    if jiao:
        told += f"{DIGITS[jiao]}角"
    elif whole:
        told += "零"
    return f"{told}{DIGITS[fen]}分" if fen else f"{told}整"


def _integer(number: int) -> str:
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    told, is_gap = "", False
    for order in range(len(groups) - 1, -1, -1):
        group = groups[order]
        if not group:
            is_gap = bool(told)
            continue
        if told and (is_gap or group < 1000):
            told += "零"
        told += _group(group) + GROUPS[order]
        is_gap = False
    return told


def _group(number: int) -> str:
    told, is_gap = "", False
    for place, unit in enumerate(PLACES):
        digit = number // 10 ** (3 - place) % 10
        if digit:
            told += ("零" if is_gap and told else "") + DIGITS[digit] + unit
            is_gap = False
        else:
            is_gap = True
    return told
