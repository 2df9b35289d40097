"""Two requests at the same moment have one effect, on the database that the suite runs on."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.race import CROWD, PAIRS

ROOT = Path(__file__).resolve().parent.parent


def test_a_hundred_forms_handed_in_twice_at_once_have_one_effect_each(own_database):
    environment = {**os.environ, "DATABASE_URL": own_database, "PYTHONPATH": str(ROOT)}
    process = subprocess.run(
        [sys.executable, "-m", "tests.race"], env=environment, cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert process.returncode == 0, process.stderr[-3000:]
    told = json.loads(process.stdout)
    assert told == {
        "pairs": PAIRS, "answers": {"302": 2 * PAIRS}, "effects": [[1, PAIRS]], "approved": PAIRS + 1, "audited": PAIRS + 1,
        "crowd": {"302": 1, "409": CROWD - 1}, "crowd_effects": 1,
    }  # fmt: skip
