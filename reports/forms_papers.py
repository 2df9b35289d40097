"""What is typed to find papers, to issue and revoke certificates, and to confirm one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone

from assignments.attendance import month_before
from assignments.models import Programme, School, SchoolYear, Secondment
from reports.papers.paper import Paper, Wanted, reachable
from zhijiao.navigation import chosen_year

NUMBERS = 60  # document numbers offered


class PaperFilter(forms.Form):
    """What a paper is made of: only the questions that the paper asks."""

    def __init__(self, paper: Paper, request: HttpRequest, **kwargs: Any) -> None:
        self.paper, self.user = paper, request.user
        first = {"year": chosen_year(request)}
        if {"month", "school"} <= set(paper.asks):  # a month is always one: the one that is just over
            first["month"] = f"{month_before(timezone.localdate()):%Y-%m}"
        super().__init__({**first, **request.GET.dict()}, **kwargs)
        self.picked = request.GET.getlist("pick")
        make = {"year": _years, "school": _schools, "programme": _programmes, "number": self._numbers, "month": _month}
        for name in paper.asks:
            self.fields[name] = make[name](self.user)
            self.fields[name].widget.attrs["class"] = "form-control period" if name == "month" else "form-select period"

    def _numbers(self, user: Any) -> forms.Field:
        known = reachable(user, self.paper.actions).exclude(dispatch_document="")
        if year := self.data.get("year"):
            known = known.filter(school_year__code=year)
        found = known.order_by("-dispatch_document").values_list("dispatch_document", flat=True).distinct()[:NUMBERS]
        return forms.ChoiceField(
            label="派遣文号", required=False, choices=[("", "全部文号"), *((one, one) for one in found)]
        )

    def wanted(self) -> Wanted:
        """What is wrong is left out, as in every list."""
        self.is_valid()
        told = self.cleaned_data
        only = frozenset(self.picked) or None
        one = str(self.data.get("secondment", ""))
        school, programme = told.get("school"), told.get("programme")
        return Wanted(
            self.user, told.get("year") or "", school and school.pk, programme and programme.pk, told.get("number") or "", told.get("month"),
            only, int(one) if one.isdecimal() and len(one) < 16 else None,
        )  # fmt: skip


def _years(user: Any) -> forms.Field:
    codes = Secondment.objects.visible_to(user).values("school_year")
    years = SchoolYear.objects.filter(pk__in=codes).order_by("-code")
    return forms.ChoiceField(
        label="学年", required=False, choices=[("", "全部学年"), *((year.code, year.title) for year in years)]
    )


def _schools(user: Any) -> forms.Field:
    schools = School.objects.visible_to(user).filter(is_outside_county=False).order_by("name")
    return forms.ModelChoiceField(schools, label="学校", required=False, empty_label="全部学校")


def _programmes(user: Any) -> forms.Field:
    used = Secondment.objects.visible_to(user).values("programme")
    return forms.ModelChoiceField(
        Programme.objects.filter(pk__in=used), label="项目类型", required=False, empty_label="全部项目"
    )


class MonthField(forms.CharField):
    """2025-10, as a browser's month field sends it."""

    widget = forms.DateInput(attrs={"type": "month"})

    def to_python(self, value: Any) -> dt.date | None:  # type: ignore[override]
        text = super().to_python(value)
        if not text:
            return None
        try:
            year, month = map(int, text.split("-")[:2])
            return dt.date(year, month, 1)
        except ValueError:
            raise forms.ValidationError(f"“{text}”不是月份，应写成 2025-10") from None

    def validate(self, value: Any) -> None:
        if value is None and self.required:
            raise forms.ValidationError("请选一个月份")

    def run_validators(self, value: Any) -> None:
        """A date needs none of a text's."""


def _month(user: Any) -> forms.Field:
    return MonthField(label="月份", required=False)


class IssueForm(forms.Form):
    purpose = forms.CharField(
        label="用途", max_length=60, required=False, help_text="印在证明上，如 申报高级教师职称；不写就不印"
    )


class RevokeForm(forms.Form):
    reason = forms.CharField(
        label="撤销原因", max_length=200, widget=forms.Textarea(attrs={"rows": 3}), help_text="另一位同事看了原因再同意",
        error_messages={"required": "请写明撤销的原因，另一位同事要看", "max_length": "原因最多 200 字"},
    )  # fmt: skip


class ConfirmForm(forms.Form):
    """Code and name: neither alone opens anything."""

    code = forms.CharField(label="验证码", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}))  # fmt: skip
    name = forms.CharField(label="持证人姓名", max_length=50, widget=forms.TextInput(attrs={"autocomplete": "off"}))
