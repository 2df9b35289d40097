"""A year's report in a real browser: the school writes and hands in, the bureau sends back, accepts, writes its own and issues it."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assignments.models import Secondment, Teacher
from reports.models import Report
from tests.e2e.conftest import DESKTOP, PHONE, picture_of
from tests.reports.living.conftest import PERIOD, year_told  # noqa: F401 (a fixture)

INDEX = f"?period={PERIOD.code}"


def write(page, place, words):
    """Puts words at the end of a paragraph, where it stands."""
    box = page.locator("[data-kind=paragraph]").nth(place)
    box.scroll_into_view_if_needed()
    box.hover()
    box.locator(".psg-edit").click()
    line = box.locator(".psg-line")
    expect(line).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)
    box.get_by_role("button", name="完成").click()
    expect(box.locator(".psg-words")).to_contain_text(words)
    expect(page.locator("#saved")).to_contain_text("已保存")


def begin(page):
    page.goto(f"{reverse('reports:index')}{INDEX}")
    picture_of(page)
    page.get_by_role("button", name=re.compile("起草")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("支教工作总结")


def hand_in(page):
    page.get_by_role("link", name="看全文和下一步").click()
    page.get_by_role("button", name="上报").click()
    expect(page.locator(".rep-head .state")).to_have_text("已上报")


@pytest.fixture
def handed_in(year_told, principal, officer, window_of):  # noqa: F811
    """The school's report: written, handed in, sent back, mended on a phone, handed in again, accepted."""
    school, bureau = window_of(principal), window_of(officer)
    bureau.goto(f"{reverse('reports:living_call')}{INDEX}")
    bureau.get_by_label("上报截止日期").fill("2099-07-05")
    bureau.get_by_label("要求").fill("请写明困难")
    bureau.get_by_role("button", name="发出").click()
    begin(school)
    write(school, 0, "全校师生同心协力。")
    picture_of(school)
    hand_in(school)
    bureau.goto(f"{reverse('reports:index')}{INDEX}&state=handed_in")
    bureau.get_by_role("link", name=f"{PERIOD.title}总结", exact=True).click()
    bureau.get_by_role("link", name="退回").click()
    bureau.get_by_label("退回的原因").fill("请写明困难")
    bureau.get_by_role("button", name="退回").click()
    phone = window_of(principal, PHONE)
    report = Report.objects.get(school__isnull=False)
    phone.goto(reverse("reports:living_edit", args=[report.pk]))
    expect(phone.locator(".note-bad")).to_contain_text("教育局退回：请写明困难")
    write(phone, 0, "困难是路远。")
    picture_of(phone)
    hand_in(phone)
    bureau.goto(reverse("reports:living", args=[report.pk]))
    bureau.get_by_role("button", name="采用").click()
    expect(bureau.locator(".rep-head .state")).to_have_text("已采用，不再改动")
    picture_of(bureau)
    return bureau


def test_the_year_is_written_issued_and_stays(handed_in, second, county, sending_school):
    page = handed_in
    page.set_viewport_size({"width": DESKTOP, "height": 900})
    begin(page)
    report = Report.objects.get(school=None)
    for place, words in enumerate(("第一处。", "第二处。", "第三处。", "第四处。", "第五处。")):
        write(page, place, words)
    picture_of(page)
    # A section goes up.
    heads = [one.title_text for one in _level_one(page)]
    last = page.locator(".psg-heading").filter(has_text=heads[-1]).first
    last.hover()
    last.locator(".psg-more > summary").click()
    last.get_by_role("button", name="整节上移").click()
    moved = [one.title_text for one in _level_one(page)]
    assert moved == [*heads[:-2], heads[-1], heads[-2]]
    # A figure is put in from the list.
    box = page.locator("[data-kind=paragraph]").first
    box.hover()
    box.locator(".psg-edit").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("派出学校")
    box.get_by_role("button", name="插入数据项").click()
    page.get_by_label("数据项名称").fill("派出学校")
    page.locator(".figpick-one").filter(has_text="派出支教教师的学校").click()
    box.get_by_role("button", name="完成").click()
    expect(box.locator(".psg-words .fig").last).to_contain_text("1所")
    # What the school wrote is taken over.
    more = page.locator("[data-kind=paragraph]").nth(1)
    more.hover()
    more.locator(".psg-more > summary").click()
    more.get_by_role("link", name="取用学校总结").click()
    picture_of(page)
    page.get_by_label(re.compile("全校师生同心协力")).check()
    page.get_by_role("button", name="取用选中的段落").click()
    expect(page.locator(".psg-from").first).to_contain_text("松岭乡中心小学")
    # Looked over, and issued.
    page.get_by_role("link", name="看全文和下一步").click()
    page.get_by_role("link", name="检查一遍").click()
    picture_of(page)
    page.goto(reverse("reports:living", args=[report.pk]))
    page.get_by_role("link", name="印发").click()
    page.get_by_label("发文字号").fill("青教发[2024]46号")
    page.get_by_label("落款日期").fill("2024-07-18")
    picture_of(page)
    page.get_by_role("button", name="印发").click()
    expect(page.locator(".rep-head .state")).to_have_text("已印发，不再改动")
    expect(page.locator(".rep-head .meta")).to_contain_text("青教发〔2024〕46号")
    page.wait_for_load_state()  # what the figures count is hidden by the style sheet
    before, files = page.locator("article.sheet").inner_text(), _files(page, report)
    assert files["pdf"].startswith(b"%PDF")
    # The data go on; what was issued does not.
    Secondment.objects.filter(teacher__name="陆青禾").delete()
    for name in ("高明月", "方晓"):
        second(Teacher.objects.create(county=county, school=sending_school, name=name, subject="语文"))
    page.reload()
    assert page.locator("article.sheet").inner_text() == before
    assert _files(page, report) == files
    page.get_by_role("link", name=re.compile("个数已变，看差别")).first.click()
    expect(page.get_by_role("row").filter(has=page.get_by_role("link", name="支教教师", exact=True))).to_contain_text(
        "多了 2 条，少了 1 条"
    )
    picture_of(page)
    page.get_by_role("link", name="支教教师", exact=True).click()
    expect(page.locator("main")).to_contain_text("陆青禾")
    picture_of(page)


class _Head:
    def __init__(self, text):
        self.title_text = re.sub(r"^[一二三四五六七八九十]+、", "", text.strip())


def _level_one(page):
    """The numbered sections, as the outline beside the text tells them."""
    return [_Head(text) for text in page.locator(".outline ol a").all_inner_texts()]


def _files(page, report):
    """What the four files hold, byte for byte."""
    return {
        kind: page.request.get(reverse("reports:living_file", args=[report.pk, kind])).body()
        for kind in ("pdf", "docx", "xlsx", "html")
    }
