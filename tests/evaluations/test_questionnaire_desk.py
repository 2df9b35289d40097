"""/questionnaires/: opened, printed, followed and closed by the bureau and its inspectors; the bank of questions."""

import datetime as dt
from io import BytesIO

import pdfplumber
import pytest
import zxingcpp
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assignments.choices import Role
from evaluations.models import BallotBox, Questionnaire, QuestionnaireCode, QuestionSet
from evaluations.questionnaires import codes
from tests.conftest import inspects, person
from tests.evaluations.questionnaires import codes_of, opened, question_set, sent, words_of
from tests.full_records import fill_inspection
from zhijiao import clock
from zhijiao.accounts.models import AuditEntry

LIST = reverse("evaluations:questionnaire_list")


@pytest.fixture
def inspector(county):
    return person("inspector", "卢督导", Role.INSPECTOR, district=county)


@pytest.fixture
def leader(county):
    return person("leader", "郑局长", Role.LEADER, district=county)


def at(row, verb="detail"):
    return reverse(f"evaluations:questionnaire_{verb}", args=[row.pk])


def moment(hours):
    return f"{timezone.localtime(clock.now() + dt.timedelta(hours=hours)):%Y-%m-%dT%H:%M}"


def form(**changes):
    return {
        "question_set": question_set().pk, "classes": "八（2）班 45\n八(3)班\t43人\n\n", "way": "codes", "opens_at": moment(-1), "closes_at": moment(48),
        "secondment": "", "inspection": "", **changes,
    }  # fmt: skip


def test_an_inspector_opens_one_for_the_inspection_and_prints_the_slips(
    client_of, inspector, secondment, receiving_school, county
):
    inspection = fill_inspection(county, receiving_school, dt.date(2023, 11, 12))
    type(inspection).objects.filter(pk=inspection.pk).update(state="under_way")
    inspection.refresh_from_db()
    inspects(inspector, receiving_school, inspection)
    client = client_of(inspector)
    new = reverse("evaluations:questionnaire_new") + f"?inspection={inspection.pk}"
    assert "在松岭乡中心小学开放问卷" in words_of(client.get(new))
    answer = client.post(new, form(inspection=inspection.pk, secondment=secondment.pk))
    row = Questionnaire.objects.get()
    assert answer.url == at(row)
    assert (row.inspection, row.secondment, row.school, row.state) == (inspection, secondment, receiving_school, "open")
    assert list(row.classes.values_list("name", "enrolled")) == [("八（2）班", 45), ("八（3）班", 43)]
    page = words_of(client.get(at(row)))
    for words in ("学生问卷", "答卷中", "沈若兰", "还没有生成答卷码，共 88 人", "生成答卷码（PDF）"):
        assert words in page, words

    printed = client.post(at(row, "issue"), {"once": "a" * 32})
    assert printed["Content-Type"] == "application/pdf"
    assert "no-store" in printed["Cache-Control"]
    assert QuestionnaireCode.objects.count() == 88
    again = client.post(at(row, "issue"), {"once": "a" * 32})
    assert again.url == at(row)
    assert QuestionnaireCode.objects.count() == 88
    check_slips(printed.content)
    assert "收回 0 / 88 份，0%" in words_of(client.get(at(row, "progress")))


def check_slips(content):
    """What is on the paper: a page of words, then two sheets for each class of more than 24; each QR opens an issued code."""
    with pdfplumber.open(BytesIO(content)) as pdf:
        told = [page.extract_text() for page in pdf.pages]
        assert len(pdf.pages) == 5
        assert "不用写名字" in told[0] and "告同学和家长" in told[0]
        assert "八（2）班" in told[1] and "八（3）班" in told[3]
        picture = pdf.pages[1].to_image(resolution=150).original
    read = {found.text for found in zxingcpp.read_barcodes(picture)}
    kept = set(QuestionnaireCode.objects.values_list("pk", flat=True))
    assert len(read) == 24
    assert {codes.hashed(text.rstrip("/").rpartition("/")[2]) for text in read} <= kept
    assert all(text.startswith("http://testserver/q/") for text in read)


def test_what_is_typed_wrong_is_told_and_kept(client_of, officer, secondment, receiving_school):
    new = reverse("evaluations:questionnaire_new") + f"?school={receiving_school.pk}"
    client = client_of(officer)
    for changes, words in (
        ({"classes": "八（2）班"}, "看不出人数"),
        ({"closes_at": moment(-3)}, "截止时间应在开放时间以后"),
        ({"secondment": ""}, "针对哪位支教教师"),
        ({"question_set": ""}, "请选一套题"),
    ):
        answer = client.post(new, {**form(secondment=secondment.pk), **changes})
        assert words in words_of(answer), words
    assert not Questionnaire.objects.exists()


def test_the_school_is_asked_for_where_it_is_not_told(client_of, officer, secondment):
    client, new = client_of(officer), reverse("evaluations:questionnaire_new")
    assert "哪所学校" in words_of(client.get(new))
    assert "没有找到" in words_of(client.get(new, {"school": "火星小学"}))
    assert "在松岭乡中心小学开放问卷" in words_of(client.get(new, {"school": "松岭乡"}))


def test_the_school_and_the_leader_see_how_many_and_change_nothing(client_of, officer, principal, leader, secondment):
    row = opened(secondment, by=officer)
    code = codes_of(row, by=officer)[0]
    client_of(officer).post(reverse("q_answer", args=[code]), sent(row))
    for user in (principal, leader):
        client = client_of(user)
        assert "收回 1 / 6 份，16%" in words_of(client.get(at(row)))
        assert "现在截止" not in words_of(client.get(at(row)))
        for verb in ("issue", "close", "time", "class"):
            assert client.post(at(row, verb)).status_code == 403, verb
    row.refresh_from_db()
    assert row.state == "open"


def test_others_do_not_find_it(client_of, officer, outsider, teacher_user, secondment, sending_school):
    row = opened(secondment, by=officer)
    assert client_of(outsider).get(at(row)).status_code == 404
    assert client_of(teacher_user).get(at(row)).status_code == 403
    sender = person("sender", "许校长", Role.PRINCIPAL, school=sending_school)
    assert client_of(sender).get(at(row)).status_code == 404


def test_it_is_closed_by_hand_once(client_of, officer, secondment):
    row, client = opened(secondment, by=officer), client_of(officer)
    assert client.post(at(row, "close")).url == at(row)
    assert client.post(at(row, "close")).status_code == 409
    page = words_of(client.get(at(row)))
    assert "已截止" in page and "生成答卷码" not in page
    for verb, data in (
        ("issue", {}),
        ("time", {"closes_at": moment(99)}),
        ("class", {"name": "一班", "enrolled": 3, "way": "codes"}),
    ):
        assert client.post(at(row, verb), data).status_code == 409, verb
    assert AuditEntry.objects.filter(verb="截止问卷").count() == 1


def test_it_is_closed_at_the_first_look_after_its_time(client_of, principal, officer, secondment):
    row = opened(secondment, by=officer)
    with clock.standing_at(row.closes_at + dt.timedelta(minutes=1)):
        assert "已截止" in words_of(client_of(principal).get(at(row)))
    assert not BallotBox.objects.exists()


def test_time_and_classes_are_changed(client_of, officer, secondment):
    row, client = opened(secondment, by=officer), client_of(officer)
    client.post(at(row, "time"), {"closes_at": moment(100)})
    client.post(at(row, "class"), {"name": "八（3）班", "enrolled": "40", "way": "link"})
    row.refresh_from_db()
    assert row.closes_at > clock.now() + dt.timedelta(hours=90)
    assert row.classes.count() == 2
    assert client.post(at(row, "class"), {"name": "", "enrolled": "x", "way": "codes"}).status_code == 409


def test_a_set_is_copied_written_and_retired(client_of, officer):
    client, ready = client_of(officer), question_set("leaders")
    assert "领导测评（名誉测评）" in words_of(client.get(reverse("evaluations:question_set_list")))
    assert "师德师风" in words_of(client.get(reverse("evaluations:question_set_detail", args=[ready.pk])))
    assert client.get(reverse("evaluations:question_set_edit", args=[ready.pk])).status_code == 409
    edit = client.post(reverse("evaluations:question_set_copy", args=[ready.pk])).url
    own = QuestionSet.objects.get(county__isnull=False)
    page = client.get(edit)
    shown = page.context["form"], page.context["questions"]
    said = {
        "title": "名誉测评",
        "respondents": "leaders",
        "other_language": "English",
        "is_about_teacher": "on",
        "seen": page.context["seen"],
    }
    said |= {"q-TOTAL_FORMS": "3", "q-INITIAL_FORMS": "3", "q-MIN_NUM_FORMS": "0", "q-MAX_NUM_FORMS": "30"}
    said |= {
        "q-0-text": "总体",
        "q-0-kind": "scale",
        "q-0-options": "满意｜95｜满意｜pleased\n一般|75|基本满意\n不满意\t50\t不满意",
        "q-0-tells_satisfaction": "on",
    }
    said |= {
        "q-1-text": "",
        "q-1-kind": "scale",
        "q-1-options": "",
        "q-2-text": "说说",
        "q-2-kind": "text",
        "q-2-text_other": "Say",
    }
    assert shown[1].initial_form_count() == 7
    bad = client.post(edit, {**said, "q-0-options": "满意｜九十\n不满意"})
    assert "分值“九十”不是数字" in words_of(bad)
    few = client.post(edit, {**said, "q-0-options": "满意｜90｜满意"})
    assert "第 1 题：有 1 个选项，应是 2 到 6 个" in words_of(few)
    assert client.post(edit, said).status_code == 302
    assert list(own.questions.values_list("text", "kind")) == [("总体", "scale"), ("说说", "text")]
    option = own.questions.get(number=1).options.get(number=1)
    assert (option.text, option.points, option.opinion, option.text_other) == ("满意", 95, "satisfied", "pleased")
    assert client.post(reverse("evaluations:question_set_retire", args=[own.pk])).status_code == 302
    assert client.post(reverse("evaluations:question_set_retire", args=[own.pk])).status_code == 409


def test_an_inspector_reads_the_questions_and_writes_none(client_of, inspector):
    client, ready = client_of(inspector), question_set("leaders")
    assert client.get(reverse("evaluations:question_set_detail", args=[ready.pk])).status_code == 200
    assert client.post(reverse("evaluations:question_set_copy", args=[ready.pk])).status_code == 403


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_list_asks_the_same_however_many(client_of, officer, secondment, number):
    for place in range(number):
        opened(secondment, by=officer, classes=[(f"八（{place}）班", 5), ("九班", 3)])
    client = client_of(officer)
    client.get(LIST)
    with CaptureQueriesContext(connection) as captured:
        assert "学生问卷" in words_of(client.get(LIST))
    print(number, len(captured))
    assert len(captured) <= 12
    row = Questionnaire.objects.first()
    with CaptureQueriesContext(connection) as captured:
        client.get(at(row))
    assert len(captured) <= 14
