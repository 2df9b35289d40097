"""Addresses of places, people, secondments and aid."""

from django.urls import path

from assignments.lists import activity_list, school_list, secondment_list, teacher_list
from assignments.views.aid import activity_detail
from assignments.views.people import teacher_detail
from assignments.views.places import school_detail
from assignments.views.secondments import secondment_detail

app_name = "assignments"

urlpatterns = [
    path("schools/", school_list, name="school_list"),
    path("teachers/", teacher_list, name="teacher_list"),
    path("secondments/", secondment_list, name="secondment_list"),
    path("activities/", activity_list, name="activity_list"),
    path("schools/<int:pk>/", school_detail, name="school_detail"),
    path("teachers/<int:pk>/", teacher_detail, name="teacher_detail"),
    path("secondments/<int:pk>/", secondment_detail, name="secondment_detail"),
    path("activities/<int:pk>/", activity_detail, name="activity_detail"),
]
