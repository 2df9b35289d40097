from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "年度成果"

    def ready(self) -> None:
        from .documents import checks  # noqa: F401 (registers the system checks)
