"""In which order rows are locked, so that two people at work at once never wait for each other in a circle.

1. What others point to: districts, schools, school years, teachers, accounts, roles (`lock`).
2. Secondments; the two of a swap together.
3. What hangs on a secondment: placements, months, leave, changes, objections; sheets before their lines.
4. The trail, which is one for all: who holds it asks for no further lock. So whoever changes several rows locks all of
   them first, changes them, and then writes down what was done.

Of one kind always by number. With `no_key`, because a row that is added meanwhile only wants to know that what it points
to stays there: an entry of the trail points to the account of its person, everything points to its district.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet


def lock(rows: QuerySet[Any]) -> list[Any]:
    """These rows, for the rest of the transaction, by number."""
    return list(rows.order_by("pk").select_for_update(no_key=True, of=("self",)))
