"""What was given, in words: lines of the donation ledger, alone and added up."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from assignments.choices import DonationKind
from assignments.models import Donation
from reports.annual_report.sentences import Clause, bare, clause, joined
from zhijiao.quantities import Quantity, plain

BOOKS = ("册", "本")


def yuan(amount: Decimal) -> str:
    return f"{plain(amount)}元"


def given(lines: list[Donation], received: bool = False) -> Clause:
    """捐款…元，捐赠…，捐建…."""
    cash = [yuan(line.amount) for line in lines if line.kind == DonationKind.CASH and line.amount]
    goods = [line for line in lines if line.kind == DonationKind.GOODS]
    works = [line for line in lines if line.kind == DonationKind.WORKS]
    verbs = ("接受捐款", "接受捐赠", "接受援建") if received else ("捐款", "捐赠", "捐建")
    return joined(
        [
            clause(verbs[0], "、".join(cash)) if cash else (),
            clause(verbs[1], things(map(item, goods))) if goods else (),
            clause(verbs[2], "、".join(_work(line) for line in works if not _is_renewal(line))),
            clause("接受援建" if received else "援建", "、".join(_work(line) for line in works if _is_renewal(line))),
            *_whom(lines),
        ]
    )


def things(told: Iterable[tuple[str, str]]) -> str:
    """大米9斤、面粉8斤、文具、书籍各一批: what, and how much of it is known."""
    pairs = list(told)
    known = [f"{name}{number}" for name, number in pairs if number]
    vague = [name for name, number in pairs if not number]
    if vague:
        known.append("、".join(vague) + ("各一批" if len(vague) > 1 else "一批"))
    return "、".join(known)


def item(line: Donation) -> tuple[str, str]:
    """What it is, and how much: "" where that is not known."""
    worth = f"价值{yuan(line.amount)}" if line.amount else ""
    number = line.quantity.told(line.unit) if line.quantity else ""
    number = "" if number == "一批" else number
    if not line.item:
        return "物资", number + worth
    return line.item, (number or ("一批" if worth else "")) + (f"（{worth}）" if worth else "")


def _is_renewal(line: Donation) -> bool:
    """改造 is carried out; a building is built."""
    return line.item.endswith(("改造", "维修", "修缮", "翻新", "硬化", "绿化", "美化", "亮化", "改建", "扩建", "建设"))


def _work(line: Donation) -> str:
    number = line.quantity.told(line.unit) if line.quantity else ""
    return f"{line.item}{'工程' if not line.item or _is_renewal(line) else ''}{number}" + (
        f"（价值{yuan(line.amount)}）" if line.amount else ""
    )


def total(lines: Iterable[Donation]) -> Quantity:
    listed = [line for line in lines if line.quantity_number is not None]
    vague = next((line.quantity for line in listed if line.quantity_is_approximate), None)
    number = sum((line.quantity_number or Decimal(0) for line in listed), Decimal(0))
    return Quantity(number, vague is not None, vague.words if vague else "")


def _whom(lines: list[Donation]) -> list[Clause]:
    purposes = list(dict.fromkeys(bare(line.purpose).removeprefix("用于") for line in lines if line.purpose))
    people = [line.beneficiaries for line in lines if line.beneficiaries]
    whose = list(dict.fromkeys(bare(line.beneficiary) for line in lines if line.beneficiary))
    is_money = any(line.kind == DonationKind.CASH for line in lines)
    return [
        clause("用于", "、".join(purposes)),
        clause("资助" if is_money else "受益对象为", "、".join(whose)),
        clause("受益", f"{people[0]}人") if len(people) == 1 else (),
    ]
