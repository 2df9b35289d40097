"""Last year's whole text beside this year's, section by section."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from assignments.periods import Period
from reports.annual_report import is_empty
from reports.living import pieces, points, reading
from reports.models import PassageKind, Report, ReportState

DRAWN = {PassageKind.TABLE: "表", PassageKind.CHART: "图", PassageKind.PHOTO: "照片"}


@dataclass(frozen=True)
class Words:
    """A passage to be read: a heading of the section, a paragraph, or the name of a table, chart or photo."""

    kind: str
    words: str


@dataclass
class Beside:
    """A section in both years. None: the year has no such section."""

    title: str
    before: list[Words] | None = None
    now: list[Words] | None = None


@dataclass
class BothYears:
    """`address`: of last year's report, where there is one that went out; else its text was made from the records."""

    before: Period
    now: Period
    address: int | None = None
    sections: list[Beside] = field(default_factory=list)

    @property
    def has_before(self) -> bool:
        return any(one.before for one in self.sections)


def beside(report: Report) -> BothYears:
    """This year's sections in their order; those that only last year had stand behind the one that they followed."""
    period = report.asked_period
    before = period.before()
    there = _of_last_year(report, before)
    found = BothYears(before, period, there.pk if there else None)
    now = _sections(points.rows_of(report))
    old = _sections(points.rows_of(there) if there else _generated(report, before))
    found.sections = [Beside(title, old.get(title), some) for title, some in now.items()]
    at = 0
    for title, some in old.items():
        place = next((n for n, one in enumerate(found.sections) if one.title == title), None)
        if place is None:
            found.sections.insert(at, Beside(title, some))
            place = at
        at = place + 1
    return found


def _of_last_year(report: Report, before: Period) -> Report | None:
    """As it went out: issued, or accepted of a school."""
    rows = Report.objects.filter(county=report.county_id, school=report.school_id, period=before.code)
    finished = (ReportState.ISSUED, ReportState.ACCEPTED)
    return rows.filter(state__in=finished).select_related("county", "school").order_by("-pk").first()


def _generated(report: Report, before: Period) -> list[points.Row]:
    asked = reading.asked_for(report).during(before)
    made = pieces.generated(asked)
    if is_empty(made.document):
        return []
    return [
        {"kind": str(one.kind), "level": one.level, "words": points.said(one.text, asked), "out": False, "appendix": one.is_appendix}
        for one in made.pieces
    ]  # fmt: skip


def _sections(rows: Iterable[points.Row]) -> dict[str, list[Words]]:
    """The text under each heading of the first level; what stands before the first is the opening."""
    found: dict[str, list[Words]] = {}
    title = pieces.OPENING
    for row in rows:
        if row["out"] or row["appendix"]:
            continue
        if row["kind"] == PassageKind.HEADING and row["level"] == 1:
            title = row["words"]
            found.setdefault(title, [])
            continue
        drawn = DRAWN.get(row["kind"])
        found.setdefault(title, []).append(Words(row["kind"], f"{drawn}：{row['words']}" if drawn else row["words"]))
    return found
