"""What is typed when a year is closed or opened again."""

from __future__ import annotations

from django import forms


class CloseForm(forms.Form):
    """A note, where somebody wants to leave one."""

    note = forms.CharField(label="说明", max_length=200, required=False, help_text="可不填，如“纸质材料已归档”")


class ReopenForm(forms.Form):
    """Why a closed year has to be changed."""

    reason = forms.CharField(
        label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 3}), help_text="会记在操作记录里"
    )
