"""Addresses of reports, figures and documents."""

from django.urls import include, path

from reports import views
from reports import views_papers as papers
from reports.views_dossier import dossier_file
from reports.views_red_head import red_head

app_name = "reports"
urlpatterns = [
    path(
        "reports/",
        include(
            [
                path("", views.index, name="index"),
                path("annual/", views.read, name="annual_report"),
                path("annual/pdf/", views.pdf, name="annual_report_pdf"),
                path("annual/word/", views.word, name="annual_report_word"),
                path("annual/excel/", views.excel, name="annual_report_excel"),
                path("annual/html/", views.web_page, name="annual_report_html"),
                path("years/", include("reports.urls_years")),
                path("glance/", include("reports.urls_glance")),
                path("living/", include("reports.urls_living")),
                path("figures/", include("reports.urls_figures")),
            ]
        ),
    ),
    path(
        "documents/",
        include(
            [
                path("", papers.papers, name="papers"),
                path("red-head/", red_head, name="red_head"),
                path("dossier/<int:pk>/", dossier_file, name="dossier"),
                path("national/", papers.national_page, name="national"),
                path("national/file/", papers.national_file, name="national_file"),
                path("national/tick/", papers.national_tick, name="national_tick"),
                path("certificates/new/", papers.certificate_new, name="certificate_new"),
                path("certificates/<int:pk>/", papers.certificate_detail, name="certificate"),
                path("certificates/<int:pk>/revoke/", papers.certificate_revoke, name="certificate_revoke"),
                path("<slug:key>/", papers.paper, name="paper"),
                path("<slug:key>/file/", papers.paper_file, name="paper_file"),
            ]
        ),
    ),
]
