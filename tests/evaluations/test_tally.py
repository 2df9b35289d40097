"""A class without telephones: the questionnaire on paper, and its sheets as counts of the whole class."""

from io import BytesIO

import pdfplumber
import pytest
from django.urls import reverse

from assignments.choices import Role
from evaluations import results
from evaluations.models import AnswerText, BallotBox, OptionCount
from evaluations.questionnaires import answering, closing
from evaluations.questionnaires.tally import Tally, clear, put_tally
from tests.conftest import inspects, person
from tests.evaluations.questionnaires import opened, sent, words_of
from zhijiao.accounts.models import AuditEntry
from zhijiao.refusals import Refused


@pytest.fixture
def paper(secondment, officer):
    """The class that answers a parents' questionnaire on paper."""
    return opened(secondment, by=officer, key="parents", way="paper", classes=[("八（2）班", 45)]).classes.get()


def at(verb, row):
    return reverse(f"evaluations:{verb}", args=[row.pk])


def options_of(row):
    return {item.number: [option.pk for option in item.options] for item in items(row)}


def items(row):
    return answering.paper_of(row.questionnaire.question_set_id)


def numbers(row, returned=40, valid=39, **more):
    """40 came back, one of them blank; of nearly all that everybody is pleased."""
    counts = {f"n{pks[0]}": valid - 1 for number, pks in options_of(row).items() if pks}
    text = next(item for item in items(row) if item.is_text)
    return {
        "issued": "45", "returned": str(returned), "valid": str(valid), **counts,
        f"t{text.pk}": " 常来 家里 \n\n谢谢老师\n", **more,
    }  # fmt: skip


def test_a_class_is_sent_once_and_counted_like_answers_by_code(client_of, officer, paper):
    client = client_of(officer)
    assert "录入" in words_of(client.get(at("questionnaire_detail", paper.questionnaire)))
    assert "录入八（2）班的纸质问卷" in words_of(client.get(at("class_tally", paper)))
    assert client.post(at("class_tally", paper), numbers(paper)).url == at("questionnaire_detail", paper.questionnaire)
    box, first = BallotBox.objects.get(), options_of(paper)[1][0]
    assert (box.returned, box.valid, box.counts[str(first)], box.used) == (40, 39, 38, [])
    assert list(box.texts.values()) == [["常来 家里", "谢谢老师"]]
    assert "收回 40 / 45 份" in words_of(client.get(at("questionnaire_detail", paper.questionnaire)))
    closing.close(paper.questionnaire, by=officer)
    paper.refresh_from_db()
    assert (paper.issued, paper.returned, paper.valid) == (45, 40, 39)
    assert OptionCount.objects.get(option=first).number == 38
    assert set(AnswerText.objects.values_list("text", flat=True)) == {"常来 家里", "谢谢老师"}
    assert results.satisfaction(paper.questionnaire.secondment) == results.rate_of(
        results.results_of(paper.questionnaire), 39
    )


def test_a_double_click_has_one_effect_and_sending_again_takes_the_place(client_of, officer, paper):
    client = client_of(officer)
    for _ in range(2):
        assert client.post(at("class_tally", paper), numbers(paper, once="a" * 32)).status_code == 302
    assert AuditEntry.objects.filter(verb="录入纸质问卷").count() == 1
    page = words_of(client.get(at("class_tally", paper)))
    assert "录过一次：收回 40 份，有效 39 份" in page
    client.post(at("class_tally", paper), numbers(paper, 30, 30))
    assert BallotBox.objects.get().returned == 30
    assert client.post(at("class_tally_clear", paper)).status_code == 302
    assert (BallotBox.objects.get().returned, BallotBox.objects.get().counts) == (0, {})
    assert client.post(at("class_tally_clear", paper)).status_code == 409


def test_who_typed_at_the_same_time_is_told(client_of, officer, paper):
    client = client_of(officer)
    seen = client.get(at("class_tally", paper)).context["seen"]
    client.post(at("class_tally", paper), numbers(paper, seen=seen))
    late = client.post(at("class_tally", paper), numbers(paper, 20, 20, seen=seen))
    assert late.status_code == 409 and "别人刚录过" in words_of(late)
    assert BallotBox.objects.get().returned == 40


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"returned": "46"}, "对不上"),
        ({"issued": "46"}, "发不出 46 份"),
        ({"valid": "41"}, "对不上"),
        ({"returned": "0", "valid": "0"}, "收回 0 份"),
        ({"valid": "20"}, "比有效的 20 份多"),
        ({"returned": ""}, "请写份数"),
        ({"returned": "-1"}, "不能小于 0"),
    ],
)
def test_what_cannot_be_is_told_and_kept(client_of, officer, paper, changes, words):
    answer = client_of(officer).post(at("class_tally", paper), {**numbers(paper), **changes})
    assert words in words_of(answer)
    assert 'value="38"' in answer.content.decode() and "谢谢老师" in words_of(answer)
    assert BallotBox.objects.get().returned == 0


def test_a_blank_sheet_is_not_valid(officer, paper):
    first = options_of(paper)[1][0]
    with pytest.raises(Refused, match="一题也没有答的不算有效"):
        put_tally(paper, Tally(45, 3, 3, {first: 1}), by=officer)
    put_tally(paper, Tally(45, 3, 1, {first: 1}), by=officer)
    assert BallotBox.objects.get().valid == 1


def test_it_is_typed_only_while_open_only_on_paper_and_only_by_those_who_run_it(
    client_of, officer, principal, teacher_user, county, secondment, paper
):
    for user in (principal, teacher_user):
        assert client_of(user).post(at("class_tally", paper), numbers(paper)).status_code == 403
        assert client_of(user).get(at("questionnaire_paper", paper.questionnaire)).status_code == 403
        with pytest.raises(Refused):
            put_tally(paper, Tally(45, 1, 1, {options_of(paper)[1][0]: 1}), by=user)
    inspector = person("inspector", "卢督导", Role.INSPECTOR, district=county)
    inspects(inspector, paper.questionnaire.school)
    assert client_of(inspector).post(at("class_tally", paper), numbers(paper)).status_code == 302
    coded = opened(secondment, by=officer).classes.get()
    with pytest.raises(Refused, match="不是纸质问卷"):
        put_tally(coded, Tally(6, 1, 1, {options_of(coded)[1][0]: 1}), by=officer)
    closing.close(paper.questionnaire, by=officer)
    assert client_of(officer).post(at("class_tally", paper), numbers(paper)).status_code == 409
    with pytest.raises(Refused):
        clear(paper, by=officer)


def test_in_whatever_order_the_sheets_lay_the_box_is_the_same(officer, paper):
    """What arrives are counts and sorted texts; the trail knows the class and how many."""
    text = next(item.pk for item in items(paper) if item.is_text)
    first, second = options_of(paper)[2][:2]
    boxes = []
    for said in (("甲", "乙", "丙"), ("丙", "甲", "乙")):
        put_tally(paper, Tally(45, 6, 6, {second: 2, first: 4}, {text: said}), by=officer)
        boxes.append(BallotBox.objects.values().get())
    assert boxes[0] == boxes[1]
    told = str(list(AuditEntry.objects.filter(verb="录入纸质问卷").values("before", "after")))
    assert not any(word in told for word in ("甲", "乙", "丙"))
    assert "counts" not in told


@pytest.mark.parametrize(
    ("key", "pages_a_class", "titles"), [("pupils", 1, 1), ("pupils-lower", 1, 2), ("parents", 1, 1)]
)
def test_the_paper_says_the_class_and_that_no_name_is_written(
    client_of, officer, secondment, key, pages_a_class, titles
):
    classes = [("八（1）班", 40), ("八（2）班", 38)]
    row = opened(secondment, by=officer, key=key, way="paper", classes=classes)
    answer = client_of(officer).get(at("questionnaire_paper", row))
    assert answer["Content-Type"] == "application/pdf"
    with pdfplumber.open(BytesIO(answer.content)) as pdf:
        told = [page.extract_text() for page in pdf.pages]
    assert len(told) == len(classes) * pages_a_class
    for (name, _), words in zip(classes, told, strict=True):
        assert words.count("不写名字") == titles
        assert words.count(name) == titles
        assert words.count("说说沈若兰老师") == titles
        last = answering.paper_of(row.question_set_id)[-1]
        assert f"{last.number}. {last.text}" in words and "写好对折" in words


def test_without_a_class_on_paper_there_is_nothing_to_print(client_of, officer, secondment):
    row = opened(secondment, by=officer)
    assert client_of(officer).get(at("questionnaire_paper", row)).status_code == 409


def test_paper_and_codes_stand_side_by_side(client_of, officer, secondment, paper):
    from evaluations.questionnaires.codes import issue_codes
    from evaluations.questionnaires.opening import ClassPlan, add_class

    add_class(paper.questionnaire, ClassPlan("八（3）班", 6), by=officer)
    (sheet,) = issue_codes(paper.questionnaire, by=officer)
    for code in sheet.codes:
        assert answering.take(code, sent(paper.questionnaire)).outcome == answering.Outcome.ACCEPTED
    client_of(officer).post(at("class_tally", paper), numbers(paper))
    closing.close(paper.questionnaire, by=officer)
    assert results.valid_of(paper.questionnaire) == 45
