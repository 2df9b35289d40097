"""A form field for several photos and documents. Each is looked at before anything of the form is saved."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from zhijiao.attachments.models import Attachment
from zhijiao.attachments.refusals import FileRefused
from zhijiao.attachments.storing import Examined, examine, store

AT_ONCE = 9  # as WeChat lets one choose
ACCEPTED = "image/jpeg,image/png,.jpg,.jpeg,.png,.pdf,.docx,.xlsx"


class FilesInput(forms.Widget):
    """Not Django's file input: crispy would draw that one by itself, with room for one file."""

    template_name = "attachments/files_input.html"
    needs_multipart_form = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        return files.getlist(name) if hasattr(files, "getlist") else []

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in files

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        context["widget"] |= {"accepted": ACCEPTED, "most": AT_ONCE}
        return context


class FilesField(forms.Field):
    """Gives the files as they would be kept. Every one that is refused says why, with its name."""

    widget = FilesInput

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", "照片和文件")
        options.setdefault("required", False)
        options.setdefault("help_text", f"一次最多 {AT_ONCE} 个，每个不超过 20 MB；照片里的拍摄地点会去掉")
        super().__init__(**options)

    def clean(self, value: Any) -> list[Examined]:
        uploads = list(value or [])
        if not uploads and self.required:
            raise ValidationError("还没有选文件，请选一张照片或一个文件", code="required")
        if len(uploads) > AT_ONCE:
            raise ValidationError(f"一次选了 {len(uploads)} 个文件，最多 {AT_ONCE} 个；其余的保存以后再添")
        taken, refused = [], []
        for upload in uploads:
            try:
                taken.append(examine(upload))
            except FileRefused as problem:
                refused.append(ValidationError(str(problem)))
        if refused:
            raise ValidationError(refused)
        return taken


class AddFilesForm(forms.Form):
    """More files for a record that is there already."""

    photos = FilesField(required=True)


def keep_all(files: list[Examined], subject: Any, *, by: Any) -> list[Attachment]:
    """All of them, or the first refusal (a quota) and, with the transaction around it, none."""
    return [store(one, subject, by=by) for one in files]
