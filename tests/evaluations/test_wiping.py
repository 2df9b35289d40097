"""What was deleted is not in the file of an SQLite database: the codes of a closed questionnaire, while others are open."""

import contextlib
import random
import sqlite3

import pytest

from evaluations.questionnaires import closing

# With these, SQLite 3.40 keeps a copy of some entry of the index where it had moved it away from, secure_delete or not.
SEEDS = (6, 41, 59, 71)
ROUNDS = 20


class Connection:
    """As much of Django's connection as wiping asks for."""

    def __init__(self, file):
        self.file = sqlite3.connect(file, isolation_level=None)
        for setting in ("journal_mode=WAL", "secure_delete=ON"):
            self.file.execute(f"PRAGMA {setting}")
        self.file.execute("create table codes (code_hash varchar(64) primary key, questionnaire integer)")

    def cursor(self):
        return contextlib.closing(self.file.cursor())


@pytest.mark.parametrize("seed", SEEDS)
def test_no_code_of_a_closed_questionnaire_is_left_in_the_file(seed, tmp_path, monkeypatch):
    chance, path, opened = random.Random(seed), tmp_path / "codes.sqlite3", []  # noqa: S311 (the same each time, nothing secret)
    connection = Connection(path)
    monkeypatch.setattr(closing, "connection", connection)
    for number in range(ROUNDS):
        codes = [chance.randbytes(32).hex() for _ in range(chance.choice((10, 50, 60, 200)))]
        connection.file.execute("begin")
        connection.file.executemany("insert into codes values (?, ?)", [(code, number) for code in codes])
        connection.file.execute("commit")
        opened.append((number, codes))
        if len(opened) <= chance.choice((0, 1, 3, 6)):
            continue
        over, codes = opened.pop(chance.randrange(len(opened)))
        connection.file.execute("delete from codes where questionnaire = ?", (over,))
        assert closing._wipe_sqlite()
        content = path.read_bytes() + path.with_name(f"{path.name}-wal").read_bytes()
        assert not [code for code in codes if code.encode() in content]
    connection.file.close()
