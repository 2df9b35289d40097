"""Forms of a teacher and of a school. Each field is named here: what is not, nobody writes by a form."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from assignments.corrections import FIELDS
from assignments.forms.schools import SchoolField
from assignments.models import District, School, Teacher
from assignments.people import CONTACTS
from assignments.search import is_personal
from zhijiao.entry import fingerprint
from zhijiao.fields import DayField, Segments, WordsField
from zhijiao.identity import birth_date_of, check_bank_card, check_id_number, check_phone, check_school_code, sex_of

CLEAR = "无"  # typed into a field whose value is not shown
_WORKING_AGE = 14  # the youngest that anybody began to work
# Numbers that are not shown in a form: left empty they stay as they are.
_HIDDEN = {"id_number": check_id_number, "phone": check_phone, "bank_card": check_bank_card}


class ChangedForm(forms.ModelForm):
    """A form of a row that somebody else may change meanwhile: `seen` is the fingerprint of what it shows."""

    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.compared = self._compared()
        self.now = fingerprint(self.instance, self.compared) if self.instance.pk else ""
        self.is_clash, self.clashes = False, list[tuple[str, str, str]]()
        _say_nothing_in_words(self)

    def _compared(self) -> list[str]:
        """The columns of the fingerprint. A number stands in it by its keyed hash, or it could be worked out from it."""
        hashed = {"id_number": "id_number_hash", "bank_card": "bank_card_hash", "phone": ""}
        is_teacher = isinstance(self.instance, Teacher)
        names = [hashed.get(name, name) if is_teacher else name for name in self.fields]
        return [name for name in names if name]

    def values(self) -> dict[str, Any]:
        """What is to be written, by field."""
        return dict(self.cleaned_data)

    def clash_with(self, row: Any) -> None:
        """Put what is recorded now beside what was typed; sent again, what was typed counts."""
        self.now, self.is_clash = fingerprint(row, self.compared), True
        for name, value in self.values().items():
            now = getattr(row, name)
            if name not in _HIDDEN and now != value:
                self.clashes.append((str(self.fields[name].label), _told(row, name, now), _told(row, name, value)))

    def sections(self) -> list[tuple[str, list[Any]]]:
        found = [(title, [self[name] for name in names if name in self.fields]) for title, names in self.groups]
        return [(title, fields) for title, fields in found if fields]

    def _post_clean(self) -> None:
        """The row itself stays as it was until the function that acts has it under a lock."""


def _say_nothing_in_words(form: forms.BaseForm) -> None:
    """Django offers dashes, and 未知 for yes or no: neither says that the field may be left alone."""
    for field in form.fields.values():
        widget: Any = field.widget
        if isinstance(widget, forms.NullBooleanSelect):
            widget.choices = [(value, "不填" if value == "unknown" else label) for value, label in widget.choices]
        elif isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
            empty = "请选择" if field.required else "不填"
            pairs: Any = field.choices
            field.choices = [(value, label if value else empty) for value, label in pairs]


def _told(row: Any, name: str, value: Any) -> str:
    field = row._meta.get_field(name)
    if value in (None, "", []):
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(value)
    return str(dict(field.flatchoices).get(value, value)) if field.flatchoices else str(value)


class TeacherForm(ChangedForm):
    groups = (
        ("基本情况", ("name", "school", "id_number", "sex", "birth_date", "phone", "ethnicity", "political_status", "native_place")),
        ("任职情况", (
            "stage", "subject", "title", "title_since", "at_school_since", "employed_since", "establishment", "post", "post_grade",
            "weekly_periods", "is_class_head",
        )),
        ("学历与资格", ("education", "graduated_from", "major", "certificate", "mandarin_level")),
        ("其他", ("emergency_contact", "health", "family", "bank", "bank_card")),
    )  # fmt: skip
    school = SchoolField(label="所在学校", help_text="人事关系所在的学校")
    id_number = forms.CharField(label="身份证号", max_length=30, required=False)
    phone = forms.CharField(label="手机号", max_length=20, required=False)
    bank_card = forms.CharField(label="银行卡号", max_length=30, required=False)
    birth_date = DayField(label="出生日期", required=False, help_text="填了身份证号可以不填")
    employed_since = DayField(label="参加工作时间", required=False)
    at_school_since = DayField(label="本校任教起始", required=False, help_text="用来算是否该交流")
    title_since = DayField(label="职称聘任时间", required=False)

    class Meta:
        model = Teacher
        fields = (
            "name", "school", "id_number", "sex", "birth_date", "phone", "ethnicity", "political_status", "native_place",
            "emergency_contact", "employed_since", "at_school_since", "establishment", "education", "graduated_from", "major",
            "certificate", "mandarin_level", "title", "title_since", "post_grade", "post", "stage", "subject", "weekly_periods",
            "is_class_head", "health", "family", "bank", "bank_card",
        )  # fmt: skip
        error_messages: ClassVar[dict[str, dict[str, str]]] = {"name": {"required": "请写姓名"}}

    def __init__(self, *args: Any, schools: list[School], moves: bool, **options: Any) -> None:
        """`schools`: where the teacher may be placed; `moves`: whether this person may change the school of one who is there."""
        options["initial"] = {
            **dict.fromkeys(_HIDDEN, ""),
            "school": options["instance"].school,
            **options.get("initial", {}),
        }
        super().__init__(*args, **options)
        if self.instance.pk and not moves:
            del self.fields["school"]
        else:
            now = self.instance.school
            field: Any = self.fields["school"]
            field.offer([*schools, now] if now and now.pk not in {school.pk for school in schools} else schools)
        for name in _HIDDEN:
            masked = getattr(self.instance, f"masked_{name}")
            if masked:
                self.fields[name].help_text = f"现为 {masked}，不改就留空；要清空请写“{CLEAR}”"

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        for name, check in _HIDDEN.items():
            self._clean_hidden(typed, name, check)
        self._compare_with_number(typed)
        self._check_days(typed)
        return typed

    def _clean_hidden(self, typed: dict[str, Any], name: str, check: Any) -> None:
        text = str(typed.get(name) or "").strip()
        if not text:
            typed[name] = getattr(self.instance, name)
        elif text == CLEAR:
            typed[name] = ""
        else:
            try:
                typed[name] = check(text)
            except ValidationError as wrong:
                self.add_error(name, wrong)

    def _compare_with_number(self, typed: dict[str, Any]) -> None:
        number = typed.get("id_number")
        if not number or "id_number" in self.errors:
            return
        born, sex = typed.get("birth_date"), typed.get("sex")
        if born and born != birth_date_of(number):
            self.add_error("birth_date", f"与身份证号里的 {birth_date_of(number):%Y-%m-%d} 不一致，请核对")
        if sex in ("1", "2") and sex != sex_of(number):
            self.add_error("sex", "与身份证号第 17 位不一致（单数为男，双数为女），请核对")
        typed["birth_date"] = born or birth_date_of(number)
        typed["sex"] = sex or sex_of(number)

    def _check_days(self, typed: dict[str, Any]) -> None:
        today, born = timezone.localdate(), typed.get("birth_date")
        for name in ("birth_date", "employed_since", "at_school_since", "title_since"):
            day = typed.get(name)
            if day and day > today:
                self.add_error(name, f"{day:%Y-%m-%d} 还没有到，请核对年份")
            elif day and born and name != "birth_date" and day.year < born.year + _WORKING_AGE:
                self.add_error(name, f"{day:%Y-%m-%d} 时还不满 {_WORKING_AGE} 岁，请核对这里和出生日期")


class SchoolForm(ChangedForm):
    groups = (
        ("学校", ("county", "name", "aliases", "code", "stage", "location", "township")),
        ("隶属", ("is_centre_school", "centre_school", "is_outside_county", "region", "is_focus", "allowance_class")),
        ("联系", CONTACTS),
    )
    aliases = WordsField(label="其他名称", required=False, help_text="简称、旧名，用“、”隔开；名册里写这些也认得")
    centre_school = SchoolField(label="所属中心校", required=False, help_text="村小、教学点写管它的中心校")
    phone = forms.CharField(label="联系电话", max_length=20, required=False)

    class Meta:
        model = School
        fields = (
            "name", "aliases", "code", "stage", "location", "township", "is_centre_school", "centre_school", "is_outside_county",
            "region", "is_focus", "allowance_class", "address", "principal", "contact", "phone",
        )  # fmt: skip
        error_messages: ClassVar[dict[str, dict[str, str]]] = {"name": {"required": "请写学校全称"}}

    def __init__(
        self, *args: Any, schools: list[School], counties: list[District], whole: bool, **options: Any
    ) -> None:
        """`whole`: everything of it; otherwise only the contacts, which a school keeps up to date itself."""
        options["initial"] = {"centre_school": options["instance"].centre_school}
        super().__init__(*args, **options)
        if not whole:
            for name in set(self.fields) - set(CONTACTS):
                del self.fields[name]
            self.compared = self._compared()
            self.now = fingerprint(self.instance, self.compared)
            return
        now = self.instance.centre_school
        others = [school for school in schools if school.pk != self.instance.pk]
        field: Any = self.fields["centre_school"]
        field.offer([*others, now] if now and now.pk not in {school.pk for school in others} else others)
        if not self.instance.pk:
            self.fields["county"] = forms.ModelChoiceField(
                District.objects.filter(pk__in=[county.pk for county in counties]), label="县（市、区）",
                initial=counties[0] if counties else None, empty_label=None,
                widget=forms.HiddenInput if len(counties) == 1 else forms.Select,
            )  # fmt: skip

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).strip()
        return check_school_code(code) if code else ""

    def clean_phone(self) -> str:
        phone = str(self.cleaned_data["phone"]).strip()
        return check_phone(phone) if phone.startswith("1") else phone

    def clean_name(self) -> str:
        return "".join(str(self.cleaned_data["name"]).split())


class ReturningForm(forms.Form):
    """Why: the trail keeps it."""

    reason = forms.CharField(label="原因", max_length=200, error_messages={"required": "请写原因，如 停用是误操作"})

    def clean_reason(self) -> str:
        reason = str(self.cleaned_data["reason"])
        if is_personal(reason):
            raise ValidationError("原因会留在操作记录里，请不要写身份证号和电话号码")
        return reason


class LeavingForm(ReturningForm):
    """From when, and why: for a teacher who leaves and a school that closes."""

    on = DayField(label="日期")
    reason = forms.CharField(
        label="原因", max_length=200, error_messages={"required": "请写原因，如 退休、调往外县、撤并到中心校"}
    )
    field_order = ("on", "reason")


class CorrectionForm(forms.Form):
    """What is wrong in one's own data, and what would be right."""

    field = forms.ChoiceField(label="哪一项不对", choices=[(name, name) for name in FIELDS])
    right_value = forms.CharField(
        label="应该是", max_length=200, help_text="号码不要写在这里，写哪几位错了就行",
        error_messages={"required": "请写正确的内容", "max_length": "最多 200 个字"},
    )  # fmt: skip
    reason = forms.CharField(
        label="说明",
        max_length=300,
        required=False,
        help_text="有什么证件可以核对",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        for name in ("right_value", "reason"):
            if is_personal(str(self.cleaned_data.get(name, ""))):
                self.add_error(name, "这里会给办理的人看，请不要写完整的号码；写哪几位错了，证件当面核对")
        return self.cleaned_data


class AnswerForm(forms.Form):
    """What became of it."""

    is_done = forms.TypedChoiceField(
        label="结果", choices=[("yes", "已更正"), ("no", "不更正")], coerce=lambda value: value == "yes", widget=Segments(),
        error_messages={"required": "请选结果"},
    )  # fmt: skip
    words = forms.CharField(label="答复", max_length=300, required=False, help_text="不更正的写明原因，教师看得到")

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("is_done") is False and not self.cleaned_data.get("words"):
            self.add_error("words", "不更正的请写明原因")
        return self.cleaned_data
