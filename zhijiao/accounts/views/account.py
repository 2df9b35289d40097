"""One's own account: password, second factor, the devices one is signed in on; and the school year one looks at."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhijiao.access import needs, open_to_all
from zhijiao.accounts import audit, second_factor, sessions
from zhijiao.accounts.forms import TOO_OFTEN, WRONG_CODE, CodeForm, OwnPasswordForm, PasswordChangeForm
from zhijiao.accounts.models import OwnSession, RecoveryCode, SecondFactor

_FORMS = require_http_methods(["GET", "HEAD", "POST"])


@needs("account.own")
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """个人设置."""
    user: Any = request.user
    context = {
        "sessions": OwnSession.objects.filter(user=user),
        "this_key": request.session.session_key,
        "second_factor_since": second_factor.since(user),
        "is_required": second_factor.is_required(user),
        "recovery_left": RecoveryCode.objects.filter(user=user, used_at=None).count(),
    }
    return render(request, "accounts/account.html", context)


class PasswordChangeView(auth_views.PasswordChangeView):
    template_name = "accounts/password_change.html"
    form_class = PasswordChangeForm
    success_url = reverse_lazy("account")
    extra_context = {"heading": "修改密码", "action": "保存新密码"}

    def form_valid(self, form: Any) -> HttpResponse:
        user: Any = self.request.user
        old_key = self.request.session.session_key
        response = super().form_valid(form)
        sessions.rename(self.request, old_key)
        sessions.end(user, keep=self.request.session.session_key)
        audit.record(user, "修改密码", user)
        messages.success(self.request, "密码已经改好，别的设备上要用新密码重新登录。")
        return response


password_change = needs("account.own")(PasswordChangeView.as_view())


@needs("account.own")
@require_POST
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions, on a device left somewhere."""
    user: Any = request.user
    found = get_object_or_404(OwnSession.objects.filter(user=user), pk=pk)
    if found.session_key == request.session.session_key:
        messages.warning(request, "这是您现在用的设备，要离开请按“退出”。")
        return redirect("account")
    sessions.end(user, only=found)
    audit.record(user, "退出一台设备", user, after={"设备": found.device})
    messages.success(request, f"{found.device}已经退出。")
    return redirect("account")


@needs("account.own")
@require_POST
def session_end_others(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    ended = sessions.end(user, keep=request.session.session_key)
    if ended:
        audit.record(user, "退出别的设备", user, after={"台数": ended})
    messages.success(request, f"别的 {ended} 台设备已经退出。" if ended else "没有别的设备登录着。")
    return redirect("account")


# --- the second factor -------------------------------------------------------------------------------------------------


@needs("account.own")
@require_safe
def second_factor_page(request: HttpRequest) -> HttpResponse:
    """Where it is set up: what it is, then the code to scan."""
    return _setting_up(request, CodeForm(auto_id="id_confirm_%s"))


def _setting_up(request: HttpRequest, form: CodeForm, status: int = 200) -> HttpResponse:
    user: Any = request.user
    found = SecondFactor.objects.select_related("user").filter(user=user).first()
    if found and found.confirmed_at:
        return redirect("account")
    form.fields["code"].widget.attrs.pop("autofocus", None)  # on a phone it would scroll past what is to be scanned
    form.fields["code"].help_text = "验证器里现在显示的 6 位数字"
    context = {
        "form": form,
        "qr": second_factor.qr(found) if found else "",
        "typed_key": second_factor.typed_key(found) if found else "",
        "must": request.session.get("must_enrol", False),
    }
    return render(request, "accounts/second_factor.html", context, status=status)


@needs("account.own")
@require_POST
def second_factor_start(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    second_factor.start(user)
    return redirect("second_factor")


@needs("account.own")
@require_POST
def second_factor_confirm(request: HttpRequest) -> HttpResponse:
    """The first code; the recovery codes are in the answer, and nowhere afterwards."""
    user: Any = request.user
    form = CodeForm(request.POST, auto_id="id_confirm_%s")
    status = 200
    if form.is_valid():
        try:
            codes = second_factor.confirm(by=user, typed=form.cleaned_data["code"])
        except second_factor.GuessedTooOftenError:
            form.add_error("code", TOO_OFTEN)
            status = 429
        else:
            if codes:
                request.session.pop("must_enrol", None)
                sessions.end(user, keep=request.session.session_key)
                return render(request, "accounts/recovery_codes.html", {"codes": codes, "is_new": True})
            form.add_error("code", WRONG_CODE)
    return _setting_up(request, form, status)


@needs("account.own")
@_FORMS
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, for the password."""
    user: Any = request.user
    if not second_factor.is_on(user):
        return redirect("account")
    form = OwnPasswordForm(user, request.POST or None)
    if form.is_valid():
        codes = second_factor.renew_recovery_codes(by=user)
        return render(request, "accounts/recovery_codes.html", {"codes": codes})
    context = {"form": form, "heading": "重做备用码", "action": "重做备用码", "lead": "旧的备用码会立刻作废。"}
    return render(request, "accounts/own_password.html", context)


@needs("account.own")
@_FORMS
def second_factor_off(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    if second_factor.is_required(user):
        messages.warning(request, "您的角色必须使用动态验证码，不能停用。换手机，请局管理员重设。")
        return redirect("account")
    form = OwnPasswordForm(user, request.POST or None)
    if form.is_valid():
        second_factor.switch_off(user, by=user)
        messages.success(request, "动态验证码已经停用，以后只用密码登录。")
        return redirect("account")
    context = {
        "form": form,
        "heading": "停用动态验证码",
        "action": "停用",
        "lead": "停用以后，别人知道您的密码就能登录。",
    }
    return render(request, "accounts/own_password.html", context)


# --- around every page -------------------------------------------------------------------------------------------------


@needs("account.own")
@require_POST
def choose_year(request: HttpRequest) -> HttpResponse:
    """The school year that lists, home and reports begin with."""
    code = request.POST.get("year", "")
    found = re.fullmatch(r"((?:19|20)\d\d)-(\d{4})", code)
    if found and int(found[2]) == int(found[1]) + 1:
        request.session["school_year"] = code
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = reverse("home")
    return HttpResponseRedirect(back)


@open_to_all("whoever watches the server has no account")
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 where the database answers, 503 where it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError:
        return HttpResponse("database", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")
