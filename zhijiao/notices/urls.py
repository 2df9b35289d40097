"""Addresses of notices."""

from django.urls import path

from zhijiao.notices import views

app_name = "notices"

urlpatterns = [
    path("", views.notice_list, name="notice_list"),
    path("read/", views.notices_read, name="notices_read"),
    path("<int:pk>/open/", views.notice_open, name="notice_open"),
    path("words/", views.template_list, name="template_list"),
    path("words/<slug:name>/", views.template_edit, name="template_edit"),
    path("words/<slug:name>/restore/", views.template_restore, name="template_restore"),
]
