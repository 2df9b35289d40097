"""QR codes of addresses, as SVG for the page and the PDF and as PNG for Word; both from the same code."""

from io import BytesIO

import segno
from django.utils.safestring import SafeString, mark_safe

MARGIN = 2  # modules of white around it; the paper is white too


def _code(address: str) -> segno.QRCode:
    return segno.make(address, error="m", micro=False)


def qr_svg(address: str) -> SafeString:
    """One path; its size is the stylesheet's."""
    drawn = _code(address).svg_inline(scale=1, border=MARGIN, omitsize=True, svgclass="qr-code", lineclass=None)
    return mark_safe(drawn)  # noqa: S308 (drawn by segno, holds no words)


def qr_png(address: str) -> bytes:
    file = BytesIO()
    _code(address).save(file, kind="png", scale=8, border=MARGIN)
    return file.getvalue()
