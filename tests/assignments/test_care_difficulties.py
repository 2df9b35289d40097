"""A teacher asks for help; somebody takes it on with a date; it is settled in words, or opened again with a reason."""

import datetime as dt
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assignments import care
from assignments.choices import DifficultyCategory, Role, SecondmentState
from assignments.models import Difficulty, School, Teacher
from tests.attachments.conftest import picture, upload
from tests.conftest import inspects, person
from zhijiao.accounts.models import AuditEntry
from zhijiao.attachments.models import Attachment
from zhijiao.dates import ApproximateDate
from zhijiao.refusals import Refused

LIST, NEW = "/difficulties/", "/difficulties/new/"
TODAY = timezone.localdate


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def sender(sending_school):
    return person("sender", "林校长", Role.PRINCIPAL, school=sending_school)


@pytest.fixture
def difficulty(secondment, teacher_user):
    return care.raise_difficulty(secondment.teacher, category="housing", text="宿舍没有热水", by=teacher_user)


@pytest.fixture
def illness(secondment, teacher_user):
    return care.raise_difficulty(secondment.teacher, category="health", text="腰椎手术后不能久站", by=teacher_user)


def at(row, step=""):
    return reverse(f"assignments:difficulty_{step or 'detail'}", args=[row.pk])


def soon(days=7):
    return TODAY() + dt.timedelta(days=days)


# --- asking -----------------------------------------------------------------------------------------------------------


def test_a_teacher_asks_in_one_short_form(client_of, secondment, teacher_user):
    sent = {"category": "meals", "text": "食堂周末不开", "photos": [upload("食堂.jpg", picture())]}
    answer = client_of(teacher_user).post(NEW, sent)
    made = Difficulty.objects.get()
    assert answer.url == at(made)
    assert (made.teacher, made.category, made.text, made.raised_by) == (
        secondment.teacher,
        "meals",
        "食堂周末不开",
        teacher_user,
    )
    assert made.when == ApproximateDate.day(TODAY())
    assert made.school_year.code
    assert Attachment.objects.of(made).count() == 1
    assert AuditEntry.objects.filter(verb="提出困难诉求").count() == 1


def test_a_wrong_form_keeps_what_was_typed_and_saves_nothing(client_of, secondment, teacher_user):
    sent = {"text": "食堂周末不开<b>", "photos": [upload("食堂.jpg", b"<html>")]}
    page = client_of(teacher_user).post(NEW, sent).content.decode()
    for told in ("没有提出", "请选一项", "“食堂.jpg”没有保存", "食堂周末不开&lt;b&gt;", "照片请再选一次"):
        assert told in page, told
    assert not Difficulty.objects.exists()
    assert not Attachment.objects.exists()


def test_sent_twice_it_is_asked_once(client_of, secondment, teacher_user):
    sent = {"category": "meals", "text": "食堂周末不开", "once": "a" * 32}
    client = client_of(teacher_user)
    first, second = client.post(NEW, sent), client.post(NEW, sent)
    assert first.url == second.url
    assert Difficulty.objects.count() == 1


def test_the_receiving_school_asks_for_a_teacher_it_has(client_of, secondment, principal, county, sending_school):
    other = Teacher.objects.create(county=county, school=sending_school, name="别的教师")
    page = client_of(principal).get(NEW).content.decode()
    assert "沈若兰" in page
    assert "别的教师" not in page
    client_of(principal).post(NEW, {"teacher": secondment.teacher.pk, "category": "other", "text": "代写一句"})
    assert Difficulty.objects.get().raised_by == principal
    refused = client_of(principal).post(NEW, {"teacher": other.pk, "category": "other", "text": "代写一句"})
    assert "请从名单里选一位教师" in refused.content.decode()
    with pytest.raises(Refused, match="不在您可以代为登记的教师里"):
        care.raise_difficulty(other, category="other", text="x", by=principal)


def test_nobody_asks_for_a_teacher_before_the_dispatch_or_after_the_end(secondment, principal):
    for state in (SecondmentState.APPROVED, SecondmentState.COMPLETED, SecondmentState.WITHDRAWN):
        secondment.state = state
        secondment.save()
        assert not care.those_who_may_ask(principal).exists()


# --- settling ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["sender", "principal", "officer"])
def test_both_schools_and_the_bureau_take_it_on_and_settle_it(who, request, client_of, difficulty):
    user = request.getfixturevalue(who)
    client = client_of(user)
    page = client.get(at(difficulty)).content.decode()
    assert "由我承办" in page
    assert user.name in page  # offered as the one who sees to it
    client.post(at(difficulty, "take_on"), {"take-owner": "总务处", "take-due_on": soon().isoformat()})
    difficulty.refresh_from_db()
    assert (difficulty.owner, difficulty.owner_user, difficulty.due_on) == ("总务处", user, soon())
    client.post(
        at(difficulty, "settle"), {"settle-resolution": "装了热水器", "settle-resolved_on": TODAY().isoformat()}
    )
    difficulty.refresh_from_db()
    assert difficulty.is_resolved
    page = client.get(at(difficulty)).content.decode()
    for told in ("装了热水器", "已办结", "承办困难诉求", "办结困难诉求"):
        assert told in page
    assert AuditEntry.objects.filter(subject_type="assignments.difficulty").count() == 3


def test_a_teacher_does_not_settle_their_own(client_of, difficulty, teacher_user):
    client = client_of(teacher_user)
    page = client.get(at(difficulty)).content.decode()
    assert "由我承办" not in page
    for step in ("take_on", "settle"):
        assert client.post(at(difficulty, step), {}).status_code == 403
    with pytest.raises(Refused):
        care.settle(difficulty, by=teacher_user, resolution="好了", resolved_on=TODAY())


def test_an_inspector_reads_and_does_nothing(client_of, difficulty, receiving_school, county):
    inspector = person("i", "何督导", Role.INSPECTOR, district=county)
    inspects(inspector, receiving_school)
    client = client_of(inspector)
    assert client.get(at(difficulty)).status_code == 200
    assert client.post(at(difficulty, "settle"), {}).status_code == 403
    assert client.get(NEW).status_code == 403


@pytest.mark.parametrize(
    ("step", "sent", "told"),
    [
        ("take_on", {"take-owner": "", "take-due_on": "2099-01-01"}, "请写由谁来办"),
        ("take_on", {"take-owner": "总务处", "take-due_on": "下周"}, "不是能读懂的日期"),
        ("settle", {"settle-resolution": "", "settle-resolved_on": "2024-01-01"}, "请写一两句是怎么解决的"),
        ("settle", {"settle-resolution": "字" * 301, "settle-resolved_on": "2024-01-01"}, "最多 300 个字"),
    ],
)
def test_a_wrong_step_is_told_beside_its_field_and_changes_nothing(step, sent, told, client_of, difficulty, officer):
    page = client_of(officer).post(at(difficulty, step), sent).content.decode()
    assert told in page
    assert Difficulty.objects.open().get() == difficulty
    assert AuditEntry.objects.filter(subject_type="assignments.difficulty").count() == 1


def test_days_that_cannot_be_are_refused_with_409(client_of, difficulty, officer):
    client = client_of(officer)
    wrong = [
        ("take_on", {"take-owner": "总务处", "take-due_on": soon(-1).isoformat()}, "已经过了"),
        ("settle", {"settle-resolution": "好了", "settle-resolved_on": soon(1).isoformat()}, "还没有到"),
        ("settle", {"settle-resolution": "好了", "settle-resolved_on": soon(-1).isoformat()}, "早于提出日期"),
        ("reopen", {"reopen-reason": "没好"}, "还没有办结"),
    ]
    for step, sent, told in wrong:
        answer = client.post(at(difficulty, step), sent)
        assert (answer.status_code, told in answer.content.decode()) == (409, True), told
    difficulty.refresh_from_db()
    assert (difficulty.owner, difficulty.is_resolved) == ("", False)


def test_what_is_settled_is_not_settled_again(difficulty, officer, sender):
    care.settle(difficulty, by=officer, resolution="装了热水器", resolved_on=TODAY())
    with pytest.raises(Refused, match="已经办结"):
        care.settle(difficulty, by=sender, resolution="我来办", resolved_on=TODAY())
    with pytest.raises(Refused, match="已经办结"):
        care.take_on(difficulty, by=sender, owner="我", due_on=soon())
    difficulty.refresh_from_db()
    assert difficulty.resolution == "装了热水器"


def test_the_teacher_opens_it_again_with_a_reason(client_of, difficulty, officer, teacher_user):
    care.settle(difficulty, by=officer, resolution="装了热水器", resolved_on=TODAY())
    client = client_of(teacher_user)
    assert "请写一句" in client.post(at(difficulty, "reopen"), {"reopen-reason": " "}).content.decode()
    client.post(at(difficulty, "reopen"), {"reopen-reason": "热水器坏了"})
    difficulty.refresh_from_db()
    assert not difficulty.is_resolved
    page = client.get(at(difficulty)).content.decode()
    assert "热水器坏了" in page
    assert "装了热水器" in page  # what was done before stays in the history


# --- health -----------------------------------------------------------------------------------------------------------


def test_words_about_health_are_not_for_everybody(client_of, illness, principal, sender, officer, teacher_user, county):
    inspector = person("i", "何督导", Role.INSPECTOR, district=county)
    inspects(inspector, School.objects.get(name="松岭乡中心小学"))
    for user, is_shown in (
        (teacher_user, True),
        (sender, True),
        (officer, True),
        (principal, False),
        (inspector, False),
    ):
        for page in (at(illness), LIST + "?year=all"):
            text = client_of(user).get(page).content.decode()
            assert ("腰椎" in text) is is_shown, (user, page)
        found = client_of(user).get(LIST, {"q": "腰椎", "year": "all"}).content.decode()
        assert at(illness) not in found  # looking for the words does not tell of them either


def test_who_takes_it_on_reads_it(client_of, illness, principal):
    care.take_on(illness, by=principal, owner="吴校长", due_on=soon())
    assert "腰椎" in client_of(principal).get(at(illness)).content.decode()


def test_the_trail_does_not_hold_the_illness(illness, officer):
    care.settle(illness, by=officer, resolution="联系住院", resolved_on=TODAY())
    care.reopen(illness, by=officer, reason="又住院了")
    told = " ".join(f"{one.subject_name} {one.before} {one.after} {one.reason}" for one in AuditEntry.objects.all())
    assert "腰椎" not in told
    assert "住院" not in told


def test_photos_of_an_illness_are_guarded_like_its_words(client_of, illness, principal, officer, teacher_user):
    client_of(teacher_user).post(
        reverse("attachments:add", args=["assignments.difficulty", illness.pk]),
        {"photos": [upload("病历.jpg", picture())]},
    )
    photo = reverse("attachments:file", args=[Attachment.objects.get().pk])
    assert client_of(principal).get(photo).status_code == 404
    assert client_of(officer).get(photo).status_code == 200


# --- scope and lists --------------------------------------------------------------------------------------------------


def test_others_find_nothing(client_of, difficulty, outsider, county):
    elsewhere = School.objects.create(county=county, name="城关中学")
    stranger = person("stranger", "郑校长", Role.PRINCIPAL, school=elsewhere)
    for user in (outsider, stranger):
        client = client_of(user)
        assert client.get(at(difficulty)).status_code == 404
        for step in ("take_on", "settle", "reopen"):
            assert client.post(at(difficulty, step), {}).status_code == 404
        assert "宿舍没有热水" not in client.get(LIST + "?year=all").content.decode()


def test_the_list_marks_what_is_late(client_of, difficulty, officer):
    Difficulty.objects.update(owner="总务处", due_on=soon(-1))
    page = client_of(officer).get(LIST + "?year=all&view=late").content.decode()
    assert "已逾期" in page
    assert "宿舍没有热水" in page
    Difficulty.objects.update(due_on=TODAY())
    assert "宿舍没有热水" not in client_of(officer).get(LIST + "?year=all&view=late").content.decode()


@pytest.mark.parametrize("who", ["officer", "principal", "teacher_user"])
def test_the_list_asks_the_same_for_one_row_and_for_thirty(who, client_of, secondment, request):
    client, numbers, asked = client_of(request.getfixturevalue(who)), count(), []
    for more in (1, 2, 27):
        Difficulty.objects.bulk_create(
            Difficulty(
                county=secondment.county, teacher=secondment.teacher, text=f"第{next(numbers)}件", start=TODAY(), end=TODAY(),
                precision="day", category=DifficultyCategory.HEALTH,
            )
            for _ in range(more)
        )  # fmt: skip
        with CaptureQueriesContext(connection) as captured:
            assert client.get(LIST + "?year=all").status_code == 200
        asked.append(len(captured))
    assert asked == [asked[0]] * 3
    assert asked[0] <= 12
