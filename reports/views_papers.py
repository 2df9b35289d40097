"""/documents/: the papers of a secondment's life, for one and for many; what the national system asks; certificates and their confirmation."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assignments.access import has_on, may, within
from assignments.models import Secondment, Teacher
from reports import certificates, national
from reports.documents.glyphs import missing_glyphs
from reports.documents.pdf import RenderingError, render_pdf
from reports.documents.word import render_word
from reports.forms_papers import ConfirmForm, IssueForm, PaperFilter, RevokeForm
from reports.models import Certificate
from reports.papers import PAPERS
from reports.papers.paper import MOST, Choice, Making, Paper
from zhijiao.access import needs, open_to_all
from zhijiao.accounts import audit
from zhijiao.accounts.address import client_address, limit_key
from zhijiao.accounts.limits import seconds_left, told_wait, within_limit
from zhijiao.entry import once
from zhijiao.navigation import chosen_year
from zhijiao.refusals import Refused, WordsNeeded, tells_refusals

SHOWN = 200  # lines on the page; the file has all of them
TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMATS = {"pdf": ("PDF", "file-earmark-pdf"), "docx": ("Word", "file-earmark-word"), "xlsx": ("Excel", "file-earmark-excel")}  # fmt: skip
ANY = tuple(dict.fromkeys(action for paper in PAPERS.values() for action in paper.actions))
CONFIRMS_PER_MINUTE = 10  # of one address; a code has 100 bits, so this is for the peace of the server
CONFIRMS_OF_ALL = 1000  # a minute, of all addresses together


# --- papers ------------------------------------------------------------------------------------------------------------


@require_GET
@needs(*ANY)
def papers(request: HttpRequest) -> HttpResponse:
    """Which papers there are for this person."""
    user = request.user
    context = {
        "papers": [(paper, [FORMATS[one] for one in paper.formats]) for paper in PAPERS.values() if paper.is_open_to(user)],
        "may_issue": may(user, "certificate.issue"),
        "may_tick": may(user, "secondment.national_tick"),
        "may_set": may(user, "setting.edit"),
    }  # fmt: skip
    return render(request, "reports/papers.html", context)


def _paper(request: HttpRequest, key: str) -> Paper:
    paper = PAPERS.get(key)
    if paper is None:
        raise Http404
    if not paper.is_open_to(request.user):
        raise PermissionDenied("您的角色不能出这种文件")
    return paper


@require_GET
@needs(*ANY)
def paper(request: HttpRequest, key: str) -> HttpResponse:
    """Narrow down, see what would be in it and what not yet, take it as a file."""
    kind = _paper(request, key)
    form = PaperFilter(kind, request)
    wanted = form.wanted()
    choices = kind.find(wanted)
    ready = [choice for choice in choices if not choice.why_not]
    context = {
        "paper": kind,
        "form": form,
        "choices": choices[:SHOWN],
        "left_out": max(0, len(choices) - SHOWN),
        "ready": len(ready),
        "blocked": len(choices) - len(ready),
        "formats": [(one, *FORMATS[one]) for one in kind.formats],
        "kept": [(name, form.data.get(name, "")) for name in kind.asks if form.data.get(name)],
        "missing": "、".join(sorted(missing_glyphs("".join(choice.name for choice in ready)))),
        "may_issue": key == "certificate" and may(request.user, "certificate.issue"),
    }
    return render(request, "reports/paper.html", context)


@require_GET
@needs(*ANY)
@tells_refusals
def paper_file(request: HttpRequest, key: str) -> HttpResponseBase:
    """The file: of what was narrowed and ticked, or of one secondment."""
    kind = _paper(request, key)
    form = request.GET.get("format", "pdf")
    if form not in kind.formats:
        raise Http404
    wanted = PaperFilter(kind, request).wanted()
    rows = _chosen(kind.find(wanted), wanted.only, wanted.secondment)
    if len(rows) > MOST:
        raise Refused(f"一次最多 {MOST} {kind.unit}，现在是 {len(rows)} {kind.unit}，请再按学校或者项目分开")
    making = Making(request.user, wanted=wanted)
    title, content = _made(kind, form, [choice.row for choice in rows], making)
    _record(request, kind, form, rows)
    return _file(content, f"{title}.{form}", form)


def _chosen(choices: list[Choice], only: frozenset[str] | None, secondment: int | None) -> list[Choice]:
    """Those that can be made. What cannot be reached does not exist; what cannot be made yet is refused in words."""
    if secondment is not None and not choices:
        raise Http404
    if only is not None:
        choices = [choice for choice in choices if choice.key in only]
        if {choice.key for choice in choices} != only:
            raise Http404
    ready = [choice for choice in choices if not choice.why_not]
    if not ready:
        whys = dict.fromkeys(choice.why_not for choice in choices)
        raise Refused(f"没有生成文件：{'；'.join(whys)}" if whys else "没有生成文件：没有找到符合条件的记录")
    return ready


def _made(kind: Paper, form: str, rows: list[Any], making: Making) -> tuple[str, bytes]:
    if form == "xlsx" and kind.excel:
        return kind.title, kind.excel(rows, making)
    document = kind.build(rows, making)
    if form == "docx":
        return document.title_text, render_word(document)
    try:
        return document.title_text, render_pdf(document, is_kept=False)  # it holds people's data
    except RenderingError as problem:
        raise Refused(str(problem)) from problem


def _record(request: HttpRequest, kind: Paper, form: str, rows: list[Choice]) -> None:
    told = {
        "文件": kind.title,
        "格式": FORMATS[form][0],
        "数量": f"{len(rows)} {kind.unit}",
        "内容": "、".join(row.name for row in rows[:10]),
    }
    secret = kind.is_secret(request.user)
    subject = rows[0].row if len(rows) == 1 and hasattr(rows[0].row, "pk") else None
    audit.record(request.user, "导出文件（含银行账号）" if secret else "导出文件", subject, after=told)  # type: ignore[arg-type]


def _file(content: bytes, name: str, form: str) -> HttpResponse:
    response = HttpResponse(content, content_type=TYPES[form])
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


# --- the national system -----------------------------------------------------------------------------------------------


@require_GET
@needs("secondment.national_tick")
def national_page(request: HttpRequest) -> HttpResponse:
    """What is to be typed into the national system: problems by row first, then what is ready, what is done."""
    year = request.GET.get("year") or chosen_year(request)
    lines = national.lines(national.found(request.user, year))
    wrong = [line for line in lines if line.problems]
    ready = [line for line in lines if not line.problems]
    context = {
        "year": year,
        "form": PaperFilter(PAPERS["roster"], request),
        "wrong": wrong,
        "to_do": [line for line in ready if not line.secondment.national_entered_on],
        "done": [line for line in ready if line.secondment.national_entered_on],
        "ready": len(ready),
    }
    return render(request, "reports/national.html", context)


@require_GET
@needs("secondment.national_tick")
@tells_refusals
def national_file(request: HttpRequest) -> HttpResponse:
    year = request.GET.get("year") or chosen_year(request)
    lines = national.lines(national.found(request.user, year))
    ready = [line for line in lines if not line.problems]
    if not ready:
        raise Refused("没有生成文件：这个学年没有可以录入的交流轮岗信息")
    title = f"{year}学年交流轮岗信息"
    audit.record(request.user, "导出文件", after={"文件": title, "格式": "Excel", "数量": f"{len(ready)} 行"})  # type: ignore[arg-type]
    return _file(national.workbook(ready, title), f"{title}.xlsx", "xlsx")


@require_POST
@needs("secondment.national_tick")
@tells_refusals
def national_tick(request: HttpRequest) -> HttpResponse:
    keys = _picked(request)
    entered = request.POST.get("do") != "undo"
    back = f"{reverse('reports:national')}?{urlencode({'year': request.POST.get('year', '')})}"
    with once(request) as turn:
        if turn.is_repeat:
            return turn.again()
        if not keys:
            messages.warning(request, "没有改动：还没有选中人，请先打勾")
            return redirect(back)
        number = national.tick(keys, by=request.user, entered=entered)
        messages.success(request, f"{number} 人已登记为录入全国系统" if entered else f"{number} 人改回没有录入")
        return turn.answered(back)


# --- certificates ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@needs("certificate.issue")
@tells_refusals
def certificate_new(request: HttpRequest) -> HttpResponse:
    """Choose teachers whose secondment ended, see what would be counted, issue."""
    user = request.user
    form = IssueForm(request.POST or None)
    if request.method == "POST":
        keys = _picked(request)
        known = within(Teacher.objects.all(), user, "certificate.issue").filter(pk__in=keys)
        teachers = list(known.select_related("county").order_by("name", "pk"))
        if len(teachers) != len(set(keys)):
            raise Http404
        if teachers and form.is_valid():
            with once(request) as turn:
                if turn.is_repeat:
                    return turn.again()
                made = certificates.issue(
                    teachers, by=user, purpose=form.cleaned_data["purpose"], address=_public_address(request)
                )
                messages.success(request, f"已开具 {len(made)} 份服务年限证明，下面就可以打印")
                query = urlencode([("year", ""), *(("pick", one.pk) for one in made)])
                return turn.answered(f"{reverse('reports:paper', args=['certificate'])}?{query}")
        if not teachers:
            messages.warning(request, "没有开具：还没有选中教师，请先打勾")
    return render(request, "reports/certificate_new.html", {"form": form, **_countable(request)})


def _picked(request: HttpRequest) -> list[int]:
    """What was ticked; a number longer than any key is none."""
    return [int(key) for key in request.POST.getlist("pick") if key.isdecimal() and len(key) < 19]


def _public_address(request: HttpRequest) -> str:
    """Of the public page, with {code} where the code goes; the site's own name where the bureau set one."""
    path = reverse("certificate_verify", args=["CODE"]).replace("CODE", "{code}")
    return (
        f"{settings.SITE_URL.rstrip('/')}{path}"
        if settings.SITE_URL
        else f"{request.scheme}://{request.get_host()}{path}"
    )


def _countable(request: HttpRequest) -> dict[str, Any]:
    """Teachers with a secondment of the year that ended, each with what counts over all years."""
    year = request.GET.get("year") or chosen_year(request)
    wanted = request.GET.get("teacher", "")
    mine = within(Secondment.objects.all(), request.user, "certificate.issue").filter(state__in=certificates.ENDED)
    is_one = wanted.isdecimal() and len(wanted) < 19
    chosen = mine.filter(teacher=int(wanted)) if is_one else mine.filter(school_year__code=year)
    rows = certificates.with_service(mine.filter(teacher__in=chosen.values("teacher"))).order_by(
        "teacher__name", "start"
    )
    by_teacher: dict[Any, list[Secondment]] = {}
    for row in rows:
        by_teacher.setdefault(row.teacher, []).append(row)
    issued = set(Certificate.objects.filter(teacher__in=by_teacher, revoked_on=None).values_list("teacher", flat=True))
    lines = []
    for teacher, some in by_teacher.items():
        years = certificates.years_of(some)
        whys = [why for row in some if (why := certificates.why_not_counted(row))]
        lines.append((teacher, years, "、".join(dict.fromkeys(whys)), teacher.pk in issued))
    form = PaperFilter(PAPERS["roster"], request)
    return {"lines": lines, "year": year, "years": form.fields["year"].choices[1:], "one": wanted}  # type: ignore[attr-defined]


@require_GET
@needs("certificate.download", "certificate.revoke")
def certificate_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What it says, who issued it, whether it still holds."""
    return _certificate_page(request, _certificate(request, pk), RevokeForm())


def _certificate_page(request: HttpRequest, row: Certificate, form: RevokeForm, status: int = 200) -> HttpResponse:
    context = {
        "certificate": row,
        "told": certificates.Confirmed(row),
        "code": certificates.grouped(row.code),
        "may_download": has_on(request.user, "certificate.download", row),
        "may_revoke": has_on(request.user, "certificate.revoke", row),
        "is_mine": row.revocation_asked_by_id == request.user.pk,
        "form": form,
    }
    return render(request, "reports/certificate_detail.html", context, status=status)


def _certificate(request: HttpRequest, pk: int) -> Certificate:
    rows = Certificate.objects.visible_to(request.user).select_related(
        "teacher", "issued_by", "revocation_asked_by", "revoked_by"
    )
    row: Certificate = get_object_or_404(rows, pk=pk)
    if not any(has_on(request.user, action, row) for action in ("certificate.download", "certificate.revoke")):
        raise Http404
    return row


@require_POST
@needs("certificate.revoke")
@tells_refusals
def certificate_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """ask: says why; agree: the second person; keep: it stays valid."""
    row, do = _certificate(request, pk), request.POST.get("do", "")
    form = RevokeForm(request.POST)
    try:
        with once(request) as turn:
            if turn.is_repeat:
                return turn.again()
            if do == "ask":
                reason = form.cleaned_data["reason"] if form.is_valid() else ""
                certificates.ask_to_revoke(row, by=request.user, reason=reason)
                messages.success(request, "已提出撤销，要另一位专干或者局领导同意才生效")
            elif do == "agree":
                certificates.revoke(row, by=request.user)
                messages.success(request, f"{row.serial}已撤销，验证页面会写明")
            elif do == "keep":
                certificates.withdraw_revocation(row, by=request.user)
                messages.success(request, "没有撤销，证明继续有效")
            else:
                raise Http404
            return turn.answered(reverse("reports:certificate", args=[pk]))
    except WordsNeeded:
        return _certificate_page(request, _certificate(request, pk), form, 422)


@never_cache
@open_to_all("whoever holds a certificate confirms it, with its code and the holder's name")
@require_http_methods(["GET", "HEAD", "POST"])
def certificate_verify(request: HttpRequest, code: str = "") -> HttpResponse:
    """A GET tells nothing, whatever the code; a wrong code and a wrong name are answered alike."""
    if request.method != "POST":
        return render(request, "reports/certificate_verify.html", {"form": ConfirmForm(initial={"code": code})})
    key = limit_key(client_address(request))
    if not within_limit("certificate", key, CONFIRMS_PER_MINUTE, 60) or not within_limit(
        "certificate.all", "all", CONFIRMS_OF_ALL, 60
    ):
        words = f"查得太多了，请等 {told_wait(seconds_left('certificate', key) or 60)}再查"
        return render(
            request, "reports/certificate_verify.html", {"form": ConfirmForm(request.POST), "wrong": words}, status=429
        )
    form = ConfirmForm(request.POST)
    found = certificates.confirm(form.cleaned_data["code"], form.cleaned_data["name"]) if form.is_valid() else None
    wrong = "" if found or not form.is_valid() else "没有查到：验证码或者姓名不对，请照证明上印的再核对一次"
    context = {"form": form, "found": found, "wrong": wrong, "today": timezone.localdate()}
    return render(request, "reports/certificate_verify.html", context)
