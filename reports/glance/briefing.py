"""领导简报: the county on one sheet of A4, however large it is. What does not fit is counted, not shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from reports.documents.tree import Alignment, Block, Cell, Document, Figure, Paragraph, Strong, Table, date_text
from reports.documents.widths import width_in_ems
from reports.figures import Counted
from reports.glance.board import Board
from reports.glance.flows import Flows
from reports.glance.forecast import Forecast
from reports.glance.goals import Goal
from reports.glance.now import Now

RULES = 6  # lines of the first table
ROOM = 62  # hanzi of an enumeration: two lines of the sheet
NAME = 14  # hanzi of a name in it
NUMBERS = ("seconded", "receiving_schools", "exchanged", "town_to_village", "inspections", "difficulties")


def briefing(board: Board, told: Now, ways: Flows, today: dt.date) -> Document:
    """Ratios, numbers, then a short paragraph each of what a leader asks next."""
    view, period = board.asked.viewpoint, board.asked.period
    paragraphs = (
        ("岗位缺口", _subjects(told)),
        ("交流去向", _ways(ways)),
        ("逾期事项", _late(told)),
        ("督导检查", _inspections(told)),
        ("困难诉求", _difficulties(told)),
    )
    blocks: tuple[Block, ...] = (
        _ratios(board),
        _numbers(told),
        *(Paragraph(Strong(f"{head}　"), *words) for head, words in paragraphs if words),
    )
    return Document(
        f"{clipped(view.name, 20)}支教与交流轮岗简报", blocks, view.signs, today, byline=f"{period.title}　截至{date_text(today)}",
        subject="领导简报", layout="form",
    )  # fmt: skip


def clipped(text: str, ems: float = NAME) -> str:
    """At most so wide."""
    if width_in_ems(text) <= ems:
        return text
    kept = ""
    for letter in text:
        if width_in_ems(kept + letter) > ems - 1:
            break
        kept += letter
    return f"{kept}…"


def enumerated(items: Sequence[str], unit: str, room: float = ROOM) -> str:
    """As many as there is room for, then how many there are: 数学差 3 人、英语差 2 人等 7 个学科."""
    shown: list[str] = []
    for item in items:
        if shown and width_in_ems("、".join((*shown, item))) > room:
            break
        shown.append(item)
    rest = f"等{len(items)}{unit}" if len(shown) < len(items) else ""
    return "、".join(shown) + rest


def figure(counted: Counted, text: str = "") -> Figure:
    definition = counted.definition
    return Figure(text or counted.told, definition.key, counted.url, definition.label, definition.definition)


def _ratios(board: Board) -> Table:
    told = sorted(board.told, key=lambda one: one[0].is_known and one[0].is_met)[:RULES]
    rows = tuple(_ratio(goal, forecast) for goal, forecast, _ in told)
    left_out = len(board.goals) - len(told)
    note = f"还有{left_out}项比例没有列出。" if left_out else ""
    header = ("指标", "分子÷分母", "现为", "标准", "结论", "学年末预计")
    return Table(
        "", header, rows, ("left", "center", "center", "center", "left", "left"), (8.5, 6, 3.4, 3.2, 8, 6), note
    )


def _ratio(goal: Goal, forecast: Forecast | None) -> tuple[Cell, ...]:
    name, limit = clipped(goal.rule.name, 16), f"≥{goal.threshold}%"
    if not goal.is_known:
        return (name, "—", "—", limit, "没有分母", "—")
    verdict = "已达标" if goal.is_met else goal.verdict
    if goal.more:
        verdict = f"再派{goal.more}人达标"
    expected = f"{forecast.told}%，{forecast.verdict}" if forecast else "—"
    return (name, f"{goal.numerator.told}÷{goal.denominator.told}", f"{goal.told}%", limit, verdict, expected)


def _numbers(told: Now) -> Table:
    known = [told.told[key] for key in NUMBERS]
    header = tuple(f"{one.definition.label}（{one.definition.unit}）" for one in known)
    centred: tuple[Alignment, ...] = ("center", "center", "center", "center", "center", "center")
    return Table("", header, (tuple(figure(one) for one in known),), centred)


def _subjects(told: Now) -> Iterable[Cell]:
    if not told.subjects:
        return ()
    if not told.short:
        return ("各学科的岗位需求都派到了人。",)
    items = [f"{clipped(one.name, 6)}差{one.short}人" for one in told.short]
    return (f"申报的岗位还差{told.missing}人：{enumerated(items, '个学科')}。",)


def _ways(ways: Flows) -> Iterable[Cell]:
    if not ways.whole:
        return ()
    items = [f"{clipped(flow.source)}到{clipped(flow.target)}{flow.number}人" for flow in ways.pairs]
    return (f"人数最多的是{enumerated(items, '条去向')}。",)


def _late(told: Now) -> Iterable[Cell]:
    items = [f"{one.label}{one.number}{one.unit}" for one in told.what_is_late]
    items += [f"{clipped(one.title, 16)}还有{len(one.missing)}{one.unit}没有交" for one in told.not_handed_in]
    return (f"{enumerated(items, '项')}。" if items else "没有逾期的事项。",)


def _inspections(told: Now) -> Iterable[Cell]:
    known = told.told
    words: list[Cell] = ["受援学校", figure(known["receiving_schools"]), "所，已检查", figure(known["receiving_inspected"]), "所"]  # fmt: skip
    if known["problems_found"].value:
        words += [
            "；发现问题",
            figure(known["problems_found"]),
            "个，已整改",
            figure(known["problems_rectified"]),
            "个",
        ]
    if told.satisfaction_is_known:
        words += ["；问卷满意率", figure(known["satisfaction"])]
    return (*words, "。")


def _difficulties(told: Now) -> Iterable[Cell]:
    known = told.told
    if not known["difficulties"].value:
        return ()
    return ("提出", figure(known["difficulties"]), "件，已解决", figure(known["difficulties_resolved"]), "件，还没有解决", figure(known["difficulties_open"]), "件。")  # fmt: skip
