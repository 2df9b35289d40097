"""How a sheet of the workbook is described: once, for template, import, export, error workbook and help page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.db.models import Model, QuerySet

if TYPE_CHECKING:
    from zhijiao.workbook.context import Context
    from zhijiao.workbook.kinds import Kind

# What was read from one row: the column's field → its value. A column that the sheet does not have is not in it.
RowValues = dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong. A sheet's own check gives message and field; the engine adds the place."""

    message: str  # which value, and what would be right
    field: str = ""  # of the column; empty: the whole row
    row: int | None = None  # as Excel counts; empty: the whole sheet
    sheet: str = ""  # empty: the whole workbook
    column: str = ""  # its header
    letter: str = ""  # as Excel names it
    value: str = ""  # what stands in the cell, personal numbers masked

    def at(self, **place: Any) -> Problem:
        return replace(self, **place)

    @property
    def cell(self) -> str:
        """B7; empty where it is no single cell."""
        return f"{self.letter}{self.row}" if self.letter and self.row else ""

    @property
    def place(self) -> str:
        """工作表“教师”第 7 行“姓名”列."""
        told = f"工作表“{self.sheet}”" if self.sheet else ""
        told += f"第 {self.row} 行" if self.row else ""
        return told + (f"“{self.column}”列" if self.column else "")

    def __str__(self) -> str:
        return f"{self.place}：{self.message}" if self.place else self.message


@dataclass
class ParsedRow:
    """A row of the workbook on its way into the database."""

    number: int  # as Excel counts
    values: RowValues
    instance: Any = None  # the row's record: found by its key, or new
    parts: dict[str, Model] = field(default_factory=dict)
    is_new: bool = False
    refused: bool = False
    raw: dict[str, Any] = field(default_factory=dict)  # field → what stood in the cell
    is_by_former_name: bool = False  # fills in what its cells say, and empties nothing


@dataclass(frozen=True)
class Column:
    header: str  # Chinese, unique in its sheet
    field: str  # attribute of the row's model, or "part.attribute"
    kind: Kind  # how a cell is read, checked and written
    required: bool = False
    help: str = ""  # a sentence for the clerk
    sample: Any = ""  # cell of the filled sample row in the template
    aliases: tuple[str, ...] = ()  # other headers that are accepted for it
    default: Any = None  # where the cell (or, for a new row, the column) is empty; or callable(row_values, context)
    width: int | None = None

    @property
    def part(self) -> str:
        """The name of the part that it belongs to; empty: the row itself."""
        return self.field.rpartition(".")[0]

    @property
    def attribute(self) -> str:
        return self.field.rpartition(".")[2]


@dataclass(frozen=True)
class Part:
    """A companion row in another table, such as the first placement of a secondment."""

    model: type[Model]
    link: str  # field on the part's model that points to the row's model
    constants: Mapping[str, Any] = field(default_factory=dict)  # {"order": 1}: which of many
    optional: bool = True  # no row where all of its cells are empty


@dataclass(frozen=True)
class Former:
    """How a row is found by what its record was called before, where the key finds nothing.

    So a school that was merged into another one is not made again by an older workbook. `cells` are the fields in which
    a former name may stand; `kept` are those that such a row does not change.
    """

    names: Callable[[Any], Iterable[str]]
    cells: tuple[str, ...]
    kept: tuple[str, ...]
    told: str = "曾用名"


@dataclass(frozen=True)
class Sheet:
    name: str
    model: type[Model]
    columns: tuple[Column, ...]
    key: tuple[str, ...]  # fields that identify a row; the county is always implied
    help: str = ""  # what the sheet is for
    stronger_keys: tuple[tuple[str, ...], ...] = ()  # decide before `key` where all of their values are given
    aliases: tuple[str, ...] = ()  # other names of the sheet that are accepted
    parts: Mapping[str, Part] = field(default_factory=dict)
    # The strings by which other sheets may refer to a row, from the shortest to the most precise.
    names: Callable[[Any], Iterable[str]] | None = None
    former: Former | None = None
    scope: str | None = None  # a field that narrows references to this sheet, see kinds.Reference
    needs: tuple[str, ...] = ()  # sheets that must come before it; those it refers to are implied
    check: Callable[[RowValues], Iterable[Problem]] | None = None  # rules on one row
    check_all: Callable[[list[ParsedRow], Context], Iterable[Problem]] | None = None  # across rows and the database
    # Fills derived fields before saving: prepare(instance, row_values, context). Parts are ready as row_values says;
    # it may raise CellProblem.
    prepare: Callable[[Any, RowValues, Context], None] | None = None
    export: Callable[[QuerySet[Any], Any], QuerySet[Any]] | None = None  # rows of a period; None: all of the county
    # Fields that prepare() may set. Where one of them is a column too, its empty cell is None in the row's values and
    # leaves the field to prepare(); any other empty cell clears the field (or sets the column's default). prepare()
    # sets a part's field through row_values["part.attribute"].
    derived: tuple[str, ...] = ()
    select: tuple[str, ...] = ()  # select_related for names() and export
    rows: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None  # those of the model that a workbook knows; None: all

    def __post_init__(self) -> None:
        known: set[str] = set()
        for column in self.columns:
            for header in (column.header, *column.aliases):
                if header in known:
                    raise ValueError(f"sheet {self.name}: header {header} twice")
                known.add(header)
        fields = {column.field for column in self.columns}
        for name in [*self.key, *(name for key in self.stronger_keys for name in key)]:
            if name not in fields:
                raise ValueError(f"sheet {self.name}: key {name} is no column")
        for column in self.columns:
            if column.part and column.part not in self.parts:
                raise ValueError(f"sheet {self.name}: no part {column.part}")

    def column(self, field_name: str) -> Column:
        return next(column for column in self.columns if column.field == field_name)
