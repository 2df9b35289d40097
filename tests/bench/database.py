"""A database of the bench's own: a file that is laid aside after migrating, and put back as often as it is wanted."""

import os
import shutil
import tempfile
from pathlib import Path

_folder = tempfile.TemporaryDirectory(prefix="zhijiao-bench-")
FILE = Path(_folder.name) / "bench.sqlite3"
_MIGRATED = Path(_folder.name) / "migrated.sqlite3"


def begin() -> None:
    """Start Django on it, as the tests do, and migrate."""
    os.environ.update(DJANGO_SETTINGS_MODULE="tests.settings", DATABASE_URL=f"sqlite:///{FILE}")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    _close()
    shutil.copyfile(FILE, _MIGRATED)


def empty() -> None:
    """As it was after migrating."""
    _close()
    shutil.copyfile(_MIGRATED, FILE)


def _close() -> None:
    from django.db import connection

    if connection.connection is not None:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    for suffix in ("-wal", "-shm"):
        FILE.with_name(FILE.name + suffix).unlink(missing_ok=True)
