"""/appraisals/rubrics/: who reads, who writes, what is refused where, and what comes out when it is tried."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assignments.choices import Role
from assignments.models import AttendanceMonth
from evaluations import rubrics
from evaluations.models import Rubric
from tests.conftest import person
from tests.evaluations.questionnaires import words_of
from tests.evaluations.rubrics import ready

LIST, NEW = "/appraisals/rubrics/", "/appraisals/rubrics/new/"


def at(row, verb="detail"):
    return reverse(f"evaluations:rubric_{verb}", args=[row.pk])


@pytest.fixture
def own(county, officer):
    return rubrics.copy(ready(), county=county, by=officer)


@pytest.fixture
def leader(county):
    return person("juzhang", "局长", Role.LEADER, district=county)


def typed(page, **more):
    """What the browser would send from this page, with some of it typed anew."""
    sent = {"seen": page.context["seen"], "once": page.context["form"].data.get("once", "")}
    for form in (page.context["form"], *page.context["items"], *page.context["thresholds"]):
        sent |= {field.html_name: field.value() if field.value() is not None else "" for field in form}
    for formset in (page.context["items"], page.context["thresholds"]):
        sent |= {field.html_name: field.value() for field in formset.management_form}
    return {**sent, **more}


def test_everybody_concerned_reads_and_the_bureau_alone_writes(
    client_of, own, leader, principal, teacher_user, outsider
):
    for user in (leader, principal, teacher_user):
        client = client_of(user)
        assert "德能勤绩廉考核办法" in words_of(client.get(LIST))
        page = client.get(at(own))
        assert "事假每天扣 1 分" in words_of(page)
        assert at(own, "edit") not in page.content.decode() and at(own, "try") not in page.content.decode()
        for verb in ("edit", "try"):
            assert client.get(at(own, verb)).status_code == 403
        for verb in ("copy", "retire"):
            assert client.post(at(own, verb)).status_code == 403
        assert client.get(NEW).status_code == 403
    assert client_of(outsider).get(at(own)).status_code == 404
    assert client_of(outsider).post(at(own, "copy")).status_code == 404
    assert client_of(outsider).get(at(ready())).status_code == 200


def test_what_is_missing_in_a_ready_made_one_is_told_on_its_page(client_of, officer):
    told = words_of(client_of(officer).get(at(ready("exchange-100"))))
    assert "没有写完" in told and "还差 10 分" in told and "还没有等次分数线" in told
    assert "“出勤”没有写大于 5、小于 6 天；大于 10、小于 15 天" in told
    assert "15 到 27 天 10 分" in told and "校领导：满意 5 分、基本满意 4 分、不满意 0 分" in told


def test_one_is_copied_written_and_used(client_of, officer, county):
    client = client_of(officer)
    edit = client.post(at(ready("exchange-100"), "copy")).url
    own = Rubric.objects.get(county=county)
    assert edit == at(own, "edit")
    page = client.get(edit)
    assert "满意度测评（10 分，测评平均）" in words_of(page)
    sent = typed(page)
    refused = client.post(edit, sent)
    assert refused.status_code == 200
    assert "没有保存，您填的都还在" in words_of(refused)
    assert "还差 10 分" in words_of(refused) and "还没有等次分数线" in words_of(refused)
    place = page.context["items"].initial_form_count()
    more = {
        f"i-{place}-name": "帮带", f"i-{place}-kind": "bonus", f"i-{place}-maximum": "10", f"i-{place}-how": "带徒弟每人加 5 分",
        f"i-{place}-place": "1", "name": "青岚县考核办法",
        "t-0-lowest": "90", "t-0-highest": "100", "t-2-lowest": "60", "t-2-highest": "89.99", "t-4-lowest": "0", "t-4-highest": "59",
    }  # fmt: skip
    refused = client.post(edit, {**sent, **more})
    told = words_of(refused)
    assert "还差 10 分" in told, "a bonus is not counted"
    assert "“不合格”和“合格”之间，59 到 60 分之间没有等次" in told and "100 分以上没有等次" in told
    assert "带徒弟每人加 5 分" in refused.content.decode()
    more |= {f"i-{place}-kind": "level", f"i-{place}-how": "好 10 分\n差 0 分", "t-4-highest": "59.99"}
    assert client.post(edit, {**sent, **more}).url == at(own)
    own.refresh_from_db()
    assert own.name == "青岚县考核办法"
    assert [item.name for item in rubrics.items_of(own)][:2] == ["满意度测评", "帮带"]
    assert own in rubrics.usable(officer)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"i-2-how": "事假 1 分"}, "第 1 行“事假 1 分”看不懂"),
        ({"i-0-maximum": "二十"}, "满分要写数字"),
        ({"i-0-maximum": ""}, "请写满分"),
        ({"i-0-kind": ""}, "请选计分方式"),
        ({"i-0-name": ""}, "请写考核项目的名称"),
        ({"t-0-highest": ""}, "从几分到几分都要写"),
        ({"quota_percent": "120"}, "优秀比例最多 100"),
        ({"name": ""}, "请写考核办法的名称"),
        ({"t-0-lowest": "101", "t-0-highest": "90"}, "“优秀”的分数线：从 101 到 90，上限低于下限"),
        ({"i-1-name": "师德师风"}, "第 2 项“师德师风”和前面的项目同名"),
        ({"i-0-fact": "attendance"}, "不能用在“选等级”里"),
    ],
)
def test_what_is_wrong_is_told_at_its_place_and_nothing_typed_is_lost(client_of, officer, own, change, told):
    client, before = client_of(officer), rubrics.content_of(own)
    page = client.get(at(own, "edit"))
    for button in ({}, {"draft": "1"}):
        answer = client.post(at(own, "edit"), typed(page, **change, remark="改了一半", **button))
        if button and answer.status_code == 302:
            assert "不能用在" in told, "what only stands in the way of using it can be kept as a draft"
            return
        assert answer.status_code == 200
        assert told in words_of(answer) and "改了一半" in answer.content.decode()
        assert rubrics.content_of(Rubric.objects.get(pk=own.pk)) == before


def test_what_is_not_finished_is_kept_as_a_draft(client_of, officer, county):
    client = client_of(officer)
    assert "请写考核办法的名称" in words_of(client.post(NEW, {"name": "", "county": county.pk}))
    edit = client.post(NEW, {"name": "新办法", "county": county.pk}).url
    made = Rubric.objects.get(name="新办法")
    page = client.get(edit)
    sent = typed(page, **{"i-0-name": "教学", "i-0-kind": "rating", "i-0-maximum": "60", "i-0-how": "百分制"})
    assert "还差 40 分" in words_of(client.post(edit, sent))
    assert client.post(edit, {**sent, "draft": "1"}).url == at(made)
    assert "还不能用来考核" in words_of(client.get(at(made)))


def test_a_change_of_one_in_use_is_its_next_version(client_of, officer, own):
    rubrics.freeze(own, by=officer)
    client = client_of(officer)
    page = client.get(at(own, "edit"))
    assert "没写完，先存下" not in words_of(page)
    answer = client.post(at(own, "edit"), typed(page, name="新的考核办法"))
    new = Rubric.objects.get(name="新的考核办法")
    assert answer.url == at(new) and new.version == 2
    assert "第 1 版 德能勤绩廉考核办法" in words_of(client.get(at(new)))
    assert client.get(at(own, "edit")).status_code == 409


def test_two_who_write_at_once_are_told_of_each_other(client_of, officer, own):
    client = client_of(officer)
    page = client.get(at(own, "edit"))
    first = typed(page, **{"i-0-words": "先改的"})
    assert client.post(at(own, "edit"), first).status_code == 302
    second = client.post(at(own, "edit"), typed(page, **{"i-0-words": "后改的"}))
    assert "这个办法有人改过或用过了" in words_of(second) and "后改的" in second.content.decode()
    again = client.post(at(own, "edit"), {**typed(page, **{"i-0-words": "后改的"}), "seen": second.context["seen"]})
    assert again.status_code == 200, "to send it again does not help"
    assert own.items.get(number=1).words == "先改的"


def test_a_retired_one_cannot_be_changed(client_of, officer, own):
    client = client_of(officer)
    assert client.post(at(own, "retire")).url == LIST
    assert client.post(at(own, "retire")).status_code == 409
    assert client.get(at(own, "edit")).status_code == 409
    assert "已停用" in words_of(client.get(LIST))


def test_what_is_typed_is_scored_at_once(client_of, officer, own):
    client = client_of(officer)
    assert "还算不出" in words_of(client.get(at(own, "try")))
    values = {
        "i0-value": "好", "i1-value": "较好", "i2-n0": "1", "i2-n1": "0", "i2-n2": "2", "i2-n3": "0", "i3-own": "13", "i3-average": "14",
        "i4-value": "一般", "i5-value": "86", "i6-value": "好", "i7-n0": "1", "i7-n1": "0", "i7-n2": "0", "i7-n3": "0",
    }  # fmt: skip
    # 20 + 16 + (10 − 1 − 2×0.5) + 13÷14×10 + 9 + 86÷100×15 + 10 + 1 = 20 + 16 + 8 + 9.29 + 9 + 12.9 + 10 + 1
    told = words_of(client.get(at(own, "try"), values))
    assert "86.19 分" in told and "86.19 分，合格" in told
    part = client.get(at(own, "try"), values, headers={"HX-Request": "true"})
    assert "86.19 分" in words_of(part) and "<html" not in part.content.decode()
    vetoed = words_of(client.get(at(own, "try"), {**values, "i8-value": "有偿补课"}))
    assert "一票否决（师德一票否决：有偿补课）" in vetoed
    wrong = words_of(client.get(at(own, "try"), {**values, "i5-value": "101"}))
    assert "“满意度”请填 0 到 100 之间的测评平均分" in wrong and "还算不出" in wrong
    assert Rubric.objects.get(pk=own.pk).is_frozen is False


def test_what_no_band_covers_asks_for_a_person(client_of, officer):
    client, row = client_of(officer), ready("exchange-100")
    told = words_of(client.get(at(row, "try"), {"i2-value": "12"}))
    assert "12 天不在办法写明的任何一段里，请由人定分并写明依据" in told
    told = words_of(client.get(at(row, "try"), {"i2-value": "12", "i2-given": "15", "i2-reason": "县局批准"}))
    assert "人工定分：县局批准" in told


def test_the_values_of_a_secondment_come_with_their_source(client_of, officer, own, secondment):
    AttendanceMonth.objects.create(
        county=secondment.county,
        secondment=secondment,
        month=dt.date(2023, 10, 1),
        due=20,
        present=18,
        personal_leave=2,
    )
    secondment.placements.update(weekly_periods="13")
    page = client_of(officer).get(at(own, "try"), {"secondment": secondment.pk})
    told = words_of(page)
    assert "1 个月考勤（其中 1 个月学校还没有确认）：事假 2 天" in told
    assert "请填本人的数量和全校平均数" in told
    assert f'href="/secondments/{secondment.pk}/#attendance"' in page.content.decode()
    line = next(line for line in page.context["lines"] if line.item.name == "出勤")
    assert (line.scored.score, line.fields[0].value()) == (8, "2")
    again = client_of(officer).get(
        at(own, "try"), {"secondment": secondment.pk, "i2-n0": "0", "i2-n1": "0", "i2-n2": "0", "i2-n3": "0"}
    )
    assert next(line for line in again.context["lines"] if line.item.name == "出勤").scored.score == 10


def test_nobody_is_tried_who_is_of_another_county(client_of, outsider, other_county, secondment):
    mine = rubrics.copy(ready(), county=other_county, by=outsider)
    page = client_of(outsider).get(at(mine, "try"), {"secondment": secondment.pk})
    assert page.context["secondment"] is None
    assert secondment.teacher.name not in words_of(page)


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_list_asks_the_same_however_many(client_of, officer, county, number):
    for _ in range(number):
        rubrics.copy(ready(), county=county, by=officer)
    client = client_of(officer)
    client.get(LIST)
    with CaptureQueriesContext(connection) as captured:
        client.get(LIST)
    assert len(captured) <= 10
