"""公示: an objection stands in the way until it is decided; upheld, the name goes back."""

import pytest
from django.urls import reverse

from assignments import objections
from assignments.choices import ObjectionState, Role
from assignments.choices import SecondmentState as State
from assignments.models import Objection, PublicNotice, Secondment
from assignments.workflow import Refused
from tests.conftest import person
from zhijiao.dates import ApproximateDate, parse_day

DAY = parse_day


@pytest.fixture
def sender(sending_school):
    return person("sender", "李校长", Role.PRINCIPAL, school=sending_school)


@pytest.fixture
def notice(second, teacher, county, sending_school, school_year):
    notice = PublicNotice(county=county, school=sending_school, title="推荐名单公示", school_year=school_year)
    notice.when = ApproximateDate.range(DAY("2023-06-01"), DAY("2023-06-09"))
    notice.save()
    second(teacher, state=State.RECOMMENDED, notice=notice)
    return notice


def received(notice, by, **values):
    return objections.receive(notice, by=by, text="不符合条件", received_on=DAY("2023-06-05"), **values)


def test_an_upheld_objection_sends_the_name_back_in_the_same_step(notice, sender):
    objection = received(notice, sender, secondment=Secondment.objects.get())
    assert PublicNotice.objects.get().objections == 1
    objections.decide(objection, by=sender, is_upheld=True, outcome="任教不满六年")
    row = Secondment.objects.get()
    assert (row.state, row.notice) == (State.SENT_BACK, None)
    assert Objection.objects.get().state == ObjectionState.UPHELD


def test_a_dismissed_one_leaves_the_name_where_it_is(notice, sender):
    objections.decide(received(notice, sender), by=sender, is_upheld=False, outcome="查无此事")
    assert Secondment.objects.get().state == State.RECOMMENDED
    with pytest.raises(Refused, match="已经办结"):
        objections.decide(Objection.objects.get(), by=sender, is_upheld=True, outcome="再查")


def test_who_is_not_entitled_is_refused(notice, sender, principal, teacher_user, outsider):
    for user in (principal, teacher_user, outsider):
        with pytest.raises(Refused):
            received(notice, user)
    objection = received(notice, sender)
    for user in (principal, teacher_user, outsider):
        with pytest.raises(Refused):
            objections.decide(objection, by=user, is_upheld=False, outcome="x")


def test_the_day_must_lie_in_or_after_the_notice(notice, sender):
    with pytest.raises(Refused, match="2023"):
        objections.receive(notice, by=sender, text="早了", received_on=DAY("2023-05-01"))


def test_in_the_browser(notice, sender, client_of, teacher_user):
    browser = client_of(sender)
    assert "沈若兰" in browser.get(reverse("assignments:public_notice", args=[notice.pk])).content.decode()
    url = reverse("assignments:objection_new", args=[notice.pk])
    assert "请填写异议内容" in browser.post(url, {"received_on": "2023-06-05"}).content.decode()
    assert browser.post(url, {"received_on": "2023年6月5日", "text": "不符合条件"}).status_code == 302
    decide = reverse("assignments:objection_decide", args=[Objection.objects.get().pk])
    assert browser.post(decide, {"is_upheld": "False", "outcome": "查无此事"}).status_code == 302
    assert client_of(teacher_user).get(url).status_code == 403
    told = client_of(teacher_user).get(reverse("assignments:public_notice", args=[notice.pk])).content.decode()
    assert "不符合条件" not in told


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_list_asks_the_same_for_any_number(
    notice, sender, client_of, county, sending_school, school_year, number, django_assert_max_num_queries
):
    for n in range(number):
        row = PublicNotice(county=county, school=sending_school, title=f"第{n}次公示", school_year=school_year)
        row.when = notice.when
        row.save()
    browser = client_of(sender)
    with django_assert_max_num_queries(12):
        page = browser.get(reverse("assignments:public_notice_list"), {"year": "all"})
    assert "推荐名单公示" in page.content.decode()
