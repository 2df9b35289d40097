"""The door: in with the right password, out again, a sentence for the wrong one."""

from playwright.sync_api import expect


def sign_in(page, username, password):
    page.goto("/")
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()


def test_a_wrong_password_gets_a_sentence_and_the_right_one_opens_the_page(window_of, officer):
    page = window_of()
    sign_in(page, officer.username, "qingshan")
    expect(page.get_by_role("alert")).to_have_text("账号或密码不对，请再试一次。")
    expect(page.get_by_label("账号")).to_have_value(officer.username)
    page.get_by_label("密码").fill("一只安静的橘猫")
    page.get_by_label("密码").press("Enter")
    expect(page.get_by_role("navigation", name="主菜单")).to_contain_text("周专干")


def test_after_signing_out_nothing_opens_without_the_password(window_of, officer):
    page = window_of(officer)
    page.goto("/teachers/")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    page.goto("/teachers/")
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    page.go_back()  # a page of the person must not come back out of the browser's memory
    expect(page.get_by_role("heading", name="教师")).not_to_be_visible()
