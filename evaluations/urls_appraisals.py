"""/appraisals/: opened, scored, answered, settled, made public, appealed, final."""

from django.urls import path

from evaluations.views import appraisal_notices, appraisals, appraisals_bureau

urlpatterns = [
    path("", appraisals.appraisal_list, name="appraisal_list"),
    path("open/", appraisals_bureau.appraisal_open, name="appraisal_open"),
    path("settle/", appraisals_bureau.appraisal_settle, name="appraisal_settle"),
    path("notices/", appraisal_notices.notice_list, name="appraisal_notice_list"),
    path("notices/new/", appraisal_notices.notice_new, name="appraisal_notice_new"),
    path("notices/<int:pk>/", appraisal_notices.notice_detail, name="appraisal_notice"),
    path("notices/<int:pk>/finish/", appraisal_notices.notice_finish, name="appraisal_notice_finish"),
    path("<int:pk>/", appraisals.appraisal_detail, name="appraisal_detail"),
    path("<int:pk>/score/", appraisals.appraisal_score, name="appraisal_score"),
    path("<int:pk>/refresh/", appraisals.appraisal_refresh, name="appraisal_refresh"),
    path("<int:pk>/return/", appraisals.appraisal_return, name="appraisal_return"),
    path("<int:pk>/sign/", appraisals.appraisal_sign, name="appraisal_sign"),
    path("<int:pk>/object/", appraisals.appraisal_object, name="appraisal_object"),
    path("<int:pk>/opinion/", appraisals.appraisal_opinion, name="appraisal_opinion"),
    path("<int:pk>/appeal/", appraisals.appraisal_appeal, name="appraisal_appeal"),
    path("<int:pk>/decide/", appraisals.appraisal_decide, name="appraisal_decide"),
]
