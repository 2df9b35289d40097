"""Made-up counties: a county's years as the rows of a workbook, which go in as any workbook does (see loading.py)."""

from __future__ import annotations

from reports.demo import (
    aid,
    appraisal,
    care,
    honours,
    inspection,
    organisation,
    people,
    places,
    plan,
    roster,
    selection,
    service,
    work,
)
from reports.demo.county import County, Row, Rows, Wish

__all__ = ["Row", "Rows", "Wish", "generate"]


def generate(wish: Wish | None = None) -> Rows:
    """Sheet → rows of header → cell. The same wish gives the same rows."""
    county = County(wish or Wish())
    for part in (places, people, selection):
        part.build(county)
    people.write(county)
    people.write_titles(county)
    for section in (organisation, plan, roster, service, care, aid, work, inspection, appraisal, honours):
        section.write(county)
    return dict(county.rows)
