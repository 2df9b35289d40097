"""An appraisal in a real browser: opened, scored, answered, settled within the quota, made public, appealed, final, printed."""

import datetime as dt
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assignments.choices import Role
from assignments.models import Placement, School, SchoolYear, Teacher
from evaluations.choices import AppraisalState, Grade
from evaluations.models import Appeal, Appraisal, AppraisalNotice
from tests.conftest import person
from tests.e2e.conftest import PHONE, picture_of
from tests.evaluations.rubrics import ready
from zhijiao import clock
from zhijiao.dates import ApproximateDate, school_year_of

DAY = dt.timedelta(days=1)
NUMBERS = {  # of the lines that are not a choice of levels; a veto stays empty
    "出勤": ["1", "0", "0", "0"],
    "工作量": ["18", "15"],
    "满意度": ["96"],
    "表彰加分": ["0", "0", "0", "0"],
}


@pytest.fixture
def running(secondment, county, second, sending_school):
    """Two at the principal's school, three elsewhere: of five, one may be 优秀."""
    other = School.objects.create(county=county, name="枫树小学")
    rows = [secondment]
    for name in ("余静", "段飞", "康宁", "毛莉"):
        rows.append(second(Teacher.objects.create(county=county, name=name, school=sending_school)))
    Placement.objects.filter(secondment__in=rows[2:]).update(receiving_school=other)
    today = clock.today()
    first = school_year_of(today)
    for row in rows:
        row.school_year = SchoolYear.objects.named(f"{first}-{first + 1}")
        row.when = ApproximateDate.range(today - 60 * DAY, today + 200 * DAY)
        row.save()
    return rows[:2]


@pytest.fixture
def leader(county):
    return person("leader", "高局长", Role.LEADER, district=county)


@pytest.fixture
def sender(sending_school):
    return person("sender", "秦校长", Role.PRINCIPAL, school=sending_school)


def at(row):
    return reverse("evaluations:appraisal_detail", args=[row.pk])


def fits(page):
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing reaches over the edge"


def open_year(page, year):
    page.goto(reverse("evaluations:appraisal_list"))
    page.get_by_role("link", name="开展考核").click()
    page.locator("#id_school_year").select_option(label=str(year))
    page.locator("#id_kind").select_option(value="final")
    page.locator("#id_rubric").select_option(value=str(ready().pk))
    page.get_by_role("button", name="看看考核谁").click()
    expect(page.get_by_text("5 人", exact=True)).to_be_visible()
    picture_of(page)
    page.get_by_role("button", name="开展考核").click()
    expect(page.get_by_text("考核已开展：5 人")).to_be_visible()
    picture_of(page)


def score(page, row, level):
    """Every line at this place of its levels; what is missing is told, and what was typed is still there."""
    page.goto(reverse("evaluations:appraisal_score", args=[row.pk]))
    page.get_by_label("个人小结").fill("教了一学期五年级语文。")
    page.get_by_role("button", name="报送").click()
    expect(page.get_by_text("已保存，").first).to_be_visible()
    expect(page.get_by_label("个人小结")).to_have_value("教了一学期五年级语文。")
    for fieldset in page.locator("fieldset.score-line").all():
        name = fieldset.locator("legend").inner_text()
        if fieldset.locator(":scope > .score-fields label.seg").count():
            fieldset.locator(":scope > .score-fields label.seg").nth(level).click()
            continue
        numbers = next((found for key, found in NUMBERS.items() if key in name), [])
        for field, number in zip(fieldset.locator(":scope > .score-fields input").all(), numbers, strict=False):
            field.fill(number)
    page.get_by_label("受援学校意见").fill("工作认真，同意报送")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("上次保存：")).to_be_visible()
    picture_of(page)
    page.get_by_role("button", name="报送").click()
    expect(page.get_by_text("的评分已报送")).to_be_visible()
    picture_of(page)


def answer(one, two, rows):
    """Each on a phone: the first signs, the second objects, not without a reason."""
    one.goto(at(rows[0]))
    picture_of(one)
    one.get_by_role("button", name="同意，签字").click()
    expect(one.get_by_text("已签字")).to_be_visible()
    two.goto(at(rows[1]))
    two.get_by_text("有异议", exact=True).click()
    two.get_by_label("哪一项有异议，为什么").fill("事假那天是学校派去听课")
    picture_of(two)
    two.get_by_role("button", name="提出异议").click()
    expect(two.get_by_text("事假那天是学校派去听课").first).to_be_visible()
    for page in (one, two):
        fits(page)


def settle(page, rows):
    """One 优秀 is there for five: two are refused, and what was chosen stays."""
    page.goto(reverse("evaluations:appraisal_settle") + f"?year={rows[0].school_year.code}&kind=final")
    counter = page.locator(".quotas li")
    expect(counter).to_contain_text("全县 5 人：优秀 0 / 1 人")
    for row in rows:
        page.locator(f"select[name=grade-{row.pk}]").select_option(label="优秀")
        page.locator(f"input[name=reason-{row.pk}]").fill("局里研究")
    expect(counter).to_contain_text("优秀 2 / 1 人")
    expect(counter).to_have_class("is-over")
    picture_of(page)
    page.locator(f"select[name=grade-{rows[1].pk}]").select_option(label="合格")
    expect(counter).to_contain_text("优秀 1 / 1 人")
    page.get_by_role("button", name="保存评定").click()
    expect(page.get_by_text("已评定 2 人")).to_be_visible()
    picture_of(page)


def publish(page):
    page.get_by_role("link", name="公示 2 人").click()
    page.get_by_label("公示文号").fill("青教人公示1号")
    picture_of(page)
    page.get_by_role("button", name="公示", exact=True).click()
    expect(page.get_by_text("公示结束以后在这里确定等次")).to_be_visible()
    picture_of(page)


def appeal(page, row):
    page.goto(at(row))
    expect(page.get_by_text("合格").first).to_be_visible()
    page.get_by_text("对等次不同意，申诉").click()
    page.get_by_label("申诉的理由").fill("请再看一次出勤")
    picture_of(page)
    page.get_by_role("button", name="提交申诉").click()
    expect(page.get_by_text("还没有处理")).to_be_visible()
    fits(page)


def decide(page, row):
    page.goto(at(row))
    page.locator("label.seg").get_by_text("维持", exact=False).first.click()
    page.get_by_label("答复").fill("核对过考勤，当天有请假条，维持")
    picture_of(page)
    page.get_by_role("button", name="处理", exact=True).click()
    expect(page.get_by_text("申诉已处理，答复发给了老师")).to_be_visible()


def test_an_appraisal_from_its_score_to_the_form_in_the_personnel_file(
    window_of, running, officer, principal, teacher_user, leader, sender, tmp_path
):
    year = running[0].school_year
    second_user = person("yujing", "余静", Role.TEACHER, teacher=running[1].teacher)
    desk = window_of(officer)
    open_year(desk, year)
    rows = [Appraisal.objects.get(secondment=one) for one in running]

    school = window_of(principal)
    for level, row in enumerate(rows):
        score(school, row, level)
    assert [row.state for row in Appraisal.objects.filter(pk__in=[r.pk for r in rows])] == ["submitted"] * 2

    one, two = window_of(teacher_user, width=PHONE), window_of(second_user, width=PHONE)
    answer(one, two, rows)
    home = window_of(sender)
    for row in rows:
        home.goto(at(row))
        home.get_by_label("派出学校意见").fill("同意受援学校的评分")
        home.get_by_role("button", name="保存意见").click()
        expect(home.get_by_text("意见已保存")).to_be_visible()
    picture_of(home)

    settle(desk, rows)
    one.goto(at(rows[0]))
    expect(one.get_by_text("考核等次", exact=True)).to_have_count(0)  # before it is made public the bureau alone knows
    publish(desk)
    appeal(two, rows[1])
    decide(window_of(leader), rows[1])
    assert Appeal.objects.get().decided_by == leader

    notice = AppraisalNotice.objects.get()
    length = notice.last_day - notice.first_day
    notice.first_day, notice.last_day = clock.today() - DAY - length, clock.today() - DAY  # the days have passed
    notice.save()
    desk.reload()
    desk.get_by_label("考核结果文号").fill("青教人8号")
    picture_of(desk)
    desk.get_by_role("button", name="公示无误，确定等次").click()
    expect(desk.get_by_text("2 人的考核等次已确定")).to_be_visible()
    picture_of(desk)
    for row, grade in zip(rows, (Grade.EXCELLENT, Grade.QUALIFIED), strict=True):
        row.refresh_from_db()
        assert (row.state, row.grade, row.document) == (AppraisalState.FINAL, grade, "青教人8号")

    for page, word in ((one, "优秀"), (two, "合格")):
        page.goto(at(rows[0] if page is one else rows[1]))
        expect(page.locator("dl.facts").first).to_contain_text(f"考核等次{word}")
        picture_of(page)
        fits(page)
    with two.expect_download(timeout=60_000) as waited:
        two.get_by_role("link", name="鉴定表 PDF").click()
    paper = tmp_path / "form.pdf"
    waited.value.save_as(paper)
    assert Path(paper).read_bytes().startswith(b"%PDF")
