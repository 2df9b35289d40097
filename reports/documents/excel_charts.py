"""A chart of the tree as one of Excel's own, beside the numbers that it draws."""

from __future__ import annotations

from typing import Any

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.series import Series as Drawn
from openpyxl.chart.series_factory import SeriesFactory
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.colors import ColorChoice
from openpyxl.drawing.fill import PatternFillProperties
from openpyxl.drawing.line import LineProperties

from .charts import COLOURS
from .tree import Chart

WIDTH, HEIGHT = 18.0, 9.5  # cm
A_BAR = 0.62  # cm that a bar and the room beside it take
TALLEST = 40.0
LIMIT, GRID = "875008", "E4E1D9"
MARKS = ("circle", "square", "triangle", "diamond")  # tell the lines apart without colour
PATTERNS = ("", "wdUpDiag", "dkHorz", "pct20")  # and the bars


def native_chart(chart: Chart, sheet: Any, first_row: int) -> Any:
    """Of the numbers that stand in the sheet: labels in column A, a series a column, their names in the row above."""
    last = first_row + len(chart.labels) - 1
    labels = Reference(sheet, min_col=1, min_row=first_row, max_row=last)
    made = _of_kind(chart)
    made.title = chart.full_caption
    made.width, made.height = WIDTH, HEIGHT
    for place in range(len(chart.series)):
        made.series.append(_series(chart, sheet, place, first_row, last))
    made.set_categories(labels)
    _axes(made, chart)
    if chart.kind == "bar":
        made.height = min(TALLEST, max(HEIGHT, 3 + A_BAR * len(chart.labels) * len(chart.series)))
    elif chart.limit:
        made += _limit(sheet, len(chart.series) + 2, first_row, last, labels)
    if len(chart.series) == 1 and not chart.limit:
        made.legend = None
    else:
        made.legend.position = "b"
    return made


def _of_kind(chart: Chart) -> Any:
    if chart.kind == "line":
        return LineChart()
    made = BarChart()
    made.type = "bar" if chart.kind == "bar" else "col"
    made.gapWidth = 60
    return made


def _series(chart: Chart, sheet: Any, place: int, first: int, last: int) -> Drawn:
    values = Reference(sheet, min_col=place + 2, min_row=first - 1, max_row=last)
    drawn: Drawn = SeriesFactory(values, title_from_data=True)
    colour = COLOURS[place % len(COLOURS)].removeprefix("#")
    properties: Any = drawn.graphicalProperties
    marker: Any = drawn.marker
    if chart.kind == "line":
        properties.line.solidFill, properties.line.width = colour, 28000
        drawn.smooth = False
        marker.symbol = MARKS[place % len(MARKS)]
        marker.size = 7
        marker.graphicalProperties.solidFill = colour
        marker.graphicalProperties.line.solidFill = colour
    else:
        if pattern := PATTERNS[place % len(PATTERNS)]:
            fill: Any = PatternFillProperties(prst=pattern)  # type: ignore[arg-type]  # one of Excel's own names
            fill.fgClr, fill.bgClr = _colour(colour), _colour("FFFFFF")
            properties.pattFill = fill
        else:
            properties.solidFill = colour
        properties.line.solidFill = colour
        drawn.invertIfNegative = False
    drawn.dLbls = DataLabelList(
        dLblPos="t" if chart.kind == "line" else "outEnd",
        showVal=True,
        showSerName=False,
        showCatName=False,
        showLegendKey=False,
        showPercent=False,
    )
    return drawn


def _colour(code: str) -> Any:
    made: Any = ColorChoice()
    made.srgbClr = code
    return made


def _limit(sheet: Any, column: int, first: int, last: int, labels: Reference) -> LineChart:
    """The standard as a dashed line over the others."""
    made = LineChart()
    drawn = SeriesFactory(Reference(sheet, min_col=column, min_row=first - 1, max_row=last), title_from_data=True)
    drawn.graphicalProperties.line.solidFill, drawn.graphicalProperties.line.dashStyle = LIMIT, "dash"
    marker: Any = drawn.marker
    marker.symbol, drawn.smooth = "none", False
    made.series.append(drawn)
    made.set_categories(labels)
    return made


def _axes(made: Any, chart: Chart) -> None:
    """Shown (openpyxl hides them where nothing is said), with their names; bars read from the top as in the text."""
    made.x_axis.delete = made.y_axis.delete = False
    made.x_axis.title, made.y_axis.title = chart.category or None, chart.unit or None
    made.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=GRID))
    if chart.kind == "bar":
        made.x_axis.scaling.orientation = "maxMin"
        made.y_axis.crosses = "max"
    if all(value is None or value == int(value) for series in chart.series for value in series.values):
        made.y_axis.number_format = "#,##0"
