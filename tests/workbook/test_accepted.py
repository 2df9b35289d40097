"""What people really type, and what their programs really write, is read."""

from __future__ import annotations

import datetime as dt

import pytest
from openpyxl import Workbook, load_workbook

from assignments.models import School, Secondment, Teacher
from tests.workbook.build import saved, small_year, workbook
from tests.workbook.hostile import repacked, strict_open_xml
from tests.workbook.raw import raw_workbook
from zhijiao.workbook.importing import carry_out

pytestmark = pytest.mark.django_db


def accepted(stream) -> None:
    plan = carry_out(stream)
    assert not plan.problems, [str(problem) for problem in plan.problems]


def test_full_width_digits_and_all_kinds_of_spaces():
    year = small_year()
    year["教师"][0] |= {
        "姓名": "　沈若兰\u00a0",
        "身份证号": "１１０１０５１９４９１２３１００２ｘ",
        "手机号": "138 0000 0000",
    }
    accepted(workbook(year))
    teacher = Teacher.objects.get(name="沈若兰")
    assert (teacher.id_number, teacher.phone) == ("11010519491231002X", "13800000000")


def test_zero_width_signs_in_a_name_are_dropped():
    year = small_year()
    year["学校"][2]["学校名称"] = "县实验\u200b初中\ufeff"
    accepted(workbook(year))
    assert School.objects.filter(name="县实验初中").exists()


@pytest.mark.parametrize(
    "typed",
    ["2023.9.1", "2023-09-01", "2023/9/1", "2023年9月1日", "20230901", 20230901, 45170, 45170.0, "2023-09-01 00:00:00",
     dt.date(2023, 9, 1), dt.datetime(2023, 9, 1), "２０２３.９.１"],
    ids=str,
)  # fmt: skip
def test_dates_as_people_type_them(typed):
    year = small_year()
    year["支教派遣"][0]["报到日期"] = typed
    accepted(workbook(year))
    assert Secondment.objects.get(teacher__name="沈若兰").reported_on == dt.date(2023, 9, 1)


def test_numbers_stored_as_text_and_texts_stored_as_numbers():
    year = small_year()
    year["支教派遣"][0] |= {"任教班数": "2", "周课时": "12.0", "学生数": 86.0}
    year["学校"][0]["学校标识码"] = 3161000123
    year["教师"][0]["手机号"] = 13800000000
    accepted(workbook(year))
    placement = Secondment.objects.get(teacher__name="沈若兰").placements.get()
    assert (placement.class_count, placement.weekly_periods, placement.pupils) == (2, 12, 86)
    assert School.objects.get(name="云溪乡中心初中").code == "3161000123"


def test_the_stored_value_of_a_formula():
    strings = ["学校名称", "县一小"]
    data = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row>'
        '<row r="3"><c r="A3" t="str"><f>A2&amp;"分校"</f><v>县一小分校</v></c></row>'
        '<row r="4"><c r="A4" t="str"><f>""</f><v></v></c></row>'
    )
    accepted(raw_workbook("学校", data, strings))
    assert set(School.objects.values_list("name", flat=True)) == {"县一小", "县一小分校"}


def test_a_file_that_counts_its_days_from_1904():
    strings = ["姓名", "本校任教起始", "沈若兰"]
    data = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
        '<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" s="1"><v>43708</v></c></row>'
    )
    accepted(raw_workbook("教师", data, strings, date1904=True))
    assert Teacher.objects.get().at_school_since == dt.date(2023, 9, 1)


def test_a_sheet_that_claims_a_million_rows_and_holds_two():
    data = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row>'
        '<row r="1048576"><c r="A1048576" s="1"/></row>'
    )
    accepted(raw_workbook("学校", data, ["学校名称", "县一小"], dimension='<dimension ref="A1:XFD1048576"/>'))
    assert School.objects.count() == 1


def test_a_sheet_without_dimension_and_cell_addresses():
    """As some exporting programs write: the position says which cell it is."""
    data = '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row><row><c t="s"><v>2</v></c><c t="s"><v>3</v></c></row>'
    accepted(raw_workbook("学校", data, ["学校名称", "学段", "县一小", "小学"]))
    assert School.objects.get().stage == "primary"


def test_rows_far_below_are_not_lost():
    book = load_workbook(workbook(small_year()))
    book["学校"]["A30000"] = "远处小学"
    accepted(saved(book))
    assert School.objects.filter(name="远处小学").exists()


def test_trailing_empty_rows_and_columns():
    book = load_workbook(workbook(small_year()))
    for row in range(6, 40):
        book["学校"].cell(row, 1).value = "  " if row % 2 else "　"
        book["学校"].cell(row, 180).number_format = "0.00"
    accepted(saved(book))
    assert School.objects.count() == 3


def test_columns_and_sheets_in_any_order():
    year = {name: [dict(reversed(row.items())) for row in rows] for name, rows in reversed(small_year().items())}
    accepted(workbook(year))
    assert Secondment.objects.count() == 2


def test_a_title_and_instructions_above_the_header():
    book = Workbook()
    page = book.active
    page.title = "学校"
    page.append(["青岚县2023—2024学年学校名册"])
    page.append([])
    page.append(["填表说明：一校一行"])
    page.append(["序号", "学校名称*", "学段（必填）", "城乡\n分类"])
    page.append([1, "县一小", "小学", "城区"])
    accepted(saved(book))
    assert School.objects.get().stage == "primary"


def test_a_program_that_writes_texts_as_shared_strings_with_phonetics():
    strings_part = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>学校名称</t></si>'
        '<si><r><t>县一</t></r><r><t>小</t></r><rPh sb="0" eb="1"><t>xian</t></rPh></si></sst>'
    ).encode()
    data = '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row>'
    accepted(raw_workbook("学校", data, [], strings_part=strings_part))
    assert School.objects.get().name == "县一小"


def test_a_file_with_wps_parts():
    parts = {"customXml/item1.xml": b"<x/>", "docProps/custom.xml": b'<Properties xmlns="http://schemas.openxmlformats.org/'
             b'officeDocument/2006/custom-properties"/>', "xl/theme/theme9.xml": b"<x/>"}  # fmt: skip
    accepted(repacked(lambda name, data: data, parts))


def test_names_with_rare_characters_and_middle_dots():
    year = small_year()
    year["教师"][0]["姓名"] = "买买提·阿不都"
    year["支教派遣"][0]["教师"] = "买买提•阿不都"
    year["教师"][1]["姓名"] = year["支教派遣"][1]["教师"] = "䶮𠅤㛃"
    accepted(workbook(year))
    assert set(Teacher.objects.values_list("name", flat=True)) == {"买买提·阿不都", "䶮𠅤㛃"}


def test_a_hidden_sheet_of_ours_and_an_empty_one_do_no_harm():
    book = load_workbook(workbook(small_year()))
    book.create_sheet("Sheet1")
    book.create_sheet("选项").append(["甲"])
    plan = carry_out(saved(book))
    assert (plan.problems, plan.notices) == ([], [])


def test_a_strict_open_xml_file():
    accepted(strict_open_xml())


def test_a_date_in_the_format_that_chinese_excel_has_built_in():
    data = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
        '<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" s="1"><v>45170</v></c></row>'
    )
    accepted(raw_workbook("教师", data, ["姓名", "本校任教起始", "沈若兰"], date_format=31))
    assert Teacher.objects.get().at_school_since == dt.date(2023, 9, 1)
