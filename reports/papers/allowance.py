"""补助发放表 of a month: who is paid what and why, the total in capitals, and who signs; for the bank as a workbook too."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch

from assignments.access import cells
from assignments.allowances import counties_of
from assignments.attendance import told_month
from assignments.choices import SheetState
from assignments.models import AllowancePayment, AllowanceSheet, Placement
from assignments.models.scope import Access
from reports.documents.tree import Box, Document, Ends, Form, Table, bound
from reports.papers.capitals import in_capitals
from reports.papers.excel import new_book, saved, write_sheet
from reports.papers.paper import Choice, Making, Paper, Wanted
from reports.papers.words import day

COLUMNS = (
    ("序号", 2.2), ("姓名", 4.2), ("身份证号", 9.6), ("受援学校", 7.8), ("类别", 2.4), ("标准（元/月）", 4.6), ("应发月数", 2.6), ("扣减（元）", 3.6),
    ("扣减及差额原因", 5.8), ("补扣差额（元）", 4), ("实发（元）", 4.8), ("开户行", 9), ("账号", 10), ("签领", 4.4),
)  # fmt: skip
MONEY = (5, 7, 9, 10)


def sees_accounts(user: Any) -> bool:
    """Bank accounts are for those who pay: where the access table gives allowance.view with all fields."""
    return Access.of(user).everything or any(cell.shows_everything for cell in cells(user, "allowance.view"))


def find(wanted: Wanted) -> list[Choice]:
    """Whole sheets are the bureau's; those of the year, or of one month."""
    sheets = AllowanceSheet.objects.visible_to(wanted.user).filter(county__in=counties_of(wanted.user))
    if wanted.month:
        sheets = sheets.filter(month=wanted.month)
    placements = Placement.objects.select_related("receiving_school").order_by("order")
    lines = (
        AllowancePayment.objects.select_related("secondment__teacher")
        .prefetch_related(Prefetch("secondment__placements", placements))
        .order_by("secondment__teacher__name", "pk")
    )
    rows = sheets.select_related("county", "prepared_by", "checked_by", "locked_by").prefetch_related(
        Prefetch("payments", lines)
    )
    return [
        Choice(str(row.pk), row, str(row), f"{len(row.payments.all())} 人，{SheetState(row.state).label}", "" if row.payments.all() else "发放表里还没有人")
        for row in rows
    ]  # fmt: skip


def sheets(rows: Sequence[AllowanceSheet], making: Making) -> Document:
    return bound("补助发放表", [sheet(row, making) for row in rows], layout="wide")


def sheet(row: AllowanceSheet, making: Making) -> Document:
    lines = table_lines(row, making)
    total = sum((line.amount for line in row.payments.all()), Decimal(0))
    told = tuple(tuple(f"{cell:,.2f}" if isinstance(cell, Decimal) else cell for cell in line) for line in lines)
    foot = ("", "合计", *([""] * 8), f"{total:,.2f}", "", "", "")
    aligned = tuple("right" if i in MONEY else "center" for i in range(len(COLUMNS)))
    locked = "" if row.state == SheetState.LOCKED else "（还没有锁定，供核对）"
    blocks = (
        Ends(f"发放单位：{row.county.bureau_name}", f"{told_month(row.month)}　单位：元{locked}"),
        Table("", tuple(name for name, _ in COLUMNS), (*told, foot), aligned, tuple(width for _, width in COLUMNS), has_total=True),  # type: ignore[arg-type]
        Form(((Box(f"合计（大写）：人民币{in_capitals(total)}", alignment="left"),),), (1,), is_ruled=False),
        Form((tuple(Box(text, alignment="left") for text in _signers(row)),), (1, 1, 1, 1), is_ruled=False),
    )  # fmt: skip
    title = f"{row.county.name}支教教师补助发放表（{told_month(row.month)}）"
    return Document(
        title,
        blocks,
        row.county.bureau_name,
        row.locked_at.date() if row.locked_at else making.today,
        byline="",
        subject="补助发放表",
        layout="wide",
    )


def _signers(row: AllowanceSheet) -> tuple[str, ...]:
    return (
        f"制表：{row.prepared_by or ''}",
        f"审核：{row.checked_by or ''}",
        f"审批：{row.locked_by or ''}",
        f"日期：{day(row.locked_at.date()) if row.locked_at else ''}",
    )


def table_lines(row: AllowanceSheet, making: Making) -> list[tuple[str | Decimal, ...]]:
    shown = sees_accounts(making.user)
    return [_line(number, line, shown) for number, line in enumerate(row.payments.all(), start=1)]


def _line(number: int, line: AllowancePayment, shows_account: bool) -> tuple[str | Decimal, ...]:
    teacher = line.secondment.teacher
    school = next((stay.receiving_school for stay in reversed(line.secondment.placements.all())), None)
    reasons = "；".join(part for part in (line.deduction_reason, line.adjustment_reason) if part)
    account = teacher.bank_card if shows_account else teacher.masked_bank_card
    return (
        str(number), teacher.name, teacher.masked_id_number, str(school or ""), school.allowance_class if school else "", line.standard,
        f"{line.months_due:f}".rstrip("0").rstrip("."), line.deduction or "", reasons, line.adjustment or "", line.amount, teacher.bank, account, "",
    )  # fmt: skip


def workbook(rows: Sequence[AllowanceSheet], making: Making) -> bytes:
    """For the bank: amounts are numbers, accounts are text."""
    book = new_book()
    for row in rows:
        lines = table_lines(row, making)
        total = sum((line.amount for line in row.payments.all()), Decimal(0))
        foot: tuple[str | Decimal, ...] = ("", "合计", *([""] * 8), total, "", "", "")
        write_sheet(
            book, f"{row.month:%Y-%m}", f"{row.county.name}支教教师补助发放表（{told_month(row.month)}）", [[name for name, _ in COLUMNS]],
            [*lines, foot], [width for _, width in COLUMNS], (f"合计（大写）：人民币{in_capitals(total)}", "　　".join(_signers(row))),
        )  # fmt: skip
    return saved(book)


ALLOWANCE = Paper(
    "allowance", "补助发放表", "一个月一张，有大写合计；银行账号只给财务看。", find, sheets, actions=("allowance.view",), asks=("month",),
    formats=("pdf", "docx", "xlsx"), excel=workbook, unit="张", is_secret=sees_accounts,
)  # fmt: skip
