"""A figure is the same wherever it stands: in the report on the screen, as PDF and Word, on its page, in the catalogue, at home, in Excel."""

import io
import re
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pdfplumber
import pytest
from django.core.management import call_command
from docx import Document as WordFile
from openpyxl import load_workbook

from assignments.models import District, School, Secondment
from assignments.periods import Period
from reports.annual_report import annual_report
from reports.documents.html import render_html
from reports.documents.pdf import render_pdf
from reports.documents.tree import Paragraph
from reports.documents.word import render_word
from reports.figures import REGISTRY, Asked, Viewpoint, value
from reports.figures.together import records_of
from zhijiao.accounts.models import User

pytestmark = pytest.mark.slow
YEAR = "2025-2026"


@pytest.fixture
def small(db):
    call_command("load_demo", schools=8, teachers=60, secondments=10, without_report=True, verbosity=0)
    return District.objects.counties().get()


@pytest.fixture
def viewpoints(small):
    """The county, a school that sends, one that receives, and one with others below it."""
    sender = Secondment.objects.filter(school_year__code=YEAR).order_by("pk")[0].sending_school
    receiver = School.objects.filter(placements__secondment__school_year__code=YEAR).order_by("-pk")[0]
    centre = School.objects.filter(below__isnull=False).order_by("pk").first() or receiver
    found = [None, *{school.pk: school for school in (sender, receiver, centre)}.values()]
    assert len(found) >= 3
    return [Viewpoint(small, school) for school in found]


@pytest.fixture
def client_of_bureau(client_of, small):
    return client_of(User.objects.get(username="zhoujg"))


def resolved(url, county):
    """The figure that an address asks for, counted anew."""
    parts = urlsplit(url)
    query = {name: told[0] for name, told in parse_qs(parts.query, keep_blank_values=True).items()}
    key = parts.path.rstrip("/").rpartition("/")[2]
    school = School.objects.get(pk=query["school"]) if "school" in query else None
    narrow = {
        name: told
        for name, told in query.items()
        if name in REGISTRY[key].paths
        and name not in ("period", "side")
        and not (name == "school" and told.isdecimal())
    }
    return value(key, Asked(Period.parse(query["period"]), Viewpoint(county, school)), **narrow)


def digits(text):
    return re.sub(r"[^\d.]", "", text)


def compact(text):
    return re.sub(r"\s+", "", text)


def as_query(view):
    return {"period": YEAR, **({"school": view.school.pk} if view.school else {})}


def test_the_catalogue_its_workbook_and_the_pages_tell_one_number(viewpoints, client_of_bureau):
    period, opened = Period.parse(YEAR), 0
    for n, view in enumerate(viewpoints):
        asked = Asked(period, view)
        numbers = {key: value(key, asked) for key in REGISTRY}
        html = client_of_bureau.get("/reports/figures/", as_query(view)).content.decode()
        rows = re.findall(r'/reports/figures/(\w+)/\?[^"]*">[^<]*</a></th>\s*<td[^>]*>([^<]*)</td>', html)
        assert dict(rows) == {key: counted.with_unit for key, counted in numbers.items()}
        book = load_workbook(io.BytesIO(client_of_bureau.get("/reports/figures/file/", as_query(view)).content))
        lines = {row[10]: row for row in book["数据项"].iter_rows(min_row=4, values_only=True)}
        for key, counted in numbers.items():
            assert Decimal(str(lines[key][2])) == Decimal(counted.told.rstrip("%")), key
        records = dict(zip(REGISTRY, records_of([(key, asked) for key in REGISTRY]), strict=True))
        assert {key: line[9] for key, line in lines.items()} == records
        for key in list(REGISTRY)[:: 1 if view.is_county else 5][n % 2 :]:
            opened += opens_what_it_says(client_of_bureau, numbers[key], records[key], as_query(view))
    assert opened > 80


def opens_what_it_says(client, counted, records, query):
    """The page of the figure has its number, and as many records as it counts; of a ratio the numerator's."""
    key, definition = counted.definition.key, counted.definition
    html = client.get(f"/reports/figures/{key}/", query).content.decode()
    number = re.sub(r"<[^>]+>|\s", "", re.search(r'<p class="n">(.*?)</p>', html, re.DOTALL)[1])
    is_nothing = definition.ratio and not value(definition.ratio[1], counted.asked).value
    assert number == ("—" if is_nothing else counted.with_unit), key
    shown = int(re.search(r'id="h-records">.*?<span class="muted">(\d+) 条</span>', html, re.DOTALL)[1])
    hidden = re.search(r"(?:另有|统计了) (\d+) 条", html)
    assert shown + (int(hidden[1]) if hidden else 0) == records, key
    if not (definition.ratio or definition.total or definition.distinct or definition.given):
        assert records == counted.value, key
    if definition.ratio:
        over = REGISTRY[definition.ratio[0]]
        if not (over.total or over.distinct or over.given or over.ratio):
            assert records == value(over.key, counted.asked).value, key
    return 1


def test_every_figure_of_the_report_is_its_figure_in_html_pdf_and_word(viewpoints, small):
    seen = set()
    for view in viewpoints:
        document = annual_report(Asked(Period.parse(YEAR), view))
        html = render_html(document)
        for figure in document.figures():
            counted = resolved(figure.url, small)
            assert digits(figure.text) in {digits(counted.told), ""} or digits(counted.told) in figure.text, figure
            assert figure.url.replace("&", "&amp;") in html, figure
            seen.add(figure.key)
        sentences = [
            compact("".join(map(plain_text, item.inlines))) for item in document.flow() if isinstance(item, Paragraph)
        ]
        told = [one for one in sentences if re.search(r"\d", one)]
        pdf, word = pdf_text(document), word_text(document)
        for sentence in told:
            assert sentence in word, sentence
            assert sentence in pdf, sentence
    assert len(seen) > 30


def plain_text(inline):
    return inline if isinstance(inline, str) else getattr(inline, "text", "")


def pdf_text(document):
    with pdfplumber.open(io.BytesIO(render_pdf(document))) as pdf:
        pages = [compact(page.extract_text() or "") for page in pdf.pages]
    return "".join(re.sub(r"—\d+—$", "", page) for page in pages)


def word_text(document):
    made = WordFile(io.BytesIO(render_word(document)))
    return compact("".join(node.text or "" for node in made.element.iter() if node.tag.endswith("}t")))


def test_home_tells_the_numbers_of_the_catalogue(small, client_of_bureau):
    answer = client_of_bureau.get("/")
    told = answer.context["keys"]
    for one in told:
        assert one["told"] == resolved(one["url"], small).told
    for goal in answer.context["goals"]:
        for part in (goal.numerator, goal.denominator):
            assert part.told == resolved(part.url, small).told
    assert len(told) == 4
