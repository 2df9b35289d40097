"""The Word file as an office program reads it says what the PDF says, word for word."""

import io
import re
import shutil
import subprocess
from collections import Counter

import docx
import pdfplumber
import pytest
from docx.oxml.ns import qn

from assignments.models import District
from assignments.periods import Period
from reports.annual_report import annual_report
from reports.documents.charts import draw
from reports.documents.pdf import render_pdf
from reports.documents.tree import Heading, NumberedChart, NumberedTable, Paragraph, text_of
from reports.documents.word import render_word
from reports.documents.word_base import BIAO, FANG, FONTS, HEI, KAI
from reports.figures import Asked, Viewpoint
from tests.reports.sample_documents import long_report
from tests.reports.test_sources import YEAR, recorded  # noqa: F401

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
LIMIT = 240  # seconds: a first start makes a profile


def words(text):
    """Without blanks, hyphens of all kinds, joiners and the numbers of pages."""
    bare = re.sub(r"—\s*\d+\s*—", "", text)
    return re.sub(r"[\s\u2060\u00ad\u2010\u2011\u2212\u2013\u2014-]", "", bare)


def told_by(pdf):
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        return "".join(words(page.extract_text() or "") for page in opened.pages)


@pytest.fixture(scope="module")
def opened_by_office(tmp_path_factory):
    """What LibreOffice reads in a Word file."""
    if OFFICE is None:
        pytest.skip("没有 LibreOffice，不能打开 Word 文件（apt-get install libreoffice-writer-nogui）")
    folder = tmp_path_factory.mktemp("office")
    command = [OFFICE, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", "txt:Text (encoded):UTF8"]  # fmt: skip

    def read(content):
        (folder / "report.docx").write_bytes(content)
        files = ["--outdir", str(folder), str(folder / "report.docx")]
        subprocess.run([*command, *files], check=True, capture_output=True, timeout=LIMIT)
        return words((folder / "report.txt").read_text(encoding="utf-8-sig"))

    return read


@pytest.fixture
def report(county, recorded):  # noqa: F811
    return annual_report(Asked(Period.parse(YEAR), Viewpoint(District.objects.get(pk=county.pk))))


def without_heads(letters, report):
    """A table's head stands again on each of its pages: whole heads are taken away, and what is left was lost or added."""
    heads = [item.table.header_rows for item in report.flow() if isinstance(item, NumberedTable)]
    for head in sorted({words("".join(cell.text for row in rows for cell in row)) for rows in heads}, key=len)[::-1]:
        while Counter(head) <= letters:
            letters -= Counter(head)
    return letters


def drawn(report):
    """The marks of charts: those of the PDF, which Word gives as numbers alone."""
    charts = [draw(item.chart) for item in report.flow() if isinstance(item, NumberedChart)]
    return Counter(words("".join(mark.text for chart in charts for mark in chart.texts)))


@pytest.mark.slow
def test_what_an_office_program_reads_is_what_the_pdf_says(opened_by_office, report):
    pdf, word = told_by(render_pdf(report, is_kept=False)), opened_by_office(render_word(report))

    assert not Counter(word) - Counter(pdf)
    assert not without_heads(Counter(pdf) - Counter(word) - drawn(report), report)
    running = [words(item.text) for item in report.flow() if isinstance(item, (Paragraph, Heading))]
    assert len(running) > 5
    for text in running:
        assert text in pdf and text in word
    cells = [words(text_of(cell)) for item in report.flow() if isinstance(item, NumberedTable) for row in item.table.rows for cell in row]  # fmt: skip
    places = [word.find(cell) for cell in cells]
    assert -1 not in places  # a cell that the PDF breaks over two lines is whole in Word


def test_every_letter_of_a_report_has_one_of_the_named_fonts_for_chinese(report):
    word = docx.Document(io.BytesIO(render_word(report)))
    styles = {style.style_id: style.element for style in word.styles}
    used = {paragraph.pPr.pStyle.get(qn("w:val")) for paragraph in word.element.body.iter(qn("w:p"))}
    for name in used:
        fonts = styles[name].rPr.rFonts
        assert {fonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia", "cs")} <= set(FONTS), name
    east_asian = {name: styles[name].rPr.rFonts.get(qn("w:eastAsia")) for name in used}
    assert (east_asian["Title"], east_asian["Heading1"], east_asian["Normal"]) == (BIAO, HEI, FANG)
    assert east_asian["Subtitle"] == KAI and east_asian["Appendix"] == HEI
    for run in word.element.body.iter(qn("w:rFonts")):
        assert run.get(qn("w:eastAsia")) is None  # nothing is set by hand over the styles
    headings = [one for one in word.paragraphs if one.style.style_id.startswith("Heading")]
    assert [one.text for one in headings] == [heading.text for heading in report.sections() if heading.number]
    assert all(table.style.style_id == "PaperTable" for table in word.tables)
    assert len(word.tables) >= 2


def test_the_comparison_sees_a_word_that_is_lost():
    assert words("一、组织 领导\n— 12 —二⁠·三-四") == "一、组织领导二·三四"
    assert words(long_report().text()).count("王䶮") >= 4
