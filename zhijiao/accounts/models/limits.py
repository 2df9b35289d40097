"""How often something was tried."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class Attempts(models.Model):
    """Tries of one kind with one key (a user name, an address) since the first of them. See `limits.py`."""

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=64)  # a keyed hash: a password typed into the field of the name is not kept
    n = models.PositiveIntegerField()
    ends_at = models.BigIntegerField(db_index=True)  # seconds since 1970; then it begins anew

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        verbose_name = verbose_name_plural = "尝试次数"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"], name="attempts_key", violation_error_message="这个已经在计数了"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.n}"
