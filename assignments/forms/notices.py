"""What is typed of an objection."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from assignments.forms.workflow import day_field, words_field
from assignments.models import PublicNotice


class ObjectionForm(forms.Form):
    def __init__(self, notice: PublicNotice, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["secondment"] = forms.ModelChoiceField(
            notice.secondments.select_related("teacher"), label="涉及教师", required=False, empty_label="整个名单",
            error_messages={"invalid_choice": "这位教师不在这次公示里"},
        )  # fmt: skip
        self.fields["received_on"] = day_field("收到日期", initial=timezone.localdate())
        self.fields["raised_by"] = forms.CharField(
            label="提出人", max_length=50, required=False, help_text="不愿署名的留空"
        )
        self.fields["text"] = words_field("异议内容", 1000)


class OutcomeForm(forms.Form):
    is_upheld = forms.TypedChoiceField(
        label="异议", choices=[("True", "成立，退回这位教师的推荐"), ("False", "不成立")], coerce=lambda value: value == "True",
        widget=forms.RadioSelect, error_messages={"required": "请选异议成立还是不成立"},
    )  # fmt: skip
    outcome = words_field("核查结论", 300, help_text="怎么查的，查到了什么")
