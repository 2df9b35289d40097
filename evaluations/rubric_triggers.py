"""A rubric by which somebody was appraised stays as it is: triggers in both databases refuse to change its words, lines and grades.

It may still be retired. Laid anew after every `migrate`, because SQLite drops a table's triggers when a migration remakes it.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

REFUSED = "rubric_frozen"
WORDS = "这个考核办法已经用于考核，不能再改；要改请出新版"
_TABLE, _PARTS = "evaluations_rubric", ("evaluations_rubricitem", "evaluations_gradethreshold")
_COLUMNS = "county_id, key, name, version, basis, remark, quota_percent, quota_group, is_frozen"

# ruff: noqa: S608  # every name in these statements is a constant of this module
_FROZEN = f"EXISTS (SELECT 1 FROM {_TABLE} whole WHERE whole.is_frozen AND whole.id = {{row}}.rubric_id)"
_WHEN = {
    "INSERT": _FROZEN.format(row="NEW"),
    "UPDATE": f"{_FROZEN.format(row='OLD')} OR {_FROZEN.format(row='NEW')}",
    "DELETE": _FROZEN.format(row="OLD"),
}


def _sqlite() -> dict[str, str]:
    """Name → statement."""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
    found = {
        f"{REFUSED}_{part}_{event.lower()}": f"BEFORE {event} ON {part} WHEN {condition} {refuse}"
        for part in _PARTS
        for event, condition in _WHEN.items()
    }
    found[f"{REFUSED}_update"] = f"BEFORE UPDATE OF {_COLUMNS} ON {_TABLE} WHEN OLD.is_frozen {refuse}"
    found[f"{REFUSED}_delete"] = f"BEFORE DELETE ON {_TABLE} WHEN OLD.is_frozen {refuse}"
    return found


_RAISE = f"RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = '{REFUSED}', CONSTRAINT = '{REFUSED}';"
_POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION {REFUSED}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  {_RAISE}
END $$;
CREATE OR REPLACE FUNCTION {REFUSED}_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND {_WHEN["DELETE"]} THEN {_RAISE} END IF;
  IF TG_OP <> 'DELETE' AND {_WHEN["INSERT"]} THEN {_RAISE} END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER {REFUSED}_update BEFORE UPDATE OF {_COLUMNS} ON {_TABLE}
  FOR EACH ROW WHEN (OLD.is_frozen) EXECUTE FUNCTION {REFUSED}();
CREATE TRIGGER {REFUSED}_delete BEFORE DELETE ON {_TABLE}
  FOR EACH ROW WHEN (OLD.is_frozen) EXECUTE FUNCTION {REFUSED}();
""" + "".join(
    f"CREATE TRIGGER {REFUSED}_part BEFORE INSERT OR UPDATE OR DELETE ON {part}"
    f" FOR EACH ROW EXECUTE FUNCTION {REFUSED}_part();\n"
    for part in _PARTS
)


def lay(using: str = "default", **kwargs: Any) -> None:
    """Create the triggers, or create them anew; the receiver of `post_migrate`."""
    connection = connections[using]
    if not {_TABLE, *_PARTS} <= set(connection.introspection.table_names()):
        return
    lift(using)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL)
            return
        for name, statement in _sqlite().items():
            cursor.execute(f"CREATE TRIGGER {name} {statement}")


def lift(using: str = "default") -> None:
    """Take the triggers away: for clearing a made-up county, or a test that empties the database behind itself."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {REFUSED}_{name} ON {_TABLE}")
            for part in _PARTS:
                cursor.execute(f"DROP TRIGGER IF EXISTS {REFUSED}_part ON {part}")
            return
        for name in _sqlite():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def message_of(error: Exception) -> str | None:
    """The sentence where this trigger refused; None where another rule did."""
    return WORDS if REFUSED in str(error) else None
