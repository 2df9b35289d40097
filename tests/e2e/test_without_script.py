"""Pages work without JavaScript: on a bureau's old browser, and where a script did not arrive."""

from playwright.sync_api import expect


def test_a_list_is_searched_filtered_and_paged(window_of, officer, many_teachers):
    page = window_of(officer, script=False)
    page.goto("/teachers/")
    expect(page.locator(".pills")).to_contain_text("共 40 人，第 1—25 人")
    page.get_by_role("navigation", name="分页").get_by_role("link", name="2", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(15)
    page.locator("summary", has_text="筛选").click()
    page.get_by_role("group", name="任教学科").get_by_text("语文", exact=True).click()
    page.get_by_role("button", name="看结果").click()
    expect(page.locator(".pills")).to_contain_text("共 14 人")
    page.locator("#list-q").fill("教师03")
    page.get_by_role("button", name="搜索").click()
    expect(page.locator("tbody tr")).to_have_count(1)


def test_a_number_of_the_report_opens_its_records(window_of, officer, many_teachers):
    page = window_of(officer, script=False)
    page.goto("/reports/annual/")
    figure = page.locator(".fig", has_text="40名").first
    figure.get_by_role("link").first.focus()
    figure.locator(".fig-card").get_by_role("link").click()
    expect(page.locator(".fig-number")).to_contain_text("40")
    expect(page.locator("section[aria-labelledby=h-records] tbody tr")).to_have_count(40)


def test_the_year_is_changed_in_the_menu(window_of, officer, many_teachers):
    page = window_of(officer, script=False)
    page.goto("/secondments/")
    page.locator("summary", has_text="2023—2024学年").click()
    page.get_by_role("button", name="2023—2024学年").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("支教派遣")
    expect(page.locator(".year")).to_have_text("2023—2024学年")
