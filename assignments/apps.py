from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AssignmentsConfig(AppConfig):
    name = "assignments"
    verbose_name = "支教派遣"

    def ready(self) -> None:
        from assignments import access as access_table
        from assignments import (
            account_rules,
            care,
            closing,
            daily,
            permissions,
            recording,
            telling,
            triggers,
            workflow,
            years,
        )
        from assignments.action_words import WORDS
        from assignments.models import Difficulty, SchoolYear
        from assignments.periods import Period
        from assignments.sheets import SHEETS, county
        from zhijiao import access, attachments, refusals
        from zhijiao.accounts import scope
        from zhijiao.notices import kinds
        from zhijiao.workbook import registry

        access.set_judge(access_table.may, access_table.actions(), WORDS)
        scope.set_rules(account_rules)
        post_migrate.connect(triggers.lay, sender=self, dispatch_uid="assignments.triggers")
        registry.register(*SHEETS)
        registry.set_county_resolver(county.resolve, facts=county.FACTS, tell=county.tell)
        registry.set_period_parser(Period.parse)
        registry.set_school_year_finder(SchoolYear.objects.named)
        registry.set_permission(permissions.may_import, permissions.counties_for_import)
        registry.set_refusal_teller(triggers.message_of)
        refusals.also_tells(triggers.message_of)
        kinds.register(*telling.KINDS)
        kinds.set_county_finder(telling.counties_of)
        workflow.tell(telling.tell_of_step)
        daily.register()
        closing.connect()
        years.connect()
        for model in recording.ACTIONS:
            attachments.register(model, recording.is_visible, recording.may_write)
        attachments.register(Difficulty, care.may_see, care.may_add_files)
