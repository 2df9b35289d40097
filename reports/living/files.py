"""Photos of a report: who may see and change them."""

from __future__ import annotations

from typing import Any

from assignments.access import has_on
from reports.living import writing
from reports.models import Report
from zhijiao.attachments import registry


def connect() -> None:
    registry.register(Report, _may_see, _may_change)


def _may_see(user: Any, report: Any) -> bool:
    return Report.objects.visible_to(user).filter(pk=report.pk).exists() and has_on(user, "report.read", report)


def _may_change(user: Any, report: Any) -> bool:
    return writing.may_write(report, user)
