"""The product's settings with the environment of a test: no DEBUG, a key of our own, files in a folder that goes away."""

import os
import tempfile

_var = tempfile.TemporaryDirectory(prefix="zhijiao-tests-")
os.environ.update(DEBUG="0", SECRET_KEY="only-for-tests-" + "0" * 40, FIELD_KEYS="", HTTPS="0", VAR_DIR=_var.name)
os.environ.setdefault("DATABASE_URL", "sqlite:///tests.sqlite3")  # in memory while testing; keeps a .env out of it

from zhijiao.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # signing in costs a test nothing
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # noqa: F405
STATIC_ROOT = VAR_DIR / "static"  # noqa: F405
STATIC_ROOT.mkdir()  # nothing is collected for tests, and whitenoise asks for the folder
