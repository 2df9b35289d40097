"""How a 考核办法 becomes a number and a proposed grade. Pure functions: no database, no clock, nothing guessed.

What the `rule` of an item and the `value` of a line hold, by the kind of the item (numbers as text or as JSON numbers):

    LEVEL      rule {"levels": [{"name": "优秀", "points": "10"}, …]}               value "优秀"
    DEDUCTION  rule {"per": [{"name": "事假", "unit": "天", "points": "1"}, …]}       value {"事假": "2", "旷工": "0", …}
               from the full mark down, never below `floor` (0 where the rule says none)
    BONUS      the same rule                                                        value {"公开课": "3", …}
               up to the full mark of the item
    RATIO      rule {}                                                              value {"own": "18", "average": "15"}
               own ÷ average × the full mark, the full mark at most
    BANDS      rule {"unit": "天", "bands": [{"from": "0", "to": "5", "points": "20"}, …]}, both ends belong to the band,
               a band without "to" has no upper end                                 value "7"
    RATING     rule {"scale": "100"}: the mean of ratings on a scale of 100         value "93.5"
               rule {"groups": [{"name": "学校领导", "options": [{"name": "满意", "points": "5"}, …]}, …]}: so many chose each
                                                                                    value {"学校领导": {"满意": 4, "不满意": 1}}
    VETO       rule {}                                                              value "" (none), or what happened

Where a rule says nothing of a value, a person decides: the value then is {"given": "12", "reason": "…", "value": …}, which is
scored as given, with the reason told.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from evaluations.choices import Grade, ItemKind
from zhijiao.quantities import plain

CENT = Decimal("0.01")
ZERO, FULL = Decimal(0), Decimal(100)
BONUS_MOST = Decimal(20)  # so that no total is above 120
GRADES = tuple(Grade)  # from the best to the worst


@dataclass(frozen=True)
class Item:
    """One line of a rubric. `maximum` in points; `fact`: the key of what the system knows, empty where a person judges."""

    name: str
    kind: str
    maximum: Decimal
    rule: Mapping[str, Any] = field(default_factory=dict)
    section: str = ""
    fact: str = ""
    words: str = ""

    @property
    def counts(self) -> list[Mapping[str, Any]]:
        """What is counted one by one, with its points: of deductions and bonuses."""
        return list(self.rule.get("per", ()))


@dataclass(frozen=True)
class Scored:
    """One line scored. Without a score, `problem` says what a person is to do; `words` tell how the score came about."""

    score: Decimal | None
    words: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Threshold:
    """From which total to which a grade is proposed; both ends belong to it."""

    grade: str
    lowest: Decimal
    highest: Decimal


@dataclass(frozen=True)
class Proposal:
    """The grade that follows from the total, or none, and why."""

    grade: str
    words: str


def rounded(number: Decimal) -> Decimal:
    """To the hundredth of a point, halves up, as clerks do."""
    return number.quantize(CENT, ROUND_HALF_UP)


def number_of(value: Any) -> Decimal | None:
    """A number as it was typed or kept, not below 0; None where it is none."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and number >= 0 else None


# --- one line ----------------------------------------------------------------------------------------------------------


def score_item(item: Item, value: Any) -> Scored:
    """Score one line. Never above the item's full mark, never below nothing; what no rule covers is told, not guessed."""
    if isinstance(value, Mapping) and "given" in value:
        return _given(item, value)
    scored = _SCORES[ItemKind(item.kind)](item, value)
    if scored.score is None:
        return scored
    return Scored(rounded(min(max(scored.score, ZERO), item.maximum)), scored.words)


def _given(item: Item, value: Mapping[str, Any]) -> Scored:
    points, reason = number_of(value["given"]), str(value.get("reason", "")).strip()
    if points is None or points > item.maximum:
        return Scored(None, problem=f"“{item.name}”的得分应在 0 到 {plain(item.maximum)} 之间")
    if not reason:
        return Scored(None, problem=f"“{item.name}”由人定分，请写一句依据")
    return Scored(rounded(points), f"人工定分：{reason}")


def _level(item: Item, value: Any) -> Scored:
    levels = {level["name"]: number_of(level["points"]) for level in item.rule.get("levels", ())}
    points = levels.get(value) if isinstance(value, str) else None
    if points is None:
        chosen = f"没有“{value}”这一档，" if value else ""
        return Scored(None, problem=f"“{item.name}”{chosen}请选一档：{'、'.join(levels)}")
    return Scored(points, f"{value}，{plain(points)} 分")


def _counted(item: Item, value: Any) -> tuple[Decimal, str, str]:
    """The sum of the points of all that was counted, in words, and what is missing."""
    typed = value if isinstance(value, Mapping) else {}
    total, told = ZERO, []
    for line in item.counts:
        number, points = number_of(typed.get(line["name"])), number_of(line["points"]) or ZERO
        if number is None:
            return (
                ZERO,
                "",
                f"“{item.name}”还没有填{line['name']}的{'数量' if not line.get('unit') else line['unit'] + '数'}",
            )
        total += number * points
        if number:
            told.append(f"{line['name']} {plain(number)} {line.get('unit', '')}".rstrip())
    return total, "、".join(told), "" if item.counts else f"“{item.name}”还没有写按什么计分"


def _deduction(item: Item, value: Any) -> Scored:
    total, told, missing = _counted(item, value)
    if missing:
        return Scored(None, problem=missing)
    score = max(item.maximum - total, number_of(item.rule.get("floor")) or ZERO)
    return Scored(score, f"{told}，扣 {plain(rounded(item.maximum - score))} 分" if told else "没有扣分")


def _bonus(item: Item, value: Any) -> Scored:
    total, told, missing = _counted(item, value)
    if missing:
        return Scored(None, problem=missing)
    score = min(total, item.maximum)
    capped = f"，最多加 {plain(item.maximum)} 分" if total > item.maximum else ""
    return Scored(score, f"{told}，加 {plain(rounded(score))} 分{capped}" if told else "没有加分")


def _ratio(item: Item, value: Any) -> Scored:
    typed = value if isinstance(value, Mapping) else {}
    own, average = number_of(typed.get("own")), number_of(typed.get("average"))
    if own is None or average is None:
        return Scored(None, problem=f"“{item.name}”请填本人的数量和全校平均数")
    if not average:
        return Scored(None, problem=f"“{item.name}”的平均数是 0，不能相除，请由人定分")
    score = min(own / average * item.maximum, item.maximum)
    return Scored(score, f"本人 {plain(own)}，平均 {plain(average)}")


def _bands(item: Item, value: Any) -> Scored:
    number, unit = number_of(value), item.rule.get("unit", "")
    if number is None:
        return Scored(None, problem=f"“{item.name}”请填{unit}数" if unit else f"“{item.name}”请填数量")
    told = f"{plain(number)} {unit}".rstrip()
    for band in item.rule.get("bands", ()):
        lowest, highest = number_of(band["from"]) or ZERO, number_of(band.get("to"))
        if lowest <= number and (highest is None or number <= highest):
            return Scored(number_of(band["points"]) or ZERO, told)
    return Scored(None, problem=f"“{item.name}”：{told}不在办法写明的任何一段里，请由人定分并写明依据")


def _rating(item: Item, value: Any) -> Scored:
    scale = number_of(item.rule.get("scale"))
    if scale:
        mean = number_of(value)
        if mean is None or mean > scale:
            return Scored(None, problem=f"“{item.name}”请填 0 到 {plain(scale)} 之间的测评平均分")
        return Scored(mean / scale * item.maximum, f"测评平均 {plain(mean)}（满 {plain(scale)}）")
    groups = item.rule.get("groups", ())
    if not groups:
        return Scored(None, problem=f"“{item.name}”还没有写怎样计分")
    total, told = ZERO, []
    for group in groups:
        mean, raters = _mean(group, value if isinstance(value, Mapping) else {})
        if mean is None:
            return Scored(None, problem=f"“{item.name}”还没有{group['name']}的测评")
        total += mean
        told.append(f"{group['name']} {raters} 人，平均 {plain(rounded(mean))}")
    return Scored(total, "；".join(told))


def _mean(group: Mapping[str, Any], typed: Mapping[str, Any]) -> tuple[Decimal | None, int]:
    chosen = typed.get(group["name"])
    chosen = chosen if isinstance(chosen, Mapping) else {}
    numbers = [
        (number_of(chosen.get(option["name"])) or ZERO, number_of(option["points"])) for option in group["options"]
    ]
    raters = sum((number for number, _ in numbers), ZERO)
    if not raters:
        return None, 0
    return sum((number * (points or ZERO) for number, points in numbers), ZERO) / raters, int(raters)


def _veto(item: Item, value: Any) -> Scored:
    return Scored(ZERO, f"一票否决：{value}" if value else "没有")


_SCORES = {
    ItemKind.LEVEL: _level, ItemKind.DEDUCTION: _deduction, ItemKind.BONUS: _bonus, ItemKind.RATIO: _ratio,
    ItemKind.BANDS: _bands, ItemKind.RATING: _rating, ItemKind.VETO: _veto,
}  # fmt: skip


# --- all lines ---------------------------------------------------------------------------------------------------------


def total(lines: Iterable[Scored]) -> Decimal | None:
    """The sum of all lines; None while one of them has no score."""
    scores = [line.score for line in lines]
    if not scores or any(score is None for score in scores):
        return None
    return rounded(sum((score for score in scores if score is not None), ZERO))


def vetoes(items: Sequence[Item], values: Sequence[Any]) -> list[str]:
    """What stands against any grade but the last, in words."""
    return [
        f"{item.name}：{value}"
        for item, value in zip(items, values, strict=True)
        if item.kind == ItemKind.VETO and isinstance(value, str) and value.strip()
    ]


def propose(points: Decimal | None, thresholds: Sequence[Threshold], against: Sequence[str] = ()) -> Proposal:
    """The grade by the thresholds; with a veto 不合格, whatever the total."""
    if against:
        return Proposal(Grade.FAILED, f"一票否决（{'；'.join(against)}）")
    if points is None:
        return Proposal("", "还有项目没有评分")
    for threshold in thresholds:
        if threshold.lowest <= points <= threshold.highest:
            return Proposal(threshold.grade, f"{plain(points)} 分，{Grade(threshold.grade).label}")
    return Proposal("", f"{plain(points)} 分不在任何一档分数线里，请由人定等次")


def quota(number: int, percent: Decimal | None) -> int | None:
    """How many of so many may be 优秀, rounded down; None: as many as there are."""
    if percent is None:
        return None
    return int((Decimal(number) * percent / FULL).to_integral_value(ROUND_FLOOR))


# --- whether a rubric holds ----------------------------------------------------------------------------------------------


def check_rubric(items: Sequence[Item], thresholds: Sequence[Threshold]) -> list[str]:
    """What is wrong with a rubric, each with its place. A rubric with any of it cannot be used."""
    found = [problem for item in items for problem in check_item(item)]
    whole = sum((item.maximum for item in items if item.kind not in (ItemKind.BONUS, ItemKind.VETO)), ZERO)
    bonus = sum((item.maximum for item in items if item.kind == ItemKind.BONUS), ZERO)
    if whole != FULL:
        gap = f"还差 {plain(FULL - whole)} 分" if whole < FULL else f"多出 {plain(whole - FULL)} 分"
        found.append(f"各项满分合计 {plain(whole)} 分，应是 100 分（加分项、一票否决不算），{gap}")
    if bonus > BONUS_MOST:
        found.append(f"加分项合计 {plain(bonus)} 分，最多 {plain(BONUS_MOST)} 分")
    return found + check_thresholds(thresholds, FULL + min(bonus, BONUS_MOST))


def check_thresholds(thresholds: Sequence[Threshold], highest: Decimal = FULL) -> list[str]:
    """Holes, overlaps and a wrong order in the list of grades, each with its place."""
    if not thresholds:
        return ["还没有等次分数线"]
    found, rising = [], sorted(thresholds, key=lambda one: (one.lowest, one.highest))
    if rising[0].lowest > 0:
        found.append(f"分数线有空档：0 到 {plain(rising[0].lowest)} 分（不含）没有等次")
    for lower, higher in itertools.pairwise(rising):
        names = f"“{Grade(lower.grade).label}”和“{Grade(higher.grade).label}”"
        if higher.lowest <= lower.highest:
            found.append(f"分数线重叠：{names}都包括 {plain(higher.lowest)} 分")
        elif higher.lowest > lower.highest + CENT:
            found.append(f"分数线有空档：{names}之间，{plain(lower.highest)} 到 {plain(higher.lowest)} 分之间没有等次")
        if GRADES.index(Grade(higher.grade)) > GRADES.index(Grade(lower.grade)):
            found.append(f"分数线次序不对：{names}，分数高的等次反而低")
    if rising[-1].highest < highest:
        found.append(f"分数线有空档：{plain(rising[-1].highest)} 分以上没有等次，满分是 {plain(highest)} 分")
    return found


def check_item(item: Item) -> list[str]:
    """What is wrong with one line of a rubric."""
    if item.kind == ItemKind.VETO:
        return [f"“{item.name}”是一票否决，满分应是 0"] if item.maximum else []
    if not item.maximum:
        return [f"“{item.name}”的满分是 0"]
    check = _CHECKS.get(ItemKind(item.kind))
    return [f"“{item.name}”：{words}" for words in check(item)] if check else []


def _points_above(item: Item, lines: Iterable[Mapping[str, Any]]) -> list[str]:
    return [
        f"{line.get('name') or line.get('from')}写了 {line['points']} 分，超过满分 {plain(item.maximum)}"
        for line in lines
        if (number_of(line["points"]) or ZERO) > item.maximum
    ]


def _twice(names: Iterable[str]) -> list[str]:
    known: set[str] = set()
    return [f"“{name}”写了两次" for name in names if name in known or known.add(name)]  # type: ignore[func-returns-value]


def _check_level(item: Item) -> list[str]:
    levels = item.rule.get("levels", ())
    if len(levels) < 2:
        return ["至少要有两档"]
    return _twice(level["name"] for level in levels) + _points_above(item, levels)


def _check_counts(item: Item) -> list[str]:
    if not item.counts:
        return ["还没有写按什么计分"]
    none = [
        f"{line['name']}每{line.get('unit') or '次'}的分数是 0" for line in item.counts if not number_of(line["points"])
    ]
    return _twice(line["name"] for line in item.counts) + none


def _check_bands(item: Item) -> list[str]:
    bands = sorted(item.rule.get("bands", ()), key=lambda band: number_of(band["from"]) or ZERO)
    if not bands:
        return ["还没有写各段的分数"]
    found = _points_above(item, bands)
    for lower, higher in itertools.pairwise(bands):
        end, start = number_of(lower.get("to")), number_of(higher["from"]) or ZERO
        if end is None or start <= end:
            found.append(f"两段重叠：从 {lower['from']} 起的一段和从 {higher['from']} 起的一段")
    return found


def holes(item: Item) -> list[str]:
    """What no band covers, in words. A rubric may have such holes, as real ones do: there a person decides."""
    bands = sorted(item.rule.get("bands", ()), key=lambda band: number_of(band["from"]) or ZERO)
    unit, found, reached = item.rule.get("unit", ""), [], None
    for band in bands:
        start = number_of(band["from"]) or ZERO
        if reached is not None and start > reached:
            found.append(f"大于 {plain(reached)}、小于 {plain(start)} {unit}".rstrip())
        elif reached is None and start > 0:
            found.append(f"小于 {plain(start)} {unit}".rstrip())
        end = number_of(band.get("to"))
        if end is None:
            return found
        reached = end
    return [*found, f"大于 {plain(reached)} {unit}".rstrip()] if reached is not None else found


def _check_rating(item: Item) -> list[str]:
    groups = item.rule.get("groups", ())
    if number_of(item.rule.get("scale")):
        return []
    if not groups:
        return ["还没有写怎样计分：满分多少的测评，或各类测评人的选项和分数"]
    most = sum(
        (max((number_of(option["points"]) or ZERO for option in group["options"]), default=ZERO) for group in groups),
        ZERO,
    )
    if most != item.maximum:
        return [f"各类测评的最高分合计 {plain(most)} 分，和满分 {plain(item.maximum)} 不一致"]
    return []


_CHECKS = {
    ItemKind.LEVEL: _check_level, ItemKind.DEDUCTION: _check_counts, ItemKind.BONUS: _check_counts,
    ItemKind.BANDS: _check_bands, ItemKind.RATING: _check_rating,
}  # fmt: skip


def fitting(item: Item, known: Any) -> Any:
    """What the system knows, in the shape in which the item takes it: of what is counted only the names that it asks for."""
    if item.kind in (ItemKind.DEDUCTION, ItemKind.BONUS) and isinstance(known, Mapping):
        return {line["name"]: known[line["name"]] for line in item.counts if line["name"] in known}
    return known
