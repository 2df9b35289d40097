"""Accounts made in bulk: one for the principal of each chosen school, or for each chosen teacher; all of them or none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from assignments.choices import Role
from assignments.members import districts_run_by
from assignments.models import Membership, School, Teacher
from assignments.pinyin import syllables
from zhijiao.accounts import audit, claims
from zhijiao.accounts.models import User
from zhijiao.refusals import Refused, atomically

AT_ONCE = 300  # slips: 13 sheets of paper
_LONGEST_NAME = 24


@dataclass
class Proposal:
    """What would become of one school or teacher."""

    subject: School | Teacher
    place: str
    name: str
    username: str
    user: User | None = None
    refusal: str = ""

    @property
    def told(self) -> str:
        return "旧纸条作废，做一张新的" if self.user else "开新账号"


@dataclass(frozen=True)
class Slip:
    """What is printed for one person. The code is nowhere else."""

    place: str
    name: str
    username: str
    code: str


def propose(subjects: Sequence[School | Teacher], *, by: User) -> list[Proposal]:
    """For each what would happen, or why it can't. The queries don't grow with the number."""
    run, taken = districts_run_by(by), {name.casefold() for name in User.objects.values_list("username", flat=True)}
    holders = _holders(subjects)
    proposals = []
    for subject in subjects:
        proposal = _proposal(subject, holders.get((type(subject), subject.pk)))
        if run is not None and subject.county_id not in run:
            proposal.refusal = "不在您管理的区划"
        if proposal.user is None and not proposal.refusal:
            proposal.username = _free(proposal.username, taken)
        proposals.append(proposal)
    return proposals


def carry_out(subjects: Sequence[School | Teacher], *, by: User) -> list[Slip]:
    """Make the accounts and their codes. One that can't be made stops all."""
    with atomically():
        for model in (School, Teacher):
            keys = [one.pk for one in subjects if isinstance(one, model)]
            list(model.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values("pk"))
        proposals = propose(subjects, by=by)
        refused = [f"{one.place}{one.name}：{one.refusal}" for one in proposals if one.refusal]
        if refused or not proposals:
            raise Refused("；".join(refused) or "一个也没有选")
        if len(proposals) > AT_ONCE:
            raise Refused(f"一次最多做 {AT_ONCE} 张纸条")
        users = [one.user or _open(one, by) for one in proposals]
        codes = claims.make(users, by=by)
        return [
            Slip(one.place, one.name, user.username, code) for one, (user, code) in zip(proposals, codes, strict=True)
        ]


def _holders(subjects: Sequence[School | Teacher]) -> dict[tuple[type, int | None], User]:
    """Who has the account already: the school's principal, the teacher."""
    schools = [one.pk for one in subjects if isinstance(one, School)]
    principals = Membership.objects.filter(school__in=schools, role=Role.PRINCIPAL, deputy_for=None).current()
    found: dict[tuple[type, int | None], User] = {
        (School, one.school_id): one.user for one in principals.select_related("user")
    }
    for one in subjects:
        if isinstance(one, Teacher) and one.user:
            found[Teacher, one.pk] = one.user
    return found


def _proposal(subject: School | Teacher, holder: User | None) -> Proposal:
    if isinstance(subject, School):
        name = subject.principal or f"{subject.name}校长"[:50]
        proposal = Proposal(subject, subject.name, name, _latin("".join(s[0] for s in syllables(subject.name))))
        if subject.closed_on or subject.merged_into_id or subject.is_outside_county:
            proposal.refusal = "学校已停用、并入别校或在县外"
    else:
        place = str(subject.school or "")
        proposal = Proposal(subject, place, subject.name, _latin("".join(syllables(subject.name, of_person=True))))
        if subject.retired_on or subject.merged_into_id:
            proposal.refusal = "教师已离岗"
    if holder:
        proposal.user, proposal.name, proposal.username = holder, holder.name, holder.username
        if holder.has_usable_password():
            proposal.refusal = "已经领取，在用；忘了密码请用“重设登录”"
        elif not holder.is_active:
            proposal.refusal = "账号停用了，请先恢复"
    return proposal


def _latin(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())[:_LONGEST_NAME] or "user"


def _free(wanted: str, taken: set[str]) -> str:
    """The name, with a number behind it where somebody has it."""
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}{number}"
    taken.add(name)
    return name


def _open(proposal: Proposal, by: User) -> User:
    subject: Any = proposal.subject
    user = User(username=proposal.username, name=proposal.name)
    user.set_unusable_password()
    user.save()
    is_school = isinstance(subject, School)
    place = {"school": subject} if is_school else {"teacher": subject}
    role = Role.PRINCIPAL if is_school else Role.TEACHER
    Membership.objects.create(user=user, role=role, start=timezone.localdate(), granted_by=by, **place)
    if not is_school:
        Teacher.objects.filter(pk=subject.pk).update(user=user)
    audit.record(
        by, "开通账号", user, after={"username": user.username, "角色": str(role.label), "地点": proposal.place}
    )
    return user
