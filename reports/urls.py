"""Addresses of reports and figures."""

from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("", views.index, name="index"),
    path("annual/", views.read, name="annual_report"),
    path("annual/pdf/", views.pdf, name="annual_report_pdf"),
    path("figures/", views.figures_page, name="figures"),
    path("figures/<slug:key>/", views.figure_page, name="figure"),
]
