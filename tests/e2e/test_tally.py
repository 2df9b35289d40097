"""A class of 45 is typed from the keyboard: how many keys that takes, and that nothing of it is lost on the way."""

import random
from collections import Counter

import pytest
from playwright.sync_api import expect

from evaluations.models import BallotBox
from evaluations.questionnaires.answering import paper_of
from tests.e2e.conftest import DESKTOP, PHONE
from tests.e2e.test_questionnaire import looked_through
from tests.evaluations.questionnaires import opened

CLASS = 45
MOST_KEYS = 2  # an answer


@pytest.fixture
def paper_class(secondment, officer):
    def make(key="pupils"):
        return opened(secondment, by=officer, key=key, way="paper", classes=[("八（2）班", CLASS)]).classes.get()

    return make


def address(row):
    return f"/questionnaires/classes/{row.pk}/tally/"


@pytest.mark.parametrize("key", ["pupils", "pupils-lower"])
def test_a_class_of_45_takes_fewer_than_two_keys_an_answer(window_of, officer, paper_class, key):
    row, chance = paper_class(key), random.Random(45)  # noqa: S311
    paper = [item for item in paper_of(row.questionnaire.question_set_id) if not item.is_text]
    page, keys, chosen, answers = window_of(officer), 0, Counter(), 0
    page.goto(address(row))

    def press(name):
        nonlocal keys
        page.keyboard.press(name)
        keys += 1

    for name in (*str(CLASS), "Enter"):
        press(name)
    for number in range(1, CLASS + 1):
        expect(page.locator("[data-where]")).to_have_text(f"第 {number} 份 / 收回 {CLASS} 份")
        for item in paper:
            pick = chance.randrange(len(item.options) + 1)  # 0: not answered
            press(str(pick))
            answers += 1
            chosen[item.options[pick - 1].pk] += bool(pick)
        press("Enter" if number % 2 else "Space")
    expect(page.locator("[data-where]")).to_have_text(f"{CLASS} 份都录完了")
    page.get_by_role("button", name="全班交上去").click()
    page.wait_for_url(f"**/questionnaires/{row.questionnaire_id}/")
    box = BallotBox.objects.get()
    assert box.returned == CLASS
    assert {int(pk): number for pk, number in box.counts.items()} == {pk: n for pk, n in chosen.items() if n}
    print(f"\n{keys} keys for {answers} answers: {keys / answers:.2f}")
    assert keys <= MOST_KEYS * answers
    kept = page.evaluate("Object.keys(localStorage).filter((name) => name.includes('tally'))")
    assert kept == [], "no sheet stays in the browser once the class has arrived"


def test_nothing_is_lost_and_everything_can_be_taken_back(window_of, officer, paper_class):
    row = paper_class("pupils-lower")
    page = window_of(officer)
    page.goto(address(row))
    page.get_by_label("收回", exact=True).fill("5")
    page.keyboard.press("Enter")
    where = page.locator("[data-where]")
    page.keyboard.type("11111")
    page.keyboard.press("Enter")
    page.keyboard.type("229")  # there is no ninth face
    expect(page.locator("[data-note]")).to_have_text("这题没有第 9 个选项")
    page.reload()
    expect(page.locator("[data-note]")).to_contain_text("接着录")
    expect(where).to_have_text("第 2 份 / 收回 5 份")
    expect(page.locator("[data-sheet] li")).to_have_count(2)
    for _ in range(3):
        page.keyboard.press("Backspace")  # two answers, and the first sheet is open again
    expect(where).to_have_text("第 1 份 / 收回 5 份")
    expect(page.locator("[data-sheet] li")).to_have_count(5)
    page.keyboard.press("Enter")
    page.keyboard.press("x")  # void
    page.keyboard.press("Enter")  # blank
    page.keyboard.type("33333")
    page.get_by_role("button", name="全班交上去").click()
    expect(page.locator("[data-note]")).to_contain_text("还没有完")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="全班交上去").click()
    expect(page.locator("[data-note]")).to_contain_text("只录了 4 份")
    page.get_by_label("收回", exact=True).fill("4")
    page.get_by_role("button", name="全班交上去").click()
    page.wait_for_url(f"**/questionnaires/{row.questionnaire_id}/")
    box = BallotBox.objects.get()
    assert (box.returned, box.valid, sum(box.counts.values())) == (4, 2, 10)


def test_without_scripts_the_counts_are_written_into_the_table(window_of, officer, paper_class):
    row = paper_class("pupils-lower")
    page = window_of(officer, script=False)
    page.goto(address(row))
    page.get_by_label("收回", exact=True).fill("3")
    page.get_by_label("有效").fill("3")
    for question in page.locator("fieldset").all():
        question.get_by_role("spinbutton").first.fill("3")
    page.get_by_role("button", name="全班交上去").click()
    box = BallotBox.objects.get()
    assert (box.returned, sum(box.counts.values())) == (3, 15)


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_the_screen_fits_and_is_touched_too(window_of, officer, paper_class, width):
    row = paper_class("pupils-lower")
    page = window_of(officer, width=width)
    page.goto(address(row))
    page.get_by_label("收回", exact=True).fill("1")
    for _ in range(5):
        page.locator("[data-options] button").first.click()
    page.get_by_role("button", name="下一份").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [found for found in looked_through(page) if not found.startswith("region")] == []  # that is the frame's
    page.get_by_role("button", name="全班交上去").click()
    page.wait_for_url(f"**/questionnaires/{row.questionnaire_id}/")
    assert BallotBox.objects.get().valid == 1
