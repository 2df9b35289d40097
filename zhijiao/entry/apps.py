from django import forms
from django.apps import AppConfig


class EntryConfig(AppConfig):
    name = "zhijiao.entry"
    label = "entry"
    verbose_name = "填报"

    def ready(self) -> None:
        """Django's own words for an empty field are an engineer's (这个字段是必填项); a form that knows better says more."""
        forms.Field.default_error_messages = {**forms.Field.default_error_messages, "required": "这一项要填"}
