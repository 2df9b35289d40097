"""Aid between schools and from others: aid, donations, lesson_deliveries, joint_activities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assignments.choices import SUBJECT_ALIASES, SUBJECTS
from assignments.models import Activity, Donation
from tests.casebook import Record, accepted, counted, listed, people_cell, words

if TYPE_CHECKING:
    from tests.cases import Case

CASH, GOODS, WORKS = "资金", "物资", "工程"
# Any of these makes it something that was done, and not only something that was given.
DONE_KEYS = (
    "kind", "title", "people", "people_more_than", "people_about", "activities", "contents", "led_by", "received", "reported_by", "subjects", "lessons",
    "guests", "with", "topic",
)  # fmt: skip
UNKNOWN_AMOUNT = "一批"


def aid(case: Case, record: Record) -> None:
    """帮扶活动 with what was given at it; 捐赠明细 alone where that was all."""
    if any(record.has(key) for key in DONE_KEYS):
        activity(
            case,
            record,
            "走访帮扶" if record.has("people", "people_more_than", "people_about", "led_by") else "捐赠活动",
        )
    else:
        donation(case, record)


def lesson_delivery(case: Case, record: Record) -> None:
    activity(case, record, "送课下乡")


def joint_activity(case: Case, record: Record) -> None:
    activity(case, record, "联合活动")


def activity(case: Case, record: Record, kind: str) -> None:
    to = _receiver(case, record)
    school, organiser = _giver(case, record, to.get("receiving_school") or "")
    partner = [str(one) for one in listed(record.take("with", "partner"))]
    received, number, unit = _received(record)
    when = case.when(record)
    row = case.book.add(
        Activity, kind=record.take("kind", default=kind), title=record.take("title", "topic", "campaign"), school=school, organiser=organiser,
        partner_school=case.school(partner[0]) if partner else None, led_by=words(record.take("led_by")), people=people_cell(record), **to,
        beneficiary=words(record.take("beneficiary")), contents=words(record.take("activities", "contents")), subjects=_subjects(record),
        lessons=record.take("lessons", "count"), prepared_days=record.take("prepared_days_ahead"), had_review=record.take("review_meeting"),
        guests=words([*partner[1:], *listed(record.take("guests", "attendees"))]), received=received, received_quantity=number, received_unit=unit,
        reported_by=words(record.take("reported_by")), **when,
    )  # fmt: skip
    lines = _lines(record)
    if lines:
        row["code"] = f"HD{len(case.book.of(Activity)):02}"
    for line in lines:
        # When, to whom and from whom follow from the activity, as the sheet's own words promise.
        case.book.add(
            Donation, activity=row["code"], beneficiary=row.get("beneficiary") if line["kind"] == CASH else None, **line
        )


def donation(case: Case, record: Record) -> None:
    to = _receiver(case, record)
    school, donor = _giver(case, record, to.get("receiving_school") or "")
    common = {
        "donor_school": school, "donor": donor, **to, "campaign": record.take("campaign"), "purpose": record.take("purpose"),
        "beneficiary": words(record.take("beneficiary")), "beneficiaries": record.take("beneficiaries"), "handler": record.take("handler"),
        **case.when(record),
    }  # fmt: skip
    lines = _lines(record)
    if not lines:
        raise ValueError(f"{record.path}: nothing was given (no item, items, cash_yuan, goods_worth_yuan, works)")
    for line in lines:
        case.book.add(Donation, **common, **line)


def donation_or_campaign(case: Case, record: Record) -> None:
    """A line of the ledger. How many took part, or who told of it, makes an activity of it."""
    kind = record.take("kind")
    if kind is not None and not accepted(Donation, "kind", kind, ""):
        raise ValueError(
            f"{record.path}.kind: {kind} is none of {CASH}, {GOODS}, {WORKS}; what was done stands under aid"
        )
    done = [key for key in DONE_KEYS if key not in ("kind", "title", "topic") and record.has(key)]
    if done:
        activity(case, record, "捐赠活动")
    else:
        donation(case, record)


def _lines(record: Record) -> list[dict[str, Any]]:
    """资金, 物资 and 工程: each a line with its quantity and worth."""
    lines = []
    cash = record.take("cash_yuan")
    if cash is not None:
        lines.append({"kind": CASH, "amount": cash})
    works = record.take("works")
    for one in works if isinstance(works, list) else [works] if works else []:
        lines.append({"kind": WORKS, "item": one, "amount": record.take("works_worth_yuan")})
    goods = []
    item = record.take("item")
    if item is not None:
        goods.append(_goods(record, str(item)))
    for part in record.parts("items"):
        if isinstance(part, str):
            goods.append({"kind": GOODS, "item": part, "quantity": UNKNOWN_AMOUNT})
        else:
            goods.append(_goods(part, str(part.required("item", "name"))))
            part.done()
    worth = record.take("goods_worth_yuan")
    if worth is not None and len(goods) == 1:
        goods[0]["amount"] = worth
    elif worth is not None:
        goods.append({"kind": GOODS, "amount": worth})
    return lines + goods


def _goods(record: Record, item: str) -> dict[str, Any]:
    quantity = people_cell(record, "quantity")
    return {
        "kind": GOODS, "item": item, "quantity": UNKNOWN_AMOUNT if quantity is None else quantity, "unit": record.take("unit"),
        "amount": record.take("worth_yuan"),
    }  # fmt: skip


def _receiver(case: Case, record: Record) -> dict[str, str]:
    to = record.take("to", "recipient")
    if to is None:
        return {"receiving_school": case.own} if case.receives and record.has("from", "donor", "by") else {}
    if isinstance(to, str) and to in case.schools:
        return {"receiving_school": to}
    return {"receiving_party": words(to)}


def _giver(case: Case, record: Record, receiving: str) -> tuple[str, str]:
    """The school that gives or holds, and who in it (or beside it)."""
    source, by = words(record.take("from", "donor")), words(record.take("by", "organiser"))
    told = record.take("school")
    if told is not None:
        return case.school(str(told)), by or source
    for name in (source, by):
        if name in case.schools:
            return name, by if by != name else ""
    school = "" if source or receiving == case.own else case.own
    return school, "、".join(word for word in (source, by) if word)


def _received(record: Record) -> tuple[Any, Any, Any]:
    told = record.take("received")
    if told is None:
        return None, None, None
    if isinstance(told, list):
        if len(told) != 1:
            raise ValueError(f"{record.path}.received: an activity holds one kind of keepsake, not {len(told)}")
        told = told[0]
    return counted(str(told))


def _subjects(record: Record) -> str:
    known = {*SUBJECTS, *SUBJECT_ALIASES}
    told = [one if one in known else "其他" for one in listed(record.take("subjects", "subject"))]
    return words(list(dict.fromkeys(told)))


KINDS = {
    "aid": aid,
    "donations": donation_or_campaign,
    "lesson_deliveries": lesson_delivery,
    "joint_activities": joint_activity,
}
