"""/q/ in a real browser: on a narrow phone, with and without scripts, looked through by axe-core; and the desk beside it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from evaluations.models import BallotBox
from tests.e2e.conftest import PHONE
from tests.evaluations.questionnaires import codes_of, opened

SMALLEST_TARGET, MOST_BYTES = 44, 60 * 1024


@pytest.fixture
def code_for(secondment, officer):
    """Opens a questionnaire with one of the ready-made sets; gives a code of it."""

    def make(key):
        return codes_of(opened(secondment, by=officer, key=key), by=officer)[0]

    return make


def looked_through(page):
    """What axe-core finds wrong, as a list of words."""
    found = Axe().run(page)
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found.response["violations"]]


@pytest.mark.parametrize("key", ["pupils", "pupils-lower", "parents", "colleagues", "leaders"])
def test_a_screen_reader_reads_every_page(window_of, code_for, key):
    page = window_of(width=PHONE)
    page.goto(f"/q/{code_for(key)}/")
    assert looked_through(page) == []
    page.get_by_role("button", name="交上去").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert looked_through(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE


def test_a_screen_reader_reads_the_pages_around_it(window_of, code_for):
    page = window_of(width=PHONE)
    for address in ("/q/", "/q/done/"):
        page.goto(address)
        assert looked_through(page) == []


def test_it_is_answered_without_scripts_and_without_a_cookie(window_of, code_for):
    code = code_for("pupils")
    page = window_of(width=PHONE, script=False)
    page.goto("/q/")
    page.get_by_label("纸条上的码").fill(code.lower())
    page.get_by_role("button", name="打开问卷").click()
    for question in page.get_by_role("group").all()[:11]:
        question.get_by_role("radio").nth(1).check()
    page.get_by_label("有一句话想说").fill("老师讲故事很好听")
    page.get_by_role("button", name="交上去").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("交好了，谢谢你")
    assert page.url.endswith("/q/done/")
    assert page.context.cookies() == []
    box = BallotBox.objects.get()
    assert (box.returned, box.valid, sum(box.counts.values())) == (1, 1, 11)


def test_what_is_left_out_is_shown_without_scripts(window_of, code_for):
    page = window_of(width=PHONE, script=False)
    page.goto(f"/q/{code_for('parents')}/")
    page.get_by_role("group", name="老师的师德").get_by_label("很满意", exact=True).check()
    page.get_by_role("button", name="交上去").click()
    page.get_by_role("link", name="第 9 题").click()
    expect(page.locator("#q9")).to_be_in_viewport()
    expect(page.get_by_role("group", name="老师的师德").get_by_label("很满意", exact=True)).to_be_checked()


@pytest.mark.parametrize("key", ["pupils", "pupils-lower", "parents"])
def test_what_a_thumb_touches_is_large_and_what_is_fetched_is_little(window_of, code_for, key):
    page, sizes = window_of(width=PHONE), {}
    page.on("response", lambda response: sizes.update({response.url: len(response.body())}))
    page.goto(f"/q/{code_for(key)}/", wait_until="networkidle")
    print(f"\n{key}: {sum(sizes.values())} bytes in {len(sizes)} answers")
    assert sum(sizes.values()) < MOST_BYTES
    assert len(sizes) == 2
    for target in page.locator(".o label, textarea, button").all():
        box = target.bounding_box()
        assert min(box["width"], box["height"]) >= SMALLEST_TARGET
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
