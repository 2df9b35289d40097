"""The trail can only be added to: triggers in both databases refuse to change, delete or empty it.

Laid anew after every `migrate`, because SQLite drops a table's triggers when a migration remakes the table.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

REFUSED = "audit_append_only"
_TABLE = "accounts_auditentry"
_EVENTS = ("UPDATE", "DELETE")

_POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION {REFUSED}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = '23001', MESSAGE = '{REFUSED}';
END $$;
DROP TRIGGER IF EXISTS {REFUSED} ON {_TABLE};
CREATE TRIGGER {REFUSED} BEFORE UPDATE OR DELETE ON {_TABLE} FOR EACH ROW EXECUTE FUNCTION {REFUSED}();
DROP TRIGGER IF EXISTS {REFUSED}_whole ON {_TABLE};
CREATE TRIGGER {REFUSED}_whole BEFORE TRUNCATE ON {_TABLE} FOR EACH STATEMENT EXECUTE FUNCTION {REFUSED}();
"""


def lay(using: str = "default", **kwargs: Any) -> None:
    """Create the triggers, or create them anew; the receiver of `post_migrate`."""
    connection = connections[using]
    if _TABLE not in connection.introspection.table_names():
        return
    lift(using)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL)
            return
        for event in _EVENTS:
            cursor.execute(
                f"CREATE TRIGGER {REFUSED}_{event.lower()} BEFORE {event} ON {_TABLE} "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
            )


def lift(using: str = "default") -> None:
    """Take the triggers away: for a test that tampers with the trail, or empties the database behind itself."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name in (REFUSED, f"{REFUSED}_whole"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {_TABLE}")
            return
        for event in _EVENTS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {REFUSED}_{event.lower()}")
