"""The door, one's own account, and the trail."""

from django.urls import include, path

from zhijiao.accounts.views import account, sign_in

urlpatterns = [
    path("login/", sign_in.sign_in, name="login"),
    path("login/code/", sign_in.sign_in_code, name="sign_in_code"),
    path("logout/", sign_in.sign_out, name="logout"),
    path("claim/", sign_in.claim, name="claim"),
    path("claim/password/", sign_in.claim_password, name="claim_password"),
    path("account/", account.account, name="account"),
    path("account/password/", account.password_change, name="password_change"),
    path("account/year/", account.choose_year, name="choose_year"),
    path("account/sessions/<int:pk>/end/", account.session_end, name="session_end"),
    path("account/sessions/end/", account.session_end_others, name="session_end_others"),
    path("account/second-factor/", account.second_factor_page, name="second_factor"),
    path("account/second-factor/start/", account.second_factor_start, name="second_factor_start"),
    path("account/second-factor/confirm/", account.second_factor_confirm, name="second_factor_confirm"),
    path("account/second-factor/off/", account.second_factor_off, name="second_factor_off"),
    path("account/second-factor/recovery/", account.recovery_codes, name="recovery_codes"),
    path("audit/", include("zhijiao.accounts.urls_audit")),
    path("healthz", account.healthz, name="healthz"),
]
