"""Every paper of a secondment's life: what it is called, who may have it, of what it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from assignments.models import Secondment
from assignments.workflow import reaches
from reports.papers.agreement import AGREEMENT
from reports.papers.allowance import ALLOWANCE
from reports.papers.application import APPLICATION, APPROVAL
from reports.papers.appraisal import APPRAISAL_FORM, APPRAISAL_SUMMARY
from reports.papers.attendance import ATTENDANCE
from reports.papers.certificate import CERTIFICATE, NOT_ISSUED
from reports.papers.dispatch import LETTER, NOTICE, RECEIPT
from reports.papers.feedback import FEEDBACK
from reports.papers.inspection_notice import INSPECTION_NOTICE
from reports.papers.paper import Paper
from reports.papers.public_notice import PUBLIC_NOTICE
from reports.papers.roster import ROSTER

PAPERS: dict[str, Paper] = {
    paper.key: paper
    for paper in (
        APPLICATION, PUBLIC_NOTICE, APPROVAL, ROSTER, NOTICE, LETTER, AGREEMENT, RECEIPT, ATTENDANCE, ALLOWANCE, CERTIFICATE, INSPECTION_NOTICE, FEEDBACK, APPRAISAL_FORM,
        APPRAISAL_SUMMARY,
    )
}  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """A paper as it stands on the page of a secondment: where it is, or why it cannot be made yet."""

    label: str
    pdf_url: str = ""
    docx_url: str = ""
    why_not: str = ""
    do_url: str = ""  # where what is missing can be done


def offered(user: Any, secondment: Secondment) -> list[Offer]:
    """What this person can take from the page of this secondment."""
    offers = []
    for paper in PAPERS.values():
        if paper.why_not is None or not paper.reaches_to(user, secondment):
            continue
        why_not = paper.why_not(secondment)
        urls = ("", "") if why_not else (address(paper, secondment, "pdf"), address(paper, secondment, "docx"))
        offers.append(Offer(paper.title, *urls, why_not, _issue_url(user, secondment) if why_not == NOT_ISSUED else ""))
    return offers


def _issue_url(user: Any, secondment: Secondment) -> str:
    if not reaches(user, "certificate.issue", secondment):
        return ""
    return f"{reverse('reports:certificate_new')}?{urlencode({'teacher': secondment.teacher_id})}"


def address(paper: Paper, secondment: Secondment, form: str) -> str:
    query = urlencode({"secondment": secondment.pk, "format": form})
    return f"{reverse('reports:paper_file', args=[paper.key])}?{query}"
