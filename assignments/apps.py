from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AssignmentsConfig(AppConfig):
    name = "assignments"
    verbose_name = "支教派遣"

    def ready(self) -> None:
        from assignments import permissions, triggers
        from assignments.models import SchoolYear
        from assignments.periods import Period
        from assignments.sheets import SHEETS, county
        from zhijiao.workbook import registry

        post_migrate.connect(triggers.lay, sender=self, dispatch_uid="assignments.triggers")
        registry.register(*SHEETS)
        registry.set_county_resolver(county.resolve, facts=county.FACTS, tell=county.tell)
        registry.set_period_parser(Period.parse)
        registry.set_school_year_finder(SchoolYear.objects.named)
        registry.set_permission(permissions.may_import, permissions.counties_for_import)
        registry.set_refusal_teller(triggers.message_of)
