"""Forms of 后勤保障, 困难诉求, 走访慰问."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from assignments.care import DAYS_TO_SETTLE, those_who_may_ask
from assignments.choices import PROVISION_ITEMS, DifficultyCategory
from assignments.forms.records import RecordForm, words
from assignments.forms.schools import SchoolField, SuggestedField
from assignments.models import SchoolYear, Teacher
from assignments.models.scope import Access
from zhijiao.attachments.forms import FilesField
from zhijiao.fields import Chips, DayField, MoneyField, QuantityField, Segments, WhenField, WordsField

OCCASIONS = (
    "教师节",
    "中秋节",
    "国庆节",
    "元旦",
    "春节",
    "元宵节",
    "妇女节",
    "劳动节",
    "端午节",
    "生病住院",
    "家庭变故",
    "日常走访",
)


# --- difficulties -----------------------------------------------------------------------------------------------------


class TeacherChoice(forms.ModelChoiceField):
    def label_from_instance(self, row: Any) -> str:
        return f"{row.name}（{row.school.name}）" if row.school else str(row.name)


class DifficultyForm(forms.Form):
    """One short form: what it is about, in words, a photo."""

    teacher = TeacherChoice(label="哪位教师", queryset=Teacher.objects.none(), empty_label="请选择")
    category = forms.ChoiceField(
        label="哪方面的困难",
        choices=DifficultyCategory.choices,
        widget=Segments(by_three=True),
        error_messages={"required": "请选一项，说不清的选“其他”"},
    )
    text = words(
        "遇到什么困难，希望怎么解决", 1000, "请写几句：遇到什么困难，希望怎么解决",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="涉及健康的内容只给您本人、派出学校、教育局和承办人看",
    )  # fmt: skip
    photos = FilesField(label="照片")

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        teachers = list(those_who_may_ask(user)[:2])
        self.only: Teacher | None = teachers[0] if len(teachers) == 1 else None
        field: Any = self.fields["teacher"]
        field.queryset = those_who_may_ask(user)
        field.error_messages["required"] = "请选是哪位教师"
        field.error_messages["invalid_choice"] = "请从名单里选一位教师"
        if self.only and self.only.pk in Access.of(user).teachers:
            del self.fields["teacher"]

    @property
    def teacher_asked(self) -> Teacher:
        return self.cleaned_data["teacher"] if "teacher" in self.fields else self.only  # type: ignore[return-value]


class TakeOnForm(forms.Form):
    """Who sees to it, and until when."""

    owner = words("承办单位（人）", 60, "请写由谁来办，如 松岭乡中心小学 总务处")
    due_on = DayField(label="办理期限", help_text="到这一天还没有办结，教育局首页会提醒")

    @classmethod
    def offered(cls, owner: str, due_on: dt.date | None) -> TakeOnForm:
        day = due_on or timezone.localdate() + dt.timedelta(days=DAYS_TO_SETTLE)
        return cls(initial={"owner": owner, "due_on": day}, prefix="take")


class SettleForm(forms.Form):
    """How it was settled, and when."""

    resolution = words(
        "怎么解决的", 300, "请写一两句是怎么解决的", widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    resolved_on = DayField(label="解决日期")

    @classmethod
    def offered(cls) -> SettleForm:
        return cls(initial={"resolved_on": timezone.localdate()}, prefix="settle")


class ReopenForm(forms.Form):
    reason = words(
        "为什么还没有解决", 200, "请写一句为什么还没有解决", widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


# --- provision --------------------------------------------------------------------------------------------------------


class ProvisionForm(RecordForm):
    """What a receiving school provides in a school year."""

    writes = ("school", "school_year", "items", "rooms", "insured", "spent", "person_in_charge")
    doing = "school"

    school = SchoolField(label="受援学校")
    school_year = forms.ChoiceField(label="学年", error_messages={"required": "请选学年"})
    items = forms.MultipleChoiceField(
        label="提供了什么", choices=[(item, item) for item in PROVISION_ITEMS], widget=Chips(), required=False
    )
    more_items = WordsField(label="还有什么", required=False, help_text="上面没有的写在这里，用“、”隔开")
    rooms = forms.IntegerField(label="宿舍间数", min_value=0, max_value=999, required=False)
    insured = forms.IntegerField(
        label="投保人数", min_value=0, max_value=999, required=False, help_text="买了意外伤害保险的支教教师"
    )
    spent = MoneyField(label="投入经费（元）", required=False)
    person_in_charge = words("负责人", 50)
    photos = FilesField(label="照片", help_text="宿舍、食堂等；一次最多 9 个，每个不超过 20 MB")

    def __init__(self, *args: Any, years: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["school_year"]
        field.choices = years
        if self.first_year is not None:
            self.initial.setdefault("school_year", f"{self.first_year}-{self.first_year + 1}")

    def _known(self, row: Any) -> dict[str, Any]:
        known = super()._known(row)
        if row.pk:
            known["school_year"] = row.school_year.code
            known["items"] = [item for item in row.items if item in PROVISION_ITEMS]
            known["more_items"] = [item for item in row.items if item not in PROVISION_ITEMS]
        return known

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if not typed.get("items") and not typed.get("more_items") and "more_items" not in self.errors:
            self.add_error("items", "请至少选一项，或在“还有什么”里写一项")
        return typed

    def _value(self, name: str) -> Any:
        if name == "items":
            return list(dict.fromkeys([*self.cleaned_data["items"], *self.cleaned_data["more_items"]]))
        if name == "school_year":
            return SchoolYear.objects.named(self.cleaned_data["school_year"])
        return super()._value(name)


# --- condolence visits ------------------------------------------------------------------------------------------------


class VisitForm(RecordForm):
    """At which festival, whom, with what."""

    writes = ("occasion", "when", "visiting_school", "visited_school", "visitors", "gifts", "amount", "visited")
    doing = "visiting_school"

    occasion = SuggestedField(
        label="什么时候、为什么看望",
        max_length=40,
        suggestions=OCCASIONS,
        help_text="如 教师节、中秋节、生病住院",
        error_messages={"required": "请写是什么时候或为什么看望的，如 教师节"},
    )
    when = WhenField(label="日期")
    visiting_school = SchoolField(label="慰问学校", required=False, help_text="局里慰问的留空")
    visited_school = SchoolField(
        label="看望的教师在哪所学校", required=False, help_text="走访了几所学校的留空，或分几次登记"
    )
    visitors = words("谁去看望的", 100, help_text="如 校长、工会主席")
    visited = QuantityField(label="看望了几位教师", unit="人", required=False)
    gifts = words("慰问品", 100)
    amount = MoneyField(label="慰问金（元）", required=False)
    photos = FilesField(label="照片")
