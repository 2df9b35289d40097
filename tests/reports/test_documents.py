"""The document tree, its numbering, its digest, and its renderers for text and browser."""

from dataclasses import replace
from datetime import date

import pytest

from reports.documents.charts import TALLEST, draw, nice_ticks
from reports.documents.checks import APT_LINE, library_warnings
from reports.documents.fonts import family_order, licensed_fonts
from reports.documents.glyphs import missing_glyphs
from reports.documents.html import render_html
from reports.documents.numbering import chinese_numeral, heading_number
from reports.documents.text import render_text
from reports.documents.tree import (
    Chart,
    Document,
    Figure,
    Limit,
    Paragraph,
    Section,
    Series,
    Signature,
    Strong,
    Table,
)
from reports.documents.widths import width_in_ems, wrap

from .sample_documents import columns_chart, grouped_table, long_report, ratio_chart, schools_chart, subjects_chart

HOSTILE = (
    "<script>alert(1)</script><img src=file:///etc/passwd onerror=x>@import url(http://evil.example/);\"'&</style>"
)


def a_document(*blocks, **more) -> Document:
    return Document("工作总结", blocks, "青岚县教育局", **more)


def headings(*blocks) -> list[str]:
    return [heading.text for heading in a_document(*blocks).sections()]


# --- the tree -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (21, "二十一"), (99, "九十九")],
)
def test_chinese_numerals_run_from_one_to_ninety_nine(number, words):
    assert chinese_numeral(number) == words


def test_a_numeral_beyond_ninety_nine_is_refused_in_words():
    with pytest.raises(ValueError, match="只到九十九"):
        chinese_numeral(100)


def test_each_level_of_heading_has_its_own_kind_of_number():
    assert [heading_number(level, 12) for level in (1, 2, 3, 4)] == ["十二、", "（十二）", "12.", "（12）"]


def test_a_section_with_nothing_to_tell_is_left_out_and_the_numbering_closes_up():
    told = Paragraph("有内容。")
    assert headings(
        Section("组织领导", (told,)),
        Section("荣誉", (Section("表彰", (Paragraph(" "), Table("空表", ("姓名",), ()))),)),
        Section("考核", (Section("没有", ()), Section("等次", (told,)))),
    ) == ["一、组织领导", "二、考核", "（一）等次"]


def test_a_fifth_level_is_refused():
    deep = Section("五", (Paragraph("有内容。"),))
    for title in "四三二一":
        deep = Section(title, (deep,))
    with pytest.raises(ValueError, match="最多 4 级"):
        a_document(deep).sections()


def test_tables_and_charts_are_numbered_through_the_document():
    document = a_document(Section("一", (grouped_table(), ratio_chart())), grouped_table(), subjects_chart())
    assert [getattr(item, "label", "") for item in document.flow()] == ["", "表1", "图1", "表2", "图2"]


def test_equal_trees_have_equal_digests_and_any_change_shows():
    report = long_report()
    assert report.digest() == long_report().digest()
    assert report.digest() != replace(report, dated=date(2024, 7, 11)).digest()
    assert a_document(Paragraph("125")).digest() != a_document(Paragraph(Strong("125"))).digest()


def test_every_live_figure_is_found_in_sentences_and_cells():
    cell = Figure("39", "schools", "/figures/schools/")
    sentence = Figure("125", "seconded", "/figures/seconded/")
    table = Table("学校", ("项目", "数"), (("受援学校", cell),))
    assert a_document(Section("一", (Paragraph("选派", sentence, "人。"), table))).figures() == (sentence, cell)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//evil.example/", "file:///etc/passwd", "data:text/html,x"])
def test_a_figure_opens_only_addresses_of_a_page(url):
    with pytest.raises(ValueError, match="不是本系统的地址"):
        Figure("125", "seconded", url)


def test_all_words_of_a_document_can_be_read_for_search_and_for_the_check_of_glyphs():
    text = long_report().text()
    for words in ("王䶮", "图2　近五年交流轮岗教师比例（%）", "标准 10%", "云雾山乡", "2024年7月10日"):
        assert words in text


def test_columns_of_numbers_stand_right_by_themselves():
    assert grouped_table().column_alignments == ("left", "right", "right", "right", "right")


def test_a_head_over_several_columns_is_told_cell_by_cell():
    grid = [[cell.text if cell else None for cell in row] for row in grouped_table().header_grid]
    assert grid == [["乡镇", "小学", None, "初中", None], [None, "学校", "教师", "学校", "教师"]]


# --- plain text ---------------------------------------------------------------------------------------------------------


def test_plain_text_has_numbers_indents_and_a_table_in_columns():
    document = a_document(
        Section("选派", (Paragraph("共", Figure("125", "n"), "人。"), grouped_table())),
        Signature("青岚县教育局", date(2024, 7, 10)),
    )
    lines = render_text(document).splitlines()
    assert "　　一、选派" in lines
    assert "　　共125人。" in lines
    assert "云雾山乡　   6　   12　   1　   3" in lines
    assert "合计    　  10　1,021　   1　   3" in lines
    assert lines[-1].endswith("2024年7月10日")


def test_rows_of_a_text_table_are_equally_wide():
    rows = [line for line in render_text(a_document(grouped_table())).splitlines() if "乡　" in line]
    assert len({width_in_ems(row) for row in rows}) == 1


# --- the browser's sheet ------------------------------------------------------------------------------------------------


def test_a_figure_is_a_link_that_needs_no_script():
    figure = Figure("125", "seconded", "/figures/seconded/", "选派人数", "派出并到岗的教师。", 125)
    html = render_html(a_document(Paragraph("选派", figure, "名教师")))
    assert '选派<span class="fig"><a href="/figures/seconded/" aria-label="125，打开口径">125</a>' in html
    assert "打开 125 条记录" in html
    assert "</a></span></span>名教师" in html


def test_the_sheet_keeps_the_browser_policy():
    html = render_html(long_report())
    assert "style=" not in html
    assert "<style" not in html
    assert "<script" not in html
    assert 'id="s2-1"' in html


def test_hostile_words_are_only_words_wherever_they_stand():
    chart = Chart("bar", HOSTILE, (HOSTILE,), (Series(HOSTILE, (1,)), Series("b", (2,))), HOSTILE, Limit(1, HOSTILE))
    table = Table(HOSTILE, (HOSTILE,), ((Figure(HOSTILE, "k", "/x", HOSTILE, HOSTILE),),), note=HOSTILE)
    blocks = (
        Section(HOSTILE, (Paragraph(HOSTILE, Strong(HOSTILE), Figure(HOSTILE, "k", "/x", HOSTILE)), table, chart)),
        Signature(HOSTILE),
    )
    html = render_html(Document(HOSTILE, blocks, HOSTILE, number=HOSTILE, notes=(HOSTILE,)))
    assert "<script" not in html
    assert "<img" not in html
    assert "</style" not in html
    assert html.count("&lt;script&gt;") >= 14


# --- charts -------------------------------------------------------------------------------------------------------------


def test_ticks_are_round_and_reach_around_the_values():
    assert nice_ticks(0, 11.9) == [0, 5, 10, 15]
    assert nice_ticks(0, 0.7) == [0, 0.2, 0.4, 0.6, 0.8]
    assert nice_ticks(-3, 7) == [-5, -2.5, 0, 2.5, 5, 7.5]


def test_ticks_of_people_are_whole():
    assert nice_ticks(0, 2, whole=True) == [0, 1, 2]
    assert nice_ticks(-3, 7, whole=True) == [-5, 0, 5, 10]


def test_a_zero_is_written_and_draws_no_bar():
    drawing = draw(subjects_chart())
    assert len(drawing.rects) == 7
    assert "0" in [text.text for text in drawing.texts]


def test_a_long_label_is_wrapped_and_never_cut():
    label = "信息技术与综合实践活动课程以及其他所有紧缺学科"
    drawing = draw(Chart("bar", "人数", (label, "语文"), (Series("人数", (3, 4)),)))
    lines = [text for text in drawing.texts if text.anchor == "end"]
    assert "".join(text.text for text in lines if text.text != "语文") == label
    assert all(text.x - width_in_ems(text.text) * 22 >= 0 for text in lines)


LONG_LINE = Chart("line", "人数", tuple(f"{y}—{y + 1}学年" for y in range(2010, 2025)), (Series("人数", (9,) * 15),))


@pytest.mark.parametrize("chart", [subjects_chart(), ratio_chart(), columns_chart(), schools_chart(), LONG_LINE])
def test_every_mark_stands_inside_the_drawing(chart):
    drawing = draw(chart)
    ends = {"start": (0, 1), "middle": (0.5, 0.5), "end": (1, 0)}
    for text in drawing.texts:
        before, after = (share * width_in_ems(text.text) * 13 for share in ends[text.anchor])
        assert text.x - before >= 0
        assert text.x + after <= drawing.width
        assert 10 <= text.y <= drawing.height
    assert all(rect.x + rect.width <= drawing.width for rect in drawing.rects)


def test_columns_too_many_to_stand_side_by_side_lie_down():
    years = tuple(f"{year}年度" for year in range(2000, 2020))
    chart = Chart("column", "人数", years, (Series("人数", tuple(range(20))),))
    assert draw(chart) == draw(replace(chart, kind="bar"))


def test_a_chart_of_very_many_says_that_it_shows_the_first():
    labels = tuple(f"第{i}小学" for i in range(45))
    numbers = Series("人数", tuple(range(1, 46)))
    drawing = draw(Chart("bar", "人数", labels, (numbers,)))
    assert len(drawing.rects) == 26
    assert drawing.texts[-1].text == "共 45 项，图中列前 26 项，全部见表"
    pairs = draw(Chart("bar", "人数", labels, (numbers, replace(numbers, name="上学年"))))
    assert pairs.height <= TALLEST + 26


def test_a_line_is_not_drawn_over_a_year_that_is_not_known():
    drawing = draw(Chart("line", "比例", ("1", "2", "3", "4"), (Series("比例", (1, None, 3, 4)),)))
    assert [len(line.points.split()) for line in drawing.polylines] == [1, 2]


@pytest.mark.parametrize("kind", ["bar", "column"])
def test_bars_of_two_years_are_told_apart_without_colour(kind):
    chart = Chart(kind, "人数", ("语文", "数学"), (Series("本学年", (3, 4)), Series("上学年", (2, 5))))
    drawing = draw(chart)
    assert len(drawing.rects) == 6  # four bars and two of the legend
    assert len(drawing.hatches) == 3  # those of the second year
    assert draw(replace(chart, series=chart.series[:1])).hatches == []
    assert all(
        text.text in {"3", "4", "2", "5", "语文", "数学", "本学年", "上学年"} or text.role for text in drawing.texts
    )


def test_lines_of_two_schools_are_told_apart_without_colour():
    drawing = draw(Chart("line", "人数", ("1", "2", "3"), (Series("甲校", (3, 4, 5)), Series("乙校", (2, 5, 6)))))
    assert [line.dash for line in drawing.polylines] == ["", "9 5"]
    assert len(drawing.circles) == 4 and len(drawing.marks) == 4  # with those of the legend


def test_the_numbers_below_a_chart_stand_across_or_down_as_they_fit():
    assert ratio_chart().numbers.rows == (("比例", "7.9", "8.8", "10.4", "11.3", "11.9"),)
    assert schools_chart().numbers.rows[1] == ("青岚县第2中心小学", "1")


@pytest.mark.parametrize("ems", [3, 5, 7.5])
def test_wrapping_loses_nothing_and_keeps_the_width(ems):
    text = "青岚县云雾山乡中心小学（石门坎教学点）2024"
    lines = wrap(text, ems)
    assert "".join(lines) == text
    assert all(width_in_ems(line) <= ems for line in lines)


# --- fonts and system libraries -----------------------------------------------------------------------------------------


def test_rare_names_can_be_drawn_and_what_cannot_is_named():
    assert missing_glyphs("王䶮李㛃赵𠅤孙旻 买买提·阿不都\n“2024年”——〔1〕℃①") == set()
    assert missing_glyphs("张\ue123三") == {"\ue123"}


def test_a_font_the_bureau_has_a_licence_for_comes_first(settings, tmp_path):
    own = settings.BASE_DIR / "static" / "fonts" / "NotoSerifSC-Folio.otf"
    (tmp_path / "仿宋_GB2312.ttf").write_bytes(own.read_bytes())
    (tmp_path / "方正小标宋简体.TTF").write_bytes(b"broken")
    settings.LICENSED_FONTS_DIR = str(tmp_path)
    assert set(licensed_fonts(str(tmp_path))) == {"LFS"}
    assert family_order("FS") == ("LFS", "FS", "RZ")
    assert family_order("HT") == ("HT", "FS", "RZ")


def test_a_missing_system_library_is_named_with_the_line_that_installs_it():
    (slow,) = library_warnings(has_pango=True, has_subset=False)
    (none,) = library_warnings(has_pango=False, has_subset=False)
    assert "libharfbuzz-subset" in slow.msg
    assert APT_LINE in slow.hint
    assert "Pango" in none.msg
    assert library_warnings(has_pango=True, has_subset=True) == []


def test_an_appendix_has_no_number_and_the_sections_go_on_counting():
    document = Document(
        "总结",
        (
            Section("一节", (Paragraph("话。"),)),
            Signature("某局"),
            Section("附表", (Paragraph("表。"),), is_appendix=True),
            Section("二节", (Paragraph("话。"),)),
        ),
    )
    assert [heading.text for heading in document.sections()] == ["一、一节", "附表", "二、二节"]
