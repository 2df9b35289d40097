"""A figure as it stands in a sentence: its number with a unit, and where it opens."""

from __future__ import annotations

from reports.documents.tree import Figure
from reports.figures.registry import Counted


def figure_of(counted: Counted, unit: str | None = None) -> Figure:
    """`unit` None: the figure's own. A ratio has its sign and takes no other."""
    definition = counted.definition
    text = counted.told if definition.ratio else f"{counted.told}{definition.unit if unit is None else unit}"
    is_count = not (definition.ratio or definition.total or definition.distinct or definition.given)
    records = int(counted.value) if is_count else None
    return Figure(text, definition.key, counted.url, definition.label, definition.definition, records)
