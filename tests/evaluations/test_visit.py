"""At the school: every field saves itself, two inspectors do not disturb each other, and nothing typed is lost."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assignments.choices import Role
from evaluations import rounds, visiting
from evaluations.choices import InspectionState, PartState
from evaluations.models import (
    Briefing,
    BriefingPoint,
    Finding,
    HomeVisit,
    Inspection,
    Lesson,
    QuestionnaireCount,
    ReviewedItem,
    WorkRecord,
)
from evaluations.visiting import Unreadable
from tests.access_text import words_of
from tests.attachments.conftest import picture, upload
from tests.conftest import person
from zhijiao.accounts.models import AuditEntry, User
from zhijiao.attachments import registry
from zhijiao.clock import standing_at
from zhijiao.dates import ApproximateDate
from zhijiao.refusals import Refused

MONDAY = dt.date(2023, 11, 20)


@pytest.fixture(autouse=True)
def that_day():
    with standing_at(dt.datetime(2023, 11, 20, 9, 0)):
        yield


@pytest.fixture
def inspectors(county):
    return [
        person(f"dudao{n}", name, Role.INSPECTOR, district=county)
        for n, name in enumerate(("何督学", "柳督学", "韩督学"))
    ]


@pytest.fixture
def inspection(county, officer, inspectors, receiving_school, secondment):
    values = {
        "name": "秋季检查",
        "when": ApproximateDate.month(2023, 11),
        "days_ahead": 0,
        "contents": [],
        "checklist": ["教案", "听课记录", "考勤表"],
        "list_number": "",
        "notice_document": "",
    }
    held = rounds.create(values, county=county, by=officer)
    team = rounds.put_team(held, "第一组", inspectors[:2], inspectors[0], by=officer)
    row = rounds.schedule(held, receiving_school, team, MONDAY, by=officer)
    rounds.announce(held, by=officer)
    return row


@pytest.fixture
def begun(inspection, inspectors):
    return visiting.start(inspection, by=inspectors[0])


def page(inspection, part="briefing"):
    return reverse("evaluations:inspection_visit", args=[inspection.pk, part])


def send(client, inspection, name, base, value, part="briefing"):
    return client.post(page(inspection, part), {"name": name, "base": base, "value": value}, headers={"X-Visit": "1"})


def test_only_the_team_begins_and_fills_in(inspection, inspectors, officer, principal, client_of):
    for user in (inspectors[2], officer, principal):
        with pytest.raises(Refused):
            visiting.start(inspection, by=user)
        assert client_of(user).get(page(inspection)).status_code in (403, 404)
    mine = client_of(inspectors[1])
    assert mine.get(page(inspection)).status_code == 409, "not begun"
    assert mine.post(reverse("evaluations:inspection_visit_start", args=[inspection.pk])).url == page(inspection)
    inspection.refresh_from_db()
    assert inspection.state == InspectionState.UNDER_WAY
    assert inspection.briefing.state == PartState.OPEN
    with pytest.raises(Refused, match="已经开始了"):
        visiting.start(inspection, by=inspectors[0])


def test_two_at_once_on_different_fields_are_both_kept(begun, inspectors, client_of):
    first, second = client_of(inspectors[0]), client_of(inspectors[1])
    assert send(first, begun, "briefing:place", "", "会议室").json()["now"] == "会议室"
    assert send(second, begun, "briefing:heard", "", "学校领导、支教教师").json()["now"] == "学校领导、支教教师"
    assert send(second, begun, "records:place", "", "档案室", "records").status_code == 200
    briefing = Briefing.objects.get(inspection=begun)
    assert (briefing.place, briefing.heard) == ("会议室", ["学校领导", "支教教师"])


def test_two_at_once_on_the_same_field_the_second_sees_what_the_first_wrote(begun, inspectors, client_of):
    first, second = client_of(inspectors[0]), client_of(inspectors[1])
    send(first, begun, "briefing:place", "", "会议室")
    answer = send(second, begun, "briefing:place", "", "图书室")
    assert answer.status_code == 409
    assert answer.json() == {"theirs": "会议室", "who": "何督学"}
    assert Briefing.objects.get().place == "会议室"
    assert send(second, begun, "briefing:place", "会议室", "图书室").json()["now"] == "图书室"
    assert send(first, begun, "briefing:place", "会议室", "图书室").status_code == 200, "the same words are no clash"


def test_what_cannot_be_is_told_with_its_field_and_leaves_everything(begun, inspectors):
    by = inspectors[0]
    for name, value, words in (
        ("briefing:leaders_heard", "三个", "“座谈校领导人数”要写数字"),
        ("records:place", "长" * 61, "“查阅地点”最多 60 个字"),
        ("briefing:place", "长" * 61, "最多 60 个字，现在有 61 个"),
        ("item:0:考勤表:quality", "excellent", "请从列表里选"),
    ):
        with pytest.raises(Unreadable, match=words):
            visiting.save_field(begun, name, "", value, by=by)
    for name in ("briefing:state", "item:0:考勤表:inspection", "nothing:x", "item:999:教案:number"):
        with pytest.raises(Refused, match="请刷新页面"):
            visiting.save_field(begun, name, "", "1", by=by)
    assert not ReviewedItem.objects.exists()


def test_records_are_offered_from_the_work_record_and_looked_at(begun, inspectors, secondment, teacher, client_of):
    WorkRecord.objects.create(county_id=begun.county_id, secondment=secondment, category="教案", number=58)
    Lesson.objects.create(county_id=begun.county_id, secondment=secondment, kind="observed", number=23)
    there = visiting.available(begun)
    assert there == {(teacher.pk, "教案"): 58, (teacher.pk, "听课记录"): 23}
    mine = client_of(inspectors[0])
    text = mine.get(page(begun, "records")).content.decode()
    assert "档案里有 58 份，还没看" in text and "档案里有 23 节，还没看" in text
    assert "本学期向" in text and "检查 1 次" in text
    name = f"item:{teacher.pk}:教案:number"
    assert send(mine, begun, name, "0", "12", "records").status_code == 200
    row = ReviewedItem.objects.get()
    assert (row.number, row.is_seen, row.available, row.teacher) == (12, True, 58, teacher)
    assert "看了 12/58 份" in mine.get(page(begun, "records")).content.decode()


def test_no_child_is_named_on_a_home_visit(begun, inspectors):
    by = inspectors[0]
    row = visiting.add(begun, "visit", {"grade": "五年级", "opinion": "孩子爱上英语课了"}, by=by)
    assert row.number == "1"
    for words in ("王小明同学说老师好", "电话13912345678", "我叫李小红", "身份证510722201501011234"):
        with pytest.raises(Unreadable, match="走访不记孩子和家长的姓名、电话"):
            visiting.save_field(begun, f"visit:{row.pk}:opinion", "孩子爱上英语课了", words, by=by)
        with pytest.raises(Unreadable):
            visiting.add(begun, "visit", {"opinion": words}, by=by)
    assert HomeVisit.objects.get().opinion == "孩子爱上英语课了"
    assert (
        visiting.save_field(begun, f"visit:{row.pk}:opinion", "孩子爱上英语课了", "沈老师讲得清楚", by=by)
        == "沈老师讲得清楚"
    )


def test_the_state_follows_from_the_parts(begun, inspectors):
    by = inspectors[0]
    for part, words in (
        ("briefing", "还没有写座谈对象"),
        ("records", "还没有看过一项资料"),
        ("survey", "还没有问卷，也没有走访"),
    ):
        with pytest.raises(Refused, match=words):
            visiting.finish(begun, part, by=by)
    visiting.save_field(begun, "briefing:heard", "", "学校领导", by=by)
    visiting.save_field(begun, "item:0:考勤表:is_seen", "0", "1", by=by)
    visiting.save_field(begun, "count:pupils:issued", "0", "45", by=by)
    visiting.save_field(begun, "count:pupils:valid", "", "43", by=by)
    for part in ("briefing", "records"):
        visiting.finish(begun, part, by=by)
        begun.refresh_from_db()
        assert begun.state == InspectionState.UNDER_WAY
    visiting.finish(begun, "survey", by=by)
    begun.refresh_from_db()
    assert begun.state == InspectionState.FEEDBACK
    assert QuestionnaireCount.objects.get().valid == 43
    with pytest.raises(Refused, match="已经完成；要改请先重新打开"):
        visiting.save_field(begun, "briefing:place", "", "会议室", by=by)
    visiting.reopen(begun, "briefing", by=by)
    begun.refresh_from_db()
    assert begun.state == InspectionState.UNDER_WAY
    visiting.save_field(begun, "briefing:place", "", "会议室", by=by)
    visiting.add(begun, "finding", {"kind": "problem", "text": "听课记录缺反思"}, by=by)
    with pytest.raises(Refused, match="由教育局印发反馈意见书时完成"):
        visiting.finish(begun, "feedback", by=by)
    Inspection.objects.filter(pk=begun.pk).update(state=InspectionState.RECTIFYING)
    for change in (
        lambda: visiting.add(begun, "finding", {"kind": "merit", "text": "好"}, by=by),
        lambda: visiting.save_field(begun, "briefing:place", "会议室", "别处", by=by),
        lambda: visiting.reopen(begun, "records", by=by),
    ):
        with pytest.raises(Refused, match="已经印发"):
            change()


def test_numbers_that_contradict_each_other_are_refused_with_words(begun, inspectors, client_of):
    mine = client_of(inspectors[0])
    send(mine, begun, "count:parents:issued", "0", "10", "survey")
    answer = send(mine, begun, "count:parents:returned", "", "12", "survey")
    assert (answer.status_code, answer.json()["problem"]) == (422, "收回份数多于发放份数")
    assert QuestionnaireCount.objects.get().returned is None


def test_what_was_said_in_private_is_known_to_who_noted_it_and_the_bureau(
    begun, inspectors, principal, officer, client_of
):
    note = {"speaker": "一位教师", "text": "食堂晚饭没有", "is_private": "1"}
    row = visiting.add(begun, "point", note, by=inspectors[0])
    Inspection.objects.filter(pk=begun.pk).update(state=InspectionState.CLOSED)

    def knows(user):
        return BriefingPoint.objects.visible_to(User.objects.get(pk=user.pk)).filter(pk=row.pk).exists()

    assert [knows(user) for user in (inspectors[0], inspectors[1], officer, principal)] == [True, False, True, False]
    for user in (inspectors[1], principal):
        shown = client_of(user).get(reverse("evaluations:inspection_detail", args=[begun.pk])).content.decode()
        assert "食堂晚饭没有" not in shown


def test_without_script_the_whole_page_is_saved_and_what_clashes_stays_typed(begun, inspectors, client_of):
    mine = client_of(inspectors[0])
    typed = {
        "base:briefing:place": "",
        "briefing:place": "会议室",
        "base:briefing:leaders_heard": "",
        "briefing:leaders_heard": "两位",
    }
    answer = mine.post(page(begun), typed)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "要写数字" in text and 'value="两位"' in text and 'value="会议室"' in text
    assert Briefing.objects.get().place == "会议室"
    assert mine.post(page(begun), {"base:briefing:leaders_heard": "", "briefing:leaders_heard": "2"}).status_code == 302
    visiting.save_field(begun, "briefing:place", "会议室", "图书室", by=inspectors[1])
    clash = mine.post(page(begun), {"base:briefing:place": "会议室", "briefing:place": "操场"}).content.decode()
    assert "柳督学刚写成“图书室”" in clash and 'value="操场"' in clash


def test_a_row_added_twice_by_a_double_click_is_one(begun, inspectors, client_of):
    mine = client_of(inspectors[0])
    text = mine.get(page(begun, "feedback")).content.decode()
    token = text.split('name="once" value="')[1].split('"')[0]
    address = reverse("evaluations:inspection_visit_add", args=[begun.pk, "finding"])
    for _ in range(2):
        mine.post(address, {"kind": "problem", "text": "听课记录缺反思", "once": token})
    assert Finding.objects.count() == 1
    answer = mine.post(address, {"kind": "problem", "text": " "})
    assert "请写内容" in answer.content.decode() and Finding.objects.count() == 1
    mine.post(reverse("evaluations:inspection_visit_remove", args=[begun.pk, "finding", Finding.objects.get().pk]))
    assert not Finding.objects.exists()


def test_the_trail_tells_who_filled_in_what_without_the_words(begun, inspectors):
    for words in ("一", "一二", "一二三"):
        row = Briefing.objects.get()
        visiting.save_field(begun, "briefing:place", row.place, words, by=inspectors[0])
    entries = AuditEntry.objects.filter(verb=visiting.WRITTEN)
    assert entries.count() == 1
    assert "一二" not in str(entries.get().after)


def test_something_that_breaks_in_the_middle_leaves_nothing_behind(begun, inspectors, monkeypatch):
    def broken(*args, **options):
        raise RuntimeError("killed")

    monkeypatch.setattr(visiting.audit, "record", broken)
    with pytest.raises(RuntimeError):
        visiting.save_field(begun, "briefing:place", "", "会议室", by=inspectors[0])
    with pytest.raises(RuntimeError):
        visiting.add(begun, "finding", {"kind": "problem", "text": "问题"}, by=inspectors[0])
    assert Briefing.objects.get().place == "" and not Finding.objects.exists()


@pytest.mark.parametrize("part", ["briefing", "records", "survey", "feedback"])
def test_a_part_asks_as_much_for_one_row_as_for_thirty(part, begun, inspectors, client_of):
    client, numbers = client_of(inspectors[0]), []
    for count in (1, 3, 30):
        for n in range(BriefingPoint.objects.count(), count):
            BriefingPoint.objects.create(
                county_id=begun.county_id, inspection=begun, speaker=f"教师{n}", text="好", noted_by=inspectors[0]
            )
            HomeVisit.objects.create(county_id=begun.county_id, inspection=begun, number=str(n))
            Finding.objects.create(county_id=begun.county_id, inspection=begun, kind="merit", text=f"优点{n}")
            ReviewedItem.objects.create(county_id=begun.county_id, inspection=begun, category=f"资料{n}", number=1)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page(begun, part)).status_code == 200
        numbers.append(len(asked))
    assert numbers[0] == numbers[1] == numbers[2]


def test_a_page_without_anything_typed_in_a_new_row_keeps_what_it_has(begun, inspectors, client_of):
    """As the browser sends it: with an empty choice of whom it is about, and no private talk."""
    address = reverse("evaluations:inspection_visit_add", args=[begun.pk, "point"])
    sent = {"speaker": "教导主任", "text": "到岗以来没有缺过课", "teacher": ""}
    assert client_of(inspectors[0]).post(address, sent).status_code == 302
    assert BriefingPoint.objects.get().teacher is None


def test_the_talk_and_the_feedback_have_photos_too_which_the_school_sees_once_it_is_told(
    begun, inspectors, principal, outsider, client_of
):
    mine, theirs = client_of(inspectors[0]), client_of(principal)
    detail = reverse("evaluations:inspection_detail", args=[begun.pk])
    for part, row in (("briefing", begun.briefing), ("feedback", begun.feedback)):
        assert f'id="photos-{row.pk}"' in mine.get(page(begun, part)).content.decode()
        add = reverse("attachments:add", args=[row._meta.label_lower, row.pk])
        answer = mine.post(
            add, {"photos": [upload(f"{part}.jpg", picture(colour="teal" if part == "briefing" else "red"))]}
        )
        assert answer.status_code == 302, words_of(answer.content)
        assert answer.url == f"{page(begun, part)}#photos-{row.pk}"
        assert "1 张" in mine.get(page(begun, part)).content.decode()
        assert theirs.get(add).status_code == 404
    shown = mine.get(detail).content.decode()
    assert "现场照片" in shown and "汇报座谈：briefing.jpg" in shown and "反馈：feedback.jpg" in shown
    assert "现场照片" not in theirs.get(detail).content.decode(), "before the letter the school sees nothing of it"
    Inspection.objects.update(state=InspectionState.RECTIFYING)
    assert "汇报座谈：briefing.jpg" in theirs.get(detail).content.decode()
    assert client_of(outsider).get(detail).status_code == 404
    assert not registry.may_change(inspectors[0], begun.briefing.__class__.objects.get()), (
        "after the letter it stays as it is"
    )


def test_photos_are_added_as_long_as_the_records_are_open(begun, inspectors, principal):
    visiting.save_field(begun, "item:0:考勤表:is_seen", "0", "1", by=inspectors[0])
    row = ReviewedItem.objects.get()
    assert registry.may_change(inspectors[0], row)
    assert not registry.may_change(principal, row)
    visiting.finish(begun, "records", by=inspectors[0])
    assert not registry.may_change(inspectors[0], row)
