"""/members/: accounts, roles, deputies, slips."""

from django.urls import path

from assignments.views import members

urlpatterns = [
    path("", members.member_list, name="member_list"),
    path("new/", members.member_create, name="member_create"),
    path("policy/", members.role_policy, name="member_policy"),
    path("slips/schools/", members.slips_schools, name="member_slips_schools"),
    path("slips/teachers/", members.slips_teachers, name="member_slips_teachers"),
    path("<int:pk>/", members.member_detail, name="member_detail"),
    path("<int:pk>/disable/", members.member_disable, name="member_disable"),
    path("<int:pk>/enable/", members.member_enable, name="member_enable"),
    path("<int:pk>/reset/", members.member_reset, name="member_reset"),
    path("<int:pk>/grant/", members.role_grant, name="member_role_grant"),
    path("roles/own/", members.role_own, name="role_own"),
    path("roles/<int:pk>/confirm/", members.role_confirm, name="member_role_confirm"),
    path("roles/<int:pk>/decline/", members.role_decline, name="member_role_decline"),
    path("roles/<int:pk>/end/", members.role_end, name="member_role_end"),
    path("roles/<int:pk>/lend/", members.role_lend, name="role_lend"),
    path("roles/<int:pk>/take-back/", members.role_take_back, name="role_take_back"),
]
