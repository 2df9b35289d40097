"""Attendance as bars: what a drawing of the months of a secondment consists of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from assignments.models import AttendanceMonth
from zhijiao.quantities import plain

LEFT, WIDTH, ROW = 52, 320, 26  # of the drawing, in its own units; the text at the right ends at 470
FULL_MONTH = 22


@dataclass(frozen=True)
class Bar:
    """One month: how far each part reaches."""

    label: str
    told: str
    y: int
    present: tuple[float, float]
    leave: tuple[float, float]
    absent: tuple[float, float]
    open: tuple[float, float]  # due, and neither present nor away for a known reason

    @property
    def text_y(self) -> int:
        return self.y + 12


@dataclass(frozen=True)
class AttendanceBars:
    months: Sequence[AttendanceMonth]
    template: str = "assignments/_attendance.html"

    def __bool__(self) -> bool:
        return bool(self.months)

    @property
    def height(self) -> int:
        return ROW * len(self.months) + 4

    @property
    def bars(self) -> list[Bar]:
        most = max([FULL_MONTH, *(float(month.due) for month in self.months)])
        return [_bar(month, number * ROW + 4, WIDTH / most) for number, month in enumerate(self.months)]

    @property
    def told(self) -> str:
        """For those who hear the drawing."""
        said = (f"{month.month.month}月 {plain(month.present)}/{plain(month.due)} 天" for month in self.months)
        return "出勤：" + "，".join(said)

    @property
    def leave(self) -> str:
        return plain(sum((away(month) for month in self.months), Decimal(0)))

    @property
    def absent(self) -> str:
        days = sum((month.absent for month in self.months), Decimal(0))
        return plain(days) if days else ""


def away(month: AttendanceMonth) -> Decimal:
    """Days of leave of any kind."""
    return month.personal_leave + month.sick_leave + month.official_leave + month.other_leave


def _bar(month: AttendanceMonth, y: int, scale: float) -> Bar:
    parts, x = [], float(LEFT)
    rest = max(Decimal(0), month.due - month.present - away(month) - month.absent)
    for days in (month.present, away(month), month.absent, rest):
        width = round(float(days) * scale, 1)
        parts.append((round(x, 1), width))
        x += width
    return Bar(
        f"{month.month:%y.%m}",
        f"{plain(month.present)}/{plain(month.due)} 天",
        y,
        parts[0],
        parts[1],
        parts[2],
        parts[3],
    )
