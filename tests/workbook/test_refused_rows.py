"""Every wrong value is refused at its cell with what would be right, and nothing is written."""

from __future__ import annotations

from typing import Any

import pytest
from openpyxl import load_workbook

from tests.workbook.build import saved, small_year, workbook
from zhijiao.workbook.importing import carry_out


def told(year: dict[str, Any]) -> list[str]:
    return [str(problem) for problem in carry_out(workbook(year)).problems]


# sheet, row in it (0: the first), header, wrong value, cell, what the sentence says
WRONG_CELLS = [
    ("支教派遣", 0, "受援学校", "三岔中心", "C2", "“学校”里没有“三岔中心”，是不是“三岔中学”"),
    ("支教派遣", 1, "教师", "陶景名", "A3", "是不是“陶景明”"),
    ("支教派遣", 0, "任教学科", "语闻", "E2", "是不是“语文”"),
    ("支教派遣", 0, "学年", "2023-2025", "D2", "不是学年，应写成 2023-2024"),
    ("支教派遣", 0, "受援学校", "县实验初中", "C2", "受援学校不能和派出学校相同"),
    ("支教派遣", 0, "起止时间", "2024年7月1日至2023年9月1日", "F2", "早于开始日期"),
    ("支教派遣", 0, "起止时间", "去年秋天", "F2", "不是能读懂的日期"),
    ("支教派遣", 0, "协议签订日期", "2023年9月", "F2", "没有写到日"),
    ("支教派遣", 0, "支教月数", -3, "F2", "是负数"),
    ("教师", 0, "身份证号", "110105194912310021", "C2", "校验位不对"),
    ("教师", 0, "身份证号", "110105491231002", "C2", "应为 18 位"),
    ("教师", 0, "身份证号", 3.40524198001010e17, "C2", "请把这一列的单元格格式设为“文本”"),
    ("教师", 0, "身份证号", 340524198001010011, "C2", "后几位已经丢失"),
    ("教师", 0, "身份证号", "3.40524E+17", "C2", "请把这一列的单元格格式设为“文本”"),
    ("教师", 0, "手机号", "1380000", "D2", "手机号应为 11 位数字"),
    ("教师", 2, "姓名", None, "A4", "不能为空"),
    ("教师", 0, "性别", "男", "E2", "性别与身份证号第 17 位不一致"),
    ("学校", 0, "学段", "初种", "B2", "是不是“初中”"),
    ("学校", 0, "是否中心校", "大概", "D2", "应填“是”或“否”"),
    ("学校", 0, "学校标识码", "12345", "F2", "10 位数字，现为 5 位"),
    ("学校", 0, "所属中心校", "云溪中心", "E2", "是不是“云溪乡中心初中”"),
    ("学校", 3, "学校名称", "#N/A", "A5", "Excel 的错误值"),
    ("学校", 3, "学校名称", "云" * 81, "A5", "最多 80 个字"),
]


@pytest.mark.parametrize(
    ("sheet", "row", "header", "value", "cell", "sentence"),
    WRONG_CELLS,
    ids=lambda value: str(value)[:20] if isinstance(value, str) else None,
)
def test_a_wrong_value_is_refused_at_its_cell(sheet, row, header, value, cell, sentence, database):
    year = small_year()
    year["学校"].append({"学校名称": "柳坪小学", "学段": "小学"})  # nobody refers to these two
    year["教师"].append({"姓名": "贺知秋", "所在学校": "县实验初中"})
    year[sheet][row][header] = value
    before = database()
    problems = carry_out(workbook(year)).problems
    assert [(problem.sheet, problem.cell) for problem in problems if sentence in problem.message] == [(sheet, cell)]
    assert len(problems) == 1, [str(problem) for problem in problems]
    assert database() == before


def test_a_negative_amount_is_refused(database):
    year = small_year() | {
        "捐赠明细": [{"捐赠日期": "2024年3月", "类别": "资金", "受赠学校": "三岔中学", "金额或估值（元）": -5}]
    }
    assert told(year) == ["工作表“捐赠明细”第 2 行“金额或估值（元）”列：“-5”是负数，应是 0 或以上"]


def test_a_second_full_time_secondment_in_the_same_time_is_refused(database):
    year = small_year()
    year["支教派遣"][0]["起止时间"] = "2023年9月1日至2024年7月10日"
    second = year["支教派遣"][0] | {"项目类型": "县内支教", "起止时间": "2024年3月1日至2024年12月31日"}
    year["支教派遣"].append(second)
    before = database()
    (problem,) = carry_out(workbook(year)).problems
    assert problem.row == 4 and "沈若兰已有一个全职派遣（第 2 行" in problem.message
    assert database() == before


def test_a_second_full_time_secondment_beside_a_recorded_one_is_refused(database):
    year = small_year()
    assert not told(year)
    year["支教派遣"] = [year["支教派遣"][0] | {"项目类型": "县内支教"}]
    (problem,) = told(year)
    assert "已有一个全职派遣（系统里已有" in problem


def test_a_misspelt_header_is_refused_with_the_right_one_and_once(database):
    year = small_year()
    for row in year["教师"]:
        row["手机好"] = row.pop("手机号")
    assert told(year) == [
        "工作表“教师”第 1 行“手机好”列：列名“手机好”不认识，是不是“手机号”？请按模板改正列名，或删去这一列"
    ]


def test_a_misspelt_key_header_is_told_once_and_what_hangs_on_it_is_not_told_again(database):
    year = small_year()
    for row in year["学校"]:
        row["学校名陈"] = row.pop("学校名称")
    assert told(year) == [
        "工作表“学校”第 1 行“学校名陈”列：列名“学校名陈”不认识，是不是“学校名称”？请按模板改正列名，或删去这一列"
    ]


def test_a_missing_key_column_is_told(database):
    year = small_year()
    for row in year["教师"]:
        del row["姓名"]
    (problem,) = told(year)
    assert "缺少列“姓名”" in problem


def test_a_missing_required_column_is_told_once_for_the_new_rows(database):
    year = small_year()
    for row in year["支教派遣"]:
        del row["派出学校"]
    assert told(year) == ["工作表“支教派遣”：缺少列“派出学校”：第 2、3 行共 2 行是新记录，这一列必须填写；请加上这一列"]


def test_a_header_that_stands_twice_is_refused(database):
    year = small_year()
    stream = workbook(year)
    book = load_workbook(stream)
    book["学校"]["F1"] = "学段"
    assert any("“学段”出现了两次" in str(problem) for problem in carry_out(saved(book)).problems)


def test_content_without_a_header_is_refused(database):
    book = load_workbook(workbook(small_year()))
    book["学校"]["H3"] = "这是什么"
    (problem,) = carry_out(saved(book)).problems
    assert (problem.row, problem.value) == (3, "这是什么") and "没有表头" in problem.message


def test_a_missing_sheet_that_others_need_is_told_once(database):
    year = small_year()
    del year["学校"]
    assert [problem for problem in told(year) if "缺少工作表" in problem] == [
        "工作表“教师”：缺少工作表“学校”：“所在学校”列要用到它，系统里也还没有登记；请加上“学校”表",
        "工作表“支教派遣”：缺少工作表“学校”：“派出学校”列要用到它，系统里也还没有登记；请加上“学校”表",
    ]
    assert len(told(year)) == 2


def test_a_misspelt_sheet_is_refused_with_the_right_name(database):
    year = small_year()
    year["支教派谴"] = year.pop("支教派遣")
    assert told(year) == ["工作表“支教派谴”：不认识这张工作表，是不是“支教派遣”？请改成这个名称，或删去这张表"]


def test_an_unknown_sheet_is_told_and_left_alone(database):
    plan = carry_out(workbook(small_year() | {"食堂采购流水": [{"品名": "大米"}]}))
    assert not plan.problems
    assert plan.notices == ["工作表“食堂采购流水”不是系统认识的表，没有读它"]


def test_both_rows_of_a_duplicate_are_named(database):
    year = small_year()
    year["学校"].append(year["学校"][1])
    (problem,) = carry_out(workbook(year)).problems
    assert problem.row == 5 and "与第 3 行重复（学校名称相同）" in problem.message


def test_a_formula_without_a_result_is_refused_at_its_cell(database):
    book = load_workbook(workbook(small_year()))
    book["学校"]["A5"] = '=A2&"分校"'
    before = database()
    (problem,) = carry_out(saved(book)).problems
    assert (problem.sheet, problem.cell) == ("学校", "A5") and "没有保存它的结果" in problem.message
    assert database() == before


def test_a_number_that_may_be_january_or_october_is_refused(database):
    year = small_year() | {"会议": [{"会议名称": "接收工作会议", "会议日期": 2023.1}]}
    (problem,) = carry_out(workbook(year)).problems
    assert problem.cell == "B2" and "分不清是 1 月还是 10 月" in problem.message


def test_two_people_of_one_name_have_to_be_told_apart(database):
    year = small_year()
    year["教师"].append({"姓名": "沈若兰", "所在学校": "三岔中学", "身份证号": None, "手机号": None})
    (problem,) = carry_out(workbook(year)).problems
    assert problem.cell == "A2"
    assert "有 2 个，分不清是哪一个；请写成其中一个" in problem.message
    year["支教派遣"][0]["教师"] = "沈若兰(县实验初中)"
    assert not told(year)


def test_what_refers_to_a_refused_row_is_no_second_error(database):
    year = small_year()
    year["教师"][0]["身份证号"] = "110105194912310021"
    plan = carry_out(workbook(year))
    assert [problem.cell for problem in plan.problems] == ["C2"]
    assert [(sheet.sheet, sheet.refused) for sheet in plan.sheets] == [("学校", 0), ("教师", 1), ("支教派遣", 1)]


def test_all_errors_come_at_once_in_the_order_of_the_sheets(database):
    year = small_year()
    year["学校"][2]["学段"] = "初种"
    year["教师"][1]["手机号"] = "12"
    year["支教派遣"][0]["任教学科"] = "语闻"
    year["支教派遣"][1]["受援学校"] = "四岔中学"
    places = [(problem.sheet, problem.cell) for problem in carry_out(workbook(year)).problems]
    assert places == [("学校", "B4"), ("教师", "D3"), ("支教派遣", "E2"), ("支教派遣", "C3")]


def test_a_rule_that_only_the_database_knows_is_told_at_its_row(database):
    """学校标识码 is unique: no column of the sheet's key says so."""
    year = small_year()
    year["学校"][0]["学校标识码"] = year["学校"][2]["学校标识码"] = "3161000123"
    before = database()
    (problem,) = carry_out(workbook(year)).problems
    assert (problem.row, problem.message) == (4, "学校标识码已被另一所学校使用")
    assert database() == before


def test_schools_that_stand_below_each_other_are_refused(database):
    year = small_year()
    year["学校"][0]["所属中心校"], year["学校"][1]["所属中心校"] = "三岔中学", "云溪乡中心初中"
    problems = carry_out(workbook(year)).problems
    assert {problem.row for problem in problems} == {2, 3}
    assert all("互相引用" in problem.message for problem in problems)


def test_the_number_of_a_teacher_is_masked_in_an_error(database):
    year = small_year()
    year["教师"][0]["身份证号"] = "110105194912310021"
    (problem,) = carry_out(workbook(year)).problems
    assert problem.value == "1101**********0021"
    assert "194912" not in problem.message


def test_an_error_value_in_the_facts_is_told(database):
    (problem,) = told({"基本信息": [{"项目": "县（市、区）", "内容": "#REF!"}]} | small_year())
    assert "基本信息" in problem and "#REF!" in problem


def test_a_workbook_of_another_county_is_refused(database):
    assert not told({"基本信息": [{"项目": "县（市、区）", "内容": "青岚县"}]} | small_year())
    (problem,) = told({"基本信息": [{"项目": "县（市、区）", "内容": "白石县"}]} | small_year())
    assert "系统里没有“白石县”这个县" in problem
