"""/questionnaires/: what was opened where, how many answered, the codes to print, and the end of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_filters as filters
from django.conf import settings
from django.contrib import messages
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assignments.access import has_on, may, within
from assignments.lists import YearFilters, linked, school_filter
from assignments.models import School
from assignments.views.badges import badge
from assignments.views.reading import Reading
from evaluations import results
from evaluations.choices import AnswerWay, QuestionnaireState, RespondentKind
from evaluations.forms.questionnaires import ClassForm, ClosingForm, OpenForm, SchoolChoiceForm
from evaluations.models import Inspection, Questionnaire, QuestionnaireClass
from evaluations.questionnaires import closing, feeding, opening
from evaluations.questionnaires.codes import issue_codes
from evaluations.questionnaires.opening import Progress
from evaluations.questionnaires.slips import NotPrinted, Slips, printed
from zhijiao import clock
from zhijiao.access import needs
from zhijiao.entry import act_once, once
from zhijiao.filters import ChoicesFilter
from zhijiao.listing import ListColumn, ListPage, ListView
from zhijiao.refusals import Refused, tells_refusals

SEEN_BY = ("questionnaire.progress_count",)
LOOKS = {
    QuestionnaireState.DRAFT: ("draft", "pencil"),
    QuestionnaireState.OPEN: ("live", "record-circle-fill"),
    QuestionnaireState.CLOSED: ("done", "lock-fill"),
    QuestionnaireState.RELEASED: ("done", "check-lg"),
}


def state_of(row: Questionnaire) -> SafeString:
    """未开始 and 到时间 are told by the clock, the rest by the state."""
    if row.state == QuestionnaireState.OPEN and row.opens_at > clock.now():
        return badge("run", "circle", "还没有开始")
    state = QuestionnaireState(row.state)
    return badge(*LOOKS[state], state.label)


def _end_of(row: Questionnaire) -> str:
    """When it ends; once it is closed, the day on which that was."""
    return f"{row.closed_on:%Y-%m-%d}" if row.closed_on else opening.told(row.closes_at)


# --- all of them -------------------------------------------------------------------------------------------------------


class QuestionnaireFilter(YearFilters):
    searched = ("school__name", "school__initials", "question_set__title", "secondment__teacher__name")
    state = ChoicesFilter(label="状态", choices=QuestionnaireState)
    school = school_filter("学校", "school")
    respondents = filters.ChoiceFilter(
        label="问卷对象", field_name="question_set__respondents", choices=RespondentKind.choices
    )

    class Meta:
        model = Questionnaire
        fields: list[str] = []

    def of_year(self, rows: Any, name: str, value: str) -> Any:
        return rows if value == "all" else rows.filter(school_year__code=value)


QUESTIONNAIRES = ListPage(
    heading="问卷",
    filters=QuestionnaireFilter,
    order=("-opens_at", "pk"),
    search_hint="学校、拼音首字母、问卷、教师",
    nothing="随督导检查，或针对一位支教教师开放问卷，就在这里了。",
    unit="份",
    css="flow with-state",
    template="evaluations/questionnaire_list.html",
    views=(
        ListView("答卷中", "open", Q(state=QuestionnaireState.OPEN)),
        ListView("待发布", "closed", Q(state=QuestionnaireState.CLOSED)),
        ListView("已发布", "released", Q(state=QuestionnaireState.RELEASED)),
    ),
    columns=(
        ListColumn("问卷", lambda row: linked("evaluations:questionnaire_detail", row.pk, str(row.question_set)), "c-name", "title", ("question_set__title",)),
        ListColumn("学校", lambda row: row.school.name, "", "school", ("school__name",)),
        ListColumn("支教教师", lambda row: row.secondment.teacher.name if row.secondment else "", "", "teacher", ("secondment__teacher__name",)),
        ListColumn("截止", _end_of, "num", "closes", ("closes_at",), "截止"),
        ListColumn("收回", lambda row: f"{row.back or 0} / {row.out or 0}" if row.out else "", "r num", "back", ("back",), "收回"),
        ListColumn("状态", state_of, "c-state", "state", ("state",)),
    ),
)  # fmt: skip


def _seen(user: Any) -> Any:
    rows = within(Questionnaire.objects.all(), user, "questionnaire.progress_count").values("pk")
    return Questionnaire.objects.visible_to(user).filter(pk__in=rows)


def _summed(what: Any) -> Subquery:
    rows = QuestionnaireClass.objects.filter(questionnaire=OuterRef("pk")).order_by().values("questionnaire")
    return Subquery(rows.annotate(n=Sum(what)).values("n"))


@require_GET
@needs(*SEEN_BY)
def questionnaire_list(request: HttpRequest) -> HttpResponse:
    rows = _seen(request.user).select_related("question_set", "school", "secondment__teacher").annotate(
        out=_summed("issued"), back=_summed(Coalesce(F("box__returned"), F("returned"), 0))
    )  # fmt: skip
    adds: dict[str, Any] = (
        {"add_url": reverse("evaluations:questionnaire_new"), "add_label": "开放问卷"} if _may_open(request) else {}
    )
    return QUESTIONNAIRES.render(request, rows, may_open=_may_open(request), **adds)


def _may_open(request: HttpRequest) -> bool:
    return may(request.user, "questionnaire.issue_codes")


# --- opening -----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@needs("questionnaire.issue_codes")
@tells_refusals
def questionnaire_new(request: HttpRequest) -> HttpResponse:
    """Of a school, told by ?school=, ?inspection= or ?secondment=; asked for first where it is not told."""
    school, known = _asked_about(request)
    if school is None:
        chosen = SchoolChoiceForm(request.GET if "school" in request.GET else None, user=request.user)
        return render(request, "evaluations/questionnaire_school.html", {"form": chosen})
    form = OpenForm(request.POST if request.method == "POST" else None, user=request.user, school=school, initial=known)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            return act_once(
                request,
                lambda: opening.open_questionnaire(
                    question_set=said["question_set"],
                    school=school,
                    inspection=said["inspection"],
                    secondment=said["secondment"],
                    classes=form.plans(),
                    opens_at=said["opens_at"],
                    closes_at=said["closes_at"],
                    by=request.user,
                ),
                told="问卷开好了。下一步：生成答卷码，打印后裁开发下去。",
                to=lambda made: reverse("evaluations:questionnaire_detail", args=[made.pk]),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
    context = {"form": form, "school": school, "back": reverse("evaluations:questionnaire_list")}
    return render(request, "evaluations/questionnaire_new.html", context)


def _asked_about(request: HttpRequest) -> tuple[School | None, dict[str, Any]]:
    told, user = request.GET, request.user
    if told.get("inspection", "").isdecimal():
        inspection = get_object_or_404(
            Inspection.objects.visible_to(user).select_related("school"), pk=told["inspection"]
        )
        return inspection.school, {"inspection": inspection.pk}
    named = told.get("school", "")
    if named.isdecimal():
        school = get_object_or_404(School.objects.choosable_by(user), pk=named)
        return school, {"secondment": told.get("secondment")}
    form = SchoolChoiceForm({"school": named}, user=user) if named else None
    return (form.cleaned_data["school"], {}) if form and form.is_valid() else (None, {})


# --- one of them -------------------------------------------------------------------------------------------------------


def _one(request: HttpRequest, pk: int) -> Questionnaire:
    rows = _seen(request.user).select_related(
        "question_set", "school", "school_year", "inspection", "secondment__teacher", "opened_by"
    )
    found: Questionnaire = get_object_or_404(rows, pk=pk)
    return closing.close_if_due(found)


def _how_far(request: HttpRequest, row: Questionnaire) -> dict[str, Any]:
    is_open = row.state == QuestionnaireState.OPEN
    lines: list[Progress] = opening.progress(row)
    out, back = sum(line.row.issued for line in lines), sum(line.returned for line in lines)
    return {
        "row": row, "lines": lines, "out": out, "back": back, "rate": back * 100 // out if out else None,
        "is_open": is_open, "may_manage": is_open and has_on(request.user, "questionnaire.issue_codes", row), "enrolled": sum(line.row.enrolled for line in lines),
    }  # fmt: skip


@require_GET
@needs(*SEEN_BY)
def questionnaire_detail(request: HttpRequest, pk: int) -> HttpResponse:
    row = _one(request, pk)
    reading, far = Reading(request), _how_far(request, row)
    may_manage = far["may_manage"]
    context = {
        **far,
        "badge": state_of(row),
        "school_link": reading.tell.link(row.school),
        "teacher_link": reading.tell.link(row.secondment, str(row.secondment.teacher)) if row.secondment else "",
        "inspection_link": reading.tell.link(row.inspection, f"{row.inspection.when}检查") if row.inspection else "",
        "may_read_set": may(request.user, "question_set.view"),
        "may_manage": may_manage,
        "needs_codes": any(line.row.way != AnswerWay.PAPER for line in far["lines"]),
        "has_papers": any(line.row.way == AnswerWay.PAPER for line in far["lines"]),
        "has_links": any(line.row.way == AnswerWay.LINK for line in far["lines"]),
        "closing_form": ClosingForm(initial={"closes_at": row.closes_at}) if may_manage else None,
        "class_form": ClassForm() if may_manage else None,
        "counted": _counted(request, row),
        "has_results": row.state in results.CLOSED and has_on(request.user, "questionnaire.result_aggregate", row),
        "sections": reading.contributed(row),  # results, and whatever else other parts add
    }
    return render(request, "evaluations/questionnaire_detail.html", context)


def _counted(request: HttpRequest, row: Questionnaire) -> dict[str, str] | None:
    """Where the inspection holds other numbers than its questionnaires: both, for who may settle it."""
    found = feeding.differs(row) if has_on(request.user, "questionnaire.issue_codes", row) else None
    if found is None:
        return None
    now, stands = found
    return {"now": now.told(), "stands": feeding.told(stands) if stands else ""}


@require_GET
@needs(*SEEN_BY)
def questionnaire_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that is asked for every few seconds."""
    row = _one(request, pk)
    response = render(request, "evaluations/_questionnaire_progress.html", _how_far(request, row))
    if row.state != QuestionnaireState.OPEN:
        response["HX-Refresh"] = "true"  # there is more to see now
    return response


def _acted(request: HttpRequest, pk: int, act: Callable[[Questionnaire], Any], said: str) -> HttpResponse:
    row = _one(request, pk)
    return act_once(request, lambda: act(row), told=said, to=reverse("evaluations:questionnaire_detail", args=[pk]))


@require_POST
@needs("questionnaire.issue_codes")
@tells_refusals
def questionnaire_close(request: HttpRequest, pk: int) -> HttpResponse:
    return _acted(request, pk, lambda row: closing.close(row, by=request.user), "问卷已经截止，不再收答卷。")


@require_POST
@needs("questionnaire.issue_codes")
@tells_refusals
def questionnaire_time(request: HttpRequest, pk: int) -> HttpResponse:
    form = ClosingForm(request.POST)
    if not form.is_valid():
        raise Refused("截止时间没有改：请选日期和时间")
    until = form.cleaned_data["closes_at"]
    return _acted(
        request,
        pk,
        lambda row: opening.change_closing(row, until, by=request.user),
        f"截止时间改为 {opening.told(until)}。",
    )


@require_POST
@needs("questionnaire.issue_codes")
@tells_refusals
def questionnaire_class(request: HttpRequest, pk: int) -> HttpResponse:
    form = ClassForm(request.POST)
    if not form.is_valid():
        raise Refused("班级没有加上：" + "；".join(str(fault) for faults in form.errors.values() for fault in faults))
    plan = form.plan()
    return _acted(request, pk, lambda row: opening.add_class(row, plan, by=request.user), f"加上了{plan.name}。")


@require_POST
@needs("questionnaire.issue_codes")
@tells_refusals
def questionnaire_replace(request: HttpRequest, pk: int) -> HttpResponse:
    """The inspection's 问卷统计 becomes what the questionnaires say."""
    reason = request.POST.get("reason", "")
    return _acted(
        request,
        pk,
        lambda row: feeding.replace(row, by=request.user, reason=reason),
        "检查里的问卷统计已换成问卷的数。",
    )


@require_POST
@needs("questionnaire.issue_codes")
def questionnaire_issue(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Codes are made and printed in this very answer: they are kept nowhere. Sent again, it makes nothing."""
    made: list[Slips] = []
    answered = _issue(request, pk, made)
    if not made:
        return answered
    slips = made[0]
    try:
        pdf = printed(slips)  # outside the transaction, because a sheet of many takes some seconds
    except NotPrinted as why:
        messages.error(request, f"{why} 请再生成一次，这一次的码会作废。")
        return answered
    name = content_disposition_header(True, f"{slips.school}{slips.title}答卷码.pdf") or "attachment"
    return HttpResponse(
        pdf, content_type="application/pdf", headers={"Content-Disposition": name, "Cache-Control": "no-store"}
    )


@tells_refusals
def _issue(request: HttpRequest, pk: int, made: list[Slips]) -> HttpResponse:
    row = _one(request, pk)
    chosen = None
    if request.POST.get("class", "").isdecimal():
        chosen = [get_object_or_404(row.classes, pk=request.POST["class"])]
    with once(request) as turn:
        if turn.is_repeat:
            messages.warning(request, "这些答卷码已经生成过一次。没有存好的话，请再生成：没用过的旧码会作废。")
            return turn.again()
        sheets = issue_codes(row, by=request.user, classes=chosen)
        made.append(Slips(row.school.name, row.question_set.title, address_of_page(request), row.closes_at, sheets))
        return turn.answered(reverse("evaluations:questionnaire_detail", args=[pk]))


def address_of_page(request: HttpRequest) -> str:
    """Where a code is typed, as it is reached from outside."""
    page = reverse("q_typed")
    return f"{settings.SITE_URL.rstrip('/')}{page}" if settings.SITE_URL else request.build_absolute_uri(page)
