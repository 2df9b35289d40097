"""/work/: the work record. The teacher's own book, the school's list of what waits to be confirmed, the bureau's view."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.core.exceptions import PermissionDenied
from django.db.models import Count, IntegerField, OuterRef, Prefetch, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assignments import closing
from assignments.access import has_on, within
from assignments.lists import WHEN, YearFilters, linked, programmes_in_view, school_filter
from assignments.models import Placement, Secondment
from assignments.models.scope import Access
from assignments.views.badges import badge
from assignments.views.reading import Reading
from assignments.views.recording import entry, require_write
from evaluations import work
from evaluations.duties import Duties, archive_of, duties_of
from evaluations.forms.work import FORMS, SendBackForm, StepForm
from evaluations.models import Lecture, Lesson, MentorshipStep, WorkRecord
from zhijiao.access import needs
from zhijiao.accounts.history import history_of
from zhijiao.attachments.models import Attachment
from zhijiao.detail import Col, Note, Page, Section
from zhijiao.entry import act_once
from zhijiao.listing import ListColumn, ListPage
from zhijiao.refusals import tells_refusals

LABELS = {"record": "材料", "lesson": "课例", "lecture": "讲座", "mentorship": "师徒结对"}
PLACEMENTS = Placement.objects.select_related("receiving_school").order_by("order")
HAD_A_POST = ("on_post", "appraised", "completed", "ended_early")


# --- all of them -------------------------------------------------------------------------------------------------------


class WorkFilter(YearFilters):
    searched = ("teacher__name", "teacher__initials", "sending_school__name")
    programme = filters.ModelChoiceFilter(label="项目类型", queryset=programmes_in_view)
    sending = school_filter("派出学校", "sending_school")

    class Meta:
        model = Secondment
        fields: list[str] = []


def _waiting(row: Any) -> SafeString | str:
    return badge("wait", "hourglass-split", f"{row.waiting} 条待确认") if row.waiting else ""


BOOKS = ListPage(
    heading="工作记录",
    filters=WorkFilter,
    order=("-waiting", "teacher__name", "pk"),
    search_hint="教师、拼音首字母、派出学校",
    nothing="教师到岗以后，把教案、听课、公开课、讲座记在这里，受援学校确认。",
    unit="人",
    css="flow with-state",
    columns=(
        ListColumn("教师", lambda row: linked("evaluations:work_book", row.pk, row.teacher.name), "c-name", "name", ("teacher__name",)),
        ListColumn("受援学校", lambda row: row.receiving_school_name or "", "", "to", ("receiving_school_name",)),
        ListColumn("材料", lambda row: row.pieces or "", "r num", "pieces", ("pieces",), "材料"),
        ListColumn("听课", lambda row: _of(row.observed, row.programme.lessons_observed), "r num", "observed", ("observed",), "听课"),
        ListColumn("公开课", lambda row: _of(row.open_given, row.programme.open_lessons), "r num", "open", ("open_given",), "公开课"),
        ListColumn("状态", _waiting, "c-state", "waiting", ("waiting",)),
    ),
)  # fmt: skip


def _of(done: int, asked: int | None) -> str:
    """23/40, or 23 where the programme asks for no number."""
    return f"{done}/{asked}" if asked else str(done or "")


def _counted(model: Any, how: Any, **only: Any) -> Coalesce:
    rows = model.objects.filter(secondment=OuterRef("pk"), **only).order_by().values("secondment")
    return Coalesce(Subquery(rows.annotate(n=how).values("n"), output_field=IntegerField()), 0)


def _waiting_of(model: Any) -> Coalesce:
    rows = model.objects.filter(work.WAITING, secondment=OuterRef("pk")).order_by().values("secondment")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


def _books(user: Any) -> Any:
    """The secondments whose work this person may look at."""
    rows = within(Secondment.objects.all(), user, "worklog.view").values("pk")
    return Secondment.objects.visible_to(user).filter(pk__in=rows, state__in=HAD_A_POST)


@require_GET
@needs("worklog.view")
def work_list(request: HttpRequest) -> HttpResponse:
    """A teacher comes to their own book at once."""
    access = Access.of(request.user)
    if access.teachers and not access.schools and not access.districts:
        own = _books(request.user).filter(teacher__in=access.teachers).order_by("-start", "-pk").first()
        if own:
            return redirect("evaluations:work_book", own.pk)
    waiting = sum((_waiting_of(model) for model in work.KINDS.values()), start=_waiting_of(WorkRecord) * 0)
    rows = (
        _books(request.user).with_receiving_school()
        .annotate(
            pieces=_counted(WorkRecord, Sum("number")), observed=_counted(Lesson, Sum("number"), kind="observed"),
            open_given=_counted(Lesson, Sum("number"), kind="open"), waiting=waiting,
        )
        .select_related("teacher", "programme")
        .only(*WHEN, "teacher__name", "programme__lessons_observed", "programme__open_lessons")
    )  # fmt: skip
    return BOOKS.render(request, rows)


# --- one book ----------------------------------------------------------------------------------------------------------


def _book(request: HttpRequest, pk: int) -> Secondment:
    rows = _books(request.user).select_related(
        "teacher__school", "programme", "school_year", "sending_school", "county"
    )
    rows = rows.prefetch_related(Prefetch("placements", PLACEMENTS))
    found: Secondment = get_object_or_404(rows, pk=pk)
    return found


def _require(request: HttpRequest, action: str, secondment: Secondment) -> None:
    """Before a form is even looked at."""
    if not has_on(request.user, action, secondment):
        why_not = "这位教师的工作记录由本人和受援学校登记、受援学校确认"
        raise PermissionDenied(closing.why_denied(secondment, why_not))


def _rows_of(secondment: Any) -> dict[str, list[Any]]:
    return {
        "record": list(secondment.work_records.order_by("-start", "-pk")),
        "lesson": list(secondment.lessons.select_related("school").order_by("-start", "-pk")),
        "lecture": list(secondment.lectures.order_by("-start", "-pk")),
        "mentorship": list(secondment.mentorships.select_related("apprentice").order_by("-start", "-pk")),
    }


def work_badge(row: Any) -> SafeString:
    if work.is_confirmed(row):
        return badge("done", "check-lg", "已确认")
    return badge("bad", "reply-fill", "要改") if row.return_reason else badge("wait", "hourglass-split", "待确认")


def told(row: Any) -> str:
    """What it is, in a line: 教案 30 份, 公开课《桂林山水》, 讲座“怎样教写作”, 徒弟 李明."""
    match row:
        case WorkRecord():
            return f"{row.category} {row.number} {row.unit}" + (f"：{row.title}" if row.title else "")
        case Lesson():
            number = f" {row.number} 节" if row.number > 1 or not row.topic else ""
            return f"{row.get_kind_display()}{number}" + (f"：{row.topic}" if row.topic else "")
        case Lecture():
            return f"讲座：{row.title}"
    return f"徒弟：{row.apprentice}"


@require_GET
@needs("worklog.view")
def work_book(request: HttpRequest, pk: int) -> HttpResponse:
    secondment = _book(request, pk)
    rows = _rows_of(secondment)
    duties = duties_of(
        secondment.programme, archive_of(rows["record"], rows["lesson"], rows["lecture"], rows["mentorship"])
    )
    files = _files(rows)
    may_confirm = work.may_confirm(request.user, secondment)
    groups = [
        (kind, LABELS[kind], [(row, told(row), work_badge(row), files.get((row._meta.label_lower, str(row.pk)), 0)) for row in found])
        for kind, found in rows.items()
    ]  # fmt: skip
    everything = [row for found in rows.values() for row in found]
    context = {
        "secondment": secondment,
        "school": next(iter(reversed(secondment.placements.all())), None),
        "duties": Duties(duties),
        "groups": [group for group in groups if group[2]],
        "labels": LABELS if not work.why_not_entered(request.user, secondment) else {},
        "may_confirm": may_confirm,
        "waiting": sum(not work.is_confirmed(row) and not row.return_reason for row in everything),
        "pieces": sum(row.number for row in rows["record"]),
        "confirmed": sum(work.is_confirmed(row) for row in everything),
        "number": len(everything),
    }  # fmt: skip
    return render(request, "evaluations/work_book.html", context)


def _files(rows: dict[str, list[Any]]) -> dict[tuple[str, str], int]:
    """How many files hang on each row; one query."""
    keys = [str(row.pk) for found in rows.values() for row in found]
    types = [model._meta.label_lower for model in work.KINDS.values()]
    found = Attachment.objects.present().filter(subject_type__in=types, subject_id__in=keys)
    counted = found.order_by().values_list("subject_type", "subject_id").annotate(n=Count("pk"))
    return {(kind, key): number for kind, key, number in counted}


# --- writing -----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@needs("worklog.create")
@tells_refusals
def work_new(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    secondment = _book(request, pk)
    _require(request, "worklog.create", secondment)
    row = work.KINDS[kind](
        secondment=secondment, county_id=secondment.county_id, school_year_id=secondment.school_year_id
    )
    back = reverse("evaluations:work_book", args=[pk])
    return entry(
        request, FORMS[kind], row,
        lambda form: work.create(row, form.values(), by=request.user, files=form.new_files),
        heading=f"登记{LABELS[kind]}", back=back, after=back,
    )  # fmt: skip


def _row(request: HttpRequest, kind: str, pk: int) -> Any:
    if kind not in work.KINDS:
        raise Http404
    model: Any = work.KINDS[kind]
    rows = within(model.objects.all(), request.user, "worklog.view").values("pk")
    return get_object_or_404(
        model.objects.visible_to(request.user).filter(pk__in=rows).select_related("secondment__teacher", "school_year")
        .prefetch_related(Prefetch("secondment__placements", PLACEMENTS)), pk=pk,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs("worklog.edit")
@tells_refusals
def work_edit(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    row = _row(request, kind, pk)
    require_write(request, row)
    back = reverse("evaluations:work_row", args=[kind, pk])
    return entry(
        request, FORMS[kind], row,
        lambda form: work.change(row, form.values(), by=request.user, seen=request.POST.get("seen", "")),
        heading=f"修改{LABELS[kind]}", back=back, after=back,
    )  # fmt: skip


# --- one record --------------------------------------------------------------------------------------------------------

FACTS: dict[str, tuple[str | Col, ...]] = {
    "record": ("category", Col(lambda row: f"{row.number} {row.unit}", "数量"), "title", "when"),
    "lesson": (
        "kind", Col("number", unit="节"), "topic", "when", "subject", "class_name", "school", "taught_by",
        Col("audience", unit="人"), "score", "organiser",
    ),
    "lecture": ("title", "when", "place", Col("hours", unit="小时"), Col(lambda row: row.people.told("人") if row.people else "", "参加人数")),
    "mentorship": ("apprentice", "subject", "goal", Col("when", "起止"), "agreement_signed_on", "outcome"),
}  # fmt: skip


@require_GET
@needs("worklog.view")
def work_row(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    return _row_page(request, _row(request, kind, pk))


def _row_page(request: HttpRequest, row: Any, **forms: Any) -> HttpResponse:
    kind = work.kind_of(row)
    reading = Reading(request)
    blocks: list[Any] = [reading.tell.facts(row, *FACTS[kind])]
    if getattr(row, "text", ""):
        blocks.append(Note(row.text))
    sections = [Section("facts", LABELS[kind], blocks)]
    if kind == "mentorship":
        steps = MentorshipStep.objects.visible_to(request.user).filter(mentorship=row).order_by("start", "pk")
        sections.append(
            Section(
                "steps", "经过", [reading.tell.table(list(steps), Col("when", css="nw"), Col("kind", css="nw"), "text")]
            )
        )
    may_write = work.may_write(request.user, row)
    context = {
        "row": row, "kind": kind, "heading": told(row), "badge": work_badge(row), "page": Page(sections),
        "may_write": may_write, "may_confirm": work.may_confirm(request.user, row.secondment),
        "is_confirmed": work.is_confirmed(row),
        "step": StepForm() if kind == "mentorship" and not work.why_not_entered(request.user, row.secondment) else None,
        "send_back": SendBackForm(), "steps": history_of(row), **forms,
    }  # fmt: skip
    return render(request, "evaluations/work_row.html", context)


@require_POST
@needs("worklog.edit")
@tells_refusals
def work_remove(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    row = _row(request, kind, pk)
    book = reverse("evaluations:work_book", args=[row.secondment_id])
    return act_once(
        request,
        lambda: work.remove(row, by=request.user, reason=request.POST.get("reason", "")),
        told="已删去，操作记录里还查得到",
        to=book,
    )


@require_POST
@needs("worklog.create")
@tells_refusals
def work_step(request: HttpRequest, pk: int) -> HttpResponse:
    pair = _row(request, "mentorship", pk)
    _require(request, "worklog.create", pair.secondment)
    form = StepForm(request.POST)
    if not form.is_valid():
        return _row_page(request, pair, step=form)
    return act_once(
        request,
        lambda: work.add_step(pair, form.cleaned_data, by=request.user),
        to=reverse("evaluations:work_row", args=["mentorship", pk]),
    )


# --- confirming --------------------------------------------------------------------------------------------------------


@require_POST
@needs("worklog.confirm")
@tells_refusals
def work_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """What was ticked (`pick`: kind-number), or everything that waits (`all`)."""
    secondment = _book(request, pk)
    _require(request, "worklog.confirm", secondment)
    picked, is_all = set(request.POST.getlist("pick")), bool(request.POST.get("all"))
    rows = [
        row
        for kind, found in _rows_of(secondment).items()
        for row in found
        if not work.is_confirmed(row) and (f"{kind}-{row.pk}" in picked or (is_all and not row.return_reason))
    ]
    return act_once(
        request,
        lambda: work.confirm(rows, by=request.user),
        told=lambda number: f"已确认 {number} 条" if number else "没有确认：还没有打勾",
        to=reverse("evaluations:work_book", args=[pk]),
    )


@require_POST
@needs("worklog.confirm")
@tells_refusals
def work_send_back(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    row = _row(request, kind, pk)
    _require(request, "worklog.confirm", row.secondment)
    form = SendBackForm(request.POST)
    if not form.is_valid():
        return _row_page(request, row, send_back=form)
    return act_once(
        request,
        lambda: work.send_back(row, by=request.user, reason=form.cleaned_data["reason"]),
        told="已退回，老师看得到原因",
        to=reverse("evaluations:work_book", args=[row.secondment_id]),
    )
