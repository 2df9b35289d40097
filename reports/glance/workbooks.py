"""The tables of the pages as workbooks: numbers are numbers, to be reckoned with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.figures import Counted
from reports.glance.board import Board, Line
from reports.glance.flows import Flows, place_table
from reports.glance.goals import Goal
from reports.glance.now import Now
from reports.papers.excel import Value, new_book, saved, write_sheet

RATIO = ("分子", "分母", "比例（%）", "标准（%）", "结论")


@dataclass(frozen=True)
class Grid:
    """One sheet of a workbook."""

    name: str
    title: str
    heads: tuple[str, ...]
    rows: Sequence[Sequence[Value]]
    foot: tuple[str, ...] = ()


def workbook(grids: Sequence[Grid]) -> bytes:
    book = new_book()
    for grid in grids:
        widths = [max(5.0, *(len(str(row[at])) * 0.9 for row in (grid.heads, *grid.rows[:200]))) for at in range(len(grid.heads))]  # fmt: skip
        write_sheet(
            book, grid.name, grid.title, [grid.heads], grid.rows, [min(width, 24.0) for width in widths], grid.foot
        )
    return saved(book)


def number(value: int | Decimal) -> int | Decimal:
    return int(value) if value == int(value) else value


def ratio_cells(goal: Goal) -> tuple[Value, ...]:
    """Both numbers, the percentage, the limit and the verdict; words where there is nothing to divide by."""
    both = number(goal.numerator.value), number(goal.denominator.value)
    if not goal.is_known:
        return (*both, "", goal.rule.threshold, "没有分母")
    return (*both, Decimal(goal.told), goal.rule.threshold, goal.verdict)


def board_grids(board: Board, lines: dict[int, list[Line]], today: str) -> list[Grid]:
    """The rules as they stand, over the years, and of each rule the schools."""
    whose, period = board.asked.viewpoint.name, board.asked.period.title
    grids = [
        Grid(
            "达标情况", f"{whose}{period}达标情况（截至{today}）", ("指标", "算法", *RATIO, "再派几人达标", "级别", "依据"),
            [(goal.rule.name, goal.formula, *ratio_cells(goal), goal.advice, goal.rule.get_level_display(), goal.rule.basis) for goal in board.goals],
        ),
        Grid(
            "历年", f"{whose}历年达标情况", ("指标", "学年", *RATIO),
            [(trend.rule.name, goal.numerator.asked.period.code, *ratio_cells(goal)) for trend in board.trends for goal in trend.goals],
        ),
    ]  # fmt: skip
    for place, goal in enumerate(board.goals, start=1):
        if rows := lines.get(goal.rule.pk):
            heads = ("学校", goal.numerator.definition.label, goal.denominator.definition.label, *RATIO[2:], "分母来源")
            told = [(line.name, *ratio_cells(line.goal), "报送" if line.is_entered else "统计") for line in rows]
            grids.append(Grid(f"按学校{place}", f"{whose}{period}{goal.rule.name}（按学校）", heads, told))
    return grids


def flow_grids(told: Flows, whose: str) -> list[Grid]:
    """All pairs, not only those that are drawn; and town and village."""
    ends, rows = place_table(told)
    return [
        Grid("学校之间", f"{whose}：从哪里来，到哪里去", ("派出学校", "受援学校", "人数"), [(flow.source, flow.target, flow.number) for flow in told.pairs]),
        Grid("城乡之间", f"{whose}：城乡之间", ("从", *ends, "合计"), [(row.label, *(int(cell.value) if cell else 0 for cell in row.cells), row.total) for row in rows]),
    ]  # fmt: skip


def now_grids(told: Now, whose: str) -> list[Grid]:
    """Subjects, what is late, who has not handed in what, and the numbers beside them."""
    late = [(one.label, one.number, one.unit) for one in told.late]
    return [
        Grid("学科缺口", f"{whose}：学科缺口", ("学科", "需求人数", "已派人数", "还差"), [(one.name, one.asked, one.came, one.short) for one in told.subjects]),
        Grid("逾期", f"{whose}：逾期事项", ("事项", "数量", "单位"), late),
        Grid("没有交的", f"{whose}：没有交的", ("事项", "应交", "已交", "没有交的"), [(one.title, one.expected, one.handed_in, "、".join(party.name for party in one.missing)) for one in told.owed]),
        Grid("数据", f"{whose}：数据", ("数据项", "数值", "单位", "口径"), [_figure_row(one) for key, one in told.told.items() if key != "satisfaction" or told.satisfaction_is_known]),
    ]  # fmt: skip


def _figure_row(one: Counted) -> tuple[Value, ...]:
    value = Decimal(one.value).quantize(Decimal("0.1")) if one.definition.ratio else number(one.value)
    return (one.definition.label, value, one.definition.unit, one.definition.definition)
