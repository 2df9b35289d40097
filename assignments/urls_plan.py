"""Addresses from the need to the application: demands, the plan, the list of those who are due, applications."""

from django.urls import path

from assignments.views import applications, candidates, demands, matching, plan, plan_export

urlpatterns = [
    path("demands/", demands.demand_list, name="demand_list"),
    path("demands/<int:pk>/edit/", demands.demand_edit, name="demand_edit"),
    path("plan/", plan.plan_board, name="plan"),
    path("plan/export/", plan_export.plan_export, name="plan_export"),
    path("plan/schedule/", plan.plan_schedule, name="plan_schedule"),
    path("plan/allocate/", plan.plan_allocate, name="plan_allocate"),
    path("plan/allocations/<int:pk>/edit/", plan.allocation_edit, name="plan_allocation"),
    path("plan/allocations/<int:pk>/remove/", plan.allocation_remove, name="plan_allocation_remove"),
    path("plan/matching/", matching.plan_matching, name="plan_matching"),
    path("candidates/", candidates.candidate_list, name="candidate_list"),
    path("candidates/export/", plan_export.candidate_export, name="candidate_export"),
    path("candidates/outlook/", candidates.candidate_outlook, name="candidate_outlook"),
    path("candidates/rule/", candidates.candidate_rule, name="candidate_rule"),
    path("candidates/<int:pk>/exempt/", candidates.exemption_new, name="exemption_new"),
    path("candidates/exemptions/<int:pk>/edit/", candidates.exemption_edit, name="exemption_edit"),
    path("candidates/exemptions/<int:pk>/end/", candidates.exemption_end, name="exemption_end"),
    path("secondments/new/", applications.application_new, name="application_new"),
    path("secondments/<int:pk>/edit/", applications.application_edit, name="application_edit"),
    path("secondments/<int:pk>/assign/", matching.secondment_assign, name="secondment_assign"),
]
