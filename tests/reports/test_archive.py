"""The archive of a year: every link of its index is in it, every sum is right, and nothing of another year."""

import csv
import datetime as dt
import hashlib
import io
import re
import zipfile
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from assignments.models import Activity, AllowancePayment, AllowanceSheet, AttendanceMonth, SchoolYear
from reports import archive
from reports.documents.pdf import RenderingError
from tests.conftest import person
from zhijiao.accounts.models import AuditEntry
from zhijiao.attachments import storing

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def year_with_file(county, school_year, secondment, officer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    for year, name in ((school_year, "今年的"), (SchoolYear.objects.named("2024-2025"), "明年的")):
        row = Activity.objects.create(county=county, school_year=year, kind="送教", title=f"{name}../送教")
        storing.store(SimpleUploadedFile(f"{name}方案.pdf", PDF + name.encode()), row, by=officer)
    AttendanceMonth.objects.create(county=county, secondment=secondment, month=dt.date(2023, 10, 1), due=17, present=17)
    sheet = AllowanceSheet.objects.create(county=county, month=dt.date(2023, 10, 1))
    AllowancePayment.objects.create(
        county=county, secondment=secondment, month=dt.date(2023, 10, 1), standard=500, amount=500, sheet=sheet
    )
    return county


def checked(content):
    """The zip, after everything in it was held against its index, its list and its sums."""
    book = zipfile.ZipFile(io.BytesIO(content))
    names = set(book.namelist())
    links = {unquote(one) for one in re.findall(r'href="([^"]+)"', book.read(archive.INDEX).decode())}
    assert links == names - {archive.INDEX, archive.LIST, archive.SUMS}
    sums = dict(line.split("  ", 1)[::-1] for line in book.read(archive.SUMS).decode().splitlines())
    assert set(sums) == names - {archive.SUMS}
    listed = {row[0]: row[3] for row in list(csv.reader(io.StringIO(book.read(archive.LIST).decode("utf-8-sig"))))[1:]}
    assert set(listed) == names - {archive.SUMS, archive.LIST}
    for name, told in sums.items():
        assert hashlib.sha256(book.read(name)).hexdigest() == told == listed.get(name, told)
    assert not [name for name in names if ".." in name.split("/") or name.startswith("/")]
    return book


def test_the_button_gives_a_whole_year(year_with_file, school_year, officer, client_of):
    response = client_of(officer).post(reverse("reports:year_archive", args=[school_year.pk]))
    book = checked(b"".join(response.streaming_content))
    folders = {name.split("/")[0] for name in book.namelist()}
    assert {"总结", "文件", "考勤", "补助", "工作簿", "附件"} <= folders
    assert archive.VERIFYING in book.read(archive.INDEX).decode()
    assert any(name.endswith("2023年10月考勤表.xlsx") for name in book.namelist())
    files = [name for name in book.namelist() if name.startswith("附件/")]
    assert len(files) == 1
    assert files[0].endswith("今年的方案.pdf")
    assert AuditEntry.objects.filter(verb="导出学年档案", by=officer).count() == 1


def test_the_command_writes_the_same(year_with_file, tmp_path):
    out = tmp_path / "out.zip"
    call_command("archive_year", "--period", "2023-2024", str(out))
    checked(out.read_bytes())


def test_a_file_that_is_gone_is_told_in_the_index(year_with_file, tmp_path):
    for path in (tmp_path / "media").rglob("*.pdf"):
        path.unlink()
    for one in archive.Attachment.objects.all():
        storing.path_of(one).unlink(missing_ok=True)
    out = tmp_path / "out.zip"
    call_command("archive_year", "--period", "2023-2024", str(out))
    book = checked(out.read_bytes())
    assert "找不到的附件" in book.read(archive.INDEX).decode()


def test_a_paper_that_cannot_be_drawn_is_told_in_the_index(year_with_file, tmp_path, monkeypatch):
    def fails(document, **options):
        raise RenderingError("这份文件太大")

    monkeypatch.setattr(archive, "render_pdf", fails)
    out = tmp_path / "out.zip"
    call_command("archive_year", "--period", "2023-2024", str(out))
    book = checked(out.read_bytes())
    assert "没有生成，这份文件太大" in book.read(archive.INDEX).decode()
    assert any(name.startswith("考勤/") for name in book.namelist())  # its workbook is there all the same


def test_the_download_comes_file_by_file(year_with_file, school_year, officer, client_of):
    response = client_of(officer).post(reverse("reports:year_archive", args=[school_year.pk]))
    pieces = [piece for piece in response.streaming_content if piece]
    assert len(pieces) > 5
    checked(b"".join(pieces))


def test_a_term_is_no_year(year_with_file, tmp_path):
    with pytest.raises(CommandError, match="按学年"):
        call_command("archive_year", "--period", "2023-2024-1", str(tmp_path / "out.zip"))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a:b?.pdf", "a_b_.pdf"),
        ("", "未命名"),
        ("长" * 200 + ".pdf", "长" * 60 + ".pdf"),
    ],
)
def test_names_are_safe_everywhere(name, told):
    assert archive.safe(name).lstrip("._") == told.lstrip("._")
    assert "/" not in archive.safe(name)


def test_two_files_of_one_name_stay_two(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as book:
        made = archive.Archive(book)
        made.add("附件", "图.jpg", "一", b"1")
        made.add("附件", "图.JPG", "二", b"2")
    assert len({one.path.casefold() for one in made.files}) == 2


def test_only_who_may_take_the_workbook_takes_the_archive(year_with_file, school_year, client_of, county):
    auditor = person("auditor", "申审计", "auditor", district=county)
    assert client_of(auditor).post(reverse("reports:year_archive", args=[school_year.pk])).status_code == 403
