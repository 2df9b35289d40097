"""Slips of a questionnaire as a PDF to print: first what is told to pupils and parents, then 24 slips a sheet, class by class."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils import timezone

from evaluations.questionnaires.slips import NotPrinted, Slips
from reports.documents.fonts import font_css
from reports.documents.pdf import RenderingError, run_worker
from reports.documents.qr import qr_svg

A_SHEET = 24


def slips_pdf(slips: Slips) -> bytes:
    """Of this no copy stays on the server: the codes are in it."""
    pages = []
    for sheet in slips.sheets:
        drawn = [(code, qr_svg(slips.address_of(code))) for code in sheet.codes]
        for first in range(0, len(drawn), A_SHEET):
            pages.append((sheet, drawn[first : first + A_SHEET]))
    number = sum(len(sheet.codes) for sheet in slips.sheets if not sheet.is_link)
    context = {
        "slips": slips, "pages": pages, "css": font_css(), "number": number,
        "closes_at": f"{timezone.localtime(slips.closes_at):%-m月%-d日 %H:%M}",
    }  # fmt: skip
    try:
        return run_worker(render_to_string("reports/documents/slips.html", context))
    except RenderingError as error:
        raise NotPrinted(str(error)) from error
