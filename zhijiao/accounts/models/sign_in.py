"""What belongs to signing in: sessions, the second factor, the codes by which an account is claimed."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from zhijiao.encryption import EncryptedField


class OwnSession(models.Model):
    """Where somebody is signed in, so that they can see and end it. The session itself is Django's."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="own_sessions", verbose_name="账号")
    session_key = models.CharField(max_length=40, unique=True)
    device = models.CharField("设备", max_length=60, blank=True)
    address = models.GenericIPAddressField("地址", null=True)
    began = models.DateTimeField("登录时间")
    seen = models.DateTimeField("最近使用", db_index=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        verbose_name = verbose_name_plural = "登录的设备"
        ordering = ["-seen"]

    def __str__(self) -> str:
        return f"{self.user} {self.device}"


class SecondFactor(models.Model):
    """The secret shared with an authenticator app (RFC 6238). Counts only once a code of it was typed."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="second_factor", verbose_name="账号"
    )
    key = EncryptedField("密钥")  # 40 hexadecimal digits
    confirmed_at = models.DateTimeField("启用时间", null=True)
    last_step = models.BigIntegerField(default=-1)  # of the last code that was taken: none is taken twice

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        verbose_name = verbose_name_plural = "动态验证码"

    def __str__(self) -> str:
        return f"{self.user} 的动态验证码"


class RecoveryCode(models.Model):
    """Opens once, where the phone is lost. Only its keyed hash is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        verbose_name = verbose_name_plural = "备用码"

    def __str__(self) -> str:
        return f"{self.user} 的备用码"


class RolePolicy(models.Model):
    """What a county demands of the holders of a role. A role without a row: nothing more than a password."""

    county_id = models.BigIntegerField("县")
    role = models.CharField("角色", max_length=20)
    needs_second_factor = models.BooleanField("必须用动态验证码", default=False)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        verbose_name = verbose_name_plural = "角色的登录要求"
        constraints = [
            models.UniqueConstraint(
                fields=["county_id", "role"], name="role_policy", violation_error_message="这个角色的要求已经有了"
            )
        ]

    def __str__(self) -> str:
        return self.role


class ClaimCodeQuerySet(models.QuerySet["ClaimCode"]):
    def usable(self) -> Self:
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=timezone.now(), user__is_active=True)


class ClaimCode(models.Model):
    """A one-time code on a slip of paper: its holder sets the password of the account. Only its keyed hash is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="claim_codes", verbose_name="账号")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField("制作时间")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="制作人"
    )
    expires_at = models.DateTimeField("有效至")
    used_at = models.DateTimeField("领取时间", null=True)
    revoked_at = models.DateTimeField("作废时间", null=True)

    objects: ClassVar[Any] = ClaimCodeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "领取码"
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(used_at=None, revoked_at=None),
                name="claim_code_open",
                violation_error_message="这个账号已有一张没用过的领取码",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} 的领取码"
