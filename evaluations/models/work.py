"""专项档案 and what teachers did: records by count or one by one, lessons, lectures, mentorships."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from assignments.choices import SUBJECT_CHOICES
from assignments.models.care import quantity_number
from assignments.models.scope import DatedModel
from evaluations.choices import RECORD_UNITS, LessonKind, StepKind
from zhijiao.quantities import QuantityAttribute

SECONDMENT = "assignments.Secondment"
SCHOOL = "assignments.School"
SECONDMENT_SCHOOLS = ("secondment__sending_school", "secondment__placements__receiving_school")


class ConfirmedModel(DatedModel):
    """Work that a teacher, or the school for them, records, and that the receiving school confirms."""

    confirmed_on = models.DateField("确认日期", null=True, blank=True)
    confirmed_by = models.CharField("确认人", max_length=50, blank=True)
    return_reason = models.CharField("退回原因", max_length=200, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )

    is_inspected = True

    class Meta(DatedModel.Meta):
        abstract = True


class WorkRecord(ConfirmedModel):
    """So many lesson plans, notes, test analyses … of one teacher's 专项档案; or one of them, with its title."""

    secondment = models.ForeignKey(SECONDMENT, models.CASCADE, related_name="work_records", verbose_name="派遣")
    category = models.CharField("档案类别", max_length=20, help_text="、".join(list(RECORD_UNITS)[:12]))
    number = models.PositiveIntegerField("数量", default=1, validators=[MinValueValidator(1)])
    title = models.CharField("题目", max_length=100, blank=True)
    text = models.TextField("内容", max_length=3000, blank=True)

    schools_concerned = SECONDMENT_SCHOOLS
    teachers_concerned = ("secondment__teacher",)

    class Meta(DatedModel.Meta):
        verbose_name = verbose_name_plural = "专项档案"
        ordering = ["secondment", "id"]
        constraints = [
            *DatedModel.Meta.constraints,
            models.CheckConstraint(
                condition=Q(number__gte=1), name="work_record_number", violation_error_message="数量至少是 1"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category}{self.number}{self.unit}"

    @property
    def unit(self) -> str:
        return RECORD_UNITS.get(self.category, "份")


class Lesson(ConfirmedModel):
    """Lessons given openly, or observed, by a seconded teacher; several of a kind may stand in one row."""

    secondment = models.ForeignKey(SECONDMENT, models.CASCADE, related_name="lessons", verbose_name="派遣")
    kind = models.CharField("课型", max_length=16, choices=LessonKind)
    number = models.PositiveIntegerField("节数", default=1, validators=[MinValueValidator(1)])
    school = models.ForeignKey(
        SCHOOL, models.PROTECT, null=True, blank=True, related_name="lessons", verbose_name="上课学校"
    )
    subject = models.CharField("学科", max_length=20, choices=SUBJECT_CHOICES, blank=True)
    topic = models.CharField("课题", max_length=100, blank=True)
    class_name = models.CharField("班级", max_length=40, blank=True)
    taught_by = models.CharField("授课教师", max_length=50, blank=True, help_text="听课时填")
    audience = models.PositiveIntegerField("听课人数", null=True, blank=True)
    score = models.DecimalField(
        "评分",
        max_digits=5,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    organiser = models.CharField("主办单位", max_length=60, blank=True)

    schools_concerned = SECONDMENT_SCHOOLS
    teachers_concerned = ("secondment__teacher",)

    class Meta(DatedModel.Meta):
        verbose_name = verbose_name_plural = "课例"
        ordering = ["start", "id"]
        constraints = [
            *DatedModel.Meta.constraints,
            models.CheckConstraint(
                condition=Q(number__gte=1), name="lesson_number", violation_error_message="节数至少是 1"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}{self.number}节"


class Lecture(ConfirmedModel):
    """One lecture of a seconded teacher."""

    secondment = models.ForeignKey(SECONDMENT, models.CASCADE, related_name="lectures", verbose_name="派遣")
    title = models.CharField("讲座题目", max_length=100)
    place = models.CharField("地点", max_length=60, blank=True)
    hours = models.DecimalField("时长（小时）", max_digits=4, decimal_places=1, null=True, blank=True)
    people_number = quantity_number("参加人数")
    people_is_approximate = models.BooleanField(default=False)
    people_words = models.CharField(max_length=40, blank=True)

    people = QuantityAttribute("people")
    schools_concerned = SECONDMENT_SCHOOLS
    teachers_concerned = ("secondment__teacher",)

    class Meta(DatedModel.Meta):
        verbose_name = verbose_name_plural = "讲座"
        ordering = ["start", "id"]

    def __str__(self) -> str:
        return self.title


class Mentorship(ConfirmedModel):
    """师徒结对: a seconded teacher and one apprentice."""

    secondment = models.ForeignKey(SECONDMENT, models.CASCADE, related_name="mentorships", verbose_name="师傅的派遣")
    apprentice = models.ForeignKey(
        "assignments.Teacher", models.PROTECT, related_name="apprenticeships", verbose_name="徒弟"
    )
    subject = models.CharField("学科", max_length=20, choices=SUBJECT_CHOICES, blank=True)
    goal = models.CharField("培养目标", max_length=200, blank=True)
    agreement_signed_on = models.DateField("协议签订日期", null=True, blank=True)
    outcome = models.CharField("成果", max_length=200, blank=True)

    schools_concerned = SECONDMENT_SCHOOLS
    teachers_concerned = ("secondment__teacher", "apprentice")

    class Meta(DatedModel.Meta):
        verbose_name = verbose_name_plural = "师徒结对"
        ordering = ["secondment", "id"]
        constraints = [
            *DatedModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["secondment", "apprentice"], name="mentorship_once", violation_error_message="这对师徒已经登记"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.secondment.teacher}—{self.apprentice}"


class MentorshipStep(DatedModel):
    """One step on the way: the apprentice guided, observed, or showing a lesson."""

    mentorship = models.ForeignKey(Mentorship, models.CASCADE, related_name="steps", verbose_name="师徒结对")
    kind = models.CharField("类别", max_length=10, choices=StepKind, default=StepKind.GUIDED)
    text = models.CharField("内容", max_length=300)

    schools_concerned = (
        "mentorship__secondment__sending_school",
        "mentorship__secondment__placements__receiving_school",
    )
    teachers_concerned = ("mentorship__secondment__teacher", "mentorship__apprentice")

    is_inspected = True

    class Meta(DatedModel.Meta):
        verbose_name = verbose_name_plural = "师徒结对步骤"
        ordering = ["mentorship", "start", "id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.text[:30]}"
