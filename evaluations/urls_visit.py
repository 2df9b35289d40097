"""/inspections/<id>/visit/: the four parts at the school."""

from django.urls import path

from evaluations.views import visit

urlpatterns = [
    path("<int:pk>/visit/start/", visit.visit_start, name="inspection_visit_start"),
    path("<int:pk>/visit/<slug:part>/", visit.inspection_visit, name="inspection_visit"),
    path("<int:pk>/visit/<slug:part>/finish/", visit.visit_finish, name="inspection_visit_finish"),
    path("<int:pk>/visit/<slug:part>/reopen/", visit.visit_reopen, name="inspection_visit_reopen"),
    path("<int:pk>/visit/add/<slug:kind>/", visit.visit_add, name="inspection_visit_add"),
    path("<int:pk>/visit/<slug:kind>/<int:row>/remove/", visit.visit_remove, name="inspection_visit_remove"),
]
