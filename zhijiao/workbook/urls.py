"""/import/."""

from django.urls import path

from zhijiao.workbook import views

app_name = "workbook"
urlpatterns = [
    path("", views.run_list, name="run_list"),
    path("template/", views.template, name="template"),
    path("export/", views.export, name="export"),
    path("columns/", views.columns, name="columns"),
    path("<int:pk>/", views.run_detail, name="run_detail"),
    path("<int:pk>/confirm/", views.run_confirm, name="run_confirm"),
    path("<int:pk>/abandon/", views.run_abandon, name="run_abandon"),
    path("<int:pk>/undo/", views.run_undo, name="run_undo"),
    path("<int:pk>/marked/", views.run_marked, name="run_marked"),
]
