"""Allowances: the bureau's monthly sheets, one's own payments, the standards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count, Prefetch, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from assignments import allowances
from assignments.access import is_offered, may
from assignments.attendance import month_before, month_of, told_month
from assignments.choices import Role, SheetState
from assignments.forms.service import DeductionForm, LockForm, RateForm, SheetMonthForm
from assignments.lists import linked
from assignments.models import AllowancePayment, AllowanceRate, AllowanceSheet, Placement, Programme
from assignments.models.scope import Access
from assignments.views.badges import badge
from zhijiao.access import needs
from zhijiao.dates import told
from zhijiao.detail import money
from zhijiao.entry import once
from zhijiao.filters import ListFilters
from zhijiao.listing import ListColumn, ListPage
from zhijiao.quantities import plain
from zhijiao.refusals import Refused, WordsNeeded, tells_refusals

LOOKS = {
    SheetState.DRAFT: ("draft", "pencil"),
    SheetState.CHECKED: ("wait", "hourglass-split"),
    SheetState.LOCKED: ("done", "lock-fill"),
}


def sheet_badge(sheet: AllowanceSheet) -> Any:
    return badge(*LOOKS[SheetState(sheet.state)], SheetState(sheet.state).label)


def _sheets(request: HttpRequest) -> QuerySet[AllowanceSheet]:
    """Sheets are the bureau's: a school or a teacher sees payments, never a whole sheet."""
    rows = (
        AllowanceSheet.objects.visible_to(request.user)
        if allowances.is_of_bureau(request.user)
        else AllowanceSheet.objects.none()
    )
    return rows.select_related("county", "prepared_by", "checked_by", "locked_by")


@needs("allowance.view")
def allowance_home(request: HttpRequest) -> HttpResponse:
    """The bureau's sheets; for everybody else the payments that are theirs to see."""
    if not allowances.is_of_bureau(request.user):
        return _payments(request)
    sheets = _sheets(request).annotate(number=Count("payments"), total=Sum("payments__amount"))[:36]
    waiting = month_before(month_of(timezone.localdate()))
    context = {
        "sheets": [(sheet, sheet_badge(sheet), money(sheet.total)) for sheet in sheets],
        "may_edit": may(request.user, "allowance.edit"),
        "counties": allowances.counties_of(request.user) if may(request.user, "allowance.edit") else [],
        "form": SheetMonthForm(initial={"month": f"{waiting:%Y-%m}"}),
    }
    return render(request, "assignments/allowance_home.html", context)


# --- payments ----------------------------------------------------------------------------------------------------------


class PaymentFilter(ListFilters):
    searched = ("secondment__teacher__name", "secondment__teacher__initials")

    class Meta:
        model = AllowancePayment
        fields: list[str] = []


PAYMENTS = ListPage(
    heading="补助",
    filters=PaymentFilter,
    order=("-month", "secondment__teacher__name", "pk"),
    search_hint="姓名、拼音首字母",
    nothing="县教育局财务锁定发放表以后，这里就有了。",
    sheet="补助发放",
    columns=(
        ListColumn("教师", lambda row: linked("assignments:secondment_detail", row.secondment_id, row.secondment.teacher.name), "c-name"),
        ListColumn("月份", lambda row: told_month(row.month), "nw", "month", ("month",)),
        ListColumn("月标准", lambda row: money(row.standard), "r num", label="月标准"),
        ListColumn("应发月数", lambda row: plain(row.months_due), "r num", label="应发月数"),
        ListColumn("扣减", lambda row: money(row.deduction) if row.deduction else "", "r num", label="扣减"),
        ListColumn("补扣差额", lambda row: money(row.adjustment) if row.adjustment else "", "r num", label="差额"),
        ListColumn("实发", lambda row: money(row.amount), "r num", "amount", ("amount",), "实发"),
        ListColumn("说明", lambda row: "；".join(part for part in (row.deduction_reason, row.adjustment_reason) if part), "c-wide"),
        ListColumn("发放日期", lambda row: told(row.paid_on) if row.paid_on else "", "nw", label="发放"),
    ),
)  # fmt: skip


@needs("allowance.view")
def payment_list(request: HttpRequest) -> HttpResponse:
    """Payments one by one."""
    return _payments(request)


def _payments(request: HttpRequest) -> HttpResponse:
    return PAYMENTS.render(request, allowances.payments_seen_by(request.user).select_related("secondment__teacher"))


# --- the sheet ---------------------------------------------------------------------------------------------------------


@needs("allowance.view")
def sheet_detail(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = get_object_or_404(_sheets(request), pk=pk)
    return _show(request, sheet)


def _show(
    request: HttpRequest, sheet: AllowanceSheet, *, needed: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    """`needed`: what is missing in one of the forms of the page, by its name."""
    user = request.user
    placements = Prefetch(
        "secondment__placements", Placement.objects.select_related("receiving_school").order_by("order")
    )
    lines = list(allowances.lines_of(sheet).prefetch_related(placements))
    is_open = sheet.state != SheetState.LOCKED
    books = allowances.books_for(sheet) if is_open else None
    reckoned = {one.secondment.pk: one for one in allowances.reckon(books, sheet.month)} if books else {}
    is_changing = is_offered("allowance.edit", sheet)
    may_edit = is_changing and not allowances.why_not_edit(sheet, user)
    access = Access.of(user)
    context = {
        "sheet": sheet,
        "badge": sheet_badge(sheet),
        "title": str(sheet),
        "lines": [_Line(line, reckoned.get(line.secondment_id)) for line in lines],
        "sums": {
            name: money(sum(getattr(line, name) for line in lines)) for name in ("deduction", "adjustment", "amount")
        },
        "odd": allowances.odd(reckoned.values()) if books else None,
        "changed": sum(_is_changed(line, reckoned.get(line.secondment_id)) for line in lines) if books else 0,
        "missing": _missing(lines, reckoned) if books else [],
        "differences": allowances.differences(books, sheet) if books and sheet.state == SheetState.DRAFT else [],
        "may_edit": may_edit,
        "prepared_by_other": is_changing
        and may(user, "allowance.edit")
        and sheet.state == SheetState.DRAFT
        and not may_edit,
        "may_check": is_changing and may(user, "allowance.check") and sheet.state == SheetState.DRAFT,
        "why_not_check": allowances.why_not_check(sheet, user),
        "may_lock": is_changing and may(user, "allowance.lock") and sheet.state == SheetState.CHECKED,
        "why_not_lock": allowances.why_not_lock(sheet, user),
        "may_send_back": is_changing
        and (may(user, "allowance.check") or may(user, "allowance.lock"))
        and sheet.state == SheetState.CHECKED,
        "shows_cards": access.everything or bool(access.roles & {Role.FINANCE, Role.AUDITOR}),
        "may_reveal": may(user, "teacher.reveal_bank"),
        "lock_form": LockForm(initial={"paid_on": timezone.localdate()}),
        "needed": needed or {},
        "picked": [int(key) for key in request.POST.getlist("secondment") if key.isdecimal()],
    }
    return render(request, "assignments/allowance_sheet.html", context, status=status)


class _Line:
    """A line as it is printed."""

    def __init__(self, line: AllowancePayment, now: allowances.Reckoned | None) -> None:
        self.row, self.teacher = line, line.secondment.teacher
        schools = [stay.receiving_school for stay in line.secondment.placements.all()]
        self.school = schools[-1] if schools else ""
        self.standard, self.months = money(line.standard), plain(line.months_due)
        self.deduction = money(line.deduction) if line.deduction else ""
        self.adjustment = money(line.adjustment) if line.adjustment else ""
        self.amount = money(line.amount)
        self.told = "；".join(part for part in (line.deduction_reason, line.adjustment_reason) if part)
        self.days = "；".join(now.told) if now and (len(now.told) > 1 or line.months_due != 1) else ""
        self.is_changed = now is not None and _is_changed(line, now)


def _is_changed(line: AllowancePayment, now: allowances.Reckoned | None) -> bool:
    """Whether the records tell something else by now than when the line was counted."""
    if now is None or now.due is None:
        return line.months_due != 0
    counted = (
        (now.deduction, now.deduction_reason)
        if allowances.is_counted(line)
        else (line.deduction, line.deduction_reason)
    )
    was = (line.standard, line.months_due, line.deduction, line.deduction_reason)
    return was != (now.due.standard, now.due.months, *counted)


def _missing(lines: list[AllowancePayment], reckoned: dict[int, allowances.Reckoned]) -> list[allowances.Reckoned]:
    """Who was on post with a standard and has no line in the sheet."""
    there = {line.secondment_id for line in lines}
    return [one for key, one in reckoned.items() if one.due and key not in there]


@needs("allowance.edit")
@require_POST
@tells_refusals
def sheet_new(request: HttpRequest) -> HttpResponse:
    """Draws up the sheet of a month."""
    form = SheetMonthForm(request.POST)
    if not form.is_valid():
        raise Refused("；".join(str(error[0]).rstrip("。") for error in form.errors.values()))
    county = get_object_or_404(allowances.counties_of(request.user), pk=form.cleaned_data["county"])
    with once(request) as turn:
        if turn.is_repeat:
            return turn.again()
        sheet = allowances.draw_up(county, form.cleaned_data["month"], by=request.user)
        messages.success(request, f"{sheet}编好了，请核对后交另一个人审核。")
        return turn.answered(reverse("assignments:allowance_sheet", args=[sheet.pk]))


def _act(
    request: HttpRequest, pk: int, do: Callable[[AllowanceSheet], Any], words: str, form: str = ""
) -> HttpResponse:
    sheet = get_object_or_404(_sheets(request), pk=pk)
    try:
        with once(request) as turn:
            if turn.is_repeat:
                return turn.again()
            do(sheet)
            messages.success(request, words)
            return turn.answered(reverse("assignments:allowance_sheet", args=[pk]))
    except WordsNeeded as needed:
        return _show(request, sheet, needed={form: str(needed)}, status=422)


@needs("allowance.edit")
@require_POST
@tells_refusals
def sheet_count(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, lambda sheet: allowances.count_again(sheet, by=request.user), "按现在的记录重算好了。")


@needs("allowance.check")
@require_POST
@tells_refusals
def sheet_check(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, lambda sheet: allowances.check(sheet, by=request.user), "发放表已审核，可以锁定了。")


@needs("allowance.check", "allowance.lock")
@require_POST
@tells_refusals
def sheet_send_back(request: HttpRequest, pk: int) -> HttpResponse:
    reason = request.POST.get("reason", "")[:300]
    return _act(
        request,
        pk,
        lambda sheet: allowances.send_back(sheet, by=request.user, reason=reason),
        "发放表退回给编制人了。",
        "send_back",
    )


@needs("allowance.lock")
@require_POST
@tells_refusals
def sheet_lock(request: HttpRequest, pk: int) -> HttpResponse:
    form = LockForm(request.POST)
    if not form.is_valid():
        sheet = get_object_or_404(_sheets(request), pk=pk)
        return _show(request, sheet, needed={"lock": "发放日期看不懂，应写成 2026-11-05"}, status=422)
    paid_on = form.cleaned_data["paid_on"]
    return _act(
        request, pk, lambda sheet: allowances.lock(sheet, by=request.user, paid_on=paid_on), "发放表已锁定，不再改动。"
    )


@needs("allowance.edit")
@require_POST
@tells_refusals
def sheet_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the ticked differences of earlier months into this sheet."""
    keys = {int(key) for key in request.POST.getlist("secondment") if key.isdecimal()}
    if not keys:
        sheet = get_object_or_404(_sheets(request), pk=pk)
        return _show(request, sheet, needed={"pick": "还没有选要补扣的老师"}, status=422)
    reason = request.POST.get("reason", "")
    return _act(
        request,
        pk,
        lambda sheet: allowances.settle(sheet, keys, by=request.user, reason=reason),
        "差额已经放进这张发放表。",
        "settle",
    )


def _line(request: HttpRequest, pk: int) -> AllowancePayment:
    rows = AllowancePayment.objects.filter(sheet__in=_sheets(request).values("pk"))
    found: AllowancePayment = get_object_or_404(rows.select_related("secondment__teacher", "sheet"), pk=pk)
    return found


@needs("allowance.edit")
@tells_refusals
def line_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What is deducted from one line, and why."""
    line = _line(request, pk)
    shown = {"amount": line.deduction, "reason": "" if allowances.is_counted(line) else line.deduction_reason}
    form = DeductionForm(request.POST or None, initial=shown)
    if request.method == "POST" and form.is_valid():
        with once(request) as turn:
            if turn.is_repeat:
                return turn.again()
            allowances.deduct(line, form.cleaned_data["amount"], reason=form.cleaned_data["reason"], by=request.user)
            return turn.answered(reverse("assignments:allowance_sheet", args=[line.sheet_id]))
    context = {
        "form": form,
        "line": line,
        "heading": f"{line.secondment.teacher}{told_month(line.month)}补助",
        "action": "保存扣减",
        "told": f"标准 {money(line.standard)}，应发 {plain(line.months_due)} 个月，现在实发 {money(line.amount)}",
    }
    return render(request, "assignments/allowance_line.html", context, status=422 if form.errors else 200)


@needs("allowance.edit")
@require_POST
@tells_refusals
def line_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the difference of earlier months out of a line."""
    line = _line(request, pk)
    with once(request) as turn:
        if turn.is_repeat:
            return turn.again()
        allowances.drop_adjustment(line, by=request.user)
        return turn.answered(reverse("assignments:allowance_sheet", args=[line.sheet_id]))


# --- standards ---------------------------------------------------------------------------------------------------------


def _rates(request: HttpRequest) -> QuerySet[AllowanceRate]:
    rows = (
        AllowanceRate.objects.visible_to(request.user)
        if allowances.is_of_bureau(request.user)
        else AllowanceRate.objects.none()
    )
    return rows.select_related("programme", "county")


@needs("allowance.view")
def rate_list(request: HttpRequest) -> HttpResponse:
    """Every standard, those in force first."""
    if not allowances.is_of_bureau(request.user):
        raise Http404
    today = timezone.localdate()
    rates = sorted(
        _rates(request), key=lambda rate: (rate.end is not None and rate.end < today, -rate.start.toordinal())
    )
    context = {
        "rates": [(rate, money(rate.amount), bool(rate.end and rate.end < today)) for rate in rates],
        "may_edit": may(request.user, "allowance.edit"),
    }
    return render(request, "assignments/allowance_rates.html", context)


@needs("allowance.edit")
@tells_refusals
def rate_edit(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """A new standard, or one to correct or end."""
    counties = list(allowances.counties_of(request.user))
    if not counties:
        raise Http404
    rate = get_object_or_404(_rates(request), pk=pk) if pk else AllowanceRate(county=counties[0])
    programmes = Programme.objects.visible_to(request.user)
    form = RateForm(request.POST or None, instance=rate, programmes=programmes)
    if request.method == "POST" and form.is_valid():
        with once(request) as turn:
            if turn.is_repeat:
                return turn.again()
            allowances.set_rate(form.save(commit=False), by=request.user)
            messages.success(request, "补助标准保存好了。")
            return turn.answered(reverse("assignments:allowance_rates"))
    context = {"form": form, "rate": rate, "heading": "补助标准", "action": "保存标准"}
    return render(request, "assignments/allowance_rate.html", context, status=422 if form.errors else 200)


@needs("allowance.edit")
@require_POST
@tells_refusals
def rate_drop(request: HttpRequest, pk: int) -> HttpResponse:
    rate = get_object_or_404(_rates(request), pk=pk)
    allowances.drop_rate(rate, by=request.user)
    messages.success(request, "这条标准删掉了。")
    return redirect("assignments:allowance_rates")
