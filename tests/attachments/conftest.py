"""Files as people send them, and as nobody should."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from PIL import Image

from assignments.models import Activity

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def upload(name, content):
    return SimpleUploadedFile(name, content)


def picture(form="JPEG", size=(64, 48), colour="teal", **options):
    stream = io.BytesIO()
    Image.new(options.pop("mode", "RGB"), size, colour).save(stream, form, **options)
    return stream.getvalue()


def photo_with_a_place():
    """As a phone takes it: on its side, with a camera's name and a position."""
    exif = Image.Exif()
    exif[0x010F] = "神秘手机"
    exif[0x0112] = 6
    exif[0x8825] = {1: "N", 2: (36.0, 30.0, 1.0), 3: "E", 4: (103.0, 1.0, 2.0)}
    return picture(size=(400, 300), exif=exif, comment=b"home-address")


def document(**more):
    """A Word document; `more`: further parts, with __ for / and _dot_ for a dot."""
    parts = {
        "[Content_Types].xml": b"<Types/>",
        "word/document.xml": b"<w:document/>",
        **{name.replace("__", "/").replace("_dot_", "."): content for name, content in more.items()},
    }
    return zipped(parts)


def zipped(parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def workbook():
    stream = io.BytesIO()
    Workbook().save(stream)
    return stream.getvalue()


def huge_png_header(side):
    """A PNG that says it is that wide and high, in a few bytes."""
    import struct
    import zlib

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def activity(county, sending_school, receiving_school, school_year):
    """Held by the sending school for the receiving one."""
    return Activity.objects.create(
        county=county,
        kind="送课下乡",
        school=sending_school,
        receiving_school=receiving_school,
        school_year=school_year,
    )
