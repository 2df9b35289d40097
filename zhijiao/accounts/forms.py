"""Sign in, the codes, and one's own password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.contrib.auth.forms import PasswordChangeForm as DjangoPasswordChangeForm
from django.core.exceptions import ValidationError

from zhijiao.accounts import signing_in
from zhijiao.accounts.limits import clear, seconds_left, told_wait, within_limit

_RULES = "至少 8 位，不能全是数字，不要用自己的姓名、账号、单位或常见的密码"


class SignInForm(AuthenticationForm):
    """The same sentence for a wrong name and a wrong password: nobody learns which accounts exist."""

    error_messages = {
        "invalid_login": "账号或密码不对，请再试一次。",
        "inactive": "账号或密码不对，请再试一次。",
    }
    is_limited = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label, missing in (("username", "账号", "请填写账号"), ("password", "密码", "请填写密码")):
            field = self.fields[name]
            field.label = label
            field.error_messages["required"] = missing
            field.widget.attrs["class"] = "form-control-lg"

    def clean(self) -> dict[str, Any]:
        """Asks the limits before anything else; Django's own form would go straight to the hasher."""
        name, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if name and password and self.request is not None:
            try:
                self.user_cache = signing_in.check_password(self.request, name, password)
            except signing_in.TooManyTriesError as refused:
                self.is_limited = True
                raise ValidationError(refused.told, code="limited") from None
            if self.user_cache is None:
                raise self.get_invalid_login_error()
        return self.cleaned_data


class CodeForm(forms.Form):
    """Six digits from the phone, or a recovery code."""

    code = forms.CharField(
        label="动态验证码",
        max_length=20,
        help_text="打开手机上的验证器，填 6 位数字；手机不在身边，填一个备用码",
        error_messages={"required": "请填写动态验证码"},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True}),
    )


class OwnPasswordForm(forms.Form):
    """The password once more, before something that weakens the account."""

    password = forms.CharField(
        label="您的密码",
        strip=False,
        help_text="确认是您本人",
        error_messages={"required": "请填写密码"},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        check_own_password(self._user, password)
        return password


def check_own_password(user: Any, password: str) -> None:
    """ValidationError where it is wrong, or was wrong too often: somebody may sit at a computer left open."""
    key = str(user.pk)
    if not within_limit("own_password", key, settings.SIGN_INS_PER_NAME, settings.SIGN_IN_SECONDS):
        raise ValidationError(f"试错的次数太多，请过 {told_wait(seconds_left('own_password', key))}再试")
    if not user.check_password(password):
        raise ValidationError("密码不对，请重新输入")
    clear("own_password", key)


class PasswordChangeForm(DjangoPasswordChangeForm):
    error_messages = {
        **DjangoPasswordChangeForm.error_messages,
        "password_incorrect": "原密码不对，请重新输入",
        "password_mismatch": "两次输入的新密码不一样",
    }
    old_password = forms.CharField(
        label="原密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_new_password(self)

    def clean_old_password(self) -> str:
        password: str = self.cleaned_data["old_password"]
        try:
            check_own_password(self.user, password)
        except ValidationError as refused:
            wrong = "密码不对" in refused.messages[0]
            raise ValidationError(self.error_messages["password_incorrect"] if wrong else refused.messages) from None
        return password


class ClaimForm(forms.Form):
    code = forms.CharField(
        label="领取码",
        max_length=40,
        help_text="纸条上的 12 个字母和数字，大小写、横线都不要紧",
        error_messages={"required": "请填写纸条上的领取码"},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "form-control-lg",
            }
        ),
    )


class FirstPasswordForm(SetPasswordForm):
    """The holder of a slip sets the password, twice."""

    error_messages = {**SetPasswordForm.error_messages, "password_mismatch": "两次输入的密码不一样"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_new_password(self)


def _name_new_password(form: Any) -> None:
    first, again = form.fields["new_password1"], form.fields["new_password2"]
    first.label, first.help_text = "新密码", _RULES
    again.label, again.help_text = "再输一次新密码", ""


WRONG_CODE = "验证码不对，或者已经过了时间。请看手机上现在的 6 位数字，再试一次"
TOO_OFTEN = "试错的次数太多，请过 5 分钟再试"
