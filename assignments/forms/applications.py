"""What is asked in an application, of an exemption, and of the rule by which people are due."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from assignments.applications import MOST_WISHES
from assignments.candidates import LONGEST_EXEMPTION, years_later
from assignments.choices import SUBJECT_CHOICES, Duty, ExemptionReason
from assignments.forms.plan import SchoolBook, school_text
from assignments.forms.workflow import day_field, words_field
from assignments.models import DueRule, Exemption, Programme, SchoolYear, Teacher
from zhijiao.dates import school_year_span, told
from zhijiao.fields import Segments

_YES_NO = [("True", "是"), ("False", "否")]
_WITH_SCHOOL = re.compile(r"(?P<name>[^（(]+)[（(](?P<school>[^）)]+)[）)]")
WISH_HINT = f"写校名，边写边提示；最多 {MOST_WISHES} 所，按先后考虑，可以不填"
NEAR_THE_YEAR = dt.timedelta(days=45)  # a secondment may begin with the preparation in summer


def yes_no(label: str, **options: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=_YES_NO, required=False, empty_value=None, coerce=lambda value: value == "True",
        widget=Segments(), **options,
    )  # fmt: skip


class ApplicationForm(forms.Form):
    """支教申请表, without what is known of the teacher already."""

    programme = forms.ModelChoiceField(
        Programme.objects.none(), label="项目类型", empty_label="请选择",
        error_messages={"required": "请选项目类型", "invalid_choice": "没有这个项目类型，请从列表里选"},
    )  # fmt: skip
    school_year = forms.ChoiceField(label="学年", error_messages={"invalid_choice": "请从列表里选学年"})
    start = day_field("开始")
    end = day_field("结束")
    duty = forms.ChoiceField(label="职责", choices=Duty, initial=Duty.TEACHER)
    wished_subject = forms.ChoiceField(
        label="意向学科", choices=[("", "和现在任教的一样"), *SUBJECT_CHOICES], required=False
    )
    accepts_other = yes_no("服从调剂", help_text="意向学校都安排不了时，愿不愿意去别的学校")
    reason = words_field("申请理由", 1000, rows=4, required=False)
    rural_experience = words_field(
        "农村或薄弱校任教经历",
        500,
        rows=3,
        required=False,
        help_text="哪年到哪年、在哪所学校；系统里已有的支教经历不用再写",
    )
    spouse_at_same_school = yes_no("配偶同校", help_text="两人都在一所学校的，不同时派出")

    def __init__(
        self, book: SchoolBook, programmes: QuerySet[Programme], years: Sequence[str], teacher: Teacher, *,
        data: Any = None, initial: dict[str, Any] | None = None, partners: QuerySet[Teacher] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(data, initial=initial)
        self._book, self._teacher, self._partners = book, teacher, partners
        cast(forms.ModelChoiceField, self.fields["programme"]).queryset = programmes
        cast(forms.ChoiceField, self.fields["school_year"]).choices = [
            (code, f"{code.replace('-', '—')}学年") for code in years
        ]
        for number in range(1, MOST_WISHES + 1):
            label = f"意向学校 {number}" if number > 1 else "意向学校"
            self.fields[f"wish_{number}"] = school_text(label, help_text="" if number > 1 else WISH_HINT)
        if partners is not None:
            self.fields["swap"] = forms.CharField(
                label="互派教师",
                max_length=80,
                required=False,
                help_text="对口互派的，写对方教师：姓名（学校）；两人一起批准、一起结束",
            )
        self.order_fields(
            ["programme", "school_year", "start", "end", "wish_1", "wish_2", "wish_3", "wished_subject", "accepts_other", "duty", "swap",
             "reason", "rural_experience", "spouse_at_same_school"]
        )  # fmt: skip

    def clean_swap(self) -> Teacher | None:
        text = self.cleaned_data["swap"].strip()
        return one_teacher(self._partners, text) if text and self._partners is not None else None

    def clean(self) -> dict[str, Any]:
        values = cast(dict[str, Any], super().clean())
        wishes = [self._wish(number, values) for number in range(1, MOST_WISHES + 1)]
        values["wished_schools"] = list(dict.fromkeys(wish for wish in wishes if wish))
        start, end, code = values.get("start"), values.get("end"), values.get("school_year")
        if start and end and end < start:
            self.add_error("end", f"{told(end)} 早于开始日期，应在 {told(start)} 以后")
        if start and code:
            first, last = school_year_span(int(code[:4]))
            if not first - NEAR_THE_YEAR <= start <= last:
                self.add_error(
                    "start", f"{told(start)} 不在{code.replace('-', '—')}学年里，应从 {told(first)} 左右开始"
                )
        return values

    def _wish(self, number: int, values: dict[str, Any]) -> str:
        text = values.get(f"wish_{number}", "")
        if not text:
            return ""
        try:
            return self._book.find(text).name
        except forms.ValidationError as wrong:
            self.add_error(f"wish_{number}", wrong)
            return ""

    @property
    def asked(self) -> dict[str, Any]:
        """What `applications.draft` and `change` take."""
        typed = self.cleaned_data
        kept = (
            "programme",
            "start",
            "end",
            "duty",
            "wished_schools",
            "wished_subject",
            "accepts_other",
            "reason",
            "rural_experience",
        )
        return {
            **{name: typed[name] for name in kept},
            "spouse_at_same_school": typed["spouse_at_same_school"],
            "school_year": SchoolYear.objects.named(typed["school_year"]),
            **({"swapped_with": typed["swap"]} if "swap" in self.fields else {}),
        }


def one_teacher(teachers: QuerySet[Teacher], text: str) -> Teacher:
    """The teacher who is meant by 姓名（学校）, or by the name alone where there is one of that name."""
    named = _WITH_SCHOOL.fullmatch(text)
    found = teachers.filter(name=named["name"].strip() if named else text)
    if named:
        found = found.filter(school__name=named["school"].strip())
    rows = list(found.select_related("school")[:2])
    if len(rows) == 1:
        return rows[0]
    if rows:
        raise forms.ValidationError(f"叫“{text}”的不止一位，请写成 姓名（学校）")
    raise forms.ValidationError(f"没有找到“{text}”，请核对姓名和学校，写成 姓名（学校）")


class ExemptionForm(forms.Form):
    """Why somebody need not go yet, with proof and an end."""

    reason = forms.ChoiceField(
        label="原因", choices=[("", "请选择"), *ExemptionReason.choices], error_messages={"required": "请选原因"},
        help_text="涉及健康的，只有本校和教育局看得到",
    )  # fmt: skip
    proof = forms.CharField(
        label="证明材料",
        max_length=100,
        help_text="如 医院诊断证明、出生医学证明；原件由学校留存",
        error_messages={"required": "请写明是什么证明"},
    )
    start = day_field("开始")
    end = day_field("到期", help_text=f"最长 {LONGEST_EXEMPTION} 年，到期后自动回到应交流名单")

    def __init__(self, exemption: Exemption | None, day: dt.date, data: Any = None) -> None:
        initial = {name: getattr(exemption, name) for name in self.base_fields} if exemption else {"start": day}
        super().__init__(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        values = cast(dict[str, Any], super().clean())
        start, end = values.get("start"), values.get("end")
        if start and end and end < start:
            self.add_error("end", f"{told(end)} 早于开始日期，应在 {told(start)} 以后")
        elif start and end and end > years_later(start, LONGEST_EXEMPTION):
            self.add_error(
                "end", f"一次最长 {LONGEST_EXEMPTION} 年，应在 {told(years_later(start, LONGEST_EXEMPTION))} 以前"
            )
        return values


class RuleForm(forms.ModelForm):
    """The county's own rule by which somebody is due."""

    class Meta:
        model = DueRule
        fields = ("years_at_school", "age_below_men", "age_below_women", "years_since_last", "regular_only", "basis")

    def clean(self) -> dict[str, Any]:
        values = cast(dict[str, Any], super().clean())
        for name, low, high in (
            ("years_at_school", 1, 30),
            ("age_below_men", 30, 70),
            ("age_below_women", 30, 70),
            ("years_since_last", 0, 20),
        ):
            value = values.get(name)
            if value is not None and not low <= value <= high:
                self.add_error(name, f"应在 {low} 到 {high} 之间，现在是 {value}")
        return values
