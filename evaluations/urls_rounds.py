"""/inspections/rounds/: rounds, their teams, their schedule."""

from django.urls import path

from evaluations.views import rounds

urlpatterns = [
    path("rounds/", rounds.round_list, name="inspection_round_list"),
    path("rounds/new/", rounds.round_new, name="inspection_round_new"),
    path("rounds/<int:pk>/", rounds.round_detail, name="inspection_round"),
    path("rounds/<int:pk>/edit/", rounds.round_edit, name="inspection_round_edit"),
    path("rounds/<int:pk>/remove/", rounds.round_remove, name="inspection_round_remove"),
    path("rounds/<int:pk>/announce/", rounds.round_announce, name="inspection_round_announce"),
    path("rounds/<int:pk>/close/", rounds.round_close, name="inspection_round_close"),
    path("rounds/<int:pk>/schedule/", rounds.round_schedule, name="inspection_round_schedule"),
    path("rounds/<int:pk>/teams/new/", rounds.team_new, name="inspection_team_new"),
    path("teams/<int:pk>/", rounds.team_edit, name="inspection_team_edit"),
    path("teams/<int:pk>/drop/", rounds.team_drop, name="inspection_team_drop"),
    path("<int:pk>/slot/", rounds.inspection_slot, name="inspection_slot"),
    path("<int:pk>/take-out/", rounds.inspection_take_out, name="inspection_take_out"),
]
