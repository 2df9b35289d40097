"""Addresses of 考核办法."""

from django.urls import path

from evaluations.views import rubrics as views

urlpatterns = [
    path("", views.rubric_list, name="rubric_list"),
    path("new/", views.rubric_new, name="rubric_new"),
    path("<int:pk>/", views.rubric_detail, name="rubric_detail"),
    path("<int:pk>/copy/", views.rubric_copy, name="rubric_copy"),
    path("<int:pk>/edit/", views.rubric_edit, name="rubric_edit"),
    path("<int:pk>/try/", views.rubric_try, name="rubric_try"),
    path("<int:pk>/retire/", views.rubric_retire, name="rubric_retire"),
]
