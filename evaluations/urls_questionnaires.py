"""Addresses of questionnaires and of the bank of questions. Where one answers is /q/, in the project's own list."""

from django.urls import path

from evaluations.views import question_sets as sets
from evaluations.views import questionnaires as views
from evaluations.views import results, tally

urlpatterns = [
    path("", views.questionnaire_list, name="questionnaire_list"),
    path("new/", views.questionnaire_new, name="questionnaire_new"),
    path("sets/", sets.question_set_list, name="question_set_list"),
    path("sets/<int:pk>/", sets.question_set_detail, name="question_set_detail"),
    path("sets/<int:pk>/copy/", sets.question_set_copy, name="question_set_copy"),
    path("sets/<int:pk>/edit/", sets.question_set_edit, name="question_set_edit"),
    path("sets/<int:pk>/retire/", sets.question_set_retire, name="question_set_retire"),
    path("<int:pk>/", views.questionnaire_detail, name="questionnaire_detail"),
    path("<int:pk>/progress/", views.questionnaire_progress, name="questionnaire_progress"),
    path("<int:pk>/issue/", views.questionnaire_issue, name="questionnaire_issue"),
    path("<int:pk>/close/", views.questionnaire_close, name="questionnaire_close"),
    path("<int:pk>/time/", views.questionnaire_time, name="questionnaire_time"),
    path("<int:pk>/results/", results.questionnaire_results, name="questionnaire_results"),
    path("<int:pk>/release/", results.questionnaire_release, name="questionnaire_release"),
    path("<int:pk>/texts/", results.questionnaire_texts, name="questionnaire_texts"),
    path("<int:pk>/paper/", tally.questionnaire_paper, name="questionnaire_paper"),
    path("classes/<int:pk>/tally/", tally.class_tally, name="class_tally"),
    path("classes/<int:pk>/tally/clear/", tally.class_tally_clear, name="class_tally_clear"),
    path("texts/<slug:key>/", results.questionnaire_text, name="questionnaire_text"),
    path("<int:pk>/replace/", views.questionnaire_replace, name="questionnaire_replace"),
    path("<int:pk>/class/", views.questionnaire_class, name="questionnaire_class"),
]
