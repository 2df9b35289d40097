"""Activities and donations: made on a phone by the school that did it, line by line what was given."""

from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assignments import aid
from assignments.choices import Role
from assignments.models import Activity, Donation, School
from tests.conftest import person
from zhijiao.accounts.models import AuditEntry
from zhijiao.refusals import Refused


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def sender(sending_school):
    return person("sender", "林校长", Role.PRINCIPAL, school=sending_school)


ACTIVITY = {
    "kind": "送课下乡",
    "when": "2023年11月8日",
    "receiving_school": "松岭乡中心小学",
    "people": "十余",
    "contents": "座谈、听课",
}


@pytest.fixture
def activity(client_of, sender, receiving_school):
    client_of(sender).post("/activities/new/", ACTIVITY)
    return Activity.objects.get()


def test_five_fields_are_enough_for_an_activity(activity, sender, sending_school, receiving_school):
    assert (activity.school, activity.receiving_school) == (sending_school, receiving_school)
    assert (activity.people.number, activity.people.is_approximate) == (10, True)
    assert activity.contents == ["座谈", "听课"]
    assert activity.school_year.code == "2023-2024"
    assert activity.code == f"网-{activity.pk}"  # by which a workbook tells which donations belong to it
    assert activity.had_review is None


def test_the_rest_is_there_for_those_who_know_it(client_of, sender, receiving_school):
    more = {
        "subjects": "语文、外语",
        "lessons": "3",
        "had_review": "yes",
        "received": "锦旗",
        "received_quantity": "2",
        "received_unit": "面",
    }
    client_of(sender).post("/activities/new/", {**ACTIVITY, **more})
    made = Activity.objects.get()
    assert (made.subjects, made.lessons, made.had_review) == (["语文", "英语"], 3, True)
    assert made.received_quantity.told("面") == "2面"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"kind": ""}, "请写是什么活动"),
        ({"subjects": "炼金术"}, "“炼金术”不在学科里"),
        ({"lessons": "-1"}, "0"),
        ({"receiving_school": "火星小学"}, "没有找到叫“火星小学”的学校"),
        ({"school": "别处"}, None),
    ],
)
def test_a_wrong_activity_is_refused_and_keeps_what_was_typed(
    wrong, told, client_of, sender, receiving_school, sending_school
):
    answer = client_of(sender).post("/activities/new/", {**ACTIVITY, **wrong})
    if told is None:  # the school that did it is not asked of a school's own people, whatever they send
        assert Activity.objects.get().school == sending_school
        return
    page = answer.content.decode()
    assert told in page
    assert "座谈、听课" in page
    assert not Activity.objects.exists()


def test_the_receiving_school_reads_and_does_not_change(client_of, activity, principal):
    client = client_of(principal)
    page = client.get(reverse("assignments:activity_detail", args=[activity.pk])).content.decode()
    assert "座谈" in page
    for name in ("activity_edit", "activity_donation"):
        address = reverse(f"assignments:{name}", args=[activity.pk])
        assert address not in page
        assert client.get(address).status_code == 403
        assert client.post(address, ACTIVITY).status_code == 403


def test_others_find_nothing(client_of, activity, outsider, county):
    stranger = person("s", "郑校长", Role.PRINCIPAL, school=School.objects.create(county=county, name="城关中学"))
    for user in (outsider, stranger):
        for name in ("activity_detail", "activity_edit", "activity_donation"):
            assert client_of(user).get(reverse(f"assignments:{name}", args=[activity.pk])).status_code == 404


def test_a_line_under_an_activity_takes_what_it_does_not_say(
    client_of, activity, sender, sending_school, receiving_school
):
    address = reverse("assignments:activity_donation", args=[activity.pk])
    page = client_of(sender).get(address).content.decode()
    assert "捐赠学校" not in page
    client_of(sender).post(address, {"kind": "goods", "item": "图书", "quantity": "约200", "unit": "册"})
    line = Donation.objects.get()
    assert (line.activity, line.donor_school, line.receiving_school) == (activity, sending_school, receiving_school)
    assert line.when == activity.when
    assert line.quantity.told(line.unit) == "约200册"
    assert "图书" in client_of(sender).get(reverse("assignments:activity_detail", args=[activity.pk])).content.decode()


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"kind": "cash"}, "资金捐赠要写金额"),
        ({"kind": "goods"}, "物资或工程要写名称，或者写估值"),
        ({}, "请选 资金、物资 或 工程"),
        ({"kind": "cash", "amount": "很多"}, "不是金额"),
    ],
)
def test_a_donation_says_what_it_was(sent, told, client_of, sender):
    page = (
        client_of(sender)
        .post("/donations/new/", {"when": "2024年3月5日", "handler": "李会计", **sent})
        .content.decode()
    )
    assert told in page
    assert "李会计" in page
    assert not Donation.objects.exists()


def test_a_donation_stands_alone(client_of, sender, sending_school, principal):
    sent = {
        "kind": "cash",
        "amount": "3000",
        "when": "2024年3月5日",
        "donor_school": sending_school.name,
        "receiving_school": "松岭乡中心小学",
    }
    School.objects.get_or_create(county=sending_school.county, name="松岭乡中心小学")
    answer = client_of(sender).post("/donations/new/", sent)
    line = Donation.objects.get()
    assert answer.url == reverse("assignments:donation_detail", args=[line.pk])
    assert client_of(principal).get(answer.url).status_code == 200
    assert client_of(principal).get(reverse("assignments:donation_edit", args=[line.pk])).status_code == 403
    assert "3,000.00 元" in client_of(principal).get("/donations/?year=all").content.decode()


def test_who_received_from_outside_writes_it_down(client_of, principal, receiving_school):
    sent = {
        "kind": "goods",
        "item": "校服",
        "when": "2024年3月",
        "donor_school": "",
        "donor": "某基金会",
        "receiving_school": receiving_school.name,
    }
    client_of(principal).post("/donations/new/", sent)
    assert Donation.objects.get().donor == "某基金会"


def test_a_school_does_not_write_what_another_gave(client_of, principal, sending_school, receiving_school):
    sent = {
        "kind": "goods",
        "item": "校服",
        "when": "2024年3月",
        "donor_school": sending_school.name,
        "receiving_school": receiving_school.name,
    }
    answer = client_of(principal).post("/donations/new/", sent)
    assert answer.status_code == 409
    assert "只能登记您所在学校做的事" in answer.content.decode()
    assert not Donation.objects.exists()


def test_a_line_written_by_mistake_goes_and_stays_in_the_trail(client_of, activity, sender, principal):
    line = aid.record_donation({"kind": "goods", "item": "图书"}, by=sender, activity=activity)
    address = reverse("assignments:donation_remove", args=[line.pk])
    assert client_of(principal).post(address, {"reason": "x"}).status_code == 403
    client_of(sender).post(address, {"reason": " "})
    assert Donation.objects.count() == 1
    client_of(sender).post(address, {"reason": "重复登记"})
    assert not Donation.objects.exists()
    entry = AuditEntry.objects.get(verb="删去捐赠")
    assert (entry.reason, entry.before["名称"]) == ("重复登记", "图书")
    aid.remove_donation(line, by=sender, reason="again")  # a second click


def test_nobody_adds_lines_to_the_activity_of_others(activity, principal):
    with pytest.raises(Refused, match="主办这次活动"):
        aid.record_donation({"kind": "goods", "item": "图书"}, by=principal, activity=activity)


@pytest.mark.parametrize("page", ["/donations/", "/activities/"])
@pytest.mark.parametrize("who", ["officer", "sender"])
def test_the_lists_ask_the_same_for_one_row_and_for_thirty(
    page, who, client_of, county, sending_school, receiving_school, request
):
    client, numbers, asked = client_of(request.getfixturevalue(who)), count(), []
    for more in (1, 2, 27):
        for number in [next(numbers) for _ in range(more)]:
            one = Activity.objects.create(
                county=county, kind=f"第{number}次", school=sending_school, receiving_school=receiving_school
            )
            Donation.objects.create(county=county, activity=one, item="书", donor_school=sending_school)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page + "?year=all").status_code == 200
        asked.append(len(captured))
    assert asked == [asked[0]] * 3
    assert asked[0] <= 12
