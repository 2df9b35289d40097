"""How wide a text is when a hanzi counts 1: for aligned tables, column widths and chart labels."""

import math
import unicodedata

NARROW = 0.5
WIDE_CLASSES = frozenset("WFA")  # A: “ ” — … are drawn as wide as a hanzi in Chinese fonts


def width_in_ems(text: str) -> float:
    """A hanzi is 1 wide, a digit or Latin letter about a half."""
    return sum(_width_of(character) for character in text)


def wrap(text: str, ems: float) -> tuple[str, ...]:
    """Lines no wider than `ems`, about equally long; nothing of the text is lost."""
    count = math.ceil(width_in_ems(text) / ems)
    balanced = _fill(text, min(width_in_ems(text) / max(count, 1) + 0.5, ems))
    return balanced if len(balanced) <= count else _fill(text, ems)


def _fill(text: str, ems: float) -> tuple[str, ...]:
    lines, line = [], ""
    for character in text:
        if line and width_in_ems(line + character) > ems:
            lines.append(line)
            line = ""
        line += character
    return (*lines, line)


def _width_of(character: str) -> float:
    if unicodedata.combining(character):
        return 0
    return 1 if unicodedata.east_asian_width(character) in WIDE_CLASSES else NARROW
