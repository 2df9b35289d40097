"""Every address of the site."""

from django.apps import apps
from django.urls import include, path

from evaluations.views.questionnaires_public import q_answer, q_done, q_typed
from reports.views_papers import certificate_verify
from zhijiao import reading_back

urlpatterns = [
    path("", include("reports.urls_home")),
    path("", include("assignments.urls")),
    path("", include("evaluations.urls")),
    path("", include("reports.urls")),
    path("q/", q_typed, name="q_typed"),
    path("q/done/", q_done, name="q_done"),
    path("q/<str:code>/", q_answer, name="q_answer"),
    path("v/", certificate_verify, name="certificate_check"),
    path("v/<str:code>/", certificate_verify, name="certificate_verify"),
    path("notices/", include("zhijiao.notices.urls")),
    path("import/", include("zhijiao.workbook.urls")),
    path("attachments/", include("zhijiao.attachments.urls")),
    path("read/when/", reading_back.when, name="read_when"),
    path("read/quantity/", reading_back.quantity, name="read_quantity"),
    path("", include("zhijiao.accounts.urls")),
]
if apps.is_installed("django.contrib.admin"):  # in development only: it goes round the workflow and the trail
    from django.contrib import admin

    urlpatterns.append(path("admin/", admin.site.urls))
