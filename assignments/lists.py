"""The lists of schools, teachers, secondments and activities: what each shows, and what it can be filtered by."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import django_filters as filters
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from assignments import search
from assignments.choices import SUBJECT_CHOICES, Location, SchoolStage, SecondmentState, TeachingStage, Title
from assignments.models import Activity, Donation, Placement, Programme, School, Secondment, Teacher
from assignments.models.scope import Access
from assignments.periods import Period
from assignments.views.badges import state_badge
from assignments.workflow import TRANSITIONS
from zhijiao.access import has, needs
from zhijiao.dates import ApproximateDateAttribute
from zhijiao.filters import EVERYTHING, ChoicesFilter, ListFilters
from zhijiao.listing import Bulk, BulkAction, ListColumn, ListPage, ListView
from zhijiao.navigation import chosen_year, is_year_closed, school_years

# The columns behind `when`. A list fetches the columns it shows: making objects of whole rows is most of its work.
WHEN = ApproximateDateAttribute.columns


class YearFilters(ListFilters):
    """Filters of records of a school year: the one chosen in the navigation, until something else is asked for."""

    year = filters.ChoiceFilter(label="学年", method="of_year", empty_label=None, choices=())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(year.code, year.title) for year in school_years(self.request)]
        asked = self.data.get("year", "")
        if asked and asked != EVERYTHING and asked not in dict(known):
            known = [*_one_year(asked), *known]
        self.filters["year"].extra["choices"] = [(EVERYTHING, "全部学年"), *known]

    @classmethod
    def defaults(cls, request: HttpRequest) -> dict[str, str]:
        return {"year": chosen_year(request)}

    @classmethod
    def is_closed(cls, request: HttpRequest, asked: Mapping[str, Any]) -> bool:
        return is_year_closed(request, asked.get("year"))

    def of_year(self, rows: Any, name: str, value: str) -> Any:
        return rows if value == EVERYTHING else rows.in_period(Period.parse(value))


def _one_year(code: str) -> list[tuple[str, str]]:
    """A school year of which nothing is recorded can still be asked for."""
    try:
        period = Period.parse(code)
    except ValueError:
        return []
    return [(code, period.title)] if code == period.school_year else []


def programmes_in_view(request: HttpRequest | None) -> QuerySet[Programme]:
    return Programme.objects.visible_to(request.user) if request else Programme.objects.none()


def school_filter(label: str, field: str) -> filters.CharFilter:
    """A part of a school's name. Not a drop-down: a county has hundreds, and each would be drawn on every page."""
    return filters.CharFilter(label=label, field_name=f"{field}__name", lookup_expr="icontains")


def linked(name: str, key: int, text: str, tag: str = "") -> SafeString:
    """The name of a row, leading to its page."""
    before, after = _address_around(name, get_script_prefix())
    link = format_html('<a href="{}{}{}">{}</a>', before, key, after, text)
    return format_html('{} <span class="tag">{}</span>', link, tag) if tag else link


@cache
def _address_around(name: str, prefix: str) -> tuple[str, str]:
    """The address of the pages of this name, before and after the key: the same for all rows of a list."""
    before, _, after = reverse(name, args=[_SOME_KEY]).rpartition(str(_SOME_KEY))
    return before, after


_SOME_KEY = 987654321


def _working(rows: QuerySet[Any], chosen: ListFilters, name: str, ended: str) -> QuerySet[Any]:
    """Who has left is shown to whoever asks for it by the filter of this name."""
    return rows if chosen.form.cleaned_data.get(name) else rows.filter(**{ended: None})


def _entering(request: HttpRequest, kind: str, label: str) -> dict[str, Any]:
    """The buttons of whoever may enter and merge."""
    add = (
        {"add_url": reverse(f"assignments:{kind}_new"), "add_label": label} if has(request.user, f"{kind}.edit") else {}
    )
    return {"may_merge": has(request.user, f"{kind}.merge"), **add}


# --- schools -----------------------------------------------------------------------------------------------------------


class SchoolFilter(ListFilters):
    stage = ChoicesFilter(label="学段", choices=SchoolStage)
    location = ChoicesFilter(label="城乡分类", choices=Location)
    centre = school_filter("所属中心校", "centre_school")
    outside = filters.BooleanFilter(label="县外学校", field_name="is_outside_county")
    closed = filters.BooleanFilter(label="已停用", field_name="closed_on", lookup_expr="isnull", exclude=True)

    class Meta:
        model = School
        fields: list[str] = []

    def matching(self, word: str) -> Q:
        return search.school_words(word)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return _working(super().filter_queryset(queryset), self, "closed", "closed_on")


SCHOOLS = ListPage(
    heading="学校",
    filters=SchoolFilter,
    order=("name", "pk"),
    search_hint="校名、拼音首字母、标识码、乡镇",
    nothing="教育局登记了学校，就在这里了。",
    sheet="学校",
    unit="所",
    template="assignments/people_list.html",
    views=(
        ListView("乡村学校", "village", Q(location=Location.VILLAGE)),
        ListView("中心校", "centre", Q(is_centre_school=True)),
        ListView("县外学校", "outside", Q(is_outside_county=True)),
    ),
    columns=(
        ListColumn(
            "学校",
            lambda row: linked("assignments:school_detail", row.pk, row.name, "中心校" if row.is_centre_school else ""),
            "c-name", "name", ("name",),
        ),
        ListColumn("学段", lambda row: row.get_stage_display(), "", "stage", ("stage",)),
        ListColumn("城乡", lambda row: row.get_location_display(), "", "location", ("location",)),
        ListColumn("乡镇", lambda row: row.township, "c-wide", "township", ("township",)),
        ListColumn("所属中心校", lambda row: row.centre_name or "", "c-wide"),
        ListColumn("历年派出", lambda row: row.sent or "", "r num", "sent", ("sent",), "派出"),
        ListColumn("历年接收", lambda row: row.received or "", "r num", "received", ("received",), "接收"),
    ),
)  # fmt: skip


def number_of(rows: QuerySet[Any], of: str, counted: str = "pk") -> Subquery:
    """How many rows point here, counted apart so that two counts don't multiply.

    Which rows is a question of its own, answered once: asked together, SQLite goes through the county's for each school.
    """
    here = rows.model._default_manager.filter(**{of: OuterRef("pk")}).order_by()
    number = Count(counted, distinct=True, filter=Q(pk__in=rows.order_by().values("pk")))
    return Subquery(here.values(of).annotate(n=number).values("n"))


@needs("school.list")
def school_list(request: HttpRequest) -> HttpResponse:
    seen = Secondment.objects.visible_to(request.user).serving()
    at = Placement.objects.filter(secondment__in=seen.values("pk"))
    rows = (
        School.objects.visible_to(request.user)
        .filter(merged_into=None)
        .annotate(
            sent=number_of(seen, "sending_school"),
            received=number_of(at, "receiving_school", "secondment"),
            centre_name=Subquery(School.objects.filter(pk=OuterRef("centre_school")).values("name")[:1]),
        )
    )
    rows = rows.only("name", "stage", "location", "township", "is_centre_school")
    return SCHOOLS.render(request, rows, **_entering(request, "school", "登记学校"))


# --- teachers ----------------------------------------------------------------------------------------------------------


class TeacherFilter(ListFilters):
    school = school_filter("所在学校", "school")
    subject = ChoicesFilter(label="任教学科", choices=SUBJECT_CHOICES)
    stage = ChoicesFilter(label="学段", choices=TeachingStage)
    title = ChoicesFilter(label="职称", choices=Title)
    retired = filters.BooleanFilter(label="已离岗", field_name="retired_on", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Teacher
        fields: list[str] = []

    def matching(self, word: str) -> Q:
        return search.teacher_words(word)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return _working(super().filter_queryset(queryset), self, "retired", "retired_on")


ON_POST = Q(pk__in=Secondment.objects.filter(state=SecondmentState.ON_POST).values("teacher"))


TEACHERS = ListPage(
    heading="教师",
    filters=TeacherFilter,
    order=("name", "pk"),
    search_hint="姓名、拼音、首字母、学校",
    nothing="学校或教育局登记了教师，就在这里了。",
    sheet="教师",
    unit="人",
    template="assignments/people_list.html",
    views=(
        ListView("正在支教", "on_post", ON_POST),
    ),
    columns=(
        ListColumn("姓名", lambda row: linked("assignments:teacher_detail", row.pk, row.name), "c-name", "name", ("name",)),
        ListColumn("性别", lambda row: row.get_sex_display(), "c-wide"),
        ListColumn("所在学校", lambda row: row.school.name if row.school else "", "", "school", ("school__name", "name")),
        ListColumn("学科", lambda row: row.subject, "", "subject", ("subject", "name")),
        ListColumn("职称", lambda row: row.get_title_display(), "c-wide", "title", ("title", "name")),
        ListColumn("本校任教起始", lambda row: f"{row.at_school_since:%Y.%m}" if row.at_school_since else "", "num c-wide", "since", ("at_school_since",)),
        ListColumn("支教次数", lambda row: row.times or "", "r num", "times", ("times", "name"), "支教次数"),
    ),
)  # fmt: skip


@needs("teacher.list")
def teacher_list(request: HttpRequest) -> HttpResponse:
    times = number_of(Secondment.objects.visible_to(request.user).serving(), "teacher")
    rows = (
        Teacher.objects.visible_to(request.user).filter(merged_into=None).select_related("school").annotate(times=times)
    )
    rows = rows.only("name", "sex", "subject", "title", "at_school_since", "school__name")
    return TEACHERS.render(request, rows, **_entering(request, "teacher", "登记教师"))


# --- secondments -------------------------------------------------------------------------------------------------------


class SecondmentFilter(YearFilters):
    state = ChoicesFilter(label="状态", choices=SecondmentState)
    programme = filters.ModelChoiceFilter(label="项目类型", queryset=programmes_in_view)
    subject = filters.ChoiceFilter(label="任教学科", field_name="placed_subject", choices=SUBJECT_CHOICES)
    sending = school_filter("派出学校", "sending_school")
    receiving = filters.CharFilter(label="受援学校", method="received_by")
    backbone = filters.BooleanFilter(label="骨干教师", field_name="is_backbone")

    class Meta:
        model = Secondment
        fields: list[str] = []

    def matching(self, word: str) -> Q:
        return search.secondment_words(word)

    def received_by(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(_received_by(value))


def _received_by(words: str) -> Q:
    """At any of the placements; a sub-query, because a join would repeat the secondment."""
    return Q(pk__in=Placement.objects.filter(receiving_school__name__icontains=words).values("secondment"))


SECONDMENTS = ListPage(
    heading="支教派遣",
    filters=SecondmentFilter,
    order=("-start", "pk"),
    search_hint="姓名、拼音、首字母、学校、文号",
    nothing="教师申报了支教，就在这里了。",
    sheet="支教派遣",
    css="from-to",
    views=(
        ListView("等局审核", "review", Q(state=SecondmentState.REVIEW)),
        ListView("在岗", "on_post", Q(state=SecondmentState.ON_POST)),
        ListView("逾期未报到", "overdue", Q(state=SecondmentState.OVERDUE)),
        ListView("已结束", "over", Q(state__in=[SecondmentState.COMPLETED, SecondmentState.ENDED_EARLY])),
    ),
    columns=(
        ListColumn(
            "教师",
            lambda row: linked("assignments:secondment_detail", row.pk, row.teacher.name, "骨干" if row.is_backbone else ""),
            "c-name", "name", ("teacher__name",),
        ),
        ListColumn("学科", lambda row: row.placed_subject or row.teacher.subject, "c-sub", "subject", ("placed_subject",)),
        ListColumn("职称", lambda row: row.teacher.get_title_display(), "c-title"),
        ListColumn("派出学校", lambda row: row.sending_school.name, "c-from", "from", ("sending_school__name",)),
        ListColumn("受援学校", lambda row: row.receiving_school_name or "", "c-to", "to", ("receiving_school_name",)),
        ListColumn("项目类型", lambda row: row.programme.name, "c-prog", "programme", ("programme__name",)),
        ListColumn("起止", lambda row: row.period_told, "c-date num", "start", ("start", "end")),
        ListColumn("状态", lambda row: state_badge(row.state), "c-state", "state", ("state",)),
    ),
)  # fmt: skip


@needs("secondment.list")
def secondment_list(request: HttpRequest) -> HttpResponse:
    subject = Placement.objects.filter(secondment=OuterRef("pk")).order_by("-order").values("subject")[:1]
    rows = (
        Secondment.objects.visible_to(request.user).with_receiving_school().annotate(placed_subject=Subquery(subject))
    )
    rows = rows.select_related("teacher", "sending_school", "programme").only(
        *WHEN, "state", "is_backbone", "teacher__name", "teacher__title", "teacher__subject", "sending_school__name",
        "programme__name",
    )  # fmt: skip
    applies = (
        {"add_url": reverse("assignments:application_new"), "add_label": "填写支教申请"}
        if has(request.user, "application.create")
        else {}
    )
    return SECONDMENTS.render(request, rows, bulk=_steps_for_many(request), **applies)


STATE_OF_VIEW = {
    "review": SecondmentState.REVIEW,
    "on_post": SecondmentState.ON_POST,
    "overdue": SecondmentState.OVERDUE,
}


def _steps_for_many(request: HttpRequest) -> Bulk:
    """The steps that this person may take for many at once; where one state is looked at, those that start from it."""
    steps = [step for step in TRANSITIONS.values() if step.for_many and has(request.user, *step.sources.values())]
    access = Access.of(request.user)
    if not (access.everything or access.districts or access.schools):
        steps = []  # a teacher has one at a time: its own page has the buttons
    state = STATE_OF_VIEW.get(request.GET.get("view", ""), request.GET.get("state", ""))
    if state in SecondmentState.values:
        steps = [step for step in steps if state in step.sources]
    actions = [BulkAction(step.key, step.label, number == 0 and bool(state)) for number, step in enumerate(steps)]
    return Bulk(reverse("assignments:secondment_choose"), tuple(actions), lambda row: row.teacher.name)


# --- activities --------------------------------------------------------------------------------------------------------


class ActivityFilter(YearFilters):
    kind = filters.CharFilter(label="活动类型", lookup_expr="icontains")
    school = school_filter("主办学校", "school")
    receiving = school_filter("受援学校", "receiving_school")
    since = filters.DateFilter(label="开始日期不早于", field_name="start", lookup_expr="gte")
    until = filters.DateFilter(label="开始日期不晚于", field_name="start", lookup_expr="lte")

    class Meta:
        model = Activity
        fields: list[str] = []

    def matching(self, word: str) -> Q:
        return search.activity_words(word)


ACTIVITIES = ListPage(
    heading="帮扶活动",
    filters=ActivityFilter,
    order=("-start", "pk"),
    search_hint="活动名称、类型、学校、编号",
    nothing="送课下乡、联片教研、志愿服务等，办过以后登记一次，就在这里了。",
    sheet="帮扶活动",
    unit="次",
    views=(
        ListView("送课下乡", "lessons", Q(kind__contains="送课")),
        ListView("志愿服务", "volunteers", Q(kind__contains="志愿")),
        ListView("学生资助", "pupils", Q(kind__contains="资助")),
    ),
    columns=(
        ListColumn("活动", lambda row: linked("assignments:activity_detail", row.pk, row.title or row.kind), "c-name", "name", ("title", "kind")),
        ListColumn("类型", lambda row: row.kind if row.title else "", "c-wide", "kind", ("kind",)),
        ListColumn("日期", lambda row: row.when.told(), "num", "start", ("start", "end")),
        ListColumn("主办", lambda row: row.school.name if row.school else (row.organiser or "县教育局"), "", "school", ("school__name",)),
        ListColumn("到", lambda row: row.recipient, "c-dest", "to", ("receiving_school__name",)),
        ListColumn("人数", lambda row: row.people.told("人"), "num"),
        ListColumn("捐赠", lambda row: row.lines or "", "r num c-wide", "lines", ("lines",)),
    ),
)  # fmt: skip


@needs("activity.list")
def activity_list(request: HttpRequest) -> HttpResponse:
    donated = number_of(Donation.objects.visible_to(request.user), "activity")
    rows = Activity.objects.visible_to(request.user).select_related("school", "receiving_school")
    rows = rows.annotate(lines=donated).only(
        *WHEN, "kind", "title", "organiser", "receiving_party", *Activity.people.columns, "school__name", "receiving_school__name",
    )  # fmt: skip
    add: dict[str, Any] = {"add_url": reverse("assignments:activity_create"), "add_label": "登记活动"}
    other: dict[str, Any] = {"other_url": reverse("assignments:donation_list"), "other_label": "捐赠"}
    return ACTIVITIES.render(request, rows, **other, **(add if has(request.user, "activity.edit") else {}))
