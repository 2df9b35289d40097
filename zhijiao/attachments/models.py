"""One file that hangs on a record. The record is known by its type and number, so any app's records can have files."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone


class FileKind(models.TextChoices):
    JPG = "jpg", "JPG 图片"
    PNG = "png", "PNG 图片"
    PDF = "pdf", "PDF"
    DOCX = "docx", "Word 文档"
    XLSX = "xlsx", "Excel 工作簿"


PICTURES = (FileKind.JPG, FileKind.PNG)


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def present(self) -> Self:
        return self.filter(removed_at=None)

    def of(self, subject: models.Model) -> Self:
        """The files of one record. Who may see them is asked of its owner, see registry."""
        return self.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))

    def pictures(self) -> Self:
        return self.filter(kind__in=PICTURES)


class Attachment(models.Model):
    """What was uploaded, as it was kept. Never deleted here: removing takes it out of sight and says who did."""

    subject_type = models.CharField("所属类型", max_length=60)
    subject_id = models.CharField("所属编号", max_length=40)
    county_id = models.BigIntegerField("县", null=True, blank=True, db_index=True)
    name = models.CharField("文件名", max_length=200)
    kind = models.CharField("类型", max_length=4, choices=FileKind)
    size = models.PositiveIntegerField("大小（字节）")
    sha256 = models.CharField("摘要", max_length=64)
    width = models.PositiveIntegerField("宽", null=True, blank=True)
    height = models.PositiveIntegerField("高", null=True, blank=True)
    stored_name = models.CharField("保存名", max_length=40, unique=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="上传人"
    )
    at = models.DateTimeField("上传时间", default=timezone.now)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="移除人"
    )
    removed_at = models.DateTimeField("移除时间", null=True, blank=True)

    objects: ClassVar[Any] = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering = ["id"]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="attachment_subject")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=FileKind.values),
                name="attachment_kind",
                violation_error_message="附件只能是 JPG、PNG、PDF、Word（.docx）或 Excel（.xlsx）",
            ),
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "sha256"],
                condition=models.Q(removed_at=None),
                name="attachment_once",
                violation_error_message="这个文件已经在这里了",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        return self.kind in PICTURES
