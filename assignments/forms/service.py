"""What is typed while somebody is on post: the days of a month, leave, the timetable, allowances."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet

from assignments.attendance import Entered, Line
from assignments.choices import DayMark, LeaveKind
from assignments.models import AllowanceRate, Placement, Programme, Secondment
from assignments.timetable import TAUGHT
from zhijiao.entry import fingerprint
from zhijiao.fields import DayField, MoneyField, WordsField
from zhijiao.quantities import plain

_PAIR = re.compile(r"(\d{1,2}):([a-z]+)")
EVERYBODY = "all"


class MarksField(forms.CharField):
    """3:sick 12:late, as the grid writes it."""

    def to_python(self, value: Any) -> Any:
        marks: dict[str, str] = {}
        for part in (super().to_python(value) or "").split():
            found = _PAIR.fullmatch(part)
            if not found or found[2] not in DayMark.values or not 1 <= int(found[1]) <= 31:
                raise forms.ValidationError(f"“{part[:20]}”不是考勤记号")
            marks[str(int(found[1]))] = found[2]
        return marks


class WholeField(forms.CharField):
    """A number that may be left empty, told with what was typed where it is none."""

    def __init__(self, most: int, **more: Any) -> None:
        super().__init__(required=False, **more)
        self._most = most

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        if not text:
            return 0
        if not text.isdecimal() or int(text) > self._most:
            raise forms.ValidationError(f"“{text[:20]}”应是 0 到 {self._most} 的整数")
        return int(text)


def written(marks: dict[str, str]) -> str:
    """The way a MarksField reads it."""
    return " ".join(f"{day}:{mark}" for day, mark in sorted(marks.items(), key=lambda pair: int(pair[0])))


class MonthForm(forms.Form):
    """The grid of a month: three fields for a teacher, and the line that adds one exception."""

    seen = forms.CharField(required=False)

    def __init__(self, data: Any, lines: Iterable[Line]) -> None:
        super().__init__(data)
        self.lines = list(lines)
        for line in self.lines:
            key = line.secondment.pk
            self.fields[f"m-{key}"] = MarksField(required=False, max_length=400)
            self.fields[f"r-{key}"] = forms.CharField(required=False, max_length=100, label=f"{line.teacher}的备注")
            self.fields[f"l-{key}"] = WholeField(200, label=f"{line.teacher}的缺课节数")

    @property
    def entered(self) -> dict[int, Entered]:
        """Secondment → what was typed. A teacher who is not in the form (they came meanwhile) is left as they are."""
        typed = self.cleaned_data
        return {
            line.secondment.pk: Entered(
                typed[f"m-{line.secondment.pk}"], typed[f"r-{line.secondment.pk}"].strip(), typed[f"l-{line.secondment.pk}"]
            )
            for line in self.lines
            if f"m-{line.secondment.pk}" in self.data
        }  # fmt: skip

    def problems(self) -> list[str]:
        told = []
        for name, errors in self.errors.items():
            label = self.fields[name].label if name in self.fields else ""
            told += [f"{label}：{error}" if label else str(error) for error in errors]
        return told


class ExceptionForm(forms.Form):
    """One mark for one teacher, or everybody, on some days: the grid without script, and with one thumb."""

    who = forms.CharField()
    first = forms.IntegerField(min_value=1, max_value=31)
    last = forms.IntegerField(min_value=1, max_value=31, required=False)
    mark = forms.ChoiceField(choices=[("present", "出勤"), *DayMark.choices])

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        typed["last"] = typed.get("last") or typed.get("first")
        if typed.get("first") and typed["last"] < typed["first"]:
            self.add_error("last", f"{typed['last']}日早于{typed['first']}日，结束应在开始以后")
        return typed

    def apply(self, lines: Iterable[Line], entered: dict[int, Entered]) -> dict[int, Entered]:
        """The marks with this one added; on days that are not the school's to enter it says nothing."""
        typed = self.cleaned_data
        changed = dict(entered)
        for line in lines:
            key = line.secondment.pk
            if typed["who"] not in (EVERYBODY, str(key)):
                continue
            was = changed.get(key) or Entered(line.marks, line.remark, line.lessons_missed)
            marks = dict(was.marks)
            for day in line.own:
                if typed["first"] <= day <= typed["last"]:
                    marks.pop(str(day), None)
                    if typed["mark"] != "present":
                        marks[str(day)] = typed["mark"]
            changed[key] = Entered(marks, was.remark, was.lessons_missed)
        return changed


class LeaveForm(forms.Form):
    """A leave that is asked for. Whose it is, is a question only where it can be somebody else's."""

    secondment = forms.ModelChoiceField(Secondment.objects.none(), label="老师", empty_label="请选择")
    kind = forms.ChoiceField(label="假别", choices=LeaveKind)
    start = DayField(label="从哪天起")
    end = DayField(label="到哪天", help_text="含这一天；工作日按国家放假安排算")
    reason = forms.CharField(
        label="事由",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="病假、产假的事由只有批准的人看得到",
    )

    def __init__(self, *args: Any, secondments: QuerySet[Secondment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = list(secondments)
        chosen: Any = self.fields["secondment"]
        chosen.queryset = secondments
        chosen.choices = [("", chosen.empty_label), *((one.pk, str(one.teacher)) for one in known)]  # read once
        if len(known) == 1:
            chosen.initial, chosen.widget = known[0].pk, forms.HiddenInput()


class ComeBackForm(forms.Form):
    day = DayField(label="哪天回来上班的")


class MonthField(forms.CharField):
    """2026-10, as the browser sends a month; kept as its first day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.TextInput(attrs={"type": "month", "placeholder": "2026-10", "class": "form-control"}), **kwargs
        )

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        found = re.fullmatch(r"(\d{4})[-.年](\d{1,2})月?", text.strip())
        if not text:
            return None
        if not found or not 1 <= int(found[2]) <= 12 or not 1990 <= int(found[1]) <= 2100:
            raise forms.ValidationError(f"“{text[:20]}”不是月份，应写成 2026-10")
        return dt.date(int(found[1]), int(found[2]), 1)


class SheetMonthForm(forms.Form):
    month = MonthField(label="月份")
    county = forms.IntegerField(widget=forms.HiddenInput())


class DeductionForm(forms.Form):
    amount = MoneyField(label="扣减（元）")
    reason = forms.CharField(label="原因", max_length=100, help_text="写在发放表上，老师也看得到；不扣的也写明为什么")


class LockForm(forms.Form):
    paid_on = DayField(label="发放日期", required=False)


class RateForm(forms.ModelForm):
    class Meta:
        model = AllowanceRate
        fields = ("programme", "school_class", "amount", "start", "end", "source", "basis")
        widgets = {
            "start": forms.DateInput(attrs={"type": "date"}),
            "end": forms.DateInput(attrs={"type": "date"}),
        }

    def __init__(self, *args: Any, programmes: QuerySet[Programme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programme: Any = self.fields["programme"]
        programme.queryset, programme.empty_label = programmes, "各种项目"

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("start") and typed.get("end") and typed["end"] < typed["start"]:
            self.add_error("end", f"停止日期 {typed['end']} 早于执行日期 {typed['start']}")
        if "start" in typed and "school_class" in typed and self._is_there_already(typed):
            self.add_error("start", f"{typed['start']} 起执行的这项标准已经有了，请改那一条")
        return typed

    def _is_there_already(self, typed: dict[str, Any]) -> bool:
        """Said here, because the county is no field of the form and the model's own check leaves it out."""
        same = AllowanceRate.objects.filter(
            county=self.instance.county_id,
            programme=typed.get("programme"),
            school_class=typed["school_class"],
            start=typed["start"],
        )
        return same.exclude(pk=self.instance.pk).exists()


class LoadForm(forms.ModelForm):
    """What one teacher teaches, and where they live."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput())
    other_subjects = WordsField(label="兼任学科", required=False, max_length=100)
    is_class_head = forms.TypedChoiceField(
        label="班主任", required=False, choices=[("", "未填"), ("1", "是"), ("0", "否")],
        coerce=lambda value: value == "1", empty_value=None,
    )  # fmt: skip

    class Meta:
        model = Placement
        fields = (
            "subject", "other_subjects", "grade", "class_count", "pupils", "weekly_periods", "is_class_head", "lodging",
        )  # fmt: skip
        error_messages = {
            "weekly_periods": {"max_value": "周课时最多 60 节", "invalid": "周课时应是数字，例如 14"},
            "class_count": {"invalid": "班数应是整数"},
            "pupils": {"invalid": "学生数应是整数"},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = self.instance.is_class_head
        self.initial["is_class_head"] = "" if known is None else str(int(known))
        periods = self.instance.weekly_periods
        self.initial["weekly_periods"] = "" if periods is None else plain(periods)
        self.initial["seen"] = fingerprint(self.instance, TAUGHT)
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-select" if name in ("subject", "is_class_head") else "form-control"


LoadForms = forms.modelformset_factory(Placement, form=LoadForm, extra=0, edit_only=True)
