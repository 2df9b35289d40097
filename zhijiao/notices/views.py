"""/notices/: what one was told; and the words of notices, which the bureau writes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhijiao.access import needs
from zhijiao.notices import kinds, templating
from zhijiao.notices.forms import TemplateForm
from zhijiao.notices.models import Notice, NoticeTemplate
from zhijiao.notices.sending import words

ON_A_PAGE = 25


@needs("account.own")
@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """One's own, the newest first."""
    mine = Notice.objects.visible_to(request.user)
    only_unread = request.GET.get("unread") == "1"
    page = Paginator(mine.unread() if only_unread else mine, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "notices/notice_list.html", {"page": page, "only_unread": only_unread})


@needs("account.own")
@require_POST
def notice_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Reads one, and goes on to what it is about."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    Notice.objects.filter(pk=notice.pk).unread().update(read_at=timezone.now())
    is_ours = url_has_allowed_host_and_scheme(notice.url, {request.get_host()}, request.is_secure())
    return redirect(notice.url if notice.url and is_ours else "notices:notice_list")


@needs("account.own")
@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """All of one's own at once."""
    Notice.objects.visible_to(request.user).unread().update(read_at=timezone.now())
    return redirect("notices:notice_list")


@needs("notice_template.edit")
@require_safe
def template_list(request: HttpRequest) -> HttpResponse:
    """Every kind of notice, with the words that stand."""
    county = _county(request)
    own = {row.kind: row for row in NoticeTemplate.objects.visible_to(request.user).filter(county_id=county.pk)}
    lines = [{"kind": kind, "own": own.get(kind.name), "title": _title(kind, own)} for kind in kinds.kinds()]
    return render(request, "notices/template_list.html", {"lines": lines, "county": county})


@needs("notice_template.edit")
@require_http_methods(["GET", "POST"])
def template_edit(request: HttpRequest, name: str) -> HttpResponse:
    """Write the words of a kind; the preview stands below, also without script."""
    kind, county = _kind(name), _county(request)
    title, text = words(kind, county)
    form = TemplateForm(request.POST or None, kind=kind, initial={"title": title, "text": text})
    if request.method == "POST" and form.is_valid():
        title, text = form.cleaned_data["title"], form.cleaned_data["text"]
        if "preview" not in request.POST:
            if templating.write(kind, county, title=title, text=text, by=_user(request)):
                messages.success(request, f"“{kind.label}”以后按新的用语发，已经发出的不变。")
            return redirect("notices:template_list")
    context = {
        "form": form,
        "kind": kind,
        "county": county,
        "is_own": NoticeTemplate.objects.visible_to(request.user).filter(county_id=county.pk, kind=kind.name).exists(),
        "preview_title": kind.told(title, kind.samples),
        "preview_text": kind.told(text, kind.samples),
    }
    return render(request, "notices/template_edit.html", context)


@needs("notice_template.edit")
@require_POST
def template_restore(request: HttpRequest, name: str) -> HttpResponse:
    """Back to the words that came with the product."""
    kind = _kind(name)
    if templating.restore(kind, _county(request), by=_user(request)):
        messages.success(request, f"“{kind.label}”恢复成了原来的用语。")
    return redirect("notices:template_list")


def _kind(name: str) -> kinds.Kind:
    try:
        return kinds.kind(name)
    except KeyError as unknown:
        raise Http404 from unknown


def _county(request: HttpRequest) -> Any:
    """The first of the counties for which the person may write; nobody serves two."""
    county = next(iter(kinds.counties_of(request.user)), None)
    if county is None:
        raise Http404
    return county


def _title(kind: kinds.Kind, own: dict[str, NoticeTemplate]) -> str:
    return own[kind.name].title if kind.name in own else kind.title


def _user(request: HttpRequest) -> Any:
    return request.user
