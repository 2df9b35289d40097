"""Opening, codes, answering and closing of a questionnaire, from the functions' side."""

import datetime as dt

import pytest

from assignments.models import School, Teacher
from evaluations.models import AnswerText, BallotBox, OptionCount, QuestionnaireClass, QuestionnaireCode, QuestionSet
from evaluations.questionnaires import answering, bank, closing, codes
from evaluations.questionnaires.answering import Outcome, Refusal
from evaluations.questionnaires.opening import ClassPlan, add_class, change_closing, open_questionnaire, progress
from evaluations.questionnaires.personal import find_personal
from tests.evaluations.questionnaires import codes_of, opened, question_set, sent
from zhijiao import clock, daily
from zhijiao.accounts.models import AuditEntry
from zhijiao.refusals import Refused


def answer(questionnaire, code, pick=0, **texts):
    slip = answering.look_up(code)
    if not isinstance(slip, answering.Slip):
        return slip
    given, wrong = answering.read(answering.paper_of(questionnaire.question_set_id), sent(questionnaire, pick, **texts))
    assert not wrong
    return answering.answer(slip, given)


@pytest.fixture
def open_one(secondment, officer):
    return opened(secondment, by=officer)


def test_the_ready_sets_are_there_and_have_no_fault(db):
    sets = {one.key: one for one in QuestionSet.objects.filter(county=None)}
    assert set(sets) == {"pupils", "pupils-lower", "parents", "colleagues", "leaders"}
    assert [bank.faults_of(bank.content_of(one)) for one in sets.values()] == [[]] * 5
    assert {key: one.questions.count() for key, one in sets.items()} == {
        "pupils": 12, "pupils-lower": 5, "parents": 10, "colleagues": 7, "leaders": 7,
    }  # fmt: skip
    assert all(one.questions.filter(tells_satisfaction=True).count() == 1 for one in sets.values())


def test_answers_become_counters_and_texts_and_the_box_goes(open_one, officer):
    given = codes_of(open_one, by=officer)
    assert len(given) == len(set(given)) == 6
    assert answer(open_one, given[0], 0, q12="老师好") is Outcome.ACCEPTED
    assert answer(open_one, given[1], 3, q12="多讲些故事") is Outcome.ACCEPTED
    assert answer(open_one, given[2], 0) is Outcome.ACCEPTED
    assert [(one.name, one.row.issued, one.returned) for one in progress(open_one)] == [("八（2）班", 6, 3)]
    assert not OptionCount.objects.exists()

    closed = closing.close(open_one, by=officer)
    assert (closed.state, closed.closed_on) == ("closed", clock.today())
    first = OptionCount.objects.filter(option__question__number=1).order_by("option__number")
    assert list(first.values_list("number", flat=True)) == [2, 0, 0, 1]
    assert sorted(AnswerText.objects.values_list("text", flat=True)) == ["多讲些故事", "老师好"]
    assert list(QuestionnaireClass.objects.values_list("issued", "returned", "valid")) == [(6, 3, 3)]
    assert not BallotBox.objects.exists()
    assert not QuestionnaireCode.objects.exists()
    assert [(one.returned, one.rate) for one in progress(open_one)] == [(3, 50)]
    with pytest.raises(Refused, match="已经截止"):
        closing.close(open_one, by=officer)
    with pytest.raises(Refused, match="不能重新开放"):
        codes_of(open_one, by=officer)


def test_a_code_counts_once(open_one, officer):
    code = codes_of(open_one, by=officer)[0]
    assert answer(open_one, code, 0) is Outcome.ACCEPTED
    assert answer(open_one, code.lower().replace("-", " "), 3) is Outcome.USED
    assert BallotBox.objects.get().returned == 1


def test_issued_again_the_unused_codes_open_nothing_any_more(open_one, officer):
    first = codes_of(open_one, by=officer)
    slip = answering.look_up(first[2])  # looked up before, sent after
    answer(open_one, first[0])
    second = codes_of(open_one, by=officer)
    assert len(second) == 5
    assert answer(open_one, first[1]) is Refusal.UNKNOWN
    assert answering.answer(slip, answering.Answer()) is Outcome.CLOSED
    assert answer(open_one, first[0]) is Outcome.USED
    assert {answer(open_one, code) for code in second} == {Outcome.ACCEPTED}
    assert BallotBox.objects.get().returned == 6


def test_only_a_keyed_hash_of_a_code_is_kept(open_one, officer):
    given = codes_of(open_one, by=officer)
    kept = set(QuestionnaireCode.objects.values_list("pk", flat=True))
    assert kept == {codes.hashed(code) for code in given}
    assert not any(code.replace("-", "") in str(kept) for code in given)
    told = str(list(AuditEntry.objects.values()))
    assert not any(code in told for code in given)


def test_a_link_has_a_ceiling(secondment, officer):
    one = opened(secondment, by=officer, way="link", classes=[("八（2）班", 2)])
    (code,) = codes_of(one, by=officer)
    assert [answer(one, code) for _ in range(3)] == [Outcome.ACCEPTED, Outcome.ACCEPTED, Outcome.FULL]
    assert BallotBox.objects.get().used == []
    (new,) = codes_of(one, by=officer)
    assert answer(one, code) is Refusal.UNKNOWN
    assert answer(one, new) is Outcome.FULL


def test_its_time_comes_and_goes(secondment, officer):
    early = opened(secondment, by=officer, begins=1, ends=2)
    code = codes_of(early, by=officer)[0]
    assert answering.look_up(code) is Refusal.EARLY
    with clock.standing_at(early.closes_at - dt.timedelta(minutes=1)):
        assert answer(early, code) is Outcome.ACCEPTED
    with clock.standing_at(early.closes_at):
        assert answering.look_up(code) is Refusal.UNKNOWN
        assert closing.close_if_due(early).state == "closed"


def test_the_day_closes_what_is_due_once(open_one, officer):
    answer(open_one, codes_of(open_one, by=officer)[0])
    with clock.standing_at(open_one.closes_at + dt.timedelta(hours=1)):
        done = {step.name: step.number for step in daily.run(clock.today())}
        again = {step.name: step.number for step in daily.run(clock.today())}
    assert (done["截止到时间的问卷"], again["截止到时间的问卷"]) == (1, 0)


def test_others_are_told_of_a_closing_and_what_fails_keeps_it_open(open_one, officer, monkeypatch):
    told = []
    monkeypatch.setattr(closing, "_after_close", [])
    closing.also_after_close(told.append)

    def fails(questionnaire):
        raise Refused("不行")

    closing.also_after_close(fails)
    with pytest.raises(Refused):
        closing.close(open_one, by=officer)
    open_one.refresh_from_db()
    assert open_one.state == "open"
    monkeypatch.setattr(closing, "_after_close", [told.append])
    closing.close(open_one, by=officer)
    assert told[-1] == open_one


def test_more_time_and_more_classes(open_one, officer):
    later = open_one.closes_at + dt.timedelta(days=1)
    assert change_closing(open_one, later, by=officer).closes_at == later
    add_class(open_one, ClassPlan("八（3）班", 40), by=officer)
    with pytest.raises(Refused, match="已经在问卷里"):
        add_class(open_one, ClassPlan("八（3）班", 40), by=officer)
    with pytest.raises(Refused, match="现在和开放时间以后"):
        change_closing(open_one, clock.now() - dt.timedelta(hours=1), by=officer)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"classes": []}, "至少要有一个班级"),
        ({"classes": [("八（2）班", 0)]}, "应在 1 到 3000 之间"),
        ({"classes": [("八（2）班", 3), ("八（2）班", 4)]}, "写了两次"),
        ({"begins": 2, "ends": 1}, "截止时间应在开放时间以后"),
        ({"begins": -3, "ends": -2}, "截止时间已经过了"),
    ],
)
def test_what_cannot_be_opened_is_told(secondment, officer, changes, words):
    with pytest.raises(Refused, match=words):
        opened(secondment, by=officer, **changes)
    assert not BallotBox.objects.exists()
    assert not question_set().is_frozen


def test_who_may_not_open_opens_nothing(secondment, principal, outsider, teacher_user):
    for user in (principal, outsider, teacher_user):
        with pytest.raises(Refused, match="专干或检查"):
            opened(secondment, by=user)


def test_a_teacher_who_is_not_there_is_refused(second, county, sending_school, officer, open_one, secondment):
    other = second(Teacher.objects.create(county=county, school=sending_school, name="别处"))
    third = School.objects.create(county=county, name="云雾乡小学")
    other.placements.update(receiving_school=third)
    with pytest.raises(Refused, match="没有在松岭乡中心小学支教"):
        open_questionnaire(
            question_set=question_set(), school=secondment.placements.get().receiving_school, classes=[ClassPlan("一班", 3)],
            opens_at=clock.now(), closes_at=clock.now() + dt.timedelta(hours=1), by=officer, secondment=other,
        )  # fmt: skip


def test_a_ready_set_is_copied_changed_and_after_use_makes_a_new_version(secondment, officer, county, outsider):
    ready_one = question_set("colleagues")
    content = bank.content_of(ready_one)
    with pytest.raises(Refused, match="先复制一份"):
        bank.rewrite(ready_one, content, by=officer)
    own = bank.copy(ready_one, county=county, by=officer)
    assert bank.content_of(own) == content
    with pytest.raises(Refused, match="本县"):
        bank.rewrite(own, content, by=outsider)

    shorter = bank.Content(**{**content.__dict__, "title": "本县同事测评", "questions": content.questions[:3]})
    assert bank.rewrite(own, shorter, by=officer).pk == own.pk
    assert own.questions.count() == 3
    QuestionSet.objects.filter(pk=own.pk).update(is_frozen=True)
    newer = bank.rewrite(own, content, by=officer)
    own.refresh_from_db()
    assert (newer.version, newer.is_frozen, own.is_retired, own.questions.count()) == (2, False, True, 3)
    assert own not in bank.choosable(officer)
    with pytest.raises(Refused, match="已经有了新版"):
        bank.rewrite(own, content, by=officer)


def test_a_used_set_is_frozen(open_one):
    assert question_set().is_frozen


def test_a_set_with_faults_is_refused_with_the_place(officer, county):
    own = bank.copy(question_set("pupils"), county=county, by=officer)
    content = bank.content_of(own)
    bad = [
        bank.Asked("喜欢吗", options=(bank.Option("喜欢"), bank.Option("喜欢"))),
        bank.Asked("说说", kind="text", options=(bank.Option("一"),)),
    ]
    with pytest.raises(Refused, match="第 1 题：有两个选项一样；第 2 题：文字题没有选项"):
        bank.rewrite(own, bank.Content(**{**content.__dict__, "questions": tuple(bad)}), by=officer)
    assert bank.content_of(own) == content


PLANTED = [
    *(f"找我打{number}吧" for number in ("13812345678", "138 1234 5678", "138-1234-5678", "１３８１２３４５６７８", "+86 13812345678", "0851-1234567")),
    *(f"我的号{number}" for number in ("11010519491231002X", "110105194912310021", "110105 19491231 0021", "110105491231002")),
    *(f"{name}老师打人" for name in ("王", "李明", "欧阳", "诸葛小明", "陈思远")), "我叫张小花", "我是刘洋", "班长赵一鸣同学", "吴校长知道",
    "加微信abc12345", "QQ：12345678", "qq 1234567", "写信到abc@163.com",
]  # fmt: skip


@pytest.mark.parametrize("text", PLANTED)
def test_what_names_a_person_is_pointed_out(text):
    found = find_personal(text)
    assert found
    assert all(0 <= one.start < one.end <= len(text) for one in found)


@pytest.mark.parametrize(
    "text",
    [
        "老师讲课有意思",
        "作业不多，常常讲故事",
        "希望高年级老师也来",
        "我喜欢语文和数学",
        "第3单元最难，考了98分",
        "班主任和老师都好",
    ],
)
def test_what_names_nobody_is_left_alone(text):
    assert find_personal(text) == []
