"""/attachments/…: a file by its number, for those who may see the record that it hangs on. For all others it does not exist."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijiao.access import needs
from zhijiao.attachments import registry, storing
from zhijiao.attachments.forms import AddFilesForm, keep_all
from zhijiao.attachments.models import Attachment, FileKind
from zhijiao.attachments.refusals import FileRefused
from zhijiao.entry import once

TYPES = {
    FileKind.JPG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.PDF: "application/pdf",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# Even if a browser took a file for a page, the page could do nothing.
LOCKED_UP = "default-src 'none'; sandbox"


@require_GET
@needs("attachment.download")
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Pictures, which were drawn anew, are shown; everything else is saved by the browser."""
    attachment, _ = _visible(request, pk)
    return _answer(storing.path_of(attachment), attachment.name, attachment.kind, attachment.is_picture)


@require_GET
@needs("attachment.download")
def preview(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A picture, small."""
    attachment, _ = _visible(request, pk)
    if not attachment.is_picture:
        raise Http404
    return _answer(storing.preview_of(attachment), "preview.jpg", FileKind.JPG, is_shown=True)


@require_POST
@needs("attachment.delete")
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    attachment, subject = _visible(request, pk)
    _require_change(request, subject)
    storing.remove(attachment, by=request.user)
    messages.success(request, f"已移除“{attachment.name}”")
    return redirect(_page_of(subject))


@require_http_methods(["GET", "POST"])
@needs("attachment.upload")
def add(request: HttpRequest, subject_type: str, subject_id: int) -> HttpResponse:
    """More files for a record."""
    subject = _subject(request, subject_type, subject_id)
    _require_change(request, subject)
    form = AddFilesForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            with once(request) as turn:
                if turn.is_repeat:
                    return turn.again()
                kept = keep_all(form.cleaned_data["photos"], subject, by=request.user)
                messages.success(request, f"已保存 {len(kept)} 个文件")
                return turn.answered(_page_of(subject))
        except FileRefused as refused:
            form.add_error("photos", str(refused))
    context = {
        "form": form,
        "heading": "添加照片和文件",
        "subject": subject,
        "action": "保存",
        "back": _page_of(subject),
    }
    return render(request, "attachments/add.html", context)


def _visible(request: HttpRequest, pk: int) -> tuple[Attachment, models.Model]:
    """The file and its record; the same 404 for what is not there and for what is not this person's to see."""
    attachment = Attachment.objects.present().filter(pk=pk).first()
    subject = storing.subject_of(attachment) if attachment else None
    if attachment is None or subject is None or not registry.may_see(request.user, subject):
        raise Http404
    return attachment, subject


def _subject(request: HttpRequest, subject_type: str, subject_id: int) -> models.Model:
    owner = registry.owner_of(subject_type)
    subject = owner.model._default_manager.filter(pk=subject_id).first() if owner else None
    if subject is None or not registry.may_see(request.user, subject):
        raise Http404
    return subject


def _require_change(request: HttpRequest, subject: models.Model) -> None:
    if not registry.may_change(request.user, subject):
        raise PermissionDenied("这条记录的照片和文件由登记它的学校或教育局管理")


def _page_of(subject: models.Model) -> str:
    owner = registry.owner_of(subject._meta.label_lower)
    if owner and owner.page:
        return owner.page(subject)
    try:
        return reverse(f"{subject._meta.app_label}:{subject._meta.model_name}_detail", args=[subject.pk])
    except NoReverseMatch:
        return reverse("home")


def _answer(path: Path, name: str, kind: str, is_shown: bool) -> FileResponse:
    if not path.is_file():
        raise Http404
    response = FileResponse(path.open("rb"), content_type=TYPES[FileKind(kind)])
    shown: Any = content_disposition_header(not is_shown, name)
    response["Content-Disposition"] = shown or "attachment"
    response["Content-Security-Policy"] = LOCKED_UP
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
