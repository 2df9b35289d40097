"""How the teachers are looked after: provision, difficulties, condolence visits."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from assignments.choices import PROVISION_ITEMS, DifficultyCategory
from assignments.models.scope import CountyModel, DatedModel, DatedQuerySet
from zhijiao.quantities import QuantityAttribute
from zhijiao.wordlists import WordListField

SCHOOL = "assignments.School"


def quantity_number(label: str) -> models.DecimalField:
    return models.DecimalField(label, max_digits=12, decimal_places=2, null=True, blank=True)


class Provision(CountyModel):
    """后勤保障: what a receiving school provides to its seconded teachers in a school year."""

    school_year = models.ForeignKey("assignments.SchoolYear", models.PROTECT, related_name="+", verbose_name="学年")
    school = models.ForeignKey(SCHOOL, models.PROTECT, related_name="provisions", verbose_name="受援学校")
    items = WordListField("保障项目", help_text="、".join(PROVISION_ITEMS))
    rooms = models.PositiveSmallIntegerField("宿舍间数", null=True, blank=True)
    insured = models.PositiveSmallIntegerField("投保人数", null=True, blank=True)
    spent = models.DecimalField("投入经费（元）", max_digits=12, decimal_places=2, null=True, blank=True)
    person_in_charge = models.CharField("负责人", max_length=50, blank=True)

    schools_concerned = ("school",)
    is_inspected = True

    class Meta:
        verbose_name = verbose_name_plural = "后勤保障"
        ordering = ["school"]
        constraints = [
            models.UniqueConstraint(
                fields=["school_year", "school"],
                name="provision_once",
                violation_error_message="这所学校这个学年的后勤保障已经有了",
            ),
            models.CheckConstraint(
                condition=Q(spent=None) | Q(spent__gte=0),
                name="provision_spent",
                violation_error_message="投入经费不能是负数",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school}：{'、'.join(self.items)}"


class DifficultyQuerySet(DatedQuerySet):
    def open(self) -> Self:
        return self.filter(resolved_on=None, resolution="")

    def resolved(self) -> Self:
        return self.exclude(resolved_on=None, resolution="")


class Difficulty(DatedModel):
    """困难诉求: what a teacher asked help with, who settled it, how and when."""

    teacher = models.ForeignKey(
        "assignments.Teacher", models.PROTECT, related_name="difficulties", verbose_name="提出人"
    )
    category = models.CharField("类别", max_length=10, choices=DifficultyCategory, default=DifficultyCategory.OTHER)
    text = models.TextField("困难内容")
    owner = models.CharField("承办单位（人）", max_length=60, blank=True)
    due_on = models.DateField("办理期限", null=True, blank=True)
    resolution = models.CharField("解决办法", max_length=300, blank=True)
    resolved_on = models.DateField("解决日期", null=True, blank=True)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    owner_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="承办账号"
    )

    objects: ClassVar[Any] = DifficultyQuerySet.as_manager()
    schools_concerned = (
        "teacher__school",
        "teacher__secondments__sending_school",
        "teacher__secondments__placements__receiving_school",
    )
    teachers_concerned = ("teacher",)
    is_inspected = True

    class Meta(DatedModel.Meta):
        verbose_name = verbose_name_plural = "困难诉求"
        ordering = ["-start", "id"]
        constraints = [
            *DatedModel.Meta.constraints,
            models.CheckConstraint(
                condition=Q(resolved_on=None) | Q(start=None) | Q(resolved_on__gte=F("start")),
                name="difficulty_resolved",
                violation_error_message="解决日期早于提出日期",
            ),
        ]

    def __str__(self) -> str:
        if self.category == DifficultyCategory.HEALTH:  # this name stands in the trail and in messages
            return f"{self.teacher}：健康方面的困难"
        return f"{self.teacher}：{self.text[:30]}"

    @property
    def is_resolved(self) -> bool:
        return bool(self.resolved_on or self.resolution)


class CondolenceVisit(DatedModel):
    """慰问: at which festival, with what, how many were visited."""

    occasion = models.CharField("慰问时机", max_length=40, help_text="如 教师节、中秋节、元旦")
    visiting_school = models.ForeignKey(
        SCHOOL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="visits_paid",
        verbose_name="慰问学校",
        help_text="局里慰问留空",
    )
    visited_school = models.ForeignKey(
        SCHOOL, models.PROTECT, null=True, blank=True, related_name="visits_received", verbose_name="被慰问教师所在学校"
    )
    visitors = models.CharField("慰问人", max_length=100, blank=True)
    gifts = models.CharField("慰问品", max_length=100, blank=True)
    amount = models.DecimalField("慰问金（元）", max_digits=10, decimal_places=2, null=True, blank=True)
    visited_number = quantity_number("慰问人数")
    visited_is_approximate = models.BooleanField(default=False)
    visited_words = models.CharField(max_length=40, blank=True)

    visited = QuantityAttribute("visited")
    schools_concerned = ("visiting_school", "visited_school")
    is_inspected = True

    class Meta(DatedModel.Meta):
        verbose_name = verbose_name_plural = "走访慰问"
        ordering = ["start", "id"]
        constraints = [
            *DatedModel.Meta.constraints,
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0),
                name="visit_amount",
                violation_error_message="慰问金不能是负数",
            ),
        ]

    def __str__(self) -> str:
        return self.occasion if self.occasion.endswith("慰问") else f"{self.occasion}慰问"
