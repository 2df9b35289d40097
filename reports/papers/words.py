"""Words that the papers share: dates, names, lines to be filled in by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

from assignments.models import Placement, Secondment
from reports.documents.tree import BLANK_DAY, Alignment, Box, date_text
from zhijiao.quantities import plain

SEAL = "（盖章）"


def day(value: dt.date | None) -> str:
    """2025年9月1日; "" where it is not known."""
    return date_text(value) if value else ""


def month(value: dt.date | None) -> str:
    return f"{value.year}年{value.month}月" if value else ""


def short_month(value: dt.date | None) -> str:
    return f"{value:%Y.%m}" if value else ""


def day_or_blank(value: dt.date | None) -> str:
    return day(value) or BLANK_DAY


def span(first: dt.date | None, last: dt.date | None) -> str:
    """2025年9月1日至2026年7月10日."""
    return "至".join(part for part in (day(first), day(last)) if part)


def yes_no(value: bool | None) -> str:
    return "" if value is None else "是" if value else "否"


def number(value: Any) -> str:
    return "" if value is None else plain(value)


def stays(secondment: Secondment) -> list[Placement]:
    return list(secondment.placements.all())


def receiving(secondment: Secondment) -> str:
    """Where the teacher goes, one school after the other; "" where none is arranged yet."""
    return "、".join(dict.fromkeys(str(stay.receiving_school) for stay in stays(secondment)))


def townships(secondment: Secondment) -> str:
    found = (stay.receiving_school.township for stay in stays(secondment))
    return "、".join(dict.fromkeys(name for name in found if name))


def subject(secondment: Secondment) -> str:
    """What is taught there, else at home."""
    taught = dict.fromkeys(stay.subject for stay in stays(secondment) if stay.subject)
    return "、".join(taught) or str(secondment.teacher.subject)


def stage(secondment: Secondment) -> str:
    told = dict.fromkeys(stay.get_stage_display() for stay in stays(secondment) if stay.stage)
    return "、".join(told) or str(secondment.teacher.get_stage_display())


def backbone(secondment: Secondment, *, with_years: bool = True) -> str:
    """县级骨干教师（2021年）, those that were valid when the secondment began."""
    year = secondment.start.year if secondment.start else None
    titles = [title for title in secondment.teacher.backbone_titles.all() if year is None or title.is_valid_in(year)]
    return "、".join(f"{title}（{title.year}年）" if title.year and with_years else str(title) for title in titles)


def bureau(secondment: Secondment) -> str:
    return str(secondment.county.bureau_name)


def year_code(secondment: Secondment) -> str:
    return secondment.school_year.code if secondment.school_year else ""


def served(secondment: Secondment) -> str:
    return span(secondment.start, secondment.ended_on or secondment.end)


def centred(columns: int) -> tuple[Alignment, ...]:
    """Of a table whose cells all stand in the middle."""
    middle: Alignment = "center"
    return (middle,) * columns


def label(text: str, columns: int = 1, rows: int = 1) -> Box:
    return Box(text, columns, rows, is_label=True)


def filled(text: str, columns: int = 1, rows: int = 1) -> Box:
    return Box(text, columns, rows)


def opinion(text: str, columns: int, height: float, dated: dt.date | None = None, seal: str = SEAL) -> Box:
    """What somebody says of it, with room for the seal and the date."""
    return Box(text, columns, alignment="left", height=height, foot=(seal, day_or_blank(dated)))
