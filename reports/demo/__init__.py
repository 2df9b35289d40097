"""Made-up counties: a county's years as the rows of a workbook, which go in as any workbook does (see loading.py)."""

from __future__ import annotations

from reports.demo import (
    aid,
    appraisal,
    care,
    course,
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

__all__ = ["County", "Row", "Rows", "Wish", "generate", "made"]


def generate(wish: Wish | None = None) -> Rows:
    """Sheet → rows of header → cell. The same wish gives the same rows."""
    return dict(made(wish or Wish()).rows)


def made(wish: Wish) -> County:
    """The county with its schools, teachers and postings, and the rows that tell of them."""
    county = County(wish)
    for part in (places, people, selection, course):
        part.build(county)
    people.write(county)
    people.write_titles(county)
    for section in (organisation, plan, roster, service, care, aid, work, inspection, appraisal, honours):
        section.write(county)
    return county
