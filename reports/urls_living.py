"""Addresses of reports as they are written and issued."""

from django.urls import path, register_converter

from reports import views_writing as writing
from reports.forms_living import FORMS

VERBS = ("leave-out", "write-again", "up", "down", "generated", "back", "remove")


class KindConverter:
    """What is added behind a passage."""

    regex = "|".join(FORMS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class VerbConverter(KindConverter):
    """A button of a passage."""

    regex = "|".join(VERBS)


register_converter(KindConverter, "living_kind")
register_converter(VerbConverter, "living_verb")

urlpatterns = [
    path("begin/", writing.begin, name="living_begin"),
    path("<int:pk>/", writing.read, name="living"),
    path("<int:pk>/edit/", writing.edit, name="living_edit"),
    path("<int:pk>/edit/head/", writing.head, name="living_head"),
    path("<int:pk>/edit/here/", writing.here, name="living_here"),
    path("<int:pk>/edit/renew/", writing.renew, name="living_renew"),
    path("passages/<int:key>/", writing.passage, name="living_passage"),
    path("passages/<int:key>/add/<living_kind:kind>/", writing.add, name="living_add"),
    path("passages/<int:key>/<living_verb:verb>/", writing.act, name="living_act"),
]
