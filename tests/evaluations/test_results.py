"""Results: of all classes together, after the end, from five valid answers on, and for whom the table lets."""

from decimal import Decimal

import pytest
from django.urls import reverse

from assignments.choices import Role
from evaluations import results
from evaluations.choices import QuestionKind
from evaluations.models import AnswerText, OptionCount
from evaluations.questionnaires import answering, closing
from tests.conftest import person
from tests.evaluations.questionnaires import codes_of, opened, sent, words_of


def answered(secondment, officer, picks, *, key="pupils", is_closed=True):
    """As many answers as there are picks; the first one writes a sentence too. In two classes."""
    half = len(picks) - len(picks) // 2
    classes = [("八（1）班", max(1, half)), ("八（2）班", max(1, len(picks) - half))]
    row = opened(secondment, by=officer, key=key, classes=classes)
    text = next(item for item in answering.paper_of(row.question_set_id) if item.kind == QuestionKind.TEXT)
    for number, (code, pick) in enumerate(zip(codes_of(row, by=officer), picks, strict=False)):
        words = {f"q{text.number}": "谢谢老师"} if not number else {}
        assert answering.take(code, sent(row, pick, **words)).outcome == answering.Outcome.ACCEPTED
    return closing.close(row, by=officer) if is_closed else row


def page_of(client_of, user, row):
    return words_of(client_of(user).get(reverse("evaluations:questionnaire_detail", args=[row.pk])))


def test_five_answers_are_told_with_shares_and_means(client_of, officer, principal, secondment):
    row = answered(secondment, officer, [0, 0, 0, 0, 1, 1, 1, 1, 3, 3])
    first = results.results_of(row)[0]
    (best, four), (good, four_too), _, (worst, two) = first.counts
    assert (four, four_too, two) == (4, 4, 2)
    points = (best.points * 4 + good.points * 4 + worst.points * 2) / Decimal(10)
    assert first.mean == points.quantize(Decimal("0.01"))
    assert first.told().startswith("总是 4（40%），常常 4（40%）")
    for user in (officer, principal):
        page = page_of(client_of, user, row)
        assert "总是 4（40%）" in page
        assert "有效 10 份" in page
        assert "另有文字意见 1 条" in page and "谢谢老师" not in page


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_below_five_nothing_is_told(client_of, officer, secondment, number):
    row = answered(secondment, officer, [0] * number)
    page = page_of(client_of, officer, row)
    assert "有效答卷少于 5 份，结果不公开" in page
    assert "100%）" not in page
    assert AnswerText.objects.count() == 1


def test_a_question_that_few_answered_is_hidden_by_itself(officer, secondment):
    row = answered(secondment, officer, [0] * 6)
    first = results.results_of(row)[0]
    OptionCount.objects.filter(option__question=first.question, number__gt=0).update(number=2)
    told = results.results_of(row)[0]
    assert told.is_hidden and told.mean is None
    assert told.told() == "答的少于 5 份，不公开"


def test_nobody_sees_anything_while_it_is_open(client_of, officer, secondment):
    row = answered(secondment, officer, [0] * 6, is_closed=False)
    page = page_of(client_of, officer, row)
    assert "总是" not in page
    assert results.why_hidden(row, 6) == "截止以前谁也看不到结果"


def test_satisfaction_counts_the_pleased_of_the_valid(officer, secondment):
    row = answered(secondment, officer, [0] * 6 + [2, 3], key="parents")
    found, valid = results.results_of(row), results.valid_of(row)
    asked = next(result for result in found if result.question.tells_satisfaction)
    pleased = sum(number for option, number in asked.counts if option.opinion in ("satisfied", "fairly"))
    assert results.rate_of(found, valid) == (Decimal(pleased) * 100 / 8).quantize(Decimal("0.1"))


def test_the_sending_school_and_the_teacher_see_no_results(
    client_of, officer, secondment, sending_school, teacher_user
):
    row = answered(secondment, officer, [0] * 6)
    sender = person("sender", "派校长", Role.PRINCIPAL, school=sending_school)
    for user in (sender, teacher_user):
        assert client_of(user).get(reverse("evaluations:questionnaire_detail", args=[row.pk])).status_code in (403, 404)
