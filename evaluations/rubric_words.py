"""How an item is scored, as a person writes it: a line for each thing, in plain words. Read and told here, both ways.

选等级      优秀 10 分
按次扣分    事假每天扣 1 分 / 最低 5 分
按次加分    县级公开课每节加 2 分
分段表      0 到 5 天 20 分 / 31 天以上 0 分
测评平均    百分制, or 校领导：满意 5 分、基本满意 4 分、不满意 0 分
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from evaluations.choices import ItemKind
from zhijiao.quantities import plain

LONGEST, MOST = 30, 20  # of a name, in signs; of lines
_NUMBER = r"(?P<points>\d{1,3}(?:\.\d{1,2})?)"
_END = r"\s*分?[。;；]?$"
_LEVEL = re.compile(rf"^(?P<name>.+?)[\s:,、|]*(?<![\d.]){_NUMBER}{_END}")
_PER = re.compile(rf"^(?P<name>.+?)[\s,、]*每[一1]?\s*(?P<unit>[^\d\s扣加减得]{{0,6}})\s*[扣加减得]?\s*{_NUMBER}{_END}")
_FLOOR = re.compile(rf"^(?:最低|最少|不低于)(?:得|为)?\s*{_NUMBER}{_END}")
_AMOUNT = r"\d{1,4}(?:\.\d{1,2})?"
_BAND = re.compile(
    rf"^(?P<from>{_AMOUNT})\s*(?P<unit>[^\d\s]{{0,6}}?)\s*(?:到|至|-|—|–|~)+\s*(?P<to>{_AMOUNT})\s*(?P<unit2>[^\d\s:,]{{0,6}}?)[\s:,得]*{_NUMBER}{_END}"
)
_ABOVE = re.compile(
    rf"^(?P<from>{_AMOUNT})\s*(?P<unit>[^\d\s]{{0,6}}?)\s*(?:及)?以上\s*(?P<unit2>[^\d\s:,]{{0,6}}?)[\s:,得]*{_NUMBER}{_END}"
)
_BELOW = re.compile(
    rf"^(?P<to>{_AMOUNT})\s*(?P<unit>[^\d\s]{{0,6}}?)\s*(?:及)?(?:以内|以下)\s*(?P<unit2>[^\d\s:,]{{0,6}}?)[\s:,得]*{_NUMBER}{_END}"
)
_ONE = re.compile(rf"^(?P<from>{_AMOUNT})\s*(?P<unit>[^\d\s:,得]{{1,6}}?)[\s:,得]+{_NUMBER}{_END}")
_SCALE = re.compile(r"^(?:满分\s*)?(?P<scale>百|\d{1,4})\s*分?制?$")
_GROUP = re.compile(r"^(?P<name>[^:]{1,30}):(?P<options>.+)$")

EXAMPLES: dict[str, str] = {
    ItemKind.LEVEL: "一行一档，如：\n优秀 10 分\n合格 8 分\n不合格 0 分",
    ItemKind.DEDUCTION: "一行一种，如：\n事假每天扣 1 分\n迟到每次扣 0.2 分",
    ItemKind.BONUS: "一行一种，如：\n县级公开课每节加 2 分\n市级表彰每项加 3 分",
    ItemKind.RATIO: "不用写：本人 ÷ 平均 × 满分，最多得满分",
    ItemKind.BANDS: "一行一段，两头都算在内，如：\n0 到 5 天 20 分\n6 到 10 天 15 分\n31 天以上 0 分",
    ItemKind.RATING: "写 百分制；或者一行一类测评人，如：\n校领导：满意 5 分、基本满意 4 分、不满意 0 分",
    ItemKind.VETO: "不用写：有就定为不合格",
}


class Unclear(ValueError):  # noqa: N818  # an answer, not an error
    """What cannot be read, as a sentence with the line it stands in."""


# --- from words to the rule ----------------------------------------------------------------------------------------------


def read(kind: str, text: str) -> dict[str, Any]:
    """The rule that these words are. Empty words are an empty rule: whether it is enough, `scoring.check_item` says."""
    lines = [(place, _clean(line)) for place, line in enumerate(text.splitlines(), 1) if _clean(line)]
    if len(lines) > MOST:
        raise Unclear(f"写了 {len(lines)} 行，最多 {MOST} 行")
    if not lines:
        return {}
    return _READ[ItemKind(kind)](lines)


def _clean(line: str) -> str:
    """Full-width signs as half-width ones, so that 5 分 and ５ 分 are one."""
    return unicodedata.normalize("NFKC", line).strip()


def _named(place: int, name: str) -> str:
    name = name.strip(" :,、|").replace("(", "（").replace(")", "）")
    if not name or len(name) > LONGEST:
        raise Unclear(f"第 {place} 行的名称最多 {LONGEST} 个字")
    return name


def _levels(lines: list[tuple[int, str]]) -> dict[str, Any]:
    found = []
    for place, line in lines:
        match = _LEVEL.match(line)
        if not match:
            raise Unclear(f"第 {place} 行“{line[:20]}”看不出是几分，请写成 优秀 10 分")
        found.append({"name": _named(place, match["name"]), "points": match["points"]})
    return {"levels": found}


def _counts(example: str) -> Callable[[list[tuple[int, str]]], dict[str, Any]]:
    def counted(lines: list[tuple[int, str]]) -> dict[str, Any]:
        rule: dict[str, Any] = {"per": []}
        for place, line in lines:
            if floor := _FLOOR.match(line):
                rule["floor"] = floor["points"]
                continue
            match = _PER.match(line)
            if not match:
                raise Unclear(f"第 {place} 行“{line[:20]}”看不懂，请写成 {example}")
            rule["per"].append(
                {"name": _named(place, match["name"]), "unit": match["unit"].strip(), "points": match["points"]}
            )
        return rule

    return counted


def _bands(lines: list[tuple[int, str]]) -> dict[str, Any]:
    found, units = [], dict[str, None]()
    for place, line in lines:
        match = _BAND.match(line) or _ABOVE.match(line) or _BELOW.match(line) or _ONE.match(line)
        if not match:
            raise Unclear(f"第 {place} 行“{line[:20]}”看不懂，请写成 0 到 5 天 20 分，或 31 天以上 0 分")
        told = match.groupdict()
        band = {"from": told.get("from") or "0", "points": told["points"]}
        if match.re is not _ABOVE:
            band["to"] = told.get("to") or told["from"]
            if Decimal(band["to"]) < Decimal(band["from"]):
                raise Unclear(f"第 {place} 行：{band['to']} 比 {band['from']} 小，请把小的写在前面")
        found.append(band)
        units |= dict.fromkeys(unit for name in ("unit", "unit2") if (unit := (told.get(name) or "").strip()))
    if len(units) > 1:
        raise Unclear(f"各段的单位不一样：{'、'.join(units)}")
    return {"unit": next(iter(units), ""), "bands": found}


def _ratings(lines: list[tuple[int, str]]) -> dict[str, Any]:
    if len(lines) == 1 and (scale := _SCALE.match(lines[0][1])):
        number = "100" if scale["scale"] == "百" else scale["scale"]
        if not int(number):
            raise Unclear("满分是 0，不能计分")
        return {"scale": number}
    groups = []
    for place, line in lines:
        match = _GROUP.match(line)
        if not match:
            raise Unclear(
                f"第 {place} 行“{line[:20]}”看不懂，请写 百分制，或 校领导：满意 5 分、基本满意 4 分、不满意 0 分"
            )
        parts = [part.strip() for part in re.split(r"[、,;；，]", match["options"]) if part.strip()]
        options = _levels([(place, part) for part in parts])["levels"]
        if len(options) < 2 or len({one["name"] for one in options}) != len(options):
            raise Unclear(f"第 {place} 行“{match['name'].strip()}”至少要有两个不同的选项")
        groups.append({"name": _named(place, match["name"]), "options": options})
    if len({group["name"] for group in groups}) != len(groups):
        raise Unclear("有两行是同一类测评人")
    return {"groups": groups}


def _nothing(kind: ItemKind) -> Callable[[list[tuple[int, str]]], dict[str, Any]]:
    def empty(lines: list[tuple[int, str]]) -> dict[str, Any]:
        raise Unclear(f"“{kind.label}”不用写怎样计分，请空着；说明写在评分标准里")

    return empty


_READ: Mapping[ItemKind, Callable[[list[tuple[int, str]]], dict[str, Any]]] = {
    ItemKind.LEVEL: _levels, ItemKind.DEDUCTION: _counts("事假每天扣 1 分"), ItemKind.BONUS: _counts("公开课每节加 2 分"),
    ItemKind.RATIO: _nothing(ItemKind.RATIO), ItemKind.BANDS: _bands, ItemKind.RATING: _ratings, ItemKind.VETO: _nothing(ItemKind.VETO),
}  # fmt: skip


# --- from the rule to words ----------------------------------------------------------------------------------------------


def told(kind: str, rule: Mapping[str, Any]) -> str:
    """The rule as it is read again; a line for each thing."""
    return "\n".join(lines_of(kind, rule))


def lines_of(kind: str, rule: Mapping[str, Any]) -> list[str]:
    """The same as lines."""
    verb = "加" if kind == ItemKind.BONUS else "扣"
    found = [f"{level['name']} {_plain(level['points'])} 分" for level in rule.get("levels", ())]
    found += [
        f"{line['name']}每{line.get('unit') or '次'}{verb} {_plain(line['points'])} 分" for line in rule.get("per", ())
    ]
    if rule.get("floor") and Decimal(str(rule["floor"])):
        found.append(f"最低 {_plain(rule['floor'])} 分")
    found += [_band(band, rule.get("unit", "")) for band in rule.get("bands", ())]
    if rule.get("scale"):
        found.append("百分制" if Decimal(str(rule["scale"])) == 100 else f"{_plain(rule['scale'])} 分制")
    found += [f"{group['name']}：{_options(group['options'])}" for group in rule.get("groups", ())]
    return found


def _band(band: Mapping[str, Any], unit: str) -> str:
    spaced = f" {unit}" if unit else ""
    if band.get("to") is None:
        return f"{_plain(band['from'])}{spaced}以上 {_plain(band['points'])} 分"
    return f"{_plain(band['from'])} 到 {_plain(band['to'])}{spaced} {_plain(band['points'])} 分"


def _options(options: list[Mapping[str, Any]]) -> str:
    return "、".join(f"{option['name']} {_plain(option['points'])} 分" for option in options)


def _plain(number: Any) -> str:
    return plain(Decimal(str(number)))
