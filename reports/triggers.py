"""An issued certificate stays as it is: triggers in both databases refuse to change what it says, or to delete it.

Laid anew after every `migrate`, because SQLite drops a table's triggers when a migration remakes the table.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

REFUSED = "certificate_frozen"
_TABLE = "reports_certificate"
# Not the teacher: of two records of one person that are merged, the one that stays takes the paper over. It says its name itself.
_FROZEN = ("county_id", "year", "number", "serial", "code", "content", "digest", "purpose", "issued_on", "issued_by_id")  # fmt: skip
_COLUMNS = ", ".join(_FROZEN)

_POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION {REFUSED}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = '23001', MESSAGE = '{REFUSED}';
END $$;
DROP TRIGGER IF EXISTS {REFUSED} ON {_TABLE};
CREATE TRIGGER {REFUSED} BEFORE UPDATE OF {_COLUMNS} OR DELETE ON {_TABLE} FOR EACH ROW EXECUTE FUNCTION {REFUSED}();
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
        for name, event in (("update", f"UPDATE OF {_COLUMNS}"), ("delete", "DELETE")):
            cursor.execute(
                f"CREATE TRIGGER {REFUSED}_{name} BEFORE {event} ON {_TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
            )


def lift(using: str = "default") -> None:
    """Take the triggers away: for a test that tampers, or empties the database behind itself."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP TRIGGER IF EXISTS {REFUSED} ON {_TABLE}")
            return
        for name in ("update", "delete"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {REFUSED}_{name}")
