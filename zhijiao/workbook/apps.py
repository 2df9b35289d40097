from django.apps import AppConfig


class WorkbookConfig(AppConfig):
    name = "zhijiao.workbook"
    label = "workbook"
    verbose_name = "工作簿"
