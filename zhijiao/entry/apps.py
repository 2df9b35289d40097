from django.apps import AppConfig


class EntryConfig(AppConfig):
    name = "zhijiao.entry"
    label = "entry"
    verbose_name = "填报"
