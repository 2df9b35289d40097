"""Django's admin site, which exists in development only: it goes round the workflow and the trail."""

from django.apps import apps
from django.contrib import admin

for model in apps.get_app_config("evaluations").get_models():
    admin.site.register(model)
