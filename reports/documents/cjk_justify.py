"""Justification between hanzi, which WeasyPrint does not do: without it a line ends where its last hanzi happens to.

Uses private functions of WeasyPrint 70.* (pinned in pyproject.toml); a test measures the right edge.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline
from weasyprint.text.line_break import create_layout

HANZI = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U000323af]")
JOINED = re.compile("[\u0590-\u08ff\ufb50-\ufdff\ufe70-\ufeff]")  # Uyghur and others: letters must stay joined
WIDEST = 0.3  # of the letter's size; a gap wider than that reads worse than a ragged edge

justify_between_words = inline.justify_line


def install() -> None:
    inline.justify_line = justify_line


def justify_line(context: Any, line: Any, extra_width: float) -> None:
    """Spread the missing width over all letters of a line that has hanzi; other lines as WeasyPrint does."""
    texts = list(_text_boxes(line))
    words = "".join(box.text for box in texts)
    gaps = _letters(words) - 1
    if gaps < 2 or not HANZI.search(words) or JOINED.search(words):
        justify_between_words(context, line, extra_width)
        return
    gap = extra_width / gaps
    if gap <= WIDEST * line.style["font_size"]:
        _spread(context, line, gap, 0)


def _text_boxes(box: Any) -> Iterator[Any]:
    if isinstance(box, boxes.TextBox):
        yield box
    elif isinstance(box, (boxes.LineBox, boxes.InlineBox)):
        for child in box.children:
            yield from _text_boxes(child)


def _spread(context: Any, box: Any, gap: float, shift: float) -> float:
    """Move `box` by `shift`, widen what is in it, and return the shift for what follows it."""
    if isinstance(box, boxes.TextBox):
        box.position_x += shift
        style = box.style.copy()
        spacing = style["letter_spacing"]
        style["letter_spacing"] = (0 if spacing == "normal" else spacing) + gap
        box.style = style
        layout = create_layout(box.text, style, context, None, 0)
        layout.deactivate()
        box.pango_layout = layout
        wider = gap * _letters(box.text)
        box.width += wider
        return shift + wider
    if isinstance(box, (boxes.LineBox, boxes.InlineBox)):
        box.position_x += shift
        after = shift
        for child in box.children:
            if child.is_in_normal_flow():
                after = _spread(context, child, gap, after)
        box.width += after - shift
        return after
    box.translate(shift, 0)
    return shift


def _letters(text: str) -> int:
    """Signs that stand on the letter before them take no room of their own."""
    if text.isascii():
        return len(text)
    return sum(not unicodedata.combining(character) for character in text)
