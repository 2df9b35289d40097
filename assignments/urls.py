"""Addresses of places, people, secondments and aid."""

from django.urls import include, path, register_converter

from assignments.lists import activity_list, school_list, secondment_list, teacher_list
from assignments.views import aid, allowances, care
from assignments.views import attendance_entry as attendance
from assignments.views import leave as leaves
from assignments.views import timetable as timetables
from assignments.views.merging import (
    duplicate_again,
    duplicate_list,
    school_distinct,
    school_merge,
    school_merge_with,
    teacher_distinct,
    teacher_merge,
    teacher_merge_with,
)
from assignments.views.notices import notice_detail, notice_list, objection_decide, objection_new
from assignments.views.people import teacher_detail
from assignments.views.people_edit import (
    correction_answer,
    correction_new,
    school_close,
    school_edit,
    school_new,
    teacher_edit,
    teacher_new,
    teacher_retire,
)
from assignments.views.places import school_detail
from assignments.views.reveal import teacher_reveal, teacher_viewed
from assignments.views.search import search, suggest
from assignments.views.secondments import secondment_detail
from assignments.views.steps import act, act_on_many, cancel_change, choose_for_many, decide_change
from assignments.workflow import TRANSITIONS

app_name = "assignments"


class StepConverter:
    """A step of the workflow: other pages of a secondment have addresses of the same shape."""

    regex = "|".join(TRANSITIONS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(StepConverter, "step")

urlpatterns = [
    path("search/", search, name="search"),
    path("search/suggest/", suggest, name="search_suggest"),
    path("members/", include("assignments.urls_members")),
    path("", include("assignments.urls_plan")),
    path("schools/", school_list, name="school_list"),
    path("teachers/", teacher_list, name="teacher_list"),
    path("secondments/", secondment_list, name="secondment_list"),
    path("activities/", activity_list, name="activity_list"),
    path("schools/<int:pk>/", school_detail, name="school_detail"),
    path("teachers/<int:pk>/", teacher_detail, name="teacher_detail"),
    path("schools/new/", school_new, name="school_new"),
    path("schools/<int:pk>/edit/", school_edit, name="school_edit"),
    path("schools/<int:pk>/close/", school_close, name="school_close"),
    path("teachers/new/", teacher_new, name="teacher_new"),
    path("teachers/<int:pk>/edit/", teacher_edit, name="teacher_edit"),
    path("teachers/<int:pk>/retire/", teacher_retire, name="teacher_retire"),
    path("teachers/<int:pk>/correct/", correction_new, name="correction_new"),
    path("corrections/<int:pk>/", correction_answer, name="correction_answer"),
    path("duplicates/", duplicate_list, name="duplicate_list"),
    path("duplicates/<int:pk>/again/", duplicate_again, name="duplicate_again"),
    path("teachers/<int:pk>/merge/", teacher_merge_with, name="teacher_merge_with"),
    path("schools/<int:pk>/merge/", school_merge_with, name="school_merge_with"),
    path("teachers/<int:pk>/merge/<int:other>/", teacher_merge, name="teacher_merge"),
    path("schools/<int:pk>/merge/<int:other>/", school_merge, name="school_merge"),
    path("teachers/<int:pk>/merge/<int:other>/distinct/", teacher_distinct, name="teacher_distinct"),
    path("schools/<int:pk>/merge/<int:other>/distinct/", school_distinct, name="school_distinct"),
    path("teachers/<int:pk>/reveal/", teacher_reveal, name="teacher_reveal"),
    path("teachers/<int:pk>/viewed/", teacher_viewed, name="teacher_viewed"),
    path("secondments/<int:pk>/", secondment_detail, name="secondment_detail"),
    path("secondments/many/", choose_for_many, name="secondment_choose"),
    path("secondments/many/<step:key>/", act_on_many, name="secondment_many"),
    path("secondments/<int:pk>/<step:key>/", act, name="secondment_act"),
    path("public-notices/", notice_list, name="public_notice_list"),
    path("public-notices/<int:pk>/", notice_detail, name="public_notice"),
    path("public-notices/<int:pk>/objections/new/", objection_new, name="objection_new"),
    path("public-notices/objections/<int:pk>/", objection_decide, name="objection_decide"),
    path("secondments/changes/<int:pk>/", decide_change, name="change_decide"),
    path("secondments/changes/<int:pk>/cancel/", cancel_change, name="change_cancel"),
    path("activities/new/", aid.activity_create, name="activity_create"),
    path("activities/<int:pk>/", aid.activity_detail, name="activity_detail"),
    path("activities/<int:pk>/edit/", aid.activity_edit, name="activity_edit"),
    path("activities/<int:pk>/donations/new/", aid.activity_donation, name="activity_donation"),
    path("donations/", aid.donation_list, name="donation_list"),
    path("donations/new/", aid.donation_create, name="donation_create"),
    path("donations/<int:pk>/", aid.donation_detail, name="donation_detail"),
    path("donations/<int:pk>/edit/", aid.donation_edit, name="donation_edit"),
    path("donations/<int:pk>/remove/", aid.donation_remove, name="donation_remove"),
    path("difficulties/", care.difficulty_list, name="difficulty_list"),
    path("difficulties/new/", care.difficulty_create, name="difficulty_create"),
    path("difficulties/<int:pk>/", care.difficulty_detail, name="difficulty_detail"),
    path("difficulties/<int:pk>/take-on/", care.difficulty_take_on, name="difficulty_take_on"),
    path("difficulties/<int:pk>/settle/", care.difficulty_settle, name="difficulty_settle"),
    path("difficulties/<int:pk>/reopen/", care.difficulty_reopen, name="difficulty_reopen"),
    path("care/provisions/", care.provision_list, name="provision_list"),
    path("care/provisions/new/", care.provision_create, name="provision_create"),
    path("care/provisions/<int:pk>/", care.provision_detail, name="provision_detail"),
    path("care/provisions/<int:pk>/edit/", care.provision_edit, name="provision_edit"),
    path("care/visits/", care.visit_list, name="visit_list"),
    path("care/visits/new/", care.visit_create, name="visit_create"),
    path("care/visits/<int:pk>/", care.visit_detail, name="condolencevisit_detail"),
    path("care/visits/<int:pk>/edit/", care.visit_edit, name="visit_edit"),
    path("attendance/", attendance.attendance_home, name="attendance"),
    path("attendance/own/", attendance.attendance_own, name="attendance_own"),
    path("attendance/own/<int:pk>/answer/", attendance.attendance_answer, name="attendance_answer"),
    path("attendance/list/", attendance.attendance_list, name="attendance_list"),
    path("attendance/overview/", attendance.attendance_overview, name="attendance_overview"),
    path("attendance/overview/<int:year>-<str:month>/", attendance.attendance_overview, name="attendance_overview_of"),
    path("attendance/<int:year>-<str:month>/", attendance.attendance_month, name="attendance_month"),
    path("attendance/<int:year>-<str:month>/confirm/", attendance.attendance_confirm, name="attendance_confirm"),
    path("attendance/<int:year>-<str:month>/reopen/", attendance.attendance_reopen, name="attendance_reopen"),
    path("leaves/", leaves.leave_list, name="leave_list"),
    path("leaves/new/", leaves.leave_new, name="leave_new"),
    path("leaves/<int:pk>/", leaves.leave_detail, name="leave_detail"),
    path("leaves/<int:pk>/approve/", leaves.leave_approve, name="leave_approve"),
    path("leaves/<int:pk>/refuse/", leaves.leave_refuse, name="leave_refuse"),
    path("leaves/<int:pk>/withdraw/", leaves.leave_withdraw, name="leave_withdraw"),
    path("leaves/<int:pk>/back/", leaves.leave_back, name="leave_back"),
    path("allowances/", allowances.allowance_home, name="allowances"),
    path("allowances/new/", allowances.sheet_new, name="allowance_new"),
    path("allowances/payments/", allowances.payment_list, name="allowance_list"),
    path("allowances/rates/", allowances.rate_list, name="allowance_rates"),
    path("allowances/rates/new/", allowances.rate_edit, name="allowance_rate_new"),
    path("allowances/rates/<int:pk>/", allowances.rate_edit, name="allowance_rate"),
    path("allowances/rates/<int:pk>/drop/", allowances.rate_drop, name="allowance_rate_drop"),
    path("allowances/<int:pk>/", allowances.sheet_detail, name="allowance_sheet"),
    path("allowances/<int:pk>/count/", allowances.sheet_count, name="allowance_count"),
    path("allowances/<int:pk>/check/", allowances.sheet_check, name="allowance_check"),
    path("allowances/<int:pk>/send-back/", allowances.sheet_send_back, name="allowance_send_back"),
    path("allowances/<int:pk>/lock/", allowances.sheet_lock, name="allowance_lock"),
    path("allowances/<int:pk>/settle/", allowances.sheet_settle, name="allowance_settle"),
    path("allowances/lines/<int:pk>/", allowances.line_edit, name="allowance_line"),
    path("allowances/lines/<int:pk>/drop/", allowances.line_drop, name="allowance_line_drop"),
    path("timetable/", timetables.timetable, name="timetable"),
]
