"""How names are read: pinyin and its first letters, by which people and schools are found."""

from __future__ import annotations

from itertools import islice
from typing import Any

from pypinyin import Style, lazy_pinyin

from assignments.models import School, Teacher

# pypinyin reads these as common words; as surnames they are read so.
SURNAMES = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "任": "ren", "朴": "piao", "盖": "ge", "尉": "wei", "乐": "yue",
    "缪": "miao", "员": "yun", "翟": "zhai", "覃": "qin", "华": "hua", "燕": "yan", "纪": "ji", "黑": "he", "召": "shao", "种": "chong", "秘": "bi",
    "冼": "xian", "折": "she", "繁": "po", "祭": "zhai", "都": "du", "乜": "nie", "郇": "xun", "隗": "wei", "卜": "bu", "佴": "nai", "阚": "kan",
    "晟": "cheng", "藏": "zang", "宿": "su", "重": "chong", "车": "che", "石": "shi", "盛": "sheng", "贾": "jia", "洗": "xian", "幺": "yao",
    "薄": "bo", "仉": "zhang", "钭": "tou", "曲": "qu", "訾": "zi", "句": "gou", "过": "guo", "应": "ying", "宁": "ning", "柏": "bai",
}  # fmt: skip
COMPOUND_SURNAMES = {
    "单于": "chan yu", "尉迟": "yu chi", "万俟": "mo qi", "澹台": "tan tai", "长孙": "zhang sun", "令狐": "ling hu", "皇甫": "huang fu",
    "宰父": "zai fu", "鲜于": "xian yu", "濮阳": "pu yang", "淳于": "chun yu", "独孤": "du gu", "夏侯": "xia hou", "欧阳": "ou yang",
}  # fmt: skip
_AT_ONCE = 500  # rows that `fill_missing` writes in one statement


def syllables(name: str, *, of_person: bool = False) -> list[str]:
    """沈若兰 → shen, ruo, lan. Signs without a reading are left out; ü is v, as it is typed."""
    if not of_person:
        return _read(name)
    surname = next((one for one in COMPOUND_SURNAMES if name.startswith(one) and name != one), "")
    if surname:
        return [*COMPOUND_SURNAMES[surname].split(), *_read(name[len(surname) :])]
    first = name[:1]
    # The given name by itself: 曾国 with its surname is read as a word.
    return [*([SURNAMES[first]] if first in SURNAMES else _read(first)), *_read(name[1:])]


def _read(text: str) -> list[str]:
    return [one.lower() for one in lazy_pinyin(text, style=Style.NORMAL, errors="ignore") if one] if text else []


def initials(name: str, *, of_person: bool = False) -> str:
    """srl for 沈若兰; other signs are left out."""
    return "".join(one[0] for one in syllables(name, of_person=of_person))


def pinyin(name: str) -> str:
    """shenruolan for 沈若兰, a person."""
    return "".join(syllables(name, of_person=True))


def set_readings(row: Teacher | School) -> None:
    """The columns by which the row is found; call it before saving a row whose name may have changed."""
    if isinstance(row, Teacher):
        row.initials = initials(row.name, of_person=True)[:50]
        row.pinyin = pinyin(row.name)[:120]
    else:
        row.initials = initials(row.name)[:80]


def fill_missing() -> int:
    """Readings of the rows that have none yet, as those of before these columns; returns how many were written."""
    return _fill(Teacher.objects.filter(pinyin=""), ["initials", "pinyin"]) + _fill(
        School.objects.filter(initials=""), ["initials"]
    )


def _fill(rows: Any, columns: list[str]) -> int:
    written = 0
    stream = rows.order_by("pk").only("name", *columns).iterator(chunk_size=_AT_ONCE)
    while batch := list(islice(stream, _AT_ONCE)):
        for row in batch:
            set_readings(row)
        written += rows.model.objects.bulk_update(batch, columns)
    return written
