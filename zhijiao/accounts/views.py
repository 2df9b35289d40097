"""Signing in and out, one's own password, the school year one looks at, and whether the site is well."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse, reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from zhijiao.accounts import audit
from zhijiao.accounts.forms import PasswordChangeForm, SignInForm


class SignInView(auth_views.LoginView):
    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """A part of a page that was asked for after the session ended is no place for this form: the whole page goes here."""
        if request.htmx:
            query = urlencode({"next": request.htmx.current_url_abs_path or ""})
            return HttpResponseClientRedirect(f"{reverse('login')}?{query}")
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        audit.record(form.get_user(), "登录", address=self.request.META.get("REMOTE_ADDR"))
        return super().form_valid(form)


class PasswordChangeView(auth_views.PasswordChangeView):
    template_name = "components/form_page.html"
    form_class = PasswordChangeForm
    success_url = reverse_lazy("home")
    extra_context = {"heading": "修改密码", "action": "保存新密码"}

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        audit.record(self.request.user, "修改密码", self.request.user)  # type: ignore[arg-type]
        messages.success(self.request, "密码已经改好，别的设备上要用新密码重新登录。")
        return response


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


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 where the database answers, 503 where it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError:
        return HttpResponse("database", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")
