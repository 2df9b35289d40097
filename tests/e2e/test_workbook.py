"""The officer's way: a year comes in as a workbook, is read, and can be taken back; a wrong one says what is wrong."""

import re
from pathlib import Path

import pytest
import yaml
from openpyxl import load_workbook
from playwright.sync_api import expect

from assignments.models import School, Secondment, Teacher
from tests import cases
from zhijiao.workbook.importing import carry_out
from zhijiao.workbook.models import ImportRun

CASE = Path(__file__).parent.parent / "data" / "cases" / "1-receiving-township.yaml"


@pytest.fixture
def workbook(tmp_path):
    """The year of a township's centre school: six teachers at three schools."""
    path = tmp_path / "云溪乡2023-2024学年.xlsx"
    cases.book_of(yaml.safe_load(CASE.read_text(encoding="utf-8"))).save(path)
    return path


def upload(page, workbook):
    page.goto("/import/")
    page.get_by_label("工作簿").set_input_files(workbook)
    page.get_by_role("button", name="上传并预览…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(workbook.name)


def test_a_year_is_uploaded_previewed_confirmed_found_and_undone(window_of, officer, workbook):
    page = window_of(officer)
    upload(page, workbook)
    expect(page.get_by_text("没有问题，还没有写入")).to_be_visible()
    row = page.get_by_role("row", name="支教派遣")
    expect(row.get_by_role("cell")).to_have_text(["6", "0", "0", "0"])
    assert not School.objects.exists()
    page.get_by_role("button", name="导入：新增").click()
    expect(page.get_by_text("已导入：新增")).to_be_visible()
    result = page.url

    page.get_by_role("link", name="教师", exact=True).click()
    page.locator("#list-q").fill("沈若兰")
    page.get_by_role("button", name="搜索").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="沈若兰", exact=True).click()
    page.get_by_role("link", name="2023—2024学年").first.click()
    expect(page).to_have_url(re.compile(r"/secondments/\d+/"))
    expect(page.get_by_role("heading", level=1)).to_have_text("沈若兰")
    expect(page.get_by_role("main")).to_contain_text("三岔中学")

    page.goto(result)
    page.get_by_role("button", name="撤销这次导入").click()
    expect(page.get_by_text("已撤销：删去新增的")).to_be_visible()
    assert not any(model.objects.exists() for model in (School, Teacher, Secondment))
    page.goto("/teachers/")
    expect(page.get_by_role("heading", name="还没有教师")).to_be_visible()


def test_the_report_opens_with_its_figures_records_and_pdf(window_of, officer, county, workbook):
    with workbook.open("rb") as stream:
        assert not carry_out(stream, county=county).problems
    page = window_of(officer)
    page.goto("/reports/")
    page.get_by_role("row", name="云溪乡中心初中").get_by_role("link", name="按记录生成的云溪乡中心初中总结").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"云溪乡中心初中2023—2024学年\s*支教工作总结"))

    figure = page.locator(".fig", has_text="6名").first
    figure.get_by_role("link").first.focus()
    page.keyboard.press("Enter")
    card = figure.locator(".fig-card")
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.keyboard.press("Enter")
    card.get_by_role("button", name="关闭").click()
    expect(card).to_be_hidden()
    page.keyboard.press("Enter")
    card.get_by_role("link").press("Enter")
    expect(page.locator(".fig-number")).to_contain_text("6")
    expect(page.locator("section[aria-labelledby=h-records] tbody tr")).to_have_count(6)

    page.go_back()
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").click()
    assert download.value.suggested_filename == "云溪乡中心初中2023—2024学年支教工作总结.pdf"
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")


def test_three_wrong_cells_are_named_and_marked_and_nothing_is_written(window_of, officer, county, workbook, tmp_path):
    book = load_workbook(workbook)
    book["支教派遣"]["E2"] = "语闻"
    book["支教派遣"]["C3"] = "三叉中学"
    book["问卷统计"]["C2"] = "一百多"
    book.save(workbook)
    page = window_of(officer)
    upload(page, workbook)
    expect(page.get_by_role("alert")).to_contain_text("有 3 处问题，还不能导入")
    expect(page.get_by_role("button", name="导入：")).to_have_count(0)
    told = page.locator("#problems tbody tr")
    for sheet, row, column, cell, value, hint in (
        ("支教派遣", "2", "任教学科", "E2", "语闻", "是不是“语文”"),
        ("支教派遣", "3", "受援学校", "C3", "三叉中学", "是不是“三岔中学”"),
        ("问卷统计", "2", "发放份数", "C2", "一百多", ""),
    ):
        line = told.filter(has_text=cell)
        for part in (sheet, row, column, value, hint):
            expect(line).to_contain_text(part)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载标出问题的工作簿").click()
    assert download.value.suggested_filename == "云溪乡2023-2024学年（已标出问题）.xlsx"
    marked = tmp_path / "marked.xlsx"
    download.value.save_as(marked)
    assert "是不是“语文”" in load_workbook(marked)["支教派遣"]["E2"].comment.text

    page.get_by_role("button", name="不导入了").click()
    expect(page.get_by_text("什么也没有写入")).to_be_visible()
    assert not School.objects.exists() and not ImportRun.objects.settled().exists()
