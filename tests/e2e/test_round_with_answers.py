"""A round at three schools in a real browser, all three carried out on a phone, with what a whole grade of pupils answered at one.

Of the 90 pupils twelve answer on the page itself, each in a browser of their own; the others' answers are posted to the same
address as that page's form posts them. The codes are taken from where the slips are printed, since a PDF cannot be torn off.
"""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assignments.models import Secondment
from evaluations.choices import InspectionState, QuestionnaireState
from evaluations.models import HomeVisit, Inspection, Questionnaire, QuestionnaireCount, WorkRecord
from evaluations.questionnaires.answering import paper_of
from tests.e2e.conftest import PHONE, picture_of
from tests.e2e.test_round import inspectors, plan, running, visit  # noqa: F401
from tests.evaluations.questionnaires import codes_of, question_set, sent

PUPILS, ON_THE_PAGE, ON_PAPER = 90, 12, 6


@pytest.fixture
def with_records(running):  # noqa: F811
    """Somebody at each school has handed in lesson plans, as the visit's second part asks."""
    for row in Secondment.objects.exclude(pk=running.pk):
        WorkRecord.objects.create(county=row.county, secondment=row, category="教案", number=58)
    return running


def open_questions(page, inspection):
    """One class by codes, and one on paper that has no phones."""
    page.goto(reverse("evaluations:questionnaire_new") + f"?inspection={inspection.pk}")
    page.locator("#id_question_set").select_option(value=str(question_set("pupils").pk))
    page.locator("#id_secondment").select_option(index=1)
    page.locator("#id_classes").fill(f"五年级 {PUPILS}")
    picture_of(page)
    page.get_by_role("button", name="开放问卷").click()
    expect(page.get_by_role("heading", name="答卷进度")).to_be_visible()
    page.get_by_text("加一个班级", exact=True).click()
    page.locator("#id_name").fill("六（1）班")
    page.locator("#id_enrolled").fill(str(ON_PAPER))
    page.locator("#id_way").select_option(value="paper")
    page.get_by_role("button", name="加上", exact=True).click()
    expect(page.get_by_text("六（1）班").first).to_be_visible()
    return Questionnaire.objects.get()


def answer(window_of, questionnaire, codes):
    for number, code in enumerate(codes[:ON_THE_PAGE]):
        page = window_of(width=PHONE, script=False)
        page.goto(f"/q/{code}/")
        for item in [one for one in paper_of(questionnaire.question_set_id) if not one.is_text]:
            page.locator(f"input[name=q{item.number}]").first.check()
        if not number:
            page.get_by_label("有一句话想说").fill("老师讲故事很好听")
        page.get_by_role("button", name="交上去").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("交好了，谢谢你")
        page.context.close()
    page = window_of(width=PHONE)
    page.goto("/q/")
    for code in codes[ON_THE_PAGE:]:
        assert page.request.post(f"/q/{code}/", form=sent(questionnaire, pick=0)).ok


def tally(page, questionnaire):
    """The class on paper, by keys."""
    row = questionnaire.classes.get(way="paper")
    page.goto(reverse("evaluations:class_tally", args=[row.pk]))
    page.keyboard.type(str(ON_PAPER))
    page.keyboard.press("Enter")
    asked = sum(not item.is_text for item in paper_of(questionnaire.question_set_id))
    for number in range(1, ON_PAPER + 1):
        expect(page.locator("[data-where]")).to_have_text(f"第 {number} 份 / 收回 {ON_PAPER} 份")
        page.keyboard.type("1" * asked)
        page.keyboard.press("Enter")
    page.get_by_role("button", name="全班交上去").click()
    page.wait_for_url(f"**/questionnaires/{questionnaire.pk}/")


def close_and_release(page, questionnaire):
    page.get_by_text("现在就截止").click()
    expect(page.get_by_text(f"收回 {PUPILS + ON_PAPER} 份").first).to_be_visible()
    page.get_by_role("button", name="现在截止").click()
    page.goto(reverse("evaluations:questionnaire_results", args=[questionnaire.pk]))
    page.get_by_role("link", name="审核文字").click()
    expect(page.get_by_text("老师讲故事很好听").first).to_be_visible()
    picture_of(page)
    page.get_by_role("button", name="可以看").click()
    page.goto(reverse("evaluations:questionnaire_results", args=[questionnaire.pk]))
    page.get_by_role("button", name="发布结果").click()
    expect(page.get_by_text("结果发布了")).to_be_visible()
    picture_of(page)


def test_three_schools_are_inspected_and_what_their_pupils_say_stands_in_the_inspection(
    window_of,
    with_records,
    inspectors,  # noqa: F811
    officer,
    receiving_school,
):
    desk = window_of(officer)
    plan(desk, receiving_school)
    first = Inspection.objects.get(school=receiving_school)
    questionnaire = open_questions(desk, first)
    answer(window_of, questionnaire, codes_of(questionnaire, by=officer))
    tally(desk, questionnaire)
    close_and_release(desk, questionnaire)
    questionnaire.refresh_from_db()
    assert questionnaire.state == QuestionnaireState.RELEASED
    count = QuestionnaireCount.objects.get()
    everybody = PUPILS + ON_PAPER
    assert (count.inspection, count.issued, count.returned, count.valid) == (first, everybody, everybody, everybody)

    phone = window_of(inspectors[0], width=PHONE)
    for inspection in Inspection.objects.order_by("pk"):
        visit(phone, inspection)
        inspection.refresh_from_db()
        assert inspection.state == InspectionState.FEEDBACK
        assert HomeVisit.objects.filter(inspection=inspection).count() == 1
    desk.goto(reverse("evaluations:inspection_detail", args=[first.pk]))
    expect(desk.get_by_text(str(everybody)).first).to_be_visible()
    picture_of(desk)
