"""What the database knows about the size of its tables, after much was written at once."""

from django.db import connection

# Fewer rows do not change how a question is best answered.
MUCH = 1_000


def after_much_was_written(tables: set[str] | None = None) -> None:
    """Let PostgreSQL count `tables` (all where None): until then it plans every question as if they were still empty.

    Its own count comes a minute later; whoever opens the figures right after an import would wait for that minute.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        if tables is None:
            cursor.execute("ANALYZE")
        else:
            for name in sorted(tables):
                cursor.execute(f"ANALYZE {connection.ops.quote_name(name)}")
