"""What is taken in, in which form, and what is refused in words with nothing kept."""

import datetime as dt
import io
import os
import time

import pytest
from django.utils import timezone
from PIL import Image

from tests.attachments.conftest import (
    PDF,
    document,
    huge_png_header,
    photo_with_a_place,
    picture,
    upload,
    workbook,
    zipped,
)
from zhijiao.accounts.models import AuditEntry
from zhijiao.attachments import names, storing
from zhijiao.attachments.models import Attachment
from zhijiao.attachments.refusals import FileRefused
from zhijiao.attachments.storing import examine, path_of, preview_of, remove, store, sweep

HTML = b"<html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
REMOTE_TEMPLATE = b'<Relationships><Relationship Id="1" Type="http://x/attachedTemplate" Target="http://x/t.dotm" TargetMode="External"/></Relationships>'
LINK = b'<Relationships><Relationship Id="1" Type="http://x/hyperlink" Target="http://x/" TargetMode="External"/></Relationships>'

HOSTILE = {
    "an empty file": ("空.jpg", b"", "0 字节"),
    "html called jpg": ("图.jpg", HTML, "里面却不是"),
    "svg called png": ("图.png", SVG, "里面却不是"),
    "svg": ("图.svg", SVG, "“.svg”这种文件不收"),
    "html": ("页.html", HTML, "“.html”这种文件不收"),
    "mhtml": ("页.mht", b"MIME-Version: 1.0", "“.mht”这种文件不收"),
    "two endings, the last one foreign": ("图.jpg.html", HTML, "“.html”这种文件不收"),
    "two endings, the last one promised": ("病毒.exe.jpg", b"MZ\x90\0", "里面却不是"),
    "no ending": ("照片", picture(), "没有后缀"),
    "a program": ("setup.exe", b"MZ\x90\0", "这种文件不收"),
    "a test virus called pdf": ("样本.pdf", EICAR, "里面却不是"),
    "png called jpg": ("图.jpg", picture("PNG"), "请把后缀改成 .png"),
    "jpg called png": ("图.png", picture(), "请把后缀改成 .jpg"),
    "pdf called jpg": ("图.jpg", PDF, "却是 PDF"),
    "gif called jpg": ("图.jpg", picture("GIF"), "里面却不是"),
    "gif": ("图.gif", picture("GIF"), "这种文件不收"),
    "a photo of an apple phone": ("图.heic", b"\0\0\0\x18ftypheic", "兼容性最佳"),
    "the same under the name of a jpg": ("图.jpg", b"\0\0\0\x18ftypheic" + b"\0" * 20, "HEIC"),
    "half a photo": ("图.jpg", picture(size=(800, 800))[:900], "不完整"),
    "a jpg's first bytes before html": ("图.jpg", b"\xff\xd8\xff\xe0" + HTML, "不完整"),
    "a png's first bytes before html": ("图.png", b"\x89PNG\r\n\x1a\n" + HTML, "不完整"),
    "a picture of 60000 times 60000": ("图.png", huge_png_header(60_000), "像素，太大了"),
    "a picture just over the limit": ("图.png", huge_png_header(6_400), "6400×6400"),
    "a pdf with a script": ("文.pdf", PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript>>"), "脚本"),
    "a pdf with a script spelt otherwise": ("文.pdf", PDF.replace(b"/Catalog", b"/Catalog/AA<</S/J#61vaScript>>"), "脚本"),
    "a pdf that starts a program": ("文.pdf", PDF.replace(b"/Catalog", b"/Catalog/A<</S/Launch>>"), "脚本"),
    "a pdf that carries a file": ("文.pdf", PDF.replace(b"/Catalog", b"/Catalog/EmbeddedFiles 3 0 R"), "附件"),
    "a pdf cut off": ("文.pdf", PDF[:30], "不完整"),
    "a pdf with a page behind it": ("文.pdf", PDF + HTML * 100, "不完整"),
    "html before a pdf": ("文.pdf", HTML + PDF, "里面却不是"),
    "an old word document": ("文.doc", b"\xd0\xcf\x11\xe0", "旧版 Word"),
    "an old one called docx": ("文.docx", b"\xd0\xcf\x11\xe0", "里面却不是"),
    "a zip": ("包.zip", zipped({"a.txt": b"a"}), "压缩包不收"),
    "a zip called docx": ("文.docx", zipped({"a.txt": b"a"}), "里面却不是"),
    "a workbook called docx": ("文.docx", workbook(), "却是 Excel"),
    "a document called xlsx": ("表.xlsx", document(), "却是 Word"),
    "a document with macros": ("文.docx", document(**{"word__vbaProject_dot_bin": b"x"}), "宏"),
    "a document that says it has macros": (
        "文.docx",
        zipped({"[Content_Types].xml": b"macroEnabled.main+xml", "word/document.xml": b"<w/>"}),
        "宏",
    ),
    "a document with a program in it": ("文.docx", document(**{"word__embeddings__oleObject1_dot_bin": b"MZ"}), "嵌入"),
    "a document with a remote template": ("文.docx", document(**{"word___rels__settings_dot_xml_dot_rels": REMOTE_TEMPLATE}), "取模板"),
    "a document that climbs out": ("文.docx", zipped({"[Content_Types].xml": b"", "word/document.xml": b"", "../../etc/x": b""}), "结构不正常"),
    "a document that unpacks without end": ("文.docx", document(**{"word__media__a_dot_bin": b"\0" * 40_000_000}), "大得不正常"),
    "a workbook with macros": ("表.xlsx", zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b"", "xl/vbaProject.bin": b"x"}), "宏"),
    "a broken document": ("文.docx", document()[:-30], "里面却不是"),
    "a video": ("录像.mp4", b"\0\0\0\x18ftypmp42", "视频不收"),
}  # fmt: skip


def kept(var):
    return [path for path in var.rglob("*") if path.is_file()]


@pytest.mark.parametrize("case", HOSTILE, ids=str)
def test_what_is_not_what_it_should_be_is_refused_in_words_and_nothing_is_kept(case, activity, officer, var):
    name, content, told = HOSTILE[case]
    before = AuditEntry.objects.count()
    with pytest.raises(FileRefused) as refused:
        store(upload(name, content), activity, by=officer)
    assert str(refused.value).startswith(f"“{name}”没有保存：")
    assert told in str(refused.value)
    assert kept(var) == []
    assert not Attachment.objects.exists()
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("合影.jpg", picture()),
        ("合影.JPEG", picture()),
        ("截图.png", picture("PNG")),
        ("透明.png", picture("PNG", mode="RGBA", colour=(1, 2, 3, 90))),
        ("调色板.png", picture("PNG", mode="P", colour=3)),
        ("灰度.jpg", picture(mode="L", colour=9)),
        ("印刷色.jpg", picture(mode="CMYK", colour=(1, 2, 3, 4))),
        ("通知.pdf", PDF),
        ("简报.docx", document(**{"word___rels__document_dot_xml_dot_rels": LINK})),
        ("签到.xlsx", workbook()),
    ],
)
def test_an_honest_file_is_kept(name, content, activity, officer):
    attachment = store(upload(name, content), activity, by=officer)
    assert attachment.name == name
    assert path_of(attachment).stat().st_size == attachment.size
    assert (attachment.subject_type, attachment.subject_id) == ("assignments.activity", str(activity.pk))
    assert attachment.county_id == activity.county_id
    assert AuditEntry.objects.get().verb == "上传附件"


def test_a_photo_leaves_its_place_behind_and_stands_upright(activity, officer):
    sent = photo_with_a_place()
    assert Image.open(io.BytesIO(sent)).getexif().get_ifd(0x8825)  # there was one to lose
    attachment = store(upload("合影.jpg", sent), activity, by=officer)
    for path in (path_of(attachment), preview_of(attachment)):
        content = path.read_bytes()
        image = Image.open(path)
        assert not image.getexif()
        assert b"Exif" not in content
        assert b"home-address" not in content
        assert image.height > image.width  # it was taken on its side
    assert (attachment.width, attachment.height) == (300, 400)


def test_what_hides_behind_a_picture_is_not_kept(activity, officer):
    """A picture that is a page or an archive as well: pixels are drawn anew, the rest goes."""
    for sent in (picture() + HTML, picture("PNG") + zipped({"a.html": HTML})):
        name = "图.png" if sent.startswith(b"\x89") else "图.jpg"
        attachment = store(upload(name, sent), activity, by=officer)
        content = path_of(attachment).read_bytes()
        assert b"<script" not in content
        assert b"PK\x03\x04" not in content


def test_a_large_photo_is_made_smaller_and_has_a_preview(activity, officer):
    attachment = store(upload("大.jpg", picture(size=(5000, 2500))), activity, by=officer)
    assert Image.open(path_of(attachment)).size == (attachment.width, attachment.height) == (2000, 1000)
    assert max(Image.open(preview_of(attachment)).size) == 480


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        (r"C:\图\合影.jpg", "合影.jpg"),
        ("a\x00b.jpg", "ab.jpg"),
        ("翻\u202egpj.jpg", "翻gpj.jpg"),
        ("换\r\nSet-Cookie: x.jpg", "换Set-Cookie: x.jpg"),
        ("😀合影.jpg", "😀合影.jpg"),
        ("", "没有名字的文件"),
        (None, "没有名字的文件"),
        ("..", "没有名字的文件"),
    ],
)
def test_a_name_is_only_shown(raw, shown):
    assert names.tidy(raw) == shown


def test_a_name_of_255_bytes_keeps_its_ending(activity, officer, var):
    attachment = store(upload("长" * 82 + "照片.jpg" + "a" * 0, picture()), activity, by=officer)
    long = names.tidy("长" * 400 + ".jpg")
    assert long.endswith("….jpg")
    assert len(long) <= names.LONGEST
    assert all(len(path.name) < 45 for path in kept(var))
    assert attachment.stored_name not in attachment.name


def test_more_than_20_mb_is_refused_before_it_is_read(activity, officer, monkeypatch):
    monkeypatch.setattr(storing, "MOST_BYTES", 1000)
    with pytest.raises(FileRefused, match="一个文件最多"):
        examine(upload("大.pdf", PDF + b"\0" * 1000))


def test_a_record_holds_so_many_files_and_so_much(activity, officer, monkeypatch):
    monkeypatch.setattr(storing, "MOST_FILES", 1)
    store(upload("1.jpg", picture(colour="red")), activity, by=officer)
    with pytest.raises(FileRefused, match="已有 1 个文件，最多 1 个"):
        store(upload("2.jpg", picture(colour="blue")), activity, by=officer)
    monkeypatch.setattr(storing, "MOST_FILES", 9)
    monkeypatch.setattr(storing, "MOST_BYTES_IN_ALL", 900)
    with pytest.raises(FileRefused, match="合计最多"):
        store(upload("2.jpg", picture(colour="blue", size=(900, 900))), activity, by=officer)
    assert Attachment.objects.count() == 1


def test_the_same_file_twice_is_kept_once(activity, officer, var):
    first = store(upload("合影.jpg", picture()), activity, by=officer)
    assert store(upload("合影(1).jpg", picture()), activity, by=officer) == first
    assert len(kept(var)) == 2  # the picture and its preview


def test_a_fault_while_writing_leaves_neither_file_nor_row(activity, officer, var, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store(upload("合影.jpg", picture()), activity, by=officer)
    assert kept(var) == []
    assert not Attachment.objects.exists()


def test_what_a_cut_off_upload_left_is_swept_away_a_day_later(activity, officer, var):
    attachment = store(upload("合影.jpg", picture()), activity, by=officer)
    orphan = path_of(attachment).with_name("f" * 32 + ".jpg")
    fresh = path_of(attachment).with_name("e" * 32 + ".part")
    orphan.write_bytes(b"x")
    fresh.write_bytes(b"x")
    old = time.time() - dt.timedelta(days=2).total_seconds()
    for path in (orphan, path_of(attachment), preview_of(attachment)):
        os.utime(path, (old, old))
    assert sweep() == 1
    assert sorted(path.name for path in kept(var)) == sorted(
        [fresh.name, path_of(attachment).name, preview_of(attachment).name]
    )


def test_removing_takes_out_of_sight_and_says_who(activity, officer):
    attachment = store(upload("合影.jpg", picture()), activity, by=officer)
    remove(attachment, by=officer)
    remove(attachment, by=officer)
    attachment.refresh_from_db()
    assert attachment.removed_by == officer
    assert attachment.removed_at <= timezone.now()
    assert not Attachment.objects.present().exists()
    assert path_of(attachment).is_file()
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)) == ["上传附件", "移除附件"]
    assert store(upload("合影.jpg", picture()), activity, by=officer) != attachment
