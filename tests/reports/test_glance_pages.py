"""What is short and late, the flows, the evidence sheet, the leader's sheet, the counties of a prefecture."""

import datetime as dt
from io import BytesIO
from itertools import pairwise

import pdfplumber
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document as Word
from openpyxl import load_workbook

from assignments.choices import Location, Role, SecondmentState
from assignments.models import (
    Demand,
    Difficulty,
    District,
    Placement,
    PolicyRule,
    Programme,
    School,
    Secondment,
    Teacher,
    YearFacts,
)
from assignments.periods import Period
from evaluations.models import QuestionnaireCount
from reports import figures
from reports.documents.html import finished_html
from reports.documents.pdf import run_worker
from reports.documents.word import render_word
from reports.figures import Asked, Viewpoint
from reports.figures.asked import Side
from reports.glance.board import board
from reports.glance.briefing import briefing, clipped, enumerated
from reports.glance.evidence import COUNTED, ENTERED, KEYS, SUMMED, evidence
from reports.glance.flows import MOST, OTHERS, Flow, draw_flows, flows
from reports.glance.now import now
from tests.conftest import person
from tests.full_records import fill_inspection, on

pytestmark = pytest.mark.slow  # whole pages; the other database asks the same in the tests beside them

YEAR = "2023-2024"
DAY, LATER = dt.date(2023, 11, 20), dt.date(2024, 3, 1)
# What each page asks at most. The sheet tells what three of the pages tell; owing asks a question for each thing that is due.
MOST_QUERIES = {
    "glance": 12,
    "glance_now": 12,
    "glance_flows": 12,
    "glance_evidence": 12,
    "glance_briefing": 14,
    "glance_counties": 12,
}
PAGES = tuple(MOST_QUERIES)


@pytest.fixture
def programme(db):
    """One that counts as exchange."""
    return Programme.objects.get(name="县内支教", county=None)


@pytest.fixture
def asked(county):
    return Asked(Period.parse(YEAR), Viewpoint(county))


@pytest.fixture
def send(second, county, sending_school):
    """Sends so many from a school to a school."""

    def make(number, school=sending_school, to=None, subject="", **fields):
        for _ in range(number):
            teacher = Teacher.objects.create(county=county, school=school, name=f"教师{Teacher.objects.count()}", subject=subject)  # fmt: skip
            row = second(teacher, sending_school=school, **fields)
            if to:
                Placement.objects.filter(secondment=row).update(receiving_school=to)

    return make


def text_of(client, name, **query):
    response = client.get(reverse(f"reports:{name}"), {"period": YEAR, **query})
    assert response.status_code == 200, name
    return response.content.decode()


def file_of(client, kind, form, **query):
    response = client.get(reverse("reports:glance_file", args=[kind]), {"period": YEAR, "format": form, **query})
    assert response.status_code == 200, (kind, form)
    return response.content


def pages_of(pdf):
    """What is on each page, in one line."""
    with pdfplumber.open(BytesIO(pdf)) as opened:
        return [page.extract_text().replace("\n", "") for page in opened.pages]


class TestShortAndLate:
    def test_a_subject_is_short_by_what_was_asked_for_less_those_who_came(
        self, asked, officer, county, receiving_school, school_year, send
    ):
        for subject, number in (("数学", 4), ("英语", 1)):
            Demand.objects.create(county=county, school_year=school_year, school=receiving_school, subject=subject, number=number)  # fmt: skip
        send(1, subject="数学"), send(2, subject="英语"), send(1, subject="音乐")
        told = now(asked, LATER, officer)
        assert [(one.name, one.asked, one.came, one.short) for one in told.subjects] == [
            ("数学", 4, 1, 3),
            ("英语", 1, 2, 0),
        ]
        assert told.missing == 3
        maths = told.subjects[0]
        assert (maths.demanded.rows().count(), maths.placed.rows().count()) == (1, 1)

    def test_what_is_late_is_counted_as_its_list_shows_it(self, client_of, asked, officer, county, teacher, send):
        send(2, state=SecondmentState.OVERDUE), send(1)
        on(Difficulty, DAY, county=county, teacher=teacher, text="路远", due_on=DAY)
        on(Difficulty, DAY, county=county, teacher=teacher, text="宿舍", due_on=DAY, resolution="修好了")
        late = {one.label: one for one in now(asked, LATER, officer).late}
        assert {label: one.number for label, one in late.items()} == {
            "逾期未报到": 2, "困难诉求过了办理期限": 1, "整改过了期限": 0,
        }  # fmt: skip
        client = client_of(officer)
        assert "2 人" in text_of(client, "glance_now")
        for label in ("逾期未报到", "困难诉求过了办理期限"):
            page = client.get(late[label].url)
            assert page.context["listing"].count == late[label].number, label

    def test_a_receiving_school_that_was_inspected_is_told_apart(self, asked, officer, county, receiving_school, send):
        other = School.objects.create(county=county, name="南河镇小学")
        third = School.objects.create(county=county, name="无人支教小学")
        send(1), send(1, to=other)
        for school in (receiving_school, third):
            fill_inspection(county, school, DAY)
        told = now(asked, LATER, officer)
        assert (told.told["receiving_schools"].value, told.told["receiving_inspected"].value, told.not_inspected) == (2, 1, 1)  # fmt: skip

    def test_what_few_have_said_is_not_told(self, client_of, officer, asked, county, receiving_school, send):
        send(1)
        inspection = fill_inspection(county, receiving_school, DAY)
        QuestionnaireCount.objects.all().delete()
        row = QuestionnaireCount.objects.create(
            county=county, inspection=inspection, respondents="parents", issued=4, returned=4, valid=4, satisfied=1,
            fairly_satisfied=0, dissatisfied=3,
        )  # fmt: skip
        client = client_of(officer)
        assert not now(asked, LATER, officer).satisfaction_is_known
        assert "满意率不显示" in text_of(client, "glance_now")
        assert "满意率" not in text_of(client, "glance_briefing")
        assert ">25%<" not in text_of(client, "glance_now")
        assert b"satisfaction" not in file_of(client, "now", "xlsx")
        QuestionnaireCount.objects.filter(pk=row.pk).update(
            valid=40, satisfied=38, dissatisfied=2, issued=40, returned=40
        )
        assert "95%" in text_of(client, "glance_now")
        assert "95%" in text_of(client, "glance_briefing")

    def test_numbers_asked_together_are_those_of_the_registry(self, asked, officer, county, receiving_school, send):
        send(2)
        fill_inspection(county, receiving_school, DAY)
        for key, counted in now(asked, LATER, officer).told.items():
            assert counted.value == figures.value(key, Asked(asked.period, asked.viewpoint)).value, key


class TestFlows:
    def test_each_pair_opens_those_who_went_that_way(self, client_of, officer, asked, county, sending_school, send):
        other = School.objects.create(county=county, name="南河镇小学")
        send(3), send(2, to=other)
        told = flows(asked)
        assert [(flow.source, flow.target, flow.number) for flow in told.pairs] == [
            ("青岚县第一小学", "松岭乡中心小学", 3), ("青岚县第一小学", "南河镇小学", 2),
        ]  # fmt: skip
        for flow in told.pairs:
            assert flow.counted.rows().count() == flow.number
            assert client_of(officer).get(flow.counted.url).context["page"].paginator.count == flow.number

    def test_town_and_village_stand_in_a_table_that_opens_them(
        self, asked, county, sending_school, receiving_school, send
    ):
        School.objects.filter(pk=sending_school.pk).update(location=Location.CITY)
        School.objects.filter(pk=receiving_school.pk).update(location=Location.VILLAGE)
        send(3), send(1, to=School.objects.create(county=county, name="没有分类的小学"))
        told = flows(asked).places
        assert {ways: int(counted.value) for ways, counted in told.items()} == {("city", "village"): 3, ("city", ""): 1}
        for counted in told.values():
            assert counted.rows().count() == counted.value

    def test_more_than_twenty_are_drawn_as_the_rest(self, client_of, officer, asked, county, send):
        for number in range(MOST + 3):
            send(1 if number else 2, to=School.objects.create(county=county, name=f"第{number}小学"))
        told = flows(asked)
        assert len(told.shown) == MOST + 1
        assert (told.shown[-1].source, told.shown[-1].number, told.left_out) == (OTHERS, 3, 3)
        assert sum(flow.number for flow in told.shown) == told.whole == MOST + 4
        book = load_workbook(BytesIO(file_of(client_of(officer), "flows", "xlsx")))
        assert book["学校之间"].max_row == 2 + MOST + 3

    def test_the_picture_says_every_number_in_words_and_stays_inside(self):
        shown = [Flow(f"派出{place}学校", f"受援{place % 3}学校", place + 1) for place in range(9)] + [
            Flow(OTHERS, OTHERS, 400)
        ]
        picture = draw_flows(shown)
        words = [line for node in (*picture.left, *picture.right) for _, line in node.words]
        assert "派出8学校 9 人" in words
        assert "受援2学校 18 人" in words  # 3 + 6 + 9
        assert len(picture.bands) == len(shown)
        for node in (*picture.left, *picture.right):
            assert 0 <= node.y <= node.y + node.height <= picture.height
        for side in (picture.left, picture.right):
            rows = sorted(y for node in side for y, _ in node.words)
            assert all(after - before >= 17 for before, after in pairwise(rows)), "lines lie on each other"

    def test_with_nobody_sent_there_is_nothing_to_draw(self, client_of, officer):
        assert draw_flows([]) is None
        assert "还没有派遣" in text_of(client_of(officer), "glance_flows")


class TestEvidence:
    def test_the_three_numbers_are_those_of_the_registry(self, asked, county, sending_school, school_year, send):
        other = School.objects.create(county=county, name="安平镇小学")
        send(2, is_backbone=True), send(1, other)
        YearFacts.objects.create(county=county, school_year=school_year, school=sending_school, eligible=20)
        told = evidence(asked)
        for line in (told.whole, *told.lines):
            view = line.told[0].asked.viewpoint
            assert [one.value for one in line.told] == [
                figures.value(key, Asked(asked.period, view)).value for key in KEYS
            ]
        lines = {line.name: line for line in told.lines}
        assert lines["青岚县第一小学"].numbers == (20, 2, 2)
        assert (lines["青岚县第一小学"].source, lines["安平镇小学"].source, told.whole.source) == (
            SUMMED,
            COUNTED,
            SUMMED,
        )

    def test_that_the_county_is_not_the_sum_of_its_schools_is_told(self, client_of, officer, asked, county, sending_school, school_year, send):  # fmt: skip
        send(1)
        YearFacts.objects.create(county=county, school_year=school_year, school=sending_school, eligible=20)
        assert evidence(asked).difference == ""
        other = School.objects.create(county=county, name="安平镇小学")
        Teacher.objects.create(county=county, school=other, name="安然", at_school_since=dt.date(2010, 9, 1))
        assert "其中 1 所学校没有填报" in evidence(Asked(asked.period, asked.viewpoint)).difference
        YearFacts.objects.create(county=county, school_year=school_year, eligible=90)
        told = evidence(Asked(asked.period, asked.viewpoint))
        assert (told.whole.numbers[0], told.whole.source) == (90, ENTERED)
        assert "全县的数是县里填报的" in text_of(client_of(officer), "glance_evidence")

    def test_page_pdf_word_and_excel_say_the_same(self, client_of, officer, county, sending_school, school_year, send):
        send(7, is_backbone=True), send(6)
        YearFacts.objects.create(county=county, school_year=school_year, school=sending_school, eligible=137)
        client = client_of(officer)
        pdf = "".join(pages_of(file_of(client, "evidence", "pdf")))
        word = Word(BytesIO(file_of(client, "evidence", "docx")))
        cells = [[cell.text for cell in row.cells] for table in word.tables for row in table.rows]
        row = next(row for row in cells if "青岚县第一小学" in row)
        assert row[2:5] == ["137", "13", "7"]
        sheet = load_workbook(BytesIO(file_of(client, "evidence", "xlsx"))).active
        told = [[cell.value for cell in row][:4] for row in sheet.iter_rows()]
        assert ["青岚县第一小学", 137, 13, 7] in told
        page = text_of(client, "glance_evidence")
        for label in ("符合交流条件教师总数", "实际交流轮岗教师数", "实际交流骨干教师数量"):
            assert label in page
            assert any(label in str(cell) for row in told for cell in row)
            assert any(label in cell for row in cells for cell in row)
        for number in ("137", "13", "7"):
            assert number in pdf
        assert "9.5%" in pdf  # 13 of 137

    def test_a_school_has_its_own_lines(self, client_of, county, sending_school, send):
        send(2), send(1, School.objects.create(county=county, name="安平镇小学"))
        page = text_of(client_of(person("head", "郑校长", Role.PRINCIPAL, school=sending_school)), "glance_evidence")
        assert "青岚县第一小学" in page
        assert "安平镇小学" not in page


class TestBriefing:
    def made(self, asked, user):
        return briefing(board(asked, DAY), now(asked, DAY, user), flows(asked), DAY)

    def sheets(self, document):
        return pages_of(run_worker(finished_html(document)))

    def test_a_county_with_next_to_nothing_is_one_page(self, asked, officer, send):
        send(1)
        assert len(self.sheets(self.made(asked, officer))) == 1

    def test_a_county_with_very_much_and_long_names_is_one_page(self, asked, officer, county, teacher, school_year, receiving_school, send):  # fmt: skip
        District.objects.filter(pk=county.pk).update(name="阿勒泰地区布尔津县喀纳斯蒙古族自治联合示范县", bureau="阿勒泰地区布尔津县喀纳斯教育和科学技术局")  # fmt: skip
        county.refresh_from_db()
        for place in range(12):
            PolicyRule.objects.create(
                county=county, name=f"第{place}项名称写得特别长的交流轮岗教师占符合条件教师比例", numerator="exchanged", denominator="eligible",
                threshold=90 - place, level="county", basis="很长的依据" * 30,
            )  # fmt: skip
        YearFacts.objects.create(county=county, school_year=school_year, eligible=123456)
        for place, subject in enumerate(("语文", "数学", "英语", "物理", "化学", "生物", "历史", "地理", "音乐", "体育", "美术", "信息科技", "道德与法治")):  # fmt: skip
            Demand.objects.create(county=county, school_year=school_year, school=receiving_school, subject=subject, number=900 + place)  # fmt: skip
        for place in range(30):
            to = School.objects.create(county=county, name=f"喀纳斯蒙古族乡第{place}寄宿制双语民族团结示范中心小学分校")
            send(1, to=to, state=SecondmentState.ON_POST if place % 2 else SecondmentState.OVERDUE)
            fill_inspection(county, to, DAY)
            on(Difficulty, DAY, county=county, teacher=teacher, text=f"困难{place}", due_on=DAY - dt.timedelta(days=9))
        asked = Asked(asked.period, Viewpoint(county))
        document = self.made(asked, officer)
        pages = self.sheets(document)
        assert len(pages) == 1
        text = pages[0]
        assert "还有8项比例没有列出" in text
        assert "学科" in text

    def test_it_says_what_the_board_says_in_pdf_and_word(self, client_of, officer, asked, county, school_year, send):
        send(2)
        YearFacts.objects.create(county=county, school_year=school_year, eligible=40)
        client = client_of(officer)
        page = text_of(client, "glance_briefing")
        word = Word(BytesIO(file_of(client, "briefing", "docx")))
        cells = " ".join(cell.text for table in word.tables for row in table.rows for cell in row.cells)
        (pdf,) = pages_of(file_of(client, "briefing", "pdf"))
        for told in ("2÷40", "5%", "再派2人达标"):
            assert told in page
            assert told in cells
            assert told in pdf
        assert render_word(self.made(asked, officer))

    def test_what_does_not_fit_is_counted(self):
        assert enumerated(["数学差3人", "英语差2人"], "个学科") == "数学差3人、英语差2人"
        assert enumerated(["数学差3人", "英语差2人", "物理差1人"], "个学科", 10) == "数学差3人、英语差2人等3个学科"
        assert clipped("松岭乡中心小学", 4) == "松岭乡…"
        assert clipped("松岭乡", 4) == "松岭乡"


class TestPrefecture:
    @pytest.fixture
    def prefecture(self, county, other_county):
        above = District.objects.create(name="青州市", code="9901", level="prefecture")
        District.objects.filter(pk__in=[county.pk, other_county.pk]).update(parent=above)
        return above

    @pytest.fixture
    def boss(self, prefecture):
        return person("boss", "市里", Role.LEADER, district=prefecture)

    @pytest.fixture
    def filled(self, county, other_county, school_year, send):
        send(4)
        YearFacts.objects.create(county=county, school_year=school_year, eligible=40)
        YearFacts.objects.create(county=other_county, school_year=school_year, eligible=77)

    def test_the_counties_stand_side_by_side_and_each_opens_its_own(
        self, client_of, boss, filled, county, other_county
    ):
        client = client_of(boss)
        response = client.get(reverse("reports:glance"), {"period": YEAR}, follow=True)
        rows = {row.county.name: row for row, _ in response.context["rows"]}
        assert [goal.told for goal in rows["青岚县"].goals][:1] == ["10"]
        assert rows["白塔县"].goals[0].more == 8
        assert "再派 8 人达标" in response.content.decode()
        for row, url in response.context["rows"]:
            page = client.get(url)
            assert page.context["asked"].viewpoint.county == row.county
            for goal, same in zip(page.context["board"].goals, row.goals, strict=False):
                assert goal.numerator.value == same.numerator.value
                assert goal.denominator.value == same.denominator.value

    def test_a_number_of_a_county_opens_the_records_of_that_county(self, client_of, boss, filled, county):
        client = client_of(boss)
        rows = client.get(reverse("reports:glance_counties"), {"period": YEAR}).context["rows"]
        for row, _ in rows:
            counted = row.numbers[0]
            assert client.get(counted.url).context["page"].paginator.count == counted.value

    def test_a_county_s_own_rule_is_told_with_the_county_alone(self, client_of, boss, filled, county):
        PolicyRule.objects.create(county=county, name="本县比例", numerator="exchanged", denominator="eligible", threshold=15, level="county")  # fmt: skip
        rows = {row.county.name: row for row, _ in client_of(boss).get(reverse("reports:glance_counties"), {"period": YEAR}).context["rows"]}  # fmt: skip
        assert rows["青岚县"].own_told == "本县另有 1 项，达标 0 项"
        assert rows["白塔县"].own_told == ""

    def test_many_counties_are_not_more_queries(self, client_of, boss, filled, prefecture):
        counts = []
        for number in (0, 1, 27):
            for place in range(number):
                District.objects.create(name=f"第{number}{place}县", code=f"98{number:02}{place:02}", level="county", parent=prefecture)  # fmt: skip
            client = client_of(boss)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(reverse("reports:glance_counties"), {"period": YEAR}).status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1] == counts[2] <= 12, counts

    def test_its_workbook_has_a_line_for_each_county(self, client_of, boss, filled):
        book = load_workbook(BytesIO(file_of(client_of(boss), "counties", "xlsx")))
        told = [[cell.value for cell in row][:4] for row in book["指标1"].iter_rows()]
        assert ["青岚县", 4, 40, 10] in told

    def test_a_school_has_no_such_page(self, client_of, principal):
        assert client_of(principal).get(reverse("reports:glance_counties")).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_every_page_of_many_schools_is_not_more_queries(client_of, officer, county, school_year, receiving_school, teacher, send, name):  # fmt: skip
    counts = []
    for number in (1, 2, 27):
        for _ in range(number):
            school = School.objects.create(county=county, name=f"第{School.objects.count()}小学")
            send(1, school)
            send(1, to=school)
            YearFacts.objects.create(county=county, school_year=school_year, school=school, eligible=9)
            Demand.objects.create(county=county, school_year=school_year, school=school, subject="数学", number=2)
            fill_inspection(county, school, DAY)
            on(Difficulty, DAY, county=county, teacher=teacher, text="路远", due_on=DAY)
        client = client_of(officer)
        with CaptureQueriesContext(connection) as queries:
            text_of(client, name)
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2] <= MOST_QUERIES[name], counts


def test_an_empty_county_is_told_so(client_of, officer):
    client = client_of(officer)
    for name in PAGES:
        text_of(client, name)
    assert "还没有可以填的数" in text_of(client, "glance_evidence")


def test_a_school_reads_all_pages_of_its_own(client_of, county, sending_school, send):
    send(2)
    client = client_of(person("head", "郑校长", Role.PRINCIPAL, school=sending_school))
    for name in PAGES[:-1]:
        page = client.get(reverse(f"reports:{name}"), {"period": YEAR})
        assert page.status_code == 200
        if name != "glance_briefing":
            assert page.context["asked"].viewpoint.school == sending_school
    assert board(Asked(Period.parse(YEAR), Viewpoint(county, sending_school)), DAY).asked.viewpoint.side == Side.SENDING
    assert Secondment.objects.count() == 2
