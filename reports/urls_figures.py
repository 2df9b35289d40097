"""Addresses of figures: the catalogue, one figure, a comparison. Words that stand where a key would come first."""

from django.urls import path

from reports import views_figures as views

urlpatterns = [
    path("", views.catalogue, name="figures"),
    path("file/", views.catalogue_file, name="figures_file"),
    path("search/", views.search, name="figure_search"),
    path("<slug:key>/", views.figure_page, name="figure"),
    path("<slug:key>/file/", views.figure_file, name="figure_file"),
    path("<slug:key>/compare/", views.compare, name="figure_compare"),
    path("<slug:key>/compare/file/", views.compare_file, name="figure_compare_file"),
]
