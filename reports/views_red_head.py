"""The page on which a bureau says whether its documents have a red head."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from assignments.access import is_of_bureau
from assignments.models import District
from assignments.permissions import own_counties
from reports.forms_red_head import RedHeadForm
from reports.red_head import set_red_head
from zhijiao.access import needs
from zhijiao.entry import once
from zhijiao.refusals import tells_refusals


@require_http_methods(["GET", "POST"])
@needs("setting.edit")
@tells_refusals
def red_head(request: HttpRequest) -> HttpResponse:
    """One line of words; what was issued before is not touched."""
    county = _county(request)
    form = RedHeadForm(request.POST or None, initial={"red_head": county.red_head})
    if request.method == "POST" and form.is_valid():
        with once(request) as turn:
            if turn.is_repeat:
                return turn.again()
            name = form.cleaned_data["red_head"]
            set_red_head(county, name, by=request.user)
            messages.success(request, f"有文号的文件从现在起印“{name}”" if name else "文件从现在起不套红")
            return turn.answered(reverse("reports:papers"))
    context = {"form": form, "heading": "公文版头", "action": "保存", "county": county}
    return render(request, "reports/red_head_form.html", context)


def _county(request: HttpRequest) -> District:
    wanted = request.GET.get("district")
    own = (county for county in own_counties(request.user) if is_of_bureau(request.user, "setting.edit", county.pk))
    found = next((county for county in own if not wanted or county.code == wanted), None)
    if found is None:
        raise Http404
    return found
