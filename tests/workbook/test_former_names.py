"""A school that was merged into another one is not made again by a workbook that knows it by its old name or number."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from assignments import merging
from assignments.models import District, School, Secondment
from tests.workbook.build import small_year, workbook
from zhijiao.workbook.importing import carry_out, plan_import
from zhijiao.workbook.undo import undo

pytestmark = pytest.mark.django_db
OLD, NEW = "县实验初中", "青岚县实验初级中学"
OLD_CODE, NEW_CODE = "3161000123", "3161000456"


def imported(sheets):
    plan = carry_out(workbook(sheets))
    assert not plan.problems, [str(problem) for problem in plan.problems]
    return plan


@pytest.fixture
def merged():
    """The year is there, and its sending school was merged into one of another name."""
    year = small_year()
    year["学校"][2]["学校标识码"] = OLD_CODE
    imported(year)
    old = School.objects.get(name=OLD)
    new = School.objects.create(county=District.objects.counties().get(), name=NEW, code=NEW_CODE, phone="0912-1234567")
    merging.merge_schools(new, old, {}, by=None, reason="同一所学校")
    new.refresh_from_db()
    return new


def test_merging_leaves_the_old_name_and_the_old_number_as_other_names(merged):
    assert (merged.name, merged.code, merged.aliases) == (NEW, NEW_CODE, [OLD, OLD_CODE])


def test_the_old_workbook_makes_no_school_again(merged, tmp_path, capsys):
    schools = School.objects.count()
    year = small_year()
    year["学校"][2] |= {"学校标识码": OLD_CODE, "校长": "石长青", "其他名称": None}
    year["支教派遣"][0]["任教学科"] = "英语"
    path = tmp_path / "旧名册.xlsx"
    path.write_bytes(workbook(year).getvalue())
    call_command("import_workbook", str(path))
    assert "“县实验初中”按曾用名找到“青岚县实验初级中学”" in capsys.readouterr().out
    assert School.objects.count() == schools
    merged.refresh_from_db()
    assert (merged.name, merged.code, merged.aliases) == (NEW, NEW_CODE, [OLD, OLD_CODE])
    assert (merged.principal, merged.phone) == (
        "石长青",
        "0912-1234567",
    )  # filled in what was said, and emptied nothing
    assert {row.sending_school for row in Secondment.objects.all()} == {merged}
    assert Secondment.objects.count() == 2


def test_the_preview_says_by_which_name_it_was_found(merged):
    plan = plan_import(workbook(small_year()))
    (remark,) = [notice for notice in plan.notices if "曾用名" in notice]
    assert "第 4 行“县实验初中”按曾用名找到“青岚县实验初级中学”，没有另建；学校名称、其他名称、学校标识码不变" in remark
    assert not plan.problems and sum(sheet.created for sheet in plan.sheets) == 0


def test_it_is_found_by_its_old_number_too(merged):
    plan = imported({"学校": [{"学校名称": "实验初中（东校区）", "学校标识码": OLD_CODE}]})
    assert any("“实验初中（东校区）”按曾用名找到" in notice for notice in plan.notices)
    assert not School.objects.filter(name__contains="东校区").exists()


def test_where_both_names_stand_in_the_workbook_the_one_of_today_counts(merged):
    for rows in (
        [{"学校名称": OLD, "校长": "旧校长"}, {"学校名称": NEW, "校长": "新校长"}],
        [{"学校名称": NEW, "校长": "新校长"}, {"学校名称": OLD, "校长": "旧校长"}],
    ):
        plan = imported({"学校": rows})
        assert any("它另有一行，这一行没有读" in notice for notice in plan.notices)
        merged.refresh_from_db()
        assert (merged.name, merged.principal) == (NEW, "新校长")


def test_a_name_that_two_schools_once_had_is_refused(merged):
    School.objects.filter(name="三岔中学").update(aliases=[OLD])
    plan = plan_import(workbook({"学校": [{"学校名称": OLD}]}))
    (problem,) = plan.problems
    assert "分不清是哪一个" in problem.message and problem.column == "学校名称"


def test_a_school_of_that_very_name_is_found_by_it(merged):
    again = School.objects.create(county=merged.county, name=OLD)
    imported({"学校": [{"学校名称": OLD, "校长": "石长青"}]})
    again.refresh_from_db()
    merged.refresh_from_db()
    assert (again.principal, merged.principal) == ("石长青", "")


def test_an_import_by_an_old_name_can_be_undone(merged):
    plan = imported({"学校": [{"学校名称": OLD, "校长": "石长青"}]})
    undo(plan.run)
    merged.refresh_from_db()
    assert (merged.name, merged.principal) == (NEW, "")
