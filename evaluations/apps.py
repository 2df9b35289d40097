from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    name = "evaluations"
    verbose_name = "检查与考核"

    def ready(self) -> None:
        from evaluations import appraising, daily, feedback, inspecting, rounds, telling, waiting, work
        from evaluations.questionnaires import closing, feeding
        from evaluations.sheets import SHEETS
        from evaluations.views import contributions, results  # noqa: F401 (they add their sections to pages)
        from zhijiao.notices import kinds
        from zhijiao.workbook import registry

        registry.register(*SHEETS)
        inspecting.connect()
        rounds.connect()
        daily.register()
        appraising.connect()
        work.connect()
        kinds.register(*telling.KINDS)
        waiting.connect()
        feedback.connect()
        closing.connect()
        feeding.connect()
