"""学年结转: a school year that a county has closed, and whether it was opened again."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from assignments.models.calendar import SchoolYear
from assignments.models.scope import CountyModel


class YearClosing(CountyModel):
    """From `closed_on` on nothing of the year changes any more, until an administrator opens it again."""

    school_year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="+", verbose_name="学年")
    closed_on = models.DateField("结转日期")
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="结转人")
    note = models.CharField("说明", max_length=200, blank=True)
    reopened_on = models.DateField("重新打开日期", null=True, blank=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="重新打开人"
    )
    reopen_reason = models.CharField("重新打开的原因", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "学年结转"
        ordering = ["-school_year__code", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "school_year"],
                condition=Q(reopened_on=None),
                name="year_closed_once",
                violation_error_message="这个学年已经结转了",
            ),
            models.CheckConstraint(
                condition=Q(reopened_on=None, reopened_by=None, reopen_reason="")
                | Q(reopened_on__isnull=False, reopened_by__isnull=False) & ~Q(reopen_reason=""),
                name="year_reopened_with_reason",
                violation_error_message="重新打开学年要写原因",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_year.title}结转"
