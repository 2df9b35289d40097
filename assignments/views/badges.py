"""How the states of a secondment look: icon and word, with a ground where somebody has to act."""

from __future__ import annotations

from functools import cache

from django.utils.html import format_html
from django.utils.safestring import SafeString

from assignments.choices import SecondmentState as State
from zhijiao.detail import icon

LOOKS = {
    State.DRAFT: ("draft", "pencil"),
    State.SUBMITTED: ("run", "send"),
    State.RECOMMENDED: ("run", "megaphone"),
    State.REVIEW: ("wait", "hourglass-split"),
    State.APPROVED: ("run", "check-lg"),
    State.DISPATCHED: ("run", "arrow-right"),
    State.OVERDUE: ("bad", "exclamation-triangle-fill"),
    State.ON_POST: ("live", "check-circle-fill"),
    State.APPRAISED: ("run", "award"),
    State.COMPLETED: ("done", "archive"),
    State.ENDED_EARLY: ("done", "x-lg"),
    State.WITHDRAWN: ("done", "x-lg"),
    State.SENT_BACK: ("bad", "reply-fill"),
}


@cache
def badge(look: str, symbol: str, word: str) -> SafeString:
    return format_html('<span class="state state-{}">{}{}</span>', look, icon(symbol), word)


def state_badge(state: str) -> SafeString:
    known = State(state)
    return badge(*LOOKS[known], known.label)
