"""Who gets an account and a role, and who loses them. Roles of the bureau wait for a second person; nobody acts on themselves."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from assignments.access import COLUMNS, table
from assignments.account_rules import districts_of
from assignments.choices import BUREAU_ROLES, SCHOOL_ROLES, Role
from assignments.models import District, Membership, School, Teacher
from zhijiao.accounts import audit, claims, second_factor, sessions
from zhijiao.accounts.models import ClaimCode, User
from zhijiao.locks import lock
from zhijiao.refusals import Refused, atomically

_FRESH = dt.timedelta(hours=24)  # whose sign-in was reset by the one who grants does not confirm that day
Place = District | School | Teacher


# --- who may -----------------------------------------------------------------------------------------------------------


def districts_run_by(by: Any) -> frozenset[int] | None:
    """The districts whose administrator this person is themselves, not as a deputy; None: all, for the server's own account."""
    if by.is_superuser:
        return None
    own = by.memberships.current().filter(role=Role.BUREAU_ADMIN, deputy_for=None).values_list("district", flat=True)
    held = frozenset(own)
    below = District.objects.filter(Q(parent__in=held) | Q(parent__parent__in=held)).values_list("pk", flat=True)
    return held | frozenset(below) if held else frozenset()


def district_of(membership: Membership) -> int:
    """The district in which a role counts."""
    place: Any = membership.school or membership.teacher
    return int(membership.district_id or place.county_id)


def _manage(by: Any, user: User) -> None:
    """Refuses where the account is the person's own, the server's, or also of another bureau."""
    if user.pk == by.pk:
        raise Refused("自己的账号要请另一位管理员来办，改密码在“个人设置”里")
    if user.is_superuser and not by.is_superuser:
        raise Refused("这是服务器的维护账号，只能在服务器上办")
    run = None if by.is_superuser else districts_of(by, Role.BUREAU_ADMIN)
    today = timezone.localdate()
    held = user.memberships.filter(Q(end=None) | Q(end__gte=today)).select_related("school", "teacher")
    if run is not None and not run:
        raise Refused("账号由管理员来办")
    if run is not None and any(district_of(one) not in run for one in held):
        raise Refused("这个账号在别的区划也有角色，请上一级的管理员来办")


def _run_themselves(by: Any, district: int) -> None:
    run = districts_run_by(by)
    if run is not None and district not in run:
        raise Refused("授予角色要管理员本人来办，代理人不能办")


def _keep_an_administrator(user: User) -> None:
    """Refuses where nobody else could administer a district afterwards. Locks the district, so two can't leave at once."""
    mine = user.memberships.current().filter(role=Role.BUREAU_ADMIN, deputy_for=None).values_list("district", flat=True)
    for district in lock(District.objects.filter(pk__in=list(mine))):
        others = Membership.objects.current().filter(role=Role.BUREAU_ADMIN, deputy_for=None, district=district)
        others = (
            others.filter(user__is_active=True)
            .exclude(user=user)
            .exclude(user__password__startswith=UNUSABLE_PASSWORD_PREFIX)
        )
        if not others.exists():
            raise Refused(f"{user}是{district}最后一位能登录的管理员，请先让另一位管理员上任")


def first_administrator(*, username: str, name: str, county: District) -> str:
    """From the server, where there is nobody yet who could grant: an account with the role. Returns the code of its slip."""
    with atomically():
        if User.objects.filter(username__iexact=username).exists():
            raise Refused(f"账号名 {username} 已经有人用了")
        user = User(username=username, name=name)
        user.set_unusable_password()
        user.save()
        one = Membership.objects.create(user=user, role=Role.BUREAU_ADMIN, district=county, start=timezone.localdate())
        audit.record(None, "开通管理员", one, after=_told(one))
        return claims.make([user], by=None)[0][1]


# --- accounts ----------------------------------------------------------------------------------------------------------


def open_account(
    *, by: User, username: str, name: str, phone: str, role: str, place: Place, start: Any, end: Any, duty: str
) -> tuple[User, str]:
    """A new account with its first role. Returns it with the code of its slip, which is shown once."""
    with atomically():
        if User.objects.filter(username__iexact=username).exists():
            raise Refused(f"账号名 {username} 已经有人用了")
        user = User(username=username, name=name, phone=phone)
        user.set_unusable_password()
        user.save()
        grant(by=by, user=user, role=role, place=place, start=start, end=end, duty=duty)
        audit.record(by, "开通账号", user, after={"username": username, "name": name})
        return claims.make([user], by=by)[0]


def disable(*, by: User, user: User, reason: str) -> None:
    """The person can't sign in from now on, and is signed out everywhere. What was lent by them ends."""
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        _manage(by, user)
        if not user.is_active:
            raise Refused("这个账号已经停用了")
        _keep_an_administrator(user)
        lent = lock(Membership.objects.current().filter(deputy_for__user=user))
        user.is_active = False
        user.save(update_fields=["is_active"])
        sessions.end(user)
        ClaimCode.objects.filter(user=user, used_at=None, revoked_at=None).update(revoked_at=timezone.now())
        _end_all(lent, by=by, verb="代理随账号停用结束")
        audit.record(by, "停用账号", user, before={"is_active": True}, after={"is_active": False}, reason=reason)


def enable(*, by: User, user: User, reason: str) -> None:
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        _manage(by, user)
        if user.is_active:
            raise Refused("这个账号没有停用")
        user.is_active = True
        user.save(update_fields=["is_active"])
        audit.record(by, "恢复账号", user, before={"is_active": False}, after={"is_active": True}, reason=reason)


def reset(*, by: User, user: User, reason: str, drops_second_factor: bool = False) -> str:
    """A new one-time code instead of the password; whoever resets never learns a password. Returns the code, once."""
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        _manage(by, user)
        if not user.is_active:
            raise Refused("这个账号停用了，请先恢复它")
        if drops_second_factor:
            second_factor.switch_off(user, by=by, reason=reason)
        return claims.make([user], by=by, verb="重设登录", reason=reason)[0][1]


# --- roles -------------------------------------------------------------------------------------------------------------


def grant(
    *, by: User, user: User, role: str, place: Place, start: Any, end: Any, duty: str = "", reason: str = ""
) -> Membership:
    """A role at a place. Of a school or a teacher it counts at once; of the bureau when a second person has confirmed it."""
    with atomically():
        one = Membership(user=user, role=role, start=start, end=end, duty=duty, granted_by=by, **_at(role, place))
        if by.pk == user.pk:
            raise Refused("不能给自己加角色，请另一位管理员来加")
        if not user.is_active:
            raise Refused("这个账号停用了，请先恢复它")
        _run_themselves(by, district_of(one))
        one.is_waiting = role in BUREAU_ROLES
        if isinstance(place, Teacher):
            lock(Teacher.objects.filter(pk=place.pk))
        lock(User.objects.filter(pk=user.pk))  # so that the same role is not granted twice at one moment
        today = timezone.localdate()
        same = Membership.objects.filter(user=user, role=role, deputy_for=None, **_at(role, place))
        if same.filter(Q(end=None) | Q(end__gte=start or today)).exists():
            raise Refused(f"{user}在{place}已经是{one.get_role_display()}了")
        if isinstance(place, Teacher):
            _tie(place, user)
        one.save()
        audit.record(by, "授予角色", one, after=_told(one), reason=reason)
    return one


def _at(role: str, place: Place) -> dict[str, Any]:
    kind = District if role in BUREAU_ROLES else School if role in SCHOOL_ROLES else Teacher
    if not isinstance(place, kind):
        raise Refused("局里的角色要写区划，学校的角色要写学校，教师角色要写教师")
    return {kind.__name__.lower(): place}


def _tie(teacher: Teacher, user: User) -> None:
    """The teacher's account; one for each. The teacher is locked."""
    other = Teacher.objects.get(pk=teacher.pk).user
    if other and other.pk != user.pk:
        raise Refused(f"{teacher}已经有账号 {other.username} 了")
    if Teacher.objects.filter(user=user).exclude(pk=teacher.pk).exists():
        raise Refused(f"账号 {user.username} 已经是另一位教师的了")
    Teacher.objects.filter(pk=teacher.pk).update(user=user)


def why_not_confirm(by: User, one: Membership) -> str:
    """Why this person is not the second one; "" where they are."""
    if not one.is_waiting:
        return "这个角色已经不在等确认了"
    if one.granted_by_id == by.pk:
        return "授予的人不能自己确认，请另一位管理员或局领导来确认"
    if one.user_id == by.pk:
        return "自己的角色要别人来确认"
    if by.is_superuser:
        return ""
    own = by.memberships.current().filter(deputy_for=None, role__in=(Role.BUREAU_ADMIN, Role.LEADER))
    held = set(own.values_list("district", flat=True))
    district = one.district
    above = (
        {district.pk, district.parent_id, district.parent.parent_id if district.parent else None} if district else set()
    )
    if not held & above:
        return "确认角色要管理员或局领导本人来办，代理人不能办"
    if ClaimCode.objects.filter(user=by, made_by=one.granted_by_id, made_at__gte=timezone.now() - _FRESH).exists():
        return "您的登录是授予人在一天之内重设的，请换一位来确认"
    return ""


def waiting_for(by: Any) -> list[Membership]:
    """The roles that wait for this person to confirm them, the oldest first; for the list of what waits."""
    rows = Membership.objects.visible_to(by).filter(is_waiting=True).select_related("user", "district__parent")
    return [one for one in rows.order_by("pk") if not why_not_confirm(by, one)]


def confirm(*, by: User, membership: Membership) -> None:
    """The second person agrees: the role counts from now."""
    with transaction.atomic():
        one = Membership.objects.select_for_update(no_key=True).get(pk=membership.pk)
        if why := why_not_confirm(by, one):
            raise Refused(why)
        one.is_waiting, one.confirmed_by = False, by
        one.save(update_fields=["is_waiting", "confirmed_by"])
        audit.record(by, "确认角色", one, before={"is_waiting": True}, after={"is_waiting": False})


def decline(*, by: User, membership: Membership, reason: str) -> None:
    """The second person, or whoever granted it, takes it back before it counted."""
    with transaction.atomic():
        one = Membership.objects.select_for_update(no_key=True).get(pk=membership.pk)
        why = why_not_confirm(by, one)
        if why and not (one.is_waiting and one.granted_by_id == by.pk):
            raise Refused(why)
        audit.record(by, "不同意角色", one, before=_told(one), reason=reason)
        one.delete()


def end_role(*, by: User, membership: Membership, reason: str) -> None:
    """The role ends today, with what was lent of it; on the next request it opens nothing."""
    with transaction.atomic():
        if membership.role == Role.BUREAU_ADMIN:  # before the role, as in `disable`
            lock(District.objects.filter(pk__in=[membership.district_id]))
        rows = Membership.objects.filter(Q(pk=membership.pk) | Q(deputy_for=membership.pk))
        found = lock(rows.select_related("user", "district", "school", "teacher__school"))
        one = next(row for row in found if row.pk == membership.pk)
        if one.user_id == by.pk:
            raise Refused("自己的角色要请另一位管理员来终止")
        _run_themselves(by, district_of(one))
        today = timezone.localdate()
        if one.is_waiting or (one.end and one.end < today):
            raise Refused("这个角色现在没有生效，不用终止")
        if one.role == Role.BUREAU_ADMIN and one.deputy_for_id is None:
            _keep_an_administrator(one.user)
        going_on = [lent for lent in found if lent.deputy_for_id and (lent.end is None or lent.end >= today)]
        _end_all([lent for lent in going_on if lent.pk != one.pk], by=by, verb="代理随角色终止结束")
        _end(one, by=by, verb="终止角色", reason=reason)


def _end_all(rows: list[Membership], *, by: User, verb: str) -> None:
    for one in rows:
        _end(one, by=by, verb=verb)


def _end(one: Membership, *, by: User, verb: str, reason: str = "") -> None:
    """Its last day is yesterday, because a role opens everything until the end of its last day. What had not begun goes.

    What began today stays, as a role of yesterday: who acted by it today did so, and two-person rules ask for it later.
    """
    before = _told(one)
    today = timezone.localdate()
    yesterday = today - dt.timedelta(days=1)
    if one.start and one.start > today:
        audit.record(by, verb, one, before=before, reason=reason)
        one.delete()
        return
    one.start, one.end = min(one.start, yesterday) if one.start else None, yesterday
    one.save(update_fields=["start", "end"])
    audit.record(by, verb, one, before=before, after=_told(one), reason=reason)


# --- deputies ----------------------------------------------------------------------------------------------------------


def may_lend(one: Membership) -> bool:
    """A role of one's own, of a kind that can be lent. A lent one can't be lent on."""
    row = table()["user.lend_role"]
    return one.deputy_for_id is None and any(column in row for column in COLUMNS[Role(one.role)])


def deputies_for(one: Membership) -> QuerySet[User]:
    """The colleagues who may stand in: those with a role of today at the same school, or in the same bureau."""
    here = Q(district=one.district) if one.district_id else Q(school=one.school) | Q(teacher__school=one.school)
    colleagues = Membership.objects.current().filter(here, deputy_for=None).values("user")
    return User.objects.filter(pk__in=colleagues, is_active=True).exclude(pk=one.user_id).order_by("name", "pk")


def lend(
    *, by: User, membership: Membership, deputy: User, start: dt.date, end: dt.date, reason: str = ""
) -> Membership:
    """One's own role for some days. The trail tells for whom the deputy acts."""
    with transaction.atomic():
        one = Membership.objects.select_for_update(no_key=True).get(pk=membership.pk)
        today = timezone.localdate()
        if one.user_id != by.pk or one.is_waiting or not may_lend(one) or (one.end and one.end < today):
            raise Refused("只能把自己现在的角色交给别人代理，代理来的不能再转交")
        if not deputies_for(one).filter(pk=deputy.pk).exists():
            raise Refused(f"{deputy}不在您的单位，不能代理")
        if start < today or end < start:
            raise Refused("代理从今天或以后开始，结束不早于开始")
        if (end - start).days >= settings.DEPUTY_DAYS:
            raise Refused(f"一次最多代理 {settings.DEPUTY_DAYS} 天，更久请局管理员授予角色")
        if one.end and end > one.end:
            raise Refused("代理不能晚于您自己的任期")
        lent = Membership.objects.filter(deputy_for=one, user=deputy, start__lte=end, end__gte=start)
        if lent.exists():
            raise Refused(f"这几天已经交给{deputy}代理了")
        place = {"district": one.district, "school": one.school, "teacher": one.teacher}
        made = Membership.objects.create(
            user=deputy, role=one.role, start=start, end=end, granted_by=by, deputy_for=one, duty=f"代{by}", **place
        )
        audit.record(by, "交给代理", made, after=_told(made), reason=reason)
    return made


def take_back(*, by: User, membership: Membership) -> None:
    """The lender ends it before its time."""
    with transaction.atomic():
        one = (
            Membership.objects.select_for_update(no_key=True, of=("self",))
            .select_related("deputy_for")
            .get(pk=membership.pk)
        )
        if one.deputy_for is None or one.deputy_for.user_id != by.pk:
            raise Refused("只有交出角色的人能收回")
        if one.end and one.end < timezone.localdate():
            raise Refused("这次代理已经结束了")
        _end(one, by=by, verb="收回代理")


def _told(one: Membership) -> dict[str, Any]:
    told = {"user": one.user.username, "role": one.role, "地点": str(one.place), "start": one.start, "end": one.end}
    if one.duty:
        told["duty"] = one.duty
    return {key: str(value) if isinstance(value, dt.date) else value for key, value in told.items() if value}
