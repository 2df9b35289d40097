"""The visit's page where the school has no net, and where the session is over: what was typed is still there, and arrives."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from assignments.choices import Role
from evaluations.models import Briefing, BriefingPoint
from tests.conftest import inspects, person
from tests.e2e.conftest import PHONE, picture_of
from tests.e2e.test_round import saved


@pytest.fixture
def inspector(county):
    return person("dudao", "何督学", Role.INSPECTOR, district=county)


@pytest.fixture
def begun(window_of, secondment, receiving_school, inspector):
    """The first part, open on a phone."""
    inspection = inspects(inspector, receiving_school)
    page = window_of(inspector, width=PHONE)
    page.goto(reverse("evaluations:inspection_detail", args=[inspection.pk]))
    page.get_by_role("button", name="开始检查").click()
    page.get_by_label("座谈地点").fill("会议室")
    saved(page)
    return page


def kept(page):
    return page.evaluate("Object.keys(localStorage).some((key) => key.startsWith('visit:'))")


def test_typed_without_a_net_it_arrives_when_the_net_is_back(begun):
    """As where a net wants a sign-in of its own: whatever is asked for, another page comes back."""
    lost = []
    begun.route(
        "**/*",
        lambda route: (lost.append(route.request.url), route.fulfill(status=200, body="<p>请先登录这个网络</p>")),
    )
    begun.get_by_label("座谈地点").fill("操场边的教室")
    for _ in range(100):
        if lost:
            break
        begun.wait_for_timeout(100)
    expect(begun.locator("#saved")).to_contain_text("未保存，正在重试")
    assert kept(begun)
    assert Briefing.objects.get().place == "会议室"
    begun.unroute("**/*")
    begun.evaluate("window.dispatchEvent(new Event('online'))")
    saved(begun)
    assert Briefing.objects.get().place == "操场边的教室"
    begun.reload()
    expect(begun.get_by_label("座谈地点")).to_have_value("操场边的教室")


def test_typed_after_the_session_is_over_it_arrives_when_signed_in_again(begun, inspector):
    Session.objects.all().delete()
    begun.get_by_label("座谈地点").fill("图书室")
    expect(begun.locator("#saved")).to_contain_text("登录过期，内容都在本机", timeout=15_000)
    expect(begun.get_by_label("座谈地点")).to_have_value("图书室")
    link = begun.get_by_role("link", name="重新登录")
    assert link.get_attribute("target") == "_blank", "the page with the text stays open"
    with begun.context.expect_page() as opened:  # a click leaves the field, which tries to save once more
        link.click()
    signed_in(opened.value, inspector)
    saved(begun)
    assert Briefing.objects.get().place == "图书室"


def signed_in(other, inspector):
    other.get_by_label("账号").fill(inspector.username)
    other.get_by_label("密码").fill("一只安静的橘猫")
    other.get_by_role("button", name="登录").click()
    expect(other.get_by_role("heading", level=1).first).not_to_have_text("登录")
    other.close()


def add(page, speaker, text):
    page.locator("#a-speaker").fill(speaker)
    page.locator("#a-text").fill(text)
    page.get_by_role("button", name="加上").click()


def test_rows_added_without_a_net_wait_in_sight_and_arrive_once_by_themselves(begun, inspector):
    begun.route("**/add/**", lambda route: route.fulfill(status=200, body="<p>请先登录这个网络</p>"))
    add(begun, "教导主任", "到岗以来没有缺过课")
    add(begun, "八年级学生", "课讲得清楚")
    waiting = begun.locator("#waiting")
    expect(waiting.locator("li")).to_have_count(2)
    expect(waiting).to_contain_text("教导主任：到岗以来没有缺过课")
    expect(waiting).to_contain_text("待发送")
    expect(begun.locator("#a-speaker")).to_have_value("")
    picture_of(begun)
    begun.reload()
    expect(waiting.locator("li")).to_have_count(2)
    assert not BriefingPoint.objects.exists()
    begun.unroute("**/add/**")
    begun.evaluate("window.dispatchEvent(new Event('online'))")
    expect(waiting).to_be_hidden(timeout=15_000)
    expect(begun.locator("#visit details").filter(has_text="到岗以来没有缺过课")).to_be_visible()
    assert sorted(BriefingPoint.objects.values_list("speaker", flat=True)) == ["八年级学生", "教导主任"]
    # One that the server refuses comes back to be changed, at once or, where something else is written by now, when one asks.
    add(begun, "", "没有写是谁说的")
    expect(begun.locator("form[data-rows]").get_by_role("alert")).to_contain_text("没有加上：请写发言人（身份）")
    expect(begun.locator("#a-text")).to_have_value("没有写是谁说的")
    expect(waiting).to_be_hidden()
    begun.route("**/add/**", lambda route: (begun.locator("#a-text").fill("另一条"), route.continue_()))
    begun.get_by_role("button", name="加上").click()
    expect(waiting).to_contain_text("没有加上：请写发言人（身份）")
    picture_of(begun)
    begun.unroute("**/add/**")
    waiting.get_by_role("button", name="改一改").click()
    expect(begun.locator("#a-text")).to_have_value("没有写是谁说的")
    expect(waiting).to_be_hidden()
    # The session ends: it waits, and arrives when one is back.
    Session.objects.all().delete()
    add(begun, "校长", "安排了宿舍")
    expect(waiting).to_contain_text("登录过期", timeout=15_000)
    with begun.context.expect_page() as opened:
        waiting.get_by_role("link", name="重新登录").click()
    signed_in(opened.value, inspector)
    expect(waiting).to_be_hidden(timeout=15_000)
    assert BriefingPoint.objects.filter(speaker="校长").count() == 1
    begun.get_by_label("座谈对象").fill("学校领导")  # the page goes on saving with the new session
    saved(begun)
