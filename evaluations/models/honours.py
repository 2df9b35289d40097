"""荣誉 with issuer and document, and 典型事迹."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from assignments.models.scope import DatedModel
from evaluations.choices import HonourLevel

SCHOOL = "assignments.School"


class Honour(DatedModel):
    """An honour of a teacher, a school, or somebody else who supported the work."""

    teacher = models.ForeignKey(
        "assignments.Teacher", models.PROTECT, null=True, blank=True, related_name="honours", verbose_name="获奖教师"
    )
    school = models.ForeignKey(
        SCHOOL, models.PROTECT, null=True, blank=True, related_name="honours", verbose_name="获奖（所属）学校",
        help_text="学校获奖时填；教师或其他获奖者填所属学校",
    )  # fmt: skip
    recipient = models.CharField("其他获奖者", max_length=80, blank=True, help_text="不是教师和学校的，如 同学会")
    title = models.CharField("荣誉名称", max_length=100)
    level = models.CharField("级别", max_length=10, choices=HonourLevel, blank=True)
    issuer = models.CharField("授予单位", max_length=60, blank=True)
    document = models.CharField("文号", max_length=60, blank=True)

    schools_concerned = ("school", "teacher__school", "teacher__secondments__sending_school")
    teachers_concerned = ("teacher",)

    class Meta(DatedModel.Meta):
        verbose_name = verbose_name_plural = "荣誉"
        ordering = ["start", "id"]
        constraints = [
            *DatedModel.Meta.constraints,
            models.CheckConstraint(
                condition=Q(teacher__isnull=False) | Q(school__isnull=False) | ~Q(recipient=""),
                name="honour_recipient",
                violation_error_message="荣誉要写获奖教师、获奖学校或其他获奖者",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def recipient_name(self) -> str:
        return self.recipient or str(self.teacher or self.school)


class Deed(DatedModel):
    """典型事迹: a person, what they did, where it is told."""

    teacher = models.ForeignKey(
        "assignments.Teacher", models.PROTECT, null=True, blank=True, related_name="deeds", verbose_name="教师"
    )
    school = models.ForeignKey(
        SCHOOL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deeds",
        verbose_name="学校",
        help_text="集体事迹，或讲述的学校",
    )
    text = models.CharField("事迹", max_length=500)
    told_in = models.CharField("宣传载体", max_length=80, blank=True)

    schools_concerned = ("school", "teacher__school", "teacher__secondments__placements__receiving_school")
    teachers_concerned = ("teacher",)

    class Meta(DatedModel.Meta):
        verbose_name = verbose_name_plural = "典型事迹"
        ordering = ["start", "id"]
        constraints = [
            *DatedModel.Meta.constraints,
            models.CheckConstraint(
                condition=Q(teacher__isnull=False) | Q(school__isnull=False),
                name="deed_whose",
                violation_error_message="事迹要写教师或学校",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]
