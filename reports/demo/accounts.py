"""Who acts in the demo county: ten people who can sign in to look around, and those whose accounts nobody has claimed yet."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction

from assignments import slips
from assignments.choices import Role
from assignments.models import District, Membership, School, Teacher
from reports.demo.county import County
from reports.demo.selection import busiest
from zhijiao.accounts.models import User
from zhijiao.notices.models import Notice

PASSWORD = "zhijiao-demo-2026"  # noqa: S105 (of the demo in development; elsewhere each load makes its own)
BUREAU: tuple[tuple[str, str, str, Role, str], ...] = (
    ("zhoujg", "周建国", "局人事股，支教专干", Role.OFFICER, "人事股 支教专干"),
    ("zhuangan", "吴晓燕", "局人事股，第二位支教专干", Role.OFFICER, "人事股 支教专干"),
    ("juzhang", "沈国平", "局领导", Role.LEADER, "局长"),
    ("guanli", "程海燕", "局管理员", Role.BUREAU_ADMIN, "办公室 系统管理员"),
    ("dudao", "何志平", "督导员", Role.INSPECTOR, "督导室 责任督学"),
    ("caiwu", "钱玉珍", "财务，局计财股会计", Role.FINANCE, "计财股 会计"),
    ("shenji", "罗正清", "审计", Role.AUDITOR, "审计股"),
)
CASHIER = ("chuna", "孙立群", Role.FINANCE, "计财股 出纳")  # draws up the payment sheet, which another one checks
INSPECTORS = (
    ("liuqy", "柳青云", "督导室 专职督导员"),
    ("hanzy", "韩志坚", "督导室 责任督学"),
    ("cuigy", "崔桂英", "教研室 教研员"),
)
USERNAMES = (*(username for username, *_ in BUREAU), "shouyuan", "paichu", "jiaoshi")


@dataclass(frozen=True)
class Login:
    username: str
    name: str
    what: str
    password: str


@dataclass
class Staff:
    """The people of the county, by where they act."""

    officer: User
    second_officer: User
    leader: User
    administrator: User
    cashier: User
    principals: dict[str, User] = field(default_factory=dict)  # by the school's name
    teachers: dict[str, User] = field(default_factory=dict)  # by name
    logins: list[Login] = field(default_factory=list)
    inspectors: list[User] = field(default_factory=list)  # the one who can sign in first


@transaction.atomic
def open_bureau(county: District) -> Staff:
    """The people of the bureau: they are there before there is a school."""
    password = PASSWORD if settings.DEBUG else secrets.token_urlsafe(12)
    people: dict[str, User] = {}
    logins = []
    for username, name, what, role, duty in BUREAU:
        people[username] = _open(username, name, role, {"district": county}, duty, password)
        logins.append(Login(username, name, what, password))
    cashier = _open(CASHIER[0], CASHIER[1], CASHIER[2], {"district": county}, CASHIER[3])
    others = [_open(username, name, Role.INSPECTOR, {"district": county}, duty) for username, name, duty in INSPECTORS]
    return Staff(
        people["zhoujg"], people["zhuangan"], people["juzhang"], people["guanli"], cashier, logins=logins,
        inspectors=[people["dudao"], *others],
    )  # fmt: skip


@transaction.atomic
def open_schools(staff: Staff, county: District, made: County) -> None:
    """The principals of the schools concerned and the teachers who apply: three of them can sign in."""
    running = [posting for posting in made.postings if posting.year == made.years[-1].first]
    names = {
        school.name for posting in running for school in (posting.sender, posting.receiver, posting.moved_to) if school
    }
    schools = {school.name: school for school in School.objects.filter(county=county, name__in=names)}
    wanted = {posting.teacher.name for posting in running if not posting.sender.is_outside}
    teachers = {
        teacher.name: teacher
        for teacher in Teacher.objects.filter(county=county, name__in=wanted).select_related("school").order_by("-pk")
    }
    _open_three(staff, schools, teachers, made)
    others: list[School | Teacher] = [
        school for name, school in schools.items() if name not in staff.principals and not school.is_outside_county
    ]
    others += [teacher for name, teacher in teachers.items() if name not in staff.teachers]
    _open_unclaimed(staff, others)


def _open_three(staff: Staff, schools: dict[str, School], teachers: dict[str, Teacher], made: County) -> None:
    """A principal who receives, one who sends, and a teacher; of a backbone teacher there is more to see."""
    running = [posting for posting in made.postings if posting.year == made.years[-1].first]
    pair = busiest(made, running)
    password = staff.logins[0].password
    if pair:
        for username, told, demo in zip(("shouyuan", "paichu"), ("受援", "派出"), pair, strict=True):
            school = schools.get(demo.name)
            if school:
                user = _open(username, school.principal, Role.PRINCIPAL, {"school": school}, "校长", password)
                staff.principals[school.name] = user
                staff.logins.append(Login(username, school.principal, f"{told}学校校长（{school}）", password))
    on_post = [posting for posting in running if posting.state == "在岗" and posting.duty == "支教教师"]
    on_post.sort(key=lambda posting: not posting.is_backbone)
    found = next((teachers[posting.teacher.name] for posting in on_post if posting.teacher.name in teachers), None)
    if found:
        user = _open("jiaoshi", found.name, Role.TEACHER, {"teacher": found}, "", password)
        Teacher.objects.filter(user=user).update(user=None)
        Teacher.objects.filter(pk=found.pk).update(user=user)
        staff.teachers[found.name] = user
        staff.logins.append(Login("jiaoshi", found.name, f"支教教师（{found.school}派出）", password))


def _open(username: str, name: str, role: Role, place: dict[str, Any], duty: str, password: str | None = None) -> User:
    user, _ = User.objects.get_or_create(username=username, defaults={"name": name})
    user.name, user.is_active = name, True
    user.set_password(password)  # none: the account waits to be claimed
    user.save()
    Membership.objects.get_or_create(user=user, role=role, **place, defaults={"duty": duty})
    return user


def _open_unclaimed(staff: Staff, subjects: Sequence[School | Teacher]) -> None:
    """As the administrator opens them in bulk, by the same names; but all at once, and no codes that nobody would print."""
    proposals = [one for one in slips.propose(subjects, by=staff.administrator) if not one.refusal]
    users = [User(username=one.username, name=one.name) for one in proposals]
    for user in users:
        user.set_unusable_password()
    User.objects.bulk_create(users)
    memberships, tied = [], []
    for one, user in zip(proposals, users, strict=True):
        subject = one.subject
        if isinstance(subject, School):
            staff.principals[subject.name] = user
            memberships.append(Membership(user=user, role=Role.PRINCIPAL, school=subject, duty="校长"))
        else:
            staff.teachers[subject.name] = user
            subject.user = user
            tied.append(subject)
            memberships.append(Membership(user=user, role=Role.TEACHER, teacher=subject))
    Membership.objects.bulk_create(memberships)
    Teacher.objects.bulk_update(tied, ["user"])


def close(county: District) -> None:
    """Before the county is cleared: its accounts can't go, because the trail tells of them. They are closed and give their names back."""
    held = Membership.objects.filter(district=county) | Membership.objects.filter(school__county=county)
    held |= Membership.objects.filter(teacher__county=county)
    users = list(User.objects.filter(pk__in=held.values("user")).exclude(is_superuser=True))
    Notice.objects.filter(user__in=users).delete()
    Membership.objects.filter(pk__in=list(held.values_list("pk", flat=True))).delete()
    kept = set(Membership.objects.filter(user__in=users).values_list("user", flat=True))
    for user in users:
        if user.pk not in kept and user.username not in USERNAMES:
            user.username, user.is_active = f"{user.username}-{user.pk}", False
    User.objects.bulk_update(users, ["username", "is_active"])


def remembered_logins() -> list[Login]:
    """Those of an earlier load that still have the demo's password."""
    users = User.objects.filter(username__in=USERNAMES).order_by("pk").prefetch_related("memberships")
    return [
        Login(user.username, user.name, "、".join(one.get_role_display() for one in user.memberships.all()), PASSWORD)
        for user in users
        if user.check_password(PASSWORD)
    ]
