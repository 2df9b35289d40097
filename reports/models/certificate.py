"""What was issued and never changes: certificates of service."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from assignments.models.scope import CountyModel


class Certificate(CountyModel):
    """支教服务年限证明. `content` is what the paper says, frozen when it was issued; only a revocation is added later."""

    teacher = models.ForeignKey(
        "assignments.Teacher", models.PROTECT, related_name="service_certificates", verbose_name="教师"
    )
    secondments = models.ManyToManyField(
        "assignments.Secondment", related_name="certificates", verbose_name="计入的派遣"
    )
    year = models.PositiveSmallIntegerField("年份")
    number = models.PositiveIntegerField("序号")
    serial = models.CharField("编号", max_length=40)
    code = models.CharField("验证码", max_length=24, unique=True, help_text="20 位字母数字，印在证明上")
    content: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField("证明内容")
    digest = models.CharField("内容摘要", max_length=64)
    purpose = models.CharField("用途", max_length=60, blank=True)
    issued_on = models.DateField("开具日期")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="开具人")
    revocation_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提出撤销"
    )
    revocation_reason = models.CharField("撤销原因", max_length=200, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="同意撤销"
    )
    revoked_on = models.DateField("撤销日期", null=True, blank=True)

    schools_concerned = ("secondments__sending_school",)
    teachers_concerned = ("teacher",)

    class Meta:
        verbose_name = verbose_name_plural = "服务年限证明"
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "year", "number"],
                name="certificate_number",
                violation_error_message="这个编号已经用过",
            ),
            models.CheckConstraint(
                condition=Q(revoked_by=None) | ~Q(revoked_by=F("revocation_asked_by")),
                name="certificate_two_people",
                violation_error_message="提出撤销和同意撤销的不能是同一个人",
            ),
            models.CheckConstraint(
                condition=Q(revoked_on=None, revoked_by=None)
                | Q(revoked_on__isnull=False, revoked_by__isnull=False, revocation_asked_by__isnull=False),
                name="certificate_revoked",
                violation_error_message="撤销要有提出人、同意人和日期",
            ),
        ]

    def __str__(self) -> str:
        return self.serial

    @property
    def is_revoked(self) -> bool:
        return self.revoked_on is not None

    @property
    def is_whole(self) -> bool:
        """Whether the content is still what was issued."""
        return self.digest == digest_of(self.content)


def digest_of(content: dict[str, Any]) -> str:
    told = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()
