"""/reports/living/<id>/: a report as it is read, and as it is written, passage by passage."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assignments import closing
from reports.figures import Asked
from reports.forms_living import FORMS, HeadForm
from reports.living import narrowing, reading, showing, tokens, writing
from reports.living.comparing import marked
from reports.models import Passage, PassageKind, Report
from reports.views import asked_by, query_of
from zhijiao import clock
from zhijiao.access import needs
from zhijiao.attachments.refusals import FileRefused
from zhijiao.entry import once
from zhijiao.refusals import Refused, tells_refusals

NOT_WRITER = "学校的总结由学校写，教育局的总结由教育局写"


def report_of(request: HttpRequest, pk: int) -> Report:
    """One that this person may know of; 404 else."""
    rows = Report.objects.visible_to(request.user).select_related(
        "county", "school", "issued_by", "made_by", "supersedes"
    )
    found: Report = get_object_or_404(rows, pk=pk)
    return found


def own_report(request: HttpRequest, pk: int) -> Report:
    """One that this person writes."""
    report = report_of(request, pk)
    if not writing.is_writer(report, request.user):
        raise PermissionDenied(closing.why_denied(report, NOT_WRITER))
    return report


def _passage(request: HttpRequest, key: int) -> Passage:
    """A passage of a report that this person writes; 404 where they may not know of the report."""
    known = Report.objects.visible_to(request.user).values("pk")
    rows = Passage.objects.filter(report__in=known).select_related(
        "report__county", "report__school", "edited_by", "photo", "taken_from__school"
    )
    found: Passage = get_object_or_404(rows, pk=key)
    if not writing.is_writer(found.report, request.user):
        raise PermissionDenied(closing.why_denied(found.report, NOT_WRITER))
    return found


def _edit_address(report: Report, passage: Passage | None = None) -> str:
    return reverse("reports:living_edit", args=[report.pk]) + (f"#p{passage.pk}" if passage else "")


@needs("report.write")
@require_POST
@tells_refusals
def begin(request: HttpRequest) -> HttpResponse:
    """A draft out of the records: of the school that is named, else of the bureau."""
    asked = asked_by(request)
    with once(request) as turn:
        if turn.is_repeat:
            return turn.again()
        view = asked.viewpoint
        report = writing.begin(view.county, view.school, asked.period, by=request.user)
        messages.success(request, "按记录写好了第一稿，点“修改”就能改；数会跟着记录变。")
        return turn.answered(_edit_address(report))


def insist_readable(request: HttpRequest, report: Report) -> None:
    """A school's text is the school's own until it is handed in; a county's draft is the bureau's."""
    if not reading.may_read(report, request.user):
        raise PermissionDenied("这份总结还在写，上报或者印发以后才能看")


# --- the whole of it ---------------------------------------------------------------------------------------------------


@needs("report.write")
@require_GET
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft with its passages, each to be changed where it stands."""
    report = own_report(request, pk)
    if not report.is_writable:
        return redirect("reports:living", pk=report.pk)
    asked = reading.asked_for(report)
    views = showing.passage_views(report, asked, request.user)
    context = {
        "report": report,
        "asked": asked,
        "views": [one for one in views if not one.passage.is_appendix],
        "appendix": [one for one in views if one.passage.is_appendix],
        "outline": [one for one in views if one.passage.kind == PassageKind.HEADING and one.passage.level == 1 and one.number],
        "query": query_of(asked),
        "news": sum(one.has_news for one in views),
    }  # fmt: skip
    return render(request, "reports/living/edit.html", context)


@needs("report.write")
@require_http_methods(["GET", "POST"])
@tells_refusals
def head(request: HttpRequest, pk: int) -> HttpResponse:
    """Title, signature and day."""
    report = own_report(request, pk)
    form = HeadForm(request.POST or None, initial={"title": report.title, "signs": report.signs, "day": report.dated})
    if request.method == "POST" and form.is_valid():
        with once(request) as turn:
            if turn.is_repeat:
                return turn.again()
            values = form.cleaned_data
            try:
                writing.set_head(report, by=request.user, seen=_whole(request, "seen"), **values)
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, "标题和落款改好了。")
                return turn.answered(_edit_address(report))
    context = {"report": report, "form": form, "heading": "标题和落款", "action": "保存", "seen": report.version}
    return render(request, "reports/living/form.html", context)


@needs("report.write")
@require_POST
def here(request: HttpRequest, pk: int) -> HttpResponse:
    """Every few seconds from an open page: who writes where, and whether something changed."""
    report = own_report(request, pk)
    key = request.POST.get("passage", "")
    if key.isdecimal() and report.is_writable:
        passage = report.passages.filter(pk=int(key)).first()
        if passage is not None:
            writing.is_here(passage, by=request.user)
    others = {str(place): names for place, names in writing.others_here(report, request.user).items()}
    return JsonResponse({"others": others, "version": report.version, "open": report.is_writable})


@needs("report.write")
@require_GET
def narrow(request: HttpRequest, pk: int, key: str) -> JsonResponse:
    """A figure of the list, what it would be narrowed, and to what it can be."""
    report = own_report(request, pk)
    asked = reading.asked_for(report)
    try:
        told = narrowing.offered(report, asked, narrowing.asked_token(key, request.GET.dict()))
    except (Refused, ValueError, TypeError) as problem:
        words = str(problem) if isinstance(problem, Refused) else "这样缩小不了，请换一个"
        return JsonResponse({"problem": words}, status=422)
    answer = JsonResponse(told)
    answer["Cache-Control"] = "no-store"
    return answer


@needs("report.write")
@require_POST
@tells_refusals
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """What nobody edited is taken from the records again."""
    report = own_report(request, pk)
    with once(request) as turn:
        if turn.is_repeat:
            return turn.again()
        done = writing.renew(report, by=request.user)
        messages.success(request, f"更新了 {done['更新']} 段，新增了 {done['新增']} 段；改过的段落没有动。")
        return turn.answered(_edit_address(report))


# --- one passage -------------------------------------------------------------------------------------------------------


@needs("report.write")
@require_http_methods(["GET", "POST"])
@tells_refusals
def passage(request: HttpRequest, key: int) -> HttpResponse:
    """One passage: its text to change, what the records say now, last year's, and how it stood before."""
    row = _passage(request, key)
    by_script = request.headers.get("X-Living") == "1"
    if request.method == "GET":
        return _passage_page(request, row)
    text, drops = request.POST.get("text", ""), request.POST.get("drops") == "1"
    if not by_script:
        text = tokens.typed(text, request.POST.getlist("figure"))
    try:
        made = writing.edit(row, text, by=request.user, seen=_whole(request, "seen"), drops=drops)
    except writing.ChangedMeanwhile as clash:
        if by_script:
            return JsonResponse(_clash(clash), status=409)
        return _passage_page(request, clash.passage, text, str(clash), status=409)
    except writing.FiguresDropped as dropped:
        if by_script:
            return JsonResponse({"problem": str(dropped), "dropped": True}, status=409)
        return _passage_page(request, row, text, str(dropped), may_drop=True, status=409)
    except Refused as refused:
        if by_script:
            return JsonResponse({"problem": str(refused)}, status=422)
        return _passage_page(request, row, text, str(refused), status=422)
    if by_script:
        return JsonResponse(_saved(made))
    messages.success(request, "这一段改好了。")
    return redirect(_edit_address(row.report, row))


def _saved(made: list[Passage]) -> dict[str, Any]:
    row = made[0]
    asked = reading.asked_for(row.report)
    view = showing.view_of(row, asked)
    drawn = render_to_string("reports/documents/_inlines.html", {"inlines": view.inlines}) if view else ""
    return {
        "text": row.text, "version": row.version, "html": drawn.strip(), "chips": showing.chips(row.text, asked),
        "more": len(made) > 1, "report": row.report.version, "at": f"{timezone.localtime(clock.now()):%H:%M}",
    }  # fmt: skip


def _clash(clash: writing.ChangedMeanwhile) -> dict[str, Any]:
    row = clash.passage
    asked = reading.asked_for(row.report)
    return {
        "problem": str(clash), "theirs": row.text, "words": tokens.plain_text(row.text, asked), "version": row.version,
        "who": str(row.edited_by or "另一位同事"), "chips": showing.chips(row.text, asked),
    }  # fmt: skip


def _passage_page(
    request: HttpRequest,
    row: Passage,
    text: str | None = None,
    problem: str = "",
    may_drop: bool = False,
    status: int = 200,
) -> HttpResponse:
    report = row.report
    asked = reading.asked_for(report)
    fresh = writing.generated_text(row, asked) if row.kind == PassageKind.PARAGRAPH else None
    versions = list(row.versions.select_related("by"))
    field, known = _field(row.text if text is None else text, asked)
    context = {
        "report": report,
        "row": row,
        "text": field,
        "known": known,
        "problem": problem,
        "may_drop": may_drop,
        "theirs": tokens.plain_text(row.text, asked) if problem and text is not None and text != row.text else "",
        "may_write": writing.may_write(report, request.user),
        "told": _told(row.text, asked),
        "fresh": _told(fresh, asked) if fresh is not None and fresh != row.text else "",
        "marked": marked(_told(row.text, asked), _told(fresh, asked)) if fresh is not None and fresh != row.text else [],
        "last_year": showing.last_year(report, asked) if row.source else None,
        "versions": [(one, _told(one.text, asked), _before(versions, place, asked)) for place, one in enumerate(versions)],
    }  # fmt: skip
    if context["last_year"]:
        context["last_text"] = context["last_year"].of(row)  # type: ignore[attr-defined]
    return render(request, "reports/living/passage.html", context, status=status)


def _field(text: str, asked: Asked) -> tuple[str, list[str]]:
    """As a field shows it; what cannot be read stands as it was typed."""
    try:
        return tokens.shown(text, asked)
    except Refused:
        return text, []


def _before(versions: list[Any], place: int, asked: Asked) -> list[tuple[str, str]]:
    """What a version changed of the one before it."""
    if place + 1 >= len(versions):
        return []
    return marked(_told(versions[place + 1].text, asked), _told(versions[place].text, asked))


def _told(text: str, asked: Asked) -> str:
    """The words of a text; a figure that is no more stands as its name."""
    try:
        return tokens.plain_text(text, asked)
    except Refused:
        return text


@needs("report.write")
@require_http_methods(["GET", "POST"])
@tells_refusals
def add(request: HttpRequest, key: int, kind: str) -> HttpResponse:
    """A paragraph, a heading or a photo behind a passage."""
    row = _passage(request, key)
    heading, form_class = FORMS[kind]
    form = form_class(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with once(request) as turn:
            if turn.is_repeat:
                return turn.again()
            try:
                made = _add(row, kind, form.cleaned_data, request.user)
            except (Refused, FileRefused) as refused:
                form.add_error("photo" if isinstance(refused, FileRefused) else None, str(refused))
            else:
                return turn.answered(_edit_address(row.report, made))
    asked = reading.asked_for(row.report)
    context = {
        "report": row.report,
        "form": form,
        "heading": heading,
        "action": "添加",
        "after": _told(row.text, asked)[:40],
    }
    return render(request, "reports/living/form.html", context)


def _add(row: Passage, kind: str, values: dict[str, Any], by: Any) -> Passage:
    match kind:
        case "heading":
            return writing.add_heading(row, values["title"], values["level"], by=by)
        case "photo":
            return writing.add_photo(row, values["photo"], values["caption"], by=by)
    return writing.add_paragraph(row, values["text"], by=by)[0]


@needs("report.write")
@require_POST
@tells_refusals
def act(request: HttpRequest, key: int, verb: str) -> HttpResponse:
    """A button of a passage."""
    row = _passage(request, key)
    report, user = row.report, request.user
    with once(request) as turn:
        if turn.is_repeat:
            return turn.again()
        match verb:
            case "leave-out" | "write-again":
                writing.leave_out(row, verb == "leave-out", by=user)
            case "up" | "down":
                writing.step(row, verb == "up", by=user, seen=_whole(request, "seen"))
            case "generated":
                writing.take_generated(row, by=user, seen=_whole(request, "seen-passage"))
            case "back":
                writing.put_back(row, _whole(request, "number"), by=user, seen=_whole(request, "seen-passage"))
            case "remove":
                writing.remove(row, by=user)
                return turn.answered(_edit_address(report))
            case _:
                raise Http404
        return turn.answered(_edit_address(report, row))


def _whole(request: HttpRequest, name: str) -> int:
    """A whole number of the form; one that is none is as if somebody else had changed all."""
    told = request.POST.get(name, "")
    return int(told) if told.isdecimal() and len(told) < 10 else -1
