"""A round of inspection in a real browser: planned at a desk, carried out on a phone, answered by the school, over."""

import datetime as dt

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assignments.choices import Role
from assignments.models import Placement, School, SchoolYear, Teacher
from evaluations.choices import InspectionState, RoundState
from evaluations.models import (
    Briefing,
    Finding,
    HomeVisit,
    Inspection,
    InspectionRound,
    QuestionnaireCount,
    ReviewedItem,
    WorkRecord,
)
from evaluations.questionnaires.answering import paper_of
from evaluations.questionnaires.opening import ClassPlan, open_questionnaire
from tests.conftest import person
from tests.e2e.conftest import PHONE, picture_of
from tests.evaluations.questionnaires import codes_of, question_set, sent
from zhijiao import clock
from zhijiao.dates import ApproximateDate, school_year_of
from zhijiao.working_days import add_working_days

DAY = dt.timedelta(days=1)


@pytest.fixture
def running(secondment, county, second, sending_school):
    """Three schools where somebody is on post today; the first of them is the principal's."""
    today = clock.today()
    others = []
    for name in ("枫树小学", "石板小学"):
        school = School.objects.create(county=county, name=name)
        teacher = Teacher.objects.create(county=county, name=f"{name[:2]}教师", school=sending_school)
        row = second(teacher)
        Placement.objects.filter(secondment=row).update(receiving_school=school)
        others.append(row)
    first = school_year_of(today)
    for row in (secondment, *others):
        row.school_year = SchoolYear.objects.named(f"{first}-{first + 1}")
        row.when = ApproximateDate.range(today - 60 * DAY, today + 200 * DAY)
        row.save()
    WorkRecord.objects.create(county=county, secondment=secondment, category="教案", number=58)
    return secondment


@pytest.fixture
def inspectors(county):
    return [person(f"dudao{n}", name, Role.INSPECTOR, district=county) for n, name in enumerate(("何督学", "柳督学"))]


def plan(page, receiving_school):
    """The officer: a round, a team, three schools, the notice."""
    page.goto(reverse("evaluations:inspection_round_list"))
    page.get_by_role("link", name="新的轮次").click()
    page.get_by_label("检查轮次").fill("秋季支教检查")
    page.get_by_label("起止").fill(f"{clock.today().year}年{clock.today().month}月")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="加一个组").click()
    for name in ("何督学", "柳督学"):
        page.get_by_role("checkbox", name=name).check()
    page.get_by_label("组长").select_option(label="何督学")
    picture_of(page)
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="排学校").click()
    for school in (str(receiving_school), "枫树小学", "石板小学"):
        page.get_by_role("checkbox", name=school).check()
    first = add_working_days(clock.today() - DAY, 1)
    page.get_by_label("从哪一天起").fill(f"{first:%Y-%m-%d}")
    page.get_by_role("button", name="排一份看看").click()
    expect(page.get_by_role("heading", name="3 所学校这样排")).to_be_visible()
    picture_of(page)
    page.get_by_role("button", name="保存日程").click()
    page.get_by_role("link", name="通知学校").click()
    page.get_by_role("button", name="通知", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("提前 30 天通知")
    page.get_by_label("提前不够的原因").fill("市里临时安排")
    page.get_by_role("button", name="通知", exact=True).click()
    expect(page.locator(".who .state")).to_have_text("已通知")
    picture_of(page)


def saved(page):
    """Everything that was typed has arrived; the site of the tests answers one at a time."""
    for _ in range(100):
        if not page.evaluate("Object.keys(localStorage).some((key) => key.startsWith('visit:'))"):
            break
        page.wait_for_timeout(100)
    expect(page.locator("#saved")).to_contain_text("已保存")


def open_all(page):
    page.evaluate("document.querySelectorAll('details.check').forEach((one) => { one.open = true; })")


def visit(page, inspection, plans=0):
    """The inspector, on a phone: begins, fills in the parts, each field saves itself. `plans`: so many are in the archive."""
    page.goto(reverse("evaluations:inspection_detail", args=[inspection.pk]))
    page.get_by_role("button", name="开始检查").click()
    page.get_by_label("座谈地点").fill("学校会议室")
    page.get_by_label("座谈对象").fill("学校领导、支教教师")
    saved(page)
    page.reload()
    expect(page.get_by_label("座谈地点")).to_have_value("学校会议室")
    page.get_by_label("发言人（身份）").last.fill("教导主任")
    page.get_by_label("要点").last.fill("到岗以来没有缺过课")
    page.get_by_role("button", name="加上").click()
    expect(page.locator("details.check", has_text="教导主任")).to_be_visible()
    picture_of(page)
    page.get_by_role("button", name="完成汇报座谈").click()

    open_all(page)
    if plans:
        expect(page.get_by_text(f"档案里有 {plans} 份，还没看")).to_be_visible()
    looked = page.locator("details.check", has_text="教案").first
    looked.locator("label.seg").get_by_text("看了", exact=True).click()
    looked.get_by_label("抽查数量").fill("12")
    looked.locator("label.seg").get_by_text("好", exact=True).click()
    saved(page)
    picture_of(page)
    page.get_by_role("button", name="完成资料检查").click()

    page.get_by_label("学生年级").last.fill("五年级")
    page.get_by_label("意见").last.fill("王小明同学说老师好")
    page.get_by_role("button", name="加上").click()
    expect(page.get_by_role("alert").first).to_contain_text("走访不记孩子和家长的姓名、电话")
    page.get_by_label("意见").last.fill("孩子愿意说学校的事了")
    page.get_by_role("button", name="加上").click()
    expect(page.locator("details.check", has_text="孩子愿意说学校的事了")).to_be_visible()
    picture_of(page)
    page.get_by_role("button", name="完成问卷走访").click()

    for kind, text in (("优点", "公开课有记录、有反思"), ("问题", "周末食堂不开伙")):
        page.locator("form.visit-more").get_by_text(kind, exact=True).click()
        page.get_by_label("内容").last.fill(text)
        page.get_by_role("button", name="加上").click()
        expect(page.locator("details.check", has_text=text)).to_be_visible()
    picture_of(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing reaches over the phone's edge"


def put_right(desk, school, phone, inspection):
    """The letter, the school's answer, the second look: until the last problem is closed."""
    school.goto(reverse("evaluations:inspection_detail", args=[inspection.pk]))
    assert "周末食堂不开伙" not in school.content(), "not before the letter"
    desk.goto(reverse("evaluations:feedback_issue", args=[inspection.pk]))
    picture_of(desk)
    desk.get_by_role("button", name="印发").click()
    expect(desk.locator(".who .state")).to_have_text("待整改")

    school.goto("/")
    school.goto(reverse("evaluations:inspection_feedback", args=[inspection.pk]))
    school.get_by_role("button", name="已阅，签收").click()
    school.get_by_role("link", name="周末食堂不开伙").click()
    school.locator("#rectify textarea").first.fill("从本周起周末开伙，已排值班")
    picture_of(school)
    school.get_by_role("button", name="报送").click()

    finding = Finding.objects.get(inspection=inspection, kind="problem")
    phone.goto(reverse("evaluations:finding_detail", args=[finding.pk]))
    expect(phone.get_by_text("从本周起周末开伙，已排值班").first).to_be_visible()
    phone.locator("#recheck .seg").first.click()
    picture_of(phone)
    phone.get_by_role("button", name="保存复查结果").click()
    phone.wait_for_load_state()
    finding.refresh_from_db()
    inspection.refresh_from_db()
    assert (finding.is_closed, inspection.state) == (True, InspectionState.CLOSED)


def ask_pupils(window_of, desk, officer, inspection, secondment):
    """Ninety pupils by their codes: six of them by hand on phones, the others send the same form; a third class is typed from paper."""
    asked = open_questionnaire(
        question_set=question_set("pupils"), school=inspection.school, inspection=inspection, secondment=secondment, by=officer,
        classes=[ClassPlan("五（1）班", 45, "codes"), ClassPlan("五（2）班", 45, "codes"), ClassPlan("六（1）班", 45, "paper")],
        opens_at=clock.now() - dt.timedelta(hours=1), closes_at=clock.now() + dt.timedelta(hours=2),
    )  # fmt: skip
    codes = codes_of(asked, by=officer)
    assert len(codes) == 90
    for place, code in enumerate(codes[:6]):
        pupil = window_of(width=PHONE, script=place % 2 == 0)
        pupil.goto(f"/q/{code}/")
        for question in pupil.get_by_role("group").all()[:11]:
            question.get_by_role("radio").nth(place % 2).check()
        if not place:
            pupil.get_by_label("有一句话想说").fill("老师讲故事很好听")
            picture_of(pupil)
        pupil.get_by_role("button", name="交上去").click()
        expect(pupil.get_by_role("heading", level=1)).to_have_text("交好了，谢谢你")
        pupil.context.close()
    other = window_of()
    for place, code in enumerate(codes[6:]):
        answer = other.request.post(f"/q/{code}/", form=sent(asked, pick=place % 2))
        assert answer.ok
        assert answer.url.endswith("/q/done/")

    desk.goto(f"/questionnaires/classes/{asked.classes.get(name='六（1）班').pk}/tally/")
    desk.keyboard.type("45")
    desk.keyboard.press("Enter")
    questions = len([item for item in paper_of(asked.question_set_id) if not item.is_text])
    for number in range(1, 46):
        expect(desk.locator("[data-where]")).to_have_text(f"第 {number} 份 / 收回 45 份")
        desk.keyboard.type("1" * questions)
        desk.keyboard.press("Enter")
    picture_of(desk)
    desk.get_by_role("button", name="全班交上去").click()
    desk.wait_for_url(f"**/questionnaires/{asked.pk}/")
    picture_of(desk)
    desk.locator(f'form[action$="/questionnaires/{asked.pk}/close/"]').locator("xpath=ancestor-or-self::form").evaluate(
        "(form) => { for (let up = form.parentElement; up; up = up.parentElement) { if (up.tagName === 'DETAILS') { up.open = true; } } }"
    )
    desk.locator(f'form[action$="/questionnaires/{asked.pk}/close/"] button').click()
    desk.goto(reverse("evaluations:questionnaire_results", args=[asked.pk]))
    picture_of(desk)
    return asked


def release(desk, asked):
    """The one sentence is read over, then the results go out."""
    desk.goto(reverse("evaluations:questionnaire_texts", args=[asked.pk]))
    expect(desk.get_by_text("老师讲故事很好听")).to_be_visible()
    picture_of(desk)
    desk.get_by_role("button", name="可以看").click()
    desk.goto(reverse("evaluations:questionnaire_results", args=[asked.pk]))
    desk.get_by_role("button", name="发布结果").click()
    expect(desk.locator("main")).to_contain_text("老师讲故事很好听")
    picture_of(desk)


def test_a_round_from_its_notice_to_the_last_problem_put_right(
    window_of, running, inspectors, officer, principal, receiving_school
):
    desk = window_of(officer)
    plan(desk, receiving_school)
    held = InspectionRound.objects.get()
    assert (held.state, held.inspections.count()) == (RoundState.ANNOUNCED, 3)

    phone, inspection = window_of(inspectors[0], width=PHONE), Inspection.objects.get(school=receiving_school)
    asked = ask_pupils(window_of, desk, officer, inspection, running)
    release(desk, asked)
    visit(phone, inspection, plans=58)
    inspection.refresh_from_db()
    assert inspection.state == InspectionState.FEEDBACK
    assert Briefing.objects.get(inspection=inspection).heard == ["学校领导", "支教教师"]
    looked = ReviewedItem.objects.get()
    assert (looked.category, looked.number, looked.quality, looked.available) == ("教案", 12, "good", 58)
    assert HomeVisit.objects.get().grade == "五年级"
    count = QuestionnaireCount.objects.get(inspection=inspection, respondents="pupils")
    assert (count.issued, count.returned) == (135, 135)
    put_right(desk, window_of(principal), phone, inspection)

    for number, name in enumerate(("枫树小学", "石板小学")):
        school = School.objects.get(name=name)
        head = person(f"head{number}", f"{name[:2]}校长", Role.PRINCIPAL, school=school)
        other = Inspection.objects.get(school=school)
        Inspection.objects.filter(pk=other.pk).update(start=clock.today(), end=clock.today())  # its day has come
        visit(phone, other)
        put_right(desk, window_of(head), phone, other)

    desk.goto(reverse("evaluations:inspection_round", args=[held.pk]))
    expect(desk.get_by_text("3 所学校，已办结 3 所")).to_be_visible()
    picture_of(desk)
