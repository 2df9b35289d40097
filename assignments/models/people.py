"""Teachers, their backbone titles, and what a person may do: dated memberships."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from assignments.choices import (
    BACKBONE_TITLES,
    BUREAU_ROLES,
    ETHNICITY_CHOICES,
    SCHOOL_ROLES,
    SUBJECT_CHOICES,
    BackboneLevel,
    Education,
    Establishment,
    PoliticalStatus,
    Role,
    Sex,
    TeachingStage,
    Title,
)
from assignments.models.scope import Access, CountyModel, CountyQuerySet
from zhijiao.encryption import BlindIndexField, EncryptedField
from zhijiao.identity import mask_bank_card, mask_id_number, mask_phone


class TeacherQuerySet(CountyQuerySet):
    def working(self) -> Self:
        return self.filter(retired_on=None, merged_into=None)


class Teacher(CountyModel):
    """A teacher, with or without an account. The fields are those of the 支教申请表."""

    name = models.CharField("姓名", max_length=50)
    school = models.ForeignKey(
        "assignments.School", models.PROTECT, null=True, blank=True, related_name="teachers", verbose_name="所在学校"
    )
    id_number = EncryptedField("身份证号", blank=True)
    id_number_hash = BlindIndexField(of="id_number", db_index=True)
    sex = models.CharField("性别", max_length=1, choices=Sex, blank=True)
    birth_date = models.DateField("出生日期", null=True, blank=True)
    ethnicity = models.CharField("民族", max_length=2, choices=ETHNICITY_CHOICES, blank=True)
    native_place = models.CharField("籍贯", max_length=40, blank=True)
    political_status = models.CharField("政治面貌", max_length=2, choices=PoliticalStatus, blank=True)
    phone = models.CharField("手机号", max_length=11, blank=True)
    emergency_contact = models.CharField("紧急联系人", max_length=60, blank=True)
    employed_since = models.DateField("参加工作时间", null=True, blank=True)
    at_school_since = models.DateField("本校任教起始", null=True, blank=True)
    establishment = models.CharField("编制性质", max_length=10, choices=Establishment, blank=True)
    education = models.CharField("最高学历", max_length=2, choices=Education, blank=True)
    graduated_from = models.CharField("毕业院校", max_length=60, blank=True)
    major = models.CharField("所学专业", max_length=40, blank=True)
    certificate = models.CharField("教师资格", max_length=60, blank=True, help_text="种类与学科")
    mandarin_level = models.CharField("普通话等级", max_length=10, blank=True)
    title = models.CharField("职称", max_length=1, choices=Title, blank=True)
    title_since = models.DateField("职称聘任时间", null=True, blank=True)
    post_grade = models.CharField("岗位等级", max_length=20, blank=True)
    post = models.CharField("行政职务", max_length=40, blank=True)
    stage = models.CharField("学段", max_length=12, choices=TeachingStage, blank=True)
    subject = models.CharField("任教学科", max_length=20, choices=SUBJECT_CHOICES, blank=True)
    weekly_periods = models.DecimalField("周课时", max_digits=4, decimal_places=1, null=True, blank=True)
    is_class_head = models.BooleanField("是否班主任", null=True, blank=True)
    health = models.CharField("健康状况", max_length=40, blank=True)
    family = models.CharField("家庭情况", max_length=100, blank=True)
    bank = models.CharField("开户行", max_length=60, blank=True)
    bank_card = EncryptedField("银行卡号", blank=True)
    bank_card_hash = BlindIndexField(of="bank_card")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="teacher", verbose_name="账号"
    )
    retired_on = models.DateField("离岗日期", null=True, blank=True, help_text="调离、退休后只停用，不删除")
    initials = models.CharField("拼音首字母", max_length=50, blank=True, editable=False)
    pinyin = models.CharField("拼音", max_length=120, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name="并入", editable=False
    )

    objects: ClassVar[Any] = TeacherQuerySet.as_manager()
    schools_concerned = ("school", "secondments__sending_school", "secondments__placements__receiving_school")
    teachers_concerned = ("pk",)

    is_inspected = True

    class Meta:
        verbose_name = verbose_name_plural = "教师"
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["county", "name"])]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "id_number_hash"],
                condition=~Q(id_number_hash=""),
                name="teacher_id_number",
                violation_error_message="这个身份证号已经登记在另一位教师名下",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def masked_id_number(self) -> str:
        return mask_id_number(self.id_number) if self.id_number else ""

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone) if self.phone else ""

    @property
    def masked_bank_card(self) -> str:
        return mask_bank_card(self.bank_card) if self.bank_card else ""

    def age_on(self, day: dt.date) -> int | None:
        """Whole years; None where the birth date is not known."""
        if self.birth_date is None:
            return None
        return day.year - self.birth_date.year - ((day.month, day.day) < (self.birth_date.month, self.birth_date.day))

    def years_at_school_on(self, day: dt.date) -> int | None:
        if self.at_school_since is None:
            return None
        since = self.at_school_since
        return day.year - since.year - ((day.month, day.day) < (since.month, since.day))


class CorrectionRequest(CountyModel):
    """What a teacher found wrong in their own data, what would be right, and what became of it."""

    teacher = models.ForeignKey(Teacher, models.CASCADE, related_name="corrections", verbose_name="教师")
    field = models.CharField("哪一项", max_length=40)
    right_value = models.CharField("应为", max_length=200)
    reason = models.CharField("说明", max_length=300, blank=True)
    asked_at = models.DateTimeField("提出时间", default=timezone.now)
    is_done = models.BooleanField("已更正", null=True, blank=True)
    answer = models.CharField("答复", max_length=300, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理人"
    )
    answered_at = models.DateTimeField("办理时间", null=True, blank=True)

    schools_concerned = ("teacher__school",)
    teachers_concerned = ("teacher",)

    class Meta:
        verbose_name = verbose_name_plural = "更正申请"
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.teacher}：{self.field}"


class BackboneTitle(CountyModel):
    """特级教师, 学科带头人, 骨干教师 …: any that is valid makes its holder a backbone teacher."""

    teacher = models.ForeignKey(Teacher, models.CASCADE, related_name="backbone_titles", verbose_name="教师")
    title = models.CharField("骨干称号", max_length=20, help_text="、".join(BACKBONE_TITLES))
    level = models.CharField("级别", max_length=10, choices=BackboneLevel, default=BackboneLevel.COUNTY)
    year = models.PositiveSmallIntegerField("获得年份", null=True, blank=True)
    valid_until = models.PositiveSmallIntegerField("有效至（年）", null=True, blank=True)
    document = models.CharField("文号", max_length=60, blank=True)

    schools_concerned = ("teacher__school",)
    teachers_concerned = ("teacher",)

    is_inspected = True

    class Meta:
        verbose_name = verbose_name_plural = "骨干称号"
        ordering = ["-year", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["teacher", "title", "level"],
                name="backbone_title",
                violation_error_message="这位教师已有这个称号",
            ),
            models.CheckConstraint(
                condition=Q(year=None) | Q(valid_until=None) | Q(valid_until__gte=models.F("year")),
                name="backbone_title_years",
                violation_error_message="有效年份早于获得年份",
            ),
        ]

    def is_valid_in(self, year: int) -> bool:
        """Whether it holds in that calendar year; without years it holds until somebody says otherwise."""
        return (self.year is None or self.year <= year) and (self.valid_until is None or self.valid_until >= year)

    def __str__(self) -> str:
        return f"{self.get_level_display()}{self.title}"


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self, day: dt.date | None = None) -> Self:
        day = day or timezone.localdate()
        return self.filter(Q(start=None) | Q(start__lte=day), Q(end=None) | Q(end__gte=day), is_waiting=False)

    def visible_to(self, user: Any) -> Self:
        """One's own roles, those in the districts of one's bureau, and those at one's school."""
        access = Access.of(user)
        if access.everything:
            return self
        within = access.districts
        in_county = Q(district__in=within) | Q(school__county__in=within) | Q(teacher__county__in=within)
        at_school = Q(school__in=access.schools) | Q(teacher__school__in=access.schools)
        return self.filter(Q(user_id=user.pk) | in_county | at_school)


class Membership(models.Model):
    """A role of a person at a school or in a district, from a day to a day, granted by somebody."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", verbose_name="账号")
    role = models.CharField("角色", max_length=16, choices=Role)
    district = models.ForeignKey(
        "assignments.District", models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name="区划"
    )
    school = models.ForeignKey(
        "assignments.School", models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name="学校"
    )
    teacher = models.ForeignKey(
        Teacher, models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name="教师"
    )
    start = models.DateField("开始", null=True, blank=True)
    end = models.DateField("结束", null=True, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="授权人"
    )
    deputy_for = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="deputies", verbose_name="代理"
    )
    duty = models.CharField("职务", max_length=40, blank=True, help_text="如 人事股 支教专干")
    is_waiting = models.BooleanField(
        "待第二人确认", default=False, help_text="局里的角色由另一位管理员或局领导确认后生效"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认人"
    )

    objects: ClassVar[Any] = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(role__in=[str(role) for role in BUREAU_ROLES], district__isnull=False, school=None, teacher=None)
                    | Q(
                        role__in=[str(role) for role in SCHOOL_ROLES], school__isnull=False, district=None, teacher=None
                    )
                    | Q(role=str(Role.TEACHER), teacher__isnull=False, district=None)
                ),
                name="membership_place",
                violation_error_message="局里的角色要写区划，学校的角色要写学校，教师角色要写教师",
            ),
            models.CheckConstraint(
                condition=Q(start=None) | Q(end=None) | Q(end__gte=models.F("start")),
                name="membership_dates",
                violation_error_message="任职的结束日期早于开始日期",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()}"

    @property
    def county(self) -> Any:
        """Where the role stands; the district itself of a role at a bureau."""
        place = self.school or self.teacher
        return self.district or (place and place.county)

    @property
    def place(self) -> Any:
        return self.school or self.district or (self.teacher and self.teacher.school)
