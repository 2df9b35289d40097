"""The Word file as XML: fonts of every style, headings, tables with repeated heads, page numbers, and nothing of the time."""

import io
import zipfile
from datetime import date

import docx
import pytest
from docx.oxml.ns import qn

from reports.documents.tree import Box, Document, Ends, Form, PageBreak, Paragraph, QrCode, Signature, Strong, bound
from reports.documents.word import render_word

from .sample_documents import RARE_NAMES, grouped_table, long_report


@pytest.fixture(scope="module")
def report():
    return docx.Document(io.BytesIO(render_word(long_report())))


def form():
    rows = (
        (Box("姓名", is_label=True), Box("王䶮"), Box("照片", rows=2)),
        (Box("单位", is_label=True), Box("青岚县第一小学")),
        (Box("意见", is_label=True), Box("同意。", 2, alignment="left", height=30, foot=("（盖章）", "2025年6月1日"))),
    )
    return Document(
        "审批表",
        (Ends("左", "右"), Form(rows, (1, 2, 1)), QrCode("https://example.org/v/AB/", ("扫码",))),
        layout="form",
    )


def parts(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode("utf8", "replace") for name in archive.namelist()}


def test_every_style_names_a_chinese_font_and_no_theme(report):
    for style in report.styles:
        if style.type == docx.enum.style.WD_STYLE_TYPE.PARAGRAPH:
            fonts = style.element.rPr.rFonts
            assert fonts.get(qn("w:eastAsia")) in ("仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体", "宋体"), (
                style.name
            )
    for name, xml in parts(render_word(long_report())).items():
        assert "Theme" not in xml or name.endswith("settings.xml"), name
        assert "theme/" not in xml, name


def test_headings_are_headings(report):
    found = {(paragraph.style.style_id, paragraph.text) for paragraph in report.paragraphs}
    assert ("Heading1", "一、组织领导") in found
    assert ("Heading2", "（一）工作") in found
    assert ("Heading3", "1.细目") in found
    fonts = {
        style.style_id: style.element.rPr.rFonts.get(qn("w:eastAsia"))
        for style in report.styles
        if style.style_id.startswith("Heading")
    }
    assert fonts["Heading1"] == "黑体"
    assert fonts["Heading2"] == "楷体_GB2312"


def test_lines_and_letters_stand_as_in_the_pdf(report):
    normal = report.styles["Normal"].element
    assert normal.pPr.find(qn("w:spacing")).get(qn("w:line")) == "579"
    assert normal.pPr.find(qn("w:spacing")).get(qn("w:lineRule")) == "exact"
    assert normal.rPr.find(qn("w:spacing")).get(qn("w:val")) == "-5"
    section = report.sections[0]
    margins = [
        round(value.mm)
        for value in (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    ]
    assert margins == [37, 35, 28, 26]


def test_page_numbers_stand_outside(report):
    section = report.sections[0]
    for footer, style in ((section.footer, "footer"), (section.even_page_footer, "FooterEven")):
        assert "PAGE" in footer._element.xml
        assert footer.paragraphs[0].style.style_id == style
    assert report.settings.odd_and_even_pages_header_footer
    assert report.settings.element.find(qn("w:mirrorMargins")) is not None


def test_tables_are_tables_with_a_style_of_their_own_and_repeated_heads(report):
    assert len(report.tables) >= 3
    for table in report.tables:
        assert table.style.style_id == "PaperTable"
        assert table._tbl.tr_lst[0].trPr.find(qn("w:tblHeader")) is not None
        assert table._tbl.tr_lst[-1].trPr.find(qn("w:tblHeader")) is None


def test_a_head_of_two_rows_is_merged():
    made = docx.Document(io.BytesIO(render_word(Document("表", (grouped_table(),)))))
    head = made.tables[0]
    assert head.cell(0, 0)._tc is head.cell(1, 0)._tc or head.cell(0, 0).text == "乡镇"
    assert head.cell(0, 1).text == head.cell(0, 2).text == "小学"
    merges = [cell.get(qn("w:val")) for cell in head._tbl.iter(qn("w:vMerge"))]
    assert merges == ["restart", "continue"]


def test_a_form_keeps_its_grid():
    made = docx.Document(io.BytesIO(render_word(form())))
    grid = made.tables[0]
    assert len(grid.columns) == 3
    assert grid.cell(0, 1).text == "王䶮"
    assert grid.cell(2, 1).text.splitlines()[0] == "同意。"
    assert grid.cell(2, 1).text.endswith("2025年6月1日")
    assert len(made.inline_shapes) == 1


def test_several_papers_are_sections_with_pages_of_their_own():
    made = docx.Document(io.BytesIO(render_word(bound("两份", [form(), form()]))))
    assert len(made.sections) == 2
    for section in made.sections:
        assert section._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "1"


def test_a_wide_paper_lies_across():
    made = docx.Document(io.BytesIO(render_word(Document("表", (grouped_table(),), layout="wide"))))
    section = made.sections[0]
    assert section.page_width > section.page_height


def test_the_file_tells_title_author_subject_and_language(report):
    properties = report.core_properties
    assert properties.title == "青岚县2023—2024学年支教工作总结（王䶮㛃𠅤）"
    assert properties.author == "青岚县教育局"
    assert properties.subject == "支教工作"
    assert properties.language == "zh-CN"
    assert properties.created.date() == date(2024, 7, 10)


def test_nothing_of_the_text_is_lost(report):
    told = "".join(node.text or "" for node in report.element.body.iter(qn("w:t")))
    for name in RARE_NAMES:
        assert told.count(name) >= 4
    for line in long_report().text().splitlines():
        for word in line.split("　"):
            if word not in ("图1", "图2", "图3"):
                assert word in told, word


def test_equal_trees_make_equal_bytes():
    assert render_word(long_report()) == render_word(long_report())
    assert render_word(form()) == render_word(form())


def test_signs_that_xml_cannot_hold_are_left_out_and_markup_stays_words():
    hostile = "a\x00b\x1f<w:t>&\ud800c\ufffe"
    made = docx.Document(
        io.BytesIO(
            render_word(
                Document(
                    hostile,
                    (Paragraph(hostile, Strong(hostile)), PageBreak(), Signature(hostile, date(2024, 1, 1))),
                    hostile,
                    subject=hostile,
                )
            )
        )
    )
    assert made.paragraphs[0].text == "ab<w:t>&c"
    assert made.core_properties.title == "ab<w:t>&c"
