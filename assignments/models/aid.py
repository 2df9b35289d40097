"""Aid between schools and from others: activities, and donations line by line."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from assignments.choices import ACTIVITY_KINDS, DonationKind
from assignments.models.care import quantity_number
from assignments.models.scope import DatedModel
from zhijiao.quantities import QuantityAttribute
from zhijiao.wordlists import WordListField

SCHOOL = "assignments.School"


class Activity(DatedModel):
    """送课下乡, 联片教研, 志愿服务 …: who went where, with how many, did what, and what came back."""

    code = models.CharField("活动编号", max_length=20, blank=True, help_text="本单位自编；捐赠明细用它对应到活动")
    kind = models.CharField("活动类型", max_length=40, help_text="、".join(ACTIVITY_KINDS))
    title = models.CharField("活动名称", max_length=100, blank=True)
    school = models.ForeignKey(
        SCHOOL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name="主办学校",
        help_text="局里主办留空",
    )
    organiser = models.CharField("组织者", max_length=60, blank=True, help_text="如 校团委、教师志愿者")
    partner_school = models.ForeignKey(
        SCHOOL, models.PROTECT, null=True, blank=True, related_name="activities_joined", verbose_name="合作学校"
    )
    receiving_school = models.ForeignKey(
        SCHOOL, models.PROTECT, null=True, blank=True, related_name="activities_received", verbose_name="受援学校"
    )
    receiving_party = models.CharField("其他受助单位", max_length=80, blank=True, help_text="不是学校的，如 社区")
    led_by = models.CharField("带队人", max_length=60, blank=True)
    people_number = quantity_number("参加人数")
    people_is_approximate = models.BooleanField(default=False)
    people_words = models.CharField(max_length=40, blank=True)
    beneficiary = models.CharField("受益对象", max_length=80, blank=True, help_text="如 初一学生1名")
    contents = WordListField("活动内容")
    subjects = WordListField("涉及学科")
    lessons = models.PositiveSmallIntegerField("节数", null=True, blank=True)
    prepared_days = models.PositiveSmallIntegerField("提前准备天数", null=True, blank=True)
    had_review = models.BooleanField("是否评课研讨", null=True, blank=True)
    guests = WordListField("出席领导和来宾")
    received = models.CharField("收到的回赠", max_length=40, blank=True, help_text="如 锦旗")
    received_number = quantity_number("回赠数量")
    received_is_approximate = models.BooleanField(default=False)
    received_words = models.CharField(max_length=40, blank=True)
    received_unit = models.CharField("回赠单位", max_length=8, blank=True)
    reported_by = models.CharField("报道媒体", max_length=60, blank=True)

    people = QuantityAttribute("people")
    received_quantity = QuantityAttribute("received")
    schools_concerned = ("school", "partner_school", "receiving_school")
    is_inspected = True

    class Meta(DatedModel.Meta):
        verbose_name = verbose_name_plural = "帮扶活动"
        ordering = ["start", "id"]
        constraints = [
            *DatedModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["county", "code"],
                condition=~Q(code=""),
                name="activity_code",
                violation_error_message="活动编号已经用过了",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.kind

    @property
    def recipient(self) -> str:
        return str(self.receiving_school) if self.receiving_school else self.receiving_party


class Donation(DatedModel):
    """One line of the donation ledger: cash, goods of one item, or works."""

    activity = models.ForeignKey(
        Activity, models.PROTECT, null=True, blank=True, related_name="donations", verbose_name="所属活动"
    )
    campaign = models.CharField("捐赠活动名称", max_length=60, blank=True, help_text="如 爱心传书")
    donor_school = models.ForeignKey(
        SCHOOL, models.PROTECT, null=True, blank=True, related_name="donations_given", verbose_name="捐赠学校"
    )
    donor = models.CharField("捐赠人（单位）", max_length=80, blank=True, help_text="学校里的组织，或不是学校的捐赠方")
    receiving_school = models.ForeignKey(
        SCHOOL, models.PROTECT, null=True, blank=True, related_name="donations_received", verbose_name="受赠学校"
    )
    receiving_party = models.CharField("其他受赠方", max_length=80, blank=True)
    kind = models.CharField("类别", max_length=8, choices=DonationKind, default=DonationKind.GOODS)
    item = models.CharField("名称", max_length=60, blank=True, help_text="资金可不填")
    quantity_number = quantity_number("数量")
    quantity_is_approximate = models.BooleanField(default=False)
    quantity_words = models.CharField(max_length=40, blank=True)
    unit = models.CharField("单位", max_length=8, blank=True)
    amount = models.DecimalField(
        "金额或估值（元）",
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="资金写金额，物资、工程写估值",
    )
    purpose = models.CharField("用途", max_length=100, blank=True)
    beneficiary = models.CharField("受益对象", max_length=80, blank=True)
    beneficiaries = models.PositiveIntegerField("受益人数", null=True, blank=True)
    handler = models.CharField("经办人", max_length=50, blank=True)

    quantity = QuantityAttribute("quantity")
    schools_concerned = ("donor_school", "receiving_school")
    is_inspected = True

    class Meta(DatedModel.Meta):
        verbose_name = verbose_name_plural = "捐赠"
        ordering = ["start", "id"]
        constraints = [
            *DatedModel.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(kind=DonationKind.CASH) | Q(amount__isnull=False),
                name="donation_cash",
                violation_error_message="资金捐赠要写金额",
            ),
            models.CheckConstraint(
                condition=Q(kind=DonationKind.CASH) | ~Q(item="") | Q(amount__isnull=False),
                name="donation_item",
                violation_error_message="物资或工程要写名称，或写估值",
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0),
                name="donation_amount",
                violation_error_message="金额不能是负数",
            ),
        ]

    def __str__(self) -> str:
        return self.item or self.get_kind_display()

    @property
    def recipient(self) -> str:
        return str(self.receiving_school) if self.receiving_school else self.receiving_party
