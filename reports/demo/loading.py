"""Puts a made-up county into the database: as a workbook, through the same import as everybody's."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import Count
from openpyxl import Workbook

from assignments.choices import DistrictLevel, Duty, Role, SecondmentState
from assignments.models import District, Membership, School, Secondment, Teacher
from assignments.sheets.county import BUREAU, CODE, COUNTY
from reports.demo import Rows, Wish, generate
from zhijiao.accounts import audit
from zhijiao.accounts.models import User
from zhijiao.workbook import registry
from zhijiao.workbook.importing import ImportPlan, carry_out
from zhijiao.workbook.models import ImportRun

PROVINCE, PREFECTURES = "云岭省", ("清江市", "白屏市", "沧源川市", "栖云市", "望岳市")
USERNAMES = ("zhoujg", "juzhang", "guanli", "dudao", "shouyuan", "paichu", "jiaoshi")
PASSWORD = "zhijiao-demo-2026"  # noqa: S105 (of the demo in development; elsewhere each load makes its own)


@dataclass(frozen=True)
class Login:
    username: str
    name: str
    what: str
    password: str


def workbook(rows: Rows, wish: Wish) -> BytesIO:
    """The rows as a clerk would send them: the sheet of facts, then a sheet a subject, each with its header."""
    book = Workbook(write_only=True)
    facts = book.create_sheet(registry.facts_sheet())
    for label, value in ((COUNTY, wish.name), (CODE, wish.code), (BUREAU, wish.bureau)):
        facts.append([label, value])
    for name, lines in rows.items():
        sheet = book.create_sheet(name)
        headers = list(dict.fromkeys(header for line in lines for header in line))
        sheet.append(headers)
        for line in lines:
            sheet.append([line.get(header) for header in headers])
    stream = BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def county_of(wish: Wish) -> District:
    """The county, with a prefecture and a province that do not exist either."""
    province, _ = District.objects.get_or_create(
        code=f"{wish.code[:2]}0000", defaults={"name": PROVINCE, "level": DistrictLevel.PROVINCE}
    )
    place = int(wish.code[2:4]) - 1
    name = PREFECTURES[place] if place < len(PREFECTURES) else f"云岭第{place + 1}市"
    prefecture, _ = District.objects.get_or_create(
        code=f"{wish.code[:4]}00", defaults={"name": name, "level": DistrictLevel.PREFECTURE, "parent": province}
    )
    county, _ = District.objects.get_or_create(
        code=wish.code,
        defaults={"name": wish.name, "level": DistrictLevel.COUNTY, "parent": prefecture, "bureau": wish.bureau},
    )
    return county


def load(wish: Wish) -> ImportPlan:
    """Generate the county and import it. Nothing is written where a row is refused; the plan then tells why."""
    county = county_of(wish)
    return carry_out(workbook(generate(wish), wish), county=county, file_name=f"{wish.name}示例数据.xlsx")


@transaction.atomic
def forget(county: District) -> int:
    """Delete everything recorded of a county, past the rules that protect it. For development only."""
    Membership.objects.filter(district=county).delete()
    Membership.objects.filter(school__county=county).delete()
    Membership.objects.filter(teacher__county=county).delete()
    ImportRun.objects.filter(county_id=county.pk).delete()
    number = 0
    for model in _dependents_first():
        # Raw, because PROTECT would forbid to delete a centre school and those below it at once.
        number += model._base_manager.filter(county=county)._raw_delete(using=county._state.db or "default")
    audit.record(None, "清空示例县", county, after={"删除记录": number})
    return number


def _dependents_first() -> Iterator[type[models.Model]]:
    """The models of a county's records, each after those that point to it."""
    waiting = [model for model in apps.get_models() if _is_of_county(model)]
    while waiting:
        targets = {
            field.related_model
            for model in waiting
            for field in model._meta.concrete_fields
            if field.is_relation and field.related_model is not model
        }
        free = [model for model in waiting if model not in targets]
        if not free:
            raise RuntimeError(f"models point at each other: {waiting}")
        yield from free
        waiting = [model for model in waiting if model in targets]


def _is_of_county(model: type[models.Model]) -> bool:
    field: Any = next((field for field in model._meta.concrete_fields if field.name == "county"), None)
    return field is not None and field.related_model is District


def make_accounts(county: District) -> list[Login]:
    """The people who may sign in to look around: each role once, at a place where there is something to see."""
    password = PASSWORD if settings.DEBUG else secrets.token_urlsafe(12)
    receiving, sending, teacher = _receiving_school(county), _sending_school(county), _seconded_teacher(county)
    bureau = {"district": county}
    wanted: list[tuple[str, str, str, Role, dict[str, Any], str]] = [
        ("zhoujg", "周建国", "局人事股，支教专干", Role.OFFICER, bureau, "人事股 支教专干"),
        ("juzhang", "沈国平", "局领导", Role.LEADER, bureau, "局长"),
        ("guanli", "程海燕", "局管理员", Role.BUREAU_ADMIN, bureau, "办公室 系统管理员"),
        ("dudao", "何志平", "督导员", Role.INSPECTOR, bureau, "督导室 责任督学"),
    ]
    if receiving:
        wanted.append(
            (
                "shouyuan",
                receiving.principal,
                f"受援学校校长（{receiving.name}）",
                Role.PRINCIPAL,
                {"school": receiving},
                "校长",
            )
        )
    if sending:
        wanted.append(
            (
                "paichu",
                sending.principal,
                f"派出学校校长（{sending.name}）",
                Role.PRINCIPAL,
                {"school": sending},
                "校长",
            )
        )
    if teacher:
        wanted.append(
            ("jiaoshi", teacher.name, f"支教教师（{teacher.school}派出）", Role.TEACHER, {"teacher": teacher}, "")
        )
    with transaction.atomic():
        return [_account(*one, password=password) for one in wanted]


def remembered_logins() -> list[Login]:
    """Those of an earlier load that still have the demo's password."""
    users = User.objects.filter(username__in=USERNAMES).order_by("pk").prefetch_related("memberships")
    return [
        Login(user.username, user.name, "、".join(one.get_role_display() for one in user.memberships.all()), PASSWORD)
        for user in users
        if user.check_password(PASSWORD)
    ]


def _account(
    username: str, name: str, what: str, role: Role, place: dict[str, Any], duty: str, *, password: str
) -> Login:
    user, _ = User.objects.get_or_create(username=username, defaults={"name": name})
    user.name = name
    user.set_password(password)
    user.save()
    Membership.objects.get_or_create(user=user, role=role, **place, defaults={"duty": duty})
    if role == Role.TEACHER:
        Teacher.objects.filter(user=user).update(user=None)
        Teacher.objects.filter(pk=place["teacher"].pk).update(user=user)
    return Login(username, name, what, password)


def _receiving_school(county: District) -> School | None:
    centres = School.objects.filter(county=county, is_centre_school=True, stage="primary")
    return centres.annotate(number=Count("placements")).filter(number__gt=0).order_by("-number", "pk").first()


def _sending_school(county: District) -> School | None:
    schools = School.objects.filter(county=county, is_centre_school=False, is_outside_county=False)
    return schools.annotate(number=Count("secondments_sent")).filter(number__gt=0).order_by("-number", "pk").first()


def _seconded_teacher(county: District) -> Teacher | None:
    """Of the running year, a backbone teacher before the others: there is more to see."""
    running = Secondment.objects.filter(county=county, state=SecondmentState.ON_POST, duty=Duty.TEACHER)
    found = running.select_related("teacher__school").order_by("-school_year__code", "-is_backbone", "pk").first()
    return found.teacher if found else None
