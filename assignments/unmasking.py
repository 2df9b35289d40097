"""Numbers of a person, shown whole: to whom, how often, and written down for the person to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from assignments.access import cells
from assignments.choices import KNOWN_TO_RECEIVER, Role
from assignments.models import Placement, Teacher
from assignments.models.scope import KEPT_AFTER_END, Access
from zhijiao import clock
from zhijiao.accounts import audit
from zhijiao.accounts.limits import within_limit
from zhijiao.accounts.models import AuditEntry

AN_HOUR = 30  # numbers that one person may open within an hour
VERB = "查看"
LOOKED = (VERB, "按身份证号查找", "导出")  # how the verbs of looking begin
REFUSED = "号码看得太多"


@dataclass(frozen=True)
class Number:
    """One kind of number: the column, its name, the action of the access table."""

    column: str
    label: str
    action: str

    @property
    def verb(self) -> str:
        return VERB + self.label


NUMBERS = {
    "id": Number("id_number", "身份证号", "teacher.reveal_id"),
    "phone": Number("phone", "手机号", "teacher.reveal_phone"),
    "bank": Number("bank_card", "银行卡号", "teacher.reveal_bank"),
}


# Roles that need nothing of the number, not even masked.
NOT_FOR: dict[str, frozenset[str]] = {
    "id": frozenset({Role.INSPECTOR}),
    "phone": frozenset({Role.FINANCE}),
    "bank": frozenset(Role) - {Role.FINANCE, Role.AUDITOR},
}


class Why(models.TextChoices):
    """What somebody needs a number for."""

    CHECK = "check", "核对身份"
    CONTACT = "contact", "联系教师"
    FORMS = "forms", "办理派遣、保险等手续"
    NATIONAL = "national", "录入全国教师管理信息系统"
    PAY = "pay", "发放补助"
    OTHER = "other", "其他"


class TooMany(Exception):  # noqa: N818  # an answer, not an error
    """So many numbers in one hour is no reading of records any more."""


def may_reveal(user: Any, teacher: Teacher, kind: str) -> bool:
    """Whether the person may see this number of this teacher whole; the teacher is one that they may see at all."""
    access = Access.of(user)
    if access.everything:
        return True
    scopes = {cell.scope for cell in cells(user, NUMBERS[kind].action)}
    return bool(
        ("O" in scopes and teacher.pk in access.teachers)
        or ("A" in scopes and teacher.county_id in access.districts)
        or ("I" in scopes and _is_received_by(access.inspected.schools, teacher))
        or ("S" in scopes and teacher.school_id in access.schools)
        or ("R" in scopes and _is_received_by(access.schools, teacher))
    )


def _is_received_by(schools: frozenset[int], teacher: Teacher) -> bool:
    """Received by one of these schools, now or until lately."""
    last = Coalesce("secondment__ended_on", F("secondment__end"))
    stays = Placement.objects.filter(
        secondment__teacher=teacher, secondment__state__in=KNOWN_TO_RECEIVER, receiving_school__in=schools
    )
    return stays.alias(last=last).filter(Q(last=None) | Q(last__gte=clock.today() - KEPT_AFTER_END)).exists()


def is_own(user: Any, teacher: Teacher) -> bool:
    return teacher.pk in Access.of(user).teachers


def reveal(teacher: Teacher, kind: str, *, by: Any, reason: str) -> str:
    """The number whole, written down with the reason and without the number. TooMany: not this hour any more.

    Not inside a transaction that may be rolled back: the count and the entry stay even where the page then fails.
    """
    number = NUMBERS[kind]
    if not may_reveal(by, teacher, kind):
        raise PermissionDenied(f"您的角色不能查看这位教师的{number.label}")
    if not is_own(by, teacher) and not within_limit("reveal", str(by.pk), AN_HOUR, 3600):
        audit.record(by, REFUSED, teacher, reason=reason)
        raise TooMany
    audit.record(by, number.verb, teacher, reason=reason)
    return str(getattr(teacher, number.column))


def masked(user: Any, teacher: Teacher, kind: str) -> str:
    """The masked number, with the way to the whole one for whoever may see it; "" where none is recorded, or not for them."""
    shown = str(getattr(teacher, f"masked_{NUMBERS[kind].column}"))
    if not shown or not _may_know(user, teacher, kind):
        return ""
    return with_link(shown, teacher, kind) if may_reveal(user, teacher, kind) else shown


def _may_know(user: Any, teacher: Teacher, kind: str) -> bool:
    """Whether even the masked number is for the person: some need none of it for their work."""
    access = Access.of(user)
    return access.everything or is_own(user, teacher) or bool(access.roles - NOT_FOR[kind])


def with_link(shown: str, teacher: Teacher, kind: str) -> SafeString:
    address = f"{reverse('assignments:teacher_reveal', args=[teacher.pk])}?field={kind}"
    told = f"查看{NUMBERS[kind].label}"
    return format_html('{} <a class="reveal" href="{}" aria-label="{}">查看…</a>', shown, address, told)


def entries_about(teacher: Teacher) -> models.QuerySet[AuditEntry]:
    """Who looked at the teacher's numbers, and who changed what is recorded of them; the newest first."""
    return AuditEntry.objects.filter(subject_type=Teacher._meta.label_lower, subject_id=str(teacher.pk))
