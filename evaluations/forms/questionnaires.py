"""Forms of questionnaires: opening one at a school, its times and classes, and the bank of questions."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from assignments.forms.records import words
from assignments.forms.schools import SchoolField
from assignments.models import School, Secondment
from evaluations.choices import AnswerWay, InspectionState, Opinion, QuestionKind, RespondentKind
from evaluations.models import Inspection, QuestionSet
from evaluations.questionnaires import bank
from evaluations.questionnaires.bank import Asked, Content, Option
from evaluations.questionnaires.opening import ClassPlan
from zhijiao import clock
from zhijiao.fields import Segments

_LINE = re.compile(r"^(?P<name>.+?)[\s,，、:：]+(?P<number>\d{1,4})\s*(?:人|份)?$")
_OPINIONS = {label: value for value, label in Opinion.choices}
_MOMENT = "%Y-%m-%dT%H:%M"


class MomentField(forms.DateTimeField):
    """A day and a time, from the browser's calendar."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT)

    def __init__(self, **options: Any) -> None:
        messages = {"required": "请选日期和时间", "invalid": "请写日期和时间，如 2026-11-23 18:00"}
        super().__init__(input_formats=[_MOMENT, "%Y-%m-%d %H:%M"], error_messages=messages, **options)


class SchoolChoiceForm(forms.Form):
    """At which school."""

    school = SchoolField(label="哪所学校", help_text="答卷的学生、家长、老师在的学校")

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["school"]
        field.offer(list(School.objects.choosable_by(user).only("name", "aliases", "county_id").order_by("name")))


class ClassesField(forms.CharField):
    """A class a line, with how many they are. Gives pairs."""

    widget = forms.Textarea(attrs={"rows": 5, "placeholder": "八（2）班 45\n八（3）班 43"})

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        found, wrong = [], []
        for number, raw in enumerate(text.splitlines(), 1):
            line = unicodedata.normalize("NFKC", raw).strip()
            if not line:
                continue
            match = _LINE.match(line)
            if match:
                found.append((match["name"].strip().replace("(", "（").replace(")", "）"), int(match["number"])))
            else:
                wrong.append(f"第 {number} 行“{raw.strip()[:20]}”看不出人数，请写成 八（2）班 45")
        if wrong:
            raise ValidationError(wrong)
        return found

    def run_validators(self, value: Any) -> None:
        """What is given is pairs, no text."""


class OpenForm(forms.Form):
    """What is asked, about whom, of whom, how, until when."""

    question_set = forms.ModelChoiceField(
        label="用哪套题", queryset=QuestionSet.objects.none(), empty_label="请选择",
        error_messages={"required": "请选一套题"},
    )  # fmt: skip
    secondment = forms.ModelChoiceField(
        label="针对哪位支教教师", queryset=Secondment.objects.none(), required=False, empty_label="不针对一位教师"
    )
    inspection = forms.ModelChoiceField(
        label="哪次督导检查", queryset=Inspection.objects.none(), required=False, empty_label="不随检查",
        help_text="随检查做的，结果会进检查的问卷走访",
    )  # fmt: skip
    classes = ClassesField(label="班级和人数", help_text="一行一个：班级（对象）和人数；可以从 Excel 粘贴")
    way = forms.ChoiceField(
        label="怎么答", choices=AnswerWay.choices, initial=AnswerWay.CODES, widget=Segments(by_three=True),
        help_text="一人一码最可靠；班级链接谁都能转发，只能按人数封顶，结果会注明较弱；没有手机的用纸质：打印出来写，收回后在这里录",
    )  # fmt: skip
    opens_at = MomentField(label="开始")
    closes_at = MomentField(label="截止")

    def __init__(self, *args: Any, user: Any, school: School, **options: Any) -> None:
        now = timezone.localtime(clock.now()).replace(second=0, microsecond=0)
        evening = (now + dt.timedelta(days=3)).replace(hour=20, minute=0)
        options["initial"] = {"opens_at": now, "closes_at": evening, **options.get("initial", {})}
        super().__init__(*args, **options)
        fields: Any = self.fields
        fields["question_set"].queryset = bank.choosable(user).order_by("respondents", "county", "title")
        fields["question_set"].label_from_instance = lambda one: f"{one}{'' if one.county_id else '（现成的）'}"
        rows = Secondment.objects.visible_to(user).filter(placements__receiving_school=school)
        fields["secondment"].queryset = (
            rows.select_related("teacher", "school_year").order_by("-start", "pk").distinct()
        )
        fields["secondment"].label_from_instance = lambda one: f"{one.teacher.name}（{one.school_year.title}）"
        checks = Inspection.objects.visible_to(user).filter(school=school).exclude(state=InspectionState.CLOSED)
        fields["inspection"].queryset = checks.order_by("-start", "pk")
        fields["inspection"].label_from_instance = lambda one: f"{one.when}检查"

    def plans(self) -> list[ClassPlan]:
        return [ClassPlan(name, number, self.cleaned_data["way"]) for name, number in self.cleaned_data["classes"]]


class ClosingForm(forms.Form):
    closes_at = MomentField(label="新的截止时间")


class ClassForm(forms.Form):
    name = words("班级（对象）", 30, "请写班级，如 八（2）班")
    enrolled = forms.IntegerField(
        label="人数", min_value=1, max_value=3000,
        error_messages={"required": "请写人数", "min_value": "人数至少是 1", "max_value": "人数最多 3000"},
    )  # fmt: skip
    way = forms.ChoiceField(label="怎么答", choices=AnswerWay.choices, initial=AnswerWay.CODES)

    def plan(self) -> ClassPlan:
        return ClassPlan(**self.cleaned_data)


# --- the bank ----------------------------------------------------------------------------------------------------------


class OptionsField(forms.CharField):
    """An option a line: its words | points | what it says of satisfaction | its words in the other language."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(_told(one) for one in value) if isinstance(value, tuple) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return value
        lines = [line for line in (super().to_python(value) or "").splitlines() if line.strip()]
        return tuple(_option(number, line) for number, line in enumerate(lines, 1))

    def run_validators(self, value: Any) -> None:
        """What is given is options, no text."""


def _told(one: Option) -> str:
    points = "" if one.points is None else f"{one.points.normalize():f}"
    opinion = Opinion(one.opinion).label if one.opinion else ""
    return "｜".join((one.text, points, opinion, one.text_other)).rstrip("｜")


def _option(number: int, line: str) -> Option:
    parts = [part.strip() for part in re.split(r"[|｜\t]", line)]
    text, points, opinion, other, *rest = [*parts, "", "", "", ""]
    if not text or len(text) > 40 or any(rest) or len(other) > 80:
        raise ValidationError(f"第 {number} 个选项应写成 选项｜分值｜满意，选项最多 40 个字")
    if opinion and opinion not in _OPINIONS:
        raise ValidationError(f"第 {number} 个选项的“{opinion}”应是 满意、基本满意 或 不满意")
    try:
        worth = Decimal(unicodedata.normalize("NFKC", points)) if points else None
    except InvalidOperation:
        raise ValidationError(f"第 {number} 个选项的分值“{points}”不是数字") from None
    if worth is not None and not (worth.is_finite() and 0 <= worth <= 100 and worth == round(worth, 2)):
        raise ValidationError(f"第 {number} 个选项的分值 {points} 应在 0 到 100 之间，最多两位小数")
    return Option(text, worth, _OPINIONS.get(opinion, ""), other)


class QuestionForm(forms.Form):
    """One question; without words it is left out."""

    text = words("题目", 120)
    text_other = words("题目（另一种文字）", 240)
    kind = forms.ChoiceField(label="题型", choices=QuestionKind.choices, initial=QuestionKind.SCALE)
    options = OptionsField(
        label="选项", required=False, help_text="一行一个：选项｜分值｜满意；分值和后面的可以不写。文字题不写选项"
    )
    is_required = forms.BooleanField(label="必答", required=False)
    tells_satisfaction = forms.BooleanField(label="总体满意度按这一题算", required=False)

    def asked(self) -> Asked | None:
        said = self.cleaned_data
        return Asked(**said) if said.get("text") else None


QuestionFormSet = forms.formset_factory(QuestionForm, extra=3, max_num=bank.MOST_QUESTIONS, absolute_max=60)


class SetForm(forms.Form):
    """What stands above the questions."""

    title = words("问卷名称", 60, "请写问卷名称")
    respondents = forms.ChoiceField(label="谁来答", choices=RespondentKind.choices)
    introduction = words("开头的话", 300)
    other_language = words("另一种文字", 20, help_text="藏文、维吾尔文、English；不用的空着")
    introduction_other = words("开头的话（另一种文字）", 500)
    has_faces = forms.BooleanField(label="低年级，用三个表情", required=False)
    is_about_teacher = forms.BooleanField(label="针对一位支教教师", required=False)

    def content(self, questions: Any) -> Content:
        asked = tuple(one for form in questions if (one := form.asked()))
        return Content(questions=asked, **self.cleaned_data)
