"""What a document says, free of how it looks: every renderer (page, text, PDF, Word, Excel) starts from this tree."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import chain
from typing import Any, Literal

from .numbering import LEVELS, heading_number
from .widths import width_in_ems

Alignment = Literal["left", "center", "right"]
Number = int | float | Decimal | None
SAFE_URL_STARTS = ("/", "#", "?", "https://", "http://")
PHOTO_KEY = re.compile("[0-9A-Za-z-]{1,64}")


@dataclass(frozen=True)
class Strong:
    """Words that stand out in a sentence."""

    text: str


@dataclass(frozen=True)
class Figure:
    """A live number in a sentence or a cell: its text, what it means and where it opens."""

    text: str
    key: str
    url: str = ""
    label: str = ""
    definition: str = ""
    records: int | None = None
    value: Number = None  # as the text tells it, to be reckoned with
    unit: str = ""
    of: str = ""  # what the label alone does not tell: 小学, 2022—2023学年
    parts: tuple["Figure", ...] = ()  # numerator and denominator of a ratio
    is_listed: bool = True  # in the table of sources; a cell of a table that divides a figure is not

    def __post_init__(self) -> None:
        if self.url and (not self.url.startswith(SAFE_URL_STARTS) or self.url.startswith("//")):
            raise ValueError(f"数字“{self.label or self.key}”的链接不是本系统的地址：{self.url}")

    @property
    def name(self) -> str:
        """What it is called in a list of figures: 支教教师（小学）."""
        label = self.label or self.key
        return f"{label}（{self.of}）" if self.of else label

    @property
    def identity(self) -> tuple[str, str, str]:
        """Equal for a figure that is told twice, in whatever words."""
        return self.key, self.url, self.of


Inline = str | Figure | Strong
Cell = str | Figure


@dataclass(frozen=True, init=False)
class Paragraph:
    inlines: tuple[Inline, ...]

    def __init__(self, *inlines: Inline) -> None:
        object.__setattr__(self, "inlines", inlines)

    @property
    def text(self) -> str:
        return "".join(text_of(inline) for inline in self.inlines)

    @property
    def is_empty(self) -> bool:
        return not self.text.strip()


@dataclass(frozen=True)
class Addressee:
    """To whom a letter goes (主送机关): stands at the left edge, ends with a colon."""

    text: str

    @property
    def is_empty(self) -> bool:
        return not self.text.strip()


@dataclass(frozen=True)
class HeaderCell:
    """A head over several columns, or one that reaches down over several rows of the head."""

    text: str
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True)
class Table:
    """Rows of cells. `header` is one row of words, or several rows of HeaderCell for column groups."""

    caption: str
    header: tuple[str | tuple[str | HeaderCell, ...], ...]
    rows: tuple[tuple[Cell, ...], ...]
    alignments: tuple[Alignment, ...] = ()
    widths: tuple[float, ...] = ()  # relative weights; empty: by content
    note: str = ""
    has_total: bool = False  # the last row adds up the others
    is_small: bool = False  # in the smallest lettering, however little stands in it

    @property
    def is_empty(self) -> bool:
        return not self.rows

    @property
    def header_rows(self) -> tuple[tuple[HeaderCell, ...], ...]:
        if not self.header:
            return ()
        rows = self.header if isinstance(self.header[0], tuple) else (self.header,)
        return tuple(tuple(cell if isinstance(cell, HeaderCell) else HeaderCell(cell) for cell in row) for row in rows)  # type: ignore[arg-type]

    @property
    def header_grid(self) -> tuple[tuple[HeaderCell | None, ...], ...]:
        """The head cell by cell: a group stands in its first place, None where it reaches over others."""
        rows = self.header_rows
        grid: list[dict[int, HeaderCell | None]] = [{} for _ in rows]
        for y, row in enumerate(rows):
            x = 0
            for cell in row:
                while x in grid[y]:
                    x += 1
                for down in range(min(cell.rows, len(rows) - y)):
                    grid[y + down].update(dict.fromkeys(range(x, x + cell.columns)))
                grid[y][x] = cell
        return tuple(tuple(row.get(x) for x in range(self.columns)) for row in grid)

    @property
    def columns(self) -> int:
        head = sum(cell.columns for cell in self.header_rows[0]) if self.header else 0
        return max([head, *(len(row) for row in self.rows)], default=0)

    @property
    def column_alignments(self) -> tuple[Alignment, ...]:
        """As given; else numbers at the right and words at the left."""
        if self.alignments:
            return self.alignments
        return tuple("right" if self._holds_numbers(column) else "left" for column in range(self.columns))

    @property
    def weights(self) -> tuple[float, ...]:
        """Relative column widths: as given, else in ems by the longest content, within reason."""
        if self.widths:
            return self.widths
        longest = [2.0] * self.columns
        for heads in self.header_grid:
            for i, head in enumerate(heads):
                if head and head.columns == 1:
                    longest[i] = max(longest[i], width_in_ems(head.text) / 2)
        for row in self.rows:
            for i, cell in enumerate(row):
                longest[i] = max(longest[i], width_in_ems(text_of(cell)))
        return tuple(min(max(width, 2.0), 20.0) + 1 for width in longest)

    def _holds_numbers(self, column: int) -> bool:
        texts = [text_of(row[column]).strip() for row in self.rows if column < len(row)]
        told = [text for text in texts if text not in ("", "—")]
        return bool(told) and all(is_number(text) for text in told)


@dataclass(frozen=True)
class Series:
    name: str
    values: tuple[Number, ...]
    figures: tuple[tuple[Figure, ...], ...] = ()  # of each value: the figure that it is, or those that it adds up


@dataclass(frozen=True)
class Limit:
    """A standard drawn as a dashed line: 标准 10%."""

    value: int | float | Decimal
    label: str


@dataclass(frozen=True)
class Chart:
    """A drawing of numbers; renderers always show `numbers` below it."""

    kind: Literal["bar", "line", "column"]
    caption: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""
    limit: Limit | None = None
    category: str = ""  # what the labels are: 学科, 学年

    @property
    def is_empty(self) -> bool:
        return not self.labels or all(value is None for series in self.series for value in series.values)

    @property
    def full_caption(self) -> str:
        return (
            f"{self.caption}（{self.unit}）" if self.unit and f"（{self.unit}）" not in self.caption else self.caption
        )

    @property
    def numbers(self) -> Table:
        """The table of numbers: across like the drawing while that fits, else one row a category."""
        category = self.category or "项目"
        names = [series.name or self.unit or "数值" for series in self.series]
        texts = [[number_text(value) for value in series.values] for series in self.series]
        if len(self.labels) <= 9 and sum(max(width_in_ems(label), 2.5) for label in self.labels) <= 32:
            header = (category, *self.labels)
            rows = tuple((name, *values) for name, values in zip(names, texts, strict=True))
        else:
            header = (category, *names)
            rows = tuple(zip(self.labels, *texts, strict=True))
        right: Alignment = "right"
        return Table("", header, rows, ("left", *[right] * (len(header) - 1)))


BLANK_DAY = "　　　年　　月　　日"  # to be filled in by hand


@dataclass(frozen=True)
class Signature:
    organisation: str
    dated: date | None = None
    is_dated_by_hand: bool = False  # leaves room for a date that nobody knows yet

    is_empty = False

    @property
    def date_text(self) -> str:
        if self.dated:
            return date_text(self.dated)
        return BLANK_DAY if self.is_dated_by_hand else ""


@dataclass(frozen=True)
class Box:
    """A cell of a form: a label, or what was filled in. `foot` stands at its lower right: who signs, and when."""

    text: str = ""  # a line feed begins a paragraph
    columns: int = 1
    rows: int = 1
    is_label: bool = False
    alignment: Alignment = "center"
    height: float = 0  # mm, at least
    foot: tuple[str, ...] = ()


@dataclass(frozen=True)
class Form:
    """A grid of labels and what was filled in, as on a paper form; without rules it only aligns."""

    rows: tuple[tuple[Box, ...], ...]
    widths: tuple[float, ...]  # relative weights, one a column
    is_ruled: bool = True
    row_height: float = 9  # mm, at least

    is_empty = False

    @property
    def grid(self) -> tuple[tuple[Box | None, ...], ...]:
        """Cell by cell: a box stands in its first place, None where it reaches over others."""
        grid: list[dict[int, Box | None]] = [{} for _ in self.rows]
        for y, row in enumerate(self.rows):
            x = 0
            for box in row:
                while x in grid[y]:
                    x += 1
                for down in range(min(box.rows, len(self.rows) - y)):
                    grid[y + down].update(dict.fromkeys(range(x, x + box.columns)))
                grid[y][x] = box
        return tuple(tuple(row.get(x) for x in range(len(self.widths))) for row in grid)


@dataclass(frozen=True)
class Ends:
    """A line with words at both ends: 学校 at the left, 单位：元 at the right."""

    left: str = ""
    right: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.left or self.right)

    @property
    def text(self) -> str:
        return "　".join(part for part in (self.left, self.right) if part)


@dataclass(frozen=True)
class QrCode:
    """An address to be read by a phone, with words beside it."""

    address: str
    words: tuple[str, ...] = ()

    is_empty = False

    @property
    def text(self) -> str:
        return "\n".join(self.words)


@dataclass(frozen=True)
class Photo:
    """A photo that hangs on a record, known by its key: the renderers are given the pictures, and fetch nothing else."""

    key: str
    caption: str = ""
    width: int = 0  # in pixels, to keep its shape
    height: int = 0

    def __post_init__(self) -> None:
        if not PHOTO_KEY.fullmatch(self.key):
            raise ValueError(f"照片“{self.caption}”的编号不对：{self.key}")

    is_empty = False

    @property
    def text(self) -> str:
        return self.caption

    def fitted(self, width: float, height: float) -> tuple[float, float]:
        """As large as fits, in the unit given."""
        wide, high = self.width or 4, self.height or 3
        scale = min(width / wide, height / high)
        return round(wide * scale, 1), round(high * scale, 1)


@dataclass(frozen=True)
class PageBreak:
    """What follows stands on a new page."""

    is_empty = False
    text = ""


@dataclass(frozen=True)
class Sheet:
    """One of several papers in one file: begins on a page of its own, with its own title and its own numbering."""

    title: str
    blocks: tuple["Block", ...]
    number: str = ""
    byline: str = ""

    is_empty = False


@dataclass(frozen=True)
class Section:
    title: str
    blocks: tuple["Block", ...] = ()
    is_appendix: bool = False  # stands on a page of its own after the signature, without a number

    @property
    def is_empty(self) -> bool:
        """Nothing to tell here nor in anything below."""
        return all(block.is_empty for block in self.blocks)


Block = Section | Paragraph | Addressee | Table | Chart | Signature | Form | Ends | QrCode | Photo | PageBreak | Sheet
Layout = Literal["gongwen", "form", "wide", "certificate"]


@dataclass(frozen=True)
class Heading:
    """A section's title with the number it got from its position."""

    level: int
    number: str  # empty for an appendix
    title: str
    anchor: str

    @property
    def text(self) -> str:
        return f"{self.number}{self.title}"


@dataclass(frozen=True)
class NumberedTable:
    label: str  # 表1, or empty where the table has no caption
    table: Table


@dataclass(frozen=True)
class NumberedChart:
    label: str  # 图1
    anchor: str
    chart: Chart

    @property
    def caption(self) -> str:
        return f"{self.label}　{self.chart.full_caption}"


@dataclass(frozen=True)
class SheetHead:
    """Where one of several papers begins."""

    title: str
    number: str
    byline: str
    order: int  # from 1

    @property
    def is_first(self) -> bool:
        return self.order == 1

    @property
    def is_odd(self) -> bool:
        return self.order % 2 == 1

    @property
    def title_lines(self) -> tuple[str, ...]:
        return tuple(self.title.splitlines())

    @property
    def text(self) -> str:
        return "\n".join(part for part in (*self.title_lines, self.number, self.byline) if part)


FlowItem = (
    Heading
    | Paragraph
    | Addressee
    | NumberedTable
    | NumberedChart
    | Signature
    | Form
    | Ends
    | QrCode
    | Photo
    | PageBreak
    | SheetHead
)


@dataclass(frozen=True)
class Document:
    title: str  # a line feed breaks the title where it reads best
    blocks: tuple[Block, ...]
    organisation: str = ""
    dated: date | None = None
    byline: str | None = None  # what stands under the title; None: the organisation
    number: str = ""  # 发文字号
    subject: str = ""
    keywords: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())  # remarks at the end, after the signature
    layout: Layout = "gongwen"  # of the paper: 公文, a form, a form across, a certificate
    red_head: str = ""  # 发文机关标志: 青岚县教育局文件

    @property
    def has_red_head(self) -> bool:
        """Only what was issued under a number has one."""
        return bool(self.red_head and self.number) and self.layout == "gongwen" and not self.is_bound

    @property
    def is_bound(self) -> bool:
        """Several papers in one file: each brings its own title."""
        return any(isinstance(block, Sheet) for block in self.blocks)

    @property
    def title_text(self) -> str:
        return "".join(self.title.splitlines())

    @property
    def title_lines(self) -> tuple[str, ...]:
        return tuple(self.title.splitlines())

    @property
    def byline_text(self) -> str:
        return self.organisation if self.byline is None else self.byline

    def flow(self) -> tuple[FlowItem, ...]:
        """The blocks one after another, numbered by position; what has nothing to tell is left out."""
        return tuple(_Numbering().walk(self.blocks, level=1, path=()))

    def sections(self) -> tuple[Heading, ...]:
        """The numbered outline, for a table of contents."""
        return tuple(item for item in self.flow() if isinstance(item, Heading))

    def figures(self) -> tuple[Figure, ...]:
        """Every live number, in reading order."""
        return tuple(
            inline for inline in chain.from_iterable(map(_inlines_of, self.flow())) if isinstance(inline, Figure)
        )

    def distinct_figures(self) -> tuple[Figure, ...]:
        """Every live number once, in the order in which it is first told."""
        found: dict[tuple[str, str, str], Figure] = {}
        for figure in self.figures():
            found.setdefault(figure.identity, figure)
        return tuple(found.values())

    def text(self) -> str:
        """All words, without layout: for search and for the check of glyphs."""
        lines = [] if self.is_bound else [self.title_text, self.byline_text, self.number]
        if self.has_red_head:
            lines.insert(0, self.red_head)
        for item in self.flow():
            lines.extend(_words_of(item))
        return "\n".join(line for line in (*lines, *self.notes) if line)

    def digest(self) -> str:
        """SHA-256 of everything the tree holds; equal trees have equal digests."""
        canonical = json.dumps(_plain(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


class _Numbering:
    """Counts tables and charts through the whole document, headings within their parent."""

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix  # of the anchors, so that several papers in one file have none twice
        self.tables = 0
        self.charts = 0
        self.sheets = 0

    def walk(self, blocks: tuple[Block, ...], level: int, path: tuple[int, ...]) -> Iterator[FlowItem]:
        position = 0
        for block in blocks:
            if block.is_empty:
                continue
            if isinstance(block, Section) and block.is_appendix:
                yield Heading(level, "", block.title, f"{self.prefix}a{len(path) + 1}-{self.tables + 1}")
                yield from self.walk(block.blocks, level + 1, (*path, 0))
            elif isinstance(block, Section):
                position += 1
                yield from self._section(block, level, (*path, position))
            elif isinstance(block, Table):
                self.tables += bool(block.caption)
                yield NumberedTable(f"表{self.tables}" if block.caption else "", block)
            elif isinstance(block, Chart):
                self.charts += 1
                yield NumberedChart(f"图{self.charts}", f"{self.prefix}c{self.charts}", block)
            elif isinstance(block, Sheet):
                self.sheets += 1
                yield SheetHead(block.title, block.number, block.byline, self.sheets)
                yield from _Numbering(f"p{self.sheets}-").walk(block.blocks, level, path)
            else:
                yield block

    def _section(self, section: Section, level: int, path: tuple[int, ...]) -> Iterator[FlowItem]:
        if level > LEVELS:
            raise ValueError(f"“{section.title}”嵌得太深：标题最多 {LEVELS} 级。")
        yield Heading(
            level, heading_number(level, path[-1]), section.title, f"{self.prefix}s" + "-".join(map(str, path))
        )
        yield from self.walk(section.blocks, level + 1, path)


def bound(title: str, papers: Sequence[Document], layout: Layout = "form") -> Document:
    """Several papers as one file. A single one stays as it is."""
    if len(papers) == 1:
        return papers[0]
    sheets = tuple(Sheet(paper.title, paper.blocks, paper.number, paper.byline_text) for paper in papers)
    first = papers[0] if papers else Document(title, ())
    return Document(title, sheets, first.organisation, first.dated, subject=first.subject, layout=layout)


def text_of(inline: Inline) -> str:
    return inline if isinstance(inline, str) else inline.text


def date_text(day: date) -> str:
    """2024年7月10日: Arabic digits and no leading zeros, as a 公文 is dated."""
    return f"{day.year}年{day.month}月{day.day}日"


def number_text(value: Number) -> str:
    """1,025 and 7.9; not known is a dash, and zero is shown as 0."""
    if value is None:
        return "—"
    if isinstance(value, float):
        value = Decimal(repr(value))
    return f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"


def is_number(text: str) -> bool:
    bare = text.replace(",", "").removesuffix("%").strip()
    return bool(bare) and bare.lstrip("+-−").replace(".", "", 1).isdecimal()


def _inlines_of(item: FlowItem) -> tuple[Inline, ...]:
    if isinstance(item, Paragraph):
        return item.inlines
    if isinstance(item, NumberedTable):
        return tuple(chain.from_iterable(item.table.rows))
    return ()


def _words_of(item: FlowItem) -> list[str]:
    if isinstance(item, NumberedTable):
        return _words_of_table(f"{item.label}　{item.table.caption}" if item.label else "", item.table)
    if isinstance(item, NumberedChart):
        limit = [item.chart.limit.label] if item.chart.limit else []
        return _words_of_table(item.caption, item.chart.numbers) + limit
    if isinstance(item, Signature):
        return [item.organisation, item.date_text]
    if isinstance(item, Form):
        return ["　".join(part for part in (box.text, *box.foot) if part) for row in item.rows for box in row]
    return [item.text]


def _words_of_table(caption: str, table: Table) -> list[str]:
    heads = ["　".join(cell.text for cell in row) for row in table.header_rows]
    return [caption, *heads, *("　".join(map(text_of, row)) for row in table.rows), table.note]


@cache
def _field_names(kind: type[Any]) -> tuple[str, ...]:
    """Of a node of the tree; none of anything else."""
    return tuple(one.name for one in fields(kind)) if is_dataclass(kind) else ()


def _plain(value: Any) -> Any:
    """The same content in lists and strings, each node with its type, in one order."""
    if value is None or isinstance(value, (str, int)):
        return value
    kind: Any = type(value)
    if names := _field_names(kind):
        return [type(value).__name__, {name: _plain(getattr(value, name)) for name in names}]
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, (Decimal, float)):
        return ["number", str(value)]
    return value.isoformat() if isinstance(value, date) else value
