"""Columns and rules that many sheets share, each written once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from assignments.choices import SUBJECT_ALIASES, SUBJECT_CHOICES
from assignments.models import Secondment
from assignments.periods import Period
from assignments.pinyin import SURNAMES as SURNAMES  # both are looked for here, too
from assignments.pinyin import initials as initials
from zhijiao.dates import ApproximateDate, Precision, school_year_of
from zhijiao.workbook.description import Column, RowValues
from zhijiao.workbook.kinds import ApproximateDateKind, Choice, QuantityKind, Reference, SchoolYearKind, Text

SCHOOLS, TEACHERS, SECONDMENTS, PROGRAMMES, TEAMS, ACTIVITIES = (
    "学校",
    "教师",
    "支教派遣",
    "项目类型",
    "支教队",
    "帮扶活动",
)

Subject = Choice(SUBJECT_CHOICES, SUBJECT_ALIASES)
PREPARING = dt.timedelta(days=31)  # what happens in August prepares, and belongs to, the year that begins in September


def school_year_from(field: str = "when") -> Callable[[RowValues, Any], Any]:
    """The school year of a date that is known well enough; what happens in August belongs to the year it prepares."""

    def of(values: RowValues, context: Any) -> Any:
        when = values.get(field)
        day = when.start if isinstance(when, ApproximateDate) else when
        if day is None or (isinstance(when, ApproximateDate) and when.precision == Precision.YEAR):
            return None
        if not (isinstance(when, ApproximateDate) and when.precision == Precision.SCHOOL_YEAR):
            day += PREPARING
        first = school_year_of(day)
        return context.school_year(f"{first}-{first + 1}")

    return of


def school_year_column(*, required: bool = False, field: str = "when") -> Column:
    return Column(
        "学年", "school_year", SchoolYearKind(), required=required, default=None if required else school_year_from(field),
        help="如 2023-2024。" + ("" if required else "不填时按日期算；8 月的工作算下一学年"), sample="2023-2024",
    )  # fmt: skip


def when_column(
    header: str = "日期",
    sample: Any = "2023年10月20日",
    *,
    required: bool = False,
    help: str = "",
    default: Any = None,
) -> Column:
    return Column(
        header,
        "when",
        ApproximateDateKind(),
        required=required,
        sample=sample,
        help=help or "知道多少写多少：到日、到月或到年；一段时间写 2024年1月6日至7日",
        default=default,
    )


def school_column(
    header: str,
    field: str = "school",
    *,
    required: bool = False,
    help: str = "",
    sample: str = "",
    aliases: tuple[str, ...] = (),
) -> Column:
    return Column(
        header,
        field,
        Reference(SCHOOLS),
        required=required,
        help=help or "“学校”表里的名称",
        sample=sample,
        aliases=aliases,
    )


def teacher_column(
    header: str,
    field: str = "teacher",
    *,
    required: bool = False,
    help: str = "",
    sample: str = "",
    aliases: tuple[str, ...] = (),
) -> Column:
    return Column(
        header, field, Reference(TEACHERS), required=required, sample=sample, aliases=aliases,
        help=help or "“教师”表里的姓名；有重名时写成 王芳（县第一小学）",
    )  # fmt: skip


def secondment_column(header: str = "教师", sample: str = "沈若兰", *, dated_by: str = "") -> Column:
    """The secondment that a row belongs to. `dated_by`: the row has no school year, but a day that tells which one."""

    def serves_then(secondment: Secondment, values: RowValues) -> bool:
        day = values.get(dated_by)
        if day is None or secondment.start is None or secondment.end is None:
            return False
        return secondment.start.replace(day=1) <= day <= secondment.end

    which = "日期落在哪一次派遣里就算哪一次" if dated_by else "这位教师有几个学年的派遣时，要写“学年”"
    return Column(
        header,
        "secondment",
        Reference(SECONDMENTS, scope="school_year", narrow=serves_then if dated_by else None),
        required=True,
        sample=sample,
        aliases=("支教教师", "姓名"),
        help=f"“支教派遣”表里的教师姓名；{which}",
    )


def quantity_column(header: str, field: str, *, sample: Any = "", help: str = "") -> Column:
    return Column(header, field, QuantityKind(), help=help or "可写约数，如 十余、约30、一批", sample=sample)


def text(
    header: str,
    field: str,
    length: int,
    *,
    required: bool = False,
    sample: Any = "",
    help: str = "",
    aliases: tuple[str, ...] = (),
) -> Column:
    return Column(header, field, Text(length), required=required, sample=sample, help=help, aliases=aliases)


def of_events(rows: QuerySet[Any], period: Period) -> QuerySet[Any]:
    """The dated rows of a period, for an export."""
    return rows.filter(period.events())


def of_school_year(rows: QuerySet[Any], period: Period) -> QuerySet[Any]:
    return rows.filter(period.school_years())


def of_secondments(rows: QuerySet[Any], period: Period) -> QuerySet[Any]:
    """Everything that hangs on the secondments of a period."""
    return rows.filter(secondment__in=Secondment.objects.filter(period.stays()).values("pk"))


def of_stays(rows: QuerySet[Any], period: Period) -> QuerySet[Any]:
    return rows.filter(period.stays())


def monthly(rows: QuerySet[Any], period: Period) -> QuerySet[Any]:
    return rows.filter(period.months())


def set_school_year(instance: Any, values: RowValues, context: Any) -> None:
    """For sheets without a school-year column of their own: the year of the date."""
    if instance.school_year_id is None:
        instance.school_year = school_year_from()(values, context)


def of_the_secondment(instance: Any, values: RowValues, context: Any) -> None:
    """A record without a date counts in the school year of its secondment."""
    if instance.school_year_id is None and instance.start is None:
        instance.school_year = instance.secondment.school_year
