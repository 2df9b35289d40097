"""Figures of 帮扶活动与捐赠."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet

from assignments.choices import DonationKind
from assignments.models import Activity, Donation
from reports.figures.asked import Asked
from reports.figures.registry import Reckoned, define

DELIVERY = Q(kind__contains="送课") | Q(kind__contains="送教")
VOLUNTEERS = Q(kind__contains="志愿")


def activities(asked: Asked) -> QuerySet[Any]:
    return asked.events(Activity)


def donations(asked: Asked) -> QuerySet[Any]:
    return asked.events(Donation)


def _deliveries(asked: Asked) -> QuerySet[Any]:
    return activities(asked).filter(DELIVERY)


_subjects = Reckoned(
    lambda asked: [(_deliveries(asked), "subjects", Count("pk"))],
    lambda parts: len({subject for listed, _ in parts[0] for subject in listed}),
)


define(
    "activities",
    "帮扶活动",
    "次",
    "时段内的各类帮扶活动。",
    rows=activities,
    by={"kind": "kind", "to": "receiving_school__name"},
)
define(
    "activity_people",
    "参加活动",
    "人次",
    "参加帮扶活动的人次。",
    rows=lambda asked: activities(asked).exclude(people_number=None),
    total="people_number",
    by={"kind": "kind"},
)
define("lesson_deliveries", "送课下乡", "次", "送课、送教下乡活动。", rows=_deliveries)
define(
    "lessons_delivered",
    "送课",
    "节",
    "送课下乡所上的课。",
    rows=lambda asked: _deliveries(asked).exclude(lessons=None),
    total="lessons",
)
define("subjects_delivered", "送课学科", "个", "送课下乡涉及的不同学科。", rows=_deliveries, given=_subjects)
define(
    "volunteer_activities", "志愿服务", "次", "志愿服务活动。", rows=lambda asked: activities(asked).filter(VOLUNTEERS)
)
define(
    "volunteers",
    "志愿者",
    "人次",
    "参加志愿服务的人次。",
    rows=lambda asked: activities(asked).filter(VOLUNTEERS).exclude(people_number=None),
    total="people_number",
)
define(
    "keepsakes",
    "收到回赠",
    "件",
    "活动中收到的锦旗等。",
    rows=lambda asked: activities(asked).exclude(received="").exclude(received_number=None),
    total="received_number",
    by={"what": "received", "unit": "received_unit"},
)
define("donations", "捐赠", "笔", "捐赠台账的笔数。", rows=donations, by={"kind": "kind"})
define(
    "cash",
    "捐款",
    "元",
    "捐赠资金合计。",
    rows=lambda asked: donations(asked).filter(kind=DonationKind.CASH),
    total="amount",
    by={"to": "receiving_school__name"},
)
define(
    "goods_worth",
    "捐赠物资折价",
    "元",
    "捐赠物资和工程的估值合计；没有估值的不计。",
    rows=lambda asked: donations(asked).exclude(kind=DonationKind.CASH).exclude(amount=None),
    total="amount",
)
define(
    "goods",
    "捐赠物资",
    "项",
    "捐赠的物资，按登记项数计。",
    rows=lambda asked: donations(asked).filter(kind=DonationKind.GOODS),
    by={"item": "item"},
)
define(
    "donated_quantity",
    "捐赠数量",
    "",
    "同一计量单位的捐赠物资数量合计。",
    rows=lambda asked: donations(asked).exclude(kind=DonationKind.CASH).exclude(quantity_number=None),
    total="quantity_number",
    by={"item": "item", "unit": "unit", "campaign": "campaign"},
)
define("works", "捐建工程", "项", "捐建的工程。", rows=lambda asked: donations(asked).filter(kind=DonationKind.WORKS))
define(
    "beneficiaries",
    "受益人数",
    "人",
    "捐赠登记的受益人数。",
    rows=lambda asked: donations(asked).exclude(beneficiaries=None),
    total="beneficiaries",
)
