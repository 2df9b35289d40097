"""What the accounts ask about roles: whose trail, whose accounts, for whom a deputy acts, what a password must not be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from assignments.access import COLUMNS, table
from assignments.choices import DistrictLevel, Role
from assignments.models import District, Membership, Teacher
from assignments.models.scope import Access

_TRAIL_ROLES = (Role.BUREAU_ADMIN, Role.AUDITOR)


def districts_of(user: Any, *roles: str) -> frozenset[int]:
    """The districts in which the person has one of these roles today, and those below them."""
    own = {m.district_id for m in user.memberships.current() if m.role in roles and m.district_id}
    if not own:
        return frozenset()
    below = District.objects.filter(Q(parent__in=own) | Q(parent__parent__in=own)).values_list("pk", flat=True)
    return frozenset(own | set(below))


def counties_of_trail(user: Any) -> frozenset[int] | None:
    if getattr(user, "is_superuser", False):
        return None
    return districts_of(user, *_TRAIL_ROLES) if getattr(user, "is_authenticated", False) else frozenset()


def accounts_for(rows: Any, user: Any) -> Any:
    """Oneself, and whoever has or had a role in the person's districts; a school knows those of its own."""
    access = Access.of(user)
    if access.everything:
        return rows
    if not getattr(user, "is_authenticated", False):
        return rows.none()
    theirs = Membership.objects.visible_to(user).filter(user=OuterRef("pk"))
    return rows.filter(Q(pk=user.pk) | Exists(theirs))


def county_of(subject: Any) -> int | None:
    """Of a role: its place; of a person: their first role of today."""
    if isinstance(subject, District):
        return int(subject.pk)
    if isinstance(subject, Membership):
        return _county_of_membership(subject)
    memberships = getattr(subject, "memberships", None)
    if memberships is None:
        return None
    rows = memberships.select_related("school", "teacher").order_by("pk")
    first = rows.current().first() or rows.first()
    return _county_of_membership(first) if first else None


def _county_of_membership(one: Membership) -> int | None:
    if one.district_id:
        return int(one.district_id)
    place = one.school or one.teacher
    return int(place.county_id) if place else None


def only_county() -> int | None:
    counties = list(District.objects.filter(level=DistrictLevel.COUNTY).values_list("pk", flat=True)[:2])
    return counties[0] if len(counties) == 1 else None


def on_behalf_of(user: Any, actions: Iterable[str]) -> Any:
    """The lender, where at that place only the lent role has the action. Without an action: any lent role counts."""
    held = list(user.memberships.current().select_related("deputy_for__user"))
    own = [one for one in held if one.deputy_for_id is None]
    for lent in (one for one in held if one.deputy_for_id):
        if not _allows(lent, actions):
            continue
        place = (lent.district_id, lent.school_id)
        if not any((one.district_id, one.school_id) == place and _allows(one, actions) for one in own):
            return lent.deputy_for.user
    return None


def is_one_hand(by: Any, creator: Any, *, created: str, on: dt.date | None, decided: str) -> bool:
    """Whether both are one person where two are asked for: the same one, or one is the other's deputy, or both are a third's.

    `created` and `decided` are the actions of the one and the other, `on` the day of the first (None: not known, today).
    A loan that has ended since still tells in whose place somebody acted while it lasted.
    """
    if creator is None:
        return False
    today = timezone.localdate()
    return not _hands(by, decided, today).isdisjoint(_hands(creator, created, on or today))


def _hands(user: Any, action: str, day: dt.date) -> frozenset[int]:
    """The person, and those whose role was lent to them on the day, where only that lets them do it.

    Taken back during a day, a loan ends with the day before; so who acted on the day after its end may have acted by it.
    """
    held = user.memberships.current(day) | user.memberships.current(day - dt.timedelta(days=1)).exclude(deputy_for=None)
    rows = [one for one in held.distinct().select_related("deputy_for") if _allows(one, [action])]
    own = {(one.district_id, one.school_id) for one in rows if one.deputy_for_id is None}
    lent = [one for one in rows if one.deputy_for and (one.district_id, one.school_id) not in own]
    return frozenset({user.pk} | {one.deputy_for.user_id for one in lent if one.deputy_for})


def _allows(membership: Membership, actions: Iterable[str]) -> bool:
    wanted = [action for action in actions if action in table()]
    columns = COLUMNS[Role(membership.role)]
    return not wanted or any(column in table()[action] for action in wanted for column in columns)


def roles_of(user: Any) -> set[tuple[int | None, str]]:
    rows = user.memberships.current().select_related("school", "teacher")
    return {(_county_of_membership(one), str(one.role)) for one in rows}


def words_about(user: Any) -> list[str]:
    """County, school, short names of it, and the ends of the ID number and the phone."""
    words: list[str] = []
    for one in user.memberships.select_related("district", "school__county", "teacher__school", "teacher__county"):
        school = one.school or (one.teacher.school if one.teacher else None)
        county = one.district or (school.county if school else None) or (one.teacher.county if one.teacher else None)
        words += [county.name] if county else []
        words += [school.name, *school.aliases] if school else []
    teacher = Teacher.objects.filter(user=user).first()
    if teacher:
        words += [teacher.id_number[-6:], teacher.id_number[6:14], teacher.phone[-6:]]
    return [word for word in words if word]
