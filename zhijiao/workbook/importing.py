"""Reads a workbook into the database in one transaction: planned (and taken back), or carried out when all of it is right."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from django.db import transaction
from django.utils import timezone

from zhijiao.accounts import audit
from zhijiao.refusals import Refused
from zhijiao.tallied import MUCH, after_much_was_written
from zhijiao.workbook import registry
from zhijiao.workbook.cells import CellProblem, lookup_form, text_of
from zhijiao.workbook.container import WorkbookRefused
from zhijiao.workbook.context import Context
from zhijiao.workbook.description import Problem
from zhijiao.workbook.headers import Matched, match_sheets
from zhijiao.workbook.models import Action, ImportedChange, ImportRun, RunState
from zhijiao.workbook.planning import SheetImport
from zhijiao.workbook.reading import WorkbookFile
from zhijiao.workbook.writing import Change, Written, as_recorded, write

Source = Path | IO[bytes]
_KEPT_PROBLEMS, _KEPT_CHANGES = 5_000, 500  # in the record of a run; the marked workbook has all
_REMARKS = 30  # of a sheet; more of them are counted


@dataclass
class SheetCounts:
    sheet: str
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    samples: int = 0


@dataclass
class ImportPlan:
    """What importing a workbook does, or did."""

    county: Any = None
    sha256: str = ""
    sheets: list[SheetCounts] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    digest: str = ""  # the same where confirming does what was previewed
    run: ImportRun | None = None  # where it was carried out

    @property
    def is_right(self) -> bool:
        return not self.problems

    @property
    def changes_nothing(self) -> bool:
        return not any(sheet.created or sheet.changed for sheet in self.sheets)

    def total(self, what: str) -> int:
        return sum(getattr(sheet, what) for sheet in self.sheets)


class PlanChanged(Exception):  # noqa: N818 (nobody's error)
    """Between preview and confirmation, somebody changed the records: confirming would do something else."""


class _TakenBack(Exception):  # noqa: N818
    """Leaves the transaction without a trace."""


def plan_import(source: Source, *, county: Any = None, code: str | None = None, by: Any = None) -> ImportPlan:
    """Everything that importing would do, and everything that is wrong. Writes nothing.

    The rows are really written and taken back, so that the database's own rules have spoken too.
    """
    plan = ImportPlan()
    try:
        with transaction.atomic():
            _run(source, plan, county, code, by)
            raise _TakenBack
    except _TakenBack:
        return plan


def carry_out(
    source: Source,
    *,
    county: Any = None,
    code: str | None = None,
    by: Any = None,
    file_name: str = "",
    run: ImportRun | None = None,
    expected_digest: str = "",
) -> ImportPlan:
    """Import all of it, or nothing where anything is wrong. `run` is the preview that is being confirmed.

    PlanChanged where the plan is not the one with `expected_digest` any more.
    """
    plan = ImportPlan()
    try:
        with transaction.atomic():
            written = _run(source, plan, county, code, by)
            if plan.problems:
                raise _TakenBack
            if expected_digest and plan.digest != expected_digest:
                raise PlanChanged
            _record(plan, written, by, file_name, run)
    except _TakenBack:
        pass
    return plan


def summarised(plan: ImportPlan) -> dict[str, Any]:
    """The plan as the record of a run keeps it."""
    return {
        "counts": [asdict(sheet) for sheet in plan.sheets],
        "problems": [asdict(problem) | {"cell": problem.cell} for problem in plan.problems[:_KEPT_PROBLEMS]],
        "problem_count": len(plan.problems),
        "changes": [asdict(change) for change in plan.changes[:_KEPT_CHANGES]],
        "notices": plan.notices,
        "digest": plan.digest,
    }


def _run(source: Source, plan: ImportPlan, county: Any, code: str | None, by: Any) -> list[tuple[SheetImport, Written]]:
    plan.sha256 = _sha256(source)
    try:
        with WorkbookFile(source) as workbook:
            plan.county = _county(workbook, plan, county, code)
            return _sheets(workbook, plan, by) if plan.county is not None else []
    except (WorkbookRefused, Refused) as refused:
        plan.problems.append(Problem(str(refused)))
        return []


def _county(workbook: WorkbookFile, plan: ImportPlan, county: Any, code: str | None) -> Any:
    try:
        facts = read_facts(workbook)
    except CellProblem as problem:
        plan.problems.append(Problem(str(problem), sheet=_facts_title(workbook) or ""))
        return None
    named = bool(facts and registry.facts() and facts.get(registry.facts()[0].label))
    if county is None or named:
        try:
            told = registry.county_for(facts, None if county else code)
        except ValueError as problem:
            plan.problems.append(Problem(str(problem), sheet=_facts_title(workbook) or ""))
            return county
        if county is not None and told.pk != county.pk:
            message = f"这份工作簿写着属于“{told}”，不能导入到“{county}”；请核对是不是拿错了文件"
            plan.problems.append(Problem(message, sheet=_facts_title(workbook) or ""))
        county = county or told
    # Imports of one county wait for each other, so that what was found by its key stays found.
    return type(county)._default_manager.select_for_update().get(pk=county.pk)


def _sheets(workbook: WorkbookFile, plan: ImportPlan, by: Any) -> list[tuple[SheetImport, Written]]:
    matched = match_sheets(workbook.sheet_names)
    plan.problems += matched.problems
    _tell_ignored(workbook, matched, plan)
    context = Context(plan.county, by, workbook.epoch)
    context.sheets_present = frozenset(matched.titles)
    done = []
    for sheet in registry.sheets():
        if sheet.name in matched.titles:
            done.append(_sheet(SheetImport(sheet, matched.titles[sheet.name], context), workbook, plan))
    if not matched.titles and not matched.problems:
        names = "、".join(sheet.name for sheet in registry.sheets()[:8])
        plan.problems.append(Problem(f"没有一张工作表是系统认识的，应有“{names}”等；请按模板的工作表名称填写"))
    plan.digest = _digest(plan, done)
    return done


def _sheet(job: SheetImport, workbook: WorkbookFile, plan: ImportPlan) -> tuple[SheetImport, Written]:
    with transaction.atomic():
        job.read(workbook.rows(job.title))
        job.check_all()
        written = write(job)
    job.context.finished(job.sheet.name, job.rows, job.instances(), job.refused_names())
    refused = sum(row.refused for row in job.rows)
    counts = SheetCounts(job.title, written.created, written.changed, written.unchanged, refused, job.samples)
    plan.sheets.append(counts)
    plan.problems += sorted(job.problems, key=lambda problem: (problem.row or 0, len(problem.letter), problem.letter))
    plan.changes += written.changes
    plan.notices += job.remarks[:_REMARKS]
    if len(job.remarks) > _REMARKS:
        plan.notices.append(f"工作表“{job.title}”还有 {len(job.remarks) - _REMARKS} 行是这样找到的")
    if job.samples:
        plan.notices.append(f"工作表“{job.title}”里的示例行没有导入")
    return job, written


def _tell_ignored(workbook: WorkbookFile, matched: Matched, plan: ImportPlan) -> None:
    for title in matched.ignored:
        if next(_any_rows(workbook, title), None) is not None:
            plan.notices.append(f"工作表“{title}”不是系统认识的表，没有读它")


def _any_rows(workbook: WorkbookFile, title: str) -> Iterator[Any]:
    yield from workbook.rows(title)


def _facts_title(workbook: WorkbookFile) -> str | None:
    wanted = lookup_form(registry.facts_sheet())
    return next((title for title in workbook.sheet_names if lookup_form(title) == wanted), None)


def read_facts(workbook: WorkbookFile) -> dict[str, str] | None:
    """Label → value from the sheet that says whose year it is; None where the workbook has none."""
    title = _facts_title(workbook)
    if title is None:
        return None
    labels = {lookup_form(fact.label): fact.label for fact in registry.facts()}
    found: dict[str, str] = {}
    for _, cells in workbook.rows(title):
        # Beside the label; what stands further right explains it.
        for number, value in cells.items():
            label = labels.get(lookup_form(str(value)))
            if label and (told := text_of(cells.get(number + 1, ""))):
                found.setdefault(label, told)
    return found


def _sha256(source: Source) -> str:
    if isinstance(source, Path):
        with source.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    source.seek(0)
    digest = hashlib.file_digest(source, "sha256").hexdigest()  # type: ignore[arg-type]
    source.seek(0)
    return digest


def _digest(plan: ImportPlan, done: list[tuple[SheetImport, Written]]) -> str:
    """Over the file, the counts, and which records are changed from what to what."""
    told = hashlib.sha256(plan.sha256.encode())
    for counts in plan.sheets:
        told.update(repr(asdict(counts)).encode())
    new = {(type(record), record.pk) for _, written in done for record, before in written.records if before is None}
    for _, written in done:
        for record, before in written.records:
            if before is not None:
                told.update(repr([record.pk, sorted(_told_changes(record, before, new))]).encode())
    return told.hexdigest()


def _told_changes(record: Any, before: dict[str, Any], new: set[tuple[Any, Any]]) -> Iterator[tuple[str, str, str]]:
    """Name, old and new value; the key of a record that is itself new is another one each time."""
    for column in record._meta.concrete_fields:
        if column.attname in before:
            now = record.__dict__[column.attname]
            is_new = column.is_relation and (column.related_model, now) in new
            yield column.attname, repr(before[column.attname]), "new" if is_new else repr(now)


def _record(
    plan: ImportPlan, done: list[tuple[SheetImport, Written]], by: Any, file_name: str, run: ImportRun | None
) -> None:
    run = run or ImportRun(file_name=file_name[:200], by=by, by_name=str(by) if by else "服务器命令")
    run.county_id, run.county_name, run.sha256 = plan.county.pk, str(plan.county), plan.sha256
    for name, value in summarised(plan).items():
        setattr(run, name, value)
    run.changes = []  # what changed is kept record by record, and encrypted there
    run.state, run.settled_at = RunState.IMPORTED, timezone.now()
    run.save()
    records = []
    for job, written in done:
        for record, was in written.records:
            before, after = as_recorded(record, was)
            records.append(
                ImportedChange(
                    run=run,
                    sheet=job.sheet.name,
                    model=record._meta.label_lower,
                    object_id=record.pk,
                    action=Action.CREATED if was is None else Action.CHANGED,
                    before=before,
                    after=after,
                )
            )
    ImportedChange.objects.bulk_create(records, batch_size=2_000)
    if len(records) >= MUCH:
        written_to = {type(record)._meta.db_table for _, written in done for record, _was in written.records}
        after_much_was_written(written_to | {ImportedChange._meta.db_table})
    plan.run = run
    totals = {what: plan.total(what) for what in ("created", "changed", "unchanged")}
    audit.record(by, "导入工作簿", run, after={"file": run.file_name, "sha256": run.sha256, **totals})
