"""The bureau's own words for a kind of notice."""

from __future__ import annotations

from typing import Any

from django import forms

from zhijiao.notices.kinds import TEXT_MAX, TITLE_MAX, Kind


class TemplateForm(forms.Form):
    """Title and text with the placeholders of the kind, and no others."""

    title = forms.CharField(
        label="标题", max_length=TITLE_MAX, error_messages={"required": "标题不能空着，收到的人先看到的就是它"}
    )
    text = forms.CharField(
        label="内容",
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "内容不能空着"},
    )

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kind = kind

    def clean_title(self) -> str:
        return self._checked("title")

    def clean_text(self) -> str:
        return self._checked("text")

    def _checked(self, name: str) -> str:
        typed: str = self.cleaned_data[name]
        if problem := self._kind.problem_of(typed):
            raise forms.ValidationError(problem)
        return typed
