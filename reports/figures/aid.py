"""Figures of 帮扶活动与捐赠."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Count, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from assignments.choices import DonationKind
from assignments.models import Activity, Donation
from reports.figures.asked import Asked
from reports.figures.registry import Reckoned, define

GIVEN, RECEIVED = "given", "received"
WAYS = {"way": "t_way"}
BOOKS = ("册", "本")
DELIVERY = Q(kind__contains="送课") | Q(kind__contains="送教")
VOLUNTEERS = Q(kind__contains="志愿")


def activities(asked: Asked) -> QuerySet[Any]:
    return asked.events(Activity).annotate(t_recipient=Coalesce("receiving_school__name", "receiving_party"))


def donations(asked: Asked) -> QuerySet[Any]:
    """With who was given to, by name, and whether it was given away or received by the school that is told of."""
    rows = asked.events(Donation).annotate(
        t_giver=Coalesce("donor_school", "activity__school"),
        t_recipient=Coalesce("receiving_school__name", "receiving_party"),
    )
    to_us, by_us = (Q(**{f"{path}__in": asked.viewpoint.schools}) for path in ("receiving_school", "t_giver"))
    came = When(to_us & (Q(t_giver=None) | ~by_us), then=Value(RECEIVED))
    return rows.annotate(t_way=Value(GIVEN) if asked.viewpoint.is_county else Case(came, default=Value(GIVEN)))


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
    only={"recipient": "t_recipient"},
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
    only={**WAYS, "recipient": "t_recipient"},
)
define(
    "goods_worth",
    "捐赠物资折价",
    "元",
    "捐赠物资和工程的估值合计；没有估值的不计。",
    rows=lambda asked: donations(asked).exclude(kind=DonationKind.CASH).exclude(amount=None),
    total="amount",
    only={**WAYS, "kind": "kind"},
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
    only=WAYS,
)
define(
    "books",
    "捐赠图书",
    "册",
    "以册、本计的捐赠物资合计。",
    rows=lambda asked: donations(asked).filter(unit__in=BOOKS).exclude(quantity_number=None),
    total="quantity_number",
    by={"item": "item"},
    only=WAYS,
)
define(
    "works",
    "捐建工程",
    "项",
    "捐建的工程。",
    rows=lambda asked: donations(asked).filter(kind=DonationKind.WORKS),
    only=WAYS,
)
define(
    "beneficiaries",
    "受益人数",
    "人",
    "捐赠登记的受益人数。",
    rows=lambda asked: donations(asked).exclude(beneficiaries=None),
    total="beneficiaries",
    only=WAYS,
)
