"""The month of thirty teachers in at most eight presses; by keyboard; with one thumb; without script."""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from assignments.attendance import month_before, month_of, told_month
from assignments.choices import Role
from assignments.models import AttendanceMonth, Teacher
from tests.conftest import person
from tests.e2e.conftest import DESKTOP, PHONE
from zhijiao.working_days import working_days

MOST = 8


@pytest.fixture
def month():
    """The month that waits: the last one."""
    return month_before(month_of(dt.date.today()))


@pytest.fixture
def thirty(second, county, sending_school, month):
    """Thirty teachers who are on post since before it."""
    first, last = month - dt.timedelta(days=40), month + dt.timedelta(days=200)
    return [
        second(
            Teacher.objects.create(county=county, school=sending_school, name=f"教师{number:02}"), f"{first}", f"{last}"
        )
        for number in range(30)
    ]


@pytest.fixture
def clerk(receiving_school):
    """The school's officer, who enters."""
    return person("clerk", "金秋菊", Role.SCHOOL_OFFICER, school=receiving_school)


class Counting:
    """A person at a page: every press and every key is counted."""

    def __init__(self, page):
        self.page, self.presses = page, 0

    def open(self, address):
        self.presses += 1
        self.page.goto(address)

    def press(self, target):
        self.presses += 1
        target.click()

    def key(self, key):
        self.presses += 1
        self.page.keyboard.press(key)


def cell(page, name, day):
    return page.locator(f"tr[data-name='{name}'] td[data-day='{day.day}']")


def test_thirty_teachers_with_three_exceptions_take_at_most_eight_presses(window_of, thirty, clerk, month):
    days = working_days(month, month + dt.timedelta(days=27))
    hands = Counting(window_of(clerk))
    page = hands.page
    hands.open("/attendance/")
    expect(page.get_by_role("heading", name=f"{told_month(month)}考勤")).to_be_visible()
    # Three kinds that all differ from the chosen one: the longest way there is.
    for name, day, mark in (("教师03", days[2], "病假"), ("教师17", days[5], "旷工"), ("教师28", days[-1], "迟到")):
        hands.press(page.locator(".att-brush label", has_text=mark))
        hands.press(cell(page, name, day))
    hands.press(page.get_by_role("button", name="保存并确认"))
    expect(page.get_by_text("30 位老师的考勤已经确认")).to_be_visible()
    print(f"30 teachers, 3 exceptions: {hands.presses} presses")
    assert hands.presses <= MOST
    rows = {row.secondment.teacher.name: row for row in AttendanceMonth.objects.select_related("secondment__teacher")}
    assert len(rows) == 30 and all(row.confirmed_on for row in rows.values())
    assert (rows["教师03"].sick_leave, rows["教师17"].absent, rows["教师28"].late) == (1, 1, 1)
    assert sum(row.due - row.present for row in rows.values()) == 2


def test_saving_first_and_confirming_after_takes_no_more_where_the_kinds_are_alike(window_of, thirty, clerk, month):
    days = working_days(month, month + dt.timedelta(days=27))
    hands = Counting(window_of(clerk))
    hands.open("/attendance/")
    hands.press(hands.page.locator(".att-brush label", has_text="病假"))
    for name in ("教师03", "教师17", "教师28"):
        hands.press(cell(hands.page, name, days[3]))
    hands.press(hands.page.get_by_role("button", name="保存", exact=True))
    expect(hands.page.get_by_text("考勤保存好了")).to_be_visible()
    hands.press(hands.page.get_by_role("button", name="保存并确认"))
    expect(hands.page.get_by_text("考勤已经确认。")).to_be_visible()
    assert hands.presses <= MOST


def test_the_keyboard_alone_is_enough(window_of, thirty, clerk, month):
    days = working_days(month, month + dt.timedelta(days=27))
    page = window_of(clerk)
    page.goto("/attendance/")
    page.locator("td[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("2")  # 病
    page.keyboard.press("ArrowDown")
    page.keyboard.press("6")  # 迟
    page.keyboard.press("ArrowDown")
    page.keyboard.press("5")
    page.keyboard.press("0")  # no, they were there
    expect(page.locator("#att-told")).to_have_text("30 人，2 人有例外，还没有保存")
    page.get_by_role("button", name="保存", exact=True).press("Enter")
    expect(page.get_by_text("考勤保存好了")).to_be_visible()
    marks = [row.marks for row in AttendanceMonth.objects.order_by("secondment__teacher__name")[:3]]
    assert marks == [{str(days[1].day): "sick"}, {str(days[1].day): "late"}, {}]


def test_one_thumb_on_a_phone(window_of, thirty, clerk, month):
    days = working_days(month, month + dt.timedelta(days=27))
    page = window_of(clerk, width=PHONE)
    page.goto("/attendance/")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    page.locator("[data-card]", has_text="教师07").get_by_role("button", name="记例外").click()
    page.locator(".att-brush label", has_text="产假").click()
    page.locator("#x-first").select_option(str(days[0].day))
    page.locator("#x-last").select_option(str(days[2].day))
    page.get_by_role("button", name="加上").click()
    expect(page.locator("[data-card]", has_text="教师07")).to_contain_text("产假")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("考勤保存好了")).to_be_visible()
    assert list(AttendanceMonth.objects.get(secondment=thirty[7]).marks.values()) == ["maternity"] * 3


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_without_script_an_exception_is_a_line(window_of, thirty, clerk, month, width):
    day = working_days(month, month + dt.timedelta(days=27))[4]
    page = window_of(clerk, width=width, script=False)
    page.goto("/attendance/")
    page.locator(".att-brush label", has_text="病假").click()
    page.locator("#x-who").select_option(label="教师11")
    page.locator("#x-first").select_option(str(day.day))
    page.get_by_role("button", name="加上").click()
    expect(page.get_by_text("考勤保存好了")).to_be_visible()
    row = AttendanceMonth.objects.get(secondment=thirty[11])
    assert row.marks == {str(day.day): "sick"}
    expect(page.locator("body")).to_contain_text(re.compile(r"教师11"))


def test_what_was_marked_survives_a_closed_tab(window_of, thirty, clerk, month):
    day = working_days(month, month + dt.timedelta(days=27))[4]
    page = window_of(clerk)
    page.goto("/attendance/")
    cell(page, "教师05", day).click()
    expect(page.locator("#att-told")).to_contain_text("还没有保存")
    page.wait_for_timeout(500)
    page.goto("/leaves/")  # away, without saving
    page.goto("/attendance/")
    expect(cell(page, "教师05", day)).to_have_text("事")
    expect(page.get_by_text("您上次填的还没有交")).to_be_visible()
