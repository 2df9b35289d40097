"""Addresses of files."""

from django.urls import path

from zhijiao.attachments import views

app_name = "attachments"

urlpatterns = [
    path("<int:pk>/", views.file, name="file"),
    path("<int:pk>/preview/", views.preview, name="preview"),
    path("<int:pk>/remove/", views.remove, name="remove"),
    path("add/<str:subject_type>/<int:subject_id>/", views.add, name="add"),
]
