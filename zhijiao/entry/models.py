"""That a form was handed in, so that handing it in again has no second effect."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class Turn(models.Model):
    """One form handed in by one person: its token, and the address that answered it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    token = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    answer = models.CharField(max_length=500, blank=True)

    objects: ClassVar[models.Manager[Turn]] = models.Manager()

    class Meta:
        verbose_name = verbose_name_plural = "已交的表单"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "token"], name="turn_once", violation_error_message="这张表单已经交过"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.at:%Y-%m-%d %H:%M}"
