from django.apps import AppConfig
from django.db.models.signals import post_migrate


class EvaluationsConfig(AppConfig):
    name = "evaluations"
    verbose_name = "检查与考核"

    def ready(self) -> None:
        from evaluations import (
            appraising,
            closed,
            daily,
            feedback,
            inspecting,
            rounds,
            rubric_triggers,
            telling,
            visiting,
            waiting,
            work,
            years,
        )
        from evaluations.questionnaires import closing, feeding
        from evaluations.sheets import SHEETS
        from evaluations.views import contributions, results  # noqa: F401 (they add their sections to pages)
        from zhijiao.refusals import also_tells
        from zhijiao.workbook import registry

        registry.register(*SHEETS)
        inspecting.connect()
        rounds.connect()
        visiting.connect()
        daily.register()
        appraising.connect()
        telling.connect()
        work.connect()
        waiting.connect()
        feedback.connect()
        closing.connect()
        years.connect()
        closed.connect()
        feeding.connect()
        also_tells(rubric_triggers.message_of)
        post_migrate.connect(rubric_triggers.lay, sender=self, dispatch_uid="evaluations.rubric_triggers")
