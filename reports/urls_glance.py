"""Addresses of the county at a glance."""

from django.urls import path

from reports import views_glance as views

urlpatterns = [
    path("", views.board_page, name="glance"),
    path("<slug:kind>/file/", views.glance_file, name="glance_file"),
]
