"""A bare Django view that inserts one row, with nothing around it: what an answer is held against. Served by gunicorn."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402

from zhijiao.accounts.models import Attempts  # noqa: E402


def insert(request: HttpRequest) -> HttpResponse:
    """Reads the form and writes one row."""
    Attempts.objects.create(kind="bench", key=request.POST["key"], n=1, ends_at=0)
    return HttpResponse("ok")


urlpatterns = [path("bare/", insert)]
settings.ROOT_URLCONF = __name__
settings.MIDDLEWARE = []
application = get_wsgi_application()
