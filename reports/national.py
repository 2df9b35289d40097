"""What the national teacher system asks of an exchange (交流轮岗), as a workbook, checked by its rules before it is typed there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from openpyxl.worksheet.datavalidation import DataValidation

from assignments.access import within
from assignments.attendance import stays
from assignments.choices import SERVING_STATES, Direction
from assignments.models import Secondment
from reports.papers.excel import new_book, saved, write_sheet
from reports.papers.paper import with_all
from zhijiao.accounts import audit
from zhijiao.refusals import Refused

# Names of the dictionary, as far as they are published; an officer changes the cell where the county says otherwise.
REGULAR, PAIRED, WALKING, OTHER = "定期交流", "对口支援", "乡镇中心学校教师走教", "其他"
TYPES = (REGULAR, "跨校竞聘", "学区一体化管理", "学校联盟", "名校办分校", "集团化办学", PAIRED, WALKING, OTHER)
COLUMNS = (
    ("姓名", 4), ("身份证号（遮住中间）", 9), ("交流轮岗类型", 7), ("是否调动人事关系", 5), ("开始年月", 4.5), ("结束年月", 4.5), ("原单位名称", 10), ("交流轮岗单位名称", 10),
    ("附件", 8),
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One stay as the system takes it, and what its rules say against it."""

    secondment: Secondment
    name: str
    id_number: str
    kind: str
    first: dt.date | None
    last: dt.date | None
    from_unit: str
    to_unit: str
    document: str

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(problems_of(self.first, self.last, self.from_unit, self.to_unit))

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            self.name,
            self.id_number,
            self.kind,
            "否",
            _month(self.first),
            _month(self.last),
            self.from_unit,
            self.to_unit,
            self.document,
        )


def problems_of(first: dt.date | None, last: dt.date | None, from_unit: str, to_unit: str) -> Iterable[str]:
    """By the rules of the system: both months, the end not before the start, two different units."""
    if first is None:
        yield "没有开始年月"
    if last is None:
        yield "没有结束年月"
    if first and last and last < first:
        yield f"结束 {_month(last)} 早于开始 {_month(first)}"
    if not from_unit:
        yield "没有原单位"
    if not to_unit:
        yield "没有交流轮岗单位"
    if from_unit and from_unit == to_unit:
        yield "交流轮岗单位和原单位相同"


def found(user: Any, year: str, school: int | None = None) -> QuerySet[Secondment]:
    """The exchanges of a year whose lines this person enters there."""
    rows: QuerySet[Secondment] = within(Secondment.objects.all(), user, "secondment.national_tick")
    rows = rows.filter(state__in=SERVING_STATES, school_year__code=year, programme__counts_as_exchange=True)
    if school:
        rows = rows.filter(sending_school=school)
    return with_all(rows).order_by("sending_school__name", "teacher__name", "pk")


def lines(rows: Iterable[Secondment]) -> list[Line]:
    return [line for row in rows for line in lines_of(row)]


def lines_of(row: Secondment) -> list[Line]:
    """One line for each school the teacher went to; of somebody who is not there yet, as it is planned."""
    there = [(str(stay.placement.receiving_school), stay.first, stay.last) for stay in stays(row)]
    planned = [
        (str(one.receiving_school), one.start or row.reported_on or row.start, one.end or row.ended_on or row.end) for one in row.placements.all()
    ]  # fmt: skip
    return [
        Line(row, str(row.teacher), row.teacher.masked_id_number, kind_of(row), first, last, str(row.sending_school), to_unit, row.dispatch_document)
        for to_unit, first, last in there or planned or [("", row.start, row.end)]
    ]  # fmt: skip


def kind_of(row: Secondment) -> str:
    """The nearest name of the dictionary."""
    name = row.programme.name
    if "走教" in name:
        return WALKING
    if any(word in name for word in ("对口", "三区", "援疆", "援藏", "支援")):
        return PAIRED
    return REGULAR if row.programme.direction == Direction.OUT else OTHER


def workbook(ready: Sequence[Line], title: str) -> bytes:
    """Only lines without a problem."""
    book = new_book()
    sheet = write_sheet(
        book,
        "交流轮岗",
        title,
        [[name for name, _ in COLUMNS]],
        [line.cells for line in ready],
        [width for _, width in COLUMNS],
    )
    for column, words in (("C", TYPES), ("D", ("是", "否"))):
        choice = DataValidation("list", formula1=f'"{",".join(words)}"', allow_blank=False)
        choice.add(f"{column}3:{column}{max(3, 2 + len(ready))}")
        sheet.data_validations.append(choice)
    return saved(book)


@transaction.atomic
def tick(keys: Sequence[int], *, by: Any, entered: bool = True) -> int:
    """That they were entered in the national system today, or that they were not after all; how many changed."""
    mine = within(Secondment.objects.all(), by, "secondment.national_tick").filter(pk__in=keys)
    rows = list(
        Secondment.objects.select_for_update(of=("self",)).filter(pk__in=mine.values("pk")).select_related("teacher")
    )
    if len(rows) != len(set(keys)):
        raise Refused("选中的派遣里有您不能登记的，没有改动")
    changed = [row for row in rows if bool(row.national_entered_on) != entered]
    day = timezone.localdate() if entered else None
    for row in changed:
        before = {"录入全国系统日期": str(row.national_entered_on or "")}
        Secondment.objects.filter(pk=row.pk).update(national_entered_on=day)
        audit.record(
            by,
            "登记已录入全国系统" if entered else "取消录入登记",
            row,
            before=before,
            after={"录入全国系统日期": str(day or "")},
        )
    return len(changed)


def _month(day: dt.date | None) -> str:
    return f"{day:%Y-%m}" if day else ""
