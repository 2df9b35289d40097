"""An answer cannot be joined to the code that gave it, by whoever holds the database; and none is lost, double or half.

Each in a process of its own on a database of its own (tests/ballots.py), on the engine that the suite runs on.
"""

import json
import os
import subprocess
import sys

import pytest
from django.apps import apps
from django.db import models

from evaluations.models import AnswerText, BallotBox, OptionCount, QuestionnaireCode
from tests.ballots import CROWD, FLOOD, KILLS, ROUNDS, VOTES
from tests.test_at_once import ROOT


@pytest.fixture
def ran(own_database):
    def run(*scenarios):
        environment = {**os.environ, "DATABASE_URL": own_database, "PYTHONPATH": str(ROOT)}
        process = subprocess.run(
            [sys.executable, "-m", "tests.ballots", *scenarios],
            env=environment, cwd=ROOT, check=False, capture_output=True, text=True,
        )  # fmt: skip
        assert process.returncode == 0, process.stderr[-3000:]
        told = json.loads(process.stdout)
        print(f"\n{told}")
        return told

    return run


def test_every_answer_counts_once_and_nothing_that_is_left_joins_it_to_its_code(ran):
    """One process for all of it, because it begins with every migration."""
    told = ran("crowd", "load", "closed", "killed", "attack", "papers")
    assert told["crowd"] == {
        "answers": {"303": 1, "409": CROWD - 1},
        "returned": 1,
        "used": 1,
        "counted": 1,
        "texts": 1,
    }
    every = {
        "answers": {"303": CROWD, "409": CROWD},
        "returned": CROWD,
        "used": CROWD,
        "counted": CROWD,
        "texts": CROWD,
    }
    assert told["load"] == every
    closed = told["closed"]
    assert closed["accepted"] == closed["returned"] == closed["counted"]
    assert set(closed["others"]) <= {429}
    killed = told["killed"]
    # Whoever was told so is counted; one more a kill may be counted whose telephone never heard of it.
    assert (killed["is_whole"], killed["lost"], killed["more"] <= KILLS) == (True, 0, True)
    check_attack(told["attack"])
    check_papers(told["papers"])


def check_attack(told):
    assert told["ways"] == 50
    assert told["votes"] >= ROUNDS * VOTES
    assert told["ways_that_work"] == [], "right more often than chance and two standard deviations, again and again"
    assert told["changed_elsewhere"] == [], "an answer changes one row of one table"
    left = {name: told[name] for name in ("hashes_left", "codes_left", "texts_left", "logged", "sessions")}
    assert left == dict.fromkeys(left, 0)


def check_papers(told):
    """Of paper neither: not who wrote what, by the order in which the sheets were typed, nor of which class a text is."""
    assert told["sheets"] >= 2 * ROUNDS * VOTES
    assert told["ways_that_work"] == []
    assert told["changed_elsewhere"] == [], "typing a class changes its box and no other answers"
    assert told["box_differs"] == 0, "in whatever order the sheets lay"
    assert told["told_in_trail"] == 0


@pytest.mark.slow
def test_of_ten_thousand_answers_none_is_lost_and_none_double(ran):
    told = ran("flood")["flood"]
    assert told["answers"] == {"303": FLOOD, "409": FLOOD // 10}
    assert {told[name] for name in ("returned", "used", "counted", "texts")} == {FLOOD}


@pytest.mark.slow
def test_the_attack_finds_a_leak_where_there_is_one(ran):
    told = ran("leaky")["leaky"]
    assert "answered / on disk" in told["ways_that_work"]
    assert told["hashes_left"] > 0


def fields_of(model):
    return {field.name: field for field in model._meta.get_fields() if isinstance(field, models.Field)}


def test_no_table_of_answers_knows_when_or_who():
    """What is kept of answers has no time, no order of its own, and nobody; the codes point at no answer."""
    for model in (BallotBox, OptionCount, AnswerText, QuestionnaireCode):
        kinds = [type(field) for name, field in fields_of(model).items() if name != "read_by"]  # the moderator
        assert not {models.DateField, models.DateTimeField, models.TimeField, models.GenericIPAddressField} & set(kinds)
        pointed = {
            field.related_model._meta.model_name
            for name, field in fields_of(model).items()
            if field.related_model and name != "read_by"
        }
        assert pointed <= {"district", "questionnaireclass", "questionnaire", "question", "questionoption"}, model
    assert not any(isinstance(AnswerText._meta.pk, kind) for kind in (models.AutoField, models.BigAutoField))
    codes_are_known_to = {
        model._meta.model_name
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.related_model is QuestionnaireCode and isinstance(field, models.Field)
    }
    assert codes_are_known_to == set()
