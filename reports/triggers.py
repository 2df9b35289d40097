"""What was issued stays as it is: triggers in both databases refuse to change or delete it.

A certificate keeps what it says. A report that was accepted or issued keeps its content, its figures, the records they
counted, and its files. Laid anew after every `migrate`, because SQLite drops a table's triggers when a migration remakes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connections

# ruff: noqa: S608  # every name in these statements is a constant of this module
CERTIFICATE, REPORT = "certificate_frozen", "report_frozen"
REFUSED = CERTIFICATE
WORDS = "这份总结已经采用或者印发，不能再改；教育局的总结要改，请另起新稿"
_FINISHED = "('accepted', 'issued', 'superseded')"
_PARTS = ("reports_frozenfigure", "reports_frozenrecord", "reports_issuedfile", "reports_reportpoint")
# Not the teacher: of two records of one person that are merged, the one that stays takes the paper over. It says its name itself.
_CERTIFICATE = "county_id, year, number, serial, code, content, digest, purpose, issued_on, issued_by_id"
# Not the state: what was issued may be superseded. Not the school: of two that are merged, the one that stays has the report.
_REPORT = (
    "county_id, period, title, signs, dated, number, draft_number, content, digest, made_by_id, made_at, version, changed_at, handed_in_by_id,"
    " handed_in_at, decided_by_id, decided_at, issued_by_id, issued_at, supersedes_id"
)


@dataclass(frozen=True)
class Rule:
    """Refuses an event on a table, where the condition holds."""

    name: str
    table: str
    event: str
    word: str
    when: str = ""


def _rules() -> list[Rule]:
    found = [
        Rule(f"{CERTIFICATE}_update", "reports_certificate", f"UPDATE OF {_CERTIFICATE}", CERTIFICATE),
        Rule(f"{CERTIFICATE}_delete", "reports_certificate", "DELETE", CERTIFICATE),
        Rule(f"{REPORT}_update", "reports_report", f"UPDATE OF {_REPORT}", REPORT, f"OLD.state IN {_FINISHED}"),
        Rule(f"{REPORT}_delete", "reports_report", "DELETE", REPORT, f"OLD.state IN {_FINISHED}"),
        Rule(
            f"{REPORT}_back", "reports_report", "UPDATE OF state", REPORT,
            f"OLD.state IN {_FINISHED} AND NEW.state <> OLD.state AND NOT (OLD.state = 'issued' AND NEW.state = 'superseded')",
        ),
    ]  # fmt: skip
    for part in _PARTS:
        for event, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
            found.append(Rule(f"{REPORT}_{part}_{event.lower()}", part, event, REPORT, f"{row}.report_id"))
    return found


def _is_part(rule: Rule) -> bool:
    return rule.table in _PARTS


def lay(using: str = "default", **kwargs: Any) -> None:
    """Create the triggers, or create them anew; the receiver of `post_migrate`."""
    connection = connections[using]
    if not {rule.table for rule in _rules()} <= set(connection.introspection.table_names()):
        return
    lift(using)
    with connection.cursor() as cursor:
        for rule in _rules():
            cursor.execute(_postgresql(rule) if connection.vendor == "postgresql" else _sqlite(rule))


def _sqlite(rule: Rule) -> str:
    when = _finished(rule.when) if _is_part(rule) else rule.when
    condition = f" WHEN {when}" if when else ""
    return (
        f"CREATE TRIGGER {rule.name} BEFORE {rule.event} ON {rule.table}{condition}"
        f" BEGIN SELECT RAISE(ABORT, '{rule.word}'); END"
    )


def _finished(key: str) -> str:
    return f"EXISTS (SELECT 1 FROM reports_report whole WHERE whole.id = {key} AND whole.state IN {_FINISHED})"


def _postgresql(rule: Rule) -> str:
    """A condition that asks another table stands in the function, because WHEN may not."""
    refuse = f"RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = '{rule.word}', CONSTRAINT = '{rule.word}';"
    body = f"IF {_finished(rule.when)} THEN {refuse} END IF;" if _is_part(rule) else refuse
    row = "OLD" if rule.event == "DELETE" else "NEW"
    when = f" WHEN ({rule.when})" if rule.when and not _is_part(rule) else ""
    return (
        f"CREATE OR REPLACE FUNCTION {rule.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN {row}; END $$;"
        f" CREATE TRIGGER {rule.name} BEFORE {rule.event} ON {rule.table} FOR EACH ROW{when} EXECUTE FUNCTION {rule.name}();"
    )


def lift(using: str = "default") -> None:
    """Take the triggers away: for a test that tampers, or empties the database behind itself."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for rule in _rules():
            on = f" ON {rule.table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {rule.name}{on}")
        if connection.vendor == "postgresql":  # as it was called before there were reports
            cursor.execute(f"DROP TRIGGER IF EXISTS {CERTIFICATE} ON reports_certificate")


def message_of(error: Exception) -> str | None:
    """The sentence where a report's trigger refused; None where another rule did."""
    return WORDS if REPORT in str(error) else None
