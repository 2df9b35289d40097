"""/appraisals/notices/: the settled grades are made public, and stand when their notice is over; all notices in a list."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as filters
from django.contrib import messages
from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assignments.access import has_on, within
from assignments.lists import YearFilters, chosen_year, linked
from assignments.views.badges import badge
from evaluations import appraisal
from evaluations.choices import AppraisalKind, AppraisalState, NoticeState
from evaluations.forms.appraisals import CloseForm, NoticeForm
from evaluations.models import Appeal, Appraisal, AppraisalNotice
from evaluations.views.appraisals import appraisal_badge
from evaluations.views.appraisals_bureau import county_for
from zhijiao import clock
from zhijiao.access import needs
from zhijiao.dates import told
from zhijiao.entry import act_once, once
from zhijiao.filters import EVERYTHING, ChoicesFilter
from zhijiao.listing import ListColumn, ListPage, ListView
from zhijiao.refusals import Refused, tells_refusals
from zhijiao.working_days import add_working_days

LOOKS = {
    NoticeState.TO_COME: ("draft", "clock"), NoticeState.RUNNING: ("run", "megaphone"), NoticeState.APPEALED: ("bad", "exclamation-triangle-fill"),
    NoticeState.OVER: ("wait", "hourglass-split"), NoticeState.CLOSED: ("done", "check-lg"),
}  # fmt: skip


def notices_of(user: Any) -> Any:
    """Those that this person makes and closes."""
    mine = within(AppraisalNotice.objects.all(), user, "evaluation.publish").values("pk")
    return AppraisalNotice.objects.visible_to(user).filter(pk__in=mine).select_related("school_year", "made_by")


def with_state(rows: Any, today: dt.date) -> Any:
    """With `state`: an appeal nobody decided yet is told before the days, since it holds up the end."""
    waiting = Appeal.objects.filter(appraisal__notice=OuterRef("pk"), result="")
    state = Case(
        When(closed_on__isnull=False, then=Value(NoticeState.CLOSED)),
        When(Exists(waiting), then=Value(NoticeState.APPEALED)),
        When(first_day__gt=today, then=Value(NoticeState.TO_COME)),
        When(last_day__lt=today, then=Value(NoticeState.OVER)),
        default=Value(NoticeState.RUNNING),
        output_field=CharField(),
    )
    return rows.annotate(state=state)


# --- all of them -------------------------------------------------------------------------------------------------------


class NoticeFilter(YearFilters):
    state = filters.MultipleChoiceFilter(label="状态", choices=NoticeState.choices, distinct=False)
    kind = ChoicesFilter(label="考核类型", choices=AppraisalKind)

    class Meta:
        model = AppraisalNotice
        fields: list[str] = []

    def of_year(self, rows: Any, name: str, value: str) -> Any:
        return rows if value == EVERYTHING else rows.filter(school_year__code=value[:9])

    def matching(self, word: str) -> Q:
        named = Appraisal.objects.filter(secondment__teacher__name__icontains=word, notice__isnull=False)
        return Q(document__icontains=word) | Q(pk__in=named.values("notice"))


def _badge(row: Any) -> SafeString:
    return badge(*LOOKS[NoticeState(row.state)], NoticeState(row.state).label)


NOTICES = ListPage(
    heading="考核公示",
    filters=NoticeFilter,
    order=("-first_day", "-pk"),
    search_hint="公示文号、教师",
    nothing="评定了等次以后，在“评定等次”里公示；每次公示一行，公示到哪天、有没有申诉、定了没有，都在这里。",
    unit="次",
    css="flow with-state",
    views=(
        ListView("公示中", "running", Q(state=NoticeState.RUNNING)),
        ListView("有申诉", "appealed", Q(state=NoticeState.APPEALED)),
        ListView("已结束", "over", Q(state=NoticeState.OVER)),
        ListView("已定", "closed", Q(state=NoticeState.CLOSED)),
    ),
    columns=(
        ListColumn("公示", lambda row: linked("evaluations:appraisal_notice", row.pk, str(row)), "c-name", "name", ("school_year__code", "kind")),
        ListColumn("开始", lambda row: told(row.first_day), "num", "start", ("first_day",), "从"),
        ListColumn("结束", lambda row: told(row.last_day), "num", "end", ("last_day",), "到"),
        ListColumn("文号", lambda row: row.document, "c-wide", "document", ("document",)),
        ListColumn("人数", lambda row: row.people, "r num", "people", ("people",), "人数"),
        ListColumn("状态", _badge, "c-state", "state", ("state",)),
    ),
)  # fmt: skip


@require_GET
@needs("evaluation.publish")
def notice_list(request: HttpRequest) -> HttpResponse:
    rows = with_state(notices_of(request.user), clock.today()).annotate(people=Count("appraisals"))
    return NOTICES.render(request, rows, other_url=reverse("evaluations:appraisal_list"), other_label="考核")


# --- one is made, and closed -------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@needs("evaluation.publish")
@tells_refusals
def notice_new(request: HttpRequest) -> HttpResponse:
    """Of a year and a kind, what is settled; who is ticked is made public."""
    county = county_for(request, "evaluation.publish")
    asked_kind = request.GET.get("kind", "")
    kind = asked_kind if asked_kind in AppraisalKind.values else AppraisalKind.FINAL
    year = request.GET.get("year") or chosen_year(request)
    rows = Appraisal.objects.visible_to(request.user).filter(
        county=county, kind=kind, school_year__code=year, state=AppraisalState.SETTLED
    )
    people = list(appraisal.with_groups(rows).order_by("secondment__teacher__name", "pk"))
    today = clock.today()
    form = NoticeForm(
        request.POST or None,
        initial={"first_day": today, "last_day": add_working_days(today - dt.timedelta(days=1), appraisal.NOTICE_DAYS)},
    )
    if request.method == "POST" and form.is_valid():
        told, picked = form.cleaned_data, set(request.POST.getlist("pick"))
        try:
            with once(request) as turn:
                if turn.is_repeat:
                    return turn.again()
                chosen = [row for row in people if str(row.pk) in picked]
                notice = appraisal.publish(
                    chosen, told["first_day"], told["last_day"], by=request.user, document=told["document"]
                )
                messages.success(request, f"{len(chosen)} 人的考核等次已公示")
                return turn.answered(reverse("evaluations:appraisal_notice", args=[notice.pk]))
        except Refused as refused:
            form.add_error(None, str(refused))
    ticked = set(request.POST.getlist("pick")) if request.method == "POST" else None
    lines = [(row, appraisal.last_place(row.secondment), ticked is None or str(row.pk) in ticked) for row in people]
    status = 422 if form.errors else 200
    return render(
        request,
        "evaluations/appraisal_notice_new.html",
        {"form": form, "lines": lines, "kind": AppraisalKind(kind).label},
        status=status,
    )


def _notice(request: HttpRequest, pk: int) -> AppraisalNotice:
    found: AppraisalNotice = get_object_or_404(with_state(notices_of(request.user), clock.today()), pk=pk)
    return found


@require_GET
@needs("evaluation.publish")
def notice_detail(request: HttpRequest, pk: int) -> HttpResponse:
    notice = _notice(request, pk)
    rows = list(
        appraisal.with_groups(Appraisal.objects.visible_to(request.user).filter(notice=notice)).order_by(
            "secondment__teacher__name", "pk"
        )
    )
    context = {
        "notice": notice, "badge": _badge(notice), "lines": [(row, appraisal.last_place(row.secondment), appraisal_badge(row)) for row in rows],
        "form": CloseForm(initial={"document": notice.document}),
        "is_over": clock.today() > notice.last_day, "may_finish": not notice.closed_on and has_on(request.user, "evaluation.publish", notice),
    }  # fmt: skip
    return render(request, "evaluations/appraisal_notice.html", context)


@require_POST
@needs("evaluation.publish")
@tells_refusals
def notice_finish(request: HttpRequest, pk: int) -> HttpResponse:
    notice = _notice(request, pk)
    return act_once(
        request,
        lambda: appraisal.make_final(notice, by=request.user, document=request.POST.get("document", "")[:60]),
        told=lambda rows: f"{len(rows)} 人的考核等次已确定",
        to=reverse("evaluations:appraisal_notice", args=[pk]),
    )
