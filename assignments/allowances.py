"""Allowances: standards, the monthly sheet that is drawn up, checked by a second person and locked, and what was corrected since.

A line says: standard × months due − deduction + adjustment = paid, to the 分. What follows from dates, schools and standards
is counted; a person decides on deductions and adjustments, with a reason.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from assignments.access import NOT_YOURS, cells, has_on, insist, insist_for_county, within
from assignments.account_rules import is_one_hand
from assignments.attendance import last_day, month_of, on_post_in, stays, told_month
from assignments.choices import SheetState
from assignments.models import (
    AllowancePayment,
    AllowanceRate,
    AllowanceSheet,
    AttendanceMonth,
    District,
    Placement,
    Secondment,
)
from assignments.models.scope import Access
from zhijiao.accounts import audit
from zhijiao.accounts.history import done_by
from zhijiao.quantities import plain
from zhijiao.refusals import Refused, WordsNeeded, atomically

CENT, HUNDREDTH = Decimal("0.01"), Decimal("0.01")
DRAWN_UP, TAKEN_OVER = "编制补助发放表", "接手补助发放表"  # by these the trail knows whose work a sheet is
COUNTED_REASON = "考勤："  # how the reason of a deduction begins that was counted, not decided


# --- arithmetic --------------------------------------------------------------------------------------------------------


def half_up(amount: Decimal) -> Decimal:
    """To the 分, as an accountant rounds."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def to_pay(standard: Decimal, months: Decimal, deduction: Decimal, adjustment: Decimal = Decimal(0)) -> Decimal:
    """What a line comes to."""
    return half_up(standard * months) - deduction + adjustment


@dataclass(frozen=True)
class Part:
    """Some days of a month under one standard."""

    days: int
    standard: Decimal


@dataclass(frozen=True)
class Due:
    """What a month comes to before deductions."""

    standard: Decimal
    months: Decimal
    source: str = ""

    @property
    def gross(self) -> Decimal:
        return half_up(self.standard * self.months)


def due_for(parts: Sequence[Part], days_in_month: int, source: str = "") -> Due | None:
    """Days on post ÷ days of the month, to two decimals. Two standards in one month are averaged by their days."""
    days = sum(part.days for part in parts)
    if not days:
        return None
    standard = half_up(sum((part.standard * part.days for part in parts), Decimal(0)) / days)
    months = (Decimal(days) / days_in_month).quantize(HUNDREDTH, ROUND_HALF_UP)
    return Due(standard, months, source)


def rate_on(rates: Iterable[AllowanceRate], programme: int, school_class: str, day: dt.date) -> AllowanceRate | None:
    """The standard in force: one for this programme before one for all, then one for this class; the newest of equals."""
    fitting = [
        rate
        for rate in rates
        if rate.start <= day
        and (rate.end is None or rate.end >= day)
        and rate.programme_id in (None, programme)
        and rate.school_class in ("", school_class)
    ]
    return max(
        fitting, key=lambda rate: (rate.programme_id is not None, rate.school_class != "", rate.start), default=None
    )


def counted_deduction(row: AttendanceMonth | None, gross: Decimal) -> tuple[Decimal, str]:
    """What absence takes away, where the bureau has set something for a day of it; never more than there is."""
    amount, said = Decimal(0), []
    for name, label, per_day in _per_day() if row else ():
        days = Decimal(getattr(row, name))
        if days and per_day:
            amount += days * per_day
            said.append(f"{label} {plain(days)} 天，每天 {plain(per_day)} 元")
    amount = min(half_up(amount), gross)
    return amount, COUNTED_REASON + "；".join(said) if said else ""


def _per_day() -> list[tuple[str, str, Decimal]]:
    told = (
        ("absent", "旷工", settings.ALLOWANCE_DEDUCTION_ABSENT_DAY),
        ("personal_leave", "事假", settings.ALLOWANCE_DEDUCTION_PERSONAL_LEAVE_DAY),
    )
    return [(name, label, Decimal(amount)) for name, label, amount in told if amount]


# --- what a month comes to ---------------------------------------------------------------------------------------------


@dataclass
class Reckoned:
    """One teacher in one month, counted from what is recorded now."""

    secondment: Secondment
    days: int
    due: Due | None  # None: no standard was found for some of the days
    deduction: Decimal = Decimal(0)
    deduction_reason: str = ""
    is_confirmed: bool = False
    told: list[str] = field(default_factory=list)  # where, how many days, by which standard

    @property
    def amount(self) -> Decimal:
        return to_pay(self.due.standard, self.due.months, self.deduction) if self.due else Decimal(0)


class Books:
    """Everybody of a county who was on post between two days, with the standards and the attendance to reckon by."""

    def __init__(self, county: District, first: dt.date, last: dt.date) -> None:
        placements = Prefetch("placements", Placement.objects.select_related("receiving_school").order_by("order"))
        secondments = Secondment.objects.filter(on_post_in(first, last), county=county)
        self.secondments = list(
            secondments.select_related("teacher", "programme")
            .prefetch_related(placements)
            .order_by("teacher__name", "pk")
        )
        self._rates = list(AllowanceRate.objects.filter(county=county))
        rows = AttendanceMonth.objects.filter(secondment__in=[one.pk for one in self.secondments], month__lte=last)
        self._rows = {(row.secondment_id, row.month): row for row in rows}

    def reckon(self, secondment: Secondment, month: dt.date) -> Reckoned | None:
        """None where the teacher was not on post in the month."""
        parts: dict[AllowanceRate, int] = defaultdict(int)
        told: list[str] = []
        days = missing = 0
        for stay in stays(secondment):
            here = stay.within(month, last_day(month))
            school = stay.placement.receiving_school
            by_rate: dict[AllowanceRate | None, int] = defaultdict(int)
            for day in here:
                by_rate[rate_on(self._rates, secondment.programme_id, school.allowance_class, day)] += 1
            for rate, number in by_rate.items():
                if rate:
                    parts[rate] += number
                missing += 0 if rate else number
                told.append(f"{school} {number} 天{f'，每月 {plain(rate.amount)} 元' if rate else '，没有找到标准'}")
            days += len(here)
        if not days:
            return None
        row = self._rows.get((secondment.pk, month))
        sources = dict.fromkeys(rate.source for rate in parts if rate.source)
        due = due_for(
            [Part(number, rate.amount) for rate, number in parts.items()], last_day(month).day, "、".join(sources)[:40]
        )
        due = None if missing else due
        deduction, reason = counted_deduction(row, due.gross) if due else (Decimal(0), "")
        return Reckoned(secondment, days, due, deduction, reason, bool(row and row.confirmed_on), told)


def reckon(books: Books, month: dt.date) -> list[Reckoned]:
    """Everybody who was on post in the month."""
    found = (books.reckon(secondment, month_of(month)) for secondment in books.secondments)
    return [one for one in found if one]


# --- the sheet ---------------------------------------------------------------------------------------------------------


def is_of_bureau(user: Any) -> bool:
    """Whether whole sheets are this person's to see: an inspector who is also a principal sees what principals see."""
    return Access.of(user).everything or any(cell.scope == "A" for cell in cells(user, "allowance.view"))


def payments_seen_by(user: Any) -> QuerySet[AllowancePayment]:
    """Teachers and schools see what is settled: a sheet that is still drawn up is the bureau's."""
    rows = within(AllowancePayment.objects.all(), user, "allowance.view")
    drawn_up = (SheetState.DRAFT, SheetState.CHECKED)
    return rows if is_of_bureau(user) else rows.exclude(sheet__state__in=drawn_up)


def counties_of(user: Any) -> QuerySet[District]:
    """The counties whose money this person may see."""
    access = Access.of(user)
    counties = District.objects.counties().order_by("code", "name")
    if access.everything:
        return counties
    return counties.filter(pk__in=access.districts) if is_of_bureau(user) else counties.none()


def lines_of(sheet: AllowanceSheet) -> QuerySet[AllowancePayment]:
    return sheet.payments.select_related("secondment__teacher", "secondment__programme").order_by(
        "secondment__teacher__name", "pk"
    )


@atomically()
def draw_up(county: District, month: dt.date, *, by: Any) -> AllowanceSheet:
    """The sheet of a month, with a line for everybody for whom there is a standard."""
    insist_for_county(by, county.pk, "allowance.edit")
    month = month_of(month)
    if month > timezone.localdate():
        raise Refused(f"{told_month(month)}还没有到，不能编发放表")
    District.objects.select_for_update(no_key=True).get(pk=county.pk)
    if AllowanceSheet.objects.filter(county=county, month=month).exists():
        raise Refused(f"{told_month(month)}的发放表已经有了")
    sheet = AllowanceSheet.objects.create(county=county, month=month, prepared_by=by)
    number = _fill(sheet)
    audit.record(by, DRAWN_UP, sheet, after={"人数": number, "合计": str(total(sheet))})
    return sheet


@atomically()
def count_again(sheet: AllowanceSheet, *, by: Any) -> AllowanceSheet:
    """Follow what was corrected since the sheet was drawn up. What a person decided on stays."""
    sheet = _drafted(sheet, by)
    before = {"合计": str(total(sheet))}
    number = _fill(sheet)
    audit.record(by, "重算补助发放表", sheet, before=before, after={"人数": number, "合计": str(total(sheet))})
    return sheet


def _of_month(sheet: AllowanceSheet) -> Books:
    return Books(sheet.county, sheet.month, last_day(sheet.month))


def _fill(sheet: AllowanceSheet) -> int:
    """Lines as they follow from the records now; returns how many there are."""
    reckoned = {one.secondment.pk: one for one in reckon(_of_month(sheet), sheet.month) if one.due}
    known = {line.secondment_id: line for line in sheet.payments.select_for_update()}
    elsewhere = set(
        AllowancePayment.objects.filter(month=sheet.month, secondment__in=reckoned)
        .exclude(sheet=sheet)
        .values_list("secondment_id", flat=True)
    )
    for key, line in known.items():
        if key not in reckoned and line.adjustment:
            _set(line, None)
            line.save()
        elif key not in reckoned:
            line.delete()
    fresh: list[AllowancePayment] = []
    for key, one in reckoned.items():
        kept_line = known.get(key)
        if kept_line:
            _set(kept_line, one)
        elif key not in elsewhere:
            line = AllowancePayment(
                county=sheet.county, secondment=one.secondment, month=sheet.month, sheet=sheet, amount=0
            )
            _set(line, one)
            fresh.append(line)
    AllowancePayment.objects.bulk_create(fresh)
    kept = [known[key] for key in reckoned if key in known]
    AllowancePayment.objects.bulk_update(
        kept, ["standard", "months_due", "deduction", "deduction_reason", "source", "adjustment", "amount"]
    )
    return len(reckoned) - len(elsewhere & set(reckoned))


def _set(line: AllowancePayment, one: Reckoned | None) -> None:
    """What is counted goes into the line; a deduction that a person decided on stays, as far as there is so much."""
    due = one.due if one and one.due else Due(line.standard, Decimal(0), line.source)
    line.standard, line.months_due, line.source = due.standard, due.months, due.source
    if is_counted(line):
        line.deduction, line.deduction_reason = (one.deduction, one.deduction_reason) if one else (Decimal(0), "")
    line.deduction = min(line.deduction, due.gross)
    line.adjustment = max(line.adjustment, line.deduction - due.gross)
    line.amount = to_pay(line.standard, line.months_due, line.deduction, line.adjustment)


def is_counted(line: AllowancePayment) -> bool:
    """Whether the deduction follows from the attendance; otherwise a person decided on it."""
    return not line.deduction_reason or line.deduction_reason.startswith(COUNTED_REASON)


def total(sheet: AllowanceSheet) -> Decimal:
    return sum(sheet.payments.values_list("amount", flat=True), Decimal(0))


@atomically()
def deduct(line: AllowancePayment, amount: Decimal, *, reason: str, by: Any) -> AllowancePayment:
    """A person decides what is deducted from a line, with a reason; 0 where nothing is to be."""
    line = _line(line, by)
    amount, gross = half_up(amount), half_up(line.standard * line.months_due)
    if amount < 0 or amount > gross:
        raise Refused(f"扣减 {amount} 元不对，应在 0 到 {gross} 元之间")
    if not reason.strip():
        raise Refused("改扣减要写原因")
    if reason.startswith(COUNTED_REASON):
        raise Refused(f"以“{COUNTED_REASON}”开头的原因由系统按考勤填写，请换个写法")
    if gross - amount + line.adjustment < 0:
        raise Refused(f"扣减以后不够扣回前几个月的 {-line.adjustment} 元，请先去掉差额")
    before = _told(line)
    line.deduction, line.deduction_reason = amount, reason.strip()[:100]
    return _kept(line, before, by, reason)


@atomically()
def drop_adjustment(line: AllowancePayment, *, by: Any) -> AllowancePayment:
    """The difference of earlier months is not settled in this sheet after all."""
    line = _line(line, by)
    if not line.adjustment:
        raise Refused("这一行没有差额")
    before = _told(line)
    line.adjustment, line.adjustment_reason = Decimal(0), ""
    return _kept(line, before, by, "差额以后再补扣")


def _line(line: AllowancePayment, by: Any) -> AllowancePayment:
    _drafted(line.sheet, by)  # the sheet first, then its lines, as everybody who locks both
    locked: AllowancePayment = (
        AllowancePayment.objects.select_for_update(of=("self",))
        .select_related("secondment__teacher", "sheet")
        .get(pk=line.pk)
    )
    return locked


def _kept(line: AllowancePayment, before: dict[str, str], by: Any, reason: str) -> AllowancePayment:
    line.amount = to_pay(line.standard, line.months_due, line.deduction, line.adjustment)
    line.save()
    audit.record(by, "修改补助", line, before=before, after=_told(line), reason=reason)
    return line


def _told(line: AllowancePayment) -> dict[str, str]:
    return {
        "扣减": str(line.deduction), "扣减原因": line.deduction_reason, "补扣差额": str(line.adjustment),
        "差额说明": line.adjustment_reason, "实发": str(line.amount),
    }  # fmt: skip


def _drafted(sheet: AllowanceSheet | None, by: Any) -> AllowanceSheet:
    """The sheet, locked for a change of its lines by the one who draws it up; so that who checks has changed nothing."""
    if sheet is None:
        raise Refused("这笔补助不在发放表里，不能修改")
    locked: AllowanceSheet = (
        AllowanceSheet.objects.select_for_update(of=("self",)).select_related("county").get(pk=sheet.pk)
    )
    _allow(why_not_edit(locked, by))
    if locked.prepared_by_id != by.pk:
        _take_over(locked, by)
    return locked


def why_not_edit(sheet: AllowanceSheet, user: Any) -> str:
    """Why this person cannot change its lines; "" where they can. Who drew it up does, as long as they are there to do it."""
    if not has_on(user, "allowance.edit", sheet):
        return NOT_YOURS
    if sheet.state != SheetState.DRAFT:
        return f"{sheet}{sheet.get_state_display()}，不能再改"
    preparer = sheet.prepared_by
    if preparer and preparer.pk != user.pk and has_on(preparer, "allowance.edit", sheet):
        return f"{sheet}由{preparer}编制，请由本人修改"
    return ""


def _take_over(sheet: AllowanceSheet, by: Any) -> None:
    """Who drew it up has left: whoever goes on answers for it from here on, and is not who checks it."""
    before = {"制表": str(sheet.prepared_by or "")}
    sheet.prepared_by = by
    sheet.save(update_fields=["prepared_by"])
    audit.record(by, TAKEN_OVER, sheet, before=before, after={"制表": str(by)})


def _is_hand_of_preparers(user: Any, sheet: AllowanceSheet, action: str) -> bool:
    """Whether this person is one of those who drew the sheet up, or stands in for one, or one stood in for them."""
    known: list[tuple[Any, dt.date | None]] = [*done_by(sheet, DRAWN_UP, TAKEN_OVER)] or [(sheet.prepared_by, None)]
    return any(is_one_hand(user, one, created="allowance.edit", on=day, decided=action) for one, day in known)


def why_not_check(sheet: AllowanceSheet, user: Any) -> str:
    if sheet.state != SheetState.DRAFT:
        return f"发放表{sheet.get_state_display()}"
    if sheet.prepared_by_id == user.pk:
        return "编制的人不能自己审核，请另一个人审核"
    is_one = _is_hand_of_preparers(user, sheet, "allowance.check")
    return "编制过的人和代理人算同一个人，请另一个人审核" if is_one else ""


def why_not_lock(sheet: AllowanceSheet, user: Any) -> str:
    if sheet.state != SheetState.CHECKED:
        return "审核以后才能锁定" if sheet.state == SheetState.DRAFT else "发放表已锁定"
    if sheet.prepared_by_id == user.pk:
        return "编制的人不能自己锁定，请局领导或另一位财务锁定"
    is_one = _is_hand_of_preparers(user, sheet, "allowance.lock")
    return "编制过的人和代理人算同一个人，请局领导或另一位财务锁定" if is_one else ""


@atomically()
def check(sheet: AllowanceSheet, *, by: Any) -> AllowanceSheet:
    """A second person finds the sheet right."""
    sheet = _locked(sheet)
    insist(by, sheet, "allowance.check")
    _allow(why_not_check(sheet, by))
    if not sheet.payments.exists():
        raise Refused("发放表里一个人也没有，不用审核")
    sheet.state, sheet.checked_by, sheet.checked_at = SheetState.CHECKED, by, timezone.now()
    sheet.save(update_fields=["state", "checked_by", "checked_at"])
    audit.record(by, "审核补助发放表", sheet, after={"合计": str(total(sheet))})
    return sheet


@atomically()
def send_back(sheet: AllowanceSheet, *, by: Any, reason: str) -> AllowanceSheet:
    """A checked sheet that is not right goes back to who drew it up."""
    sheet = _locked(sheet)
    insist(by, sheet, "allowance.check", "allowance.lock")
    if sheet.state != SheetState.CHECKED:
        raise Refused(f"发放表{sheet.get_state_display()}，审核过还没有锁定的才能退回")
    if not reason.strip():
        raise WordsNeeded("退回要写原因，编制人会看到")
    sheet.state, sheet.checked_by, sheet.checked_at = SheetState.DRAFT, None, None
    sheet.save(update_fields=["state", "checked_by", "checked_at"])
    audit.record(by, "退回补助发放表", sheet, reason=reason)
    return sheet


@atomically()
def lock(sheet: AllowanceSheet, *, by: Any, paid_on: dt.date | None = None) -> AllowanceSheet:
    """From here on nothing in it changes: the database refuses it too."""
    sheet = _locked(sheet)
    insist(by, sheet, "allowance.lock")
    _allow(why_not_lock(sheet, by))
    if paid_on and paid_on < sheet.month:
        raise Refused(f"发放日期早于{told_month(sheet.month)}")
    sheet.payments.update(paid_on=paid_on)
    sheet.state, sheet.locked_by, sheet.locked_at = SheetState.LOCKED, by, timezone.now()
    sheet.save(update_fields=["state", "locked_by", "locked_at"])
    audit.record(by, "锁定补助发放表", sheet, after={"合计": str(total(sheet)), "发放日期": str(paid_on or "")})
    return sheet


def _locked(sheet: AllowanceSheet) -> AllowanceSheet:
    found: AllowanceSheet = AllowanceSheet.objects.select_for_update().get(pk=sheet.pk)
    return found


def _allow(why_not: str) -> None:
    if why_not:
        raise Refused(why_not)


# --- what is odd, and what was corrected since -------------------------------------------------------------------------


@dataclass
class Odd:
    """What finance should look at before the sheet goes on."""

    no_rate: list[Reckoned]
    not_confirmed: list[Reckoned]
    no_card: list[Reckoned]

    def __bool__(self) -> bool:
        return bool(self.no_rate or self.not_confirmed or self.no_card)


def odd(reckoned: Iterable[Reckoned]) -> Odd:
    everybody = list(reckoned)
    paid = [one for one in everybody if one.due]
    return Odd(
        [one for one in everybody if not one.due],
        [one for one in paid if not one.is_confirmed],
        [one for one in paid if not one.secondment.teacher.bank_card],
    )


@dataclass
class Difference:
    """What locked sheets paid one teacher, and what would be paid now; less what was settled since."""

    secondment: Secondment
    months: list[tuple[dt.date, Decimal, Decimal]]  # month, paid, would be paid now
    settled: Decimal

    @property
    def open(self) -> Decimal:
        return sum((now - paid for _, paid, now in self.months), Decimal(0)) - self.settled

    @property
    def told(self) -> str:
        """2026年9月应 480.00 元、已发 500.00 元."""
        return "；".join(f"{told_month(month)}应 {now} 元、已发 {paid} 元" for month, paid, now in self.months)


def books_for(sheet: AllowanceSheet) -> Books:
    """What the sheet's own month and the year of locked months before it are reckoned by."""
    return Books(sheet.county, sheet.month - dt.timedelta(days=366), last_day(sheet.month))


def differences(books: Books, sheet: AllowanceSheet) -> list[Difference]:
    """Whose locked months would be paid otherwise now, as far as no sheet has settled it; of those on post in the last year."""
    locked = set(
        AllowanceSheet.objects.filter(county=sheet.county, state=SheetState.LOCKED, month__lt=sheet.month).values_list(
            "month", flat=True
        )
    )
    lines = _lines_by_month(books) if locked else {}
    found = [_difference(books, secondment, lines.get(secondment.pk, {}), locked) for secondment in books.secondments]
    return [one for one in found if one.open]


def _lines_by_month(books: Books) -> dict[int, dict[dt.date, AllowancePayment]]:
    found: dict[int, dict[dt.date, AllowancePayment]] = defaultdict(dict)
    for line in AllowancePayment.objects.filter(secondment__in=[one.pk for one in books.secondments]):
        found[line.secondment_id][line.month] = line
    return found


def _difference(
    books: Books, secondment: Secondment, lines: dict[dt.date, AllowancePayment], locked: set[dt.date]
) -> Difference:
    months = []
    for month in sorted(locked):
        line = lines.get(month)
        if line and line.sheet_id is None:
            continue  # paid apart from the sheets, as it was imported
        now = books.reckon(secondment, month)
        if now and now.due is None:
            continue  # without a standard nothing can be said
        was = line.amount - line.adjustment if line else Decimal(0)
        should = _would_be(now, line)
        if was != should:
            months.append((month, was, should))
    return Difference(
        secondment, months, sum((line.adjustment for line in lines.values() if line.sheet_id), Decimal(0))
    )


def _would_be(now: Reckoned | None, line: AllowancePayment | None) -> Decimal:
    """What the month comes to now. What a person decided to deduct is still deducted."""
    if now is None or now.due is None:
        return Decimal(0)
    if line and not is_counted(line):
        return now.due.gross - min(line.deduction, now.due.gross)
    return now.amount


@atomically()
def settle(sheet: AllowanceSheet, secondments: Collection[int], *, by: Any, reason: str) -> int:
    """Take the differences of these secondments into the sheet, as far as a line bears it. Returns how many it took."""
    sheet = _drafted(sheet, by)
    if not reason.strip():
        raise WordsNeeded("补扣差额要写说明")
    books = books_for(sheet)
    number = 0
    for one in differences(books, sheet):
        if one.secondment.pk in secondments:
            number += _settle(sheet, books, one, by, reason.strip())
    if not number:
        raise Refused("没有可以补扣的差额")
    return number


def _settle(sheet: AllowanceSheet, books: Books, one: Difference, by: Any, reason: str) -> int:
    line = sheet.payments.select_for_update().filter(secondment=one.secondment).first()
    if line is None:  # no longer on post: a line for the difference alone
        taken = AllowancePayment.objects.filter(secondment=one.secondment, month=sheet.month).exists()
        if taken or one.open < 0:
            return 0
        line = AllowancePayment(
            county=sheet.county,
            secondment=one.secondment,
            month=sheet.month,
            sheet=sheet,
            standard=0,
            months_due=0,
            amount=0,
        )
    before = _told(line)
    bearable = half_up(line.standard * line.months_due) - line.deduction
    adjustment = max(line.adjustment + one.open, -bearable)
    if adjustment == line.adjustment:
        return 0
    line.adjustment, line.adjustment_reason = adjustment, reason[:100]
    _kept(line, before, by, reason)
    return 1


# --- standards ---------------------------------------------------------------------------------------------------------


@atomically()
def set_rate(rate: AllowanceRate, *, by: Any) -> AllowanceRate:
    """A new standard, or one that is corrected. What locked sheets paid by it stays; the difference is listed."""
    insist_for_county(by, rate.county_id, "allowance.edit")
    before: dict[str, str] = {}
    if rate.pk:
        before = _told_rate(AllowanceRate.objects.select_for_update().get(pk=rate.pk))
    rate.save()
    audit.record(by, "修改补助标准" if before else "设定补助标准", rate, before=before, after=_told_rate(rate))
    return rate


@atomically()
def drop_rate(rate: AllowanceRate, *, by: Any) -> None:
    """A standard that should not be there. One that locked months were paid by is ended, not dropped."""
    insist_for_county(by, rate.county_id, "allowance.edit")
    locked = AllowanceSheet.objects.filter(county=rate.county, state=SheetState.LOCKED, month__gte=month_of(rate.start))
    if locked.exists():
        raise Refused("已经有锁定的发放表用到这个时段的标准，请填写停止日期，不要删除")
    audit.record(by, "删除补助标准", rate, before=_told_rate(rate))
    rate.delete()


def _told_rate(rate: AllowanceRate) -> dict[str, str]:
    return {
        "项目类型": str(rate.programme or "各种项目"), "补助类别": rate.school_class or "各类学校", "标准": str(rate.amount),
        "执行日期": str(rate.start), "停止日期": str(rate.end or ""), "经费来源": rate.source, "依据文件": rate.basis,
    }  # fmt: skip
