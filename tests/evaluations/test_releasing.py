"""After the end: texts are read one by one by the bureau, blackened where they name somebody, and released with the results."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assignments.choices import Role
from evaluations.models import AnswerText
from evaluations.questionnaires import answering, closing, releasing
from tests.conftest import person
from tests.evaluations.questionnaires import codes_of, opened, sent, words_of
from zhijiao.accounts.models import AuditEntry
from zhijiao.notices.models import Notice
from zhijiao.refusals import Refused

SAID = ("王小明老师讲故事很好听", "我的电话是13812345678", "谢谢", "作业少一点", "想多上体育")


def closed(secondment, officer, said=SAID, number=8, classes=None):
    row = opened(secondment, by=officer, classes=classes or [("八（2）班", 10)])
    for place, code in enumerate(codes_of(row, by=officer)[:number]):
        words = {"q12": said[place]} if place < len(said) else {}
        assert answering.take(code, sent(row, place % 3, **words)).outcome == answering.Outcome.ACCEPTED
    return closing.close(row, by=officer)


def at(verb, row):
    return reverse(f"evaluations:questionnaire_{verb}", args=[row.pk])


def verdict(client, text, state="released", **more):
    return client.post(reverse("evaluations:questionnaire_text", args=[text.pk]), {"verdict": state, **more})


def test_each_text_is_read_in_an_order_that_says_nothing_and_the_numbers_in_it_are_marked(
    client_of, officer, secondment
):
    row, client, seen = closed(secondment, officer), client_of(officer), []
    for place in range(len(SAID)):
        page = client.get(at("texts", row))
        told = words_of(page)
        assert f"第 {place + 1} 条，共 5 条，还有 {5 - place} 条没有看" in told
        assert "八（2）班" not in told
        text = page.context["text"]
        seen.append(text)
        if "138" in text.text:
            assert "13812345678 电话" in told.replace("　", " ")
        spans = [f"{found.start}-{found.end}" for found, _ in page.context["marks"]]
        assert verdict(client, text, span=spans).url == at("texts", row)
    assert [text.pk for text in seen] == sorted(text.pk for text in seen)
    assert "5 条都看过了" in words_of(client.get(at("texts", row)))
    shown = set(AnswerText.objects.values_list("shown_text", flat=True))
    assert {"我的电话是■■", "谢谢"} <= shown
    assert not any("王小明" in text for text in shown)
    assert not any(
        text in str(AuditEntry.objects.values_list("before", "after", "subject_name", "reason")) for text in SAID
    )


@pytest.mark.parametrize(
    ("text", "spans", "words", "shown"),
    [
        ("问王老师", [], ["王老师"], "问■■"),
        ("问王老师和王老师", [], ["王"], "问■老师和■老师"),
        ("电话13812345678", [(2, 13)], [], "电话■■"),
        ("电话13812345678", [(2, 6), (4, 13)], ["1381"], "电话■■■■"[:4]),
        ("谢谢", [(5, 9), (1, 0)], [""], "谢谢"),
    ],
)
def test_what_is_blackened_leaves_nothing_of_it(text, spans, words, shown):
    assert releasing.blackened(text, spans, words) == shown


def test_the_teacher_and_the_school_read_it_once_it_is_released(
    client_of, officer, principal, teacher_user, secondment, receiving_school
):
    row = closed(secondment, officer)
    results, client = at("results", row), client_of(officer)
    assert "发布松岭乡中心小学的问卷结果" in words_of(client.get(reverse("home")))
    assert "教育局审核以后发布" in words_of(client_of(teacher_user).get(results))
    assert "满意率" in words_of(client_of(principal).get(results))
    assert "还有 5 条文字没有审核" in words_of(client.post(at("release", row)))
    for text in AnswerText.objects.all():
        verdict(
            client,
            text,
            "withheld" if text.text == "作业少一点" else "released",
            words="王小明" if "王小明" in text.text else "",
        )
    assert "谢谢" not in words_of(client_of(principal).get(results))
    assert client.post(at("release", row)).url == results
    assert "发布松岭乡中心小学的问卷结果" not in words_of(client.get(reverse("home")))
    for user in (teacher_user, principal):
        told = words_of(client_of(user).get(results))
        assert "■■老师讲故事很好听" in told and "想多上体育" in told
        assert "王小明" not in told and "作业少一点" not in told
        assert Notice.objects.filter(user=user, kind="questionnaire_released", url=results).count() == 1
    assert "满意率" in words_of(
        client_of(teacher_user).get(reverse("assignments:secondment_detail", args=[secondment.pk]))
    )
    assert client.post(at("release", row)).status_code == 409
    assert AuditEntry.objects.filter(verb="发布问卷结果").count() == 1


def test_what_was_shown_by_mistake_is_taken_back(client_of, officer, principal, secondment):
    row, client = closed(secondment, officer, said=("谢谢",)), client_of(officer)
    text = AnswerText.objects.get()
    verdict(client, text)
    client.post(at("release", row))
    assert "谢谢" in words_of(client_of(principal).get(at("results", row)))
    verdict(client, text, "withheld")
    assert "谢谢" not in words_of(client_of(principal).get(at("results", row)))
    text.refresh_from_db()
    assert (text.text, text.shown_text) == ("谢谢", "")


@pytest.mark.parametrize("number", [1, 4])
def test_texts_of_few_are_read_by_nobody_and_nothing_is_released(client_of, officer, secondment, number):
    row, client = closed(secondment, officer, number=number), client_of(officer)
    page = words_of(client.get(at("texts", row)))
    assert "文字谁也不看" in page
    assert not any(text in page for text in SAID)
    assert verdict(client, AnswerText.objects.first()).status_code == 409
    assert client.post(at("release", row)).status_code == 409
    assert "有效答卷少于 5 份" in words_of(client.get(at("results", row)))


def test_before_the_end_nobody_reads_or_releases(client_of, officer, secondment):
    row, client = opened(secondment, by=officer), client_of(officer)
    assert client.get(at("texts", row)).status_code == 409
    assert client.post(at("release", row)).status_code == 409
    assert "截止以前谁也看不到结果" in words_of(client.get(at("results", row)))


def test_only_the_bureau_reviews(client_of, officer, principal, teacher_user, outsider, county, secondment):
    row, text = closed(secondment, officer), AnswerText.objects.order_by("pk").first()
    inspector = person("inspector", "卢督导", Role.INSPECTOR, district=county)
    for user in (principal, teacher_user, inspector):
        client = client_of(user)
        assert client.get(at("texts", row)).status_code == 403
        assert verdict(client, text).status_code == 403
        assert client.post(at("release", row)).status_code == 403
        with pytest.raises(Refused):
            releasing.release(row, by=user)
    assert client_of(outsider).get(at("texts", row)).status_code == 404
    assert AnswerText.objects.filter(state="waiting").count() == len(SAID)


def test_a_word_that_is_not_there_and_no_verdict_are_refused(client_of, officer, secondment):
    closed(secondment, officer)
    client, text = client_of(officer), AnswerText.objects.order_by("pk").first()
    assert "原文里没有“李四”" in words_of(verdict(client, text, words="李四"))
    assert "请选“可以看”" in words_of(verdict(client, text, ""))


def test_classes_are_told_one_by_one_or_not_at_all(client_of, officer, secondment):
    row = closed(secondment, officer, classes=[("八（1）班", 6), ("八（2）班", 6)], number=12)
    page = words_of(client_of(officer).get(at("results", row)))
    assert "分班看" in page and "不分班列出" not in page
    small = closed(secondment, officer, classes=[("八（1）班", 6), ("八（2）班", 6)], number=8)
    page = words_of(client_of(officer).get(at("results", small)))
    assert "分班看" not in page
    assert "八（2）班的有效答卷少于 5 份，不单独列出；其他班也不分班列出" in page


@pytest.mark.parametrize("number", [1, 3, 30])
def test_pages_ask_the_same_however_many_texts_and_classes(client_of, officer, secondment, number):
    classes = [(f"八（{place}）班", 10) for place in range(number)]
    row = closed(secondment, officer, said=["谢谢"] * number * 8, number=number * 10, classes=classes)
    client = client_of(officer)
    for verb in ("results", "texts"):
        client.get(at(verb, row))
        with CaptureQueriesContext(connection) as captured:
            client.get(at(verb, row))
        print(verb, number, len(captured))
        assert len(captured) <= (20 if verb == "results" else 12)
