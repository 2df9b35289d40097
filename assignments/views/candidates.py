"""应交流名单: who is due, who is deferred, who becomes due in the next years, and whose start at the school nobody knows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from assignments.access import is_of_bureau, may, within
from assignments.candidates import (
    EXEMPTION_FIELDS,
    OUTLOOK_YEARS,
    RULE_FIELDS,
    Outlook,
    Why,
    becomes_due,
    change_exemption,
    counted,
    due,
    end_exemption,
    explain,
    grant_exemption,
    is_deferred,
    is_due,
    is_valid_on,
    outlook,
    rule_of,
    set_rule,
    start_is_unknown,
    teachers_of,
    with_last_end,
)
from assignments.choices import SUBJECT_CHOICES, TeachingStage
from assignments.forms.applications import ExemptionForm, RuleForm
from assignments.lists import linked, school_filter
from assignments.models import DueRule, Exemption, Teacher
from assignments.permissions import may_see_circumstances
from assignments.views.planning import Planning, attempt
from zhijiao.access import needs
from zhijiao.detail import icon
from zhijiao.entry import changed_meanwhile, fingerprint
from zhijiao.filters import ChoicesFilter, ListFilters
from zhijiao.listing import ListColumn, ListPage, ListView
from zhijiao.refusals import Refused

SHOWN = 20  # schools of the outlook; the others are behind a summary
BAR = 300  # the longest bar of the outlook, in units of its drawing


def candidates_of(planning: Planning) -> QuerySet[Teacher]:
    """The teachers whose turn this person may know: those of the county, or of their own school."""
    rows = within(Teacher.objects.visible_to(planning.user), planning.user, "candidate.view").filter(
        county=planning.county
    )
    rows = rows.filter(pk__in=teachers_of(planning.county).values("pk"))
    if not planning.is_bureau:  # who was sent by the school once and works elsewhere now is somebody else's to send
        rows = rows.filter(school__in=[school.pk for school in planning.own_schools])
    return rows


# --- the list -----------------------------------------------------------------------------------------------------------


class CandidateFilter(ListFilters):
    searched = ("name", "initials", "school__name")
    school = school_filter("所在学校", "school")
    subject = ChoicesFilter(label="任教学科", choices=SUBJECT_CHOICES)
    stage = ChoicesFilter(label="学段", choices=TeachingStage)

    class Meta:
        model = Teacher
        fields: list[str] = []

    @classmethod
    def defaults(cls, request: HttpRequest) -> dict[str, str]:
        return {"view": "due"}


@dataclass(frozen=True)
class Verdicts:
    """What the list says of a teacher: by this rule, on this day, to this person."""

    planning: Planning
    rule: DueRule
    day: dt.date
    may_exempt: bool
    may_apply: bool

    def why(self, teacher: Any) -> SafeString | str:
        exemptions = teacher.exemptions.all()
        verdict = due(teacher, self.rule, self.day, exemptions=exemptions, last_end=teacher.last_end)
        may_know = may_see_circumstances(self.planning.user, teacher)
        words = explain(verdict, self.rule, teacher, may_know=may_know, exemptions=exemptions, day=self.day)
        if verdict.why == Why.EXEMPT and self.may_exempt:
            valid = next(one for one in exemptions if is_valid_on(one, self.day))
            return format_html('<a href="{}">{}</a>', self.planning.address("exemption_edit", valid.pk), words)
        return words

    def years(self, teacher: Teacher) -> str:
        if teacher.at_school_since is None:
            return ""
        return f"{max(0, teacher.years_at_school_on(self.day) or 0)} 年"

    def next_step(self, teacher: Any) -> SafeString | str:
        if any(is_valid_on(one, self.day) for one in teacher.exemptions.all()):
            return ""
        links = []
        if self.may_apply:
            links.append(
                (f"{reverse('assignments:application_new')}{self.planning.query}&teacher={teacher.pk}", "申报")
            )
        if self.may_exempt:
            links.append((self.planning.address("exemption_new", teacher.pk), "暂缓"))
        parts = ((url, word, teacher.name, word) for url, word in links)
        return format_html_join("", '<a class="row-link" href="{}" aria-label="{}：{}">{}</a>', parts)


def page_of(verdicts: Verdicts) -> ListPage:
    rule, day = verdicts.rule, verdicts.day
    return ListPage(
        heading="应交流名单",
        template="assignments/candidate_list.html",
        carried=("year", "county"),
        export="assignments:candidate_export",
        filters=CandidateFilter,
        order=("school__name", "at_school_since", "pk"),
        search_hint="姓名、拼音首字母、学校",
        nothing="教师什么时候到本校任教登记以后，到时间的就在这里了。",
        sheet="教师",
        unit="人",
        views=(
            ListView("应交流", "due", is_due(rule, day)),
            ListView("暂缓", "deferred", is_deferred(rule, day)),
            ListView(f"{'一二三四五'[OUTLOOK_YEARS - 1]}年内到期", "coming", becomes_due(rule, day)),
            ListView("不知道到校时间", "unknown", start_is_unknown(rule)),
        ),
        columns=(
            ListColumn("姓名", lambda row: linked("assignments:teacher_detail", row.pk, row.name), "c-name", "name", ("name",)),
            ListColumn("所在学校", lambda row: row.school.name if row.school else "", "", "school", ("school__name", "name")),
            ListColumn("学科", lambda row: row.subject, "", "subject", ("subject", "name")),
            ListColumn("到校", lambda row: f"{row.at_school_since:%Y.%m}" if row.at_school_since else "", "num c-wide", "since", ("at_school_since",)),
            ListColumn("本校任教", verdicts.years, "num r", label="本校"),
            ListColumn("情况", verdicts.why, ""),
            ListColumn("", verdicts.next_step, "c-do"),
        ),
    )  # fmt: skip


@needs("candidate.view")
def candidate_list(request: HttpRequest) -> HttpResponse:
    """Who is due on the first day of the year that is planned."""
    planning = Planning(request)
    verdicts = verdicts_of(planning)
    response = page_of(verdicts).render(
        request,
        candidate_rows(planning, verdicts),
        planning=planning,
        rule=verdicts.rule,
        day=verdicts.day,
        may_set=_may_set(planning),
    )
    return response


def candidate_rows(planning: Planning, verdicts: Verdicts) -> QuerySet[Teacher]:
    """Everybody at whom the rule looks, with what the list says of them."""
    rows = with_last_end(candidates_of(planning).filter(counted(verdicts.rule)))
    return rows.select_related("school").prefetch_related("exemptions").only(
        "name", "subject", "stage", "sex", "birth_date", "at_school_since", "establishment", "retired_on", "merged_into", "county", "school__name",
    )  # fmt: skip


def verdicts_of(planning: Planning) -> Verdicts:
    user = planning.user
    return Verdicts(
        planning,
        rule_of(planning.county),
        planning.first_day,
        may(user, "exemption.edit"),
        may(user, "application.create"),
    )


def _may_set(planning: Planning) -> bool:
    return is_of_bureau(planning.user, "plan.edit", planning.county.pk)


# --- the outlook --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OutlookBar:
    """One year of the drawing."""

    label: str
    number: int
    y: int
    width: float


@needs("candidate.view")
def candidate_outlook(request: HttpRequest) -> HttpResponse:
    """Who becomes due in each of the next three years, by school and by subject."""
    planning = Planning(request)
    rule, day, teachers = rule_of(planning.county), planning.first_day, candidates_of(planning)
    subjects, schools = (outlook(teachers, rule, day, by) for by in ("subject", "school"))
    years = [f"{day.year + number}" for number in range(OUTLOOK_YEARS + 1)]
    context = {
        "planning": planning, "rule": rule, "day": day, "years": years, "subjects": subjects, "schools": schools[:SHOWN], "others": schools[SHOWN:],
        "bars": _bars(subjects, years), "total": sum(row.total for row in subjects),
    }  # fmt: skip
    return render(request, "assignments/candidate_outlook.html", context)


def _bars(rows: Sequence[Outlook], years: Sequence[str]) -> list[OutlookBar]:
    numbers = [
        sum(row.now for row in rows),
        *(sum(row.coming[place] for row in rows) for place in range(OUTLOOK_YEARS)),
    ]
    most = max([1, *numbers])
    labels = [f"{years[0]}年已到", *(f"{year}年到期" for year in years[1:])]
    return [
        OutlookBar(label, number, place * 34, round(BAR * number / most, 1))
        for place, (label, number) in enumerate(zip(labels, numbers, strict=True))
    ]


# --- the rule -----------------------------------------------------------------------------------------------------------


@needs("plan.edit")
def candidate_rule(request: HttpRequest) -> HttpResponse:
    """From when somebody is due in this county."""
    planning = Planning(request)
    if not _may_set(planning):
        raise Http404
    used = rule_of(planning.county)
    form = RuleForm(
        request.POST if request.method == "POST" else None,
        instance=DueRule(**{name: getattr(used, name) for name in RULE_FIELDS}),
    )
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            set_rule(planning.county, by=request.user, **form.cleaned_data)
            messages.success(request, "应交流条件已经保存，名单按新条件重新算过了。")
            return planning.address("candidate_list")

        answer = attempt(request, act)
        if not isinstance(answer, Refused):
            return answer
        form.add_error(None, str(answer))
    context = {
        "form": form, "heading": "应交流条件", "action": "保存条件", "back": planning.address("candidate_list"),
        "lead": f"{planning.county}的教师满足下面几条，就列入应交流名单。",
    }  # fmt: skip
    return render(request, "assignments/plan_form.html", context)


# --- exemptions ---------------------------------------------------------------------------------------------------------


@needs("exemption.edit")
def exemption_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Defer a teacher, with proof and an end."""
    planning = Planning(request)
    teacher = get_object_or_404(_may_exempt(request).select_related("school", "county"), pk=pk)
    form, status = ExemptionForm(None, planning.first_day, request.POST if request.method == "POST" else None), 200
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            grant_exemption(teacher, by=request.user, **form.cleaned_data)
            messages.success(request, f"{teacher}已登记暂缓，到期后自动回到应交流名单。")
            return planning.address("candidate_list")

        answer = attempt(request, act)
        if not isinstance(answer, Refused):
            return answer
        form.add_error(None, str(answer))
        status = 409
    context = {
        "planning": planning,
        "form": form,
        "teacher": teacher,
        "heading": f"{teacher}暂缓交流",
        "action": "登记暂缓",
    }
    return render(request, "assignments/candidate_exemption.html", context, status=status)


def _may_exempt(request: HttpRequest) -> QuerySet[Teacher]:
    rows = candidates_of(Planning(request))
    return rows.filter(pk__in=within(Teacher.objects.all(), request.user, "exemption.edit").values("pk")).filter(
        retired_on=None
    )


def _exemption(request: HttpRequest, pk: int) -> Exemption:
    rows = within(Exemption.objects.visible_to(request.user), request.user, "exemption.edit")
    exemption: Exemption = get_object_or_404(rows.select_related("teacher__school", "teacher__county"), pk=pk)
    return exemption


@needs("exemption.edit")
def exemption_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct an exemption, or end it."""
    exemption, planning = _exemption(request, pk), Planning(request)
    form, status = ExemptionForm(exemption, planning.first_day, request.POST if request.method == "POST" else None), 200
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            if changed_meanwhile(
                Exemption.objects.select_for_update().get(pk=pk), EXEMPTION_FIELDS, request.POST.get("seen", "")
            ):
                raise Refused("这项暂缓刚刚被别人改过，现在存的写在上面；还要按您填的改，请再点一次保存")
            change_exemption(exemption, by=request.user, **form.cleaned_data)
            messages.success(request, f"{exemption.teacher}的暂缓已经改好。")
            return planning.address("candidate_list")

        answer = attempt(request, act)
        if not isinstance(answer, Refused):
            return answer
        form.add_error(None, str(answer))
        status = 409
    valid = is_valid_on(exemption, timezone.localdate())
    context = {
        "planning": planning, "form": form, "teacher": exemption.teacher, "exemption": exemption, "heading": f"{exemption.teacher}暂缓交流",
        "action": "保存", "may_end": valid, "seen": fingerprint(exemption, EXEMPTION_FIELDS), "icon": icon("x-lg"),
    }  # fmt: skip
    return render(request, "assignments/candidate_exemption.html", context, status=status)


@needs("exemption.edit")
@require_POST
def exemption_end(request: HttpRequest, pk: int) -> HttpResponse:
    """The reason is over: from tomorrow on the teacher is on the list again."""
    exemption, planning = _exemption(request, pk), Planning(request)

    def act() -> str:
        end_exemption(exemption, by=request.user, last_day=timezone.localdate())
        messages.success(request, f"{exemption.teacher}的暂缓今天结束。")
        return planning.address("candidate_list")

    answer = attempt(request, act)
    if isinstance(answer, Refused):
        messages.error(request, str(answer))
        return redirect(planning.address("candidate_list"))
    return answer
