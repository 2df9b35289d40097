"""Sign in, and one's own password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.forms import PasswordChangeForm as DjangoPasswordChangeForm


class SignInForm(AuthenticationForm):
    """The same sentence for a wrong name and a wrong password: nobody learns which accounts exist."""

    error_messages = {
        "invalid_login": "账号或密码不对，请再试一次。",
        "inactive": "账号或密码不对，请再试一次。",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label, missing in (("username", "账号", "请填写账号"), ("password", "密码", "请填写密码")):
            field = self.fields[name]
            field.label = label
            field.error_messages["required"] = missing
            field.widget.attrs["class"] = "form-control-lg"


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
        first, again = self.fields["new_password1"], self.fields["new_password2"]
        first.label, first.help_text = "新密码", "至少 8 位，不能全是数字，不要用自己的姓名、账号或常见的密码"
        again.label, again.help_text = "再输一次新密码", ""
