"""/appraisals/: the list, the page of one, and what the receiving school, the teacher and the sending school do with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assignments import closing
from assignments.access import has_on, is_of_bureau, may, within
from assignments.lists import WHEN, YearFilters, linked, school_filter
from assignments.models import Placement
from assignments.views.badges import badge
from evaluations import appraisal, versions
from evaluations.appraisal import STEPS
from evaluations.choices import AT_SCHOOL_STATES, PUBLISHED_GRADES, AppraisalKind, AppraisalState, Grade
from evaluations.forms.appraisals import DecideForm, ScoreForm, WordsForm
from evaluations.models import Appraisal
from evaluations.scoring import score_item
from zhijiao.access import needs
from zhijiao.entry import act_once, once
from zhijiao.filters import ChoicesFilter
from zhijiao.listing import ListColumn, ListPage, ListView
from zhijiao.quantities import plain
from zhijiao.refusals import Refused, WordsNeeded, tells_refusals

LOOKS = {
    AppraisalState.DRAFT: ("draft", "pencil"), AppraisalState.RETURNED: ("bad", "reply-fill"), AppraisalState.SUBMITTED: ("run", "send"),
    AppraisalState.SETTLED: ("wait", "award"), AppraisalState.NOTICED: ("run", "megaphone"), AppraisalState.FINAL: ("done", "check-lg"),
}  # fmt: skip


def appraisal_badge(row: Any) -> SafeString:
    return badge(*LOOKS[AppraisalState(row.state)], row.get_state_display())


def appraisals_of(user: Any) -> Any:
    """Those that this person may read."""
    mine = within(Appraisal.objects.all(), user, "evaluation.view").values("pk")
    return Appraisal.objects.visible_to(user).filter(pk__in=mine)


# --- all of them -------------------------------------------------------------------------------------------------------


class AppraisalFilter(YearFilters):
    searched = ("secondment__teacher__name", "secondment__teacher__initials", "secondment__sending_school__name")
    state = ChoicesFilter(label="状态", choices=AppraisalState)
    kind = ChoicesFilter(label="考核类型", choices=AppraisalKind)
    school = school_filter("派出学校", "secondment__sending_school")

    class Meta:
        model = Appraisal
        fields: list[str] = []


def _grade(row: Any) -> str:
    return str(Grade(row.shown).label) if row.shown else ""


APPRAISALS = ListPage(
    heading="考核",
    filters=AppraisalFilter,
    order=("secondment__teacher__name", "pk"),
    search_hint="教师、拼音首字母、派出学校",
    nothing="教育局开展考核以后，每位支教教师一行：学校评分、本人签字、局里评定、公示，到哪一步都在这里。",
    sheet="考核",
    unit="人次",
    css="flow with-state",
    template="evaluations/appraisal_list.html",
    views=(
        ListView("待评分", "scoring", Q(state__in=AT_SCHOOL_STATES)),
        ListView("待评定", "settling", Q(state=AppraisalState.SUBMITTED)),
        ListView("公示中", "noticed", Q(state=AppraisalState.NOTICED)),
        ListView("已确定", "final", Q(state=AppraisalState.FINAL)),
    ),
    columns=(
        ListColumn("教师", lambda row: linked("evaluations:appraisal_detail", row.pk, row.secondment.teacher.name), "c-name", "name", ("secondment__teacher__name",)),
        ListColumn("考核类型", lambda row: row.get_kind_display(), "", "kind", ("kind",)),
        ListColumn("派出学校", lambda row: row.secondment.sending_school.name, "c-wide", "sending", ("secondment__sending_school__name",)),
        ListColumn("受援学校", lambda row: row.place or "", "c-wide", "place", ("place",)),
        ListColumn("得分", lambda row: plain(row.score) if row.score is not None else "", "r num", "score", ("score",), "得分"),
        ListColumn("学校建议", lambda row: row.get_proposed_grade_display(), "c-wide", "proposed", ("proposed_grade",)),
        ListColumn("等次", _grade, "", "grade", ("shown",)),
        ListColumn("本人意见", lambda row: row.get_answer_display(), "c-wide", "answer", ("answer",)),
        ListColumn("状态", appraisal_badge, "c-state", "state", ("state",)),
    ),
)  # fmt: skip


@require_GET
@needs("evaluation.view")
def appraisal_list(request: HttpRequest) -> HttpResponse:
    place = (
        Placement.objects.filter(secondment=OuterRef("secondment")).order_by("-order").values("receiving_school__name")
    )
    rows = appraisals_of(request.user).select_related("secondment__teacher", "secondment__sending_school")
    rows = rows.annotate(place=Subquery(place[:1])).only(
        *WHEN, "kind", "score", "proposed_grade", "grade", "answer", "state", "secondment__teacher__name", "secondment__sending_school__name"
    )  # fmt: skip
    return APPRAISALS.render(
        request,
        _with_shown_grade(rows, request.user),
        may_open=may(request.user, "evaluation.open"),
        may_publish=may(request.user, "evaluation.publish"),
        may_settle=may(request.user, "evaluation.grade_final"),
    )


def _with_shown_grade(rows: Any, user: Any) -> Any:
    """The grade as far as this person may know it: before it is made public only the bureau does."""
    shown = (
        F("grade")
        if may(user, "evaluation.grade_final")
        else Case(When(state__in=PUBLISHED_GRADES, then=F("grade")), default=Value(""))
    )
    return rows.annotate(shown=shown)


# --- one of them -------------------------------------------------------------------------------------------------------


def _row(request: HttpRequest, pk: int) -> Appraisal:
    rows = appraisals_of(request.user).select_related(
        "secondment__teacher",
        "secondment__sending_school",
        "secondment__programme",
        "rubric",
        "notice",
        "submitted_by",
        "school_year",
    )
    found: Appraisal = get_object_or_404(rows.prefetch_related("secondment__placements__receiving_school"), pk=pk)
    return found


@require_GET
@needs("evaluation.view")
def appraisal_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _detail(request, _row(request, pk))


def _detail(request: HttpRequest, row: Appraisal, *, status: int = 200, **forms: Any) -> HttpResponse:
    user = request.user
    lines = appraisal.lines_of(row)
    known = appraisal.known_of(row) if any(line.is_known for line in lines) else {}
    shown = []
    for line in lines:
        item = appraisal.item_of(line)
        words = line.source if line.is_known or not item.kind else score_item(item, line.value).words
        shown.append((line, item, words, known[item.fact].source_url if line.is_known and item.fact in known else ""))
    is_bureau = is_of_bureau(user, "evaluation.view", row.county_id)
    appeals = list(row.appeals.select_related("decided_by").order_by("pk"))
    may_see_appeals = is_bureau or any(one.made_by_id == user.pk for one in appeals)
    waiting = next((one for one in appeals if not one.result), None)
    context = {
        "row": row, "badge": appraisal_badge(row), "lines": shown, "place": appraisal.last_place(row.secondment),
        "remarks": [(row._meta.get_field(name).verbose_name, getattr(row, name)) for name in (*appraisal.REMARKS, "summary", "receiving_opinion")],  # type: ignore[union-attr]
        "grade": appraisal.shown_grade(row, is_bureau), "is_bureau": is_bureau,
        "is_handed_in": row.state not in AT_SCHOOL_STATES, "versions": _versions(row, user),
        "appeals": appeals if may_see_appeals else [],
        "may_score": appraisal.may("save", row, user), "may_sign": appraisal.may("answer", row, user),
        "object": WordsForm(label="哪一项有异议，为什么") if appraisal.may("answer", row, user) else None,
        "opinion": WordsForm(label="派出学校意见", most=200, initial={"text": row.sending_opinion}) if appraisal.may("opinion", row, user) else None,
        "send_back": WordsForm(label="哪里要改", most=300) if appraisal.may("send_back", row, user) else None,
        "appeal": WordsForm(label="申诉的理由") if appraisal.may("appeal", row, user) and not appraisal.why_not_appealed(row) else None,
        "decide": DecideForm() if waiting and appraisal.may("dismiss", row, user) else None, **forms,
    }  # fmt: skip
    return render(request, "evaluations/appraisal_detail.html", context, status=status)


def _versions(row: Appraisal, user: Any) -> list[versions.HandedIn]:
    """Told where there is more than what the page shows anyway: several, or one that is being written anew."""
    return versions.history_of(row, user) if row.version > 1 or row.state == AppraisalState.RETURNED else []


# --- scored ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@needs("evaluation.edit", "evaluation.submit")
@tells_refusals
def appraisal_score(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of one teacher: saved at any moment, handed in when nothing is missing."""
    row = _row(request, pk)
    _require(request, row, "save")
    if request.method == "GET" and row.state not in AT_SCHOOL_STATES:
        return redirect("evaluations:appraisal_detail", pk)
    appraisal.insist_step("save", row, request.user)
    lines = appraisal.lines_of(row)
    form = ScoreForm(request.POST or None, row=row, lines=lines, known=appraisal.known_of(row))
    seen = request.POST.get("seen") or appraisal.seen_of(row)
    here = reverse("evaluations:appraisal_score", args=[pk])
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            with once(request) as turn:
                if turn.is_repeat:
                    return turn.again()
                saved = appraisal.save_draft(row, form.values(), by=request.user, seen=seen)
                if request.POST.get("do") != "submit":
                    told = f"，现在 {plain(saved.score)} 分" if saved.score is not None else ""
                    messages.success(request, f"已保存{told}")
                    return turn.answered(here)
                try:
                    appraisal.submit(saved, by=request.user)
                except Refused as refused:
                    messages.warning(request, f"已保存，{refused}")
                    return turn.answered(f"{here}?check=1")
                messages.success(request, f"{row.secondment.teacher}的评分已报送，老师和派出学校可以看到了")
                return turn.answered(reverse("evaluations:appraisal_detail", args=[pk]))
        except Refused as refused:
            problem = str(refused)
    if "check" in request.GET:
        for line in form.lines:
            line.problem = score_item(line.item, line.row.value).problem
    context = {
        "row": row,
        "form": form,
        "seen": seen,
        "problem": problem,
        "span": appraisal.span_of(row),
        "place": appraisal.last_place(row.secondment),
        "badge": appraisal_badge(row),
    }
    return render(request, "evaluations/appraisal_score.html", context, status=409 if problem else 200)


def _require(request: HttpRequest, row: Appraisal, key: str) -> None:
    """The right on this very row, before anything is looked at."""
    if not has_on(request.user, STEPS[key].action, row):
        raise PermissionDenied(closing.why_denied(row, "这次考核的这一步不由您办"))


def _step(
    request: HttpRequest, pk: int, key: str, told: str, do: Callable[[Appraisal], Any], **form: Any
) -> HttpResponse:
    """A step of one button, with or without words. What was typed stays where words are missing."""
    row = _row(request, pk)
    _require(request, row, key)
    appraisal.insist_step(key, row, request.user)
    try:
        return act_once(request, lambda: do(row), told=told, to=reverse("evaluations:appraisal_detail", args=[pk]))
    except WordsNeeded as why_not:
        for one in form.values():
            one.is_valid()
            one.add_error("text", str(why_not))
        return _detail(request, _row(request, pk), status=422, **form)


def _text(request: HttpRequest) -> str:
    return request.POST.get("text", "")


@require_POST
@needs("evaluation.edit")
@tells_refusals
def appraisal_refresh(request: HttpRequest, pk: int) -> HttpResponse:
    row = _row(request, pk)
    _require(request, row, "save")
    return act_once(
        request,
        lambda: appraisal.refresh(row, by=request.user),
        told="系统里的数据已重新带入",
        to=reverse("evaluations:appraisal_score", args=[pk]),
    )


@require_POST
@needs("evaluation.return")
@tells_refusals
def appraisal_return(request: HttpRequest, pk: int) -> HttpResponse:
    form = WordsForm(request.POST, label="哪里要改", most=300)
    return _step(
        request,
        pk,
        "send_back",
        "已退回学校",
        lambda row: appraisal.send_back(row, _text(request), by=request.user),
        send_back=form,
    )


@require_POST
@needs("evaluation.sign")
@tells_refusals
def appraisal_sign(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, "answer", "已签字", lambda row: appraisal.sign(row, by=request.user))


@require_POST
@needs("evaluation.sign")
@tells_refusals
def appraisal_object(request: HttpRequest, pk: int) -> HttpResponse:
    form = WordsForm(request.POST, label="哪一项有异议，为什么")
    return _step(
        request,
        pk,
        "answer",
        "异议已提交，学校和局里都会看到",
        lambda row: appraisal.object_to(row, _text(request), by=request.user),
        object=form,
    )


@require_POST
@needs("evaluation.opinion")
@tells_refusals
def appraisal_opinion(request: HttpRequest, pk: int) -> HttpResponse:
    form = WordsForm(request.POST, label="派出学校意见", most=200)
    return _step(
        request,
        pk,
        "opinion",
        "意见已保存",
        lambda row: appraisal.give_opinion(row, _text(request), by=request.user),
        opinion=form,
    )


@require_POST
@needs("appeal.create")
@tells_refusals
def appraisal_appeal(request: HttpRequest, pk: int) -> HttpResponse:
    form = WordsForm(request.POST, label="申诉的理由")
    return _step(
        request,
        pk,
        "appeal",
        "申诉已提交，由没有评定您等次的人处理",
        lambda row: appraisal.appeal(row, _text(request), by=request.user),
        appeal=form,
    )


@require_POST
@needs("appeal.decide")
@tells_refusals
def appraisal_decide(request: HttpRequest, pk: int) -> HttpResponse:
    row = _row(request, pk)
    _require(request, row, "dismiss")
    made = row.appeals.filter(result="").first()
    if made is None:
        raise Refused("没有要处理的申诉")
    form = DecideForm(request.POST)
    if not form.is_valid():
        appraisal.insist_step("dismiss", row, request.user)
        return _detail(request, row, status=422, decide=form)
    return act_once(
        request,
        lambda: appraisal.decide(made, form.cleaned_data["result"], form.cleaned_data["answer"], by=request.user),
        told="申诉已处理，答复发给了老师",
        to=reverse("evaluations:appraisal_detail", args=[pk]),
    )
