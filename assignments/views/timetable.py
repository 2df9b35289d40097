"""The timetable of a receiving school: one page for all who teach there."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from assignments import timetable as timetables
from assignments.forms.service import LoadForms
from assignments.models import School
from assignments.timetable import TAUGHT, ChangedMeanwhile, Load
from zhijiao.access import needs
from zhijiao.entry import fingerprint, once
from zhijiao.quantities import plain
from zhijiao.refusals import tells_refusals


@needs("timetable.edit")
@tells_refusals
def timetable(request: HttpRequest) -> HttpResponse:
    """The school that is asked for, or the only one; else the schools to choose from."""
    today = timezone.localdate()
    placements = timetables.placements_of(request.user, today)
    schools = timetables.schools_of(request.user, today)
    asked = request.GET.get("school", "")
    if asked.isdecimal():
        return _of_school(request, get_object_or_404(schools, pk=int(asked)), placements)
    known = list(schools[:2])
    if len(known) == 1:
        return _of_school(request, known[0], placements)
    rows = (
        placements.order_by()
        .values("receiving_school", "receiving_school__name")
        .annotate(number=Count("pk"), open=Count("pk", filter=Q(weekly_periods=None)))
        .order_by("-open", "receiving_school__name")
    )
    return render(request, "assignments/timetable_schools.html", {"rows": list(rows)})


def _of_school(request: HttpRequest, school: School, placements: Any) -> HttpResponse:
    rows = placements.filter(receiving_school=school)
    forms = LoadForms(request.POST or None, queryset=rows)
    if any(form.instance.pk is None for form in forms):
        raise Http404  # a placement that is not this school's
    status, said = 200, []
    if request.method == "POST" and forms.is_valid():
        try:
            with once(request) as turn:
                if turn.is_repeat:
                    return turn.again()
                number = timetables.enter(_loads(forms), by=request.user)
                messages.success(request, f"{number} 位老师的任课保存好了。" if number else "没有改动。")
                return turn.answered(f"{reverse('assignments:timetable')}?school={school.pk}")
        except ChangedMeanwhile as meanwhile:
            status, said = 409, [str(meanwhile), *_both(forms, meanwhile)]
            _show_again(forms, request)
    elif request.method == "POST":
        status = 422
    context = {"school": school, "forms": forms, "said": said, "has_errors": status == 422}
    return render(request, "assignments/timetable_school.html", context, status=status)


def _loads(forms: Any) -> list[Load]:
    return [
        Load(
            form.instance.pk,
            {name: form.cleaned_data[name] for name in TAUGHT},
            form.cleaned_data["seen"],
        )
        for form in forms
    ]


def _both(forms: Any, meanwhile: ChangedMeanwhile) -> list[str]:
    """What stands now beside what was typed."""
    typed = {form.instance.pk: form.cleaned_data for form in forms}
    said = []
    for row in meanwhile.theirs:
        for name in TAUGHT:
            mine, theirs = typed[row.pk][name], getattr(row, name)
            if mine != theirs:
                what = f"{row.secondment.teacher}的{timetables.label(name)}"
                said.append(f"{what}：您填的是“{_told(mine)}”，现在存着的是“{_told(theirs)}”")
    return said


def _told(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(value) if isinstance(value, list) else plain(value) if hasattr(value, "quantize") else str(value)


def _show_again(forms: Any, request: HttpRequest) -> None:
    """The form keeps what was typed; sent once more it goes over what stands now."""
    sent = request.POST.copy()
    for form in forms:
        form.instance.refresh_from_db(fields=TAUGHT)
        sent[form.add_prefix("seen")] = fingerprint(form.instance, TAUGHT)
    forms.data = sent
    for form in forms:
        form.data = sent
