"""An uploaded workbook between preview and confirmation: kept under a random name, and thrown away afterwards."""

from __future__ import annotations

import datetime as dt
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from zhijiao.accounts import audit
from zhijiao.workbook.container import WorkbookRefused
from zhijiao.workbook.importing import ImportPlan, PlanChanged, carry_out, plan_import, summarised
from zhijiao.workbook.models import ImportRun, RunState

KEPT = dt.timedelta(days=1)  # a preview that nobody confirms


class UploadGone(Exception):  # noqa: N818 (told to the person, who uploads again)
    """The kept file is not there any more, or the preview is settled."""


def receive(upload: UploadedFile, county: Any, by: Any) -> ImportRun:
    """Keep the file and preview it. WorkbookRefused where it belongs to no county that could be found."""
    _throw_away_old()
    path = _keep(upload)
    try:
        plan = plan_import(path, county=county, by=by)
        if plan.county is None:
            raise WorkbookRefused("；".join(problem.message for problem in plan.problems))
        is_known = type(plan.county)._default_manager.filter(pk=plan.county.pk).exists()
        run = ImportRun(
            file_name=Path(upload.name or "").name[:200],
            by=by,
            by_name=str(by),
            stored_name=path.name,
            county_id=plan.county.pk if is_known else 0,  # the first workbook of all begins its county
            county_name=str(plan.county),
            sha256=plan.sha256,
        )
        _keep_summary(run, plan)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return run


def confirm(run: ImportRun, county: Any, by: Any) -> ImportPlan:
    """Import what was previewed. PlanChanged, with a new preview kept, where it would do something else by now."""
    try:
        with transaction.atomic():
            locked = ImportRun.objects.select_for_update().get(pk=run.pk)
            path = kept_file(locked)
            plan = carry_out(path, county=county, by=by, run=locked, expected_digest=locked.digest)
            if plan.problems:
                _keep_summary(locked, plan)
    except PlanChanged:
        _keep_summary(run, plan_import(kept_file(run), county=county, by=by))
        raise
    if not plan.problems:
        path.unlink(missing_ok=True)
    run.refresh_from_db()
    return plan


def abandon(run: ImportRun, by: Any) -> None:
    """Nothing was written, nothing will be."""
    with transaction.atomic():
        locked = ImportRun.objects.select_for_update().get(pk=run.pk)
        path = kept_file(locked)
        locked.state = RunState.ABANDONED
        locked.problems = locked.changes = []
        locked.save()
        audit.record(by, "workbook.abandoned", locked, after={"file": locked.file_name})
    path.unlink(missing_ok=True)


def kept_file(run: ImportRun) -> Path:
    path = _folder() / run.stored_name
    if run.state != RunState.PREVIEW or not run.stored_name or not path.is_file():
        raise UploadGone
    return path


def _keep_summary(run: ImportRun, plan: ImportPlan) -> None:
    for name, value in summarised(plan).items():
        setattr(run, name, value)
    run.save()


def _keep(upload: UploadedFile) -> Path:
    if upload.size is not None and upload.size > settings.WORKBOOK_MAX_BYTES:
        limit = settings.WORKBOOK_MAX_BYTES // 1024 // 1024
        raise WorkbookRefused(
            f"文件有 {upload.size / 1024 / 1024:.1f} MB，超过上限 {limit} MB；请删去图片和多余的表，或按学年分开"
        )
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{secrets.token_hex(16)}.xlsx"
    with path.open("xb") as stream:
        for chunk in upload.chunks():
            stream.write(chunk)
    return path


def _folder() -> Path:
    return Path(settings.VAR_DIR) / "imports"


def _throw_away_old() -> None:
    old = ImportRun.objects.filter(state=RunState.PREVIEW, at__lt=timezone.now() - KEPT)
    for run in old:
        (_folder() / run.stored_name).unlink(missing_ok=True)
    old.update(state=RunState.ABANDONED, problems=[], changes=[])
