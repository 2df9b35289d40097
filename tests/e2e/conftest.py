"""A headless Chromium for all tests of this folder, and windows in it that notice what a person would not."""

import os
import re
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright
from pytest_django.live_server_helper import LiveServer

from assignments.models import Teacher
from tests.full_records import fill_school, fill_secondment, fill_teacher

PROGRAM = "/usr/bin/chromium"  # Debian's own: Playwright's would have to be fetched
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP, PHONE = 1440, 360
HEIGHTS = {DESKTOP: 900, PHONE: 740}
PICTURES = os.environ.get("PICTURES")  # a folder: there every page of the life is laid as pictures, to be looked at
numbers = count(1)


def picture_of(page):
    """The page as it stands, on a desk and on a phone, where somebody asks for pictures."""
    if not PICTURES:
        return
    shown, number = page.viewport_size, next(numbers)
    name = re.sub(r"\W+", "-", urlsplit(page.url).path).strip("-") or "home"
    for width, height in HEIGHTS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=Path(PICTURES) / f"{number:03}-{name}-{width}.png", full_page=True)
    page.set_viewport_size(shown)


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(__file__.rpartition("/")[0]):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's loop runs in this thread, and Django takes every query beside it for an asynchronous one.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(django_db_setup):
    """The site over HTTP, on the test's own connection and within its transaction.

    `live_server` empties the tables after each test instead, and takes along what the migrations put there.
    """
    server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture
def window_of(chromium, site, client_of):
    """Opens a window in which the person is signed in. In the end no page may have complained or asked another host."""
    windows, complaints = [], []

    def note_foreign(request):
        address = urlsplit(request.url)
        if address.scheme in {"http", "https"} and f"{address.scheme}://{address.netloc}" != site.url:
            complaints.append(f"asked {request.url}")

    def open_window(user=None, width=DESKTOP, script=True):
        context = chromium.new_context(
            viewport={"width": width, "height": HEIGHTS[width]},
            locale="zh-CN",
            base_url=site.url,
            java_script_enabled=script,
        )
        windows.append(context)
        context.set_default_timeout(10_000)
        if user:
            key = client_of(user).cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": key, "url": site.url}])
        page = context.new_page()
        page.on("request", note_foreign)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        # What the content security policy refuses is told here too.
        page.on("console", lambda line: complaints.append(f"{page.url}: {line.text}") if line.type == "error" else None)
        return page

    yield open_window
    for context in windows:
        context.close()
    assert complaints == []


@pytest.fixture
def full_year(secondment, school_year):
    """A county where something of everything is recorded, of the school year that the pages begin with."""
    sending, receiving = secondment.sending_school, secondment.placements.get().receiving_school
    fill_teacher(secondment.teacher)
    fill_secondment(secondment, times=3)
    fill_school(sending, receiving, school_year)
    fill_school(receiving, sending, school_year, times=3)
    return secondment.county


@pytest.fixture
def many_teachers(county, sending_school, second):
    """More of them than one page of a list holds, on post; one in three teaches 语文."""
    for number in range(40):
        subject = ["语文", "数学", "英语"][number % 3]
        second(Teacher.objects.create(county=county, school=sending_school, name=f"教师{number:02}", subject=subject))
