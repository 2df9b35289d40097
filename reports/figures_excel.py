"""Figures as workbooks: the catalogue, one figure with its records, a comparison. Numbers are numbers, charts are Excel's own."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.label import DataLabelList

from reports.figures import REGISTRY, Asked, Counted, Definition, value
from reports.figures.comparing import Comparison, Line
from reports.figures.told import number_told
from zhijiao.workbook.writer import Book, Page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Lines = Sequence[tuple[str, Counted]]


def _unit(counted: Counted) -> str:
    return "%" if counted.definition.ratio else counted.definition.unit


def _parts(counted: Counted) -> list[Any]:
    """Numerator and denominator with their names; nothing of what is no ratio."""
    ratio = counted.definition.ratio
    if not ratio:
        return ["", "", "", ""]
    over, under = (value(key, counted.asked) for key in ratio)
    return [over.definition.label, number_told(over), under.definition.label, number_told(under)]


def _asked(asked: Asked) -> tuple[str, str]:
    return asked.viewpoint.name, asked.period.title


def catalogue_book(asked: Asked, groups: Sequence[tuple[str, Sequence[Counted]]], records: dict[str, int]) -> bytes:
    """Every figure with its number, what it means, what it is a ratio of, and how many records it opens."""
    book = Book()
    page = book.page("数据项", (18, 24, 12, 8, 60, 22, 10, 22, 10, 10, 22), frozen="C4")
    page.row(["".join(_asked(asked)) + "数据项"], "title")
    page.row([])
    page.row(["部分", "名称", "数", "单位", "口径", "分子", "分子数", "分母", "分母数", "记录（条）", "代号"], "header")
    for title, some in groups:
        for counted in some:
            one = counted.definition
            page.row([
                title, one.label, number_told(counted), _unit(counted), one.definition, *_parts(counted), records[one.key], one.key,
            ])  # fmt: skip
    return _saved(book)


def figure_book(
    counted: Counted,
    words: tuple[str, str],
    divided: Sequence[tuple[str, Lines]],
    years: Lines,
    records: tuple[list[str], list[list[str]], str],
) -> bytes:
    """One figure: what it says, its parts, its years, its records."""
    book = Book()
    _write_facts(book.page("数据项", (16, 70)), counted, *words)
    for category, lines in divided:
        _write_lines(book, f"按{category}", category, counted.definition, lines, in_time=False)
    if len(years) > 1:
        _write_lines(book, "近五年", "时段", counted.definition, years, in_time=True)
    heads, rows, foot = records
    page = book.page("记录", [20] * max(1, len(heads)), frozen="A2")
    page.row(heads or ["没有记录"], "header")
    for row in rows:
        page.row(row)
    if foot:
        page.row([foot], "quiet")
    return _saved(book)


def _write_facts(page: Page, counted: Counted, way: str, narrowed: str) -> None:
    one, (name, period) = counted.definition, _asked(counted.asked)
    page.row([one.label], "title")
    facts: list[tuple[str, Any]] = [
        ("单位或学校", name), ("时段", period), ("范围", narrowed), ("数", number_told(counted)), ("单位", _unit(counted)), ("口径", one.definition),
        ("算法", way), ("代号", one.key),
    ]  # fmt: skip
    if one.ratio:
        over, over_number, under, under_number = _parts(counted)
        facts[5:5] = [(f"分子：{over}", over_number), (f"分母：{under}", under_number)]
    for label, told in facts:
        if told != "":
            page.row([label, told], "wrapped")


def _write_lines(book: Book, title: str, category: str, definition: Definition, lines: Lines, *, in_time: bool) -> None:
    page = book.page(title, (30, 14), frozen="A2")
    page.row([category, _headed(definition)], "header")
    for label, counted in lines:
        page.row([label, number_told(counted)])
    _add_chart(page, f"{definition.label}{title}", len(lines), 1, "D", in_time=in_time)


def _headed(definition: Definition) -> str:
    unit = "%" if definition.ratio else definition.unit
    return f"{definition.label}（{unit}）" if unit else definition.label


def comparison_book(asked: Asked, definition: Definition, chosen: Comparison, lines: Sequence[Line]) -> bytes:
    """What is compared, in the order of the page."""
    book = Book()
    page = book.page("比较", (30, 16, 16, 16), frozen="A4")
    page.row([f"{''.join(_asked(asked))}{definition.label}：{chosen.label}"], "title")
    page.row([definition.definition], "quiet")
    parts = [_headed(REGISTRY[key]) for key in definition.ratio] if definition.ratio else []
    page.row([chosen.category, _headed(definition), *parts], "header")
    for line in lines:
        number = number_told(line.counted) if line.is_known else "—"
        page.row([line.label, number, *(number_told(part) for part in line.parts)])
    _add_chart(page, definition.label, len(lines), 3, "F", in_time=chosen.in_time)
    return _saved(book)


def _add_chart(page: Page, title: str, number: int, top: int, column: str, *, in_time: bool) -> None:
    """Beside the numbers, of the two first columns, whose heads stand in the row `top`. A chart of one thing would compare nothing."""
    if number < 2:
        return
    chart: Any = LineChart() if in_time and number > 2 else BarChart()
    if isinstance(chart, BarChart) and not in_time:
        chart.type = "bar"
        chart.y_axis.majorGridlines = None
        chart.x_axis.scaling.orientation = "maxMin"
    chart.title, chart.legend = title, None
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.dataLabels = DataLabelList(showVal=True, showSerName=False, showCatName=False, showLegendKey=False)
    chart.add_data(Reference(page.worksheet, min_col=2, min_row=top, max_row=top + number), titles_from_data=True)
    chart.set_categories(Reference(page.worksheet, min_col=1, min_row=top + 1, max_row=top + number))
    chart.width, chart.height = 20, max(8.0, min(40.0, 2.5 + number * 0.7))
    page.worksheet.add_chart(chart, f"{column}{top}")


def _saved(book: Book) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
