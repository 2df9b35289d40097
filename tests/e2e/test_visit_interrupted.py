"""The visit's page where the school has no net, and where the session is over: what was typed is still there, and arrives."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from assignments.choices import Role
from evaluations.models import Briefing
from tests.conftest import inspects, person
from tests.e2e.conftest import PHONE
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
    other = opened.value
    other.get_by_label("账号").fill(inspector.username)
    other.get_by_label("密码").fill("一只安静的橘猫")
    other.get_by_role("button", name="登录").click()
    expect(other.get_by_role("heading", level=1).first).not_to_have_text("登录")
    other.close()
    saved(begun)
    assert Briefing.objects.get().place == "图书室"
