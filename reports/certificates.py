"""Certificates of service: counted, issued, revoked by two people, and confirmed to whoever holds the paper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max, Prefetch, QuerySet
from django.utils import timezone

from assignments.access import has_on, within
from assignments.account_rules import is_one_hand
from assignments.attendance import stays
from assignments.choices import SecondmentState as State
from assignments.models import District, Placement, Secondment, Teacher
from evaluations.choices import AppraisalKind, AppraisalState
from evaluations.models import Appraisal
from reports.masked_names import masked_name
from reports.models import Certificate, digest_of
from reports.service import Service, Stay, Years, add_up
from zhijiao.accounts import audit
from zhijiao.accounts.codes import GROUP, new_code, plain
from zhijiao.accounts.history import done_by
from zhijiao.locks import lock
from zhijiao.quantities import plain as plain_number
from zhijiao.refusals import Refused, WordsNeeded

ASKED = "提出撤销服务年限证明"  # by which the trail knows the day
CODE_LETTERS = 20  # of 32 signs: 100 bits
ENDED = (State.COMPLETED, State.ENDED_EARLY)


# --- what counts -------------------------------------------------------------------------------------------------------


def why_not_counted(secondment: Secondment) -> str:
    """Why a secondment stands in no certificate (yet)."""
    if secondment.state not in ENDED:
        return "还没有结束"
    if secondment.state == State.ENDED_EARLY and not secondment.months_kept:
        return "提前终止，月数没有认定"
    if secondment.months_kept is False:
        return "月数没有认定"
    return "" if stays(secondment) else "没有任教学校或者起止日期"


def with_service(rows: QuerySet[Secondment]) -> QuerySet[Secondment]:
    """With all that is counted and printed."""
    placements = Placement.objects.select_related("receiving_school").order_by("order")
    appraisals = (
        Appraisal.objects.filter(kind=AppraisalKind.FINAL, state=AppraisalState.FINAL).exclude(grade="").order_by("pk")
    )
    return rows.select_related("teacher", "programme", "sending_school", "county").prefetch_related(
        Prefetch("placements", placements), Prefetch("appraisals", appraisals, to_attr="settled")
    )


def service_of(secondment: Secondment) -> Service:
    settled = getattr(secondment, "settled", ())
    return Service(
        key=secondment.pk,
        kind=secondment.programme.get_direction_display(),
        programme=secondment.programme.name,
        stays=tuple(
            Stay(
                str(one.placement.receiving_school), one.first, one.last, one.placement.receiving_school.get_location_display(),
                one.placement.receiving_school.allowance_class, one.placement.receiving_school.township, one.placement.teaching_point, one.placement.subject,
            )
            for one in stays(secondment)
        ),
        certified=secondment.months,
        is_kept=not why_not_counted(secondment),
        is_full_time=secondment.is_full_time,
        sending_school=str(secondment.sending_school),
        grade=settled[-1].get_grade_display() if settled else "",
    )  # fmt: skip


def years_of(secondments: Iterable[Secondment]) -> Years:
    return add_up(service_of(secondment) for secondment in secondments)


def content_of(
    teacher: Teacher, years: Years, *, serial: str, code: str, address: str, purpose: str, on: dt.date
) -> dict[str, Any]:
    """All that the paper says; nothing of it is looked up again."""
    return {
        "serial": serial,
        "code": code,
        "address": address,
        "name": teacher.name,
        "sex": teacher.get_sex_display(),
        "id_number": teacher.masked_id_number,
        "bureau": teacher.county.bureau_name,
        "purpose": purpose,
        "issued_on": on.isoformat(),
        "lines": [
            {
                "first": line.stay.first.isoformat(), "last": line.stay.last.isoformat(), "sending": line.service.sending_school, "school": line.stay.school,
                "township": line.stay.township, "teaching_point": line.stay.teaching_point, "location": line.stay.location, "class": line.stay.allowance_class,
                "programme": line.service.programme, "kind": line.service.kind, "subject": line.stay.subject, "grade": line.service.grade, "months": str(line.months),
            }
            for line in years.lines
        ],
        "total": str(years.total),
        "by_kind": _told(years.by_kind()),
        "by_programme": _told(years.by_programme()),
        "by_location": _told(years.by_location()),
        "by_class": _told(years.by_allowance_class()),
    }  # fmt: skip


def _told(sums: dict[str, Decimal]) -> list[list[str]]:
    return [[name, str(months)] for name, months in sums.items()]


# --- issue and revoke --------------------------------------------------------------------------------------------------


@transaction.atomic
def issue(teachers: Sequence[Teacher], *, by: Any, purpose: str = "", address: str = "") -> list[Certificate]:
    """A certificate for each of them, over everything that counts; all or none. `address`: of the public page, with {code}."""
    for county in lock(District.objects.filter(pk__in={teacher.county_id for teacher in teachers})):
        list(Certificate.objects.select_for_update().filter(county=county).order_by("-pk")[:1])
    rows = with_service(Secondment.objects.filter(teacher__in=teachers).order_by("start", "pk"))
    by_teacher: dict[int, list[Secondment]] = {}
    for row in rows:
        if not why_not_counted(row):
            by_teacher.setdefault(row.teacher_id, []).append(row)
    return [_issue(one, by_teacher.get(one.pk, []), by, purpose.strip(), address) for one in teachers]


def _issue(teacher: Teacher, rows: list[Secondment], by: Any, purpose: str, address: str) -> Certificate:
    if not rows:
        raise Refused(f"{teacher}没有已经结束、月数已认定的支教，不能开证明")
    if not has_on(by, "certificate.issue", rows[0]):
        raise Refused(f"您的角色不能给{teacher}开证明")
    today = timezone.localdate()
    last = (
        Certificate.objects.filter(county=teacher.county_id, year=today.year).aggregate(last=Max("number"))["last"] or 0
    )
    serial = serial_of(teacher.county, today.year, last + 1)
    code = new_code(CODE_LETTERS)
    content = content_of(
        teacher, years_of(rows), serial=serial, code=code, address=address.replace("{code}", code), purpose=purpose, on=today
    )  # fmt: skip
    made = Certificate.objects.create(
        county=teacher.county, teacher=teacher, year=today.year, number=last + 1, serial=serial, code=plain(code), content=content,
        digest=digest_of(content), purpose=purpose, issued_on=today, issued_by=by,
    )  # fmt: skip
    made.secondments.set(rows)
    audit.record(by, "开具服务年限证明", made, after={"教师": str(teacher), "月数": content["total"], "用途": purpose})
    return made


def serial_of(county: District, year: int, number: int) -> str:
    """青岚支教证〔2026〕0001号."""
    name = county.name
    short = name[:-1] if len(name) > 2 and name[-1] in "县区市旗" else name
    return f"{short}支教证〔{year}〕{number:04}号"


@transaction.atomic
def ask_to_revoke(certificate: Certificate, *, by: Any, reason: str) -> Certificate:
    """One person says why; another has to agree before anything is revoked."""
    row = _locked(certificate, by)
    if row.revocation_asked_by_id:
        raise Refused("已经有人提出撤销，等另一位同意")
    if not reason.strip():
        raise WordsNeeded("请写明撤销的原因，另一位同事要看")
    row.revocation_asked_by, row.revocation_reason = by, reason.strip()
    row.save(update_fields=["revocation_asked_by", "revocation_reason"])
    audit.record(by, ASKED, row, reason=row.revocation_reason)
    return row


@transaction.atomic
def withdraw_revocation(certificate: Certificate, *, by: Any) -> Certificate:
    """It stays valid after all."""
    row = _locked(certificate, by)
    if not row.revocation_asked_by_id:
        raise Refused("没有人提出撤销这份证明")
    before = row.revocation_reason
    row.revocation_asked_by, row.revocation_reason = None, ""
    row.save(update_fields=["revocation_asked_by", "revocation_reason"])
    audit.record(by, "不撤销服务年限证明", row, before={"撤销原因": before})
    return row


@transaction.atomic
def revoke(certificate: Certificate, *, by: Any) -> Certificate:
    """The second person agrees: from now on the public page says that it is revoked."""
    row = _locked(certificate, by)
    if not row.revocation_asked_by_id:
        raise Refused("还没有人提出撤销这份证明")
    if row.revocation_asked_by_id == by.pk:
        raise Refused("撤销要由另一位同意，不能是提出的人")
    on = max((day for _, day in done_by(row, ASKED)), default=None)
    if is_one_hand(by, row.revocation_asked_by, created="certificate.revoke", on=on, decided="certificate.revoke"):
        raise Refused("提出的人和代理人算同一个人，撤销要由另一位同意")
    row.revoked_by, row.revoked_on = by, timezone.localdate()
    row.save(update_fields=["revoked_by", "revoked_on"])
    audit.record(by, "撤销服务年限证明", row, after={"撤销日期": str(row.revoked_on)}, reason=row.revocation_reason)
    return row


def _locked(certificate: Certificate, by: Any) -> Certificate:
    row: Certificate = Certificate.objects.select_for_update().get(pk=certificate.pk)
    if not has_on(by, "certificate.revoke", row):
        raise Refused("您的角色不能撤销这份证明")
    if row.is_revoked:
        raise Refused("这份证明已经撤销")
    return row


# --- who may have it ---------------------------------------------------------------------------------------------------


def downloadable(user: Any) -> QuerySet[Certificate]:
    rows: QuerySet[Certificate] = Certificate.objects.visible_to(user)
    mine = within(Certificate.objects.all(), user, "certificate.download").values("pk")
    return rows.filter(pk__in=mine)


@dataclass(frozen=True)
class Confirmed:
    """What the public page says: no more than the paper."""

    certificate: Certificate

    @property
    def content(self) -> dict[str, Any]:
        return self.certificate.content

    @property
    def masked_name(self) -> str:
        return masked_name(self.content["name"])

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [
            {**line, "span": told_span(line), "months": told_months(line["months"])} for line in self.content["lines"]
        ]

    @property
    def total(self) -> str:
        return told_months(self.content["total"])

    @property
    def issued_on(self) -> dt.date:
        return dt.date.fromisoformat(self.content["issued_on"])


def confirm(code: str, name: str) -> Confirmed | None:
    """The certificate with this code, if it is this person's; a wrong code and a wrong name are the same."""
    found = Certificate.objects.filter(code=plain(code)).first()
    typed = "".join(name.split()).replace("•", "·").replace("・", "·")
    right = found is not None and found.content["name"].replace(" ", "") == typed and found.is_whole
    return Confirmed(found) if found is not None and right else None


def grouped(code: str) -> str:
    """As it is printed."""
    return "-".join(code[first : first + GROUP] for first in range(0, len(code), GROUP))


def told_span(line: dict[str, Any]) -> str:
    return "—".join(f"{dt.date.fromisoformat(line[end]):%Y.%m.%d}" for end in ("first", "last"))


def told_months(months: str) -> str:
    return plain_number(Decimal(months))
