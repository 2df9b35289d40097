"""What an import does: creates, changes, leaves alone; previewed first, all of it or nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignments.models import District, Placement, School, Secondment, Teacher
from tests.workbook.build import sample_year, small_year, workbook
from zhijiao.accounts.models import AuditEntry
from zhijiao.workbook.importing import ImportPlan, PlanChanged, carry_out, plan_import
from zhijiao.workbook.models import Action, ImportedChange, ImportRun, RunState

pytestmark = pytest.mark.django_db


def counted(plan: ImportPlan) -> dict[str, tuple[int, int, int, int]]:
    assert not plan.problems, [str(problem) for problem in plan.problems]
    return {sheet.sheet: (sheet.created, sheet.changed, sheet.unchanged, sheet.refused) for sheet in plan.sheets}


def imported(year: dict[str, Any]) -> ImportPlan:
    plan = carry_out(workbook(year), file_name="工作簿.xlsx")
    assert not plan.problems, [str(problem) for problem in plan.problems]
    return plan


def test_a_preview_says_everything_and_writes_nothing(database):
    before = database()
    assert counted(plan_import(workbook(small_year()))) == {
        "学校": (3, 0, 0, 0),
        "教师": (2, 0, 0, 0),
        "支教派遣": (2, 0, 0, 0),
    }
    assert database() == before


def test_importing_twice_changes_nothing(database):
    imported(sample_year())
    plan = carry_out(workbook(sample_year()))
    assert plan.changes_nothing, plan.changes
    assert {counts[:2] for counts in counted(plan).values()} == {(0, 0)}


def test_every_row_is_recorded_with_its_county_and_its_part():
    imported(small_year())
    county = District.objects.counties().get()
    secondment = Secondment.objects.get(teacher__name="沈若兰")
    placement = secondment.placements.get()
    assert (secondment.county, placement.county, placement.order) == (county, county, 1)
    assert (placement.receiving_school.name, placement.subject) == ("三岔中学", "语文")
    assert School.objects.get(name="三岔中学").centre_school.name == "云溪乡中心初中"
    assert Teacher.objects.get(name="沈若兰").initials == "srl"
    assert not hasattr(secondment, "application") and Placement.objects.count() == 2


def test_creating_and_updating_mix():
    imported(small_year())
    year = small_year()
    year["学校"][0]["学段"] = "九年一贯制"
    year["学校"].append({"学校名称": "柳坪小学", "学段": "小学"})
    year["支教派遣"][1]["任教学科"] = "数学"
    plan = imported(year)
    assert counted(plan) == {"学校": (1, 1, 2, 0), "教师": (0, 0, 2, 0), "支教派遣": (0, 1, 1, 0)}
    assert [(change.sheet, change.row, change.name, change.values) for change in plan.changes] == [
        ("学校", 2, "云溪乡中心初中", (("学段", "初中", "九年一贯制"),)),
        ("支教派遣", 3, str(Secondment.objects.get(teacher__name="陶景明")), (("任教学科", "物理", "数学"),)),
    ]
    assert Placement.objects.get(secondment__teacher__name="陶景明").subject == "math" or plan.changes


def test_an_empty_cell_clears_and_an_absent_column_leaves_alone():
    imported(small_year())
    year = small_year()
    year["教师"][0]["手机号"] = None
    del year["学校"][0]["城乡分类"], year["学校"][1]["城乡分类"], year["学校"][2]["城乡分类"]
    assert counted(imported(year))["教师"] == (0, 1, 1, 0)
    assert Teacher.objects.get(name="沈若兰").phone == ""
    assert School.objects.get(name="县实验初中").location == "city"


def test_a_sheet_with_the_key_and_one_more_column_updates_that_column():
    imported(small_year())
    assert counted(imported({"教师": [{"姓名": "陶景明", "所在学校": "县实验初中", "籍贯": "青岚"}]})) == {
        "教师": (0, 1, 0, 0)
    }
    assert Teacher.objects.get(name="陶景明").native_place == "青岚"


def test_a_teacher_is_found_by_the_id_number_after_a_move_to_another_school():
    imported(small_year())
    year = small_year()
    year["教师"][0]["所在学校"] = "三岔中学"
    assert counted(imported({"教师": year["教师"]})) == {"教师": (0, 1, 1, 0)}
    assert Teacher.objects.get(name="沈若兰").school.name == "三岔中学"


def test_two_people_of_one_name_and_school_are_told_apart_by_their_numbers():
    rows = [
        {"姓名": "张伟", "所在学校": "县实验初中", "身份证号": "11010519491231002X"},
        {"姓名": "张伟", "所在学校": "县实验初中", "身份证号": "510107198506142249"},
    ]
    year = {"学校": small_year()["学校"], "教师": rows}
    assert counted(imported(year))["教师"] == (2, 0, 0, 0)
    assert counted(imported(year))["教师"] == (0, 0, 2, 0)


def test_schools_may_stand_before_the_centre_school_that_they_name():
    rows = [
        {"学校名称": "东村教学点", "所属中心校": "柳坪小学"},
        {"学校名称": "柳坪小学", "所属中心校": "云溪乡中心初中"},
        {"学校名称": "云溪乡中心初中", "所属中心校": None},
    ]
    imported({"学校": rows})
    assert School.objects.get(name="东村教学点").centre_school.centre_school.name == "云溪乡中心初中"
    assert plan_import(workbook({"学校": rows})).changes_nothing


def test_a_recorded_school_may_come_under_a_new_centre_school():
    imported({"学校": [{"学校名称": "东村教学点", "所属中心校": None}]})
    rows = [{"学校名称": "东村教学点", "所属中心校": "柳坪小学"}, {"学校名称": "柳坪小学", "所属中心校": None}]
    assert counted(imported({"学校": rows})) == {"学校": (1, 1, 0, 0)}
    assert School.objects.get(name="东村教学点").centre_school.name == "柳坪小学"


def test_a_programme_of_every_county_is_not_changed_by_one():
    from assignments.models import Programme

    imported({"项目类型": [{"项目类型": "县内支教", "最短月数": 12, "别名": "县域内支教、城镇教师支教"}]})
    assert [
        (p.county_id is None, p.minimum_months) for p in Programme.objects.filter(name="县内支教").order_by("id")
    ] == [
        (True, 9),
        (False, 12),
    ]
    again = {"项目类型": [{"项目类型": "县内支教", "最短月数": 12, "别名": "县域内支教、城镇教师支教"}]}
    assert plan_import(workbook(again)).changes_nothing


def test_what_prepare_fills_belongs_to_the_key():
    """A donation takes its date from its activity: importing it again finds it."""
    year = small_year() | {
        "帮扶活动": [{"活动编号": "HD01", "活动类型": "志愿服务", "活动日期": "2024年3月5日", "受援学校": "三岔中学"}],
        "捐赠明细": [{"活动编号": "HD01", "类别": "物资", "名称": "工具书", "数量": 212, "单位": "册"}],
    }
    imported(year)
    assert plan_import(workbook(year)).changes_nothing


def test_words_of_a_date_or_quantity_that_mean_the_same_are_no_change():
    year = small_year()
    year["支教派遣"][0]["起止时间"] = "2023.9.1-2024.7.10"
    imported(year)
    year["支教派遣"][0]["起止时间"] = "2023年9月1日至2024年7月10日"
    assert plan_import(workbook(year)).changes_nothing


def test_the_import_is_written_down():
    plan = imported(small_year())
    run = ImportRun.objects.get()
    assert run == plan.run
    assert (run.state, run.file_name, run.created, run.county_name) == (RunState.IMPORTED, "工作簿.xlsx", 7, "本县")
    entry = AuditEntry.objects.filter(verb="导入工作簿").get()
    assert (entry.subject_id, entry.after["created"], entry.by_name) == (str(run.pk), 7, "服务器命令")


def test_numbers_stay_encrypted_in_the_record_of_an_import():
    imported(small_year())
    change = ImportedChange.objects.get(model="assignments.teacher", object_id=Teacher.objects.get(name="沈若兰").pk)
    assert change.action == Action.CREATED
    with connection.cursor() as cursor:
        cursor.execute("select after from workbook_importedchange")
        told = str(cursor.fetchall())
    assert "11010519491231002X" not in told and change.after["id_number"].startswith("s:")


def test_confirming_does_what_was_previewed_or_nothing(database):
    digest = plan_import(workbook(small_year())).digest
    other = {"学校": [{"学校名称": "云溪乡中心初中"}]}
    imported(other)
    before = database()
    with pytest.raises(PlanChanged):
        carry_out(workbook(small_year()), expected_digest=digest)
    assert database() == before


def test_the_sample_row_of_the_template_is_never_imported():
    year = small_year()
    year["学校"].insert(0, {"学校名称": "示例：云溪乡中心初中", "学段": "初中"})
    plan = imported(year)
    assert counted(plan)["学校"] == (3, 0, 0, 0)
    assert plan.notices == ["工作表“学校”里的示例行没有导入"]


def test_the_number_of_queries_does_not_grow_with_the_rows():
    def queries(count: int) -> int:
        year = small_year()
        for number in range(count):
            year["学校"].append({"学校名称": f"第{number}小学"})
            year["教师"].append({"姓名": f"教师{number}", "所在学校": f"第{number}小学"})
            year["支教派遣"].append(
                {"教师": f"教师{number}", "派出学校": f"第{number}小学", "受援学校": "三岔中学", "学年": "2023-2024"}
            )
        stream = workbook(year)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert not plan_import(stream).problems
        return sum(not query["sql"].startswith("INSERT") for query in captured.captured_queries)

    assert queries(3) == queries(200)


def test_an_import_by_a_person_of_several_counties_goes_to_the_county_that_is_named():
    first = District.objects.create(name="青岚县", code="990121", level="county")
    second = District.objects.create(name="白石县", code="990122", level="county")
    assert not carry_out(workbook(small_year()), county=second).problems
    assert set(School.objects.values_list("county", flat=True)) == {second.pk}
    assert not carry_out(workbook(small_year()), code="990121").problems
    assert School.objects.filter(county=first).count() == 3
    assert dt.date(2023, 9, 1) in set(Secondment.objects.filter(county=first).values_list("start", flat=True))
