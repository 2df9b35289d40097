"""What the tests of the workbook share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps


def dump() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values_list())
        for model in apps.get_models(include_auto_created=True)
    }


@pytest.fixture
def database(db: None) -> Callable[[], dict[str, list[tuple[Any, ...]]]]:
    return dump


@pytest.fixture(autouse=True)
def kept_files_elsewhere(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
