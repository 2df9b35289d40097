"""Nothing typed is lost: an expired session, a closed tab; and what has arrived does not come back."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from assignments.choices import SecondmentState as State
from assignments.models import Secondment

WORDS = "缺骨干教师证书复印件，请补齐后再报，龘字请写清楚"


@pytest.fixture
def form(secondment):
    Secondment.objects.update(state=State.REVIEW)
    return reverse("assignments:secondment_act", args=[secondment.pk, "send_back"])


def test_a_closed_tab_loses_nothing(window_of, officer, form):
    page = window_of(officer)
    page.goto(form)
    page.get_by_label("退回的原因").fill(WORDS)
    page.wait_for_timeout(400)  # as long as a person needs to reach for the tab's ✕
    another = page.context.new_page()
    page.close()
    another.goto(form)
    expect(another.get_by_label("退回的原因")).to_have_value(WORDS)
    expect(another.get_by_role("status")).to_contain_text("您上次填的还没有交")
    another.get_by_role("button", name="不要了").click()
    expect(another.get_by_label("退回的原因")).to_have_value("")


def test_a_session_that_ran_out_leads_back_to_the_form_with_the_words(window_of, officer, form):
    page = window_of(officer)
    page.goto(form)
    page.get_by_label("退回的原因").fill(WORDS)
    Session.objects.all().delete()
    page.get_by_role("button", name="退回").click()
    page.get_by_label("账号").fill(officer.username)
    page.get_by_label("密码").fill("一只安静的橘猫")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_label("退回的原因")).to_have_value(WORDS)
    page.get_by_role("button", name="退回").click()
    expect(page.get_by_role("status").first).to_contain_text("已退回")
    assert Secondment.objects.get().state == State.SENT_BACK

    Secondment.objects.update(state=State.REVIEW)  # the next one begins empty
    page.goto(form)
    expect(page.get_by_label("退回的原因")).to_have_value("")


def test_the_back_button_has_no_second_effect(window_of, officer, form):
    page = window_of(officer)
    page.goto(form)
    page.get_by_label("退回的原因").fill(WORDS)
    page.get_by_role("button", name="退回").click()
    expect(page.get_by_role("status").first).to_contain_text("已退回")
    page.go_back()
    expect(page.get_by_role("alert")).to_contain_text("现在是“已退回”")
    expect(page.get_by_role("button", name="退回")).to_be_disabled()
    assert Secondment.objects.get().steps.count() == 1
