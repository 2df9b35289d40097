"""Two records that look like one, and of which somebody said that they are two."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils import timezone

from assignments.choices import DistinctKind
from assignments.models.scope import CountyModel


class DistinctPair(CountyModel):
    """Pointed out once, and answered: not the same person, not the same school.

    It knows the two by their numbers, as the trail does: merging one of them with a third must not be held up by it.
    """

    kind = models.CharField("哪一类", max_length=8, choices=DistinctKind)
    low = models.BigIntegerField("编号较小的")
    high = models.BigIntegerField("编号较大的")
    reason = models.CharField("依据", max_length=200, blank=True)
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="认定人"
    )
    said_at = models.DateTimeField("认定时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "认定不是重复"
        ordering = ["-said_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "low", "high"],
                name="distinct_pair_once",
                violation_error_message="这两条已经认定不是重复",
            ),
            models.CheckConstraint(
                condition=models.Q(low__lt=F("high")),
                name="distinct_pair_in_order",
                violation_error_message="两条登记要是不同的，编号小的写在前面",
            ),
        ]

    schools_concerned: ClassVar[tuple[str, ...]] = ()
    teachers_concerned: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.low}、{self.high}"

    @classmethod
    def key_of(cls, one: Any, other: Any) -> tuple[int, int]:
        """The two numbers, the smaller first."""
        return min(one.pk, other.pk), max(one.pk, other.pk)
