"""Who is told of what in this app, a module a subject: its kinds of notices, to whom each goes, and the tasks at home."""

from __future__ import annotations


def connect() -> None:
    """Called while Django starts. What is told of the feedback is connected with the feedback itself."""
    from evaluations.telling import appraisals, inspections, questionnaires, work
    from zhijiao.notices import kinds

    kinds.register(*work.KINDS, *inspections.KINDS, *questionnaires.KINDS)
    appraisals.connect()
