"""应交流名单 and 选派计划 as Excel: what the page shows with its filters, all pages of it, to the same people."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from assignments.candidates import due, explain
from assignments.models import Allocation
from assignments.permissions import may_see_circumstances
from assignments.plan import Line
from assignments.search import is_personal
from assignments.views.candidates import Verdicts, candidate_rows, page_of, verdicts_of
from assignments.views.plan import Board, board_of, shares_of
from assignments.views.planning import Planning
from zhijiao.access import needs
from zhijiao.accounts import audit
from zhijiao.listing import Listing
from zhijiao.workbook.writer import Book, Page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXPORTED_AT_MOST = 20_000
ANY_SUBJECT = "不限学科"


@needs("candidate.view")
@require_safe
def candidate_export(request: HttpRequest) -> HttpResponse:
    """The list as it is filtered. Why somebody is deferred is told as on the page: health only to who may know of it."""
    planning = Planning(request)
    verdicts = verdicts_of(planning)
    listing = Listing(page_of(verdicts), request, candidate_rows(planning, verdicts))
    if listing.count > EXPORTED_AT_MOST:
        messages.error(request, f"一共 {listing.count} 人，一次最多导出 {EXPORTED_AT_MOST} 人，请先筛选。")
        return redirect(planning.address("candidate_list"))
    book = Book()
    page = book.page("应交流名单", (6, 14, 24, 8, 8, 10, 12, 12, 46), frozen="A2")
    page.row(("序号", "姓名", "所在学校", "性别", "学段", "学科", "到校时间", "本校任教（年）", "情况"), "header")
    for number, row in enumerate(listing.matching.iterator(chunk_size=2000), 1):
        page.row((number, *_candidate(verdicts, row)))
    return _answer(request, planning, book, "应交流名单", listing.count)


def _candidate(verdicts: Verdicts, row: Any) -> Sequence[Any]:
    user, exemptions = verdicts.planning.user, row.exemptions.all()
    verdict = due(row, verdicts.rule, verdicts.day, exemptions=exemptions, last_end=row.last_end)
    may_know = may_see_circumstances(user, row)
    words = explain(verdict, verdicts.rule, row, may_know=may_know, exemptions=exemptions, day=verdicts.day)
    years = row.years_at_school_on(verdicts.day) if row.at_school_since else None
    return (
        row.name, row.school.name if row.school else "", row.get_sex_display() if row.sex else "", row.get_stage_display(),
        row.subject, f"{row.at_school_since:%Y.%m}" if row.at_school_since else "", "" if years is None else max(0, years), words,
    )  # fmt: skip


@needs("plan.view")
@require_safe
def plan_export(request: HttpRequest) -> HttpResponse:
    """The lines of the plan that the person sees; for the bureau also the board, by subject and by sending school."""
    planning = Planning(request)
    shares = shares_of(planning)
    rows = list(shares.order_by("sending_school__name", "subject", "pk")) if planning.year else []
    book = Book()
    _write_shares(book, rows)
    if planning.is_bureau:
        told = board_of(planning, rows)
        _write_subjects(book, told)
        _write_senders(book, told)
    return _answer(request, planning, book, "选派计划", len(rows))


def _write_shares(book: Book, rows: Iterable[Allocation]) -> None:
    page = book.page("选派名额", (6, 26, 26, 12, 10, 24), frozen="A2")
    page.row(("序号", "派出学校", "受援学校", "学科", "名额", "计划文号"), "header")
    for number, row in enumerate(rows, 1):
        to = str(row.receiving_school) if row.receiving_school else "待定"
        page.row((number, str(row.sending_school), to, row.subject or ANY_SUBJECT, row.number, row.document))


def _write_subjects(book: Book, told: Board) -> None:
    page = book.page("按学科", (16, 10, 10, 10, 10, 10), frozen="A2")
    page.row(("学科", "需求", "名额", "已申报", "已批准", "还缺"), "header")
    for line in told.board.subjects:
        page.row((line.name, *_numbers(line), line.open))
    total = told.board.total
    page.row(("合计", *_numbers(total), told.board.open), "header")


def _write_senders(book: Book, told: Board) -> None:
    page: Page = book.page("按派出学校", (28, 12, 12, 10, 10, 10), frozen="A2")
    page.row(("派出学校", "应交流", f"参考名额（{told.percent.normalize():f}%）", "名额", "已申报", "已批准"), "header")
    for one in told.senders:
        page.row((one.line.name, one.due, one.quota, one.line.allocated, one.line.applied, one.line.approved))


def _numbers(line: Line) -> Sequence[int]:
    return line.asked, line.allocated, line.applied, line.approved


def _answer(request: HttpRequest, planning: Planning, book: Book, what: str, number: int) -> HttpResponse:
    """The file; that it was taken out stands in the trail, with the filters."""
    user: Any = request.user
    asked = {
        name: value for name, value in request.GET.items() if value and name != "page" and not is_personal(str(value))
    }
    audit.record(user, f"导出{what}", planning.county, after={"学年": planning.code, "条数": number, "条件": asked})
    stream = io.BytesIO()
    book.save(stream)
    response = HttpResponse(stream.getvalue(), content_type=XLSX)
    name = f"{planning.county}{planning.title}{what}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
