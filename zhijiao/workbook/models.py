"""What was imported, by whom, and what each import changed, so that it can be undone."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from zhijiao.workbook import registry


class RunState(models.TextChoices):
    PREVIEW = "preview", "预览"
    IMPORTED = "imported", "已导入"
    UNDONE = "undone", "已撤销"
    ABANDONED = "abandoned", "已放弃"


class Action(models.TextChoices):
    CREATED = "created", "新增"
    CHANGED = "changed", "修改"


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def visible_to(self, user: Any) -> Self:
        """The imports of the counties for which this person may import."""
        if getattr(user, "is_superuser", False) and user.is_active:
            return self
        return self.filter(county_id__in=[county.pk for county in registry.counties_of(user)])

    def settled(self) -> Self:
        """Those that changed something: not the previews that nobody confirmed."""
        return self.filter(state__in=[RunState.IMPORTED, RunState.UNDONE])


class ImportRun(models.Model):
    """One workbook that somebody uploaded. It outlives the county, which it knows by number and name."""

    county_id = models.BigIntegerField("县", db_index=True)
    county_name = models.CharField("县（市、区）", max_length=100)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="import_runs", verbose_name="操作人"
    )
    by_name = models.CharField("操作人姓名", max_length=100)
    at = models.DateTimeField("上传时间", default=timezone.now, db_index=True)
    file_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("文件摘要", max_length=64)
    stored_name = models.CharField("暂存文件", max_length=80, blank=True)
    state = models.CharField("状态", max_length=10, choices=RunState, default=RunState.PREVIEW, editable=False)
    counts: models.JSONField[Any, Any] = models.JSONField("各表条数", default=list)
    problems: models.JSONField[Any, Any] = models.JSONField("问题", default=list)
    problem_count = models.PositiveIntegerField("问题数", default=0)
    changes: models.JSONField[Any, Any] = models.JSONField("修改", default=list)
    notices: models.JSONField[Any, Any] = models.JSONField("提示", default=list)
    digest = models.CharField("预览摘要", max_length=64, blank=True)
    settled_at = models.DateTimeField("导入时间", null=True, blank=True)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="撤销人"
    )

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导入"
        ordering = ["-id"]
        indexes = [models.Index(fields=["county_id", "state"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=RunState.values),
                name="import_run_state",
                violation_error_message="没有这个状态",
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_name}（{timezone.localtime(self.at):%Y-%m-%d %H:%M}）"

    def total(self, what: str) -> int:
        return sum(line[what] for line in self.counts)

    @property
    def created(self) -> int:
        return self.total("created")

    @property
    def changed(self) -> int:
        return self.total("changed")

    @property
    def unchanged(self) -> int:
        return self.total("unchanged")

    @property
    def refused(self) -> int:
        return self.total("refused")


class ImportedChange(models.Model):
    """One record that an import made or changed: its fields before and after, encrypted where the database has them so."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="records", verbose_name="导入")
    sheet = models.CharField("工作表", max_length=40)
    model = models.CharField("类型", max_length=100)
    object_id = models.BigIntegerField("编号")
    action = models.CharField("动作", max_length=8, choices=Action)
    before: models.JSONField[Any, Any] = models.JSONField("原值", default=dict, encoder=DjangoJSONEncoder)
    after: models.JSONField[Any, Any] = models.JSONField("新值", default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = verbose_name_plural = "导入的记录"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(action__in=Action.values),
                name="imported_change_action",
                violation_error_message="没有这个动作",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.model} {self.object_id}"
