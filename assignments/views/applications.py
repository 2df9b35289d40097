"""The application: for whom, the form, and two people who write it at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from assignments import applications
from assignments.access import is_of_bureau, within
from assignments.applications import MOST_WISHES, OPEN, SEEN_FIELDS, may_apply_for
from assignments.forms.applications import ApplicationForm
from assignments.models import Application, Programme, Secondment, Teacher
from assignments.models.scope import Access
from assignments.plan import ChangedMeanwhile
from assignments.views.plan import schools_of
from assignments.views.planning import Planning, attempt
from assignments.views.reading import Reading
from zhijiao.access import needs
from zhijiao.dates import school_year_span
from zhijiao.detail import Col, Facts
from zhijiao.entry import fingerprint
from zhijiao.refusals import Refused

SHOWN = 30  # teachers to choose from; more are found by their name


@needs("application.create")
def application_new(request: HttpRequest) -> HttpResponse:
    """For oneself at once; a school and the bureau say for whom first."""
    planning, teachers = Planning(request), may_apply_for(request.user).select_related("school", "county")
    access = Access.of(request.user)
    asked = request.GET.get("teacher", "")
    if asked:
        teacher = get_object_or_404(teachers, pk=asked if asked.isdecimal() and len(asked) < 19 else None)
    elif access.teachers and not access.schools and not access.districts:
        teacher = get_object_or_404(teachers, pk=next(iter(access.teachers)))
    else:
        return _choose(planning, teachers)
    planning.county = teacher.county
    return _written(planning, teacher, None)


def _choose(planning: Planning, teachers: QuerySet[Teacher]) -> HttpResponse:
    words = planning.request.GET.get("q", "").strip()[:40]
    if words:
        teachers = teachers.filter(
            Q(name__icontains=words) | Q(initials__istartswith=words) | Q(school__name__icontains=words)
        )
    found = list(teachers.filter(county=planning.county).only("name", "subject", "school__name", "county")[: SHOWN + 1])
    context = {"planning": planning, "teachers": found[:SHOWN], "more": len(found) > SHOWN, "words": words}
    return render(planning.request, "assignments/application_choose.html", context)


@needs("application.create")
def application_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """An application that nobody has yet, or that was sent back."""
    rows = within(Secondment.objects.visible_to(request.user), request.user, "application.create")
    secondment = get_object_or_404(
        rows.select_related(
            "teacher__school", "county", "school_year", "programme", "sending_school", "swapped_with__school"
        ),
        pk=pk,
    )
    planning = Planning(request)
    planning.county, planning.year, planning.code = (
        secondment.county,
        secondment.school_year,
        secondment.school_year.code,
    )
    if secondment.state not in OPEN:
        messages.error(request, f"{secondment.teacher}的申请现在是“{secondment.get_state_display()}”，不能再改。")
        return _refused(planning, secondment)
    return _written(planning, secondment.teacher, secondment)


def _refused(planning: Planning, secondment: Secondment) -> HttpResponse:
    if planning.request.method != "POST":
        return redirect("assignments:secondment_detail", secondment.pk)
    words = f"{secondment.teacher}的申请现在是“{secondment.get_state_display()}”，不能再改"
    return render(planning.request, "409.html", {"words": words, "back": ""}, status=409)


def _written(planning: Planning, teacher: Teacher, secondment: Secondment | None) -> HttpResponse:
    """The form, and what comes of it."""
    request, book = planning.request, schools_of(planning)
    application = Application.objects.filter(secondment=secondment).first() if secondment else None
    form = ApplicationForm(
        book, _programmes(planning), [tab.code for tab in planning.years],
        teacher, data=request.POST if request.method == "POST" else None, initial=_initial(planning, teacher, secondment, application), partners=_partners(planning, teacher),
    )  # fmt: skip
    status, conflict = 200, []
    if request.method == "POST" and form.is_valid():
        answer = attempt(request, lambda: _save(planning, teacher, secondment, form))
        if not isinstance(answer, Refused):
            return answer
        form.add_error(None, str(answer))
        status = 409
        if secondment and isinstance(answer, ChangedMeanwhile):
            conflict = differences(form, _initial(planning, teacher, secondment, application))
    context = {
        "planning": planning, "form": form, "teacher": teacher, "secondment": secondment, "schools": [name for name in book.names if name != str(teacher.school)],
        "known": known_of(planning, teacher), "conflict": conflict, "seen": fingerprint(secondment, SEEN_FIELDS) if secondment else "",
        "is_own": teacher.pk in Access.of(request.user).teachers, "until": planning.schedule.applications_until,
        "is_late": _is_late(planning),
    }  # fmt: skip
    return render(request, "assignments/application_form.html", context, status=status)


def _programmes(planning: Planning) -> QuerySet[Programme]:
    """Those of the county and those known everywhere: what one can apply for is no secret."""
    rows: QuerySet[Programme] = Programme.objects.filter(Q(county=None) | Q(county=planning.county))
    return rows


def _is_late(planning: Planning) -> bool:
    until = planning.schedule.applications_until
    return bool(
        until
        and until < timezone.localdate()
        and not is_of_bureau(planning.user, "application.create", planning.county.pk)
    )


def _partners(planning: Planning, teacher: Teacher) -> QuerySet[Teacher] | None:
    """Swaps are arranged between schools: a teacher is not asked, and finds nobody by guessing."""
    access = Access.of(planning.user)
    if not access.everything and not access.districts and teacher.school_id not in access.schools:
        return None
    rows: QuerySet[Teacher] = Teacher.objects.working().filter(county=planning.county).exclude(school=teacher.school_id)
    return rows


def _save(planning: Planning, teacher: Teacher, secondment: Secondment | None, form: ApplicationForm) -> str:
    request = planning.request
    if secondment is None:
        secondment = applications.draft(teacher, by=request.user, **form.asked)
    else:
        secondment = applications.change(secondment, by=request.user, seen=request.POST.get("seen", ""), **form.asked)
    messages.success(request, "申请已经保存。现在还是草稿，看过没有错，请点“报送”。")
    return reverse("assignments:secondment_detail", args=[secondment.pk])


def _initial(
    planning: Planning, teacher: Teacher, secondment: Secondment | None, application: Application | None
) -> dict[str, Any]:
    first, last = school_year_span(int(planning.code[:4]))
    if secondment is None:
        before = (
            Application.objects.filter(secondment__teacher=teacher).exclude(rural_experience="").order_by("-pk").first()
        )
        return {
            "school_year": planning.code, "start": first, "end": last, "wished_subject": "",
            "rural_experience": before.rural_experience if before else "",
        }  # fmt: skip
    wishes = application.wished_schools if application else []
    partner = secondment.swapped_with
    return {
        "programme": secondment.programme, "school_year": planning.code, "start": secondment.start, "end": secondment.end, "duty": secondment.duty,
        "swap": f"{partner.name}（{partner.school}）" if partner else "",
        **{f"wish_{number}": wishes[number - 1] if len(wishes) >= number else "" for number in range(1, MOST_WISHES + 1)},
        **{name: getattr(application, name) for name in ("wished_subject", "accepts_other", "reason", "rural_experience", "spouse_at_same_school") if application},
    }  # fmt: skip


def differences(form: ApplicationForm, theirs: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Where what is saved now and what this person typed differ: label, saved, typed."""
    found = []
    for name, field in form.fields.items():
        saved, typed = _shown(form, name, theirs.get(name)), _shown(form, name, form[name].value())
        if saved != typed:
            found.append((str(field.label), saved, typed))
    return found


def _shown(form: ApplicationForm, name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    choices = {str(key): str(label) for key, label in getattr(form.fields[name], "choices", ())}
    key = str(getattr(value, "pk", value))
    return choices.get(key, key)


def known_of(planning: Planning, teacher: Teacher) -> Facts:
    """What the paper form asks and the system knows: nobody types it again."""
    day = planning.first_day
    return Reading(planning.request).tell.facts(
        teacher,
        Col("school", link=False),
        Col("sex"),
        Col(lambda row: f"{row.birth_date:%Y年}{row.birth_date.month}月（{row.age_on(day)} 岁）" if row.birth_date else "", "出生年月"),
        Col(lambda row: f"{row.get_stage_display()}{row.subject}", "任教学科"),
        Col("title"),
        Col("education"),
        Col(lambda row: f"{row.at_school_since:%Y年}{row.at_school_since.month}月（满 {row.years_at_school_on(day)} 年）" if row.at_school_since else "", "本校任教起始"),
        Col("establishment"),
        Col("masked_phone", "手机号"),
        Col(lambda row: "、".join(str(title) for title in row.backbone_titles.all()), "骨干称号"),
        Col(lambda row: _served(row), "支教经历"),
    )  # fmt: skip


def _served(teacher: Teacher) -> str:
    rows = (
        Secondment.objects.serving()
        .filter(teacher=teacher)
        .select_related("programme")
        .with_receiving_school()
        .order_by("-start")[:5]
    )
    return "；".join(f"{row.period_told} {row.receiving_school_name or ''}" for row in rows)
