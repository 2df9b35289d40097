"""Addresses of the county at a glance."""

from django.urls import path

from reports import views_glance as views

urlpatterns = [
    path("", views.board_page, name="glance"),
    path("now/", views.now_page, name="glance_now"),
    path("flows/", views.flows_page, name="glance_flows"),
    path("evidence/", views.evidence_page, name="glance_evidence"),
    path("briefing/", views.briefing_page, name="glance_briefing"),
    path("counties/", views.counties_page, name="glance_counties"),
    path("<slug:kind>/file/", views.glance_file, name="glance_file"),
]
