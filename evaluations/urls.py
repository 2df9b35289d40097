"""Addresses of inspections."""

from django.urls import include, path

from evaluations.lists import inspection_list
from evaluations.views.inspections import inspection_detail

app_name = "evaluations"

urlpatterns = [
    path("work/", include("evaluations.urls_work")),
    path("questionnaires/", include("evaluations.urls_questionnaires")),
    path("appraisals/", include("evaluations.urls_appraisals")),
    path("inspections/", include("evaluations.urls_rounds")),
    path("inspections/", include("evaluations.urls_visit")),
    path("inspections/", include("evaluations.urls_feedback")),
    path("appraisals/rubrics/", include("evaluations.urls_rubrics")),
    path("inspections/", inspection_list, name="inspection_list"),
    path("inspections/<int:pk>/", inspection_detail, name="inspection_detail"),
]
