"""The one list page: views, search, filters, sorting, paging, and what it says where there is nothing."""

import re
import sys
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils.html import escape

from assignments.choices import SchoolStage
from assignments.models import School, Teacher
from zhijiao.listing import ROWS, ListPage
from zhijiao.workbook import registry

NAMES = ["一小", "二小", "三小"]


@pytest.fixture
def schools(county):
    stages = [SchoolStage.PRIMARY, SchoolStage.JUNIOR, SchoolStage.PRIMARY]
    return [
        School.objects.create(county=county, name=name, stage=stage, township="松岭乡" if name == "三小" else "")
        for name, stage in zip(NAMES, stages, strict=True)
    ]


@pytest.fixture
def many(county):
    School.objects.bulk_create(School(county=county, name=f"第{number:03}小学") for number in range(1, 61))


@pytest.fixture
def shown(client_of, officer):
    """The page of that address, as the officer gets it."""
    browser = client_of(officer)

    def get(query="", **extra):
        response = browser.get(f"/schools/{query}", **extra)
        assert response.status_code == 200
        return response.content.decode()

    return get


def names_in(page):
    return re.findall(r'<td class="c-name"><a [^>]*>([^<]+)</a>', page)


def address_of(page, text):
    """Where the link with that text leads."""
    found = next(
        href for href, inner in re.findall(r'<a [^>]*?href="([^"]+)"[^>]*>(.*?)</a>', page, re.S) if text in inner
    )
    return found.replace("&amp;", "&")


def query_of(page, text):
    return parse_qs(urlsplit(address_of(page, text)).query)


# --- rows and pages ------------------------------------------------------------------------------


def test_it_shows_what_there_is_with_its_number(shown, schools):
    page = shown()
    assert names_in(page) == sorted(NAMES)
    assert "共 3 所，第 1—3 所" in page
    assert "pager" not in page


def test_it_shows_25_rows_and_leads_to_the_others(shown, many):
    page = shown()
    assert len(names_in(page)) == ROWS == 25
    assert "共 60 所，第 1—25 所" in page
    assert query_of(page, "下一页") == {"page": ["2"]}
    last = shown("?page=3")
    assert len(names_in(last)) == 10
    assert "第 51—60 所" in last
    assert "下一页" not in last


@pytest.mark.parametrize(
    ("asked", "first"), [("0", 1), ("-3", 1), ("abc", 1), ("1.5", 1), ("²", 1), ("", 1), ("99", 51), ("9" * 40, 1)]
)
def test_a_page_that_does_not_exist_is_the_nearest(shown, many, asked, first):
    assert f"第 {first}—" in shown(f"?page={asked}")


def test_paging_keeps_search_and_order(shown, many):
    page = shown("?q=小学&sort=-name")
    assert query_of(page, "下一页") == {"q": ["小学"], "sort": ["-name"], "page": ["2"]}


# --- sorting -------------------------------------------------------------------------------------


def test_a_header_sorts_and_turns(shown, schools):
    page = shown("?sort=name")
    assert names_in(page) == sorted(NAMES)
    assert query_of(page, "学校 <svg") == {"sort": ["-name"]}
    turned = shown("?sort=-name")
    assert names_in(turned) == sorted(NAMES, reverse=True)
    assert 'aria-sort="descending"' in turned


@pytest.mark.parametrize("sort", ["password", "county__code", "-", "name;drop", "centre_name", "--name"])
def test_nothing_else_can_be_sorted_by(shown, schools, sort):
    page = shown(f"?sort={sort}")
    assert names_in(page) == sorted(NAMES)
    assert 'aria-sort="ascending"' not in page


# --- search and filters ----------------------------------------------------------------------------


def test_search_finds_by_any_field_and_needs_every_word(shown, schools):
    assert names_in(shown("?q=三")) == ["三小"]
    assert names_in(shown("?q=松岭")) == ["三小"]
    assert names_in(shown("?q=松岭 小")) == ["三小"]
    assert names_in(shown("?q=松岭 二")) == []


def test_search_reads_full_width_letters(shown, county):
    School.objects.create(county=county, name="实验小学", code="2153000001")
    assert names_in(shown("?q=２１５３")) == ["实验小学"]


def test_values_of_one_filter_are_alternatives_and_filters_add_up(shown, schools):
    assert names_in(shown("?stage=junior")) == ["二小"]
    assert len(names_in(shown("?stage=junior&stage=primary"))) == 3
    assert names_in(shown("?stage=primary&q=三")) == ["三小"]


def test_each_filter_is_a_pill_that_leads_to_the_list_without_it(shown, schools):
    page = shown("?stage=junior&stage=primary&q=小&sort=name&page=1")
    assert query_of(page, "学段：初中") == {"stage": ["primary"], "q": ["小"], "sort": ["name"]}
    assert query_of(page, "学段：小学") == {"stage": ["junior"], "q": ["小"], "sort": ["name"]}
    assert query_of(page, "搜索：小") == {"stage": ["junior", "primary"], "sort": ["name"]}


def test_a_value_that_does_not_exist_is_told_and_left_out(shown, schools):
    page = shown("?stage=castle")
    assert names_in(page) == sorted(NAMES)
    assert "筛选“学段”没有生效" in page
    assert "学段：" not in page


@pytest.mark.parametrize(
    "query", ["?q=%00", "?outside=maybe", "?view=nothing", "?q=%27%22%3Cb%3E", "?q=" + "长" * 500, "?page=1&page=2"]
)
def test_odd_addresses_are_answered(shown, schools, query):
    shown(query)


def test_what_is_typed_is_escaped(shown, schools):
    page = shown("?q=<script>alert(1)</script>")
    assert "<script>alert" not in page
    assert escape("<script>alert(1)</script>") in page


def test_the_form_carries_view_and_order_along(shown, schools):
    page = shown("?view=village&sort=-name")
    assert '<input type="hidden" name="view" value="village">' in page
    assert '<input type="hidden" name="sort" value="-name">' in page


# --- views ------------------------------------------------------------------------------------------


def test_views_count_their_rows_under_the_filters(shown, schools):
    School.objects.filter(name="一小").update(is_outside_county=True)
    page = shown()
    assert re.search(r"全部 <span>3</span>", page)
    assert re.search(r"县外学校 <span>1</span>", page)
    assert names_in(shown("?view=outside")) == ["一小"]
    assert "共 1 所" in shown("?view=outside")
    assert re.search(r"县外学校 <span>0</span>", shown("?q=二"))


# --- nothing to show ---------------------------------------------------------------------------------


def test_an_empty_list_says_how_rows_come_into_it(shown):
    page = shown()
    assert "还没有学校" in page
    assert "教育局登记了学校，就在这里了" in page
    assert "也可以写进工作簿的“学校”表" in page


def test_an_empty_result_offers_to_take_a_filter_away(shown, schools):
    page = shown("?stage=senior&q=小")
    assert "没有符合条件的学校" in page
    assert query_of(page, "去掉“学段：高中”") == {"q": ["小"]}


# --- parts of a page ----------------------------------------------------------------------------------


HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_BOOSTED": "true", "HTTP_HX_TARGET": "list"}


def test_htmx_gets_the_list_and_not_the_frame(shown, schools):
    part = shown("?q=三", **HTMX)
    assert names_in(part) == ["三小"]
    assert part.lstrip().startswith('<div id="list"')
    assert "<html" not in part


def test_the_whole_page_holds_the_same_part(shown, schools):
    assert shown(**HTMX).strip() in shown()


def test_going_back_gets_the_whole_page(shown, schools):
    assert "<html" in shown(HTTP_HX_HISTORY_RESTORE_REQUEST="true", **HTMX)


def test_a_cache_tells_part_and_page_apart(client_of, officer):
    assert "HX-Request" in client_of(officer).get("/schools/")["Vary"]


# --- the school year that is looked at ---------------------------------------------------------------


@pytest.fixture
def secondments(client_of, officer):
    browser = client_of(officer)
    return lambda query="": browser.get(f"/secondments/{query}").content.decode()


@pytest.fixture
def two_years(county, second, teacher, sending_school):
    other = Teacher.objects.create(county=county, school=sending_school, name="韩冬梅")
    second(teacher)
    later = second(other, "2024-09-01", "2025-07-10")
    later.school_year = type(later.school_year).objects.named("2024-2025")
    later.save()


def test_a_list_of_the_year_opens_with_the_year_looked_at(secondments, two_years):
    page = secondments()
    assert names_in(page) == ["韩冬梅"]
    assert "学年：2024—2025学年" in page


def test_choosing_a_year_changes_what_the_list_opens_with(client_of, officer, two_years):
    browser = client_of(officer)
    browser.post("/account/year/", {"year": "2023-2024", "next": "/secondments/"})
    assert names_in(browser.get("/secondments/").content.decode()) == ["沈若兰"]


def test_the_year_can_be_taken_away(secondments, two_years):
    away = address_of(secondments(), "学年：")
    assert away == "/secondments/?year=all"
    page = secondments("?year=all")
    assert len(names_in(page)) == 2
    assert "学年：" not in page


def test_an_address_with_a_question_is_taken_as_it_stands(secondments, two_years):
    assert len(names_in(secondments("?q=小学"))) == 2


def test_other_pages_of_the_list_stay_in_the_year(secondments, two_years):
    assert query_of(secondments(), "受援学校") == {"year": ["2024-2025"], "sort": ["to"]}


def every_list_page():
    """Those declared at the top of a module."""
    found = {}
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in ("assignments", "evaluations", "reports", "zhijiao"):
            found |= {f"{name}.{key}": value for key, value in vars(module).items() if isinstance(value, ListPage)}
    return found


def test_why_a_list_is_empty_speaks_of_no_workbook_and_names_a_sheet_that_there_is():
    """A school or a teacher has none; who imports reads the name of the sheet beside it."""
    sheets = {sheet.name for sheet in registry.sheets()}
    pages = every_list_page()
    assert len(pages) > 8
    for name, page in pages.items():
        assert "导入" not in page.nothing and "工作簿" not in page.nothing, name
        assert page.sheet in {"", *sheets}, name


@pytest.mark.django_db
def test_an_empty_list_offers_the_import_to_who_may_import(client_of, officer, principal):
    def empty(who):
        page = client_of(who).get("/leaves/").content.decode()
        return page[page.index('class="empty"') :]

    assert "也可以写进工作簿的“请假”表" in empty(officer)
    assert "老师请了假，这里就有了" in empty(principal)
    assert "导入" not in empty(principal)
