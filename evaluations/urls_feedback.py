"""Addresses of the feedback of inspections and of what is to be put right."""

from django.urls import path

from evaluations.views import feedback as views
from evaluations.views import rectification

urlpatterns = [
    path("rectifications/", rectification.rectification_list, name="rectification_list"),
    path("rectifications/export/", rectification.rectification_export, name="rectification_export"),
    path("findings/<int:pk>/", rectification.finding_detail, name="finding_detail"),
    path("findings/<int:pk>/rectify/", rectification.finding_rectify, name="finding_rectify"),
    path("findings/<int:pk>/recheck/", rectification.finding_recheck, name="finding_recheck"),
    path("<int:pk>/feedback/", views.inspection_feedback, name="inspection_feedback"),
    path("<int:pk>/issue/", views.feedback_issue, name="feedback_issue"),
    path("<int:pk>/withdraw/", views.feedback_withdraw, name="feedback_withdraw"),
    path("<int:pk>/acknowledge/", views.feedback_acknowledge, name="feedback_acknowledge"),
    path("<int:pk>/answer/", views.feedback_answer, name="feedback_answer"),
]
