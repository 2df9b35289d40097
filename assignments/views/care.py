"""The pages of 困难诉求, 后勤保障 and 走访慰问."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import BooleanField, CharField, Exists, ExpressionWrapper, OuterRef, Q
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assignments import care, recording
from assignments.access import may
from assignments.choices import DifficultyCategory
from assignments.forms.care import DifficultyForm, ProvisionForm, ReopenForm, SettleForm, TakeOnForm, VisitForm
from assignments.lists import WHEN, YearFilters, linked, school_filter
from assignments.models import CondolenceVisit, Difficulty, Provision
from assignments.models.scope import Access, memberships_of
from assignments.periods import Period
from assignments.views.badges import badge
from assignments.views.reading import Reading
from assignments.views.recording import address_of, entry, require_write
from zhijiao.access import needs
from zhijiao.accounts.history import history_of
from zhijiao.attachments.models import Attachment
from zhijiao.dates import school_year_of
from zhijiao.detail import Col, Note, Page, Section, money
from zhijiao.entry import once
from zhijiao.filters import EVERYTHING, ChoicesFilter
from zhijiao.listing import ListColumn, ListPage, ListView
from zhijiao.navigation import school_years
from zhijiao.refusals import tells_refusals

# --- difficulties: the list -------------------------------------------------------------------------------------------

SETTLED = ~Q(resolved_on=None, resolution="")


class DifficultyFilter(YearFilters):
    searched = ("teacher__name", "teacher__initials", "owner")
    category = ChoicesFilter(label="类别", choices=DifficultyCategory)
    school = school_filter("派出学校", "teacher__school")

    class Meta:
        model = Difficulty
        fields: list[str] = []

    def matching(self, word: str) -> Q:
        """The words too, but not where they tell of health: finding them would tell it."""
        return super().matching(word) | (Q(text__icontains=word) & ~Q(category=DifficultyCategory.HEALTH))


def difficulty_badge(row: Difficulty) -> SafeString:
    if row.is_resolved:
        return badge("done", "check-lg", "已办结")
    if row.due_on and row.due_on < timezone.localdate():
        return badge("bad", "exclamation-triangle-fill", "已逾期")
    return badge("run", "pencil", "办理中") if row.owner else badge("wait", "hourglass-split", "待承办")


def _shown(row: Any, text: str) -> str:
    return text if row.is_readable else care.BRIEFLY


def _due(row: Difficulty) -> str:
    return f"{row.due_on:%Y.%m.%d}" if row.due_on and not row.is_resolved else ""


DIFFICULTIES = ListPage(
    heading="困难诉求",
    filters=DifficultyFilter,
    order=("-start", "-pk"),
    search_hint="教师、困难内容、承办人",
    nothing="支教教师在手机上提出困难，或学校代为登记，就在这里了。",
    sheet="困难诉求",
    unit="件",
    css="flow with-state",
    views=(
        ListView("待承办", "new", Q(owner="") & ~SETTLED),
        ListView("办理中", "open", ~Q(owner="") & ~SETTLED),
        ListView("已逾期", "late", Q(is_late=True)),
        ListView("已办结", "settled", SETTLED),
    ),
    columns=(
        ListColumn("困难", lambda row: linked("assignments:difficulty_detail", row.pk, _shown(row, row.text[:40])), "c-name c-cut"),
        ListColumn("提出人", lambda row: row.teacher.name, "", "name", ("teacher__name",)),
        ListColumn("类别", lambda row: row.get_category_display(), "", "category", ("category",)),
        ListColumn("提出", lambda row: row.when.told(), "num", "start", ("start",)),
        ListColumn("承办", lambda row: row.owner, "c-wide", "owner", ("owner",)),
        ListColumn("期限", _due, "num", "due", ("due_on",), "期限"),
        ListColumn("状态", difficulty_badge, "c-state"),
    ),
)  # fmt: skip


@require_GET
@needs("difficulty.view")
def difficulty_list(request: HttpRequest) -> HttpResponse:
    late = ExpressionWrapper(Q(due_on__lt=timezone.localdate()) & ~SETTLED, output_field=BooleanField())
    rows = Difficulty.objects.visible_to(request.user).annotate(
        is_late=late, is_readable=ExpressionWrapper(_readable(request.user), output_field=BooleanField())
    )
    rows = rows.select_related("teacher").only(
        *WHEN, "category", "text", "owner", "due_on", "resolution", "resolved_on", "teacher__name"
    )
    add = _add("assignments:difficulty_create", "提出困难") if may(request.user, "difficulty.create") else {}
    return DIFFICULTIES.render(request, rows, **add)


def _readable(user: Any) -> Q:
    """care.may_read, asked of the database for all rows of a list."""
    access = Access.of(user)
    if access.everything:
        return Q(pk__gt=0)
    mine = Q(raised_by=user.pk) | Q(owner_user=user.pk)
    mine |= Q(teacher__in=access.teachers) | Q(teacher__school__in=access.schools)
    if care.sees_health_of_the_county(user):
        mine |= Q(teacher__county__in=access.districts)
    return ~Q(category=DifficultyCategory.HEALTH) | mine


def _add(url_name: str, label: str) -> dict[str, Any]:
    """The button of a list: where it leads and what it says."""
    return {"add_url": reverse(url_name), "add_label": label}


# --- difficulties: one of them ----------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@needs("difficulty.create")
@tells_refusals
def difficulty_create(request: HttpRequest) -> HttpResponse:
    """A teacher, or the school for them, asks for help."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = DifficultyForm(*sent, user=request.user)
    if request.method == "POST" and form.is_valid():
        with once(request) as turn:
            if turn.is_repeat:
                return turn.again()
            typed = form.cleaned_data
            difficulty = care.raise_difficulty(
                form.teacher_asked,
                category=typed["category"],
                text=typed["text"],
                files=typed["photos"],
                by=request.user,
            )
            messages.success(request, "已经提出。学校和教育局都看得到，有人承办时这里会写明")
            return turn.answered(address_of(difficulty))
    context = {"form": form, "heading": "提出困难", "lost_files": bool(request.FILES)}
    return render(request, "assignments/difficulty_form.html", context)


@require_GET
@needs("difficulty.view")
def difficulty_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _difficulty_page(request, _difficulty(request, pk))


@require_POST
@needs("difficulty.settle")
@tells_refusals
def difficulty_take_on(request: HttpRequest, pk: int) -> HttpResponse:
    difficulty = _difficulty(request, pk)
    form = TakeOnForm(request.POST, prefix="take")
    if not form.is_valid():
        return _difficulty_page(request, difficulty, take=form)
    with once(request) as turn:
        if turn.is_repeat:
            return turn.again()
        care.take_on(difficulty, by=request.user, **form.cleaned_data)
        messages.success(request, "已承办，期限到了会提醒您")
        return turn.answered(address_of(difficulty))


@require_POST
@needs("difficulty.settle")
@tells_refusals
def difficulty_settle(request: HttpRequest, pk: int) -> HttpResponse:
    difficulty = _difficulty(request, pk)
    form = SettleForm(request.POST, prefix="settle")
    if not form.is_valid():
        return _difficulty_page(request, difficulty, settle=form)
    with once(request) as turn:
        if turn.is_repeat:
            return turn.again()
        care.settle(difficulty, by=request.user, **form.cleaned_data)
        messages.success(request, "已办结，提出的教师看得到怎么解决的")
        return turn.answered(address_of(difficulty))


@require_POST
@needs("difficulty.reopen")
@tells_refusals
def difficulty_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    difficulty = _difficulty(request, pk)
    form = ReopenForm(request.POST, prefix="reopen")
    if not form.is_valid():
        return _difficulty_page(request, difficulty, reopen=form)
    with once(request) as turn:
        if turn.is_repeat:
            return turn.again()
        care.reopen(difficulty, by=request.user, **form.cleaned_data)
        messages.success(request, "已重新打开，等两边学校或教育局承办")
        return turn.answered(address_of(difficulty))


def _difficulty(request: HttpRequest, pk: int) -> Difficulty:
    rows = Difficulty.objects.visible_to(request.user).select_related("teacher__school", "school_year", "raised_by")
    return get_object_or_404(rows, pk=pk)


def _difficulty_page(request: HttpRequest, difficulty: Difficulty, **forms: Any) -> HttpResponse:
    """The page with the forms of what this person may do; `forms`: one that was sent and is wrong."""
    reading, is_readable = Reading(request), care.may_read(request.user, difficulty)
    may_settle = care.may_settle(request.user, difficulty)
    is_open = not difficulty.is_resolved
    offered: dict[str, Any] = {}
    if may_settle and is_open:
        offered["take"] = TakeOnForm.offered(difficulty.owner or _who(request.user), difficulty.due_on)
        offered["settle"] = SettleForm.offered()
    if difficulty.is_resolved and (may_settle or care.may_reopen(request.user, difficulty)):
        offered["reopen"] = ReopenForm(prefix="reopen")
    context = {
        "difficulty": difficulty,
        "badge": difficulty_badge(difficulty),
        "is_readable": is_readable,
        "heading": f"{difficulty.teacher.name}：{difficulty.get_category_display()}",
        "page": _difficulty_sections(reading, difficulty, is_readable),
        "steps": history_of(difficulty) if is_readable else [],
        "wrong": next(iter(forms), ""),
        **offered,
        **forms,
    }
    return render(request, "assignments/difficulty_detail.html", context)


def _who(user: Any) -> str:
    """松岭乡中心小学 吴校长, as offered for the one who takes it on."""
    membership = next(iter(memberships_of(user)), None)
    place = (membership.school or membership.district) if membership else None
    return f"{place} {user}"[:60] if place else str(user)[:60]


def _difficulty_sections(reading: Reading, difficulty: Difficulty, is_readable: bool) -> Page:
    tell = reading.tell
    asked = tell.facts(
        difficulty,
        Col("teacher"),
        Col(lambda row: row.teacher.school, "派出学校"),
        Col("category"),
        Col("when", "提出日期"),
        Col("raised_by", link=False),
    )
    done = tell.facts(
        difficulty,
        "owner",
        "due_on",
        Col(lambda row: row.resolution if is_readable else "", "解决办法"),
        "resolved_on",
    )
    return Page(
        [
            Section("asked", "困难", [Note(difficulty.text if is_readable else care.HIDDEN), asked], half=True),
            Section("done", "办理", [done or Note("还没有人承办。")], half=True),
        ]
    )


# --- provision --------------------------------------------------------------------------------------------------------


class ProvisionFilter(YearFilters):
    searched = ("school__name", "school__initials", "person_in_charge")
    school = school_filter("受援学校", "school")

    class Meta:
        model = Provision
        fields: list[str] = []

    def of_year(self, rows: Any, name: str, value: str) -> Any:
        return rows if value == EVERYTHING else rows.filter(Period.parse(value).school_years())


def _photos(model: type[Any]) -> Exists:
    """Whether a row has a file; the number of a subject is kept as text."""
    files = Attachment.objects.present().filter(subject_type=model._meta.label_lower)
    return Exists(files.filter(subject_id=Cast(OuterRef("pk"), CharField())))


def _has_photos(row: Any) -> str:
    return "有" if row.has_files else ""


PROVISIONS = ListPage(
    heading="后勤保障",
    filters=ProvisionFilter,
    order=("school__name", "pk"),
    search_hint="学校、负责人",
    nothing="受援学校每学年登记一次给支教教师提供了什么。",
    sheet="后勤保障",
    unit="所",
    columns=(
        ListColumn("受援学校", lambda row: linked("assignments:provision_detail", row.pk, row.school.name), "c-name", "school", ("school__name",)),
        ListColumn("学年", lambda row: row.school_year.title, "num", "year", ("school_year__code", "school__name")),
        ListColumn("保障项目", lambda row: "、".join(row.items), "c-cut"),
        ListColumn("宿舍", lambda row: row.rooms if row.rooms is not None else "", "r num", "rooms", ("rooms",), "宿舍间数"),
        ListColumn("投保", lambda row: row.insured if row.insured is not None else "", "r num", "insured", ("insured",), "投保人数"),
        ListColumn("投入经费", lambda row: money(row.spent), "r num c-wide", "spent", ("spent",)),
        ListColumn("照片", _has_photos, "c-wide"),
    ),
)  # fmt: skip


@require_GET
@needs("care.view")
def provision_list(request: HttpRequest) -> HttpResponse:
    rows = Provision.objects.visible_to(request.user).select_related("school", "school_year")
    rows = rows.annotate(has_files=_photos(Provision)).only(
        "items", "rooms", "insured", "spent", "school__name", "school_year__code"
    )
    add = _add("assignments:provision_create", "登记保障") if may(request.user, "care.edit") else {}
    other: dict[str, Any] = {"other_url": reverse("assignments:visit_list"), "other_label": "走访慰问"}
    return PROVISIONS.render(request, rows, **other, **add)


@require_GET
@needs("care.view")
def provision_detail(request: HttpRequest, pk: int) -> HttpResponse:
    provision = _provision(request, pk)
    reading = Reading(request)
    facts = reading.tell.facts(
        provision, "school", "school_year", "items", Col("rooms", unit="间"), Col("insured", unit="人"),
        Col(lambda row: money(row.spent), "投入经费"), "person_in_charge",
    )  # fmt: skip
    page = Page([Section("facts", "提供了什么", [facts])])
    return _record_page(request, provision, page, f"{provision.school}后勤保障", PROVISIONS, "provision")


@require_http_methods(["GET", "POST"])
@needs("care.edit")
@tells_refusals
def provision_create(request: HttpRequest) -> HttpResponse:
    return entry(
        request, ProvisionForm, Provision(), lambda form: recording.create(Provision(), form.values(), by=request.user, files=form.new_files),
        heading="登记后勤保障", back=reverse("assignments:provision_list"), years=_years(request),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs("care.edit")
@tells_refusals
def provision_edit(request: HttpRequest, pk: int) -> HttpResponse:
    provision = _provision(request, pk)
    require_write(request, provision)
    years = _years(request)
    if provision.school_year.code not in dict(years):
        years.append((provision.school_year.code, provision.school_year.title))
    return entry(
        request, ProvisionForm, provision, lambda form: _changed(request, form),
        heading="修改后勤保障", back=address_of(provision), years=years,
    )  # fmt: skip


def _provision(request: HttpRequest, pk: int) -> Provision:
    rows = Provision.objects.visible_to(request.user).select_related("school", "school_year", "county")
    return get_object_or_404(rows, pk=pk)


def _years(request: HttpRequest) -> list[tuple[str, str]]:
    """The running school year, the next, and those of which something is known."""
    running = school_year_of(timezone.localdate())
    codes = {f"{first}-{first + 1}" for first in (running - 1, running, running + 1)}
    codes |= {year.code for year in school_years(request) if year.is_used}
    return [(code, f"{code.replace('-', '—')}学年") for code in sorted(codes, reverse=True)]


# --- condolence visits ------------------------------------------------------------------------------------------------


class VisitFilter(YearFilters):
    searched = ("occasion", "visitors", "visiting_school__name", "visited_school__name")
    visiting = school_filter("慰问学校", "visiting_school")
    visited = school_filter("被慰问学校", "visited_school")

    class Meta:
        model = CondolenceVisit
        fields: list[str] = []


VISITS = ListPage(
    heading="走访慰问",
    filters=VisitFilter,
    order=("-start", "-pk"),
    search_hint="慰问时机、学校、慰问人",
    nothing="学校和局里看望支教教师以后登记一次。",
    sheet="走访慰问",
    unit="次",
    columns=(
        ListColumn("慰问", lambda row: linked("assignments:condolencevisit_detail", row.pk, row.occasion), "c-name", "occasion", ("occasion",)),
        ListColumn("日期", lambda row: row.when.told(), "num", "start", ("start", "end")),
        ListColumn("慰问学校", lambda row: row.visiting_school.name if row.visiting_school else "县教育局", "", "from", ("visiting_school__name",)),
        ListColumn("到", lambda row: row.visited_school.name if row.visited_school else "", "c-dest", "to", ("visited_school__name",)),
        ListColumn("人数", lambda row: row.visited.told("人"), "num"),
        ListColumn("慰问金", lambda row: money(row.amount), "r num c-wide", "amount", ("amount",)),
        ListColumn("照片", _has_photos, "c-wide"),
    ),
)  # fmt: skip


@require_GET
@needs("care.view")
def visit_list(request: HttpRequest) -> HttpResponse:
    rows = CondolenceVisit.objects.visible_to(request.user).select_related("visiting_school", "visited_school")
    rows = rows.annotate(has_files=_photos(CondolenceVisit)).only(
        *WHEN, "occasion", "amount", *CondolenceVisit.visited.columns, "visiting_school__name", "visited_school__name"
    )
    add = _add("assignments:visit_create", "登记慰问") if may(request.user, "care.edit") else {}
    other: dict[str, Any] = {"other_url": reverse("assignments:provision_list"), "other_label": "后勤保障"}
    return VISITS.render(request, rows, **other, **add)


@require_GET
@needs("care.view")
def visit_detail(request: HttpRequest, pk: int) -> HttpResponse:
    visit = _visit(request, pk)
    reading = Reading(request)
    facts = reading.tell.facts(
        visit,
        "when",
        "school_year",
        Col(lambda row: row.visiting_school or row.county.bureau_name, "慰问学校"),
        "visited_school",
        "visitors",
        Col(lambda row: row.visited.told("人") if row.visited else "", "慰问人数"),
        "gifts",
        Col(lambda row: money(row.amount), "慰问金"),
    )
    page = Page([Section("facts", "慰问情况", [facts])])
    return _record_page(request, visit, page, str(visit), VISITS, "visit")


@require_http_methods(["GET", "POST"])
@needs("care.edit")
@tells_refusals
def visit_create(request: HttpRequest) -> HttpResponse:
    return entry(
        request, VisitForm, CondolenceVisit(), lambda form: recording.create(CondolenceVisit(), form.values(), by=request.user, files=form.new_files),
        heading="登记走访慰问", back=reverse("assignments:visit_list"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs("care.edit")
@tells_refusals
def visit_edit(request: HttpRequest, pk: int) -> HttpResponse:
    visit = _visit(request, pk)
    require_write(request, visit)
    return entry(
        request, VisitForm, visit, lambda form: _changed(request, form), heading="修改走访慰问", back=address_of(visit)
    )


def _visit(request: HttpRequest, pk: int) -> CondolenceVisit:
    rows = CondolenceVisit.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("county", "school_year", "visiting_school", "visited_school"), pk=pk)


# --- shared -----------------------------------------------------------------------------------------------------------


def _changed(request: HttpRequest, form: Any) -> Any:
    return recording.change(form.row, form.values(), by=request.user, seen=request.POST.get("seen", ""))


def _record_page(request: HttpRequest, row: Any, page: Page, heading: str, listed: ListPage, name: str) -> HttpResponse:
    may_edit = recording.may_write(request.user, row)
    context = {
        "row": row,
        "heading": heading,
        "page": page,
        "list_url": reverse(f"assignments:{name}_list"),
        "list_name": listed.heading,
        "edit_url": reverse(f"assignments:{name}_edit", args=[row.pk]) if may_edit else "",
        "steps": history_of(row),
    }
    return render(request, "assignments/care_detail.html", context)
