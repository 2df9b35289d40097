"""Unnamed answers under attack, in a crowd and in a power cut, on a database of their own; run as a process.

DATABASE_URL=… python -m tests.ballots SCENARIO …       prints what came of each as JSON
"""

from __future__ import annotations

import json
import logging
import os
import random
import signal
import string
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import django

CROWD, THREADS = 200, 32
ROUNDS, VOTES = 20, 50  # questionnaires and votes in each of them: a thousand votes
KILLS = 4
FLOOD = 10_000
CHANCE = random.SystemRandom()
LIVE_TABLES = {"evaluations_ballotbox"}
# Sheets of paper: the box, how many were given out, and a line of the trail of the whole class.
TYPED_TABLES = {*LIVE_TABLES, "evaluations_questionnaireclass", "accounts_auditentry", "sequences"}


# --- a county with a questionnaire -------------------------------------------------------------------------------------


class Place:
    """An officer, and a teacher on post about whom is asked."""

    def __init__(self) -> None:
        from assignments.choices import DistrictLevel, Role
        from assignments.models import (
            District,
            Membership,
            Placement,
            Programme,
            School,
            SchoolYear,
            Secondment,
            Teacher,
        )
        from zhijiao.accounts.models import User
        from zhijiao.dates import ApproximateDate, parse_day

        county = District.objects.create(name="青岚县", code="990101", level=DistrictLevel.COUNTY)
        sending, receiving = (
            School.objects.create(county=county, name=name) for name in ("县第一小学", "松岭乡中心小学")
        )
        teacher = Teacher.objects.create(county=county, school=sending, name="沈若兰")
        row = Secondment(
            county=county, teacher=teacher, school_year=SchoolYear.objects.named("2023-2024"), sending_school=sending, state="on_post",
            programme=Programme.objects.create(county=county, name="测试支教"),
        )  # fmt: skip
        row.when = ApproximateDate.range(parse_day("2023-09-01"), parse_day("2024-07-10"))
        row.save()
        Placement.objects.create(county=county, secondment=row, receiving_school=receiving)
        self.secondment = row
        self.officer = User.objects.create(username="officer", name="周专干")
        Membership.objects.create(user=self.officer, role=Role.OFFICER, district=county)

    def opened(self, *classes: int) -> tuple[Any, list[list[str]]]:
        """With so many in each class; and their codes."""
        from evaluations.questionnaires.codes import issue_codes
        from tests.evaluations.questionnaires import opened

        plans = [(f"{number}班", size) for number, size in enumerate(classes, 1)]
        row = opened(self.secondment, by=self.officer, classes=plans)
        return row, [list(sheet.codes) for sheet in issue_codes(row, by=self.officer)]


def post(code: str, sent: dict[str, str]) -> int:
    """As a phone sends it; in a thread of its own with a connection of its own."""
    from django.test import Client

    return Client(raise_request_exception=False).post(f"/q/{code}/", sent).status_code


def closing_connection(act: Any) -> Any:
    from django.db import connections

    def acted(*args: Any) -> Any:
        try:
            return act(*args)
        finally:
            connections.close_all()

    return acted


def totals(row: Any) -> dict[str, Any]:
    """What the boxes hold, and whether it adds up: the first question was answered on each sheet."""
    from evaluations.models import BallotBox, Question

    first = Question.objects.filter(question_set=row.question_set_id).order_by("number").first()
    options = {str(pk) for pk in first.options.values_list("pk", flat=True)}
    boxes = list(BallotBox.objects.filter(questionnaire_class__questionnaire=row))
    return {
        "returned": sum(box.returned for box in boxes),
        "used": sum(len(set(box.used)) for box in boxes),
        "counted": sum(number for box in boxes for option, number in box.counts.items() if option in options),
        "texts": sum(len(texts) for box in boxes for texts in box.texts.values()),
    }


# --- scenarios ---------------------------------------------------------------------------------------------------------


def crowd(place: Place) -> dict[str, Any]:
    """One code from two hundred phones at once."""
    from tests.evaluations.questionnaires import sent

    row, [[code, *_]] = place.opened(30)
    said = [sent(row, pick, q12=f"第{pick}份") for pick in range(CROWD)]
    with ThreadPoolExecutor(THREADS) as pool:
        answers = Counter(pool.map(closing_connection(lambda one: post(code, one)), said))
    return {"answers": dict(answers), **totals(row)}


def load(place: Place) -> dict[str, Any]:
    """Two hundred people of five classes answer at once, each of them twice, because the phone did not react."""
    from tests.evaluations.questionnaires import sent

    row, classes = place.opened(*[CROWD // 5] * 5)
    said = [(code, sent(row, CHANCE.randrange(4), q12="好")) for codes in classes for code in codes for _ in range(2)]
    CHANCE.shuffle(said)
    with ThreadPoolExecutor(THREADS) as pool:
        answers = Counter(pool.map(closing_connection(lambda one: post(*one)), said))
    return {"answers": dict(answers), **totals(row)}


def flood(place: Place) -> dict[str, Any]:
    """Ten thousand answers by two hundred phones at a time at the site as it is served; one in ten is sent twice."""
    from django.conf import settings

    from tests.evaluations.questionnaires import sent
    from tests.phones import posted, served

    row, classes = place.opened(*[FLOOD // 50] * 50)
    said = [(f"/q/{code}/", sent(row, pick, q12="好")) for codes in classes for pick, code in enumerate(codes)]
    doubled = said + CHANCE.sample(said, FLOOD // 10)
    CHANCE.shuffle(doubled)
    environment = {"DATABASE_URL": os.environ["DATABASE_URL"], "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE}
    with served("zhijiao.wsgi", environment) as port:
        answers, seconds = posted(port, doubled)
    return {"answers": dict(answers), "a_second": round(len(doubled) / seconds), **totals(row)}


def closed_meanwhile(place: Place) -> dict[str, Any]:
    """It is closed while they answer: who was told that it counts is counted, and nobody else."""
    from evaluations.models import OptionCount, QuestionnaireClass
    from evaluations.questionnaires import closing
    from tests.evaluations.questionnaires import sent

    row, classes = place.opened(*[CROWD // 4] * 4)
    said = [(code, sent(row)) for codes in classes for code in codes]
    CHANCE.shuffle(said)
    timer = threading.Timer(1, closing_connection(lambda: closing.close(row, by=place.officer)))
    timer.start()
    with ThreadPoolExecutor(THREADS) as pool:
        answers = Counter(pool.map(closing_connection(lambda one: post(*one)), said))
    timer.join()
    counted = OptionCount.objects.filter(questionnaire_class__questionnaire=row, option__question__number=1)
    return {
        "others": sorted(set(answers) - {303, 404}),
        "accepted": answers[303],
        "returned": sum(QuestionnaireClass.objects.filter(questionnaire=row).values_list("returned", flat=True)),
        "counted": sum(counted.values_list("number", flat=True)),
    }


def killed(place: Place) -> dict[str, Any]:
    """Children answer one code after the other and are killed in the middle of it."""
    from tests.evaluations.questionnaires import sent

    row, [codes] = place.opened(400)
    said, told = sent(row, 1, q12="好老师"), 0
    for turn in range(KILLS):
        mine = codes[turn * 100 : (turn + 1) * 100]
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.ballots", "child"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "BALLOTS_CHILD": "1"},
        )  # fmt: skip
        child.stdin.write(json.dumps([mine, said]) + "\n")
        child.stdin.flush()
        for _ in range(CHANCE.randrange(3, 12)):  # some are told that theirs counts, then the plug is pulled
            told += child.stdout.readline() == "303\n"
        time.sleep(CHANCE.random() / 100)
        child.send_signal(signal.SIGKILL)
        told += child.communicate()[0].split().count("303")
    kept = totals(row)
    whole = len({kept["returned"], kept["used"], kept["counted"], kept["texts"]}) == 1
    return {"is_whole": whole, "lost": max(0, told - kept["returned"]), "more": kept["returned"] - told, "kills": KILLS}


def child() -> None:
    codes, said = json.loads(sys.stdin.readline())
    for code in codes:
        sys.stdout.write(f"{post(code, said)}\n")
        sys.stdout.flush()


# --- the attack --------------------------------------------------------------------------------------------------------


def tables() -> dict[str, list[tuple[Any, ...]]]:
    """Every table as it lies on disk: row by row with its physical place, and on PostgreSQL the number of the transaction."""
    from django.db import connection

    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            quoted = connection.ops.quote_name(table)
            place = "ctid::text, xmin::text" if connection.vendor == "postgresql" else "rowid, rowid"
            order = "ctid" if connection.vendor == "postgresql" else "rowid"
            cursor.execute(f"select {place}, t.* from {quoted} t order by {order}")  # noqa: S608 (names of our own tables)
            found[table] = cursor.fetchall()
        if connection.vendor == "postgresql":
            cursor.execute("select 0, 0, sequencename, last_value from pg_sequences order by 3")
        else:
            cursor.execute("select 0, 0, name, seq from sqlite_sequence order by 3")
        found["sequences"] = cursor.fetchall()
    return found


def files() -> bytes:
    """What lies on disk of it. On PostgreSQL the tables in which answers were; its log of changes is another matter."""
    from django.db import connection

    if connection.vendor != "postgresql":
        path = Path(connection.settings_dict["NAME"])
        parts = [path.with_name(path.name + suffix) for suffix in ("", "-wal", "-journal")]
        return b"".join(part.read_bytes() for part in parts if part.exists())
    content = b""
    with connection.cursor() as cursor:
        cursor.execute("checkpoint")
        for table in ("evaluations_ballotbox", "evaluations_questionnairecode"):
            cursor.execute(
                "select oid from pg_class where relname = %s union all select reltoastrelid from pg_class where relname = %s and reltoastrelid <> 0 "
                "union all select indexrelid from pg_index where indrelid = %s::regclass",
                [table, table, table],
            )
            for (oid,) in cursor.fetchall():
                cursor.execute("select pg_read_binary_file(pg_relation_filepath(%s::oid::regclass))", [oid])
                content += bytes(cursor.fetchone()[0])
    return content


class Vote:
    """One person: the slip they drew, when they answered, what they wrote."""

    def __init__(self, code: str) -> None:
        from evaluations.questionnaires.codes import hashed

        self.code, self.hash = code, hashed(code)
        # Begins with a character: digits alone are written the same in JSON, and would be found there as in the table.
        self.text = CHANCE.choice("春夏秋冬") + "".join(CHANCE.choices("山水花鸟风月天地人和" + string.digits, k=14))


def guesses(
    votes: list[Vote], slips: list[str], boxed: dict[str, Any], kept: list[Any]
) -> dict[str, list[tuple[str, str]]]:
    """Every way to lay codes beside texts. The attacker has the key of the hashes, and saw who answered when.

    `votes` in the order of answering, `slips` in the order of the sheet, `boxed` the box just before closing, `kept` the
    rows of texts as they lie on disk: (place, transaction, key, text).
    """
    by_hash = {vote.hash: vote.code for vote in votes}
    code_orders = {
        "answered": [vote.code for vote in votes],
        "on the sheet": [code for code in slips if code in {vote.code for vote in votes}],
        "by hash": [by_hash[known] for known in sorted(by_hash)],
        "in the box": [by_hash[known] for known in boxed["used"]],
        "by code": sorted(vote.code for vote in votes),
    }
    text_orders = {
        "on disk": [text for _, _, _, text in kept],
        "by key": [text for _, _, _, text in sorted(kept, key=lambda row: row[2])],
        "in the box": boxed["texts"],
        "by transaction": [text for _, _, _, text in sorted(kept, key=lambda row: (int(row[1]), str(row[0])))],
        "in the file": boxed["file"],
    }
    ways = {}
    for of_codes, codes in code_orders.items():
        for of_texts, texts in text_orders.items():
            ways[f"{of_codes} / {of_texts}"] = list(zip(codes, texts, strict=True))
            ways[f"{of_codes} / {of_texts}, backwards"] = list(zip(codes, reversed(texts), strict=True))
    return ways


def attack(place: Place, most_turns: int = 4) -> dict[str, Any]:
    """A thousand votes, then everything that is left of them.

    Laying n codes beside n texts at random one is right on average, and so is the variance. Of fifty ways some are lucky, so a
    way that was right more often than chance and two deviations has to be so again with fresh votes, four times in all.
    """
    told: Counter[str] = Counter()
    changed: set[str] = set()
    lines, ways, turns = Lines(), None, []
    logging.getLogger().addHandler(lines)
    logging.getLogger().setLevel(logging.DEBUG)
    logging.getLogger("django.db.backends").setLevel(logging.WARNING)  # is written in DEBUG alone, never on a server
    try:
        while ways is None or (ways and len(turns) < most_turns):
            hits: Counter[str] = Counter()
            for _ in range(ROUNDS):
                _one_round(place, told, changed, hits, lines)
            found = {way for way, number in hits.items() if number > ROUNDS + 2 * ROUNDS**0.5}
            ways = found if ways is None else ways & found
            turns.append(dict(hits))
    finally:
        logging.getLogger().removeHandler(lines)
    return {
        **{name: told[name] for name in ("hashes_left", "codes_left", "texts_left", "logged", "sessions")},
        "changed_elsewhere": sorted(changed), "ways_that_work": sorted(ways), "ways": len(turns[0]), "votes": ROUNDS * VOTES * len(turns),
        "most_hits": [max(hits.values()) for hits in turns], "by_chance": ROUNDS,
    }  # fmt: skip


def leaky(place: Place) -> dict[str, Any]:
    """The same attack where texts are kept as they come, and the files as they are: it has to succeed."""
    from evaluations.questionnaires import answering, closing

    answering.insort = lambda known, new: known.append(new)
    numbers = count()
    closing.secrets.token_hex = lambda size: f"{next(numbers):032x}"
    closing.wipe = lambda: False
    return attack(place, 1)


def papers(place: Place, most_turns: int = 4) -> dict[str, Any]:
    """Two classes on paper, typed in, closed, and every text read by the bureau: laid beside who wrote what, and which class.

    The attacker knows in which order the sheets lay when they were typed. As in `attack`, a way has to be lucky again and again.
    """
    told: Counter[str] = Counter()
    changed: set[str] = set()
    ways: set[str] | None = None
    turns = 0
    while (ways is None or ways) and turns < most_turns:
        hits: Counter[str] = Counter()
        for _ in range(ROUNDS):
            _one_round_of_papers(place, told, changed, hits)
        # One of a class is right by chance for each class and round; of the classes, half of all texts.
        texts = 2 * VOTES * ROUNDS
        found = {
            way
            for way, number in hits.items()
            if number
            > (texts / 2 + 2 * (texts / 4) ** 0.5 if way.startswith("class") else 2 * ROUNDS + 2 * (2 * ROUNDS) ** 0.5)
        }
        ways, turns = found if ways is None else ways & found, turns + 1
    return {"ways_that_work": sorted(ways or ()), "changed_elsewhere": sorted(changed), "told_in_trail": told["told_in_trail"], "box_differs": told["box_differs"], "sheets": told["sheets"]}  # fmt: skip


def _one_round_of_papers(place: Place, told: Counter[str], changed: set[str], hits: Counter[str]) -> None:
    from evaluations.models import BallotBox
    from evaluations.questionnaires import answering, closing, releasing
    from evaluations.questionnaires.tally import Tally, put_tally
    from tests.evaluations.questionnaires import opened
    from zhijiao.accounts.models import AuditEntry

    row = opened(place.secondment, by=place.officer, way="paper", classes=[("1班", VOTES), ("2班", VOTES)])
    paper = answering.paper_of(row.question_set_id)
    asked, text = paper[0], next(item for item in paper if item.is_text)
    typed: list[list[str]] = []
    for one in row.classes.order_by("pk"):
        votes = [Vote(str(number)).text for number in range(VOTES)]
        typed.append(votes)
        boxes = []
        for said in (sorted(votes, key=lambda _: CHANCE.random()), votes):
            before = tables()
            put_tally(one, Tally(VOTES, VOTES, VOTES, {asked.options[0].pk: VOTES}, {text.pk: said}), by=place.officer)
            live = tables()
            changed |= {name for name in live if live[name] != before[name]} - TYPED_TABLES
            boxes.append(BallotBox.objects.filter(pk=one.pk).values().get())
        told["box_differs"] += boxes[0] != boxes[1]
        told["sheets"] += VOTES
    closing.close(row, by=place.officer)
    for said in releasing.texts_of(row):
        releasing.review(said, "released", by=place.officer)
    trail = json.dumps(list(AuditEntry.objects.values()), default=str, ensure_ascii=False)
    kept = _kept(tables(), row)
    told["told_in_trail"] += sum(text in trail or key in trail for _, _, key, text in kept)
    for way, order in _orders_of_texts(kept).items():
        hits[f"class {way}"] += sum(text in typed[0] for text in order[:VOTES]) + sum(
            text in typed[1] for text in order[VOTES:]
        )
        for votes in typed:
            mine = [text for text in order if text in votes]
            hits[way] += sum(one == other for one, other in zip(votes, mine, strict=True))


def _orders_of_texts(kept: list[Any]) -> dict[str, list[str]]:
    orders = {
        "on disk": [text for _, _, _, text in kept],
        "by key": [text for _, _, _, text in sorted(kept, key=lambda row: row[2])],
        "by transaction": [text for _, _, _, text in sorted(kept, key=lambda row: (int(row[1]), str(row[0])))],
    }
    return orders | {f"{way}, backwards": order[::-1] for way, order in orders.items()}


class Lines(logging.Handler):
    """What the console's handler would write."""

    def __init__(self) -> None:
        from zhijiao.accounts.logs import HidePersonalData

        super().__init__()
        self.addFilter(HidePersonalData())
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text += self.format(record) + "\n"


def _one_round(place: Place, told: Counter[str], changed: set[str], hits: Counter[str], lines: Lines) -> None:
    from evaluations.models import BallotBox
    from evaluations.questionnaires import closing
    from tests.evaluations.questionnaires import sent

    row, [slips] = place.opened(VOTES + 10)
    before = tables()
    votes = [Vote(code) for code in CHANCE.sample(slips, VOTES)]
    for vote in votes:
        assert post(vote.code, sent(row, CHANCE.randrange(4), q12=vote.text)) == 303
    post(votes[0].code, sent(row))  # once more, so that the refusal is logged
    live = tables()
    changed |= {name for name in live if live[name] != before[name]} - LIVE_TABLES
    box = BallotBox.objects.get(questionnaire_class__questionnaire=row)
    boxed: dict[str, Any] = {"used": box.used, "texts": next(iter(box.texts.values()))}

    analyse()
    with somebody_reads():
        closing.close(row, by=place.officer)
    left, content = tables(), files()
    dump = json.dumps([left], default=str, ensure_ascii=False)
    rows = {text: (where, transaction, key) for where, transaction, key, text in _kept(left, row)}
    for vote in votes:
        told["hashes_left"] += vote.hash in dump or vote.hash.encode() in content
        told["codes_left"] += any(
            one in dump or one.encode() in content for one in (vote.code, vote.code.replace("-", ""))
        )
        # Once in the table of texts; a second time would be what the box held.
        as_json = json.dumps(vote.text)[1:-1]  # as the box keeps it
        told["texts_left"] += dump.count(vote.text) != 1 or content.count(vote.text.encode()) > 1
        told["texts_left"] += as_json in dump or as_json.encode() in content
        told["logged"] += any(
            one in lines.text for one in (vote.code, vote.code.replace("-", ""), vote.hash, vote.text)
        )
    told["sessions"] += len(left["django_session"])
    places = {vote.text: content.find(vote.text.encode()) for vote in votes}
    boxed["file"] = sorted(places, key=lambda text: (places[text], rows[text][0] if places[text] < 0 else 0))
    kept = [(*rows[text], text) for text in rows]
    written = {vote.code: vote.text for vote in votes}
    for way, pairs in guesses(votes, slips, boxed, kept).items():
        hits[way] += sum(written[code] == text for code, text in pairs)


@contextmanager
def somebody_reads() -> Iterator[None]:
    """A long query of something else, begun before the box is emptied: for its sake PostgreSQL keeps old rows."""
    from django.db import connection

    if connection.vendor != "postgresql":
        yield
        return
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT count(*) FROM django_content_type")
            yield
    finally:
        other.close()


def analyse() -> None:
    """PostgreSQL samples its tables whenever it likes; here just before the box is emptied, which is the worst moment."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _kept(left: dict[str, Any], row: Any) -> list[tuple[Any, Any, str, str]]:
    from django.db import connection

    with connection.cursor() as cursor:
        columns = [
            column.name for column in connection.introspection.get_table_description(cursor, "evaluations_answertext")
        ]
    place = {name: number + 2 for number, name in enumerate(columns)}
    rows = [one for one in left["evaluations_answertext"] if one[place["questionnaire_id"]] == row.pk]
    return [(one[0], one[1], one[place["key"]], one[place["text"]]) for one in rows]


SCENARIOS = {
    "crowd": crowd,
    "load": load,
    "flood": flood,
    "closed": closed_meanwhile,
    "killed": killed,
    "attack": attack,
    "papers": papers,
    "leaky": leaky,
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    if sys.argv[1:] == ["child"]:
        child()
        return
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    logging.getLogger("django.request").setLevel(logging.ERROR)
    place = Place()
    told = {}
    for name in sys.argv[1:]:
        logging.getLogger("django.request").setLevel(logging.NOTSET if name == "attack" else logging.CRITICAL)
        began = time.perf_counter()
        told[name] = SCENARIOS[name](place)
        sys.stderr.write(f"{name}: {time.perf_counter() - began:.1f} s\n")
    sys.stdout.write(json.dumps(told, ensure_ascii=False))


if __name__ == "__main__":
    main()
