"""Every address of the site."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import include, path

from zhijiao.accounts import views as accounts

urlpatterns = [
    path("", include("reports.urls_home")),
    path("", include("assignments.urls")),
    path("", include("evaluations.urls")),
    path("reports/", include("reports.urls")),
    path("import/", include("zhijiao.workbook.urls")),
    path("login/", login_not_required(accounts.SignInView.as_view()), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("account/password/", accounts.PasswordChangeView.as_view(), name="password_change"),
    path("account/year/", accounts.choose_year, name="choose_year"),
    path("healthz", accounts.healthz, name="healthz"),
]
if settings.DEBUG:  # it goes round the workflow and the trail
    from django.contrib import admin

    urlpatterns.append(path("admin/", admin.site.urls))
