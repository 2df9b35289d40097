"""/q/: what a phone gets, and what becomes of what it sends."""

import logging
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluations.models import BallotBox, Question, QuestionOption
from evaluations.questionnaires import bank, closing
from tests.evaluations.questionnaires import codes_of, opened, question_set, sent, words_of
from zhijiao.accounts.logs import HidePersonalData
from zhijiao.accounts.models import AuditEntry

MOST_BYTES = 60 * 1024
WECHAT = (
    "Mozilla/5.0 (Linux; Android 9; V1816A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/67.0 MQQBrowser/6.2 "
    "MicroMessenger/7.0.14.1660 NetType/WIFI Language/zh_CN"
)


@pytest.fixture
def phone():
    return Client(headers={"user-agent": WECHAT}, enforce_csrf_checks=True)


@pytest.fixture
def open_one(secondment, officer):
    return opened(secondment, by=officer)


@pytest.fixture
def codes(open_one, officer):
    return codes_of(open_one, by=officer)


def page(code):
    return reverse("q_answer", args=[code])


def test_a_pupil_answers_and_nothing_is_kept_of_the_phone(phone, open_one, codes):
    audited = AuditEntry.objects.count()
    shown = phone.get(page(codes[0]))
    told = words_of(shown)
    for words in (
        "说说沈若兰老师",
        "松岭乡中心小学",
        "八（2）班",
        "共 12 题，约 2 分钟",
        "不用写名字",
        "老师按时上课、下课，不缺课",
        "可以不写",
    ):
        assert words in told, words
    response = phone.post(page(codes[0]), sent(open_one, 1, q12="好老师"))
    assert (response.status_code, response["Location"]) == (303, "/q/done/")
    assert "交好了" in words_of(phone.get(response["Location"]))
    assert BallotBox.objects.get().returned == 1
    assert not phone.cookies
    assert not Session.objects.exists()
    assert AuditEntry.objects.count() == audited
    for answer in (shown, response):
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer["Cache-Control"]


def test_the_same_code_again_is_told_so_and_changes_nothing(phone, open_one, codes):
    for code in (codes[0], codes[0].replace("-", "").lower()):
        phone.post(page(code), sent(open_one, 0))
    before = BallotBox.objects.values().get()
    again = phone.post(page(codes[0]), sent(open_one, 3))
    assert (again.status_code, BallotBox.objects.values().get()) == (409, before)
    assert "算数的是先交的那一份" in words_of(again)
    assert "算数的是先交的那一份" in words_of(phone.get(page(codes[0])))
    assert before["returned"] == 1


def test_made_up_void_and_closed_are_answered_alike(phone, open_one, codes, officer):
    new = codes_of(open_one, by=officer)
    void = phone.get(page(codes[0]))
    made_up = phone.get(page("AAAA-BBBB-CCCC"))
    closing.close(open_one, by=officer)
    closed, late = phone.get(page(new[0])), phone.post(page(new[0]), sent(open_one))
    assert {answer.status_code for answer in (void, made_up, closed, late)} == {404}
    assert len({answer.content for answer in (void, made_up, closed, late)}) == 1
    assert "码现在用不了" in words_of(void)


def test_before_it_begins_the_day_is_told(phone, secondment, officer):
    one = opened(secondment, by=officer, begins=24, ends=48)
    code = codes_of(one, by=officer)[0]
    for answer in (phone.get(page(code)), phone.post(page(code), sent(one))):
        assert answer.status_code == 409
        assert "还没有开始" in words_of(answer)
    assert BallotBox.objects.get().returned == 0


def test_guessing_is_slowed_and_whoever_has_a_code_still_comes_in(phone, open_one, codes):
    answers = [phone.get(page(f"AAAABBBB{number:04}")).status_code for number in range(13)]
    assert answers == [404] * 10 + [429] * 3
    assert phone.post(reverse("q_typed"), {"code": "AAAABBBBCCCC"}).status_code == 429
    assert phone.get(page(codes[0])).status_code == 200
    assert phone.post(page(codes[0]), sent(open_one)).status_code == 303


def test_a_code_is_typed_as_people_type(phone, codes):
    assert "纸条上的码" in words_of(phone.get(reverse("q_typed")))
    typed = " " + codes[0].lower().replace("-", " ")
    assert phone.post(reverse("q_typed"), {"code": typed}).url == page(codes[0].replace("-", ""))
    wrong = phone.post(reverse("q_typed"), {"code": "<b>ABC"})
    assert wrong.status_code == 404
    assert "&lt;b&gt;ABC" in wrong.content.decode()


def test_a_blank_sheet_is_asked_about_once(phone, open_one, codes):
    asked = phone.post(page(codes[0]), {})
    assert asked.status_code == 200
    assert "一题也没有答，还没有交" in words_of(asked)
    assert phone.post(page(codes[0]), {"blank": "1"}).status_code == 303
    assert BallotBox.objects.values_list("returned", "valid").get() == (1, 0)


def test_what_is_wrong_is_told_above_with_its_place_and_what_was_said_stays(phone, secondment, officer):
    one = opened(secondment, by=officer, key="parents", classes=[("八（2）班家长", 5)])
    code = codes_of(one, by=officer)[0]
    said = sent(one, 0, q10="长" * 301)
    del said["q9"]
    answer = phone.post(page(code), said)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert '<a href="#q9">第 9 题：这一题要选一个</a>' in html
    assert '<a href="#q10">第 10 题：最多写 300 个字，现在有 301 个</a>' in html
    assert html.count(" checked") == 8
    assert "长" * 301 in html
    assert BallotBox.objects.get().returned == 0


def test_what_was_not_asked_is_left_alone(phone, open_one, codes):
    other = QuestionOption.objects.exclude(question__question_set=open_one.question_set_id).first()
    strange = {
        "q1": str(other.pk),
        "q2": "9" * 40,
        "q3": "-1",
        "q99": "1",
        "q4": "一",
        "q12": "\x00\x07好\u2028 \r\n老师",
    }
    assert phone.post(page(codes[0]), strange).status_code == 303
    box = BallotBox.objects.get()
    assert (box.counts, list(box.texts.values())) == ({}, [["好 老师"]])


def test_a_link_is_for_each_phone_once(secondment, officer):
    one = opened(secondment, by=officer, way="link", classes=[("八（2）班", 3)])
    (code,) = codes_of(one, by=officer)
    first = Client()
    assert first.post(page(code), sent(one)).status_code == 303
    (cookie,) = first.cookies.values()
    assert (cookie.value, cookie["path"], cookie["httponly"]) == ("1", "/q/", True)
    assert "这台手机已经交过" in words_of(first.get(page(code)))
    assert first.post(page(code), sent(one)).status_code == 409
    assert [Client().post(page(code), sent(one)).status_code for _ in range(3)] == [303, 303, 409]
    assert "已经收满" in words_of(Client().get(page(code)))
    assert BallotBox.objects.get().returned == 3


def test_a_form_from_another_site_is_refused(phone, open_one, codes):
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert phone.post(page(codes[0]), sent(open_one), headers=headers).status_code == 403
    own = {"origin": "http://testserver", "sec-fetch-site": "same-origin"}
    assert phone.post(page(codes[0]), sent(open_one), headers=own).status_code == 303


def test_with_a_referrer_policy_the_browser_tells_no_origin(phone, open_one, codes):
    assert phone.post(page(codes[0]), sent(open_one), headers={"origin": "null"}).status_code == 303


def parts_of(html):
    """Every address that the browser asks for to show the page."""
    found = re.findall(r'(?:src|href|action|srcset|data|poster)="([^"#]+)', html)
    return [address for address in found if not address.startswith(("data:", "/q/"))]


@pytest.mark.parametrize("key", ["pupils", "pupils-lower", "parents", "colleagues", "leaders"])
def test_the_whole_page_is_small_and_asks_no_other_host(phone, secondment, officer, key):
    one = opened(secondment, by=officer, key=key)
    shown = phone.get(page(codes_of(one, by=officer)[0]))
    html = shown.content.decode()
    parts = parts_of(html)
    assert parts == ["/static/css/questionnaire.css"]
    sizes = {"page": len(shown.content)} | {
        part: Path(settings.BASE_DIR, "static", part.removeprefix("/static/")).stat().st_size for part in parts
    }
    css = Path(settings.BASE_DIR, "static/css/questionnaire.css").read_text()
    print(f"\n{key}: {sizes}, {sum(sizes.values())} bytes in all, without compression")
    assert sum(sizes.values()) < MOST_BYTES
    assert "url(" not in css and "@import" not in css
    assert "<script" not in html and "style=" not in html and "<style" not in html and " on" + "click" not in html
    assert "100vh" not in css


def test_a_second_language_stands_below(phone, secondment, officer, county):
    own = bank.copy(question_set(), county=county, by=officer)
    first = own.questions.get(number=1)
    Question.objects.filter(pk=first.pk).update(text_other="The teacher comes on time")
    first.options.update(text_other="always")
    own.other_language, own.introduction_other = "English", "Think of the lessons"
    own.save()
    one = opened_with(own, secondment, officer)
    html = phone.get(page(codes_of(one, by=officer)[0])).content.decode()
    assert '<span class="other" lang="en" dir="auto">The teacher comes on time</span>' in html
    assert html.count(">always<") == 4


def opened_with(asked, secondment, officer):
    import datetime as dt

    from evaluations.questionnaires.opening import ClassPlan, open_questionnaire
    from zhijiao import clock

    return open_questionnaire(
        question_set=asked, school=secondment.placements.get().receiving_school, classes=[ClassPlan("一班", 5)],
        opens_at=clock.now() - dt.timedelta(hours=1), closes_at=clock.now() + dt.timedelta(hours=1), by=officer, secondment=secondment,
    )  # fmt: skip


def test_an_answer_asks_the_database_little(phone, open_one, codes):
    with CaptureQueriesContext(connection) as shown:
        phone.get(page(codes[0]))
    with CaptureQueriesContext(connection) as taken:
        phone.post(page(codes[0]), sent(open_one))
    assert len(shown) <= 3
    assert len([query for query in taken if "SAVEPOINT" not in query["sql"]]) <= 7


@pytest.mark.parametrize(
    "text", ["Not Found: /q/K7QM3XWAP2RT/", '"POST /q/K7QM3XWAP2RT/ HTTP/1.1" 303 0', "/v/ABCD-EFGH/?x=1"]
)
def test_a_log_holds_no_code(text):
    record = logging.LogRecord("django.server", logging.INFO, "", 0, "%s", (text,), None)
    HidePersonalData().filter(record)
    assert not re.search("K7QM|ABCD", record.getMessage())
    assert "…" in record.getMessage()


def test_the_logs_of_a_refused_code_do_not_name_it(phone, open_one, codes, caplog):
    phone.post(page(codes[0]), sent(open_one, q12="好老师"))
    with caplog.at_level(logging.DEBUG):
        caplog.handler.addFilter(HidePersonalData())
        phone.post(page(codes[0]), sent(open_one, q12="好老师"))
    assert codes[0] not in caplog.text
    assert "好老师" not in caplog.text
