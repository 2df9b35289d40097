"""The PDF measured on paper: one report of two dozen pages, rendered once, and what hostile words cannot do in it."""

import base64
import os
import re
import socket
import zlib
from collections import defaultdict
from itertools import pairwise

import pdfplumber
import pytest

from reports.documents import pdf as pdf_module
from reports.documents.html import finished_html
from reports.documents.pdf import RenderingError, forget_oldest, render_pdf, run_worker
from reports.documents.pdf_worker import make_fetcher
from reports.documents.tree import Chart, Document, Figure, Paragraph, Section, Series, Signature, Strong, Table

from .sample_documents import RARE_NAMES, long_report

MM = 72 / 25.4
LINE = 225 * MM / 22


@pytest.fixture(scope="session")
def report(tmp_path_factory):
    """The whole report as pdfplumber reads it."""
    path = tmp_path_factory.mktemp("pdf") / "report.pdf"
    path.write_bytes(run_worker(finished_html(long_report())))
    with pdfplumber.open(path) as opened:
        yield opened


@pytest.fixture(scope="session")
def sheets(report):
    """For every page its letters, its height, and its body lines from top to bottom."""
    return [Sheet(page) for page in report.pages]


class Sheet:
    def __init__(self, page):
        self.number = page.page_number
        self.height = float(page.height)
        self.width = float(page.width)
        self.chars = [char for char in page.chars if char["text"].strip()]
        self.foot = [char for char in self.chars if char["top"] > self.height - 33 * MM]
        self.body = [char for char in self.chars if abs(char["size"] - 16) < 0.1]
        lines = defaultdict(list)
        for char in self.body:
            lines[round((self.height - char["matrix"][5] - 37 * MM) / LINE)].append(char)
        self.lines = [lines[key] for key in sorted(lines)]

    @property
    def is_full_text(self):
        others = [char for char in self.chars if char not in self.body and char not in self.foot]
        return not others and len(self.lines) >= 21

    @property
    def left_margin(self):
        return 28 if self.number % 2 else 26


def words(chars):
    return "".join(char["text"] for char in chars)


def test_the_report_is_long_enough_to_be_measured(sheets):
    assert len(sheets) >= 12
    assert sum(sheet.is_full_text for sheet in sheets) >= 8


def test_full_pages_hold_22_lines(sheets):
    assert {len(sheet.lines) for sheet in sheets if sheet.is_full_text} == {22}


def test_every_line_of_body_text_stands_on_the_grid_after_titles_tables_and_charts_too(sheets):
    for sheet in sheets[1:]:
        for char in sheet.body:
            place = (sheet.height - char["matrix"][5] - 37 * MM) / LINE % 1
            assert 0.66 < place < 0.76, (sheet.number, char["text"])


def test_a_full_line_holds_28_hanzi(sheets):
    lines = [line for sheet in sheets if sheet.is_full_text for line in sheet.lines]
    hanzi_only = [words(line) for line in lines if re.fullmatch(r"[\u3000-\u9fff“”，。、]{24,}", words(line))]
    counts = [len(line) for line in hanzi_only]
    assert max(counts) == 28
    assert counts.count(28) > 0.6 * len([count for count in counts if count > 25])


def test_the_type_area_is_156_by_225_millimetres(sheets):
    for sheet in sheets:
        if not sheet.body:
            continue
        left = min(char["x0"] for char in sheet.body) / MM
        right = max(char["x1"] for char in sheet.body) / MM
        assert left == pytest.approx(sheet.left_margin, abs=0.2)
        assert right == pytest.approx(sheet.left_margin + 156, abs=0.3)
        assert min(char["top"] for char in sheet.body) / MM >= 37
        assert max(char["bottom"] for char in sheet.body) / MM <= 37 + 225 + 0.1


def test_full_lines_end_at_the_right_edge(sheets):
    for sheet in sheets:
        if sheet.is_full_text:
            for line in (line for line in sheet.lines if len(line) >= 26):
                assert max(char["x1"] for char in line) / MM == pytest.approx(sheet.left_margin + 156, abs=0.4)


def test_page_numbers_stand_outside(sheets):
    for sheet in sheets:
        assert words(sheet.foot) == f"—{sheet.number}—"
        distance = sheet.width - sheet.foot[-1]["x1"] if sheet.number % 2 else sheet.foot[0]["x0"]
        assert distance == pytest.approx(26 * MM + 14, abs=1)
        assert {round(char["size"]) for char in sheet.foot} == {14}


def test_fonts_and_sizes_are_those_of_a_gongwen(sheets):
    style = {}
    for sheet in sheets:
        for line in sheet.lines:
            first = next((char for char in line if char["text"] not in "（一"), line[0])
            style.setdefault(words(line), first["fontname"].partition("+")[2].partition("-")[0])
    assert style["一、组织领导"] == "HT"
    assert style["（一）工作"] == "KT"
    assert style["1.细目"] == style["（1）更细"] == "FS"
    title = [char for char in sheets[0].chars if abs(char["size"] - 22) < 0.1]
    assert words(title).startswith("青岚县2023—2024学年支教工作总结")
    assert title[0]["fontname"].endswith("XBS-Heavy")


def test_no_glyph_is_missing_in_any_font(report, sheets):
    everything = "".join(words(sheet.chars) for sheet in sheets)
    for name in RARE_NAMES:
        assert everything.count(name) >= 4  # sentence, heading, bold, table
    assert {char["fontname"].partition("+")[2].partition("-")[0] for sheet in sheets for char in sheet.chars} == {
        "FS",
        "HT",
        "KT",
        "XBS",
        "RZ",
        "ST",
    }
    assert fonts_with_notdef(report) == 0


def test_the_count_of_missing_glyphs_can_tell(tmp_path):
    path = tmp_path / "missing.pdf"
    path.write_bytes(run_worker(finished_html(Document("标题", (Paragraph("张\U0010fff0三"),)))))
    with pdfplumber.open(path) as opened:
        assert fonts_with_notdef(opened) == 1


def fonts_with_notdef(opened):
    """WeasyPrint gives a font that lacks a glyph a code table of its own instead of Identity-H."""
    fonts = {}
    for page in opened.pages:
        for key, font in page.page_obj.resources["Font"].resolve().items():
            fonts[key] = font.resolve()
    return sum(getattr(font["Encoding"], "name", None) != "Identity-H" for font in fonts.values())


def test_a_table_over_several_pages_repeats_its_head(sheets):
    of_table = [sheet for sheet in sheets if any(re.fullmatch(r"教师\d+", row) for row in names_in(sheet))]
    assert len(of_table) >= 3
    for sheet in of_table:
        heads = "".join(char["text"] for char in sheet.chars if "HT" in char["fontname"])
        assert "序号姓名受援学校学科到岗日期状态" in heads


def names_in(sheet):
    small = [char for char in sheet.chars if char["size"] < 13]
    return re.findall(r"教师\d+", words(small))


def test_a_heading_never_stands_alone_at_the_foot(sheets):
    for sheet, _ in pairwise(sheets):
        if sheet.lines:
            last = max(sheet.chars, key=lambda char: (char not in sheet.foot, -char["matrix"][5]))
            assert "HT" not in last["fontname"] or last["size"] < 15
            assert "KT" not in last["fontname"]


def test_the_signature_stays_with_the_last_paragraph(sheets):
    last = sheets[-1]
    assert [words(line) for line in last.lines[-2:]] == ["青岚县教育局", "2024年7月10日"]
    assert len(last.lines) > 2
    right = max(char["x1"] for char in last.lines[-1])
    assert last.width - right > (26 + 4 * 16 / MM - 1) * MM  # four hanzi from the edge


def test_headings_make_the_outline(report):
    outline = [(level, title) for level, title, *_ in report.doc.get_outlines()]
    assert outline[0] == (1, "一、组织领导")
    assert outline[-3:] == [(2, "（一）工作"), (3, "1.细目"), (4, "（1）更细")]


def test_the_file_tells_its_title_author_subject_and_language(report):
    assert report.metadata["Title"] == "青岚县2023—2024学年支教工作总结（王䶮㛃𠅤）"
    assert report.metadata["Author"] == "青岚县教育局"
    assert report.metadata["Subject"] == "支教工作"
    assert report.metadata["CreationDate"].startswith("D:20240710")
    assert report.doc.catalog["Lang"] == b"zh-CN"


# --- what hostile words cannot do ------------------------------------------------------------------------------------------

CANARY = "CANARY-7f3a91"


def test_no_words_can_read_a_file_or_open_a_connection(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text(CANARY)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.settimeout(0.1)
        pdf = run_worker(finished_html(hostile_document(secret.as_uri(), listening.getsockname()[1])))
        with pytest.raises(TimeoutError):
            listening.accept()
    assert pdf.startswith(b"%PDF")
    assert CANARY.encode() not in unpacked(pdf)


def hostile_document(file_url, port):
    web = f"http://127.0.0.1:{port}/"
    payloads = [
        template.replace("URL", url)
        for url in (file_url, web, web.replace("http:", "ftp:"), web.removeprefix("http:"), "/dev/urandom")
        for template in (
            '<img src="URL">',
            '<link rel="attachment" href="URL"><a rel="attachment" href="URL">x</a>',
            "</style><style>@import url(URL); @font-face{font-family:FS;src:url(URL)}</style>",
            '<svg><image href="URL"/><use href="URL#x"/></svg>',
            '<object data="URL"></object><iframe src="URL"></iframe><base href="URL">',
            '"><div style="background:url(URL)">',
        )
    ]
    text = "".join(payloads)
    table = Table(text, (text,), tuple((Figure(payload, "k", "", payload),) for payload in payloads), note=text)
    chart = Chart("bar", text, (text, "b"), (Series(text, (1, 2)), Series("b", (2, 3))), text)
    blocks = (Section(text, (Paragraph(text, Strong(text)), table, chart)), Signature(text))
    return Document(text, blocks, text, subject=text, keywords=(text,), number=text, notes=(text,))


def unpacked(pdf):
    streams = [pdf]
    for match in re.finditer(rb"stream\r?\n", pdf):
        try:
            streams.append(zlib.decompressobj().decompress(pdf[match.end() :]))
        except zlib.error:
            continue
    return b"\n".join(streams)


def test_the_fetcher_gives_fonts_by_our_names_and_data_and_nothing_else(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text(CANARY)
    fetcher = make_fetcher({"FS": str(secret)})
    assert fetcher.fetch("font:FS").read() == CANARY.encode()
    inside = base64.b64encode(b"inside").decode()
    assert fetcher.fetch(f"data:text/plain;base64,{inside}").read() == b"inside"
    for url in (
        secret.as_uri(),
        str(secret),
        f"font:{secret}",
        "font:../FS",
        "http://127.0.0.1/",
        "FILE:///etc/passwd",
        "ftp://a/b",
        "//a/b",
    ):
        with pytest.raises(ValueError, match="外部内容"):
            fetcher.fetch(url)


def test_markup_that_got_in_all_the_same_still_reads_nothing(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text(CANARY)
    url = secret.as_uri()
    html = f'<link rel="attachment" href="{url}"><a rel="attachment" href="{url}">x</a><img src="{url}"><object data="{url}">'
    assert CANARY.encode() not in unpacked(run_worker(html))


def test_the_worker_gets_no_secret_of_ours(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "x")
    monkeypatch.setenv("DATABASE_URL", "x")
    assert not {"SECRET_KEY", "DATABASE_URL", "FIELD_KEYS"} & set(pdf_module.KEPT_VARIABLES)


# --- limits and the folder of finished files -------------------------------------------------------------------------------


def test_a_document_that_takes_too_much_memory_is_stopped_and_said_so(settings):
    settings.DOCUMENT_MEMORY_BYTES = 40 * 1024 * 1024
    with pytest.raises(RenderingError, match="没有生成 PDF"):
        run_worker("<p>x")


def test_a_document_that_takes_too_long_is_stopped_and_said_so(settings):
    settings.DOCUMENT_CPU_SECONDS = 1
    with pytest.raises(RenderingError, match="时间或内存"):
        run_worker("<p>各受援学校" * 300_000)


def test_a_finished_file_is_kept_and_a_changed_document_is_made_anew(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    document = Document("通知", (Paragraph("请按时到岗。"),))
    first = render_pdf(document)
    (kept,) = (tmp_path / "documents").iterdir()
    kept.write_bytes(b"%PDF kept")
    assert first.startswith(b"%PDF-1")
    assert render_pdf(document) == b"%PDF kept"
    render_pdf(Document("通知", (Paragraph("请提前到岗。"),)))
    assert len(list((tmp_path / "documents").iterdir())) == 2


def test_the_folder_of_finished_files_is_bounded(tmp_path):
    for age in range(4):
        path = tmp_path / f"{age}.pdf"
        path.write_bytes(b"x" * 10)
        os.utime(path, (1000 - age, 1000 - age))
    forget_oldest(tmp_path, bound=25)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.pdf", "1.pdf"]
