"""What a made-up county is asked to be, what it consists of while it is made, and the rows that come out of it."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from reports.demo.names import People

Row = dict[str, Any]
Rows = dict[str, list[Row]]
Chosen = TypeVar("Chosen")

TODAY = dt.date(2026, 11, 23)  # of the demo: its running year is in its twelfth week
EARLIEST = dt.date(2025, 11, 23)
LAST_DAY = (7, 10)  # of a school year's lessons
ON_THE_WAY = ("已申报", "公示中", "局审核", "已批准")
FULL_SIZE = 120  # secondments a year in the county after which all numbers are modelled


@dataclass(frozen=True)
class Wish:
    """The size of a county and whose it is. The same wish gives the same rows."""

    name: str = "青岚县"
    code: str = "990121"  # no province has the code 99
    schools: int = 60
    teachers: int = 1200
    secondments: int = 120
    seed: int = 1
    index: int = 0  # of the county in its province: keeps numbers apart
    today: dt.date = TODAY
    loaded_on: dt.date = TODAY  # what still waits somewhere is as old as it would be on this day

    @classmethod
    def loaded(cls, day: dt.date, **size: int) -> Wish:
        """Loaded on this day, which is the demo's own today; in summer and early autumn the last year that is told is over.

        The people were born and came to their schools with the first demo in mind, so it does not go back before that.
        """
        if day < EARLIEST:
            return cls(**size, loaded_on=day)  # type: ignore[arg-type]
        first = _running_on(day)
        return cls(**size, today=min(day, dt.date(first + 1, *LAST_DAY)), loaded_on=day)  # type: ignore[arg-type]

    @property
    def running(self) -> int:
        """In which year the running school year began."""
        return _running_on(self.today)

    @property
    def bureau(self) -> str:
        return f"{self.name}教育局"

    def scaled(self, number: float, least: int = 1) -> int:
        """How many of what a county with 120 secondments has `number` of."""
        return max(least, round(number * self.secondments / FULL_SIZE))


@dataclass(eq=False)
class DemoSchool:
    name: str
    stage: str
    township: str
    location: str
    size: float  # against other schools, in teachers
    principal: str = ""
    is_centre: bool = False
    centre: DemoSchool | None = None
    is_outside: bool = False
    is_focus: bool = False
    allowance: int = 0  # 元 a month for those who come to teach
    region: str = ""
    teachers: list[DemoTeacher] = field(default_factory=list)

    @property
    def is_small(self) -> bool:
        """A village school or a teaching point."""
        return self.centre is not None


@dataclass(eq=False)
class DemoTeacher:
    name: str
    sex: str
    born: dt.date
    school: DemoSchool
    stage: str
    subject: str
    title: str = ""
    since: dt.date = TODAY  # at this school
    is_class_head: bool = False
    post: str = ""
    is_taken: bool = False  # seconded in one of the years that are told in full
    goes: bool = False  # to be among those of the finished year
    went: int = 0  # how often already, in the years before
    backbone: str = ""
    cells: Row = field(default_factory=dict)


@dataclass(eq=False)
class Posting:
    """A secondment on its way into the workbook."""

    teacher: DemoTeacher
    receiver: DemoSchool
    year: int  # in which the school year begins
    start: dt.date
    end: dt.date
    programme: str
    subject: str
    stage: str
    state: str = "已结束"
    duty: str = "支教教师"
    is_backbone: bool = False
    periods: int = 12
    reported: dt.date | None = None
    ended: dt.date | None = None
    moved_to: DemoSchool | None = None
    moved_on: dt.date | None = None
    subject_after: str = ""
    subject_on: dt.date | None = None
    end_reason: str = ""
    extended_to: dt.date | None = None
    team: str = ""
    swapped_with: DemoTeacher | None = None
    applied: dt.date | None = None
    recommended: dt.date | None = None
    forwarded: dt.date | None = None
    approved: dt.date | None = None
    dispatched: dt.date | None = None
    extended_on: dt.date | None = None  # when that was decided
    cells: Row = field(default_factory=dict)  # its row of the roster

    @property
    def school_year(self) -> str:
        return f"{self.year}-{self.year + 1}"

    @property
    def sender(self) -> DemoSchool:
        return self.teacher.school

    @property
    def is_on_post(self) -> bool:
        return self.state in ("在岗", "已结束", "提前终止", "已考核")

    @property
    def is_on_the_way(self) -> bool:
        """Applied for and decided on, or not even that: nobody has gone yet."""
        return self.state in ON_THE_WAY

    @property
    def is_teaching(self) -> bool:
        """Teaches at the receiving school for good, rather than learning there or coming for a fortnight."""
        return self.is_on_post and self.programme not in ("跟岗学习", "短期指导")

    @property
    def last_day(self) -> dt.date:
        return self.ended or self.extended_to or self.end

    def school_on(self, day: dt.date) -> DemoSchool:
        return self.moved_to if self.moved_to and self.moved_on and day >= self.moved_on else self.receiver


@dataclass(frozen=True)
class Year:
    """A school year of the demo and how much of it is told."""

    first: int
    secondments: int
    eligible: int
    backbone: int  # of those exchanged
    is_full: bool = False  # with everything that a year brings, not the roster alone
    is_running: bool = False

    @property
    def code(self) -> str:
        return f"{self.first}-{self.first + 1}"

    @property
    def start(self) -> dt.date:
        return dt.date(self.first, 9, 1)

    @property
    def end(self) -> dt.date:
        return dt.date(self.first + 1, 7, 10)

    def day(self, month: int, day: int) -> dt.date:
        """A working day of this school year: of its August (which prepares it) to the July after."""
        return working_day(dt.date(self.first if month >= 8 else self.first + 1, month, day))


def working_day(day: dt.date) -> dt.date:
    """The day itself, or the Monday after."""
    return day + dt.timedelta(days=7 - day.weekday()) if day.weekday() >= 5 else day


class County:
    """A county while it is made. Each part draws from its own source of chance, so that none disturbs another."""

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self.rows: Rows = defaultdict(list)
        self.people = People(self.chance("people"), wish.index)
        self.schools: list[DemoSchool] = []
        self.postings: list[Posting] = []
        self.years: list[Year] = years_of(wish)

    def chance(self, part: object) -> random.Random:
        return random.Random(f"{self.wish.seed}/{self.wish.index}/{part}")  # noqa: S311 (made-up data)

    def add(self, sheet: str, **cells: Any) -> None:
        """A row of a sheet; cells without a value are left out. Headers with signs go in through `row`."""
        self.row(sheet, cells)

    def row(self, sheet: str, cells: Row) -> None:
        self.rows[sheet].append({header: cell for header, cell in cells.items() if cell is not None and cell != ""})

    def happened(self, day: dt.date) -> bool:
        return day <= self.wish.today

    def of_year(self, year: Year) -> list[Posting]:
        return [posting for posting in self.postings if posting.year == year.first]

    def on_post(self, year: Year) -> list[Posting]:
        return [posting for posting in self.of_year(year) if posting.is_on_post]

    def teaching(self, year: Year) -> list[Posting]:
        return [posting for posting in self.of_year(year) if posting.is_teaching]

    def receivers(self, year: Year) -> list[DemoSchool]:
        return list(dict.fromkeys(posting.receiver for posting in self.teaching(year)))

    def senders(self, year: Year) -> list[DemoSchool]:
        return list(dict.fromkeys(posting.sender for posting in self.teaching(year) if not posting.sender.is_outside))

    @property
    def own_schools(self) -> list[DemoSchool]:
        return [school for school in self.schools if not school.is_outside]

    @property
    def teachers(self) -> list[DemoTeacher]:
        return [teacher for school in self.schools for teacher in school.teachers]

    def document(self, year: int, number: int, office: str = "教发") -> str:
        """青教发〔2025〕46号."""
        return f"{self.wish.name[0]}{office}〔{year}〕{number}号"


def _running_on(day: dt.date) -> int:
    """Until its twelfth week a school year has too little to show, and the one before is still looked at."""
    return day.year if (day.month, day.day) >= (TODAY.month, TODAY.day) else day.year - 1


def years_of(wish: Wish) -> list[Year]:
    """Three earlier years, the finished one and the running one: rising, over the 10 % since the third, and with the
    20 % of backbone teachers just met once, and narrowly missed before and after."""
    finished = wish.secondments
    plan = [
        # share of the finished year's secondments, eligible teachers, backbone teachers
        (-4, 81, 1008, 11, False, False),
        (-3, 96, 1015, 16, False, False),
        (-2, 108, 1021, 19, False, False),
        (-1, 120, 1031, 23, True, False),
        (0, 126, 1043, 22, True, True),
    ]
    return [
        Year(
            wish.running + place,
            max(1, round(number * finished / FULL_SIZE)),
            min(round(eligible * finished / FULL_SIZE), round(wish.teachers * eligible / 1200)),
            max(0, round(backbone * finished / FULL_SIZE)),
            is_full,
            is_running,
        )
        for place, number, eligible, backbone, is_full, is_running in plan
    ]


def shares(total: int, weights: Sequence[float], least: int = 0) -> list[int]:
    """`total` divided by weight, each part at least `least`, the sum exact."""
    rest = total - least * len(weights)
    if rest < 0:
        return [1 if place < total else 0 for place in range(len(weights))]
    whole = sum(weights) or 1
    exact = [rest * weight / whole for weight in weights]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(weights)), key=lambda place: parts[place] - exact[place])
    for place in by_remainder[: rest - sum(parts)]:
        parts[place] += 1
    return [part + least for part in parts]


def some(rng: random.Random, things: Sequence[Chosen], number: int) -> list[Chosen]:
    """`number` of them in a random order, or all where there are fewer."""
    return rng.sample(list(things), min(number, len(things)))
