from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "年度成果"

    def ready(self) -> None:
        from evaluations.questionnaires import paper, slips
        from zhijiao import daily
        from zhijiao.notices import kinds
        from zhijiao.refusals import also_tells

        from . import contributions, questionnaire_paper, questionnaire_slips, triggers, years  # noqa: F401 (adds the papers to the page of a secondment)
        from .documents import checks  # noqa: F401 (registers the system checks)
        from .living import files, telling, waiting

        slips.set_printer(questionnaire_slips.slips_pdf)
        paper.set_printer(questionnaire_paper.paper_pdf)
        files.connect()
        waiting.connect()
        years.connect()
        kinds.register(*telling.KINDS)
        daily.register("总结上报快到期", telling.tell_of_near)
        also_tells(triggers.message_of)
        post_migrate.connect(triggers.lay, sender=self, dispatch_uid="reports.triggers")
