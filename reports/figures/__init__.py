"""Figures: named once, asked for a period and a viewpoint, and each opens the very records it counted."""

from reports.figures import aid, appraisal, care, inspection, organisation, selection, work
from reports.figures.asked import Asked, Viewpoint
from reports.figures.registry import REGISTRY, Counted, Definition, breakdown, crossed, value

__all__ = [
    "REGISTRY",
    "Asked",
    "Counted",
    "Definition",
    "Viewpoint",
    "aid",
    "appraisal",
    "breakdown",
    "care",
    "crossed",
    "inspection",
    "organisation",
    "selection",
    "value",
    "work",
]
