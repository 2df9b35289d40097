"""What the questionnaires of an inspection come to stands in its 问卷统计, once, and in what the appraisal knows."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from evaluations import results
from evaluations.models import Inspection, Questionnaire, QuestionnaireCount
from evaluations.questionnaires import answering, closing, feeding
from tests.evaluations.questionnaires import codes_of, opened, sent, words_of
from tests.full_records import fill_inspection
from zhijiao.accounts.models import AuditEntry
from zhijiao.refusals import Refused

GOOD, BAD = 0, 2  # of the three options of the overall question of parents


@pytest.fixture
def inspection(county, receiving_school):
    row = fill_inspection(county, receiving_school, dt.date(2023, 11, 12))
    QuestionnaireCount.objects.all().delete()
    Inspection.objects.filter(pk=row.pk).update(state="under_way")
    row.refresh_from_db()
    return row


def closed(secondment, officer, picks, inspection, *, key="parents"):
    row = opened(secondment, by=officer, key=key, inspection=inspection, classes=[("一班", max(len(picks), 6))])
    for code, pick in zip(codes_of(row, by=officer), picks, strict=False):
        assert answering.take(code, sent(row, pick)).outcome == answering.Outcome.ACCEPTED
    return closing.close(row, by=officer)


def numbers(row):
    return tuple(getattr(row, name) for name in feeding.FIELDS)


def test_closing_writes_the_numbers_and_the_next_one_adds_its_own(officer, secondment, inspection):
    closed(secondment, officer, [GOOD] * 5 + [BAD], inspection)
    row = QuestionnaireCount.objects.get()
    assert (row.inspection, row.respondents) == (inspection, "parents")
    assert numbers(row) == (6, 6, 6, 5, 0, 1)
    closed(secondment, officer, [GOOD] * 5, inspection)
    row.refresh_from_db()
    assert numbers(row) == (12, 11, 11, 10, 0, 1)
    assert AuditEntry.objects.filter(verb="计入问卷统计").count() == 2


def test_other_people_have_their_own_line(officer, secondment, inspection):
    closed(secondment, officer, [GOOD] * 6, inspection)
    closed(secondment, officer, [GOOD] * 6, inspection, key="pupils")
    assert {row.respondents: row.satisfied for row in QuestionnaireCount.objects.all()} == {"parents": 6, "pupils": 6}


def test_how_many_is_told_and_of_few_not_what_they_said(officer, secondment, inspection):
    closed(secondment, officer, [GOOD] * 6, inspection)
    closed(secondment, officer, [BAD] * 2, inspection)
    row = QuestionnaireCount.objects.get()
    assert numbers(row) == (12, 8, 8, None, None, None)
    assert row.satisfaction is None


def test_what_was_typed_stays_until_somebody_says_why_not(client_of, officer, principal, secondment, inspection):
    QuestionnaireCount.objects.create(county=inspection.county, inspection=inspection, respondents="parents", issued=30)
    questionnaire = closed(secondment, officer, [GOOD] * 6, inspection)
    assert numbers(QuestionnaireCount.objects.get())[:2] == (30, None)
    page, replace = (
        reverse(f"evaluations:questionnaire_{verb}", args=[questionnaire.pk]) for verb in ("detail", "replace")
    )
    client = client_of(officer)
    assert "检查里登记的是 发 30" in words_of(client.get(page))
    assert "检查里登记的是" not in words_of(client_of(principal).get(page))
    assert client.post(replace, {"reason": " "}).status_code == 409
    assert client.post(replace, {"reason": "原来是估计数"}).status_code == 302
    assert numbers(QuestionnaireCount.objects.get()) == (6, 6, 6, 6, 0, 0)
    assert AuditEntry.objects.get(verb="替换问卷统计").reason == "原来是估计数"
    assert "检查里登记的是" not in words_of(client.get(page))
    assert client.post(replace, {"reason": "再来"}).status_code == 409
    with pytest.raises(Refused):
        feeding.replace(questionnaire, by=principal, reason="我也来")


def test_what_the_school_has_read_is_not_changed_behind_its_back(officer, secondment, inspection):
    closed(secondment, officer, [GOOD] * 6, inspection)
    row = opened(secondment, by=officer, key="parents", inspection=inspection)
    codes_of(row, by=officer)
    Inspection.objects.filter(pk=inspection.pk).update(state="rectifying")
    closing.close(row, by=officer)
    assert numbers(QuestionnaireCount.objects.get())[:2] == (6, 6)
    assert feeding.differs(Questionnaire.objects.get(pk=row.pk)) is not None


def test_without_an_inspection_nothing_is_written(officer, secondment):
    closed(secondment, officer, [GOOD] * 6, None)
    assert not QuestionnaireCount.objects.exists()


def test_the_appraisal_knows_the_satisfaction_of_all_that_may_be_told(officer, secondment):
    assert (results.satisfaction(secondment), results.valid_number(secondment)) == (None, 0)
    opened(secondment, by=officer, key="parents")  # still open: does not count
    closed(secondment, officer, [BAD] * 4, None)  # too few
    assert results.satisfaction(secondment) is None
    closed(secondment, officer, [GOOD] * 6 + [BAD] * 2, None)
    closed(secondment, officer, [GOOD] * 8, None, key="colleagues")
    assert results.satisfaction(secondment) == Decimal("87.5")
    assert results.valid_number(secondment) == 16
    assert results.satisfaction(secondment, respondents="parents") == Decimal("75.0")
    assert results.satisfaction(secondment, respondents="pupils") is None


@pytest.mark.parametrize("valid", [3, 20])
def test_an_inspected_school_reads_of_few_how_many_and_not_what(client_of, officer, principal, inspection, valid):
    """Also of what was imported; the bureau reads its own record."""
    Inspection.objects.filter(pk=inspection.pk).update(state="closed")
    QuestionnaireCount.objects.create(
        county=inspection.county, inspection=inspection, respondents="leaders", issued=40, returned=38, valid=valid,
        satisfied=valid - 1, fairly_satisfied=0, dissatisfied=1,
    )  # fmt: skip
    page = reverse("evaluations:inspection_detail", args=[inspection.pk])
    told = "的满意情况不公开"
    assert (told in words_of(client_of(principal).get(page))) == (valid < 5)
    assert told not in words_of(client_of(officer).get(page))
    rate = f"{(valid - 1) * 100 / valid:.1f}%"
    assert (rate in words_of(client_of(principal).get(page))) == (valid >= 5)
    assert rate in words_of(client_of(officer).get(page))
