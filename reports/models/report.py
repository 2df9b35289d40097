"""工作总结 as it is written: a draft in passages, what was handed in, what was issued and never changes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from assignments.models.scope import CountyModel
from assignments.periods import Period


class ReportState(models.TextChoices):
    DRAFT = "draft", "起草中"
    HANDED_IN = "handed_in", "已上报"
    RETURNED = "returned", "已退回"
    ACCEPTED = "accepted", "已采用"
    ISSUED = "issued", "已印发"
    SUPERSEDED = "superseded", "已被新稿替代"


WRITABLE = (ReportState.DRAFT, ReportState.RETURNED)
FINISHED = (ReportState.ACCEPTED, ReportState.ISSUED, ReportState.SUPERSEDED)


class ReportCall(CountyModel):
    """The bureau asks the schools for their 总结 of a school year, until a day."""

    period = models.CharField("时段", max_length=11, help_text="如 2024-2025")
    due_on = models.DateField("上报截止日期")
    note = models.CharField("要求", max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="发出人")
    at = models.DateTimeField("发出时间")

    class Meta:
        verbose_name = verbose_name_plural = "上报总结的要求"
        ordering = ["-period"]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "period"], name="report_call_once", violation_error_message="这一年已经要求过上报总结"
            )
        ]

    def __str__(self) -> str:
        return f"{Period.parse(self.period).title}总结上报要求"


class Report(CountyModel):
    """The 总结 of a school, or of the bureau (no school), for a period.

    While it is written its text stands in passages. `content` is the whole document as it was handed in or issued, with
    its digest; what was accepted or issued is kept by triggers of the database (reports.triggers).
    """

    school = models.ForeignKey(
        "assignments.School", models.PROTECT, null=True, blank=True, related_name="reports", verbose_name="学校"
    )
    period = models.CharField("时段", max_length=11)
    title = models.CharField("标题", max_length=200, help_text="一行写不下时分成两行")
    state = models.CharField("状态", max_length=12, choices=ReportState, default=ReportState.DRAFT)
    version = models.PositiveIntegerField("改动次数", default=0)
    draft_number = models.PositiveSmallIntegerField("第几稿", default=1)
    signs = models.CharField("落款单位", max_length=120)
    dated = models.DateField("落款日期", null=True, blank=True)
    number = models.CharField("发文字号", max_length=60, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="起草人")
    made_at = models.DateTimeField("起草时间")
    changed_at = models.DateTimeField("最近改动")
    figures_read: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(
        "上次核对时的数", default=dict, blank=True
    )
    read_at = models.DateTimeField("上次核对时间", null=True, blank=True)
    handed_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="上报人"
    )
    handed_in_at = models.DateTimeField("上报时间", null=True, blank=True)
    returned_reason = models.CharField("退回原因", max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审阅人"
    )
    decided_at = models.DateTimeField("审阅时间", null=True, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="印发人"
    )
    issued_at = models.DateTimeField("印发时间", null=True, blank=True)
    content: models.JSONField[Any, Any] = models.JSONField("封存的内容", null=True, blank=True)
    digest = models.CharField("内容摘要", max_length=64, blank=True)
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="successors", verbose_name="替代"
    )

    schools_concerned = ("school",)

    class Meta:
        verbose_name = verbose_name_plural = "工作总结"
        ordering = ["-period", "school__name", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "period", "school"],
                condition=Q(state__in=["draft", "handed_in", "returned"], school__isnull=False),
                name="report_one_of_school",
                violation_error_message="这所学校这一时段的总结已经在写了",
            ),
            models.UniqueConstraint(
                fields=["county", "period"],
                condition=Q(state="draft", school=None),
                name="report_one_of_bureau",
                violation_error_message="教育局这一时段的总结已经在写了",
            ),
            models.UniqueConstraint(
                fields=["county", "number"],
                condition=~Q(number=""),
                name="report_number",
                violation_error_message="这个发文字号已经用过",
            ),
            models.UniqueConstraint(
                fields=["county", "period"],
                condition=Q(state="issued", school=None),
                name="report_issued_once",
                violation_error_message="这一时段的总结已经印发",
            ),
            models.UniqueConstraint(
                fields=["county", "period", "school"],
                condition=Q(state="accepted", school__isnull=False),
                name="report_accepted_once",
                violation_error_message="这所学校这一时段的总结已经采用",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ReportState.values),
                name="report_state",
                violation_error_message="总结没有这种状态",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["handed_in", "accepted", "issued", "superseded"]) | ~Q(digest=""),
                name="report_frozen_with_digest",
                violation_error_message="上报、印发的总结要有封存的内容",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["issued", "superseded"])
                | (~Q(number="") & Q(issued_by__isnull=False, issued_at__isnull=False, dated__isnull=False)),
                name="report_issued",
                violation_error_message="印发的总结要有发文字号、落款日期和印发人",
            ),
        ]
        indexes = [models.Index(fields=["county", "period", "state"], name="report_of_period")]

    def __str__(self) -> str:
        return "".join(self.title.splitlines())

    @property
    def asked_period(self) -> Period:
        return Period.parse(self.period)

    @property
    def is_of_bureau(self) -> bool:
        return self.school_id is None

    @property
    def is_writable(self) -> bool:
        return self.state in WRITABLE

    @property
    def is_finished(self) -> bool:
        """Accepted or issued: nothing in it changes any more."""
        return self.state in FINISHED

    @property
    def told_digest(self) -> str:
        """校验码: the first eight signs, in two groups."""
        return f"{self.digest[:4]} {self.digest[4:8]}" if self.digest else ""

    @property
    def dated_told(self) -> str:
        day: dt.date | None = self.dated
        return f"{day.year}年{day.month}月{day.day}日" if day else ""


class PassageKind(models.TextChoices):
    HEADING = "heading", "标题"
    PARAGRAPH = "paragraph", "段落"
    TABLE = "table", "表"
    CHART = "chart", "图"
    PHOTO = "photo", "照片"


class Passage(models.Model):
    """One piece of a report in its order: a heading, a paragraph, a table or chart made from the records, or a photo.

    `text` holds figures as tokens (reports.living.tokens). `source` names the generated piece that it came from; empty
    for what somebody added. `generated` is the text as it was last taken from the records, to tell what was edited.
    """

    report = models.ForeignKey(Report, models.CASCADE, related_name="passages", verbose_name="总结")
    order = models.PositiveIntegerField("次序")
    kind = models.CharField("种类", max_length=10, choices=PassageKind)
    level = models.PositiveSmallIntegerField("标题级别", default=0)
    is_appendix = models.BooleanField("附在文后", default=False)
    text = models.TextField("文字", blank=True)
    source = models.CharField("出处", max_length=300, blank=True)
    generated = models.TextField("生成的文字", blank=True)
    photo = models.ForeignKey(
        "attachments.Attachment", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="照片"
    )
    taken_from = models.ForeignKey(Report, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="取自")
    is_left_out = models.BooleanField("不写入", default=False)
    version = models.PositiveIntegerField("改动次数", default=0)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="最近改动人"
    )
    edited_at = models.DateTimeField("最近改动时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "总结段落"
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="heading") | Q(level__gte=1, level__lte=4),
                name="passage_heading_level",
                violation_error_message="标题的级别是 1 到 4",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=PassageKind.values), name="passage_kind", violation_error_message="段落没有这一种"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:30] or self.get_kind_display()

    @property
    def is_edited(self) -> bool:
        """Whether somebody wrote it, or changed what was generated."""
        return not self.source or self.text != self.generated


class PassageVersion(models.Model):
    """How a passage stood after somebody changed it. One person's changes within a few minutes are one version."""

    passage = models.ForeignKey(Passage, models.CASCADE, related_name="versions", verbose_name="段落")
    number = models.PositiveIntegerField("第几次")
    text = models.TextField("文字", blank=True)
    is_left_out = models.BooleanField("不写入", default=False)
    how = models.CharField("怎样改的", max_length=40)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="改动人"
    )
    at = models.DateTimeField("改动时间")

    class Meta:
        verbose_name = verbose_name_plural = "段落的旧稿"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["passage", "number"], name="passage_version", violation_error_message="这一次改动已经记下"
            )
        ]

    def __str__(self) -> str:
        return f"第{self.number}次：{self.text[:20]}"


class PointKind(models.TextChoices):
    """When a whole report is kept as it read."""

    BEGUN = "begun", "起草"
    RENEWED = "renewed", "按记录更新以前"
    HANDED_IN = "handed_in", "上报"
    RETURNED = "returned", "退回"
    ACCEPTED = "accepted", "采用"
    ISSUED = "issued", "印发"
    PUT_BACK = "put_back", "退回旧稿以前"


class ReportPoint(models.Model):
    """A whole report as it read at a point of its way, passage by passage, with the numbers of that moment.

    Passages have versions of their own; this tells what stood beside what, in which order, and what was left out.
    """

    report = models.ForeignKey(Report, models.CASCADE, related_name="points", verbose_name="总结")
    how = models.CharField("什么时候的", max_length=10, choices=PointKind)
    title = models.CharField("标题", max_length=200)
    signs = models.CharField("落款单位", max_length=120)
    dated = models.DateField("落款日期", null=True, blank=True)
    rows: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField("各段", default=list)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="谁"
    )
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "总结的旧稿"
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(how__in=PointKind.values), name="report_point_how", violation_error_message="旧稿没有这一种"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_how_display()} {self.at:%Y-%m-%d}"


class Writing(models.Model):
    """Who has a passage open just now; tells others, and stops nobody."""

    passage = models.ForeignKey(Passage, models.CASCADE, related_name="writers", verbose_name="段落")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="谁")
    at = models.DateTimeField("最近一次")

    class Meta:
        verbose_name = verbose_name_plural = "正在修改"
        constraints = [
            models.UniqueConstraint(
                fields=["passage", "by"], name="writing_once", violation_error_message="已经记下正在修改"
            )
        ]

    def __str__(self) -> str:
        return f"{self.by} {self.at:%H:%M}"


class FrozenFigure(models.Model):
    """A figure as it stood when the report was handed in or issued, with the records that it counted."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="figures", verbose_name="总结")
    order = models.PositiveIntegerField("次序")
    token = models.CharField("数据项", max_length=500, help_text="代号、范围、单位")
    label = models.CharField("名称", max_length=120)
    definition = models.TextField("口径", blank=True)
    text = models.CharField("写出的数", max_length=60)
    value = models.DecimalField("数值", max_digits=20, decimal_places=6)
    model = models.CharField("记录种类", max_length=80, blank=True)
    keys: models.JSONField[list[int], list[int]] = models.JSONField("记录编号", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "封存的数"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "token"], name="frozen_figure_once", violation_error_message="这个数已经封存"
            )
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.text}"


class FrozenRecord(models.Model):
    """A record as its columns read when a figure that counted it was frozen. Holds no personal numbers."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="records", verbose_name="总结")
    model = models.CharField("记录种类", max_length=80)
    key = models.BigIntegerField("记录编号")
    cells: models.JSONField[list[str], list[str]] = models.JSONField("各栏", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "封存的记录"
        ordering = ["model", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "model", "key"], name="frozen_record_once", violation_error_message="这条记录已经封存"
            )
        ]

    def __str__(self) -> str:
        return "　".join(cell for cell in self.cells if cell)[:60]


class IssuedFile(models.Model):
    """A report as a file, byte for byte as it was issued."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="files", verbose_name="总结")
    kind = models.CharField("格式", max_length=4)
    sha256 = models.CharField("摘要", max_length=64)
    bytes = models.BinaryField("内容")

    class Meta:
        verbose_name = verbose_name_plural = "印发的文件"
        ordering = ["kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "kind"], name="issued_file_once", violation_error_message="这种格式已经保存"
            )
        ]

    def __str__(self) -> str:
        return f"{self.report}.{self.kind}"
