"""What a bureau prints over its documents."""

from __future__ import annotations

from django import forms

from assignments.models import District
from reports.documents.glyphs import missing_glyphs


class RedHeadForm(forms.Form):
    """发文机关标志, or nothing."""

    red_head = forms.CharField(
        label="发文机关标志",
        required=False,
        max_length=District._meta.get_field("red_head").max_length,
        help_text="如“青岚县教育局文件”。留空时不套红",
    )

    def clean_red_head(self) -> str:
        name = "".join(str(self.cleaned_data["red_head"]).split())
        if missing := missing_glyphs(name):
            raise forms.ValidationError(f"文件的字体里没有这些字：{'、'.join(sorted(missing))}")
        return name
