"""The name a file came with: shown to people, never used as a path; and what its ending promises."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

from zhijiao.attachments.models import FileKind
from zhijiao.attachments.refusals import FileRefused

LONGEST = 120  # characters; enough for any name that somebody reads

ENDINGS = {
    "jpg": FileKind.JPG,
    "jpeg": FileKind.JPG,
    "png": FileKind.PNG,
    "pdf": FileKind.PDF,
    "docx": FileKind.DOCX,
    "xlsx": FileKind.XLSX,
}
TAKEN = "JPG、PNG 图片，PDF，Word（.docx）和 Excel（.xlsx）"
HEIC = "这是苹果手机的 HEIC 照片，多数电脑打不开；请在手机“设置”→“相机”→“格式”里选“兼容性最佳”后重拍，或者把照片用微信发给自己再保存，就成了 JPG"
_INSTEAD = {
    "heic": HEIC,
    "heif": HEIC,
    "doc": "这是旧版 Word 文档（.doc）；请在 Word 或 WPS 里“另存为”→“Word 文档（*.docx）”后再传",
    "wps": "这是 WPS 文字文档（.wps）；请“另存为”→“Word 文档（*.docx）”后再传",
    "xls": "这是旧版 Excel 工作簿（.xls）；请“另存为”→“Excel 工作簿（*.xlsx）”后再传",
    "et": "这是 WPS 表格（.et）；请“另存为”→“Excel 工作簿（*.xlsx）”后再传",
    "docm": "这种 Word 文档带宏（.docm）；请“另存为”→“Word 文档（*.docx）”后再传",
    "xlsm": "这种工作簿带宏（.xlsm）；请“另存为”→“Excel 工作簿（*.xlsx）”后再传",
    "zip": "压缩包不收；请解压以后把里面的文件一个一个传",
    "rar": "压缩包不收；请解压以后把里面的文件一个一个传",
    "7z": "压缩包不收；请解压以后把里面的文件一个一个传",
    "mp4": "视频不收；请截几张图，传 JPG 或 PNG",
    "mov": "视频不收；请截几张图，传 JPG 或 PNG",
}


def tidy(raw: str | None) -> str:
    """The last part of the name, without what controls a screen or a header, short enough to show."""
    text = unicodedata.normalize("NFC", str(raw or "")).replace("\\", "/")
    text = PurePosixPath(text.replace("\x00", "")).name
    text = "".join(sign for sign in text if unicodedata.category(sign)[0] != "C").strip(" .")
    if not text:
        return "没有名字的文件"
    stem, dot, ending = text.rpartition(".")
    if len(text) <= LONGEST or not dot:
        return text[:LONGEST]
    return f"{stem[: LONGEST - len(ending[:10]) - 2]}….{ending[:10]}"


def promised(name: str) -> FileKind:
    """What the ending says it is; FileRefused where files of that kind are not taken."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    kind = ENDINGS.get(ending)
    if kind is None:
        said = f"“.{ending}”这种文件不收" if ending else "文件名没有后缀，看不出是什么文件"
        raise FileRefused(name, _INSTEAD.get(ending, f"{said}；可以传 {TAKEN}"))
    return kind
