"""The door: signing in and out, the second factor, claiming an account with the code of a slip."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from zhijiao.access import open_to_all
from zhijiao.accounts import claims, second_factor, signing_in
from zhijiao.accounts.address import client_address, limit_key
from zhijiao.accounts.codes import digest
from zhijiao.accounts.forms import TOO_OFTEN, WRONG_CODE, ClaimForm, CodeForm, FirstPasswordForm, SignInForm
from zhijiao.accounts.limits import seconds_left, told_wait, within_limit

_CLAIM = "claim"  # in the session: the hash of the code whose holder sets a password
_FORMS = require_http_methods(["GET", "HEAD", "POST"])


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
        wanted = self.get_redirect_url()
        if not signing_in.enter(self.request, form.get_user(), wanted):
            return redirect("sign_in_code")
        return HttpResponseRedirect(wanted or resolve_url(settings.LOGIN_REDIRECT_URL))

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=429 if form.is_limited else 200)


sign_in = open_to_all("the door itself")(SignInView.as_view())
sign_out = open_to_all("who lost every role must still be able to leave")(auth_views.LogoutView.as_view())


@open_to_all("the second half of the door: the password was right some minutes ago")
@_FORMS
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """The code from the phone."""
    waiting = signing_in.who_waits(request)
    if waiting is None:
        messages.warning(request, "等得太久了，请再登录一次。")
        return redirect("login")
    user, wanted = waiting
    form = CodeForm(request.POST or None)
    status = 200
    if form.is_valid():
        try:
            if signing_in.finish(request, user, form.cleaned_data["code"]):
                return HttpResponseRedirect(wanted or resolve_url(settings.LOGIN_REDIRECT_URL))
            form.add_error("code", WRONG_CODE)
        except second_factor.GuessedTooOftenError:
            form.add_error("code", TOO_OFTEN)
            status = 429
    return render(request, "accounts/sign_in_code.html", {"form": form}, status=status)


@open_to_all("whoever holds the slip has no password yet")
@_FORMS
def claim(request: HttpRequest) -> HttpResponse:
    """The code of the slip. A wrong one, a used one and an old one get the same sentence."""
    form = ClaimForm(request.POST or None)
    status = 200
    if form.is_valid():
        key = limit_key(client_address(request))
        if not within_limit("claim", key, settings.CLAIMS_PER_MINUTE, 60):
            form.add_error(None, f"试的次数太多，请过 {told_wait(seconds_left('claim', key))}再试。")
            status = 429
        else:
            try:
                claims.look_up(form.cleaned_data["code"])
            except claims.NotUsableError:
                form.add_error(None, claims.REFUSED)
            else:
                request.session[_CLAIM] = digest("claim", form.cleaned_data["code"])
                return redirect("claim_password")
    return render(request, "accounts/claim.html", {"form": form}, status=status)


@open_to_all("whoever holds the slip has no password yet")
@_FORMS
def claim_password(request: HttpRequest) -> HttpResponse:
    """The first password; then one is signed in."""
    known = request.session.get(_CLAIM, "")
    try:
        user = claims.look_up(known, is_digest=True).user
        form = FirstPasswordForm(user, request.POST or None)
        if form.is_valid():
            user = claims.claim(known, form.cleaned_data["new_password1"])
            request.session.pop(_CLAIM, None)
            messages.success(request, f"账号领好了，以后用账号 {user.username} 和刚才的密码登录。")
            return redirect("home" if signing_in.enter(request, user) else "sign_in_code")
    except claims.NotUsableError:
        request.session.pop(_CLAIM, None)
        refused = ClaimForm({})
        refused.errors.clear()
        refused.add_error(None, claims.REFUSED)
        return render(request, "accounts/claim.html", {"form": refused})
    return render(request, "accounts/claim_password.html", {"form": form, "holder": user})
