"""Which ratios a county is held to."""

from __future__ import annotations

from assignments.models import PolicyRule
from reports.figures.asked import Asked
from reports.figures.registry import REGISTRY


def rules_in_force(asked: Asked) -> list[PolicyRule]:
    """Of figures that exist; asked for once in a page.

    A ratio is of a school year: a calendar year would count those who came and who left.
    """
    if asked.period.is_calendar_year:
        return []
    rules = PolicyRule.objects.in_force(asked.viewpoint.county, asked.period.first_year).order_by("id")
    known = asked.remember("rules", lambda: list(rules))
    return [rule for rule in known if rule.numerator in REGISTRY and rule.denominator in REGISTRY]
