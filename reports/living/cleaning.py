"""What somebody typed or pasted, as plain paragraphs: markup of Word and of pages is taken off, its words stay."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser

from zhijiao.refusals import Refused

MOST = 5000  # signs of one paragraph, its tokens not counted in
_LOOKS_LIKE_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|<!--|<!\[")
_SILENT = {"script", "style", "head", "title", "template", "iframe", "object", "xml", "o:p"}
_BREAKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6"}
_SPACES = re.compile(r"[ \t\u00a0\u200b\ufeff]+")


class _Words(HTMLParser):
    """Collects the words, a line a paragraph."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _SILENT:
            self._silent += 1
        if tag in _BREAKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT and self._silent:
            self._silent -= 1
        if tag in _BREAKS:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data)


def paragraphs(text: str) -> list[str]:
    """The paragraphs of what was typed, without blank ones. Refused where one is longer than a page holds."""
    if _LOOKS_LIKE_MARKUP.search(text):
        parser = _Words()
        parser.feed(text)
        parser.close()
        text = "".join(parser.found)
    text = (
        text.replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\u2028", "\n")
        .replace("\u2029", "\n")
        .replace("\v", "\n")
    )
    lines = [_tidy(line) for line in text.split("\n")]
    found = [line for line in lines if line]
    for line in found:
        if len(line) > MOST:
            raise Refused(f"这一段有 {len(line)} 个字，最多 {MOST} 个；请分成几段（开头是“{line[:12]}…”）")
    return found


def one_line(text: str, most: int, name: str) -> str:
    """A title or a caption. Refused where there is none, or too much."""
    line = " ".join(paragraphs(text))
    if not line:
        raise Refused(f"请填写{name}")
    if len(line) > most:
        raise Refused(f"{name}有 {len(line)} 个字，最多 {most} 个")
    return line


def _tidy(line: str) -> str:
    kept = "".join(sign for sign in line if sign == "\t" or unicodedata.category(sign) not in ("Cc", "Cs"))
    return _SPACES.sub(" ", kept).strip(" \u3000")
