"""How the work is led: groups, documents, meetings, training, incentives; and what is still to do."""

from __future__ import annotations

from django.db import models

from assignments.choices import MEETING_KINDS, TRAINING_KINDS
from assignments.models.care import quantity_number
from assignments.models.scope import CountyModel, DatedModel, unique_with_blanks
from zhijiao.quantities import QuantityAttribute
from zhijiao.wordlists import WordListField

SCHOOL = "assignments.School"


class LeadingGroup(DatedModel):
    """The group that leads the work at the bureau (no school) or at a school, and what it made sure of."""

    school = models.ForeignKey(
        SCHOOL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leading_groups",
        verbose_name="学校",
        help_text="局里的留空",
    )
    name = models.CharField("领导小组名称", max_length=60, blank=True)
    head = models.CharField("组长", max_length=60, blank=True)
    members = WordListField("成员")
    offices_named = models.BooleanField("是否明确责任科室", null=True, blank=True)
    offices = WordListField("责任科室")
    in_place = WordListField("落实事项", help_text="如 领导、教师、经费（三落实）")
    priorities = WordListField("选派侧重", help_text="如 学校重点学科、骨干教师（两侧重）")

    schools_concerned = ("school",)

    class Meta(DatedModel.Meta):
        verbose_name = verbose_name_plural = "组织领导"
        ordering = ["start", "id"]
        constraints = [
            *DatedModel.Meta.constraints,
            unique_with_blanks(
                "county",
                "school",
                "school_year",
                "start",
                "name",
                name="leading_group_once",
                message="这个领导小组这一年已经有了",
                blank=("school", "school_year", "start"),
            ),
        ]

    def __str__(self) -> str:
        return self.name or "组织领导"


class PolicyDocument(DatedModel):
    """A document that the year's work rests on, or that was issued for it."""

    title = models.CharField("文件名称", max_length=120)
    number = models.CharField("文号", max_length=60, blank=True)
    issuer = models.CharField("发文单位", max_length=60, blank=True)
    school = models.ForeignKey(
        SCHOOL, models.PROTECT, null=True, blank=True, related_name="policy_documents", verbose_name="登记学校",
        help_text="局里登记的留空",
    )  # fmt: skip

    schools_concerned = ("school",)

    class Meta(DatedModel.Meta):
        verbose_name = verbose_name_plural = "政策文件"
        ordering = ["start", "id"]

    def __str__(self) -> str:
        return f"《{self.title}》"


class Meeting(DatedModel):
    """A meeting, who was there, and what it resolved."""

    kind = models.CharField("会议名称", max_length=40, help_text="、".join(MEETING_KINDS))
    school = models.ForeignKey(
        SCHOOL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="meetings",
        verbose_name="召开学校",
        help_text="局里召开的留空",
    )
    chair = models.CharField("主持人", max_length=50, blank=True)
    topic = models.CharField("会议主题", max_length=200, blank=True)
    attendees = WordListField("参加人员")
    people_number = quantity_number("参加人数")
    people_is_approximate = models.BooleanField(default=False)
    people_words = models.CharField(max_length=40, blank=True)
    resolution = models.CharField("议定事项", max_length=300, blank=True)

    people = QuantityAttribute("people")
    schools_concerned = ("school",)

    class Meta(DatedModel.Meta):
        verbose_name = verbose_name_plural = "会议"
        ordering = ["start", "id"]

    def __str__(self) -> str:
        return self.kind


class Training(DatedModel):
    """A talk or a course, once or as a series of sessions."""

    kind = models.CharField("培训形式", max_length=40, help_text="、".join(TRAINING_KINDS))
    topic = models.CharField("培训主题", max_length=120, blank=True)
    school = models.ForeignKey(
        SCHOOL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="trainings",
        verbose_name="举办学校",
        help_text="局里举办的留空",
    )
    speaker = models.CharField("主讲人", max_length=60, blank=True)
    audience = models.CharField("参加对象", max_length=60, blank=True)
    people_number = quantity_number("参加人数")
    people_is_approximate = models.BooleanField(default=False)
    people_words = models.CharField(max_length=40, blank=True)
    frequency = models.CharField("频次", max_length=20, blank=True, help_text="如 每周")
    sessions = models.PositiveSmallIntegerField("次数", default=1)

    people = QuantityAttribute("people")
    schools_concerned = ("school",)

    class Meta(DatedModel.Meta):
        verbose_name = verbose_name_plural = "培训"
        ordering = ["start", "id"]

    def __str__(self) -> str:
        return self.topic or self.kind


class Incentive(CountyModel):
    """What somebody who goes is given for it, such as 优先晋升职称."""

    school_year = models.ForeignKey("assignments.SchoolYear", models.PROTECT, related_name="+", verbose_name="学年")
    school = models.ForeignKey(
        SCHOOL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="incentives",
        verbose_name="学校",
        help_text="全县的留空",
    )
    measure = models.CharField("激励措施", max_length=100)
    basis = models.CharField("依据", max_length=100, blank=True)

    schools_concerned = ("school",)

    class Meta:
        verbose_name = verbose_name_plural = "激励措施"
        constraints = [
            unique_with_blanks(
                "county",
                "school_year",
                "school",
                "measure",
                name="incentive_once",
                message="这项激励措施已经有了",
                blank=("school",),
            )
        ]

    def __str__(self) -> str:
        return self.measure


class OutlookItem(CountyModel):
    """A problem that remains, or what is to be done next, in a sentence of its own."""

    class Kind(models.TextChoices):
        PROBLEM = "problem", "存在问题"
        NEXT = "next", "下一步打算"

    school_year = models.ForeignKey("assignments.SchoolYear", models.PROTECT, related_name="+", verbose_name="学年")
    school = models.ForeignKey(
        SCHOOL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="outlook",
        verbose_name="学校",
        help_text="局里的留空",
    )
    kind = models.CharField("类别", max_length=8, choices=Kind)
    text = models.CharField("内容", max_length=300)
    measure = models.CharField("措施", max_length=300, blank=True)

    schools_concerned = ("school",)

    class Meta:
        verbose_name = verbose_name_plural = "问题与打算"
        ordering = ["kind", "id"]
        constraints = [
            unique_with_blanks(
                "county",
                "school_year",
                "school",
                "kind",
                "text",
                name="outlook_once",
                message="这一条已经有了",
                blank=("school",),
            )
        ]

    def __str__(self) -> str:
        return self.text
