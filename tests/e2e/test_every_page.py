"""What holds for every page, for whoever looks at it, on a desk and on a phone."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from assignments.choices import Role
from assignments.models import Activity, School, Secondment, Teacher
from evaluations.models import Inspection
from tests.conftest import person
from tests.e2e.conftest import DESKTOP, PHONE
from tests.workbook.build import small_year, workbook
from zhijiao.workbook.uploads import confirm, receive

# Everything that is wrong with the page as it stands, in words.
LOOK = """() => {
  const root = document.documentElement, wrong = [];
  const shown = (element) => element.outerHTML.slice(0, 120);
  if (root.scrollWidth > window.innerWidth) wrong.push(`scrolls sideways: ${root.scrollWidth}`);
  if (root.lang !== "zh-Hans") wrong.push(`lang is ${root.lang}`);
  const heads = document.querySelectorAll("h1");
  if (heads.length !== 1) wrong.push(`${heads.length} h1`);
  const named = (field) => field.labels?.length || field.getAttribute("aria-label") || field.getAttribute("aria-labelledby");
  for (const field of document.querySelectorAll("input:not([type=hidden]), select, textarea"))
    if (!named(field)) wrong.push(`no label: ${shown(field)}`);
  for (const pressed of document.querySelectorAll("a[href], button, summary"))
    if (!pressed.textContent.trim() && !pressed.getAttribute("aria-label")) wrong.push(`no name: ${shown(pressed)}`);
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  for (const id of new Set(ids.filter((id, place) => ids.indexOf(id) !== place))) wrong.push(`id twice: ${id}`);
  for (const link of document.querySelectorAll("a[href^='#']:not([href='#'])"))
    if (!ids.includes(decodeURIComponent(link.hash.slice(1)))) wrong.push(`leads nowhere: ${shown(link)}`);
  return wrong;
}"""

LISTS = ("/schools/", "/teachers/", "/secondments/", "/activities/", "/inspections/")
OWN = ("/", "/account/", "/account/password/", "/notices/")
OF_BOTH = (
    "/public-notices/",
    "/leaves/",
    "/difficulties/",
    "/difficulties/new/",
    "/search/?q=slr",
    "/documents/",
    "/allowances/payments/",
)
OF_SCHOOLS = (
    "/demands/", "/plan/", "/attendance/", "/attendance/list/", "/timetable/", "/care/visits/", "/care/visits/new/", "/care/provisions/",
    "/care/provisions/new/", "/donations/", "/donations/new/", "/activities/new/", "/candidates/", "/candidates/outlook/", "/secondments/new/",
    "/documents/roster/", "/teachers/new/",
)  # fmt: skip
OF_THE_BUREAU = (
    "/plan/schedule/", "/plan/allocate/", "/plan/matching/", "/candidates/rule/", "/attendance/overview/", "/allowances/", "/duplicates/",
    "/notices/words/", "/documents/national/", "/documents/certificates/new/", "/schools/new/", "/members/",
)  # fmt: skip

both_widths = pytest.mark.parametrize("width", [DESKTOP, PHONE])


@pytest.fixture
def faults(window_of):
    """Opens addresses one after another as somebody, and tells what is wrong with which."""

    def look(user, width, addresses):
        page, found = window_of(user, width), {}
        for address in addresses:
            response = page.goto(address)
            wrong = page.evaluate(LOOK) if response.status == 200 else [f"status {response.status}"]
            if wrong:
                found[address] = wrong
        return found

    return look


def details(user):
    """The page of one of each kind that this person may open."""
    kinds = {"schools": School, "teachers": Teacher, "secondments": Secondment, "activities": Activity} | {
        "inspections": Inspection
    }
    for path, model in kinds.items():
        row = model.objects.visible_to(user).first()
        if row:
            yield f"/{path}/{row.pk}/"


@both_widths
def test_the_door_is_in_order(window_of, db, width):
    page = window_of(width=width)
    page.goto("/login/")
    assert page.evaluate(LOOK) == []


@both_widths
def test_lists_and_details_are_in_order_for_an_officer(faults, full_year, officer, width):
    assert faults(officer, width, (*OWN, *LISTS, *details(officer))) == {}


@both_widths
def test_reports_and_figures_are_in_order_for_an_officer(faults, full_year, officer, width):
    receiving = School.objects.get(name="松岭乡中心小学")
    reports = ("/reports/", "/reports/annual/", f"/reports/annual/?school={receiving.pk}", "/reports/figures/")
    empty = "/reports/annual/?period=2001"
    assert faults(officer, width, (*reports, "/reports/figures/seconded/", empty)) == {}


@both_widths
def test_import_pages_are_in_order(faults, county, officer, width):
    good, changed, wrong = small_year(), small_year(), small_year()
    changed["学校"][0]["学段"] = "小学"
    wrong["教师"][0]["身份证号"] = "110105194912310021"
    wrong["支教派遣"][1]["任教学科"] = "语闻"

    def uploaded(year):
        return receive(SimpleUploadedFile("一年.xlsx", workbook(year).getvalue()), county, officer)

    done = uploaded(good)
    confirm(done, county, officer)
    runs = [done, *map(uploaded, (good, changed, wrong))]
    assert faults(officer, width, ("/import/", *(f"/import/{run.pk}/" for run in runs), "/import/columns/")) == {}


@both_widths
@pytest.mark.parametrize("who", ["principal", "teacher_user"])
def test_pages_are_in_order_for_a_school_and_a_teacher(faults, full_year, request, who, width):
    user = request.getfixturevalue(who)
    if who == "principal":
        reports = ("/reports/", "/reports/figures/", "/reports/annual/", "/reports/figures/seconded/")
        pages = (*OWN, *LISTS, *OF_BOTH, *OF_SCHOOLS, *details(user), *reports)
    else:
        pages = (*OWN, *LISTS[:3], *OF_BOTH, "/attendance/own/", "/leaves/new/", *details(user))
    assert faults(user, width, pages) == {}


@both_widths
def test_the_pages_of_the_bureau_are_in_order(faults, full_year, officer, county, width):
    assert faults(officer, width, (*OF_BOTH, *OF_SCHOOLS, *OF_THE_BUREAU)) == {}
    admin = person("admin", "程管理", Role.BUREAU_ADMIN, district=county)
    assert faults(admin, width, ("/", "/members/", "/members/new/", "/members/slips/teachers/", "/audit/")) == {}
    finance = person("finance", "钱会计", Role.FINANCE, district=county)
    assert faults(finance, width, ("/", "/allowances/", "/allowances/rates/", "/allowances/rates/new/")) == {}
