"""Addresses of reports as they are written and issued."""

from django.urls import path, register_converter

from reports import views_course as course
from reports import views_versions as versions
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
    path("call/", course.call, name="living_call"),
    path("<int:pk>/", course.read, name="living"),
    path("<int:pk>/checks/", course.checks, name="living_checks"),
    path("<int:pk>/checks/read/", course.have_read, name="living_have_read"),
    path("<int:pk>/hand-in/", course.hand_in, name="living_hand_in"),
    path("<int:pk>/send-back/", course.send_back, name="living_send_back"),
    path("<int:pk>/accept/", course.accept, name="living_accept"),
    path("<int:pk>/issue/", course.issue, name="living_issue"),
    path("<int:pk>/succeed/", course.succeed, name="living_succeed"),
    path("<int:pk>/abandon/", course.abandon, name="living_abandon"),
    path("<int:pk>/differences/", course.differences, name="living_differences"),
    path("<int:pk>/compare/", versions.compare, name="living_compare"),
    path("<int:pk>/back/", versions.back, name="living_back"),
    path("<int:pk>/last-year/", versions.last_year, name="living_last_year"),
    path("<int:pk>/figures/<int:order>/", course.figure, name="living_figure"),
    path("<int:pk>/file/<str:kind>/", course.file, name="living_file"),
    path("passages/<int:key>/take-over/", course.take_over, name="living_take_over"),
    path("<int:pk>/edit/", writing.edit, name="living_edit"),
    path("<int:pk>/edit/head/", writing.head, name="living_head"),
    path("<int:pk>/edit/here/", writing.here, name="living_here"),
    path("<int:pk>/edit/figures/<slug:key>/", writing.narrow, name="living_narrow"),
    path("<int:pk>/edit/renew/", writing.renew, name="living_renew"),
    path("passages/<int:key>/", writing.passage, name="living_passage"),
    path("passages/<int:key>/add/<living_kind:kind>/", writing.add, name="living_add"),
    path("passages/<int:key>/<living_verb:verb>/", writing.act, name="living_act"),
]
