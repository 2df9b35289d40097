"""Reports on their way: all of a year, one with what can be done with it, what was kept of it and what has changed since."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from reports.annual_report.page import standalone_page
from reports.documents.excel import render_excel
from reports.documents.html import render_html
from reports.documents.pdf import RenderingError, render_pdf
from reports.documents.tree import Document
from reports.documents.word import render_word
from reports.living import checking, course, freezing, reading, shown, tokens, writing
from reports.models import Passage, PassageKind, Report, ReportCall, ReportState
from reports.records import readable
from reports.views import FILE_TYPES, asked_by
from reports.views_writing import insist_readable, own_report, report_of
from zhijiao import clock
from zhijiao.access import needs
from zhijiao.entry import once
from zhijiao.refusals import Refused, tells_refusals

ROWS = 50
RENDERERS: dict[str, Callable[[Document], bytes]] = {
    "pdf": render_pdf,
    "docx": render_word,
    "xlsx": render_excel,
    "html": lambda document: standalone_page(document).encode(),
}


class IssueForm(forms.Form):
    number = forms.CharField(
        label="发文字号", max_length=course.NUMBER_MAX, help_text="如 青教发〔2026〕46号；方括号会换成〔〕。"
    )
    day = forms.DateField(label="落款日期", widget=forms.DateInput(attrs={"type": "date"}))


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="退回的原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="要改什么、补什么，学校看得到。",
    )


class CallForm(forms.Form):
    due_on = forms.DateField(label="上报截止日期", widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(
        label="要求",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="学校在通知里看到，可以不填。",
    )


@needs("report.read")
@require_GET
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """The report as its readers get it, and what can be done with it now."""
    report = report_of(request, pk)
    insist_readable(request, report)
    user = request.user
    document = (
        shown.frozen_document(report)
        if report.content is not None and not report.is_writable
        else reading.document_of(report)
    )
    may = {key: course.may(key, report, user) for key in course.STEPS}
    context = {
        "report": report,
        "document": document,
        "article": render_html(document),
        "outline": [one for one in document.sections() if one.level == 1],
        "may_write": writing.may_write(report, user),
        "may": may,
        "may_succeed": report.state == ReportState.ISSUED and writing.is_writer(report, user),
        "may_abandon": report.state == ReportState.DRAFT and not report.handed_in_at and writing.is_writer(report, user),
        "changed": len(freezing.differences(report)) if report.is_finished else 0,
        "successor": report.successors.order_by("pk").first(),
    }  # fmt: skip
    return render(request, "reports/living/read.html", context)


@needs("report.write")
@require_GET
def checks(request: HttpRequest, pk: int) -> HttpResponse:
    """What to look at before it goes out."""
    report = own_report(request, pk)
    if not report.is_writable:
        return redirect("reports:living", pk=report.pk)
    found = checking.findings(report)
    groups: dict[str, list[checking.Finding]] = {}
    for one in found:
        groups.setdefault(one.title, []).append(one)
    context = {
        "report": report,
        "groups": list(groups.items()),
        "number": len(found),
        "stops": any(one.stops for one in found),
    }
    return render(request, "reports/living/checks.html", context)


@needs("report.write")
@require_POST
@tells_refusals
def have_read(request: HttpRequest, pk: int) -> HttpResponse:
    """The figures were looked at as they stand."""
    report = own_report(request, pk)
    with once(request) as turn:
        if turn.is_repeat:
            return turn.again()
        writing.have_read(report, by=request.user)
        messages.success(request, "记下了，以后只提示再变的数。")
        return turn.answered(reverse("reports:living_checks", args=[report.pk]))


# --- steps -------------------------------------------------------------------------------------------------------------


@needs("report.hand_in")
@require_POST
@tells_refusals
def hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(
        request, pk, lambda report: course.hand_in(report, by=request.user), "总结报上去了，教育局看过会告诉您。"
    )


@needs("report.accept")
@require_POST
@tells_refusals
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(
        request, pk, lambda report: course.accept(report, by=request.user), "采用了，写教育局总结时可以取用里面的段落。"
    )


def _step(request: HttpRequest, pk: int, act: Callable[[Report], Report], words: str) -> HttpResponse:
    report = report_of(request, pk)
    with once(request) as turn:
        if turn.is_repeat:
            return turn.again()
        row = act(report)
        messages.success(request, words)
        if reading.may_read(row, request.user):
            return turn.answered(reverse("reports:living", args=[row.pk]))
        return turn.answered(f"{reverse('reports:index')}?period={row.period}")


@needs("report.send_back")
@require_http_methods(["GET", "POST"])
@tells_refusals
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """With what is to be changed."""
    report = report_of(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _step(
            request,
            pk,
            lambda row: course.send_back(row, by=request.user, reason=form.cleaned_data["reason"]),
            "退回去了，学校会收到通知。",
        )
    context = {"report": report, "form": form, "heading": f"退回{report.school}的总结", "action": "退回"}
    return render(request, "reports/living/form_read.html", context)


@needs("report.issue")
@require_http_methods(["GET", "POST"])
@tells_refusals
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Number and day; then it is kept as it is."""
    report = report_of(request, pk)
    form = IssueForm(request.POST or None, initial={"day": report.dated or clock.today()})
    if request.method == "POST" and form.is_valid():
        seen = request.POST.get("seen", "")
        with once(request) as turn:
            if turn.is_repeat:
                return turn.again()
            try:
                course.issue(report, by=request.user, seen=int(seen) if seen.isdecimal() else -1, **form.cleaned_data)
            except (Refused, RenderingError) as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, "印发了。文字、数和统计到的记录都封存了，以后数据再变也不影响它。")
                return turn.answered(reverse("reports:living", args=[report.pk]))
    found = checking.findings(report) if report.is_writable else []
    context = {
        "report": report,
        "form": form,
        "heading": "印发工作总结",
        "action": "印发",
        "found": found,
        "seen": report.version,
    }
    return render(request, "reports/living/issue.html", context)


@needs("report.write")
@require_POST
@tells_refusals
def succeed(request: HttpRequest, pk: int) -> HttpResponse:
    """A new draft in place of an issued report."""
    report = own_report(request, pk)
    with once(request) as turn:
        if turn.is_repeat:
            return turn.again()
        new = writing.succeed(report, by=request.user)
        messages.success(request, "另起了新稿，印发以后替代原来那份；原来那份一直能看。")
        return turn.answered(reverse("reports:living_edit", args=[new.pk]))


@needs("report.write")
@require_POST
@tells_refusals
def abandon(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft that nobody needs goes away."""
    report = own_report(request, pk)
    period = report.period
    with once(request) as turn:
        if turn.is_repeat:
            return turn.again()
        course.abandon(report, by=request.user)
        messages.success(request, "草稿删除了。")
        return turn.answered(f"{reverse('reports:index')}?period={period}")


@needs("report.call")
@require_http_methods(["GET", "POST"])
@tells_refusals
def call(request: HttpRequest) -> HttpResponse:
    """Until when the schools hand theirs in."""
    asked = asked_by(request)
    view, period = asked.viewpoint, asked.period
    there = ReportCall.objects.visible_to(request.user).filter(county=view.county, period=period.code).first()
    form = CallForm(request.POST or None, initial={"due_on": there.due_on, "note": there.note} if there else None)
    if request.method == "POST" and form.is_valid():
        with once(request) as turn:
            if turn.is_repeat:
                return turn.again()
            try:
                course.call_for(view.county, period, by=request.user, **form.cleaned_data)
            except Refused as refused:
                form.add_error("due_on", str(refused))
            else:
                messages.success(request, "学校会收到通知，首页也有待办。")
                return turn.answered(f"{reverse('reports:index')}?period={period.code}")
    context = {"form": form, "heading": f"要求上报{period.title}总结", "action": "发出", "period": period}
    return render(request, "reports/living/call.html", context)


# --- what was kept -----------------------------------------------------------------------------------------------------


@needs("report.read")
@require_GET
def file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The report as a file: of an issued one byte for byte as it was issued."""
    report = report_of(request, pk)
    insist_readable(request, report)
    if kind not in RENDERERS:
        raise Http404
    kept = report.files.filter(kind=kind).first()
    try:
        content = bytes(kept.bytes) if kept else RENDERERS[kind](reading.document_of(report))
    except RenderingError as problem:
        return HttpResponse(str(problem), status=503, content_type="text/plain; charset=utf-8")
    response = HttpResponse(content, content_type=FILE_TYPES[kind])
    response["Content-Disposition"] = content_disposition_header(True, f"{report}.{kind}")
    return response


@needs("report.read")
@require_GET
def differences(request: HttpRequest, pk: int) -> HttpResponse:
    """What the data say otherwise since it was issued."""
    report = report_of(request, pk)
    insist_readable(request, report)
    if not report.is_finished and report.state != ReportState.HANDED_IN:
        raise Http404
    context = {
        "report": report,
        "found": freezing.differences(report),
        "total": report.figures.count(),
        "is_whole": freezing.is_whole(report),
    }
    return render(request, "reports/living/differences.html", context)


@needs("report.read")
@require_GET
def figure(request: HttpRequest, pk: int, order: int) -> HttpResponse:
    """A figure as it was kept, with the records that it counted then."""
    report = report_of(request, pk)
    insist_readable(request, report)
    kept = get_object_or_404(report.figures, order=order)
    rows = report.records.filter(model=kept.model, key__in=_readable_keys(kept, request.user))
    page = Paginator(rows.order_by("key"), ROWS).get_page(request.GET.get("page"))
    heads = freezing.heads_of(kept.model)
    used = [
        place for place, _ in enumerate(heads) if any(row.cells[place : place + 1] not in ([], [""]) for row in page)
    ]
    context = {
        "report": report,
        "kept": kept,
        "heads": [heads[place] for place in used],
        "lines": [[(heads[place], row.cells[place]) for place in used] for row in page],
        "page": page,
        "hidden": len(kept.keys) - page.paginator.count,
        "pages": [(str(n), f"?page={n}", n == page.number) for n in page.paginator.page_range] if page.paginator.num_pages > 1 else [],
    }  # fmt: skip
    return render(request, "reports/living/figure.html", context)


def _readable_keys(kept: Any, user: Any) -> list[int]:
    """Those of the kept records that this person might read one by one; of those that are gone, the bureau's officers."""
    from django.apps import apps

    rows = apps.get_model(kept.model)._default_manager.filter(pk__in=kept.keys)
    there = set(rows.values_list("pk", flat=True))
    open_to = set(readable(rows, user).values_list("pk", flat=True))
    gone = set(kept.keys) - there
    return sorted(open_to | (gone if open_to == there else set()))


# --- out of the schools' -----------------------------------------------------------------------------------------------


@needs("report.write")
@require_http_methods(["GET", "POST"])
@tells_refusals
def take_over(request: HttpRequest, key: int) -> HttpResponse:
    """Paragraphs of the schools' reports, to be put behind a passage of the bureau's."""
    known = Report.objects.visible_to(request.user)
    after = get_object_or_404(
        Passage.objects.filter(report__in=known.values("pk")).select_related("report__county", "report__school"), pk=key
    )
    report = after.report
    own_report(request, report.pk)
    rows = known.filter(
        county=report.county, period=report.period, school__isnull=False, state__in=(ReportState.HANDED_IN, ReportState.ACCEPTED)
    ).select_related("school", "county")  # fmt: skip
    if request.method == "POST":
        chosen = [int(one) for one in request.POST.getlist("passage") if one.isdecimal()]
        passages = list(
            Passage.objects.filter(pk__in=chosen, report__in=rows)
            .select_related("report__school")
            .order_by("report", "order")
        )
        if not passages:
            raise Refused("请先选要取用的段落")
        with once(request) as turn:
            if turn.is_repeat:
                return turn.again()
            made = writing.take_over(after, passages, by=request.user)
            return turn.answered(f"{reverse('reports:living_edit', args=[report.pk])}#p{made[0].pk}")
    wanted = request.GET.get("school", "")
    chosen_report = (
        rows.filter(school=int(wanted)).first() if wanted.isdecimal() else rows.order_by("school__name").first()
    )
    context = {
        "report": report,
        "after": after,
        "schools": rows.order_by("school__name"),
        "chosen": chosen_report,
        "sections": _offered(chosen_report),
    }
    return render(request, "reports/living/take_over.html", context)


def _offered(report: Report | None) -> list[tuple[str, list[tuple[Passage, str]]]]:
    """The paragraphs of a school's report under its headings, with the words as they were handed in."""
    if report is None:
        return []
    frozen = dict(report.figures.values_list("token", "text"))
    passages = reading.passages_of(report)
    left_out = reading.is_within_left_out(passages)
    found: list[tuple[str, list[tuple[Passage, str]]]] = [("", [])]
    for one in passages:
        if one.pk in left_out or one.is_appendix:
            continue
        if one.kind == PassageKind.HEADING and one.level == 1:
            found.append((one.text, []))
        elif one.kind == PassageKind.PARAGRAPH:
            found[-1][1].append((one, tokens.frozen_words(one.text, frozen)))
    return [(title, some) for title, some in found if some]
