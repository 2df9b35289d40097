"""What the bureau types about accounts, roles and deputies."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.utils import timezone

from assignments.choices import BUREAU_ROLES, DistrictLevel, Role
from assignments.forms.schools import SchoolField
from assignments.members import deputies_for, districts_run_by
from assignments.models import District, Membership, School
from zhijiao.accounts.models import User
from zhijiao.identity import check_phone

_ROLES = [(str(role), str(role.label)) for role in Role if role != Role.TEACHER]
_NAME_TAKEN = "这个账号名已经有人用了，换一个，比如后面加数字"


def _day(label: str, help_text: str = "", *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label, help_text=help_text, required=required, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


class RoleForm(forms.Form):
    """A role at a place. Which place the role stands at follows from the role."""

    role = forms.ChoiceField(
        label="角色",
        choices=[("", "请选择"), *_ROLES],
        help_text="局里的角色要另一位管理员或局领导确认后才生效；学校的角色立刻生效",
    )
    school = SchoolField(label="学校", required=False, help_text="校长、学校经办人要写；局里的角色不写")
    district = forms.ModelChoiceField(
        District.objects.none(), label="区划", required=False, help_text="局里的角色在哪个区划", empty_label=None
    )
    duty = forms.CharField(
        label="职务", max_length=40, required=False, help_text="如 人事股 支教专干，显示在他的名字下面"
    )
    start = _day("开始")
    end = _day("结束", "不写就一直有效", required=False)

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        run = districts_run_by(by)
        districts = District.objects.all() if run is None else District.objects.filter(pk__in=run)
        counties = districts.filter(level=DistrictLevel.COUNTY)
        offered = counties if counties.exists() else districts
        self.fields["district"].queryset = offered  # type: ignore[attr-defined]
        self.fields["start"].initial = timezone.localdate()
        first = offered.first()
        self.fields["district"].initial = first.pk if first else None
        schools = School.objects.filter(merged_into=None, closed_on=None)
        schools = schools if run is None else schools.filter(county__in=run)
        self.fields["school"].offer(list(schools.only("name", "aliases", "county")))  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        role, start, end = told.get("role"), told.get("start"), told.get("end")
        if role and role not in BUREAU_ROLES and not told.get("school") and "school" not in self.errors:
            self.add_error("school", "请写是哪所学校的")
        if role in BUREAU_ROLES and told.get("school"):
            self.add_error("school", "局里的角色不写学校")
        if role in BUREAU_ROLES and not told.get("district") and "district" not in self.errors:
            self.add_error("district", "请选择区划")
        if start and end and end < start:
            self.add_error("end", f"{end:%Y年%-m月%-d日}早于开始日期，结束应在开始以后")
        return told

    def granted(self) -> dict[str, Any]:
        """The arguments of `members.grant`."""
        told = self.cleaned_data
        place = told["district"] if told["role"] in BUREAU_ROLES else told["school"]
        return {"role": told["role"], "place": place, **{key: told[key] for key in ("duty", "start", "end")}}


class MemberForm(RoleForm):
    """A new account with its first role."""

    name = forms.CharField(label="姓名", max_length=50)
    username = forms.CharField(
        label="账号名",
        max_length=30,
        help_text="登录时填的，如姓名的拼音；以后不能改",
        validators=[UnicodeUsernameValidator()],
    )
    phone = forms.CharField(label="手机号", max_length=11, required=False, help_text="单位管理员联系他用")
    field_order = ["name", "username", "phone", "role", "school", "district", "duty", "start", "end"]

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"]).strip()
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError(_NAME_TAKEN)
        return username

    def clean_phone(self) -> str:
        phone = str(self.cleaned_data["phone"])
        if phone:
            check_phone(phone)
        return phone

    def opened(self) -> dict[str, Any]:
        """The arguments of `members.open_account`."""
        return {**self.granted(), **{key: self.cleaned_data[key] for key in ("name", "username", "phone")}}


class GrantForm(RoleForm):
    reason = forms.CharField(label="原因", max_length=200, help_text="写进操作记录")


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="原因", max_length=200, help_text="写进操作记录", error_messages={"required": "请写原因"}
    )


class ResetForm(ReasonForm):
    drops_second_factor = forms.BooleanField(
        label="连动态验证码一起停用", required=False, help_text="他的手机丢了、换了时才勾；勾了以后要他重新设"
    )


class LendForm(forms.Form):
    """One's own role, to a colleague, for some days."""

    deputy = forms.ModelChoiceField(
        User.objects.none(), label="代理人", empty_label="请选择", help_text="您单位里有账号的同事"
    )
    start = _day("从")
    end = _day("到", "这一天也算")
    reason = forms.CharField(label="原因", max_length=200, required=False, help_text="如 外出培训；写进操作记录")

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deputy"].queryset = deputies_for(membership)  # type: ignore[attr-defined]
        self.fields["start"].initial = timezone.localdate()
        self.fields["end"].initial = timezone.localdate() + dt.timedelta(days=6)


class PolicyForm(forms.Form):
    """Which roles have to use the second factor."""

    roles = forms.MultipleChoiceField(
        label="必须用动态验证码的角色",
        required=False,
        choices=[(str(role), str(role.label)) for role in Role],
        widget=forms.CheckboxSelectMultiple,
        help_text="勾选的角色，下次登录时要先设好动态验证码，才能办别的事",
    )
