"""A questionnaire as a PDF to copy for a class: large type, two to a page where it is short, three faces for the little ones."""

from __future__ import annotations

from django.template.loader import render_to_string

from evaluations.questionnaires.paper import Paper
from evaluations.questionnaires.slips import NotPrinted
from reports.documents.fonts import font_css
from reports.documents.pdf import RenderingError, run_worker


def paper_pdf(paper: Paper) -> bytes:
    """One page a class, which is copied as often as there are people."""
    context = {"paper": paper, "css": font_css(), "copies": "12" if paper.is_short else "1"}
    try:
        return run_worker(render_to_string("reports/documents/questionnaire_paper.html", context))
    except RenderingError as error:
        raise NotPrinted(str(error)) from error
