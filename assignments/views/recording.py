"""The one way from a form of care or aid to its record: fetched in scope, written once, both versions shown in a clash."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from assignments.forms.records import RecordForm
from assignments.recording import ChangedMeanwhile, may_write
from assignments.views.reading import looked_at
from zhijiao.attachments.refusals import FileRefused
from zhijiao.entry import once

Keep = Callable[[RecordForm], Any]  # saves what the form says, and gives the record


def first_year(request: HttpRequest, row: Any) -> int:
    """The school year that stands for a year left out: the record's own, else the one that is looked at."""
    year = getattr(row, "school_year", None) if getattr(row, "school_year_id", None) else None
    return int(year.code[:4]) if year else looked_at(request).first_year


def require_write(request: HttpRequest, row: Any) -> None:
    if not may_write(request.user, row):
        raise PermissionDenied("这条记录由登记它的学校或教育局修改")


def entry(
    request: HttpRequest,
    form_class: type[RecordForm],
    row: Any,
    keep: Keep,
    *,
    heading: str,
    back: str,
    after: str | Callable[[Any], str] = "",
    **options: Any,
) -> HttpResponse:
    """The page of a form, and what becomes of it. `after`: where one goes on, if not to the page of the record; it may look at what was saved."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = form_class(*sent, user=request.user, row=row, first_year=first_year(request, row), **options)
    if request.method == "POST" and form.is_valid():
        try:
            with once(request) as turn:
                if turn.is_repeat:
                    return turn.again()
                saved = keep(form)
                messages.success(
                    request, f"已保存：{saved}" + (f"，{saved.when}" if getattr(saved, "when", None) else "")
                )
                return turn.answered((after(saved) if callable(after) else after) or address_of(saved))
        except ChangedMeanwhile as clash:
            form.clash_with(clash.row)
        except ValidationError as problem:
            form.add_error(None, problem.messages)
        except FileRefused as refused:
            form.add_error("photos", str(refused))
    context = {"form": form, "heading": heading, "back": back, "lost_files": bool(request.FILES)}
    return render(request, "assignments/care_form.html", context, status=409 if form.is_clash else 200)


def address_of(row: Any) -> str:
    return reverse(f"assignments:{row._meta.model_name}_detail", args=[row.pk])
