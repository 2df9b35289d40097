"""The Excel file, read again by another reader and as XML: figures, tables, charts, and nothing that reckons by itself."""

import io
import re
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from reports.documents.excel import LONGEST_NAME, cell_number, render_excel
from reports.documents.sources import with_sources
from reports.documents.tree import Chart, Document, Figure, Limit, Paragraph, Section, Series, Table

from .sample_documents import columns_chart, grouped_table, long_report, ratio_chart, subjects_chart

PART = Figure("3名", "a", "/f/a/", "甲", "甲的数。", 3, value=3, unit="名")
WHOLE = Figure("8名", "b", "/f/b/", "乙", "乙的数。", 8, value=8, unit="名")
RATIO = Figure("37.5%", "c", "/f/c/", "甲的比例", "甲占乙的比例。", 3, Decimal("37.5"), "%", parts=(PART, WHOLE))
FORMULA = '=HYPERLINK("http://evil.example/","x")'


def opened(document):
    """As a reader sees it that is not the one that wrote it."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(render_excel(document)))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def parts(document):
    with zipfile.ZipFile(io.BytesIO(render_excel(document))) as archive:
        return {name: archive.read(name).decode("utf8") for name in archive.namelist()}


def test_every_figure_stands_once_with_its_meaning_and_its_source():
    again = Figure("三名", "a", "/f/a/", "甲", "甲的数。", 3, value=3, unit="名")
    narrowed = Figure("1名", "a", "/f/a/?x=1", "甲", "甲的数。", 1, value=1, unit="名", of="小学")
    document = with_sources(
        Document("总结", (Paragraph("有", RATIO, "，其中", PART, "，即", again, "，", narrowed, "。"),))
    )

    rows = opened(document)["数据项"]

    assert rows[1] == ["序号", "数据", "数值", "单位", "口径", "分子", "分子数值", "分母", "分母数值", "记录数", "编号", "记录所在的页面"]  # fmt: skip
    assert rows[2] == [1, "甲的比例", 37.5, "%", "甲占乙的比例。", "甲", 3, "乙", 8, 3, "c", "/f/c/"]
    assert rows[3] == [2, "甲", 3, "名", "甲的数。", "", "", "", "", 3, "a", "/f/a/"]
    assert rows[4] == [3, "甲（小学）", 1, "名", "甲的数。", "", "", "", "", 1, "a", "/f/a/?x=1"]
    assert len(rows) == 5
    assert list(opened(document)) == ["数据项"]  # 数据来源表 is no sheet beside it


def test_tables_keep_head_groups_numbers_and_total():
    table = Table("金额", ("单位", "金额", "占比"), (("甲", "1,025.50", "26.1%"), ("乙", "—", "100%")))
    content = render_excel(Document("总结", (grouped_table(), table)))
    book = openpyxl.load_workbook(io.BytesIO(content))

    grouped = book["表1 分乡镇选派情况"]
    assert {str(area) for area in grouped.merged_cells.ranges} == {"A2:A3", "B2:C2", "D2:E2"}
    assert [cell.value for cell in grouped[2]] == ["乡镇", "小学", None, "初中", None]
    assert [cell.value for cell in grouped[3]][1:] == ["学校", "教师", "学校", "教师"]
    assert [cell.value for cell in grouped[5]] == ["石门乡", 4, 1009, 0, 0]
    assert grouped["C5"].number_format == "#,##0"
    assert grouped["A6"].value == "合计" and grouped["A6"].font.name == "黑体"
    assert grouped.freeze_panes == "A4"
    assert grouped.column_dimensions["A"].width > 8
    money = book["表2 金额"]
    assert [cell.value for cell in money[3]] == ["甲", 1025.5, 0.261]
    assert [cell.number_format for cell in money[3]][1:] == ["#,##0.0", "0.0%"]
    assert money["B4"].value == "—" and money["C4"].number_format == "0%"


@pytest.mark.parametrize(
    ("chart", "kind"), [(subjects_chart(), "barChart"), (columns_chart(), "barChart"), (ratio_chart(), "lineChart")]
)
def test_a_chart_is_one_of_excels_own_beside_its_numbers(chart, kind):
    document = Document("总结", (chart,))
    (sheet,) = opened(document).items()

    assert sheet[0] == f"图1 {chart.caption}"
    rows = sheet[1]
    assert [row[0] for row in rows[2:]] == list(chart.labels)
    for place, series in enumerate(chart.series, start=1):
        assert rows[1][place] == series.name
        assert tuple(row[place] for row in rows[2:]) == series.values
    (xml,) = [text for name, text in parts(document).items() if name.startswith("xl/charts/chart")]
    assert f"<{kind}>" in xml
    last = 2 + len(chart.labels)
    assert f"'图1 {chart.caption}'!$A$3:$A${last}" in xml
    for column in "BC"[: len(chart.series)]:
        assert f"'图1 {chart.caption}'!${column}$3:${column}${last}" in xml
    assert chart.caption in xml
    if chart.limit:
        assert xml.count("<lineChart>") == 2 and "dash" in xml
    if chart.kind == "bar":
        assert '<barDir val="bar"' in xml and '<orientation val="maxMin"' in xml


def test_each_chart_of_a_report_is_drawn():
    document = long_report()
    drawings = [name for name in parts(document) if re.fullmatch(r"xl/charts/chart\d+\.xml", name)]
    assert len(drawings) == 4
    assert list(opened(document)) == [
        "数据项", "图1 各学科选派人数", "图2 近五年交流轮岗教师比例", "图3 近三年派出与到岗人数", "表1 支教教师名册", "图4 各中心小学接收人数",
        "表2 分乡镇选派情况",
    ]  # fmt: skip


def test_a_value_that_is_not_known_is_an_empty_cell():
    chart = Chart("line", "比例", ("甲", "乙"), (Series("", (None, 1)),), limit=Limit(2, "标准"))
    assert opened(Document("总结", (chart,)))["图1 比例"][2:] == [["甲", "", 2], ["乙", 1, 2]]


def test_names_of_sheets_are_accepted_by_excel_and_differ():
    caption = "各/受援*学校[支教]教师:按学段？学科\\职称？以及很多很多别的什么统计的分布情况总表"
    tables = [Table(caption, ("甲",), (("乙",),)) for _ in range(3)]
    charts = [Chart("bar", "'", ("甲", "乙"), (Series("", (1, 2)),)) for _ in range(2)]
    names = list(opened(Document("总结", (*tables, *charts))))

    assert len({name.casefold() for name in names}) == 5
    for name in names:
        assert 0 < len(name) <= LONGEST_NAME
        assert not set(name) & set("[]:*?/\\")
        assert name.strip("'") == name


@pytest.mark.parametrize("words", [FORMULA, "+1+cmd|' /C calc'!A0", "@SUM(1)", "-2+3", "=1"])
def test_no_words_are_a_formula(words):
    figure = Figure(words, words, "", words, words, unit=words, of=words)
    blocks = (
        Paragraph(figure),
        Table(words, (words, "数"), ((words, words), ("a", "1")), note=words),
        Chart("bar", words, (words, "b"), (Series(words, (1, 2)),), words, Limit(1, words), words),
    )
    document = Document(words, blocks, words, subject=words)

    for name, xml in parts(document).items():
        assert "<f>" not in xml or name.startswith("xl/charts/"), name
    book = openpyxl.load_workbook(io.BytesIO(render_excel(document)))
    assert {cell.data_type for sheet in book for row in sheet for cell in row} <= {"s", "inlineStr", "n"}


def test_signs_that_a_cell_cannot_hold_are_left_out():
    rows = opened(Document("a\x00b", (Table("c\x1f", ("d\ufffe",), (("e\x08",),)),)))
    assert rows == {"表1 c": [["表1　c"], ["d"], ["e"]]}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12), ("1,025", 1025), ("-3", -3), ("26.1%", Decimal("0.261")), ("0.5", Decimal("0.5")), ("0", 0), ("007", None), ("—", None),
        ("13800001234", None), ("5222251990010112345", None), ("12人", None), ("", None), ("１２", None),
    ],
)  # fmt: skip
def test_what_is_a_number_in_a_cell(text, number):
    assert cell_number(text) == number


def test_a_document_without_numbers_says_so():
    assert opened(Document("通知", (Paragraph("没有。"),))) == {"说明": [["通知没有数据和表格。"]]}


def test_equal_trees_make_equal_bytes():
    assert render_excel(long_report()) == render_excel(long_report())


def test_sections_and_appendices_are_looked_through():
    table = Table("名册", ("姓名",), (("王䶮",),))
    document = Document(
        "总结", (Section("一", (Section("二", (table,)),)), Section("附表", (table,), is_appendix=True))
    )
    assert list(opened(document)) == ["表1 名册", "表2 名册"]
