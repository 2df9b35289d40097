"""A year goes out and comes in the same; a formula that somebody typed into a name stays a name."""

from __future__ import annotations

import ast
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from assignments.models import District, Placement, School, Secondment, Teacher
from tests.workbook.build import Rows, sample_year, small_year, workbook
from zhijiao.workbook import registry
from zhijiao.workbook.exporting import export_workbook
from zhijiao.workbook.importing import carry_out, plan_import
from zhijiao.workbook.kinds import LongText, Text, Words
from zhijiao.workbook.undo import undo

pytestmark = pytest.mark.django_db


def exported(period: str = "2023-2024") -> io.BytesIO:
    out = io.BytesIO()
    export_workbook(out, county=District.objects.counties().get(), period=registry.period(period))
    out.seek(0)
    return out


def content(stream: io.BytesIO) -> dict[str, list[tuple[Any, ...]]]:
    book = load_workbook(stream)
    known = {sheet.name for sheet in registry.sheets()}
    return {page.title: list(page.iter_rows(values_only=True)) for page in book if page.title in known}


def imported(stream: io.BytesIO):
    plan = carry_out(stream)
    assert not plan.problems, [str(problem) for problem in plan.problems]
    return plan.run


def test_exporting_and_importing_into_nothing_gives_the_same_year():
    year = sample_year()
    year["学校"].append({"学校名称": "=HYPERLINK(1)小学", "地址": "'引号路1号", "校长": "+石"})
    year["教师"] += [
        {"姓名": "王芳", "所在学校": "张河中学", "身份证号": "510107198506142249"},
        {"姓名": "王芳", "所在学校": "柳坪小学"},
        {"姓名": "买买提·阿不都", "所在学校": "柳坪小学"},
    ]
    whole = {"学年": "2023-2024", "派出学校": "县直第二初中", "受援学校": "张河中学"}
    year["支教派遣"] += [
        whole | {"教师": "王芳（柳坪小学）", "起止时间": "2023.9-2024.1"},
        whole | {"教师": "买买提·阿不都", "职责": "带队领导"},
    ]
    run = imported(workbook_of_texts(year))
    first = exported()
    undo(run)
    imported(first)
    first.seek(0)
    assert content(exported()) == content(first)


def test_importing_an_export_changes_nothing():
    imported(workbook(sample_year()))
    for period in ("2023-2024", "2023-2024-1", "2023", "2024"):
        plan = plan_import(exported(period))
        assert not plan.problems, [str(problem) for problem in plan.problems]
        assert plan.changes_nothing, plan.changes


def test_a_teacher_seconded_in_two_years_is_named_with_the_year_where_the_sheet_has_none():
    year = small_year()
    year["支教派遣"].append(year["支教派遣"][0] | {"学年": "2024-2025"})
    year["换岗记录"] = [
        {"教师": "沈若兰（2024-2025）", "第几段": 2, "新受援学校": "云溪乡中心初中", "开始": "2025年2月10日"}
    ]
    imported(workbook(year))
    stream = exported("2024-2025")
    assert [row[0] for row in content(stream)["换岗记录"][1:]] == ["沈若兰（2024-2025）"]
    assert plan_import(stream).changes_nothing


def test_one_that_was_withdrawn_and_applied_for_again_goes_out_once():
    """Teacher, year and programme are the key of a row; the withdrawn one stays where it was withdrawn."""
    imported(workbook(small_year()))
    one = Secondment.objects.get(teacher__name="沈若兰")
    again = Secondment.objects.get(pk=one.pk)
    Secondment.objects.filter(pk=one.pk).update(state="withdrawn")
    again.pk = None
    again.save()
    Placement.objects.create(
        secondment=again, county=again.county, receiving_school=one.placements.get().receiving_school
    )
    other = Secondment.objects.get(teacher__name="陶景明")
    Secondment.objects.filter(pk=other.pk).update(state="withdrawn")  # and this one was not
    stream = exported()
    book = load_workbook(stream)["支教派遣"]
    heads = [cell.value for cell in book[1]]
    rows = [dict(zip(heads, row, strict=True)) for row in book.iter_rows(min_row=2, values_only=True)]
    told = sorted((row["教师"], row["状态"]) for row in rows)
    assert told == [("沈若兰", again.get_state_display()), ("陶景明", "已撤回")]
    assert plan_import(stream).changes_nothing  # here, where both are
    School.objects.update(centre_school=None)
    for model in (Placement, Secondment, Teacher, School):
        model.objects.all().delete()
    imported(stream)  # and elsewhere, where neither is
    assert sorted(Secondment.objects.values_list("teacher__name", flat=True)) == ["沈若兰", "陶景明"]


def test_twice_withdrawn_the_last_one_goes_out():
    imported(workbook(small_year()))
    one = Secondment.objects.get(teacher__name="沈若兰")
    Secondment.objects.filter(pk=one.pk).update(state="withdrawn")
    again = Secondment.objects.get(pk=one.pk)
    again.pk, again.batch = None, "后一次"
    again.save()
    stream = exported()
    told = str(content(stream)["支教派遣"])
    assert told.count("沈若兰") == 1 and "后一次" in told
    plan = plan_import(stream)
    assert not plan.problems and plan.changes_nothing


PAYLOADS = [
    "=1+1", "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1+1)", "\t=1+1", "＝1+1", '=HYPERLINK("http://x","y")',
    "=DDE(\"cmd\";\"/C calc\";\"x\")", "|calc", "%0A=1", "'=1+1",
]  # fmt: skip


def _with_payloads(rows: Rows, name: str, payload: str) -> None:
    """The payload into every text of the sheet's last row, as far as it is long enough."""
    for column in registry.sheet(name).columns:
        kind = column.kind
        is_text = type(kind) in (Text, LongText) or (type(kind) is Words and kind.allowed is None)
        long_enough = getattr(kind, "max_length", None) is None or kind.max_length >= len(payload)  # type: ignore[attr-defined]
        if is_text and long_enough and column.field not in ("name", "code"):
            rows[-1][column.header] = payload


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_typed_text_becomes_a_formula_in_an_export(payload):
    year = sample_year()
    year["学校"].append({"学校名称": f"{payload}学校"})
    for name, rows in year.items():
        _with_payloads(rows, name, payload)
    imported(workbook_of_texts(year))
    stream = exported()
    with zipfile.ZipFile(stream) as archive:
        told = {name: archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/")}
    assert not [name for name, text in told.items() if re.search(r"<f[ >/]", text)]
    assert not [name for name in told if "externalLink" in name]
    if payload.strip() == payload and payload[0] in "=+-@":
        assert School.objects.filter(name=f"{payload}学校").exists()
        cells = [
            cell for row in load_workbook(stream)["学校"].iter_rows() for cell in row if cell.value == f"{payload}学校"
        ]
        assert [(cell.data_type, cell.quotePrefix) for cell in cells] == [("s", True)]


def test_only_one_module_of_the_product_writes_cells():
    """The others would have to think of formulas again."""
    root = Path(__file__).parents[2]
    product = [
        path for app in ("zhijiao", "assignments", "evaluations", "reports") for path in (root / app).rglob("*.py")
    ]
    writers = [
        path.relative_to(root).as_posix()
        for path in product
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("openpyxl")
        and {"Workbook", "WriteOnlyCell", "Cell"} & {alias.name for alias in node.names}
    ]
    made_up = {"reports/demo/loading.py"}  # our own words on their way in, never given to anybody
    # Looks of printed forms, and a document's figures and charts; that words stay words is tested for each.
    papers = {"reports/papers/excel.py", "reports/documents/excel.py"}
    assert set(writers) - made_up == {"zhijiao/workbook/writer.py"} | papers


def workbook_of_texts(year: dict[str, Rows]) -> io.BytesIO:
    """Like `workbook`, with texts that begin with = as texts, as a clerk enters them with an apostrophe."""
    stream = workbook({name: [] for name in year}, headers={name: [] for name in year})
    book = load_workbook(stream)
    for name, rows in year.items():
        page = book[name]
        headers = list(dict.fromkeys(header for row in rows for header in row))
        for number, cells in enumerate([dict(zip(headers, headers, strict=True)), *rows], 1):
            for column, header in enumerate(headers, 1):
                cell = page.cell(number, column)
                cell.value = cells.get(header)
                if isinstance(cell.value, str):
                    cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    return out
