"""Importing the county's workbook, against reading the file and one bulk insert of the records that come of it."""

import statistics
from collections.abc import Iterator
from io import BytesIO

from django.apps import apps
from django.db import models, transaction
from openpyxl import load_workbook

from reports.demo import Wish, generate
from reports.demo.loading import workbook
from tests.bench import database
from tests.bench.measuring import seconds
from zhijiao.workbook.importing import carry_out

RUNS = 5
RECORDS = ("assignments", "evaluations")
Records = dict[type[models.Model], list[models.Model]]


def import_ratio() -> float:
    """Leaves the county imported."""
    source = workbook(generate(Wish()), Wish())
    database.empty()
    before = {model: set(model._base_manager.values_list("pk", flat=True)) for model in _models()}
    _import(source)
    records = {
        model: [record for record in model._base_manager.all() if record.pk not in before[model]] for model in _models()
    }
    ratios = []
    for _ in range(RUNS):  # in turn, so that whatever else the machine does weighs on both
        database.empty()
        theirs = seconds(lambda: _read_and_insert(source, records))
        database.empty()
        ratios.append(seconds(lambda: _import(source)) / theirs)
    return statistics.median(ratios)


def _models() -> Iterator[type[models.Model]]:
    return (model for label in RECORDS for model in apps.get_app_config(label).get_models())


def _import(source: BytesIO) -> None:
    source.seek(0)
    plan = carry_out(source, file_name="bench.xlsx")
    if plan.problems:
        raise SystemExit("\n".join(map(str, plan.problems[:20])))


def _read_and_insert(source: BytesIO, records: Records) -> None:
    source.seek(0)
    book = load_workbook(source, read_only=True, data_only=True)
    for sheet in book.worksheets:
        for _ in sheet.iter_rows(values_only=True):
            pass
    with transaction.atomic():
        for model, ours in records.items():
            model._base_manager.bulk_create(ours)
