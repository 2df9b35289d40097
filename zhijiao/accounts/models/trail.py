"""The audit trail."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models

from zhijiao.accounts import scope


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, user: Any) -> Self:
        """The entries of the person's own county, for those who may read the trail at all."""
        return scope.entries_for(self, user)


class AuditEntry(models.Model):
    """One thing that was done. Written by `audit.record` only, never changed, never deleted: triggers see to it.

    It keeps the name of its subject as text, so it outlives it, and holds no personal number. Each entry carries the
    digest of the one before, so that a changed, removed or reordered row is found.
    """

    at = models.DateTimeField("时间", db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="操作人")
    by_name = models.CharField("操作人姓名", max_length=100)
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="代理"
    )
    on_behalf_of_name = models.CharField("被代理人姓名", max_length=100, blank=True, default="")
    verb = models.CharField("操作", max_length=60, db_index=True)
    subject_type = models.CharField("对象类型", max_length=60, blank=True)
    subject_id = models.CharField("对象编号", max_length=40, blank=True)
    subject_name = models.CharField("对象", max_length=200, blank=True)
    county_id = models.BigIntegerField("县", null=True, db_index=True)
    reason = models.TextField("原因", blank=True)
    before: models.JSONField[Any, Any] = models.JSONField("原值", default=dict)
    after: models.JSONField[Any, Any] = models.JSONField("新值", default=dict)
    address = models.GenericIPAddressField("地址", null=True)
    request_id = models.CharField("请求编号", max_length=32, blank=True, default="")
    previous_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    objects: ClassVar[Any] = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "操作记录"
        ordering = ["-id"]
        indexes = [models.Index(fields=["subject_type", "subject_id"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by_name} {self.verb} {self.subject_name}"
