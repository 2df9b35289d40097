"""/documents/dossier/<id>/: the archive of one secondment as one PDF."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from reports import dossier
from reports.documents.pdf import RenderingError
from zhijiao.access import needs
from zhijiao.accounts import audit
from zhijiao.refusals import Refused, tells_refusals


@require_GET
@needs("worklog.view")
@tells_refusals
def dossier_file(request: HttpRequest, pk: int) -> HttpResponse:
    """For whoever may look at this work; that it was taken out stands in the trail."""
    user: Any = request.user
    secondment = dossier.secondment_for(user, pk)
    try:
        content = dossier.dossier_pdf(secondment, user)
    except RenderingError as problem:
        raise Refused(str(problem)) from problem
    audit.record(user, "导出文件", secondment, after={"文件": dossier.NAME, "格式": "PDF"})
    response = HttpResponse(content, content_type="application/pdf")
    name = dossier.name_of(secondment)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response
