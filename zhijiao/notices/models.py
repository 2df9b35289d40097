"""What a person was told, the bureau's own words for it, and who was reminded of what."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from zhijiao.notices import kinds


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: Any) -> Self:
        """A notice is for the one it was written to, and for nobody else."""
        return self.filter(user_id=user.pk) if getattr(user, "is_authenticated", False) else self.none()

    def unread(self) -> Self:
        return self.filter(read_at=None)


class Notice(models.Model):
    """Something one person is told. The same thing (`key`) is told to a person once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name="收件人")
    kind = models.CharField("类别", max_length=40)
    key = models.CharField("事项", max_length=120, blank=True, editable=False)
    title = models.CharField("标题", max_length=200)
    text = models.TextField("内容", blank=True)
    url = models.CharField("页面", max_length=300, blank=True)
    created_at = models.DateTimeField("时间", default=timezone.now)
    read_at = models.DateTimeField("读过", null=True, blank=True)
    sending = models.UUIDField(default=uuid.uuid4, editable=False)  # which call wrote it: two at once know their own

    objects: ClassVar[Any] = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user", "read_at"]),
            models.Index(fields=["sending"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "key"],
                condition=~Q(key=""),
                name="notice_once",
                violation_error_message="这件事已经告诉过这个人了",
            )
        ]

    def __str__(self) -> str:
        return self.title


class NoticeTemplateQuerySet(models.QuerySet["NoticeTemplate"]):
    def visible_to(self, user: Any) -> Self:
        """The words of the counties for which this person may write them."""
        return self.filter(county_id__in=[county.pk for county in kinds.counties_of(user)])


class NoticeTemplate(models.Model):
    """A bureau's own words for a kind of notice. It knows the county by its number, as the trail does."""

    county_id = models.BigIntegerField("县", db_index=True)
    kind = models.CharField("类别", max_length=40)
    title = models.CharField("标题", max_length=kinds.TITLE_MAX)
    text = models.TextField("内容", max_length=kinds.TEXT_MAX)
    by_name = models.CharField("修改人", max_length=100, blank=True)
    at = models.DateTimeField("修改时间", default=timezone.now)

    objects: ClassVar[Any] = NoticeTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通知用语"
        constraints = [
            models.UniqueConstraint(
                fields=["county_id", "kind"],
                name="notice_template_once",
                violation_error_message="这种通知的用语已经有了",
            )
        ]

    def __str__(self) -> str:
        return kinds.kind(self.kind).label


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def of(self, kind: str, about: str) -> Self:
        return self.filter(kind=kind, about=about)


class Reminder(models.Model):
    """That a school or a person was reminded on a day of what they still owe; once a day, whoever presses the button."""

    kind = models.CharField("事项", max_length=40)
    about = models.CharField("哪一次", max_length=40, help_text="如 2025-10")
    party = models.CharField("被提醒的", max_length=40, help_text="如 school:12")
    day = models.DateField("日期")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提醒人"
    )
    sending = models.UUIDField(default=uuid.uuid4, editable=False)

    objects: ClassVar[Any] = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "催办"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "about", "party", "day"],
                name="reminder_once_a_day",
                violation_error_message="今天已经提醒过了",
            )
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.day:%Y-%m-%d}"

    @classmethod
    def claim(cls, kind: str, about: str, parties: list[str], day: dt.date, by: Any) -> list[str]:
        """Which of the parties are to be reminded now: those that nobody reminded on that day. Two at once share them."""
        sending = uuid.uuid4()
        cls.objects.bulk_create(
            [cls(kind=kind, about=about, party=party, day=day, by=by, sending=sending) for party in parties],
            ignore_conflicts=True,
        )
        return list(cls.objects.filter(sending=sending).order_by("id").values_list("party", flat=True))
