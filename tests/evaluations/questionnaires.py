"""A questionnaire that is open at the receiving school, for tests; also used by the processes that race against it."""

import datetime as dt
import re

from evaluations.models import QuestionSet
from evaluations.questionnaires import answering, ready
from evaluations.questionnaires.codes import issue_codes
from evaluations.questionnaires.opening import ClassPlan, open_questionnaire
from zhijiao import clock


def question_set(key="pupils"):
    """The ready-made one; put back where a test with real transactions emptied the tables."""
    from evaluations.models import Question, QuestionOption

    ready.put(QuestionSet, Question, QuestionOption)
    return QuestionSet.objects.get(county=None, key=key)


def opened(secondment, *, by, key="pupils", classes=(("八（2）班", 6),), way="codes", begins=-1, ends=1, **more):
    """Open since `begins` hours and for `ends` hours."""
    return open_questionnaire(
        question_set=question_set(key),
        school=secondment.placements.get().receiving_school,
        classes=[ClassPlan(name, number, way) for name, number in classes],
        opens_at=clock.now() + dt.timedelta(hours=begins),
        closes_at=clock.now() + dt.timedelta(hours=ends),
        by=by,
        secondment=secondment,
        **more,
    )


def codes_of(questionnaire, *, by):
    """Every code of it, class after class."""
    return [code for sheet in issue_codes(questionnaire, by=by) for code in sheet.codes]


def sent(questionnaire, pick=0, **texts):
    """What a browser sends that chose the option at this place in every question."""
    paper = answering.paper_of(questionnaire.question_set_id)
    chosen = {f"q{item.number}": str(item.options[pick % len(item.options)].pk) for item in paper if item.options}
    return {**chosen, **texts}


def words_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))
