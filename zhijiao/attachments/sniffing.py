"""What a file really is, by its first bytes; and whether a document is a plain, honest one."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from django.conf import settings

from zhijiao.attachments.models import FileKind
from zhijiao.attachments.names import HEIC
from zhijiao.attachments.refusals import FileRefused
from zhijiao.workbook import container

_MOST_PARTS = 2_000  # a Word document with many photos has some hundreds
# Names that make a PDF do something when it is opened, or carry another file. They may be written with #xx for a letter.
_ACTIVE = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_TELL = {
    FileKind.JPG: "JPG 图片",
    FileKind.PNG: "PNG 图片",
    FileKind.PDF: "PDF 文件",
    FileKind.DOCX: "Word 文档",
    FileKind.XLSX: "Excel 工作簿",
}


def check_content(name: str, kind: FileKind, content: bytes) -> None:
    """FileRefused where the bytes are not what the ending promises, or more than a plain document."""
    _check_magic(name, kind, content)
    if kind == FileKind.PDF:
        _check_pdf(name, content)
    elif kind == FileKind.XLSX:
        try:
            container.inspect(io.BytesIO(content))
        except container.WorkbookRefused as refused:
            raise FileRefused(name, str(refused)) from None
    elif kind == FileKind.DOCX:
        _check_docx(name, content)


def _check_magic(name: str, kind: FileKind, content: bytes) -> None:
    found = _by_magic(content)
    if found == kind:
        return
    if found is not None:
        wanted = {FileKind.JPG: ".jpg"}.get(found, f".{found}")
        raise FileRefused(
            name, f"名字说是 {_TELL[kind]}，里面却是 {_TELL[found]}；如果内容没有错，请把后缀改成 {wanted} 再传"
        )
    if content[4:8] == b"ftyp" and content[8:12] in (b"heic", b"heix", b"mif1", b"heif", b"hevc", b"msf1"):
        raise FileRefused(name, HEIC)
    raise FileRefused(
        name, f"名字说是 {_TELL[kind]}，里面却不是，可能改过后缀或已损坏；请用原来的软件打开，另存以后再传"
    )


def _by_magic(content: bytes) -> FileKind | None:
    if content.startswith(b"\xff\xd8\xff"):
        return FileKind.JPG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if content.startswith(b"%PDF-"):
        return FileKind.PDF
    if content.startswith(b"PK\x03\x04"):
        return _by_parts(content)
    return None


def _by_parts(content: bytes) -> FileKind | None:
    """Both office formats are zip files; the parts tell which."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {entry.filename.lower() for entry in archive.infolist()}
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError):
        return None
    if "word/document.xml" in names:
        return FileKind.DOCX
    return FileKind.XLSX if any(name.startswith("xl/") for name in names) else None


def _check_pdf(name: str, content: bytes) -> None:
    if b"%%EOF" not in content[-2048:]:
        raise FileRefused(name, "PDF 不完整，可能没有传完，或者后面接了别的东西；请重新导出或下载以后再传")
    spelt = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), content)
    if any(sign in content or sign in spelt for sign in _ACTIVE):
        raise FileRefused(
            name, "PDF 里有脚本、附件或会自己运行的动作，为安全起见不收；请用“打印”→“另存为 PDF”做一份再传"
        )


def _check_docx(name: str, content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_parts(name, archive)
    except (zipfile.BadZipFile, NotImplementedError, zlib.error, EOFError, OSError, ValueError):
        raise FileRefused(name, "Word 文档不完整或已损坏；请重新保存以后再传") from None


def _check_parts(name: str, archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    names = [entry.filename.lower() for entry in entries]
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    is_dense = unpacked > 10 * 1024 * 1024 and unpacked > settings.WORKBOOK_MAX_RATIO * max(packed, 1)
    if len(entries) > _MOST_PARTS or unpacked > settings.WORKBOOK_MAX_UNPACKED_BYTES or is_dense:
        raise FileRefused(name, "Word 文档解开以后大得不正常；请新建一个文档，把内容复制过去再传")
    if len(set(names)) != len(names) or any(".." in part or part.startswith(("/", "\\")) for part in names):
        raise FileRefused(name, "Word 文档内部的结构不正常，可能被改动过；请另存一份再传")
    if any(entry.flag_bits & 1 for entry in entries):
        raise FileRefused(name, "Word 文档设了打开密码；请取消密码，另存以后再传")
    types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in archive.namelist() else b""
    if any(part.endswith(("vbaproject.bin", "vbadata.xml")) for part in names) or b"macroEnabled" in types:
        raise FileRefused(name, "Word 文档里有宏，为安全起见不收；请“另存为”→“Word 文档（*.docx）”，宏会被去掉，再传")
    if any("/activex/" in part or "/embeddings/" in part for part in names):
        raise FileRefused(name, "Word 文档里嵌入了别的文件或控件，为安全起见不收；请删去嵌入的对象再传")
    if any(_fetches(archive, entry) for entry in entries if entry.filename.lower().endswith(".rels")):
        raise FileRefused(name, "Word 文档打开时会到别处取模板或内容，为安全起见不收；请把内容复制到新文档里再传")


def _fetches(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """A relation to something outside that is loaded on opening; a link that one clicks is none."""
    text = archive.read(entry)
    return any(
        b"External" in relation and b"/hyperlink" not in relation
        for relation in re.findall(rb"<Relationship\b[^>]*>", text)
    )
