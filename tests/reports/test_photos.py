"""Photos of a document: the renderers are given the pictures by key, and nothing in a document makes them read anything else."""

import io
import re
import zipfile

import docx
import pdfplumber
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from reports.annual_report.page import standalone_page
from reports.documents.excel import render_excel
from reports.documents.html import finished_html, render_html
from reports.documents.pdf import render_pdf, run_worker
from reports.documents.pdf_worker import make_fetcher
from reports.documents.photos import attachment_photo, photos_of, picture_type
from reports.documents.text import render_text
from reports.documents.tree import Document, Paragraph, Photo
from reports.documents.word import render_word
from zhijiao.attachments import storing

CANARY = "CANARY-51ab77"


def picture(form="JPEG", size=(400, 300), colour="#17505c"):
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, form)
    return file.getvalue()


PICTURES = {"7": picture(), "8": picture("PNG", (300, 600), "#b9782a")}
DOCUMENT = Document(
    "总结", (Paragraph("如图。"), Photo("7", "听课", 400, 300), Photo("8", "", 300, 600), Photo("9", "不在了", 10, 10))
)


def test_the_pdf_shows_those_it_is_given_with_their_captions_and_says_which_is_gone():
    with pdfplumber.open(io.BytesIO(render_pdf(DOCUMENT, is_kept=False, photos=PICTURES.get))) as opened:
        images = [image for page in opened.pages for image in page.images]
        text = "".join(page.extract_text() for page in opened.pages)
    sizes = [(round(image["width"] / 72 * 25.4), round(image["height"] / 72 * 25.4)) for image in images]
    assert sizes == [(133, 100), (50, 100)]
    assert "听课" in text and "不在了" in text and text.count("照片没有找到") == 1


def test_word_has_them_as_pictures_with_words_for_who_cannot_see_them():
    content = render_word(DOCUMENT, photos=PICTURES.get)
    word = docx.Document(io.BytesIO(content))
    assert [(round(one.width.mm), round(one.height.mm)) for one in word.inline_shapes] == [(133, 100), (50, 100)]
    assert 'descr="听课"' in word.element.xml
    texts = [paragraph.text for paragraph in word.paragraphs]
    assert "听课" in texts and "（照片没有找到）" in texts
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert sorted(name.rpartition(".")[2] for name in archive.namelist() if "media" in name) == ["jpg", "png"]
    assert render_word(DOCUMENT, photos=PICTURES.get) == content


def test_the_page_asks_the_site_for_them_and_a_page_of_its_own_holds_them():
    html = render_html(DOCUMENT)
    assert re.findall('src="([^"]*)"', html) == [reverse("attachments:file", args=[key]) for key in (7, 8, 9)]
    assert 'alt="听课"' in html and "style=" not in html
    page = standalone_page(DOCUMENT, photos=PICTURES.get)
    sources = re.findall('src="([^"]*)"', page)
    assert [source[:22] for source in sources] == ["data:image/jpeg;base64", "data:image/png;base64,"]
    assert "照片没有找到" in page


def test_text_names_them_and_excel_leaves_them_out():
    assert "〔照片〕听课" in render_text(DOCUMENT)
    assert "听课" in DOCUMENT.text()
    with zipfile.ZipFile(io.BytesIO(render_excel(DOCUMENT))) as archive:
        assert not [name for name in archive.namelist() if "media" in name]


def test_a_picture_changed_under_its_key_makes_a_new_file(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    document = Document("总结", (Photo("7", "听课", 400, 300),))
    first = render_pdf(document, photos=PICTURES.get)
    assert render_pdf(document, photos={"7": picture(colour="#7d6388")}.get) != first
    assert len(list((tmp_path / "documents").iterdir())) == 2


# --- of attachments ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def attachment(settings, tmp_path, county, officer, school_year):
    settings.VAR_DIR = tmp_path
    upload = SimpleUploadedFile("听课.jpg", picture(size=(800, 600)), "image/jpeg")
    return storing.store(upload, school_year, by=officer)


def test_an_attachment_is_found_by_its_number_until_it_is_removed(attachment, officer):
    assert picture_type(attachment_photo(str(attachment.pk))) == "image/jpeg"
    assert attachment_photo("999999") is None and attachment_photo("abc") is None
    storing.path_of(attachment).unlink()
    assert attachment_photo(str(attachment.pk)) is None


def test_a_removed_one_is_shown_no_more(attachment, officer):
    document = Document("总结", (Photo(str(attachment.pk), "听课", attachment.width, attachment.height),))
    assert list(photos_of(document, attachment_photo)) == [str(attachment.pk)]
    storing.remove(attachment, by=officer)
    assert photos_of(document, attachment_photo) == {}


# --- what a hostile document cannot do -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key", ["../../etc/passwd", "file:///etc/passwd", "http://evil.example/a", "1 ", "", "1?x", 'a"b', "1/../2"]
)
def test_a_key_is_no_address(key):
    with pytest.raises(ValueError, match="编号"):
        Photo(key, "照片")


def test_what_is_no_picture_is_not_shown(tmp_path):
    secret = tmp_path / "secret.png"
    secret.write_bytes(picture("PNG"))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{secret.as_uri()}" width="9" height="9"/></svg>'.encode()
    )
    hostile = {"7": svg, "8": b"%PDF-1.7 " + CANARY.encode()}
    assert photos_of(DOCUMENT, hostile.get) == {}
    with pdfplumber.open(io.BytesIO(render_pdf(DOCUMENT, is_kept=False, photos=hostile.get))) as opened:
        assert [image for page in opened.pages for image in page.images] == []
    assert CANARY.encode() not in render_word(DOCUMENT, photos=hostile.get)


def test_half_a_picture_stops_nothing():
    broken = {"7": PICTURES["7"][:40], "8": PICTURES["8"][:20]}
    assert render_pdf(DOCUMENT, is_kept=False, photos=broken.get).startswith(b"%PDF")
    assert docx.Document(io.BytesIO(render_word(DOCUMENT, photos=broken.get))).paragraphs


def test_the_fetcher_gives_the_documents_photos_and_no_others(tmp_path):
    secret = tmp_path / "7"
    secret.write_text(CANARY)
    fetcher = make_fetcher({}, {"7": "aW5zaWRl"})
    assert fetcher.fetch("photo:7").read() == b"inside"
    for address in ("photo:8", f"photo:{secret}", "photo:../7", f"photo:{secret.as_uri()}", "photo:", secret.as_uri()):
        with pytest.raises(ValueError, match="外部内容"):
            fetcher.fetch(address)


def test_addresses_in_captions_are_only_words(tmp_path):
    secret = tmp_path / "secret.png"
    secret.write_bytes(picture("PNG", (37, 41)))
    caption = f'"><img src="{secret.as_uri()}"><img src="photo:8">'
    document = Document("总结", (Photo("7", caption, 400, 300),))
    html = finished_html(document, {"7"})
    assert html.count("<img") == 1
    with pdfplumber.open(io.BytesIO(run_worker(html, {"7": PICTURES["7"], "8": PICTURES["8"]}))) as opened:
        assert len([image for page in opened.pages for image in page.images]) == 1
