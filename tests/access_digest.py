"""All that a request could change: every value of every row, the stored files, the letters."""

import hashlib
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core import mail

# Who looked at what, how often, from where: it is right that a refused request leaves its trace there.
TRACES = {"Session", "AuditEntry", "Attempts", "OwnSession", "Turn"}


def digests():
    """Of each table, so that a failing test can name it."""
    found = {}
    for model in apps.get_models():
        if model._meta.managed and model.__name__ not in TRACES:
            rows = model._base_manager.order_by("pk").values_list()
            found[model._meta.label] = hashlib.sha256(repr(list(rows)).encode()).hexdigest()
    root = Path(settings.MEDIA_ROOT)
    found["files"] = str(sorted(str(path) for path in root.rglob("*"))) if root.exists() else "[]"
    found["letters"] = str(len(mail.outbox))
    return found


def changed(before):
    return sorted(what for what, told in digests().items() if before.get(what) != told)
