"""The numbers that stand before headings, as GB/T 9704 orders them: 一、 （一） 1. （1）."""

NUMERALS = "零一二三四五六七八九"
LEVELS = 4


def chinese_numeral(number: int) -> str:
    """一 to 九十九: 10 is 十, 11 十一, 20 二十, 21 二十一."""
    if not 1 <= number <= 99:
        raise ValueError(f"中文序号只到九十九，不能写 {number}。")
    tens, units = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else NUMERALS[tens] + "十"
    return head + (NUMERALS[units] if units else "")


def heading_number(level: int, position: int) -> str:
    """What stands before the heading that is the `position`-th of its level, counted from 1."""
    if not 1 <= level <= LEVELS:
        raise ValueError(f"标题只分 {LEVELS} 级，没有第 {level} 级。")
    if level == 1:
        return f"{chinese_numeral(position)}、"
    if level == 2:
        return f"（{chinese_numeral(position)}）"
    return f"{position}." if level == 3 else f"（{position}）"
