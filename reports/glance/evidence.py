"""The evidence for indicator 2.11 of 优质均衡: the three numbers that are asked for, of each school and of the county."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from reports.documents.tree import Cell, Document, Ends, Figure, Paragraph, Signature, Table
from reports.figures import REGISTRY, Asked, Counted, Viewpoint
from reports.figures.asked import Side
from reports.glance.board import groups_of, of_those_sent
from reports.glance.counting import Of, Term, count
from reports.glance.workbooks import Grid, number
from zhijiao.quantities import plain

# As the form names them, in its order.
FIELDS = (
    ("eligible", "符合交流条件教师总数"),
    ("exchanged", "实际交流轮岗教师数"),
    ("exchanged_backbone", "实际交流骨干教师数量"),
)
KEYS = tuple(key for key, _ in FIELDS)
ENTERED, SUMMED, COUNTED, RECORDS = "县里填报", "学校填报", "按教师名册统计", "派遣记录统计"
TITLE = "县域义务教育优质均衡发展督导评估\n指标2.11教师交流轮岗佐证表"


@dataclass(frozen=True)
class Line:
    """A school, or the county, with the three numbers and where the first comes from."""

    name: str
    told: tuple[Counted, ...]
    source: str
    opens: bool = True
    below: int = 0

    @property
    def numbers(self) -> tuple[int | Decimal, ...]:
        return tuple(number(one.value) for one in self.told)

    @property
    def is_entered(self) -> bool:
        return self.source != COUNTED


@dataclass(frozen=True)
class Evidence:
    """The sheet."""

    asked: Asked
    whole: Line
    lines: tuple[Line, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """Where the numbers come from, and why the county's need not be the sum of the schools'."""
        said = [
            f"“{FIELDS[0][1]}”有填报的用填报数，没有填报的按教师名册统计：{REGISTRY['eligible'].definition}",
            f"“{FIELDS[1][1]}”：{REGISTRY['exchanged'].definition}按派出学校统计。",
            f"“{FIELDS[2][1]}”：{REGISTRY['exchanged_backbone'].definition}",
        ]
        return (*said, *([self.difference] if self.difference else []))

    @property
    def difference(self) -> str:
        """Where the first number of the county is not what the schools' add up to."""
        whole, parts = self.whole.numbers[0], sum((line.numbers[0] for line in self.lines), Decimal(0))
        if not self.asked.viewpoint.is_county or whole == parts:
            return ""
        silent = sum(not line.is_entered for line in self.lines)
        why = (
            f"其中 {silent} 所学校没有填报，全县合计只加填报的"
            if self.whole.source == SUMMED and silent
            else "全县的数是县里填报的"
        )
        return f"各校“{FIELDS[0][1]}”相加是 {plain(parts)} 人，全县是 {plain(whole)} 人：{why}。请在报送前核对。"


def evidence(asked: Asked) -> Evidence:
    """Three questions, however many schools."""
    asked = of_those_sent(asked)
    terms = [Term("", key, asked) for key in KEYS]
    by_school, by_county = count(terms, Of.SCHOOL), count(terms, Of.COUNTY)
    view = asked.viewpoint
    lines = []
    for school, keys in groups_of(view):
        at = Asked(asked.period, Viewpoint(view.county, school, Side.SENDING, view.user))
        told = tuple(Counted(REGISTRY[key], at, by_school.number("", key, keys)) for key in KEYS)
        if any(one.value for one in told):
            source = COUNTED if by_school.entered("", "eligible", keys) is None else SUMMED
            opens = view.school != school or view.schools == {school.pk}
            lines.append(Line(school.name, told, source, opens, len(keys) - 1))
    county = view.county.pk
    told = tuple(Counted(REGISTRY[key], asked, by_county.number("", key, [county])) for key in KEYS)
    source = COUNTED if by_county.entered("", "eligible", [county]) is None else SUMMED
    if by_county.is_of_county("", "eligible", county):
        source = ENTERED
    return Evidence(asked, Line(view.name, told, source), tuple(lines))


def document(told: Evidence, today: dt.date) -> Document:
    """The sheet as a paper: one table, where the numbers come from, who signs."""
    view, period = told.asked.viewpoint, told.asked.period
    rows = [(str(place), *_cells(line)) for place, line in enumerate(told.lines, start=1)]
    total = "全县" if view.is_county else "合计"
    rows.append(("", total, *_cells(told.whole)[1:]))
    header = ("序号", "学校", *(label + "（人）" for _, label in FIELDS), "第一项来源")
    table = Table(
        "", header, tuple(rows), ("center", "left", "right", "right", "right", "left"), (2.4, 13, 5.6, 5.6, 5.6, 6.4), has_total=True
    )  # fmt: skip
    notes = tuple(Paragraph(f"{place}．{note}") for place, note in enumerate(told.notes, start=1))
    ratios = Paragraph("".join(_ratios(told)))
    return Document(
        TITLE, (Ends(f"填报单位：{view.signs}", period.title), table, ratios, *notes, Signature(view.signs, today)), view.signs, today, byline="",
        subject="优质均衡指标2.11佐证表", layout="form",
    )  # fmt: skip


def _cells(line: Line) -> tuple[Cell, ...]:
    """Each number opens its records, in the browser."""
    cells = tuple(
        Figure(one.told, one.definition.key, one.url, one.definition.label, one.definition.definition)
        for one in line.told
    )
    name = f"{line.name}（含下属{line.below}所）" if line.below else line.name
    return (name, *cells, line.source)


def _ratios(told: Evidence) -> list[str]:
    eligible, exchanged, backbone = told.whole.told
    said = []
    for part, whole, name in (
        (exchanged, eligible, "交流轮岗教师比例"),
        (backbone, exchanged, "交流轮岗教师中骨干教师比例"),
    ):
        if whole.value:
            ratio = plain((Decimal(part.value) * 100 / Decimal(whole.value)).quantize(Decimal("0.1")))
            said.append(f"{name}为{ratio}%（{part.told}÷{whole.told}）。")
    return said


def grid(told: Evidence) -> Grid:
    """The same as a sheet of a workbook."""
    rows = [(line.name, *line.numbers, line.source, RECORDS) for line in (*told.lines, told.whole)]
    heads = ("学校", *(label for _, label in FIELDS), f"“{FIELDS[0][1]}”来源", "另两项来源")
    return Grid(
        "2.11佐证表", f"{told.asked.viewpoint.name}{told.asked.period.title}指标2.11佐证表", heads, rows, told.notes
    )
