"""The made-up county: the same for the same seed, right in every row, and imported like anybody's workbook."""

from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from assignments.models import District, Membership, School, Secondment, Teacher
from evaluations.models import Appraisal
from reports.demo import Wish, generate
from reports.demo.loading import PROVINCE, USERNAMES, load
from reports.demo.names import RARE_SENT, RARE_STAYING
from reports.demo.province import wishes
from zhijiao.accounts.models import User
from zhijiao.identity import check_id_number, sex_of

SMALL = Wish(schools=8, teachers=60, secondments=10)


def run(command, *args, **options):
    out = StringIO()
    call_command(command, *args, stdout=out, stderr=out, **options)
    return out.getvalue()


def load_small(*args):
    return run("load_demo", *args, schools=8, teachers=60, secondments=10)


@pytest.fixture(scope="module")
def rows():
    return generate()


def test_the_same_seed_gives_the_same_rows(rows):
    assert generate() == rows


def test_another_seed_gives_other_people():
    assert generate(Wish(schools=8, teachers=60, secondments=10, seed=2)) != generate(SMALL)


def test_it_is_as_large_as_a_county(rows):
    by_year = Counter(row["学年"] for row in rows["支教派遣"])
    assert len(rows["学校"]) == 60
    assert (
        sum(
            row["所在学校"] not in {s["学校名称"] for s in rows["学校"] if s["是否县外"] == "是"}
            for row in rows["教师"]
        )
        == 1200
    )
    assert by_year == {"2022-2023": 81, "2023-2024": 96, "2024-2025": 108, "2025-2026": 120, "2026-2027": 132}


def test_rare_names_are_among_those_who_go_and_those_who_stay(rows):
    teachers = {row["姓名"] for row in rows["教师"]}
    sent = {row["教师"] for row in rows["支教派遣"] if row["学年"] == "2025-2026"}
    assert {name for name, _ in RARE_SENT} <= sent
    assert {name for name, _ in RARE_STAYING} <= teachers


def test_every_identity_number_is_valid_and_stands_once(rows):
    numbers = [row["身份证号"] for row in rows["教师"]]
    assert len(set(numbers)) == len(numbers)
    for row in rows["教师"]:
        assert check_id_number(row["身份证号"]) == row["身份证号"]
        assert {"1": "男", "2": "女"}[sex_of(row["身份证号"])] == row["性别"]


def test_no_more_than_a_fifth_is_graded_best(rows):
    grades = Counter(row["考核等次"] for row in rows["考核"])
    assert 0 < grades["优秀"] <= grades.total() / 5


def test_each_month_of_a_whole_year_is_attended(rows):
    months = Counter(row["教师"] for row in rows["月考勤"])
    whole = [row["教师"] for row in rows["支教派遣"] if row["学年"] == "2025-2026" and row.get("支教月数") == 10]
    assert len(whole) > 100
    assert {months[name] for name in whole} == {10}


def test_nothing_has_happened_after_the_day_of_the_demo(rows):
    today = Wish().today
    for sheet, header in (
        ("会议", "会议日期"),
        ("帮扶活动", "活动日期"),
        ("走访慰问", "慰问日期"),
        ("课例", "日期"),
        ("荣誉", "授予日期"),
    ):
        days = [row[header] for row in rows[sheet] if not isinstance(row.get(header, ""), str)]
        assert days
        assert max(days) <= today, sheet


@pytest.mark.django_db
def test_a_small_county_is_imported_whole_and_twice_without_a_change():
    first = load(SMALL)
    assert [str(problem) for problem in first.problems] == []
    assert first.total("created") == sum(len(lines) for lines in generate(SMALL).values())
    again = load(SMALL)
    assert again.problems == []
    assert again.changes_nothing


@pytest.mark.django_db
def test_load_demo_tells_the_counts_and_the_logins_and_they_can_sign_in(client, settings):
    settings.DEBUG = True
    told = load_small()
    assert "支教派遣 " in told
    assert "zhoujg    周建国，局人事股，支教专干" in told
    assert client.login(username="zhoujg", password="zhijiao-demo-2026")
    assert Membership.objects.get(user__username="zhoujg").district.name == "青岚县"
    assert User.objects.get(username="jiaoshi").teacher is not None


@pytest.mark.django_db
def test_outside_development_each_load_makes_its_own_password(client, settings):
    settings.DEBUG = False
    load_small()
    assert not client.login(username="zhoujg", password="zhijiao-demo-2026")


@pytest.mark.django_db
def test_if_empty_leaves_a_county_alone():
    District.objects.create(name="白塔县", code="990199", level="county")
    assert "没有装入" in load_small("--if-empty")
    assert not School.objects.exists()


@pytest.mark.django_db
def test_a_second_start_tells_the_logins_again(settings):
    settings.DEBUG = True
    load_small()
    told = load_small("--if-empty")
    assert "zhijiao-demo-2026" in told
    for username in USERNAMES:
        assert username in told
    settings.DEBUG = False
    assert "zhijiao-demo-2026" not in load_small("--if-empty")


@pytest.mark.django_db
def test_reset_makes_the_demo_county_new_and_leaves_others(settings, teacher):
    settings.DEBUG = True
    load_small()
    Teacher.objects.filter(county__code="990121").update(name="改过")
    load_small("--reset")
    assert not Teacher.objects.filter(name="改过").exists()
    assert Teacher.objects.filter(pk=teacher.pk).exists()
    assert Secondment.objects.exists()
    assert Appraisal.objects.exists()


@pytest.mark.django_db
def test_reset_is_refused_outside_development(settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="只在开发环境"):
        load_small("--reset")


@pytest.mark.django_db
def test_a_province_has_counties_with_names_codes_and_people_of_their_own():
    told = run("generate_province", counties=2, schools=8, teachers=60, secondments=10)
    assert "2/2" in told
    counties = District.objects.counties()
    assert counties.count() == 2
    assert District.objects.get(level="province").name == PROVINCE
    numbers = [teacher.id_number for teacher in Teacher.objects.all()]
    assert len(set(numbers)) == len(numbers)


def test_hundreds_of_counties_are_told_apart():
    every = wishes(599)
    assert len({wish.name for wish in every} | {Wish().name}) == 600
    assert len({wish.code for wish in every} | {Wish().code}) == 600
