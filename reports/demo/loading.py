"""Puts a made-up county into the database: as a workbook, through the same import as everybody's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.apps import apps
from django.db import models, transaction
from openpyxl import Workbook

from assignments import triggers
from assignments.choices import DistrictLevel
from assignments.models import District, Secondment
from assignments.sheets.county import BUREAU, CODE, COUNTY
from evaluations import rubric_triggers
from reports import certificates
from reports import triggers as report_triggers
from reports.demo import Rows, Wish, accounts, generate, life, made, waiting, written
from reports.demo.accounts import Login
from reports.models import Certificate, Passage, PassageVersion, Report, Writing
from reports.models.report import FrozenFigure, FrozenRecord, IssuedFile, ReportPoint
from zhijiao.accounts import audit
from zhijiao.tallied import after_much_was_written
from zhijiao.workbook import registry
from zhijiao.workbook.importing import ImportPlan, carry_out
from zhijiao.workbook.models import ImportRun

CERTIFIED = 12
CERTIFICATE_ADDRESS = "http://127.0.0.1:8000/v/{code}/"  # where `make run` serves
PROVINCE, PREFECTURES = "云岭省", ("清江市", "白屏市", "沧源川市", "栖云市", "望岳市")


@dataclass(frozen=True)
class Settled:
    """What `settle` did: the import of the whole workbook, how many acts went before it, who can sign in."""

    plan: ImportPlan
    acts: int = 0
    logins: tuple[Login, ...] = ()


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


def settle(wish: Wish, *, leaves_open: bool = True, is_told: bool = False) -> Settled:
    """The same county, whose running year came about step by step; and, with `leaves_open`, something to do for everybody.

    `is_told`: the finished year's reports are written and issued too, which takes some seconds.
    Those who applied come in as drafts, every step is taken on its day, and then the whole workbook brings the rest.
    """
    made_county, county = made(wish), county_of(wish)
    with transaction.atomic():
        staff = accounts.open_bureau(county)
        applied = _imported(life.drafts(made_county), wish, county, staff, "支教申请")
        if applied.problems:
            return Settled(applied)
        accounts.open_schools(staff, county, made_county)
        acts = life.live(made_county, county, staff)
        plan = _imported(dict(made_county.rows), wish, county, staff, "示例数据")
        if leaves_open and not plan.problems:
            waiting.leave_open(made_county, county, staff)
            _certify(county, staff)
            if is_told:
                after_much_was_written()
                written.tell(made_county, county, staff)
    return Settled(plan, acts, tuple(staff.logins))


def _certify(county: District, staff: accounts.Staff) -> None:
    """Some of those who came back last year hold their certificate."""
    ended = Secondment.objects.filter(county=county, state__in=certificates.ENDED).order_by("-start", "pk")
    counted = [row.teacher for row in certificates.with_service(ended) if not certificates.why_not_counted(row)]
    teachers = list(dict.fromkeys(counted))[:CERTIFIED]
    certificates.issue(teachers, by=staff.officer, purpose="职称评审", address=CERTIFICATE_ADDRESS)


def _imported(rows: Rows, wish: Wish, county: District, staff: accounts.Staff, name: str) -> ImportPlan:
    return carry_out(workbook(rows, wish), county=county, by=staff.officer, file_name=f"{wish.name}{name}.xlsx")


@transaction.atomic
def forget(county: District) -> int:
    """Delete everything recorded of a county, past the rules that protect it. For development only."""
    accounts.close(county)
    ImportRun.objects.filter(county_id=county.pk).delete()
    number, using = 0, county._state.db or "default"
    triggers.lift_locks(using)
    report_triggers.lift(using)
    rubric_triggers.lift(using)
    Certificate.secondments.through.objects.filter(certificate__county=county).delete()
    number += _forget_reports(county, using)
    for model in _dependents_first():
        # Raw, because PROTECT would forbid to delete a centre school and those below it at once.
        number += model._base_manager.filter(county=county)._raw_delete(using=using)
    triggers.lay(using)
    report_triggers.lay(using)
    rubric_triggers.lay(using)
    audit.record(None, "清空示例县", county, after={"删除记录": number})
    return number


def _forget_reports(county: District, using: str) -> int:
    """What hangs on reports carries no county of its own."""
    reports = Report.objects.filter(county=county).values("pk")
    passages = Passage.objects.filter(report__in=reports).values("pk")
    rows: list[Any] = [part.objects.filter(passage__in=passages) for part in (Writing, PassageVersion)]
    rows += [
        part.objects.filter(report__in=reports)
        for part in (Passage, FrozenFigure, FrozenRecord, IssuedFile, ReportPoint)
    ]
    return sum(some._raw_delete(using=using) for some in rows)


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
