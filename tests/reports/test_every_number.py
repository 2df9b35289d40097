"""Every number of a generated report is a figure, a record's own value, or the numbering of the document itself.

The text is read as a reader has it. A figure is asked for again and its page is opened; a record's own value must stand as
it is recorded, and where it is only a number, beside what the record is known by. Everything else is named and fails.
"""

import datetime as dt
import re
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.test import Client

from assignments.choices import Role
from assignments.models import (
    Activity,
    CondolenceVisit,
    District,
    Donation,
    LeadingGroup,
    Meeting,
    Pairing,
    Placement,
    PolicyRule,
    PublicNotice,
    School,
    Secondment,
    Training,
)
from assignments.models.scope import DatedModel
from assignments.periods import Period
from evaluations.models import Appraisal, Feedback
from reports.annual_report import annual_report
from reports.documents.numbering import chinese_numeral
from reports.documents.sources import TITLE as SOURCES
from reports.documents.tree import Chart, Figure, Paragraph, Section, Signature, Table, text_of
from reports.figures import REGISTRY, Asked, Viewpoint, value
from tests import cases
from tests.conftest import person
from zhijiao.dates import ApproximateDate
from zhijiao.quantities import plain

CASES = sorted((Path(__file__).parent.parent / "data" / "cases").glob("*.yaml"))
HELD = "\ufffc"  # where a figure stands in a sentence
DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
MEASURES = "名人所个次份件项对户条节册间笔天场位种类"
COUNTED = re.compile(rf"[一二两三四五六七八九十百]+(?=[{MEASURES}])")
ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


# --- the worlds --------------------------------------------------------------------------------------------------------


@pytest.fixture(params=CASES, ids=lambda path: path.stem)
def case(request, db, tmp_path):
    """A case as it is imported: who reads, for whom, and when."""
    data = cases.read(request.param)
    cases.book_of(data).save(tmp_path / "case.xlsx")
    call_command("import_workbook", str(tmp_path / "case.xlsx"))
    county = District.objects.counties().get()
    school = School.objects.filter(name=data["perspective"]["name"]).first()
    code = str(data.get("school_year") or data.get("calendar_year") or data["term"])
    return Reader(county), [Viewpoint(county, school)], Period.parse(code)


@pytest.fixture
def demo(db):
    """The demo county, a school that sends many, and one that receives many."""
    call_command("load_demo", without_report=True, verbosity=0)
    county = District.objects.counties().get()
    year = Secondment.objects.filter(county=county, school_year__code="2025-2026")
    schools = [most(year, "sending_school"), most(year, "placements__receiving_school")]
    return Reader(county), [Viewpoint(county, school) for school in (None, *schools)], Period.parse("2025-2026")


def most(rows, path):
    found = rows.order_by().values_list(path).annotate(number=models.Count("pk")).order_by("-number", path)
    return School.objects.get(pk=found[0][0])


class Reader:
    """Somebody of the bureau who opens the pages of the figures, each once."""

    def __init__(self, county):
        self.county, self.client = county, Client()
        self.client.force_login(person("reader-of-numbers", "周专干", Role.OFFICER, district=county))
        self.opened = {}

    def rows(self, url):
        """How many records the page of a figure lists, with those it says it may not show."""
        if url not in self.opened:
            answer = self.client.get(url)
            assert answer.status_code == 200, url
            context = answer.context
            self.opened[url] = context["page"].paginator.count + context["hidden"], context["counted"].told
        return self.opened[url]


# --- (a) figures -------------------------------------------------------------------------------------------------------


def asked_again(figure, county):
    """The figure that an address asks for, counted anew by nobody's earlier asking."""
    parts = urlsplit(figure.url)
    query = {name: told[0] for name, told in parse_qs(parts.query, keep_blank_values=True).items()}
    definition = REGISTRY[parts.path.rstrip("/").rpartition("/")[2]]
    assert definition.key == figure.key
    school = School.objects.get(pk=query["school"]) if query.get("school", "").isdecimal() else None
    asked = Asked(Period.parse(query["period"]), Viewpoint(county, school))
    own = {"period"} | ({"school"} if school else set())
    return value(figure.key, asked, **{name: of for name, of in query.items() if name not in own})


def wrong_figure(figure, reader, told_as_number=False):
    """What is wrong with a figure; nothing where it holds."""
    if figure.key not in REGISTRY or not figure.url:
        return f"{figure.name}：不是数据项"
    counted = asked_again(figure, reader.county)
    if figure.value is None or Decimal(str(figure.value)) != Decimal(counted.told.removesuffix("%")):
        return f"{figure.name}：写的是 {figure.value}，再数是 {counted.told}"
    if (
        not told_as_number
        and not re.match(rf"{re.escape(counted.told)}(?![\d.])", figure.text)
        and DIGITS.search(figure.text)
    ):
        return f"{figure.name}：写成“{figure.text}”，数是 {counted.told}"
    if not figure.is_listed:  # a cell among hundreds of its table: the rows of its page, without the page around them
        rows = counted.rows().count()
        return "" if figure.records == rows else f"{figure.name}：说有 {figure.records} 条记录，数到 {rows} 条"
    rows, told = reader.rows(figure.url)
    if told != counted.told:
        return f"{figure.name}：页面上是 {told}，数是 {counted.told}"
    if figure.records != rows:
        return f"{figure.name}：说有 {figure.records} 条记录，页面打开 {rows} 条"
    return ""


# --- (b) what records say themselves -----------------------------------------------------------------------------------


class Own:
    """Numbers of a record as a sentence tells them, with what of the record must stand in the same sentence."""

    def __init__(self, model, told, known_by):
        self.model, self.told, self.known_by = model, told, known_by


def when_of(record):
    return dates_told(record.when)


def yuan(number):
    return f"{plain(number)}元" if number else ""


def quantity_of(line):
    number = line.quantity.told(line.unit) if line.quantity else ""
    return [
        f"{line.item}{number}",
        f"{line.item}{'工程'}{number}",
        yuan(line.amount),
        f"受益{line.beneficiaries}人",
        number and f"（{number}）",
    ]


def title_of(record):
    return record.school_year.title if record.school_year else ""


def in_words(number):
    return "两" if number == 2 else chinese_numeral(number) if 1 <= number <= 10 else str(number)


def classes(placement):
    number = placement.class_count
    return [f"{placement.grade}{in_words(number)}个班"] if number else []


OWN = (
    Own(Meeting, lambda one: [one.people.told("人")] if one.people else [], lambda one: [when_of(one), {one.kind}]),
    Own(
        Training,
        lambda one: [one.people.told("人") if one.people else "", f"共{one.sessions}次"],
        lambda one: [when_of(one) or {one.topic}, {one.kind}],
    ),
    Own(
        CondolenceVisit,
        lambda one: [one.visited.told("名") if one.visited else "", yuan(one.amount)],
        lambda one: [when_of(one), {one.occasion}],
    ),
    Own(
        PublicNotice,
        lambda one: [f"公示期{one.working_days}个工作日", f"收到异议{one.objections}件"],
        lambda one: [when_of(one) or {one.title.removesuffix("公示")}],
    ),
    Own(
        Pairing,
        lambda one: [f"每学期开展活动{one.visits_a_term}次"],
        lambda one: [{str(one.supporting_school), str(one.supported_school)}],
    ),
    Own(Placement, classes, lambda one: [{str(one.secondment.teacher)}]),
    Own(
        Secondment,
        lambda one: [f"支教{plain(one.months)}个月", f"支教时间均为{plain(one.months)}个月"] if one.months else [],
        lambda one: [{str(one.teacher)}],
    ),
    Own(
        Activity,
        lambda one: [
            one.people.told("人") if one.people else "", f"提前{one.prepared_days}天准备", f"上课{one.lessons}节",
            f"{'、'.join(one.subjects)}{len(one.subjects)}个学科",
            f"{one.received}{one.received_quantity.told(one.received_unit)}" if one.received_quantity else "",
        ],
        lambda one: [when_of(one) or {one.title or one.kind}, {one.kind, one.title or one.kind}],
    ),
    Own(Donation, quantity_of, lambda one: [{one.item or one.campaign or one.donor or str(one.recipient)}, when_of(one) or {one.campaign or title_of(one)}]),
    Own(Appraisal, lambda one: [plain(one.score)] if one.score is not None else [], lambda one: [{str(one.secondment.teacher)}]),
    Own(Appraisal, lambda one: [f"{'、'.join(one.criteria)}{in_words(len(one.criteria))}个方面"], lambda one: [when_of(one)]),
    Own(LeadingGroup, lambda one: [f"{in_words(len(some))}{what}" for some, what in ((one.in_place, "落实"), (one.priorities, "侧重"))], lambda one: [set(one.members)]),
    Own(Donation, lambda one: [f"捐款{yuan(one.amount)}"], lambda one: [{one.donor or str(one.donor_school)}, {str(one.recipient)}]),
    Own(Donation, lambda one: [title_of(one), one.when.told() if one.when else ""], lambda one: [{one.item}]),
    Own(Feedback, lambda one: [f"反馈意见{one.points}条"], lambda one: [{str(one.inspection.school), "我校"}]),
    Own(PolicyRule, lambda one: [f"{plain(one.threshold)}%"], lambda one: [{one.name, one.get_level_display()}]),
)  # fmt: skip


class Records:
    """The values of the records that a report may tell of: their words and dates, and their numbers beside what they are known by."""

    def __init__(self):
        self.words, self.numbers = set(), defaultdict(list)
        for name in ("assignments", "evaluations"):
            for model in apps.get_app_config(name).get_models():
                self._read(model, model._default_manager.all())
        for own in OWN:
            for record in own.model._default_manager.all():
                known = [some for some in own.known_by(record) if some]
                for words in filter(has_number, own.told(record)):
                    self.numbers[words].append(known)

    def _read(self, model, rows):
        for field in model._meta.concrete_fields:
            if isinstance(field, models.CharField | models.TextField | models.JSONField) and not field.choices:
                stored = {
                    words for one in rows.order_by().values_list(field.attname, flat=True) for words in words_of(one)
                }
                self.words |= {words for words in stored if is_telling(words)}
            elif isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
                for day in set(rows.order_by().values_list(field.attname, flat=True)) - {None}:
                    self.words |= dates_told(ApproximateDate.day(day))
        if issubclass(model, DatedModel):
            for record in rows:
                self.words |= dates_told(record.when)

    def cover(self, text):
        """The text with what the records say taken out of it, sentence by sentence."""
        for words in found_in(text, self.words):
            text = taken_out(text, words)
        return text

    def cover_numbers(self, text, whole):
        for words in found_in(text, self.numbers):
            if any(all(any(one and one in whole for one in some) for some in known) for known in self.numbers[words]):
                text = taken_out(text, words)
        return text


def has_number(words):
    return bool(DIGITS.search(words) or COUNTED.search(words))


def words_of(stored):
    """The strings in a stored value, whole and by sentences, as a text takes them over: without their own full stop."""
    if isinstance(stored, str):
        return {
            stored,
            as_quoted(stored),
            stored.removesuffix("公示"),
            *re.split("[。；;]", stored),
            stored.strip("。；;，,.、 "),
            *(day_in_words(one) for one in ISO.findall(stored)),
        }
    if isinstance(stored, dict):
        return set().union(*map(words_of, stored.values()))
    return set().union(*map(words_of, stored)) if isinstance(stored, list) else set()


def as_quoted(words):
    """Inside of quotation marks."""
    return words.replace("“", "‘").replace("”", "’")


def day_in_words(text):
    day = dt.date.fromisoformat(text)
    return f"{day.year}年{day.month}月{day.day}日"


def is_telling(words):
    """Words with a number in them; a bare number that stands in a field of words is looked for nowhere."""
    return has_number(words) and not re.fullmatch(r"[\d.,%\s]*.?", words)


def dates_told(when):
    """As a text has it, with and without its year."""
    if not when or not when.start:
        return set()
    return {told for told in (when.told(), when.told(year_known=True)) if DIGITS.search(told)}


def found_in(text, words):
    return sorted((one for one in words if one in text), key=len, reverse=True)


def taken_out(text, words):
    """Not out of the middle of a longer number."""
    before = r"(?<![\d.])" if words[0].isdigit() else ""
    after = r"(?!\d|\.\d)" if words[-1].isdigit() else ""
    return re.sub(before + re.escape(words) + after, "※", text)


# --- the reading -------------------------------------------------------------------------------------------------------


class Reading:
    """One report read from its title to its last table."""

    def __init__(self, document, asked, reader, records):
        self.asked, self.reader, self.records, self.problems = asked, reader, records, []
        self.numbers = 0
        self.words("".join(document.title.split()))
        self.blocks(document.blocks)

    def blocks(self, blocks, inside=""):
        for block in blocks:
            match block:
                case Section():
                    self.words(block.title)
                    self.sources(block.blocks) if block.title == SOURCES else self.blocks(block.blocks, block.title)
                case Paragraph():
                    self.sentences(block.inlines)
                case Table():
                    self.table(block)
                case Chart():
                    self.chart(block)
                case Signature():
                    assert block.dated  # the day on which it is made
                case _:
                    self.problems.append(f"没有读过这样的内容：{type(block).__name__}")

    def sentences(self, inlines):
        for inline in inlines:
            self.figure(inline)
        text = "".join(HELD if isinstance(one, Figure) else text_of(one) for one in inlines)
        self.words(text)

    def figure(self, one, told_as_number=False):
        if isinstance(one, Figure):
            self.numbers += 1
            if problem := wrong_figure(one, self.reader, told_as_number):
                self.problems.append(problem)
            for part in one.parts:
                self.figure(part)

    def words(self, text):
        """Every number in words that are no figure: what a record says, or the period that was asked for."""
        self.numbers += len(DIGITS.findall(text))
        for sentence in re.split("(?<=。)", text):
            self.rest(sentence, sentence)

    def rest(self, words, whole):
        """Nothing is left over of the words, read in the sentence or the row that they stand in."""
        bare = self.records.cover(words.replace(self.asked.period.title, "※"))
        bare = re.sub(r"[一二三四五六七八九十]+是|^\d+\.(?!\d)", "", self.records.cover_numbers(bare, whole))
        left = [*DIGITS.findall(bare), *COUNTED.findall(bare)]
        if left:
            self.problems.append(f"{'、'.join(left)}：{words}（{whole}）｜{bare}".replace(HELD, "〈〉"))

    def table(self, table):
        self.words(table.caption)
        self.words(table.note)
        for row in table.header_rows:
            for head in row:
                self.words(head.text)
        for place, row in enumerate(table.rows, start=1):
            divided = {word for one in row if isinstance(one, Figure) for word in one.of.split("、")}
            whole = "　".join(map(text_of, row))
            for head, cell in zip(first_heads(table), row, strict=True):
                if isinstance(cell, Figure):
                    self.figure(cell)
                elif head == "序号":
                    assert cell == str(place)
                elif cell not in divided:  # a label of what the figures beside it are narrowed to
                    self.rest(cell, whole)

    def chart(self, chart):
        self.words(chart.caption)
        for series in chart.series:
            self.words(series.name)
            for label, number, some in zip(
                chart.labels, series.values, series.figures or [()] * len(series.values), strict=True
            ):
                for figure in some:
                    self.figure(figure)
                if number is not None and Decimal(str(number)) != sum(Decimal(str(one.value)) for one in some):
                    self.problems.append(f"{number}：图“{chart.caption}”的{label}")
                if not any(
                    label == Period.parse(one.url.split("period=")[1].split("&")[0]).title.removesuffix("学年")
                    for one in some
                ):
                    self.words(label)

    def sources(self, blocks):
        """数据来源表: each number again, with the definition as the registry has it, and the records as its page opens them."""
        for row in blocks[0].rows:
            figure = row[1]
            self.figure(figure, told_as_number=True)
            self.words(row[0].replace(figure.name, ""))
            parts = "÷".join(f"{part.label}{plain(part.value)}{part.unit}" for part in figure.parts)
            whole = REGISTRY[figure.key].definition + (f"（{parts}）" if parts else "")
            assert row[2] in (whole, f"“{figure.label}”中属于“{figure.of}”的。"), row
            opened = "／".join(f"{self.reader.rows(part.url)[0]:,}" for part in figure.parts or (figure,))
            if row[3] != opened:
                self.problems.append(f"{figure.name}：来源表说 {row[3]} 条，页面打开 {opened} 条")


def first_heads(table):
    grid = table.header_grid
    return [next((row[place].text for row in reversed(grid) if row[place]), "") for place in range(table.columns)]


def read(view, period, reader, records):
    asked = Asked(period, view)
    return Reading(annual_report(asked), asked, reader, records)


def told(readings):
    return "\n".join(dict.fromkeys(problem for one in readings for problem in one.problems))


@pytest.mark.slow
def test_every_number_of_a_case_is_a_figure_or_a_records_own(case):
    reader, viewpoints, period = case
    records = Records()
    readings = [read(view, period, reader, records) for view in viewpoints]
    assert not told(readings), told(readings)
    assert all(one.numbers > 40 for one in readings)


@pytest.mark.slow
def test_every_number_of_the_demo_county_and_each_figure_of_the_catalogue_opens_what_it_says(demo):
    reader, viewpoints, period = demo
    records = Records()
    readings = [read(view, period, reader, records) for view in viewpoints]
    wrong = wrong_pages(reader, Asked(period, viewpoints[0]))
    assert not told(readings) + wrong, told(readings) + wrong
    assert all(one.numbers > 100 for one in readings)


def wrong_pages(reader, asked):
    """All the figures of the county: what each page opens, and what the definition makes of it."""
    wrong = []
    for key, definition in REGISTRY.items():
        counted = value(key, asked)
        rows, told = reader.rows(counted.url)
        if rows != counted.records or told != counted.told:
            wrong.append(f"{definition.label}：说 {counted.records} 条，打开 {rows} 条")
        of_value = number_of_rows(counted)
        if of_value is not None and of_value != counted.value:
            wrong.append(f"{definition.label}：数是 {counted.value}，记录合起来是 {of_value}")
    return "\n".join(wrong)


def number_of_rows(counted):
    """What the definition makes of the rows that the page opens; None where somebody entered the number."""
    definition = counted.definition
    if definition.ratio or definition.given:
        return None
    rows = list(counted.rows().values_list(definition.total or definition.distinct or "pk", flat=True))
    if definition.total:
        return sum(number or 0 for number in rows)
    return len({one for one in rows if one is not None}) if definition.distinct else len(rows)
