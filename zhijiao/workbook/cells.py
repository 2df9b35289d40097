"""What people type into cells, brought to one form; and how a list tells the nearest of its words."""

from __future__ import annotations

import datetime as dt
import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any


class CellProblem(Exception):  # noqa: N818 (a person's mistake, not a program's)
    """A cell that can't be read. The message tells the value and what would be right."""


class FormulaWithoutValue:
    """Stands for a formula whose result the program that wrote the file did not store."""

    def __str__(self) -> str:
        return "（没有结果的公式）"


FORMULA_WITHOUT_VALUE = FormulaWithoutValue()

# Full-width digits and letters, and the full-width forms of . - / + %. Chinese punctuation stays as it is.
_HALF_WIDTH = {code: code - 0xFEE0 for code in [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]}
_HALF_WIDTH |= {ord("．"): ord("."), ord("－"): ord("-"), ord("／"): ord("/"), ord("％"): ord("%"), ord("＋"): ord("+")}
# Zero-width characters, marks of writing direction, and control characters that no cell may hold.
_DROPPED: dict[int, None] = dict.fromkeys(
    [*range(9), 11, 12, *range(14, 32), 127, 0xAD, 0x2060, 0xFEFF, 0xFFFE, 0xFFFF]
)
_DROPPED |= dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F)])
_SPACES = {ord("\u00a0"): " ", ord("\u3000"): " ", ord("\t"): " "}
_SIGNS: dict[int, Any] = {**_HALF_WIDTH, **_DROPPED, **_SPACES}

EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})
SCIENTIFIC = re.compile(r"[+-]?\d+(?:\.\d+)?E[+-]?\d+", re.IGNORECASE)
EXACT_DIGITS = 10**15  # Excel keeps 15 digits of a number and makes the others nought


def cleaned(text: str) -> str:
    """Half-width digits and letters, ordinary spaces, nothing invisible, nothing around it."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return unicodedata.normalize("NFC", text).translate(_SIGNS).replace("\r\n", "\n").replace("\r", "\n").strip()


def text_of(raw: Any) -> str:
    """The text that a cell means: 12.0 is 12, a date is 2023-09-01."""
    if raw is None:
        return ""
    if isinstance(raw, str):
        text = cleaned(raw)
        if text in EXCEL_ERRORS:
            raise CellProblem(f"这一格是 Excel 的错误值 {text}，请改成实际的内容")
        return text
    if raw is FORMULA_WITHOUT_VALUE:
        raise CellProblem(
            "这一格是公式，文件里没有保存它的结果；请用 Excel 或 WPS 打开文件，重新保存，或把公式换成数值"
        )
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, dt.datetime):
        return raw.date().isoformat() if raw.time() == dt.time() else raw.isoformat(" ", "minutes")
    if isinstance(raw, float):
        return str(int(raw)) if raw.is_integer() and abs(raw) < EXACT_DIGITS else repr(raw)
    return str(raw)


def digits_of(raw: Any, what: str) -> str:
    """The text of a number that is a name (ID number, card, phone), which Excel must not have rounded."""
    is_rounded = isinstance(raw, int | float) and not isinstance(raw, bool) and abs(raw) >= EXACT_DIGITS
    text = text_of(raw)
    if is_rounded or SCIENTIFIC.fullmatch(text):
        raise CellProblem(
            f"{what}被 Excel 当成数字存成了 {text}，后几位已经丢失；请把这一列的单元格格式设为“文本”，再重新填写完整的号码"
        )
    return text


def shown(raw: Any, limit: int = 60) -> str:
    """A cell in a list of errors."""
    try:
        text = text_of(raw).replace("\n", " ")
    except CellProblem:
        text = str(raw)
    return text if len(text) <= limit else text[: limit - 1] + "…"


@lru_cache(maxsize=50_000)
def lookup_form(text: str) -> str:
    """Two names are the same where these are: without spaces, half-width, one kind of middle dot."""
    return re.sub(r"[·•‧∙・･]", "·", re.sub(r"\s+", "", unicodedata.normalize("NFKC", cleaned(text))))


def nearest(word: str, words: Iterable[str], cutoff: float = 0.5) -> str:
    """The most similar of the words; empty where none is similar."""
    known = list(dict.fromkeys(words))
    found = difflib.get_close_matches(word, known, 1, cutoff)
    if found:
        return found[0]
    around = [other for other in known if len(word) > 1 and (word in other or other in word) and len(other) > 1]
    return min(around, key=lambda other: abs(len(other) - len(word))) if around else ""


def told_choices(words: Sequence[str], most: int = 12) -> str:
    return "、".join(words[:most]) + (f" 等 {len(words)} 项" if len(words) > most else "")
