"""How long a secondment of a programme lasts at least, and what is said of one that is shorter.

Teachers and schools apply within the rule; a short stay has programmes of its own, such as 短期指导, which have no least
length. The bureau may approve a shorter one all the same (somebody takes over in the middle of a year), with a reason that
stays in the record of the step.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from assignments.choices import ChangeKind, ChangeState
from assignments.models import Programme, Secondment, SecondmentChange, StateChange
from assignments.models.secondments import half_months
from zhijiao.dates import Precision
from zhijiao.quantities import plain


def shortfall(programme: Programme, start: dt.date | None, end: dt.date | None) -> str:
    """What is too short about it, in words; "" where it is long enough, or where nobody said how long it has to be."""
    if not programme.minimum_months or start is None or end is None:
        return ""
    months = half_months(start, end)
    if months >= programme.minimum_months:
        return ""
    period = f"{start:%Y.%m.%d} — {end:%Y.%m.%d}"
    return f"“{programme}”至少 {programme.minimum_months} 个月，{period} 只有 {plain(months)} 个月"


def lacks(secondment: Secondment) -> str:
    """As above, of a secondment whose days are known; of one known to the month or the year nothing is said."""
    is_known = secondment.precision == Precision.RANGE
    return shortfall(secondment.programme, secondment.start, secondment.end) if is_known else ""


def unexplained(secondments: Iterable[Secondment]) -> list[tuple[Secondment, str]]:
    """Those that are too short and that nobody has approved as such, with a reason."""
    short = [(row, words) for row in secondments if (words := lacks(row))]
    if not short:
        return []
    approved = StateChange.objects.filter(secondment__in=[row.pk for row, _ in short], action="approve")
    explained = set(approved.exclude(reason="").values_list("secondment", flat=True))
    return [(row, words) for row, words in short if row.pk not in explained]


def after(change: SecondmentChange) -> str:
    """What an extension or an early end leaves too short, for whoever decides on it."""
    ends = {ChangeKind.EXTEND: change.new_end, ChangeKind.END_EARLY: change.start}
    kind = ChangeKind(change.kind)
    if kind not in ends or change.state != ChangeState.REQUESTED:
        return ""
    row = change.secondment
    return shortfall(row.programme, row.reported_on or row.start, ends[kind])
