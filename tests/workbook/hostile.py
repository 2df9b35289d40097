"""Files that are not honest workbooks, or not workbooks at all, made on the spot."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

from openpyxl import Workbook

from tests.workbook.build import saved, small_year, workbook
from tests.workbook.raw import raw_workbook

_ONE_CELL = '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>7</v></c></row>'
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def repacked(change: Callable[[str, bytes], bytes | None], extra: dict[str, bytes] | None = None) -> io.BytesIO:
    """The small year with its parts changed (None: left out) and others added."""
    out = io.BytesIO()
    with zipfile.ZipFile(workbook(small_year())) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = change(name, source.read(name))
            if data is not None:
                target.writestr(name, data)
        for name, data in (extra or {}).items():
            target.writestr(name, data)
    out.seek(0)
    return out


def unchanged(name: str, data: bytes) -> bytes:
    return data


def old_xls() -> io.BytesIO:
    return io.BytesIO(_OLE + b"\0" * 2000 + "Workbook".encode("utf-16-le") + b"\0" * 2000)


def with_password() -> io.BytesIO:
    return io.BytesIO(_OLE + b"\0" * 2000 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 2000)


def csv() -> io.BytesIO:
    return io.BytesIO("学校名称,学段\n县实验初中,初中\n".encode("gb18030"))


def csv_in_utf8() -> io.BytesIO:
    return io.BytesIO(b"\xef\xbb\xbf" + "学校名称,学段\n县实验初中,初中\n".encode())


def web_page() -> io.BytesIO:
    return io.BytesIO("<html><body><table><tr><td>学校名称</td></tr></table></body></html>".encode())


def empty() -> io.BytesIO:
    return io.BytesIO(b"")


def truncated() -> io.BytesIO:
    whole = workbook(small_year()).getvalue()
    return io.BytesIO(whole[: len(whole) * 2 // 3])


def garbage() -> io.BytesIO:
    return io.BytesIO(bytes(range(256)) * 20)


def plain_zip() -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.writestr("工作簿.xlsx", workbook(small_year()).getvalue())
    return out


def word_document() -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.writestr("[Content_Types].xml", "<Types/>")
        target.writestr("word/document.xml", "<w/>")
    return out


def open_document() -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        target.writestr("content.xml", "<office/>")
    return out


def with_macro() -> io.BytesIO:
    return repacked(unchanged, {"xl/vbaProject.bin": b"macro"})


def with_external_link() -> io.BytesIO:
    return repacked(unchanged, {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"})


def with_embedded_file() -> io.BytesIO:
    return repacked(unchanged, {"xl/embeddings/oleObject1.bin": b"MZ"})


def with_path_outside() -> io.BytesIO:
    return repacked(unchanged, {"../../etc/passwd": b"x"})


def with_many_parts() -> io.BytesIO:
    return repacked(unchanged, {f"xl/media/image{number}.png": b"x" for number in range(300)})


def zip_bomb() -> io.BytesIO:
    return repacked(unchanged, {"xl/worksheets/sheet9.xml": b"0" * 60_000_000})


def entity_bomb() -> io.BytesIO:
    bomb = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
    <worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr">
    <is><t>&b;</t></is></c></row></sheetData></worksheet>"""
    return repacked(lambda name, data: bomb if name == "xl/worksheets/sheet1.xml" else data)


def broken_sheet() -> io.BytesIO:
    return repacked(lambda name, data: data[:-200] if name == "xl/worksheets/sheet1.xml" else data)


def broken_strings() -> io.BytesIO:
    return raw_workbook("学校", _ONE_CELL, [], strings_part=b"<sst")


def with_a_string_that_is_not_there() -> io.BytesIO:
    return raw_workbook("学校", _ONE_CELL, ["学校名称"])


def without_workbook() -> io.BytesIO:
    return repacked(lambda name, data: None if name == "xl/workbook.xml" else data)


def strict_open_xml() -> io.BytesIO:
    """Not hostile: another dialect of the same format, which Excel offers too."""
    main, strict = (
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    )
    return repacked(lambda name, data: data.replace(main, strict) if name.startswith("xl/worksheets/sheet") else data)


def without_known_sheets() -> io.BytesIO:
    return workbook({"考勤统计分析": [{"姓名": "沈若兰"}]})


def too_many_rows() -> io.BytesIO:
    book = Workbook(write_only=True)
    page = book.create_sheet("学校")
    page.append(["学校名称"])
    for number in range(60):
        page.append([f"第{number}小学"])
    return saved(book)


def too_many_columns() -> io.BytesIO:
    year = small_year()
    year["学校"][0] |= {f"多余{number}": "x" for number in range(120)}
    return workbook(year)


def cell_in_the_last_column() -> io.BytesIO:
    """4 KB that claim 1,048,576 rows of 16,384 columns."""
    book = Workbook()
    page = book.active
    page.title = "学校"
    page["A1"], page["A2"], page["XFD1048576"] = "学校名称", "县一小", "x"
    return saved(book)
