"""Who can sign in, and the trail of what was done. What a person may do comes from a membership (assignments)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models


class User(AbstractUser):
    """A person who can sign in. Has no rights of its own: those come from dated memberships."""

    first_name = None  # type: ignore[assignment]  # a Chinese name is one field
    last_name = None  # type: ignore[assignment]
    name = models.CharField("姓名", max_length=50)
    phone = models.CharField("手机号", max_length=11, blank=True)

    objects: ClassVar[Any] = UserManager()
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "账号"

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class AuditEntry(models.Model):
    """One thing that was done. Written by `audit.record` only, never changed, never deleted.

    It keeps the name of its subject as text, so it outlives it, and holds no personal number. Each entry carries the
    digest of the one before, so that a changed, removed or reordered row is found.
    """

    at = models.DateTimeField("时间", db_index=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, verbose_name="操作人")
    by_name = models.CharField("操作人姓名", max_length=100)
    verb = models.CharField("操作", max_length=60, db_index=True)
    subject_type = models.CharField("对象类型", max_length=60, blank=True)
    subject_id = models.CharField("对象编号", max_length=40, blank=True)
    subject_name = models.CharField("对象", max_length=200, blank=True)
    county_id = models.BigIntegerField("县", null=True, db_index=True)
    reason = models.TextField("原因", blank=True)
    before: models.JSONField[Any, Any] = models.JSONField("原值", default=dict)
    after: models.JSONField[Any, Any] = models.JSONField("新值", default=dict)
    address = models.GenericIPAddressField("地址", null=True)
    previous_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = "操作记录"
        ordering = ["-id"]
        indexes = [models.Index(fields=["subject_type", "subject_id"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by_name} {self.verb} {self.subject_name}"
