from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AssignmentsConfig(AppConfig):
    name = "assignments"
    verbose_name = "支教派遣"

    def ready(self) -> None:
        from assignments import triggers

        post_migrate.connect(triggers.lay, sender=self, dispatch_uid="assignments.triggers")
