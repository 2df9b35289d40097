"""Forms of the feedback: the days of the letter, the school's answer, what was put right, and the last look at it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms

from assignments.forms.records import words
from evaluations import feedback
from evaluations.feedback import Terms
from evaluations.models import Finding
from zhijiao import clock
from zhijiao.attachments.forms import FilesField
from zhijiao.fields import Segments

_INVALID = {"required": "请选日期", "invalid": "请写日期，如 2026-11-23"}
PASSED, AGAIN = "passed", "again"


def _day(label: str, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, error_messages=_INVALID, **options)


class IssueForm(forms.Form):
    """When the letter is given, until when it is answered, and the deadline of each problem."""

    given_on = _day("反馈日期")
    answer_due_on = _day("签收、回复期限", help_text=f"默认 {feedback.ANSWER_WITHIN} 个工作日，可以改")

    def __init__(self, *args: Any, problems: Sequence[Finding], terms: Terms, **options: Any) -> None:
        self.problems = problems
        known = {_name(pk): day for pk, day in terms.deadlines.items()}
        options["initial"] = {"given_on": terms.given_on, "answer_due_on": terms.answer_due_on, **known}
        super().__init__(*args, **options)
        for number, row in enumerate(problems, start=1):
            self.fields[_name(row.pk)] = _day(f"问题 {number} 的整改期限", help_text=row.text)

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        given, due = told.get("given_on"), told.get("answer_due_on")
        if given and given > clock.today():
            self.add_error("given_on", "反馈日期还没有到，请写今天或以前的日期")
        elif given and due and due < given:
            self.add_error("answer_due_on", "期限早于反馈日期")
        for row in self.problems:
            day = told.get(_name(row.pk))
            if given and day and day < given:
                self.add_error(_name(row.pk), "期限早于反馈日期")
        return told

    def terms(self) -> Terms:
        told = self.cleaned_data
        deadlines: dict[int, dt.date] = {row.pk: told[_name(row.pk)] for row in self.problems}
        return Terms(told["given_on"], told["answer_due_on"], deadlines)


def _name(pk: int) -> str:
    return f"due_{pk}"


class WithdrawForm(forms.Form):
    reason = words("为什么收回", 200, "请写明为什么收回，学校看得到", widget=forms.Textarea(attrs={"rows": 2}))


class AnswerForm(forms.Form):
    text = words(
        "回复", feedback.ANSWER_MAX, "请写一句话", widget=forms.Textarea(attrs={"rows": 4}),
        help_text="对反馈意见的说明和打算；具体整改情况在每条问题里报",
    )  # fmt: skip


class RectifyForm(forms.Form):
    """What was done, when, and what shows it."""

    done = words(
        "做了什么", feedback.DONE_MAX, "请写明做了什么", widget=forms.Textarea(attrs={"rows": 3}), help_text="如 10 月的听课记录已补写反思，教导处逐份看过"
    )  # fmt: skip
    done_on = _day("完成日期")
    photos = FilesField(label="照片和材料")

    def clean_done_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["done_on"]
        if day > clock.today():
            raise forms.ValidationError("完成日期还没有到，做好了再报")
        return day


class RecheckForm(forms.Form):
    """Passed, or back to the school with words and a new day."""

    result = forms.ChoiceField(
        label="复查结果", choices=[(PASSED, "已整改，销号"), (AGAIN, "还要整改")], widget=Segments(),
        error_messages={"required": "请选复查结果"},
    )  # fmt: skip
    remark = words(
        "复查意见", feedback.REMARK_MAX, widget=forms.Textarea(attrs={"rows": 2}), help_text="还要整改的，写明差什么"
    )
    deadline = _day("新的期限", required=False, help_text=f"还要整改的填；不填就是 {feedback.AGAIN_WITHIN} 个工作日")

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if told.get("result") == AGAIN:
            if not told.get("remark"):
                self.add_error("remark", "请写明还差什么，学校照着改")
            if told.get("deadline") and told["deadline"] < clock.today():
                self.add_error("deadline", "新的期限已经过了，请写今天以后的日期")
        return told
