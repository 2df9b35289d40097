"""Forms of 帮扶活动 and 捐赠."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from assignments.choices import ACTIVITY_KINDS, SUBJECT_ALIASES, SUBJECTS, DonationKind
from assignments.forms.records import RecordForm, words
from assignments.forms.schools import SchoolField, SuggestedField
from assignments.models.scope import Access
from zhijiao.attachments.forms import FilesField
from zhijiao.fields import MoneyField, QuantityField, Segments, WhenField, WordsField

UNKNOWN, YES, NO = "", "yes", "no"
_KNOWN = {YES: True, NO: False}


class YesNoField(forms.ChoiceField):
    """Yes, no, or not said."""

    def __init__(self, **options: Any) -> None:
        choices = [(UNKNOWN, "没有写"), (YES, "是"), (NO, "否")]
        super().__init__(choices=choices, widget=Segments(), required=False, **options)

    def prepare_value(self, value: Any) -> Any:
        return {True: YES, False: NO, None: UNKNOWN}.get(value, value)

    def clean(self, value: Any) -> Any:
        return _KNOWN.get(super().clean(value))


class SubjectsField(WordsField):
    """Subjects of the list, under any of the names they go by."""

    def to_python(self, value: Any) -> Any:
        found = []
        for word in super().to_python(value):
            subject = word if word in SUBJECTS else SUBJECT_ALIASES.get(word)
            if subject is None:
                raise ValidationError(f"“{word}”不在学科里，可以写 {'、'.join(SUBJECTS[:6])} 等，几科之间用“、”隔开")
            found.append(subject)
        return list(dict.fromkeys(found))


class ActivityForm(RecordForm):
    """Who went where, with how many, did what, and what came back. Five fields are enough; the rest where somebody knows."""

    writes = (
        "kind", "title", "when", "school", "organiser", "partner_school", "receiving_school", "receiving_party", "led_by",
        "people", "beneficiary", "contents", "subjects", "lessons", "prepared_days", "had_review", "guests", "received",
        "received_quantity", "received_unit", "reported_by",
    )  # fmt: skip
    doing = "school"
    essential = ("kind", "when", "school", "receiving_school", "receiving_party", "people", "contents", "photos")

    kind = SuggestedField(
        label="什么活动",
        max_length=40,
        suggestions=ACTIVITY_KINDS,
        help_text="、".join(ACTIVITY_KINDS[:5]) + "等",
        error_messages={"required": "请写是什么活动，如 送课下乡"},
    )
    when = WhenField(label="日期")
    school = SchoolField(label="主办学校", required=False, help_text="局里主办的留空")
    receiving_school = SchoolField(label="到哪所学校", required=False)
    receiving_party = words("或者到哪里", 80, help_text="不是学校的写在这里，如 铁塔社区")
    people = QuantityField(label="去了多少人", unit="人", required=False)
    contents = WordsField(
        label="做了什么", required=False, help_text="如 座谈交流、进班听课，用“、”隔开；不写孩子的姓名",
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    photos = FilesField(label="照片")
    title = words("活动名称", 100, help_text="有专门名称的写，如 爱心传书")
    organiser = words("组织者", 60, help_text="如 校团委、教师志愿者")
    partner_school = SchoolField(label="合作学校", required=False)
    led_by = words("带队人", 60)
    subjects = SubjectsField(label="涉及学科", required=False, help_text="用“、”隔开，如 语文、数学")
    lessons = forms.IntegerField(label="上了几节课", min_value=0, max_value=999, required=False)
    prepared_days = forms.IntegerField(label="提前准备了几天", min_value=0, max_value=365, required=False)
    had_review = YesNoField(label="有没有评课研讨")
    beneficiary = words("受益对象", 80, help_text="如 初一学生1名；不写孩子的姓名")
    guests = WordsField(label="出席领导和来宾", required=False, help_text="用“、”隔开")
    received = words("收到的回赠", 40, help_text="如 锦旗")
    received_quantity = QuantityField(label="回赠数量", required=False)
    received_unit = words("回赠单位", 8, help_text="如 面")
    reported_by = words("报道媒体", 60)


class DonationForm(RecordForm):
    """One thing, or one sum of money. A line of an activity leaves out what the activity says."""

    writes = (
        "kind", "item", "quantity", "unit", "amount", "when", "donor_school", "donor", "receiving_school", "receiving_party",
        "campaign", "purpose", "beneficiary", "beneficiaries", "handler",
    )  # fmt: skip
    essential = (
        "kind", "item", "quantity", "unit", "amount", "when", "donor_school", "donor", "receiving_school", "receiving_party",
        "photos",
    )  # fmt: skip
    of_activity = ("when", "donor_school", "donor", "receiving_school", "receiving_party", "campaign")

    kind = forms.ChoiceField(
        label="捐的是什么", choices=DonationKind.choices, widget=Segments(), initial=DonationKind.GOODS,
        error_messages={"required": "请选 资金、物资 或 工程"},
    )  # fmt: skip
    item = words("名称", 60, help_text="如 工具书、篮球；资金可以不写")
    quantity = QuantityField(label="数量", required=False)
    unit = words("单位", 8, help_text="如 册、个、套")
    amount = MoneyField(label="金额或估值（元）", required=False, help_text="资金写金额，物资和工程写估值")
    when = WhenField(label="日期")
    donor_school = SchoolField(label="捐赠学校", required=False)
    donor = words("捐赠人（单位）", 80, help_text="学校里的组织，或不是学校的捐赠方")
    receiving_school = SchoolField(label="受赠学校", required=False)
    receiving_party = words("其他受赠方", 80)
    photos = FilesField(label="照片")
    campaign = words("捐赠活动名称", 60, help_text="如 爱心传书")
    purpose = words("用途", 100)
    beneficiary = words("受益对象", 80, help_text="不写孩子的姓名")
    beneficiaries = forms.IntegerField(label="受益人数", min_value=0, max_value=99999, required=False)
    handler = words("经办人", 50)

    def __init__(self, *args: Any, activity: Any = None, **options: Any) -> None:
        self.activity = activity
        super().__init__(*args, **options)
        if activity is not None and not self.row.pk:
            for name in self.of_activity:
                del self.fields[name]
        elif not self.row.pk:
            own = [school for school in self._offered if school.pk in Access.of(self.user).schools]
            if len(own) == 1:
                self.initial["donor_school"] = own[0]

    def _settle_own(self, schools: list[Any]) -> None:
        self._offered = schools

    def _value(self, name: str) -> Any:
        return self.cleaned_data[name] if name in self.fields else None if name == "when" else _nothing(name)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        is_cash, amount = typed.get("kind") == DonationKind.CASH, typed.get("amount")
        if "amount" not in self.errors:
            if is_cash and amount is None:
                self.add_error("amount", "资金捐赠要写金额")
            elif typed.get("kind") and not is_cash and not typed.get("item") and amount is None:
                self.add_error("item", "物资或工程要写名称，或者写估值")
        return typed


def _nothing(name: str) -> Any:
    return None if name.endswith("_school") else ""
