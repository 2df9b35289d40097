"""Addresses of 学年结转."""

from django.urls import path

from reports import views_years as views

urlpatterns = [
    path("", views.year_list, name="years"),
    path("<int:pk>/", views.year_page, name="year"),
    path("<int:pk>/close/", views.year_close, name="year_close"),
    path("<int:pk>/archive/", views.year_archive, name="year_archive"),
    path("<int:pk>/reopen/", views.year_reopen, name="year_reopen"),
]
