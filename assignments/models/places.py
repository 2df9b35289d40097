"""Districts and schools."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length

from assignments.choices import DistrictLevel, Location, SchoolStage
from assignments.models.scope import Access, CountyModel, CountyQuerySet
from zhijiao.identity import check_phone, check_school_code
from zhijiao.wordlists import WordListField

models.CharField.register_lookup(Length)


class DistrictQuerySet(models.QuerySet["District"]):
    def counties(self) -> Self:
        return self.filter(level=DistrictLevel.COUNTY)

    def visible_to(self, user: Any) -> Self:
        access = Access.of(user)
        if access.everything:
            return self
        own = School._default_manager.filter(pk__in=access.schools).values("county")
        return self.filter(Q(pk__in=access.districts) | Q(pk__in=own))


class District(models.Model):
    """A province, prefecture, county or township. The county is the one whose bureau runs the secondments."""

    name = models.CharField("名称", max_length=60)
    code = models.CharField("区划代码", max_length=12, blank=True, help_text="GB/T 2260，县级 6 位，乡镇 12 位")
    level = models.CharField("级别", max_length=12, choices=DistrictLevel, default=DistrictLevel.COUNTY)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    bureau = models.CharField("主管部门", max_length=60, blank=True, help_text="如 青岚县教育局；用于落款")
    red_head = models.CharField(
        "发文机关标志", max_length=40, blank=True, help_text="如 青岚县教育局文件；印在有文号的文件上方，不填时不套红"
    )

    objects: ClassVar[Any] = DistrictQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "行政区划"
        ordering = ["code", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=~Q(code=""), name="district_code", violation_error_message="区划代码已经有了"
            ),
            models.UniqueConstraint(
                fields=["parent", "name"], name="district_name", violation_error_message="同一上级下已有这个名称的区划"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def bureau_name(self) -> str:
        """Who signs: the bureau as it calls itself, else the county's name with 教育局; 县教育局 where that is not known."""
        if self.bureau or self.name != settings.COUNTY_NAME:
            return self.bureau or f"{self.name}教育局"
        return f"{self.name.removeprefix('本')}教育局"


class SchoolQuerySet(CountyQuerySet):
    def choosable_by(self, user: Any) -> Self:
        """The schools a person may name in a form: those of their county. A list of names is no secret."""
        access = Access.of(user)
        rows = self.filter(merged_into=None, closed_on=None)
        return rows if access.everything else rows.filter(county__in=access.counties)

    def with_those_below(self, school: School) -> Self:
        """A centre school and the village schools and teaching points below it; otherwise the school alone."""
        return self.filter(Q(pk=school.pk) | Q(centre_school=school))


def school_code_is_valid(code: str) -> None:
    check_school_code(code)


class School(CountyModel):
    """A school. Whether it sends or receives is a relation to a secondment, never a kind of school."""

    name = models.CharField("学校名称", max_length=80)
    aliases = WordListField("其他名称")
    code = models.CharField("学校标识码", max_length=10, blank=True, validators=[school_code_is_valid])
    township = models.CharField("乡镇（街道）", max_length=40, blank=True)
    stage = models.CharField("学段", max_length=16, choices=SchoolStage, blank=True)
    location = models.CharField("城乡分类", max_length=8, choices=Location, blank=True)
    is_centre_school = models.BooleanField("是否中心校", default=False)
    centre_school = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="below", verbose_name="所属中心校"
    )
    is_outside_county = models.BooleanField("是否县外", default=False)
    region = models.CharField("所在地区", max_length=60, blank=True, help_text="县外学校写所在的市、县")
    is_focus = models.BooleanField("是否重点帮扶", default=False)
    allowance_class = models.CharField("补助类别", max_length=20, blank=True, help_text="发放乡村教师补助时的学校类别")
    address = models.CharField("地址", max_length=120, blank=True)
    principal = models.CharField("校长", max_length=50, blank=True)
    contact = models.CharField("联系人", max_length=50, blank=True)
    phone = models.CharField("联系电话", max_length=20, blank=True)
    initials = models.CharField("拼音首字母", max_length=80, blank=True, editable=False)
    closed_on = models.DateField("停用日期", null=True, blank=True, help_text="撤并的学校只停用，不删除")
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name="并入", editable=False
    )

    objects: ClassVar[Any] = SchoolQuerySet.as_manager()
    schools_concerned = ("pk",)

    class Meta:
        verbose_name = verbose_name_plural = "学校"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "name"], name="school_name", violation_error_message="这个县已有同名学校"
            ),
            models.UniqueConstraint(
                fields=["code"],
                condition=~Q(code=""),
                name="school_code",
                violation_error_message="学校标识码已被另一所学校使用",
            ),
            models.CheckConstraint(
                condition=Q(centre_school=None) | ~Q(centre_school=models.F("id")),
                name="school_not_below_itself",
                violation_error_message="所属中心校不能是学校自己",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.phone.startswith("1"):
            check_phone(self.phone)
