"""The county's report: as a PDF against WeasyPrint alone on the same finished HTML, once more from the keeping, its queries."""

import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignments.models import District
from assignments.periods import Period
from reports.annual_report import annual_report
from reports.demo.loading import load
from reports.demo.province import wishes
from reports.documents.fonts import font_files
from reports.documents.html import finished_html
from reports.documents.pdf import render_pdf
from reports.documents.tree import Document
from reports.figures import Asked, Viewpoint
from tests.bench import database
from tests.bench.measuring import seconds

RUNS = 5
CACHED_RUNS = 20
PERIOD = "2025-2026"  # the demo county's finished year
ALONE = "import sys, weasyprint; weasyprint.HTML(filename=sys.argv[1]).write_pdf(sys.argv[2])"


def report_pdf_ratio() -> float:
    """From the document to its bytes: what we add to the layout is the HTML, the limits and the keeping."""
    document = _report(District.objects.counties().get())
    with tempfile.TemporaryDirectory(prefix="zhijiao-bench-") as folder:
        page = Path(folder) / "report.html"
        page.write_text(with_font_files(finished_html(document)), encoding="utf-8")
        command = [sys.executable, "-c", ALONE, str(page), str(page.with_suffix(".pdf"))]
        ratios = []
        for _ in range(RUNS):
            theirs = seconds(lambda: subprocess.run(command, check=True, capture_output=True))
            shutil.rmtree(Path(settings.VAR_DIR) / "documents", ignore_errors=True)  # none is kept from before
            ratios.append(seconds(lambda: render_pdf(document)) / theirs)
    return statistics.median(ratios)


def report_cached_ms() -> float:
    """The same document once more: nothing is laid out again."""
    document = _report(District.objects.counties().get())
    render_pdf(document)
    return 1000 * statistics.median(seconds(lambda: render_pdf(document)) for _ in range(CACHED_RUNS))


def report_queries() -> tuple[int, int]:
    """Of the database for the county's report, with 60 schools and with 300."""
    return _queries_of(60), _queries_of(300)


def _queries_of(schools: int) -> int:
    wish = wishes(3, schools=schools, teachers=schools * 20, secondments=schools * 2)[-1]
    database.empty()
    plan = load(wish)
    if plan.problems:
        raise SystemExit("\n".join(map(str, plan.problems[:20])))
    with CaptureQueriesContext(connection) as captured:
        _report(District.objects.get(code=wish.code))
    return len(captured)


def _report(county: District) -> Document:
    return annual_report(Asked(Period.parse(PERIOD), Viewpoint(county)))


def with_font_files(html: str) -> str:
    """Our names for fonts as addresses of files, which WeasyPrint can read by itself."""
    for name, path in font_files().items():
        html = html.replace(f"url(font:{name})", f"url({path.as_uri()})")
    return html
