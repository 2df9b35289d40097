"""/reports/years/: the checklist of a year, closing it, opening it again; and the note on every page of a closed year."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from assignments import closing
from assignments.choices import Role
from assignments.models import AllowanceSheet, AttendanceMonth, SchoolYear, Secondment, YearClosing
from evaluations.models import Inspection
from tests.conftest import person
from zhijiao.dates import ApproximateDate
from zhijiao.notices.models import Notice


@pytest.fixture
def administrator(county):
    return person("admin-of-year", "关管理", Role.BUREAU_ADMIN, district=county)


def page_of(client, name, *args):
    return client.get(reverse(name, args=args)).content.decode()


def test_the_checklist_counts_what_is_left_and_links_to_it(
    county, school_year, secondment, officer, client_of, receiving_school
):
    inspection = Inspection(county=county, school=receiving_school, school_year=school_year, state="planned")
    inspection.when = ApproximateDate.day(dt.date(2023, 10, 9))
    inspection.save()
    numbers = {item.name: item.number for item in closing.checklist(county, school_year)}
    assert numbers["支教派遣没有结束"] == 1
    assert numbers["督导检查没有办结"] == 1
    assert numbers["县里的总结没有印发"] == 1
    assert numbers["补助发放表没有锁定"] == 0
    told = page_of(client_of(officer), "reports:year", school_year.pk)
    assert all(name in told for name in numbers)
    assert reverse("evaluations:inspection_list") in told


def test_each_line_leads_to_as_many_as_it_says(county, school_year, secondment, officer, client_of, receiving_school):
    for state, day in (("planned", 9), ("closed", 10)):
        inspection = Inspection(county=county, school=receiving_school, school_year=school_year, state=state)
        inspection.when = ApproximateDate.day(dt.date(2023, 10, day))
        inspection.save()
    Secondment.objects.filter(pk=secondment.pk).update(state="on_post")
    client = client_of(officer)
    items = {item.name: item for item in closing.checklist(county, school_year)}
    for name in ("支教派遣没有结束", "督导检查没有办结"):
        listing = client.get(items[name].url).context["listing"]
        assert listing.count == items[name].number == 1


def test_months_that_are_not_settled_are_led_to(county, school_year, secondment, officer, client_of):
    AllowanceSheet.objects.create(county=county, month=dt.date(2023, 11, 1), state="draft", prepared_by=officer)
    AttendanceMonth.objects.create(county=county, secondment=secondment, month=dt.date(2023, 10, 1), due=17, present=17)
    items = {item.name: item for item in closing.checklist(county, school_year)}
    told = {name: client_of(officer).get(items[name].url) for name in ("考勤没有确认", "补助发放表没有锁定")}
    assert "2023年10月" in told["考勤没有确认"].content.decode()
    assert "2023年11月" in told["补助发放表没有锁定"].content.decode()


@pytest.mark.parametrize("name", ["plan_allocate", "plan_schedule"])
def test_a_form_of_the_plan_of_a_closed_year_is_not_shown(name, county, school_year, officer, client_of):
    client, address = client_of(officer), f"{reverse(f'assignments:{name}')}?year=2023-2024"
    assert client.get(address).status_code == 200
    closing.close(county, school_year, by=officer)
    response = client.get(address)
    assert response.status_code == 403
    assert "2023—2024学年已结转" in response.content.decode()


def test_the_schools_of_the_year_are_told(
    county, school_year, secondment, officer, administrator, principal, client_of
):
    closing.close(county, school_year, by=officer)
    closing.reopen(closing.closing_of(county.pk, school_year.code), by=administrator, reason="漏登两节课")
    told = [one.title for one in Notice.objects.filter(user=principal).order_by("pk")]
    assert told == ["2023—2024学年已结转", "2023—2024学年重新打开了"]
    assert [one.title for one in Notice.objects.filter(user=officer)] == ["2023—2024学年重新打开了"]
    assert "漏登两节课" in Notice.objects.filter(user=principal).latest("pk").text


def test_nothing_of_a_closed_year_waits_at_home(county, school_year, secondment, officer, client_of):
    Secondment.objects.filter(pk=secondment.pk).update(state="review")
    client = client_of(officer)
    act = reverse("assignments:secondment_detail", args=[secondment.pk])
    assert act in page_of(client, "home")
    closing.close(county, school_year, by=officer)
    assert act not in page_of(client, "home")


def test_a_record_of_a_closed_year_says_so_whichever_year_is_looked_at(
    county, school_year, secondment, officer, client_of
):
    SchoolYear.objects.named("2024-2025")
    closing.close(county, school_year, by=officer)
    client = client_of(officer)
    client.post(reverse("choose_year"), {"year": "2024-2025", "next": "/"})
    told = page_of(client, "assignments:secondment_detail", secondment.pk)
    assert "2023—2024学年已结转，只能看" in told


def test_a_form_of_a_closed_year_says_that_it_is_closed(county, school_year, secondment, officer, client_of):
    Secondment.objects.filter(pk=secondment.pk).update(state="on_post")
    closing.close(county, school_year, by=officer)
    response = client_of(officer).get(reverse("evaluations:work_new", args=[secondment.pk, "lesson"]))
    assert response.status_code == 403
    assert "已结转" in response.content.decode()


def test_what_is_of_another_year_is_not_counted(county, secondment, school_year):
    later = SchoolYear.objects.named("2024-2025")
    numbers = {item.name: item.number for item in closing.checklist(county, later)}
    assert numbers["支教派遣没有结束"] == 0


def test_every_line_of_the_checklist_leads_to_a_page(county, school_year, officer, client_of):
    client = client_of(officer)
    for item in closing.checklist(county, school_year):
        assert client.get(item.url).status_code in {200, 302}, item.name


def test_an_allowance_sheet_that_is_not_locked_stops_closing(county, school_year, officer, client_of):
    AllowanceSheet.objects.create(county=county, month=dt.date(2023, 10, 1), state="draft", prepared_by=officer)
    client = client_of(officer)
    assert reverse("reports:year_close", args=[school_year.pk]) not in page_of(client, "reports:year", school_year.pk)
    response = client.post(reverse("reports:year_close", args=[school_year.pk]), {"note": ""})
    assert response.status_code == 409
    assert "补助发放表没有锁定 1" in response.content.decode()
    assert not YearClosing.objects.exists()


def test_closing_and_opening_again_in_the_browser(school_year, secondment, officer, administrator, client_of):
    client = client_of(officer)
    assert "支教派遣没有结束 1" in page_of(client, "reports:year_close", school_year.pk)
    client.post(reverse("reports:year_close", args=[school_year.pk]), {"note": "材料已归档"})
    row = YearClosing.objects.get()
    assert (row.closed_by, row.note) == (officer, "材料已归档")
    told = page_of(client, "reports:year", school_year.pk)
    assert "材料已归档" in told
    assert reverse("reports:year_reopen", args=[school_year.pk]) not in told
    assert "已结转" in page_of(client, "reports:years")
    ruler = client_of(administrator)
    ruler.post(reverse("reports:year_reopen", args=[school_year.pk]), {"reason": ""})
    assert closing.closing_of(row.county_id, school_year.code) == row
    ruler.post(reverse("reports:year_reopen", args=[school_year.pk]), {"reason": "漏登两节课"})
    row.refresh_from_db()
    assert row.reopen_reason == "漏登两节课"
    assert "漏登两节课" in page_of(ruler, "reports:year", school_year.pk)


def test_pages_of_a_closed_year_say_so_and_those_of_another_do_not(
    county, school_year, secondment, officer, principal, client_of
):
    SchoolYear.objects.named("2024-2025")
    YearClosing.objects.create(
        county=county, school_year=school_year, closed_on=dt.date(2024, 8, 31), closed_by=officer
    )
    for one in (officer, principal):
        client = client_of(one)
        for code, is_told in (("2023-2024", True), ("2024-2025", False)):
            client.post(reverse("choose_year"), {"year": code, "next": "/"})
            told = page_of(client, "assignments:activity_list")
            assert ("本学年已结转，只能看" in told) is is_told, (one, code)
            assert ("2024年8月31日由周专干结转" in told) is is_told


def test_a_school_does_not_know_the_pages(school_year, principal, client_of):
    assert client_of(principal).get(reverse("reports:years")).status_code in {403, 404}


def test_the_queries_of_the_list_do_not_grow(officer, client_of, county, django_assert_max_num_queries):
    client = client_of(officer)
    for first in range(2010, 2022):
        year = SchoolYear.objects.named(f"{first}-{first + 1}")
        YearClosing.objects.create(county=county, school_year=year, closed_on=dt.date(2024, 8, 31), closed_by=officer)
    client.get(reverse("reports:years"))
    with django_assert_max_num_queries(12):
        told = page_of(client, "reports:years")
    assert len(re.findall("周专干", told)) >= 12
