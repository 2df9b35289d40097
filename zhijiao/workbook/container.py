"""Looks at an uploaded file from outside before anything parses it: is it a plain, honest .xlsx of a bearable size?"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO

from django.conf import settings


class WorkbookRefused(Exception):  # noqa: N818 (it is no error of ours)
    """The file as a whole can't be read. The message says why and what to do."""


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE_AS = "请在 Excel 或 WPS 里“另存为”→“Excel 工作簿（*.xlsx）”后再上传"


def inspect(source: Path | IO[bytes]) -> None:
    """WorkbookRefused with a sentence where the file is not what it should be. Reads the zip's directory only."""
    if isinstance(source, Path):
        with source.open("rb") as stream:
            _inspect(stream)
    else:
        _inspect(source)
        source.seek(0)


def _inspect(stream: IO[bytes]) -> None:
    size = stream.seek(0, 2)
    if size == 0:
        raise WorkbookRefused("文件是空的（0 字节），请重新选择填好的工作簿")
    if size > settings.WORKBOOK_MAX_BYTES:
        raise WorkbookRefused(
            f"文件有 {_megabytes(size)}，超过上限 {_megabytes(settings.WORKBOOK_MAX_BYTES)}；请删去图片和多余的表，或按学年分开"
        )
    stream.seek(0)
    _check_magic(stream.read(4096), stream)
    try:
        with zipfile.ZipFile(stream) as archive:
            _check_entries(archive)
    except zipfile.BadZipFile:
        raise WorkbookRefused("文件不完整或已损坏（可能没有传完），请重新保存或重新下载后再上传") from None
    except (NotImplementedError, zlib.error, EOFError, OSError, ValueError, UnicodeDecodeError):
        raise WorkbookRefused(f"文件已损坏，打不开；{_SAVE_AS}") from None


def _check_magic(head: bytes, stream: IO[bytes]) -> None:
    if head.startswith(_OLE):
        stream.seek(0)
        if "EncryptedPackage".encode("utf-16-le") in stream.read():
            raise WorkbookRefused("文件设了打开密码，系统读不了；请取消密码，另存后再上传")
        raise WorkbookRefused(f"这是旧版 Excel 格式（.xls），系统只读 .xlsx；{_SAVE_AS}")
    if head.startswith(b"PK\x03\x04"):
        return
    if head.startswith(b"PK\x05\x06"):
        raise WorkbookRefused("文件里没有内容，请重新选择填好的工作簿")
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")[:200].lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        raise WorkbookRefused(f"这是网页或 XML 文件，只是名字叫 .xlsx；{_SAVE_AS}")
    if start.startswith(b"%pdf"):
        raise WorkbookRefused("这是 PDF 文件，不是 Excel 工作簿，请上传 .xlsx 文件")
    if b"\x00" not in head and (b"," in head or b"\t" in head or b"\n" in head or b";" in head):
        raise WorkbookRefused(
            f"这是文本文件（CSV），只是名字叫 .xlsx；请用 Excel 打开它，{_SAVE_AS.removeprefix('请')}"
        )
    raise WorkbookRefused(f"这不是 Excel 工作簿（.xlsx）；{_SAVE_AS}")


def _check_entries(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    lower = {name.lower() for name in names}
    if len(entries) > settings.WORKBOOK_MAX_ENTRIES:
        raise WorkbookRefused(
            f"文件里有 {len(entries)} 个部件，超过上限 {settings.WORKBOOK_MAX_ENTRIES} 个；请删去图片、附件，{_SAVE_AS}"
        )
    if len(names) != len(set(names)) or any(_is_outside(name) for name in names):
        raise WorkbookRefused(f"文件内部的结构不正常，可能被改动过；{_SAVE_AS}")
    if any(entry.flag_bits & 1 for entry in entries):
        raise WorkbookRefused("文件设了打开密码，系统读不了；请取消密码，另存后再上传")
    _check_sizes(entries)
    if any(name.endswith(("vbaproject.bin", "vbadata.xml")) or "/macrosheets/" in name for name in lower):
        raise WorkbookRefused(f"文件里有宏（.xlsm），为安全起见不接收；{_SAVE_AS}，宏会被去掉")
    if any(name.startswith("xl/externallinks/") for name in lower):
        raise WorkbookRefused("文件里有到其他工作簿的链接；请在“数据”→“编辑链接”里断开链接（换成数值），保存后再上传")
    if any("/embeddings/" in name or "/activex/" in name or name.endswith((".zip", ".exe", ".dll")) for name in lower):
        raise WorkbookRefused("文件里嵌入了别的文件或控件，为安全起见不接收；请删去嵌入的对象，保存后再上传")
    if "xl/workbook.bin" in lower:
        raise WorkbookRefused(f"这是二进制工作簿（.xlsb），系统只读 .xlsx；{_SAVE_AS}")
    if "content.xml" in lower and "mimetype" in lower:
        raise WorkbookRefused(f"这是 OpenDocument 表格（.ods），系统只读 .xlsx；{_SAVE_AS}")
    if "word/document.xml" in lower:
        raise WorkbookRefused("这是 Word 文档，不是 Excel 工作簿，请上传 .xlsx 文件")
    if "[content_types].xml" not in lower or not any(name.startswith("xl/") for name in lower):
        raise WorkbookRefused("这是压缩文件，不是 Excel 工作簿；请上传 .xlsx 文件本身，不要压缩")


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    too_big = unpacked > settings.WORKBOOK_MAX_UNPACKED_BYTES
    # A small file of one repeated value packs well and harms nobody.
    too_dense = unpacked > 10 * 1024 * 1024 and unpacked > settings.WORKBOOK_MAX_RATIO * max(packed, 1)
    if too_big or too_dense:
        raise WorkbookRefused(
            f"文件解开后有 {_megabytes(unpacked)}，大得不正常（上限 {_megabytes(settings.WORKBOOK_MAX_UNPACKED_BYTES)}，"
            f"压缩比 {settings.WORKBOOK_MAX_RATIO}）；请新建工作簿，只把有内容的行复制过去"
        )


def _is_outside(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or (len(name) > 1 and name[1] == ":") or len(path.parts) > 8


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB" if size >= 100 * 1024 else f"{size / 1024:.1f} KB"
