"""Each file that is no honest workbook gets its sentence, and the database stays as it was."""

from __future__ import annotations

import pytest

from tests.workbook import hostile
from zhijiao.workbook.importing import carry_out, plan_import

FILES = [
    (hostile.old_xls, "旧版 Excel 格式（.xls）"),
    (hostile.with_password, "打开密码"),
    (hostile.csv, "文本文件（CSV）"),
    (hostile.csv_in_utf8, "文本文件（CSV）"),
    (hostile.web_page, "网页"),
    (hostile.empty, "0 字节"),
    (hostile.truncated, "不完整或已损坏"),
    (hostile.garbage, "不是 Excel 工作簿"),
    (hostile.plain_zip, "压缩文件"),
    (hostile.word_document, "Word 文档"),
    (hostile.open_document, ".ods"),
    (hostile.with_macro, "宏"),
    (hostile.with_external_link, "其他工作簿的链接"),
    (hostile.with_embedded_file, "嵌入"),
    (hostile.with_path_outside, "结构不正常"),
    (hostile.with_many_parts, "超过上限 200 个"),
    (hostile.zip_bomb, "大得不正常"),
    (hostile.entity_bomb, "已损坏"),
    (hostile.broken_sheet, "已损坏"),
    (hostile.broken_strings, "已损坏"),
    (hostile.with_a_string_that_is_not_there, "已损坏"),
    (hostile.without_workbook, "已损坏"),
    (hostile.without_known_sheets, "没有一张工作表是系统认识的"),
    (hostile.cell_in_the_last_column, "超过上限 100 列"),
    (hostile.too_many_columns, "超过上限 100 列"),
]


@pytest.mark.parametrize(("make", "sentence"), FILES, ids=[make.__name__ for make, _ in FILES])
def test_a_hostile_file_gets_its_sentence_and_changes_nothing(make, sentence, database):
    before = database()
    plan = carry_out(make())
    assert [sentence in problem.message for problem in plan.problems].count(True) == 1, [str(p) for p in plan.problems]
    assert database() == before


def test_more_rows_than_the_limit_are_refused(settings, database):
    settings.WORKBOOK_MAX_ROWS = 50
    before = database()
    plan = carry_out(hostile.too_many_rows())
    assert [str(problem) for problem in plan.problems] == [
        "工作表“学校”有内容的行超过上限 50 行；请按学年或学校分成几份上传"
    ]
    assert database() == before


def test_a_file_larger_than_the_limit_is_refused_unread(settings, database):
    settings.WORKBOOK_MAX_BYTES = 1000
    plan = plan_import(hostile.too_many_rows())
    assert "超过上限 1.0 KB" in plan.problems[0].message
