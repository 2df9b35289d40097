"""/audit/: the trail."""

from django.urls import path

from zhijiao.accounts.views import trail

app_name = "audit"

urlpatterns = [
    path("", trail.entry_list, name="entry_list"),
    path("export/", trail.entry_export, name="entry_export"),
    path("verify/", trail.entry_verify, name="entry_verify"),
    path("<int:pk>/", trail.entry_detail, name="entry_detail"),
]
