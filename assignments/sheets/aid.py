"""帮扶活动 and 捐赠明细."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assignments.choices import DONATION_ALIASES, SUBJECT_ALIASES, SUBJECTS, DonationKind
from assignments.models import Activity, Donation
from assignments.sheets.columns import (
    ACTIVITIES as ACTIVITY_SHEET,
)
from assignments.sheets.columns import (
    of_events,
    quantity_column,
    school_column,
    school_year_column,
    text,
    when_column,
)
from zhijiao.workbook.description import Column, Problem, RowValues, Sheet
from zhijiao.workbook.kinds import Amount, Choice, OneOf, Reference, Whole, Words, YesNo


class Subjects(Words):
    """Subjects of the list, under any of the names they go by."""

    def __init__(self) -> None:
        super().__init__()
        self.allowed = OneOf(SUBJECTS, SUBJECT_ALIASES)


def _check_donation(values: RowValues) -> Iterable[Problem]:
    if values.get("kind") == DonationKind.CASH and values.get("amount") is None:
        yield Problem("资金捐赠要写金额", "amount")
    if values.get("kind") != DonationKind.CASH and not values.get("item") and values.get("amount") is None:
        yield Problem("物资或工程要写名称，或写估值", "item")


def _names(activity: Activity) -> list[str]:
    return [activity.code] if activity.code else []


def _prepare_donation(donation: Donation, values: RowValues, context: Any) -> None:
    """A line that belongs to an activity takes from it what is not said again."""
    activity = donation.activity
    if activity is None:
        return

    def silent(*names: str) -> bool:
        """Neither the row says it nor, where the row has no such column, the record."""
        return not any(values[name] if name in values else getattr(donation, name) for name in names)

    if silent("when"):
        donation.when = activity.when
        if silent("school_year"):
            donation.school_year = activity.school_year
    if silent("receiving_school", "receiving_party"):
        donation.receiving_school, donation.receiving_party = activity.receiving_school, activity.receiving_party
    if silent("donor_school", "donor"):
        donation.donor_school, donation.donor = activity.school, activity.organiser


ACTIVITIES = Sheet(
    name=ACTIVITY_SHEET,
    model=Activity,
    help="送课下乡、联片教研、手拉手、志愿服务、学生资助等，一次一行。活动中捐了东西的，写上编号，东西写在“捐赠明细”。",
    key=("kind", "when", "school", "receiving_school", "receiving_party", "title", "organiser"),
    stronger_keys=(("code",),),
    names=_names,
    export=of_events,
    select=("school", "partner_school", "receiving_school", "school_year"),
    columns=(
        text("活动编号", "code", 20, sample="HD01", help="自己编，不重复；没有捐赠明细的可以不写"),
        text(
            "活动类型",
            "kind",
            40,
            required=True,
            sample="送课下乡",
            help="送课下乡、联片教研、手拉手共建、志愿服务、学生资助等",
        ),
        text("活动名称", "title", 100, help="有专门名称的写"),
        when_column("活动日期", "2023年11月8日"),
        school_year_column(),
        school_column("主办学校", help="局里主办的留空", sample="县直第二初中"),
        text("组织者", "organiser", 60, help="如 校团委、教师志愿者"),
        school_column("合作学校", "partner_school"),
        school_column("受援学校", "receiving_school", sample="张河中学"),
        text("其他受助单位", "receiving_party", 80, help="不是学校的，如 铁塔社区"),
        text("带队人", "led_by", 60, help="如 校长、书记"),
        quantity_column("参加人数", "people", sample=3, help="可写约数，如 十余"),
        text("受益对象", "beneficiary", 80, help="如 初一学生1名；不写孩子的姓名"),
        Column("活动内容", "contents", Words(), help="如 座谈交流、进班听课"),
        Column("涉及学科", "subjects", Subjects(), sample="语文、数学、英语", help="用“、”隔开"),
        Column("节数", "lessons", Whole(0, 999), sample=3),
        Column("提前准备天数", "prepared_days", Whole(0, 365), sample=7),
        Column("是否评课研讨", "had_review", YesNo(), sample="是"),
        Column("出席领导和来宾", "guests", Words(), help="如 县教体局领导、教研室领导"),
        text("收到的回赠", "received", 40, help="如 锦旗"),
        quantity_column("回赠数量", "received_quantity"),
        text("回赠单位", "received_unit", 8, help="如 面"),
        text("报道媒体", "reported_by", 60),
    ),
)

DONATIONS = Sheet(
    name="捐赠明细",
    model=Donation,
    help="捐赠台账，一样东西一行；钱也是一行。",
    key=(
        "when",
        "activity",
        "campaign",
        "donor_school",
        "donor",
        "receiving_school",
        "receiving_party",
        "kind",
        "item",
        "purpose",
        "beneficiary",
    ),
    check=_check_donation,
    prepare=_prepare_donation,
    derived=("when", "school_year", "receiving_school", "receiving_party", "donor_school", "donor"),
    export=of_events,
    select=("activity", "donor_school", "receiving_school", "school_year"),
    columns=(
        Column("活动编号", "activity", Reference(ACTIVITY_SHEET), help="属于某次活动的写“帮扶活动”里的编号", sample=""),
        when_column("捐赠日期", "2024年3月5日"),
        school_year_column(),
        text("捐赠活动名称", "campaign", 60, sample="爱心传书"),
        school_column("捐赠学校", "donor_school", sample="县直第二初中"),
        text("捐赠人（单位）", "donor", 80, sample="校团委", help="学校里的组织，或不是学校的捐赠方"),
        school_column("受赠学校", "receiving_school", sample="张河中学"),
        text("其他受赠方", "receiving_party", 80),
        Column("类别", "kind", Choice(DonationKind, DONATION_ALIASES), default=DonationKind.GOODS, sample="物资"),
        text("名称", "item", 60, sample="工具书", help="资金可以不写"),
        quantity_column("数量", "quantity", sample=212),
        text("单位", "unit", 8, sample="册"),
        Column("金额或估值（元）", "amount", Amount(), help="资金写金额，物资和工程写估值"),
        text("用途", "purpose", 100),
        text("受益对象", "beneficiary", 80),
        Column("受益人数", "beneficiaries", Whole(0, 99999)),
        text("经办人", "handler", 50),
    ),
)
