"""Two hundred phones that answer at once, against a bare Django view that inserts one row for each of them."""

import secrets
import statistics

from evaluations.models import BallotBox
from tests.ballots import Place
from tests.bench import database
from tests.evaluations.questionnaires import sent
from tests.phones import posted, served

CLASSES, PUPILS, TURNS = 8, 50, 5


def answer_figures() -> tuple[float, int]:
    """Their rate to that of the bare view, the median of some turns; and how many answers were lost."""
    database.empty()
    environment = {"DATABASE_URL": f"sqlite:///{database.FILE}", "DJANGO_SETTINGS_MODULE": "tests.settings"}
    place, ratios, lost = Place(), [], 0
    with served("zhijiao.wsgi", environment) as ours, served("tests.bench.bare_site", environment) as theirs:
        for _ in range(TURNS):  # in turn, so that whatever else the machine does weighs on both
            row, classes = place.opened(*[PUPILS] * CLASSES)
            form = sent(row, 1)
            answers, our_seconds = posted(ours, [(f"/q/{code}/", form) for codes in classes for code in codes])
            _, their_seconds = posted(
                theirs, [("/bare/", {**form, "key": secrets.token_hex(16)}) for codes in classes for _ in codes]
            )
            ratios.append(their_seconds / our_seconds)
            kept = sum(
                BallotBox.objects.filter(questionnaire_class__questionnaire=row).values_list("returned", flat=True)
            )
            lost += CLASSES * PUPILS - answers[303] + abs(answers[303] - kept)
    return statistics.median(ratios[1:]), lost
