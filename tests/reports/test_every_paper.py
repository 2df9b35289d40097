"""Every paper there is, of a small county with rare names, as PDF, Word and Excel: nothing missing, nothing lost."""

import io
import re
from collections import Counter
from datetime import date
from decimal import Decimal

import docx
import openpyxl
import pdfplumber
import pytest
from docx.oxml.ns import qn

from assignments.choices import Role
from assignments.models import (
    AllowancePayment,
    AllowanceSheet,
    Application,
    AttendanceMonth,
    PublicNotice,
    Secondment,
    Teacher,
)
from evaluations.models import Appraisal, AppraisalScore, Finding, Inspection, InspectionRound
from reports import certificates
from reports.documents.glyphs import missing_glyphs
from reports.documents.pdf import render_pdf
from reports.documents.word import render_word
from reports.papers import PAPERS
from reports.papers.paper import Making, Wanted
from tests.conftest import person
from tests.reports.test_documents_pdf import fonts_with_notdef
from zhijiao.dates import ApproximateDate, parse_day

pytestmark = pytest.mark.slow  # once, on one database: what is looked at are files

NAMES = ("王䶮", "李㛃", "赵𠅤", "孙𬱖", "买买提·阿不都热合曼")
OVER = NAMES[3:]  # theirs has ended, and is certified; the others are on post
SHEETS = {"application": 2, "approval": 1, "letter": 1, "receipt": 1, "certificate": 1}  # of each person
MONTH = date(2023, 11, 1)
FONTS = {"仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体", "宋体"}


@pytest.fixture
def officer(county):
    """With two hats, so that one person has every paper."""
    user = person("officer", "周专干", Role.OFFICER, district=county)
    user.memberships.create(role=Role.FINANCE, district=county)
    return user


@pytest.fixture
def small_county(county, sending_school, receiving_school, school_year, second, officer):
    """Five people with names that few fonts hold, and of each what a paper could tell."""
    notice = PublicNotice(county=county, school=sending_school, school_year=school_year, title="第一批", working_days=7)
    notice.when = ApproximateDate.range(parse_day("2023-06-01"), parse_day("2023-06-09"))
    notice.save()
    sheet = AllowanceSheet.objects.create(county=county, month=MONTH)
    certified = []
    for number, name in enumerate(NAMES):
        teacher = Teacher.objects.create(
            county=county, school=sending_school, name=name, subject="语文", phone=f"1380000123{number}",
            id_number="11010519491231002X" if not number else "", bank="青岚农商行", bank_card="6222020200112233",
        )  # fmt: skip
        row = second(
            teacher, dispatch_document="青教人〔2023〕7号", dispatched_on=date(2023, 8, 20), notice=notice,
            **({"state": "completed", "months": Decimal(10)} if name in OVER else {}),
        )  # fmt: skip
        certified += [teacher] if name in OVER else []
        of = {"county": county, "secondment": row}
        Application.objects.create(**of, reason=f"愿意到乡村去，{name}。", sending_opinion="同意推荐。")
        AttendanceMonth.objects.create(**of, month=MONTH, due=22, present=20, sick_leave=2, marks={"6": "sick"})
        AllowancePayment.objects.create(**of, month=MONTH, sheet=sheet, standard=500, amount=Decimal("479.5"), deduction=Decimal("20.5"), deduction_reason="旷工 1 天")  # fmt: skip
    for row in Secondment.objects.all():
        graded = Appraisal(
            county=county,
            secondment=row,
            school_year=school_year,
            score=Decimal(93),
            grade="qualified",
            summary="教了一年。",
        )
        graded.when = ApproximateDate.day(date(2024, 6, 20))
        graded.save()
        AppraisalScore.objects.create(
            county=county, appraisal=graded, item="出勤", maximum=20, score=19, source="病假 1 天"
        )
    held = InspectionRound(county=county, school_year=school_year, name="秋季检查", state="announced")
    held.when = ApproximateDate.month(2023, 11)
    held.save()
    inspection = Inspection(
        county=county, school=receiving_school, school_year=school_year, leader=NAMES[0], state="closed", round=held
    )
    inspection.when = ApproximateDate.day(date(2023, 11, 6))
    inspection.save()
    for row in Secondment.objects.select_related("teacher"):
        Finding.objects.create(
            county=county,
            inspection=inspection,
            kind="problem",
            text=f"{row.teacher}的反思少",
            teacher=row.teacher,
            due_on=date(2023, 12, 1),
        )
    certificates.issue(certified, by=officer, purpose="申报高级教师", address="https://zj.example/v/{code}/")
    return county


@pytest.fixture
def made(small_county, officer):
    """Makes a paper of all that it can be made of; the tree."""

    def make(key):
        paper, wanted = PAPERS[key], Wanted(officer, year="2023-2024", month=MONTH)
        rows = [choice.row for choice in paper.find(wanted) if not choice.why_not]
        assert rows, f"{paper.title}没有可以生成的记录"
        making = Making(officer, wanted=wanted)
        return paper.build(rows, making), paper.excel(rows, making) if paper.excel else b"", len(rows)

    return make


def bare(text):
    return re.sub(r"\s", "", text)


def fonts_used(word):
    """The East Asian fonts of all letters: a style's, or a run's own."""
    fonts = {style.style_id: style.element.rPr for style in word.styles if style.element.rPr is not None}
    footers = [section.footer for section in word.sections if not section.footer.is_linked_to_previous]
    parts = [word.element.body, *(footer._element for footer in footers)]
    paragraphs = [paragraph for part in parts for paragraph in part.iter(qn("w:p"))]
    used = {paragraph.pPr.pStyle.get(qn("w:val")) for paragraph in paragraphs}
    used |= {style.get(qn("w:val")) for part in parts for style in part.iter(qn("w:rStyle"))}
    named = [fonts[style].rFonts.get(qn("w:eastAsia")) for style in used]
    own = [run.get(qn("w:eastAsia")) for part in parts for run in part.iter(qn("w:rFonts"))]
    return {*named, *filter(None, own)}


@pytest.mark.parametrize("key", PAPERS)
def test_every_paper_as_pdf_word_and_excel(made, key):
    tree, workbook, people = made(key)
    text = tree.text()
    names = [name for name in NAMES if name in text]
    assert names or key == "public_notice"  # where names are masked
    assert missing_glyphs(text) == set()

    with pdfplumber.open(io.BytesIO(render_pdf(tree, is_kept=False))) as opened:
        assert fonts_with_notdef(opened) == 0
        assert len(opened.pages) == SHEETS[key] * people if key in SHEETS else opened.pages
        printed = "".join(bare(page.extract_text() or "") for page in opened.pages)
        # A long name is broken over the lines of a narrow cell, and read between those of its neighbours.
        assert all(name in printed if len(name) < 4 else set(name) <= set(printed) for name in names)

    word = docx.Document(io.BytesIO(render_word(tree)))
    written = bare("".join(node.text or "" for node in word.element.body.iter(qn("w:t"))))
    assert Counter(written.replace("注：", "")) == Counter(bare(text).replace("注：", ""))
    lost = [piece for line in text.splitlines() for piece in line.split() if bare(piece) not in written]
    assert lost == []
    assert fonts_used(word) <= FONTS

    if workbook:
        book = openpyxl.load_workbook(io.BytesIO(workbook))
        cells = [str(cell.value) for sheet in book for row in sheet for cell in row]
        assert all(name in cells for name in NAMES)


def test_the_form_of_an_appraisal_is_a_sheet_a_teacher_with_the_scores_as_numbers(made):
    _, workbook, people = made("appraisal_form")
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    assert len(book.sheetnames) == people == len(set(book.sheetnames))
    sheet = book[NAMES[0]]
    rows = [[cell.value for cell in row if cell.value is not None] for row in sheet]
    assert ["考核项目", "满分", "得分", "依据"] in rows and ["出勤", 20, 19, "病假 1 天"] in rows
    assert ["合计", 93] in [[value for value in row if value != ""] for row in rows]
    assert any("教了一年。" in row for row in rows)
