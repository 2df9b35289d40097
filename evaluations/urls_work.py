"""Addresses of the work record."""

from django.urls import path, register_converter

from evaluations.views import work as views
from evaluations.work import KINDS


class KindConverter:
    """A kind of work record, as it stands in an address."""

    regex = "|".join(KINDS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(KindConverter, "work")

urlpatterns = [
    path("", views.work_list, name="work_list"),
    path("<int:pk>/", views.work_book, name="work_book"),
    path("<int:pk>/confirm/", views.work_confirm, name="work_confirm"),
    path("<int:pk>/<work:kind>/new/", views.work_new, name="work_new"),
    path("mentorship/<int:pk>/step/", views.work_step, name="work_step"),
    path("<work:kind>/<int:pk>/", views.work_row, name="work_row"),
    path("<work:kind>/<int:pk>/edit/", views.work_edit, name="work_edit"),
    path("<work:kind>/<int:pk>/remove/", views.work_remove, name="work_remove"),
    path("<work:kind>/<int:pk>/send_back/", views.work_send_back, name="work_send_back"),
]
