"""A round of inspection: planned by the bureau, nobody at a school they belong to, nowhere twice at once, told in time."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assignments.access import has_on
from assignments.choices import Role
from assignments.models import School, Teacher
from evaluations import daily, rounds
from evaluations.choices import HalfDay, InspectionState, RoundState
from evaluations.models import Inspection, InspectionRound, TeamMember
from tests.access_text import words
from tests.conftest import person
from zhijiao.accounts.models import AuditEntry, User
from zhijiao.clock import standing_at
from zhijiao.dates import ApproximateDate
from zhijiao.notices.models import Notice
from zhijiao.refusals import Refused
from zhijiao.working_days import is_working_day

MONDAY = dt.date(2023, 11, 20)
VALUES = {
    "name": "秋季支教督导检查", "when": ApproximateDate.month(2023, 11), "days_ahead": 30, "contents": ["在岗"], "checklist": ["教案"], "list_number": "7",
    "notice_document": "青教督〔2023〕9号",
}  # fmt: skip


@pytest.fixture(autouse=True)
def october():
    with standing_at(dt.datetime(2023, 10, 9, 9, 0)):
        yield


@pytest.fixture
def inspectors(county):
    return [
        person(f"dudao{n}", name, Role.INSPECTOR, district=county)
        for n, name in enumerate(("何督学", "柳督学", "韩督学", "崔督学"))
    ]


@pytest.fixture
def held(county, officer):
    return rounds.create(VALUES, county=county, by=officer)


@pytest.fixture
def team(held, inspectors, officer):
    return rounds.put_team(held, "第一组", inspectors[:2], inspectors[0], by=officer)


@pytest.fixture
def second_team(held, inspectors, officer):
    return rounds.put_team(held, "第二组", inspectors[2:], inspectors[2], by=officer)


def fresh(user):
    """The person in a request of their own."""
    return User.objects.get(pk=user.pk)


def test_a_new_round_is_the_bureaus_own_until_it_is_announced(held, team, receiving_school, principal, officer):
    assert (held.state, held.school_year.code) == (RoundState.DRAFT, "2023-2024")
    row = rounds.schedule(held, receiving_school, team, MONDAY, HalfDay.MORNING, by=officer)
    assert (row.state, row.leader, row.inspectors) == (InspectionState.PLANNED, "何督学", ["柳督学"])
    assert not Inspection.objects.visible_to(fresh(principal)).exists()
    rounds.announce(held, by=officer)
    assert Inspection.objects.visible_to(fresh(principal)).get() == row
    assert {notice.user.name for notice in Notice.objects.filter(kind="inspection_announced")} == {
        "吴校长",
        "何督学",
        "柳督学",
    }
    assert "2023年11月20日上午" in Notice.objects.get(user=principal).text


def test_it_is_announced_thirty_days_ahead_or_with_a_reason(held, team, receiving_school, officer):
    rounds.schedule(held, receiving_school, team, dt.date(2023, 11, 7), by=officer)
    with pytest.raises(Refused, match=r"最早应是2023年11月8日"):
        rounds.announce(held, by=officer)
    held.refresh_from_db()
    assert held.state == RoundState.DRAFT and not Notice.objects.exists()
    rounds.announce(held, by=officer, reason="市里临时安排")
    assert AuditEntry.objects.get(verb="通知检查").reason == "市里临时安排"
    with pytest.raises(Refused, match="不用再通知"):
        rounds.announce(held, by=officer, reason="再来一次")


def test_a_round_without_schools_or_with_an_empty_team_is_not_announced(held, officer, team, receiving_school):
    with pytest.raises(Refused, match="还没有安排学校"):
        rounds.announce(held, by=officer)
    rounds.schedule(held, receiving_school, team, MONDAY, by=officer)
    TeamMember.objects.all().delete()
    with pytest.raises(Refused, match="第一组还没有组员"):
        rounds.announce(held, by=officer)


@pytest.mark.parametrize("how", ["principal", "left", "village", "teacher", "seconded"])
def test_nobody_inspects_a_school_they_belong_to(
    how, county, held, team, inspectors, officer, receiving_school, second, teacher, sending_school
):
    one = inspectors[1]
    match how:
        case "principal":
            one.memberships.create(role=Role.PRINCIPAL, school=receiving_school)
        case "left":
            one.memberships.create(role=Role.PRINCIPAL, school=receiving_school, end=dt.date(2023, 8, 31))
        case "village":
            centre = School.objects.create(county=county, name="中心校", is_centre_school=True)
            School.objects.filter(pk=receiving_school.pk).update(centre_school=centre)
            receiving_school.refresh_from_db()
            one.memberships.create(role=Role.PRINCIPAL, school=centre)
        case "teacher":
            own = Teacher.objects.create(county=county, name="本校教师", school=receiving_school)
            one.memberships.create(role=Role.TEACHER, teacher=own)
        case "seconded":
            second(teacher)
            one.memberships.create(role=Role.TEACHER, teacher=teacher)
    with pytest.raises(Refused, match=rf"柳督学.*不能检查{receiving_school}"):
        rounds.schedule(held, receiving_school, team, MONDAY, by=officer)
    assert not Inspection.objects.exists()
    found = rounds.propose(held, [receiving_school], MONDAY)
    assert found.slots == [] and found.without[0][0] == receiving_school


def test_who_left_a_school_more_than_a_year_ago_may_inspect_it(held, team, inspectors, officer, receiving_school):
    inspectors[1].memberships.create(role=Role.PRINCIPAL, school=receiving_school, end=dt.date(2022, 8, 31))
    assert rounds.schedule(held, receiving_school, team, MONDAY, by=officer)


def test_somebody_of_a_school_does_not_join_the_team_that_is_to_inspect_it(
    held, team, inspectors, officer, receiving_school
):
    rounds.schedule(held, receiving_school, team, MONDAY, by=officer)
    inspectors[3].memberships.create(role=Role.PRINCIPAL, school=receiving_school)
    with pytest.raises(Refused, match=r"崔督学是.*的人"):
        rounds.put_team(held, "第一组", inspectors, inspectors[0], by=officer, team=team)
    assert team.members.count() == 2
    with pytest.raises(Refused, match="没有督导员的角色"):
        rounds.put_team(held, "第三组", [officer], officer, by=officer)


def test_a_team_and_everybody_in_it_is_in_one_place_at_a_time(
    county, held, team, inspectors, officer, receiving_school
):
    first, other = receiving_school, School.objects.create(county=county, name="另一小学")
    rounds.schedule(held, first, team, MONDAY, HalfDay.MORNING, by=officer)
    mixed = rounds.put_team(held, "混合组", [inspectors[0], inspectors[3]], inspectors[3], by=officer)
    for half in (HalfDay.MORNING, HalfDay.ALL):
        with pytest.raises(Refused, match=f"已排在{first}"):
            rounds.schedule(held, other, team, MONDAY, half, by=officer)
        with pytest.raises(Refused, match=f"何督学已排在{first}"):
            rounds.schedule(held, other, mixed, MONDAY, half, by=officer)
    row = rounds.schedule(held, other, mixed, MONDAY, HalfDay.AFTERNOON, by=officer)
    with pytest.raises(Refused, match="已排在另一小学"):
        rounds.schedule(held, first, team, MONDAY, HalfDay.ALL, by=officer)
    moved = rounds.schedule(held, other, mixed, dt.date(2023, 11, 21), HalfDay.ALL, by=officer)
    assert moved.pk == row.pk and Inspection.objects.count() == 2


@pytest.mark.parametrize("day", [dt.date(2023, 11, 18), dt.date(2023, 10, 2)])
def test_nobody_is_inspected_on_a_day_without_school(held, team, officer, receiving_school, day):
    with pytest.raises(Refused, match="不是工作日"):
        rounds.schedule(held, receiving_school, team, day, by=officer)


def test_a_schedule_is_proposed_and_kept_whole_or_not_at_all(county, held, team, second_team, officer):
    schools = [School.objects.create(county=county, name=f"第{n}小学") for n in range(9)]
    found = rounds.propose(held, schools, dt.date(2023, 11, 17))
    assert len(found.slots) == 9 and found.without == []
    assert all(is_working_day(slot.day) for slot in found.slots)
    assert len({(slot.team.pk, slot.day, slot.half_day) for slot in found.slots}) == 9
    assert max(slot.day for slot in found.slots) == dt.date(2023, 11, 21)  # two teams, two half days: 4 a day
    bad = [
        *found.slots[:-1],
        rounds.Slot(found.slots[-1].school, *[found.slots[0].team, found.slots[0].day, found.slots[0].half_day]),
    ]
    with pytest.raises(Refused):
        rounds.schedule_all(held, bad, by=officer)
    assert not Inspection.objects.exists()
    assert len(rounds.schedule_all(held, found.slots, by=officer)) == 9
    again = rounds.propose(held, [School.objects.create(county=county, name="第十小学")], dt.date(2023, 11, 17))
    assert again.slots[0].day == dt.date(2023, 11, 21)


def test_who_was_told_is_told_again_when_it_is_moved_or_dropped(held, team, officer, receiving_school, principal):
    row = rounds.schedule(held, receiving_school, team, MONDAY, by=officer)
    rounds.announce(held, by=officer)
    rounds.schedule(held, receiving_school, team, MONDAY, by=officer)  # nothing changed: nobody is told
    assert Notice.objects.filter(user=principal).count() == 1
    rounds.schedule(held, receiving_school, team, dt.date(2023, 11, 22), HalfDay.AFTERNOON, by=officer)
    assert "改到2023年11月22日下午" in Notice.objects.filter(user=principal).latest("pk").text
    row.refresh_from_db()
    with pytest.raises(Refused, match="请写明为什么不去了"):
        rounds.take_out(row, by=officer)
    rounds.take_out(row, by=officer, reason="大雪封路")
    assert "大雪封路" in Notice.objects.filter(user=principal).latest("pk").text
    assert not Inspection.objects.exists()


def test_an_inspector_writes_where_their_team_goes_while_the_round_runs(
    county, held, team, second_team, inspectors, officer, receiving_school
):
    row = rounds.schedule(held, receiving_school, team, MONDAY, by=officer)
    other = Inspection.objects.create(county=county, school=School.objects.create(county=county, name="另一小学"))
    mine, foreign = inspectors[0], inspectors[2]
    assert not has_on(fresh(mine), "inspection.view", row), "the round is not announced yet"
    rounds.announce(held, by=officer)
    assert has_on(fresh(mine), "inspection.view", row)
    for user in (mine, foreign):
        assert not has_on(fresh(user), "inspection.view", other)
    assert not has_on(fresh(foreign), "inspection.view", row)
    Inspection.objects.update(state=InspectionState.CLOSED)
    rounds.close(held, by=officer)
    assert not has_on(fresh(mine), "inspection.view", row)


def test_a_round_closes_once_every_school_is_done(held, team, officer, receiving_school):
    row = rounds.schedule(held, receiving_school, team, MONDAY, by=officer)
    with pytest.raises(Refused, match="不能结束"):
        rounds.close(held, by=officer)
    rounds.announce(held, by=officer)
    with pytest.raises(Refused, match=f"{receiving_school}（待检查）"):
        rounds.close(held, by=officer)
    Inspection.objects.filter(pk=row.pk).update(state=InspectionState.CLOSED)
    rounds.close(held, by=officer)
    for change in (
        lambda: rounds.schedule(held, receiving_school, team, MONDAY, by=officer),
        lambda: rounds.put_team(held, "第一组", [], team.members.first().user, by=officer, team=team),
        lambda: rounds.drop_team(team, by=officer),
    ):
        with pytest.raises(Refused):
            change()


def test_nobody_but_the_bureau_plans(held, team, inspectors, principal, outsider, officer, receiving_school):
    row = rounds.schedule(held, receiving_school, team, MONDAY, by=officer)
    for user in (inspectors[0], principal, outsider):
        for change in (
            lambda user=user: rounds.create(VALUES | {"name": "又一轮"}, county=held.county, by=user),
            lambda user=user: rounds.schedule(held, receiving_school, team, MONDAY, by=user),
            lambda user=user: rounds.put_team(held, "又一组", [inspectors[0]], inspectors[0], by=user),
            lambda user=user: rounds.announce(held, by=user),
            lambda user=user: rounds.take_out(row, by=user),
            lambda user=user: rounds.remove(held, by=user),
        ):
            with pytest.raises(Refused):
                change()


def test_the_school_and_the_team_are_reminded_once_three_working_days_before(
    held, team, officer, receiving_school, principal
):
    rounds.schedule(held, receiving_school, team, MONDAY, by=officer)
    assert daily.tell_inspections_near(dt.date(2023, 11, 15)) == 0
    rounds.announce(held, by=officer)
    assert daily.tell_inspections_near(dt.date(2023, 11, 14)) == 0
    assert daily.tell_inspections_near(dt.date(2023, 11, 15)) == 3
    assert daily.tell_inspections_near(dt.date(2023, 11, 16)) == 0
    assert Notice.objects.filter(kind="inspection_near", user=principal).count() == 1


def test_the_officer_plans_a_round_in_the_browser(
    client_of, officer, inspectors, second, teacher, receiving_school, principal
):
    second(teacher)
    client = client_of(officer)
    new = {
        "name": "春季检查",
        "when": "2023年11月",
        "days_ahead": "30",
        "contents": "在岗、教学",
        "checklist": "教案、听课记录",
    }
    client.post(reverse("evaluations:inspection_round_new"), new)
    held = InspectionRound.objects.get()
    assert held.checklist == ["教案", "听课记录"]
    schedule = reverse("evaluations:inspection_round_schedule", args=[held.pk])
    assert client.get(schedule).url == reverse("evaluations:inspection_team_new", args=[held.pk])
    team = {"name": "第一组", "members": [one.pk for one in inspectors[:2]], "leader": inspectors[0].pk}
    client.post(reverse("evaluations:inspection_team_new", args=[held.pk]), team)
    page = client.post(
        schedule, {"schools": [receiving_school.pk], "first_day": "2023-11-18", "pace": "half"}
    ).content.decode()
    assert f'value="{receiving_school.pk}"' in page and 'value="2023-11-20"' in page
    key = receiving_school.pk
    typed = {
        "keep": "1",
        "school": key,
        f"team-{key}": held.teams.get().pk,
        f"day-{key}": "2023-11-19",
        f"half-{key}": "morning",
    }
    page = client.post(schedule, typed).content.decode()
    assert "不是工作日" in page and 'value="2023-11-19"' in page and not Inspection.objects.exists()
    client.post(schedule, typed | {f"day-{key}": "2023-11-21"})
    assert Inspection.objects.get().start == dt.date(2023, 11, 21)
    detail = client.get(reverse("evaluations:inspection_round", args=[held.pk])).content.decode()
    assert "通知学校" in detail and str(receiving_school) in detail
    client.post(reverse("evaluations:inspection_round_announce", args=[held.pk]), {"day": "2023-10-09", "reason": ""})
    held.refresh_from_db()
    assert held.state == RoundState.ANNOUNCED
    paper = client.get(reverse("reports:paper_file", args=["inspection_notice"]), {"only": held.pk, "format": "docx"})
    assert paper.status_code == 200
    assert client_of(principal).get(reverse("evaluations:inspection_round", args=[held.pk])).status_code == 403


def test_a_school_takes_the_notice_with_its_own_day_and_no_other_school_does(
    client_of, officer, principal, held, team, second_team, receiving_school, county
):
    other = School.objects.create(county=county, name="云溪乡中心小学")
    row = rounds.schedule(held, receiving_school, team, dt.date(2023, 11, 21), by=officer)
    rounds.schedule(held, other, second_team, dt.date(2023, 11, 22), by=officer)
    paper = reverse("reports:paper_file", args=["inspection_notice"])
    asked_for = {"year": "", "pick": held.pk, "format": "docx"}
    mine = client_of(principal)
    assert mine.get(paper, asked_for).status_code in (404, 409), "it is not sent out yet"
    rounds.announce(held, by=officer)
    page = mine.get(reverse("evaluations:inspection_detail", args=[row.pk])).content.decode()
    assert f"pick={held.pk}&amp;format=pdf" in page
    text = words(mine.get(paper, asked_for))
    assert str(receiving_school) in text
    assert "2023年11月21日" in text
    assert "云溪乡中心小学" not in text
    stranger = person(
        "stranger", "苗校长", Role.PRINCIPAL, school=School.objects.create(county=county, name="白石小学")
    )
    assert client_of(stranger).get(paper, asked_for).status_code in (404, 409)


def test_the_page_of_a_round_asks_as_much_for_one_school_as_for_thirty(
    client_of, officer, held, team, second_team, county
):
    client, numbers = client_of(officer), []
    for count in (1, 3, 30):
        have = Inspection.objects.count()
        for n in range(have, count):
            row = Inspection(
                county=county,
                round=held,
                team=team if n % 2 else second_team,
                state="planned",
                school=School.objects.create(county=county, name=f"{n}小学"),
            )
            row.when = ApproximateDate.day(MONDAY + dt.timedelta(days=n))
            row.save()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(reverse("evaluations:inspection_round", args=[held.pk])).status_code == 200
        numbers.append(len(asked))
    assert numbers[0] == numbers[1] == numbers[2] <= 16


def test_the_list_of_inspections_leads_to_the_rounds_and_from_there_to_a_new_one(
    client_of, officer, inspectors, principal
):
    inspections, listed = reverse("evaluations:inspection_list"), reverse("evaluations:inspection_round_list")
    new = reverse("evaluations:inspection_round_new")
    assert listed in client_of(officer).get(inspections).content.decode()
    assert new in client_of(officer).get(listed).content.decode()
    html = client_of(inspectors[0]).get(listed).content.decode()
    assert new not in html
    assert listed not in client_of(principal).get(inspections).content.decode()


def test_the_notice_taken_from_a_round_is_of_this_round_alone(client_of, officer, held, team, receiving_school, county):
    rounds.schedule(held, receiving_school, team, MONDAY, HalfDay.MORNING, by=officer)
    other = rounds.create({**VALUES, "name": "春季支教督导检查"}, county=county, by=officer)
    another = rounds.put_team(
        other, "第九组", [one.user for one in team.members.all()], team.members.first().user, by=officer
    )
    village = School.objects.create(county=county, name="石梁乡小学")
    rounds.schedule(other, village, another, dt.date(2023, 11, 21), HalfDay.ALL, by=officer)
    client = client_of(officer)
    page = client.get(reverse("evaluations:inspection_round", args=[held.pk])).content.decode()
    address = re.search(r'href="(/[^"]*inspection_notice[^"]*format=docx)"', page)[1].replace("&amp;", "&")
    text = words(client.get(address))
    assert "松岭乡中心小学" in text and "何督学" in text
    assert "石梁乡小学" not in text


def test_what_is_to_come_stands_on_the_home_of_the_school_and_of_the_team(
    client_of, officer, held, team, receiving_school, principal, inspectors
):
    row = rounds.schedule(held, receiving_school, team, MONDAY, HalfDay.MORNING, by=officer)
    page = reverse("evaluations:inspection_detail", args=[row.pk])
    told = {
        "school": (principal, "准备督导检查：秋季支教督导检查"),
        "team": (inspectors[0], "到松岭乡中心小学督导检查"),
    }
    for user, what in told.values():
        assert what not in client_of(user).get(reverse("home")).content.decode()
    rounds.announce(held, by=officer)
    for user, what in told.values():
        html = client_of(user).get(reverse("home")).content.decode()
        assert what in html and page in html
    assert "到松岭乡中心小学督导检查" not in client_of(inspectors[3]).get(reverse("home")).content.decode()
    Inspection.objects.update(state=InspectionState.UNDER_WAY)
    assert told["school"][1] not in client_of(principal).get(reverse("home")).content.decode()


def test_the_school_reads_what_it_is_to_get_ready(client_of, officer, held, team, receiving_school, principal):
    row = rounds.schedule(held, receiving_school, team, MONDAY, HalfDay.MORNING, by=officer)
    rounds.announce(held, by=officer)
    html = client_of(principal).get(reverse("evaluations:inspection_detail", args=[row.pk])).content.decode()
    assert "资料检查清单" in html and "教案" in html and "上午" in html


def test_the_morning_stands_before_the_afternoon(client_of, officer, held, team, receiving_school, county):
    village = School.objects.create(county=county, name="石梁乡小学")
    rounds.schedule(held, village, team, MONDAY, HalfDay.AFTERNOON, by=officer)
    rounds.schedule(held, receiving_school, team, MONDAY, HalfDay.MORNING, by=officer)
    text = words(client_of(officer).get(reverse("evaluations:inspection_round", args=[held.pk])))
    assert text.index("松岭乡中心小学") < text.index("石梁乡小学")
