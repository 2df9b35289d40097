"""The Word file as an office program lays it out says what the PDF says, word for word."""

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
from reports.documents.tree import Heading, NumberedChart, NumberedTable, Paragraph
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
def converted(tmp_path_factory):
    """A Word file as LibreOffice prints it."""
    if OFFICE is None:
        pytest.skip("没有 LibreOffice，不能转换 Word 文件（apt-get install libreoffice-writer-nogui）")
    folder = tmp_path_factory.mktemp("office")

    def convert(content):
        (folder / "report.docx").write_bytes(content)
        command = [OFFICE, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(folder / "report.docx")]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=LIMIT)
        return (folder / "report.pdf").read_bytes()

    return convert


@pytest.fixture
def report(county, recorded):  # noqa: F811
    return annual_report(Asked(Period.parse(YEAR), Viewpoint(District.objects.get(pk=county.pk))))


def without_heads(text, report):
    """A table's head stands again on every page, and pages end elsewhere."""
    for item in report.flow():
        if isinstance(item, NumberedTable):
            text = text.replace(words("".join(cell.text for cell in item.table.header_rows[0])), "")
    return text


def drawn(report):
    """The marks of charts: those of the PDF, which Word gives as numbers alone."""
    charts = [draw(item.chart) for item in report.flow() if isinstance(item, NumberedChart)]
    return Counter(words("".join(mark.text for chart in charts for mark in chart.texts)))


@pytest.mark.slow
def test_what_an_office_program_prints_says_what_the_pdf_says(converted, report):
    ours, theirs = told_by(render_pdf(report, is_kept=False)), told_by(converted(render_word(report)))

    assert Counter(without_heads(ours, report)) == Counter(without_heads(theirs, report)) + drawn(report)
    running = [words(item.text) for item in report.flow() if isinstance(item, (Paragraph, Heading))]
    assert len(running) > 5
    for text in running:
        assert text in ours and text in theirs


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
