"""A report as one HTML file that stands alone: in 公文 layout, with the fonts of the reader's machine, without links."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from reports.documents.html import context_of, gongwen_css
from reports.documents.photos import PhotoSource, attachment_photo, data_address, photos_of
from reports.documents.tree import Document

# The families of gongwen.css by the names that the fonts have on Windows, macOS and Linux.
_FAMILIES = {
    "fs": '"仿宋_GB2312", FangSong, STFangsong, "Noto Serif CJK SC", serif',
    "kt": '"楷体_GB2312", KaiTi, STKaiti, "Noto Serif CJK SC", serif',
    "xbs": '"方正小标宋简体", SimSun, STSong, "Noto Serif CJK SC", serif',
    "ht": 'SimHei, "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", sans-serif',
    "rz": 'SimSun, STSong, "Noto Serif CJK SC", serif',
    "st": 'SimSun, STSong, "Noto Serif CJK SC", serif',
}
_SCREEN = "@media screen { body { max-width: 158mm; margin: 12mm auto; padding: 0 5mm; } }"


def standalone_page(document: Document, photos: PhotoSource = attachment_photo) -> str:
    families = ":root{" + "".join(f"--{name}:{fonts};" for name, fonts in _FAMILIES.items()) + "}\n"
    styles = mark_safe(families + gongwen_css() + _SCREEN)  # noqa: S308 (our own files)
    pictures = {key: data_address(content) for key, content in photos_of(document, photos).items()}
    context = {**context_of(document, lambda key: pictures.get(key, "")), "styles": styles}
    return render_to_string("reports/documents/gongwen.html", context).lstrip()
