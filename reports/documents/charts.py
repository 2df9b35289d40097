"""Where every mark of a chart stands: plain shapes that one SVG template draws, in the page and in the PDF alike.

Widths are reckoned for the larger lettering of a phone (22 units), so that no label is cut there either.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from .tree import Chart, Number, number_text
from .widths import width_in_ems, wrap

COLOURS = ("#17505c", "#b9782a", "#7d6388", "#8f9a63")
WIDTH = 600
LETTER = 22  # width of a hanzi on a phone; 13 on paper
TALLEST = 780  # more bars than fit one sheet are not drawn; the table below has them all
DASHES = ("", "9 5", "2 5", "9 4 2 4")  # each series has its own stroke, mark and hatching: colour alone tells nothing
BAND = 24  # height of a legend or a limit's label


@dataclass(frozen=True)
class Text:
    x: float
    y: float
    text: str
    anchor: Literal["start", "middle", "end"] = "start"
    role: Literal["", "soft", "lim-t"] = ""


@dataclass(frozen=True)
class Rect:
    x: float
    y: float
    width: float
    height: float
    fill: str


@dataclass(frozen=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float
    role: Literal["axis", "grid", "lim"]


@dataclass(frozen=True)
class Path:
    """Strokes over a bar (hatching, white), or the filled mark of a point."""

    d: str
    fill: str = ""


@dataclass(frozen=True)
class Polyline:
    points: str
    stroke: str
    dash: str = ""


@dataclass(frozen=True)
class Circle:
    cx: float
    cy: float
    fill: str


@dataclass
class Drawing:
    """Shapes in the order they are painted."""

    height: float = 0
    width: float = WIDTH
    lines: list[Line] = field(default_factory=list)
    rects: list[Rect] = field(default_factory=list)
    hatches: list[Path] = field(default_factory=list)
    polylines: list[Polyline] = field(default_factory=list)
    circles: list[Circle] = field(default_factory=list)
    marks: list[Path] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)


@dataclass(frozen=True)
class Scale:
    """From a value to a place between two ends of the drawing."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return round(self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start), 1)


def draw(chart: Chart) -> Drawing:
    if chart.kind == "line":
        return draw_line(chart)
    if chart.kind == "column" and _columns_fit(chart):
        return draw_columns(chart)
    return draw_bars(chart)  # also for columns whose labels would not fit side by side


def nice_ticks(low: float, high: float, *, whole: bool = False) -> list[float]:
    """Round steps (1, 2, 2.5, 5 times a power of ten) from at most `low` to at least `high`; people come whole."""
    if high <= low:
        high = low + 1
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    steps = (power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    step = next(step for step in (*steps, 1.0) if not whole or step == int(step))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(step * n, 10) for n in range(first, last + 1)]


def draw_bars(chart: Chart) -> Drawing:
    """Horizontal bars, the label of each at the left in as many lines as it needs."""
    drawing = Drawing()
    room = max(map(width_in_ems, chart.labels))
    room = room if room <= 9 else 7
    labels = [wrap(label, room) for label in chart.labels]
    left = round(room * LETTER + 14, 1)
    values = _known(chart)
    longest = max(width_in_ems(number_text(value)) for series in chart.series for value in series.values)
    scale = Scale(min(0, *values), max(0, *values) or 1, left, WIDTH - 10 - longest * LETTER)
    top = y = _legend(drawing, chart) + (BAND if chart.limit else 0)
    thick = 20 if len(chart.series) == 1 and len(labels) <= 12 else 16
    shown = 0
    for i, lines in enumerate(labels):
        pitch = max(len(chart.series) * (thick + 2) + 8, len(lines) * 23 + 6)
        if y + pitch > TALLEST:
            break
        _stack(drawing, lines, x=left - 12, middle=y + pitch / 2)
        first = y + (pitch - len(chart.series) * (thick + 2)) / 2 + 1
        for j, series in enumerate(chart.series):
            _bar(drawing, scale, series.values[i], first + j * (thick + 2), thick, j)
        y += pitch
        shown += 1
    drawing.lines.append(Line(scale(0), top, scale(0), y, "axis"))
    if chart.limit:
        x = scale(float(chart.limit.value))
        drawing.lines.append(Line(x, top - 4, x, y, "lim"))
        drawing.texts.append(Text(x, top - 9, chart.limit.label, "middle" if x < WIDTH - 100 else "end", "lim-t"))
    if shown < len(labels):
        y += BAND
        words = f"共 {len(labels)} 项，图中列前 {shown} 项，全部见表"
        drawing.texts.append(Text(left, y - 6, words, "start", "soft"))
    drawing.height = round(y + 2, 1)
    return drawing


def _bar(drawing: Drawing, scale: Scale, value: Number, y: float, thick: float, series: int) -> None:
    start, end = scale(0), scale(float(value or 0))
    if start != end:
        _fill(drawing, min(start, end), round(y, 1), round(abs(end - start), 1), thick, series)
    drawing.texts.append(Text(max(start, end) + 8, round(y + thick / 2 + 5, 1), number_text(value)))


def _fill(drawing: Drawing, x: float, y: float, width: float, height: float, series: int) -> None:
    """A rectangle of the series: in its colour, and from the second on with its own hatching."""
    drawing.rects.append(Rect(x, y, width, height, COLOURS[series % len(COLOURS)]))
    if strokes := _hatching(x, y, width, height, series % len(COLOURS)):
        drawing.hatches.append(Path(strokes))


def _hatching(x: float, y: float, width: float, height: float, series: int) -> str:
    """Slanted, lying, standing strokes: plain lines inside the rectangle, which every renderer draws alike."""
    if series == 0:
        return ""
    if series == 1:
        steps = range(4, math.floor(width + height), 7)
        ends = [
            (x + max(0, c - height), y + min(c, height), x + min(c, width), y + max(0, c - width))
            for c in map(float, steps)
        ]
    elif series == 2:
        ends = [(x, y + c, x + width, y + c) for c in range(4, math.ceil(height), 5)]
    else:
        ends = [(x + c, y, x + c, y + height) for c in range(4, math.ceil(width), 6)]
    return "".join(f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" for x1, y1, x2, y2 in ends)


def _mark(drawing: Drawing, x: float, y: float, series: int) -> None:
    """The mark of a point: round, square, pointed, on its corner."""
    fill = COLOURS[series % len(COLOURS)]
    corners = (
        (),
        ((-5, -5), (5, -5), (5, 5), (-5, 5)),
        ((0, -6), (6, 5), (-6, 5)),
        ((0, -7), (7, 0), (0, 7), (-7, 0)),
    )[series % len(COLOURS)]
    if not corners:
        drawing.circles.append(Circle(x, y, fill))
        return
    drawing.marks.append(Path("M" + "L".join(f"{x + dx:.1f} {y + dy:.1f}" for dx, dy in corners) + "Z", fill))


def draw_columns(chart: Chart) -> Drawing:
    drawing = Drawing(height=246)
    frame = _frame(drawing, chart)
    slot = frame.slot(len(chart.labels))
    thick = min(56, slot * 0.72 / len(chart.series))
    for i in range(len(chart.labels)):
        centre = frame.centre(i, len(chart.labels))
        for j, series in enumerate(chart.series):
            value = series.values[i]
            x = centre + (j - len(chart.series) / 2) * thick
            top, bottom = sorted((frame.scale(float(value or 0)), frame.scale(0)))
            if value:
                _fill(drawing, round(x + 1, 1), top, round(thick - 2, 1), round(bottom - top, 1), j)
            drawing.texts.append(Text(round(x + thick / 2, 1), top - 6, number_text(value), "middle"))
        lines = wrap(chart.labels[i], slot / LETTER)
        for k, line in enumerate(lines):
            drawing.texts.append(Text(centre, frame.bottom + 22 + 21 * k, line, "middle", "soft"))
    return drawing


def draw_line(chart: Chart) -> Drawing:
    drawing = Drawing(height=246)
    frame = _frame(drawing, chart)
    count = len(chart.labels)
    widest = max(width_in_ems(label) for label in chart.labels) * LETTER
    every = max(1, math.ceil(widest * 0.92 / frame.slot(count)))
    told = _labelled(count, every)
    for i in told:
        drawing.texts.append(_below(frame.centre(i, count), frame.bottom + 22, chart.labels[i]))
    for j, series in enumerate(chart.series):
        fill = COLOURS[j % len(COLOURS)]
        for run in _runs(series.values):
            points = [(frame.centre(i, count), frame.scale(float(series.values[i] or 0))) for i in run]
            drawing.polylines.append(Polyline(" ".join(f"{x},{y}" for x, y in points), fill, DASHES[j % len(DASHES)]))
            for x, y in points:
                _mark(drawing, x, y, j)
        for i in told:
            value = series.values[i]
            if value is not None:
                x, y = frame.centre(i, count), frame.scale(float(value))
                drawing.texts.append(Text(x, round(y + frame.beside(chart, j, i), 1), number_text(value), "middle"))
    return drawing


@dataclass(frozen=True)
class Frame:
    """The field between the axes of a line or column chart."""

    left: float
    bottom: float
    scale: Scale
    limit_y: float | None

    def slot(self, count: int) -> float:
        return (WIDTH - 20 - self.left) / count

    def centre(self, i: int, count: int) -> float:
        return round(self.left + self.slot(count) * (i + 0.5), 1)

    def beside(self, chart: Chart, series: int, i: int) -> float:
        """How far from its mark a number stands: above it, or below where another mark or the limit is above."""
        mine = float(chart.series[series].values[i] or 0)
        y = self.scale(mine)
        others = [float(other.values[i] or 0) for other in chart.series if other.values[i] is not None]
        is_lowest = len(others) > 1 and mine == min(others) and mine != max(others)
        hits_limit = self.limit_y is not None and -4 < y - self.limit_y < 34
        return 24 if (is_lowest or hits_limit) and y + 30 < self.bottom else -12


def _frame(drawing: Drawing, chart: Chart) -> Frame:
    """Axes, ticks, limit and legend; makes the drawing higher where labels take several lines."""
    values = _known(chart) + ([float(chart.limit.value)] if chart.limit else [])
    ticks = nice_ticks(min(0, *values), max(0, *values) or 1, whole=all(value == int(value) for value in values))
    left = max(width_in_ems(_tick_text(tick)) for tick in ticks) * LETTER + 12
    top = _legend(drawing, chart) + 26
    bottom = top + 164
    scale = Scale(ticks[0], ticks[-1], bottom, top)
    for tick in ticks:
        y = scale(tick)
        drawing.lines.append(Line(left, y, WIDTH - 20, y, "axis" if tick == 0 else "grid"))
        drawing.texts.append(Text(left - 8, y + 4, _tick_text(tick), "end", "soft"))
    limit_y = None
    if chart.limit:
        limit_y = scale(float(chart.limit.value))
        drawing.lines.append(Line(left, limit_y, WIDTH - 20, limit_y, "lim"))
        drawing.texts.append(Text(left + 4, limit_y - 6, chart.limit.label, "start", "lim-t"))
    frame = Frame(left, bottom, scale, limit_y)
    lines = 1
    if chart.kind == "column":
        lines = max(len(wrap(label, frame.slot(len(chart.labels)) / LETTER)) for label in chart.labels)
    drawing.height = bottom + 10 + 21 * lines
    return frame


def _legend(drawing: Drawing, chart: Chart) -> float:
    """Names beside their marks where there is more than one series; returns the height they take."""
    if len(chart.series) < 2:
        return 0
    x, y = 4.0, 4.0
    for j, series in enumerate(chart.series):
        width = 24 + width_in_ems(series.name) * LETTER
        if x > 4 and x + width > WIDTH:
            x, y = 4.0, y + BAND
        if chart.kind == "line":
            _mark(drawing, x + 6, y + 7, j)
        else:
            _fill(drawing, x, y + 1, 12, 12, j)
        drawing.texts.append(Text(x + 18, y + 12, series.name))
        x = round(x + width + 8, 1)
    return y + BAND


def _stack(drawing: Drawing, lines: Sequence[str], *, x: float, middle: float) -> None:
    for k, line in enumerate(lines):
        y = middle + 5 + (k - (len(lines) - 1) / 2) * 20
        drawing.texts.append(Text(x, round(y, 1), line, "end"))


def _below(x: float, y: float, text: str) -> Text:
    """A label under its mark, moved inwards where it would leave the drawing."""
    half = width_in_ems(text) * LETTER / 2
    if x + half > WIDTH:
        return Text(WIDTH - 2, y, text, "end", "soft")
    if x - half < 0:
        return Text(2, y, text, "start", "soft")
    return Text(x, y, text, "middle", "soft")


def _columns_fit(chart: Chart) -> bool:
    """At most twelve, three lines of label each, and room for the numbers above."""
    slot = (WIDTH - 80) / len(chart.labels)
    widest = max(width_in_ems(number_text(value)) for series in chart.series for value in series.values)
    return (
        len(chart.labels) <= 12
        and slot * 0.8 / len(chart.series) >= widest * LETTER * 0.8
        and all(len(wrap(label, slot / LETTER)) <= 3 for label in chart.labels)
    )


def _known(chart: Chart) -> list[float]:
    return [float(value) for series in chart.series for value in series.values if value is not None] or [0.0]


def _labelled(count: int, every: int) -> list[int]:
    """Each `every`-th point counted back from the last, which is the one people look for."""
    return sorted(range(count - 1, -1, -every))


def _runs(values: Sequence[Number]) -> list[list[int]]:
    """Stretches of known values: a line is not drawn over a gap."""
    runs: list[list[int]] = [[]]
    for i, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(i)
    return [run for run in runs if run]


def _tick_text(tick: float) -> str:
    return f"{tick:,.0f}" if tick == int(tick) else f"{tick:,g}"
