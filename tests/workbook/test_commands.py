"""The three commands: counts in Chinese, exit codes 0, 1 (bad input) and 2 (bad usage)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from assignments.models import School
from tests.workbook.build import small_year, workbook
from zhijiao.workbook import registry
from zhijiao.workbook.importing import carry_out, plan_import
from zhijiao.workbook.writer import Book

pytestmark = pytest.mark.django_db


@pytest.fixture
def good(tmp_path) -> Path:
    path = tmp_path / "好.xlsx"
    path.write_bytes(workbook(small_year()).getvalue())
    return path


@pytest.fixture
def bad(tmp_path) -> Path:
    year = small_year()
    year["支教派遣"][0]["受援学校"] = "四岔中学"
    path = tmp_path / "坏.xlsx"
    path.write_bytes(workbook(year).getvalue())
    return path


def test_a_dry_run_counts_and_writes_nothing(good, capsys, database):
    before = database()
    call_command("import_workbook", good, "--dry-run")
    told = capsys.readouterr().out
    assert "学校：新增 3，修改 0，不变 0，有错 0" in told and "合计：新增 7，修改 0，不变 0，有错 0" in told
    assert "什么也没有写入" in told
    assert database() == before


def test_import_and_import_again(good, capsys):
    call_command("import_workbook", good)
    assert "已导入本县的工作簿 好.xlsx" in capsys.readouterr().out
    call_command("import_workbook", good)
    assert "合计：新增 0，修改 0，不变 7，有错 0" in capsys.readouterr().out


def test_a_wrong_row_exits_with_1_names_the_cell_and_gives_the_marked_workbook(bad, capsys, tmp_path, database):
    before = database()
    with pytest.raises(CommandError) as stopped:
        call_command("import_workbook", bad, "--errors", tmp_path / "改.xlsx")
    assert stopped.value.returncode == 1
    assert "工作表“支教派遣”第 2 行“受援学校”列" in capsys.readouterr().err
    assert load_workbook(tmp_path / "改.xlsx")["支教派遣"]["C2"].comment
    assert database() == before


def test_a_missing_file_is_bad_usage(tmp_path):
    with pytest.raises(CommandError, match="找不到文件") as stopped:
        call_command("import_workbook", tmp_path / "没有.xlsx")
    assert stopped.value.returncode == 2


def test_an_unknown_district_is_bad_input(good):
    with pytest.raises(CommandError) as stopped:
        call_command("import_workbook", good, "--district", "999999")
    assert stopped.value.returncode == 1


def test_export_tells_counts_and_refuses_a_period_that_is_none(good, capsys, tmp_path):
    with pytest.raises(CommandError, match="还没有登记") as stopped:
        call_command("export_workbook", tmp_path / "出.xlsx", "--period", "2023-2024")
    assert stopped.value.returncode == 2
    call_command("import_workbook", good)
    capsys.readouterr()
    call_command("export_workbook", tmp_path / "出.xlsx", "--period", "2023-2024")
    told = capsys.readouterr().out
    assert "支教派遣：2 条" in told and "共 7 条" in told
    assert plan_import(tmp_path / "出.xlsx").changes_nothing
    with pytest.raises(CommandError, match="不是时段") as stopped:
        call_command("export_workbook", tmp_path / "别.xlsx", "--period", "去年")
    assert stopped.value.returncode == 2
    assert not (tmp_path / "别.xlsx").exists()


def test_the_template_has_help_notes_lists_and_a_sample_that_is_not_imported(tmp_path, database):
    path = tmp_path / "模板.xlsx"
    call_command("workbook_template", path)
    book = load_workbook(path)
    assert book.sheetnames[:2] == ["填写说明", "基本信息"]
    page = book["支教派遣"]
    assert page.freeze_panes == "B2"
    assert "必填" in page["A1"].comment.text and page["A2"].value == "示例：沈若兰"
    assert {"'学校'!$A$2:$A$5000", '"是,否"'} <= {rule.formula1 for rule in page.data_validations.dataValidation}
    id_column = next(cell for cell in book["教师"][1] if cell.value == "身份证号")
    assert book["教师"].column_dimensions[id_column.column_letter].number_format == "@"
    before = database()
    plan = carry_out(path)
    assert not plan.problems and plan.changes_nothing
    assert {sheet.samples for sheet in plan.sheets} == {1} and len(plan.sheets) == len(registry.sheets())
    assert not School.objects.exists()
    assert set(database()) == set(before)


def test_a_long_list_stands_in_a_hidden_sheet(tmp_path):
    """Excel takes 255 characters of a drop-down, and no comma in a word of it."""
    book = Book()
    assert book.list_formula(("是", "否")) == '"是,否"'
    many, comma = tuple(f"第{number}个选项" for number in range(60)), ("甲,乙", "丙")
    assert (book.list_formula(many), book.list_formula(comma)) == ("'选项'!$A$1:$A$60", "'选项'!$B$1:$B$2")
    book.page("学校")
    book.save(tmp_path / "x.xlsx")
    saved = load_workbook(tmp_path / "x.xlsx")
    assert saved["选项"].sheet_state == "hidden" and saved["选项"]["A60"].value == "第59个选项"


def test_every_sample_row_is_right_as_it_stands(tmp_path):
    """A clerk who takes the mark off a sample row gets a row that can be read."""
    path = tmp_path / "模板.xlsx"
    call_command("workbook_template", path)
    book = load_workbook(path)
    for sheet in registry.sheets():
        page = book[sheet.name]
        page["A2"] = page["A2"].value.removeprefix("示例：") or None
    book.save(path)
    unknown = [problem for problem in plan_import(path).problems if "里没有" not in problem.message]
    assert not unknown, [str(problem) for problem in unknown]


def test_usage_errors_exit_with_2():
    command = [sys.executable, "manage.py", "export_workbook", "x.xlsx"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == 2
