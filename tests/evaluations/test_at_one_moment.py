"""Two people at one moment, and a process that is killed half-way: one effect, or none. On the database the suite runs on."""

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.race import PAIRS
from tests.test_at_once import ROOT

ALL = PAIRS + 1


def process(database, *what, module="tests.moments"):
    """A process of its own against that database; what it printed, or by which signal it ended."""
    environment = {**os.environ, "DATABASE_URL": database, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", module, *what], env=environment, cwd=ROOT, check=False, capture_output=True, text=True
    )  # fmt: skip
    if done.returncode < 0:
        return -done.returncode
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def test_two_who_settle_publish_and_finish_at_one_moment_have_one_effect_and_no_place_too_many(own_database):
    assert process(own_database, "race") == {
        "settled": [1, 1], "allowed_taken": True, "published": [1, 1], "notices": 1, "final": [1, 1],
        "states": {"final": ALL}, "verbs": [True, 1, 1],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "number"),
    [('UPDATE "evaluations_appraisal"', 60), ('INSERT INTO "accounts_auditentry"', ALL)],
    ids=["in the middle of the grades", "at the last line of the trail"],
)
def test_a_settlement_of_the_county_that_is_killed_leaves_nothing_and_can_be_done_again(
    own_database,
    statement,
    number,
):
    nothing = {"states": {"submitted": ALL}, "grades": 0, "audited": 0}
    assert process(own_database, "make") == nothing
    assert process(own_database, "die", statement, str(number)) == signal.SIGKILL
    assert process(own_database, "look") == nothing
    assert process(own_database, "settle") == {"states": {"settled": ALL}, "grades": ALL, "audited": ALL}


def test_two_inspectors_at_one_field_and_two_officers_at_one_release(own_database, tmp_path):
    assert process(own_database, "race", tmp_path, module="tests.at_the_school") == {
        "field": [1, 1], "second_sees_the_first": True, "released": [1, 1], "trail": 1, "notices": {"principal": 1},
    }  # fmt: skip


def test_an_upload_that_is_killed_leaves_no_row_and_files_that_are_swept_away(own_database, tmp_path):
    def at_the_school(*what):
        return process(own_database, what[0], tmp_path, *what[1:], module="tests.at_the_school")

    nothing = {"rows": 0, "trail": 0, "all_there": True, "left_over": True, "files": 0}
    assert at_the_school("make") == nothing
    for place in ("rename", 'INSERT INTO "attachments_attachment"', 'INSERT INTO "accounts_auditentry"'):
        assert at_the_school("die", place) == signal.SIGKILL
        assert [*tmp_path.glob("media/??/*")], "it had begun to write"
        assert at_the_school("look") == nothing
    assert at_the_school("again") == {**nothing, "rows": 1, "trail": 1, "files": 2}
