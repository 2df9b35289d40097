"""Appraisals in a real browser: opened, scored and handed in, signed and objected to, settled, made public, appealed, final."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assignments.choices import Role
from assignments.models import SchoolYear, Teacher
from evaluations.choices import AppraisalState, Grade
from evaluations.models import Appraisal, AppraisalNotice
from tests.conftest import person
from tests.e2e.conftest import PHONE, picture_of
from zhijiao import clock
from zhijiao.dates import ApproximateDate, school_year_of
from zhijiao.working_days import add_working_days

DAY = dt.timedelta(days=1)


@pytest.fixture
def two(county, second, sending_school):
    """Two teachers on post at the receiving school in the running year, each with an account."""
    today, first = clock.today(), school_year_of(clock.today())
    made = []
    for name, username in (("沈若兰", "ruolan"), ("黄土𠅤", "huangtu")):
        teacher = Teacher.objects.create(county=county, school=sending_school, name=name)
        row = second(teacher)
        row.school_year = SchoolYear.objects.named(f"{first}-{first + 1}")
        row.when = ApproximateDate.range(today - 60 * DAY, today + 200 * DAY)
        row.save()
        made.append((row, person(username, name, Role.TEACHER, teacher=teacher)))
    return made


def open_all(page):
    """The officer: who is appraised, by the ready rubric without holes."""
    page.goto(reverse("evaluations:appraisal_list"))
    page.get_by_role("link", name="开展考核").click()
    page.get_by_label("考核类型").select_option(label="中期考核")
    _choose(page)
    page.get_by_role("button", name="看看考核谁").click()
    expect(page.get_by_role("checkbox", name="沈若兰")).to_be_checked()
    picture_of(page)
    page.get_by_role("button", name="开展考核").click()


def _choose(page):
    """The rubric by a part of its name."""
    field = page.get_by_label("考核办法")
    name = next(text for text in field.locator("option").all_inner_texts() if "德能勤绩廉" in text)
    field.select_option(label=name)


def score(page, row, hours):
    """The principal: every line filled in, handed in."""
    page.goto(reverse("evaluations:appraisal_score", args=[row.pk]))
    names = page.evaluate(
        "[...new Set([...document.querySelectorAll('main input[type=radio]')].map((one) => one.name))]"
    )
    for name in names:
        page.locator(f'main input[type=radio][name="{name}"]').first.check(force=True)
    for field in page.locator("main input[type=number], main input[inputmode]").all():
        if field.is_visible() and not field.input_value():
            label = field.evaluate("(one) => (one.labels[0] || {}).innerText || ''")
            field.fill(
                "96"
                if "满意" in label
                else hours
                if "本人" in label
                else "15"
                if "平均" in label or "校" in label
                else "0"
            )
    page.get_by_label("意见和建议").fill("工作踏实，带动了教研组")
    picture_of(page)
    page.get_by_role("button", name="报送").click()
    expect(page.locator("main .state").first).to_have_text(re.compile("已报送"))


def told(row):
    return Appraisal.objects.get(pk=row.pk).get_state_display()


def test_appraisals_from_the_score_to_the_last_day_of_the_notice(
    window_of, two, officer, principal, sending_school, county
):
    bureau, school = window_of(officer), window_of(principal)
    open_all(bureau)
    rows = [Appraisal.objects.get(secondment=secondment) for secondment, _ in two]
    for row, hours in zip(rows, ("18", "12"), strict=True):
        score(school, row, hours)
    assert [told(row) for row in rows] == ["已报送", "已报送"]

    first, second = (window_of(user, width=PHONE) for _, user in two)
    first.goto(reverse("evaluations:appraisal_detail", args=[rows[0].pk]))
    picture_of(first)
    first.get_by_role("button", name="同意，签字").click()
    expect(first.get_by_text("已签字").first).to_be_visible()
    second.goto(reverse("evaluations:appraisal_detail", args=[rows[1].pk]))
    second.get_by_text("有异议", exact=True).click()
    second.locator("details[open] textarea").fill("带了两位徒弟，请再核一核。")
    picture_of(second)
    second.get_by_role("button", name="提出异议").click()
    expect(second.get_by_text("带了两位徒弟，请再核一核。").first).to_be_visible()

    home = window_of(person("sender", "秦校长", Role.PRINCIPAL, school=sending_school))
    for row in rows:
        home.goto(reverse("evaluations:appraisal_detail", args=[row.pk]))
        home.locator("main textarea").first.fill("同意受援学校的意见")
        home.get_by_role("button", name="保存意见").click()

    bureau.goto(reverse("evaluations:appraisal_settle"))
    bureau.get_by_label("考核类型").select_option(label="中期考核")
    bureau.get_by_role("button", name="看这一类").click()
    for row in rows:
        bureau.locator(f'select[name="grade-{row.pk}"]').select_option(label=Grade.QUALIFIED.label)
        reason = bureau.locator(f'[name="reason-{row.pk}"]')
        if reason.count():
            reason.fill("名额有限")
    picture_of(bureau)
    bureau.get_by_role("button", name="保存评定").click()
    assert {told(row) for row in rows} == {AppraisalState.SETTLED.label}

    bureau.get_by_role("link", name=re.compile("公示 2 人")).click()
    bureau.get_by_label("公示开始").fill(f"{clock.today():%Y-%m-%d}")
    bureau.get_by_label("公示结束").fill(f"{add_working_days(clock.today(), 8):%Y-%m-%d}")
    picture_of(bureau)
    bureau.get_by_role("button", name="公示", exact=True).click()
    assert {told(row) for row in rows} == {AppraisalState.NOTICED.label}

    second.reload()
    second.get_by_text("对等次不同意，申诉", exact=True).click()
    second.locator("details[open] textarea").last.fill("公开课和带徒弟都完成了，请重新看看。")
    second.get_by_role("button", name="提交申诉").click()
    leader = window_of(person("leader", "高局长", Role.LEADER, district=county))
    leader.goto(reverse("evaluations:appraisal_detail", args=[rows[1].pk]))
    leader.locator("section[aria-labelledby=h-decide]").get_by_text("不成立，维持").click()
    leader.get_by_label("答复").fill("名额按组计算，组内得分排在后面，维持原等次。")
    picture_of(leader)
    leader.get_by_role("button", name="处理", exact=True).click()
    second.reload()
    expect(second.get_by_text("维持原等次").first).to_be_visible()

    notice = AppraisalNotice.objects.get()
    days = {"first_day": clock.today() - 20 * DAY, "last_day": clock.today() - DAY}
    AppraisalNotice.objects.filter(pk=notice.pk).update(**days)  # the days have passed
    bureau.goto(reverse("evaluations:appraisal_notice", args=[notice.pk]))
    picture_of(bureau)
    bureau.get_by_label("考核结果文号").fill("青教发〔2026〕88号")
    bureau.locator("section[aria-labelledby=h-finish] button").click()
    assert {told(row) for row in rows} == {AppraisalState.FINAL.label}

    first.reload()
    expect(first.locator("main")).to_contain_text(Grade.QUALIFIED.label)
    picture_of(first)
    paper = first.request.get(f"{reverse('reports:paper_file', args=['appraisal_form'])}?only={rows[0].pk}&format=pdf")
    assert paper.ok
    assert paper.body().startswith(b"%PDF")
