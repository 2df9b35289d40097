"""套红: what a bureau prints over documents that have a number, and nothing over those that have none."""

import io
from dataclasses import replace
from datetime import date

import docx
import pdfplumber
import pytest
from django.urls import reverse
from docx.oxml.ns import qn

from assignments.choices import Role
from reports.documents.html import render_html
from reports.documents.pdf import render_pdf
from reports.documents.text import render_text
from reports.documents.tree import Document, Paragraph, Signature, bound
from reports.documents.word import render_word
from reports.papers import PAPERS
from reports.papers.paper import Making, Wanted
from reports.red_head import set_red_head
from tests.conftest import person
from zhijiao.accounts.models import AuditEntry
from zhijiao.refusals import Refused

MM = 72 / 25.4
RED = (0.902, 0, 0.071)
NAME = "青岚县教育局文件"
PAPER = Document(
    "关于选派支教教师的通知",
    (Paragraph("请按时到岗。"), Signature("青岚县教育局", date(2026, 8, 20))),
    "青岚县教育局",
    byline="",
    number="青教人〔2026〕7号",
    red_head=NAME,
)


@pytest.fixture(scope="module")
def page():
    with pdfplumber.open(io.BytesIO(render_pdf(PAPER, is_kept=False))) as opened:
        yield opened.pages[0]


def of(chars, text):
    start = "".join(char["text"] for char in chars).index(text)
    return chars[start : start + len(text)]


def test_the_mark_is_red_in_xiaobiaosong_35_millimetres_down_and_in_the_middle(page):
    mark = of(page.chars, NAME)
    assert {char["fontname"].partition("+")[2].partition("-")[0] for char in mark} == {"XBS"}
    assert tuple(round(part, 3) for part in mark[0]["non_stroking_color"]) == RED
    assert mark[0]["top"] / MM == pytest.approx(37 + 35, abs=5)
    assert (mark[0]["x0"] + mark[-1]["x1"]) / 2 / MM == pytest.approx(28 + 78, abs=1)
    assert mark[0]["size"] >= 40


def test_the_number_stands_below_it_once_and_a_red_rule_across_the_type_area_4_millimetres_under_that(page):
    text = "".join(char["text"] for char in page.chars)
    assert text.count(PAPER.number) == 1
    assert text.index(NAME) < text.index(PAPER.number) < text.index("关于选派")
    number = of(page.chars, PAPER.number)
    assert number[0]["top"] > of(page.chars, NAME)[0]["bottom"] + 10 * MM  # two lines
    reds = [
        edge
        for edge in [*page.rects, *page.lines, *page.curves]
        if tuple(round(part, 3) for part in edge["non_stroking_color"] or ()) == RED
    ]
    rule = max(reds, key=lambda edge: edge["width"])
    assert rule["width"] / MM == pytest.approx(156, abs=0.5)
    assert (rule["top"] - number[0]["bottom"]) / MM == pytest.approx(4, abs=4)
    assert of(page.chars, "关于选派")[0]["top"] > rule["bottom"]


def test_a_long_name_still_fits_the_width():
    long = replace(PAPER, red_head="云岭省青岚县教育体育和科学技术局人民政府教育督导室文件")
    with pdfplumber.open(io.BytesIO(render_pdf(long, is_kept=False))) as opened:
        mark = of(opened.pages[0].chars, long.red_head)
    assert len({round(char["top"]) for char in mark}) == 1
    assert mark[0]["x0"] / MM >= 28 and mark[-1]["x1"] / MM <= 28 + 156.5


@pytest.mark.parametrize(
    "paper",
    [
        replace(PAPER, number=""),
        replace(PAPER, red_head=""),
        replace(PAPER, layout="form"),
        bound("两份", [PAPER, PAPER]),
    ],
)
def test_without_a_number_and_on_forms_there_is_none(paper):
    assert not paper.has_red_head
    assert NAME not in render_html(paper) and NAME not in render_text(paper)
    word = docx.Document(io.BytesIO(render_word(paper)))
    assert not {"RedMark", "RedNumber"} & {paragraph.style.style_id for paragraph in word.paragraphs}


def test_word_page_and_text_have_it_too():
    word = docx.Document(io.BytesIO(render_word(PAPER)))
    mark, number, title = word.paragraphs[:3]
    assert [(one.style.style_id, one.text) for one in (mark, number, title)] == [
        ("RedMark", NAME), ("RedNumber", PAPER.number), ("Title", PAPER.title),
    ]  # fmt: skip
    style = mark.style.element
    assert style.rPr.rFonts.get(qn("w:eastAsia")) == "方正小标宋简体"
    assert style.rPr.find(qn("w:color")).get(qn("w:val")) == "E60012"
    assert number.style.element.pPr.find(qn("w:pBdr")).find(qn("w:bottom")).get(qn("w:color")) == "E60012"
    assert "".join(one.text for one in word.paragraphs).count(PAPER.number) == 1
    assert render_html(PAPER).count(PAPER.number) == render_text(PAPER).count(PAPER.number) == 1
    assert NAME in render_html(PAPER) and render_text(PAPER).startswith(NAME) and PAPER.text().startswith(NAME)


# --- the bureau's own words ----------------------------------------------------------------------------------------------------


def test_the_bureau_sets_it_on_a_page_and_its_papers_have_it(client_of, officer, county, secondment):
    client, address = client_of(officer), reverse("reports:red_head")
    assert address in client.get(reverse("reports:papers")).content.decode()
    assert "发文机关标志" in client.get(address).content.decode()

    answer = client.post(address, {"red_head": " 青岚县 教育局文件 "})

    assert answer.url == reverse("reports:papers")
    county.refresh_from_db()
    assert county.red_head == NAME
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.before, entry.after) == ("设置公文版头", {"版头": ""}, {"版头": NAME})
    secondment.dispatch_document, secondment.dispatched_on = "青教人〔2023〕7号", date(2023, 8, 20)
    secondment.save()
    rows = [choice.row for choice in PAPERS["dispatch"].find(Wanted(officer, year="2023-2024"))]
    tree = PAPERS["dispatch"].build(rows, Making(officer, wanted=Wanted(officer, year="2023-2024")))
    assert tree.has_red_head and tree.red_head == NAME

    client.post(address, {"red_head": ""})
    county.refresh_from_db()
    assert county.red_head == ""


def test_what_the_fonts_cannot_draw_is_refused_and_kept_in_the_field(client_of, officer, county):
    answer = client_of(officer).post(reverse("reports:red_head"), {"red_head": "青岚县\U0010fff0文件"})
    assert "文件的字体里没有这些字" in answer.content.decode()
    assert "青岚县\U0010fff0文件" in answer.content.decode()


def test_only_the_bureau_that_it_is_of_may(client_of, outsider, principal, county):
    address = reverse("reports:red_head")
    assert client_of(principal).get(address).status_code == 403
    assert client_of(outsider).get(address, {"district": county.code}).status_code == 404
    leader = person("leader", "罗局长", Role.BUREAU_ADMIN, district=county)
    assert client_of(leader).get(address).status_code in (200, 403)
    with pytest.raises(Refused):
        set_red_head(county, NAME, by=principal)
    county.refresh_from_db()
    assert county.red_head == ""
