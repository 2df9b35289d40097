"""The work record: the teacher writes on a phone, the receiving school confirms, everybody else only reads."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assignments import waiting
from assignments.choices import Role, SecondmentState
from assignments.models import Secondment, Teacher
from evaluations import work
from evaluations.models import Lesson, Mentorship, WorkRecord
from tests.conftest import person
from tests.full_records import fill_secondment
from zhijiao.accounts.models import AuditEntry
from zhijiao.notices.models import Notice
from zhijiao.refusals import Refused


@pytest.fixture
def record(secondment, teacher_user):
    row = WorkRecord(secondment=secondment, county_id=secondment.county_id)
    return work.create(row, {"category": "教案", "number": 30, "title": "第一单元"}, by=teacher_user)


def book(secondment):
    return reverse("evaluations:work_book", args=[secondment.pk])


def test_the_teacher_writes_and_the_school_confirms(client_of, teacher_user, principal, secondment):
    mine = client_of(teacher_user)
    assert mine.get(reverse("evaluations:work_list")).url == book(secondment)
    address = reverse("evaluations:work_new", args=[secondment.pk, "lesson"])
    sent = {"kind": "open", "number": "1", "when": "2023年11月3日", "topic": "《背影》"}
    assert mine.post(address, sent).url == book(secondment)
    lesson = Lesson.objects.get()
    assert (lesson.county_id, lesson.school_year_id) == (secondment.county_id, secondment.school_year_id)
    assert "公开课：《背影》" in mine.get(book(secondment)).content.decode()

    school = client_of(principal)
    assert "有 1 条等学校确认" in school.get(book(secondment)).content.decode()
    address = reverse("evaluations:work_confirm", args=[secondment.pk])
    assert "还没有打勾" in school.post(address, follow=True).content.decode()
    lesson.refresh_from_db()
    assert not work.is_confirmed(lesson)
    school.post(address, {"all": "1"})
    lesson.refresh_from_db()
    assert lesson.confirmed_by == "吴校长"
    assert lesson.confirmed_on == dt.date.today()
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"登记课例", "确认课例"} <= verbs


def test_what_is_confirmed_is_changed_by_nobody_until_it_was_sent_back(client_of, record, teacher_user, principal):
    work.confirm([record], by=principal)
    for user in (teacher_user, principal):
        with pytest.raises(Refused):
            work.change(record, {"number": 99}, by=user)
        with pytest.raises(Refused):
            work.remove(record, by=user, reason="重复")
    work.send_back(record, by=principal, reason="只有 28 份")
    page = client_of(teacher_user).get(reverse("evaluations:work_row", args=["record", record.pk])).content.decode()
    assert "学校退回：只有 28 份" in page
    work.change(record, {"number": 28}, by=teacher_user)
    record.refresh_from_db()
    assert (record.number, record.return_reason) == (28, "")


def test_only_the_receiving_school_confirms(record, teacher_user, officer, sending_school):
    sender = person("sender", "派校长", Role.PRINCIPAL, school=sending_school)
    for user in (teacher_user, officer, sender):
        with pytest.raises(Refused):
            work.confirm([record], by=user)
        with pytest.raises(Refused):
            work.send_back(record, by=user, reason="不对")
    record.refresh_from_db()
    assert not work.is_confirmed(record)


@pytest.mark.parametrize("state", [SecondmentState.COMPLETED, SecondmentState.DISPATCHED, SecondmentState.ENDED_EARLY])
def test_work_is_recorded_while_somebody_is_on_post(secondment, teacher_user, state):
    secondment.state = state
    secondment.save()
    row = WorkRecord(secondment=secondment, county_id=secondment.county_id)
    with pytest.raises(Refused, match="在岗期间才能登记"):
        work.create(row, {"category": "教案", "number": 1}, by=teacher_user)
    assert not WorkRecord.objects.exists()


def test_bad_input_says_what_is_wrong_and_keeps_what_was_typed(client_of, teacher_user, secondment):
    address = reverse("evaluations:work_new", args=[secondment.pk, "record"])
    page = client_of(teacher_user).post(address, {"category": "教案", "number": "0", "when": "十三月"}).content.decode()
    assert "数量至少是 1" in page
    assert 'value="十三月"' in page
    assert not WorkRecord.objects.exists()


def test_a_double_click_records_once(client_of, teacher_user, secondment):
    address = reverse("evaluations:work_new", args=[secondment.pk, "record"])
    browser = client_of(teacher_user)
    html = browser.get(address).content.decode()
    once = html.partition('name="once" value="')[2].partition('"')[0]
    sent = {"category": "教案", "number": "3", "when": "2023-11", "once": once}
    assert browser.post(address, sent).url == browser.post(address, sent).url
    assert WorkRecord.objects.count() == 1


def test_a_mentorship_has_steps_and_apprentices_of_that_school_only(
    client_of, teacher_user, principal, secondment, receiving_school, sending_school, county
):
    apprentice = Teacher.objects.create(county=county, school=receiving_school, name="徒弟甲")
    stranger = Teacher.objects.create(county=county, school=sending_school, name="外人乙")
    address = reverse("evaluations:work_new", args=[secondment.pk, "mentorship"])
    browser = client_of(teacher_user)
    page = browser.get(address).content.decode()
    assert "徒弟甲" in page and "外人乙" not in page
    sent = {"when": "2023年9月至2024年6月"}
    assert "请从受援学校的老师里选" in browser.post(address, {**sent, "apprentice": stranger.pk}).content.decode()
    browser.post(address, {**sent, "apprentice": apprentice.pk})
    pair = Mentorship.objects.get()
    work.confirm([pair], by=principal)
    step = {"when": "2023年11月6日", "kind": "observed", "text": "听徒弟的《春》，重难点清楚"}
    browser.post(reverse("evaluations:work_step", args=[pair.pk]), step)
    shown = browser.get(reverse("evaluations:work_row", args=["mentorship", pair.pk])).content.decode()
    assert "重难点清楚" in shown and "听徒弟的课" in shown


def test_removing_asks_for_a_reason_and_leaves_a_trail(client_of, teacher_user, record):
    address = reverse("evaluations:work_remove", args=["record", record.pk])
    assert client_of(teacher_user).post(address, {"reason": " "}).status_code == 409
    client_of(teacher_user).post(address, {"reason": "重复登记"})
    assert not WorkRecord.objects.exists()
    assert AuditEntry.objects.filter(verb="删去专项档案", reason="重复登记").exists()


def test_duties_stand_against_what_was_done(client_of, teacher_user, secondment, programme):
    programme.lessons_observed = 40
    programme.save()
    Lesson.objects.create(county=secondment.county, secondment=secondment, kind="observed", number=23)
    page = client_of(teacher_user).get(book(secondment)).content.decode()
    assert "23<small>/40 节</small>" in page
    assert "还差 17 节" in page


@pytest.mark.parametrize("who", ["officer", "principal"])
def test_a_list_and_a_book_ask_the_same_for_1_and_3_and_30(
    client_of, who, request, second, secondment, county, sending_school
):
    browser = client_of(request.getfixturevalue(who))
    told = []
    for number in (1, 2, 27):
        for index in range(number):
            other = Teacher.objects.create(county=county, school=sending_school, name=f"教师{number}-{index}")
            WorkRecord.objects.create(county=county, secondment=second(other), category="教案", number=3)
            WorkRecord.objects.create(county=county, secondment=secondment, category="教案", number=3)
        counts = []
        for address in (reverse("evaluations:work_list"), book(secondment)):
            with CaptureQueriesContext(connection) as captured:
                assert browser.get(address, {"year": "2023-2024"}).status_code == 200
            counts.append(len(captured))
        told.append(counts)
    assert told[0] == told[1] == told[2]
    assert max(told[0]) <= 15


def test_a_full_book_shows_everything(client_of, principal, secondment):
    fill_secondment(secondment, times=3)
    page = client_of(principal).get(book(secondment)).content.decode()
    for words in ("教案 30 份：第0单元", "公开课 2 节", "讲座：怎样教写作0", "徒弟：徒弟0"):
        assert words in page


def tasks(user):
    """What stands at this person's home, asked anew as in a request of its own."""
    user = type(user).objects.get(pk=user.pk)
    found = [task for group in waiting.waiting_for(user, dt.date(2023, 11, 20)) for task in group.tasks]
    return [task for task in found if "工作记录" in task.what]


def test_home_tells_the_school_what_to_confirm_and_the_teacher_what_to_mend(
    record, teacher_user, principal, officer, outsider
):
    (to_confirm,) = tasks(principal)
    assert to_confirm.what == "确认沈若兰的工作记录，1 条"
    assert to_confirm.buttons[0].url == book(record.secondment)
    for user in (teacher_user, officer, outsider):
        assert tasks(user) == []
    work.send_back(record, by=principal, reason="只有 28 份")
    assert tasks(principal) == []
    assert [task.what for task in tasks(teacher_user)] == ["改好退回的工作记录，1 条"]
    work.change(record, {"number": 28}, by=teacher_user)
    assert tasks(teacher_user) == []
    work.confirm([record], by=principal)
    assert tasks(principal) == []


def test_what_is_sent_back_is_told_to_the_teacher_and_to_whoever_entered_it(record, teacher_user, principal, officer):
    work.send_back(record, by=principal, reason="只有 28 份")
    notice = Notice.objects.get()
    assert notice.user == teacher_user
    assert "教案30份：只有 28 份" in notice.text
    assert notice.url == book(record.secondment)


def test_what_waits_is_told_in_one_line_a_teacher_and_one_line_for_many(second, record, teacher, principal, county):
    other = Teacher.objects.create(county=county, name="第二位", school=teacher.school)
    for name in ("第三位", "第四位", "第五位"):
        Teacher.objects.create(county=county, name=name, school=teacher.school)
    for each in Teacher.objects.exclude(pk=teacher.pk):
        one = second(each)
        for number in range(3):
            WorkRecord.objects.create(county=county, secondment=one, category="教案", number=number + 1)
            Lesson.objects.create(county=county, secondment=one, kind="open", topic=f"第{number}课")
    assert "确认 5 人的工作记录" in [task.what for task in tasks(principal)]
    Secondment.objects.exclude(teacher__in=[teacher, other]).update(state=SecondmentState.COMPLETED)
    assert {task.what for task in tasks(principal)} >= {
        "确认第二位的工作记录，6 条",
        f"确认{teacher.name}的工作记录，1 条",
    }
